/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* INSERT and REPLACE: the grammar around the rows. */
#include "lib/source/sql.h"

#include <string.h>

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
modifiers(struct sql *sql, struct sql_insert *insert)
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
map_columns(struct sql *sql, struct sql_insert *insert, const GPtrArray *names)
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
map_order(struct sql *sql, struct sql_insert *insert)
{
	int status = dc_scan_bind(sql->scan, insert->entry, 0, sql->error);

	if (status < 0)
		return status;
	g_array_append_vals(insert->map, insert->entry->order->data, insert->entry->order->len);
	insert->assumed = insert->map->len == 0;
	return 0;
}

/* What follows the table's name and the list of columns. */
enum rows_kind {
	ROWS_VALUES,
	ROWS_SET,   /* a row of assignments, with no list of columns */
	ROWS_SELECT /* none: a server would work them out */
};

/* Everything between the table's name and the first row. */
static int
head(struct sql *sql, struct sql_insert *insert, enum rows_kind *kind)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (*kind = ROWS_VALUES; *kind == ROWS_VALUES;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql_is_word(sql, "values") || sql_is_word(sql, "value"))
			break;
		if (sql_is_word(sql, "set"))
			*kind = ROWS_SET;
		if (sql_is_word(sql, "select") || sql_is_word(sql, "table") ||
			sql_is_word(sql, "with"))
			*kind = ROWS_SELECT;
		if (sql_is_word(sql, "partition")) {
			status = sql_next(sql);
			if (status == 0 && sql_is_punct(sql, '('))
				status = sql_skip_parentheses(sql);
			if (status != 0)
				return status;
			continue;
		}
		if (sql_is_punct(sql, '(')) {
			status = column_list(sql, names);
			if (status != 0)
				return status;
			continue;
		}
		if (sql_is_word(sql, "as"))
			return sql_broken(sql, "INSERT with AS");
		if (sql->token.kind == SQL_END)
			return sql_broken(sql, "INSERT without VALUES");
	}
	if (names->len == 0 || insert->entry == NULL)
		return 0;
	return map_columns(sql, insert, names);
}

/* Whether rows are followed by AS new ON DUPLICATE KEY UPDATE …, RETURNING … */
static bool
at_clause(struct sql *sql)
{
	const int c = sql_peek(sql);

	return c != '(' && g_ascii_isalpha(c);
}

static int
rows(struct sql *sql, struct sql_insert *insert)
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
		if (at_clause(sql))
			return sql_skip_statement(sql);
		if (c != '(')
			return sql_broken(sql, "no row where one has to be");
		status = sql_row(sql, insert);
		if (status != 0)
			return status;
	}
}

/* INSERT … SET: one row, and what may follow it. */
static int
assignments(struct sql *sql, struct sql_insert *insert)
{
	int status = 0;

	if (insert->entry != NULL)
		status = dc_scan_bind(sql->scan, insert->entry, 0, sql->error);
	if (status == 0)
		status = sql_set_row(sql, insert);
	return status == 0 && at_clause(sql) ? sql_skip_statement(sql) : status;
}

int
sql_insert(struct sql *sql, bool replace)
{
	g_autofree char *database = NULL;
	g_autofree char *name = NULL;
	g_autoptr(GArray) map = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct sql_insert insert = {.map = map};
	enum rows_kind kind = ROWS_VALUES;
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
		status = head(sql, &insert, &kind);
	if (status != 0)
		return status;
	if (kind == ROWS_SELECT && insert.entry != NULL)
		dc_scan_damage(sql->scan, sql_offset(sql), sql->table, "INSERT with SELECT");
	if (kind == ROWS_SELECT)
		return sql_skip_statement(sql);
	if (kind == ROWS_SET)
		return assignments(sql, &insert);
	if (insert.entry != NULL && map->len == 0)
		status = map_order(sql, &insert);
	if (status == 0 && !insert.assumed && insert.entry != NULL)
		status = dc_scan_announce(sql->scan, insert.entry, sql->error);
	return status != 0 ? status : rows(sql, &insert);
}
