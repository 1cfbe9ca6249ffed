/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/reader.h"

#include "lib/base/limits.h"

#include <string.h>

struct dc_imap_reader {
	const struct dc_imap_reader_class *class;
	void *user;
	GByteArray *held;
	gsize line;      /* where the present line begins in HELD; literals lie before it */
	guint64 literal; /* bytes of a literal still to come */
	bool streaming;
};

dc_imap_reader *
dc_imap_reader_new(const struct dc_imap_reader_class *class, void *user)
{
	dc_imap_reader *reader = g_new0(dc_imap_reader, 1);

	reader->class = class;
	reader->user = user;
	reader->held = g_byte_array_new();
	return reader;
}

void
dc_imap_reader_free(dc_imap_reader *reader)
{
	if (reader == NULL)
		return;
	g_byte_array_unref(reader->held);
	g_free(reader);
}

bool
dc_imap_reader_is_idle(const dc_imap_reader *reader)
{
	return reader->held->len == 0 && reader->literal == 0;
}

static int
hold(dc_imap_reader *reader, const char *data, size_t size, draftconv_error **error)
{
	if (size > DC_IMAP_RESPONSE_MAX - reader->held->len)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"the server sent a response of more than %d bytes", DC_IMAP_RESPONSE_MAX);
	g_byte_array_append(reader->held, (const guint8 *)data, (guint)size);
	return 0;
}

/* Only untagged data has literals; the words of a person may end in "{5}" too. */
static bool
may_have_literals(const char *text, size_t size)
{
	static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};

	if (size < 2 || text[0] != '*' || text[1] != ' ')
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		size_t length = strlen(words[i]);

		if (size > 2 + length && g_ascii_strncasecmp(text + 2, words[i], length) == 0 &&
			(text[2 + length] == ' ' || text[2 + length] == '\r'))
			return false;
	}
	return true;
}

/*
 * Does [LINE, LINE + SIZE), without its line end, announce a literal? OPEN [out] is where its brace
 * stands. @return true and LITERAL, which is G_MAXUINT64 when nobody can count so far
 */
static bool
announces_literal(const char *line, size_t size, size_t *open, guint64 *literal)
{
	size_t at = size;
	guint64 value = 0;

	if (at == 0 || line[at - 1] != '}')
		return false;
	at--;
	if (at > 0 && line[at - 1] == '+')
		at--;
	size_t last = at;
	while (at > 0 && g_ascii_isdigit(line[at - 1]))
		at--;
	if (at == last || at == 0 || line[at - 1] != '{')
		return false;
	for (size_t i = at; i < last; i++) {
		if (value > (G_MAXUINT64 - 9) / 10) {
			value = G_MAXUINT64;
			break;
		}
		value = value * 10 + (guint64)(line[i] - '0');
	}
	*open = at - 1;
	*literal = value;
	return true;
}

static int
begin_literal(dc_imap_reader *reader, size_t open, guint64 literal, draftconv_error **error)
{
	const char *text = (const char *)reader->held->data;

	reader->streaming = reader->class->wants_stream != NULL &&
			    reader->class->wants_stream(reader->user, text, open, literal);
	if (reader->streaming) {
		if (open > 0 && text[open - 1] == '~')
			open--;
		g_byte_array_set_size(reader->held, (guint)open);
		g_byte_array_append(reader->held, (const guint8 *)"\"\"", 2);
	} else if (literal > DC_IMAP_LITERAL_MAX) {
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"the server sent a literal of %" G_GUINT64_FORMAT
			" bytes where a short text was asked for",
			literal);
	}
	reader->literal = literal;
	reader->line = reader->held->len;
	return 0;
}

/* HELD ends with a line feed. */
static int
end_line(dc_imap_reader *reader, draftconv_error **error)
{
	const char *text = (const char *)reader->held->data;
	size_t size = reader->held->len - 1;
	size_t open = 0;
	guint64 literal = 0;

	if (size > reader->line && text[size - 1] == '\r')
		size--;
	if (may_have_literals(text, size) &&
		announces_literal(text + reader->line, size - reader->line, &open, &literal))
		return begin_literal(reader, reader->line + open, literal, error);

	/* Emptied before the call: a listener may ask whether the reader is idle. */
	g_autoptr(GByteArray) whole = g_steal_pointer(&reader->held);
	reader->held = g_byte_array_new();
	reader->line = 0;
	return reader->class->response(reader->user, (const char *)whole->data, size, error);
}

static int
feed_literal(dc_imap_reader *reader, const char **at, const char *end, draftconv_error **error)
{
	size_t size = (size_t)(end - *at);
	const char *data = *at;

	if (size > reader->literal)
		size = (size_t)reader->literal;
	reader->literal -= size;
	*at += size;
	if (reader->streaming)
		return reader->class->stream(reader->user, data, size, error);
	int status = hold(reader, data, size, error);
	reader->line = reader->held->len;
	return status;
}

int
dc_imap_reader_feed(dc_imap_reader *reader, const void *data, size_t size, draftconv_error **error)
{
	const char *at = data;
	const char *end = at + size;
	int status = 0;

	while (at < end && status >= 0) {
		if (reader->literal > 0) {
			status = feed_literal(reader, &at, end, error);
			continue;
		}
		const char *line_feed = memchr(at, '\n', (size_t)(end - at));
		const char *stop = line_feed == NULL ? end : line_feed + 1;

		status = hold(reader, at, (size_t)(stop - at), error);
		at = stop;
		if (status >= 0 && line_feed != NULL)
			status = end_line(reader, error);
	}
	return status;
}
