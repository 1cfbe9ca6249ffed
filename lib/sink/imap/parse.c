/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/parse.h"

#include "lib/base/limits.h"

#include <string.h>

char
dc_imap_peek(const struct dc_imap_cursor *cursor)
{
	return cursor->at < cursor->end ? *cursor->at : '\0';
}

void
dc_imap_blanks(struct dc_imap_cursor *cursor)
{
	while (cursor->at < cursor->end && *cursor->at == ' ')
		cursor->at++;
}

bool
dc_imap_accept(struct dc_imap_cursor *cursor, char c)
{
	if (cursor->at >= cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

static bool
ends_word(char c)
{
	return c == ' ' || c == '(' || c == ')' || c == '"' || c == '\r' || c == '\n' || c == '\0';
}

bool
dc_imap_atom(struct dc_imap_cursor *cursor, char **atom)
{
	const char *start = cursor->at;
	bool bracket = false;

	while (cursor->at < cursor->end) {
		char c = *cursor->at;

		if (!bracket && ends_word(c))
			break;
		if (c == '[')
			bracket = true;
		else if (c == ']')
			bracket = false;
		cursor->at++;
	}
	if (cursor->at == start)
		return false;
	*atom = g_strndup(start, (gsize)(cursor->at - start));
	return true;
}

bool
dc_imap_word(struct dc_imap_cursor *cursor, char **word)
{
	if (!dc_imap_atom(cursor, word))
		return false;
	for (char *c = *word; *c != '\0'; c++)
		*c = g_ascii_toupper(*c);
	return true;
}

bool
dc_imap_number(struct dc_imap_cursor *cursor, guint64 *number)
{
	const char *at = cursor->at;
	guint64 value = 0;

	while (at < cursor->end && g_ascii_isdigit(*at)) {
		if (value > (G_MAXUINT64 - 9) / 10)
			return false;
		value = value * 10 + (guint64)(*at - '0');
		at++;
	}
	if (at == cursor->at)
		return false;
	cursor->at = at;
	*number = value;
	return true;
}

static bool
quoted(struct dc_imap_cursor *cursor, char **text)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const char *at = cursor->at + 1;

	for (; at < cursor->end && *at != '"'; at++) {
		if (*at == '\\' && at + 1 < cursor->end)
			at++;
		g_string_append_c(out, *at);
	}
	if (at >= cursor->end)
		return false;
	cursor->at = at + 1;
	*text = g_strdup(out->str);
	return true;
}

static bool
literal(struct dc_imap_cursor *cursor, char **text)
{
	struct dc_imap_cursor ahead = *cursor;
	guint64 size = 0;

	dc_imap_accept(&ahead, '~');
	if (!dc_imap_accept(&ahead, '{') || !dc_imap_number(&ahead, &size))
		return false;
	dc_imap_accept(&ahead, '+');
	if (!dc_imap_accept(&ahead, '}'))
		return false;
	dc_imap_accept(&ahead, '\r');
	if (!dc_imap_accept(&ahead, '\n') || size > (guint64)(ahead.end - ahead.at))
		return false;
	*text = g_strndup(ahead.at, (gsize)size);
	cursor->at = ahead.at + size;
	return true;
}

bool
dc_imap_string(struct dc_imap_cursor *cursor, char **text)
{
	g_autofree char *atom = NULL;
	char next = dc_imap_peek(cursor);

	if (next == '"')
		return quoted(cursor, text);
	if (next == '{' || next == '~') {
		if (literal(cursor, text))
			return true;
	}
	if (!dc_imap_atom(cursor, &atom))
		return false;
	*text = g_ascii_strcasecmp(atom, "NIL") == 0 ? NULL : g_steal_pointer(&atom);
	return true;
}

bool
dc_imap_skip(struct dc_imap_cursor *cursor)
{
	int depth = 0;

	do {
		g_autofree char *ignored = NULL;

		dc_imap_blanks(cursor);
		if (dc_imap_accept(cursor, '(')) {
			if (++depth > DC_IMAP_DEPTH_MAX)
				return false;
		} else if (depth > 0 && dc_imap_accept(cursor, ')')) {
			depth--;
		} else if (!dc_imap_string(cursor, &ignored)) {
			return false;
		}
	} while (depth > 0);
	return true;
}

char *
dc_imap_rest(const struct dc_imap_cursor *cursor)
{
	struct dc_imap_cursor from = *cursor;

	dc_imap_blanks(&from);
	return g_utf8_make_valid(from.at, from.end - from.at);
}

void
dc_imap_code(struct dc_imap_cursor *cursor, char **code, struct dc_imap_cursor *arguments)
{
	*code = NULL;
	arguments->at = arguments->end = cursor->end;
	dc_imap_blanks(cursor);
	if (dc_imap_peek(cursor) != '[')
		return;
	const char *start = cursor->at + 1;
	const char *close = memchr(start, ']', (size_t)(cursor->end - start));
	if (close == NULL)
		return;

	struct dc_imap_cursor inside = {start, close};
	if (dc_imap_word(&inside, code)) {
		dc_imap_blanks(&inside);
		*arguments = inside;
	}
	cursor->at = close + 1;
	dc_imap_blanks(cursor);
}
