/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/indexes.h"

#include "lib/base/limits.h"
#include "lib/profile/internal.h"

#include <string.h>

static void
index_free(gpointer data)
{
	struct dc_index *index = data;

	g_free(index->table);
	g_strfreev(index->columns);
	g_free(index);
}

static void
scan_free(gpointer data)
{
	struct dc_index_scan *scan = data;

	g_free(scan->plan);
	g_free(scan);
}

void
dc_index_advice_free(struct dc_index_advice *advice)
{
	if (advice == NULL)
		return;
	g_ptr_array_unref(advice->indexes);
	g_ptr_array_unref(advice->scans);
	g_free(advice);
}

/* ---- the planner ---- */

struct asking {
	const dc_stage *stage;
	sqlite3 *db;
	GHashTable *reads; /* "table\ncolumn" of the statement that is looked at */
	struct dc_index_advice *advice;
	unsigned made; /* names of the indexes */
};

/* Some statements act while they are compiled (PRAGMA): nothing but reading passes. */
static int
authorize(void *data, int action, const char *first, const char *second, const char *database,
	const char *trigger)
{
	struct asking *asking = data;

	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_READ:
		if (second != NULL && second[0] != '\0')
			g_hash_table_add(asking->reads, g_strdup_printf("%s\n%s", first, second));
		return SQLITE_OK;
	case SQLITE_SELECT:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

/* How many tables a statement reads as a whole. @return -1 when it does not compile; FIRST (may be
 * NULL): the planner's words for the first of them [transfer full] */
static int
count_scans(struct asking *asking, const char *sql, char **first)
{
	g_autofree char *explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
	g_autoptr(sqlite3_stmt) plan = NULL;
	int scans = 0;

	sqlite3_set_authorizer(asking->db, authorize, asking);
	int status = sqlite3_prepare_v2(asking->db, explain, -1, &plan, NULL);
	sqlite3_set_authorizer(asking->db, NULL, NULL);
	if (status != SQLITE_OK || plan == NULL)
		return -1;
	while (sqlite3_step(plan) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(plan, 3);

		if (detail == NULL || !g_str_has_prefix(detail, "SCAN ") ||
			g_str_has_prefix(detail, "SCAN CONSTANT ROW"))
			continue;
		if (scans == 0 && first != NULL)
			*first = g_strdup(detail);
		scans++;
	}
	return scans;
}

static bool
have_index(const struct asking *asking, const char *table, const char *const *columns)
{
	for (guint i = 0; i < asking->advice->indexes->len; i++) {
		const struct dc_index *index = asking->advice->indexes->pdata[i];

		if (g_ascii_strcasecmp(index->table, table) == 0 &&
			g_strv_equal((const char *const *)index->columns, columns))
			return true;
	}
	return false;
}

/* Try an index; keep it when the statement then scans less. @return the scans that are left */
static int
try_index(struct asking *asking, const char *sql, int scans, const char *table,
	const char *const *columns)
{
	g_autoptr(GString) create = g_string_new(NULL);
	g_autofree char *drop = g_strdup_printf("DROP INDEX draftconv_%u", asking->made);

	if (have_index(asking, table, columns))
		return scans;
	g_string_printf(create, "CREATE INDEX draftconv_%u ON ", asking->made);
	dc_sql_append_name(create, table);
	for (const char *const *column = columns; *column != NULL; column++) {
		g_string_append(create, column == columns ? " (" : ", ");
		dc_sql_append_name(create, *column);
	}
	g_string_append_c(create, ')');
	if (sqlite3_exec(asking->db, create->str, NULL, NULL, NULL) != SQLITE_OK)
		return scans;

	int left = count_scans(asking, sql, NULL);
	if (left < 0 || left >= scans) {
		sqlite3_exec(asking->db, drop, NULL, NULL, NULL);
		return scans;
	}
	asking->made++;

	struct dc_index *index = g_new0(struct dc_index, 1);
	index->table = g_strdup(table);
	index->columns = g_strdupv((char **)(uintptr_t)columns);
	g_ptr_array_add(asking->advice->indexes, index);
	return left;
}

/* ---- candidates ---- */

static bool
reads(const struct asking *asking, const char *table, const char *column)
{
	g_autofree char *name = g_strdup_printf("%s\n%s", table, column);

	return g_hash_table_contains(asking->reads, name);
}

/* The dump's own keys come first: whoever made the tables knew what is looked up. */
static int
try_keys(struct asking *asking, const char *sql, int scans, const dc_stage_table *table)
{
	for (guint i = 0; i < table->keys->len && scans > 0; i++) {
		const dc_stage_key *key = table->keys->pdata[i];

		if (key->columns[0] != NULL && reads(asking, table->name, key->columns[0]))
			scans = try_index(
				asking, sql, scans, table->name, (const char *const *)key->columns);
	}
	return scans;
}

static int
try_columns(struct asking *asking, const char *sql, int scans, const dc_stage_table *table)
{
	for (guint i = 0; i < table->columns->len && scans > 0; i++) {
		const dc_stage_column *column = table->columns->pdata[i];
		const char *const columns[] = {column->name, NULL};

		if (reads(asking, table->name, column->name))
			scans = try_index(asking, sql, scans, table->name, columns);
	}
	return scans;
}

static void
advise_statement(struct asking *asking, const struct dc_statement *statement)
{
	g_autofree char *plan = NULL;
	size_t count = dc_stage_table_count(asking->stage);

	g_hash_table_remove_all(asking->reads);
	int scans = count_scans(asking, statement->sql, NULL);
	/* A statement without parameters reads one table as a whole, and is asked once. */
	int least = statement->kind <= DC_STATEMENT_OWNERS ? 1 : 0;

	for (size_t i = 0; i < count && scans > least; i++)
		scans = try_keys(
			asking, statement->sql, scans, dc_stage_table_at(asking->stage, i));
	for (size_t i = 0; i < count && scans > least; i++)
		scans = try_columns(
			asking, statement->sql, scans, dc_stage_table_at(asking->stage, i));
	if (least > 0 || scans <= 0 || count_scans(asking, statement->sql, &plan) <= 0)
		return;

	struct dc_index_scan *scan = g_new0(struct dc_index_scan, 1);
	scan->statement = statement;
	scan->plan = g_steal_pointer(&plan);
	g_ptr_array_add(asking->advice->scans, scan);
}

int
dc_indexes_advise(const dc_stage *stage, const draftconv_profile *profile,
	struct dc_index_advice **advice, draftconv_error **error)
{
	g_autoptr(sqlite3) db = NULL;
	int status = dc_stage_open_empty(stage, &db, error);

	if (status < 0)
		return status;

	struct asking asking = {.stage = stage, .db = db};
	asking.advice = g_new0(struct dc_index_advice, 1);
	asking.advice->indexes = g_ptr_array_new_with_free_func(index_free);
	asking.advice->scans = g_ptr_array_new_with_free_func(scan_free);
	asking.reads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (int kind = 0; kind < DC_STATEMENT_KINDS; kind++) {
		for (guint i = 0; i < profile->statements[kind]->len; i++)
			advise_statement(&asking, profile->statements[kind]->pdata[i]);
	}
	g_hash_table_unref(asking.reads);
	*advice = asking.advice;
	return DRAFTCONV_OK;
}

int
dc_indexes_build(dc_stage *stage, const draftconv_profile *profile, draftconv_error **error)
{
	struct dc_index_advice *advice = NULL;
	int status = dc_indexes_advise(stage, profile, &advice, error);

	if (status < 0)
		return status;
	bool built = false;
	for (guint i = 0; i < advice->indexes->len && status >= 0; i++) {
		const struct dc_index *index = advice->indexes->pdata[i];

		status = dc_stage_create_index(
			stage, index->table, (const char *const *)index->columns, error);
		built = built || status > 0;
	}
	/* A second plan of the same profile finds all there, and writes nothing under the first one. */
	if (status >= 0 && built)
		status = dc_stage_analyze(stage, error);
	dc_index_advice_free(advice);
	return MIN(status, DRAFTCONV_OK);
}
