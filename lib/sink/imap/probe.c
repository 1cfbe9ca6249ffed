/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/probe.h"

/* Nor longer than the deadline of whoever waits for the answer. */
#define PROBE_SECONDS 5U

static gboolean
accept_any(GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags,
	gpointer user)
{
	(void)tls;
	(void)certificate;
	(void)flags;
	(void)user;
	return TRUE;
}

static bool
shakes_hands(const struct dc_imap_endpoint *endpoint, GCancellable *cancellable)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();

	g_socket_client_set_enable_proxy(client, FALSE);
	g_socket_client_set_timeout(client, MIN(PROBE_SECONDS, endpoint->timeout_s));
	g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host(
		client, endpoint->host, endpoint->port, cancellable, NULL);
	if (connection == NULL)
		return false;
	g_autoptr(GIOStream) tls = g_tls_client_connection_new(G_IO_STREAM(connection), NULL, NULL);
	if (tls == NULL)
		return false;
	g_signal_connect(tls, "accept-certificate", G_CALLBACK(accept_any), NULL);
	return g_tls_connection_handshake(G_TLS_CONNECTION(tls), cancellable, NULL);
}

bool
dc_imap_probe_tls(const struct dc_imap_endpoint *endpoint, GCancellable *cancellable)
{
	const bool given = dc_turn_give(endpoint->turn);
	const bool answer = shakes_hands(endpoint, cancellable);

	dc_turn_take(endpoint->turn, given);
	return answer;
}
