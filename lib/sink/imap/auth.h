/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The login (RFC 9051 6.2, SASL through libgsasl). In: whose mailbox, by whose right, and a function that
 * knows the secret; out: an authenticated connection. It keeps no secret, and no error text holds one.
 */
#ifndef DC_SINK_IMAP_AUTH_H
#define DC_SINK_IMAP_AUTH_H

#include "lib/sink/imap/connection.h"

struct dc_imap_login {
	const char *login;            /* whose mailbox */
	const char *authenticate_as;  /* whose secret; NULL: the login's */
	const char *master_separator; /* NULL, or the two are joined to one name */
	const char *mechanism;        /* NULL: the best that both sides know */
	bool has_tokens;              /* the secret is an access token */
	draftconv_sink_secret secret;
	void *secret_user;
	draftconv_sink_refused refused; /* may be NULL */
	bool *again; /* [out] set when the server refused the login and REFUSED wants another try */
};

/*
 * Log in. BEHIND (may be NULL) queues what can go out in the same write; it is called when the mechanism
 * says all in its first line.
 * @return 1 when BEHIND was called, 0 when not; REFUSED, TEMPORARY, CANCELLED, ARGUMENT
 */
int dc_imap_login(dc_imap_connection *connection, const struct dc_imap_login *login,
	void (*behind)(dc_imap_connection *connection, void *user), void *user,
	draftconv_error **error);

/* A mechanism that takes an access token? */
bool dc_imap_mechanism_takes_token(const char *mechanism);

#endif
