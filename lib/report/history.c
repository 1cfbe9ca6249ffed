/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/history.h"

#include "lib/report/words.h"

#include <string.h>

/* Runs that stand in one command. */
#define RUNS_NAMED 10

void
dc_history_clear(dc_history *history)
{
	g_clear_pointer(&history->to, g_free);
	g_clear_pointer(&history->said, g_free);
	g_clear_pointer(&history->end, g_free);
	g_clear_pointer(&history->since, g_free);
	g_clear_pointer(&history->verified, g_free);
}

/* " on 2012-12-01 22:00 UTC"; "" for a moment that is not known. */
static char *
on(int64_t unix_s)
{
	g_autofree char *time = dc_words_time(unix_s);

	return unix_s == 0 ? g_strdup("") : g_strdup_printf(" on %s", time);
}

/* "3 drafts" */
static char *
drafts(uint64_t count)
{
	return g_strdup_printf(
		"%" G_GUINT64_FORMAT " %s", (guint64)count, count == 1 ? "draft" : "drafts");
}

/* RUN: what dc_history_of_run() asks for. */
static char *
where(sqlite3_stmt *run)
{
	const char *place = dc_db_text(run, 1);

	if (*place != '\0')
		return g_strdup(place);
	return g_strconcat(dc_db_text(run, 0),
		sqlite3_column_int(run, 2) != 0 ? ", for each account its own" : "", NULL);
}

/* An older run that stopped may have been made good by the next one. */
static char *
end(sqlite3_stmt *run)
{
	const char *failure = dc_db_text(run, 11);
	g_autofree char *plain = dc_words_plain(failure, 500);

	if (*dc_db_text(run, 13) == '\0')
		return g_strdup("");
	if (sqlite3_column_int64(run, 10) == 0)
		return g_strconcat("It did not come to its end",
			sqlite3_column_int(run, 12) != 0 ? ": run the same command again" : "",
			NULL);
	if (strcmp(failure, "erased") == 0)
		return g_strdup("Stopped before its end; the reason was erased");
	return *plain == '\0' ? g_strdup("")
			      : g_strdup_printf("Stopped: %s%s", plain,
					sqlite3_column_int(run, 12) != 0
						? "; run the same command again when that is mended"
						: "");
}

static char *
since(sqlite3_stmt *run)
{
	const uint64_t taken = (uint64_t)sqlite3_column_int64(run, 7);
	const uint64_t kept = (uint64_t)sqlite3_column_int64(run, 8);
	g_autofree char *when = on(sqlite3_column_int64(run, 4));
	g_autofree char *taken_text = drafts(taken);
	g_autofree char *kept_text = drafts(kept);
	const char *left = kept == 1 ? "was left as it is" : "were left as they are";

	if (sqlite3_column_int(run, 3) == 0)
		return taken == 0 ? g_strdup("")
				  : g_strdup_printf("%s of it %s taken back since", taken_text,
					    taken == 1 ? "was" : "were");
	if (kept == 0)
		return g_strdup_printf("Taken back%s", when);
	if (taken == 0)
		return g_strdup_printf(
			"A rollback%s took nothing back: %s %s", when, kept_text, left);
	return g_strdup_printf("Taken back%s: %s; %s %s", when, taken_text, kept_text, left);
}

static char *
verified(sqlite3_stmt *run)
{
	const uint64_t bad = (uint64_t)sqlite3_column_int64(run, 6);
	const bool is_over = sqlite3_column_int(run, 3) != 0 || sqlite3_column_int(run, 9) != 0;
	g_autofree char *when = on(sqlite3_column_int64(run, 5));
	g_autofree char *bad_text = drafts(bad);

	if (sqlite3_column_int64(run, 5) == 0)
		return g_strdup("");
	if (bad > 0)
		return g_strdup_printf("%s%s: %s%s %s not as %s sent",
			is_over ? "Had been verified" : "Verified", when, bad_text,
			sqlite3_column_int(run, 14) != 0 ? " of the whole run" : "",
			bad == 1 ? "was" : "were", bad == 1 ? "it was" : "they were");
	return is_over ? g_strdup_printf("Had been verified%s: what was there then was as it was "
					 "sent",
				 when)
		       : g_strdup_printf("Verified%s: every draft as it was sent", when);
}

int
dc_history_counts(draftconv_page *page, sqlite3_stmt *rows, char **text, uint64_t *total,
	draftconv_error **error)
{
	g_autoptr(GString) counts = g_string_new(NULL);
	int status;

	for (;;) {
		status = dc_db_next(&page->file, rows, error);
		if (status != 1)
			break;
		const int64_t outcome = sqlite3_column_int64(rows, 0);
		const uint64_t count = (uint64_t)sqlite3_column_int64(rows, 1);
		if (outcome < 0 || outcome >= DRAFTCONV_OUTCOME_COUNT)
			continue;
		if (total != NULL)
			*total += count;
		g_string_append_printf(counts, "%s%" G_GUINT64_FORMAT " %s",
			counts->len > 0 ? ", " : "", (guint64)count,
			draftconv_outcome_name((draftconv_outcome)outcome));
	}
	*text = g_string_free(g_steal_pointer(&counts), FALSE);
	return status;
}

int
dc_history_of_run(
	draftconv_page *page, int64_t number, dc_history *history, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) run = NULL;
	int status = dc_db_ask(&page->file, &run, error,
		"SELECT destination, place, has_places, rolled_back, rolled_back_s, verified_s,"
		" unverified,"
		" (SELECT count(*) FROM said WHERE run = ?1 AND afterwards = ?2),"
		" (SELECT count(*) FROM said WHERE run = ?1 AND afterwards = ?3),"
		" EXISTS (SELECT 1 FROM said JOIN drafts d ON d.number = draft WHERE said.run = ?1"
		"  AND gone), ended, failure, number = (SELECT number FROM runs"
		"  WHERE listed ORDER BY started DESC, sequence DESC LIMIT 1), id,"
		" drafts > (SELECT count(*) FROM said WHERE run = ?1) FROM runs"
		" WHERE number = ?1",
		"iii", number, (int64_t)DRAFTCONV_OUTCOME_ROLLED_BACK,
		(int64_t)DRAFTCONV_OUTCOME_KEPT);

	if (status >= 0)
		status = dc_db_next(&page->file, run, error);
	if (status < 0)
		return status;
	*history = (dc_history){
		.to = where(run), .end = end(run), .since = since(run), .verified = verified(run)};
	g_autoptr(sqlite3_stmt) said = NULL;
	status = dc_db_ask(&page->file, &said, error,
		"SELECT outcome, count(*) FROM said WHERE run = ? GROUP BY outcome", "i", number);
	return status < 0 ? status : dc_history_counts(page, said, &history->said, NULL, error);
}

/* "ticket 4711 (run 20121201-1)" */
static char *
by(sqlite3_stmt *row)
{
	const char *run = dc_db_text(row, 0);
	const char *ticket = dc_db_text(row, 1);

	return *ticket == '\0' ? g_strdup_printf("run %s", run)
			       : g_strdup_printf("ticket %s (run %s)", ticket, run);
}

/* One run and what became of COUNT drafts that it brought. */
static char *
account_line(sqlite3_stmt *row)
{
	const uint64_t count = (uint64_t)sqlite3_column_int64(row, 4);
	const int64_t state = sqlite3_column_int64(row, 5);
	const bool found = sqlite3_column_int64(row, 6) == DRAFTCONV_OUTCOME_UNCHANGED;
	const char *them = count == 1 ? "it" : "them";
	g_autofree char *run = by(row);
	g_autofree char *when = on(sqlite3_column_int64(row, 2));
	g_autofree char *back = on(sqlite3_column_int64(row, 3));
	g_autofree char *many = drafts(count);

	if (state == DRAFTCONV_OUTCOME_ROLLED_BACK)
		return g_strdup_printf("%s taken back%s; %s had brought %s", many, back, run, them);
	if (state == DRAFTCONV_OUTCOME_FAILED)
		return g_strdup_printf("of %s that failed an older text is in the folder, brought "
				       "back%s by %s",
			many, when, run);
	if (found)
		return g_strdup_printf("%s found in the folder: no run of this journal brought %s, "
				       "and rollback leaves %s there",
			many, them, them);
	if (state == DRAFTCONV_OUTCOME_UNCHANGED)
		return g_strdup_printf("%s already brought back%s by %s", many, when, run);
	return g_strdup_printf("%s brought back%s by %s", many, when, run);
}

int
dc_history_of_account(
	draftconv_page *page, int64_t account, GPtrArray *lines, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&page->file, &statement, error,
		"SELECT r.id, r.ticket, r.started, r.rolled_back_s, count(*), d.state, stands"
		" FROM drafts d JOIN said s ON s.draft = d.number AND s.run = d.run"
		" JOIN runs r ON r.id = brought_by WHERE account = ?1"
		" AND (d.state IN (?2, ?3) OR d.state = ?4 AND stands IN (?5, ?2)"
		"  OR NOT listed AND d.state IN (?5, ?6))"
		" GROUP BY r.id, d.state, stands ORDER BY r.started, r.sequence, d.state, stands",
		"iiiiii", account, (int64_t)DRAFTCONV_OUTCOME_UNCHANGED,
		(int64_t)DRAFTCONV_OUTCOME_ROLLED_BACK, (int64_t)DRAFTCONV_OUTCOME_FAILED,
		(int64_t)DRAFTCONV_OUTCOME_DELIVERED, (int64_t)DRAFTCONV_OUTCOME_UPDATED);

	while (status >= 0) {
		status = dc_db_next(&page->file, statement, error);
		if (status != 1)
			break;
		g_ptr_array_add(lines, account_line(statement));
	}
	return status;
}

/* The first owner whose name can be typed; "NAME" when there is none. */
static int
one_owner(draftconv_page *page, char **owner, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&page->file, &statement, error,
		"SELECT owner FROM accounts WHERE owner <> '' ORDER BY folded", "");

	while (status >= 0) {
		status = dc_db_next(&page->file, statement, error);
		if (status != 1)
			break;
		g_autofree char *plain = dc_words_plain(dc_db_text(statement, 0), 200);
		if (strcmp(plain, dc_db_text(statement, 0)) == 0) {
			*owner = g_steal_pointer(&plain);
			return DRAFTCONV_OK;
		}
	}
	*owner = g_strdup("NAME");
	return status;
}

/* " --ticket 4711", or the runs of the page. */
static int
add_selection(draftconv_page *page, const draftconv_journal_filter *filter, GString *command,
	draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	const bool by_runs = filter != NULL && filter->runs != NULL;
	int status = dc_db_ask(&page->file, &statement, error,
		"SELECT id, ticket, (SELECT count(DISTINCT ticket) FROM runs WHERE listed)"
		" FROM runs WHERE listed ORDER BY started, sequence LIMIT ?",
		"i", (int64_t)RUNS_NAMED);

	while (status >= 0) {
		status = dc_db_next(&page->file, statement, error);
		if (status != 1)
			break;
		const char *ticket = dc_db_text(statement, 1);
		g_autofree char *plain = dc_words_plain(ticket, 200);
		const bool one = !by_runs && *ticket != '\0' && strcmp(plain, ticket) == 0 &&
				 sqlite3_column_int(statement, 2) == 1;
		g_autofree char *option = one ? dc_words_option("ticket", ticket)
					      : dc_words_option("run", dc_db_text(statement, 0));

		g_string_append(command, option);
		if (one)
			break;
	}
	return status;
}

int
dc_history_command(draftconv_page *page, const draftconv_journal_filter *filter,
	const char *journal, char **command, draftconv_error **error)
{
	g_autoptr(GString) text = g_string_new("draftconv report --text");
	g_autofree char *owner = NULL;
	int status = one_owner(page, &owner, error);

	if (status < 0)
		return status;
	g_autofree char *its = dc_words_option("owner", owner);
	g_autofree char *at = dc_words_option("journal", journal);
	g_string_append(text, its);
	status = add_selection(page, filter, text, error);
	g_string_append(text, at);
	if (status < 0)
		return status;
	*command = g_string_free(g_steal_pointer(&text), FALSE);
	return DRAFTCONV_OK;
}
