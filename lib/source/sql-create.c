/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CREATE TABLE in the words of twenty years of MySQL, MariaDB and SQLite. */
#include "lib/source/sql.h"

#include <string.h>

/* Columns and keys, the '(' being taken. */
static int
items(struct sql *sql, struct dc_definition *definition)
{
	for (;;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql_is_punct(sql, ')'))
			return 0;
		if (sql_is_punct(sql, ','))
			continue;
		if (sql->token.kind == SQL_END || sql->token.kind == SQL_PUNCT)
			return sql_broken(sql, "CREATE TABLE is not closed");
		status = sql_begins_key(sql) ? sql_key_item(sql, definition)
					     : sql_column_item(sql, definition);
		if (status != 0)
			return status;
		if (sql_is_punct(sql, ')'))
			return 0;
		if (!sql_is_punct(sql, ','))
			return sql_broken(sql, "CREATE TABLE is not closed");
	}
}

/* ENGINE=…, DEFAULT CHARSET=…, up to the delimiter. */
static int
table_options(struct sql *sql, struct dc_definition *definition)
{
	bool character = false;

	for (;;) {
		int status = sql_next(sql);

		if (status != 0 || sql->token.kind == SQL_END)
			return status;
		if (sql_is_word(sql, "charset") || (character && sql_is_word(sql, "set"))) {
			status = sql_option_value(sql);
			definition->charset = sql_intern_folded(sql, sql->token.text->str);
		} else if (sql_is_word(sql, "collate")) {
			status = sql_option_value(sql);
			definition->collation = sql_intern_folded(sql, sql->token.text->str);
		} else if (sql_is_word(sql, "comment")) {
			status = sql_option_value(sql);
		}
		if (status != 0 || sql->token.kind == SQL_END)
			return status;
		character = sql_is_word(sql, "character");
	}
}

/* IF NOT EXISTS, IF EXISTS: skipped; the token after them is read. */
static int
skip_if_exists(struct sql *sql)
{
	int status = sql_next(sql);

	if (status != 0 || !sql_is_word(sql, "if"))
		return status;
	while (status == 0 && (sql_is_word(sql, "if") || sql_is_word(sql, "not")))
		status = sql_next(sql);
	return status == 0 && sql_is_word(sql, "exists") ? sql_next(sql) : status;
}

static int
create_table(struct sql *sql)
{
	g_autofree char *database = NULL;
	g_autofree char *name = NULL;
	g_auto(dc_definition_auto) definition;
	int status = skip_if_exists(sql);

	dc_definition_init(&definition);
	if (status == 0)
		status = sql_table_name(sql, &database, &name);
	if (status == 0)
		status = sql_next(sql);
	if (status != 0)
		return status;
	if (!sql_is_punct(sql, '(')) /* LIKE …, AS SELECT … */
		return sql->token.kind == SQL_END ? 0 : sql_skip_statement(sql);
	definition.database = database;
	definition.name = name;
	status = items(sql, &definition);
	if (status == 0)
		status = table_options(sql, &definition);
	if (status != 0)
		return status;
	if (*definition.charset == '\0' && *definition.collation != '\0')
		definition.charset = sql_charset_of_collation(sql, definition.collation);
	return dc_scan_create(sql->scan, &definition, sql->error);
}

/*
 * A body without DELIMITER around it (SQLite's triggers, phpMyAdmin's routines): it ends at a semicolon
 * that follows END and another semicolon.
 */
static int
skip_body(struct sql *sql)
{
	bool in_body = false;
	bool after_semicolon = false;
	bool after_end = false;

	if (strcmp(sql->delimiter, ";") != 0)
		return sql_skip_statement(sql);
	for (;;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql->token.kind == SQL_END) {
			if (!in_body || after_end || !sql_take_delimiter(sql))
				return 0;
			after_semicolon = true;
			continue;
		}
		in_body |= sql_is_word(sql, "begin");
		after_end = after_semicolon && sql_is_word(sql, "end");
		after_semicolon = false;
	}
}

int
sql_create(struct sql *sql)
{
	for (;;) {
		int status = sql_next(sql);

		if (status != 0 || sql->token.kind == SQL_END)
			return status;
		if (sql_is_word(sql, "table"))
			return create_table(sql);
		if (sql_is_word(sql, "trigger") || sql_is_word(sql, "procedure") ||
			sql_is_word(sql, "function") || sql_is_word(sql, "event"))
			return skip_body(sql);
		if (sql_is_word(sql, "database") || sql_is_word(sql, "schema") ||
			sql_is_word(sql, "view") || sql_is_word(sql, "index"))
			return sql_skip_statement(sql);
	}
}

/* DROP TABLE [IF EXISTS] a, b */
int
sql_drop(struct sql *sql)
{
	int status = sql_next(sql);

	if (status == 0 && sql_is_word(sql, "temporary"))
		status = sql_next(sql);
	if (status != 0 || !sql_is_word(sql, "table"))
		return status != 0 || sql->token.kind == SQL_END ? status : sql_skip_statement(sql);
	status = skip_if_exists(sql);
	while (status == 0 && sql->token.kind != SQL_END) {
		g_autofree char *database = NULL;
		g_autofree char *name = NULL;

		if (sql->token.kind != SQL_PUNCT) {
			status = sql_table_name(sql, &database, &name);
			if (status == 0)
				status = dc_scan_drop(sql->scan, database, name, sql->error);
		}
		if (status == 0)
			status = sql_next(sql);
	}
	return status;
}

/* TRUNCATE [TABLE] a; DELETE FROM a is the same when nothing follows. */
int
sql_truncate(struct sql *sql)
{
	g_autofree char *database = NULL;
	g_autofree char *name = NULL;
	int status = sql_next(sql);

	if (status == 0 && (sql_is_word(sql, "table") || sql_is_word(sql, "from")))
		status = sql_next(sql);
	if (status == 0)
		status = sql_table_name(sql, &database, &name);
	if (status == 0)
		status = sql_next(sql);
	if (status != 0)
		return status;
	if (sql->token.kind == SQL_END)
		return dc_scan_truncate(sql->scan, database, name, sql->error);
	if (sql_is_word(sql, "where"))
		dc_scan_changed(sql->scan, sql_offset(sql), database, name, "DELETE");
	return sql_skip_statement(sql);
}

int
sql_update(struct sql *sql)
{
	g_autofree char *database = NULL;
	g_autofree char *name = NULL;
	int status = sql_next(sql);

	while (status == 0 && (sql_is_word(sql, "low_priority") || sql_is_word(sql, "ignore")))
		status = sql_next(sql);
	if (status == 0)
		status = sql_table_name(sql, &database, &name);
	if (status != 0)
		return status;
	dc_scan_changed(sql->scan, sql_offset(sql), database, name, "UPDATE");
	return sql_skip_statement(sql);
}

/* ADD [COLUMN] name …, ADD PRIMARY KEY …; everything else is passed over. */
static int
alterations(struct sql *sql, struct dc_definition *definition)
{
	for (;;) {
		int status = sql_next(sql);

		if (status != 0 || sql->token.kind == SQL_END)
			return status;
		if (sql_is_punct(sql, ','))
			continue;
		const bool add = sql_is_word(sql, "add");
		if (add)
			status = sql_next(sql);
		if (status == 0 && add && sql_is_word(sql, "column"))
			status = skip_if_exists(sql);
		if (status == 0 && add && sql_begins_key(sql))
			status = sql_key_item(sql, definition);
		else if (status == 0 && add &&
			 (sql->token.kind == SQL_NAME || sql->token.kind == SQL_WORD))
			status = sql_column_item(sql, definition);
		else if (status == 0)
			status = sql_skip_item(sql);
		if (status != 0 || sql->token.kind == SQL_END)
			return status;
	}
}

int
sql_alter(struct sql *sql)
{
	g_autofree char *database = NULL;
	g_autofree char *name = NULL;
	g_auto(dc_definition_auto) definition;
	int status = sql_next(sql);

	dc_definition_init(&definition);
	if (status != 0 || !sql_is_word(sql, "table"))
		return status != 0 || sql->token.kind == SQL_END ? status : sql_skip_statement(sql);
	status = skip_if_exists(sql);
	if (status == 0)
		status = sql_table_name(sql, &database, &name);
	if (status == 0)
		status = alterations(sql, &definition);
	if (status != 0)
		return status;
	definition.database = database;
	definition.name = name;
	return dc_scan_alter(sql->scan, &definition, sql->error);
}
