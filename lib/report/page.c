/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of a page, what happened in a few words, and the order of its sections. */
#include "lib/report/page.h"

#include "lib/report/style.h"
#include "lib/report/words.h"

#include <string.h>

/* So many owners are asked for by name; a page about more reads the whole source. */
#define OWNERS_MAX 100

int
dc_page_ask(dc_page_writing *writing, sqlite3_stmt **statement, const char *sql)
{
	return dc_db_ask(&writing->page->file, statement, writing->error, sql, "");
}

int
dc_page_next(dc_page_writing *writing, sqlite3_stmt *statement)
{
	return dc_db_next(&writing->page->file, statement, writing->error);
}

const char *
dc_page_class(draftconv_outcome outcome)
{
	static const char *const classes[DRAFTCONV_OUTCOME_COUNT] = {
		[DRAFTCONV_OUTCOME_DELIVERED] = "good",
		[DRAFTCONV_OUTCOME_UPDATED] = "good",
		[DRAFTCONV_OUTCOME_WOULD_DELIVER] = "good",
		[DRAFTCONV_OUTCOME_WOULD_UPDATE] = "good",
		[DRAFTCONV_OUTCOME_KEPT] = "warn",
		[DRAFTCONV_OUTCOME_NO_ACCOUNT] = "warn",
		[DRAFTCONV_OUTCOME_WITHDRAWN] = "warn",
		[DRAFTCONV_OUTCOME_WOULD_WITHDRAW] = "warn",
		[DRAFTCONV_OUTCOME_ROLLED_BACK] = "warn",
		[DRAFTCONV_OUTCOME_FAILED] = "bad",
	};

	return classes[outcome] == NULL ? "" : classes[outcome];
}

void
dc_page_put_sentence(dc_markup *markup, const char *text)
{
	if (*text == '\0')
		return;
	const char first[] = {g_ascii_toupper(*text), '\0'};
	const bool ended = strchr(".!?", text[strlen(text) - 1]) != NULL;

	dc_markup_put(markup, "%s%s%s", first, text + 1, ended ? "" : ".");
}

void
dc_page_put_remedy(dc_markup *markup, const char *remedy)
{
	const bool none = g_str_has_prefix(remedy, "nothing to do");

	dc_markup_put(markup, "<p class=\"%s\">%s", none ? "none" : "do", none ? "" : "To do: ");
	dc_page_put_sentence(markup, remedy);
	dc_markup_put(markup, "</p>\n");
}

void
dc_page_put_link(dc_markup *markup, int64_t number, const char *key, const char *subject)
{
	dc_markup_put(markup, "<li><a href=\"#d%" G_GUINT64_FORMAT "\"><bdi>", (guint64)number);
	if (*subject == '\0')
		dc_markup_put(markup, "draft %s, no subject", key);
	else
		dc_markup_line(markup, subject, 80);
	dc_markup_put(markup, "</bdi></a></li>\n");
}

static int
count_drafts(dc_page_writing *writing)
{
	g_autoptr(sqlite3_stmt) drafts = NULL;
	g_autoptr(sqlite3_stmt) others = NULL;
	int status = dc_page_ask(
		writing, &drafts, "SELECT state, count(*), sum(asks) FROM drafts GROUP BY state");

	while (status >= 0) {
		status = dc_page_next(writing, drafts);
		if (status != 1)
			break;
		const int64_t state = sqlite3_column_int64(drafts, 0);
		const uint64_t count = (uint64_t)sqlite3_column_int64(drafts, 1);
		if (state >= 0 && state < DRAFTCONV_OUTCOME_COUNT)
			writing->counts[state] = count;
		writing->drafts += count;
		writing->asking += (uint64_t)sqlite3_column_int64(drafts, 2);
	}
	if (status >= 0)
		status = dc_page_ask(writing, &others,
			"SELECT (SELECT count(*) FROM accounts),"
			" EXISTS (SELECT 1 FROM runs WHERE id = '')");
	if (status >= 0)
		status = dc_page_next(writing, others);
	if (status == 1) {
		writing->accounts = (uint64_t)sqlite3_column_int64(others, 0);
		writing->is_check = sqlite3_column_int(others, 1) != 0;
	}
	return MIN(status, DRAFTCONV_OK);
}

/* The digest lets this one style sheet through, and nothing that a draft may bring. */
static void
put_head(dc_page_writing *writing, const char *title)
{
	dc_markup *markup = &writing->markup;
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize size = sizeof digest;

	for (const char *const *rule = dc_report_style; *rule != NULL; rule++)
		g_checksum_update(checksum, (const guchar *)*rule, -1);
	g_checksum_get_digest(checksum, digest, &size);
	g_autofree char *base64 = g_base64_encode(digest, size);

	dc_markup_put(markup,
		"<!DOCTYPE html>\n<!-- draftconv report -->\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<title>%s</title>\n<style>",
		base64, title);
	for (const char *const *rule = dc_report_style; *rule != NULL; rule++)
		g_string_append(markup->buffer, *rule);
	dc_markup_put(markup,
		"</style>\n</head>\n<body>\n"
		"<a class=\"skip\" href=\"#person\">Skip to what needs a person</a>\n"
		"<a class=\"skip\" href=\"#accounts\">Skip to the accounts</a>\n"
		"<header>\n<h1>%s</h1>\n</header>\n<main>\n",
		title);
}

static int
make_title(dc_page_writing *writing, char **title)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_page_ask(writing, &statement,
		"SELECT min(id), min(ticket), min(source), count(*), count(DISTINCT ticket)"
		" FROM runs WHERE listed");

	if (status >= 0)
		status = dc_page_next(writing, statement);
	if (status < 0)
		return status;
	const char *ticket = dc_db_text(statement, 1);
	if (writing->is_check)
		*title = g_strdup_printf(
			"Drafts in %s: what would be delivered", dc_db_text(statement, 2));
	else if (*ticket != '\0' && sqlite3_column_int(statement, 4) == 1)
		*title = g_strdup_printf("Drafts of ticket %s", ticket);
	else if (sqlite3_column_int(statement, 3) == 1)
		*title = g_strdup_printf("Drafts of run %s", dc_db_text(statement, 0));
	else
		*title = g_strdup("Drafts that were brought back");
	return DRAFTCONV_OK;
}

static bool
asks_beside_drafts(const draftconv_page *page)
{
	for (guint i = 0; i < page->findings->len; i++) {
		const struct dc_gathered_finding *f = page->findings->pdata[i];
		const draftconv_finding finding = {f->code, "", f->severity, f->detail};

		if (dc_finding_needs_person(&finding))
			return true;
	}
	return false;
}

/* What is about the source, the runs or the accounts. */
static void
put_run_findings(dc_page_writing *writing)
{
	dc_markup *markup = &writing->markup;

	for (guint i = 0; i < writing->page->findings->len; i++) {
		const struct dc_gathered_finding *f = writing->page->findings->pdata[i];
		const draftconv_finding_info *info = dc_finding_lookup(f->code);

		dc_markup_put(markup, "<p class=\"%s\"><strong>%s</strong>: ",
			f->severity == DRAFTCONV_SEVERITY_INFO ? "note" : "card", f->code);
		dc_page_put_sentence(markup, info == NULL ? "" : info->meaning);
		if (*f->detail != '\0')
			dc_markup_put(markup, " (<bdi>%s</bdi>) ", f->detail);
		dc_page_put_sentence(markup, info == NULL ? "" : info->remedy);
		dc_markup_put(markup, "</p>\n");
	}
	if (writing->page->finding_count > writing->page->findings->len)
		dc_markup_put(markup, "<p>And %" G_GUINT64_FORMAT " more like these.</p>\n",
			(guint64)(writing->page->finding_count - writing->page->findings->len));
}

/* The one thing to know: is all well, or has a person to do something first? */
static void
put_verdict(dc_page_writing *writing)
{
	dc_markup *markup = &writing->markup;
	const bool unfinished = dc_gather_unfinished(writing->page);
	const bool damaged = dc_gather_source_damaged(writing->page, 0, NULL) == 1;
	const bool asks =
		writing->asking > 0 || unfinished || damaged || asks_beside_drafts(writing->page);

	dc_markup_put(markup,
		"<section aria-label=\"In short\">\n<div class=\"card "
		"verdict%s\">\n<p>%" G_GUINT64_FORMAT " %s of %" G_GUINT64_FORMAT " %s%s.</p>\n",
		asks ? " ask" : "", (guint64)writing->drafts,
		writing->drafts == 1 ? "draft" : "drafts", (guint64)writing->accounts,
		writing->accounts == 1 ? "account" : "accounts",
		writing->is_check ? "; nothing was delivered" : "");
	if (writing->asking > 0)
		dc_markup_put(markup,
			"<p><a href=\"#person\">%" G_GUINT64_FORMAT
			" of them %s a person first</a>.</p>\n",
			(guint64)writing->asking, writing->asking == 1 ? "needs" : "need");
	else if (!unfinished && !damaged)
		dc_markup_put(markup, "<p>No draft needs a person.</p>\n");
	if (unfinished)
		dc_markup_put(markup,
			"<p>The <a href=\"#runs\">latest run</a> did not come to its end: run the "
			"same command again.</p>\n");
	if (damaged)
		dc_markup_put(markup, "<p>The source was cut or damaged: there may have been more "
				      "drafts. Look for "
				      "a whole one.</p>\n");
	dc_markup_put(markup, "</div>\n<ul class=\"tiles\">\n");
	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++) {
		if (writing->counts[i] == 0)
			continue;
		dc_markup_put(markup,
			"<li><b>%" G_GUINT64_FORMAT
			"</b><strong class=\"s %s\">%s</strong><br><span>%s</span></li>\n",
			(guint64)writing->counts[i], dc_page_class((draftconv_outcome)i),
			draftconv_outcome_name((draftconv_outcome)i),
			dc_words_outcome((draftconv_outcome)i));
	}
	dc_markup_put(markup, "</ul>\n");
	put_run_findings(writing);
	dc_markup_put(markup, "</section>\n");
}

static int
write_all(dc_page_writing *writing)
{
	g_autofree char *title = NULL;
	int status = make_title(writing, &title);

	if (status < 0)
		return status;
	put_head(writing, title);
	put_verdict(writing);
	status = dc_page_write_asking(writing);
	if (status >= 0)
		status = dc_page_write_answers(writing);
	if (status >= 0)
		status = dc_page_write_runs(writing);
	dc_page_write_source(writing);
	if (status >= 0)
		status = dc_page_write_accounts(writing);
	if (status >= 0)
		status = dc_page_write_findings(writing);
	dc_markup_put(&writing->markup,
		"</main>\n<footer><p>Written by draftconv %s. This file holds what customers "
		"wrote: "
		"keep it as you keep their letters. It loads nothing and runs no script.</p>"
		"</footer>\n</body>\n</html>\n",
		DRAFTCONV_VERSION);
	return status;
}

/* A full dump holds many accounts; the page is about a few of them. */
static int
open_source(dc_page_writing *writing)
{
	const draftconv_page_preview *preview = writing->preview;
	draftconv_selection selection = {.struct_size = sizeof selection};
	g_auto(GStrv) owners = NULL;

	if (preview == NULL)
		return DRAFTCONV_OK;
	if (preview->selection != NULL)
		selection = *preview->selection;
	selection.all_columns = true; /* the page names those that the profile does not read */
	if (selection.owners == NULL && !writing->is_check) {
		owners = dc_gather_owners(writing->page, OWNERS_MAX);
		selection.owners = (const char *const *)owners;
	}
	return draftconv_drafts_open(preview->source, preview->profile, &selection,
		preview->temp_dir, &writing->source, writing->error);
}

int
draftconv_page_write(draftconv_page *page, const draftconv_page_preview *preview,
	draftconv_write write, void *user, draftconv_error **error)
{
	g_autoptr(draftconv_error) why = NULL;
	dc_page_writing writing = {.page = page, .preview = preview, .error = &why};
	int status = dc_gather_settle(page, &why);

	dc_markup_init(&writing.markup, write, user);
	if (status >= 0)
		status = count_drafts(&writing);
	if (status >= 0)
		status = open_source(&writing);
	if (status >= 0)
		status = write_all(&writing);
	if (status >= 0)
		status = dc_markup_finish(&writing.markup, &why);
	dc_markup_clear(&writing.markup);
	draftconv_drafts_free(writing.source);
	if (status < 0 && error != NULL)
		*error = g_steal_pointer(&why);
	return status;
}
