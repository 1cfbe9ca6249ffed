/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which tables a source has: a scan that keeps nothing but counts. */
#include "lib/source/source.h"

#include "lib/base/init.h"

#include <string.h>

struct counted {
	const struct dc_table *table; /* lives as long as the source is not scanned again */
	uint64_t rows;
};

static struct counted *
find(GArray *tables, const struct dc_table *table)
{
	for (guint i = 0; i < tables->len; i++) {
		struct counted *counted = &g_array_index(tables, struct counted, i);

		if (counted->table == table)
			return counted;
	}
	return NULL;
}

/* No value is wanted: rows are skipped at scanning speed. */
static int
see_table(void *user, const struct dc_table *table, bool *wanted, draftconv_error **error)
{
	const struct counted counted = {.table = table};

	(void)error;
	memset(wanted, 0, table->column_count * sizeof *wanted);
	if (find(user, table) == NULL)
		g_array_append_val((GArray *)user, counted);
	return 1;
}

static int
see_row(void *user, const struct dc_row *row, draftconv_error **error)
{
	struct counted *counted = find(user, row->table);

	(void)error;
	if (counted != NULL)
		counted->rows++;
	return DRAFTCONV_OK;
}

static int
empty_table(void *user, const struct dc_table *table, draftconv_error **error)
{
	struct counted *counted = find(user, table);

	(void)error;
	if (counted != NULL)
		counted->rows = 0;
	return DRAFTCONV_OK;
}

static int
compare_tables(gconstpointer a, gconstpointer b)
{
	const struct dc_table *x = ((const struct counted *)a)->table;
	const struct dc_table *y = ((const struct counted *)b)->table;
	int order = strcmp(x->database, y->database);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static int
give_table(const struct counted *counted,
	int (*callback)(void *user, const char *database, const struct draftconv_table *table,
		uint64_t rows),
	void *user)
{
	const struct dc_table *table = counted->table;
	g_autofree const char **columns = g_new0(const char *, table->column_count);
	g_autofree const char **types = g_new0(const char *, table->column_count);

	for (gsize i = 0; i < table->column_count; i++) {
		columns[i] = table->columns[i].name;
		types[i] = table->columns[i].type;
	}
	const struct draftconv_table given = {.name = table->name,
		.columns = columns,
		.types = types,
		.column_count = table->column_count};
	return callback(user, table->database, &given, counted->rows);
}

int
draftconv_source_tables(draftconv_source *source,
	int (*callback)(void *user, const char *database, const struct draftconv_table *table,
		uint64_t rows),
	void *user, draftconv_error **error)
{
	static const struct dc_source_handler handler = {
		.table = see_table, .row = see_row, .drop = empty_table, .truncate = empty_table};
	g_autoptr(GArray) tables = g_array_new(FALSE, TRUE, sizeof(struct counted));

	if (source == NULL || callback == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no source to list");
	dc_init();
	const struct dc_scan_options options = {.every_database = true};
	int status = dc_source_scan(source, &handler, tables, &options, error);
	if (status < 0)
		return status;
	g_array_sort(tables, compare_tables);
	for (guint i = 0; i < tables->len && status >= 0; i++) {
		status = give_table(&g_array_index(tables, struct counted, i), callback, user);
		if (status < 0)
			return dc_error_set(error, status, "the listing was stopped");
	}
	return DRAFTCONV_OK;
}
