/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the IMAP sink share: an account's folder on its connection. The folder is opened
 * together with the first question about it, in one write.
 */
#ifndef DC_SINK_IMAP_MAILBOX_H
#define DC_SINK_IMAP_MAILBOX_H

#include "lib/sink/imap/connection.h"
#include "lib/sink/imap/url.h"
#include "lib/sink/internal.h"

/* What an imap: or imaps: sink keeps. */
struct dc_imap_sink {
	struct dc_imap_url url;
	struct dc_imap_endpoint endpoint;
	/* A server answered BAD to an APPEND: from then on one message at a time, and ask before each. */
	gint cautious;
};

typedef struct dc_imap_mailbox {
	dc_mailbox base;
	struct dc_imap_sink *sink;
	dc_imap_connection *connection;
	char *name;              /* as it travels */
	char *quoted;            /* the same, quoted */
	char *title;             /* UTF-8 */
	dc_imap_command *select; /* on its way; NULL when it was answered */
	bool selected;
	bool may_create;
	bool created;
	struct dc_sink_checked *checked; /* NULL: nobody wants to know */
	char *proven; /* flags that an APPEND here was accepted with; NULL before the first */
} dc_imap_mailbox;

/* Queue a SELECT unless one is on its way. */
void dc_imap_mailbox_ask_select(dc_imap_mailbox *mailbox);

/* Wait for the SELECT; create the folder when it is missing and may be created. */
int dc_imap_mailbox_selected(dc_imap_mailbox *mailbox, draftconv_error **error);

/* Facts of the core's state. */
void dc_imap_mailbox_take_facts(dc_imap_mailbox *mailbox);

/* Fill CHECKED. EXISTS: whether the folder does; else its name is what would be created. */
int dc_imap_check(dc_imap_mailbox *mailbox, bool exists, draftconv_error **error);

/* The functions of dc_mailbox_class. */
int dc_imap_look(dc_mailbox *base, const struct dc_look_query *query, struct dc_look **look,
	draftconv_error **error);
int dc_imap_put(dc_mailbox *base, struct dc_put *puts, size_t n, const struct dc_look_query *after,
	struct dc_look **after_look, draftconv_error **error);
int dc_imap_remove(
	dc_mailbox *base, struct dc_removal *removals, size_t n, draftconv_error **error);
int dc_imap_fetch(dc_mailbox *base, struct dc_fetch *fetches, size_t n, draftconv_error **error);

#endif
