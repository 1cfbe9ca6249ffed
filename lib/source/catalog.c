/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/limits.h"
#include "lib/source/internal.h"

#include <string.h>

struct dc_catalog {
	GHashTable *texts;  /* every text, its own key */
	GHashTable *byname; /* folded name -> struct dc_entry */
	GHashTable *rivals; /* folded name -> GPtrArray of struct dc_entry of other databases */
	GPtrArray *entries;
	gsize size;
};

static void
entry_free(gpointer data)
{
	struct dc_entry *entry = data;

	for (guint i = 0; i < entry->keys->len; i++)
		g_free((gpointer)(guintptr)g_array_index(entry->keys, struct dc_key, i).columns);
	g_array_unref(entry->columns);
	g_array_unref(entry->keys);
	g_array_unref(entry->order);
	g_free(entry->wanted);
	if (entry->databases != NULL)
		g_ptr_array_unref(entry->databases);
	g_free(entry);
}

dc_catalog *
dc_catalog_new(void)
{
	dc_catalog *catalog = g_new0(dc_catalog, 1);

	catalog->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	catalog->byname = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	catalog->rivals = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	catalog->entries = g_ptr_array_new_with_free_func(entry_free);
	return catalog;
}

void
dc_catalog_free(dc_catalog *catalog)
{
	if (catalog == NULL)
		return;
	g_hash_table_unref(catalog->byname);
	g_hash_table_unref(catalog->rivals);
	g_ptr_array_unref(catalog->entries);
	g_hash_table_unref(catalog->texts);
	g_free(catalog);
}

const char *
dc_catalog_intern(dc_catalog *catalog, const char *text)
{
	if (text == NULL || *text == '\0')
		return "";

	g_autofree char *valid = g_utf8_make_valid(text, -1);
	const char *known = g_hash_table_lookup(catalog->texts, valid);
	const gsize cost = strlen(valid) + 64;

	if (known != NULL)
		return known;
	if (cost > DC_CATALOG_TEXT_MAX - catalog->size) {
		catalog->size = DC_CATALOG_TEXT_MAX;
		return "";
	}
	catalog->size += cost;
	known = valid;
	g_hash_table_add(catalog->texts, g_steal_pointer(&valid));
	return known;
}

bool
dc_catalog_full(const dc_catalog *catalog)
{
	return catalog->size >= DC_CATALOG_TEXT_MAX;
}

/* A table's name as it is looked up. [transfer full] */
static char *
fold_name(const char *name)
{
	g_autofree char *valid = g_utf8_make_valid(name, -1);

	return g_ascii_strdown(valid, -1);
}

static struct dc_entry *
find_rival(dc_catalog *catalog, const char *database, const char *folded)
{
	const GPtrArray *rivals = g_hash_table_lookup(catalog->rivals, folded);

	for (guint i = 0; rivals != NULL && i < rivals->len; i++) {
		struct dc_entry *entry = rivals->pdata[i];

		if (strcmp(entry->table.database, database) == 0)
			return entry;
	}
	return NULL;
}

struct dc_entry *
dc_catalog_lookup(dc_catalog *catalog, const char *database, const char *name)
{
	g_autofree char *folded = fold_name(name);
	struct dc_entry *rival = find_rival(catalog, database, folded);

	return rival != NULL ? rival : g_hash_table_lookup(catalog->byname, folded);
}

static struct dc_entry *
new_entry(dc_catalog *catalog, const char *database, const char *name)
{
	struct dc_entry *entry = g_new0(struct dc_entry, 1);

	entry->table.database = dc_catalog_intern(catalog, database);
	entry->table.name = dc_catalog_intern(catalog, name);
	entry->table.charset = entry->table.collation = "";
	entry->table.id = catalog->entries->len;
	entry->columns = g_array_new(FALSE, TRUE, sizeof(struct dc_column));
	entry->keys = g_array_new(FALSE, TRUE, sizeof(struct dc_key));
	entry->order = g_array_new(FALSE, FALSE, sizeof(guint32));
	entry->wanted = g_new0(bool, DC_COLUMNS_MAX);
	memset(entry->wanted, 1, DC_COLUMNS_MAX * sizeof(bool));
	entry->created_in = entry->here_in = G_MAXUINT32;
	entry->here = entry->said = "";
	entry->dirty = true;
	g_ptr_array_add(catalog->entries, entry);
	catalog->size = MIN(catalog->size + sizeof *entry + DC_COLUMNS_MAX, DC_CATALOG_TEXT_MAX);
	return entry;
}

struct dc_entry *
dc_catalog_entry(dc_catalog *catalog, const char *database, const char *name)
{
	g_autofree char *folded = fold_name(name);
	struct dc_entry *entry = g_hash_table_lookup(catalog->byname, folded);

	if (entry == NULL) {
		entry = new_entry(catalog, database, name);
		g_hash_table_insert(catalog->byname, g_steal_pointer(&folded), entry);
	}
	return entry;
}

struct dc_entry *
dc_catalog_rival(dc_catalog *catalog, const char *database, const char *name)
{
	g_autofree char *folded = fold_name(name);
	struct dc_entry *entry = find_rival(catalog, database, folded);
	GPtrArray *rivals = g_hash_table_lookup(catalog->rivals, folded);

	if (entry != NULL)
		return entry;
	if (rivals == NULL) {
		rivals = g_ptr_array_new();
		g_hash_table_insert(catalog->rivals, g_steal_pointer(&folded), rivals);
	}
	entry = new_entry(catalog, database, name);
	g_ptr_array_add(rivals, entry);
	return entry;
}

guint
dc_catalog_count(const dc_catalog *catalog)
{
	return catalog->entries->len;
}

struct dc_entry *
dc_catalog_at(const dc_catalog *catalog, guint index)
{
	return catalog->entries->pdata[index];
}

/* The arrays may have moved. */
static void
refresh(struct dc_entry *entry)
{
	entry->table.columns = (const struct dc_column *)(gpointer)entry->columns->data;
	entry->table.column_count = entry->columns->len;
	entry->table.keys = (const struct dc_key *)(gpointer)entry->keys->data;
	entry->table.key_count = entry->keys->len;
}

static int
find_column(const struct dc_entry *entry, const char *name)
{
	for (guint i = 0; i < entry->columns->len; i++) {
		if (g_ascii_strcasecmp(
			    g_array_index(entry->columns, struct dc_column, i).name, name) == 0)
			return (int)i;
	}
	return -1;
}

static int
append_column(dc_catalog *catalog, struct dc_entry *entry, const struct dc_column *column)
{
	if (entry->columns->len >= DC_COLUMNS_MAX || dc_catalog_full(catalog))
		return -1;
	catalog->size = MIN(catalog->size + sizeof *column, DC_CATALOG_TEXT_MAX);
	g_array_append_vals(entry->columns, column, 1);
	entry->dirty = true;
	refresh(entry);
	return (int)entry->columns->len - 1;
}

int
dc_entry_column(dc_catalog *catalog, struct dc_entry *entry, const char *name, bool create)
{
	g_autofree char *valid = g_utf8_make_valid(name, -1);
	const int found = find_column(entry, valid);

	if (found >= 0 || !create)
		return found;

	const struct dc_column column = {.name = dc_catalog_intern(catalog, valid),
		.type = "",
		.charset = "",
		.collation = "",
		.nullable = true};
	return append_column(catalog, entry, &column);
}

bool
dc_type_is_text(const char *type)
{
	static const char *const words[] = {"char", "varchar", "tinytext", "text", "mediumtext",
		"longtext", "enum", "set", "national", "nchar", "nvarchar", "long"};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_str_has_prefix(type, words[i]))
			return strstr(type, "blob") == NULL && strstr(type, "byte") == NULL;
	}
	return *type == '\0';
}

/* What is known about a column by its table, when its own definition does not say. */
static struct dc_column
complete_column(const struct dc_column *column, const struct dc_definition *definition)
{
	struct dc_column result = *column;

	if (*result.charset == '\0' && *result.collation == '\0' && dc_type_is_text(result.type)) {
		result.charset = definition->charset;
		result.collation = definition->collation;
	}
	return result;
}

static void
define_column(
	dc_catalog *catalog, struct dc_entry *entry, const struct dc_column *column, bool better)
{
	int index = find_column(entry, column->name);

	if (index < 0) {
		index = append_column(catalog, entry, column);
	} else if (better) {
		struct dc_column *old = &g_array_index(entry->columns, struct dc_column, index);
		const char *name = old->name;

		*old = *column;
		old->name = name;
		entry->dirty = true;
	}

	const guint32 place = (guint32)index;
	if (index >= 0)
		g_array_append_val(entry->order, place);
}

static void
define_key(struct dc_entry *entry, const struct dc_key_text *text)
{
	g_autofree guint32 *columns = g_new0(guint32, text->columns->len);

	for (guint i = 0; i < entry->keys->len; i++) {
		const struct dc_key *old = &g_array_index(entry->keys, struct dc_key, i);

		if ((old->primary && text->primary) ||
			(!old->primary && !text->primary && *text->name != '\0' &&
				g_ascii_strcasecmp(old->name, text->name) == 0))
			return;
	}
	if (text->columns->len == 0 || entry->keys->len >= DC_COLUMNS_MAX)
		return;
	for (guint i = 0; i < text->columns->len; i++) {
		const int index = find_column(entry, text->columns->pdata[i]);

		if (index < 0)
			return;
		columns[i] = (guint32)index;
	}

	const struct dc_key key = {.name = text->name,
		.primary = text->primary,
		.unique = text->unique || text->primary,
		.columns = g_steal_pointer(&columns),
		.column_count = text->columns->len};
	g_array_append_val(entry->keys, key);
	entry->dirty = true;
}

static void
define_all(dc_catalog *catalog, struct dc_entry *entry, const struct dc_definition *definition,
	bool better)
{
	for (guint i = 0; i < definition->columns->len; i++) {
		const struct dc_column column = complete_column(
			&g_array_index(definition->columns, struct dc_column, i), definition);

		define_column(catalog, entry, &column, better);
	}
	for (guint i = 0; i < definition->keys->len; i++)
		define_key(entry, &g_array_index(definition->keys, struct dc_key_text, i));
	refresh(entry);
}

void
dc_entry_extend(dc_catalog *catalog, struct dc_entry *entry, const struct dc_definition *definition)
{
	define_all(catalog, entry, definition, false);
}

void
dc_entry_define(dc_catalog *catalog, struct dc_entry *entry, const struct dc_definition *definition)
{
	/* A later dump of the same table only adds; one that says more than was known counts. */
	const bool better = definition->origin > entry->table.origin;

	g_array_set_size(entry->order, 0);
	define_all(catalog, entry, definition, better);
	if (better || (*entry->table.charset == '\0' && *entry->table.collation == '\0')) {
		entry->table.charset = definition->charset;
		entry->table.collation = definition->collation;
	}
	entry->table.origin = MAX(entry->table.origin, definition->origin);
}

void
dc_entry_assume(dc_catalog *catalog, struct dc_entry *entry, gsize count)
{
	for (gsize i = entry->order->len; i < MIN(count, DC_COLUMNS_MAX); i++) {
		g_autofree char *name = g_strdup_printf("c%" G_GSIZE_FORMAT, i + 1);
		const int index = dc_entry_column(catalog, entry, name, true);
		const guint32 place = (guint32)index;

		if (index < 0)
			return;
		g_array_append_val(entry->order, place);
	}
}

void
dc_entry_forget(struct dc_entry *entry)
{
	g_array_set_size(entry->order, 0);
	entry->created_in = G_MAXUINT32;
	if (entry->announced)
		return;
	g_array_set_size(entry->columns, 0);
	for (guint i = 0; i < entry->keys->len; i++)
		g_free((gpointer)(guintptr)g_array_index(entry->keys, struct dc_key, i).columns);
	g_array_set_size(entry->keys, 0);
	entry->table.origin = DC_TABLE_ASSUMED;
	entry->table.charset = entry->table.collation = "";
	refresh(entry);
}

static void
key_text_clear(gpointer data)
{
	struct dc_key_text *key = data;

	g_ptr_array_unref(key->columns);
}

void
dc_definition_init(struct dc_definition *definition)
{
	memset(definition, 0, sizeof *definition);
	definition->database = definition->name = "";
	definition->charset = definition->collation = "";
	definition->origin = DC_TABLE_CREATED;
	definition->columns = g_array_new(FALSE, TRUE, sizeof(struct dc_column));
	definition->keys = g_array_new(FALSE, TRUE, sizeof(struct dc_key_text));
	g_array_set_clear_func(definition->keys, key_text_clear);
}

void
dc_definition_clear(struct dc_definition *definition)
{
	g_clear_pointer(&definition->columns, g_array_unref);
	g_clear_pointer(&definition->keys, g_array_unref);
}
