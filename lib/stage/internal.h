/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the stage share: the stage's own fields, the store in which long values stand, the
 * stream that expands a stored text, and the state that functions of one connection have in common.
 */
#ifndef DC_STAGE_INTERNAL_H
#define DC_STAGE_INTERNAL_H

#include "lib/base/limits.h"
#include "lib/stage/handle.h"
#include "lib/stage/stage.h"

/* Names of tables that an index keeps for itself; a source's may not begin so. */
#define DC_INDEX_PREFIX "draftconv index"

/* What the file of an index's long values ends in, when it has one. */
#define DC_INDEX_VALUES "-values"

/* ---- where long values stand ---- */

typedef struct dc_store dc_store;

struct dc_store_class {
	/* Any thread. @return 0; DRAFTCONV_ERROR_DAMAGED when nothing stands at PLACE */
	int (*open)(dc_store *store, const struct dc_place *place, dc_reader **reader,
		draftconv_error **error);
	void (*free)(dc_store *store);
};

struct dc_store {
	const struct dc_store_class *class;
};

void dc_store_free(dc_store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_store, dc_store_free)

/* An unlinked file of our own, for rows given by hand. */
typedef struct dc_stage_spool dc_stage_spool;
int dc_stage_spool_new(const char *temp_dir, dc_stage_spool **spool, draftconv_error **error);
int dc_stage_spool_add(dc_stage_spool *spool, const void *data, gsize size, struct dc_place *place,
	draftconv_error **error);

/* The source itself. */
dc_store *dc_store_new_source(draftconv_source *source);

/* What stands at PLACE as letters. INNER [transfer full] has its bytes. */
dc_reader *dc_wide_reader_new(dc_reader *inner, const struct dc_place *place);

/* ---- the stage ---- */

struct dc_stage {
	GPtrArray *tables;   /* of dc_stage_table */
	GHashTable *by_name; /* folded name -> dc_stage_table, borrowed */
	dc_findings *findings;
	char *path;         /* of the SQLite file */
	bool remove_file;   /* not an index */
	int lock;           /* on it, of dc_temp_new(); -1: it has none */
	char *temp_dir;     /* for a copy of an index */
	const gint *cancel; /* of the source: statements end, too; NULL */
	struct dc_mark mark;
	dc_store *store;
	guint64 rows;
	guint64 steps_base;
	guint64 long_bytes; /* of all long values, as they stand */
};

/* TEMP_DIR NULL: /var/tmp. The library reads no environment. */
dc_stage *dc_stage_alloc(const char *temp_dir);

/* ---- tables ---- */

dc_stage_table *dc_table_new(const char *database, const char *name);
void dc_table_free(dc_stage_table *table);
dc_stage_column *dc_column_new(
	const char *name, const char *type, const char *charset, const char *collation);
void dc_column_free(dc_stage_column *column);
void dc_key_free(dc_stage_key *key);
void dc_column_add_client(dc_stage_column *column, const char *client);

/* The CREATE TABLE that SQLite gets. */
char *dc_table_create_sql(const dc_stage_table *table, const char *name);

/* The one column of a one-column integer primary key, or -1. */
int dc_table_integer_key(const dc_stage_table *table);

/* CREATE INDEX over some columns of a table. NAME [out, may be NULL, transfer full] */
char *dc_table_index_sql(const char *table, const char *const *columns, char **name);

/* What dc_sql_append_name() appends. [transfer full] */
char *dc_sql_quote(const char *name);
const char *dc_affinity_collation(enum dc_stage_affinity affinity);

/* Whether NAME occurs as a word in TEXT, ASCII case not counting. */
bool dc_word_found(const char *text, const char *name);

/* ---- streams: a stored text expanded ---- */

typedef struct dc_rope {
	const dc_stage *stage;
	const guint8 *data;
	gsize size;
	gsize position;
	dc_reader *reader;   /* of the handle that is being read */
	const guint8 *plain; /* rest of the plain piece that is being read */
	gsize plain_size;
} dc_rope;

void dc_rope_init(dc_rope *stream, const dc_stage *stage, const void *data, gsize size);
void dc_rope_clear(dc_rope *stream);

/* @return bytes read, 0 at the end, negative error (DRAFTCONV_ERROR_DRAFT: a too-large marker) */
gssize dc_rope_read(dc_rope *stream, void *buffer, gsize size, draftconv_error **error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_rope, dc_rope_clear)

/* ---- what functions and collations of one connection share ---- */

typedef struct dc_sql {
	const dc_stage *stage;
	bool too_large;          /* a marker was made since the last reset */
	draftconv_error *failed; /* the first read error: collations cannot report one */
	guint64 work;            /* bytes that functions have gone through since the last reset */
	guint64 work_max;
	bool ran_away;
	const gint *cancel;
} dc_sql;

/* Install functions and collations on DB, which owns what they need. SQL [out, transfer none] */
int dc_sql_install(sqlite3 *db, const dc_stage *stage, dc_sql **sql, draftconv_error **error);

/* Count work; false when the statement has to end (ran away or cancelled). */
bool dc_sql_work(dc_sql *sql, gsize bytes);

int dc_collations_install(sqlite3 *db, dc_sql *sql);

/* One function of the list; the tables stand in function-*.c. */
struct dc_function {
	const char *name;
	int argument_count; /* -1: any */
	void (*call)(sqlite3_context *context, int count, sqlite3_value **values);
};
extern const struct dc_function dc_functions_bytes[];
extern const struct dc_function dc_functions_match[];
extern const struct dc_function dc_functions_decode[];
extern const struct dc_function dc_functions_field[];

/* Whether statements may call NAME, SQLite's own ones included. */
bool dc_function_allowed(const char *name);

/* Whether NAME gives UTF-8. */
bool dc_function_gives_utf8(const char *name);

/* ---- connections ---- */

/* A message of SQLite as an error of ours. */
int dc_sqlite_error(sqlite3 *db, int status, const char *what, draftconv_error **error);

/* Open a file that nobody writes to, hardened. */
int dc_sqlite_open_reading(const char *path, sqlite3 **db, draftconv_error **error);

/* Run statements without a result. */
int dc_sqlite_run(sqlite3 *db, const char *sql, draftconv_error **error);

/* What every connection gets, the one that stages too. */
int dc_sqlite_harden(sqlite3 *db, draftconv_error **error);

#endif
