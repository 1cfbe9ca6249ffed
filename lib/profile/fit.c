/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How well a profile fits a source that was read: its statements on an empty stage of the same tables. No
 * row is needed for that, so it works on what can be read only once, and costs nothing on a large dump.
 */
#include "lib/base/init.h"
#include "lib/profile/statements.h"
#include "lib/source/source.h"

#include <string.h>

/* Columns of one table; names of earlier ones win. */
struct columns {
	GArray *list; /* dc_stage_definition */
	GHashTable *names;
	GStringChunk *texts;
};

static void
add_column(struct columns *columns, const struct dc_column *column)
{
	char *folded = g_ascii_strdown(column->name, -1);
	const dc_stage_definition definition = {
		.name = g_string_chunk_insert(columns->texts, column->name),
		.type = g_string_chunk_insert(columns->texts, column->type),
		.charset = g_string_chunk_insert(columns->texts, column->charset),
		.collation = g_string_chunk_insert(columns->texts, column->collation)};

	if (g_hash_table_add(columns->names, folded))
		g_array_append_val(columns->list, definition);
}

/* "c1", "c2", …: what columns are called that nobody names. */
static bool
is_numbered(const struct dc_column *column, gsize place)
{
	g_autofree char *name = g_strdup_printf("c%" G_GSIZE_FORMAT, place + 1);

	return strcmp(column->name, name) == 0;
}

/* The profile's own schema counts for tables that the source does not define. */
struct schema_columns {
	const char *table;
	struct columns *columns;
};

static int
take_schema(void *user, const struct dc_table *table, bool *wanted, draftconv_error **error)
{
	const struct schema_columns *taking = user;

	(void)wanted;
	(void)error;
	if (g_ascii_strcasecmp(table->name, taking->table) == 0)
		for (gsize i = 0; i < table->column_count; i++)
			add_column(taking->columns, &table->columns[i]);
	return 0;
}

static int
gather_columns(const struct dc_table *table, const char *schema, struct columns *columns,
	draftconv_error **error)
{
	static const struct dc_source_handler handler = {.table = take_schema};
	struct schema_columns taking = {.table = table->name, .columns = columns};
	int status = DRAFTCONV_OK;

	if (table->origin == DC_TABLE_ASSUMED && schema != NULL)
		status = dc_source_parse_schema(schema, &handler, &taking, error);
	const bool numbered = columns->list->len > 0;
	for (gsize i = 0; i < table->column_count; i++) {
		if (!numbered || !is_numbered(&table->columns[i], i))
			add_column(columns, &table->columns[i]);
	}
	return status;
}

static int
add_table(dc_stage_builder *builder, const struct dc_table *table, const char *schema,
	draftconv_error **error)
{
	struct columns columns = {.list = g_array_new(FALSE, FALSE, sizeof(dc_stage_definition)),
		.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.texts = g_string_chunk_new(1024)};
	int status = gather_columns(table, schema, &columns, error);

	if (status >= 0 && columns.list->len > 0)
		status = dc_stage_builder_table(builder, table->name,
			(const dc_stage_definition *)(gconstpointer)columns.list->data,
			columns.list->len, NULL, error);
	g_array_unref(columns.list);
	g_hash_table_unref(columns.names);
	g_string_chunk_free(columns.texts);
	return status;
}

/* One of each name: of a table that stands in several databases the first. */
static int
build_stage(const draftconv_profile *profile, const draftconv_source *source, dc_stage **stage,
	draftconv_error **error)
{
	g_autoptr(dc_stage_builder) builder = NULL;
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	size_t count = 0;
	const char *const *sql = dc_profile_sql(profile, &count);
	const dc_stage_options options = {.statements = sql, .statement_count = count};
	int status = dc_stage_builder_new(&options, &builder, error);

	for (size_t i = 0; i < dc_source_table_count(source) && status >= 0; i++) {
		const struct dc_table *table = dc_source_table_at(source, i);

		if (g_hash_table_add(names, g_ascii_strdown(table->name, -1)))
			status = add_table(builder, table, profile->schema, error);
	}
	return status < 0 ? status : dc_stage_builder_finish(builder, stage, error);
}

static void
tell_used(const struct dc_prepared *prepared, const struct draftconv_fit_handler *handler)
{
	const dc_stage_table *table = NULL;
	const dc_stage_column *column = NULL;

	for (size_t i = 0; dc_stage_query_read(prepared->query, i, &table, &column); i++)
		if (handler->used != NULL)
			handler->used(handler->user, table->name, column->name);
}

/* Count, and say what is missing. */
static void
judge(const GPtrArray *all, dc_problems *problems, struct draftconv_profile_fit *fit,
	const struct draftconv_fit_handler *handler)
{
	bool drafts_missing = false;

	for (guint i = 0; i < all->len; i++) {
		const struct dc_prepared *p = all->pdata[i];
		const bool drafts = p->statement->kind == DC_STATEMENT_DRAFTS;

		fit->statements++;
		if (p->query != NULL) {
			fit->fitting++;
			tell_used(p, handler);
		}
		if (p->missing == NULL)
			continue;
		drafts_missing = drafts_missing || drafts;
		dc_problems_add(problems, p->statement->line,
			drafts ? DRAFTCONV_SEVERITY_ERROR : DRAFTCONV_SEVERITY_WARNING, "<%s>: %s",
			dc_statement_kind_name(p->statement->kind), p->missing);
	}
	dc_problems_sort(problems);
	for (size_t i = 0; i < dc_problems_count(problems); i++) {
		const struct dc_problem *p = dc_problems_at(problems, i);

		if (handler->problem != NULL)
			handler->problem(handler->user, p->line, p->severity, p->message);
	}
	fit->fits = !drafts_missing && !dc_problems_have_errors(problems);
}

int
draftconv_profile_fits(const draftconv_profile *profile, const struct draftconv_source *source,
	struct draftconv_profile_fit *fit, size_t size, const struct draftconv_fit_handler *handler,
	draftconv_error **error)
{
	g_autoptr(dc_problems) problems = dc_problems_new();
	g_autoptr(dc_stage) stage = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(GPtrArray) all = NULL;
	struct draftconv_fit_handler told = {0};
	struct draftconv_profile_fit result = {0};

	if (profile == NULL || source == NULL || fit == NULL)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "a fit needs a profile and a source");
	dc_init();
	if (handler != NULL)
		memcpy(&told, handler, MIN(handler->struct_size, sizeof told));
	int status = build_stage(profile, source, &stage, error);
	if (status >= 0)
		status = dc_stage_connect(stage, &conn, error);
	if (status >= 0)
		status = dc_prepared_all(conn, profile, &all, problems, error);
	if (status < 0)
		return status;
	judge(all, problems, &result, &told);
	g_clear_pointer(&all, g_ptr_array_unref);
	memset(fit, 0, size);
	memcpy(fit, &result, MIN(size, sizeof result));
	return DRAFTCONV_OK;
}
