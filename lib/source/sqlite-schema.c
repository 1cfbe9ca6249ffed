/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a SQLite file says about its tables: columns and keys, asked of SQLite itself. */
#include "lib/source/sqlite.h"

#include "lib/base/limits.h"

#include <string.h>

static int
column_name_index(const struct dc_definition *definition, const char *name)
{
	for (guint i = 0; i < definition->columns->len; i++) {
		if (g_ascii_strcasecmp(g_array_index(definition->columns, struct dc_column, i).name,
			    name) == 0)
			return (int)i;
	}
	return -1;
}

static const char *
text_of(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text == NULL ? "" : text;
}

static void
add_key(struct dc_definition *definition, struct dc_key_text *key)
{
	if (key->columns->len > 0 && definition->keys->len < DC_COLUMNS_MAX)
		g_array_append_vals(definition->keys, key, 1);
	else
		g_ptr_array_unref(key->columns);
}

static bool
read_columns(sqlite3 *db, dc_catalog *catalog, const char *table, struct dc_definition *definition)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	struct dc_key_text primary = {.name = "", .primary = true, .unique = true};
	int step = SQLITE_OK;

	if (sqlite3_prepare_v2(db,
		    "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1)", -1,
		    &statement, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_text(statement, 1, table, -1, SQLITE_TRANSIENT);
	primary.columns = g_ptr_array_new();
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		g_autofree char *type = g_ascii_strdown(text_of(statement, 1), -1);
		const struct dc_column column = {
			.name = dc_catalog_intern(catalog, text_of(statement, 0)),
			.type = dc_catalog_intern(catalog, type),
			.charset = "",
			.collation = "",
			.nullable = sqlite3_column_int(statement, 2) == 0,
			.is_unsigned = strstr(type, "unsigned") != NULL,
			.generated = sqlite3_column_int(statement, 4) != 0};

		if (*column.name == '\0' || definition->columns->len >= DC_COLUMNS_MAX ||
			column_name_index(definition, column.name) >= 0)
			continue;
		g_array_append_val(definition->columns, column);
		if (sqlite3_column_int(statement, 3) > 0)
			g_ptr_array_add(primary.columns, (gpointer)(guintptr)column.name);
	}
	add_key(definition, &primary);
	return step == SQLITE_DONE && definition->columns->len > 0;
}

static void
read_keys(sqlite3 *db, dc_catalog *catalog, const char *table, struct dc_definition *definition)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	struct dc_key_text key = {.name = ""};

	if (sqlite3_prepare_v2(db,
		    "SELECT l.name, l.\"unique\", i.name FROM pragma_index_list(?1) AS l, "
		    "pragma_index_info(l.name) AS i WHERE l.origin <> 'pk' AND l.partial = 0 "
		    "ORDER BY l.seq, i.seqno",
		    -1, &statement, NULL) != SQLITE_OK)
		return;
	sqlite3_bind_text(statement, 1, table, -1, SQLITE_TRANSIENT);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *name = dc_catalog_intern(catalog, text_of(statement, 0));

		if (key.columns == NULL || key.name != name) {
			if (key.columns != NULL)
				add_key(definition, &key);
			key = (struct dc_key_text){.name = name,
				.unique = sqlite3_column_int(statement, 1) != 0,
				.columns = g_ptr_array_new()};
		}
		if (key.columns->len < DC_COLUMNS_MAX)
			g_ptr_array_add(key.columns, (gpointer)(guintptr)dc_catalog_intern(
							     catalog, text_of(statement, 2)));
	}
	if (key.columns != NULL)
		add_key(definition, &key);
}

bool
dc_sqlite_define(
	sqlite3 *db, dc_catalog *catalog, const char *table, struct dc_definition *definition)
{
	definition->name = table;
	if (!read_columns(db, catalog, table, definition))
		return false;
	read_keys(db, catalog, table, definition);
	return true;
}
