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

/* Machines that remove one of several equal copies leave the lowest: this one was marked by the user. */
static bool
user_marked(const struct dc_view *view)
{
	return view->equal_marked != NULL &&
	       (view->equal_low == NULL || view->equal_marked->uid < view->equal_low->uid);
}

/*
 * Which copy to take back: one, since this append brought no more, and of several the highest, as every
 * machine does it. NULL when that is done already; what else is equal is then another machine's.
 */
static const struct dc_decide_copy *
own_append(const struct dc_view *view)
{
	if (view->equal_noted != NULL)
		return view->equal_noted;
	return view->taken_back ? NULL : view->equal_high;
}

/*
 * What the user wrote stands there, so ours can go. A mark or a marked copy alone takes nothing back: it
 * may be another machine's, and a letter too many is better than one too few.
 */
static bool
user_went_on(struct dc_view *view)
{
	const struct dc_decide_copy *copy = own_append(view);

	if (view->third_noted == NULL && !user_marked(view))
		return false;
	if (copy != NULL && view->third_live != NULL)
		return dc_decide_remove(view, DC_RULE_5A, copy);
	if (copy != NULL)
		return dc_decide_touch(view, DC_RULE_5D, DC_STATUS_KEPT, DC_FINDING_MAYBE_DOUBLED);
	if (view->now->replacing && edit_is_of_the_new_copy(view) && old_can_go(view))
		return dc_decide_remove(view, DC_RULE_5B, view->old);
	return dc_decide_touch(view, DC_RULE_5C, DC_STATUS_KEPT,
		view->now->replacing && dc_decide_is_live(view->old) ? DC_FINDING_MAYBE_DOUBLED
								     : DC_NO_FINDING);
}

static bool
end_replacing(struct dc_view *view, enum dc_rule rule)
{
	struct dc_core *now = &view->action->now;
	const enum dc_status status = now->put_back ? DC_STATUS_ROLLED_BACK : DC_STATUS_UPDATED;

	view->action->past = now->put_back ? DC_PAST_POP : DC_PAST_PUSH;
	now->replacing = now->put_back = false;
	now->replaces = 0;
	memset(&view->action->was, 0, sizeof view->action->was);
	return dc_decide_record(view, rule, status);
}

/*
 * Two equal copies, neither of them late, and the old one gone: another machine has made the same update.
 * One alone would be ours, and then the user was quicker.
 */
static bool
other_machine_did_it(const struct dc_view *view)
{
	const struct dc_decide_copy *own = view->own != NULL ? view->own : view->equal_low;

	return view->old == NULL && view->third == NULL && !view->equal_is_late &&
	       dc_decide_is_live(own) && view->equal_high != NULL && view->equal_high != own;
}

static bool
append_arrived(struct dc_view *view)
{
	struct dc_core *now = &view->action->now;

	if (view->equal_low == NULL)
		return false;
	if (view->now->replacing && !dc_decide_is_live(view->old)) {
		if (view->third_live != NULL)
			return dc_decide_remove(view, DC_RULE_6A, view->equal_high);
		if (other_machine_did_it(view)) {
			now->state = now->becomes;
			now->uid = view->equal_low->uid;
			return end_replacing(view, DC_RULE_6C);
		}
		if (view->equal_high != view->equal_low)
			return dc_decide_remove(view, DC_RULE_6D, view->equal_high);
		return dc_decide_touch(view, DC_RULE_6B, DC_STATUS_KEPT, DC_FINDING_MAYBE_DOUBLED);
	}
	now->state = now->becomes;
	now->uid = view->equal_low->uid;
	dc_decide_record(view, DC_RULE_7, DC_STATUS_DELIVERED);
	dc_decide_settle(view->entry, view->action);
	return true;
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

bool
dc_decide_replacing(struct dc_view *view)
{
	const bool own = dc_decide_is_live(view->own);
	const bool old = dc_decide_is_live(view->old);

	const struct dc_decide_copy *copy = own_append(view);

	if (!view->now->replacing)
		return false;
	if (!old && view->old_noted)
		return end_replacing(view, DC_RULE_13A);
	if (!old && other_machine_did_it(view))
		return end_replacing(view, DC_RULE_13I);
	if (own && view->third == NULL && view->equal_high != NULL)
		return dc_decide_remove(view, DC_RULE_13B, view->equal_high);
	if (own && view->third == NULL && view->doubtful != NULL)
		return dc_decide_remove(view, DC_RULE_13B, view->doubtful);
	if (own && old && view->third == NULL)
		return dc_decide_remove(view, DC_RULE_13C, view->old);
	if (own && view->third == NULL)
		return dc_decide_touch(view, DC_RULE_13D, DC_STATUS_KEPT, DC_FINDING_MAYBE_DOUBLED);
	if (view->third == NULL && view->equal_low != NULL) {
		view->action->now.uid = view->equal_low->uid;
		return dc_decide_record(view, DC_RULE_13H, DC_STATUS_NONE);
	}
	if (view->third_live != NULL && (copy != NULL || own))
		return dc_decide_remove(view, DC_RULE_13E, copy != NULL ? copy : view->own);
	if (view->own == NULL && view->third_live != NULL && old_can_go(view))
		return dc_decide_remove(view, DC_RULE_13F, view->old);
	return dc_decide_touch(view, DC_RULE_13G, DC_STATUS_KEPT,
		own || old ? DC_FINDING_MAYBE_DOUBLED : DC_NO_FINDING);
}
