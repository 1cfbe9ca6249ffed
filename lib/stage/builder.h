/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Building a stage: tables and rows come in, from a scan or by hand, and become one SQLite file. Rows
 * that come twice are settled here (STAGE.md 2). It opens no source and asks nothing.
 */
#ifndef DC_STAGE_BUILDER_H
#define DC_STAGE_BUILDER_H

#include "lib/stage/internal.h"

/* A table while it is filled. */
struct dc_filling {
	dc_stage_table *table;
	int integer_key;      /* index of the column that is INTEGER PRIMARY KEY, or -1 */
	sqlite3_stmt *insert; /* NULL: to be prepared */
	sqlite3_stmt *ignore; /* likewise, INSERT OR IGNORE */
	bool repeated;        /* a key may be there twice */
	bool in_order;        /* integer keys only grew so far: none is there twice */
	gint64 last_key;
	guint64 taken; /* rows that were put in */
	guint32 input; /* of the last row */
	enum {
		DC_ROW_UNSEEN, /* nobody asked yet */
		DC_ROW_NARROW,
		DC_ROW_WIDE
	} row; /* that is being put: whether its text stands in it as UTF-16 or UTF-32 */
	GByteArray *has_words; /* per column: not only canonical integers */
};

struct dc_stage_builder {
	dc_stage *stage; /* being built; owned until finished */
	sqlite3 *db;
	dc_sql *sql;
	GPtrArray *fillings;   /* of struct dc_filling, as the stage's tables */
	dc_stage_spool *spool; /* of rows by hand, owned by the stage; or NULL */
	char **words;          /* statements that name tables; NULL: all */
	bool all_columns;      /* of the tables that WORDS name */
	gsize short_max;
	const struct dc_filling *last; /* that got a row */
};

enum dc_cell_kind {
	DC_CELL_NULL,
	DC_CELL_NUMBER,
	DC_CELL_TEXT,
	DC_CELL_BYTES
};

/* One value of a row, long ones by their place. */
struct dc_cell {
	enum dc_cell_kind kind;
	const char *client; /* of text; NULL or "" when nothing tells */
	const void *data;
	gsize size;
	bool is_long;
	struct dc_place place;
};

/* PATH: [may be NULL] the file to make, for an index. */
int dc_builder_open(const dc_stage_options *options, const char *path, dc_stage_builder **builder,
	draftconv_error **error);

/* Whether rows of a table are wanted at all. */
bool dc_builder_wants(const dc_stage_builder *builder, const char *name);

/* Whether a column may be read: what no statement names need not be kept. */
bool dc_builder_wants_column(const dc_stage_builder *builder, const char *name);

/* Names that no table of a source can have here. */
bool dc_builder_is_reserved(const char *name);

/* TABLE [transfer full]. FILLING [out, transfer none] */
int dc_builder_add_table(dc_stage_builder *builder, dc_stage_table *table,
	struct dc_filling **filling, draftconv_error **error);

/* COLUMN [transfer full] behind the others. */
int dc_builder_add_column(dc_stage_builder *builder, struct dc_filling *filling,
	dc_stage_column *column, draftconv_error **error);

/* CELLS in the order of the columns, COUNT at most as many. */
int dc_builder_put(dc_stage_builder *builder, struct dc_filling *filling,
	enum dc_stage_conflict conflict, guint32 input, guint64 offset, const struct dc_cell *cells,
	gsize count, draftconv_error **error);

/* DROP TABLE or TRUNCATE: its rows go. */
int dc_builder_empty(
	dc_stage_builder *builder, struct dc_filling *filling, draftconv_error **error);

/* Copy a table so that it has the columns which its filling now says. */
int dc_builder_rewrite(
	dc_stage_builder *builder, struct dc_filling *filling, draftconv_error **error);

/* Settle rows that came twice, types that nothing declared, and counts. */
int dc_builder_settle(dc_stage_builder *builder, draftconv_error **error);

/* Write the file and hand the stage over. */
int dc_builder_close(dc_stage_builder *builder, dc_stage **stage, draftconv_error **error);

/* From a scan: tables and rows of SOURCE. OPTIONS may be NULL. */
int dc_builder_scan(dc_stage_builder *builder, draftconv_source *source,
	const dc_stage_options *options, const char *spool_path, draftconv_error **error);

#endif
