/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The accounts of a page, each with its drafts. */
#include "lib/report/page.h"

#include "lib/report/words.h"

/* A page about few accounts shows their drafts at once. */
#define OPEN_ACCOUNTS_MAX 3

/* What the runs said, the latest one last. */
static int
put_history(dc_page_writing *writing, const struct dc_gathered_draft *draft)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	dc_markup *markup = &writing->markup;
	int status = dc_db_ask(&writing->page->file, &statement, writing->error,
		"SELECT id, outcome, place, uid, name, message_id, bytes FROM said JOIN runs ON"
		" runs.number = said.run WHERE draft = ? ORDER BY started, runs.number",
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
		dc_markup_put(markup, "</p>\n");
	}
	return status;
}

static void
put_finding(dc_page_writing *writing, sqlite3_stmt *row)
{
	dc_markup *markup = &writing->markup;
	const char *code = dc_db_text(row, 0);
	const draftconv_finding_info *info = dc_finding_lookup(code);
	const int severity = CLAMP(sqlite3_column_int(row, 2), 0, 3);

	dc_markup_put(markup, "<li class=\"%s\"><p><strong>%s</strong>",
		draftconv_severity_name((draftconv_severity)severity), code);
	if (*dc_db_text(row, 1) != '\0')
		dc_markup_put(markup, " in %s", dc_db_text(row, 1));
	dc_markup_put(markup, ": ");
	dc_page_put_sentence(
		markup, info == NULL ? "a newer version of draftconv knows it" : info->meaning);
	dc_markup_put(markup, "</p>\n");
	if (*dc_db_text(row, 3) != '\0')
		dc_markup_put(markup, "<p><bdi dir=\"auto\">%s</bdi></p>\n", dc_db_text(row, 3));
	if (sqlite3_column_int(row, 4) != 0 && info != NULL)
		dc_page_put_remedy(markup, info->remedy);
	dc_markup_put(markup, "</li>\n");
}

static int
put_findings(dc_page_writing *writing, const struct dc_gathered_draft *draft)
{
	g_autoptr(sqlite3_stmt) statement = NULL;

	if (draft->finding_count == 0)
		return DRAFTCONV_OK;
	int status = dc_db_ask(&writing->page->file, &statement, writing->error,
		"SELECT code, field, severity, detail, asks FROM findings WHERE draft = ? AND"
		" run = ? ORDER BY asks DESC, severity DESC, number",
		"ii", draft->number, draft->run);
	dc_markup_put(&writing->markup, "<ul class=\"findings\">\n");
	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		put_finding(writing, statement);
	}
	dc_markup_put(&writing->markup, "</ul>\n");
	return status;
}

int
dc_page_write_draft(dc_page_writing *writing, const struct dc_gathered_draft *draft)
{
	dc_markup *markup = &writing->markup;

	dc_markup_put(markup,
		"<details class=\"draft%s%s\" id=\"d%" G_GUINT64_FORMAT
		"\">\n<summary><span class=\"s %s\">%s</span><bdi dir=\"auto\">",
		draft->asks ? " ask" : "", draft->finding_count > 0 ? " found" : "",
		(guint64)draft->number, dc_page_class(draft->state),
		draftconv_outcome_name(draft->state));
	if (*draft->subject == '\0')
		dc_markup_put(markup, "<i>no subject</i>");
	else
		dc_markup_line(markup, draft->subject, 200);
	dc_markup_put(markup, "</bdi><span class=\"note\">");
	if (draft->asks)
		dc_markup_put(markup, "needs a person · ");
	dc_markup_put(markup, "draft <bdi>%s</bdi></span></summary>\n<div>\n", draft->key);
	int status = put_history(writing, draft);
	if (status >= 0)
		status = put_findings(writing, draft);
	dc_markup_put(markup, "</div>\n</details>\n");
	return status;
}

static int
write_gathered(void *user, const struct dc_gathered_draft *draft, draftconv_error **error)
{
	(void)error;
	return dc_page_write_draft(user, draft);
}

/* "12 delivered, 1 failed" */
static int
put_states(dc_page_writing *writing, int64_t account)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	bool any = false;
	int status = dc_db_ask(&writing->page->file, &statement, writing->error,
		"SELECT state, count(*) FROM drafts WHERE account = ? GROUP BY state ORDER BY 1",
		"i", account);

	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		const int64_t state = sqlite3_column_int64(statement, 0);
		if (state < 0 || state >= DRAFTCONV_OUTCOME_COUNT)
			continue;
		dc_markup_put(&writing->markup, "%s%" G_GUINT64_FORMAT " %s", any ? ", " : "",
			(guint64)sqlite3_column_int64(statement, 1),
			draftconv_outcome_name((draftconv_outcome)state));
		any = true;
	}
	return status;
}

static int
write_account(dc_page_writing *writing, sqlite3_stmt *row)
{
	dc_markup *markup = &writing->markup;
	const int64_t account = sqlite3_column_int64(row, 0);
	const uint64_t asking = (uint64_t)sqlite3_column_int64(row, 2);

	dc_markup_put(markup,
		"<details class=\"account%s%s\"%s>\n<summary><bdi dir=\"auto\">%s</bdi> <span>",
		asking > 0 ? " ask" : "", sqlite3_column_int(row, 3) != 0 ? " found" : "",
		writing->accounts <= OPEN_ACCOUNTS_MAX ? " open" : "", dc_db_text(row, 1));
	int status = put_states(writing, account);
	if (asking > 0)
		dc_markup_put(markup, " · <b class=\"asks\">%" G_GUINT64_FORMAT " for a person</b>",
			(guint64)asking);
	dc_markup_put(markup, "</span></summary>\n");
	if (status >= 0)
		status = dc_gather_drafts(
			writing->page, account, 0, write_gathered, writing, writing->error);
	dc_markup_put(markup, "</details>\n");
	return status;
}

int
dc_page_write_accounts(dc_page_writing *writing)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_page_ask(writing, &statement,
		"SELECT a.number, a.owner, (SELECT sum(asks) FROM drafts WHERE account = a.number),"
		" EXISTS (SELECT 1 FROM drafts d JOIN findings f ON f.draft = d.number AND"
		" f.run = d.run WHERE d.account = a.number) FROM accounts a ORDER BY folded");

	dc_markup_put(&writing->markup,
		"<section>\n<h2 id=\"accounts\" tabindex=\"-1\">%s</h2>\n"
		"<form>\n<fieldset><legend>Show</legend>\n"
		"<label><input type=\"radio\" name=\"only\" id=\"only-all\" checked> every "
		"draft</label>\n"
		"<label><input type=\"radio\" name=\"only\" id=\"only-found\"> those with "
		"findings</label>\n"
		"<label><input type=\"radio\" name=\"only\" id=\"only-ask\"> those that need a "
		"person"
		"</label>\n</fieldset>\n</form>\n",
		writing->accounts == 1 ? "The account and its drafts"
				       : "The accounts and their drafts");
	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		status = write_account(writing, statement);
	}
	dc_markup_put(&writing->markup, "</section>\n");
	return status;
}
