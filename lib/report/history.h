/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What came before and after the runs of a page, in sentences that are true at the moment of asking. In: what
 * was gathered, and settled; out: text for people, without markup. It asks no journal and no mailbox.
 */
#ifndef DC_REPORT_HISTORY_H
#define DC_REPORT_HISTORY_H

#include "lib/report/gather.h"

/* Each "" where there is nothing to say. */
struct dc_history {
	char *to;       /* where the run went */
	char *said;     /* "12 delivered, 1 failed": what the run said then */
	char *end;      /* how it stopped before its end */
	char *since;    /* "Taken back on …" */
	char *verified; /* "Verified on …" */
};
typedef struct dc_history dc_history;

void dc_history_clear(dc_history *history);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_history, dc_history_clear)

/* "12 delivered, 1 failed" of ROWS: outcome, count. TEXT [out, transfer full]; TOTAL (may be NULL) grows. */
int dc_history_counts(draftconv_page *page, sqlite3_stmt *rows, char **text, uint64_t *total,
	draftconv_error **error);

/* Of the run NUMBER. HISTORY [out] is to be cleared. */
int dc_history_of_run(
	draftconv_page *page, int64_t number, dc_history *history, draftconv_error **error);

/* Which runs brought the drafts of ACCOUNT, or took them back: LINES [out] gets a sentence for each, owned. */
int dc_history_of_account(
	draftconv_page *page, int64_t account, GPtrArray *lines, draftconv_error **error);

/*
 * The command that answers one customer of the page, ready to be typed. FILTER (may be NULL): what the page
 * was asked for. COMMAND [out, transfer full].
 */
int dc_history_command(draftconv_page *page, const draftconv_journal_filter *filter,
	const char *journal, char **command, draftconv_error **error);

#endif
