/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/query.h"

#include <string.h>

void
dc_stage_query_free(dc_stage_query *query)
{
	if (query == NULL)
		return;
	sqlite3_finalize(query->statement);
	g_free(query->sql);
	g_clear_pointer(&query->reads, g_array_unref);
	g_clear_pointer(&query->utf8, g_array_unref);
	g_free(query);
}

/* What SQLite or the authorizer had against the statement. */
static int
compile_error(dc_stage_conn *conn, draftconv_error **error)
{
	static const char no_table[] = "no such table: ";
	const char *message = sqlite3_errmsg(conn->db);
	int status = sqlite3_errcode(conn->db);

	conn->error_offset = conn->refused == NULL ? sqlite3_error_offset(conn->db) : -1;

	if (conn->refused != NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE, "%s", conn->refused);
	if (g_str_has_prefix(message, no_table))
		return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND, "no table %s in the source",
			message + strlen(no_table));
	if ((status & 0xff) == SQLITE_ERROR)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE, "%s", message);
	return dc_sqlite_error(conn->db, status, "statement", error);
}

static int
compile(dc_stage_conn *conn, const char *sql, sqlite3_stmt **statement, const char **tail,
	draftconv_error **error)
{
	g_clear_pointer(&conn->refused, g_free);
	int status =
		sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, tail);

	return status == SQLITE_OK ? DRAFTCONV_OK : compile_error(conn, error);
}

/* Behind the first statement there may be blanks, comments and semicolons. */
static int
check_tail(dc_stage_conn *conn, const char *tail, draftconv_error **error)
{
	while (*tail != '\0') {
		g_autoptr(sqlite3_stmt) second = NULL;
		int status = sqlite3_prepare_v2(conn->db, tail, -1, &second, &tail);

		if (status != SQLITE_OK || second != NULL)
			return dc_error_set(
				error, DRAFTCONV_ERROR_PROFILE, "more than one statement");
	}
	return DRAFTCONV_OK;
}

static int
check_parameters(sqlite3_stmt *statement, draftconv_error **error)
{
	int count = sqlite3_bind_parameter_count(statement);

	for (int i = 1; i <= count; i++) {
		const char *name = sqlite3_bind_parameter_name(statement, i);

		if (name == NULL || name[0] != ':')
			return dc_error_set(
				error, DRAFTCONV_ERROR_PROFILE, "a parameter is written :name");
	}
	return DRAFTCONV_OK;
}

/*
 * SQLite's automatic indexes serve a statement that runs once; one with parameters would build them
 * anew for every draft.
 */
static int
set_automatic_index(dc_stage_conn *conn, bool on, draftconv_error **error)
{
	conn->trusted = true;
	int status = dc_sqlite_run(
		conn->db, on ? "PRAGMA automatic_index=1" : "PRAGMA automatic_index=0", error);
	conn->trusted = false;
	return status;
}

static int
compile_select(dc_stage_query *query, const char *sql, draftconv_error **error)
{
	dc_stage_conn *conn = query->conn;
	const char *tail;
	int status = set_automatic_index(conn, true, error);

	if (status >= 0)
		status = compile(conn, sql, &query->statement, &tail, error);
	if (status < 0)
		return status;
	if (query->statement == NULL || !sqlite3_stmt_readonly(query->statement) ||
		sqlite3_stmt_isexplain(query->statement) != 0 ||
		sqlite3_column_count(query->statement) == 0)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE, "no SELECT statement");

	query->sql = g_strndup(sql, (gsize)(tail - sql));
	gsize size = strlen(query->sql);
	if (size > 0 && query->sql[size - 1] == ';')
		query->sql[size - 1] = '\0';
	status = check_tail(conn, tail, error);
	if (status >= 0)
		status = check_parameters(query->statement, error);
	if (status >= 0)
		status = dc_statement_check_code(conn, query->sql, error);
	if (status < 0 || sqlite3_bind_parameter_count(query->statement) == 0)
		return status;
	status = set_automatic_index(conn, false, error);
	if (status < 0)
		return status;
	g_clear_pointer(&query->statement, sqlite3_finalize);
	return compile(conn, query->sql, &query->statement, &tail, error);
}

int
dc_stage_conn_error_offset(const dc_stage_conn *conn)
{
	return conn->error_offset;
}

int
dc_stage_prepare(
	dc_stage_conn *conn, const char *sql, dc_stage_query **query, draftconv_error **error)
{
	g_autoptr(dc_stage_query) self = g_new0(dc_stage_query, 1);

	self->conn = conn;
	self->reads = g_array_new(FALSE, FALSE, sizeof(struct dc_read));
	conn->reads = self->reads;
	conn->error_offset = -1;
	/* Compiling counts as steps, too. */
	conn->steps = 0;
	int status = compile_select(self, sql, error);
	conn->reads = NULL;
	if (status < 0)
		return status;
	self->utf8 =
		dc_statement_utf8_columns(self->sql, (gsize)sqlite3_column_count(self->statement));
	*query = g_steal_pointer(&self);
	return DRAFTCONV_OK;
}

const char *
dc_stage_query_sql(const dc_stage_query *query)
{
	return query->sql;
}

size_t
dc_stage_query_column_count(const dc_stage_query *query)
{
	return (size_t)sqlite3_column_count(query->statement);
}

const char *
dc_stage_query_column_name(const dc_stage_query *query, size_t column)
{
	return sqlite3_column_name(query->statement, (int)column);
}

const dc_stage_column *
dc_stage_query_column_origin(const dc_stage_query *query, size_t column)
{
	const char *table = sqlite3_column_table_name(query->statement, (int)column);
	const char *name = sqlite3_column_origin_name(query->statement, (int)column);
	const dc_stage_table *known =
		table != NULL ? dc_stage_table_find(query->conn->stage, table) : NULL;

	return known != NULL && name != NULL ? dc_stage_column_find(known, name) : NULL;
}

bool
dc_stage_query_column_is_utf8(const dc_stage_query *query, size_t column)
{
	return column < query->utf8->len && g_array_index(query->utf8, bool, column);
}

const char *
dc_stage_query_parameter(const dc_stage_query *query, size_t index)
{
	if (index >= (size_t)sqlite3_bind_parameter_count(query->statement))
		return NULL;
	return sqlite3_bind_parameter_name(query->statement, (int)index + 1) + 1;
}

bool
dc_stage_query_read(const dc_stage_query *query, size_t index, const dc_stage_table **table,
	const dc_stage_column **column)
{
	if (index >= query->reads->len)
		return false;
	*table = g_array_index(query->reads, struct dc_read, index).table;
	*column = g_array_index(query->reads, struct dc_read, index).column;
	return true;
}

bool
dc_stage_query_charsets(
	const dc_stage_query *query, const char **client, const char **column_charset)
{
	const char *first_client = NULL;
	const char *first_charset = NULL;

	for (guint i = 0; i < query->reads->len; i++) {
		const dc_stage_column *column =
			g_array_index(query->reads, struct dc_read, i).column;

		for (char **name = column->clients; column->is_text && *name != NULL; name++) {
			if (first_client == NULL) {
				first_client = *name;
				first_charset = column->charset;
			} else if (g_ascii_strcasecmp(first_client, *name) != 0 ||
				   g_ascii_strcasecmp(first_charset, column->charset) != 0) {
				return false;
			}
		}
	}
	if (first_client == NULL)
		return false;
	*client = first_client;
	*column_charset = first_charset;
	return true;
}
