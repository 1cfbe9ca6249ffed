/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/charset.h"
#include "lib/text/internal.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define CHUNK_BYTES 4096

/* Windows-1252 from 80 to 9F; 0 marks the holes. */
static const guint16 cp1252_high[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, /* 80 */
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,      /* 88 */
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, /* 90 */
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178  /* 98 */
};

void
dc_cp1252_decode(const void *data, gsize size, GString *out)
{
	const guint8 *bytes = data;

	for (gsize i = 0; i < size; i++) {
		gunichar c = bytes[i];

		if (c >= 0x80 && c <= 0x9f && cp1252_high[c - 0x80] != 0)
			c = cp1252_high[c - 0x80];
		if (c < 0x80)
			g_string_append_c(out, (char)c);
		else
			g_string_append_unichar(out, c);
	}
}

int
dc_cp1252_byte(gunichar character)
{
	if (character < 0x80 || (character >= 0xa0 && character <= 0xff))
		return (int)character;
	for (int i = 0; i < 32; i++) {
		if (cp1252_high[i] == character && character != 0)
			return 0x80 + i;
		if (cp1252_high[i] == 0 && character == 0x80U + (gunichar)i)
			return 0x80 + i;
	}
	return -1;
}

static bool
has_cp1252_hole(const guint8 *bytes, gsize size)
{
	for (gsize i = 0; i < size; i++) {
		if (bytes[i] >= 0x80 && bytes[i] <= 0x9f && cp1252_high[bytes[i] - 0x80] == 0)
			return true;
	}
	return false;
}

/* U+0080 to U+009F (C2 80 … C2 9F) and U+FFFD (EF BF BD) are no letters, whatever iconv says. */
static bool
is_believable(const char *text, gsize size)
{
	struct dc_utf8_check check;

	if (!dc_utf8_check(text, size, &check))
		return false;
	for (gsize i = 0; i + 1 < size; i++) {
		const guint8 lead = (guint8)text[i];
		const guint8 next = (guint8)text[i + 1];

		if (lead == 0xc2 && next < 0xa0)
			return false;
		if (lead == 0xef && next == 0xbf && (guint8)text[i + 2] == 0xbd)
			return false;
	}
	return true;
}

/* Run iconv over everything. @return errno as iconv left it, 0 for success, -1 when it made something up */
static int
run_iconv(iconv_t converter, const void *bytes, gsize size, GString *out, gsize *left)
{
	char buffer[CHUNK_BYTES];
	char *in = (char *)(guintptr)bytes; /* iconv does not write through it */

	*left = size;
	for (;;) {
		char *to = buffer;
		size_t room = sizeof buffer;
		const size_t irreversible = iconv(converter, &in, left, &to, &room);
		const int reason = irreversible == (size_t)-1 ? errno : 0;

		g_string_append_len(out, buffer, (gssize)(sizeof buffer - room));
		if (reason == E2BIG)
			continue;
		if (reason != 0)
			return reason;
		if (irreversible > 0)
			return -1;
		break;
	}

	char *to = buffer;
	size_t room = sizeof buffer;
	if (iconv(converter, NULL, NULL, &to, &room) == (size_t)-1)
		return -1;
	g_string_append_len(out, buffer, (gssize)(sizeof buffer - room));
	return 0;
}

enum dc_charset_result
dc_iconv_decode(const char *name, const void *bytes, gsize size, GString *out)
{
	const gsize before = out->len;
	iconv_t converter = iconv_open("UTF-8", name);

	if (converter == (iconv_t)-1)
		return DC_CHARSET_INVALID;

	gsize left;
	const int reason = run_iconv(converter, bytes, size, out, &left);
	iconv_close(converter);

	const bool cut = reason == EINVAL && left < 4 && left < size;
	if ((reason == 0 || cut) && is_believable(out->str + before, out->len - before))
		return cut ? DC_CHARSET_CUT : DC_CHARSET_OK;
	g_string_truncate(out, before);
	return DC_CHARSET_INVALID;
}

/* In GB text a lone 80 is the euro sign of CP936, which GB18030 does not have: decode around it. */
static enum dc_charset_result
decode_around_euro(const dc_charset *charset, const guint8 *bytes, gsize size, GString *out)
{
	const gsize before = out->len;
	gsize start = 0;

	for (gsize at = 0; at <= size;) {
		if (at < size && bytes[at] != 0x80) {
			const gsize step =
				dc_charset_letter_length("gb18030", bytes + at, size - at);

			at += step == 0 ? size - at : step;
			continue;
		}

		const enum dc_charset_result result =
			dc_iconv_decode(charset->iconv[0], bytes + start, at - start, out);
		if (result == DC_CHARSET_INVALID || (result == DC_CHARSET_CUT && at < size)) {
			g_string_truncate(out, before);
			return DC_CHARSET_INVALID;
		}
		if (at == size)
			return result;
		g_string_append(out, "\xe2\x82\xac");
		start = ++at;
	}
	return DC_CHARSET_OK;
}

static enum dc_charset_result
decode_utf8(const guint8 *bytes, gsize size, GString *out)
{
	struct dc_utf8_check check;
	const bool valid = dc_utf8_check(bytes, size, &check);

	/* without one whole letter before it the end of a Latin text is no half letter of UTF-8 */
	if (!valid && !(check.truncated && check.sequences > 0))
		return DC_CHARSET_INVALID;
	g_string_append_len(out, (const char *)bytes, (gssize)check.valid_bytes);
	return valid ? DC_CHARSET_OK : DC_CHARSET_CUT;
}

static bool
is_ascii(const guint8 *bytes, gsize size)
{
	struct dc_utf8_check check;

	return dc_utf8_check(bytes, size, &check) && check.sequences == 0;
}

/* Under the name of an ISO-2022 set plain ASCII needs no escape. */
static enum dc_charset_result
decode_iso2022(const guint8 *bytes, gsize size, GString *out)
{
	if (memchr(bytes, 0x1b, size) != NULL)
		return dc_iso2022_decode(bytes, size, out);
	if (!is_ascii(bytes, size))
		return DC_CHARSET_INVALID;
	g_string_append_len(out, (const char *)bytes, (gssize)size);
	return DC_CHARSET_OK;
}

enum dc_charset_result
dc_charset_decode(const dc_charset *charset, const void *bytes, gsize size, GString *out)
{
	if (size == 0)
		return DC_CHARSET_OK;
	if (charset->kind == DC_CHARSET_UTF8)
		return decode_utf8(bytes, size, out);
	if (charset->kind == DC_CHARSET_ASCII) {
		if (!is_ascii(bytes, size))
			return DC_CHARSET_INVALID;
		g_string_append_len(out, bytes, (gssize)size);
		return DC_CHARSET_OK;
	}
	if (charset->kind == DC_CHARSET_CP1252) {
		if (has_cp1252_hole(bytes, size))
			return DC_CHARSET_INVALID;
		dc_cp1252_decode(bytes, size, out);
		return DC_CHARSET_OK;
	}
	if (charset->kind == DC_CHARSET_ISO2022)
		return decode_iso2022(bytes, size, out);
	if (charset->euro80)
		return decode_around_euro(charset, bytes, size, out);

	enum dc_charset_result result = DC_CHARSET_INVALID;
	for (gsize i = 0; i < 2 && charset->iconv[i] != NULL; i++) {
		result = dc_iconv_decode(charset->iconv[i], bytes, size, out);
		if (result != DC_CHARSET_INVALID)
			return result;
	}
	return result;
}

/* The shortest run of up to four bytes that is a letter; 0 when there is none. */
static gsize
decode_letter(const dc_charset *charset, const guint8 *bytes, gsize size, GString *out)
{
	for (gsize length = 1; length <= MIN(size, 4U); length++) {
		if (dc_charset_decode(charset, bytes, length, out) == DC_CHARSET_OK)
			return length;
	}
	return 0;
}

gsize
dc_charset_decode_lenient(
	const dc_charset *charset, const void *data, gsize size, GString *out, gsize *letters)
{
	const guint8 *bytes = data;
	const bool ascii = charset->kind != DC_CHARSET_WIDE;
	gsize bad = 0;
	gsize good = 0;

	for (gsize at = 0; at < size;) {
		if (ascii && bytes[at] < 0x80) {
			g_string_append_c(out, (char)bytes[at++]);
			continue;
		}

		const gsize length = decode_letter(charset, bytes + at, size - at, out);
		if (length == 0) {
			g_string_append(out, "\xef\xbf\xbd");
			bad++;
			at++;
			continue;
		}
		good++;
		at += length;
	}
	if (letters != NULL)
		*letters = good;
	return bad;
}

bool
dc_charset_needs_superset(const char *name, const void *bytes, gsize size)
{
	const char *exact = dc_charset_exact(name);

	if (exact == NULL)
		return false;
	g_autoptr(GString) unused = g_string_new(NULL);
	return dc_iconv_decode(exact, bytes, size, unused) == DC_CHARSET_INVALID;
}

static bool
encode_cp1252(const char *utf8, gsize size, GString *out)
{
	const gsize before = out->len;

	for (const char *p = utf8; p < utf8 + size; p = g_utf8_next_char(p)) {
		const int byte = dc_cp1252_byte(g_utf8_get_char(p));

		if (byte < 0) {
			g_string_truncate(out, before);
			return false;
		}
		g_string_append_c(out, (char)byte);
	}
	return true;
}

bool
dc_charset_encode(const dc_charset *charset, const char *utf8, gsize size, GString *out)
{
	if (charset->kind == DC_CHARSET_CP1252)
		return encode_cp1252(utf8, size, out);

	if (charset->iconv[0] == NULL)
		return false;

	iconv_t converter = iconv_open(charset->iconv[0], "UTF-8");
	if (converter == (iconv_t)-1)
		return false;

	const gsize before = out->len;
	gsize left;
	const int reason = run_iconv(converter, utf8, size, out, &left);
	iconv_close(converter);
	if (reason == 0)
		return true;
	g_string_truncate(out, before);
	return false;
}

GBytes *
dc_charset_undo(const char *client, const char *column, const void *bytes, gsize size)
{
	const dc_charset *from = dc_charset_lookup(client);
	const dc_charset *to = dc_charset_lookup(column);

	/* Text of a wide column is ASCII with NULs as bytes: it is better off as the client's text. */
	if (from == NULL || to == NULL || from == to || dc_charset_is_wide(to))
		return NULL;
	if (is_ascii(bytes, size))
		return NULL;

	g_autoptr(GString) text = g_string_sized_new(size);
	if (from->kind == DC_CHARSET_CP1252)
		dc_cp1252_decode(bytes, size, text);
	else if (from->kind == DC_CHARSET_UTF8) {
		/* MySQL's holes are C1 controls here, so no more is asked than validity */
		struct dc_utf8_check check;

		if (!dc_utf8_check(bytes, size, &check))
			return NULL;
		g_string_append_len(text, bytes, (gssize)size);
	} else if (dc_charset_decode(from, bytes, size, text) != DC_CHARSET_OK)
		return NULL;

	g_autoptr(GString) undone = g_string_sized_new(text->len);
	if (!dc_charset_encode(to, text->str, text->len, undone))
		return NULL;
	return g_string_free_to_bytes(g_steal_pointer(&undone));
}
