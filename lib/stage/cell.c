/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells of a result as programs get them: of any length, read piece by piece, decoded when they ask for it. */
#include "lib/stage/query.h"

#include <string.h>

/* Longer ones come as they are: they are not held in memory. */
static void
decode(struct dc_cell_stream *stream)
{
	gsize size = 0;
	const void *data = g_bytes_get_data(stream->bytes, &size);
	GBytes *text = size == 0 ? NULL : dc_shown_decode(&stream->shown, data, size);

	if (text == NULL)
		return;
	g_bytes_unref(stream->bytes);
	stream->bytes = text;
}

static int
open_stream(struct dc_cell_stream *stream, draftconv_error **error)
{
	if (stream->reader != NULL || stream->bytes != NULL)
		return DRAFTCONV_OK;
	if (stream->value.kind == DC_STAGE_VALUE_CONTENT && stream->shown.is_text &&
		dc_stage_value_load(&stream->value, DC_SQL_VALUE_MAX, &stream->bytes, NULL) == 1) {
		decode(stream);
		return DRAFTCONV_OK;
	}
	if (stream->value.kind == DC_STAGE_VALUE_CONTENT)
		return dc_content_open(stream->value.content, &stream->reader, error);

	int status = dc_stage_value_load(&stream->value, G_MAXSIZE, &stream->bytes, error);
	if (status == 0)
		stream->bytes = g_bytes_new(NULL, 0);
	return MIN(status, DRAFTCONV_OK);
}

long
draftconv_cell_read(struct draftconv_cell *cell, void *buffer, size_t size, draftconv_error **error)
{
	if (cell == NULL || cell->stream == NULL || buffer == NULL || size == 0)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no cell to read");

	struct dc_cell_stream *stream = cell->stream;
	int status = open_stream(stream, error);
	if (status < 0)
		return status;
	size = MIN(size, G_MAXINT);
	if (stream->reader != NULL)
		return (long)dc_reader_read(stream->reader, buffer, size, error);

	gsize total;
	const guint8 *data = g_bytes_get_data(stream->bytes, &total);
	gsize count = MIN(size, total - stream->offset);
	if (count > 0)
		memcpy(buffer, data + stream->offset, count);
	stream->offset += count;
	return (long)count;
}

void
dc_cell_stream_clear(struct dc_cell_stream *stream)
{
	g_clear_pointer(&stream->reader, dc_reader_free);
	g_clear_pointer(&stream->bytes, g_bytes_unref);
	dc_stage_value_clear(&stream->value);
	stream->offset = 0;
}

void
dc_cell_fill(struct draftconv_cell *cell, struct dc_cell_stream *stream)
{
	static const enum draftconv_cell_kind kinds[] = {
		[DC_STAGE_VALUE_NULL] = DRAFTCONV_CELL_NULL,
		[DC_STAGE_VALUE_INTEGER] = DRAFTCONV_CELL_INTEGER,
		[DC_STAGE_VALUE_REAL] = DRAFTCONV_CELL_REAL,
		[DC_STAGE_VALUE_BYTES] = DRAFTCONV_CELL_BYTES,
		[DC_STAGE_VALUE_CONTENT] = DRAFTCONV_CELL_STREAM,
		[DC_STAGE_VALUE_TOO_LARGE] = DRAFTCONV_CELL_TOO_LARGE,
	};

	*cell = (struct draftconv_cell){.kind = kinds[stream->value.kind],
		.integer = stream->value.integer,
		.real = stream->value.real,
		.data = stream->value.data,
		.size = stream->value.size,
		.stream = stream};
	if (stream->value.kind != DC_STAGE_VALUE_BYTES || stream->value.size == 0)
		return;
	stream->bytes = dc_shown_decode(&stream->shown, stream->value.data, stream->value.size);
	if (stream->bytes != NULL)
		cell->data = g_bytes_get_data(stream->bytes, &cell->size);
}
