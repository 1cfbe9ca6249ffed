/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules 11, 12, 14 to 17 and rolling back: entries at rest, held against the row. */
#include "lib/run/decide-internal.h"

#include "lib/base/findings.h"

#include <string.h>

static void
take_row(struct dc_core *core, const struct dc_decide_row *row)
{
	memcpy(core->row, row->digest, sizeof core->row);
	core->has_modified = row->has_modified;
	core->modified = row->modified;
	core->form = row->form;
}

/* An intent: the entry is kept whole beside it until the append is known to have arrived. */
static bool
append_row(struct dc_view *view, enum dc_rule rule, bool replacing)
{
	struct dc_core *now = &view->action->now;

	view->action->was = *view->now;
	memset(now, 0, sizeof *now);
	now->state = DC_STATE_INTENDED;
	now->becomes = DC_STATE_DELIVERED;
	now->uidvalidity = view->account->uidvalidity;
	now->noted = view->account->uidnext;
	now->ignore_below =
		view->now->uidvalidity == view->account->uidvalidity ? view->now->ignore_below : 0;
	now->message = view->row->message;
	now->run = view->wanted->run;
	now->replacing = now->over = replacing;
	now->replaces = replacing ? view->now->uid : 0;
	take_row(now, view->row);
	dc_decide_record(view, rule, DC_STATUS_NONE);
	view->action->step = DC_STEP_APPEND;
	return true;
}

static bool
take_found(struct dc_view *view, enum dc_rule rule, enum dc_state state,
	const struct dc_decide_copy *copy)
{
	struct dc_core *now = &view->action->now;
	const uint32_t ignore_below =
		view->now->uidvalidity == view->account->uidvalidity ? view->now->ignore_below : 0;

	memset(now, 0, sizeof *now);
	now->state = state;
	now->uidvalidity = view->account->uidvalidity;
	now->uid = copy->uid;
	now->noted = view->account->uidnext;
	now->ignore_below = ignore_below;
	now->message = copy->message;
	now->run = view->wanted->run;
	take_row(now, view->row);
	dc_decide_record(view, rule, DC_STATUS_UNCHANGED);
	if (state == DC_STATE_FOREIGN)
		view->action->finding = DC_FINDING_COMPOSED_DIFFERENTLY;
	return true;
}

static bool
judge_found(struct dc_view *view)
{
	const struct dc_decide_copy *lowest = NULL;
	bool equal = true;
	bool same_fields = true;

	for (size_t i = 0; i < view->n_copies; i++) {
		const struct dc_decide_copy *copy = &view->copies[i];

		if (dc_decide_hidden(view, copy))
			continue;
		if (copy->marked)
			return dc_decide_touch(view, DC_RULE_11C, DC_STATUS_KEPT, DC_NO_FINDING);
		const bool is_equal = dc_decide_equal(copy, &view->row->message);
		equal = equal && is_equal;
		same_fields = same_fields && (is_equal || copy->same_fields);
		if (lowest == NULL || copy->uid < lowest->uid)
			lowest = copy;
	}
	if (lowest == NULL)
		return append_row(view, DC_RULE_11B, false);
	if (equal)
		return take_found(view, DC_RULE_11E, DC_STATE_ADOPTED, lowest);
	if (same_fields)
		return take_found(view, DC_RULE_11F, DC_STATE_FOREIGN, lowest);
	return dc_decide_touch(view, DC_RULE_11G, DC_STATUS_KEPT, DC_FINDING_DIFFERS_UNKNOWN);
}

/* A late copy of an append in doubt is what that append would have been; only its UID was unknown. */
static bool
take_late(struct dc_view *view)
{
	struct dc_core *now = &view->action->now;

	const struct dc_past *under =
		dc_decide_is_withdrawn(view->now) ? dc_decide_under(view->entry) : NULL;
	/* What a rollback has sent to bring back what was withdrawn. */
	const bool comes_back = under != NULL && view->doubt->put_back;

	*now = comes_back ? under->core : *view->doubt;
	now->state = comes_back ? under->core.state : DC_STATE_DELIVERED;
	now->uidvalidity = view->account->uidvalidity;
	now->uid = view->doubtful->uid;
	now->noted = view->doubt->noted;
	now->ignore_below = view->doubt->ignore_below;
	now->replacing = now->put_back = false;
	now->replaces = 0;
	if (!comes_back)
		now->over = false;
	else
		view->action->past = DC_PAST_POP;
	return dc_decide_record(
		view, DC_RULE_11D, comes_back ? DC_STATUS_ROLLED_BACK : DC_STATUS_DELIVERED);
}

static bool
is_run_of(const struct dc_view *view, int64_t run)
{
	for (size_t i = 0; i < view->wanted->n_runs; i++) {
		if (view->wanted->runs[i] == run)
			return true;
	}
	return false;
}

/* Appends the newest of the past again; REPLACES is what stands in its place, 0 when nothing does. */
static bool
put_back(struct dc_view *view, enum dc_rule rule, const struct dc_core *past, uint32_t replaces)
{
	struct dc_core *now = &view->action->now;

	view->action->was = *view->now;
	*now = *past;
	now->becomes = past->state;
	now->state = DC_STATE_INTENDED;
	now->put_back = true;
	now->replacing = replaces != 0;
	now->replaces = replaces;
	now->uid = 0;
	now->uidvalidity = view->account->uidvalidity;
	now->noted = view->account->uidnext;
	now->ignore_below = view->now->ignore_below;
	dc_decide_record(view, rule, DC_STATUS_NONE);
	view->action->step = DC_STEP_APPEND;
	return true;
}

/* Of what is not there only a withdrawal can be taken back. */
static bool
roll_back_absent(struct dc_view *view)
{
	const struct dc_past *under = dc_decide_under(view->entry);

	if (!dc_decide_is_withdrawn(view->now) || under == NULL || !is_run_of(view, view->now->run))
		return dc_decide_leave(view, DC_RULE_RB1, DC_STATUS_NONE, DC_NO_FINDING);
	if (dc_decide_any_copy(view))
		return dc_decide_touch(view, DC_RULE_RB6B, DC_STATUS_KEPT, DC_NO_FINDING);
	if (!under->has_bytes)
		return dc_decide_leave(view, DC_RULE_RB6C, DC_STATUS_KEPT, DC_FINDING_NOT_PUT_BACK);
	return put_back(view, DC_RULE_RB6, &under->core, 0);
}

static bool
touched_row(struct dc_view *view)
{
	if (view->row->presence != DC_DECIDE_ROW_PRESENT)
		return dc_decide_leave(view, DC_RULE_12B, DC_STATUS_NONE, DC_NO_FINDING);
	if (dc_decide_age(view) != DC_AGE_NEWER)
		return dc_decide_leave(view, DC_RULE_12C, DC_STATUS_KEPT, DC_NO_FINDING);
	take_row(&view->action->now, view->row);
	view->action->writes = true;
	return dc_decide_leave(view, DC_RULE_12A, DC_STATUS_KEPT, DC_FINDING_BOTH_CHANGED);
}

bool
dc_decide_absent(struct dc_view *view)
{
	const enum dc_state state = view->now->state;
	const bool touched = state == DC_STATE_TOUCHED;

	if (!touched && state != DC_STATE_NOTHING && state != DC_STATE_FAILED &&
		state != DC_STATE_REMOVED)
		return false;
	if (!touched && view->doubtful != NULL && view->third == NULL)
		return take_late(view);
	if (view->wanted->roll_back)
		return roll_back_absent(view);
	if (touched)
		return touched_row(view);
	if (view->row->presence != DC_DECIDE_ROW_PRESENT)
		return dc_decide_leave(view, DC_RULE_11A, DC_STATUS_NONE, DC_NO_FINDING);
	return judge_found(view);
}

static bool
row_has_changed(const struct dc_view *view)
{
	return view->row->presence == DC_DECIDE_ROW_PRESENT && view->row->asked &&
	       dc_decide_age(view) == DC_AGE_NEWER;
}

/*
 * Own is gone, and not by us: what stands there instead came late, after the user went on with own, or
 * before, and then the user took one of two. Nobody can tell, so it stays and is not touched any more.
 */
static bool
came_late(const struct dc_view *view)
{
	return !view->own_noted &&
	       (view->doubtful != NULL || (view->equal_other != NULL && view->equal_is_late));
}

static bool
is_newer_doubt(const struct dc_view *view)
{
	const struct dc_core *doubt = view->doubt;

	if (doubt->put_back)
		return false;
	if (doubt->replacing && doubt->replaces == view->now->uid)
		return true;
	return doubt->has_modified && view->now->has_modified &&
	       doubt->modified > view->now->modified;
}

/* An update of this very copy, given up as lost, has arrived after all: it is the newer one. */
static bool
take_late_update(struct dc_view *view)
{
	struct dc_core *now = &view->action->now;

	view->action->was = *view->now;
	*now = *view->doubt;
	now->state = now->becomes;
	now->uid = view->doubtful->uid;
	now->replacing = now->over = true;
	now->replaces = view->now->uid;
	now->ignore_below = view->now->ignore_below;
	return dc_decide_record(view, DC_RULE_15L, DC_STATUS_NONE);
}

bool
dc_decide_there(struct dc_view *view)
{
	const struct dc_decide_copy *high = view->equal_high;

	if (view->third_live != NULL && (high != NULL || view->doubtful != NULL))
		return dc_decide_remove(view, DC_RULE_14D, high != NULL ? high : view->doubtful);
	if (view->own == NULL && view->third == NULL && came_late(view))
		return dc_decide_touch(view, DC_RULE_14E, DC_STATUS_KEPT, DC_FINDING_MAYBE_DOUBLED);
	if (!dc_decide_is_live(view->own) && view->equal_other != NULL && view->third == NULL) {
		view->action->now.state = DC_STATE_ADOPTED;
		view->action->now.uid = view->equal_other->uid;
		return dc_decide_record(view, DC_RULE_14A, DC_STATUS_NONE);
	}
	if (!dc_decide_is_live(view->own) || view->third != NULL) {
		if (row_has_changed(view))
			return dc_decide_touch(
				view, DC_RULE_14B, DC_STATUS_KEPT, DC_FINDING_BOTH_CHANGED);
		return dc_decide_touch(view, DC_RULE_14C, DC_STATUS_KEPT, DC_NO_FINDING);
	}
	if (view->doubtful != NULL && !view->wanted->roll_back && is_newer_doubt(view))
		return take_late_update(view);
	if (view->doubtful != NULL)
		return dc_decide_remove(view, DC_RULE_15, view->doubtful);
	if (high != NULL)
		return dc_decide_remove(
			view, DC_RULE_15, high->uid > view->own->uid ? high : view->own);
	return false;
}

static bool
begin_removing(struct dc_view *view, enum dc_rule rule, enum dc_why why)
{
	struct dc_core *now = &view->action->now;

	now->state = DC_STATE_REMOVING;
	now->why = why;
	if (why == DC_WHY_WITHDRAWN) {
		view->action->was = *view->now;
		now->run = view->wanted->run;
	}
	return dc_decide_record(view, rule, DC_STATUS_NONE);
}

bool
dc_decide_roll_back(struct dc_view *view)
{
	const struct dc_past *under = dc_decide_under(view->entry);

	if (!view->wanted->roll_back)
		return false;
	if (!is_run_of(view, view->now->run))
		return dc_decide_leave(view, DC_RULE_RB5, DC_STATUS_NONE, DC_NO_FINDING);
	if (view->now->state != DC_STATE_DELIVERED)
		return dc_decide_leave(view, DC_RULE_RB4, DC_STATUS_KEPT, DC_NO_FINDING);
	if (under == NULL || dc_decide_is_withdrawn(&under->core))
		return begin_removing(view, DC_RULE_RB3, DC_WHY_ROLLED_BACK);
	/* The old text is in no place but here: nothing at all would be left in the folder. */
	if (!under->has_bytes)
		return dc_decide_leave(view, DC_RULE_RB2B, DC_STATUS_KEPT, DC_FINDING_NOT_PUT_BACK);
	return put_back(view, DC_RULE_RB2, &under->core, view->now->uid);
}

static bool
row_is_gone(struct dc_view *view)
{
	if (view->row->presence == DC_DECIDE_ROW_GONE)
		return dc_decide_leave(view, DC_RULE_16C, DC_STATUS_NONE, DC_NO_FINDING);
	if (view->wanted->remove_gone && view->now->state == DC_STATE_DELIVERED)
		return begin_removing(view, DC_RULE_16A, DC_WHY_WITHDRAWN);
	return dc_decide_leave(view, DC_RULE_16B, DC_STATUS_SOURCE_GONE, DC_FINDING_SOURCE_GONE);
}

static bool
same_message(const struct dc_view *view)
{
	const struct dc_print *is = &view->now->message;
	const struct dc_print *would = &view->row->message;

	return is->size == would->size && memcmp(is->sha256, would->sha256, sizeof is->sha256) == 0;
}

static bool
row_is_newer(struct dc_view *view)
{
	if (view->now->state == DC_STATE_FOREIGN)
		return dc_decide_leave(view, DC_RULE_17A, DC_STATUS_KEPT, DC_NO_FINDING);
	if (!same_message(view))
		return append_row(view, DC_RULE_17C, true);
	take_row(&view->action->now, view->row);
	view->action->writes = true;
	return dc_decide_leave(view, DC_RULE_17B, DC_STATUS_UNCHANGED, DC_NO_FINDING);
}

bool
dc_decide_row(struct dc_view *view)
{
	const int differs = same_message(view) ? DC_NO_FINDING : DC_FINDING_COMPOSED_DIFFERENTLY;

	if (view->row->presence != DC_DECIDE_ROW_PRESENT)
		return row_is_gone(view);
	switch (dc_decide_age(view)) {
	case DC_AGE_SAME:
		if (view->wanted->recompose && !same_message(view) &&
			view->now->state != DC_STATE_FOREIGN)
			return append_row(view, DC_RULE_16D, true);
		return dc_decide_leave(view, DC_RULE_16E, DC_STATUS_UNCHANGED, differs);
	case DC_AGE_OLDER:
		return dc_decide_leave(
			view, DC_RULE_16F, DC_STATUS_UNCHANGED, DC_FINDING_SOURCE_OLDER);
	case DC_AGE_FORM:
		return dc_decide_leave(
			view, DC_RULE_16G, DC_STATUS_UNCHANGED, DC_FINDING_COMPOSED_DIFFERENTLY);
	case DC_AGE_NEWER:
		break;
	}
	return row_is_newer(view);
}
