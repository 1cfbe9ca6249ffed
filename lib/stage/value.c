/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/internal.h"

#include <string.h>

/* A rope as a content: the stored text is small, what it stands for is not. */
struct rope_content {
	dc_content parent;
	const dc_stage *stage;
	GBytes *stored;
};

struct rope_reader {
	dc_reader parent;
	struct dc_rope stream;
};

static gssize
rope_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	return dc_rope_read(&((struct rope_reader *)reader)->stream, buffer, size, error);
}

static void
rope_reader_free(dc_reader *reader)
{
	dc_rope_clear(&((struct rope_reader *)reader)->stream);
	g_free(reader);
}

static int
rope_open(dc_content *content, dc_reader **reader, draftconv_error **error)
{
	static const struct dc_reader_class class = {rope_read, rope_reader_free};
	const struct rope_content *self = (const struct rope_content *)content;
	struct rope_reader *result = g_new0(struct rope_reader, 1);
	gsize size;
	const void *data = g_bytes_get_data(self->stored, &size);

	(void)error;
	result->parent.class = &class;
	dc_rope_init(&result->stream, self->stage, data, size);
	*reader = &result->parent;
	return DRAFTCONV_OK;
}

static gint64
rope_size(const dc_content *content)
{
	(void)content;
	return -1;
}

static void
rope_free(dc_content *content)
{
	g_bytes_unref(((struct rope_content *)content)->stored);
	g_free(content);
}

static dc_content *
rope_new(const dc_stage *stage, const void *data, gsize size)
{
	static const struct dc_content_class class = {rope_open, rope_size, rope_free};
	struct rope_content *self = g_new0(struct rope_content, 1);

	dc_content_init(&self->parent, &class);
	self->stage = stage;
	self->stored = g_bytes_new(data, size);
	return &self->parent;
}

static int
resolve_text(dc_stage *stage, const guint8 *data, gsize size, dc_stage_value *value,
	draftconv_error **error)
{
	struct dc_piece piece;
	gsize position = 0;

	if (!dc_mark_found(&stage->mark, data, size)) {
		value->kind = DC_STAGE_VALUE_BYTES;
		value->data = data;
		value->size = size;
		return DRAFTCONV_OK;
	}
	while (dc_piece_next(&stage->mark, data, size, &position, &piece)) {
		if (piece.kind == DC_PIECE_TOO_LARGE) {
			value->kind = DC_STAGE_VALUE_TOO_LARGE;
			return DRAFTCONV_OK;
		}
		if (piece.kind == DC_PIECE_BROKEN)
			return dc_error_set(
				error, DRAFTCONV_ERROR_DAMAGED, "a long value lost its place");
	}
	value->kind = DC_STAGE_VALUE_CONTENT;
	value->content = rope_new(stage, data, size);
	return DRAFTCONV_OK;
}

int
dc_stage_resolve(
	dc_stage *stage, sqlite3_value *stored, dc_stage_value *value, draftconv_error **error)
{
	*value = (dc_stage_value){.kind = DC_STAGE_VALUE_NULL};
	switch (sqlite3_value_type(stored)) {
	case SQLITE_NULL:
		return DRAFTCONV_OK;
	case SQLITE_INTEGER:
		value->kind = DC_STAGE_VALUE_INTEGER;
		value->integer = sqlite3_value_int64(stored);
		return DRAFTCONV_OK;
	case SQLITE_FLOAT:
		value->kind = DC_STAGE_VALUE_REAL;
		value->real = sqlite3_value_double(stored);
		return DRAFTCONV_OK;
	default:
		break;
	}

	const void *data = sqlite3_value_blob(stored);
	gsize size = (gsize)sqlite3_value_bytes(stored);
	return resolve_text(stage, data != NULL ? data : (const void *)"", size, value, error);
}

void
dc_stage_value_clear(dc_stage_value *value)
{
	g_clear_pointer(&value->content, dc_content_unref);
	*value = (dc_stage_value){.kind = DC_STAGE_VALUE_NULL};
}

/* A double as SQLite's CAST to TEXT writes it. */
static char *
real_text(double real)
{
	g_autofree char *text = g_malloc(64);

	sqlite3_snprintf(64, text, "%!.15g", real);
	return g_steal_pointer(&text);
}

int
dc_stage_value_load(
	const dc_stage_value *value, size_t limit, GBytes **bytes, draftconv_error **error)
{
	g_autofree char *text = NULL;

	switch (value->kind) {
	case DC_STAGE_VALUE_NULL:
		return 0;
	case DC_STAGE_VALUE_INTEGER:
		text = g_strdup_printf("%" G_GINT64_FORMAT, value->integer);
		break;
	case DC_STAGE_VALUE_REAL:
		text = real_text(value->real);
		break;
	case DC_STAGE_VALUE_BYTES:
		if (value->size > limit)
			return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
				"a value is longer than %zu bytes", limit);
		*bytes = g_bytes_new(value->data, value->size);
		return 1;
	case DC_STAGE_VALUE_CONTENT: {
		int status = dc_content_load(value->content, limit, bytes, error);

		return status < 0 ? status : 1;
	}
	case DC_STAGE_VALUE_TOO_LARGE:
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"a value of over %d MiB went through a function",
			DC_SQL_VALUE_MAX / 1024 / 1024);
	}
	*bytes = g_bytes_new(text, strlen(text));
	return 1;
}
