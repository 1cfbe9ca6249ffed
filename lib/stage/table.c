/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables as data: which type and collation a column of MySQL's gets, and the CREATE TABLE of it. */
#include "lib/stage/internal.h"

#include <string.h>

/* Types that are not plain text, by their first word. */
static const struct {
	const char *word;
	enum dc_stage_affinity affinity;
	bool unsigned_fits;
} types[] = {
	{"tinyint", DC_STAGE_INTEGER, true},
	{"smallint", DC_STAGE_INTEGER, true},
	{"mediumint", DC_STAGE_INTEGER, true},
	{"int", DC_STAGE_INTEGER, true},
	{"integer", DC_STAGE_INTEGER, true},
	{"int1", DC_STAGE_INTEGER, true},
	{"int2", DC_STAGE_INTEGER, true},
	{"int3", DC_STAGE_INTEGER, true},
	{"int4", DC_STAGE_INTEGER, true},
	{"int8", DC_STAGE_INTEGER, false},
	{"middleint", DC_STAGE_INTEGER, true},
	{"bigint", DC_STAGE_INTEGER, false},
	{"bool", DC_STAGE_INTEGER, true},
	{"boolean", DC_STAGE_INTEGER, true},
	{"serial", DC_STAGE_NUMBER, false},
	{"decimal", DC_STAGE_NUMBER, false},
	{"dec", DC_STAGE_NUMBER, false},
	{"numeric", DC_STAGE_NUMBER, false},
	{"fixed", DC_STAGE_NUMBER, false},
	{"float", DC_STAGE_NUMBER, false},
	{"float4", DC_STAGE_NUMBER, false},
	{"float8", DC_STAGE_NUMBER, false},
	{"double", DC_STAGE_NUMBER, false},
	{"real", DC_STAGE_NUMBER, false},
	{"year", DC_STAGE_NUMBER, false},
	{"binary", DC_STAGE_BYTES, false},
	{"varbinary", DC_STAGE_BYTES, false},
	{"bit", DC_STAGE_BYTES, false},
	{"tinyblob", DC_STAGE_BYTES, false},
	{"blob", DC_STAGE_BYTES, false},
	{"mediumblob", DC_STAGE_BYTES, false},
	{"longblob", DC_STAGE_BYTES, false},
	{"geometry", DC_STAGE_BYTES, false},
	{"point", DC_STAGE_BYTES, false},
};

/* Character types: what their literals hold is in the client's set. */
static const char *const text_types[] = {"char", "character", "varchar", "nchar", "nvarchar",
	"national", "tinytext", "text", "mediumtext", "longtext", "long", "enum", "set", "json"};

static gsize
first_word(const char *type)
{
	gsize size = 0;

	while (g_ascii_isalnum(type[size]))
		size++;
	return size;
}

static bool
word_is(const char *type, gsize size, const char *word)
{
	return strlen(word) == size && g_ascii_strncasecmp(type, word, size) == 0;
}

bool
dc_word_found(const char *text, const char *name)
{
	gsize size = strlen(name);

	if (size == 0)
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		bool inside = p > text && (g_ascii_isalnum(p[-1]) || p[-1] == '_' || p[-1] == '$');

		if (inside || g_ascii_strncasecmp(p, name, size) != 0)
			continue;
		if (!g_ascii_isalnum(p[size]) && p[size] != '_' && p[size] != '$')
			return true;
	}
	return false;
}

static bool
is_text(const char *type)
{
	gsize size = first_word(type);

	for (gsize i = 0; i < G_N_ELEMENTS(text_types); i++)
		if (word_is(type, size, text_types[i]))
			return true;
	return size == 0;
}

static bool
ends_in(const char *text, const char *end)
{
	gsize size = strlen(text);
	gsize end_size = strlen(end);

	return size >= end_size && g_ascii_strcasecmp(text + size - end_size, end) == 0;
}

static enum dc_stage_affinity
find_affinity(const char *type, const char *collation)
{
	gsize size = first_word(type);

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
		if (!word_is(type, size, types[i].word))
			continue;
		if (types[i].affinity != DC_STAGE_INTEGER)
			return types[i].affinity;
		if (dc_word_found(type, "zerofill") ||
			(!types[i].unsigned_fits && dc_word_found(type, "unsigned")))
			return DC_STAGE_NUMBER;
		return DC_STAGE_INTEGER;
	}
	/* "varchar(20) binary" is MySQL 3.23's and 4.0's word for a _bin collation. */
	if (ends_in(collation, "_bin") || (is_text(type) && dc_word_found(type, "binary")))
		return DC_STAGE_PADBIN;
	return g_ascii_strcasecmp(collation, "binary") == 0 ? DC_STAGE_BYTES : DC_STAGE_TEXT;
}

dc_stage_column *
dc_column_new(const char *name, const char *type, const char *charset, const char *collation)
{
	dc_stage_column *column = g_new0(dc_stage_column, 1);

	column->name = g_strdup(name);
	column->type = g_strdup(type != NULL ? type : "");
	column->charset = g_strdup(charset != NULL ? charset : "");
	column->collation = g_strdup(collation != NULL ? collation : "");
	column->affinity = find_affinity(column->type, column->collation);
	column->is_text = is_text(column->type);
	if (column->is_text)
		column->wide = dc_wide_of(column->charset);
	if (column->wide != DC_WIDE_NONE) {
		g_free(column->charset);
		column->charset = g_strdup("utf8mb4");
	}
	column->clients = g_new0(char *, 1);
	return column;
}

void
dc_column_free(dc_stage_column *column)
{
	g_free(column->name);
	g_free(column->type);
	g_free(column->charset);
	g_free(column->collation);
	g_strfreev(column->clients);
	g_free(column);
}

static void
column_free(gpointer data)
{
	dc_column_free(data);
}

void
dc_column_add_client(dc_stage_column *column, const char *client)
{
	guint count = g_strv_length(column->clients);

	if (g_strv_contains((const char *const *)column->clients, client))
		return;
	column->clients = g_renew(char *, column->clients, count + 2);
	column->clients[count] = g_strdup(client);
	column->clients[count + 1] = NULL;
}

void
dc_key_free(dc_stage_key *key)
{
	g_strfreev(key->columns);
	g_free(key);
}

static void
key_free(gpointer data)
{
	dc_key_free(data);
}

dc_stage_table *
dc_table_new(const char *database, const char *name)
{
	dc_stage_table *table = g_new0(dc_stage_table, 1);

	table->database = g_strdup(database != NULL ? database : "");
	table->name = g_strdup(name);
	table->columns = g_ptr_array_new_with_free_func(column_free);
	table->keys = g_ptr_array_new_with_free_func(key_free);
	return table;
}

void
dc_table_free(dc_stage_table *table)
{
	g_free(table->database);
	g_free(table->name);
	g_ptr_array_unref(table->columns);
	g_ptr_array_unref(table->keys);
	g_free(table);
}

const dc_stage_column *
dc_stage_column_find(const dc_stage_table *table, const char *name)
{
	for (guint i = 0; i < table->columns->len; i++) {
		const dc_stage_column *column = table->columns->pdata[i];

		if (g_ascii_strcasecmp(column->name, name) == 0)
			return column;
	}
	return NULL;
}

int
dc_table_integer_key(const dc_stage_table *table)
{
	for (guint i = 0; i < table->keys->len; i++) {
		const dc_stage_key *key = table->keys->pdata[i];

		if (!key->primary || g_strv_length(key->columns) != 1)
			continue;
		for (guint k = 0; k < table->columns->len; k++) {
			const dc_stage_column *column = table->columns->pdata[k];

			if (g_ascii_strcasecmp(column->name, key->columns[0]) == 0)
				return column->affinity == DC_STAGE_INTEGER ? (int)k : -1;
		}
	}
	return -1;
}

void
dc_sql_append_name(GString *sql, const char *name)
{
	g_string_append_c(sql, '"');
	for (const char *p = name; *p != '\0'; p++) {
		if (*p == '"')
			g_string_append_c(sql, '"');
		g_string_append_c(sql, *p);
	}
	g_string_append_c(sql, '"');
}

char *
dc_sql_quote(const char *name)
{
	GString *out = g_string_new(NULL);

	dc_sql_append_name(out, name);
	return g_string_free(out, FALSE);
}

const char *
dc_affinity_collation(enum dc_stage_affinity affinity)
{
	switch (affinity) {
	case DC_STAGE_INTEGER:
		break;
	case DC_STAGE_NUMBER:
		return "number";
	case DC_STAGE_TEXT:
		return "mysql";
	case DC_STAGE_PADBIN:
		return "padbin";
	case DC_STAGE_BYTES:
		return "bytes";
	}
	return NULL;
}

char *
dc_table_create_sql(const dc_stage_table *table, const char *name)
{
	int integer_key = table->has_integer_key ? dc_table_integer_key(table) : -1;
	g_autofree char *quoted = dc_sql_quote(name);
	GString *sql = g_string_new("CREATE TABLE ");

	g_string_append(sql, quoted);
	for (guint i = 0; i < table->columns->len; i++) {
		const dc_stage_column *column = table->columns->pdata[i];
		g_autofree char *column_name = dc_sql_quote(column->name);

		g_string_append(sql, i == 0 ? " (" : ", ");
		g_string_append(sql, column_name);
		if ((int)i == integer_key)
			g_string_append(sql, " INTEGER PRIMARY KEY");
		else if (column->affinity == DC_STAGE_INTEGER)
			g_string_append(sql, " INTEGER");
		else
			/* A column that nothing declared keeps what comes: numbers and text. */
			g_string_append_printf(sql, "%s COLLATE %s",
				column->type[0] != '\0' ? " TEXT" : "",
				dc_affinity_collation(column->affinity));
	}
	g_string_append_c(sql, ')');
	return g_string_free(sql, FALSE);
}

char *
dc_table_index_sql(const char *table, const char *const *columns, char **name)
{
	g_autoptr(GString) list = g_string_new("");
	g_autoptr(GString) label = g_string_new("by ");

	g_string_append(label, table);
	for (const char *const *column = columns; *column != NULL; column++) {
		g_autofree char *quoted = dc_sql_quote(*column);

		g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", quoted);
		g_string_append_printf(label, " %s", *column);
	}

	g_autofree char *quoted_name = dc_sql_quote(label->str);
	g_autofree char *quoted_table = dc_sql_quote(table);
	if (name != NULL)
		*name = g_strdup(label->str);
	return g_strdup_printf("CREATE INDEX %s ON %s (%s)", quoted_name, quoted_table, list->str);
}
