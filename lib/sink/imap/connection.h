/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A core and its transport as one thing that can be waited for. In: commands; out: their answers, as the
 * error codes of the library where they end the connection. After a negative result it is dead: nothing
 * but closing it is left.
 */
#ifndef DC_SINK_IMAP_CONNECTION_H
#define DC_SINK_IMAP_CONNECTION_H

#include "lib/sink/imap/core.h"
#include "lib/sink/imap/transport.h"

typedef struct dc_imap_connection {
	dc_imap_core *core;
	dc_imap_transport *transport;
	const struct dc_imap_endpoint *endpoint;
	gint64 rtt_us; /* of the quickest exchange so far; 0 before the first */
	bool dead;
} dc_imap_connection;

/*
 * Connect, hear the greeting, get TLS up and the capabilities known. ENDPOINT must outlive it.
 * @return 0; UNREACHABLE, TEMPORARY, CANCELLED
 */
int dc_imap_connection_open(const struct dc_imap_endpoint *endpoint, GCancellable *cancellable,
	dc_imap_connection **connection, draftconv_error **error);

/* LOGOUT when it is alive; waits for nothing. May be NULL. */
void dc_imap_connection_close(dc_imap_connection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_imap_connection, dc_imap_connection_close)

/* Until COMMAND is answered. @return 0 whatever the answer is; negative when the connection ended */
int dc_imap_wait(
	dc_imap_connection *connection, const dc_imap_command *command, draftconv_error **error);

/* Until COMMAND is answered (0) or the server wants more for it (1; TEXT [out, transfer full]). */
int dc_imap_wait_continuation(dc_imap_connection *connection, const dc_imap_command *command,
	char **text, draftconv_error **error);

/* Until no more than LIMIT bytes wait to be written. */
int dc_imap_flush(dc_imap_connection *connection, size_t limit, draftconv_error **error);

/* CAPABILITY, unless they are known. */
int dc_imap_need_capabilities(dc_imap_connection *connection, draftconv_error **error);
bool dc_imap_can(const dc_imap_connection *connection, unsigned capability);

/* An answer other than OK as an error: "HOST: WHAT: the server's words". */
int dc_imap_refused(const dc_imap_connection *connection, const dc_imap_command *command, int code,
	const char *what, draftconv_error **error);

/* Does the answer tell of something that may pass (RFC 5530)? */
bool dc_imap_is_temporary(const dc_imap_command *command);

#endif
