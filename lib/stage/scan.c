/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stage from a source: the events of a scan become tables and rows. */
#include "lib/source/source.h"
#include "lib/stage/builder.h"

#include <string.h>

/* ---- the source as the place of long values ---- */

struct source_store {
	dc_store parent;
	draftconv_source *source;
};

static int
store_open(
	dc_store *store, const struct dc_place *place, dc_reader **reader, draftconv_error **error)
{
	const struct dc_literal literal = {.input = place->input,
		.flavour = place->flavour,
		.offset = place->offset,
		.length = place->length};

	return dc_source_open_literal(
		((struct source_store *)store)->source, &literal, reader, error);
}

static void
store_free(dc_store *store)
{
	g_free(store);
}

dc_store *
dc_store_new_source(draftconv_source *source)
{
	static const struct dc_store_class class = {store_open, store_free};
	struct source_store *self = g_new0(struct source_store, 1);

	self->parent.class = &class;
	self->source = source;
	return &self->parent;
}

/* ---- events ---- */

/* "2004-12-31 23:04:05.123456+00:00" and more */
#define ZONED_SIZE 40

struct scanning {
	dc_stage_builder *builder;
	GPtrArray *fillings; /* by the table's id; NULL: not wanted */
	GArray *cells;       /* of struct dc_cell, for one row */
	GString *zoned;      /* its TIMESTAMPs with the dump's zone */
	const dc_stage_options *options;
};

static struct dc_filling *
filling_of(const struct scanning *scanning, const struct dc_table *table)
{
	return table->id < scanning->fillings->len ? scanning->fillings->pdata[table->id] : NULL;
}

static dc_stage_column *
new_column(const struct dc_column *column)
{
	return dc_column_new(column->name, column->type, column->charset, column->collation);
}

static void
take_keys(dc_stage_table *table, const struct dc_table *from)
{
	g_ptr_array_set_size(table->keys, 0);
	for (gsize i = 0; i < from->key_count; i++) {
		dc_stage_key *key = g_new0(dc_stage_key, 1);

		key->primary = from->keys[i].primary;
		key->unique = from->keys[i].unique;
		key->columns = g_new0(char *, from->keys[i].column_count + 1);
		for (gsize k = 0; k < from->keys[i].column_count; k++)
			key->columns[k] = g_strdup(from->columns[from->keys[i].columns[k]].name);
		g_ptr_array_add(table->keys, key);
	}
}

static int
add_table(struct scanning *scanning, const struct dc_table *from, draftconv_error **error)
{
	struct dc_filling *filling = NULL;
	dc_stage_table *table = dc_table_new(from->database, from->name);

	for (gsize i = 0; i < from->column_count; i++)
		g_ptr_array_add(table->columns, new_column(&from->columns[i]));
	take_keys(table, from);
	int status = dc_builder_add_table(scanning->builder, table, &filling, error);
	if (status < 0)
		return status;
	if (from->id >= scanning->fillings->len)
		g_ptr_array_set_size(scanning->fillings, (int)from->id + 1);
	scanning->fillings->pdata[from->id] = filling;
	return 1;
}

/* A CREATE TABLE behind the rows says what their columns are. @return whether the table has to be copied */
static bool
retype_column(dc_stage_column *column, const struct dc_column *from)
{
	if (strcmp(column->type, from->type) == 0 && strcmp(column->charset, from->charset) == 0 &&
		strcmp(column->collation, from->collation) == 0)
		return false;

	dc_stage_column *better = new_column(from);
	bool copy = better->affinity != column->affinity || column->type[0] == '\0';
	dc_stage_column old = *column;

	*column = *better;
	*better = old;
	for (char **client = old.clients; *client != NULL; client++)
		dc_column_add_client(column, *client);
	dc_column_free(better);
	return copy;
}

static int
update_table(struct scanning *scanning, struct dc_filling *filling, const struct dc_table *from,
	draftconv_error **error)
{
	dc_stage_table *table = filling->table;
	bool copy = false;
	int status = DRAFTCONV_OK;

	for (gsize i = 0; i < from->column_count && status >= 0; i++) {
		if (i >= table->columns->len)
			status = dc_builder_add_column(
				scanning->builder, filling, new_column(&from->columns[i]), error);
		else
			copy |= retype_column(table->columns->pdata[i], &from->columns[i]);
	}
	take_keys(table, from);
	/* An integer key is SQLite's only where it was there before the rows. */
	int key = dc_table_integer_key(table);
	if (key != filling->integer_key && (key < 0 || filling->taken == 0)) {
		copy = true;
		filling->integer_key = key;
		table->has_integer_key = key >= 0;
	}
	if (status >= 0 && copy)
		status = dc_builder_rewrite(scanning->builder, filling, error);
	return status < 0 ? status : 1;
}

static int
on_table(void *user, const struct dc_table *table, bool *wanted, draftconv_error **error)
{
	struct scanning *scanning = user;
	struct dc_filling *filling = filling_of(scanning, table);
	const dc_stage_builder *builder = scanning->builder;

	if (dc_builder_is_reserved(table->name))
		dc_findings_add(builder->stage->findings, DC_FINDING_TABLE_UNUSABLE, "", "table %s",
			table->name);
	if (!dc_builder_wants(builder, table->name) || table->column_count == 0)
		return 0;
	for (gsize i = 0; i < table->column_count; i++)
		wanted[i] = dc_builder_wants_column(builder, table->columns[i].name);
	for (gsize i = 0; i < table->key_count; i++)
		for (gsize k = 0; table->keys[i].primary && k < table->keys[i].column_count; k++)
			wanted[table->keys[i].columns[k]] = true;
	return filling != NULL ? update_table(scanning, filling, table, error)
			       : add_table(scanning, table, error);
}

static int
on_empty(void *user, const struct dc_table *table, draftconv_error **error)
{
	struct scanning *scanning = user;
	struct dc_filling *filling = filling_of(scanning, table);

	return filling != NULL ? dc_builder_empty(scanning->builder, filling, error) : DRAFTCONV_OK;
}

static void
convert_value(const struct dc_value *from, struct dc_cell *to)
{
	static const enum dc_cell_kind kinds[] = {
		[DC_VALUE_ABSENT] = DC_CELL_NULL,
		[DC_VALUE_NULL] = DC_CELL_NULL,
		[DC_VALUE_NUMBER] = DC_CELL_NUMBER,
		[DC_VALUE_TEXT] = DC_CELL_TEXT,
		[DC_VALUE_BYTES] = DC_CELL_BYTES,
	};

	*to = (struct dc_cell){.kind = kinds[from->kind]};
	if (to->kind == DC_CELL_NULL)
		return;
	to->client = from->kind == DC_VALUE_TEXT ? from->charset : NULL;
	to->data = from->data;
	to->size = from->size;
	to->is_long = from->is_long;
	if (from->is_long)
		to->place = (struct dc_place){.input = from->literal.input,
			.flavour = from->literal.flavour,
			.offset = from->literal.offset,
			.length = from->literal.length};
}

/* "+00:00" as mysqldump sets it; a zone by name would be a matter of the server's own tables. */
static bool
is_offset(const char *zone)
{
	return strlen(zone) == 6 && (zone[0] == '+' || zone[0] == '-') &&
	       g_ascii_isdigit(zone[1]) && g_ascii_isdigit(zone[2]) && zone[3] == ':' &&
	       g_ascii_isdigit(zone[4]) && g_ascii_isdigit(zone[5]);
}

/*
 * Under SET TIME_ZONE a TIMESTAMP, and only that, is told in the dump's zone, not in the server's
 * (SOURCES.md 5): the value says so from now on. ZONED holds it until the row is put.
 */
static void
tell_zone(const dc_stage_column *column, const char *zone, struct dc_cell *cell, GString *zoned)
{
	static const char form[] = "dddd-dd-dd dd:dd:dd";
	const char *text = cell->data;

	if (cell->kind != DC_CELL_TEXT || cell->is_long || cell->size < sizeof form - 1 ||
		cell->size > sizeof form + 6 || memcmp(text, "0000", 4) == 0 ||
		g_ascii_strncasecmp(column->type, "timestamp", 9) != 0)
		return;
	for (gsize i = 0; i < sizeof form - 1; i++) {
		if (form[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
			return;
	}

	const gsize start = zoned->len;
	g_string_append_len(zoned, text, (gssize)cell->size);
	g_string_append(zoned, zone);
	cell->data = zoned->str + start;
	cell->size = zoned->len - start;
}

static void
tell_zones(struct scanning *scanning, const struct dc_filling *filling, const struct dc_row *row,
	struct dc_cell *cells)
{
	const GPtrArray *columns = filling->table->columns;

	if (!is_offset(row->time_zone))
		return;
	/* room for all beforehand, so that what cells point to stays where it is */
	g_string_truncate(scanning->zoned, 0);
	g_string_set_size(scanning->zoned, row->value_count * ZONED_SIZE);
	g_string_truncate(scanning->zoned, 0);
	for (gsize i = 0; i < row->value_count && i < columns->len; i++)
		tell_zone(columns->pdata[i], row->time_zone, &cells[i], scanning->zoned);
}

static int
on_row(void *user, const struct dc_row *row, draftconv_error **error)
{
	static const enum dc_stage_conflict conflicts[] = {
		[DC_ROW_INSERT] = DC_STAGE_ADD,
		[DC_ROW_REPLACE] = DC_STAGE_REPLACE,
		[DC_ROW_IGNORE] = DC_STAGE_IGNORE,
	};
	struct scanning *scanning = user;
	struct dc_filling *filling = filling_of(scanning, row->table);

	if (filling == NULL)
		return DRAFTCONV_OK;
	g_array_set_size(scanning->cells, (guint)row->value_count);
	struct dc_cell *cells = (struct dc_cell *)(void *)scanning->cells->data;
	for (gsize i = 0; i < row->value_count; i++)
		convert_value(&row->values[i], &cells[i]);
	tell_zones(scanning, filling, row, cells);
	return dc_builder_put(scanning->builder, filling, conflicts[row->how], row->input,
		row->offset, cells, row->value_count, error);
}

static const struct dc_source_handler handler = {
	.table = on_table, .drop = on_empty, .truncate = on_empty, .row = on_row};

static void
on_progress(void *user, guint64 bytes, guint64 total)
{
	const struct scanning *scanning = user;

	scanning->options->progress(scanning->options->user, bytes, total);
}

static void
scanning_init(struct scanning *scanning, dc_stage_builder *builder)
{
	*scanning = (struct scanning){.builder = builder,
		.fillings = g_ptr_array_new(),
		.cells = g_array_new(FALSE, FALSE, sizeof(struct dc_cell)),
		.zoned = g_string_new(NULL)};
}

static void
scanning_clear(struct scanning *scanning)
{
	g_ptr_array_unref(scanning->fillings);
	g_array_unref(scanning->cells);
	g_string_free(scanning->zoned, TRUE);
}

int
dc_builder_scan(dc_stage_builder *builder, draftconv_source *source,
	const dc_stage_options *options, const char *spool_path, draftconv_error **error)
{
	struct dc_scan_options scan = {.spool_path = spool_path};
	struct scanning scanning;

	scanning_init(&scanning, builder);
	scanning.options = options;
	if (options != NULL) {
		scan.schema = options->schema;
		scan.database = options->database;
		scan.cancellable = options->cancellable;
		scan.cancel = options->cancel;
		scan.progress = options->progress != NULL ? on_progress : NULL;
	}
	builder->stage->store = dc_store_new_source(source);
	builder->stage->cancel = dc_source_cancel(source);
	int status = dc_source_scan(source, &handler, &scanning, &scan, error);
	scanning_clear(&scanning);
	return status;
}

int
dc_stage_builder_schema(dc_stage_builder *builder, const char *sql, draftconv_error **error)
{
	struct scanning scanning;

	scanning_init(&scanning, builder);
	int status = dc_source_parse_schema(sql, &handler, &scanning, error);
	scanning_clear(&scanning);
	return status;
}

int
dc_stage_new(draftconv_source *source, const dc_stage_options *options, dc_stage **stage,
	draftconv_error **error)
{
	g_autoptr(dc_stage_builder) builder = NULL;
	int status = dc_builder_open(options, NULL, &builder, error);

	if (status >= 0)
		status = dc_builder_scan(builder, source, options, NULL, error);
	return status < 0 ? status : dc_stage_builder_finish(builder, stage, error);
}

int
dc_stage_new_schema(const char *schema, dc_stage **stage, draftconv_error **error)
{
	g_autoptr(dc_stage_builder) builder = NULL;
	int status = dc_builder_open(NULL, NULL, &builder, error);

	if (status >= 0)
		status = dc_stage_builder_schema(builder, schema, error);
	return status < 0 ? status : dc_stage_builder_finish(builder, stage, error);
}
