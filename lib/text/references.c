/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A browser that may not send a letter in the form's character set sends &#NNN; instead, in decimal, and
 * only then; everything else that looks like it was typed by a person.
 */
#include "lib/text/internal.h"

#include <string.h>

/* "&#NNNNNNN;" at TEXT. @return its length, 0 when there is none */
static gsize
decimal_reference(const char *text, gsize size, gunichar *character)
{
	gunichar value = 0;
	gsize at = 2;

	if (size < 4 || text[0] != '&' || text[1] != '#')
		return 0;
	while (at < size && at < 9 && g_ascii_isdigit(text[at]))
		value = value * 10 + (gunichar)(text[at++] - '0');
	if (at == 2 || at >= size || text[at] != ';')
		return 0;
	*character = value;
	return at + 1;
}

/* As above, where two references to surrogates count as the one letter that they stand for. */
static gsize
browser_reference(const char *text, gsize size, gunichar *character)
{
	const gsize length = decimal_reference(text, size, character);

	if (length == 0 || *character < 0xd800 || *character > 0xdbff)
		return length;

	gunichar low = 0;
	const gsize more = decimal_reference(text + length, size - length, &low);
	if (more == 0 || low < 0xdc00 || low > 0xdfff)
		return length;
	*character = 0x10000 + ((*character - 0xd800) << 10) + (low - 0xdc00);
	return length + more;
}

static bool
form_lacks(const dc_charset *form, gunichar character)
{
	char utf8[6];
	const int length = g_unichar_to_utf8(character, utf8);
	g_autoptr(GString) unused = g_string_new(NULL);

	return !dc_charset_encode(form, utf8, (gsize)length, unused);
}

static bool
is_browsers(gunichar character, const dc_charset *form)
{
	if (character <= 0xff || !g_unichar_validate(character))
		return false;
	return form == NULL || form_lacks(form, character);
}

void
dc_browser_references(GString *text, const char *form, const char *field, dc_findings *findings)
{
	const dc_charset *set = dc_charset_lookup(form);

	if (dc_charset_is_utf8(set) || strstr(text->str, "&#") == NULL)
		return;

	g_autoptr(GString) decoded = g_string_sized_new(text->len);
	gsize count = 0;
	for (gsize at = 0; at < text->len;) {
		gunichar character = 0;
		gsize length = browser_reference(text->str + at, text->len - at, &character);
		const bool found = length > 0 && is_browsers(character, set);

		if (found) {
			g_string_append_unichar(decoded, character);
			count++;
		} else {
			length = MAX(length, 1U);
			g_string_append_len(decoded, text->str + at, (gssize)length);
		}
		at += length;
	}
	if (count == 0)
		return;
	if (set == NULL) {
		dc_findings_add(
			findings, DC_FINDING_REFERENCES_IN_TEXT, field, "%" G_GSIZE_FORMAT, count);
		return;
	}
	g_string_truncate(text, 0);
	g_string_append_len(text, decoded->str, (gssize)decoded->len);
	dc_findings_add(findings, DC_FINDING_BROWSER_REFERENCES, field,
		"%" G_GSIZE_FORMAT " not in %s", count, dc_charset_name(set));
}
