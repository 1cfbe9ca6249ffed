/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of lib/profile/ share: a profile's structure, the list of its problems, and the small
 * lexer of its SQL. In: text of a profile; out: the same, cut into parts, with lines. Other modules use
 * profile.h and plan.h.
 */
#ifndef DC_PROFILE_INTERNAL_H
#define DC_PROFILE_INTERNAL_H

#include "lib/base/distance.h"

#include "lib/profile/profile.h"

#include <libxml/tree.h>

#define DC_PROFILE_NAMESPACE "urn:draftconv:profile:1"

struct draftconv_profile {
	char *label;
	char *xml;
	gsize xml_size;
	char *name;
	char *identity;
	unsigned version;
	bool reviewed;
	char *title;
	char *description;
	char *charset; /* NULL: auto */
	char *fallback_charset;
	char *time_zone;
	char *schema; /* NULL: none */
	unsigned schema_line;
	GPtrArray *statements[DC_STATEMENT_KINDS]; /* struct dc_statement, owned */
	GPtrArray *sql;                            /* of all statements, borrowed from them */
};

/* ---- problems: what is wrong with a profile, all of it ---- */

struct dc_problem {
	unsigned line;
	draftconv_severity severity;
	char *message;
};

typedef struct dc_problems dc_problems;

dc_problems *dc_problems_new(void);
void dc_problems_free(dc_problems *problems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_problems, dc_problems_free)

/* Add one, made a single line of UTF-8; not when the same line has the same message, nor beyond
 * DC_PROFILE_PROBLEMS_MAX. */
void dc_problems_add(dc_problems *problems, unsigned line, draftconv_severity severity,
	const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Sort by line, keeping the order within one. */
void dc_problems_sort(dc_problems *problems);
size_t dc_problems_count(const dc_problems *problems);
const struct dc_problem *dc_problems_at(const dc_problems *problems, size_t index);
bool dc_problems_have_errors(const dc_problems *problems);

/* Set ERROR to the first problem of severity error: "LABEL:LINE: message". @return its code, or 0 */
int dc_problems_error(const dc_problems *problems, const char *label, draftconv_error **error);

/* ---- xml.c ---- */

/* Read XML (at most DC_PROFILE_MAX bytes) and judge its form. @return the profile, or NULL when there
 * were errors, which are in PROBLEMS */
draftconv_profile *dc_profile_read(
	const char *data, gsize size, const char *label, dc_problems *problems);

/* ---- form.c ---- */

/* Everything in which the tree under ROOT is no profile by its form, in words. */
void dc_profile_check_form(const xmlNode *root, dc_problems *problems);

/* ---- sql.c ---- */

enum dc_token_type {
	DC_TOKEN_WORD,   /* a bare name or keyword */
	DC_TOKEN_NAME,   /* "x", `x` or [x]; TEXT is what stands between */
	DC_TOKEN_STRING, /* 'x' */
	DC_TOKEN_NUMBER,
	DC_TOKEN_PARAMETER, /* :x, with its mark */
	DC_TOKEN_SEMICOLON,
	DC_TOKEN_OTHER, /* one character */
	DC_TOKEN_BROKEN /* a string, name or comment that does not end */
};

struct dc_token {
	enum dc_token_type type;
	const char *start;
	gsize length; /* of the token as it stands, quotes included */
};

/* The next token from *AT, which moves on behind it; white space and comments are passed over.
 * @return false at the end */
bool dc_sql_next(const char **at, struct dc_token *token);

/* A token's text without quotes, quotes inside undoubled. [transfer full] */
char *dc_sql_token_text(const struct dc_token *token);

/* Length of the one statement in SQL, less a trailing semicolon; problems (nothing, a second statement,
 * unclosed quotes, parameters other than :name) are added with their lines, LINE being SQL's first. */
gsize dc_sql_statement_length(const char *sql, unsigned line, dc_problems *problems);

/* The line on which the byte at OFFSET of SQL stands, LINE being SQL's first. */
unsigned dc_sql_line(const char *sql, gsize offset, unsigned line);

/* ---- columns.c ---- */

/* Of the COUNT agreed columns of KIND the name at INDEX; NULL beyond the end. */
const char *dc_column_at(enum dc_statement_kind kind, size_t index);

/* The agreed column of KIND nearest to NAME, or NULL when none is near. */
const char *dc_column_nearest(enum dc_statement_kind kind, const char *name);

#endif
