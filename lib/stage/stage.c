/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/internal.h"

#include <glib/gstdio.h>

static void
free_table(gpointer table)
{
	dc_table_free(table);
}

dc_stage *
dc_stage_alloc(void)
{
	dc_stage *stage = g_new0(dc_stage, 1);

	stage->tables = g_ptr_array_new_with_free_func(free_table);
	stage->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	stage->findings = dc_findings_new();
	stage->steps_base = DC_SQL_STEPS_BASE;
	return stage;
}

void
dc_stage_free(dc_stage *stage)
{
	if (stage == NULL)
		return;
	if (stage->remove_file && stage->path != NULL)
		(void)g_unlink(stage->path);
	g_hash_table_unref(stage->by_name);
	g_ptr_array_unref(stage->tables);
	dc_findings_free(stage->findings);
	dc_store_free(stage->store);
	g_free(stage->path);
	g_free(stage);
}

size_t
dc_stage_table_count(const dc_stage *stage)
{
	return stage->tables->len;
}

const dc_stage_table *
dc_stage_table_at(const dc_stage *stage, size_t index)
{
	return stage->tables->pdata[index];
}

const dc_stage_table *
dc_stage_table_find(const dc_stage *stage, const char *name)
{
	g_autofree char *folded = g_ascii_strdown(name, -1);

	return g_hash_table_lookup(stage->by_name, folded);
}

const dc_findings *
dc_stage_findings(const dc_stage *stage)
{
	return stage->findings;
}

/* ---- indexes ---- */

int
dc_stage_open_empty(const dc_stage *stage, sqlite3 **db, draftconv_error **error)
{
	g_autoptr(sqlite3) self = NULL;
	dc_sql *sql;
	int status = sqlite3_open_v2(":memory:", &self,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

	if (status != SQLITE_OK)
		return dc_sqlite_error(self, status, "memory", error);
	status = dc_sqlite_harden(self, error);
	if (status >= 0)
		status = dc_sql_install(self, stage, &sql, error);
	if (status >= 0)
		status = dc_sqlite_run(self, "PRAGMA automatic_index=0", error);
	for (guint i = 0; i < stage->tables->len && status >= 0; i++) {
		const dc_stage_table *table = stage->tables->pdata[i];
		g_autofree char *create = dc_table_create_sql(table, table->name);

		status = dc_sqlite_run(self, create, error);
	}
	if (status < 0)
		return status;
	*db = g_steal_pointer(&self);
	return DRAFTCONV_OK;
}

/* A connection that may write, for a statement or two. */
static int
run_writing(dc_stage *stage, const char *statement, draftconv_error **error)
{
	g_autoptr(sqlite3) db = NULL;
	dc_sql *sql;
	int status = sqlite3_open_v2(stage->path, &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (status != SQLITE_OK)
		return dc_sqlite_error(db, status, stage->path, error);
	status = dc_sqlite_harden(db, error);
	if (status >= 0)
		status = dc_sql_install(db, stage, &sql, error);
	if (status >= 0)
		status =
			dc_sqlite_run(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", error);
	if (status >= 0)
		status = dc_sqlite_run(db, statement, error);
	if (status < 0 || sql->failed == NULL)
		return status;
	return dc_error_set(error, draftconv_error_code(sql->failed), "%s",
		draftconv_error_message(sql->failed));
}

int
dc_stage_create_index(
	dc_stage *stage, const char *table, const char *const *columns, draftconv_error **error)
{
	const dc_stage_table *known = dc_stage_table_find(stage, table);
	g_autoptr(GString) list = g_string_new("");
	g_autoptr(GString) label = g_string_new(table);

	if (!stage->remove_file)
		return DRAFTCONV_OK;
	for (const char *const *column = columns; *column != NULL; column++) {
		g_autofree char *quoted = dc_sql_quote(*column);

		if (known == NULL || dc_stage_column_find(known, *column) == NULL)
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"no column %s in table %s", *column, table);
		g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", quoted);
		g_string_append_printf(label, " %s", *column);
	}

	g_autofree char *name = g_strconcat("by ", label->str, NULL);
	g_autofree char *quoted_name = dc_sql_quote(name);
	g_autofree char *quoted_table = dc_sql_quote(table);
	g_autofree char *sql = g_strdup_printf(
		"CREATE INDEX IF NOT EXISTS %s ON %s (%s)", quoted_name, quoted_table, list->str);
	return run_writing(stage, sql, error);
}

int
dc_stage_analyze(dc_stage *stage, draftconv_error **error)
{
	return stage->remove_file ? run_writing(stage, "ANALYZE", error) : DRAFTCONV_OK;
}
