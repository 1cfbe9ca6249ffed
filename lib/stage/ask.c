/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public way to a stage: one query, or an index file. */
#include "lib/base/init.h"
#include "lib/stage/query.h"

#include <draftconv/source.h>

#include <string.h>

/* A cell that is read piece by piece. */
struct cell_stream {
	dc_stage_value value;
	dc_reader *reader;
	GBytes *bytes; /* of what is not long */
	gsize offset;
};

static int
open_stream(struct cell_stream *stream, draftconv_error **error)
{
	if (stream->reader != NULL || stream->bytes != NULL)
		return DRAFTCONV_OK;
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

	struct cell_stream *stream = cell->stream;
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

static void
clear_stream(struct cell_stream *stream)
{
	g_clear_pointer(&stream->reader, dc_reader_free);
	g_clear_pointer(&stream->bytes, g_bytes_unref);
	dc_stage_value_clear(&stream->value);
	stream->offset = 0;
}

static void
fill_cell(struct draftconv_cell *cell, struct cell_stream *stream)
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
}

/* One row through the handler. */
static int
give_row(dc_stage_query *query, const struct draftconv_query_handler *handler,
	struct draftconv_cell *cells, struct cell_stream *streams, draftconv_error **error)
{
	size_t count = dc_stage_query_column_count(query);
	int status = DRAFTCONV_OK;

	for (size_t i = 0; i < count && status >= 0; i++) {
		status = dc_stage_query_value(query, i, &streams[i].value, error);
		fill_cell(&cells[i], &streams[i]);
	}
	if (status >= 0 && handler->row != NULL) {
		status = handler->row(handler->user, cells, count);
		if (status < 0)
			status = dc_error_set(error, status, "the reader of the rows stopped");
	}
	for (size_t i = 0; i < count; i++)
		clear_stream(&streams[i]);
	return status;
}

static int
give_columns(dc_stage_query *query, const struct draftconv_query_handler *handler,
	draftconv_error **error)
{
	size_t count = dc_stage_query_column_count(query);
	g_autofree const char **names = g_new0(const char *, count);

	if (handler->columns == NULL)
		return DRAFTCONV_OK;
	for (size_t i = 0; i < count; i++)
		names[i] = dc_stage_query_column_name(query, i);
	int status = handler->columns(handler->user, names, count);
	return status < 0 ? dc_error_set(error, status, "the reader of the rows stopped")
			  : DRAFTCONV_OK;
}

static void
note(const struct draftconv_query_handler *handler, const char *message)
{
	if (handler->note != NULL)
		handler->note(handler->user, message);
}

/* Say where in the text, and what stands there. */
static int
place_error(const dc_stage_conn *conn, const char *sql, draftconv_error **error)
{
	const int at = dc_stage_conn_error_offset(conn);

	if (error == NULL || at < 0 || (size_t)at >= strlen(sql))
		return error == NULL ? DRAFTCONV_ERROR_PROFILE : draftconv_error_code(*error);

	g_autoptr(draftconv_error) what = g_steal_pointer(error);
	return dc_error_set(error, draftconv_error_code(what), "%s (at byte %d: %.40s)",
		draftconv_error_message(what), at + 1, sql + at);
}

/*
 * What needs no table to be seen wrong is told before a large source is read for nothing. @return as
 * draftconv_source_query()
 */
static int
check_text(const char *sql, const char *temp_dir, draftconv_error **error)
{
	const dc_stage_options options = {.temp_dir = temp_dir};
	g_autoptr(dc_stage_builder) builder = NULL;
	g_autoptr(dc_stage) empty = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(draftconv_error) why = NULL;

	if (strlen(sql) > DC_SQL_TEXT_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"the statement is longer than %d bytes", DC_SQL_TEXT_MAX);
	int status = dc_stage_builder_new(&options, &builder, error);
	if (status >= 0)
		status = dc_stage_builder_finish(builder, &empty, error);
	if (status >= 0)
		status = dc_stage_connect(empty, &conn, error);
	if (status < 0 || dc_stage_prepare(conn, sql, &query, &why) != DRAFTCONV_ERROR_PROFILE)
		return status;
	if (error != NULL)
		*error = g_steal_pointer(&why);
	return place_error(conn, sql, error);
}

static int
run(dc_stage *stage, const char *sql, const struct draftconv_query_handler *handler,
	const int *cancel, draftconv_error **error)
{
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	int status = dc_stage_connect(stage, &conn, error);

	if (status >= 0)
		status = dc_stage_prepare(conn, sql, &query, error);
	if (status < 0 && conn != NULL)
		return place_error(conn, sql, error);
	if (status >= 0)
		status = give_columns(query, handler, error);
	if (status < 0)
		return status;
	dc_stage_conn_set_cancel(conn, cancel);

	size_t count = dc_stage_query_column_count(query);
	g_autofree struct draftconv_cell *cells = g_new0(struct draftconv_cell, count);
	g_autofree struct cell_stream *streams = g_new0(struct cell_stream, count);
	while ((status = dc_stage_query_step(query, error)) == 1) {
		status = give_row(query, handler, cells, streams, error);
		if (status < 0)
			return status;
	}
	if (status == 0 && dc_stage_query_too_large(query))
		note(handler, "a value of over 8 MiB went through a function; rows may be missing");
	return status;
}

/* The index where it fits, else the source itself. */
static int
open_stage(draftconv_source *source, const char *sql, const struct draftconv_query_handler *handler,
	const struct draftconv_query_options *options, dc_stage **stage, draftconv_error **error)
{
	const char *const statements[] = {sql};
	dc_stage_options staging = {.statements = statements,
		.statement_count = 1,
		.temp_dir = options->temp_dir,
		.cancel = options->cancel};

	if (options->index != NULL) {
		g_autofree char *why_not = NULL;
		int status = dc_stage_load_index(
			source, &staging, options->index, stage, &why_not, error);

		if (status != 0)
			return MIN(status, DRAFTCONV_OK);
		note(handler, why_not);
	}
	return dc_stage_new(source, &staging, stage, error);
}

int
draftconv_source_query(draftconv_source *source, const char *sql,
	const struct draftconv_query_handler *handler,
	const struct draftconv_query_options *options, draftconv_error **error)
{
	struct draftconv_query_options wanted = {0};
	struct draftconv_query_handler answers = {0};
	g_autoptr(dc_stage) stage = NULL;

	if (source == NULL || sql == NULL || handler == NULL)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "a query needs source, SQL and handler");
	dc_init();
	/* Older programs know fewer fields. */
	memcpy(&answers, handler, MIN(handler->struct_size, sizeof answers));
	if (options != NULL)
		memcpy(&wanted, options, MIN(options->struct_size, sizeof wanted));
	int status = check_text(sql, wanted.temp_dir, error);
	if (status >= 0)
		status = open_stage(source, sql, &answers, &wanted, &stage, error);
	return status < 0 ? status : run(stage, sql, &answers, wanted.cancel, error);
}

int
draftconv_source_index(draftconv_source *source, const char *path, draftconv_error **error)
{
	g_autoptr(dc_stage) stage = NULL;

	if (source == NULL || path == NULL)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "an index needs a source and a path");
	dc_init();
	return dc_stage_build_index(source, NULL, path, &stage, error);
}
