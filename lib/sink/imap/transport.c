/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/transport.h"

#include "lib/sink/imap/tls-words.h"
#include "lib/sink/imap/tunnel.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum {
	PIECE = 64 * 1024,
	PATIENCE = 10 /* times the timeout, for a server that only says that it is still there */
};

struct dc_imap_transport {
	const struct dc_imap_endpoint *endpoint;
	GMainContext *context;
	GCancellable *cancellable;
	GSocketConnection *connection; /* NULL with a tunnel */
	dc_imap_tunnel *tunnel;        /* NULL with TCP */
	GIOStream *stream;             /* CONNECTION, TLS around it, or the tunnel's */
	GTlsConnection *tls;
	GTlsCertificateFlags refused; /* why the certificate was */
	gint64 moved;    /* monotonic time of the latest byte, in whichever direction */
	gint64 advanced; /* of the latest one that brought a command nearer to its end */
	char buffer[PIECE];
};

static int
io_failed(const dc_imap_transport *transport, const GError *reason, int code, const char *what,
	draftconv_error **error)
{
	if (g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return dc_error_set(error, DRAFTCONV_ERROR_CANCELLED, "cancelled");
	return dc_error_set(
		error, code, "%s: %s: %s", transport->endpoint->title, what, reason->message);
}

struct connecting {
	GSocketConnection *connection;
	GError *error;
	bool done;
};

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user)
{
	struct connecting *connecting = user;

	connecting->connection = g_socket_client_connect_to_host_finish(
		G_SOCKET_CLIENT(source), result, &connecting->error);
	connecting->done = true;
}

static void
set_up_socket(const dc_imap_transport *transport, unsigned timeout_s)
{
	if (transport->connection == NULL)
		return;
	GSocket *socket = g_socket_connection_get_socket(transport->connection);

	g_socket_set_timeout(socket, timeout_s);
	g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
	g_socket_set_keepalive(socket, TRUE);
}

static int
connect_tcp(dc_imap_transport *transport, draftconv_error **error)
{
	const struct dc_imap_endpoint *endpoint = transport->endpoint;
	g_autoptr(GSocketClient) client = g_socket_client_new();
	struct connecting connecting = {0};

	/* A proxy of the desktop's settings is not for a server's tool. */
	g_socket_client_set_enable_proxy(client, FALSE);
	g_socket_client_set_timeout(client, endpoint->timeout_s);
	g_main_context_push_thread_default(transport->context);
	/* Only the asynchronous form races IPv6 against IPv4. */
	g_socket_client_connect_to_host_async(client, endpoint->host, endpoint->port,
		transport->cancellable, on_connected, &connecting);
	const bool given = dc_turn_give(endpoint->turn);
	while (!connecting.done)
		g_main_context_iteration(transport->context, TRUE);
	dc_turn_take(endpoint->turn, given);
	g_main_context_pop_thread_default(transport->context);

	g_autoptr(GError) reason = connecting.error;
	if (connecting.connection == NULL)
		return io_failed(transport, reason, DRAFTCONV_ERROR_UNREACHABLE,
			"cannot be reached; check name, port and firewall", error);
	transport->connection = connecting.connection;
	transport->stream = g_object_ref(G_IO_STREAM(connecting.connection));
	set_up_socket(transport, endpoint->timeout_s);
	return 0;
}

/* "localhost" is what the resolver makes of it, so the address that answered decides. */
static int
check_loopback(const dc_imap_transport *transport, draftconv_error **error)
{
	g_autoptr(GSocketAddress) address =
		g_socket_connection_get_remote_address(transport->connection, NULL);

	if (address != NULL && G_IS_INET_SOCKET_ADDRESS(address) &&
		g_inet_address_get_is_loopback(
			g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address))))
		return 0;
	return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
		"%s: is not this machine; without TLS drafts and passwords stay on the loopback",
		transport->endpoint->host);
}

static gboolean
on_certificate(GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags,
	gpointer user)
{
	dc_imap_transport *transport = user;

	(void)tls;
	(void)certificate;
	transport->refused = flags;
	return FALSE;
}

static int
load_trust(dc_imap_transport *transport, draftconv_error **error)
{
	const char *ca_file = transport->endpoint->ca_file;
	g_autoptr(GError) reason = NULL;

	if (!g_tls_backend_supports_tls(g_tls_backend_get_default()))
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
			"no TLS on this machine: install the package glib-networking");
	if (ca_file == NULL)
		return 0;
	g_autoptr(GTlsDatabase) database = g_tls_file_database_new(ca_file, &reason);
	if (database == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"--ca-file %s: cannot be read: %s; give it again with --ca-file FILE",
			ca_file, reason->message);
	g_tls_connection_set_database(transport->tls, database);
	return 0;
}

/*
 * Whether the peer went away in the middle of the handshake. GIO says "not TLS" of that, too; and of some
 * answers that are no TLS, but then the peer is still there.
 */
static bool
was_cut(const dc_imap_transport *transport, const GError *reason)
{
	char byte;

	if (transport->connection == NULL ||
		(!g_error_matches(reason, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS) &&
			!g_error_matches(reason, G_TLS_ERROR, G_TLS_ERROR_EOF) &&
			!g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)))
		return false;
	const int fd = g_socket_get_fd(g_socket_connection_get_socket(transport->connection));
	const ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return got == 0 || (got < 0 && errno != EAGAIN);
}

static int
handshake_failed(const dc_imap_transport *transport, const GError *reason, draftconv_error **error)
{
	if (transport->refused != 0)
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
			"%s: the server's certificate %s", transport->endpoint->title,
			dc_imap_tls_refusal(transport->refused));
	if (was_cut(transport, reason))
		return io_failed(transport, reason, DRAFTCONV_ERROR_TEMPORARY,
			"the connection was closed during the TLS handshake; run the same command "
			"again",
			error);
	if (dc_imap_tls_is_alert(reason))
		return io_failed(transport, reason, DRAFTCONV_ERROR_UNREACHABLE,
			dc_imap_tls_alert(reason), error);
	return io_failed(transport, reason, DRAFTCONV_ERROR_UNREACHABLE,
		transport->endpoint->tls_now
			? "no TLS there; a server with STARTTLS is written imap://"
			: "TLS did not come about",
		error);
}

int
dc_imap_transport_start_tls(dc_imap_transport *transport, draftconv_error **error)
{
	const struct dc_imap_endpoint *endpoint = transport->endpoint;
	g_autoptr(GError) reason = NULL;
	g_autoptr(GSocketConnectable) identity =
		g_network_address_new(endpoint->host, endpoint->port);
	GIOStream *tls =
		g_tls_client_connection_new(G_IO_STREAM(transport->connection), identity, &reason);

	if (tls == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
			"no TLS on this machine (%s): install the package glib-networking",
			reason->message);
	g_object_unref(transport->stream);
	transport->stream = tls;
	transport->tls = G_TLS_CONNECTION(tls);
	int status = load_trust(transport, error);
	if (status < 0)
		return status;
	/* IMAP says itself where everything ends, and many servers just close. */
	g_tls_connection_set_require_close_notify(transport->tls, FALSE);
	g_signal_connect(tls, "accept-certificate", G_CALLBACK(on_certificate), transport);
	set_up_socket(transport, endpoint->timeout_s);
	const bool given = dc_turn_give(endpoint->turn);
	const bool shaken =
		g_tls_connection_handshake(transport->tls, transport->cancellable, &reason);
	dc_turn_take(endpoint->turn, given);
	if (!shaken)
		return handshake_failed(transport, reason, error);
	/* From here on there is one clock only, that of the pump. */
	set_up_socket(transport, 0);
	if (g_tls_connection_get_protocol_version(transport->tls) < G_TLS_PROTOCOL_VERSION_TLS_1_2)
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
			"%s: the server speaks no TLS 1.2 or newer", endpoint->title);
	return 0;
}

int
dc_imap_transport_open(const struct dc_imap_endpoint *endpoint, GCancellable *cancellable,
	dc_imap_transport **transport, draftconv_error **error)
{
	g_autoptr(dc_imap_transport) result = g_new0(dc_imap_transport, 1);

	result->endpoint = endpoint;
	result->context = g_main_context_new();
	if (cancellable != NULL)
		result->cancellable = g_object_ref(cancellable);
	int status = endpoint->command == NULL ? connect_tcp(result, error)
					       : dc_imap_tunnel_open(endpoint->command,
							 &result->tunnel, &result->stream, error);
	if (status >= 0 && endpoint->loopback)
		status = check_loopback(result, error);
	if (status >= 0 && endpoint->tls_now)
		status = dc_imap_transport_start_tls(result, error);
	if (status < 0)
		return status;
	set_up_socket(result, 0);
	dc_imap_transport_touch(result);
	*transport = g_steal_pointer(&result);
	return 0;
}

bool
dc_imap_transport_is_silent(const dc_imap_transport *transport, unsigned seconds)
{
	GSocket *socket = g_socket_connection_get_socket(transport->connection);
	const bool given = dc_turn_give(transport->endpoint->turn);
	const bool came = g_socket_condition_timed_wait(
		socket, G_IO_IN, (gint64)seconds * G_USEC_PER_SEC, transport->cancellable, NULL);

	dc_turn_take(transport->endpoint->turn, given);
	return !came;
}

void
dc_imap_transport_touch(dc_imap_transport *transport)
{
	transport->moved = transport->advanced = g_get_monotonic_time();
}

GTlsConnection *
dc_imap_transport_tls(const dc_imap_transport *transport)
{
	return transport->tls;
}

void
dc_imap_transport_close(dc_imap_transport *transport)
{
	if (transport == NULL)
		return;
	dc_turn *turn = transport->endpoint->turn;
	const bool given = dc_turn_give(turn);
	if (transport->stream != NULL) {
		/* The peer may be silent: closing must not wait for it. */
		set_up_socket(transport, 1);
		if (transport->tls != NULL)
			g_signal_handlers_disconnect_by_data(transport->tls, transport);
		g_io_stream_close(transport->stream, NULL, NULL);
		g_object_unref(transport->stream);
	}
	g_clear_object(&transport->connection);
	dc_imap_tunnel_close(transport->tunnel);
	g_clear_object(&transport->cancellable);
	g_main_context_unref(transport->context);
	explicit_bzero(transport->buffer, sizeof transport->buffer);
	g_free(transport);
	dc_turn_take(turn, given);
}

/* A command that never said a word of IMAP is no way to a server. */
static int
ended(const dc_imap_transport *transport, const dc_imap_core *core, draftconv_error **error)
{
	const bool greeted = dc_imap_core_state(core)->greeted;

	if (transport->tunnel == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"%s: the server closed the connection", transport->endpoint->title);
	g_autofree char *how = dc_imap_tunnel_end(transport->tunnel);
	return dc_error_set(error,
		greeted ? DRAFTCONV_ERROR_TEMPORARY : DRAFTCONV_ERROR_UNREACHABLE, "%s: %s",
		transport->endpoint->title, how);
}

/* @return 1 when bytes went out, 0 when none could */
static int
write_some(dc_imap_transport *transport, dc_imap_core *core, draftconv_error **error)
{
	GOutputStream *out = g_io_stream_get_output_stream(transport->stream);
	g_autoptr(GError) reason = NULL;
	size_t size = 0;
	const void *data = dc_imap_core_output(core, &size);

	if (size == 0)
		return 0;
	gssize n = g_pollable_output_stream_write_nonblocking(G_POLLABLE_OUTPUT_STREAM(out), data,
		MIN(size, (size_t)PIECE), transport->cancellable, &reason);
	if (n > 0) {
		dc_imap_core_sent(core, (size_t)n);
		return 1;
	}
	if (n == 0 || g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
		return 0;
	if (g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return io_failed(transport, reason, DRAFTCONV_ERROR_TEMPORARY, "", error);
	/* The reason may lie unread in what the server said before it closed. */
	gssize got = g_pollable_input_stream_read_nonblocking(
		G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(transport->stream)),
		transport->buffer, PIECE, NULL, NULL);
	if (got > 0)
		(void)dc_imap_core_feed(core, transport->buffer, (size_t)got, NULL);
	/* A command that does not listen any more has mostly said why. */
	if (transport->tunnel != NULL &&
		g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
		return ended(transport, core, error);
	return io_failed(
		transport, reason, DRAFTCONV_ERROR_TEMPORARY, "the connection broke", error);
}

static int
read_some(dc_imap_transport *transport, dc_imap_core *core, draftconv_error **error)
{
	GInputStream *in = g_io_stream_get_input_stream(transport->stream);
	g_autoptr(GError) reason = NULL;
	gssize n = g_pollable_input_stream_read_nonblocking(G_POLLABLE_INPUT_STREAM(in),
		transport->buffer, PIECE, transport->cancellable, &reason);

	if (n > 0) {
		int status = dc_imap_core_feed(core, transport->buffer, (size_t)n, error);

		return status < 0 ? status : 1;
	}
	if (n == 0)
		return ended(transport, core, error);
	if (g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
		return 0;
	/* TLS 1.3: the handshake is over before the server asks for a certificate. */
	if (dc_imap_tls_is_alert(reason) && !dc_imap_core_state(core)->greeted)
		return io_failed(transport, reason, DRAFTCONV_ERROR_UNREACHABLE,
			dc_imap_tls_alert(reason), error);
	return io_failed(
		transport, reason, DRAFTCONV_ERROR_TEMPORARY, "the connection broke", error);
}

static gboolean
on_ready(GObject *stream, gpointer user)
{
	bool *fired = user;

	(void)stream;
	*fired = true;
	return G_SOURCE_REMOVE;
}

static gboolean
on_deadline(gpointer user)
{
	bool *fired = user;

	*fired = true;
	return G_SOURCE_REMOVE;
}

static void
attach(dc_imap_transport *transport, GSource *source, GSourceFunc function, bool *fired)
{
	g_source_set_callback(source, function, fired, NULL);
	g_source_attach(source, transport->context);
}

/* @return how many microseconds the server still has; TEMPORARY when it has none */
static gint64
time_left(const dc_imap_transport *transport, draftconv_error **error)
{
	const gint64 timeout = (gint64)transport->endpoint->timeout_s * G_USEC_PER_SEC;
	const gint64 now = g_get_monotonic_time();
	const gint64 silence = transport->moved + timeout - now;
	const gint64 patience = transport->advanced + PATIENCE * timeout - now;

	if (silence <= 0)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"%s: the server has been silent for %u s", transport->endpoint->title,
			transport->endpoint->timeout_s);
	if (patience <= 0)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"%s: the server has sent words, or a byte now and then, but no answer for "
			"%u "
			"s; if it is slow, give it longer with --timeout",
			transport->endpoint->title, PATIENCE * transport->endpoint->timeout_s);
	return MIN(silence, patience);
}

static int
wait_until_ready(dc_imap_transport *transport, bool want_write, draftconv_error **error)
{
	const gint64 left = time_left(transport, error);
	GInputStream *in = g_io_stream_get_input_stream(transport->stream);
	GOutputStream *out = g_io_stream_get_output_stream(transport->stream);
	bool fired = false;

	if (left < 0)
		return (int)left;
	g_autoptr(GSource) readable = g_pollable_input_stream_create_source(
		G_POLLABLE_INPUT_STREAM(in), transport->cancellable);
	g_autoptr(GSource) writable = g_pollable_output_stream_create_source(
		G_POLLABLE_OUTPUT_STREAM(out), transport->cancellable);
	g_autoptr(GSource) deadline = g_timeout_source_new((guint)(left / 1000 + 1));
	g_autoptr(GSource) errors =
		transport->tunnel == NULL ? NULL : dc_imap_tunnel_source(transport->tunnel);

	attach(transport, readable, G_SOURCE_FUNC(on_ready), &fired);
	if (want_write)
		attach(transport, writable, G_SOURCE_FUNC(on_ready), &fired);
	attach(transport, deadline, on_deadline, &fired);
	if (errors != NULL)
		attach(transport, errors, G_SOURCE_FUNC(on_ready), &fired);
	const bool given = dc_turn_give(transport->endpoint->turn);
	while (!fired)
		g_main_context_iteration(transport->context, TRUE);
	dc_turn_take(transport->endpoint->turn, given);
	g_source_destroy(readable);
	g_source_destroy(writable);
	g_source_destroy(deadline);
	if (errors != NULL)
		g_source_destroy(errors);
	return 0;
}

int
dc_imap_transport_pump(dc_imap_transport *transport, dc_imap_core *core, draftconv_error **error)
{
	const guint64 before = dc_imap_core_progress(core);
	size_t queued = 0;

	for (;;) {
		if (transport->tunnel != NULL)
			dc_imap_tunnel_hear(transport->tunnel);
		int wrote = write_some(transport, core, error);
		if (wrote < 0)
			return wrote;
		int got = read_some(transport, core, error);
		if (got < 0)
			return got;
		if (wrote > 0 || got > 0) {
			transport->moved = g_get_monotonic_time();
			if (dc_imap_core_progress(core) != before)
				transport->advanced = transport->moved;
			return (int)MIN(time_left(transport, error), 0);
		}
		dc_imap_core_output(core, &queued);
		int status = wait_until_ready(transport, queued > 0, error);
		if (status < 0)
			return status;
	}
}
