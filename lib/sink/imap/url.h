/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes an IMAP destination apart (CONTRACT, Sinks; RFC 5092). In: what follows "imap:" or "imaps:"; out:
 * host, port, and templates of login and folder, percent-decoded before any account's name comes in.
 */
#ifndef DC_SINK_IMAP_URL_H
#define DC_SINK_IMAP_URL_H

#include "lib/base/error.h"

#include <stdbool.h>

struct dc_imap_url {
	char *host; /* small letters, without brackets */
	guint16 port;
	char *login;  /* template; NULL when none is given */
	char *folder; /* template; NULL when none is given */
};
void dc_imap_url_clear(struct dc_imap_url *url);
typedef struct dc_imap_url dc_imap_url;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_imap_url, dc_imap_url_clear)

/* @return 0, or ARGUMENT with the right spelling */
int dc_imap_url_parse(
	const char *rest, guint16 default_port, struct dc_imap_url *url, draftconv_error **error);

/* A name or address of this machine? */
bool dc_imap_is_loopback(const char *host);

#endif
