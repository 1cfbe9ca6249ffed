/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/function.h"

#include <string.h>

#define WINDOW_STEP 65536

/* The bytes of a value; numbers are spelt. @return false for NULL */
static bool
value_bytes(sqlite3_value *value, const guint8 **data, gsize *size)
{
	if (sqlite3_value_type(value) == SQLITE_NULL)
		return false;

	const void *bytes = sqlite3_value_type(value) == SQLITE_BLOB ? sqlite3_value_blob(value)
								     : sqlite3_value_text(value);
	*size = (gsize)sqlite3_value_bytes(value);
	*data = bytes != NULL ? bytes : (const void *)"";
	return true;
}

void
dc_result_too_large(sqlite3_context *context)
{
	dc_sql *sql = sqlite3_user_data(context);
	char marker[DC_MARKER_SIZE];

	sql->too_large = true;
	dc_marker_write(&sql->stage->mark, marker);
	sqlite3_result_text(context, marker, sizeof marker, SQLITE_TRANSIENT);
}

void
dc_result_failed(sqlite3_context *context, int status, draftconv_error *error)
{
	dc_sql *sql = sqlite3_user_data(context);

	if (status == DRAFTCONV_ERROR_DRAFT) {
		draftconv_error_free(error);
		dc_result_too_large(context);
		return;
	}
	sqlite3_result_error(context, "a long value cannot be read", -1);
	if (sql->failed == NULL)
		sql->failed = error;
	else
		draftconv_error_free(error);
}

void
dc_result_bytes(sqlite3_context *context, const void *data, gsize size)
{
	if (size > DC_SQL_VALUE_MAX)
		dc_result_too_large(context);
	else
		sqlite3_result_text64(
			context, size > 0 ? data : "", size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void
dc_result_array(sqlite3_context *context, GByteArray *array)
{
	if (array->len > DC_SQL_VALUE_MAX) {
		dc_result_too_large(context);
		g_byte_array_unref(array);
		return;
	}

	gsize size = array->len;
	guint8 *data = g_byte_array_free(array, FALSE);
	if (data == NULL)
		sqlite3_result_text(context, "", 0, SQLITE_STATIC);
	else
		sqlite3_result_text64(context, (const char *)data, size, g_free, SQLITE_UTF8);
}

void
dc_result_string(sqlite3_context *context, GString *string)
{
	gsize size = string->len;

	if (size > DC_SQL_VALUE_MAX) {
		dc_result_too_large(context);
		g_string_free(string, TRUE);
		return;
	}
	sqlite3_result_text64(context, g_string_free(string, FALSE), size, g_free, SQLITE_UTF8);
}

static bool
load_long(sqlite3_context *context, const guint8 *data, gsize size, dc_argument *argument)
{
	dc_sql *sql = sqlite3_user_data(context);
	g_autoptr(draftconv_error) error = NULL;
	g_auto(dc_rope) stream;
	guint8 buffer[8192];

	dc_rope_init(&stream, sql->stage, data, size);
	argument->loaded = g_byte_array_new();
	for (;;) {
		gssize count = dc_rope_read(&stream, buffer, sizeof buffer, &error);

		if (count < 0) {
			dc_result_failed(context, (int)count, g_steal_pointer(&error));
			return false;
		}
		if (count == 0)
			break;
		if ((gsize)count > DC_SQL_VALUE_MAX - argument->loaded->len) {
			dc_result_too_large(context);
			return false;
		}
		if (!dc_sql_work(sql, (gsize)count)) {
			sqlite3_result_error(context, "the statement ran away", -1);
			return false;
		}
		g_byte_array_append(argument->loaded, buffer, (guint)count);
	}
	argument->data = argument->loaded->len > 0 ? argument->loaded->data : (const guint8 *)"";
	argument->size = argument->loaded->len;
	return true;
}

bool
dc_argument_load(sqlite3_context *context, sqlite3_value *value, dc_argument *argument)
{
	dc_sql *sql = sqlite3_user_data(context);

	argument->loaded = NULL;
	if (!value_bytes(value, &argument->data, &argument->size)) {
		sqlite3_result_null(context);
		return false;
	}
	if (dc_mark_found(&sql->stage->mark, argument->data, argument->size))
		return load_long(context, argument->data, argument->size, argument);
	if (!dc_sql_work(sql, argument->size)) {
		sqlite3_result_error(context, "the statement ran away", -1);
		return false;
	}
	return true;
}

void
dc_argument_clear(dc_argument *argument)
{
	g_clear_pointer(&argument->loaded, g_byte_array_unref);
}

bool
dc_sliding_init(dc_sliding *window, sqlite3_context *context, sqlite3_value *value)
{
	dc_sql *sql = sqlite3_user_data(context);

	*window = (dc_sliding){.sql = sql, .context = context, .ended = true};
	if (!value_bytes(value, &window->data, &window->size)) {
		sqlite3_result_null(context);
		return false;
	}
	if (dc_mark_found(&sql->stage->mark, window->data, window->size)) {
		dc_rope_init(&window->stream, sql->stage, window->data, window->size);
		window->buffer = g_byte_array_new();
		window->size = 0;
		window->ended = false;
	}
	return true;
}

void
dc_sliding_clear(dc_sliding *window)
{
	dc_rope_clear(&window->stream);
	g_clear_pointer(&window->buffer, g_byte_array_unref);
}

/* Read another step behind what is at hand. */
static bool
window_read(dc_sliding *window, gsize step)
{
	g_autoptr(draftconv_error) error = NULL;
	gsize used = window->size;

	if (used > 0 && window->data != window->buffer->data)
		memmove(window->buffer->data, window->data, used);
	g_byte_array_set_size(window->buffer, (guint)(used + step));
	window->data = window->buffer->data;

	gssize count = dc_rope_read(&window->stream, window->buffer->data + used, step, &error);
	if (count < 0) {
		window->status = (int)count;
		dc_result_failed(window->context, (int)count, g_steal_pointer(&error));
		return false;
	}
	if (!dc_sql_work(window->sql, (gsize)count)) {
		window->status = DRAFTCONV_ERROR_PROFILE;
		sqlite3_result_error(window->context, "the statement ran away", -1);
		return false;
	}
	window->size += (gsize)count;
	window->ended = count == 0;
	return true;
}

bool
dc_sliding_fill(dc_sliding *window, gsize size)
{
	while (window->size < size && !window->ended)
		if (!window_read(window, MAX(WINDOW_STEP, size - window->size)))
			return false;
	return true;
}

void
dc_sliding_skip(dc_sliding *window, gsize size)
{
	window->data += size;
	window->size -= size;
	window->position += size;
}
