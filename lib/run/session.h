/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One account at one destination: its open mailbox, the latest look into it, and what the journal knows
 * of it. In: an account and a sink; out: the world as decide() wants it, and acts that are carried out. It
 * reconnects when a connection dies, and never acts on its own.
 */
#ifndef DC_RUN_SESSION_H
#define DC_RUN_SESSION_H

#include "lib/message/message.h"
#include "lib/run/contents.h"
#include "lib/run/context.h"
#include "lib/sink/sink.h"

/* A draft on its way, or an entry that has none (gone from the source, to be rolled back). */
typedef struct dc_item {
	draftconv_message *message; /* NULL: nothing to append but what is put back */
	dc_findings *findings;
	dc_journal_entry *entry;
	struct dc_decide_row row;
	bool failed;      /* cannot be delivered; nothing is decided */
	bool redelivered; /* rule R has had its say */
	bool done;
	bool unsendable;         /* its bytes could not be written: not tried again in this run */
	struct dc_action action; /* of the latest decision */
	enum dc_status status;   /* the strongest so far */
	draftconv_outcome would; /* of a dry run; DRAFTCONV_OUTCOME_COUNT: nothing */
	unsigned appends;        /* tried in this run */
	struct dc_journal_replaced put_back;
} dc_item;

dc_item *dc_item_new(void);
void dc_item_free(dc_item *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_item, dc_item_free)

typedef struct dc_session {
	dc_context *context;
	draftconv_sink *sink;
	struct dc_sink_account account;
	const char *folded;  /* the owner, as entries are found by it */
	dc_mailbox *mailbox; /* NULL: a dry run found no folder */
	char *destination;
	char *where;
	dc_journal_lock *lock;
	dc_look *look;        /* NULL: look before the next decision */
	dc_look *look_behind; /* came in the same write as the appends; the next look */
	GHashTable *seen;     /* uid -> struct dc_seen */
	GHashTable *held;     /* number of a copy -> its GByteArray, until decisions are made */
	uint64_t held_bytes;
	GHashTable *
		identities; /* of the account's entries → UIDVALIDITY; 0: sent since, or in doubt */
	dc_contents *contents; /* of the folder, as of the looks */
	uint32_t uidvalidity;  /* of the contents; 0: nothing was seen */
	uint32_t seen_to;      /* below this UID the contents are whole; 0: they are not */
	bool looks_at_all;     /* there is so much that the folder is looked at as a whole */
	bool foreign_uid;      /* a journalled UID stands under another identity */
	GHashTable *known; /* UIDs of the journal → identity, "" to be removed; NULL: not read */
	GArray *removals;  /* of these, guint32 ascending: ours to remove */
	GStringChunk *known_strings;
	uint32_t lowest_noted;
	struct dc_journal_folder folder; /* as the journal has seen it */
	unsigned failures;               /* connections lost in a row */
	bool in_doubt;      /* a connection or a run died with something on the wire: look twice */
	bool stopped;       /* folder-replaced */
	bool no_history;    /* the journal knew nothing of the account when it was opened */
	bool was_converted; /* all the same, drafts of it stand in the folder */
} dc_session;

/*
 * Open the mailbox, lock the account, read what the journal knows. DESTINATION is the journal's name of
 * the place; NULL: the mailbox's own. All pointers must outlive SESSION. @return as dc_sink_open_mailbox()
 */
int dc_session_open(dc_session *session, dc_context *context, draftconv_sink *sink,
	const struct dc_sink_account *account, const char *folded, const char *destination,
	draftconv_error **error);
void dc_session_close(dc_session *session);

/* Read what the journal knows of the account anew. */
int dc_session_refresh(dc_session *session, draftconv_error **error);

/* Look for the items, unless nothing has happened since the last look. */
int dc_session_look(dc_session *session, GPtrArray *items, draftconv_error **error);

/* The journal has been told of a UID; REMOVAL: ours to remove. */
void dc_session_know(dc_session *session, uint32_t uid, const char *identity, bool removal);

/* Forget what was seen and read: it is another folder. */
void dc_session_forget(dc_session *session);

/* The copies of an item in the latest look, with digests where decide() needs them. [transfer full] */
int dc_session_copies(
	dc_session *session, const dc_item *item, GArray **copies, draftconv_error **error);

/* Fetch all digests at once that the items' copies need. */
int dc_session_compare(dc_session *session, GPtrArray *items, draftconv_error **error);

/*
 * Fetch the digests that the latest decisions ask for (DC_STEP_LOOK), all at once. A copy that is gone
 * meanwhile is none of dc_session_copies() until the next look. While they are few enough, the bytes are held
 * for dc_session_save().
 */
int dc_session_digests(dc_session *session, GPtrArray *items, draftconv_error **error);

/* Let go of held bytes. */
void dc_session_let_go(dc_session *session);

/* A look tells anew what is there: for whoever takes it. */
void dc_session_forget_gone(dc_session *session);

/* The bytes, flags and date of a copy that is about to be replaced or withdrawn; bytes NULL when it is too long. */
int dc_session_save(dc_session *session, uint32_t uid, struct dc_journal_replaced *saved,
	draftconv_error **error);

void dc_session_facts(
	const dc_session *session, const dc_item *item, struct dc_decide_account *facts);

/* Write what ITEM's action says of its entry, in the journal or, in a dry run, in memory. */
int dc_session_record(dc_session *session, dc_item *item,
	const struct dc_journal_replaced *replaced, draftconv_error **error);

/* Store messages; LOOK: for ITEMS, behind the last one, in the same write (DELIVERY.md). */
int dc_session_put(dc_session *session, GPtrArray *items, struct dc_put *puts, size_t n, bool look,
	draftconv_error **error);

/* Carry out the appends and removals of all items that are not done, and look again. */
int dc_session_act(dc_session *session, GPtrArray *items, draftconv_error **error);

/* Open the mailbox anew after an error that may pass. @return 0, or the error when there is no more hope */
int dc_session_reopen(dc_session *session, int status, draftconv_error **error);

#endif
