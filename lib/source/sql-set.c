/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is in force along a dump: SET, USE, DELIMITER, PRAGMA, and what comment lines tell. */
#include "lib/source/sql.h"

#include <string.h>

/* More variables than any dump saves. */
#define VARIABLES_MAX 1000

void
sql_set_charset(struct sql *sql, const char *charset)
{
	if (g_ascii_strcasecmp(charset, "default") == 0)
		charset = "";
	sql->charset = sql_intern_folded(sql, charset);
	sql->family = dc_escape_family_of(sql->charset);
	dc_input_add_charset(sql->input, sql->charset);
}

static void
set_mode(struct sql *sql, const char *mode)
{
	g_autofree char *upper = g_ascii_strup(mode, -1);
	g_auto(GStrv) words = g_strsplit(upper, ",", 64);
	const char *const *list = (const char *const *)words;

	sql->no_backslash = g_strv_contains(list, "NO_BACKSLASH_ESCAPES");
	sql->ansi_quotes = g_strv_contains(list, "ANSI_QUOTES") || g_strv_contains(list, "ANSI") ||
			   g_strv_contains(list, "DB2") || g_strv_contains(list, "MAXDB") ||
			   g_strv_contains(list, "MSSQL") || g_strv_contains(list, "ORACLE") ||
			   g_strv_contains(list, "POSTGRESQL");
}

void
sql_reset(struct sql *sql)
{
	sql->charset = "";
	sql->family = DC_ESCAPE_PLAIN;
	sql->no_backslash = sql->ansi_quotes = sql->sqlite = false;
	sql->time_zone = "";
	g_clear_pointer(&sql->database, g_free);
	strcpy(sql->delimiter, ";");
	sql->delimiter_size = 1;
	sql->in_version = false;
	g_hash_table_remove_all(sql->variables);
}

/* "@@session.sql_mode", "SESSION sql_mode" and "sql_mode" are one; "@x" is another thing. */
static const char *
plain_name(const char *name)
{
	if (name[0] != '@' || name[1] != '@')
		return name;
	const char *dot = strrchr(name, '.');
	return dot == NULL ? name + 2 : dot + 1;
}

/* What a system variable holds now. [transfer full] NULL when nobody knows. */
static char *
current_value(struct sql *sql, const char *name)
{
	if (strcmp(name, "character_set_client") == 0)
		return g_strdup(sql->charset);
	if (strcmp(name, "time_zone") == 0)
		return g_strdup(sql->time_zone);
	if (strcmp(name, "sql_mode") == 0)
		return g_strdup_printf("%s,%s", sql->no_backslash ? "NO_BACKSLASH_ESCAPES" : "",
			sql->ansi_quotes ? "ANSI_QUOTES" : "");
	return NULL;
}

static void
assign(struct sql *sql, const char *variable, const char *value)
{
	g_autofree char *name = g_ascii_strdown(plain_name(variable), -1);

	if (name[0] == '@') {
		if (value == NULL)
			g_hash_table_remove(sql->variables, name);
		else if (g_hash_table_size(sql->variables) < VARIABLES_MAX)
			g_hash_table_replace(
				sql->variables, g_steal_pointer(&name), g_strdup(value));
		return;
	}
	if (value == NULL)
		return;
	if (strcmp(name, "character_set_client") == 0)
		sql_set_charset(sql, value);
	else if (strcmp(name, "sql_mode") == 0)
		set_mode(sql, value);
	else if (strcmp(name, "time_zone") == 0)
		sql->time_zone = dc_catalog_intern(
			sql->scan->catalog, g_ascii_strcasecmp(value, "system") == 0 ? "" : value);
}

/* What the token stands for as a value. [transfer full] NULL when nobody knows. */
static char *
token_value(struct sql *sql)
{
	const char *text = sql->token.text->str;

	if (sql->token.kind == SQL_PUNCT || sql->token.kind == SQL_END)
		return NULL;
	if (sql->token.kind != SQL_WORD || text[0] != '@')
		return g_strdup(text);

	g_autofree char *name = g_ascii_strdown(plain_name(text), -1);
	if (name[0] != '@')
		return current_value(sql, name);
	return g_strdup(g_hash_table_lookup(sql->variables, name));
}

/* Pass over the rest of an expression, up to a comma or the end, which stays in the token. */
static int
skip_expression(struct sql *sql, bool *simple)
{
	int status = sql_next(sql);

	*simple = sql->token.kind == SQL_END || sql_is_punct(sql, ',');
	while (status == 0 && sql->token.kind != SQL_END && !sql_is_punct(sql, ',')) {
		if (sql_is_punct(sql, '('))
			status = sql_skip_parentheses(sql);
		if (status == 0)
			status = sql_next(sql);
	}
	return status;
}

/* One assignment, the variable's name being in the token. */
static int
assignment(struct sql *sql)
{
	g_autofree char *variable = g_strdup(sql->token.text->str);
	g_autofree char *value = NULL;
	bool simple = false;
	int status = sql_next(sql);

	if (status == 0 && sql_is_punct(sql, ':'))
		status = sql_next(sql);
	if (status != 0)
		return status;
	if (!sql_is_punct(sql, '=')) /* SET TRANSACTION …, SET PASSWORD … */
		return sql->token.kind == SQL_END ? 0 : skip_expression(sql, &simple);
	status = sql_next(sql);
	if (status != 0)
		return status;
	value = token_value(sql);
	/* The last thing that mysqldump does is to put the old settings back. */
	sql->restored |= g_ascii_strcasecmp(variable, "sql_notes") == 0 &&
			 g_ascii_strcasecmp(sql->token.text->str, "@old_sql_notes") == 0;
	status = skip_expression(sql, &simple);
	if (status == 0)
		assign(sql, variable, simple ? value : NULL);
	return status;
}

/* NAMES x, CHARACTER SET x, CHARSET x; the first word is in the token. */
static int
set_names(struct sql *sql, bool *handled)
{
	bool simple = false;
	int status = 0;

	*handled = sql_is_word(sql, "names") || sql_is_word(sql, "charset");
	if (sql_is_word(sql, "character")) {
		*handled = true;
		status = sql_next(sql); /* SET */
	}
	if (!*handled || status != 0)
		return status;
	status = sql_option_value(sql);
	if (status != 0)
		return status;

	g_autofree char *value = token_value(sql);
	if (value != NULL)
		sql_set_charset(sql, value);
	return sql->token.kind == SQL_END ? 0 : skip_expression(sql, &simple);
}

int
sql_set(struct sql *sql)
{
	for (;;) {
		bool handled = false;
		int status = sql_next(sql);

		if (status != 0 || sql->token.kind == SQL_END)
			return status;
		if (sql_is_punct(sql, ',') || sql_is_word(sql, "global") ||
			sql_is_word(sql, "session") || sql_is_word(sql, "local"))
			continue;
		status = set_names(sql, &handled);
		if (status == 0 && !handled)
			status = sql->token.kind == SQL_PUNCT ? sql_skip_statement(sql)
							      : assignment(sql);
		if (status != 0 || sql->token.kind == SQL_END)
			return status;
	}
}

int
sql_use(struct sql *sql)
{
	int status = sql_next(sql);

	if (status != 0)
		return status;
	if (sql->token.kind == SQL_END || sql->token.kind == SQL_PUNCT)
		return sql_broken(sql, "USE without a database");
	if (sql->token.text->len > DC_SQL_NAME_MAX)
		return sql_broken(sql, "no name of a database");
	g_free(sql->database);
	sql->database = g_strdup(sql->token.text->str);
	return sql_skip_statement(sql);
}

/* A command of the client: the rest of its line. */
int
sql_delimiter(struct sql *sql)
{
	char text[sizeof sql->delimiter];
	gsize size = 0;

	for (int c = sql_peek(sql); c >= 0 && c != '\n' && c != '\r'; c = sql_peek(sql)) {
		sql_skip(sql);
		if (c > ' ' && size < sizeof text)
			text[size++] = (char)c;
	}
	if (size == 0 || size >= sizeof text)
		return sql_broken(sql, "DELIMITER without a delimiter");
	memcpy(sql->delimiter, text, size);
	sql->delimiter[size] = '\0';
	sql->delimiter_size = size;
	sql->terminated = true;
	return 0;
}

/* PRAGMA is SQLite's: its shell knows no backslashes, and "x" is a name. */
int
sql_pragma(struct sql *sql)
{
	sql->sqlite = sql->no_backslash = true;
	g_free(sql->input->program);
	sql->input->program = g_strdup("sqlite3 .dump");
	return sql_skip_statement(sql);
}

static void
set_fact(char **fact, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	for (char *c = valid; *c != '\0'; c++) {
		if (g_ascii_iscntrl(*c))
			*c = ' ';
	}
	g_free(*fact);
	*fact = g_strdup(g_strstrip(valid));
}

/* "MySQL dump 8.14", "MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for …", "phpMyAdmin SQL Dump". */
static void
begin_dump(struct sql *sql, const char *text)
{
	const char *distrib = strstr(text, "Distrib ");
	g_autofree char *database = g_steal_pointer(&sql->database);

	sql_reset(sql);
	/* A header is a comment: what was used before it is, until the header names another one. */
	sql->database = g_steal_pointer(&database);
	sql->marked = sql->restored = false;
	g_clear_pointer(&sql->input->header_database, g_free);
	set_fact(&sql->input->program, text);
	if (distrib != NULL) {
		distrib += strlen("Distrib ");
		g_autofree char *version = g_strndup(distrib, strcspn(distrib, ", \t"));

		set_fact(&sql->input->server, version);
	}
}

/* "Host: localhost    Database: mail" by mysqldump, "Database: `mail`" by phpMyAdmin. */
static void
name_database(struct sql *sql, const char *text)
{
	const char *name = strstr(text, "Database");

	if (name == NULL || (name != text && !g_str_has_prefix(text, "Host:")))
		return;
	name += strlen("Database");
	while (*name == ' ')
		name++;
	if (*name != ':')
		return;

	g_auto(GStrv) parts = g_strsplit(name + 1, "`", -1);
	g_autofree char *plain = g_strjoinv("", parts);
	g_strstrip(plain);
	g_clear_pointer(&sql->input->header_database, g_free);
	if (*plain == '\0' || strlen(plain) > DC_SQL_NAME_MAX)
		return;
	sql->input->header_database = g_steal_pointer(&plain);
	g_clear_pointer(&sql->database, g_free);
}

void
sql_comment(struct sql *sql, const char *text)
{
	static const char *const programs[] = {"MySQL dump ", "MariaDB dump ",
		"phpMyAdmin SQL Dump", "phpMyAdmin MySQL-Dump", "MySQL Administrator dump",
		"Adminer ", "HeidiSQL ", "-- MySQL dump ", "mysqldump "};

	while (*text == ' ' || *text == '\t')
		text++;
	for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
		if (g_str_has_prefix(text, programs[i])) {
			begin_dump(sql, text);
			return;
		}
	}
	name_database(sql, text);
	if (g_str_has_prefix(text, "Dump completed")) {
		sql->marked = true;
	} else if (g_str_has_prefix(text, "WHERE: ")) {
		sql->input->partial = true;
	} else if (g_ascii_strncasecmp(text, "Server version", 14) == 0) {
		text += 14;
		while (*text == ':' || *text == ' ' || *text == '\t')
			text++;
		set_fact(&sql->input->server, text);
	} else if (g_str_has_prefix(text, "due to errors")) {
		dc_scan_damage(sql->scan, sql_offset(sql), "", "SQLite met errors while dumping");
	}
}
