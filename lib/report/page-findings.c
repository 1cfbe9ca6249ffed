/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings by their code: what each means, what to do about it, and which drafts have it. */
#include "lib/report/page.h"

#include "lib/report/words.h"

/* About what is not in the folder any more nobody has to do anything; the draft itself tells what was found. */
#define THERE " AND NOT d.gone"

/* The drafts with CODE, by links. */
static int
put_links(dc_page_writing *writing, const char *code, uint64_t count)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	dc_markup *markup = &writing->markup;
	int status = dc_db_ask(&writing->page->file, &statement, writing->error,
		"SELECT DISTINCT d.number, d.key, coalesce(d.subject, '') FROM findings f"
		" JOIN drafts d ON d.number = f.draft AND d.run = f.run WHERE f.code = ?" THERE
		" ORDER BY d.number LIMIT ?",
		"ti", code, (int64_t)DC_PAGE_LINKS_MAX);

	dc_markup_put(markup, "<ul class=\"jump\">\n");
	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		dc_page_put_link(markup, sqlite3_column_int64(statement, 0),
			dc_db_text(statement, 1), dc_db_text(statement, 2));
	}
	if (count > DC_PAGE_LINKS_MAX)
		dc_markup_put(markup, "<li>and %" G_GUINT64_FORMAT " more</li>\n",
			(guint64)(count - DC_PAGE_LINKS_MAX));
	dc_markup_put(markup, "</ul>\n");
	return status;
}

static int
put_code(dc_page_writing *writing, sqlite3_stmt *row)
{
	static const char *const means[] = {"nothing is lost", "something was repaired or guessed",
		"something could not be read; its bytes are attached to the message",
		"the draft was not delivered"};
	dc_markup *markup = &writing->markup;
	const char *code = dc_db_text(row, 0);
	const uint64_t count = (uint64_t)sqlite3_column_int64(row, 1);
	const int severity = CLAMP(sqlite3_column_int(row, 2), 0, 3);
	const draftconv_finding_info *info = dc_finding_lookup(code);

	dc_markup_put(markup,
		"<li class=\"%s\"><p><strong>%s</strong> <span class=\"note\">%" G_GUINT64_FORMAT
		" %s, %s</span></p>\n<p>",
		draftconv_severity_name((draftconv_severity)severity), code, (guint64)count,
		count == 1 ? "draft" : "drafts", means[severity]);
	dc_page_put_sentence(
		markup, info == NULL ? "a newer version of draftconv knows it" : info->meaning);
	dc_markup_put(markup, "</p>\n");
	dc_page_put_remedy(
		markup, info == NULL ? "look it up in the manual of that version" : info->remedy);
	int status = put_links(writing, code, count);
	dc_markup_put(markup, "</li>\n");
	return status;
}

/* ASKS: those that need a person, or the others. */
static int
put_codes(dc_page_writing *writing, bool asks)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_page_ask(writing, &statement,
		asks ? "SELECT code, count(DISTINCT draft), max(severity) FROM findings f JOIN"
		       " drafts d ON d.number = f.draft AND d.run = f.run WHERE f.asks AND d.asks"
		       " GROUP BY code ORDER BY 3 DESC, 2 DESC, 1"
		     : "SELECT code, count(DISTINCT draft), max(severity) FROM findings f JOIN"
		       " drafts d ON d.number = f.draft AND d.run = f.run WHERE NOT (f.asks AND "
		       "d.asks)" THERE " GROUP BY code ORDER BY 3 DESC, 2 DESC, 1");
	bool any = false;

	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		if (!any)
			dc_markup_put(&writing->markup, "<ul class=\"findings card\">\n");
		any = true;
		status = put_code(writing, statement);
	}
	dc_markup_put(&writing->markup, any ? "</ul>\n" : "<p>Nothing.</p>\n");
	return status;
}

int
dc_page_write_asking(dc_page_writing *writing)
{
	dc_markup_put(&writing->markup,
		"<section>\n<h2 id=\"person\" tabindex=\"-1\">What needs a person first</h2>\n");
	const int status = put_codes(writing, true);
	dc_markup_put(&writing->markup, "</section>\n");
	return status;
}

int
dc_page_write_findings(dc_page_writing *writing)
{
	dc_markup_put(
		&writing->markup, "<section>\n<h2 id=\"findings\">What else was found</h2>\n");
	const int status = put_codes(writing, false);
	dc_markup_put(&writing->markup, "</section>\n");
	return status;
}
