/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/field.h"
#include "lib/text/decode.h"
#include "lib/text/html.h"

#include <string.h>

/* ---- form data ---- */

static GString *
form_decode(const guint8 *data, gsize size)
{
	GString *out = g_string_sized_new(size);

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
		g_string_append_c(out, (char)c);
	}
	return out;
}

static bool
form_name_is(const guint8 *data, gsize size, const void *name, gsize name_size)
{
	g_autoptr(GString) plain = form_decode(data, size);

	return plain->len == name_size && memcmp(plain->str, name, name_size) == 0;
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
		g_autoptr(GString) plain = form_decode(value, (gsize)(stop - value));
		gsize text_size;
		g_autofree char *text =
			dc_text_decode_plain(plain->str, plain->len, NULL, &text_size);
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
