/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "csv.h"

#include "output.h"

#include <glib.h>
#include <string.h>

/* What is shown for a character that would steer the terminal. */
#define MASK "\xef\xbf\xbd"

/* As line_text(), but lines stay: a piece may begin or end in the middle of a character, which is masked. */
static bool
piece_to_terminal(const char *data, size_t size)
{
	g_autoptr(GString) safe = g_string_sized_new(size + 16);

	for (size_t i = 0; i < size;) {
		const gunichar c = g_utf8_get_char_validated(data + i, (gssize)(size - i));
		const bool whole = c != 0 && c != (gunichar)-1 && c != (gunichar)-2;

		if (whole && (is_harmless(c) || c == '\n' || c == '\t'))
			g_string_append_unichar(safe, c);
		else
			g_string_append(safe, MASK);
		if (c == '"')
			g_string_append_c(safe, '"');
		i += whole ? (size_t)g_unichar_to_utf8(c, NULL) : 1;
	}
	return result_bytes(safe->str, safe->len);
}

static bool
needs_quotes(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (strchr(",\"\r\n", data[i]) != NULL)
			return true;
	return size == 0;
}

bool
csv_begin(void)
{
	return result_bytes("\"", 1);
}

bool
csv_end(void)
{
	return result_bytes("\"", 1);
}

bool
csv_piece(const char *data, size_t size)
{
	bool written = true;

	if (results_on_terminal())
		return piece_to_terminal(data, size);
	while (size > 0 && written) {
		const char *quote = memchr(data, '"', size);
		const size_t run = quote == NULL ? size : (size_t)(quote - data) + 1;

		written = result_bytes(data, run) && (quote == NULL || result_bytes("\"", 1));
		data += run;
		size -= run;
	}
	return written;
}

bool
csv_field(const char *data, size_t size)
{
	if (!needs_quotes(data, size) && results_on_terminal())
		return piece_to_terminal(data, size);
	if (!needs_quotes(data, size))
		return result_bytes(data, size);
	return csv_begin() && csv_piece(data, size) && csv_end();
}

bool
csv_comma(void)
{
	return result_bytes(",", 1);
}

bool
csv_line_end(void)
{
	return result_bytes("\r\n", 2);
}
