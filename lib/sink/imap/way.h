/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way to one account: host or command, login and folder, with the account's names in their places. In:
 * a sink and an account; out: what is connected to, and how it is called in the journal and for people.
 */
#ifndef DC_SINK_IMAP_WAY_H
#define DC_SINK_IMAP_WAY_H

#include "lib/sink/imap/transport.h"
#include "lib/sink/imap/url.h"
#include "lib/sink/internal.h"

/* What an imap:, imaps: or imap+exec: sink keeps. */
struct dc_imap_sink {
	struct dc_imap_url url; /* nothing of it is set with WORDS */
	char **words;           /* of the command, as templates; NULL: TCP */
	bool tls_now;
	/* A server answered BAD to an APPEND: from then on one message at a time, and ask before each. */
	gint cautious;
};

typedef struct dc_imap_way {
	char *login;
	char *folder; /* NULL: the server says which */
	char *title;  /* "HOST:PORT", or the command, for errors */
	char *place;  /* what stands behind the login's "@" for people */
	char **command;
	struct dc_imap_endpoint endpoint; /* borrows from the above and from the sink */
} dc_imap_way;

/* @return 0; PROFILE or ARGUMENT as dc_sink_expand() */
int dc_imap_way_find(const draftconv_sink *sink, const struct dc_sink_account *account,
	struct dc_imap_way *way, draftconv_error **error);
void dc_imap_way_clear(struct dc_imap_way *way);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_imap_way, dc_imap_way_clear)

/* "login@host/FOLDER". [transfer full] */
char *dc_imap_way_describe(const struct dc_imap_way *way, const char *folder);

/* Key of the journal: "imap HOST PORT LOGIN FOLDER", or "imap+exec COMMAND LOGIN FOLDER". [transfer full] */
char *dc_imap_way_key(const struct dc_imap_way *way, const char *folder);

#endif
