/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs and what they said of their drafts. */
#include "lib/run/journal-db.h"

#include "lib/run/journal-schema.h"

#include <string.h>

int
dc_journal_run_begin(draftconv_journal *journal, const struct dc_journal_run *run, int64_t *number,
	char id[32], draftconv_error **error)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *day = g_date_time_format(now, "%Y%m%d");

	/* Unique over journals too: --run is given with several of them. */
	g_snprintf(id, 32, "%s-%08x", day, g_random_int());
	int status = dc_db_run(journal, error,
		"INSERT INTO runs (id, ticket, who, source, destination, sink, login, ca_file,"
		" authenticate_as, master_separator, tls, profile, profile_identity,"
		" profile_version, source_damaged, version, started)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"ttttttttttittiiti", id, run->ticket, run->who, run->source, run->destination,
		run->sink, run->login, run->ca_file, run->authenticate_as, run->master_separator,
		(int64_t)run->tls, run->profile, run->profile_identity,
		(int64_t)run->profile_version, (int64_t)run->source_damaged, DRAFTCONV_VERSION,
		(int64_t)g_date_time_to_unix(now));
	*number = sqlite3_last_insert_rowid(journal->db);
	return status;
}

int
dc_journal_run_end(
	draftconv_journal *journal, int64_t number, const char *failure, draftconv_error **error)
{
	return dc_db_run(journal, error, "UPDATE runs SET ended = ?, failure = ? WHERE number = ?",
		"iti", (int64_t)(g_get_real_time() / G_USEC_PER_SEC), failure, number);
}

int
dc_journal_run_drop(
	draftconv_journal *journal, int64_t number, bool *dropped, draftconv_error **error)
{
	int status = dc_db_run(journal, error,
		"DELETE FROM runs WHERE number = ?1"
		" AND NOT EXISTS (SELECT 1 FROM accounts WHERE run = ?1)"
		" AND NOT EXISTS (SELECT 1 FROM results WHERE run = ?1)",
		"i", number);

	if (status >= 0)
		*dropped = sqlite3_changes(journal->db) > 0;
	return status;
}

/* A finding is a line: code, field, severity, detail; none of them holds a tab or a line end. */
static char *
findings_text(const draftconv_result *result)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < result->finding_count; i++) {
		const draftconv_finding *f = result->findings[i];

		g_string_append_printf(
			text, "%s\t%s\t%d\t%s\n", f->code, f->field, (int)f->severity, f->detail);
	}
	return g_string_free(text, FALSE);
}

int
dc_journal_say(draftconv_journal *journal, int64_t number, const char *destination,
	const draftconv_result *result, draftconv_error **error)
{
	g_autofree char *findings = findings_text(result);

	return dc_db_run(journal, error,
		"INSERT OR REPLACE INTO results (run, destination, owner, key, outcome, message_id,"
		" subject, bytes, place, folder, uidvalidity, uid, name, findings)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"itttittittiitt", number, destination, result->owner, result->draft,
		(int64_t)result->outcome, result->message_id, result->subject,
		(int64_t)result->bytes, result->destination, result->folder,
		(int64_t)result->uidvalidity, (int64_t)result->uid, result->name, findings);
}

int
dc_journal_said(draftconv_journal *journal, const char *id, const char *owner, const char *key,
	draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT 1 FROM runs JOIN results ON run = number"
		" WHERE id = ? AND owner = ? AND key = ? LIMIT 1",
		"ttt", id, owner, key);

	return status < 0 ? status : dc_db_next(journal, statement, error);
}

/* A run that was killed has delivered more than it came to say. */
int
dc_journal_say_afterwards(draftconv_journal *journal, int64_t number, const char *destination,
	const draftconv_result *result, draftconv_error **error)
{
	g_autofree char *findings = findings_text(result);

	return dc_db_run(journal, error,
		"INSERT INTO results (run, destination, owner, key, outcome, message_id, subject,"
		" bytes, place, folder, uidvalidity, uid, name, findings, afterwards,"
		" afterwards_findings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, '', ?, ?)"
		" ON CONFLICT (run, owner, key, destination) DO UPDATE SET"
		" afterwards = excluded.afterwards,"
		" afterwards_findings = excluded.afterwards_findings",
		"itttittitttit", number, destination, result->owner, result->draft,
		(int64_t)DRAFTCONV_OUTCOME_DELIVERED, result->message_id, result->subject,
		(int64_t)result->bytes, result->destination, result->folder, result->name,
		(int64_t)result->outcome, findings);
}

int
dc_journal_say_verified(draftconv_journal *journal, int64_t number, const char *destination,
	const draftconv_result *result, draftconv_error **error)
{
	g_autofree char *findings = findings_text(result);

	return dc_db_run(journal, error,
		"UPDATE results SET afterwards = nullif(?1, ?2), afterwards_findings = ?3"
		" WHERE run = ?4 AND owner = ?5 AND key = ?6 AND destination = ?7"
		" AND (afterwards IN (?8, ?9, ?10) OR afterwards IS NULL AND ?1 <> ?2)",
		"iitittt"
		"iii",
		(int64_t)result->outcome, (int64_t)DRAFTCONV_OUTCOME_COUNT, findings, number,
		result->owner, result->draft, destination, (int64_t)DRAFTCONV_OUTCOME_MISSING,
		(int64_t)DRAFTCONV_OUTCOME_CHANGED, (int64_t)DRAFTCONV_OUTCOME_UNVERIFIED);
}

/* ---- asking ---- */

/* As MySQL compares: case and trailing blanks do not count. */
static bool
is_same_owner(const char *a, const char *b)
{
	size_t size_a = strlen(a);
	size_t size_b = strlen(b);

	while (size_a > 0 && a[size_a - 1] == ' ')
		size_a--;
	while (size_b > 0 && b[size_b - 1] == ' ')
		size_b--;
	return size_a == size_b && g_ascii_strncasecmp(a, b, size_a) == 0;
}

bool
dc_db_is_listed(const char *const *list, const char *text, bool fold)
{
	for (; list != NULL && *list != NULL; list++) {
		if (fold ? is_same_owner(*list, text) : strcmp(*list, text) == 0)
			return true;
	}
	return false;
}

static int
check_runs(
	draftconv_journal *journal, const draftconv_journal_filter *filter, draftconv_error **error)
{
	for (const char *const *id = filter == NULL ? NULL : filter->runs;
		id != NULL && *id != NULL; id++) {
		g_autoptr(sqlite3_stmt) statement = NULL;
		int status = dc_db_ask(
			journal, &statement, error, "SELECT 1 FROM runs WHERE id = ?", "t", *id);

		if (status >= 0)
			status = dc_db_next(journal, statement, error);
		if (status < 0)
			return status;
		if (status == 0)
			return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND,
				"%s: there is no run %s; draftconv runs lists them", journal->path,
				*id);
	}
	return DRAFTCONV_OK;
}

static int
touches_owner(draftconv_journal *journal, int64_t number, const draftconv_journal_filter *filter,
	draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT DISTINCT owner FROM accounts WHERE run = ?1 UNION"
		" SELECT DISTINCT owner FROM results WHERE run = ?1",
		"i", number);

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		if (dc_db_is_listed(filter->owners, dc_db_text(statement, 0), true))
			return 1;
	}
	return status;
}

/* Is the run of this row meant? @return 1, 0 or an error */
static int
is_meant(draftconv_journal *journal, const draftconv_journal_filter *filter,
	sqlite3_stmt *statement, draftconv_error **error)
{
	if (filter == NULL)
		return 1;
	if (filter->runs != NULL && !dc_db_is_listed(filter->runs, dc_db_text(statement, 1), false))
		return 0;
	if (filter->ticket != NULL && strcmp(filter->ticket, dc_db_text(statement, 2)) != 0)
		return 0;
	if (filter->owners == NULL)
		return 1;
	return touches_owner(journal, sqlite3_column_int64(statement, 0), filter, error);
}

/* COLUMN is ours, never a stranger's. */
static int
count_outcomes(draftconv_journal *journal, int64_t number, const char *column, uint64_t *counts,
	draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autofree char *sql = g_strdup_printf("SELECT %s, count(*) FROM results WHERE run = ?"
					       " AND %s IS NOT NULL GROUP BY 1",
		column, column);
	int status = dc_db_ask(journal, &statement, error, sql, "i", number);

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		const int64_t outcome = sqlite3_column_int64(statement, 0);
		if (outcome >= 0 && outcome < DRAFTCONV_OUTCOME_COUNT)
			counts[outcome] = (uint64_t)sqlite3_column_int64(statement, 1);
	}
	return status;
}

int
dc_db_each_run(draftconv_journal *journal, const draftconv_journal_filter *filter, const char *sql,
	dc_db_run_func each, void *user, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = check_runs(journal, filter, error);

	if (status >= 0)
		status = dc_db_ask(journal, &statement, error, sql, "");
	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		status = is_meant(journal, filter, statement, error);
		if (status == 1)
			status = each(user, journal, statement, error);
	}
	return status;
}

int
dc_db_find_place(draftconv_journal *journal, int64_t number, const char *const *owners,
	char **place, bool *several, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT place, owner FROM results WHERE run = ? AND place <> ''", "i", number);

	while (status >= 0 && !*several) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		if (owners != NULL && !dc_db_is_listed(owners, dc_db_text(statement, 1), true))
			continue;
		*several = *place != NULL && strcmp(*place, dc_db_text(statement, 0)) != 0;
		if (*place == NULL)
			*place = g_strdup(dc_db_text(statement, 0));
	}
	if (*several)
		g_clear_pointer(place, g_free);
	return status;
}

struct listing_runs {
	const draftconv_journal_filter *filter;
	int (*callback)(void *user, const draftconv_run_info *info);
	void *user;
};

static int
say_run(void *user, draftconv_journal *journal, sqlite3_stmt *statement, draftconv_error **error)
{
	const struct listing_runs *listing = user;
	const char *const *owners = listing->filter == NULL ? NULL : listing->filter->owners;
	g_autofree char *place = NULL;
	draftconv_run_info info = {.struct_size = sizeof info,
		.run = dc_db_text(statement, 1),
		.ticket = dc_db_text(statement, 2),
		.who = dc_db_text(statement, 3),
		.source = dc_db_text(statement, 4),
		.destination = dc_db_text(statement, 5),
		.profile = dc_db_text(statement, 12),
		.version = dc_db_text(statement, 16),
		.started_s = sqlite3_column_int64(statement, 17),
		.ended_s = sqlite3_column_int64(statement, 18),
		.rolled_back = sqlite3_column_int(statement, 19) != 0,
		.failure = dc_db_text(statement, 20),
		.rolled_back_s = sqlite3_column_int64(statement, 21),
		.verified_s = sqlite3_column_int64(statement, 22),
		.unverified = (uint64_t)sqlite3_column_int64(statement, 23),
		.source_damaged = sqlite3_column_int(statement, 15) != 0};
	const int64_t number = sqlite3_column_int64(statement, 0);
	int status = count_outcomes(journal, number, "outcome", info.counts, error);

	if (status >= 0)
		status = count_outcomes(journal, number, "afterwards", info.afterwards, error);
	if (status >= 0)
		status = dc_db_find_place(journal, number, owners, &place, &info.has_places, error);
	info.place = place == NULL ? "" : place;
	return status < 0 ? status : listing->callback(listing->user, &info);
}

int
draftconv_journal_runs(draftconv_journal *journal, const draftconv_journal_filter *filter,
	int (*callback)(void *user, const draftconv_run_info *info), void *user,
	draftconv_error **error)
{
	struct listing_runs listing = {filter, callback, user};

	return dc_db_each_run(journal, filter,
		"SELECT " DC_RUN_COLUMNS " FROM runs ORDER BY number", say_run, &listing, error);
}
