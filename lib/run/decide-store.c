/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules R, 1 to 4 and 0: is this still the folder that the journal knows, and removals under way. */
#include "lib/run/decide-internal.h"

#include "lib/base/findings.h"

#include <string.h>

static bool
folder_is_the_same(const struct dc_view *view)
{
	return !view->account->has_uids || view->now->uidvalidity == view->account->uidvalidity;
}

static const struct dc_decide_copy *
lowest_live(const struct dc_view *view, const struct dc_print *message)
{
	const struct dc_decide_copy *lowest = NULL;

	for (size_t i = 0; i < view->n_copies; i++) {
		const struct dc_decide_copy *copy = &view->copies[i];

		if (!copy->marked && !dc_decide_hidden(view, copy) &&
			dc_decide_equal(copy, message) &&
			(lowest == NULL || copy->uid < lowest->uid))
			lowest = copy;
	}
	return lowest;
}

/* Nothing of ours is there: begin again, and take what stands in the folder for somebody else's. */
static bool
redeliver(struct dc_view *view)
{
	struct dc_core *now = &view->action->now;
	const bool same = folder_is_the_same(view);

	if (same && !view->own_differs && (dc_decide_is_live(view->own) || view->equal_low != NULL))
		return false;
	if (view->now->state == DC_STATE_REMOVING || view->row->presence != DC_DECIDE_ROW_PRESENT)
		return false;
	if (view->now->state == DC_STATE_INTENDED)
		dc_decide_doubt(view, view->now);
	memset(now, 0, sizeof *now);
	memset(&view->action->was, 0, sizeof view->action->was);
	now->uidvalidity = view->account->uidvalidity;
	now->ignore_below = view->account->uidnext;
	now->noted = view->account->uidnext;

	const struct dc_decide_copy *copy = lowest_live(view, &view->row->message);
	if (copy != NULL) {
		now->state = DC_STATE_ADOPTED;
		now->uid = copy->uid;
		now->message = view->row->message;
		memcpy(now->row, view->row->digest, sizeof now->row);
		now->has_modified = view->row->has_modified;
		now->modified = view->row->modified;
		now->form = view->row->form;
		now->run = view->wanted->run;
	}
	view->action->takes_uidnext = true;
	return dc_decide_record(view, DC_RULE_R, DC_STATUS_NONE);
}

bool
dc_decide_store(struct dc_view *view)
{
	const struct dc_decide_account *account = view->account;
	const bool again = view->wanted->redeliver && view->row->asked && !view->wanted->roll_back;

	if (again && !view->wanted->redelivered && redeliver(view))
		return true;
	if (!again && account->has_uids && account->uidvalidity == account->seen_uidvalidity &&
		(account->uidnext < account->seen_uidnext || account->foreign_uid ||
			view->own_differs))
		return dc_decide_stop(view, DC_RULE_1);
	if (!view->row->asked && !view->wanted->roll_back)
		return dc_decide_leave(view, DC_RULE_2, DC_STATUS_NONE, DC_NO_FINDING);
	return false;
}

static bool
old_is_noted(const struct dc_view *view)
{
	for (size_t i = 0; i < view->entry->n_removals; i++) {
		const struct dc_decide_removal *removal = &view->entry->removals[i];

		if (removal->uidvalidity == view->now->uidvalidity &&
			removal->uid == view->now->replaces)
			return true;
	}
	return false;
}

/* A noted UIDNEXT says nothing any more: nothing that stands here now is known to be ours. */
static void
take_place(struct dc_view *view, struct dc_core *core, const struct dc_decide_copy *copy)
{
	core->uidvalidity = view->account->uidvalidity;
	core->uid = copy->uid;
	core->noted = view->account->uidnext;
	core->ignore_below = 0;
}

static bool
take_equal(
	struct dc_view *view, const struct dc_decide_copy *copy, const struct dc_decide_copy *old)
{
	struct dc_core *now = &view->action->now;

	/* What was to be withdrawn is there again: as if nothing had been begun. */
	if (now->state == DC_STATE_REMOVING && view->entry->was.state != DC_STATE_NOTHING) {
		*now = view->entry->was;
		memset(&view->action->was, 0, sizeof view->action->was);
	}
	take_place(view, now, copy);
	if (now->state == DC_STATE_INTENDED) {
		now->state = now->becomes;
		dc_decide_settle(view->entry, view->action);
	}
	if (now->state == DC_STATE_REMOVING)
		now->state = DC_STATE_DELIVERED;
	if (now->replacing) {
		now->replaces = old != NULL ? old->uid : 0;
		if (old == NULL && view->now->state != DC_STATE_INTENDED && old_is_noted(view)) {
			now->replacing = false;
			view->action->past = now->put_back ? DC_PAST_POP : DC_PAST_PUSH;
			now->put_back = false;
			memset(&view->action->was, 0, sizeof view->action->was);
		}
	}
	return dc_decide_record(view, old != NULL ? DC_RULE_3A : DC_RULE_3C, view->action->status);
}

static bool
is_one_of_the_five(enum dc_state state)
{
	return state == DC_STATE_INTENDED || state == DC_STATE_DELIVERED ||
	       state == DC_STATE_ADOPTED || state == DC_STATE_FOREIGN || state == DC_STATE_REMOVING;
}

/* Of a withdrawal what it took out is remembered; a delivery over one, taken back, leaves that one. */
static bool
remember_removed(struct dc_view *view, enum dc_rule rule)
{
	struct dc_core *now = &view->action->now;
	const enum dc_why why = now->why;
	const struct dc_past *under = dc_decide_under(view->entry);
	const bool withdrawn = why == DC_WHY_WITHDRAWN;

	if (!withdrawn && under != NULL && dc_decide_is_withdrawn(&under->core)) {
		*now = under->core;
		view->action->past = DC_PAST_POP;
	} else if (withdrawn && view->entry->was.state != DC_STATE_NOTHING) {
		now->over = true;
		view->action->past = DC_PAST_PUSH;
	} else {
		now->over = false;
	}
	memset(&view->action->was, 0, sizeof view->action->was);
	now->state = DC_STATE_REMOVED;
	if (now->uidvalidity != view->account->uidvalidity)
		now->ignore_below = 0;
	now->uidvalidity = view->account->uidvalidity;
	now->uid = now->replaces = now->noted = 0;
	return dc_decide_record(
		view, rule, withdrawn ? DC_STATUS_WITHDRAWN : DC_STATUS_ROLLED_BACK);
}

static bool
leave_gone(struct dc_view *view)
{
	const bool surely = view->row->presence == DC_DECIDE_ROW_GONE_SURELY;

	return dc_decide_leave(view, DC_RULE_3H, surely ? DC_STATUS_SOURCE_GONE : DC_STATUS_NONE,
		surely ? DC_FINDING_SOURCE_GONE : DC_NO_FINDING);
}

bool
dc_decide_new_store(struct dc_view *view)
{
	const struct dc_core *now = view->now;
	const bool intended = now->state == DC_STATE_INTENDED;

	if (!is_one_of_the_five(now->state) || folder_is_the_same(view))
		return false;

	const struct dc_decide_copy *copy = lowest_live(view, &now->message);
	const struct dc_decide_copy *old =
		now->replacing ? lowest_live(view, &view->entry->was.message) : NULL;
	if (copy != NULL)
		return take_equal(view, copy, old);
	if (intended && old != NULL) {
		dc_decide_undo(view);
		take_place(view, &view->action->now, old);
		view->action->doubt.uidvalidity = view->account->uidvalidity;
		view->action->doubt.noted = view->account->uidnext;
		return dc_decide_record(view, DC_RULE_3B, DC_STATUS_NONE);
	}
	if (dc_decide_any_copy(view))
		return dc_decide_touch(view, DC_RULE_3E, DC_STATUS_KEPT, DC_NO_FINDING);
	if (now->state == DC_STATE_REMOVING)
		return remember_removed(view, DC_RULE_3D);
	/* Nothing brings back a draft whose row is gone: to stop for it would be to stop for ever. */
	const bool stops = view->row->presence == DC_DECIDE_ROW_PRESENT || view->wanted->roll_back;
	if (!view->account->any_copy && stops)
		return dc_decide_stop(view, DC_RULE_3F);
	if (!view->account->any_copy && !intended)
		return leave_gone(view);
	return dc_decide_touch(view, DC_RULE_3G, intended ? DC_STATUS_FAILED : DC_STATUS_KEPT,
		intended ? DC_FINDING_OUTCOME_UNKNOWN : DC_NO_FINDING);
}

bool
dc_decide_removing(struct dc_view *view)
{
	if (view->leftover != NULL && view->now->state != DC_STATE_TOUCHED)
		return dc_decide_remove(view, DC_RULE_0, view->leftover);
	if (view->now->state != DC_STATE_REMOVING)
		return false;
	if (view->third != NULL)
		return dc_decide_touch(view, DC_RULE_4A, DC_STATUS_KEPT, DC_NO_FINDING);
	if (view->own != NULL)
		return dc_decide_remove(view, DC_RULE_4B, view->own);
	return remember_removed(view, DC_RULE_4C);
}
