/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* INSERT and REPLACE: the grammar around the rows, and the rows. */
#include "lib/source/sql.h"

#include <string.h>

struct insert {
	struct dc_entry *entry; /* NULL: --database leaves it out */
	GArray *map;            /* guint32: the table's column of each value */
	bool assumed;           /* nobody knows the columns: the first row has c1, c2, … */
	struct dc_row row;
};

/* ( name, name, … ), its '(' being taken: only the last part of a qualified name counts. */
static int
column_list(struct sql *sql, GPtrArray *names)
{
	for (;;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql_is_punct(sql, ')'))
			return 0;
		if (sql_is_punct(sql, ',') || sql_is_punct(sql, '.'))
			continue;
		if (sql->token.kind == SQL_END || sql->token.kind == SQL_PUNCT)
			return sql_broken(sql, "a list of columns is not closed");
		if (names->len >= DC_COLUMNS_MAX)
			return sql_broken(sql, "a list of columns is too long");
		status = sql_space(sql);
		if (status != 0)
			return status;
		if (sql_peek(sql) != '.')
			g_ptr_array_add(names, g_strdup(sql->token.text->str));
	}
}

/* The words before the table's name. The first token after them is read. */
static int
modifiers(struct sql *sql, struct insert *insert)
{
	static const char *const plain[] = {"low_priority", "delayed", "high_priority", "into"};

	for (;;) {
		bool known = false;
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql_is_word(sql, "ignore")) {
			insert->row.how = DC_ROW_IGNORE;
			continue;
		}
		if (sql_is_word(sql, "or")) { /* SQLite: INSERT OR REPLACE */
			status = sql_next(sql);
			if (status != 0)
				return status;
			if (sql_is_word(sql, "replace"))
				insert->row.how = DC_ROW_REPLACE;
			else if (sql_is_word(sql, "ignore"))
				insert->row.how = DC_ROW_IGNORE;
			continue;
		}
		for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
			known |= sql_is_word(sql, plain[i]);
		if (!known)
			return 0;
	}
}

static int
map_columns(struct sql *sql, struct insert *insert, const GPtrArray *names)
{
	struct dc_entry *entry = insert->entry;
	int status = dc_scan_bind(sql->scan, entry, 0, sql->error);

	if (status < 0)
		return status;
	for (guint i = 0; i < names->len; i++) {
		const int index = dc_entry_column(sql->scan->catalog, entry, names->pdata[i], true);
		const guint32 place = (guint32)index;

		if (index < 0)
			return sql_broken(sql, "the table has too many columns");
		g_array_append_val(insert->map, place);
	}
	return 0;
}

/* Without names the order is the table's own. */
static int
map_order(struct sql *sql, struct insert *insert)
{
	int status = dc_scan_bind(sql->scan, insert->entry, 0, sql->error);

	if (status < 0)
		return status;
	g_array_append_vals(insert->map, insert->entry->order->data, insert->entry->order->len);
	insert->assumed = insert->map->len == 0;
	return 0;
}

/* Everything between the table's name and the first row. */
static int
head(struct sql *sql, struct insert *insert)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (;;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql_is_word(sql, "values") || sql_is_word(sql, "value"))
			break;
		if (sql_is_punct(sql, '(')) {
			status = column_list(sql, names);
			if (status != 0)
				return status;
			continue;
		}
		if (sql_is_word(sql, "partition") || sql_is_word(sql, "as"))
			return sql_broken(sql, "INSERT with %s", sql->token.text->str);
		if (sql->token.kind == SQL_END || sql_is_word(sql, "select") ||
			sql_is_word(sql, "set"))
			return sql_broken(sql, "INSERT without VALUES");
	}
	if (names->len == 0 || insert->entry == NULL)
		return 0;
	return map_columns(sql, insert, names);
}

static int
announce(struct sql *sql, struct insert *insert)
{
	if (insert->entry == NULL)
		return 0;
	return dc_scan_announce(sql->scan, insert->entry, sql->error);
}

static void
clear_values(struct sql *sql, const struct insert *insert)
{
	const struct dc_value absent = {.kind = DC_VALUE_ABSENT, .charset = ""};
	const gsize count = insert->entry == NULL ? 0 : insert->entry->table.column_count;

	g_byte_array_set_size(sql->bytes, 0);
	g_array_set_size(sql->values, 0);
	for (gsize i = 0; i < count; i++)
		g_array_append_val(sql->values, absent);
}

/* The column of the value PLACE; -1: the row has one too many. */
static int
column_of(struct sql *sql, struct insert *insert, gsize place)
{
	const struct dc_value absent = {.kind = DC_VALUE_ABSENT, .charset = ""};
	struct dc_entry *entry = insert->entry;

	if (entry == NULL)
		return -1;
	if (insert->assumed && place < DC_COLUMNS_MAX) {
		dc_entry_assume(sql->scan->catalog, entry, place + 1);
		if (entry->order->len > place) {
			g_array_append_val(
				insert->map, g_array_index(entry->order, guint32, place));
			g_array_append_val(sql->values, absent);
		}
	}
	return place < insert->map->len ? (int)g_array_index(insert->map, guint32, place) : -1;
}

/* The values of a row, its '(' being taken. */
static int
row_values(struct sql *sql, struct insert *insert, gsize *count)
{
	const struct dc_entry *entry = insert->entry;

	for (*count = 0;; (*count)++) {
		int status = sql_space(sql);

		if (status != 0)
			return status;
		if (sql_peek(sql) == ')' && *count == 0)
			break;

		struct dc_value value = {.kind = DC_VALUE_ABSENT};
		const int column = column_of(sql, insert, *count);
		const bool wanted = column >= 0 && entry->wanted[column] &&
				    (entry->is_wanted || insert->assumed);

		status = sql_value(sql, wanted, &value);
		if (status == 0)
			status = sql_space(sql);
		if (status != 0)
			return status;
		if (wanted)
			g_array_index(sql->values, struct dc_value, column) = value;
		if (sql_peek(sql) == ',') {
			sql_skip(sql);
			continue;
		}
		(*count)++;
		break;
	}
	if (sql_peek(sql) != ')')
		return sql_broken(sql, "no comma or parenthesis after a value");
	sql_skip(sql);
	return 0;
}

static int
deliver(struct sql *sql, struct insert *insert, gsize count)
{
	if (insert->entry == NULL)
		return 0;
	if (count != insert->map->len && !(count == 0 && insert->map->len > 0)) {
		dc_scan_find(sql->scan, DC_FINDING_ROW_ARITY, insert->row.offset,
			"%s: a row with %" G_GSIZE_FORMAT " values, the table has %u columns",
			sql->table, count, insert->map->len);
		return 0;
	}
	dc_collector_settle(
		&sql->collector, (struct dc_value *)(gpointer)sql->values->data, sql->values->len);
	insert->row.values = (const struct dc_value *)(gpointer)sql->values->data;
	insert->row.time_zone = sql->time_zone;
	return dc_scan_row(sql->scan, insert->entry, &insert->row, sql->error);
}

static int
one_row(struct sql *sql, struct insert *insert)
{
	gsize count = 0;

	insert->row.offset = sql_offset(sql);
	sql_skip(sql);
	clear_values(sql, insert);

	int status = row_values(sql, insert, &count);
	if (status == 0 && insert->assumed) {
		insert->assumed = false;
		status = announce(sql, insert);
	}
	return status != 0 ? status : deliver(sql, insert, count);
}

static int
rows(struct sql *sql, struct insert *insert)
{
	for (;;) {
		int status = sql_space(sql);

		if (status != 0)
			return status;
		const int c = sql_peek(sql);
		if (sql_at_delimiter(sql) || c < 0)
			return c < 0 ? sql_broken(sql, "no semicolon after a row") : 0;
		if (c == ',') {
			sql_skip(sql);
			continue;
		}
		/* AS new ON DUPLICATE KEY UPDATE …, RETURNING … */
		if (c != '(' && g_ascii_isalpha(c))
			return sql_skip_statement(sql);
		if (c != '(')
			return sql_broken(sql, "no row where one has to be");
		status = one_row(sql, insert);
		if (status != 0)
			return status;
	}
}

int
sql_insert(struct sql *sql, bool replace)
{
	g_autofree char *database = NULL;
	g_autofree char *name = NULL;
	g_autoptr(GArray) map = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct insert insert = {.map = map};
	int status = 0;

	insert.row.how = replace ? DC_ROW_REPLACE : DC_ROW_INSERT;
	status = modifiers(sql, &insert);
	if (status == 0)
		status = sql_table_name(sql, &database, &name);
	if (status == 0)
		status = dc_scan_entry(sql->scan, database, name, &insert.entry, sql->error);
	if (sql->scan->looking_ahead)
		insert.entry = NULL;
	if (status == 0)
		status = head(sql, &insert);
	if (status == 0 && insert.entry != NULL && map->len == 0)
		status = map_order(sql, &insert);
	if (status == 0 && !insert.assumed)
		status = announce(sql, &insert);
	return status != 0 ? status : rows(sql, &insert);
}
