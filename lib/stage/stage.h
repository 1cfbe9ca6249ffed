/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stage: whatever the source is, SQLite tables that can be asked. In: a source read once, or rows
 * given by hand; out: read-only connections, checked statements, and result values that are short
 * bytes or, when long, contents that stream from where they stand (STAGE.md). A statement reads staged
 * tables and calls listed functions, nothing else; no reader ever sees how a long value is stored, but
 * whoever keeps result rows for later (the plan) may carry the stored form and resolve it then.
 *
 * A stage is immutable once it is finished and may be used from any thread; a connection and what was
 * prepared on it belong to one thread at a time and must not outlive the stage.
 */
#ifndef DC_STAGE_STAGE_H
#define DC_STAGE_STAGE_H

#include "lib/base/autoptr.h"
#include "lib/base/content.h"
#include "lib/base/findings.h"
#include "lib/text/wide.h"

#include <draftconv/source.h>

#include <gio/gio.h>

#include <stdbool.h>

typedef struct dc_stage dc_stage;
typedef struct dc_stage_builder dc_stage_builder;
typedef struct dc_stage_conn dc_stage_conn;
typedef struct dc_stage_query dc_stage_query;

/* Append a name of a table or column as SQL writes it: in double quotes. */
void dc_sql_append_name(GString *sql, const char *name);

/* ---- what is staged ---- */

typedef struct dc_stage_options {
	const char *temp_dir; /* for stage and spool; NULL: /var/tmp */
	/*
	 * Only tables whose name occurs as a word in one of these are staged (a superset that needs no
	 * parser); NULL: every table.
	 */
	const char *const *statements;
	size_t statement_count;
	bool all_columns;   /* of those tables also the columns that no statement names */
	const char *schema; /* CREATE TABLEs in MySQL's words for tables that have none; or NULL */
	const char *database; /* choose this one where the source was opened without; or NULL */
	guint64 steps_base;   /* of a statement's budget; 0: DC_SQL_STEPS_BASE (tests lower it) */
	size_t short_max; /* longer values become handles; 0: DC_STAGE_SHORT_MAX (tests vary it) */
	GCancellable *cancellable; /* ends the reading of the source; or NULL */
	const gint *cancel;        /* likewise, once it is not 0; or NULL */
	/* How far the reading is, TOTAL 0 for not known; or NULL. */
	void (*progress)(void *user, guint64 bytes, guint64 total);
	void *user;
} dc_stage_options;

/* How a column is stored and compared (STAGE.md 2). */
enum dc_stage_affinity {
	DC_STAGE_INTEGER, /* fits 64 signed bits */
	DC_STAGE_NUMBER, /* text, compared by value: DECIMAL, FLOAT, BIGINT UNSIGNED, ZEROFILL, YEAR */
	DC_STAGE_TEXT, /* ASCII case and trailing blanks don't count; dates, ENUM, SET, JSON, too */
	DC_STAGE_PADBIN, /* trailing blanks don't count: _bin text */
	DC_STAGE_BYTES   /* BINARY, VARBINARY, BIT, BLOB */
};

typedef struct dc_stage_column {
	char *name;
	char *type;      /* MySQL's words, "varchar(255)"; "" when nothing declared it */
	char *charset;   /* MySQL's name of its values' set ("latin1"); "" unknown or no text */
	char *collation; /* MySQL's name; "" unknown */
	enum dc_stage_affinity affinity;
	bool is_text;      /* a character type: its literals are in the client's set */
	enum dc_wide wide; /* the source's set is such a one: values are UTF-8 from here on */
	char **clients; /* sets that text literals of this column were written in; NULL-terminated */
} dc_stage_column;

typedef struct dc_stage_key {
	bool primary;
	bool unique;
	char **columns; /* NULL-terminated; prefix lengths are left out */
} dc_stage_key;

typedef struct dc_stage_table {
	char *database; /* "" when the source names none */
	char *name;
	GPtrArray *columns; /* of dc_stage_column */
	GPtrArray *keys;    /* of dc_stage_key, the dump's own, in its order */
	guint64 rows;
	bool has_integer_key; /* its primary key is SQLite's rowid: needs no index */
} dc_stage_table;

/* Staged tables, in the order of the source. [transfer none] valid as long as STAGE */
size_t dc_stage_table_count(const dc_stage *stage);
const dc_stage_table *dc_stage_table_at(const dc_stage *stage, size_t index);

/* By name, ASCII case not counting; NULL when there is none. [transfer none] */
const dc_stage_table *dc_stage_table_find(const dc_stage *stage, const char *name);
const dc_stage_column *dc_stage_column_find(const dc_stage_table *table, const char *name);

/* What staging found (table-dropped, row-replaced, row-key-replaced, …). [transfer none] */
const dc_findings *dc_stage_findings(const dc_stage *stage);

/*
 * Read SOURCE once and stage it. OPTIONS may be NULL. SOURCE must outlive the stage: long values are
 * read from it. @return 0; DRAFTCONV_ERROR_ARGUMENT when the tables stand in several databases and none
 * was named; DRAFTCONV_ERROR_OUTPUT when the disk is full; what the source answered
 */
int dc_stage_new(draftconv_source *source, const dc_stage_options *options, dc_stage **stage,
	draftconv_error **error);

/* The same with every table, kept as an index file PATH (0600) for dc_stage_load_index. */
int dc_stage_build_index(draftconv_source *source, const dc_stage_options *options,
	const char *path, dc_stage **stage, draftconv_error **error);

/*
 * Use an index file instead of reading SOURCE. It is hostile input. @return 1; 0 when there is none, it is
 * stale or not one of ours: WHY_NOT [out, transfer full, may be NULL] says so in a sentence
 */
int dc_stage_load_index(draftconv_source *source, const dc_stage_options *options, const char *path,
	dc_stage **stage, char **why_not, draftconv_error **error);

void dc_stage_free(dc_stage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_stage, dc_stage_free)

/* ---- a stage by hand: tests, and callers who supply rows of their own ---- */

/* One value as it stands in a row. */
typedef struct dc_stage_cell {
	enum {
		DC_STAGE_CELL_NULL,
		DC_STAGE_CELL_NUMBER, /* a bare number: 17, -1.5e3 */
		DC_STAGE_CELL_TEXT,   /* a quoted literal, in the client's set */
		DC_STAGE_CELL_BYTES   /* hex, _binary: the column's bytes already */
	} kind;
	const void *data;
	size_t size;
} dc_stage_cell;

/* What a row does when its primary key is there already. */
enum dc_stage_conflict {
	DC_STAGE_ADD, /* INSERT: the later row wins (a delta dump after a full one) */
	DC_STAGE_REPLACE,
	DC_STAGE_IGNORE /* the first row stays */
};

int dc_stage_builder_new(
	const dc_stage_options *options, dc_stage_builder **builder, draftconv_error **error);
void dc_stage_builder_free(dc_stage_builder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_stage_builder, dc_stage_builder_free)

/* A column by hand; NULL is "". */
typedef struct dc_stage_definition {
	const char *name;
	const char *type; /* MySQL's words; "" undeclared */
	const char *charset;
	const char *collation;
} dc_stage_definition;

/* A table by hand. PRIMARY_KEY is NULL-terminated, or NULL for none. */
int dc_stage_builder_table(dc_stage_builder *builder, const char *name,
	const dc_stage_definition *columns, size_t count, const char *const *primary_key,
	draftconv_error **error);

/* Tables from CREATE TABLE statements in MySQL's words, several separated by semicolons. */
int dc_stage_builder_schema(dc_stage_builder *builder, const char *sql, draftconv_error **error);

/*
 * A row of TABLE, in the order of its columns. CLIENT is the set that text literals are written in, or
 * NULL when nothing told it. @return 1; 0 when the table is not to be staged; negative error
 */
int dc_stage_builder_row(dc_stage_builder *builder, const char *table, const char *client,
	enum dc_stage_conflict conflict, const dc_stage_cell *cells, size_t count,
	draftconv_error **error);

/* Ends the building; BUILDER may only be freed afterwards. */
int dc_stage_builder_finish(dc_stage_builder *builder, dc_stage **stage, draftconv_error **error);

/* A stage of empty tables from SCHEMA alone: what a profile is checked against without a source. */
int dc_stage_new_schema(const char *schema, dc_stage **stage, draftconv_error **error);

/* ---- indexes (STAGE.md 5; before the first connection) ---- */

/*
 * An empty in-memory copy of the tables with all functions and collations, for asking the planner what
 * an index would change. The caller may create indexes in it. [transfer full]
 */
int dc_stage_open_empty(const dc_stage *stage, sqlite3 **db, draftconv_error **error);

/* Build an index over columns (NULL-terminated) of a staged table. @return 1; 0 when it was
 * there already */
int dc_stage_create_index(
	dc_stage *stage, const char *table, const char *const *columns, draftconv_error **error);

/* ANALYZE, after the last index. */
int dc_stage_analyze(dc_stage *stage, draftconv_error **error);

/* ---- asking ---- */

/* A read-only connection with a read transaction held; one per thread. */
int dc_stage_connect(dc_stage *stage, dc_stage_conn **conn, draftconv_error **error);
void dc_stage_conn_free(dc_stage_conn *conn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_stage_conn, dc_stage_conn_free)

/* While *CANCEL is not 0 (read atomically, set from any thread) statements end as cancelled. */
void dc_stage_conn_set_cancel(dc_stage_conn *conn, const gint *cancel);

/*
 * Check and compile exactly one SELECT; a trailing semicolon and comments are cut off.
 *
 * @return 0; DRAFTCONV_ERROR_NOT_FOUND when a table is not in the source; DRAFTCONV_ERROR_PROFILE when
 *         it is no single SELECT, is wrong SQL, or does what statements must not do (the message says)
 */
int dc_stage_prepare(
	dc_stage_conn *conn, const char *sql, dc_stage_query **query, draftconv_error **error);
void dc_stage_query_free(dc_stage_query *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_stage_query, dc_stage_query_free)

/* The statement as it is run, without trailing semicolon; it may end in a comment. [transfer none] */
const char *dc_stage_query_sql(const dc_stage_query *query);

/* Where in the text of the last dc_stage_prepare() that failed SQLite stumbled; -1: it does not say. */
int dc_stage_conn_error_offset(const dc_stage_conn *conn);

size_t dc_stage_query_column_count(const dc_stage_query *query);
const char *dc_stage_query_column_name(const dc_stage_query *query, size_t column);

/*
 * The staged column that a result column plainly is, else NULL (an expression): its collation folds an
 * owner, its type tells. [transfer none]
 */
const dc_stage_column *dc_stage_query_column_origin(const dc_stage_query *query, size_t column);

/* True when the result column is a function's that gives UTF-8 (json_field, from_charset, …). */
bool dc_stage_query_column_is_utf8(const dc_stage_query *query, size_t column);

/* Parameters, without their colon. @return name, or NULL past the end. [transfer none] */
const char *dc_stage_query_parameter(const dc_stage_query *query, size_t index);

/* Columns of staged tables that the statement reads (rule 6). @return false past the end */
bool dc_stage_query_read(const dc_stage_query *query, size_t index, const dc_stage_table **table,
	const dc_stage_column **column);

/*
 * The one pair (client's set, column's set) of all text columns that the statement reads (rule 7).
 * @return false when there are none or several: undeclared. Either may come out as "" (unknown).
 */
bool dc_stage_query_charsets(
	const dc_stage_query *query, const char **client, const char **column_charset);

/*
 * Back to the start: bindings are cleared, the budget of steps and the too-large mark begin anew.
 * Must be called between two executions.
 */
void dc_stage_query_reset(dc_stage_query *query);

/*
 * Bind a value in stored form, as dc_stage_query_stored gave it or as another SQLite file kept it
 * (with its type). A name that the statement has not is no error: 0 comes back, else 1.
 */
int dc_stage_query_bind(dc_stage_query *query, const char *name, const sqlite3_value *stored,
	draftconv_error **error);
int dc_stage_query_bind_text(dc_stage_query *query, const char *name, const void *data, size_t size,
	draftconv_error **error);

/*
 * @return 1 a row; 0 the end; DRAFTCONV_ERROR_CANCELLED; DRAFTCONV_ERROR_PROFILE when the statement ran
 *         away (more steps than the source can explain) or failed; DRAFTCONV_ERROR_TEMPORARY and
 *         DRAFTCONV_ERROR_OUTPUT for memory and disk
 */
int dc_stage_query_step(dc_stage_query *query, draftconv_error **error);

/*
 * True when a value of over DC_SQL_VALUE_MAX went through a function since the last reset: the finding
 * too-large-for-sql, with "rows may be missing" unless the value itself is in the result.
 */
bool dc_stage_query_too_large(const dc_stage_query *query);

/* ---- values ---- */

typedef struct dc_stage_value {
	enum dc_stage_value_kind {
		DC_STAGE_VALUE_NULL,
		DC_STAGE_VALUE_INTEGER,
		DC_STAGE_VALUE_REAL,
		DC_STAGE_VALUE_BYTES,    /* data and size */
		DC_STAGE_VALUE_CONTENT,  /* content */
		DC_STAGE_VALUE_TOO_LARGE /* that draft's error finding too-large-for-sql */
	} kind;
	gint64 integer;
	double real;
	const guint8 *data; /* [transfer none] valid until the next step, or as long as STORED */
	size_t size;
	dc_content *content; /* [transfer full]; may be used after the row and by other threads */
} dc_stage_value;

void dc_stage_value_clear(dc_stage_value *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_stage_value, dc_stage_value_clear)

/* A value of the current row, long ones as contents. VALUE is overwritten, not cleared first. */
int dc_stage_query_value(
	dc_stage_query *query, size_t column, dc_stage_value *value, draftconv_error **error);

/* The stored form: short values as they are, long ones unread. [transfer none] until the next step */
sqlite3_value *dc_stage_query_stored(dc_stage_query *query, size_t column);

/* What a stored form stands for, whichever file it was kept in. Any thread. */
int dc_stage_resolve(
	dc_stage *stage, sqlite3_value *stored, dc_stage_value *value, draftconv_error **error);

/*
 * A value as text of at most LIMIT bytes, numbers as SQLite writes them; for keys, owners and names.
 * @return 1; 0 for NULL; DRAFTCONV_ERROR_DRAFT when it is longer. BYTES [out, transfer full]
 */
int dc_stage_value_load(
	const dc_stage_value *value, size_t limit, GBytes **bytes, draftconv_error **error);

#endif
