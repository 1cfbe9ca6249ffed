/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tokens of SQL text: white space, three kinds of comments, names, words, strings, delimiters. */
#include "lib/source/sql.h"

#include "lib/text/decode.h"

#include <string.h>

/* What a comment line can say about the dump stands at its beginning. */
#define COMMENT_MAX 200

int
sql_peek(struct sql *sql)
{
	return dc_window_peek(&sql->window);
}

guint64
sql_offset(const struct sql *sql)
{
	return dc_window_offset(&sql->window);
}

int
sql_broken(struct sql *sql, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_vsnprintf(sql->broken, sizeof sql->broken, format, args);
	va_end(args);
	sql->broken_at = sql_offset(sql);
	return SQL_BROKEN;
}

int
sql_expression(struct sql *sql, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_vsnprintf(sql->broken, sizeof sql->broken, format, args);
	va_end(args);
	return SQL_EXPRESSION;
}

/* A line comment, its introducer being taken. */
static void
skip_line(struct sql *sql)
{
	char text[COMMENT_MAX + 1];
	gsize size = 0;

	for (int c = sql_peek(sql); c >= 0; c = sql_peek(sql)) {
		sql_skip(sql);
		if (c == '\n' || (c == '\r' && sql->cr_ends_lines))
			break;
		if (size < COMMENT_MAX && c != 0)
			text[size++] = (char)c;
	}
	text[size] = '\0';
	sql_comment(sql, text);
}

static int
skip_block(struct sql *sql)
{
	int before = 0;

	for (int c = sql_peek(sql); c >= 0; c = sql_peek(sql)) {
		sql_skip(sql);
		if (c == '/' && before == '*')
			return 0;
		before = c;
	}
	return sql_broken(sql, "a comment is not closed");
}

/*
 * Behind a slash and a star. An executable comment is read like any text: every version is new enough.
 * The sandbox line of MariaDB's clients is no such thing, its version number ends in a backslash.
 */
static int
enter_comment(struct sql *sql)
{
	gsize seen = dc_window_ensure(&sql->window, 10);
	const guint8 *at = sql->window.at;
	gsize digits = 0;
	gsize begin = 0;

	if (seen > 1 && at[0] == 'M' && at[1] == '!')
		begin = 2;
	else if (seen > 0 && at[0] == '!')
		begin = 1;
	else
		return skip_block(sql);
	while (digits < 6 && begin + digits < seen && g_ascii_isdigit(at[begin + digits]))
		digits++;
	if (begin + digits < seen && at[begin + digits] == '\\')
		return skip_block(sql);
	sql->window.at += begin + digits;
	sql->in_version = true;
	return 0;
}

/* Whether "--" begins a comment: white space, a control character or the end has to follow. */
static bool
dashes_begin_comment(struct sql *sql)
{
	const gsize seen = dc_window_ensure(&sql->window, 3);

	if (seen < 2 || sql->window.at[1] != '-')
		return false;
	return seen < 3 || sql->window.at[2] <= ' ' || sql->sqlite;
}

/* @return 1: something was skipped, 0: no comment here, SQL_BROKEN + 1 is never used */
static int
skip_comment(struct sql *sql, int c, bool *skipped)
{
	*skipped = true;
	if (c == '#') {
		sql_skip(sql);
		skip_line(sql);
		return 0;
	}
	if (c == '-' && dashes_begin_comment(sql)) {
		sql->window.at += 2;
		skip_line(sql);
		return 0;
	}
	if (c == '/' && dc_window_ensure(&sql->window, 2) > 1 && sql->window.at[1] == '*') {
		sql->window.at += 2;
		return enter_comment(sql);
	}
	if (c == '*' && sql->in_version && dc_window_ensure(&sql->window, 2) > 1 &&
		sql->window.at[1] == '/') {
		sql->window.at += 2;
		sql->in_version = false;
		return 0;
	}
	*skipped = false;
	return 0;
}

int
sql_skip_space(struct sql *sql)
{
	for (int c = sql_peek(sql); c >= 0; c = sql_peek(sql)) {
		bool skipped = false;

		/* Ctrl-Z ended text files of DOS. */
		if (c <= ' ' && (g_ascii_isspace(c) || c == '\v' || c == 0x1a)) {
			sql_skip(sql);
			continue;
		}
		int status = skip_comment(sql, c, &skipped);
		if (status != 0)
			return status;
		if (!skipped)
			break;
	}
	return 0;
}

bool
sql_at_delimiter(struct sql *sql)
{
	const gsize size = sql->delimiter_size;

	if (sql_peek(sql) != (guint8)sql->delimiter[0])
		return false;
	return size == 1 || (dc_window_ensure(&sql->window, size) >= size &&
				    memcmp(sql->window.at, sql->delimiter, size) == 0);
}

bool
sql_take_delimiter(struct sql *sql)
{
	if (!sql_at_delimiter(sql))
		return false;
	sql->window.at += sql->delimiter_size;
	sql->terminated = true;
	return true;
}

static bool
is_word_byte(int c)
{
	return c >= 0x80 || c == '_' || c == '$' || c == '@' || c == '.' || g_ascii_isalnum(c);
}

static void
keep(struct sql *sql, guint8 byte)
{
	if (sql->token.text->len < SQL_TOKEN_MAX)
		g_string_append_c(sql->token.text, (char)byte);
}

/*
 * Names are UTF-8 here. A dump has them in the client's set, but for CREATE TABLE, which mysqldump
 * writes in UTF-8 whatever the client's is: one table would be two.
 */
static void
name_to_utf8(struct sql *sql)
{
	GString *text = sql->token.text;
	gsize size = 0;

	if (g_utf8_validate(text->str, (gssize)text->len, NULL))
		return;
	g_autofree char *decoded = dc_text_decode_plain(
		text->str, text->len, sql->charset[0] == '\0' ? NULL : sql->charset, &size);
	g_string_truncate(text, 0);
	g_string_append_len(text, decoded, (gssize)MIN(size, SQL_TOKEN_MAX));
}

/* A quoted name: doubled quotes, no backslashes. */
static int
read_name(struct sql *sql, int quote)
{
	sql->token.kind = SQL_NAME;
	sql_skip(sql);
	for (int c = sql_peek(sql); c >= 0; c = sql_peek(sql)) {
		sql_skip(sql);
		if (c == quote) {
			if (sql_peek(sql) != quote) {
				name_to_utf8(sql);
				return 0;
			}
			sql_skip(sql);
		}
		keep(sql, (guint8)c);
	}
	return sql_broken(sql, "a name is not closed");
}

static int
keep_string(struct sql *sql, void *user, const guint8 *data, gsize size)
{
	(void)user;
	for (gsize i = 0; i < size; i++)
		keep(sql, data[i]);
	return 0;
}

static guint32
flavour(const struct sql *sql)
{
	return (guint32)sql->family | (sql->no_backslash ? DC_FLAVOUR_NO_BACKSLASH : 0);
}

static int
read_string(struct sql *sql, int quote)
{
	struct dc_literal_machine machine;

	sql->token.kind = SQL_STRING;
	sql_skip(sql);
	dc_literal_init_string(&machine, flavour(sql), (guint8)quote, 1);
	return sql_literal(sql, &machine, keep_string, NULL);
}

int
sql_next(struct sql *sql)
{
	int status = sql_space(sql);

	g_string_truncate(sql->token.text, 0);
	sql->token.kind = SQL_END;
	sql->token.punct = '\0';
	if (status != 0)
		return status;

	int c = sql_peek(sql);
	if (c < 0 || sql_at_delimiter(sql))
		return 0;
	if (c == '`' || (c == '"' && (sql->ansi_quotes || sql->sqlite)))
		return read_name(sql, c);
	if (c == '\'' || c == '"')
		return read_string(sql, c);
	if (c == '[' && sql->sqlite)
		return read_name(sql, ']');
	if (!is_word_byte(c) || c == '.') {
		sql->token.kind = SQL_PUNCT;
		sql->token.punct = (char)c;
		sql_skip(sql);
		return 0;
	}
	sql->token.kind = SQL_WORD;
	while (c >= 0 && is_word_byte(c) &&
		(c != '.' || sql->token.text->str[0] == '@' ||
			g_ascii_isdigit(sql->token.text->str[0]))) {
		keep(sql, (guint8)c);
		sql_skip(sql);
		c = sql_peek(sql);
		if (sql_at_delimiter(sql))
			break;
	}
	name_to_utf8(sql);
	return 0;
}

bool
sql_is_word(const struct sql *sql, const char *word)
{
	return sql->token.kind == SQL_WORD && g_ascii_strcasecmp(sql->token.text->str, word) == 0;
}

bool
sql_is_punct(const struct sql *sql, char punct)
{
	return sql->token.kind == SQL_PUNCT && sql->token.punct == punct;
}

int
sql_skip_statement(struct sql *sql)
{
	do {
		int status = sql_next(sql);

		if (status != 0)
			return status;
	} while (sql->token.kind != SQL_END);
	return 0;
}

int
sql_skip_parentheses(struct sql *sql)
{
	for (guint64 depth = 1; depth > 0;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql->token.kind == SQL_END)
			return sql_broken(sql, "a parenthesis is not closed");
		if (sql_is_punct(sql, '('))
			depth++;
		if (sql_is_punct(sql, ')'))
			depth--;
	}
	return 0;
}

int
sql_table_name(struct sql *sql, char **database, char **name)
{
	if (sql->token.kind != SQL_WORD && sql->token.kind != SQL_NAME &&
		sql->token.kind != SQL_STRING)
		return sql_broken(sql, "the name of a table is missing");
	if (sql->token.text->len == 0 || sql->token.text->len > DC_SQL_NAME_MAX)
		return sql_broken(sql, "no name of a table");

	g_autofree char *first = g_strdup(sql->token.text->str);
	int status = sql_space(sql);
	if (status != 0)
		return status;
	if (sql_peek(sql) == '.') {
		sql_skip(sql);
		status = sql_next(sql);
		if (status != 0)
			return status;
		if (sql->token.text->len == 0 || sql->token.text->len > DC_SQL_NAME_MAX)
			return sql_broken(sql, "no name of a table");
		*database = g_steal_pointer(&first);
		*name = g_strdup(sql->token.text->str);
	} else {
		*database = g_strdup(sql->database == NULL ? "" : sql->database);
		*name = g_steal_pointer(&first);
	}
	g_strlcpy(sql->table, *name, sizeof sql->table);
	return 0;
}
