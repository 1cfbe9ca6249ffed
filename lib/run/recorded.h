/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs of the journal gone through again, newest first, account by account: what verify and rollback share.
 * In: which runs, and how to reach where they delivered to; out: a call for each account with its open
 * session, and one when a run is done. It decides nothing and writes nothing itself.
 */
#ifndef DC_RUN_RECORDED_H
#define DC_RUN_RECORDED_H

#include "lib/run/run.h"
#include "lib/run/session.h"

typedef struct dc_recorded {
	dc_context context;
	const draftconv_recorded_options *options;
	GPtrArray *runs; /* of dc_journal_run_row */
	const dc_journal_run_row *run;
	draftconv_sink *sink;
	bool whole; /* every account of the run was gone through to its end */

	/* Has the run anything there? 0: the account is not even logged in to. May be NULL. */
	int (*wants)(struct dc_recorded *recorded, const struct dc_journal_account *account,
		draftconv_error **error);
	/* One account of the run; SESSION has read what the journal knows. */
	int (*visit)(struct dc_recorded *recorded, dc_session *session,
		const struct dc_journal_account *account, draftconv_error **error);
	/* All accounts of the run are done. */
	int (*end)(struct dc_recorded *recorded, draftconv_error **error);
} dc_recorded;

/* VISIT and END are set. WRITES: accounts are locked, and folders may be made. */
int dc_recorded_walk(dc_recorded *recorded, draftconv_run *run,
	const draftconv_recorded_options *options, bool writes, draftconv_summary *summary,
	draftconv_error **error);

/* Whether ENTRY has ever been at the run's hand. */
bool dc_recorded_is_of_run(const dc_recorded *recorded, const struct dc_entry *entry);

#endif
