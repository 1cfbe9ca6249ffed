/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the journal share: the handle, and statements in one line each. */
#ifndef DC_RUN_JOURNAL_DB_H
#define DC_RUN_JOURNAL_DB_H

#include "lib/base/autoptr.h"
#include "lib/run/journal.h"

struct draftconv_journal {
	sqlite3 *db;
	char *path;
	GHashTable *kept; /* SQL → prepared statement; NULL: none yet */
	unsigned depth;   /* of transactions */
	bool broken;      /* an inner one was aborted: the outermost cannot be committed */
	gint64 opened_us; /* of the monotonic clock */
	bool sound;       /* no page stands in a tree twice, as far as anybody has looked */
};

/* For each handle on a journal: nothing of its schema runs, and no page is read for ever. */
void dc_db_defend(draftconv_journal *journal);

/* From now on a statement of a journal whose pages repeat is interrupted, which dc_db_error() calls damage. */
void dc_db_watch(draftconv_journal *journal);

/* A handle that cannot write. @return what SQLite says; the handle also when it is an error, as it does */
int dc_db_open_reading(const char *path, bool immutable, sqlite3 **db);

/* Whether the schema holds what could run: we wrote neither views nor triggers nor computed columns. */
int dc_db_check_schema(draftconv_journal *journal, draftconv_error **error);

/* What SQLite says, as an error of the journal. */
int dc_db_error(draftconv_journal *journal, draftconv_error **error);

/* The journal's file PATH cannot be opened, made or written. Says WHY, and whose it is when it is not ours. */
int dc_journal_refused(const char *path, const char *why, draftconv_error **error);

/*
 * A statement with its parameters bound: one letter each in TYPES. i int64_t, t const char * (NULL is
 * NULL), d 32 bytes of a digest, b GBytes * (NULL is NULL).
 */
int dc_db_ask(draftconv_journal *journal, sqlite3_stmt **statement, draftconv_error **error,
	const char *sql, const char *types, ...);

/*
 * The same for what is asked once a draft, whose SQL would cost more to prepare than to run: kept for the
 * next time. SQL is a literal, and is not asked again before the statement is done with (its autoptr).
 */
typedef sqlite3_stmt dc_db_kept;
int dc_db_ask_again(draftconv_journal *journal, dc_db_kept **statement, draftconv_error **error,
	const char *sql, const char *types, ...);
void dc_db_done(dc_db_kept *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_db_kept, dc_db_done)

/* Kept as well, and run to its end. */
int dc_db_run(draftconv_journal *journal, draftconv_error **error, const char *sql,
	const char *types, ...);

/* SQL without values, as it stands. */
int dc_db_exec(draftconv_journal *journal, const char *sql, draftconv_error **error);

/* Close the database, with the statements that were kept. */
void dc_db_close(draftconv_journal *journal);

/* The next row. @return 1, 0 at the end, or an error */
int dc_db_next(draftconv_journal *journal, sqlite3_stmt *statement, draftconv_error **error);

#define DC_RUN_COLUMNS                                                                             \
	"number, id, ticket, who, source, destination, sink, login, ca_file, authenticate_as,"     \
	" master_separator, tls, profile, profile_identity, profile_version, source_damaged, "     \
	"version,"                                                                                 \
	" started, coalesce(ended, 0), rolled_back, failure, coalesce(rolled_back_at, 0),"         \
	" coalesce(verified, 0), unverified"

/* Call EACH for the rows of SQL (DC_RUN_COLUMNS) that FILTER means; a negative answer ends it. */
typedef int (*dc_db_run_func)(
	void *user, draftconv_journal *journal, sqlite3_stmt *statement, draftconv_error **error);
int dc_db_each_run(draftconv_journal *journal, const draftconv_journal_filter *filter,
	const char *sql, dc_db_run_func each, void *user, draftconv_error **error);

/* Error DAMAGED: the journal's tables are not those of its version. WHY: in words. @return the error */
int dc_db_unfit(draftconv_journal *journal, const char *why, draftconv_error **error);

/* Is there every column and key that the steps make? @return 0, or as above */
int dc_db_check_form(draftconv_journal *journal, draftconv_error **error);

/*
 * Where the run NUMBER went: the one PLACE [in, out: NULL, transfer full] of the owners that are meant (NULL: of
 * all), or that there are SEVERAL [in, out: false].
 */
int dc_db_find_place(draftconv_journal *journal, int64_t number, const char *const *owners,
	char **place, bool *several, draftconv_error **error);

/* Is TEXT in LIST (NULL-terminated, may be NULL)? FOLD: whatever the case. */
bool dc_db_is_listed(const char *const *list, const char *text, bool fold);

/* Parts of an entry in the table of cores. */
#define DC_PART_NOW "now"
#define DC_PART_WAS "was"
#define DC_PART_PAST "past"
#define DC_PART_DOUBT "doubt"

/* Read cores and removals of the entry NUMBER anew into ENTRY. */
int dc_db_read_parts(draftconv_journal *journal, int64_t number, dc_journal_entry *entry,
	draftconv_error **error);

/* A column as text, "" for NULL; valid until the next row. */
const char *dc_db_text(sqlite3_stmt *statement, int column);

#endif
