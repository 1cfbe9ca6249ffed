/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading drafts as the run engine does it, account by account. In: a plan (lib/profile) and its rows;
 * out: drafts whose text is decoded, each field once, with the account's vote. The public
 * draftconv_drafts_next() is the same walk over all accounts. It delivers nothing and keeps no draft.
 */
#ifndef DC_DRAFT_READ_H
#define DC_DRAFT_READ_H

#include "lib/draft/draft.h"
#include "lib/profile/plan.h"
#include "lib/stage/stage.h"

#include <draftconv/drafts.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_drafts, draftconv_drafts_free)

/*
 * The drafts of a stage that is there already (an index, a test). STAGE must outlive DRAFTS, unless
 * dc_drafts_take_stage() gives it away afterwards. DAMAGED: the source is cut. Otherwise as
 * draftconv_drafts_open().
 */
int dc_drafts_new(dc_stage *stage, const draftconv_profile *profile,
	const draftconv_selection *selection, bool damaged, const char *temp_dir,
	draftconv_drafts **drafts, draftconv_error **error);
void dc_drafts_take_stage(draftconv_drafts *drafts);

/* What is to be said of the source, beside what the stage and the plan found. */
void dc_drafts_add_findings(draftconv_drafts *drafts, const dc_findings *findings);

/*
 * Go on to the next account that has selected drafts; what is left of the one before is skipped.
 * @return 1: ACCOUNT [out, transfer none] is valid until the next call; 0: end; negative: error
 */
int dc_drafts_next_account(
	draftconv_drafts *drafts, const dc_account **account, draftconv_error **error);

/*
 * Another walk over the same accounts, for a second worker: each account comes to one of the walks only.
 * DRAFTS must outlive BESIDE [out, transfer full], and both are used by one thread at a time together.
 */
int dc_drafts_beside(draftconv_drafts *drafts, draftconv_drafts **beside, draftconv_error **error);

/* The next draft of that account, in the order of modified and key. @return 1, 0 or negative */
int dc_drafts_next_of_account(
	draftconv_drafts *drafts, draftconv_draft **draft, draftconv_error **error);

/*
 * How the account's texts without a usable declaration are decoded: what its rows voted, as a short text
 * for the journal. [transfer none] valid until the next account; "" when nothing had to be decided.
 */
const char *dc_drafts_decision(const draftconv_drafts *drafts);

/* Decode by an earlier decision instead; before the account's first draft. One that cannot be read is
 * ignored. */
void dc_drafts_use_decision(draftconv_drafts *drafts, const char *decision);

/* OWNER as the source compares owners: the same text as dc_account's folded. [transfer full] */
char *dc_drafts_fold_owner(const draftconv_drafts *drafts, const char *owner);

/* As dc_plan_known(), which FOLDED comes from dc_drafts_fold_owner(), and dc_plan_nearest(). */
int dc_drafts_known(draftconv_drafts *drafts, const char *folded, draftconv_error **error);
int dc_drafts_nearest(
	draftconv_drafts *drafts, const char *wanted, GString *text, draftconv_error **error);

/* As dc_plan_reaches(). */
bool dc_drafts_reach(const draftconv_drafts *drafts, gint64 *moment);

/* The keys of all rows of the account, whatever was selected: what is not among them is gone. */
int dc_drafts_each_key(draftconv_drafts *drafts, void (*each)(void *user, const char *key),
	void *user, draftconv_error **error);

#endif
