/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a journal's pages stand in a tree many times, a statement would read them for ever. Asking each
 * journal at its opening whether they do costs as much as reading it whole, so that only one is asked that
 * somebody has been reading for a while.
 */
#include "lib/run/journal-db.h"

/* Steps of SQLite's machine between two looks at the clock. */
#define LOOK_STEPS 100

/* Reading most journals takes less from end to end; of one that takes more the check is a small part. */
#define LOOK_AFTER_US G_USEC_PER_SEC

/* What reading the schema of a journal takes of the same steps, many times over. */
#define SCHEMA_STEPS 1000000

static int
stop(void *data)
{
	(void)data;
	return 1;
}

/*
 * The first answer of the check comes after all trees were walked, each page once; the rows, which come
 * after that, are not of interest.
 */
static bool
has_sound_trees(sqlite3 *db)
{
	g_autoptr(sqlite3_stmt) check = NULL;

	sqlite3_progress_handler(db, SCHEMA_STEPS, stop, NULL);
	int code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &check, NULL);
	if (code == SQLITE_OK && sqlite3_step(check) == SQLITE_ROW)
		return g_strcmp0((const char *)sqlite3_column_text(check, 0), "ok") == 0;
	return code == SQLITE_OK || code == SQLITE_BUSY;
}

/* By a handle of its own: the one that is busy must not be used. @return not 0: damaged, stop */
static int
look(void *data)
{
	draftconv_journal *journal = data;
	g_autoptr(sqlite3) db = NULL;

	if (journal->sound || g_get_monotonic_time() - journal->opened_us < LOOK_AFTER_US)
		return 0;
	const bool immutable =
		sqlite3_uri_boolean(sqlite3_db_filename(journal->db, "main"), "immutable", 0);
	journal->sound = dc_db_open_reading(journal->path, immutable, &db) != SQLITE_OK ||
			 has_sound_trees(db);
	return journal->sound ? 0 : 1;
}

void
dc_db_watch(draftconv_journal *journal)
{
	journal->opened_us = g_get_monotonic_time();
	sqlite3_progress_handler(journal->db, LOOK_STEPS, look, journal);
}
