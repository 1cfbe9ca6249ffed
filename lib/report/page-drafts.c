/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The accounts of a page, each with its drafts. */
#include "lib/report/page.h"

#include "lib/report/history.h"
#include "lib/report/words.h"

#include <string.h>

/* A page about few accounts shows their drafts at once. */
#define OPEN_ACCOUNTS_MAX 3

/* What the runs said, the latest one last. */
static int
put_history(dc_page_writing *writing, const struct dc_gathered_draft *draft)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	dc_markup *markup = &writing->markup;
	int status = dc_db_ask(&writing->page->file, &statement, writing->error,
		"SELECT id, outcome, said.place, uid, name, message_id, bytes, afterwards,"
		" rolled_back_s FROM said JOIN runs ON runs.number = said.run WHERE draft = ?"
		" ORDER BY started, sequence",
		"i", draft->number);

	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		const int64_t outcome = sqlite3_column_int64(statement, 1);
		const uint64_t bytes = (uint64_t)sqlite3_column_int64(statement, 6);
		g_autofree char *size = dc_words_size(bytes);

		if (outcome < 0 || outcome >= DRAFTCONV_OUTCOME_COUNT)
			continue;
		dc_markup_put(markup, "<p>");
		if (!writing->is_check)
			dc_markup_put(markup, "Run %s: ", dc_db_text(statement, 0));
		dc_markup_put(markup, "<strong>%s</strong>, %s",
			draftconv_outcome_name((draftconv_outcome)outcome),
			dc_words_outcome((draftconv_outcome)outcome));
		if (*dc_db_text(statement, 2) != '\0')
			dc_markup_put(markup, "; <bdi>%s</bdi>", dc_db_text(statement, 2));
		if (sqlite3_column_int64(statement, 3) != 0)
			dc_markup_put(markup, ", UID %" G_GUINT64_FORMAT,
				(guint64)sqlite3_column_int64(statement, 3));
		if (*dc_db_text(statement, 4) != '\0')
			dc_markup_put(markup, ", file <bdi>%s</bdi>", dc_db_text(statement, 4));
		if (*dc_db_text(statement, 5) != '\0')
			dc_markup_put(markup, "; <span class=\"note\">%s, Message-ID %s</span>",
				size, dc_db_text(statement, 5));
		if (sqlite3_column_int64(statement, 7) == DRAFTCONV_OUTCOME_ROLLED_BACK) {
			g_autofree char *when = dc_words_time(sqlite3_column_int64(statement, 8));

			dc_markup_put(markup, "; <strong>taken back</strong> %s",
				sqlite3_column_int64(statement, 8) == 0 ? "since" : when);
		}
		dc_markup_put(markup, "</p>");
	}
	return status;
}

/* A finding; those of one code stand together, behind what it means. */
static void
put_finding(dc_page_writing *writing, sqlite3_stmt *row, char **code)
{
	dc_markup *markup = &writing->markup;
	const char *field = dc_db_text(row, 1);
	const char *detail = dc_db_text(row, 3);

	if (*code == NULL || strcmp(*code, dc_db_text(row, 0)) != 0) {
		const int severity = CLAMP(sqlite3_column_int(row, 2), 0, 3);

		if (*code != NULL)
			dc_markup_put(markup, "</li>");
		g_free(*code);
		*code = g_strdup(dc_db_text(row, 0));
		const draftconv_finding_info *info = dc_finding_lookup(*code);
		dc_markup_put(markup, "<li class=\"%s\"><p><strong>%s</strong>: ",
			draftconv_severity_name((draftconv_severity)severity), *code);
		dc_page_put_sentence(markup,
			info == NULL ? "a newer version of draftconv knows it" : info->meaning);
		dc_markup_put(markup, "</p>");
		if (sqlite3_column_int(row, 4) != 0 && info != NULL)
			dc_page_put_remedy(markup, info->remedy);
	}
	if (*field == '\0' && *detail == '\0')
		return;
	dc_markup_put(markup, "<p class=\"none\">%s%s<bdi dir=\"auto\">%s</bdi></p>", field,
		*field == '\0' || *detail == '\0' ? "" : ": ", detail);
}

static int
put_findings(dc_page_writing *writing, const struct dc_gathered_draft *draft)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autofree char *code = NULL;

	if (draft->finding_count == 0)
		return DRAFTCONV_OK;
	int status = dc_db_ask(&writing->page->file, &statement, writing->error,
		"SELECT code, field, severity, detail, asks FROM findings WHERE draft = ? AND"
		" run = ? ORDER BY asks DESC, severity DESC, code, number",
		"ii", draft->number, draft->run);
	dc_markup_put(&writing->markup, "<ul class=\"findings\">");
	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		put_finding(writing, statement, &code);
	}
	g_string_append(writing->markup.buffer, code == NULL ? "</ul>" : "</li></ul>");
	return status;
}

/* Of the source, if it has the draft; else NULL. */
static void
put_summary(dc_page_writing *writing, const struct dc_gathered_draft *draft,
	const draftconv_draft *source)
{
	dc_markup *markup = &writing->markup;
	int64_t modified_s;
	int offset_min;

	dc_markup_put(markup, "<summary><span class=\"s %s\">%s</span><bdi dir=\"auto\">",
		dc_page_class(draft->state), draftconv_outcome_name(draft->state));
	if (*draft->subject == '\0')
		dc_markup_put(markup, "<i>no subject</i>");
	else
		dc_markup_line(markup, draft->subject, 200);
	dc_markup_put(markup, "</bdi><span class=\"note\">");
	if (draft->asks)
		dc_markup_put(markup, "needs a person · ");
	if (source != NULL && draftconv_draft_modified(source, &modified_s, &offset_min)) {
		g_autofree char *time = dc_words_local_time(modified_s, offset_min);

		dc_markup_put(markup, "%s · ", time);
	}
	dc_markup_put(markup, "draft <bdi>%s</bdi></span></summary>", draft->key);
}

static int
write_draft(dc_page_writing *writing, const struct dc_gathered_draft *draft,
	const draftconv_draft *source)
{
	dc_markup *markup = &writing->markup;

	dc_markup_put(markup, "<details class=\"draft%s%s\" id=\"d%" G_GUINT64_FORMAT "\">",
		draft->asks ? " ask" : "", draft->finding_count > 0 ? " found" : "",
		(guint64)draft->number);
	put_summary(writing, draft, source);
	int status = put_history(writing, draft);
	if (status >= 0)
		status = put_findings(writing, draft);
	if (status >= 0 && source != NULL)
		status = dc_page_write_preview(writing, source);
	dc_markup_put(markup, "</details>\n");
	return status;
}

static int
write_without_source(void *user, const struct dc_gathered_draft *draft, draftconv_error **error)
{
	(void)error;
	return write_draft(user, draft, NULL);
}

/* "12 delivered, 1 failed" */
static int
put_states(dc_page_writing *writing, int64_t account)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autofree char *states = NULL;
	int status = dc_db_ask(&writing->page->file, &statement, writing->error,
		"SELECT state, count(*) FROM drafts WHERE account = ? GROUP BY state ORDER BY 1",
		"i", account);

	if (status >= 0)
		status = dc_history_counts(writing->page, statement, &states, NULL, writing->error);
	dc_markup_put(&writing->markup, "%s", states);
	return status;
}

static int
begin_account(dc_page_writing *writing, int64_t account)
{
	dc_markup *markup = &writing->markup;
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(sqlite3_stmt) row = NULL;
	int status = dc_db_ask(&writing->page->file, &row, writing->error,
		"SELECT owner, (SELECT sum(asks) FROM drafts WHERE account = a.number),"
		" EXISTS (SELECT 1 FROM drafts d JOIN findings f ON f.draft = d.number AND"
		" f.run = d.run WHERE d.account = a.number), coalesce(facts, '') FROM accounts a "
		"WHERE number = ?",
		"i", account);

	if (status >= 0)
		status = dc_page_next(writing, row);
	if (status < 0)
		return status;
	const uint64_t asking = (uint64_t)sqlite3_column_int64(row, 1);
	dc_markup_put(markup,
		"<details class=\"account%s%s\"%s>\n<summary><bdi dir=\"auto\">%s</bdi> <span>",
		asking > 0 ? " ask" : "", sqlite3_column_int(row, 2) != 0 ? " found" : "",
		writing->accounts <= OPEN_ACCOUNTS_MAX ? " open" : "",
		*dc_db_text(row, 0) == '\0' ? "no account" : dc_db_text(row, 0));
	status = put_states(writing, account);
	if (asking > 0)
		dc_markup_put(markup, " · <b class=\"asks\">%" G_GUINT64_FORMAT " for a person</b>",
			(guint64)asking);
	dc_markup_put(markup, "</span></summary>\n");
	if (status >= 0)
		status = dc_history_of_account(writing->page, account, lines, writing->error);
	for (guint i = 0; i < lines->len; i++) {
		dc_markup_put(markup, "<p class=\"facts\">");
		dc_page_put_sentence(markup, lines->pdata[i]);
		dc_markup_put(markup, "</p>\n");
	}
	if (*dc_db_text(row, 3) != '\0') {
		dc_markup_put(markup, "<p class=\"facts\">");
		dc_page_put_sentence(markup, dc_db_text(row, 3));
		dc_markup_put(markup, "</p>\n");
	}
	return status;
}

/* With the drafts that the source does not have. */
static int
end_account(dc_page_writing *writing, int64_t account)
{
	const int status = dc_gather_drafts(
		writing->page, account, 0, write_without_source, writing, writing->error);

	dc_markup_put(&writing->markup, "</details>\n");
	return status < 0
		       ? status
		       : dc_db_run(&writing->page->file, writing->error,
				 "UPDATE drafts SET written = 1 WHERE account = ?", "i", account);
}

struct with_source {
	dc_page_writing *writing;
	const draftconv_draft *source;
};

static int
write_with_source(void *user, const struct dc_gathered_draft *draft, draftconv_error **error)
{
	const struct with_source *with = user;

	(void)error;
	return draft->written ? DRAFTCONV_OK : write_draft(with->writing, draft, with->source);
}

/* The next draft of the source, into its account. @return 1, 0 at the end, or an error */
static int
write_next(dc_page_writing *writing, int64_t *open, uint64_t *others)
{
	g_autoptr(draftconv_draft) draft = NULL;
	struct with_source with = {.writing = writing};
	int64_t account = 0;
	int64_t number = 0;
	int status = draftconv_drafts_next(writing->source, &draft, writing->error);

	if (status != 1)
		return status;
	with.source = draft;
	status = dc_gather_find(writing->page, draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER),
		draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY), &account, &number,
		writing->error);
	if (status == 0)
		(*others)++;
	if (status <= 0)
		return status < 0 ? status : 1;
	if (account != *open) {
		status = *open == 0 ? 0 : end_account(writing, *open);
		if (status >= 0)
			status = begin_account(writing, account);
		*open = account;
	}
	if (status >= 0)
		status = dc_gather_drafts(
			writing->page, account, number, write_with_source, &with, writing->error);
	if (status >= 0)
		status = dc_gather_written(writing->page, number, writing->error);
	return status < 0 ? status : 1;
}

static int
write_from_source(dc_page_writing *writing)
{
	int64_t open = 0;
	uint64_t others = 0;
	int status = writing->source == NULL ? 0 : 1;

	while (status == 1)
		status = write_next(writing, &open, &others);
	if (status >= 0 && open != 0)
		status = end_account(writing, open);
	if (others > 0)
		dc_markup_put(&writing->markup,
			"<p>The source has %" G_GUINT64_FORMAT
			" more of these drafts, which no run of this page has "
			"touched.</p>\n",
			(guint64)others);
	return status;
}

/* Accounts, or drafts of them, that the source does not have; all, without a source. */
static int
write_rest(dc_page_writing *writing)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_page_ask(writing, &statement,
		"SELECT number FROM accounts a WHERE EXISTS (SELECT 1 FROM drafts WHERE"
		" account = a.number AND NOT written) ORDER BY folded");

	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		const int64_t account = sqlite3_column_int64(statement, 0);
		status = begin_account(writing, account);
		if (status >= 0)
			status = end_account(writing, account);
	}
	return status;
}

int
dc_page_write_accounts(dc_page_writing *writing)
{
	dc_markup_put(&writing->markup,
		"<section>\n<h2 id=\"accounts\" tabindex=\"-1\">%s</h2>\n"
		"<input type=\"radio\" name=\"only\" id=\"only-all\" checked> "
		"<label for=\"only-all\">Show every draft</label>\n"
		"<input type=\"radio\" name=\"only\" id=\"only-found\"> "
		"<label for=\"only-found\">those with findings</label>\n"
		"<input type=\"radio\" name=\"only\" id=\"only-ask\"> "
		"<label for=\"only-ask\">those that need a person</label>\n",
		writing->accounts == 1 ? "The account and its drafts"
				       : "The accounts and their drafts");
	int status = write_from_source(writing);
	if (status >= 0)
		status = write_rest(writing);
	dc_markup_put(&writing->markup, "</section>\n");
	return status;
}
