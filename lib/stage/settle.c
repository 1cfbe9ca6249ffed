/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of staging: rows that came twice, columns that nothing declared, counts. */
#include "lib/stage/builder.h"

#include <string.h>

static const dc_stage_key *
primary_key(const dc_stage_table *table)
{
	for (guint i = 0; i < table->keys->len; i++) {
		const dc_stage_key *key = table->keys->pdata[i];

		if (key->primary)
			return key;
	}
	return NULL;
}

/* MySQL 8's collations (0900) and MariaDB's NOPAD ones count trailing blanks. */
static bool
counts_blanks(const dc_stage_table *table, const char *name)
{
	const dc_stage_column *column = dc_stage_column_find(table, name);

	return column != NULL && (strstr(column->collation, "_0900_") != NULL ||
					 strstr(column->collation, "nopad") != NULL);
}

/* What SQLite calls the order of the rows: whichever name no column took. NULL: all are taken. */
static const char *
rowid_name(const dc_stage_table *table)
{
	static const char *const names[] = {"rowid", "_rowid_", "oid"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (dc_stage_column_find(table, names[i]) == NULL)
			return names[i];
	return NULL;
}

/* Of rows with one key the last stays; those of INSERT IGNORE only where there is no other, and the
 * first of them. Rows without a key are nobody's double. */
static char *
delete_sql(const dc_stage_table *table, const dc_stage_key *key, const char *rowid, guint index)
{
	g_autofree char *name = dc_sql_quote(table->name);
	g_autoptr(GString) columns = g_string_new("");
	g_autoptr(GString) not_null = g_string_new("");

	for (char **column = key->columns; *column != NULL; column++) {
		g_autofree char *quoted = dc_sql_quote(*column);
		const char *comma = columns->len > 0 ? ", " : "";

		g_string_append_printf(columns, "%sd.%s", comma, quoted);
		if (counts_blanks(table, *column))
			g_string_append_printf(columns, ", length(d.%s)", quoted);
		g_string_append_printf(
			not_null, "%sd.%s IS NOT NULL", not_null->len > 0 ? " AND " : "", quoted);
	}
	return g_strdup_printf(
		"DELETE FROM %s WHERE %s IN (SELECT d.%s FROM %s AS d WHERE %s) AND %s NOT IN"
		" (SELECT coalesce(max(CASE WHEN i.id IS NULL THEN d.%s END), min(d.%s))"
		" FROM %s AS d LEFT JOIN temp.ignored AS i ON i.t = %u AND i.id = d.%s"
		" WHERE %s GROUP BY %s)",
		name, rowid, rowid, name, not_null->str, rowid, rowid, rowid, name, index, rowid,
		not_null->str, columns->str);
}

static int
count_rows(dc_stage_builder *builder, const dc_stage_table *table, guint64 *rows,
	draftconv_error **error)
{
	g_autofree char *name = dc_sql_quote(table->name);
	g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", name);
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = sqlite3_prepare_v2(builder->db, sql, -1, &statement, NULL);

	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	if (status != SQLITE_ROW)
		return dc_sqlite_error(builder->db, status, table->name, error);
	*rows = (guint64)sqlite3_column_int64(statement, 0);
	return DRAFTCONV_OK;
}

static int
remove_doubles(
	dc_stage_builder *builder, struct dc_filling *filling, guint index, draftconv_error **error)
{
	dc_stage_table *table = filling->table;
	int status = DRAFTCONV_OK;

	table->rows = filling->taken;
	if (filling->integer_key < 0) {
		const dc_stage_key *key = primary_key(table);
		const char *rowid = rowid_name(table);

		/* Without an order the doubles stay, and drafts made of them fail as not unique. */
		if (!filling->repeated || key == NULL || rowid == NULL)
			return DRAFTCONV_OK;
		g_autofree char *sql = delete_sql(table, key, rowid, index);
		status = dc_sqlite_run(builder->db, sql, error);
	} else if (filling->in_order) {
		return DRAFTCONV_OK;
	}
	if (status >= 0)
		status = count_rows(builder, table, &table->rows, error);
	if (status < 0)
		return status;
	if (table->rows < filling->taken)
		dc_findings_add(builder->stage->findings, DC_FINDING_ROW_REPLACED, "",
			"table %s: %" G_GUINT64_FORMAT " row%s", table->name,
			filling->taken - table->rows, filling->taken - table->rows == 1 ? "" : "s");
	return DRAFTCONV_OK;
}

/* Columns that nothing declared and that held only integers are integers: one copy of the table. */
static int
find_integers(dc_stage_builder *builder, struct dc_filling *filling, draftconv_error **error)
{
	bool found = false;

	if (filling->taken == 0)
		return DRAFTCONV_OK;
	for (guint i = 0; i < filling->table->columns->len; i++) {
		dc_stage_column *column = filling->table->columns->pdata[i];

		if (column->type[0] != '\0' || column->affinity != DC_STAGE_TEXT ||
			filling->has_words->data[i] != 0)
			continue;
		column->affinity = DC_STAGE_INTEGER;
		column->is_text = false;
		found = true;
	}
	return found ? dc_builder_rewrite(builder, filling, error) : DRAFTCONV_OK;
}

int
dc_builder_settle(dc_stage_builder *builder, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < builder->fillings->len && status >= 0; i++) {
		struct dc_filling *filling = builder->fillings->pdata[i];

		status = remove_doubles(builder, filling, i, error);
		if (status >= 0)
			status = find_integers(builder, filling, error);
		builder->stage->rows += filling->table->rows;
	}
	return status;
}

int
dc_builder_close(dc_stage_builder *builder, dc_stage **stage, draftconv_error **error)
{
	int status = dc_sqlite_run(builder->db, "COMMIT", error);

	if (status < 0)
		return status;
	*stage = g_steal_pointer(&builder->stage);
	g_ptr_array_set_size(builder->fillings, 0);
	sqlite3_close_v2(g_steal_pointer(&builder->db));
	return DRAFTCONV_OK;
}
