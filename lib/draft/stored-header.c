/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/stored.h"

#include "lib/base/init.h"

#include <gmime/gmime.h>

#include <string.h>

/* RFC 5322 2.2.3: the line break goes, the blank behind it stays. */
static char *
unfold(const char *value)
{
	g_autoptr(GString) line = g_string_sized_new(strlen(value));

	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\r' && p[1] == '\n')
			continue;
		if (*p == '\n' && (p[1] == ' ' || p[1] == '\t' || p[1] == '\0'))
			continue;
		g_string_append_c(line, *p);
	}
	return g_strstrip(g_string_free(g_steal_pointer(&line), FALSE));
}

/* Length of the encoded word "=?set?q?text?=" at P (RFC 2047 2); 0 for none. */
static gsize
encoded_word(const char *p)
{
	const char *at = p + 2;

	if (p[0] != '=' || p[1] != '?')
		return 0;
	for (int part = 0; part < 2; part++) {
		at += strcspn(at, "? \t\r\n");
		if (*at != '?')
			return 0;
		at++;
	}
	at += strcspn(at, "? \t\r\n");
	return at[0] == '?' && at[1] == '=' ? (gsize)(at + 2 - p) : 0;
}

/* Encoded words with nothing but blanks between them are one text. */
static gsize
encoded_run(const char *p)
{
	gsize length = encoded_word(p);

	for (gsize total = length; total > 0;) {
		const gsize blanks = strspn(p + total, " \t");
		const gsize more = encoded_word(p + total + blanks);

		if (more == 0)
			return total;
		total += blanks + more;
		length = total;
	}
	return length;
}

static void
append_quoted(GString *out, const char *text, bool in_quotes)
{
	const bool quote = !in_quotes && strpbrk(text, "()<>[]:;@\\,\".") != NULL;

	if (quote)
		g_string_append_c(out, '"');
	for (const char *p = text; *p != '\0'; p++) {
		if ((quote || in_quotes) && (*p == '"' || *p == '\\'))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
	if (quote)
		g_string_append_c(out, '"');
}

/* GMime would ask the locale about sets that no word names. */
static GMimeParserOptions *
parser_options(void)
{
	static const char *const fallback[] = {"utf-8", "windows-1252", NULL};
	GMimeParserOptions *options = g_mime_parser_options_new();
	const char *names[G_N_ELEMENTS(fallback)];

	memcpy(names, fallback, sizeof names);
	g_mime_parser_options_set_fallback_charsets(options, names);
	return options;
}

char *
dc_stored_header(const char *value, bool is_addresses)
{
	g_autofree char *line = unfold(value);
	g_autoptr(GString) out = g_string_sized_new(strlen(line));
	bool in_quotes = false;

	if (strstr(line, "=?") == NULL)
		return g_steal_pointer(&line);

	dc_init();
	GMimeParserOptions *options = parser_options();
	for (const char *p = line; *p != '\0';) {
		const gsize length = encoded_run(p);

		if (length > 0) {
			g_autofree char *word = g_strndup(p, length);
			g_autofree char *raw = g_mime_utils_header_decode_text(options, word);
			g_autofree char *text = g_utf8_make_valid(raw, -1);

			if (is_addresses)
				append_quoted(out, text, in_quotes);
			else
				g_string_append(out, text);
			p += length;
			continue;
		}
		if (*p == '\\' && in_quotes && p[1] != '\0')
			g_string_append_c(out, *p++);
		else if (*p == '"')
			in_quotes = !in_quotes;
		g_string_append_c(out, *p++);
	}
	g_mime_parser_options_free(options);
	return g_string_free(g_steal_pointer(&out), FALSE);
}
