/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reports: what runs said, for programs (JSON lines), for a ticket (text) and for a browser (a page). The
 * JSON lines are the truth; every other form is a view of the same fields.
 */
#ifndef DRAFTCONV_REPORT_H
#define DRAFTCONV_REPORT_H

#include <draftconv/drafts.h>
#include <draftconv/journal.h>
#include <draftconv/message.h>
#include <draftconv/profile.h>
#include <draftconv/run.h>
#include <draftconv/source.h>
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

/**
 * One draft as draftconv_report_result(), and what its source says of it: `modified`, `to`, `cc`, `bcc`,
 * `attachments`.
 */
DRAFTCONV_API char *draftconv_report_draft(
	const draftconv_result *result, const draftconv_draft *draft);

/** In how many drafts a finding occurred. */
typedef struct draftconv_finding_count {
	const char *code; /**< [transfer none] */
	uint64_t drafts;
} draftconv_finding_count;

/**
 * {"summary": {…}} of a run; `statuses` holds every status with its count, `findings` COUNTS by code.
 *
 * @param counts [may be NULL: no `findings`] N of them
 * @return as draftconv_report_result()
 */
DRAFTCONV_API char *draftconv_report_summary(
	const draftconv_summary *summary, const draftconv_finding_count *counts, size_t n);

/** What a server says of an account as JSON: `account`, `destination`, `folder`, … `findings`. As above. */
DRAFTCONV_API char *draftconv_report_account_check(const draftconv_account_check *check);

/** One run of a journal as JSON: `run`, `ticket`, `destination`, counts. As above. */
DRAFTCONV_API char *draftconv_report_run(const draftconv_run_info *info);

/** An account as JSON: `owner`, `name`, `login`, `addresses`, `drafts`, `newest`. As above. */
DRAFTCONV_API char *draftconv_report_account(const draftconv_account *account);

/** {"source": {…}}: the facts of the SOURCE argument INDEX, with every place of damage. As above. */
DRAFTCONV_API char *draftconv_report_source(const draftconv_source *source, size_t index);

/** {"table": {…}}: a table of draftconv_source_tables(). As above. */
DRAFTCONV_API char *draftconv_report_table(
	const char *database, const struct draftconv_table *table, uint64_t rows);

/** {"profile": {…}}: how PROFILE fits, with COUNT problems in words. As above. */
DRAFTCONV_API char *draftconv_report_fit(const char *profile,
	const struct draftconv_profile_fit *fit, const char *const *problems, size_t count);

/** {"unused": {…}}: tables that no profile reads, and columns ("table.column") of the others. As above. */
DRAFTCONV_API char *draftconv_report_unused(
	const char *const *tables, size_t table_count, const char *const *columns, size_t count);

/**
 * One run that was verified or taken back, as JSON: `run`, `ticket`, `destination`, counts, and `drafts`:
 * the COUNT lines of draftconv_report_result() for those of which a person may want to know. As above.
 */
DRAFTCONV_API char *draftconv_report_recorded(
	const draftconv_recorded *done, const char *const *drafts, size_t count);

/**
 * A row of draftconv_source_query(): COUNT members by their NAMES (a name that comes again with a number).
 * Bytes that are no UTF-8 are {"base64": …}, a value of over 64 MiB or too large for SQL {"too_large": true}.
 *
 * @param error [out, transfer full, may be NULL] when a value cannot be read
 * @return as above; NULL on error
 */
DRAFTCONV_API char *draftconv_report_cells(const char *const *names, struct draftconv_cell *cells,
	size_t count, draftconv_error **error);

/**
 * A value of the source beside what became of it, as JSON: `statement`, `row`, `table`, `column`, `type`,
 * `use` (field, computed, read, none), `field`, `value` (null for NULL, {"bytes": N} for what is no text,
 * absent when it is not known), `cut`, `size`, `charset`, `in_message`, and `findings` about the field.
 *
 * @param message [may be NULL] of DRAFT, for its findings
 */
DRAFTCONV_API char *draftconv_report_source_value(const draftconv_source_value *value,
	const draftconv_draft *draft, const draftconv_message *message);
/** What was erased of a run, as JSON: `run`, `ticket`, `destination`, `dry_run`, `drafts`, `bodies`. As above. */
DRAFTCONV_API char *draftconv_report_forgotten(const draftconv_forgotten *forgotten);

/** Free a text of this header. @param text [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_report_free(char *text);

/**
 * What was done, for pasting into a ticket: no bodies, no recipients, subjects only when asked for. Behind it
 * stands a paragraph for each customer, unless they are many: what was brought back, where it is, what to
 * look at, what could not be brought back.
 *
 * @param filter   which runs; NULL: all
 * @param subjects name the drafts that need a person by their subject too
 * @return DRAFTCONV_OK; as draftconv_journal_runs() (DRAFTCONV_ERROR_NOT_FOUND, _DAMAGED, …); what WRITE
 *         answered; DRAFTCONV_ERROR_OUTPUT when the temporary file cannot be written
 */
DRAFTCONV_API int draftconv_report_text(draftconv_journal *journal,
	const draftconv_journal_filter *filter, bool subjects, draftconv_write write, void *user,
	draftconv_error **error);

/**
 * Each run as one JSON object in a line: draftconv_report_run() with `drafts`, a list of
 * draftconv_report_result() by owner and key.
 *
 * @return DRAFTCONV_OK; as draftconv_journal_runs() (DRAFTCONV_ERROR_NOT_FOUND, _DAMAGED, …); what WRITE
 *         answered
 */
DRAFTCONV_API int draftconv_report_json(draftconv_journal *journal,
	const draftconv_journal_filter *filter, draftconv_write write, void *user,
	draftconv_error **error);

/**
 * A page about runs or a check, being gathered: one file of HTML for a browser, complete in itself. Text of
 * strangers stands in it as text only; it holds no script, and its Content-Security-Policy forbids any, and
 * every load. Drafts are kept in a temporary file until the page is written, not in memory.
 */
typedef struct draftconv_page draftconv_page;

/** @return DRAFTCONV_OK; DRAFTCONV_ERROR_OUTPUT. @param page [out, transfer full] draftconv_page_free() */
DRAFTCONV_API int draftconv_page_new(draftconv_page **page, draftconv_error **error);

/** Forget a page. @param page [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_page_free(draftconv_page *page);

/**
 * Add the runs of a journal that FILTER means, with their drafts.
 *
 * @param path   as the commands in the page shall name the journal
 * @param filter [may be NULL] all
 * @return DRAFTCONV_OK, also when no run matches; as draftconv_journal_runs() (DRAFTCONV_ERROR_NOT_FOUND,
 *         _DAMAGED, …); DRAFTCONV_ERROR_OUTPUT when the temporary file cannot be written
 */
DRAFTCONV_API int draftconv_page_add_journal(draftconv_page *page, draftconv_journal *journal,
	const char *path, const draftconv_journal_filter *filter, draftconv_error **error);

/**
 * Add a run that stands in no journal, before its drafts; again, to say how it ended.
 *
 * @param info    `run` "": a check, of which there is one; its counts do not count here
 * @param journal path of its journal, for the commands in the page; NULL: there is none
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_OUTPUT when the temporary file cannot be written
 */
DRAFTCONV_API int draftconv_page_add_run(draftconv_page *page, const draftconv_run_info *info,
	const char *journal, draftconv_error **error);

/** Add what a run said of a draft. @return DRAFTCONV_ERROR_ARGUMENT when its run was not added */
DRAFTCONV_API int draftconv_page_add_result(
	draftconv_page *page, const draftconv_result *result, draftconv_error **error);

/** Add a finding about the source or the run, not about a draft. @return DRAFTCONV_OK, always */
DRAFTCONV_API int draftconv_page_add_finding(
	draftconv_page *page, const draftconv_finding *finding, draftconv_error **error);

/**
 * Add what a mail server said of an account of a check, behind its drafts.
 *
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_OUTPUT when the temporary file cannot be written
 */
DRAFTCONV_API int draftconv_page_add_account(
	draftconv_page *page, const draftconv_account_check *check, draftconv_error **error);

/** How many runs were added. */
DRAFTCONV_API uint64_t draftconv_page_run_count(const draftconv_page *page);

/** Where a page finds the drafts themselves. All borrowed until it is written. */
typedef struct draftconv_page_preview {
	size_t struct_size;
	draftconv_source *source;
	const draftconv_profile *profile;
	const draftconv_selection *selection; /**< may be NULL; without owners, those of the page */
	const char *temp_dir;                 /**< may be NULL */
} draftconv_page_preview;

/**
 * Write the page, once.
 *
 * @param preview [may be NULL] show what stands in each draft, too: fields, text, columns
 * @return DRAFTCONV_OK; what WRITE answered; DRAFTCONV_ERROR_OUTPUT; as draftconv_drafts_open() and
 *         draftconv_drafts_next()
 */
DRAFTCONV_API int draftconv_page_write(draftconv_page *page, const draftconv_page_preview *preview,
	draftconv_write write, void *user, draftconv_error **error);

#ifdef __cplusplus
}
#endif

#endif
