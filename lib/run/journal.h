/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The journal as the run engine uses it. In: what decide() says, written before and after each act; out:
 * entries, accounts, runs. An entry is found by destination (dc_mailbox_destination(), or the name of
 * --destination) and identity (the part of the Message-ID before "@"). Every write is durable when the
 * outermost transaction ends. No secret comes in here, and no body but those that an update replaced
 * or --remove-gone took out.
 */
#ifndef DC_RUN_JOURNAL_H
#define DC_RUN_JOURNAL_H

#include "lib/base/content.h"
#include "lib/base/error.h"
#include "lib/base/findings.h"
#include "lib/base/turn.h"
#include "lib/run/decide.h"

#include <draftconv/journal.h>

#include <gio/gio.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_journal, draftconv_journal_free)

/* ---- transactions: they nest; only the outermost one writes to the disk ---- */

int dc_journal_begin(draftconv_journal *journal, draftconv_error **error);
int dc_journal_commit(draftconv_journal *journal, draftconv_error **error);
/* How many are open, for who must not come between them; NULL of no journal. [transfer none] */
const unsigned *dc_journal_depth(const draftconv_journal *journal);
/* Undo: an inner one lets the outermost commit fail. */
void dc_journal_abort(draftconv_journal *journal);

/* ---- runs ---- */

struct dc_journal_run {
	const char *ticket; /* "" when there is none, as all of these */
	const char *who;
	const char *source;
	const char
		*destination; /* for people: "login@host/folder", or the sink argument of a batch */
	const char *sink;     /* what --to said, without secrets: for rollback */
	const char *login;    /* the --login template, "" for none; for rollback as the next ones */
	const char *ca_file;
	const char *authenticate_as;
	const char *master_separator;
	int tls; /* enum draftconv_sink_tls */
	const char *profile;
	const char *profile_identity;
	unsigned profile_version;
	bool source_damaged; /* cut, or damaged: there may have been more in it */
};

/* Begin a run. NUMBER [out] goes into entries; ID [out, 32 bytes] is what people type. */
int dc_journal_run_begin(draftconv_journal *journal, const struct dc_journal_run *run,
	int64_t *number, char id[32], draftconv_error **error);

/* A run came to its end by itself; FAILURE: what stopped it, "" when nothing did. */
int dc_journal_run_end(
	draftconv_journal *journal, int64_t number, const char *failure, draftconv_error **error);

/* What was said of a draft in a run, its findings included; a second call replaces the first. */
int dc_journal_say(draftconv_journal *journal, int64_t number, const char *destination,
	const draftconv_result *result, draftconv_error **error);

/* Drop a run that entered no account and said nothing of a draft. DROPPED [out]: whether it was one. */
int dc_journal_run_drop(
	draftconv_journal *journal, int64_t number, bool *dropped, draftconv_error **error);

/* Whether run ID said anything of a draft. @return 1, 0 or negative */
int dc_journal_said(draftconv_journal *journal, const char *id, const char *owner, const char *key,
	draftconv_error **error);

/* What a rollback said of it; what the run had said stays. */
int dc_journal_say_afterwards(draftconv_journal *journal, int64_t number, const char *destination,
	const draftconv_result *result, draftconv_error **error);

/*
 * What a verify found of it, until the next one: missing, changed, unverified, or DRAFTCONV_OUTCOME_COUNT for
 * as it was sent. The word of a rollback stays, and of a draft that the run said nothing of nothing is kept.
 */
int dc_journal_say_verified(draftconv_journal *journal, int64_t number, const char *destination,
	const draftconv_result *result, draftconv_error **error);

/* A run of the past: what dc_journal_run_begin() was told, and what became of it. Strings belong to it. */
struct dc_journal_run_row {
	int64_t number;
	char id[32];
	struct dc_journal_run run;
	bool ended; /* by itself */
	const char *failure;
	bool rolled_back;
	int64_t rolled_back_s; /* 0: not known */
	GStringChunk *strings;
};
typedef struct dc_journal_run_row dc_journal_run_row;
void dc_journal_run_row_free(dc_journal_run_row *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_journal_run_row, dc_journal_run_row_free)

/*
 * The runs that FILTER means, newest first.
 * @return 0: RUNS [out, transfer full] of dc_journal_run_row; NOT_FOUND for an unknown run id
 */
int dc_journal_runs_newest_first(draftconv_journal *journal, const draftconv_journal_filter *filter,
	GPtrArray **runs, draftconv_error **error);

/* The id of a run; "" when there is none. */
int dc_journal_run_id(
	draftconv_journal *journal, int64_t number, char id[32], draftconv_error **error);

/* Whether a run has had to do with more owners than these. @return 1, 0 or negative */
int dc_journal_run_has_others(draftconv_journal *journal, int64_t number, const char *const *owners,
	draftconv_error **error);

/* Whole runs only: one that was rolled back for some owners stays open, one that changed nothing, too. */
int dc_journal_run_rolled_back(draftconv_journal *journal, int64_t number, draftconv_error **error);

/* Whole runs only. UNVERIFIED: drafts that were not as they were sent. */
int dc_journal_run_verified(
	draftconv_journal *journal, int64_t number, uint64_t unverified, draftconv_error **error);

/* What a run said at a destination: SAID [out, transfer full] maps a Message-ID to its draftconv_outcome. */
int dc_journal_run_said(draftconv_journal *journal, int64_t number, const char *destination,
	GHashTable **said, draftconv_error **error);

/* Drafts that failed in a run before there was an entry for them: owner, draft, message_id, subject, place. */
int dc_journal_run_without_entry(draftconv_journal *journal, int64_t number,
	const char *const *owners,
	int (*each)(void *user, const draftconv_result *result, draftconv_error **error),
	void *user, draftconv_error **error);

/* The accounts of a run: where it wrote entries. Strings belong to the array. */
struct dc_journal_account {
	char *destination;
	char *owner; /* folded */
	char *login;
	char *folder;
	bool folder_created; /* by this run */
	char *spelled;       /* [out] the owner as its rows write it: what {owner} stood for */
};
int dc_journal_run_accounts(draftconv_journal *journal, int64_t number, const char *const *owners,
	GPtrArray **accounts, draftconv_error **error);

/* Where else a run of this journal has brought the draft of IDENTITY. [transfer full]; NULL: nowhere. */
char *dc_journal_elsewhere(
	draftconv_journal *journal, const char *destination, const char *identity);

/* ---- accounts ---- */

typedef struct dc_journal_lock dc_journal_lock;

/*
 * Lock an account of a destination against other runs on this machine. Waits up to TIMEOUT_S, without the TURN.
 * @return 0; DRAFTCONV_ERROR_TEMPORARY when another run holds it; CANCELLED
 */
int dc_journal_lock_account(draftconv_journal *journal, const char *destination, const char *owner,
	unsigned timeout_s, dc_turn *turn, GCancellable *cancellable, dc_journal_lock **lock,
	draftconv_error **error);
void dc_journal_unlock(dc_journal_lock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_journal_lock, dc_journal_unlock)

/* Note that a run works on an account; for rollback and `no-history`. */
int dc_journal_account_begin(draftconv_journal *journal, int64_t number,
	const struct dc_journal_account *account, draftconv_error **error);

/* What was seen of a destination's folder; all 0 when nothing was. */
struct dc_journal_folder {
	uint32_t uidvalidity;
	uint32_t uidnext;       /* the highest under this UIDVALIDITY */
	uint32_t first_uidnext; /* the first one under it */
};
int dc_journal_seen(draftconv_journal *journal, const char *destination,
	struct dc_journal_folder *folder, draftconv_error **error);
/* RAISE_ONLY: keep a higher UIDNEXT of the same UIDVALIDITY. */
int dc_journal_see(draftconv_journal *journal, const char *destination, uint32_t uidvalidity,
	uint32_t uidnext, bool raise_only, draftconv_error **error);

/* The account's charset decision of a profile identity and folded owner; NULL when there is none. */
int dc_journal_charset(draftconv_journal *journal, const char *identity, const char *owner,
	char **decision, draftconv_error **error);
int dc_journal_set_charset(draftconv_journal *journal, const char *identity, const char *owner,
	const char *decision, draftconv_error **error);

/* ---- entries ---- */

/* One entry with everything that belongs to it. */
typedef struct dc_journal_entry {
	char *identity;
	char *owner;  /* as its row writes it */
	char *folded; /* as it is compared */
	char *key;
	char *subject;         /* as delivered, for reports */
	char *message_id;      /* whole, without angle brackets */
	struct dc_entry entry; /* its arrays belong to this structure */
	char *name;            /* of sinks without UIDs: the file of `now` */
	char *was_name;        /* and of `was` */
} dc_journal_entry;
void dc_journal_entry_free(dc_journal_entry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_journal_entry, dc_journal_entry_free)

/* An entry of which nothing is known yet. [transfer full] */
dc_journal_entry *dc_journal_entry_new(const char *identity);

/* One entry. @return 1; 0 when the journal has none: ENTRY [out, transfer full] is then a new one */
int dc_journal_load(draftconv_journal *journal, const char *destination, const char *identity,
	dc_journal_entry **entry, draftconv_error **error);

/*
 * All entries of an owner (folded) at a destination, in the order of their identities; one at a time.
 * RUNS (may be NULL, N_RUNS) restricts to entries whose `now`, `was` or past is of one of these runs.
 */
typedef int (*dc_journal_entry_func)(void *user, dc_journal_entry *entry, draftconv_error **error);
int dc_journal_each(draftconv_journal *journal, const char *destination, const char *folded_owner,
	dc_journal_entry_func each, void *user, draftconv_error **error);

/* The same without what belongs to the entries: for what concerns the account as a whole. */
struct dc_journal_brief {
	const char *identity; /* [transfer none] during the call, as the next one */
	const char *key;
	enum dc_state state;
	bool has_modified;
	int64_t modified;
	uint32_t uidvalidity;
};
typedef void (*dc_journal_brief_func)(void *user, const struct dc_journal_brief *brief);
int dc_journal_each_brief(draftconv_journal *journal, const char *destination,
	const char *folded_owner, dc_journal_brief_func each, void *user, draftconv_error **error);

/*
 * The UIDs that the journal knows of at a destination under UIDVALIDITY (of `now`, what it replaces, and
 * noted removals that may still be there), with the identity that each belongs to: what a look fetches,
 * and what tells a restored store. KNOWN [out, transfer full] of struct dc_journal_uid, by UID; LOWEST_NOTED
 * [out] the lowest noted UIDNEXT of entries that are intended or in doubt, 0 when there is none.
 */
struct dc_journal_uid {
	uint32_t uid;
	bool removal; /* ours to remove: its absence is no gap */
	const char *identity;
};
int dc_journal_uids(draftconv_journal *journal, const char *destination, uint32_t uidvalidity,
	GArray **known, GStringChunk **strings, uint32_t *lowest_noted, draftconv_error **error);

/* A copy that an update is about to replace, on its way in; or one that a rollback puts back. */
struct dc_journal_replaced {
	GBytes *bytes; /* on its way in; what is put back stays in the journal until it is written */
	draftconv_journal *journal; /* where it stands, borrowed; NULL: nothing is put back */
	int64_t row;
	uint64_t size;
	unsigned flags;              /* enum dc_flag of the sink */
	const char *const *keywords; /* NULL-terminated, may be NULL */
	int64_t date_s;
	int date_offset_minutes;
};

/*
 * Write durably what an action says of an entry: `now`, `was`, the past, the doubt, the removal. REPLACED
 * (may be NULL) comes with the action that begins an update; it is kept with `was` and goes into the past
 * with DC_PAST_PUSH, or is forgotten when the append is. ENTRY is brought up to date, so that it can
 * be decided upon again. Owner, key, subject and message_id of ENTRY are written with it.
 */
int dc_journal_apply(draftconv_journal *journal, const char *destination, dc_journal_entry *entry,
	const struct dc_action *action, const struct dc_journal_replaced *replaced,
	draftconv_error **error);

/*
 * The newest of the past, for a put-back. @return 1; 0 when nothing is kept. REPLACED is filled, without
 * bytes; its keywords [transfer full] are freed with dc_journal_replaced_clear()
 */
int dc_journal_past(draftconv_journal *journal, const char *destination, const char *identity,
	struct dc_journal_replaced *replaced, draftconv_error **error);
/* Hand its bytes to WRITE, piece by piece. */
int dc_journal_past_write(const struct dc_journal_replaced *replaced, dc_write_func write,
	void *user, draftconv_error **error);
void dc_journal_replaced_clear(struct dc_journal_replaced *replaced);

#endif
