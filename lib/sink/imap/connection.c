/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/connection.h"

#include "lib/sink/imap/probe.h"

#include <string.h>

/* A server in the clear that has not greeted by then is asked whether it waits for TLS. */
#define GREETING_PATIENCE_S 3U

/* One step; a dead connection stays dead. The server's last words explain the end better than ours. */
static int
pump(dc_imap_connection *connection, draftconv_error **error)
{
	draftconv_error *reason = NULL;

	if (connection->dead)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY, "%s: not connected",
			connection->endpoint->title);
	int status = dc_imap_transport_pump(connection->transport, connection->core, &reason);
	if (status >= 0)
		return 0;
	connection->dead = true;

	g_autoptr(draftconv_error) owned = reason;
	const char *bye = dc_imap_core_state(connection->core)->bye;
	if (bye != NULL && status == DRAFTCONV_ERROR_TEMPORARY)
		return dc_error_set(error, status, "%s: the server ended the connection: %s",
			connection->endpoint->title, bye);
	if (error != NULL)
		*error = g_steal_pointer(&owned);
	return status;
}

/* A server that said BYE will answer nothing more, even if it leaves the connection open. */
static int
check_bye(dc_imap_connection *connection, draftconv_error **error)
{
	const char *bye = dc_imap_core_state(connection->core)->bye;

	if (bye == NULL)
		return 0;
	connection->dead = true;
	return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
		"%s: the server ended the connection: %s", connection->endpoint->title, bye);
}

int
dc_imap_wait(
	dc_imap_connection *connection, const dc_imap_command *command, draftconv_error **error)
{
	const gint64 start = g_get_monotonic_time();
	int status = 0;

	dc_imap_transport_touch(connection->transport);
	while (command->result == DC_IMAP_PENDING && status >= 0) {
		status = check_bye(connection, error);
		if (status >= 0)
			status = pump(connection, error);
	}
	const gint64 took = g_get_monotonic_time() - start;
	if (status >= 0 && (connection->rtt_us == 0 || took < connection->rtt_us))
		connection->rtt_us = took;
	return status;
}

int
dc_imap_wait_continuation(dc_imap_connection *connection, const dc_imap_command *command,
	char **text, draftconv_error **error)
{
	dc_imap_transport_touch(connection->transport);
	for (;;) {
		char *found = dc_imap_core_continuation(connection->core);

		if (found != NULL) {
			*text = found;
			return 1;
		}
		if (command->result != DC_IMAP_PENDING)
			return 0;
		int status = check_bye(connection, error);
		if (status >= 0)
			status = pump(connection, error);
		if (status < 0)
			return status;
	}
}

int
dc_imap_flush(dc_imap_connection *connection, size_t limit, draftconv_error **error)
{
	size_t size = 0;

	dc_imap_core_output(connection->core, &size);
	if (size <= limit)
		return 0;
	dc_imap_transport_touch(connection->transport);
	while (size > limit) {
		int status = pump(connection, error);

		if (status < 0)
			return status;
		dc_imap_core_output(connection->core, &size);
	}
	return 0;
}

bool
dc_imap_can(const dc_imap_connection *connection, unsigned capability)
{
	return (dc_imap_core_state(connection->core)->capabilities & capability) != 0;
}

int
dc_imap_need_capabilities(dc_imap_connection *connection, draftconv_error **error)
{
	if (dc_imap_core_state(connection->core)->capabilities_known)
		return 0;
	g_autoptr(dc_imap_command) command = dc_imap_core_command(connection->core, "CAPABILITY");

	return dc_imap_wait(connection, command, error);
}

int
dc_imap_refused(const dc_imap_connection *connection, const dc_imap_command *command, int code,
	const char *what, draftconv_error **error)
{
	return dc_error_set(error, code, "%s: %s: %s%s%s%.500s", connection->endpoint->title, what,
		command->code != NULL ? "[" : "", command->code != NULL ? command->code : "",
		command->code != NULL ? "] " : "", command->text);
}

bool
dc_imap_is_temporary(const dc_imap_command *command)
{
	static const char *const codes[] = {
		"UNAVAILABLE", "INUSE", "SERVERBUG", "OVERQUOTA", "LIMIT"};

	for (size_t i = 0; command->code != NULL && i < G_N_ELEMENTS(codes); i++) {
		if (strcmp(command->code, codes[i]) == 0)
			return true;
	}
	return false;
}

static int
hear_greeting(dc_imap_connection *connection, GCancellable *cancellable, draftconv_error **error)
{
	const struct dc_imap_endpoint *endpoint = connection->endpoint;
	const struct dc_imap_state *state = dc_imap_core_state(connection->core);
	const gint64 start = g_get_monotonic_time();
	int status = 0;

	if (!endpoint->tls_now && endpoint->command == NULL &&
		dc_imap_transport_is_silent(
			connection->transport, MIN(GREETING_PATIENCE_S, endpoint->timeout_s)) &&
		dc_imap_probe_tls(endpoint, cancellable)) {
		connection->dead = true;
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
			"%s: TLS comes first there; write imaps://", endpoint->title);
	}

	while (!state->greeted && status >= 0)
		status = pump(connection, error);
	connection->rtt_us = g_get_monotonic_time() - start;
	return status < 0 ? status : check_bye(connection, error);
}

/* RFC 8314: what came in the clear before TLS counts for nothing, and must not wait in a buffer. */
static int
secure(dc_imap_connection *connection, draftconv_error **error)
{
	const struct dc_imap_endpoint *endpoint = connection->endpoint;
	int status = dc_imap_need_capabilities(connection, error);

	if (status < 0)
		return status;
	if (dc_imap_core_state(connection->core)->preauth ||
		!dc_imap_can(connection, DC_IMAP_STARTTLS))
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
			"%s: the server offers no STARTTLS; write imaps://", endpoint->title);
	g_autoptr(dc_imap_command) command = dc_imap_core_command(connection->core, "STARTTLS");
	status = dc_imap_wait(connection, command, error);
	if (status < 0)
		return status;
	if (command->result != DC_IMAP_OK)
		return dc_imap_refused(connection, command, DRAFTCONV_ERROR_UNREACHABLE,
			"STARTTLS was refused", error);
	if (dc_imap_core_after_answer(connection->core))
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
			"%s: somebody sends in the clear behind STARTTLS", endpoint->title);
	dc_imap_core_forget_capabilities(connection->core);
	return dc_imap_transport_start_tls(connection->transport, error);
}

int
dc_imap_connection_open(const struct dc_imap_endpoint *endpoint, GCancellable *cancellable,
	dc_imap_connection **connection, draftconv_error **error)
{
	g_autoptr(dc_imap_connection) result = g_new0(dc_imap_connection, 1);

	result->core = dc_imap_core_new();
	result->endpoint = endpoint;
	result->dead = true; /* until the greeting: there is nobody to say LOGOUT to */
	int status = dc_imap_transport_open(endpoint, cancellable, &result->transport, error);
	if (status < 0)
		return status;
	result->dead = false;
	status = hear_greeting(result, cancellable, error);
	if (status >= 0 && !endpoint->tls_now && !endpoint->loopback && endpoint->command == NULL)
		status = secure(result, error);
	if (status >= 0)
		status = dc_imap_need_capabilities(result, error);
	if (status < 0) {
		result->dead = true;
		return status;
	}
	*connection = g_steal_pointer(&result);
	return 0;
}

void
dc_imap_connection_close(dc_imap_connection *connection)
{
	if (connection == NULL)
		return;
	size_t size = 0;
	dc_imap_core_output(connection->core, &size);
	if (!connection->dead && size == 0) {
		/* Every command was answered, so nothing is lost when nobody hears the BYE. */
		g_autoptr(dc_imap_command) command =
			dc_imap_core_command(connection->core, "LOGOUT");

		(void)dc_imap_transport_pump(connection->transport, connection->core, NULL);
	}
	dc_imap_transport_close(connection->transport);
	dc_imap_core_free(connection->core);
	g_free(connection);
}
