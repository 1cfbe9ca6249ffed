/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/internal.h"

#include <string.h>

/* The lexical rules of https://sqlite.org/lang_expr.html and lang_keywords.html, no more than is needed
 * to find words, parameters and the end of a statement. */

static bool
is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '$' || ((guchar)c & 0x80) != 0;
}

/* White space and comments. @return where a comment begins that does not end, else NULL */
static const char *
skip_blank(const char **at)
{
	const char *p = *at;

	for (;;) {
		if (g_ascii_isspace(*p)) {
			p++;
		} else if (p[0] == '-' && p[1] == '-') {
			p += strcspn(p, "\n");
		} else if (p[0] == '/' && p[1] == '*') {
			const char *end = strstr(p + 2, "*/");

			if (end == NULL) {
				*at = p;
				return p;
			}
			p = end + 2;
		} else {
			*at = p;
			return NULL;
		}
	}
}

/* From the opening QUOTE to behind the closing one; NULL when it is missing. Doubled ones stand for one. */
static const char *
quoted_end(const char *p, char quote)
{
	char close = quote == '[' ? ']' : quote;

	for (p++; *p != '\0'; p++) {
		if (*p != close)
			continue;
		if (close != ']' && p[1] == close)
			p++;
		else
			return p + 1;
	}
	return NULL;
}

static const char *
word_end(const char *p)
{
	while (is_word(*p))
		p++;
	return p;
}

static enum dc_token_type
measure(const char *p, const char **end)
{
	switch (*p) {
	case '\'':
		*end = quoted_end(p, *p);
		return DC_TOKEN_STRING;
	case '"':
	case '`':
	case '[':
		*end = quoted_end(p, *p);
		return DC_TOKEN_NAME;
	case ';':
		*end = p + 1;
		return DC_TOKEN_SEMICOLON;
	case '?':
	case ':':
	case '@':
	case '$':
	case '#':
		*end = word_end(p + 1);
		return DC_TOKEN_PARAMETER;
	default:
		break;
	}
	if (g_ascii_isdigit(*p) || (*p == '.' && g_ascii_isdigit(p[1]))) {
		for (*end = p + 1; is_word(**end) || **end == '.'; (*end)++)
			;
		return DC_TOKEN_NUMBER;
	}
	*end = is_word(*p) ? word_end(p) : p + 1;
	return is_word(*p) ? DC_TOKEN_WORD : DC_TOKEN_OTHER;
}

bool
dc_sql_next(const char **at, struct dc_token *token)
{
	const char *open = skip_blank(at);
	const char *end = NULL;

	token->start = *at;
	if (open != NULL) {
		token->type = DC_TOKEN_BROKEN;
		token->length = strlen(*at);
		*at += token->length;
		return true;
	}
	if (**at == '\0')
		return false;
	token->type = measure(*at, &end);
	if (end == NULL) {
		token->type = DC_TOKEN_BROKEN;
		end = *at + strlen(*at);
	}
	token->length = (gsize)(end - *at);
	*at = end;
	return true;
}

char *
dc_sql_token_text(const struct dc_token *token)
{
	if (token->type != DC_TOKEN_NAME && token->type != DC_TOKEN_STRING)
		return g_strndup(token->start, token->length);

	char quote = token->start[0];
	g_autofree char *inner = g_strndup(token->start + 1, token->length - 2);
	if (quote == '[')
		return g_steal_pointer(&inner);

	char doubled[] = {quote, quote, '\0'};
	char single[] = {quote, '\0'};
	g_auto(GStrv) parts = g_strsplit(inner, doubled, -1);
	return g_strjoinv(single, parts);
}

unsigned
dc_sql_line(const char *sql, gsize offset, unsigned line)
{
	for (gsize i = 0; i < offset && sql[i] != '\0'; i++)
		line += sql[i] == '\n';
	return line;
}

static bool
is_named(const struct dc_token *token)
{
	return token->start[0] == ':' && token->length > 1 && !g_ascii_isdigit(token->start[1]);
}

static void
judge(const struct dc_token *token, unsigned line, dc_problems *problems)
{
	if (token->type == DC_TOKEN_BROKEN)
		dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
			"%s that begins here does not end",
			token->start[0] == '/' ? "the comment" : "the text in quotes");
	else if (token->type == DC_TOKEN_PARAMETER && !is_named(token))
		dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
			"parameter %.*s: only :name is a parameter, a column of the draft's own "
			"row",
			(int)MIN(token->length, 40), token->start);
}

/* Lines are counted on from token to token: a statement may be as long as a profile. */
gsize
dc_sql_statement_length(const char *sql, unsigned line, dc_problems *problems)
{
	const char *at = sql;
	const char *counted = sql;
	const unsigned first = line;
	const char *semicolon = NULL;
	struct dc_token token;
	bool empty = true;
	bool second = false;

	while (dc_sql_next(&at, &token)) {
		for (; counted < token.start; counted++)
			line += *counted == '\n';
		if (token.type == DC_TOKEN_SEMICOLON) {
			if (semicolon == NULL && !empty)
				semicolon = token.start;
			continue;
		}
		empty = false;
		if (semicolon != NULL && !second) {
			second = true;
			dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
				"a second statement begins here; write each in an element of its "
				"own");
		}
		judge(&token, line, problems);
	}
	if (empty)
		dc_problems_add(
			problems, first, DRAFTCONV_SEVERITY_ERROR, "the statement is empty");
	return semicolon != NULL ? (gsize)(semicolon - sql) : strlen(sql);
}
