/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/sink/trace.h"

#include "lib/sink/imap/core.h"

enum {
	COMMANDS = 4
};

static int
on_data(void *user, const struct dc_imap_data *data, draftconv_error **error)
{
	g_autofree char *rest = dc_imap_rest(&data->rest);
	struct dc_imap_cursor cursor = data->rest;
	int values = 0;

	(void)error;
	while (dc_imap_skip(&cursor))
		values++;
	g_string_append_printf(user, "%s %" G_GUINT64_FORMAT " %s (%d)\n", data->word,
		data->has_number ? data->number : 0, rest, values);
	return 0;
}

static bool
on_wants_stream(void *user, const char *data, size_t size, guint64 literal)
{
	g_string_append_printf(user, "stream %" G_GUINT64_FORMAT "\n", literal);
	return size > 7 && data[size - 2] == ']';
}

static int
on_stream(void *user, const void *data, size_t size, draftconv_error **error)
{
	(void)error;
	g_string_append_len(user, data, (gssize)size);
	return 0;
}

static const struct dc_imap_listener listener = {
	.data = on_data,
	.wants_stream = on_wants_stream,
	.stream = on_stream,
};

static void
trace_state(GString *out, dc_imap_core *core)
{
	const struct dc_imap_state *state = dc_imap_core_state(core);
	g_autofree char *keywords =
		state->keywords == NULL ? g_strdup("") : g_strjoinv(" ", state->keywords);

	g_string_append_printf(out,
		"state: capabilities %x, mechanisms %s, %s%sbye %s, limit %" G_GUINT64_FORMAT
		", validity %u, next %u, exists %u, flags %x, keywords %s%s\n",
		state->capabilities, state->mechanisms == NULL ? "" : state->mechanisms,
		state->greeted ? "greeted, " : "", state->preauth ? "preauth, " : "",
		state->bye == NULL ? "" : state->bye, state->appendlimit, state->uidvalidity,
		state->uidnext, state->exists, state->flags, keywords,
		state->read_only ? ", read-only" : "");
	for (;;) {
		g_autofree char *more = dc_imap_core_continuation(core);

		if (more == NULL)
			break;
		g_string_append_printf(out, "+ %s\n", more);
	}
}

char *
trace_responses(const void *data, size_t size, size_t chunk)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(dc_imap_core) core = dc_imap_core_new();
	g_autoptr(draftconv_error) error = NULL;
	dc_imap_command *commands[COMMANDS];
	int status = 0;

	dc_imap_core_listen(core, &listener, out);
	for (int i = 0; i < COMMANDS; i++)
		commands[i] = dc_imap_core_command(core, "NOOP");
	for (size_t at = 0; at < size && status >= 0; at += chunk)
		status = dc_imap_core_feed(
			core, (const char *)data + at, MIN(chunk, size - at), &error);
	trace_state(out, core);
	for (int i = 0; i < COMMANDS; i++) {
		if (commands[i]->result != DC_IMAP_PENDING)
			g_string_append_printf(out, "D%d %d [%s %s] %s\n", i + 1,
				commands[i]->result,
				commands[i]->code == NULL ? "" : commands[i]->code,
				commands[i]->arguments == NULL ? "" : commands[i]->arguments,
				commands[i]->text);
		dc_imap_command_unref(commands[i]);
	}
	if (error != NULL)
		g_string_append_printf(out, "error %s\n", draftconv_error_message(error));
	return g_string_free(g_steal_pointer(&out), FALSE);
}
