/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/wide.h"

#include "lib/text/charset.h"

#include <string.h>

/* In no UTF-8 at all. */
#define NO_LETTER '\xff'

enum dc_wide
dc_wide_of(const char *name)
{
	static const char *const names[] = {[DC_WIDE_UTF16] = "utf-16be",
		[DC_WIDE_UTF16LE] = "utf-16le",
		[DC_WIDE_UTF32] = "utf-32be",
		[DC_WIDE_UTF32LE] = "utf-32le"};
	const dc_charset *charset = dc_charset_lookup(name);

	for (enum dc_wide set = DC_WIDE_UTF16; charset != NULL && set <= DC_WIDE_UTF32LE; set++) {
		if (strcmp(dc_charset_name(charset), names[set]) == 0)
			return set;
	}
	return DC_WIDE_NONE;
}

static gsize
unit_size(enum dc_wide set)
{
	return set == DC_WIDE_UTF16 || set == DC_WIDE_UTF16LE ? 2 : 4;
}

static gunichar
unit_value(enum dc_wide set, const guint8 *unit)
{
	const gsize size = unit_size(set);
	const bool little = set == DC_WIDE_UTF16LE || set == DC_WIDE_UTF32LE;
	gunichar value = 0;

	for (gsize i = 0; i < size; i++)
		value = value << 8 | unit[little ? size - 1 - i : i];
	return value;
}

static bool
is_high(gunichar value)
{
	return value >= 0xd800 && value <= 0xdbff;
}

static bool
is_low(gunichar value)
{
	return value >= 0xdc00 && value <= 0xdfff;
}

/*
 * ucs2 knows no surrogates and cuts between them: what the first one tells are the first two bytes of
 * the letter, and so a text that ends there is cut, as in any other set.
 */
static void
put_lone(struct dc_wide_decoder *decoder, GString *out)
{
	const gunichar value = 0x10000 + ((decoder->high - 0xd800) << 10);

	if (decoder->high == 0)
		return;
	g_string_append_c(out, (char)(0xf0 | value >> 18));
	g_string_append_c(out, (char)(0x80 | (value >> 12 & 0x3f)));
	decoder->high = 0;
}

static void
put_unit(struct dc_wide_decoder *decoder, GString *out)
{
	const gunichar value = unit_value(decoder->set, decoder->unit);

	if (decoder->high != 0 && is_low(value)) {
		g_string_append_unichar(
			out, 0x10000 + ((decoder->high - 0xd800) << 10) + (value - 0xdc00));
		decoder->high = 0;
		return;
	}
	put_lone(decoder, out);
	if (is_high(value) && unit_size(decoder->set) == 2) {
		decoder->high = value;
	} else if (value <= 0x10ffff && !is_high(value) && !is_low(value)) {
		g_string_append_unichar(out, value);
	} else {
		g_string_append_c(out, NO_LETTER);
		g_string_append_len(out, (const char *)decoder->unit, (gssize)decoder->have);
	}
}

void
dc_wide_put(struct dc_wide_decoder *decoder, const void *data, gsize size, GString *out)
{
	const guint8 *bytes = data;
	const gsize whole = unit_size(decoder->set);

	for (gsize i = 0; i < size; i++) {
		decoder->unit[decoder->have++] = bytes[i];
		if (decoder->have < whole)
			continue;
		put_unit(decoder, out);
		decoder->have = 0;
	}
}

void
dc_wide_end(struct dc_wide_decoder *decoder, GString *out)
{
	put_lone(decoder, out);
	if (decoder->have == 0)
		return;
	g_string_append_c(out, NO_LETTER);
	g_string_append_len(out, (const char *)decoder->unit, (gssize)decoder->have);
	decoder->have = 0;
}

bool
dc_wide_likely(enum dc_wide set, const void *data, gsize size)
{
	const guint8 *bytes = data;
	const gsize whole = unit_size(set);

	struct dc_utf8_check check;

	if (size % whole != 0)
		return false;
	if (whole == 2 && memchr(bytes, 0, size) != NULL && !dc_utf8_check(bytes, size, &check) &&
		!check.truncated)
		return true;
	for (gsize i = 0; i < size; i += whole) {
		const gunichar value = unit_value(set, bytes + i);

		if (whole == 4 && value > 0x10ffff)
			return false;
		if (whole == 2 && value > 0 && value < 0x100)
			return true;
	}
	return whole == 4 && size > 0;
}
