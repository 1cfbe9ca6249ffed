/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sources: SOURCE arguments come in, events go out: tables with their columns, and rows of raw bytes
 * with where each long value stands. Inputs are read one after the other, once, in bounded memory.
 * This module decodes no text, stores nothing but long values of what cannot be read twice (the spool),
 * and never executes what a dump says.
 */
#ifndef DC_SOURCE_SOURCE_H
#define DC_SOURCE_SOURCE_H

#include "lib/base/content.h"
#include "lib/base/findings.h"

#include <draftconv/source.h>

#include <gio/gio.h>
#include <glib.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_source, draftconv_source_free)

/* ---- tables ---- */

/* Strings live as long as the scan; names are valid UTF-8 and unique within their list, case ignored. */
struct dc_column {
	const char *name;
	const char *type;    /* MySQL's words, lower case, "int(10) unsigned"; "" when not known */
	const char *charset; /* of text types: its own, its collation's, the table's; "" unknown */
	const char *collation; /* likewise; "" when the dump names none */
	bool is_unsigned;
	bool zerofill;
	bool nullable;
	bool generated; /* computed by the server, stored or not */
};

struct dc_key {
	const char *name; /* "" for PRIMARY KEY and keys without a name */
	bool primary;
	bool unique;            /* also of the primary one */
	const guint32 *columns; /* indexes into the table's columns; prefix lengths are ignored */
	gsize column_count;
};

/* Who said which columns the table has. */
enum dc_table_origin {
	DC_TABLE_ASSUMED, /* nobody: the column list of an INSERT, or c1, c2, …; types are "" */
	DC_TABLE_SCHEMA,  /* the caller's schema (the profile's) */
	DC_TABLE_CREATED  /* the dump's own CREATE TABLE (or what stands for it) */
};

/*
 * One table of the scan, whatever inputs it comes from: the same object each time, columns only ever
 * added at the end (a later CREATE TABLE, ALTER or INSERT with more of them), ID dense from 0.
 */
struct dc_table {
	guint32 id;
	const char *database; /* "" when the dump names none */
	const char *name;
	enum dc_table_origin origin;
	const struct dc_column *columns;
	gsize column_count;
	const struct dc_key *keys;
	gsize key_count;
	const char *charset;   /* the table's default; "" unknown */
	const char *collation; /* likewise */
};

/* ---- values and rows ---- */

/*
 * Where the literal of a long value stands. All four numbers go into a handle; whoever gets them back
 * wrong (a damaged index) gets an error or other bytes of the same source, never anything else.
 */
struct dc_literal {
	guint32 input;
	guint32 flavour; /* how it is escaped, 0 … DC_LITERAL_FLAVOUR_MAX; opaque */
	guint64 offset;  /* of its first byte, introducer and quotes included */
	guint64 length;  /* of the literal as it stands there */
};
#define DC_LITERAL_FLAVOUR_MAX 63

enum dc_value_kind {
	DC_VALUE_ABSENT, /* the row does not name this column, or the handler did not ask for it */
	DC_VALUE_NULL,
	DC_VALUE_NUMBER, /* a bare number as it stands, "-1.50"; at most DC_STAGE_SHORT_MAX bytes */
	DC_VALUE_TEXT,   /* a text literal, in CHARSET */
	DC_VALUE_BYTES   /* hexadecimal, bits, _binary: bytes of the column as they are */
};

struct dc_value {
	enum dc_value_kind kind;
	bool is_long; /* TEXT and BYTES over DC_STAGE_SHORT_MAX: LITERAL counts, not DATA */
	const char *
		charset; /* of TEXT: the introducer's or client's, MySQL's name in lower case; "" when
				nothing tells (3.23, 4.0); "binary" under SET NAMES binary; interned: equal
				names are equal pointers as long as SOURCE */
	const guint8 *data; /* unescaped; not NUL-terminated; valid during the call */
	gsize size;
	struct dc_literal literal;
};

enum dc_row_how {
	DC_ROW_INSERT,  /* the same key again: the later row wins, counted (CONTRACT, Sources) */
	DC_ROW_REPLACE, /* likewise, by the dump's own will */
	DC_ROW_IGNORE   /* the first row wins */
};

struct dc_row {
	const struct dc_table *table;
	enum dc_row_how how;
	guint32 input;
	guint64 offset;        /* of the row's first byte, for messages */
	const char *time_zone; /* SET TIME_ZONE, for TIMESTAMP columns; "" = the server's own */
	const struct dc_value *values; /* in the order of the table's columns */
	gsize value_count;             /* = table->column_count when the row came */
};

/* ---- the scan ---- */

/*
 * Events in the order of the inputs. A negative answer ends the scan and is returned by it. Functions
 * may be NULL.
 */
struct dc_source_handler {
	int (*begin)(void *user, guint32 input, draftconv_error **error);
	/*
	 * A table is new, or has got columns. WANTED has table->column_count entries, all true before
	 * the first call for this table, then as the handler left them (new ones true); those set to
	 * false are skipped and come as DC_VALUE_ABSENT. @return 1 wanted, 0 not (its rows are skipped at
	 * scanning speed), negative error. Without this function every table is wanted.
	 */
	int (*table)(
		void *user, const struct dc_table *table, bool *wanted, draftconv_error **error);
	/* DROP TABLE of a table that the same input had; its definition is forgotten, the object stays. */
	int (*drop)(void *user, const struct dc_table *table, draftconv_error **error);
	int (*truncate)(void *user, const struct dc_table *table, draftconv_error **error);
	int (*row)(void *user, const struct dc_row *row, draftconv_error **error);
	int (*end)(void *user, guint32 input, draftconv_error **error);
};

struct dc_scan_options {
	const char
		*schema; /* [may be NULL] CREATE TABLEs for tables that the dump does not create */
	const char *
		spool_path; /* [may be NULL] keep the spool in this new file (0600), else it is temporary */
	const char
		*database; /* [may be NULL] choose this one where the source was opened without */
	/* A table that stands in several databases is several tables; else it is an error. */
	bool every_database;
	bool beginnings; /* of long values their first DC_STAGE_SHORT_MAX bytes come, as if they were short */
	gsize window;              /* for tests: bytes read at once; 0 = the usual */
	GCancellable *cancellable; /* [may be NULL] any thread */
	const gint *cancel;        /* [may be NULL] likewise, once it is not 0 */
	void (*progress)(
		void *user, guint64 bytes, guint64 total); /* [may be NULL] TOTAL 0 = not known */
};

/*
 * Read all inputs. What is damaged is skipped up to where sense begins again, and told by
 * dc_source_damaged(), the facts and the findings. @return DRAFTCONV_OK, also for a damaged source;
 * DRAFTCONV_ERROR_ARGUMENT when a wanted table stands in two databases, or the chosen one is not there (the
 * message lists them; DRAFTCONV_ERROR_DAMAGED when it may stand behind a cut);
 * DRAFTCONV_ERROR_CANCELLED; DRAFTCONV_ERROR_OUTPUT when the spool cannot be written; what the handler
 * answered. A pipe can be scanned once only: DRAFTCONV_ERROR_ARGUMENT the second time.
 */
int dc_source_scan(draftconv_source *source, const struct dc_source_handler *handler, void *user,
	const struct dc_scan_options *options, draftconv_error **error);

/* The tables of a schema in MySQL's words, by the same parser. @return as dc_source_scan */
int dc_source_parse_schema(const char *text, const struct dc_source_handler *handler, void *user,
	draftconv_error **error);

/*
 * Read a long value again: its unescaped bytes. Any thread, any number at once; each reader has its own
 * place in the file. @return 0; DRAFTCONV_ERROR_DAMAGED when no literal stands there
 */
int dc_source_open_literal(draftconv_source *source, const struct dc_literal *literal,
	dc_reader **reader, draftconv_error **error);

/* The same as a content (its size is not known). It must not outlive SOURCE. [transfer full] */
dc_content *dc_source_literal_content(draftconv_source *source, const struct dc_literal *literal);

/* What ends everything that reads this source, once it is not 0; NULL when nothing does. */
const gint *dc_source_cancel(const draftconv_source *source);

/* ---- after the scan ---- */

/* The tables of the last scan, those that nobody wanted as well; none before it. [transfer none] until the
 * next scan. Columns may be none. */
size_t dc_source_table_count(const draftconv_source *source);
const struct dc_table *dc_source_table_at(const draftconv_source *source, size_t index);

/* Something is cut or damaged: callers deliver what is whole and end with status 65. */
bool dc_source_damaged(const draftconv_source *source);

/* Findings about the source itself (source-cut, row-arity, …); details name file, offset, table.
 * [transfer none] */
const dc_findings *dc_source_findings(const draftconv_source *source);

/* ---- an index beside the dump (STAGE.md 10) ---- */

#define DC_SOURCE_FINGERPRINT_SIZE 32

/*
 * What tells this input from a changed one: SHA-256 over its size, head, tail and blocks between.
 * @return 1; 0 when the input cannot be read twice (a pipe); negative error
 */
int dc_source_fingerprint(draftconv_source *source, guint32 input,
	guint8 fingerprint[DC_SOURCE_FINGERPRINT_SIZE], guint64 *size, gint64 *mtime_ns,
	draftconv_error **error);

/* Resolve spooled literals from a file that an earlier scan left (dc_scan_options.spool_path). */
int dc_source_use_spool(draftconv_source *source, const char *path, draftconv_error **error);

/* A source of SQL text or XML in memory, probed like a file. For tests, and for schemas. */
int dc_source_new_bytes(
	GBytes *bytes, const char *name, draftconv_source **source, draftconv_error **error);

#endif
