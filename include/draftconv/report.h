/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reports: what runs said, for programs (JSON lines), for a ticket (text) and later for a browser. The
 * JSON lines are the truth; every other form is a view of the same fields.
 */
#ifndef DRAFTCONV_REPORT_H
#define DRAFTCONV_REPORT_H

#include <draftconv/drafts.h>
#include <draftconv/journal.h>
#include <draftconv/run.h>
#include <draftconv/write.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * One draft as a JSON object in one line, without a line end. Control and bidirectional characters
 * stand as \u escapes, so that the line may go to a terminal.
 *
 * @return [transfer full] ASCII and UTF-8; release with draftconv_report_free()
 */
DRAFTCONV_API char *draftconv_report_result(const draftconv_result *result);

/** {"summary": {…}} of a run; `statuses` holds every status with its count. As above. */
DRAFTCONV_API char *draftconv_report_summary(const draftconv_summary *summary);

/** One run of a journal as JSON: `run`, `ticket`, `destination`, counts. As above. */
DRAFTCONV_API char *draftconv_report_run(const draftconv_run_info *info);

/** An account as JSON: `owner`, `name`, `login`, `addresses`, `drafts`, `newest`. As above. */
DRAFTCONV_API char *draftconv_report_account(const draftconv_account *account);

/** One run that was taken back, as JSON: `run`, `destination`, counts. As above. */
DRAFTCONV_API char *draftconv_report_rollback(
	const char *run, const char *destination, const draftconv_summary *summary);

/** Free a text of this header. @param text [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_report_free(char *text);

/**
 * What was done, for pasting into a ticket: no bodies, no recipients, subjects only when asked for.
 *
 * @param filter   which runs; NULL: all
 * @param subjects name the drafts that need a person by their subject too
 * @return DRAFTCONV_OK; as draftconv_journal_runs(); what WRITE answered
 */
DRAFTCONV_API int draftconv_report_text(draftconv_journal *journal,
	const draftconv_journal_filter *filter, bool subjects, draftconv_write write, void *user,
	draftconv_error **error);

/** Every draft of the runs as JSON lines, then one object for each run. As draftconv_report_text(). */
DRAFTCONV_API int draftconv_report_json(draftconv_journal *journal,
	const draftconv_journal_filter *filter, draftconv_write write, void *user,
	draftconv_error **error);

#ifdef __cplusplus
}
#endif

#endif
