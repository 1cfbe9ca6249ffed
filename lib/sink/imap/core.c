/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/core.h"

#include "lib/base/limits.h"
#include "lib/sink/imap/reader.h"

#include <string.h>

struct dc_imap_core {
	struct dc_imap_state state;
	dc_imap_reader *reader;
	const struct dc_imap_listener *listener;
	void *listener_user;
	GQueue pending; /* dc_imap_command, oldest first */
	GQueue continuations;
	GByteArray *output;
	size_t output_sent; /* of OUTPUT */
	guint64 sent_total;
	guint64 next_tag;
	guint64 responses; /* since the latest tagged answer */
	guint64 strays;    /* that belong to nothing, since the beginning */
	guint64 progress;  /* answers and continuations: see dc_imap_core_progress() */
	guint64 volume;    /* bytes of data that was asked for */
	bool after_answer;
	bool secret;
};

static void
command_clear(dc_imap_command *command)
{
	g_free(command->code);
	g_free(command->arguments);
	g_free(command->text);
}

void
dc_imap_command_unref(dc_imap_command *command)
{
	if (command != NULL)
		g_rc_box_release_full(command, (GDestroyNotify)command_clear);
}

static void
take_capabilities(dc_imap_core *core, struct dc_imap_cursor cursor)
{
	struct dc_imap_state *state = &core->state;

	dc_imap_core_forget_capabilities(core);
	state->capabilities_known = true;
	state->capabilities =
		dc_imap_capabilities(&cursor, &state->mechanisms, &state->appendlimit);
}

void
dc_imap_core_forget_capabilities(dc_imap_core *core)
{
	core->state.capabilities = 0;
	core->state.capabilities_known = false;
	core->state.appendlimit = 0;
	g_clear_pointer(&core->state.mechanisms, g_free);
}

void
dc_imap_core_forget_folder(dc_imap_core *core)
{
	struct dc_imap_state *state = &core->state;

	state->uidvalidity = state->uidnext = state->exists = 0;
	state->flags = 0;
	state->new_keywords = state->permanent_known = state->read_only = false;
	g_clear_pointer(&state->keywords, g_strfreev);
}

static bool
take_u32(struct dc_imap_cursor *cursor, guint32 *value)
{
	guint64 number = 0;

	if (!dc_imap_number(cursor, &number) || number > G_MAXUINT32)
		return false;
	*value = (guint32)number;
	return true;
}

/* A code of an untagged or tagged status: what it says of the connection or the folder. */
static void
take_code(dc_imap_core *core, const char *code, struct dc_imap_cursor arguments)
{
	struct dc_imap_state *state = &core->state;

	if (strcmp(code, "CAPABILITY") == 0) {
		take_capabilities(core, arguments);
	} else if (strcmp(code, "UIDVALIDITY") == 0) {
		take_u32(&arguments, &state->uidvalidity);
	} else if (strcmp(code, "UIDNEXT") == 0) {
		take_u32(&arguments, &state->uidnext);
	} else if (strcmp(code, "READ-ONLY") == 0) {
		state->read_only = true;
	} else if (strcmp(code, "READ-WRITE") == 0) {
		state->read_only = false;
	} else if (strcmp(code, "PERMANENTFLAGS") == 0) {
		state->permanent_known = true;
		state->flags = dc_imap_flags(&arguments, &state->keywords);
		state->new_keywords =
			g_strv_contains((const char *const *)(void *)state->keywords, "\\*");
	}
}

static int
on_status(dc_imap_core *core, const char *word, struct dc_imap_cursor cursor)
{
	g_autofree char *code = NULL;
	struct dc_imap_cursor arguments;

	dc_imap_code(&cursor, &code, &arguments);
	if (code != NULL)
		take_code(core, code, arguments);
	if (strcmp(word, "BYE") == 0) {
		g_free(core->state.bye);
		core->state.bye = dc_imap_rest(&cursor);
	}
	if (!core->state.greeted) {
		core->state.greeted = true;
		core->state.preauth = strcmp(word, "PREAUTH") == 0;
	}
	return 0;
}

static int
endless(draftconv_error **error)
{
	return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY, "the server sends data without end");
}

/* Nothing that was asked for, and no word for people. */
static int
on_stray(dc_imap_core *core, draftconv_error **error)
{
	return ++core->strays > DC_IMAP_STRAYS_MAX ? endless(error) : 0;
}

static int
on_untagged(dc_imap_core *core, struct dc_imap_cursor cursor, draftconv_error **error)
{
	struct dc_imap_data data = {0};
	g_autofree char *word = NULL;

	if (++core->responses > DC_IMAP_RESPONSES_MAX)
		return endless(error);
	data.has_number = dc_imap_number(&cursor, &data.number);
	dc_imap_blanks(&cursor);
	if (!dc_imap_word(&cursor, &word))
		return 0;
	if (strcmp(word, "OK") == 0 || strcmp(word, "NO") == 0 || strcmp(word, "BAD") == 0 ||
		strcmp(word, "BYE") == 0 || strcmp(word, "PREAUTH") == 0)
		return on_status(core, word, cursor);
	if (strcmp(word, "CAPABILITY") == 0) {
		take_capabilities(core, cursor);
		return 0;
	}
	if (strcmp(word, "EXISTS") == 0 && data.has_number && data.number <= G_MAXUINT32) {
		core->state.exists = (guint32)data.number;
		return 0;
	}
	if (strcmp(word, "EXPUNGE") == 0 && data.has_number) {
		if (core->state.exists > 0)
			core->state.exists--;
		return 0;
	}
	if (core->listener == NULL || core->listener->data == NULL)
		return 0;
	if (strcmp(word, "FETCH") == 0)
		core->volume += (guint64)(cursor.end - cursor.at);
	dc_imap_blanks(&cursor);
	data.word = word;
	data.rest = cursor;
	return core->listener->data(core->listener_user, &data, error);
}

static dc_imap_command *
take_pending(dc_imap_core *core, guint64 tag)
{
	for (GList *link = core->pending.head; link != NULL; link = link->next) {
		dc_imap_command *command = link->data;

		if (command->tag == tag) {
			g_queue_delete_link(&core->pending, link);
			return command;
		}
	}
	return NULL;
}

static int
on_tagged(dc_imap_core *core, struct dc_imap_cursor cursor, draftconv_error **error)
{
	g_autofree char *tag = NULL;
	g_autofree char *word = NULL;
	struct dc_imap_cursor arguments;
	guint64 number = 0;

	if (!dc_imap_word(&cursor, &tag) || tag[0] != 'D')
		return on_stray(core, error);
	struct dc_imap_cursor digits = {tag + 1, tag + strlen(tag)};
	dc_imap_blanks(&cursor);
	if (!dc_imap_number(&digits, &number) || digits.at != digits.end ||
		!dc_imap_word(&cursor, &word))
		return on_stray(core, error);

	enum dc_imap_result result = DC_IMAP_BAD;
	if (strcmp(word, "OK") == 0)
		result = DC_IMAP_OK;
	else if (strcmp(word, "NO") == 0)
		result = DC_IMAP_NO;
	g_autoptr(dc_imap_command) command = take_pending(core, number);
	if (command == NULL)
		return on_stray(core, error);
	core->responses = 0;
	core->progress++;
	core->after_answer = false;
	command->result = result;
	dc_imap_code(&cursor, &command->code, &arguments);
	if (command->code != NULL) {
		command->arguments = dc_imap_rest(&arguments);
		take_code(core, command->code, arguments);
	}
	command->text = dc_imap_rest(&cursor);
	return 0;
}

static int
on_response(void *user, const char *data, size_t size, draftconv_error **error)
{
	dc_imap_core *core = user;
	struct dc_imap_cursor cursor = {data, data + size};

	core->after_answer = true;
	if (size > 0 && data[0] == '+') {
		cursor.at++;
		if (g_queue_get_length(&core->continuations) >= 16)
			return on_stray(core, error);
		core->progress++;
		g_queue_push_tail(&core->continuations, dc_imap_rest(&cursor));
		return 0;
	}
	if (size > 1 && data[0] == '*' && data[1] == ' ') {
		cursor.at += 2;
		dc_imap_blanks(&cursor);
		return on_untagged(core, cursor, error);
	}
	if (!core->state.greeted)
		return dc_error_set(error, DRAFTCONV_ERROR_UNREACHABLE,
			"no IMAP server answers there, but \"%.*s\"", (int)MIN(size, 60), data);
	return on_tagged(core, cursor, error);
}

static bool
on_wants_stream(void *user, const char *data, size_t size, guint64 literal)
{
	dc_imap_core *core = user;

	return core->listener != NULL && core->listener->wants_stream != NULL &&
	       core->listener->wants_stream(core->listener_user, data, size, literal);
}

static int
on_stream(void *user, const void *data, size_t size, draftconv_error **error)
{
	dc_imap_core *core = user;

	core->volume += size;
	if (core->listener == NULL || core->listener->stream == NULL)
		return 0;
	return core->listener->stream(core->listener_user, data, size, error);
}

static const struct dc_imap_reader_class reader_class = {
	.response = on_response,
	.wants_stream = on_wants_stream,
	.stream = on_stream,
};

dc_imap_core *
dc_imap_core_new(void)
{
	dc_imap_core *core = g_new0(dc_imap_core, 1);

	core->reader = dc_imap_reader_new(&reader_class, core);
	/* Large enough that a login does not make it grow and leave a copy behind. */
	core->output = g_byte_array_sized_new(64 * 1024);
	core->next_tag = 1;
	return core;
}

void
dc_imap_core_free(dc_imap_core *core)
{
	if (core == NULL)
		return;
	dc_imap_core_forget_capabilities(core);
	dc_imap_core_forget_folder(core);
	g_free(core->state.bye);
	g_queue_clear_full(&core->pending, (GDestroyNotify)dc_imap_command_unref);
	g_queue_clear_full(&core->continuations, g_free);
	dc_imap_reader_free(core->reader);
	explicit_bzero(core->output->data, core->output->len);
	g_byte_array_unref(core->output);
	g_free(core);
}

const struct dc_imap_state *
dc_imap_core_state(const dc_imap_core *core)
{
	return &core->state;
}

void
dc_imap_core_listen(dc_imap_core *core, const struct dc_imap_listener *listener, void *user)
{
	core->listener = listener;
	core->listener_user = user;
}

int
dc_imap_core_feed(dc_imap_core *core, const void *data, size_t size, draftconv_error **error)
{
	return dc_imap_reader_feed(core->reader, data, size, error);
}

bool
dc_imap_core_is_idle(const dc_imap_core *core)
{
	return dc_imap_reader_is_idle(core->reader);
}

bool
dc_imap_core_after_answer(const dc_imap_core *core)
{
	return core->after_answer || !dc_imap_core_is_idle(core);
}

guint64
dc_imap_core_progress(const dc_imap_core *core)
{
	return core->progress + (core->volume + core->sent_total) / DC_IMAP_PROGRESS_BYTES;
}

char *
dc_imap_core_continuation(dc_imap_core *core)
{
	return g_queue_pop_head(&core->continuations);
}

dc_imap_command *
dc_imap_core_begin(dc_imap_core *core)
{
	dc_imap_command *command = g_rc_box_new0(dc_imap_command);
	char tag[24];

	command->tag = core->next_tag++;
	g_snprintf(tag, sizeof tag, "D%" G_GUINT64_FORMAT " ", command->tag);
	dc_imap_core_text(core, tag);
	g_queue_push_tail(&core->pending, g_rc_box_acquire(command));
	return command;
}

void
dc_imap_core_bytes(dc_imap_core *core, const void *data, size_t size)
{
	/* Callers keep what waits below 1 MiB and hand over small pieces. */
	g_assert(size < G_MAXINT32);
	g_byte_array_append(core->output, data, (guint)size);
}

void
dc_imap_core_text(dc_imap_core *core, const char *text)
{
	dc_imap_core_bytes(core, text, strlen(text));
}

void
dc_imap_core_end(dc_imap_core *core, dc_imap_command *command)
{
	dc_imap_core_text(core, "\r\n");
	command->end = dc_imap_core_queued_total(core);
}

dc_imap_command *
dc_imap_core_command(dc_imap_core *core, const char *format, ...)
{
	dc_imap_command *command = dc_imap_core_begin(core);
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	dc_imap_core_text(core, text);
	dc_imap_core_end(core, command);
	return command;
}

const void *
dc_imap_core_output(const dc_imap_core *core, size_t *size)
{
	*size = core->output->len - core->output_sent;
	return core->output->data + core->output_sent;
}

void
dc_imap_core_sent(dc_imap_core *core, size_t size)
{
	if (core->secret)
		explicit_bzero(core->output->data + core->output_sent, size);
	core->output_sent += size;
	core->sent_total += size;
	/* Half of it gone is often enough to move the rest, and seldom enough to be cheap. */
	if (core->output_sent * 2 >= core->output->len) {
		g_byte_array_remove_range(core->output, 0, (guint)core->output_sent);
		core->output_sent = 0;
	}
}

guint64
dc_imap_core_sent_total(const dc_imap_core *core)
{
	return core->sent_total;
}

guint64
dc_imap_core_queued_total(const dc_imap_core *core)
{
	return core->sent_total + core->output->len - core->output_sent;
}

void
dc_imap_core_secret(dc_imap_core *core, bool secret)
{
	core->secret = secret;
}
