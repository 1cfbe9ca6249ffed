/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/field.h"
#include "lib/text/decode.h"
#include "lib/text/html.h"

#include <string.h>

/* ---- form data ---- */

static GByteArray *
form_decode(const guint8 *data, gsize size)
{
	GByteArray *out = g_byte_array_sized_new((guint)size);

	for (gsize i = 0; i < size; i++) {
		guint8 c = data[i];

		if (c == '+')
			c = ' ';
		if (c == '%' && size - i > 2 && g_ascii_isxdigit(data[i + 1]) &&
			g_ascii_isxdigit(data[i + 2])) {
			c = (guint8)(g_ascii_xdigit_value((char)data[i + 1]) << 4 |
				     g_ascii_xdigit_value((char)data[i + 2]));
			i += 2;
		}
		g_byte_array_append(out, &c, 1);
	}
	return out;
}

static bool
form_name_is(const guint8 *data, gsize size, const void *name, gsize name_size)
{
	g_autoptr(GByteArray) plain = form_decode(data, size);

	return plain->len == name_size &&
	       (name_size == 0 || memcmp(plain->data, name, name_size) == 0);
}

GString *
dc_form_field(const guint8 *data, gsize size, const void *name, gsize name_size)
{
	const guint8 *p = data;
	const guint8 *end = data + size;

	while (p < end) {
		const guint8 *stop = memchr(p, '&', (gsize)(end - p));
		const guint8 *equals;

		if (stop == NULL)
			stop = end;
		equals = memchr(p, '=', (gsize)(stop - p));
		if (equals == NULL)
			equals = stop;
		if (!form_name_is(p, (gsize)(equals - p), name, name_size)) {
			p = stop + 1;
			continue;
		}

		const guint8 *value = equals < stop ? equals + 1 : stop;
		g_autoptr(GByteArray) plain = form_decode(value, (gsize)(stop - value));
		gsize text_size;
		g_autofree char *text =
			dc_text_decode_plain(plain->data, plain->len, NULL, &text_size);
		return g_string_new_len(text, (gssize)text_size);
	}
	return NULL;
}

/* ---- references of HTML ---- */

GString *
dc_field_unescape(const char *text, gsize size)
{
	GString *out = g_string_sized_new(size);

	/* A NUL ends what the library's function sees, not the value. */
	for (gsize at = 0; at <= size; at += strlen(text + at) + 1) {
		g_autofree char *piece = dc_html_unescape(text + at);

		if (at > 0)
			g_string_append_c(out, '\0');
		g_string_append(out, piece);
	}
	return out;
}

/* ---- times ---- */

static guint
two_digits(const char *p)
{
	return (guint)(p[0] - '0') * 10 + (guint)(p[1] - '0');
}

static bool
all_digits(const char *p, gsize size)
{
	for (gsize i = 0; i < size; i++)
		if (!g_ascii_isdigit(p[i]))
			return false;
	return size > 0;
}

/* REST is the fraction and the zone. Day, hour and so on must exist; MySQL accepts years with and without a century (70 to 99: 19xx). */
static char *
format_time(guint year, const guint field[5], const char *rest)
{
	if (field[0] < 1 || field[0] > 12 || field[1] < 1 || year > 9999 ||
		!g_date_valid_dmy(
			(GDateDay)field[1], (GDateMonth)field[0], (GDateYear)MAX(year, 1)) ||
		field[2] > 23 || field[3] > 59 || field[4] > 59)
		return NULL;
	return g_strdup_printf("%04u-%02u-%02u %02u:%02u:%02u%s", year, field[0], field[1],
		field[2], field[3], field[4], rest);
}

/* The old TIMESTAMP forms: YYYYMMDDhhmmss, YYMMDDhhmmss, YYMMDDhhmm, YYYYMMDD, YYMMDD. */
static char *
digits_time(const char *p, gsize size)
{
	guint field[5] = {0};
	guint year;

	if (size != 14 && size != 12 && size != 10 && size != 8 && size != 6)
		return NULL;
	if (size == 14 || size == 8) {
		year = two_digits(p) * 100 + two_digits(p + 2);
		p += 4;
		size -= 4;
	} else {
		year = two_digits(p);
		year += year < 70 ? 2000 : 1900;
		p += 2;
		size -= 2;
	}
	for (gsize i = 0; i < size / 2; i++)
		field[i] = two_digits(p + 2 * i);
	return format_time(year, field, "");
}

/* "Z" or "+hh:mm" at the end, as the stage writes it behind TIMESTAMPs. @return its size, 0 for none */
static gsize
zone_size(const char *p, gsize size)
{
	if (size > 10 && p[size - 1] == 'Z')
		return 1;
	if (size <= 16)
		return 0;
	p += size - 6;
	return (p[0] == '+' || p[0] == '-') && all_digits(p + 1, 2) && p[3] == ':' &&
			       all_digits(p + 4, 2)
		       ? 6
		       : 0;
}

/* Whether P has the form as far as it goes; T may stand for the blank. */
static bool
has_form(const char *p, gsize size)
{
	static const char form[] = "0000-00-00 00:00:00";

	for (gsize i = 0; i < MIN(size, sizeof form - 1); i++) {
		bool fits = form[i] == '0' ? g_ascii_isdigit(p[i]) : p[i] == form[i];

		if (!fits && !(i == 10 && p[i] == 'T'))
			return false;
	}
	return true;
}

/* "YYYY-MM-DD", then a blank or T, then hh:mm[:ss[.ffffff]], then perhaps a zone. */
static char *
written_time(const char *p, gsize size)
{
	guint field[5] = {0};
	gsize zone = zone_size(p, size);
	gsize clock = size - zone;

	if ((clock != 10 && clock != 16 && clock < 19) || !has_form(p, clock))
		return NULL;
	if (clock > 19 && (p[19] != '.' || clock > 26 || !all_digits(p + 20, clock - 20)))
		return NULL;
	for (gsize i = 0; i < 5 && 5 + 3 * i + 1 < clock; i++)
		field[i] = two_digits(p + 5 + 3 * i);

	g_autofree char *rest =
		clock > 19 ? g_strndup(p + 19, size - 19) : g_strndup(p + clock, zone);
	return format_time(two_digits(p) * 100 + two_digits(p + 2), field, rest);
}

char *
dc_mysql_time(const char *text, gsize size)
{
	while (size > 0 && *text == ' ') {
		text++;
		size--;
	}
	while (size > 0 && text[size - 1] == ' ')
		size--;
	if (all_digits(text, size))
		return digits_time(text, size);
	return written_time(text, size);
}
