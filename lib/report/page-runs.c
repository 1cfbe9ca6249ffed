/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runs of a page: when, from where, to where, how it ended, and the commands to keep. */
#include "lib/report/page.h"

#include "lib/report/history.h"
#include "lib/report/words.h"

static void
put_fact(dc_markup *markup, const char *name, const char *value)
{
	if (*value != '\0')
		dc_markup_put(markup, "<dt>%s</dt><dd><bdi>%s</bdi></dd>\n", name, value);
}

static void
put_end(dc_page_writing *writing, sqlite3_stmt *run, const dc_history *history)
{
	dc_markup *markup = &writing->markup;

	if (*dc_db_text(run, 0) == '\0')
		return;
	put_fact(markup, "Verified", history->verified);
	put_fact(markup, "Since then", history->since);
	if (sqlite3_column_int(run, 10) != 0)
		put_fact(markup, "The source",
			"it was cut or damaged: there may have been more drafts in it");
	put_fact(markup, "End", history->end);
}

/* Of a run that brought nothing itself nothing can be taken back. */
static void
put_commands(dc_markup *markup, const char *run, const char *journal, bool brought)
{
	g_autofree char *id = dc_words_option("run", run);
	g_autofree char *path = dc_words_option("journal", journal);

	dc_markup_put(markup,
		"<p>%s compares what is in the folder with what was sent%s.</p>\n"
		"<pre>draftconv verify%s%s",
		brought ? "Keep these: the first" : "Keep this: it",
		brought ? ", the second takes it back, as far as nobody has touched it since" : "",
		id, path);
	if (brought)
		dc_markup_put(markup, "\ndraftconv rollback%s%s", id, path);
	dc_markup_put(markup, "</pre>\n");
}

static int
put_run(dc_page_writing *writing, sqlite3_stmt *run)
{
	g_auto(dc_history) history = {0};
	const int status = dc_history_of_run(
		writing->page, sqlite3_column_int64(run, 11), &history, writing->error);

	if (status < 0)
		return status;
	dc_markup *markup = &writing->markup;
	const char *id = dc_db_text(run, 0);
	g_autofree char *started = dc_words_time(sqlite3_column_int64(run, 5));

	dc_markup_put(markup, "<div class=\"card\">\n<dl>\n");
	put_fact(markup, "Run", id);
	put_fact(markup, "Ticket", dc_db_text(run, 1));
	put_fact(markup, "When", started);
	put_fact(markup, "Who", dc_db_text(run, 2));
	put_fact(markup, "From", dc_db_text(run, 3));
	put_fact(markup, "To", history.to);
	put_fact(markup, "Profile", dc_db_text(run, 4));
	put_fact(markup, "Version", dc_db_text(run, 12));
	put_fact(markup, "Said then", history.said);
	put_end(writing, run, &history);
	dc_markup_put(markup, "</dl>\n");
	if (*id != '\0' && sqlite3_column_int(run, 7) == 0 && sqlite3_column_int(run, 14) != 0)
		put_commands(markup, id, dc_db_text(run, 9), sqlite3_column_int(run, 13) != 0);
	dc_markup_put(markup, "</div>\n");
	return DRAFTCONV_OK;
}

int
dc_page_write_runs(dc_page_writing *writing)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&writing->page->file, &statement, writing->error,
		"SELECT id, ticket, who, source, profile, started, ended, rolled_back, failure,"
		" journal, source_damaged, number, version,"
		" EXISTS (SELECT 1 FROM said WHERE run = runs.number AND outcome IN (?1, ?2, ?3)),"
		" NOT EXISTS (SELECT 1 FROM said WHERE run = runs.number)"
		"  OR EXISTS (SELECT 1 FROM said JOIN drafts d ON d.number = draft"
		"  WHERE said.run = runs.number AND NOT gone)"
		" FROM runs WHERE listed ORDER BY started, sequence",
		"iii", (int64_t)DRAFTCONV_OUTCOME_DELIVERED, (int64_t)DRAFTCONV_OUTCOME_UPDATED,
		(int64_t)DRAFTCONV_OUTCOME_WITHDRAWN);

	dc_markup_put(&writing->markup, "<section>\n<h2 id=\"runs\">%s</h2>\n",
		writing->is_check ? "The check" : "The runs");
	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		status = put_run(writing, statement);
	}
	dc_markup_put(&writing->markup, "</section>\n");
	return status;
}

static void
put_source(dc_markup *markup, const struct draftconv_source_facts *facts)
{
	static const char *const ends[] = {
		[DRAFTCONV_SOURCE_UNKNOWN] = "nothing in it tells whether it is complete",
		[DRAFTCONV_SOURCE_COMPLETE] = "complete",
		[DRAFTCONV_SOURCE_CUT] = "it ends in the middle: what follows is missing",
	};

	dc_markup_put(markup, "<div class=\"card\">\n<dl>\n");
	put_fact(markup, "Source", facts->name);
	put_fact(markup, "Form", facts->format);
	put_fact(markup, "Compressed", facts->compression);
	put_fact(markup, "Written by", facts->program);
	put_fact(markup, "Server", facts->server);
	put_fact(markup, "Letters", facts->charsets);
	put_fact(markup, "End", ends[facts->completeness]);
	put_fact(markup, "Damage", facts->damage);
	dc_markup_put(markup, "</dl>\n</div>\n");
}

void
dc_page_write_source(dc_page_writing *writing)
{
	dc_markup *markup = &writing->markup;

	if (writing->source == NULL)
		return;
	dc_markup_put(markup, "<section>\n<h2 id=\"source\">The source</h2>\n");
	for (size_t i = 0; i < draftconv_source_count(writing->preview->source); i++) {
		struct draftconv_source_facts facts;

		if (draftconv_source_describe(writing->preview->source, i, &facts, sizeof facts) >=
			0)
			put_source(markup, &facts);
	}
	dc_markup_put(markup, "</section>\n");
}
