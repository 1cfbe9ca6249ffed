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
	const char *database; /* that statements may put before its tables; NULL */
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

/* How the bytes of a result column are decoded for who looks at them. */
struct dc_shown {
	bool is_text;
	const char *client; /* NULL unknown, as the next */
	const char *charset;
};

/* [transfer none] valid as long as QUERY */
struct dc_shown dc_query_shown(const dc_stage_query *query, size_t column);

/* The text that BYTES are. [transfer full] NULL: none in the set that is declared; leave them as they are */
GBytes *dc_shown_decode(const struct dc_shown *shown, const void *bytes, gsize size);

/* A cell that is read piece by piece. */
struct dc_cell_stream {
	struct dc_shown shown;
	dc_stage_value value;
	dc_reader *reader;
	GBytes *bytes; /* of what is not long */
	gsize offset;
};

/* What CELL is, STREAM holding its value. */
void dc_cell_fill(struct draftconv_cell *cell, struct dc_cell_stream *stream);
void dc_cell_stream_clear(struct dc_cell_stream *stream);

/* Say what a statement that did not compile may have meant: ERROR, with the nearest names. @return its code */
int dc_query_suggest(
	const dc_stage *stage, const draftconv_source *source, draftconv_error **error);

/*
 * The database that a statement puts before its first table, MISSING being the message that there is no
 * such table. [transfer full] NULL when there is none
 */
char *dc_query_database(const char *sql, const char *missing);

/* A remark on letters in SQL that are compared with a column of another set. [transfer full] NULL */
char *dc_query_warn_of_letters(const dc_stage_query *query, const char *sql);

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
