/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a source is, as JSON lines. */
#include "lib/report/json-line.h"
#include "lib/report/report.h"

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
