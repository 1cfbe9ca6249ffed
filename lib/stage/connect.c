/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/query.h"

#include <string.h>

/* Virtual machine steps between two looks at the budget. */
#define PROGRESS_STEPS 1000

/* Actions in the words of whoever wrote the statement. */
static const char *
action_words(int action)
{
	switch (action) {
	case SQLITE_PRAGMA:
		return "PRAGMA";
	case SQLITE_ATTACH:
		return "ATTACH";
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		return "changing rows";
	case SQLITE_TRANSACTION:
	case SQLITE_SAVEPOINT:
		return "transactions";
	default:
		return "anything but SELECT";
	}
}

/* The first reason counts: SQLite goes on to others. */
static int
refuse(dc_stage_conn *conn, const char *before, const char *what, const char *after)
{
	if (conn->refused == NULL)
		conn->refused = g_strconcat(before, what, after, NULL);
	return SQLITE_DENY;
}

/*
 * A table of which only the number of rows is asked comes without a column; so does a WITH, by its name.
 * What else could have such a name is refused here, and by its code in dc_statement_check_code().
 */
static bool
may_be_with(const char *table_name, const char *column_name)
{
	return column_name != NULL && column_name[0] == '\0' &&
	       g_ascii_strncasecmp(table_name, "sqlite_", 7) != 0 &&
	       g_ascii_strncasecmp(table_name, "pragma_", 7) != 0;
}

static int
note_read(dc_stage_conn *conn, const char *table_name, const char *column_name)
{
	struct dc_read read = {.table = dc_stage_table_find(conn->stage, table_name)};

	if (read.table == NULL && may_be_with(table_name, column_name))
		return SQLITE_OK;
	if (read.table == NULL)
		return refuse(conn, "table ", table_name, " is not the source's");
	if (column_name == NULL || conn->reads == NULL)
		return SQLITE_OK;
	read.column = dc_stage_column_find(read.table, column_name);
	for (guint i = 0; i < conn->reads->len; i++)
		if (g_array_index(conn->reads, struct dc_read, i).column == read.column)
			return SQLITE_OK;
	if (read.column != NULL)
		g_array_append_val(conn->reads, read);
	return SQLITE_OK;
}

static int
authorize(void *user, int action, const char *first, const char *second, const char *database,
	const char *trigger)
{
	dc_stage_conn *conn = user;

	(void)trigger;
	if (conn->trusted)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		if (database != NULL && strcmp(database, "main") != 0 &&
			g_strcmp0(database, conn->database) != 0)
			return refuse(conn, "table ", first, " is not the source's");
		return note_read(conn, first, second);
	case SQLITE_FUNCTION:
		if (dc_function_allowed(second))
			return SQLITE_OK;
		return refuse(conn, "function ", second, " is not on the list");
	default:
		return refuse(conn, "", action_words(action), " is not allowed");
	}
}

/* @return non-zero to end the statement */
static int
progress(void *user)
{
	dc_stage_conn *conn = user;

	conn->steps++;
	return conn->steps > conn->steps_max || conn->sql->ran_away || conn->sql->failed != NULL ||
	       (conn->sql->cancel != NULL && g_atomic_int_get(conn->sql->cancel) != 0);
}

void
dc_conn_guard(dc_stage_conn *conn)
{
	(void)sqlite3_set_authorizer(conn->db, authorize, conn);
	sqlite3_progress_handler(conn->db, PROGRESS_STEPS, progress, conn);
}

/* The file as a URI: immutable, since nobody writes to it while it is asked. */
static char *
make_uri(const char *path)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autofree char *escaped = g_uri_escape_string(absolute, "/", FALSE);

	return g_strdup_printf("file:%s?mode=ro&immutable=1", escaped);
}

int
dc_sqlite_open_reading(const char *path, sqlite3 **db, draftconv_error **error)
{
	g_autofree char *uri = make_uri(path);
	g_autoptr(sqlite3) self = NULL;
	int status = sqlite3_open_v2(uri, &self,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
			SQLITE_OPEN_EXRESCODE,
		NULL);

	if (status != SQLITE_OK)
		return dc_sqlite_error(self, status, path, error);
	status = dc_sqlite_harden(self, error);
	if (status < 0)
		return status;
	*db = g_steal_pointer(&self);
	return DRAFTCONV_OK;
}

/*
 * The database of all tables is a name for SQLite's main one, so that "webmail.drafts" is a table, too.
 * @return NULL when they are of none, or of several
 */
static const char *
find_database(const dc_stage *stage)
{
	const char *name = NULL;

	for (guint i = 0; i < stage->tables->len; i++) {
		const dc_stage_table *table = stage->tables->pdata[i];

		if (name != NULL && strcmp(name, table->database) != 0)
			return NULL;
		name = table->database;
	}
	if (name == NULL || *name == '\0' || g_ascii_strcasecmp(name, "temp") == 0 ||
		g_ascii_strcasecmp(name, "main") == 0)
		return NULL;
	return name;
}

static int
open_conn(dc_stage_conn *conn, draftconv_error **error)
{
	static const char setup[] = "PRAGMA query_only=1; PRAGMA cache_size=-4000; BEGIN";
	int status = dc_sqlite_open_reading(conn->stage->path, &conn->db, error);

	if (status >= 0)
		status = dc_sql_install(conn->db, conn->stage, &conn->sql, error);
	if (status >= 0)
		status = dc_sqlite_run(conn->db, setup, error);
	if (status < 0)
		return status;
	conn->database = find_database(conn->stage);
	if (conn->database != NULL)
		(void)sqlite3_db_config(conn->db, SQLITE_DBCONFIG_MAINDBNAME, conn->database);
	return DRAFTCONV_OK;
}

int
dc_stage_connect(dc_stage *stage, dc_stage_conn **conn, draftconv_error **error)
{
	g_autoptr(dc_stage_conn) self = g_new0(dc_stage_conn, 1);

	self->stage = stage;
	int status = open_conn(self, error);
	if (status < 0)
		return status;
	self->sql->cancel = stage->cancel;
	self->steps_max =
		(stage->steps_base + DC_SQL_STEPS_PER_ROW * MIN(stage->rows, G_MAXUINT32)) /
		PROGRESS_STEPS;
	self->sql->work_max =
		DC_SQL_WORK_BASE +
		DC_SQL_WORK_PER_BYTE * MIN(stage->long_bytes, G_GUINT64_CONSTANT(1) << 56);
	dc_conn_guard(self);
	*conn = g_steal_pointer(&self);
	return DRAFTCONV_OK;
}

void
dc_stage_conn_free(dc_stage_conn *conn)
{
	if (conn == NULL)
		return;
	sqlite3_close_v2(conn->db);
	g_free(conn->refused);
	g_free(conn);
}

void
dc_stage_conn_set_cancel(dc_stage_conn *conn, const gint *cancel)
{
	conn->sql->cancel = cancel;
}
