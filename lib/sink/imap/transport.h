/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The wire under an IMAP connection: TCP, then TLS at once or behind STARTTLS (RFC 8314, 7525), or a
 * program's standard input and output. In: what
 * a core wants to send; out: what came, fed into the core. One thread, a private main context, never
 * the caller's; reading never stops while writing.
 */
#ifndef DC_SINK_IMAP_TRANSPORT_H
#define DC_SINK_IMAP_TRANSPORT_H

#include "lib/base/turn.h"
#include "lib/sink/imap/core.h"

typedef struct dc_imap_transport dc_imap_transport;

struct dc_imap_endpoint {
	const char *title; /* what it is called in errors */
	const char *host;  /* name or address, without brackets; NULL with COMMAND */
	guint16 port;
	char *const *command; /* speak to this program instead; NULL: TCP */
	bool tls_now; /* before the first byte; else when dc_imap_transport_start_tls() is called */
	bool loopback;       /* refuse to talk to any other machine */
	const char *ca_file; /* NULL: what the system trusts */
	unsigned timeout_s;
	dc_turn *turn; /* given away while it waits; NULL: never */
};

/*
 * Connect. ENDPOINT must outlive TRANSPORT [out, transfer full]. CANCELLABLE may be NULL.
 * @return 0; UNREACHABLE with the reason in words (name, port, certificate); CANCELLED
 */
int dc_imap_transport_open(const struct dc_imap_endpoint *endpoint, GCancellable *cancellable,
	dc_imap_transport **transport, draftconv_error **error);
int dc_imap_transport_start_tls(dc_imap_transport *transport, draftconv_error **error);

/* NULL without TLS. [transfer none] */
GTlsConnection *dc_imap_transport_tls(const dc_imap_transport *transport);

/*
 * Write what can be written, feed what has come; when neither moved, wait for either, for the deadline
 * (timeout_s since something moved) or the cancellable.
 * @return 0 when something moved; TEMPORARY when the server has gone or is silent; CANCELLED
 */
int dc_imap_transport_pump(
	dc_imap_transport *transport, dc_imap_core *core, draftconv_error **error);

/* Whether nothing at all has come within SECONDS; before TLS. */
bool dc_imap_transport_is_silent(const dc_imap_transport *transport, unsigned seconds);

/* The caller was busy with something else: the deadline begins anew. */
void dc_imap_transport_touch(dc_imap_transport *transport);

void dc_imap_transport_close(dc_imap_transport *transport);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_imap_transport, dc_imap_transport_close)

#endif
