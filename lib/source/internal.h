/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of this module share: the opened source, the catalogue of its tables, and the scan
 * through which every format tells its rows. Not for other modules.
 */
#ifndef DC_SOURCE_INTERNAL_H
#define DC_SOURCE_INTERNAL_H

#include "lib/source/literal.h"
#include "lib/source/source.h"
#include "lib/source/stream.h"

struct dc_scan;
struct dc_input;

/* ---- formats ---- */

/* One format is one constant descriptor. */
struct dc_format {
	const char *name;
	bool text; /* read as a stream, may be packed; else it has to be a file */
	/* How sure the first bytes make this format; 0 = not mine. */
	int (*bid)(const guint8 *head, gsize size);
	/* Tell everything that INPUT holds. @return 0, or negative error of the handler or spool */
	int (*scan)(struct dc_scan *scan, struct dc_input *input, draftconv_error **error);
};

extern const struct dc_format dc_format_sql;
extern const struct dc_format dc_format_xml;
extern const struct dc_format dc_format_sqlite;
extern const struct dc_format dc_format_rows;

/* The best bidder; NULL when it is no source. */
const struct dc_format *dc_probe_format(const guint8 *head, gsize size);

/* Say what it is instead, and the command to type. Returns DRAFTCONV_ERROR_DAMAGED. */
int dc_probe_refuse(const char *name, const guint8 *head, gsize size, draftconv_error **error);
int dc_probe_refuse_directory(const char *path, draftconv_error **error);

/* ---- inputs ---- */

/* What probing looks at; phpMyAdmin's line ends are told by as much (SOURCES.md 5). */
#define DC_HEAD_SIZE (64 * 1024)

/* A place that cannot be read. */
struct dc_damage {
	enum dc_finding_code code;
	guint64 offset;
	char *table; /* "" when it is in none */
	char *what;
	guint64 rows; /* that are missing for it */
	bool more;    /* and others, nobody knows how many */
};

struct dc_input {
	guint32 index;
	char *name;
	char *path; /* for SQLite, which opens files itself */
	int fd;     /* -1 for rows */
	bool regular;
	bool packed;
	bool utf16;
	bool utf16_big;
	bool spooled;     /* long values cannot be read again from here */
	GBytes *head;     /* of the text: unpacked, transcoded */
	dc_stream *ready; /* a stream that stands at its beginning; for pipes the only one */
	const struct dc_format *format;
	const char *compression; /* static */
	struct draftconv_rows rows;

	/* Facts of the last scan. */
	char *program;
	char *server;
	char *header_database; /* what the header says that it is a dump of; NULL */
	bool has_named;        /* tables of a named database, under --database */
	bool has_unnamed;
	GString *charsets;
	enum draftconv_completeness completeness;
	bool partial;         /* says itself that rows were left out */
	GPtrArray *damages;   /* of struct dc_damage; NULL: none */
	guint64 damage_count; /* those included that were too many to keep */
	guint64 missing_rows;
	bool missing_more; /* than anybody can count */
	guint64 row_count;
	guint64 byte_count;
};

/* Open and probe one argument. */
int dc_input_open(
	struct dc_input *input, const char *argument, guint32 index, draftconv_error **error);
/* Probe the descriptor that input->fd holds. */
int dc_input_probe(struct dc_input *input, draftconv_error **error);
void dc_input_clear(struct dc_input *input);
/* A stream over the whole text. [transfer full] DRAFTCONV_ERROR_ARGUMENT for a pipe's second time. */
int dc_input_stream(struct dc_input *input, dc_stream **stream, draftconv_error **error);
void dc_input_reset_facts(struct dc_input *input);
void dc_input_add_charset(struct dc_input *input, const char *charset);

/* ---- the spool ---- */

typedef struct dc_spool dc_spool;

/* PATH NULL: a file without a name in DIRECTORY. */
int dc_spool_new(
	const char *directory, const char *path, dc_spool **spool, draftconv_error **error);
/* A file that is already there, for reading. */
int dc_spool_open(const char *path, dc_spool **spool, draftconv_error **error);
void dc_spool_free(dc_spool *spool);
int dc_spool_write(dc_spool *spool, const void *data, gsize size, draftconv_error **error);
int dc_spool_flush(dc_spool *spool, draftconv_error **error);
guint64 dc_spool_size(const dc_spool *spool);
int dc_spool_fd(const dc_spool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_spool, dc_spool_free)

/* ---- the catalogue ---- */

/* A table as it is built: struct dc_table with what it owns. */
struct dc_entry {
	struct dc_table table; /* first member */
	GArray *columns;       /* struct dc_column, all that it ever had */
	GArray *keys;          /* struct dc_key */
	GArray *order; /* guint32: the present definition's columns, for rows without names */
	bool *wanted;
	bool announced;
	bool changed; /* a statement that is not carried out was told */
	bool dirty;   /* columns or keys came since the handler was told */
	bool is_wanted;
	guint32 created_in; /* input of the last CREATE TABLE or row; G_MAXUINT32 = none */
	/* Which database it is of (databases.c); names are interned. */
	const char *here;     /* what the input HERE_IN calls it */
	guint32 here_in;      /* G_MAXUINT32 = none yet */
	const char *said;     /* by USE, a qualified name or XML; "" when only headers tell */
	GPtrArray *databases; /* all of them, when it stands in several; NULL */
};

/* What a CREATE TABLE says. Strings are interned in the catalogue. */
typedef struct dc_definition {
	const char *database;
	const char *name;
	enum dc_table_origin origin;
	GArray *columns; /* struct dc_column */
	GArray *keys;    /* struct dc_key_text */
	const char *charset;
	const char *collation;
} dc_definition_auto;

struct dc_key_text {
	const char *name;
	bool primary;
	bool unique;
	GPtrArray *columns; /* interned names */
};

typedef struct dc_catalog dc_catalog;

dc_catalog *dc_catalog_new(void);
void dc_catalog_free(dc_catalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_catalog, dc_catalog_free)

/* One copy of each text, valid UTF-8, as long as the catalogue. "" once the catalogue is full. */
const char *dc_catalog_intern(dc_catalog *catalog, const char *text);
/* More text than any schema has: the source is hostile. */
bool dc_catalog_full(const dc_catalog *catalog);

/* The rival of that database, else the entry of that name. */
struct dc_entry *dc_catalog_lookup(dc_catalog *catalog, const char *database, const char *name);
/* The entry of that name, made when it is new (then without columns). */
struct dc_entry *dc_catalog_entry(dc_catalog *catalog, const char *database, const char *name);
/* An entry of the same name beside it, of another database. */
struct dc_entry *dc_catalog_rival(dc_catalog *catalog, const char *database, const char *name);
guint dc_catalog_count(const dc_catalog *catalog);
struct dc_entry *dc_catalog_at(const dc_catalog *catalog, guint index);

/* Whether a type in MySQL's words, or none, holds text. */
bool dc_type_is_text(const char *type);
/* Index of a column by name; appended when it is new and CREATE. -1: none, or too many. */
int dc_entry_column(dc_catalog *catalog, struct dc_entry *entry, const char *name, bool create);
/* Take a definition over: the table's order is the definition's, columns are bound by name. */
void dc_entry_define(
	dc_catalog *catalog, struct dc_entry *entry, const struct dc_definition *definition);
/* Add to the present definition. */
void dc_entry_extend(
	dc_catalog *catalog, struct dc_entry *entry, const struct dc_definition *definition);
/* Columns c1, c2, … up to COUNT. */
void dc_entry_assume(dc_catalog *catalog, struct dc_entry *entry, gsize count);
/* Forget the present definition (DROP TABLE). */
void dc_entry_forget(struct dc_entry *entry);

void dc_definition_init(struct dc_definition *definition);
void dc_definition_clear(struct dc_definition *definition);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_definition_auto, dc_definition_clear)

/* ---- the scan ---- */

struct dc_scan {
	draftconv_source *source;
	const struct dc_source_handler *handler;
	void *user;
	const struct dc_scan_options *options;
	dc_catalog *catalog;
	dc_catalog *schema; /* tables of options->schema; NULL */
	dc_catalog *ahead;  /* what CREATE TABLEs later in the inputs say; NULL = not looked yet */
	bool looking_ahead; /* this scan is that look */
	struct dc_input *input;
	dc_findings *findings;
	guint64 total;
	guint64 done;            /* bytes of earlier inputs */
	GHashTable *databases;   /* seen under --database, interned; NULL: none yet */
	GString *database_names; /* the same, for a message */
};

/* ---- databases.c ---- */

/* The entry that rows of NAME go to; NULL when --database leaves it out, or when it is another database's
 * than the first of that name. A wrong one is never given. DATABASE "": none is said. */
int dc_scan_entry(struct dc_scan *scan, const char *database, const char *name,
	struct dc_entry **entry, draftconv_error **error);
/* The entry that DROP and TRUNCATE are about: one that this input filled; else NULL. */
struct dc_entry *dc_scan_own_entry(struct dc_scan *scan, const char *database, const char *name);
/* After the scan: a wanted table in several databases, a --database that is not there. */
int dc_scan_check_databases(struct dc_scan *scan, draftconv_error **error);
void dc_scan_clear_databases(struct dc_scan *scan);

/* ---- scan.c ---- */

/* Know the columns for a row without names: the dump's, a later CREATE's, the schema's, c1, c2, … */
int dc_scan_bind(
	struct dc_scan *scan, struct dc_entry *entry, gsize value_count, draftconv_error **error);
/* Tell the handler about a new or changed table. */
int dc_scan_announce(struct dc_scan *scan, struct dc_entry *entry, draftconv_error **error);
int dc_scan_create(
	struct dc_scan *scan, const struct dc_definition *definition, draftconv_error **error);
/* Columns and keys that ALTER TABLE adds. */
int dc_scan_alter(
	struct dc_scan *scan, const struct dc_definition *definition, draftconv_error **error);
int dc_scan_drop(
	struct dc_scan *scan, const char *database, const char *name, draftconv_error **error);
int dc_scan_truncate(
	struct dc_scan *scan, const char *database, const char *name, draftconv_error **error);
int dc_scan_row(
	struct dc_scan *scan, struct dc_entry *entry, struct dc_row *row, draftconv_error **error);
void dc_scan_unmarked(struct dc_scan *scan);
/* STATEMENT would have changed rows of a table and is not carried out: told once for each table. */
void dc_scan_changed(struct dc_scan *scan, guint64 offset, const char *database, const char *name,
	const char *statement);
bool dc_scan_cancelled(const struct dc_scan *scan);
void dc_scan_find(struct dc_scan *scan, enum dc_finding_code code, guint64 offset,
	const char *format, ...) G_GNUC_PRINTF(4, 5);
/* A window over the input's text with the scan's cancellation and progress. */
void dc_scan_window(struct dc_scan *scan, struct dc_window *window, dc_stream *stream);
/* The spool, made when it is first needed. */
int dc_scan_spool(struct dc_scan *scan, dc_spool **spool, draftconv_error **error);

/* ---- damage.c ---- */

/* Nobody knows what is missing; a row and what else; one row, for a reason that others may share. */
void dc_scan_damage(struct dc_scan *scan, guint64 offset, const char *table, const char *format,
	...) G_GNUC_PRINTF(4, 5);
void dc_scan_damaged_row(struct dc_scan *scan, guint64 offset, const char *table,
	const char *format, ...) G_GNUC_PRINTF(4, 5);
void dc_scan_missing_row(struct dc_scan *scan, guint64 offset, const char *table, const char *what);
/* The input ends where it must not; IN_ROW: inside of one. */
void dc_scan_cut(struct dc_scan *scan, guint64 offset, const char *table, bool in_row);
/* At the end of the input: make findings of it. */
void dc_scan_tell_damage(struct dc_scan *scan);

/* ---- values on their way into a row ---- */

/*
 * Collects one value: short ones in BYTES, long ones in the spool where the input cannot be read
 * again. What nobody wants is not collected.
 */
struct dc_collector {
	struct dc_scan *scan;
	GByteArray *bytes; /* of the row */
	gsize begin;       /* of the value in BYTES */
	bool wanted;
	bool to_spool; /* a long value goes there */
	bool is_long;
	guint64 spool_offset;
	guint64 size; /* of the value as far as it was collected */
};

void dc_collector_begin(struct dc_collector *collector, bool wanted, bool to_spool);
int dc_collector_put(
	struct dc_collector *collector, const guint8 *data, gsize size, draftconv_error **error);
/* Whether bytes still matter: then they have to be unescaped. */
static inline bool
dc_collector_eager(const struct dc_collector *collector)
{
	return collector->wanted && (!collector->is_long || collector->to_spool);
}

/* Data of short values of a row, once BYTES does not move any more. */
void dc_collector_settle(
	const struct dc_collector *collector, struct dc_value *values, gsize count);
/* Fill in VALUE from what was collected; LITERAL is used for long values that were not spooled. */
void dc_collector_end(struct dc_collector *collector, struct dc_value *value,
	enum dc_value_kind kind, const char *charset, const struct dc_literal *literal);

/* ---- the source ---- */

struct draftconv_source {
	struct dc_input *inputs;
	gsize count;
	char *database;
	char *temp_dir;
	const gint *cancel;  /* [may be NULL] not 0: reading ends */
	dc_catalog *catalog; /* of the last scan */
	dc_findings *findings;
	dc_spool *spool;
	bool damaged;
};

/* CREATE TABLEs in memory, read as SQL text whatever they look like. */
int dc_source_new_schema(GBytes *bytes, draftconv_source **source, draftconv_error **error);

#endif
