/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "events.h"

#include <string.h>

static void
put_bytes(GString *text, const guint8 *data, gsize size, bool hex)
{
	for (gsize i = 0; i < size; i++) {
		if (hex)
			g_string_append_printf(text, "%02x", data[i]);
		else if (data[i] < 0x20 || data[i] >= 0x7f)
			g_string_append_printf(text, "\\%02x", data[i]);
		else
			g_string_append_c(text, (char)data[i]);
	}
}

static void
put_long(struct events *events, const struct dc_value *value)
{
	g_autoptr(dc_content) content = dc_source_literal_content(events->source, &value->literal);
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (dc_content_load(content, 64 * 1024 * 1024, &bytes, &error) < 0) {
		g_string_append_printf(events->text, "error %s", draftconv_error_message(error));
		return;
	}
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(bytes, &size);
	put_bytes(events->text, data, size, value->kind == DC_VALUE_BYTES);
}

static void
put_value(struct events *events, const struct dc_value *value)
{
	const bool quoted = value->kind == DC_VALUE_TEXT || value->kind == DC_VALUE_BYTES;

	if (value->is_long)
		g_string_append_c(events->text, '*');
	if (value->kind == DC_VALUE_ABSENT)
		g_string_append_c(events->text, '-');
	if (value->kind == DC_VALUE_NULL)
		g_string_append_c(events->text, '~');
	if (quoted)
		g_string_append_printf(
			events->text, "%s'", value->kind == DC_VALUE_BYTES ? "x" : value->charset);
	if (value->is_long)
		put_long(events, value);
	else if (value->kind >= DC_VALUE_NUMBER)
		put_bytes(events->text, value->data, value->size, value->kind == DC_VALUE_BYTES);
	if (quoted)
		g_string_append_c(events->text, '\'');
}

static int
on_table(void *user, const struct dc_table *table, bool *wanted, draftconv_error **error)
{
	struct events *events = user;
	GString *text = events->text;

	(void)error;
	for (gsize i = 0; i < table->column_count && events->unwanted_column != NULL; i++) {
		if (strcmp(table->columns[i].name, events->unwanted_column) == 0)
			wanted[i] = false;
	}
	if (events->tables) {
		g_string_append_printf(text, "table %s%s%s/%s(", table->database,
			*table->database == '\0' ? "" : ".", table->name, table->charset);
		for (gsize i = 0; i < table->column_count; i++) {
			const struct dc_column *c = &table->columns[i];

			g_string_append_printf(text, "%s%s:%s:%s:%s%s%s", i > 0 ? ", " : "",
				c->name, c->type, c->charset, c->collation, c->nullable ? "" : "!",
				c->generated ? "=" : "");
		}
		for (gsize i = 0; i < table->key_count; i++) {
			const struct dc_key *key = &table->keys[i];

			g_string_append_printf(text, "; %s%s",
				key->primary  ? "primary"
				: key->unique ? "unique "
					      : "key ",
				key->name);
			for (gsize k = 0; k < key->column_count; k++)
				g_string_append_printf(text, " %u", key->columns[k]);
		}
		g_string_append(text, ")\n");
	}
	return events->unwanted_table == NULL || strcmp(events->unwanted_table, table->name) != 0;
}

static int
on_drop(void *user, const struct dc_table *table, draftconv_error **error)
{
	struct events *events = user;

	(void)error;
	g_string_append_printf(events->text, "drop %s\n", table->name);
	return 0;
}

static int
on_truncate(void *user, const struct dc_table *table, draftconv_error **error)
{
	struct events *events = user;

	(void)error;
	g_string_append_printf(events->text, "truncate %s\n", table->name);
	return 0;
}

static int
on_row(void *user, const struct dc_row *row, draftconv_error **error)
{
	static const char *const hows[] = {"", " replace", " ignore"};
	struct events *events = user;

	(void)error;
	g_string_append_printf(events->text, "%s%s", row->table->name, hows[row->how]);
	if (*row->time_zone != '\0')
		g_string_append_printf(events->text, " zone %s", row->time_zone);
	g_string_append_c(events->text, ':');
	for (gsize i = 0; i < row->value_count; i++) {
		g_string_append_c(events->text, i == 0 ? ' ' : '|');
		put_value(events, &row->values[i]);
	}
	g_string_append_c(events->text, '\n');
	return 0;
}

char *
events_scan(struct events *events, draftconv_source *source, const struct dc_scan_options *options)
{
	static const struct dc_source_handler handler = {
		.table = on_table, .drop = on_drop, .truncate = on_truncate, .row = on_row};
	g_autoptr(draftconv_error) error = NULL;

	events->source = source;
	events->text = g_string_new(NULL);
	const int status = dc_source_scan(source, &handler, events, options, &error);
	if (status < 0)
		g_string_append_printf(
			events->text, "error %d: %s\n", status, draftconv_error_message(error));
	return g_string_free(g_steal_pointer(&events->text), FALSE);
}

char *
events_of(const void *data, gsize size, gsize window, bool tables)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_error) error = NULL;
	const struct dc_scan_options options = {.window = window};
	struct events events = {.tables = tables};

	if (dc_source_new_bytes(bytes, "dump", &source, &error) < 0)
		return g_strdup_printf("error: %s\n", draftconv_error_message(error));
	return events_scan(&events, source, &options);
}
