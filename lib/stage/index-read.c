/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Using an index. It is hostile input: nothing in it is believed that is not checked here or when used. */
#include "lib/source/source.h"
#include "lib/stage/index.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static int refuse(char **why_not, const char *format, ...) G_GNUC_PRINTF(2, 3);

static int
refuse(char **why_not, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = g_strdup_vprintf(format, args);
	va_end(args);
	if (why_not != NULL)
		*why_not = text;
	else
		g_free(text);
	return 0;
}

static sqlite3_stmt *
open_select(sqlite3 *db, const char *columns, const char *table, const char *rest)
{
	g_autofree char *sql = g_strdup_printf("SELECT %s FROM \"%s\" %s", columns, table, rest);
	sqlite3_stmt *statement = NULL;

	return sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK ? statement : NULL;
}

static const char *
text_at(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text != NULL ? text : "";
}

/* Version and mark. @return 1, 0 */
static int
read_facts(dc_stage *stage, sqlite3 *db, char **why_not)
{
	g_autoptr(sqlite3_stmt) statement =
		open_select(db, "version, mark, rows, long", DC_INDEX_FACTS, "LIMIT 1");

	if (statement == NULL || sqlite3_step(statement) != SQLITE_ROW)
		return refuse(why_not, "%s: no index of draftconv", stage->path);
	if (sqlite3_column_int(statement, 0) != DC_INDEX_VERSION)
		return refuse(why_not, "%s: made by another version of draftconv", stage->path);
	const char *mark = text_at(statement, 1);
	if (!dc_mark_parse(&stage->mark, mark, strlen(mark)))
		return refuse(why_not, "%s: no index of draftconv", stage->path);
	stage->rows = (guint64)MAX(sqlite3_column_int64(statement, 2), 0);
	stage->long_bytes = (guint64)MAX(sqlite3_column_int64(statement, 3), 0);
	return 1;
}

/* Whether the source is the one that was read. @return 1, 0, negative error */
static int
check_inputs(const dc_stage *stage, sqlite3 *db, draftconv_source *source, char **why_not,
	draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = open_select(
		db, "input, fingerprint, size, mtime", DC_INDEX_INPUTS, "ORDER BY input");
	size_t count = draftconv_source_count(source);
	size_t same = 0;

	while (statement != NULL && sqlite3_step(statement) == SQLITE_ROW) {
		guint8 fingerprint[DC_SOURCE_FINGERPRINT_SIZE];
		g_autoptr(GString) hex = g_string_new("");
		guint64 size;
		gint64 mtime;

		if (same == count || sqlite3_column_int64(statement, 0) != (gint64)same)
			break;
		int status = dc_source_fingerprint(
			source, (guint32)same, fingerprint, &size, &mtime, error);
		if (status < 0)
			return status;
		for (gsize i = 0; i < sizeof fingerprint; i++)
			g_string_append_printf(hex, "%02x", fingerprint[i]);
		if (status == 0 || strcmp(hex->str, text_at(statement, 1)) != 0 ||
			(guint64)sqlite3_column_int64(statement, 2) != size ||
			sqlite3_column_int64(statement, 3) != mtime)
			break;
		same++;
	}
	if (same != count || (statement != NULL && sqlite3_data_count(statement) > 0))
		return refuse(why_not, "%s: the source has changed since; make the index again",
			stage->path);
	return 1;
}

static void
read_columns(dc_stage_table *table, sqlite3 *db, gint64 t)
{
	g_autofree char *rest = g_strdup_printf("WHERE t = %lld ORDER BY rowid", (long long)t);
	g_autoptr(sqlite3_stmt) statement = open_select(
		db, "name, type, charset, collation, is_integer, clients", DC_INDEX_COLUMNS, rest);

	while (statement != NULL && sqlite3_step(statement) == SQLITE_ROW &&
		table->columns->len < DC_COLUMNS_MAX) {
		dc_stage_column *column = dc_column_new(text_at(statement, 0),
			text_at(statement, 1), text_at(statement, 2), text_at(statement, 3));

		/* What nothing declared was found to be integers, or not. */
		if (column->type[0] == '\0' && sqlite3_column_int(statement, 4) != 0) {
			column->affinity = DC_STAGE_INTEGER;
			column->is_text = false;
		}
		if (sqlite3_column_type(statement, 5) != SQLITE_NULL) {
			const char *clients = text_at(statement, 5);
			g_auto(GStrv) words =
				clients[0] != '\0' ? g_strsplit(clients, " ", 16) : NULL;

			if (words == NULL)
				dc_column_add_client(column, "");
			for (char **word = words; word != NULL && *word != NULL; word++)
				dc_column_add_client(column, *word);
		}
		g_ptr_array_add(table->columns, column);
	}
}

static void
read_keys(dc_stage_table *table, sqlite3 *db, gint64 t)
{
	g_autofree char *rest = g_strdup_printf("WHERE t = %lld ORDER BY k, rowid", (long long)t);
	g_autoptr(sqlite3_stmt) statement =
		open_select(db, "k, is_primary, is_unique, name", DC_INDEX_KEYS, rest);
	dc_stage_key *key = NULL;
	gint64 number = -1;

	while (statement != NULL && sqlite3_step(statement) == SQLITE_ROW &&
		table->keys->len < DC_COLUMNS_MAX) {
		if (key == NULL || sqlite3_column_int64(statement, 0) != number) {
			number = sqlite3_column_int64(statement, 0);
			key = g_new0(dc_stage_key, 1);
			key->primary = sqlite3_column_int(statement, 1) != 0;
			key->unique = sqlite3_column_int(statement, 2) != 0;
			key->columns = g_new0(char *, 1);
			g_ptr_array_add(table->keys, key);
		}
		guint count = g_strv_length(key->columns);
		key->columns = g_renew(char *, key->columns, count + 2);
		key->columns[count] = g_strdup(text_at(statement, 3));
		key->columns[count + 1] = NULL;
	}
}

static void
read_tables(dc_stage *stage, sqlite3 *db)
{
	g_autoptr(sqlite3_stmt) statement =
		open_select(db, "t, db, name, rows, rowid_key", DC_INDEX_TABLES, "ORDER BY t");

	while (statement != NULL && sqlite3_step(statement) == SQLITE_ROW &&
		stage->tables->len < DC_STAGE_TABLES_MAX) {
		dc_stage_table *table = dc_table_new(text_at(statement, 1), text_at(statement, 2));

		table->rows = (guint64)MAX(sqlite3_column_int64(statement, 3), 0);
		table->has_integer_key = sqlite3_column_int(statement, 4) != 0;
		read_columns(table, db, sqlite3_column_int64(statement, 0));
		read_keys(table, db, sqlite3_column_int64(statement, 0));
		g_ptr_array_add(stage->tables, table);
		g_hash_table_insert(stage->by_name, g_ascii_strdown(table->name, -1), table);
	}
}

static void
read_findings(dc_stage *stage, sqlite3 *db)
{
	g_autoptr(sqlite3_stmt) statement =
		open_select(db, "code, detail", DC_INDEX_FINDINGS, "ORDER BY rowid");

	while (statement != NULL && sqlite3_step(statement) == SQLITE_ROW) {
		static const enum dc_finding_code known[] = {DC_FINDING_TABLE_DROPPED,
			DC_FINDING_ROW_REPLACED, DC_FINDING_ROW_KEY_REPLACED,
			DC_FINDING_TABLE_UNUSABLE};
		static const char *const names[] = {
			"table-dropped", "row-replaced", "row-key-replaced", "table-unusable"};

		for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
			if (strcmp(names[i], text_at(statement, 0)) == 0)
				dc_findings_add(
					stage->findings, known[i], "", "%s", text_at(statement, 1));
	}
}

/*
 * The file's schema against what its tables say: no view, trigger, index, virtual table or expression of
 * somebody else's. A CREATE TABLE that ALTER TABLE wrote is compared by its columns' text as well.
 */
static int
check_schema(const dc_stage *stage, sqlite3 *db, char **why_not)
{
	g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(sqlite3_stmt) statement = open_select(db, "sql", "sqlite_master", "");

	for (gsize i = 0; dc_index_schema[i] != NULL; i++)
		g_hash_table_add(wanted, g_strdup(dc_index_schema[i]));
	for (guint i = 0; i < stage->tables->len; i++) {
		const dc_stage_table *table = stage->tables->pdata[i];

		if (table->columns->len == 0 || dc_builder_is_reserved(table->name))
			return refuse(why_not, "%s: no index of draftconv", stage->path);
		g_hash_table_add(wanted, dc_table_create_sql(table, table->name));
		g_autoptr(GPtrArray) keys = dc_index_key_sql(table);
		for (guint k = 0; k < keys->len; k++)
			g_hash_table_add(wanted, g_strdup(keys->pdata[k]));
	}
	/* ANALYZE made it, if there was anything to count. */
	static const char statistics[] = "CREATE TABLE sqlite_stat1(tbl,idx,stat)";

	guint found = 0;
	while (statement != NULL && sqlite3_step(statement) == SQLITE_ROW) {
		if (strcmp(text_at(statement, 0), statistics) == 0)
			continue;
		if (!g_hash_table_contains(wanted, text_at(statement, 0)))
			return refuse(
				why_not, "%s: holds what no index of draftconv holds", stage->path);
		found++;
	}
	if (found != g_hash_table_size(wanted))
		return refuse(why_not, "%s: no index of draftconv", stage->path);
	return 1;
}

int
dc_index_read(dc_stage *stage, sqlite3 *db, draftconv_source *source, char **why_not,
	draftconv_error **error)
{
	int status = read_facts(stage, db, why_not);

	if (status > 0)
		status = check_inputs(stage, db, source, why_not, error);
	if (status <= 0)
		return status;
	read_tables(stage, db);
	status = check_schema(stage, db, why_not);
	if (status > 0)
		read_findings(stage, db);
	return status;
}

int
dc_stage_load_index(draftconv_source *source, const dc_stage_options *options, const char *path,
	dc_stage **stage, char **why_not, draftconv_error **error)
{
	g_autoptr(dc_stage) self = dc_stage_alloc(options != NULL ? options->temp_dir : NULL);
	g_autoptr(sqlite3) db = NULL;
	g_autofree char *values = g_strconcat(path, DC_INDEX_VALUES, NULL);
	GStatBuf facts;

	if (g_stat(path, &facts) != 0)
		return refuse(why_not, "%s: %s", path, g_strerror(errno));
	if (!S_ISREG(facts.st_mode))
		return refuse(why_not, "%s: no index of draftconv", path);
	self->path = g_strdup(path);
	self->store = dc_store_new_source(source);
	if (options != NULL && options->steps_base > 0)
		self->steps_base = options->steps_base;
	if (dc_sqlite_open_reading(path, &db, NULL) < 0)
		return refuse(why_not, "%s: no index of draftconv", path);

	int status = dc_index_read(self, db, source, why_not, error);
	if (status > 0 && g_file_test(values, G_FILE_TEST_EXISTS)) {
		int used = dc_source_use_spool(source, values, error);

		status = used < 0 ? used : 1;
	}
	if (status > 0)
		*stage = g_steal_pointer(&self);
	return status;
}
