/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public way to a stage: one query, or an index file. */
#include "lib/base/init.h"
#include "lib/stage/query.h"

#include <draftconv/source.h>

#include <string.h>

/* One row through the handler. */
static int
give_row(dc_stage_query *query, const struct draftconv_query_handler *handler,
	struct draftconv_cell *cells, struct dc_cell_stream *streams, draftconv_error **error)
{
	size_t count = dc_stage_query_column_count(query);
	int status = DRAFTCONV_OK;

	for (size_t i = 0; i < count && status >= 0; i++) {
		status = dc_stage_query_value(query, i, &streams[i].value, error);
		dc_cell_fill(&cells[i], &streams[i]);
	}
	if (status >= 0 && handler->row != NULL) {
		status = handler->row(handler->user, cells, count);
		if (status < 0)
			status = dc_error_set(error, status, "the reader of the rows stopped");
	}
	for (size_t i = 0; i < count; i++)
		dc_cell_stream_clear(&streams[i]);
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
 * What needs no table to be seen wrong is told before a large source is read for nothing. DATABASE [out,
 * transfer full] NULL, or what stands before the tables' names. @return as draftconv_source_query()
 */
static int
check_text(const char *sql, const char *temp_dir, char **database, draftconv_error **error)
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
	const int verdict = status < 0 ? 0 : dc_stage_prepare(conn, sql, &query, &why);
	if (verdict == DRAFTCONV_ERROR_NOT_FOUND)
		*database = dc_query_database(sql, draftconv_error_message(why));
	if (verdict != DRAFTCONV_ERROR_PROFILE)
		return status;
	if (error != NULL)
		*error = g_steal_pointer(&why);
	return place_error(conn, sql, error);
}

static int
run(dc_stage *stage, const draftconv_source *source, const char *sql,
	const struct draftconv_query_handler *handler,
	const struct draftconv_query_options *options, draftconv_error **error)
{
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	int status = dc_stage_connect(stage, &conn, error);

	if (status >= 0)
		status = dc_stage_prepare(conn, sql, &query, error);
	if (status < 0 && conn != NULL) {
		(void)place_error(conn, sql, error);
		return dc_query_suggest(stage, source, error);
	}
	g_autofree char *letters = status < 0 ? NULL : dc_query_warn_of_letters(query, sql);
	if (letters != NULL)
		note(handler, letters);
	if (status >= 0)
		status = give_columns(query, handler, error);
	if (status < 0)
		return status;
	dc_stage_conn_set_cancel(conn, options->cancel);

	size_t count = dc_stage_query_column_count(query);
	g_autofree struct draftconv_cell *cells = g_new0(struct draftconv_cell, count);
	g_autofree struct dc_cell_stream *streams = g_new0(struct dc_cell_stream, count);
	for (size_t i = 0; i < count && options->text; i++)
		streams[i].shown = dc_query_shown(query, i);
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
open_stage(draftconv_source *source, const char *sql, const char *database,
	const struct draftconv_query_handler *handler,
	const struct draftconv_query_options *options, dc_stage **stage, draftconv_error **error)
{
	const char *const statements[] = {sql};
	dc_stage_options staging = {.statements = statements,
		.statement_count = 1,
		.database = database,
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
	g_autofree char *database = NULL;
	int status = check_text(sql, wanted.temp_dir, &database, error);
	if (status >= 0)
		status = open_stage(source, sql, database, &answers, &wanted, &stage, error);
	return status < 0 ? status : run(stage, source, sql, &answers, &wanted, error);
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
