/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wrap.h"

#include "output.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What a pipe gets, as wide as mail is (RFC 5322, section 2.1.1). */
#define USUAL_WIDTH 78

/* Joiners and forms of letters, without which some scripts and pictures fall apart. */
static bool
is_joiner(gunichar c)
{
	return c == 0x200c || c == 0x200d || (c >= 0xfe00 && c <= 0xfe0f);
}

static void
append_visible(GString *line, gunichar c)
{
	if (c == '\t')
		g_string_append(line, "    ");
	else if (is_harmless(c) || is_joiner(c))
		g_string_append_unichar(line, c);
	else
		g_string_append_printf(line, "<U+%04X>", c);
}

int
output_width(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
		size.ws_col == 0)
		return USUAL_WIDTH;
	return CLAMP(size.ws_col, 40, 160);
}

/* Where a line that begins at TEXT ends: at a blank, unless its first word alone is too wide. */
static const char *
find_end(const char *text, int width)
{
	const char *blank = NULL;
	int used = 0;

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		if (*p == ' ' && p > text)
			blank = p;
		used += character_width(g_utf8_get_char(p));
		if (used > width && blank != NULL)
			return blank;
	}
	return text + strlen(text);
}

static void
say_paragraph(const char **prefix, const char *rest, const char *text)
{
	const int width = output_width();

	do {
		const char *end = find_end(text, width - (int)g_utf8_strlen(*prefix, -1));
		g_autofree char *piece = g_strndup(text, (gsize)(end - text));
		g_autofree char *line = g_strconcat(*prefix, piece, NULL);

		result_line("%s", g_strchomp(line));
		*prefix = rest;
		text = *end == ' ' ? end + 1 : end;
	} while (*text != '\0');
}

void
say_wrapped(const char *first, const char *rest, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autoptr(GString) line = g_string_new(NULL);
	const char *prefix = first;

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		const bool ends = *p == '\n' || *p == '\r';

		if (!ends) {
			append_visible(line, g_utf8_get_char(p));
			continue;
		}
		say_paragraph(&prefix, rest, line->str);
		g_string_truncate(line, 0);
		if (p[0] == '\r' && p[1] == '\n')
			p++;
	}
	if (line->len > 0 || prefix == first)
		say_paragraph(&prefix, rest, line->str);
}
