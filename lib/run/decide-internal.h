/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of decide() share: the world as one draft's rules see it, sorted once by what each copy
 * is to the entry, and the few verbs that fill an action. Nothing outside of lib/run/decide*.c includes it.
 */
#ifndef DC_RUN_DECIDE_INTERNAL_H
#define DC_RUN_DECIDE_INTERNAL_H

#include "lib/run/decide.h"

struct dc_view {
	const struct dc_wanted *wanted;
	const struct dc_entry *entry;
	const struct dc_core *now;
	const struct dc_decide_copy *copies;
	size_t n_copies;
	const struct dc_decide_account *account;
	const struct dc_decide_row *row;
	struct dc_action *action;

	/* Each NULL when there is none. Copies that this journal marked without UIDPLUS are left out. */
	const struct dc_decide_copy *own; /* also when marked */
	const struct dc_decide_copy *old; /* what it replaces, also when marked */
	const struct dc_decide_copy
		*equal_low; /* live, equal, ours for all we know; the own one not */
	const struct dc_decide_copy *equal_high; /* the same */
	const struct dc_decide_copy
		*equal_other; /* the lowest equal live one, whoever brought it; not own */
	const struct dc_decide_copy *equal_marked; /* equal, marked by somebody else */
	const struct dc_decide_copy *doubtful;     /* live, with the bytes of an append in doubt */
	const struct dc_core *doubt;               /* that append */
	const struct dc_decide_copy *third;        /* with bytes that are none of the above */
	const struct dc_decide_copy *third_live;   /* the highest of these without a mark */
	const struct dc_decide_copy *third_noted;  /* one of these from the noted UIDNEXT on */
	const struct dc_decide_copy *leftover; /* noted as ours to remove, marked, still there */
	bool own_differs; /* the UID is the journal's, the bytes are not: the store was put back */
	bool equal_is_late; /* one of the equal ones is an append that was in doubt */
	bool own_noted;     /* the removal of `uid` is noted */
	const struct dc_decide_copy
		*equal_noted; /* live, equal, and already noted as ours to remove */
	bool taken_back;      /* the removal of a copy that this append brought is noted */
	bool old_noted;       /* the removal of `replaces` is noted */
};

bool dc_decide_equal(const struct dc_decide_copy *copy, const struct dc_print *message);

/* Left out of every sight: our own mark on a server without UIDPLUS, or an older copy after --redeliver. */
bool dc_decide_hidden(const struct dc_view *view, const struct dc_decide_copy *copy);
/* Whether a copy is there that is not hidden. */
bool dc_decide_any_copy(const struct dc_view *view);

static inline bool
dc_decide_is_live(const struct dc_decide_copy *copy)
{
	return copy != NULL && !copy->marked;
}

/* How the row compares with what the entry has. */
enum dc_age {
	DC_AGE_SAME,
	DC_AGE_OLDER,
	DC_AGE_FORM, /* as old, read or mapped differently */
	DC_AGE_NEWER
};

enum dc_age dc_decide_age(const struct dc_view *view);

/* The verbs. Each says which rule spoke and returns true, so that a rule is one line. */
bool dc_decide_leave(struct dc_view *view, enum dc_rule rule, enum dc_status status, int finding);
bool dc_decide_stop(struct dc_view *view, enum dc_rule rule);
bool dc_decide_touch(struct dc_view *view, enum dc_rule rule, enum dc_status status, int finding);
bool dc_decide_remove(struct dc_view *view, enum dc_rule rule, const struct dc_decide_copy *copy);

/* Write action->now and action->was as they stand (they begin as the entry's), and decide again. */
bool dc_decide_record(struct dc_view *view, enum dc_rule rule, enum dc_status status);

/* An append that replaces nothing has arrived: what it stands over is remembered, or is what came back. */
void dc_decide_settle(const struct dc_entry *entry, struct dc_action *action);

/* Taken out by a withdrawal whose bytes may be kept: a rollback of it brings them back. */
static inline bool
dc_decide_is_withdrawn(const struct dc_core *core)
{
	return (core->state == DC_STATE_REMOVED || core->state == DC_STATE_FAILED) &&
	       core->why == DC_WHY_WITHDRAWN && core->over;
}

/* The newest of the past, NULL when there is none that the entry stands over. */
static inline const struct dc_past *
dc_decide_under(const struct dc_entry *entry)
{
	return entry->now.over && entry->n_past > 0 ? &entry->past[entry->n_past - 1] : NULL;
}

/* The entry is again what it was before its intent, which stays in doubt from the UID `noted` on. */
void dc_decide_undo(struct dc_view *view);
void dc_decide_doubt(struct dc_view *view, const struct dc_core *intended);

/* The parts, in the order in which they are asked; false: none of mine. */
bool dc_decide_store(struct dc_view *view);     /* R, 1, 2 */
bool dc_decide_new_store(struct dc_view *view); /* 3 */
bool dc_decide_removing(struct dc_view *view);  /* 4 */
bool dc_decide_intended(struct dc_view *view);  /* 5 to 10 */
bool dc_decide_absent(struct dc_view *view);    /* 11, 12, and rolling back these */
bool dc_decide_replacing(struct dc_view *view); /* 13 */
bool dc_decide_there(struct dc_view *view);     /* 14, 15 */
bool dc_decide_roll_back(struct dc_view *view); /* RB2 to RB5 */
bool dc_decide_row(struct dc_view *view);       /* 16, 17 */

#endif
