/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What HTML says to a reader: its references and its words. */
#include "lib/text/charset.h"
#include "lib/text/html-scan.h"
#include "lib/text/html.h"

#include <libxml/HTMLparser.h>

#include <string.h>

/* The longest name of HTML 4 has 8 letters; numbers are cut off where they stop being characters. */
#define NAME_MAX_BYTES 16

/* Browsers read &#128; to &#159; as Windows-1252. */
static gunichar
as_browsers_do(gunichar value)
{
	if (value < 0x80 || value > 0x9f)
		return value;

	const char byte = (char)value;
	g_autoptr(GString) text = g_string_new(NULL);
	dc_cp1252_decode(&byte, 1, text);
	return g_utf8_get_char(text->str);
}

/* A reference at P, which is an &. @return its length, 0 for none; *CHARACTER is what it stands for */
static gsize
reference_at(const char *p, gunichar *character)
{
	if (p[1] == '#') {
		const bool hex = p[2] == 'x' || p[2] == 'X';
		const char *digits = p + (hex ? 3 : 2);
		char *end = NULL;

		if (!(hex ? g_ascii_isxdigit(*digits) : g_ascii_isdigit(*digits)))
			return 0;

		const guint64 value = g_ascii_strtoull(digits, &end, hex ? 16 : 10);
		if (value == 0 || value > 0x10ffff || !g_unichar_validate((gunichar)value))
			return 0;
		*character = as_browsers_do((gunichar)value);
		return (gsize)(end - p) + (*end == ';' ? 1 : 0);
	}

	char name[NAME_MAX_BYTES];
	gsize length = 0;
	while (length < sizeof name - 1 && g_ascii_isalnum(p[1 + length])) {
		name[length] = p[1 + length];
		length++;
	}
	name[length] = '\0';
	if (length == 0 || p[1 + length] != ';')
		return 0;
	if (strcmp(name, "apos") == 0) {
		*character = '\'';
		return length + 2;
	}

	const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
	if (entity == NULL)
		return 0;
	*character = entity->value;
	return length + 2;
}

static void
append_unescaped(GString *out, const char *text, gsize size)
{
	for (gsize at = 0; at < size;) {
		gunichar character = 0;
		const gsize length = text[at] == '&' ? reference_at(text + at, &character) : 0;

		if (length > 0 && length <= size - at) {
			g_string_append_unichar(out, character);
			at += length;
			continue;
		}

		const char *next = memchr(text + at + 1, '&', size - at - 1);
		const gsize plain = next == NULL ? size - at : (gsize)(next - text) - at;
		g_string_append_len(out, text + at, (gssize)plain);
		at += plain;
	}
}

char *
dc_html_unescape(const char *text)
{
	const gsize size = strlen(text);
	g_autoptr(GString) out = g_string_sized_new(size);

	append_unescaped(out, text, size);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Tags that may stand inside of a word; every other one parts words. */
static bool
is_inside_words(const char *html, struct dc_span name)
{
	static const char *const names[] = {"a", "abbr", "acronym", "b", "bdo", "big", "cite",
		"code", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q",
		"s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
		"wbr", NULL};

	return dc_html_span_is_any(html, name, names);
}

static bool
is_unseen(const char *html, struct dc_span name)
{
	static const char *const names[] = {"script", "style", "title", "noframes", NULL};

	return dc_html_span_is_any(html, name, names);
}

/* White space of any kind, and several of it, as one blank; none at the ends. */
static char *
collapse(const char *text)
{
	g_autoptr(GString) out = g_string_sized_new(strlen(text));
	bool pending = false;

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		const gunichar c = g_utf8_get_char(p);

		if (g_unichar_isspace(c) || c == 0xa0) {
			pending = out->len > 0;
			continue;
		}
		if (pending)
			g_string_append_c(out, ' ');
		pending = false;
		g_string_append_unichar(out, c);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
dc_html_words(const char *html)
{
	g_autoptr(GString) text = g_string_sized_new(strlen(html));
	struct dc_html_scanner scanner;
	struct dc_html_token token;
	bool unseen = false;

	dc_html_scanner_init(&scanner, html);
	while (dc_html_scan(&scanner, &token)) {
		if (token.kind == DC_HTML_TEXT && !unseen)
			append_unescaped(
				text, html + token.span.start, token.span.end - token.span.start);
		if (token.kind != DC_HTML_START && token.kind != DC_HTML_END)
			continue;
		unseen = token.kind == DC_HTML_START && is_unseen(html, token.name);
		if (!is_inside_words(html, token.name))
			g_string_append_c(text, ' ');
	}
	return collapse(text->str);
}

bool
dc_html_words_equal(const char *html, const char *plain)
{
	g_autofree char *left = dc_html_words(html);
	g_autofree char *right = collapse(plain);

	return strcmp(left, right) == 0;
}

static int
hex_value(const char *digits)
{
	const int high = g_ascii_xdigit_value(digits[0]);
	const int low = high < 0 ? -1 : g_ascii_xdigit_value(digits[1]);

	return low < 0 ? -1 : high * 16 + low;
}

static GByteArray *
percent_decode(const char *text)
{
	GByteArray *bytes = g_byte_array_new();

	for (const char *p = text; *p != '\0';) {
		const int value = *p == '%' ? hex_value(p + 1) : -1;
		const guint8 byte = value < 0 ? (guint8)*p : (guint8)value;

		g_byte_array_append(bytes, &byte, 1);
		p += value < 0 ? 1 : 3;
	}
	return bytes;
}

/* RFC 4648, with white space between as editors fold it. @return NULL for anything else */
static GBytes *
base64_decode(const GByteArray *encoded)
{
	g_autoptr(GString) clean = g_string_sized_new(encoded->len);

	for (guint i = 0; i < encoded->len; i++) {
		const char c = (char)encoded->data[i];

		if (g_ascii_isspace(c))
			continue;
		if (!g_ascii_isalnum(c) && strchr("+/=", c) == NULL)
			return NULL;
		g_string_append_c(clean, c);
	}

	const gsize padding = clean->len - strcspn(clean->str, "=");
	const gsize letters = clean->len - padding;
	if (letters % 4 == 1 || padding > 2 || strspn(clean->str + letters, "=") != padding)
		return NULL;
	while (clean->len % 4 != 0)
		g_string_append_c(clean, '=');

	gsize size = 0;
	guchar *data = g_base64_decode(clean->str, &size);
	return g_bytes_new_take(data, size);
}

bool
dc_html_data_url(const char *url, char **type, GBytes **data)
{
	const char *comma = strchr(url, ',');

	if (g_ascii_strncasecmp(url, "data:", 5) != 0 || comma == NULL)
		return false;

	g_autofree char *head = g_ascii_strdown(url + 5, comma - url - 5);
	g_strstrip(head);
	const bool base64 = g_str_has_suffix(head, ";base64");
	g_autoptr(GByteArray) bytes = percent_decode(comma + 1);
	GBytes *decoded = base64 ? base64_decode(bytes) : g_bytes_new(bytes->data, bytes->len);
	if (decoded == NULL)
		return false;

	head[strcspn(head, ";")] = '\0';
	*type = g_strdup(strchr(head, '/') == NULL ? "text/plain" : head);
	*data = decoded;
	return true;
}
