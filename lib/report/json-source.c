/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a source is, as JSON lines. */
#include "lib/base/error.h"
#include "lib/base/limits.h"
#include "lib/report/json-line.h"
#include "lib/report/report.h"

#include <math.h>
#include <string.h>

static JsonArray *
damage_array(const draftconv_source *source, size_t index)
{
	JsonArray *array = json_array_new();
	struct draftconv_source_damage damage;

	for (size_t i = 0; draftconv_source_damage_at(source, index, i, &damage, sizeof damage) ==
			   DRAFTCONV_OK;
		i++) {
		JsonObject *object = json_object_new();

		json_object_set_int_member(object, "offset", (gint64)damage.offset);
		json_object_set_string_member(object, "table", damage.table);
		json_object_set_string_member(object, "what", damage.what);
		json_object_set_int_member(object, "rows", (gint64)damage.rows);
		json_object_set_boolean_member(object, "more", damage.more);
		json_array_add_object_element(array, object);
	}
	return array;
}

static JsonArray *
words_array(const char *const *words, size_t count)
{
	JsonArray *array = json_array_new();

	for (size_t i = 0; i < count; i++)
		json_array_add_string_element(array, words[i]);
	return array;
}

static JsonArray *
charsets_array(const char *charsets)
{
	g_auto(GStrv) words = g_strsplit(charsets, ",", -1);
	const size_t count = *charsets == '\0' ? 0 : g_strv_length(words);

	return words_array((const char *const *)words, count);
}

char *
draftconv_report_source(const draftconv_source *source, size_t index)
{
	static const char *const completeness[] = {[DRAFTCONV_SOURCE_UNKNOWN] = "unknown",
		[DRAFTCONV_SOURCE_COMPLETE] = "complete",
		[DRAFTCONV_SOURCE_CUT] = "cut"};
	struct draftconv_source_facts facts;
	JsonObject *object = json_object_new();

	if (draftconv_source_describe(source, index, &facts, sizeof facts) == DRAFTCONV_OK) {
		g_autofree char *name = g_utf8_make_valid(facts.name, -1);

		json_object_set_string_member(object, "name", name);
		json_object_set_string_member(object, "format", facts.format);
		json_object_set_string_member(object, "compression", facts.compression);
		json_object_set_string_member(object, "program", facts.program);
		json_object_set_string_member(object, "server", facts.server);
		json_object_set_array_member(object, "charsets", charsets_array(facts.charsets));
		json_object_set_string_member(object, "end", completeness[facts.completeness]);
		json_object_set_int_member(object, "rows", (gint64)facts.rows);
		json_object_set_int_member(object, "bytes", (gint64)facts.bytes);
		json_object_set_int_member(object, "missing_rows", (gint64)facts.missing_rows);
		json_object_set_boolean_member(object, "missing_more", facts.missing_more);
		json_object_set_int_member(object, "damages", (gint64)facts.damages);
		json_object_set_array_member(object, "damage", damage_array(source, index));
	}
	return dc_json_line("source", object);
}

char *
draftconv_report_table(const char *database, const struct draftconv_table *table, uint64_t rows)
{
	JsonObject *object = json_object_new();
	JsonArray *columns = json_array_new();
	size_t keys = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		JsonObject *column = json_object_new();

		json_object_set_string_member(column, "name", table->columns[i]);
		json_object_set_string_member(
			column, "type", table->types == NULL ? "" : table->types[i]);
		json_object_set_string_member(
			column, "charset", table->charsets == NULL ? "" : table->charsets[i]);
		if (table->seen != NULL) {
			json_object_set_int_member(column, "utf8", (gint64)table->seen[i].utf8);
			json_object_set_int_member(
				column, "iso2022", (gint64)table->seen[i].iso2022);
			json_object_set_int_member(column, "other", (gint64)table->seen[i].other);
		}
		json_array_add_object_element(columns, column);
	}
	while (table->keys != NULL && table->keys[keys] != NULL)
		keys++;
	json_object_set_string_member(object, "database", database);
	json_object_set_string_member(object, "name", table->name);
	json_object_set_int_member(object, "rows", (gint64)rows);
	json_object_set_array_member(object, "columns", columns);
	json_object_set_array_member(object, "keys", words_array(table->keys, keys));
	return dc_json_line("table", object);
}

char *
draftconv_report_fit(const char *profile, const struct draftconv_profile_fit *fit,
	const char *const *problems, size_t count)
{
	JsonObject *object = json_object_new();
	g_autofree char *name = g_utf8_make_valid(profile, -1);

	json_object_set_string_member(object, "name", name);
	json_object_set_boolean_member(object, "fits", fit->fits);
	json_object_set_int_member(object, "statements", (gint64)fit->statements);
	json_object_set_int_member(object, "fitting", (gint64)fit->fitting);
	json_object_set_array_member(object, "problems", words_array(problems, count));
	return dc_json_line("profile", object);
}

char *
draftconv_report_unused(
	const char *const *tables, size_t table_count, const char *const *columns, size_t count)
{
	JsonObject *object = json_object_new();

	json_object_set_array_member(object, "tables", words_array(tables, table_count));
	json_object_set_array_member(object, "columns", words_array(columns, count));
	return dc_json_line("unused", object);
}

/* ---- rows of a query ---- */

static JsonNode *
too_large(void)
{
	JsonObject *object = json_object_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_object_set_boolean_member(object, "too_large", TRUE);
	json_node_take_object(node, object);
	return node;
}

static JsonNode *
text_node(const GByteArray *bytes)
{
	const char *text = (const char *)bytes->data;
	JsonNode *node = NULL;

	/* The array ends in a NUL that is not part of it. */
	if (memchr(text, '\0', bytes->len - 1) == NULL &&
		g_utf8_validate(text, (gssize)bytes->len - 1, NULL)) {
		node = json_node_new(JSON_NODE_VALUE);
		json_node_set_string(node, text);
		return node;
	}

	JsonObject *object = json_object_new();
	g_autofree char *base64 = g_base64_encode(bytes->data, bytes->len - 1);
	json_object_set_string_member(object, "base64", base64);
	node = json_node_new(JSON_NODE_OBJECT);
	json_node_take_object(node, object);
	return node;
}

/* @return [transfer full] NULL on error */
static JsonNode *
bytes_node(struct draftconv_cell *cell, draftconv_error **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	guint8 buffer[16384];
	long got = 0;

	while ((got = draftconv_cell_read(cell, buffer, sizeof buffer, error)) > 0) {
		if (bytes->len + (gsize)got > DC_TEXT_MAX)
			return too_large();
		g_byte_array_append(bytes, buffer, (guint)got);
	}
	if (got < 0)
		return NULL;
	buffer[0] = 0;
	g_byte_array_append(bytes, buffer, 1);
	return text_node(bytes);
}

static JsonNode *
cell_node(struct draftconv_cell *cell, draftconv_error **error)
{
	JsonNode *node = NULL;

	switch (cell->kind) {
	case DRAFTCONV_CELL_NULL:
		return json_node_new(JSON_NODE_NULL);
	case DRAFTCONV_CELL_INTEGER:
		node = json_node_new(JSON_NODE_VALUE);
		json_node_set_int(node, cell->integer);
		return node;
	case DRAFTCONV_CELL_REAL:
		if (!isfinite(cell->real)) /* JSON has no such number */
			break;
		node = json_node_new(JSON_NODE_VALUE);
		json_node_set_double(node, cell->real);
		return node;
	case DRAFTCONV_CELL_TOO_LARGE:
		return too_large();
	case DRAFTCONV_CELL_BYTES:
	case DRAFTCONV_CELL_STREAM:
		break;
	}
	return bytes_node(cell, error);
}

/* NAME, or the first "NAME 2", "NAME 3", … that is free. [transfer full] */
static char *
free_name(JsonObject *object, const char *name)
{
	char *result = g_utf8_make_valid(name, -1);

	for (unsigned i = 2; json_object_has_member(object, result); i++) {
		g_free(result);
		result = g_strdup_printf("%s %u", name, i);
	}
	return result;
}

char *
draftconv_report_cells(const char *const *names, struct draftconv_cell *cells, size_t count,
	draftconv_error **error)
{
	g_autoptr(JsonObject) object = json_object_new();

	for (size_t i = 0; i < count; i++) {
		g_autofree char *name = free_name(object, names[i]);
		JsonNode *node = cell_node(&cells[i], error);

		if (node == NULL)
			return NULL;
		json_object_set_member(object, name, node);
	}
	return dc_json_object_line(object);
}
