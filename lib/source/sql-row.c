/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows: what stands in parentheses behind VALUES, and the assignments of INSERT … SET. A row with a value
 * that only a server could work out is missing; the rows beside it are not.
 */
#include "lib/source/sql.h"

#include <string.h>

static const struct dc_value absent = {.kind = DC_VALUE_ABSENT, .charset = ""};

/* What stands in the place of a value that is none. */
struct missing {
	guint64 offset; /* of the first one */
	char why[160];  /* "" when there is none */
};

static void
begin_row(struct sql *sql, struct sql_insert *insert)
{
	const gsize count = insert->entry == NULL ? 0 : insert->entry->table.column_count;

	insert->row.offset = sql_offset(sql);
	sql->in_row = true;
	g_byte_array_set_size(sql->bytes, 0);
	g_array_set_size(sql->values, (guint)count);
	struct dc_value *values = (struct dc_value *)(gpointer)sql->values->data;
	for (gsize i = 0; i < count; i++)
		values[i] = absent;
}

/* The column of the value PLACE; -1: the row has one too many. */
static int
column_of(struct sql *sql, struct sql_insert *insert, gsize place)
{
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

/* The rest of an expression, up to a comma or to what ends the row. */
static int
skip_operands(struct sql *sql, bool in_parentheses)
{
	for (;;) {
		int status = sql_space(sql);
		const int c = sql_peek(sql);

		if (status != 0)
			return status;
		if (c == ',' || (c == ')' && in_parentheses))
			return 0;
		if (c < 0 || sql_at_delimiter(sql))
			return in_parentheses || c < 0 ? sql_broken(sql, "a row is not closed") : 0;
		status = sql_next(sql);
		if (status == 0 && sql_is_punct(sql, '('))
			status = sql_skip_parentheses(sql);
		if (status != 0)
			return status;
	}
}

/* A value of COLUMN and what follows it, up to a comma or to what ends the row. */
static int
one_value(struct sql *sql, struct sql_insert *insert, int column, struct missing *missing)
{
	const struct dc_entry *entry = insert->entry;
	/* Of a table that nobody was asked about yet all may be wanted. */
	const bool wanted = column >= 0 && entry->wanted[column] &&
			    (entry->is_wanted || !entry->announced) && missing->why[0] == '\0';
	const guint64 offset = sql_offset(sql);
	struct dc_value value = absent;
	int status = sql_value(sql, wanted, &value);

	if (status == 0)
		status = sql_space(sql);
	const int c = sql_peek(sql);
	if (status == 0 && c != ',' && c != ')' && c > 0 && strchr("+-*/%|&^<>=!", c) != NULL)
		status = sql_expression(sql, "a value is an expression");
	if (status == 0 && wanted)
		g_array_index(sql->values, struct dc_value, column) = value;
	if (status != SQL_EXPRESSION)
		return status;
	if (missing->why[0] == '\0') {
		g_strlcpy(missing->why, sql->broken, sizeof missing->why);
		missing->offset = offset;
	}
	return skip_operands(sql, insert->map != NULL);
}

/* The values of a row, its '(' being taken. */
static int
row_values(struct sql *sql, struct sql_insert *insert, gsize *count, struct missing *missing)
{
	for (*count = 0;; (*count)++) {
		int status = sql_space(sql);

		if (status != 0)
			return status;
		if (sql_peek(sql) == ')' && *count == 0)
			break;
		status = one_value(sql, insert, column_of(sql, insert, *count), missing);
		if (status != 0)
			return status;
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

/* The row is whole: hand it over, or say that it is missing. */
static int
deliver(struct sql *sql, struct sql_insert *insert, const struct missing *missing)
{
	sql->in_row = false;
	if (insert->entry == NULL)
		return 0;
	if (missing->why[0] != '\0') {
		dc_scan_missing_row(sql->scan, missing->offset, sql->table, missing->why);
		return 0;
	}
	dc_collector_settle(
		&sql->collector, (struct dc_value *)(gpointer)sql->values->data, sql->values->len);
	insert->row.values = (const struct dc_value *)(gpointer)sql->values->data;
	insert->row.time_zone = sql->time_zone;
	return dc_scan_row(sql->scan, insert->entry, &insert->row, sql->error);
}

int
sql_row(struct sql *sql, struct sql_insert *insert)
{
	struct missing missing = {.why = ""};
	gsize count = 0;

	begin_row(sql, insert);
	sql_skip(sql);
	int status = row_values(sql, insert, &count, &missing);
	if (status == 0 && insert->assumed && insert->entry != NULL) {
		insert->assumed = false;
		status = dc_scan_announce(sql->scan, insert->entry, sql->error);
	}
	if (status != 0)
		return status;
	if (insert->entry != NULL && count != insert->map->len &&
		!(count == 0 && insert->map->len > 0)) {
		sql->in_row = false;
		dc_scan_find(sql->scan, DC_FINDING_ROW_ARITY, insert->row.offset,
			"%s: a row with %" G_GSIZE_FORMAT " values, the table has %u columns",
			sql->table, count, insert->map->len);
		return 0;
	}
	return deliver(sql, insert, &missing);
}

/* [database.][table.]column =, the column's place, or -1 when nobody wants the table. */
static int
assigned_column(struct sql *sql, struct sql_insert *insert, int *column)
{
	g_autofree char *name = NULL;

	for (;;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql->token.kind != SQL_WORD && sql->token.kind != SQL_NAME)
			return sql_broken(sql, "SET without the name of a column");
		g_free(name);
		name = g_strdup(sql->token.text->str);
		status = sql_next(sql);
		if (status == 0 && sql_is_punct(sql, ':'))
			status = sql_next(sql);
		if (status != 0)
			return status;
		if (sql_is_punct(sql, '='))
			break;
		if (!sql_is_punct(sql, '.'))
			return sql_broken(sql, "SET without = behind a column");
	}
	*column = -1;
	if (insert->entry == NULL)
		return 0;
	*column = dc_entry_column(sql->scan->catalog, insert->entry, name, true);
	if (*column < 0)
		return sql_broken(sql, "the table has too many columns");
	while (sql->values->len < insert->entry->table.column_count)
		g_array_append_val(sql->values, absent);
	return 0;
}

int
sql_set_row(struct sql *sql, struct sql_insert *insert)
{
	struct missing missing = {.why = ""};

	insert->map = NULL;
	begin_row(sql, insert);
	for (;;) {
		int column = -1;
		int status = assigned_column(sql, insert, &column);

		if (status == 0)
			status = sql_space(sql);
		if (status == 0)
			status = one_value(sql, insert, column, &missing);
		if (status != 0)
			return status;
		const int c = sql_peek(sql);
		if (c < 0 || (c != ',' && !sql_at_delimiter(sql) && !g_ascii_isalpha(c)))
			return sql_broken(sql, "no comma or semicolon after a value");
		if (c != ',')
			break;
		sql_skip(sql);
	}
	if (insert->entry != NULL) {
		int status = dc_scan_announce(sql->scan, insert->entry, sql->error);

		if (status < 0)
			return status;
	}
	return deliver(sql, insert, &missing);
}
