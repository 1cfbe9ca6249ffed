/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people wrote is taken out of the journal; what exactly-once stands on stays. */
#include "lib/run/journal-db.h"

#include <string.h>

struct forgetting {
	const draftconv_journal_filter *filter;
	const int64_t *before_s;
	bool dry_run;
	int (*callback)(void *user, const draftconv_forgotten *forgotten);
	void *user;
};

/* What is erased where. ?1 is the run, ?2 the owner or NULL for all. */
static const struct erasure {
	const char *table;
	const char *change; /* "DELETE FROM", or what is set */
	const char *where;
	size_t counter; /* in draftconv_forgotten; 0: it is counted elsewhere */
} erasures[] = {
	{"results",
		"subject = '', findings = dc_codes(findings),"
		" afterwards_findings = dc_codes(afterwards_findings)",
		"run = ?1 AND (?2 IS NULL OR owner = ?2) AND (subject <> ''"
		" OR findings <> dc_codes(findings)"
		" OR afterwards_findings <> dc_codes(afterwards_findings))",
		G_STRUCT_OFFSET(draftconv_forgotten, drafts)},
	{"entries", "subject = ''",
		"subject <> '' AND (?2 IS NULL OR owner = ?2)"
		" AND number IN (SELECT entry FROM temp.hands WHERE run = ?1 AND part = 'now')",
		0},
	/* What the run replaced, and what others replaced of it. */
	{"replaced", NULL,
		"(?2 IS NULL OR ?2 = (SELECT owner FROM entries e WHERE e.number = entry))"
		" AND (entry IN (SELECT entry FROM temp.hands WHERE run = ?1 AND part = 'now')"
		" OR (entry, number) IN (SELECT entry, CASE part WHEN 'was' THEN -1 ELSE number END"
		"  FROM temp.hands WHERE run = ?1 AND part <> 'now'))",
		G_STRUCT_OFFSET(draftconv_forgotten, bodies)},
	/* What stopped a run may name a draft. */
	{"runs", "failure = 'erased'",
		"number = ?1 AND ?2 IS NULL AND failure NOT IN ('', 'erased')", 0},
};

/* Findings without their details: of each line what stands before the third tab, and that tab. */
static void
codes_only(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *text = (const char *)sqlite3_value_text(values[0]);
	g_autoptr(GString) codes = g_string_new(NULL);

	(void)count;
	g_auto(GStrv) lines = g_strsplit(text == NULL ? "" : text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		const char *detail = *line;

		for (int tabs = 0; detail != NULL && tabs < 3; tabs++) {
			detail = strchr(detail, '\t');
			detail = detail == NULL ? NULL : detail + 1;
		}
		if (detail != NULL) {
			g_string_append_len(codes, *line, detail - *line);
			g_string_append_c(codes, '\n');
		}
	}
	sqlite3_result_text(context, codes->str, (int)codes->len, SQLITE_TRANSIENT);
}

/* Erase, or count what would be. @return how many rows, or an error */
static int64_t
erase(draftconv_journal *journal, const struct erasure *erasure, bool dry_run, int64_t run,
	const char *owner, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autofree char *sql = NULL;

	/* A body may be of two runs, and goes with the first: a dry run erases a list of them. */
	if (erasure->change == NULL)
		sql = g_strdup_printf("DELETE FROM %s WHERE %s",
			dry_run ? "temp.kept" : erasure->table, erasure->where);
	else if (dry_run)
		sql = g_strdup_printf(
			"SELECT count(*) FROM %s WHERE %s", erasure->table, erasure->where);
	else
		sql = g_strdup_printf("UPDATE %s SET %s WHERE %s", erasure->table, erasure->change,
			erasure->where);
	int status = dc_db_ask(journal, &statement, error, sql, "it", run, owner);
	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status < 0)
		return status;
	return status == 1 ? sqlite3_column_int64(statement, 0) : sqlite3_changes(journal->db);
}

static int
erase_of_owner(draftconv_journal *journal, bool dry_run, int64_t run, const char *owner,
	draftconv_forgotten *forgotten, draftconv_error **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(erasures); i++) {
		int64_t rows = erase(journal, &erasures[i], dry_run, run, owner, error);

		if (rows < 0)
			return (int)rows;
		if (erasures[i].counter != 0)
			*(uint64_t *)(gpointer)((char *)forgotten + erasures[i].counter) +=
				(uint64_t)rows;
	}
	return DRAFTCONV_OK;
}

/* The owners of a run as its rows write them, of those that are meant. */
static int
owners_of(draftconv_journal *journal, int64_t run, const char *const *meant, GPtrArray *owners,
	draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT owner FROM results WHERE run = ?1 UNION SELECT owner FROM entries"
		" WHERE number IN (SELECT entry FROM temp.hands WHERE run = ?1)",
		"i", run);

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		if (dc_db_is_listed(meant, dc_db_text(statement, 0), true))
			g_ptr_array_add(owners, g_strdup(dc_db_text(statement, 0)));
	}
	return status;
}

static int
forget_run(void *user, draftconv_journal *journal, sqlite3_stmt *row, draftconv_error **error)
{
	const struct forgetting *forgetting = user;
	const char *const *meant = forgetting->filter == NULL ? NULL : forgetting->filter->owners;
	g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *place = NULL;
	bool several = false;
	const int64_t run = sqlite3_column_int64(row, 0);
	draftconv_forgotten forgotten = {.struct_size = sizeof forgotten,
		.run = dc_db_text(row, 1),
		.ticket = dc_db_text(row, 2),
		.destination = dc_db_text(row, 5),
		.dry_run = forgetting->dry_run};

	if (forgetting->before_s != NULL && sqlite3_column_int64(row, 17) >= *forgetting->before_s)
		return DRAFTCONV_OK;
	int status = dc_db_find_place(journal, run, meant, &place, &several, error);
	forgotten.place = place == NULL ? "" : place;
	if (meant == NULL)
		g_ptr_array_add(owners, NULL);
	else if (status >= 0)
		status = owners_of(journal, run, meant, owners, error);
	for (guint i = 0; i < owners->len && status >= 0; i++)
		status = erase_of_owner(
			journal, forgetting->dry_run, run, owners->pdata[i], &forgotten, error);
	if (status < 0 || forgetting->callback == NULL)
		return status;
	return forgetting->callback(forgetting->user, &forgotten);
}

/* Which entries a run has had its hand in; asked for often, and the journal has no index of it. */
static int
collect_hands(draftconv_journal *journal, draftconv_error **error)
{
	if (sqlite3_create_function(journal->db, "dc_codes", 1,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, codes_only, NULL,
		    NULL) != SQLITE_OK)
		return dc_db_error(journal, error);
	return dc_db_exec(journal,
		"PRAGMA temp_store = MEMORY; DROP TABLE IF EXISTS temp.hands;"
		"CREATE TEMP TABLE hands AS SELECT run, entry, part, number FROM main.cores"
		" WHERE part IN ('now', 'was', 'past');"
		"CREATE INDEX temp.hands_of_run ON hands (run, part, entry);"
		"DROP TABLE IF EXISTS temp.kept;"
		"CREATE TEMP TABLE kept AS SELECT entry, number FROM main.replaced",
		error);
}

static int
forget_runs(draftconv_journal *journal, struct forgetting *forgetting, draftconv_error **error)
{
	int status = forgetting->dry_run ? DRAFTCONV_OK : dc_journal_begin(journal, error);

	if (status < 0)
		return status;
	status = dc_db_each_run(journal, forgetting->filter,
		"SELECT " DC_RUN_COLUMNS " FROM runs ORDER BY number", forget_run, forgetting,
		error);
	if (forgetting->dry_run)
		return status;
	if (status >= 0)
		return dc_journal_commit(journal, error);
	dc_journal_abort(journal);
	return status;
}

/* Pages that were freed go, and with them the old ones that stand in the write-ahead log. */
static int
give_back(draftconv_journal *journal, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_exec(journal, "VACUUM", error);

	if (status >= 0)
		status = dc_db_ask(
			journal, &statement, error, "PRAGMA wal_checkpoint(TRUNCATE)", "");
	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status == 1 && sqlite3_column_int(statement, 0) != 0)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"%s: erased, but another program has the journal open, and the old text "
			"may "
			"stand in %s-wal until it ends: run the same command again then",
			journal->path, journal->path);
	return MIN(status, DRAFTCONV_OK);
}

int
draftconv_journal_forget(draftconv_journal *journal, const draftconv_journal_filter *filter,
	const int64_t *before_s, bool dry_run,
	int (*callback)(void *user, const draftconv_forgotten *forgotten), void *user,
	draftconv_error **error)
{
	struct forgetting forgetting = {filter, before_s, dry_run, callback, user};
	const bool narrowed = filter != NULL && (filter->runs != NULL || filter->ticket != NULL ||
							filter->owners != NULL);

	if (!narrowed && before_s == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"say what to forget: runs, a ticket, owners, or a moment before which all "
			"is "
			"meant");
	int status = collect_hands(journal, error);
	if (status >= 0)
		status = forget_runs(journal, &forgetting, error);
	if (status >= 0 && !dry_run)
		status = give_back(journal, error);
	sqlite3_exec(journal->db, "DROP TABLE IF EXISTS temp.hands; DROP TABLE IF EXISTS temp.kept",
		NULL, NULL, NULL);
	return status;
}
