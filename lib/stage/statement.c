/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at the text of a statement, as far as SQLite itself does not tell. */
#include "lib/stage/query.h"

#include <string.h>

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_NAME, /* quoted */
	TOKEN_OTHER /* one byte of anything else, literals as one */
};

struct token {
	enum token_kind kind;
	const char *text;
	gsize size;
	int depth; /* of parentheses around it */
};

static const char *
skip_quoted(const char *p, char quote)
{
	for (p++; *p != '\0'; p++) {
		if (*p != quote)
			continue;
		if (quote != ']' && p[1] == quote)
			p++;
		else
			return p + 1;
	}
	return p;
}

static const char *
skip_comment(const char *p)
{
	const char *end;

	if (p[0] == '-' && p[1] == '-') {
		end = strchr(p, '\n');
		return end != NULL ? end + 1 : p + strlen(p);
	}
	end = strstr(p + 2, "*/");
	return end != NULL ? end + 2 : p + strlen(p);
}

static bool
is_word_byte(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

static void
next_token(const char **position, int *depth, struct token *token)
{
	const char *p = *position;

	while (g_ascii_isspace(*p) || (p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*'))
		p = g_ascii_isspace(*p) ? p + 1 : skip_comment(p);
	*token = (struct token){.kind = TOKEN_OTHER, .text = p, .depth = *depth};
	if (*p == '\0') {
		token->kind = TOKEN_END;
	} else if (is_word_byte(*p)) {
		token->kind = TOKEN_WORD;
		while (is_word_byte(*p))
			p++;
	} else if (*p == '"' || *p == '`' || *p == '[') {
		token->kind = TOKEN_NAME;
		p = skip_quoted(p, *p == '[' ? ']' : *p);
	} else if (*p == '\'') {
		p = skip_quoted(p, '\'');
	} else {
		if (*p == '(')
			(*depth)++;
		if (*p == ')')
			token->depth = --(*depth);
		p++;
	}
	token->size = (gsize)(p - token->text);
	*position = p;
}

static bool
token_is(const struct token *token, const char *word)
{
	return token->size == strlen(word) &&
	       g_ascii_strncasecmp(token->text, word, token->size) == 0;
}

/* Words that end a list of result columns. */
static bool
ends_list(const struct token *token)
{
	static const char *const words[] = {"from", "where", "group", "having", "window", "union",
		"intersect", "except", "order", "limit"};

	if (token->kind != TOKEN_WORD || token->depth != 0)
		return token->kind == TOKEN_END;
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (token_is(token, words[i]))
			return true;
	return false;
}

/* Whether tokens are name ( … ) [[AS] alias] with a name that gives UTF-8. */
static bool
is_utf8_call(const GArray *tokens)
{
	const struct token *all = (const struct token *)(const void *)tokens->data;
	gsize close = 1;

	if (tokens->len < 3 || all[0].kind != TOKEN_WORD || *all[1].text != '(')
		return false;
	g_autofree char *name = g_strndup(all[0].text, all[0].size);
	if (!dc_function_gives_utf8(name))
		return false;
	while (close < tokens->len && !(*all[close].text == ')' && all[close].depth == 0))
		close++;
	gsize rest = tokens->len - MIN(close + 1, tokens->len);
	if (rest == 0)
		return true;
	if (rest == 2 && !token_is(&all[close + 1], "as"))
		return false;
	return rest <= 2 &&
	       (all[tokens->len - 1].kind == TOKEN_WORD || all[tokens->len - 1].kind == TOKEN_NAME);
}

/* One list of result columns. @return how many it has */
static gsize
read_list(const char **position, int *depth, GArray *utf8, struct token *token)
{
	g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
	gsize column = 0;

	for (;;) {
		next_token(position, depth, token);
		bool end = ends_list(token);
		bool comma = token->depth == 0 && token->kind == TOKEN_OTHER && *token->text == ',';

		if (tokens->len == 0 && (token_is(token, "distinct") || token_is(token, "all")))
			continue;
		if (!end && !comma) {
			g_array_append_val(tokens, *token);
			continue;
		}
		if (column < utf8->len && !is_utf8_call(tokens))
			g_array_index(utf8, bool, column) = false;
		g_array_set_size(tokens, 0);
		column++;
		if (end)
			return column;
	}
}

GArray *
dc_statement_utf8_columns(const char *sql, gsize count)
{
	GArray *utf8 = g_array_sized_new(FALSE, FALSE, sizeof(bool), (guint)count);
	struct token token;
	int depth = 0;
	bool clear = true;
	gsize lists = 0;

	g_array_set_size(utf8, (guint)count);
	for (gsize i = 0; i < count; i++)
		g_array_index(utf8, bool, i) = true;
	do {
		next_token(&sql, &depth, &token);
		while (token.kind == TOKEN_WORD && token.depth == 0 && token_is(&token, "select")) {
			clear = clear && read_list(&sql, &depth, utf8, &token) == count;
			lists++;
		}
	} while (token.kind != TOKEN_END);
	for (gsize i = 0; i < count && (!clear || lists == 0); i++)
		g_array_index(utf8, bool, i) = false;
	return utf8;
}

/* What is wrong with one instruction; NULL when nothing is. */
static const char *
judge_instruction(const char *opcode, int p2, int p3)
{
	enum {
		AFFINITY_TEXT = 'B',
		AFFINITY_INTEGER = 'D',
		AFFINITY_REAL = 'E',
		SCHEMA_PAGE = 1
	};

	if (strcmp(opcode, "Cast") == 0 && p2 != AFFINITY_TEXT && p2 != AFFINITY_INTEGER &&
		p2 != AFFINITY_REAL)
		return "CAST only to TEXT, CHAR, INTEGER or REAL";
	if (strcmp(opcode, "VOpen") == 0 || strcmp(opcode, "OpenWrite") == 0 ||
		(strcmp(opcode, "OpenRead") == 0 && (p2 == SCHEMA_PAGE || p3 != 0)))
		return "only tables of the source can be read";
	return NULL;
}

int
dc_statement_check_code(dc_stage_conn *conn, const char *sql, draftconv_error **error)
{
	/* EXPLAIN's columns: addr, opcode, p1, p2, p3. P2 of Cast is the affinity. */
	enum {
		OPCODE = 1,
		P2 = 3,
		P3 = 4
	};
	g_autofree char *explain = g_strconcat("EXPLAIN ", sql, NULL);
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = sqlite3_prepare_v2(conn->db, explain, -1, &statement, NULL);

	while (status == SQLITE_OK || status == SQLITE_ROW) {
		status = sqlite3_step(statement);
		if (status != SQLITE_ROW)
			break;
		const char *opcode = (const char *)sqlite3_column_text(statement, OPCODE);
		const char *wrong = judge_instruction(opcode != NULL ? opcode : "",
			sqlite3_column_int(statement, P2), sqlite3_column_int(statement, P3));

		if (wrong != NULL)
			return dc_error_set(error, DRAFTCONV_ERROR_PROFILE, "%s", wrong);
	}
	return status == SQLITE_DONE ? DRAFTCONV_OK
				     : dc_sqlite_error(conn->db, status, "statement", error);
}
