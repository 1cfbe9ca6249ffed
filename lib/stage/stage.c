/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/internal.h"

#include "lib/base/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

static void
free_table(gpointer table)
{
	dc_table_free(table);
}

dc_stage *
dc_stage_alloc(const char *temp_dir)
{
	dc_stage *stage = g_new0(dc_stage, 1);

	stage->lock = -1;
	stage->temp_dir = g_strdup(temp_dir != NULL ? temp_dir : "/var/tmp");
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
	dc_temp_remove(stage->remove_file ? stage->path : NULL, &stage->lock);
	g_hash_table_unref(stage->by_name);
	g_ptr_array_unref(stage->tables);
	dc_findings_free(stage->findings);
	dc_store_free(stage->store);
	g_free(stage->path);
	g_free(stage->temp_dir);
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

/* An index file is not ours to change, so what goes into it goes into a copy. */
static int
own_file(dc_stage *stage, draftconv_error **error)
{
	g_autofree char *path = g_build_filename(stage->temp_dir, "draftconv-copy-XXXXXX", NULL);
	g_autoptr(GFile) from = g_file_new_for_path(stage->path);
	g_autoptr(GError) failure = NULL;
	int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path, g_strerror(errno));
	close(fd);
	g_autoptr(GFile) to = g_file_new_for_path(path);
	bool copied =
		g_file_copy(from, to, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS,
			NULL, NULL, NULL, &failure);
	if (!copied || g_chmod(path, 0600) != 0) {
		(void)g_unlink(path);
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path,
			failure != NULL ? failure->message : g_strerror(errno));
	}
	g_free(stage->path);
	stage->path = g_steal_pointer(&path);
	stage->remove_file = true;
	return DRAFTCONV_OK;
}

/* @return 1 when there is such an index, 0, or negative error */
static int
has_index(const dc_stage *stage, const char *name, draftconv_error **error)
{
	g_autoptr(sqlite3) db = NULL;
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_sqlite_open_reading(stage->path, &db, error);

	if (status < 0)
		return status;
	status = sqlite3_prepare_v2(db,
		"SELECT 1 FROM sqlite_master WHERE type = 'index' AND lower(name) = lower(?)", -1,
		&statement, NULL);
	if (status == SQLITE_OK)
		status = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	if (status != SQLITE_ROW && status != SQLITE_DONE)
		return dc_sqlite_error(db, status, stage->path, error);
	return status == SQLITE_ROW;
}

int
dc_stage_create_index(
	dc_stage *stage, const char *table, const char *const *columns, draftconv_error **error)
{
	const dc_stage_table *known = dc_stage_table_find(stage, table);
	g_autofree char *name = NULL;

	for (const char *const *column = columns; *column != NULL; column++)
		if (known == NULL || dc_stage_column_find(known, *column) == NULL)
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"no column %s in table %s", *column, table);
	if (known == NULL || *columns == NULL)
		return DRAFTCONV_OK;

	g_autofree char *sql = dc_table_index_sql(known->name, columns, &name);
	int status = has_index(stage, name, error);
	if (status != 0)
		return MIN(status, DRAFTCONV_OK);
	if (!stage->remove_file)
		status = own_file(stage, error);
	if (status >= 0)
		status = run_writing(stage, sql, error);
	return status < 0 ? status : 1;
}

int
dc_stage_analyze(dc_stage *stage, draftconv_error **error)
{
	return stage->remove_file ? run_writing(stage, "ANALYZE", error) : DRAFTCONV_OK;
}
