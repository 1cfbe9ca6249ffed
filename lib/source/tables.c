/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which tables a source has: a scan that keeps nothing but counts, of rows and of the character sets that
 * the beginnings of texts look like.
 */
#include "lib/source/source.h"

#include "lib/base/init.h"
#include "lib/base/limits.h"
#include "lib/source/internal.h"
#include "lib/text/charset.h"

#include <string.h>

struct counted {
	const struct dc_table *table; /* lives as long as the source is not scanned again */
	uint64_t rows;
	GArray *seen; /* struct draftconv_column_seen, one per column */
};

static void
counted_free(gpointer data)
{
	struct counted *counted = data;

	if (counted == NULL)
		return;
	g_array_unref(counted->seen);
	g_free(counted);
}

static struct counted *
find(const GPtrArray *tables, const struct dc_table *table)
{
	return table->id < tables->len ? tables->pdata[table->id] : NULL;
}

static bool
is_text(const struct dc_column *column)
{
	return dc_type_is_text(column->type);
}

/* Of other columns no value is wanted: they are skipped at scanning speed. */
static int
see_table(void *user, const struct dc_table *table, bool *wanted, draftconv_error **error)
{
	GPtrArray *tables = user;
	struct counted *counted = find(tables, table);

	(void)error;
	for (gsize i = 0; i < table->column_count; i++)
		wanted[i] = is_text(&table->columns[i]);
	if (counted == NULL) {
		counted = g_new0(struct counted, 1);
		counted->table = table;
		counted->seen = g_array_new(FALSE, TRUE, sizeof(struct draftconv_column_seen));
		if (table->id >= tables->len)
			g_ptr_array_set_size(tables, (int)table->id + 1);
		tables->pdata[table->id] = counted;
	}
	g_array_set_size(counted->seen, (guint)table->column_count);
	return 1;
}

/* ISO-2022 in seven bits: ESC with what designates a set. */
static bool
is_iso2022(const guint8 *data, gsize size)
{
	const guint8 *escape = memchr(data, 0x1b, size);

	return escape != NULL && (gsize)(escape - data) + 1 < size &&
	       (escape[1] == '$' || escape[1] == '(');
}

static void
see_value(struct draftconv_column_seen *seen, const struct dc_value *value)
{
	struct dc_utf8_check check;

	if (value->kind != DC_VALUE_TEXT && value->kind != DC_VALUE_BYTES)
		return;
	/* Only the beginning of a long one came: it may end inside of a letter. */
	bool valid = dc_utf8_check(value->data, value->size, &check) ||
		     (check.truncated && value->size == DC_STAGE_SHORT_MAX);
	if (valid && check.sequences > 0)
		seen->utf8++;
	else if (!valid)
		seen->other++;
	else if (is_iso2022(value->data, value->size))
		seen->iso2022++;
}

static int
see_row(void *user, const struct dc_row *row, draftconv_error **error)
{
	struct counted *counted = find(user, row->table);

	(void)error;
	if (counted == NULL)
		return DRAFTCONV_OK;
	counted->rows++;
	for (gsize i = 0; i < row->value_count && i < counted->seen->len; i++)
		see_value(&g_array_index(counted->seen, struct draftconv_column_seen, i),
			&row->values[i]);
	return DRAFTCONV_OK;
}

static int
empty_table(void *user, const struct dc_table *table, draftconv_error **error)
{
	struct counted *counted = find(user, table);

	(void)error;
	if (counted == NULL)
		return DRAFTCONV_OK;
	counted->rows = 0;
	memset(counted->seen->data, 0, counted->seen->len * sizeof(struct draftconv_column_seen));
	return DRAFTCONV_OK;
}

/* Places of tables that nobody asked for stay empty; they go to the end. */
static int
compare_tables(gconstpointer a, gconstpointer b)
{
	const struct counted *x = *(const struct counted *const *)a;
	const struct counted *y = *(const struct counted *const *)b;

	if (x == NULL || y == NULL)
		return (x == NULL) - (y == NULL);
	int order = strcmp(x->table->database, y->table->database);
	return order != 0 ? order : strcmp(x->table->name, y->table->name);
}

/* "PRIMARY KEY (mid)", "UNIQUE a (b, c)", "KEY d (e)" [transfer full] */
static char *
key_text(const struct dc_table *table, const struct dc_key *key)
{
	g_autoptr(GString) text = g_string_new(key->primary  ? "PRIMARY KEY"
					       : key->unique ? "UNIQUE"
							     : "KEY");

	if (*key->name != '\0')
		g_string_append_printf(text, " %s", key->name);
	for (gsize i = 0; i < key->column_count; i++)
		g_string_append_printf(
			text, "%s%s", i == 0 ? " (" : ", ", table->columns[key->columns[i]].name);
	g_string_append_c(text, ')');
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static int
give_table(const struct counted *counted, draftconv_table_callback callback, void *user)
{
	const struct dc_table *table = counted->table;
	g_autofree const char **columns = g_new0(const char *, table->column_count);
	g_autofree const char **types = g_new0(const char *, table->column_count);
	g_autofree const char **charsets = g_new0(const char *, table->column_count);
	g_auto(GStrv) keys = g_new0(char *, table->key_count + 1);

	for (gsize i = 0; i < table->column_count; i++) {
		columns[i] = table->columns[i].name;
		types[i] = table->columns[i].type;
		charsets[i] = table->columns[i].charset;
	}
	for (gsize i = 0; i < table->key_count; i++)
		keys[i] = key_text(table, &table->keys[i]);
	const struct draftconv_table given = {.name = table->name,
		.columns = columns,
		.types = types,
		.column_count = table->column_count,
		.charsets = charsets,
		.seen = (const struct draftconv_column_seen *)(gconstpointer)counted->seen->data,
		.keys = (const char *const *)keys};
	return callback(user, table->database, &given, counted->rows);
}

int
draftconv_source_tables(draftconv_source *source, draftconv_table_callback callback, void *user,
	draftconv_error **error)
{
	static const struct dc_source_handler handler = {
		.table = see_table, .row = see_row, .drop = empty_table, .truncate = empty_table};
	static const struct dc_scan_options options = {.every_database = true, .beginnings = true};
	g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(counted_free);

	if (source == NULL || callback == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no source to list");
	dc_init();
	int status = dc_source_scan(source, &handler, tables, &options, error);
	if (status < 0)
		return status;
	g_ptr_array_sort(tables, compare_tables);
	for (guint i = 0; i < tables->len && tables->pdata[i] != NULL && status >= 0; i++) {
		status = give_table(tables->pdata[i], callback, user);
		if (status < 0)
			return dc_error_set(error, status, "the listing was stopped");
	}
	return DRAFTCONV_OK;
}

size_t
dc_source_table_count(const draftconv_source *source)
{
	return source->catalog == NULL ? 0 : dc_catalog_count(source->catalog);
}

const struct dc_table *
dc_source_table_at(const draftconv_source *source, size_t index)
{
	return &dc_catalog_at(source->catalog, (guint)index)->table;
}
