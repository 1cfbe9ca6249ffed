/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections and statements from inside. In: SQL text from anywhere; out: what it reads, what its
 * result columns are, and whether it is one SELECT that keeps to the rules.
 */
#ifndef DC_STAGE_QUERY_H
#define DC_STAGE_QUERY_H

#include "lib/stage/internal.h"

/* A column that a statement reads. */
struct dc_read {
	const dc_stage_table *table;
	const dc_stage_column *column;
};

struct dc_stage_conn {
	dc_stage *stage;
	sqlite3 *db;
	dc_sql *sql;
	bool trusted;     /* statements of our own: no authorizer */
	GArray *reads;    /* of struct dc_read, while a statement is compiled; else NULL */
	char *refused;    /* what the authorizer refused, in words */
	int error_offset; /* of the last statement that was wrong; -1 unknown */
	guint64 steps;    /* of the statement that runs, in progress ticks */
	guint64 steps_max;
};

struct dc_stage_query {
	dc_stage_conn *conn;
	sqlite3_stmt *statement;
	char *sql;
	GArray *reads; /* of struct dc_read */
	GArray *utf8;  /* of bool, per result column */
	guint64 steps; /* used up since the last reset */
	guint64 work;
	bool too_large;
};

/* Install the authorizer and the progress handler. */
void dc_conn_guard(dc_stage_conn *conn);

/*
 * Which result columns are a call of a function that gives UTF-8, in every SELECT of a compound. All
 * false where the text does not tell (a star). [transfer full] array of bool with COUNT entries
 */
GArray *dc_statement_utf8_columns(const char *sql, gsize count);

/*
 * Look at the code that SQLite made of a statement: refuse CASTs to NUMERIC or BLOB, and tables that are
 * none of the stage's (the schema itself, virtual ones).
 */
int dc_statement_check_code(dc_stage_conn *conn, const char *sql, draftconv_error **error);

#endif
