/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/tunnel.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

enum {
	WORDS_MAX = 500,
	STEP_US = 5000,
	PATIENCE_US =
		2 * G_USEC_PER_SEC /* for a program whose input has ended, and again after TERM */
};

struct dc_imap_tunnel {
	GPid pid;
	bool reaped;
	int status; /* as of waitpid() */
	GInputStream *errors;
	bool errors_ended;
	char words[WORDS_MAX + 1]; /* the end of what it said */
	size_t size;
};

int
dc_imap_tunnel_open(
	char *const *command, dc_imap_tunnel **tunnel, GIOStream **stream, draftconv_error **error)
{
	g_autoptr(GError) reason = NULL;
	int in = -1;
	int out = -1;
	int err = -1;
	GPid pid = 0;

	/* Pipes, not a socket: Dovecot takes that for inetd. Other descriptors are closed in the program. */
	if (!g_spawn_async_with_pipes(NULL, (char **)(uintptr_t)command, NULL,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &in, &out,
		    &err, &reason))
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE, "%s", reason->message);
	g_unix_set_fd_nonblocking(in, TRUE, NULL);
	g_unix_set_fd_nonblocking(out, TRUE, NULL);
	g_unix_set_fd_nonblocking(err, TRUE, NULL);

	g_autoptr(GInputStream) from = g_unix_input_stream_new(out, TRUE);
	g_autoptr(GOutputStream) to = g_unix_output_stream_new(in, TRUE);
	dc_imap_tunnel *result = g_new0(dc_imap_tunnel, 1);
	result->pid = pid;
	result->errors = g_unix_input_stream_new(err, TRUE);
	*tunnel = result;
	*stream = g_simple_io_stream_new(from, to);
	return 0;
}

void
dc_imap_tunnel_hear(dc_imap_tunnel *tunnel)
{
	char piece[4096];

	while (!tunnel->errors_ended) {
		g_autoptr(GError) reason = NULL;
		gssize n = g_pollable_input_stream_read_nonblocking(
			G_POLLABLE_INPUT_STREAM(tunnel->errors), piece, sizeof piece, NULL,
			&reason);

		if (n < 0 && g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
			return;
		if (n <= 0) {
			tunnel->errors_ended = true;
			return;
		}
		const size_t got = (size_t)n;
		const size_t taken = MIN(got, (size_t)WORDS_MAX);
		const size_t kept = MIN(tunnel->size, WORDS_MAX - taken);
		memmove(tunnel->words, tunnel->words + tunnel->size - kept, kept);
		memcpy(tunnel->words + kept, piece + got - taken, taken);
		tunnel->size = kept + taken;
		tunnel->words[tunnel->size] = '\0';
	}
}

GSource *
dc_imap_tunnel_source(dc_imap_tunnel *tunnel)
{
	if (tunnel->errors_ended)
		return NULL;
	return g_pollable_input_stream_create_source(G_POLLABLE_INPUT_STREAM(tunnel->errors), NULL);
}

/* @return true when it has ended */
static bool
reap(dc_imap_tunnel *tunnel, gint64 patience_us)
{
	const gint64 until = g_get_monotonic_time() + patience_us;

	while (!tunnel->reaped) {
		const pid_t got = waitpid(tunnel->pid, &tunnel->status, WNOHANG);

		/* Without a child to wait for somebody else has taken it: the caller's own handler. */
		if (got == tunnel->pid || (got < 0 && errno != EINTR))
			tunnel->reaped = true;
		else if (g_get_monotonic_time() >= until)
			return false;
		else
			g_usleep(STEP_US);
		dc_imap_tunnel_hear(tunnel);
	}
	return true;
}

/* The last line that says something. [transfer full] */
static char *
last_line(const dc_imap_tunnel *tunnel)
{
	g_autofree char *text = g_utf8_make_valid(tunnel->words, (gssize)tunnel->size);
	g_auto(GStrv) lines = g_strsplit_set(g_strchomp(text), "\r\n", -1);
	const guint n = g_strv_length(lines);

	return g_strdup(n == 0 ? "" : lines[n - 1]);
}

char *
dc_imap_tunnel_end(dc_imap_tunnel *tunnel)
{
	const bool ended = reap(tunnel, PATIENCE_US);
	g_autofree char *line = last_line(tunnel);
	const char *colon = *line == '\0' ? "" : ": ";

	if (!ended)
		return g_strdup_printf("the command closed its output%s%s", colon, line);
	if (WIFSIGNALED(tunnel->status))
		return g_strdup_printf("the command was ended by signal %d%s%s",
			WTERMSIG(tunnel->status), colon, line);
	return g_strdup_printf(
		"the command ended with status %d%s%s", WEXITSTATUS(tunnel->status), colon, line);
}

void
dc_imap_tunnel_close(dc_imap_tunnel *tunnel)
{
	if (tunnel == NULL)
		return;
	if (!reap(tunnel, PATIENCE_US)) {
		kill(tunnel->pid, SIGTERM);
		if (!reap(tunnel, PATIENCE_US))
			kill(tunnel->pid, SIGKILL);
		(void)reap(tunnel, PATIENCE_US);
	}
	g_spawn_close_pid(tunnel->pid);
	g_object_unref(tunnel->errors);
	g_free(tunnel);
}
