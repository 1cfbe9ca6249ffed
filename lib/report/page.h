/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A page being written: what its parts share. Each part is a section of the page, in the order of the files. */
#ifndef DC_REPORT_PAGE_H
#define DC_REPORT_PAGE_H

#include "lib/draft/draft.h"
#include "lib/report/gather.h"
#include "lib/report/markup.h"

/* Links to drafts in one list; the rest is counted. */
#define DC_PAGE_LINKS_MAX 50

struct dc_page_writing {
	draftconv_page *page;
	dc_markup markup;
	bool is_check;
	uint64_t drafts;
	uint64_t accounts;
	uint64_t asking; /* drafts that need a person */
	uint64_t counts[DRAFTCONV_OUTCOME_COUNT];
	const draftconv_page_preview *preview; /* NULL: none */
	draftconv_drafts *source;              /* its drafts; NULL: none */
	draftconv_error **error;
};
typedef struct dc_page_writing dc_page_writing;

/* "good", "warn", "bad" or "": how an outcome is coloured, beside its name. */
const char *dc_page_class(draftconv_outcome outcome);

/* The runs, with the commands to keep. */
int dc_page_write_runs(dc_page_writing *writing);

/* What each customer is told; of many, how to get it. */
int dc_page_write_answers(dc_page_writing *writing);

/* Findings by their code: those that need a person, and the others. */
int dc_page_write_asking(dc_page_writing *writing);
int dc_page_write_findings(dc_page_writing *writing);

/* The accounts with their drafts. */
int dc_page_write_accounts(dc_page_writing *writing);

/* The columns of the source behind a draft. */
int dc_page_write_columns(dc_page_writing *writing, const draftconv_draft *draft);

/* What stands in a draft of the source: fields, text, columns. */
int dc_page_write_preview(dc_page_writing *writing, const draftconv_draft *draft);

/* The source as it was read. */
void dc_page_write_source(dc_page_writing *writing);

/* A sentence with its first letter made large, and an end. */
void dc_page_put_sentence(dc_markup *markup, const char *text);

/* What to do about a finding, in the catalogue's words. */
void dc_page_put_remedy(dc_markup *markup, const char *remedy);

/* A link to a draft, as an item of a list. */
void dc_page_put_link(dc_markup *markup, int64_t number, const char *key, const char *subject);

/* Statements over the gathered file: dc_db_ask() and dc_db_next() with the page's error. */
int dc_page_ask(dc_page_writing *writing, sqlite3_stmt **statement, const char *sql);
int dc_page_next(dc_page_writing *writing, sqlite3_stmt *statement);

#endif
