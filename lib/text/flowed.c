/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/flowed.h"

#include <glib.h>

#include <string.h>

/* A line taken apart (RFC 3676, section 4.1 and 4.4). */
struct line {
	gsize quotes;
	const char *text; /* behind quotes and stuffing */
	gsize size;
	const char *end; /* line end, "" at the end of the text */
	gsize end_size;
};

static struct line
read_line(const char *at)
{
	struct line line = {.quotes = strspn(at, ">")};

	line.text = at + line.quotes;
	if (*line.text == ' ')
		line.text++;
	line.size = strcspn(line.text, "\r\n");
	line.end = line.text + line.size;
	line.end_size = line.end[0] == '\r' && line.end[1] == '\n' ? 2 : *line.end != '\0' ? 1 : 0;
	return line;
}

/* The separator of a signature is never soft (section 4.3). */
static bool
is_soft(const struct line *line)
{
	if (line->size == 0 || line->text[line->size - 1] != ' ')
		return false;
	return !(line->size == 3 && strncmp(line->text, "-- ", 3) == 0);
}

static bool
is_separator(const struct line *line)
{
	return line->size == 3 && strncmp(line->text, "-- ", 3) == 0;
}

char *
dc_flowed_undo(const char *text, bool del_sp)
{
	g_autoptr(GString) out = g_string_sized_new(strlen(text));
	bool joined = false; /* the line continues the one before */

	for (const char *at = text; *at != '\0';) {
		const struct line line = read_line(at);
		const struct line next = read_line(line.end + line.end_size);
		const bool soft = is_soft(&line) && line.end_size > 0 &&
				  line.end[line.end_size] != '\0' && next.quotes == line.quotes &&
				  next.size > 0 && !is_separator(&next);

		for (gsize i = 0; i < line.quotes && !joined; i++)
			g_string_append_c(out, '>');
		if (line.quotes > 0 && !joined)
			g_string_append_c(out, ' ');
		g_string_append_len(out, line.text, (gssize)(line.size - (soft && del_sp ? 1 : 0)));
		if (!soft)
			g_string_append_len(out, line.end, (gssize)line.end_size);
		joined = soft;
		at = line.end + line.end_size;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}
