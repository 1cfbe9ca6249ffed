/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions that make characters: html_unescape, json_field, php_field, form_field, from_charset; and
 * mysql_time. They decode by what the bytes themselves tell, never by an account's vote, and give UTF-8.
 */
#include "lib/stage/field.h"
#include "lib/stage/function.h"
#include "lib/text/charset.h"
#include "lib/text/decode.h"
#include "lib/text/time.h"

#include <string.h>

static void
call_html_unescape(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) x = {0};
	gsize size;

	(void)count;
	if (!dc_argument_load(context, values[0], &x))
		return;

	g_autofree char *text = dc_text_decode_plain(x.data, x.size, NULL, &size);
	dc_result_string(context, dc_field_unescape(text, size));
}

static void
result_field(sqlite3_context *context, sqlite3_value **values,
	GString *(*find)(const guint8 *, gsize, const dc_path *))
{
	g_auto(dc_argument) x = {0};
	g_auto(dc_argument) text = {0};
	g_auto(dc_path) path = {0};

	if (!dc_argument_load(context, values[0], &x) ||
		!dc_argument_load(context, values[1], &text))
		return;
	if (!dc_path_parse(&path, text.data, text.size)) {
		sqlite3_result_error(context, "no path: write $.name.name[0]", -1);
		return;
	}

	GString *field = find(x.data, x.size, &path);
	if (field != NULL)
		dc_result_string(context, field);
	else
		sqlite3_result_null(context);
}

static void
call_json_field(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	result_field(context, values, dc_json_field);
}

static void
call_php_field(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	result_field(context, values, dc_php_field);
}

static void
call_form_field(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) x = {0};
	g_auto(dc_argument) name = {0};

	(void)count;
	if (!dc_argument_load(context, values[0], &x) ||
		!dc_argument_load(context, values[1], &name))
		return;

	GString *field = dc_form_field(x.data, x.size, name.data, name.size);
	if (field != NULL)
		dc_result_string(context, field);
	else
		sqlite3_result_null(context);
}

/* What is no text of the set stays as it is: the field's own decoding then says so. */
static void
call_from_charset(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) x = {0};
	g_auto(dc_argument) name = {0};

	(void)count;
	if (!dc_argument_load(context, values[0], &x) ||
		!dc_argument_load(context, values[1], &name))
		return;

	g_autofree char *label = g_strndup((const char *)name.data, name.size);
	const dc_charset *charset = dc_charset_lookup(label);
	if (charset == NULL) {
		sqlite3_result_error(context, "from_charset: no such character set", -1);
		return;
	}

	GString *out = g_string_sized_new(x.size);
	if (dc_charset_decode(charset, x.data, x.size, out) == DC_CHARSET_OK) {
		dc_result_string(context, out);
	} else {
		g_string_free(out, TRUE);
		dc_result_bytes(context, x.data, x.size);
	}
}

static void
call_mysql_time(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) x = {0};

	(void)count;
	if (!dc_argument_load(context, values[0], &x))
		return;

	g_autofree char *text = g_strndup((const char *)x.data, x.size);
	g_autofree char *time = dc_time_mysql(text);
	if (time != NULL)
		dc_result_bytes(context, time, strlen(time));
	else
		sqlite3_result_null(context);
}

const struct dc_function dc_functions_field[] = {
	{"html_unescape", 1, call_html_unescape},
	{"json_field", 2, call_json_field},
	{"php_field", 2, call_php_field},
	{"form_field", 2, call_form_field},
	{"from_charset", 2, call_from_charset},
	{"mysql_time", 1, call_mysql_time},
	{NULL, 0, NULL},
};
