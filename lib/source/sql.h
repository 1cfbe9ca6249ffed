/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SQL text of dumps: the state that travels along a file, and the steps that read it. A step answers 0,
 * SQL_BROKEN when the text makes no sense here (where and why is in the state), or a negative error.
 */
#ifndef DC_SOURCE_SQL_H
#define DC_SOURCE_SQL_H

#include "lib/base/limits.h"
#include "lib/source/internal.h"

#define SQL_BROKEN 1
/* Only of values: no literal, but SQL that makes sense; it is read up to its end or to an operator. */
#define SQL_EXPRESSION 2

/* Text of a token; the rest of a longer one is dropped. */
#define SQL_TOKEN_MAX DC_TYPE_MAX

enum sql_token_kind {
	SQL_END,    /* the delimiter, or the end of the input */
	SQL_WORD,   /* a bare word or number */
	SQL_NAME,   /* a quoted name */
	SQL_STRING, /* a quoted string */
	SQL_PUNCT   /* one other character */
};

struct sql_token {
	enum sql_token_kind kind;
	GString *text;
	char punct;
};

struct sql {
	struct dc_scan *scan;
	struct dc_input *input;
	struct dc_window window;
	draftconv_error **error;

	/* In force; a new header resets them. */
	const char *charset; /* of the client, interned */
	enum dc_escape_family family;
	bool no_backslash;
	bool ansi_quotes;
	bool sqlite;
	const char *time_zone;
	char *database;
	char delimiter[16];
	gsize delimiter_size;
	GHashTable *variables;
	bool in_version; /* inside of an executable comment */

	bool cr_ends_lines;
	bool marked;     /* the end marker was the last thing of note */
	bool restored;   /* the settings of before the dump were put back */
	bool terminated; /* the last statement had its delimiter */
	struct sql_token token;
	GString *word; /* first word of the statement, lower case */

	guint64 broken_at;
	char broken[160];                /* of an expression as well */
	bool in_row;                     /* what is broken is a row */
	char table[DC_SQL_NAME_MAX + 1]; /* of the statement, for messages */

	struct dc_collector collector;
	GByteArray *bytes;
	GArray *values; /* struct dc_value, one per column of the table */
};

/* ---- sql-bid.c ---- */

/* What a text looks like by its beginning. */
enum sql_text {
	SQL_TEXT_OTHER,
	SQL_TEXT_COMMENTS, /* of a dump, and nothing else */
	SQL_TEXT_STATEMENTS
};

enum sql_text sql_judge_text(const guint8 *head, gsize size);
int sql_bid(const guint8 *head, gsize size);
/* Whether a line that begins so is a warning of the program that wrote the dump. */
bool sql_is_remark(const guint8 *line, gsize size);

/* ---- sql-lex.c ---- */

int sql_peek(struct sql *sql);
static inline void
sql_skip(struct sql *sql)
{
	dc_window_skip(&sql->window);
}
guint64 sql_offset(const struct sql *sql);
int sql_broken(struct sql *sql, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same, answering SQL_EXPRESSION. */
int sql_expression(struct sql *sql, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Skip white space and comments; go into executable comments and out of them. */
int sql_skip_space(struct sql *sql);
/* The same; mostly there is nothing to skip. */
static inline int
sql_space(struct sql *sql)
{
	if (sql->window.at < sql->window.end) {
		const guint8 c = *sql->window.at;

		if (c > '/' || c == ',' || c == '\'' || c == '(' || c == ')')
			return 0;
	}
	return sql_skip_space(sql);
}
/* Whether the delimiter stands here. */
bool sql_at_delimiter(struct sql *sql);
/* Take it, when it stands here. */
bool sql_take_delimiter(struct sql *sql);
/* The next token into sql->token. */
int sql_next(struct sql *sql);
bool sql_is_word(const struct sql *sql, const char *word);
bool sql_is_punct(const struct sql *sql, char punct);
/* Everything up to and with the delimiter. */
int sql_skip_statement(struct sql *sql);
/* From a '(' that was taken to its ')'. */
int sql_skip_parentheses(struct sql *sql);
/* [database.]table, its first token being read already. Strings: [transfer full] */
int sql_table_name(struct sql *sql, char **database, char **name);

/* ---- sql-plain.c, sql-value.c, sql-call.c ---- */

/* One value for the collector, which was begun, if it is of the plain kind. @return whether it was taken */
bool sql_plain_value(struct sql *sql, struct dc_value *value);

/* One value of a row, into VALUE when WANTED. */
int sql_value(struct sql *sql, bool wanted, struct dc_value *value);
/* SQLite's replace(…) and unistr(…), NAME and its '(' being read. */
int sql_call(struct sql *sql, const char *name, bool wanted, struct dc_value *value);
/* A string from its quote on, through FILTER (may be NULL) into the collector. */
typedef int (*sql_filter)(struct sql *sql, void *user, const guint8 *data, gsize size);
int sql_literal(struct sql *sql, struct dc_literal_machine *machine, sql_filter filter, void *user);

/* ---- sql-column.c: items of CREATE and ALTER TABLE ---- */

/* Lower case, one copy. */
const char *sql_intern_folded(struct sql *sql, const char *text);
/* The value after a word: [=] token. */
int sql_option_value(struct sql *sql);
/* "latin1_swedish_ci" is a collation of latin1. */
const char *sql_charset_of_collation(struct sql *sql, const char *collation);
/* Whether the token begins a key and no column. */
bool sql_begins_key(const struct sql *sql);
/* One item, its first token being read, up to ',' or ')', which stays in the token. */
int sql_column_item(struct sql *sql, struct dc_definition *definition);
int sql_key_item(struct sql *sql, struct dc_definition *definition);
int sql_skip_item(struct sql *sql);

/* ---- sql-row.c: one row, into sql->values ---- */

struct sql_insert {
	struct dc_entry *entry; /* NULL: --database leaves it out */
	GArray *map;            /* guint32: the table's column of each value */
	bool assumed;           /* nobody knows the columns: the first row has c1, c2, … */
	struct dc_row row;
};

/* ( value, … ), its '(' standing here. */
int sql_row(struct sql *sql, struct sql_insert *insert);
/* column = value, … up to the end of the statement. */
int sql_set_row(struct sql *sql, struct sql_insert *insert);

/* ---- statements: each takes its delimiter or leaves it to the caller ---- */

int sql_insert(struct sql *sql, bool replace);
int sql_create(struct sql *sql);
int sql_drop(struct sql *sql);
int sql_truncate(struct sql *sql);
int sql_update(struct sql *sql);
int sql_alter(struct sql *sql);
int sql_set(struct sql *sql);
int sql_use(struct sql *sql);
int sql_delimiter(struct sql *sql);
int sql_pragma(struct sql *sql);

/* Forget what is in force: a dump begins. */
void sql_reset(struct sql *sql);
void sql_set_charset(struct sql *sql, const char *charset);
/* What a comment line says about the dump. */
void sql_comment(struct sql *sql, const char *text);

#endif
