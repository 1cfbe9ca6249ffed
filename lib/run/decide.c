/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/decide-internal.h"

#include "lib/base/findings.h"

#include <string.h>

static const char *const rule_names[] = {
#define DC_RULE(symbol, number, entry, seen, action) number,
#include "lib/run/decide-rules.h"
#undef DC_RULE
};

const char *
dc_rule_name(enum dc_rule rule)
{
	return rule < DC_RULE_COUNT ? rule_names[rule] : "?";
}

static bool
same_print(const struct dc_print *a, const struct dc_print *b)
{
	return a->size == b->size && memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0;
}

bool
dc_decide_equal(const struct dc_decide_copy *copy, const struct dc_print *message)
{
	return copy->has_digest && same_print(&copy->message, message);
}

/* Known to be another message; a size that agrees proves nothing yet. */
static bool
differs(const struct dc_decide_copy *copy, const struct dc_print *message)
{
	return copy->message.size != message->size ||
	       (copy->has_digest && !dc_decide_equal(copy, message));
}

/* What we had marked before the folder got its UIDVALIDITY is known by its bytes. */
static bool
is_noted(const struct dc_view *view, const struct dc_decide_copy *copy, bool any_validity)
{
	for (size_t i = 0; i < view->entry->n_removals; i++) {
		const struct dc_decide_removal *removal = &view->entry->removals[i];

		if (removal->uidvalidity == view->account->uidvalidity) {
			if (removal->uid == copy->uid)
				return true;
		} else if (any_validity && copy->uid < view->account->first_uidnext &&
			   dc_decide_equal(copy, &removal->message)) {
			return true;
		}
	}
	return false;
}

bool
dc_decide_hidden(const struct dc_view *view, const struct dc_decide_copy *copy)
{
	const struct dc_core *now = view->now;
	const bool same = now->uidvalidity == view->account->uidvalidity;

	if (same && copy->uid < now->ignore_below && copy->uid != now->uid &&
		(!now->replacing || copy->uid != now->replaces))
		return true;
	if (!copy->marked || !is_noted(view, copy, true))
		return false;
	return !view->account->has_uidplus || !is_noted(view, copy, false);
}

bool
dc_decide_any_copy(const struct dc_view *view)
{
	for (size_t i = 0; i < view->n_copies; i++) {
		if (!dc_decide_hidden(view, &view->copies[i]))
			return true;
	}
	return false;
}

static bool
has_message(const struct dc_core *core)
{
	switch (core->state) {
	case DC_STATE_INTENDED:
	case DC_STATE_DELIVERED:
	case DC_STATE_ADOPTED:
	case DC_STATE_FOREIGN:
	case DC_STATE_REMOVING:
		return true;
	case DC_STATE_NOTHING:
	case DC_STATE_TOUCHED:
	case DC_STATE_REMOVED:
	case DC_STATE_FAILED:
		break;
	}
	return false;
}

static const struct dc_core *
find_doubt(const struct dc_view *view, const struct dc_decide_copy *copy)
{
	for (size_t i = 0; i < view->entry->n_doubts; i++) {
		const struct dc_core *doubt = &view->entry->doubts[i];

		if (doubt->uidvalidity == view->account->uidvalidity && copy->uid >= doubt->noted &&
			dc_decide_equal(copy, &doubt->message))
			return doubt;
	}
	return NULL;
}

static bool
is_lower(const struct dc_decide_copy *copy, const struct dc_decide_copy *than)
{
	return than == NULL || copy->uid < than->uid;
}

static void
sort_equal(struct dc_view *view, const struct dc_decide_copy *copy, bool ours)
{
	if (copy->marked) {
		if (ours && !is_noted(view, copy, false))
			view->equal_marked = copy;
		return;
	}
	if (is_lower(copy, view->equal_other))
		view->equal_other = copy;
	if (is_noted(view, copy, false))
		view->equal_noted = copy;
	if (!ours)
		return;
	if (is_lower(copy, view->equal_low))
		view->equal_low = copy;
	if (view->equal_high == NULL || copy->uid > view->equal_high->uid)
		view->equal_high = copy;
}

static void
sort_third(struct dc_view *view, const struct dc_decide_copy *copy)
{
	/* Twins of the old copy are no edit: another machine's, or late. A marked one is on its way out. */
	const bool twin = view->now->replacing && dc_decide_equal(copy, &view->entry->was.message);

	if (twin && copy->marked)
		return;
	view->third = copy;
	if (copy->uid >= view->now->noted)
		view->third_noted = copy;
	if (!twin && !copy->marked &&
		(view->third_live == NULL || copy->uid > view->third_live->uid))
		view->third_live = copy;
}

/* What one copy is to the entry. Only for the entry's own UIDVALIDITY. */
static void
sort_copy(struct dc_view *view, const struct dc_decide_copy *copy)
{
	const struct dc_core *now = view->now;
	const bool known = has_message(now);
	const struct dc_core *doubt = find_doubt(view, copy);

	if (copy->marked && view->account->has_uidplus && is_noted(view, copy, false))
		view->leftover = copy;
	if (known && now->uid != 0 && copy->uid == now->uid) {
		view->own = copy;
		view->own_differs = view->own_differs || differs(copy, &now->message);
	} else if (known && now->replacing && copy->uid == now->replaces) {
		view->old = copy;
		view->own_differs = view->own_differs || differs(copy, &view->entry->was.message);
	} else if (known && dc_decide_equal(copy, &now->message) &&
		   (now->state != DC_STATE_INTENDED || copy->uid >= now->noted)) {
		sort_equal(view, copy, copy->uid >= now->noted || doubt != NULL);
		view->equal_is_late = view->equal_is_late || (doubt != NULL && !copy->marked);
	} else if (doubt != NULL) {
		if (!copy->marked && is_lower(copy, view->doubtful)) {
			view->doubtful = copy;
			view->doubt = doubt;
		}
	} else if (!copy->marked || !is_noted(view, copy, false)) {
		sort_third(view, copy);
	}
}

static void
sort_copies(struct dc_view *view)
{
	if (view->account->has_uids && view->now->uidvalidity != view->account->uidvalidity &&
		has_message(view->now))
		return;
	for (size_t i = 0; i < view->n_copies; i++) {
		if (!dc_decide_hidden(view, &view->copies[i]))
			sort_copy(view, &view->copies[i]);
	}
	for (size_t i = 0; i < view->entry->n_removals; i++) {
		const struct dc_decide_removal *removal = &view->entry->removals[i];

		if (removal->uidvalidity != view->now->uidvalidity)
			continue;
		view->own_noted = view->own_noted || removal->uid == view->now->uid;
		view->old_noted = view->old_noted || removal->uid == view->now->replaces;
		view->taken_back = view->taken_back ||
				   (removal->uid >= view->now->noted && has_message(view->now) &&
					   same_print(&removal->message, &view->now->message));
	}
}

static bool
was_replaced_before(const struct dc_view *view)
{
	for (size_t i = 0; i < view->entry->n_past; i++) {
		const uint8_t *digest = view->entry->past[i].core.row;

		if (memcmp(digest, view->row->digest, sizeof view->row->digest) == 0)
			return true;
	}
	return false;
}

enum dc_age
dc_decide_age(const struct dc_view *view)
{
	const struct dc_core *now = view->now;
	const struct dc_decide_row *row = view->row;

	if (memcmp(now->row, row->digest, sizeof row->digest) == 0)
		return DC_AGE_SAME;
	const bool was_damaged = (now->form & DC_FORM_DAMAGED) != 0;
	const bool is_damaged = (row->form & DC_FORM_DAMAGED) != 0;
	const bool makes_good = was_damaged && row->form == (now->form & ~DC_FORM_DAMAGED);

	if (!now->has_modified || !row->has_modified) {
		if (is_damaged && !was_damaged)
			return DC_AGE_FORM;
		return was_replaced_before(view) ? DC_AGE_OLDER : DC_AGE_NEWER;
	}
	if (row->modified < now->modified)
		return DC_AGE_OLDER;
	if (row->modified == now->modified && row->form != now->form && !makes_good)
		return DC_AGE_FORM;
	return DC_AGE_NEWER;
}

static bool
say(struct dc_view *view, enum dc_rule rule, enum dc_step step, enum dc_status status, int finding)
{
	view->action->rule = rule;
	view->action->step = step;
	view->action->status = status;
	view->action->finding = finding;
	return true;
}

bool
dc_decide_leave(struct dc_view *view, enum dc_rule rule, enum dc_status status, int finding)
{
	return say(view, rule, DC_STEP_LEAVE, status, finding);
}

bool
dc_decide_stop(struct dc_view *view, enum dc_rule rule)
{
	return say(view, rule, DC_STEP_STOP, DC_STATUS_FAILED, DC_FINDING_FOLDER_REPLACED);
}

/* A touched entry keeps the row that it was told of, and no UID. */
bool
dc_decide_touch(struct dc_view *view, enum dc_rule rule, enum dc_status status, int finding)
{
	struct dc_core *now = &view->action->now;

	if (view->row->presence == DC_DECIDE_ROW_PRESENT && view->row->asked &&
		(view->now->state == DC_STATE_NOTHING || dc_decide_age(view) == DC_AGE_NEWER)) {
		memcpy(now->row, view->row->digest, sizeof now->row);
		now->has_modified = view->row->has_modified;
		now->modified = view->row->modified;
		now->form = view->row->form;
	}
	now->state = DC_STATE_TOUCHED;
	now->uidvalidity = view->account->uidvalidity;
	now->uid = now->replaces = now->noted = 0;
	now->replacing = now->put_back = now->over = false;
	memset(&view->action->was, 0, sizeof view->action->was);
	view->action->writes = true;
	return say(view, rule, DC_STEP_LEAVE, status, finding);
}

bool
dc_decide_remove(struct dc_view *view, enum dc_rule rule, const struct dc_decide_copy *copy)
{
	view->action->removal.uidvalidity = view->account->uidvalidity;
	view->action->removal.uid = copy->uid;
	view->action->removal.message = copy->message;
	return say(view, rule, DC_STEP_REMOVE, DC_STATUS_NONE, DC_NO_FINDING);
}

bool
dc_decide_record(struct dc_view *view, enum dc_rule rule, enum dc_status status)
{
	view->action->writes = true;
	return say(view, rule, DC_STEP_RECORD, status, DC_NO_FINDING);
}

void
dc_decide_doubt(struct dc_view *view, const struct dc_core *intended)
{
	view->action->adds_doubt = true;
	view->action->doubt = *intended;
}

void
dc_decide_undo(struct dc_view *view)
{
	dc_decide_doubt(view, view->now);
	view->action->now = view->entry->was;
	memset(&view->action->was, 0, sizeof view->action->was);
}

void
dc_decide_settle(const struct dc_entry *entry, struct dc_action *action)
{
	const bool comes_back = entry->now.put_back;

	if (entry->now.replacing || (!comes_back && !dc_decide_is_withdrawn(&entry->was)))
		return;
	action->past = comes_back ? DC_PAST_POP : DC_PAST_PUSH;
	action->now.put_back = false;
	action->now.over = action->now.over || !comes_back;
	memset(&action->was, 0, sizeof action->was);
	if (comes_back)
		action->status = DC_STATUS_ROLLED_BACK;
}

static void
begin(struct dc_action *action, const struct dc_entry *entry)
{
	memset(action, 0, sizeof *action);
	action->finding = DC_NO_FINDING;
	action->now = entry->now;
	action->was = entry->was;
}

/*
 * A UID and a size alone are good enough to leave a copy where it is. Before one is removed or replaced
 * its bytes are compared, since a store that was put back gives the same UIDs to other messages.
 */
static void
look_closer(struct dc_view *view)
{
	struct dc_action *action = view->action;
	uint32_t uid = 0;

	if (action->step == DC_STEP_REMOVE)
		uid = action->removal.uid;
	if (action->step == DC_STEP_APPEND && action->now.replacing)
		uid = action->now.replaces;
	if (action->step == DC_STEP_RECORD && dc_decide_withdraws(view->entry, action))
		uid = action->now.uid;
	for (size_t i = 0; uid != 0 && i < view->n_copies; i++) {
		if (view->copies[i].uid != uid || view->copies[i].has_digest)
			continue;
		begin(action, view->entry);
		action->rule = DC_RULE_D;
		action->step = DC_STEP_LOOK;
		action->removal.uid = uid;
		return;
	}
}

void
dc_decide(const struct dc_wanted *wanted, const struct dc_entry *entry,
	const struct dc_decide_copy *copies, size_t n_copies,
	const struct dc_decide_account *account, const struct dc_decide_row *row,
	struct dc_action *action)
{
	struct dc_view view = {
		.wanted = wanted,
		.entry = entry,
		.now = &entry->now,
		.copies = copies,
		.n_copies = n_copies,
		.account = account,
		.row = row,
		.action = action,
	};
	static bool (*const parts[])(struct dc_view *) = {dc_decide_store, dc_decide_new_store,
		dc_decide_removing, dc_decide_intended, dc_decide_absent, dc_decide_replacing,
		dc_decide_there, dc_decide_roll_back, dc_decide_row};

	begin(action, entry);
	sort_copies(&view);
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (parts[i](&view)) {
			look_closer(&view);
			return;
		}
	}
	g_assert_not_reached();
}

bool
dc_decide_withdraws(const struct dc_entry *entry, const struct dc_action *action)
{
	return action->now.state == DC_STATE_REMOVING && action->now.why == DC_WHY_WITHDRAWN &&
	       entry->now.state != DC_STATE_REMOVING;
}

void
dc_decide_refused(const struct dc_entry *entry, struct dc_action *action)
{
	begin(action, entry);
	action->rule = DC_RULE_10;
	action->step = DC_STEP_LEAVE;
	action->status = DC_STATUS_FAILED;
	action->writes = true;
	action->now = entry->was;
	memset(&action->was, 0, sizeof action->was);
	if (!has_message(&entry->was) && !entry->now.put_back)
		action->now.state = DC_STATE_FAILED;
}

void
dc_decide_appended(const struct dc_entry *entry, uint32_t uid, struct dc_action *action)
{
	begin(action, entry);
	action->rule = DC_RULE_7;
	action->step = DC_STEP_RECORD;
	action->status = DC_STATUS_DELIVERED;
	action->writes = true;
	action->now.state = entry->now.becomes;
	action->now.uid = uid;
	dc_decide_settle(entry, action);
}
