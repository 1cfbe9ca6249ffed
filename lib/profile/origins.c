/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a row of the plan back to the rows of the source that it was made of. */
#include "lib/profile/reader.h"

#include <string.h>

struct search {
	dc_plan_reader *reader;
	const dc_plan_row *row;
	const struct dc_prepared *shape;
	int (*each)(void *user, const struct dc_plan_origin *origin, draftconv_error **error);
	void *user;
};

/* ---- the source row ---- */

/*
 * What the row says of a column, as a condition; long values and reals are passed over. The second half
 * keeps the collation from taking another row for this one, the first lets an index help.
 */
static bool
append_condition(
	GString *sql, guint index, const char *name, const struct dc_plan_value *value, bool first)
{
	const bool is_text = value->type == DC_PLAN_TEXT && value->data != NULL;

	if (!is_text && value->type != DC_PLAN_NULL && value->type != DC_PLAN_INTEGER)
		return false;
	g_string_append(sql, first ? " WHERE " : " AND ");
	dc_sql_append_name(sql, name);
	if (value->type == DC_PLAN_NULL)
		g_string_append(sql, " IS NULL");
	else if (value->type == DC_PLAN_INTEGER)
		g_string_append_printf(sql, " IS %" G_GINT64_FORMAT, value->integer);
	else {
		g_string_append_printf(sql, " IS :p%u AND ", index);
		dc_sql_append_name(sql, name);
		g_string_append_printf(sql, " IS :p%u COLLATE BINARY", index);
	}
	return true;
}

/* SELECT all columns of TABLE where they are what the row says. @return NULL when it says too little */
static char *
build_statement(const struct search *search, const dc_stage_table *table)
{
	g_autoptr(GString) sql = g_string_new("SELECT ");
	bool first = true;
	bool told = false;

	for (guint i = 0; i < table->columns->len; i++) {
		const dc_stage_column *column = table->columns->pdata[i];

		g_string_append(sql, i == 0 ? "" : ", ");
		dc_sql_append_name(sql, column->name);
	}
	g_string_append(sql, " FROM ");
	dc_sql_append_name(sql, table->name);
	for (guint i = 0; i < search->shape->names->len; i++) {
		const struct dc_plan_value *value = dc_plan_row_at(search->row, i);
		const struct dc_prepared_column *origin = &search->shape->origins[i];

		if (origin->table != table ||
			!append_condition(sql, i, origin->column->name, value, first))
			continue;
		first = false;
		told = told || value->type != DC_PLAN_NULL;
	}
	g_string_append(sql, " LIMIT 2");
	return told ? g_string_free(g_steal_pointer(&sql), FALSE) : NULL;
}

static int
bind_values(const struct search *search, dc_stage_query *query, draftconv_error **error)
{
	const char *name;

	for (size_t i = 0; (name = dc_stage_query_parameter(query, i)) != NULL; i++) {
		const guint64 index = g_ascii_strtoull(name + 1, NULL, 10);
		const struct dc_plan_value *value = dc_plan_row_at(search->row, index);
		const int status =
			dc_stage_query_bind_text(query, name, value->data, value->size, error);

		if (status < 0)
			return status;
	}
	return DRAFTCONV_OK;
}

/* The rows of TABLE, at most two, that are as the row says. */
static int
find_rows(const struct search *search, const dc_stage_table *table, struct dc_prepared **found,
	dc_plan_row *rows[2], draftconv_error **error)
{
	g_autofree char *sql = build_statement(search, table);
	const struct dc_statement statement = {.kind = search->shape->statement->kind, .sql = sql};
	guint count = 0;

	if (sql == NULL)
		return 0;
	int status = dc_prepared_new(search->reader->conn, &statement, found, NULL, error);
	if (status < 0 || (*found)->query == NULL)
		return status;
	(*found)->statement = search->shape->statement;
	status = bind_values(search, (*found)->query, error);
	while (status >= 0 && count < 2) {
		status = dc_stage_query_step((*found)->query, error);
		if (status <= 0)
			break;
		status = dc_plan_row_from_query(*found, (*found)->query, &rows[count], error);
		if (status >= 0)
			count++;
	}
	return status < 0 ? status : (int)count;
}

static bool
is_same(const struct dc_plan_value *a, const struct dc_plan_value *b)
{
	if (a->type != b->type || a->content != NULL || b->content != NULL)
		return false;
	return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

/* ---- telling ---- */

static bool
is_read(const struct search *search, const dc_stage_column *column)
{
	const GPtrArray *shapes = search->reader->plan->shapes;

	for (guint i = 0; i < shapes->len; i++) {
		const struct dc_prepared *shape = shapes->pdata[i];

		for (guint k = 0; k < shape->reads->len; k++) {
			if (g_array_index(shape->reads, struct dc_prepared_column, k).column ==
				column)
				return true;
		}
	}
	return false;
}

/* A column of the source: once for each column of the row that it is, or once alone. */
static int
tell_column(const struct search *search, struct dc_plan_origin *origin, draftconv_error **error)
{
	bool told = false;
	int status = DRAFTCONV_OK;

	origin->is_read = is_read(search, origin->column);
	for (guint i = 0; i < search->shape->names->len && status >= 0; i++) {
		if (search->shape->origins[i].column != origin->column)
			continue;
		origin->result = dc_plan_row_at(search->row, i);
		status = search->each(search->user, origin, error);
		told = true;
	}
	origin->result = NULL;
	return told || status < 0 ? status : search->each(search->user, origin, error);
}

/* All columns of TABLE in its row, or, where that is not to be found, those that are read. */
static int
tell_rows(const struct search *search, const dc_stage_table *table, dc_plan_row *const rows[2],
	draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < table->columns->len && status >= 0; i++) {
		struct dc_plan_origin origin = {.table = table, .column = table->columns->pdata[i]};

		origin.value = dc_plan_row_at(rows[0], i);
		if (rows[1] != NULL && !is_same(origin.value, dc_plan_row_at(rows[1], i)))
			origin.value = NULL;
		status = tell_column(search, &origin, error);
	}
	return status;
}

/* Columns that the statement reads although no row of theirs stands behind the draft's. */
static int
tell_reads(const struct search *search, const dc_stage_table *table, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < search->shape->reads->len && status >= 0; i++) {
		const struct dc_prepared_column *read =
			&g_array_index(search->shape->reads, struct dc_prepared_column, i);
		const struct dc_plan_origin origin = {
			.table = table, .column = read->column, .is_read = true};

		if (read->table == table)
			status = search->each(search->user, &origin, error);
	}
	return status;
}

/* @return 1 when a row of TABLE was found and told, 0 when not */
static int
tell_table(const struct search *search, const dc_stage_table *table, draftconv_error **error)
{
	struct dc_prepared *found = NULL;
	dc_plan_row *rows[2] = {NULL, NULL};
	int status = find_rows(search, table, &found, rows, error);

	if (status > 0) {
		status = tell_rows(search, table, rows, error);
		status = status < 0 ? status : 1;
	} else if (status == 0)
		status = tell_reads(search, table, error);
	dc_plan_row_free(rows[0]);
	dc_plan_row_free(rows[1]);
	dc_prepared_free(found);
	return status;
}

/* Values of the row that are no column of a source row that was found. */
static int
tell_computed(const struct search *search, const GHashTable *found, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < search->shape->names->len && status >= 0; i++) {
		const dc_stage_table *table = search->shape->origins[i].table;
		const struct dc_plan_value *value = dc_plan_row_at(search->row, i);
		const struct dc_plan_origin origin = {
			.result = value, .is_read = true, .value = value};

		if (table == NULL || !g_hash_table_contains((GHashTable *)(guintptr)found, table))
			status = search->each(search->user, &origin, error);
	}
	return status;
}

int
dc_plan_origins(dc_plan_reader *reader, const dc_plan_row *row,
	int (*each)(void *user, const struct dc_plan_origin *origin, draftconv_error **error),
	void *user, draftconv_error **error)
{
	const struct search search = {reader, row, dc_plan_row_shape(row), each, user};
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < search.shape->reads->len && status >= 0; i++) {
		const dc_stage_table *table =
			g_array_index(search.shape->reads, struct dc_prepared_column, i).table;

		if (!g_hash_table_add(seen, (gpointer)(guintptr)table))
			continue;
		status = tell_table(&search, table, error);
		if (status > 0)
			g_hash_table_add(found, (gpointer)(guintptr)table);
	}
	return status < 0 ? status : tell_computed(&search, found, error);
}
