/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the IMAP sink share: an account's folder on its connection. The folder is opened
 * together with the first question about it, in one write.
 */
#ifndef DC_SINK_IMAP_MAILBOX_H
#define DC_SINK_IMAP_MAILBOX_H

#include "lib/sink/imap/connection.h"
#include "lib/sink/imap/way.h"

typedef struct dc_imap_mailbox {
	dc_mailbox base;
	struct dc_imap_sink *sink;
	struct dc_imap_way way;
	dc_imap_connection *connection;
	char *name;              /* as it travels */
	char *quoted;            /* the same, quoted */
	char *title;             /* UTF-8 */
	dc_imap_command *select; /* on its way; NULL when it was answered */
	bool selected;
	bool may_create;
	bool created;
	struct dc_sink_checked *checked; /* NULL: nobody wants to know */
	char *proven;      /* flags that an APPEND here was accepted with; NULL before the first */
	guint64 full_from; /* the shortest message that the quota refused; 0: none was */
	char *full_words;  /* the server's, then */
} dc_imap_mailbox;

/* The functions of dc_sink_class that all kinds of IMAP sinks share. */
void dc_imap_sink_free(draftconv_sink *sink);
bool dc_imap_sink_can_remove(const draftconv_sink *sink);
int dc_imap_sink_describe(const draftconv_sink *sink, const struct dc_sink_account *account,
	char **text, draftconv_error **error);
int dc_imap_sink_names(const draftconv_sink *sink, const struct dc_sink_account *account,
	char **login, char **folder, draftconv_error **error);
int dc_imap_sink_open(draftconv_sink *sink, const struct dc_sink_account *account, bool may_create,
	GCancellable *cancellable, dc_mailbox **mailbox, draftconv_error **error);
int dc_imap_sink_check(draftconv_sink *sink, const struct dc_sink_account *account,
	GCancellable *cancellable, struct dc_sink_checked *checked, dc_mailbox **mailbox,
	draftconv_error **error);

/* Queue a SELECT unless one is on its way. */
void dc_imap_mailbox_ask_select(dc_imap_mailbox *mailbox);

/* Wait for the SELECT; create the folder when it is missing and may be created. */
int dc_imap_mailbox_selected(dc_imap_mailbox *mailbox, draftconv_error **error);

/* Facts of the core's state. */
void dc_imap_mailbox_take_facts(dc_imap_mailbox *mailbox);

/* Fill CHECKED. EXISTS: whether the folder does; else its name is what would be created. */
int dc_imap_check(dc_imap_mailbox *mailbox, bool exists, draftconv_error **error);

/* "(\Draft \Seen) ", or "" for none: only what the folder keeps. [transfer full] */
char *dc_imap_flag_list(
	const dc_imap_mailbox *mailbox, unsigned flags, const char *const *keywords, bool *dropped);

/* The functions of dc_mailbox_class. */
int dc_imap_look(dc_mailbox *base, const struct dc_look_query *query, struct dc_look **look,
	draftconv_error **error);
int dc_imap_put(dc_mailbox *base, struct dc_put *puts, size_t n, const struct dc_look_query *after,
	struct dc_look **after_look, draftconv_error **error);
int dc_imap_remove(
	dc_mailbox *base, struct dc_removal *removals, size_t n, draftconv_error **error);
int dc_imap_delete_if_empty(
	dc_mailbox *base, guint32 uidvalidity, guint32 uidnext, draftconv_error **error);
int dc_imap_fetch(dc_mailbox *base, struct dc_fetch *fetches, size_t n, draftconv_error **error);

#endif
