/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions that undo an encoding of bytes: unbase64, unhex, unquote_printable, inflate. What is not in
 * the encoding gives NULL, as MySQL's own functions do, so that coalesce(unbase64(x), x) says what it
 * means; only quoted-printable has no wrong texts.
 */
#include "lib/stage/function.h"

#include <gio/gio.h>
#include <string.h>

static int
base64_digit(guint8 c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

/* @return false when X is no base64: letters of another kind, or digits after the padding */
static bool
base64_decode(const dc_argument *x, GByteArray *out)
{
	guint32 bits = 0;
	guint held = 0; /* digits in BITS */
	bool padded = false;

	for (gsize i = 0; i < x->size; i++) {
		guint8 c = x->data[i];
		int digit = base64_digit(c);

		if (g_ascii_isspace(c))
			continue;
		if (c == '=') {
			padded = true;
			continue;
		}
		if (digit < 0 || padded)
			return false;
		bits = bits << 6 | (guint32)digit;
		if (++held < 4)
			continue;
		const guint8 three[] = {(guint8)(bits >> 16), (guint8)(bits >> 8), (guint8)bits};
		g_byte_array_append(out, three, 3);
		bits = 0;
		held = 0;
	}
	if (held == 1)
		return false;
	if (held > 1) {
		bits <<= 6 * (4 - held);
		const guint8 rest[] = {(guint8)(bits >> 16), (guint8)(bits >> 8)};
		g_byte_array_append(out, rest, held - 1);
	}
	return true;
}

static bool
hex_decode(const dc_argument *x, GByteArray *out)
{
	gsize i = 0;

	/* An odd digit stands for a byte of its own, as in MySQL. */
	if (x->size % 2 == 1) {
		int low = g_ascii_xdigit_value((char)x->data[0]);
		guint8 byte = (guint8)low;

		if (low < 0)
			return false;
		g_byte_array_append(out, &byte, 1);
		i = 1;
	}
	for (; i < x->size; i += 2) {
		int high = g_ascii_xdigit_value((char)x->data[i]);
		int low = g_ascii_xdigit_value((char)x->data[i + 1]);
		guint8 byte = (guint8)(high << 4 | low);

		if (high < 0 || low < 0)
			return false;
		g_byte_array_append(out, &byte, 1);
	}
	return true;
}

/* Length of a soft line break ("=", blanks, line end) at P, 0 for none; one may end the text. */
static gsize
soft_break(const guint8 *p, gsize left)
{
	gsize i = 1;

	while (i < left && (p[i] == ' ' || p[i] == '\t'))
		i++;
	if (i == left)
		return i;
	if (p[i] == '\r' && i + 1 < left && p[i + 1] == '\n')
		return i + 2;
	return p[i] == '\n' || p[i] == '\r' ? i + 1 : 0;
}

static bool
quoted_printable_decode(const dc_argument *x, GByteArray *out)
{
	for (gsize i = 0; i < x->size; i++) {
		const guint8 *p = x->data + i;
		gsize left = x->size - i;

		if (*p == '=' && left >= 3 && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
			guint8 byte = (guint8)(g_ascii_xdigit_value((char)p[1]) << 4 |
					       g_ascii_xdigit_value((char)p[2]));

			g_byte_array_append(out, &byte, 1);
			i += 2;
			continue;
		}
		gsize soft = *p == '=' ? soft_break(p, left) : 0;
		if (soft > 0)
			i += soft - 1;
		else
			g_byte_array_append(out, p, 1);
	}
	return true;
}

static void
result_decoded(sqlite3_context *context, sqlite3_value *value,
	bool (*decode)(const dc_argument *, GByteArray *))
{
	g_auto(dc_argument) x = {0};
	g_autoptr(GByteArray) out = g_byte_array_new();

	if (!dc_argument_load(context, value, &x))
		return;
	if (decode(&x, out))
		dc_result_array(context, g_steal_pointer(&out));
	else
		sqlite3_result_null(context);
}

static void
call_unbase64(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	result_decoded(context, values[0], base64_decode);
}

static void
call_unhex(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	result_decoded(context, values[0], hex_decode);
}

static void
call_unquote_printable(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	result_decoded(context, values[0], quoted_printable_decode);
}

/* Whether DATA begins as a zlib stream does (RFC 1950 2.2: method 8, header divisible by 31). */
static bool
is_zlib(const guint8 *data, gsize size)
{
	return size >= 2 && (data[0] & 0x0f) == 8 && (data[0] * 256 + data[1]) % 31 == 0;
}

/* @return 1 inflated, 0 no such data, -1 too large */
static int
inflate(GZlibCompressorFormat format, const guint8 *data, gsize size, GByteArray *out)
{
	g_autoptr(GZlibDecompressor) decompressor = g_zlib_decompressor_new(format);
	g_autofree guint8 *buffer = g_malloc(65536);

	for (;;) {
		gsize used = 0;
		gsize made = 0;
		GConverterResult result = g_converter_convert(G_CONVERTER(decompressor), data, size,
			buffer, 65536, G_CONVERTER_INPUT_AT_END, &used, &made, NULL);

		if (result == G_CONVERTER_ERROR)
			return 0;
		if (made > DC_SQL_VALUE_MAX - out->len)
			return -1;
		g_byte_array_append(out, buffer, (guint)made);
		data += used;
		size -= used;
		if (result == G_CONVERTER_FINISHED)
			return 1;
	}
}

/* zlib, gzip, and MySQL's COMPRESS(): zlib behind four bytes of length. */
static void
call_inflate(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) x = {0};
	g_autoptr(GByteArray) out = g_byte_array_new();
	int answer = 0;

	(void)count;
	if (!dc_argument_load(context, values[0], &x))
		return;
	if (x.size == 0) {
		dc_result_bytes(context, "", 0);
		return;
	}
	if (x.size >= 2 && x.data[0] == 0x1f && x.data[1] == 0x8b)
		answer = inflate(G_ZLIB_COMPRESSOR_FORMAT_GZIP, x.data, x.size, out);
	else if (is_zlib(x.data, x.size))
		answer = inflate(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, x.data, x.size, out);
	if (answer == 0 && x.size > 4 && is_zlib(x.data + 4, x.size - 4)) {
		g_byte_array_set_size(out, 0);
		answer = inflate(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, x.data + 4, x.size - 4, out);
	}
	if (!dc_sql_work(sqlite3_user_data(context), out->len))
		sqlite3_result_error(context, "the statement ran away", -1);
	else if (answer < 0)
		dc_result_too_large(context);
	else if (answer == 0)
		sqlite3_result_null(context);
	else
		dc_result_array(context, g_steal_pointer(&out));
}

const struct dc_function dc_functions_decode[] = {
	{"unbase64", 1, call_unbase64},
	{"unhex", 1, call_unhex},
	{"unquote_printable", 1, call_unquote_printable},
	{"inflate", 1, call_inflate},
	{NULL, 0, NULL},
};
