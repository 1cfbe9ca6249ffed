/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules 5 to 10 and 13: an append under way, and the old copy that an update still has to remove. */
#include "lib/run/decide-internal.h"

#include "lib/base/findings.h"

#include <string.h>

static bool
old_can_go(const struct dc_view *view)
{
	return dc_decide_is_live(view->old) && view->entry->was.state == DC_STATE_DELIVERED;
}

/*
 * The new copy took the noted UID at least, so an edit of it stands above. The mark alone does not tell
 * which of two copies the user wanted to lose, so then the old one stays.
 */
static bool
edit_is_of_the_new_copy(const struct dc_view *view)
{
	return view->third_live != NULL && view->third_live->uid > view->now->noted;
}

static bool
user_went_on(struct dc_view *view)
{
	if (view->third_noted == NULL && view->equal_marked == NULL)
		return false;
	if (view->equal_low != NULL)
		return dc_decide_remove(view, DC_RULE_5A, view->equal_low);
	if (view->now->replacing && edit_is_of_the_new_copy(view) && old_can_go(view))
		return dc_decide_remove(view, DC_RULE_5B, view->old);
	return dc_decide_touch(view, DC_RULE_5C, DC_STATUS_KEPT, DC_NO_FINDING);
}

static bool
append_arrived(struct dc_view *view)
{
	struct dc_core *now = &view->action->now;

	if (view->equal_low == NULL)
		return false;
	if (view->now->replacing && !dc_decide_is_live(view->old)) {
		if (view->third != NULL)
			return dc_decide_remove(view, DC_RULE_6A, view->equal_low);
		return dc_decide_touch(view, DC_RULE_6B, DC_STATUS_KEPT, DC_FINDING_MAYBE_DOUBLED);
	}
	now->state = now->becomes;
	now->uid = view->equal_low->uid;
	return dc_decide_record(view, DC_RULE_7, DC_STATUS_DELIVERED);
}

bool
dc_decide_intended(struct dc_view *view)
{
	if (view->now->state != DC_STATE_INTENDED)
		return false;
	if (user_went_on(view) || append_arrived(view))
		return true;
	if (view->account->has_uids && !view->account->complete)
		return dc_decide_touch(
			view, DC_RULE_8, DC_STATUS_FAILED, DC_FINDING_OUTCOME_UNKNOWN);
	if (view->now->replacing && (!dc_decide_is_live(view->old) || view->third != NULL))
		return dc_decide_touch(view, DC_RULE_9, DC_STATUS_KEPT, DC_NO_FINDING);
	dc_decide_undo(view);
	return dc_decide_record(view, DC_RULE_10, DC_STATUS_NONE);
}

static bool
end_replacing(struct dc_view *view)
{
	struct dc_core *now = &view->action->now;
	const enum dc_status status = now->put_back ? DC_STATUS_ROLLED_BACK : DC_STATUS_UPDATED;

	view->action->past = now->put_back ? DC_PAST_POP : DC_PAST_PUSH;
	now->replacing = now->put_back = false;
	now->replaces = 0;
	memset(&view->action->was, 0, sizeof view->action->was);
	return dc_decide_record(view, DC_RULE_13A, status);
}

bool
dc_decide_replacing(struct dc_view *view)
{
	const bool own = dc_decide_is_live(view->own);
	const bool old = dc_decide_is_live(view->old);

	if (!view->now->replacing)
		return false;
	if (!old && view->old_noted)
		return end_replacing(view);
	if (own && view->third == NULL && view->equal_high != NULL)
		return dc_decide_remove(view, DC_RULE_13B, view->equal_high);
	if (own && view->third == NULL && view->doubtful != NULL)
		return dc_decide_remove(view, DC_RULE_13B, view->doubtful);
	if (own && old && view->third == NULL)
		return dc_decide_remove(view, DC_RULE_13C, view->old);
	if (own && view->third == NULL)
		return dc_decide_touch(view, DC_RULE_13D, DC_STATUS_KEPT, DC_FINDING_MAYBE_DOUBLED);
	if (view->third != NULL && (own || view->equal_low != NULL))
		return dc_decide_remove(view, DC_RULE_13E, own ? view->own : view->equal_low);
	if (view->own == NULL && view->third_live != NULL && old_can_go(view))
		return dc_decide_remove(view, DC_RULE_13F, view->old);
	return dc_decide_touch(view, DC_RULE_13G, DC_STATUS_KEPT, DC_NO_FINDING);
}
