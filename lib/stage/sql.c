/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every SQLite connection of a stage gets: functions, collations, limits; and its messages. */
#include "lib/stage/internal.h"

#include <string.h>

/* SQLite's own functions that treat values as they are and so pass handles on, or count them as 0. */
static const char *const passing_functions[] = {"abs", "coalesce", "count", "cume_dist",
	"dense_rank", "first_value", "group_concat", "ifnull", "iif", "lag", "last_value", "lead",
	"max", "min", "nth_value", "ntile", "nullif", "percent_rank", "rank", "round", "row_number",
	"sum", "total"};

static const char *const utf8_functions[] = {
	"form_field", "from_charset", "html_unescape", "json_field", "php_field"};

static const struct dc_function *const function_tables[] = {
	dc_functions_bytes, dc_functions_match, dc_functions_decode, dc_functions_field};

static bool
is_listed(const char *name, const char *const *list, gsize count)
{
	for (gsize i = 0; i < count; i++)
		if (g_ascii_strcasecmp(name, list[i]) == 0)
			return true;
	return false;
}

bool
dc_function_allowed(const char *name)
{
	if (is_listed(name, passing_functions, G_N_ELEMENTS(passing_functions)))
		return true;
	for (gsize i = 0; i < G_N_ELEMENTS(function_tables); i++)
		for (const struct dc_function *f = function_tables[i]; f->name != NULL; f++)
			if (g_ascii_strcasecmp(name, f->name) == 0)
				return true;
	return false;
}

bool
dc_function_gives_utf8(const char *name)
{
	return is_listed(name, utf8_functions, G_N_ELEMENTS(utf8_functions));
}

bool
dc_sql_work(dc_sql *sql, gsize bytes)
{
	sql->work += bytes;
	if (sql->work > sql->work_max)
		sql->ran_away = true;
	return !sql->ran_away && (sql->cancel == NULL || g_atomic_int_get(sql->cancel) == 0);
}

static void
sql_free(void *data)
{
	dc_sql *sql = data;

	draftconv_error_free(sql->failed);
	g_free(sql);
}

int
dc_sql_install(sqlite3 *db, const dc_stage *stage, dc_sql **sql, draftconv_error **error)
{
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	dc_sql *self = g_new0(dc_sql, 1);
	int status;

	self->stage = stage;
	self->work_max = G_MAXUINT64;
	/* This name, which no statement may call, carries what the others use to the connection's end. */
	status = sqlite3_create_function_v2(db, "draftconv_state", 0, flags, self,
		dc_functions_bytes[0].call, NULL, NULL, sql_free);
	for (gsize i = 0; i < G_N_ELEMENTS(function_tables) && status == SQLITE_OK; i++)
		for (const struct dc_function *f = function_tables[i];
			f->name != NULL && status == SQLITE_OK; f++)
			status = sqlite3_create_function_v2(db, f->name, f->argument_count, flags,
				self, f->call, NULL, NULL, NULL);
	if (status == SQLITE_OK)
		status = dc_collations_install(db, self);
	if (status != SQLITE_OK)
		return dc_sqlite_error(db, status, "functions", error);
	*sql = self;
	return DRAFTCONV_OK;
}

int
dc_sqlite_error(sqlite3 *db, int status, const char *what, draftconv_error **error)
{
	const char *message = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(status);
	int code;

	switch (status & 0xff) {
	case SQLITE_NOMEM:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		code = DRAFTCONV_ERROR_TEMPORARY;
		break;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		code = DRAFTCONV_ERROR_OUTPUT;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		code = DRAFTCONV_ERROR_DAMAGED;
		break;
	default:
		code = DRAFTCONV_ERROR_PROFILE;
		break;
	}
	if (code == DRAFTCONV_ERROR_OUTPUT && db != NULL)
		return dc_error_set(error, code,
			"temporary file %s: %s; choose another place with --temp-dir",
			sqlite3_db_filename(db, "main"), message);
	return dc_error_set(error, code, "%s: %s", what, message);
}

int
dc_sqlite_run(sqlite3 *db, const char *sql, draftconv_error **error)
{
	int status = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return status == SQLITE_OK ? DRAFTCONV_OK : dc_sqlite_error(db, status, "stage", error);
}

int
dc_sqlite_harden(sqlite3 *db, draftconv_error **error)
{
	static const struct {
		int option;
		int value;
	} options[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	};
	static const struct {
		int limit;
		int value;
	} limits[] = {
		/* Functions stop at DC_SQL_VALUE_MAX themselves; the row that holds the value is longer. */
		{SQLITE_LIMIT_LENGTH, DC_SQL_VALUE_MAX + 65536},
		{SQLITE_LIMIT_SQL_LENGTH, DC_SQL_TEXT_MAX},
		{SQLITE_LIMIT_COLUMN, DC_COLUMNS_MAX},
		{SQLITE_LIMIT_EXPR_DEPTH, 500},
		{SQLITE_LIMIT_COMPOUND_SELECT, 200},
		{SQLITE_LIMIT_VDBE_OP, 1000000},
		{SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_VARIABLE_NUMBER, DC_COLUMNS_MAX},
		{SQLITE_LIMIT_WORKER_THREADS, 0},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
		(void)sqlite3_db_config(db, options[i].option, options[i].value, NULL);
	(void)sqlite3_drop_modules(db, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(limits); i++)
		(void)sqlite3_limit(db, limits[i].limit, limits[i].value);
	return dc_sqlite_run(db, "PRAGMA cell_size_check=1; PRAGMA mmap_size=0", error);
}
