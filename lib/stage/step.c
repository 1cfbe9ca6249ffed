/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running a statement: parameters, rows, budget. */
#include "lib/stage/query.h"

void
dc_stage_query_reset(dc_stage_query *query)
{
	(void)sqlite3_reset(query->statement);
	(void)sqlite3_clear_bindings(query->statement);
	query->steps = 0;
	query->work = 0;
	query->too_large = false;
}

static int
find_parameter(const dc_stage_query *query, const char *name)
{
	g_autofree char *with_colon = g_strconcat(":", name, NULL);

	return sqlite3_bind_parameter_index(query->statement, with_colon);
}

static int
bind_result(const dc_stage_query *query, int status, draftconv_error **error)
{
	return status == SQLITE_OK ? 1
				   : dc_sqlite_error(query->conn->db, status, "parameter", error);
}

int
dc_stage_query_bind(dc_stage_query *query, const char *name, const sqlite3_value *stored,
	draftconv_error **error)
{
	int index = find_parameter(query, name);

	if (index == 0)
		return 0;
	return bind_result(query, sqlite3_bind_value(query->statement, index, stored), error);
}

int
dc_stage_query_bind_text(dc_stage_query *query, const char *name, const void *data, size_t size,
	draftconv_error **error)
{
	int index = find_parameter(query, name);

	if (index == 0)
		return 0;
	return bind_result(query,
		sqlite3_bind_text64(query->statement, index, size > 0 ? data : "", size,
			SQLITE_TRANSIENT, SQLITE_UTF8),
		error);
}

static int
step_error(dc_stage_query *query, int status, draftconv_error **error)
{
	dc_stage_conn *conn = query->conn;
	dc_sql *sql = conn->sql;

	if (sql->failed != NULL)
		return dc_error_set(error, draftconv_error_code(sql->failed), "%s",
			draftconv_error_message(sql->failed));
	if (sql->cancel != NULL && g_atomic_int_get(sql->cancel) != 0)
		return dc_error_set(error, DRAFTCONV_ERROR_CANCELLED, "cancelled");
	if (sql->ran_away || conn->steps > conn->steps_max)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"the statement ran away: it takes more steps than the source can explain");
	if ((status & 0xff) == SQLITE_TOOBIG)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"the statement makes a text of over %d MiB",
			DC_SQL_VALUE_MAX / 1024 / 1024);
	return dc_sqlite_error(conn->db, status, "statement", error);
}

int
dc_stage_query_step(dc_stage_query *query, draftconv_error **error)
{
	dc_stage_conn *conn = query->conn;
	dc_sql *sql = conn->sql;

	/* Statements of one connection take turns; each has its own budget. */
	conn->steps = query->steps;
	sql->work = query->work;
	sql->too_large = query->too_large;
	sql->ran_away = false;
	g_clear_pointer(&sql->failed, draftconv_error_free);
	int status = sqlite3_step(query->statement);
	query->steps = conn->steps;
	query->work = sql->work;
	query->too_large = sql->too_large;

	/* A collation that could not read has compared something else. */
	bool broken = sql->failed != NULL || sql->ran_away;
	if (!broken && status == SQLITE_ROW)
		return 1;
	if (!broken && status == SQLITE_DONE)
		return 0;
	int code = step_error(query, status, error);
	(void)sqlite3_reset(query->statement);
	return code;
}

bool
dc_stage_query_too_large(const dc_stage_query *query)
{
	return query->too_large;
}

sqlite3_value *
dc_stage_query_stored(dc_stage_query *query, size_t column)
{
	return sqlite3_column_value(query->statement, (int)column);
}

int
dc_stage_query_value(
	dc_stage_query *query, size_t column, dc_stage_value *value, draftconv_error **error)
{
	return dc_stage_resolve(
		query->conn->stage, dc_stage_query_stored(query, column), value, error);
}
