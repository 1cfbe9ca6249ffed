/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happens next to one draft. In: what is wanted, what the journal says (the entry), which messages
 * stand in the folder under the draft's identity (the copies), facts about the account, and the row of
 * the source. Out: one small step, with the number of the rule that gave it. It does no input or output,
 * allocates nothing, keeps nothing between two calls and looks at no clock. The caller loops: decide, write
 * durably what the step says, act, look again if it acted, decide again, until the step is leave or stop.
 *
 * The rules stand in decide-rules.h in the order in which they are tried; doc/decide.md is that list for
 * people, checked by a test. DELIVERY.md's five sentences are what they serve.
 */
#ifndef DC_RUN_DECIDE_H
#define DC_RUN_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dc_rule {
#define DC_RULE(symbol, number, entry, seen, action) DC_RULE_##symbol,
#include "lib/run/decide-rules.h"
#undef DC_RULE
	DC_RULE_COUNT
};

/* "13b": what tests and reports call a rule. */
const char *dc_rule_name(enum dc_rule rule);

enum dc_state {
	DC_STATE_NOTHING,
	DC_STATE_INTENDED, /* an append may be on its way */
	DC_STATE_DELIVERED, /* appended by us; `replacing` while the old copy is still to be removed */
	DC_STATE_ADOPTED, /* found with our bytes: may be updated, never rolled back or withdrawn */
	DC_STATE_FOREIGN, /* found with the same decoded fields and other bytes: neither */
	DC_STATE_TOUCHED, /* the user went on with it: hands off */
	DC_STATE_REMOVING, /* written before the removal */
	DC_STATE_REMOVED,
	DC_STATE_FAILED
};

enum dc_why {
	DC_WHY_NONE,
	DC_WHY_ROLLED_BACK,
	DC_WHY_WITHDRAWN
};

/* What a message is known by: its size (cheap to ask for) and SHA-256. */
struct dc_print {
	uint64_t size;
	uint8_t sha256[32];
};

/*
 * In a form: rows came from a source of which parts are missing. What they say otherwise than rows of a whole
 * one, at the same `modified`, is no change of the user's; a whole source after it makes good.
 */
#define DC_FORM_DAMAGED (UINT64_C(1) << 63)

/* One state of one draft at one destination: a row of the journal. All UIDs belong to `uidvalidity`. */
struct dc_core {
	enum dc_state state;
	enum dc_state becomes; /* of intended: delivered, or adopted when such a copy is put back */
	enum dc_why why;       /* of removing and removed */
	bool put_back;  /* intended or replacing: a rollback appends the replaced bytes again */
	bool replacing; /* the copy `replaces` is still to be removed */
	bool over; /* the newest of the past is what was there before this, or its withdrawal */
	bool has_modified;
	uint32_t uidvalidity;
	uint32_t uid;          /* 0 = none */
	uint32_t replaces;     /* UID; 0 = known to be gone */
	uint32_t noted;        /* UIDNEXT of the look before the append */
	uint32_t ignore_below; /* --redeliver: older copies are somebody else's */
	struct dc_print message;
	uint8_t row[32]; /* digest of the row */
	int64_t modified;
	uint64_t form; /* stands for profile version and form of source, with DC_FORM_DAMAGED */
	int64_t run;
};

/* What an update replaced or a withdrawal took out; a withdrawal itself, when its row came back. */
struct dc_past {
	struct dc_core core;
	bool has_bytes; /* the journal still holds the message, its flags and date */
};

/* A UID that this journal has noted as its own to remove; kept for good, since UIDs do not come back. */
struct dc_decide_removal {
	uint32_t uidvalidity;
	uint32_t uid;
	struct dc_print message;
};

struct dc_entry {
	struct dc_core now;
	struct dc_core
		was; /* of intended, replacing and being withdrawn: the state before, whole */
	const struct dc_past *past; /* oldest first */
	size_t n_past;
	const struct dc_core *doubts; /* appends that may still arrive */
	size_t n_doubts;
	const struct dc_decide_removal *removals;
	size_t n_removals;
};

/* A message in the folder under the draft's identity. */
struct dc_decide_copy {
	uint32_t uid;     /* a sink without UIDs: a number that stands for the name */
	bool marked;      /* \Deleted, whoever set it */
	bool has_digest;  /* needed where the size is that of a print of the entry or row */
	bool same_fields; /* needed in states nothing, failed, removed only */
	struct dc_print message;
};

struct dc_decide_account {
	bool has_uids;    /* IMAP; else rules 1, 3 and 8 do not apply */
	bool has_uidplus; /* a single message can be expunged */
	bool any_copy;    /* any draft of the account that the journal knows has a copy */
	bool foreign_uid; /* a journalled UID stands under another identity */
	bool complete; /* every UID from the entry's noted one on is there, less our own removals */
	uint32_t uidvalidity;
	uint32_t uidnext;
	uint32_t first_uidnext;    /* UIDNEXT when this UIDVALIDITY was first seen */
	uint32_t seen_uidvalidity; /* 0 = never seen */
	uint32_t seen_uidnext;     /* the highest under seen_uidvalidity */
};

enum dc_decide_presence {
	DC_DECIDE_ROW_PRESENT,
	DC_DECIDE_ROW_GONE,       /* and the source cannot be trusted to say so */
	DC_DECIDE_ROW_GONE_SURELY /* complete, same profile and owner, not older than the journal */
};

struct dc_decide_row {
	enum dc_decide_presence presence;
	bool asked; /* chosen by --draft, --since and their like */
	bool has_modified;
	int64_t modified;
	uint64_t form;
	uint8_t digest[32];
	struct dc_print message; /* as it would be composed today */
};

struct dc_wanted {
	bool roll_back; /* else deliver */
	bool remove_gone;
	bool recompose;
	bool redeliver;
	bool redelivered;    /* rule R has changed this draft's entry: it speaks once */
	int64_t run;         /* of this run, for what it delivers */
	const int64_t *runs; /* to be rolled back */
	size_t n_runs;
};

enum dc_step {
	DC_STEP_LEAVE,  /* nothing more to do for this draft in this run */
	DC_STEP_RECORD, /* write, decide again with the same look */
	DC_STEP_APPEND, /* write, append (put_back: the bytes of the past), look again */
	DC_STEP_REMOVE, /* write the removal's note, remove the UID, look again */
	DC_STEP_LOOK,   /* fetch the digest of copy `removal.uid`, decide again */
	DC_STEP_STOP    /* the account stops; nothing is written */
};

/* Of several statuses on the way the one with the highest number is reported. */
enum dc_status {
	DC_STATUS_NONE,
	DC_STATUS_SOURCE_GONE,
	DC_STATUS_UNCHANGED,
	DC_STATUS_DELIVERED,
	DC_STATUS_UPDATED,
	DC_STATUS_WITHDRAWN,
	DC_STATUS_ROLLED_BACK,
	DC_STATUS_KEPT,
	DC_STATUS_FAILED
};

enum dc_past_change {
	DC_PAST_SAME,
	DC_PAST_PUSH, /* the entry's `was`, with the bytes fetched before the append */
	DC_PAST_POP
};

struct dc_action {
	enum dc_rule rule;
	enum dc_step step;
	enum dc_status status;
	int finding; /* enum dc_finding_code; DC_NO_FINDING */
	bool writes; /* `now` and `was` replace those of the entry */
	struct dc_core now;
	struct dc_core was;
	enum dc_past_change past;
	bool adds_doubt;
	struct dc_core doubt;
	struct dc_decide_removal removal; /* of DC_STEP_REMOVE */
	bool takes_uidnext; /* --redeliver: the folder's UIDNEXT is the highest seen from now on */
};

#define DC_NO_FINDING (-1)

/* The next step. Never fails; every input has exactly one rule. */
void dc_decide(const struct dc_wanted *wanted, const struct dc_entry *entry,
	const struct dc_decide_copy *copies, size_t n_copies,
	const struct dc_decide_account *account, const struct dc_decide_row *row,
	struct dc_action *action);

/* A copy is about to be taken out because its row is gone: its bytes are to be kept, for a rollback. */
bool dc_decide_withdraws(const struct dc_entry *entry, const struct dc_action *action);

/*
 * An append that the server refused for good (a tagged NO): what never was there has failed, an update
 * is again what it was. The finding is the caller's.
 */
void dc_decide_refused(const struct dc_entry *entry, struct dc_action *action);

/* An append that the server answered with a believable UID: rule 7 without the look. */
void dc_decide_appended(const struct dc_entry *entry, uint32_t uid, struct dc_action *action);

#endif
