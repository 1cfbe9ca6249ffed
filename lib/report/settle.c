/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all that was gathered comes to: the latest state of each draft, and how the latest run ended. */
#include "lib/report/gather.h"

bool
dc_gather_unfinished(draftconv_page *page)
{
	g_autoptr(sqlite3_stmt) statement = NULL;

	return dc_db_ask(&page->file, &statement, NULL,
		       "SELECT id <> '' AND (ended = 0 OR failure <> '') FROM runs WHERE listed"
		       " ORDER BY started DESC, sequence DESC LIMIT 1",
		       "") >= 0 &&
	       dc_db_next(&page->file, statement, NULL) == 1 &&
	       sqlite3_column_int(statement, 0) != 0;
}

int
dc_gather_source_damaged(draftconv_page *page, int64_t account, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&page->file, &statement, error,
		"SELECT source_damaged FROM runs WHERE listed AND (?1 = 0 OR number IN"
		" (SELECT said.run FROM said JOIN drafts d ON d.number = said.draft"
		"  WHERE account = ?1)) ORDER BY started DESC, sequence DESC LIMIT 1",
		"i", account);

	if (status >= 0)
		status = dc_db_next(&page->file, statement, error);
	return status == 1 ? sqlite3_column_int(statement, 0) : status;
}

/* What is bound in every statement below. */
enum {
	FAILED = 1,
	ROLLED_BACK,
	DELIVERED,
	UPDATED,
	NEVER, /* there is no such outcome */
	KEPT,
	UNCHANGED,
	WITHDRAWN,
	SOURCE_GONE,
	MISSING,
};

static const draftconv_outcome bound[] = {[FAILED] = DRAFTCONV_OUTCOME_FAILED,
	[ROLLED_BACK] = DRAFTCONV_OUTCOME_ROLLED_BACK,
	[DELIVERED] = DRAFTCONV_OUTCOME_DELIVERED,
	[UPDATED] = DRAFTCONV_OUTCOME_UPDATED,
	[NEVER] = DRAFTCONV_OUTCOME_COUNT,
	[KEPT] = DRAFTCONV_OUTCOME_KEPT,
	[UNCHANGED] = DRAFTCONV_OUTCOME_UNCHANGED,
	[WITHDRAWN] = DRAFTCONV_OUTCOME_WITHDRAWN,
	[SOURCE_GONE] = DRAFTCONV_OUTCOME_SOURCE_GONE,
	[MISSING] = DRAFTCONV_OUTCOME_MISSING};

/* The run has failed with the draft, and no run whose copy it had was taken back after that. */
#define FAILED_AFTERWARDS                                                                          \
	"(state = ?1 AND NOT EXISTS (SELECT 1 FROM said s JOIN runs r ON r.number = s.run WHERE"   \
	" s.draft = drafts.number AND r.rolled_back_s >"                                           \
	" (SELECT started FROM runs WHERE runs.number = drafts.run)))"

/* In order. */
static const char *const steps[] = {
	/* What was read back of a copy says nothing of the one that a later run has brought. */
	"UPDATE said SET seen = ?5 FROM runs, runs brought"
	" WHERE seen < ?5 AND runs.number = said.run AND brought.id = said.brought_by"
	" AND (brought.started, brought.sequence) > (runs.started, runs.sequence)",
	"DELETE FROM findings WHERE code IN ('copy-missing', 'copy-differs', 'copy-unread')"
	" AND EXISTS (SELECT 1 FROM said WHERE said.draft = findings.draft"
	"  AND said.run = findings.run AND seen = ?5)",
	/* Of an update that failed no older text is there when nothing is. */
	"UPDATE said SET stands = ?5, brought_by = '' WHERE seen = ?10 AND outcome = ?1",
	/* Where the folder was replaced nobody knows of what an earlier run brought whether it is there. */
	"UPDATE said SET stands = ?5, brought_by = '' FROM runs, runs brought"
	" WHERE runs.number = said.run AND brought.id = said.brought_by"
	" AND (brought.started, brought.sequence) < (runs.started, runs.sequence)"
	" AND EXISTS (SELECT 1 FROM findings f WHERE f.draft = said.draft AND f.run = said.run"
	"  AND code = 'folder-replaced')",
	/* The latest run has the word. */
	"UPDATE drafts SET run = (SELECT said.run FROM said JOIN runs ON runs.number = said.run"
	" WHERE said.draft = drafts.number ORDER BY runs.started DESC, runs.sequence DESC LIMIT 1)",
	"UPDATE drafts SET state = (SELECT outcome FROM said WHERE said.draft = drafts.number"
	" AND said.run = drafts.run)",
	/* A draft whose latest delivery was taken back is not there any more, whatever a run in between
	 * said; but a run after that which failed has not brought it back. What a rollback left alone,
	 * since the user had gone on with it, is `kept`. */
	"UPDATE drafts SET state = coalesce((SELECT CASE WHEN afterwards < ?5 THEN afterwards"
	" WHEN rolled_back THEN ?2 END FROM said JOIN runs ON runs.number = said.run"
	" WHERE said.draft = drafts.number AND outcome IN (?3, ?4)"
	" ORDER BY runs.started DESC, runs.sequence DESC LIMIT 1), state)"
	" WHERE NOT " FAILED_AFTERWARDS,
	/* When a rollback or a put-back brought an older copy to light, its run has the word again. */
	"UPDATE drafts SET run = before.run, state = before.outcome FROM said, runs, said before"
	" WHERE said.draft = drafts.number AND said.run = drafts.run AND said.stands IN (?3, ?7)"
	" AND runs.id = said.brought_by AND before.run = runs.number"
	" AND before.draft = drafts.number AND state IN (?2, ?8)",
	/* What the journal knows of the copy, whoever took it away or went on with it. */
	"UPDATE drafts SET state = CASE"
	" WHEN stands = ?2 AND " FAILED_AFTERWARDS " THEN state"
	" WHEN stands IN (?2, ?8) THEN stands"
	" WHEN stands = ?6 AND state IN (?3, ?4, ?7, ?9) THEN stands"
	" WHEN stands IN (?3, ?7) AND state IN (?2, ?8) THEN stands"
	" ELSE state END FROM said WHERE said.draft = drafts.number AND said.run = drafts.run AND "
	"brought_by <> ''",
	/* What was found when the folder was read back. */
	"UPDATE drafts SET state = seen FROM said WHERE said.draft = drafts.number"
	" AND said.run = drafts.run AND seen < ?5 AND state IN (?3, ?4, ?7, ?9)",
	"UPDATE drafts SET asks = (SELECT coalesce(max(asks), 0) FROM findings"
	" WHERE findings.draft = drafts.number AND findings.run = drafts.run)",
	"UPDATE drafts SET gone = state IN (?2, ?8)",
	"UPDATE drafts SET asks = state = ?1 WHERE gone OR state = ?1",
};

int
dc_gather_settle(draftconv_page *page, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	for (size_t i = 0; i < G_N_ELEMENTS(steps) && status >= 0; i++) {
		g_autoptr(sqlite3_stmt) statement = NULL;

		status = dc_db_ask(&page->file, &statement, error, steps[i], "");
		if (status < 0)
			break;
		for (int b = FAILED; b <= MISSING; b++)
			sqlite3_bind_int(statement, b, (int)bound[b]);
		status = dc_db_next(&page->file, statement, error);
	}
	return MIN(status, DRAFTCONV_OK);
}
