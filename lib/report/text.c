/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text for a ticket: the same gathered drafts as the page, grouped and counted, few lines however many. */
#include "lib/report/customer.h"
#include "lib/report/history.h"
#include "lib/report/words.h"

/* Drafts that are named under one finding, and accounts that have a line of their own. */
#define DRAFTS_NAMED 10
#define ACCOUNTS_NAMED 20
#define UNTRIED_NAMED 3

struct text_report {
	draftconv_page *page;
	const draftconv_journal *journal;
	const draftconv_journal_filter *filter;
	GString *text;
	bool subjects;
	draftconv_error **error;
};

/* "124 drafts: 120 delivered, 4 failed" of the rows of STATEMENT: state, count. */
static int
add_counts(struct text_report *report, sqlite3_stmt *statement)
{
	g_autofree char *states = NULL;
	uint64_t total = 0;
	const int status =
		dc_history_counts(report->page, statement, &states, &total, report->error);

	g_string_append_printf(report->text, "%" G_GUINT64_FORMAT " %s%s%s\n", (guint64)total,
		total == 1 ? "draft" : "drafts", total == 0 ? "" : ": ", states);
	return status;
}

static void
add_line(struct text_report *report, const char *line)
{
	if (*line != '\0')
		g_string_append_printf(report->text, "%s\n", line);
}

static int
add_run(struct text_report *report, sqlite3_stmt *run)
{
	g_autoptr(sqlite3_stmt) counts = NULL;
	g_auto(dc_history) history = {0};
	int status = dc_history_of_run(
		report->page, sqlite3_column_int64(run, 5), &history, report->error);

	if (status < 0)
		return status;
	g_autofree char *id = dc_words_plain(dc_db_text(run, 0), 100);
	g_autofree char *started = dc_words_time(sqlite3_column_int64(run, 3));
	g_autofree char *ticket = dc_words_plain(dc_db_text(run, 1), 200);
	g_autofree char *source = dc_words_plain(dc_db_text(run, 2), 500);
	g_autofree char *destination = dc_words_plain(history.to, 500);

	g_string_append_printf(report->text, "Run %s%s%s, %s\nFrom %s\nTo %s\n", id,
		*ticket == '\0' ? "" : ", ticket ", ticket, started, source, destination);
	status = dc_db_ask(&report->page->file, &counts, report->error,
		"SELECT outcome, count(*) FROM said WHERE run = ? GROUP BY outcome", "i",
		sqlite3_column_int64(run, 5));
	if (status >= 0)
		status = add_counts(report, counts);
	add_line(report, history.end);
	if (sqlite3_column_int(run, 4) != 0)
		add_line(report,
			"The source was cut or damaged: there may have been more drafts in it");
	add_line(report, history.verified);
	add_line(report, history.since);
	g_string_append_c(report->text, '\n');
	return status;
}

/* Walk the rows of SQL with EACH. */
static int
each_row(struct text_report *report, const char *sql, int64_t limit,
	int (*each)(struct text_report *report, sqlite3_stmt *row))
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&report->page->file, &statement, report->error, sql, "i", limit);

	while (status >= 0) {
		status = dc_db_next(&report->page->file, statement, report->error);
		if (status != 1)
			break;
		status = each(report, statement);
	}
	return status;
}

/* The owner in a row; rows that name none have failed. [transfer full] */
static char *
owner_in(sqlite3_stmt *row, int column)
{
	const char *owner = dc_db_text(row, column);

	return dc_words_plain(*owner == '\0' ? "no account" : owner, 100);
}

static int
add_draft(struct text_report *report, sqlite3_stmt *row)
{
	g_autofree char *owner = owner_in(row, 0);
	g_autofree char *key = dc_words_plain(dc_db_text(row, 1), 100);
	g_autofree char *subject = dc_words_plain(dc_db_text(row, 2), 100);

	g_string_append_printf(report->text, "    %s, draft %s%s%s%s\n", owner, key,
		report->subjects ? " \"" : "", report->subjects ? subject : "",
		report->subjects ? "\"" : "");
	return DRAFTCONV_OK;
}

/* A finding that needs a person, with the first of its drafts. */
static int
add_code(struct text_report *report, sqlite3_stmt *row)
{
	g_autoptr(sqlite3_stmt) drafts = NULL;
	const char *code = dc_db_text(row, 0);
	g_autofree char *plain = dc_words_plain(code, 100);
	const guint64 count = (guint64)sqlite3_column_int64(row, 1);
	const draftconv_finding_info *info = dc_finding_lookup(code);

	g_string_append_printf(report->text,
		"  %s, %" G_GUINT64_FORMAT " %s: %s.\n    To do: %s.\n", plain, count,
		count == 1 ? "draft" : "drafts",
		info == NULL ? "unknown to this version" : info->meaning,
		info == NULL ? "use a newer version" : info->remedy);
	int status = dc_db_ask(&report->page->file, &drafts, report->error,
		"SELECT DISTINCT owner, key, coalesce(subject, ''), d.number FROM findings f JOIN"
		" drafts d ON d.number = f.draft AND d.run = f.run WHERE code = ? AND d.asks"
		" ORDER BY d.number LIMIT ?",
		"ti", code, (int64_t)DRAFTS_NAMED);
	while (status >= 0) {
		status = dc_db_next(&report->page->file, drafts, report->error);
		if (status != 1)
			break;
		status = add_draft(report, drafts);
	}
	if (count > DRAFTS_NAMED)
		g_string_append_printf(
			report->text, "    and %" G_GUINT64_FORMAT " more\n", count - DRAFTS_NAMED);
	return status;
}

static int
add_account(struct text_report *report, sqlite3_stmt *row)
{
	g_autoptr(sqlite3_stmt) counts = NULL;
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *owner = owner_in(row, 1);
	int status = dc_db_ask(&report->page->file, &counts, report->error,
		"SELECT state, count(*) FROM drafts WHERE account = ? GROUP BY state", "i",
		sqlite3_column_int64(row, 0));

	g_string_append_printf(report->text, "  %s: ", owner);
	if (status >= 0)
		status = add_counts(report, counts);
	if (status >= 0)
		status = dc_history_of_account(
			report->page, sqlite3_column_int64(row, 0), lines, report->error);
	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *line = dc_words_plain(lines->pdata[i], 500);

		g_string_append_printf(report->text, "    %s\n", line);
	}
	return status;
}

static int
add_customer(struct text_report *report, sqlite3_stmt *row)
{
	g_autofree char *owner = owner_in(row, 1);

	if (*dc_db_text(row, 1) == '\0')
		return DRAFTCONV_OK;
	g_string_append_printf(report->text, "\nFor the customer (%s):\n\n", owner);
	return dc_customer_tell(report->page, sqlite3_column_int64(row, 0), report->subjects,
		report->text, report->error);
}

static int
add_untried(struct text_report *report, sqlite3_stmt *row)
{
	g_autofree char *owner = owner_in(row, 0);

	g_string_append_printf(
		report->text, "%s%s", g_str_has_suffix(report->text->str, ": ") ? "" : ", ", owner);
	return DRAFTCONV_OK;
}

/* Accounts that the accounts file does not have: one line, and no answer to a customer. */
static int
add_all_untried(struct text_report *report, uint64_t count, const char *untried)
{
	g_autofree char *sql = g_strconcat(
		"SELECT owner FROM accounts WHERE ", untried, " ORDER BY folded LIMIT ?", NULL);

	if (count == 0)
		return DRAFTCONV_OK;
	g_string_append_printf(report->text,
		"  %" G_GUINT64_FORMAT " %s not in the accounts file, so not tried (no-account): ",
		(guint64)count, count == 1 ? "account is" : "accounts are");
	const int status = each_row(report, sql, UNTRIED_NAMED, add_untried);
	g_string_append(report->text, count > UNTRIED_NAMED ? ", ...\n" : "\n");
	return status;
}

static int
count_accounts(
	struct text_report *report, const char *where, uint64_t *count, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autofree char *sql = g_strconcat("SELECT count(*) FROM accounts WHERE ", where, NULL);
	int status = dc_db_ask(&report->page->file, &statement, error, sql, "");

	if (status >= 0)
		status = dc_db_next(&report->page->file, statement, error);
	if (status >= 0)
		*count = (uint64_t)sqlite3_column_int64(statement, 0);
	return status;
}

static int
add_accounts(struct text_report *report)
{
	g_autofree char *tried =
		g_strdup_printf("EXISTS (SELECT 1 FROM drafts WHERE account = accounts.number"
				" AND coalesce(state, -1) <> %d)",
			(int)DRAFTCONV_OUTCOME_NO_ACCOUNT);
	g_autofree char *untried = g_strconcat("NOT ", tried, NULL);
	g_autofree char *sql = g_strconcat("SELECT number, owner FROM accounts WHERE ", tried,
		" ORDER BY folded LIMIT ?", NULL);
	uint64_t count = 0;
	uint64_t others = 0;
	int status = count_accounts(report, tried, &count, report->error);

	if (status >= 0)
		status = count_accounts(report, untried, &others, report->error);
	if (status < 0 || count + others == 0)
		return MIN(status, 0);
	g_string_append(report->text, "\nAs it stands now\n");
	status = each_row(report, sql, ACCOUNTS_NAMED, add_account);
	if (count > ACCOUNTS_NAMED)
		g_string_append_printf(report->text, "  and %" G_GUINT64_FORMAT " more accounts\n",
			(guint64)(count - ACCOUNTS_NAMED));
	if (status >= 0)
		status = add_all_untried(report, others, untried);
	if (status < 0)
		return status;
	if (count <= DC_CUSTOMERS_MAX)
		return each_row(report, sql, DC_CUSTOMERS_MAX, add_customer);
	g_autofree char *command = NULL;
	status = dc_history_command(
		report->page, report->filter, report->journal->path, &command, report->error);
	if (status < 0)
		return status;
	g_autofree char *plain = dc_words_plain(command, SIZE_MAX);
	g_string_append_printf(report->text,
		"\nFor an answer to one customer (with the account of yours): %s\n", plain);
	return DRAFTCONV_OK;
}

static int
add_all(struct text_report *report)
{
	int status = each_row(report,
		"SELECT id, ticket, source, started, source_damaged, number"
		" FROM runs WHERE listed ORDER BY started, sequence LIMIT ?",
		-1, add_run);

	if (status < 0)
		return status;
	const size_t before = report->text->len;
	g_string_append(report->text, "What needs a person first\n");
	const size_t heading = report->text->len;
	status = each_row(report,
		"SELECT code, count(DISTINCT draft) FROM findings f JOIN drafts d ON d.number ="
		" f.draft AND d.run = f.run WHERE f.asks AND d.asks GROUP BY code"
		" ORDER BY max(severity) DESC, 2 DESC, 1 LIMIT ?",
		-1, add_code);
	if (report->text->len == heading) {
		g_string_truncate(report->text, before);
		const int damaged = dc_gather_source_damaged(report->page, 0, report->error);

		if (damaged < 0)
			return damaged;
		if (damaged == 1)
			g_string_append(report->text, "Somebody has to look for a whole source: "
						      "the one of the latest run "
						      "was cut or damaged.\n");
		else if (!dc_gather_unfinished(report->page))
			g_string_append(report->text, "No draft needs a person.\n");
	}
	return status < 0 ? status : add_accounts(report);
}

int
draftconv_report_text(draftconv_journal *journal, const draftconv_journal_filter *filter,
	bool subjects, draftconv_write write, void *user, draftconv_error **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	draftconv_page *page = NULL;
	int status = draftconv_page_new(&page, error);

	if (status >= 0)
		status = draftconv_page_add_journal(page, journal, "", filter, error);
	if (status >= 0)
		status = dc_gather_settle(page, error);
	struct text_report report = {page, journal, filter, text, subjects, error};
	if (status >= 0 && draftconv_page_run_count(page) == 0)
		g_string_append(text, "No run matches.\n");
	else if (status >= 0)
		status = add_all(&report);
	draftconv_page_free(page);
	if (status < 0)
		return status;
	status = write(user, text->str, text->len);
	return status < 0 ? dc_error_set(error, status, "report not written") : DRAFTCONV_OK;
}
