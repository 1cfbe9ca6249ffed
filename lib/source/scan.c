/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scan: what every format tells, handed on to the handler. */
#include "lib/base/limits.h"
#include "lib/source/internal.h"

#include <string.h>

/* The same table as another catalogue knows it. */
static bool
adopt(struct dc_scan *scan, struct dc_entry *entry, dc_catalog *from, enum dc_table_origin origin)
{
	struct dc_entry *known =
		from == NULL ? NULL
			     : dc_catalog_lookup(from, entry->table.database, entry->table.name);
	g_auto(dc_definition_auto) definition;

	dc_definition_init(&definition);
	if (known == NULL || known->table.origin != DC_TABLE_CREATED)
		return false;
	definition.origin = origin;
	definition.charset = dc_catalog_intern(scan->catalog, known->table.charset);
	definition.collation = dc_catalog_intern(scan->catalog, known->table.collation);
	for (guint i = 0; i < known->order->len; i++) {
		struct dc_column column =
			known->table.columns[g_array_index(known->order, guint32, i)];

		column.name = dc_catalog_intern(scan->catalog, column.name);
		column.type = dc_catalog_intern(scan->catalog, column.type);
		column.charset = dc_catalog_intern(scan->catalog, column.charset);
		column.collation = dc_catalog_intern(scan->catalog, column.collation);
		g_array_append_val(definition.columns, column);
	}
	for (guint i = 0; i < known->keys->len; i++) {
		const struct dc_key *key = &g_array_index(known->keys, struct dc_key, i);
		struct dc_key_text text = {.name = dc_catalog_intern(scan->catalog, key->name),
			.primary = key->primary,
			.unique = key->unique,
			.columns = g_ptr_array_new()};

		for (gsize k = 0; k < key->column_count; k++)
			g_ptr_array_add(
				text.columns, (gpointer)(guintptr)dc_catalog_intern(scan->catalog,
						      known->table.columns[key->columns[k]].name));
		g_array_append_val(definition.keys, text);
	}
	dc_entry_define(scan->catalog, entry, &definition);
	return entry->order->len > 0;
}

/* Read whatever can be read twice once more, for its CREATE TABLEs only. */
static int
look_ahead(struct dc_scan *scan, draftconv_error **error)
{
	static const struct dc_source_handler nobody = {0};
	const struct dc_scan_options options = {.window = scan->options->window,
		.cancellable = scan->options->cancellable,
		.cancel = scan->options->cancel,
		.every_database = scan->options->every_database};
	struct dc_scan look = {.source = scan->source,
		.handler = &nobody,
		.options = &options,
		.looking_ahead = true};
	int status = DRAFTCONV_OK;

	look.catalog = scan->ahead = dc_catalog_new();
	for (gsize i = 0; i < scan->source->count && status >= 0; i++) {
		const struct dc_input *input = &scan->source->inputs[i];
		struct dc_input again = *input;

		if (!input->regular || !input->format->text)
			continue;
		again.ready = NULL;
		again.program = again.server = NULL;
		again.damages = NULL;
		again.charsets = NULL;
		again.header_database = NULL;
		look.input = &again;
		dc_input_reset_facts(&again);
		status = input->format->scan(&look, &again, error);
		dc_input_reset_facts(&again);
		g_string_free(again.charsets, TRUE);
	}
	return status;
}

int
dc_scan_bind(
	struct dc_scan *scan, struct dc_entry *entry, gsize value_count, draftconv_error **error)
{
	if (entry->order->len > 0)
		return DRAFTCONV_OK;
	if (!scan->looking_ahead && scan->ahead == NULL) {
		int status = look_ahead(scan, error);

		if (status < 0)
			return status;
	}
	if (adopt(scan, entry, scan->ahead, DC_TABLE_CREATED) ||
		adopt(scan, entry, scan->schema, DC_TABLE_SCHEMA))
		return DRAFTCONV_OK;
	dc_entry_assume(scan->catalog, entry, value_count);
	return DRAFTCONV_OK;
}

int
dc_scan_announce(struct dc_scan *scan, struct dc_entry *entry, draftconv_error **error)
{
	int answer = 1;

	if (!entry->dirty)
		return DRAFTCONV_OK;
	entry->dirty = false;
	if (scan->looking_ahead)
		return DRAFTCONV_OK;
	entry->announced = true;
	if (scan->handler->table != NULL)
		answer = scan->handler->table(scan->user, &entry->table, entry->wanted, error);
	entry->is_wanted = answer > 0;
	return MIN(answer, DRAFTCONV_OK);
}

int
dc_scan_create(
	struct dc_scan *scan, const struct dc_definition *definition, draftconv_error **error)
{
	struct dc_entry *entry = NULL;
	int status = dc_scan_entry(scan, definition->database, definition->name, &entry, error);

	if (status < 0 || entry == NULL)
		return status;
	/* Rows that come before any CREATE TABLE belong to the first one. */
	if (scan->looking_ahead && entry->order->len > 0)
		return DRAFTCONV_OK;
	dc_entry_define(scan->catalog, entry, definition);
	entry->created_in = scan->input == NULL ? 0 : scan->input->index;
	for (guint i = 0; i < definition->columns->len && scan->input != NULL; i++)
		dc_input_add_charset(scan->input,
			g_array_index(definition->columns, struct dc_column, i).charset);
	if (scan->input != NULL)
		dc_input_add_charset(scan->input, definition->charset);
	return DRAFTCONV_OK;
}

int
dc_scan_alter(struct dc_scan *scan, const struct dc_definition *definition, draftconv_error **error)
{
	struct dc_entry *entry = NULL;
	int status = dc_scan_entry(scan, definition->database, definition->name, &entry, error);

	if (status >= 0 && entry != NULL && entry->order->len > 0)
		dc_entry_extend(scan->catalog, entry, definition);
	return status;
}

int
dc_scan_drop(struct dc_scan *scan, const char *database, const char *name, draftconv_error **error)
{
	struct dc_entry *entry = dc_scan_own_entry(scan, database, name);
	int status = DRAFTCONV_OK;

	if (entry == NULL || scan->looking_ahead)
		return DRAFTCONV_OK;
	if (entry->announced && scan->handler->drop != NULL)
		status = scan->handler->drop(scan->user, &entry->table, error);
	dc_entry_forget(entry);
	return MIN(status, DRAFTCONV_OK);
}

int
dc_scan_truncate(
	struct dc_scan *scan, const char *database, const char *name, draftconv_error **error)
{
	struct dc_entry *entry = dc_scan_own_entry(scan, database, name);

	if (entry == NULL || !entry->announced || scan->handler->truncate == NULL)
		return DRAFTCONV_OK;
	return MIN(scan->handler->truncate(scan->user, &entry->table, error), DRAFTCONV_OK);
}

int
dc_scan_row(
	struct dc_scan *scan, struct dc_entry *entry, struct dc_row *row, draftconv_error **error)
{
	scan->input->row_count++;
	if (!entry->is_wanted || scan->handler->row == NULL)
		return DRAFTCONV_OK;
	entry->created_in = scan->input->index;
	row->table = &entry->table;
	row->input = scan->input->index;
	row->value_count = entry->table.column_count;
	for (gsize i = 0; i < row->value_count && scan->source->spool != NULL; i++) {
		if (!row->values[i].is_long || row->values[i].literal.flavour != DC_FLAVOUR_SPOOL)
			continue;
		int status = dc_spool_flush(scan->source->spool, error);
		if (status < 0)
			return status;
		break;
	}
	return MIN(scan->handler->row(scan->user, row, error), DRAFTCONV_OK);
}

static const gint *
cancel_of(const struct dc_scan *scan)
{
	return scan->options->cancel != NULL ? scan->options->cancel : scan->source->cancel;
}

bool
dc_scan_cancelled(const struct dc_scan *scan)
{
	return dc_stream_cancelled(scan->options->cancellable, cancel_of(scan));
}

void
dc_scan_find(
	struct dc_scan *scan, enum dc_finding_code code, guint64 offset, const char *format, ...)
{
	va_list args;

	if (scan->looking_ahead)
		return;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	dc_findings_add(scan->findings, code, "", "%s: byte %" G_GUINT64_FORMAT ": %s",
		scan->input->name, offset, text);
}

void
dc_scan_unmarked(struct dc_scan *scan)
{
	if (!scan->looking_ahead)
		dc_findings_add(
			scan->findings, DC_FINDING_SOURCE_UNMARKED, "", "%s", scan->input->name);
}

static void
tick(void *user, guint64 bytes)
{
	struct dc_scan *scan = user;

	scan->options->progress(scan->user, scan->done + bytes, scan->total);
}

void
dc_scan_window(struct dc_scan *scan, struct dc_window *window, dc_stream *stream)
{
	dc_window_init(window, stream, scan->options->window);
	window->cancellable = scan->options->cancellable;
	window->cancel = cancel_of(scan);
	window->user = scan;
	window->tick = scan->options->progress == NULL ? NULL : tick;
}

int
dc_scan_spool(struct dc_scan *scan, dc_spool **spool, draftconv_error **error)
{
	draftconv_source *source = scan->source;

	if (source->spool == NULL) {
		int status = dc_spool_new(
			source->temp_dir, scan->options->spool_path, &source->spool, error);

		if (status < 0)
			return status;
	}
	*spool = source->spool;
	return DRAFTCONV_OK;
}
