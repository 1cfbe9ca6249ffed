/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A profile's statements on one connection of a stage. In: profile and connection; out: compiled
 * statements whose columns have names, indexes and declared character sets, and problems with lines for
 * what does not fit. It asks nothing yet.
 */
#ifndef DC_PROFILE_STATEMENTS_H
#define DC_PROFILE_STATEMENTS_H

#include "lib/profile/internal.h"
#include "lib/stage/stage.h"

/* A column of a staged table; both NULL where a statement computes a value. */
struct dc_prepared_column {
	const dc_stage_table *table;
	const dc_stage_column *column;
};

struct dc_prepared {
	const struct dc_statement *statement;
	dc_stage_query *query;              /* NULL: wrong, or it reads a table that is missing */
	char *missing;                      /* why not, when a table is missing; else NULL */
	GPtrArray *names;                   /* char *, lower case; of its columns */
	bool *utf8;                         /* of each column: a function's that gives UTF-8 */
	struct dc_prepared_column *origins; /* what each column plainly is */
	GArray *reads;                      /* struct dc_prepared_column, all that it reads */
	bool *bound;           /* of drafts: whether a child has a parameter of that name */
	bool tables_have_rows; /* all that it reads */
	char *client_charset;  /* declared for all text it reads; NULL: not known */
	char *column_charset;
	bool *undeclared; /* of each column: it has bytes in it, which are in no declared set */
};

/* The sets of column INDEX (-1: of none); NULL: not known. */
const char *dc_prepared_client_charset(const struct dc_prepared *prepared, int index);
const char *dc_prepared_column_charset(const struct dc_prepared *prepared, int index);

void dc_prepared_free(struct dc_prepared *prepared);

/*
 * SQL did not compile on CONN, just now, MESSAGE says why. @return [transfer full] the same; of columns that
 * are not there all of them
 */
char *dc_statement_all_missing(dc_stage_conn *conn, const char *sql, const char *message);

/* Compile one statement; what does not fit is added to PROBLEMS (may be NULL when it was checked
 * before). @return 0, also for what is wrong or missing; negative for a broken stage */
int dc_prepared_new(dc_stage_conn *conn, const struct dc_statement *statement,
	struct dc_prepared **prepared, dc_problems *problems, draftconv_error **error);

/* Index of a column by its lower-case name, or -1. */
int dc_prepared_column(const struct dc_prepared *prepared, const char *name);

/*
 * Compile all statements of PROFILE and check them against each other: agreed columns, required ones,
 * parameters. @param all [out, transfer full] struct dc_prepared, drafts first, in the order of the file
 * within a kind. @return as dc_prepared_new
 */
int dc_prepared_all(dc_stage_conn *conn, const draftconv_profile *profile, GPtrArray **all,
	dc_problems *problems, draftconv_error **error);

#endif
