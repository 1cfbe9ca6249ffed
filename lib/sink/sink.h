/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the run engine asks of a sink. In: a destination, an account, messages as functions that write
 * their bytes; out: what is in the folder, and an answer for each message. It never decides what to
 * append or remove, keeps no journal, and never removes a message that it was not told to. Over IMAP
 * it follows RFC 3501 and 9051, 3502, 4315, 6154, 7888.
 */
#ifndef DC_SINK_SINK_H
#define DC_SINK_SINK_H

#include <draftconv/sink.h>

#include "lib/base/content.h"
#include "lib/base/error.h"
#include "lib/base/turn.h"

#include <gio/gio.h>

#include <stdbool.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_sink, draftconv_sink_free)

/* One account as the run knows it. NULL where nobody said. */
struct dc_sink_account {
	const char *owner;
	const char *login;         /* the accounts file's */
	const char *folder;        /* the accounts file's, UTF-8 */
	const char *profile_login; /* the profile's, for the owner */
	bool several;              /* others go the same way, and must not go into one mailbox */
	dc_turn *turn;             /* given away while a server is waited for; NULL: never */
};

/* What kind of sink it is, before anything is opened. */
bool dc_sink_has_uids(const draftconv_sink *sink);
bool dc_sink_is_journalled(const draftconv_sink *sink); /* all but "-" */
bool dc_sink_can_remove(const draftconv_sink *sink);    /* else an update is a second message */
bool dc_sink_is_imap(const draftconv_sink *sink);

/*
 * What opens the same place again, without secrets; "" where nothing was given. [transfer none] TLS is an
 * enum draftconv_sink_tls. */
struct dc_sink_memory {
	const char *to;
	const char *login;
	const char *ca_file;
	const char *authenticate_as;
	const char *master_separator;
	int tls;
};
void dc_sink_remember(const draftconv_sink *sink, struct dc_sink_memory *memory);

/*
 * One login for every account: several owners need --all-into-one (CONTRACT, Sinks). HAS_ACCOUNTS: an
 * accounts file says what {login} is.
 */
bool dc_sink_has_fixed_login(const draftconv_sink *sink, bool has_accounts);
/*
 * May ACCOUNT have its mailbox in common with others, without anybody's word? A row of the accounts file was
 * written by a person, one by one, and a path without a placeholder was meant for all.
 */
bool dc_sink_may_share(const draftconv_sink *sink, const struct dc_sink_account *account);
/* Whether the login decides where an account's drafts go. */
bool dc_sink_uses_login(const draftconv_sink *sink);
/* false: what {login} stands for is of no account, the sink names another login. */
bool dc_sink_takes_login(const draftconv_sink *sink);
unsigned dc_sink_max_connections(const draftconv_sink *sink);
unsigned dc_sink_timeout_s(const draftconv_sink *sink);

/*
 * Into whose mailbox, and which folder of it, ACCOUNT's drafts go: both [out, transfer full], NULL where the
 * sink is no server or the server says. Errors as dc_sink_describe().
 */
int dc_sink_names(const draftconv_sink *sink, const struct dc_sink_account *account, char **login,
	char **folder, draftconv_error **error);

/* What {login} stands for. [transfer full] Errors as dc_sink_describe(). */
int dc_sink_login(const draftconv_sink *sink, const struct dc_sink_account *account, char **login,
	draftconv_error **error);

/*
 * "login@host/folder", or the file sink's path, with the account's names in their places; no secret.
 * @return 0; DRAFTCONV_ERROR_PROFILE when {local} or {domain} has nothing to stand for;
 *         DRAFTCONV_ERROR_ARGUMENT when a value cannot stand where it is wanted
 */
int dc_sink_describe(const draftconv_sink *sink, const struct dc_sink_account *account, char **text,
	draftconv_error **error);

/* The account's folder, opened. Used by one thread. */
typedef struct dc_mailbox dc_mailbox;

/*
 * Log in and open the folder that the sink, the account or the server names.
 * SINK must outlive MAILBOX [out, transfer full]; CANCELLABLE may be NULL, else it ends every function
 * below with DRAFTCONV_ERROR_CANCELLED.
 *
 * @return 0; DRAFTCONV_ERROR_REFUSED (login or permission), UNREACHABLE, TEMPORARY (cut, timeout, the
 *         server's own trouble: open again), NOT_FOUND (no such folder and MAY_CREATE is false), OUTPUT
 *         (a file sink cannot be written), PROFILE and ARGUMENT as dc_sink_describe()
 */
int dc_sink_open_mailbox(draftconv_sink *sink, const struct dc_sink_account *account,
	bool may_create, GCancellable *cancellable, dc_mailbox **mailbox, draftconv_error **error);

/* What a server says beyond what a delivery needs. Free with dc_sink_checked_clear(). */
struct dc_sink_checked {
	bool asked;   /* false: this kind of sink has nothing to say */
	char *folder; /* UTF-8 */
	bool folder_exists;
	bool read_only;
	unsigned permanent_flags;   /* enum dc_flag */
	char *rights;               /* RFC 4314; NULL when the server tells none */
	guint64 octets_left;        /* of the quota; G_MAXUINT64 when the server tells none */
	guint64 messages_left;      /* likewise */
	guint64 appendlimit;        /* octets; 0: nothing was said */
	gint64 certificate_until_s; /* seconds since 1970; 0: no TLS */
};
void dc_sink_checked_clear(struct dc_sink_checked *checked);

/*
 * As dc_sink_open_mailbox(), and ask the server about the account. Nothing is created or written.
 * @return as dc_sink_open_mailbox(); CHECKED is also filled with NOT_FOUND, for the folder that would be
 *         created
 */
int dc_sink_check(draftconv_sink *sink, const struct dc_sink_account *account,
	GCancellable *cancellable, struct dc_sink_checked *checked, dc_mailbox **mailbox,
	draftconv_error **error);

/* Log out, as far as the connection is alive, and free. MAILBOX may be NULL. */
void dc_mailbox_close(dc_mailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_mailbox, dc_mailbox_close)

/* Key of the journal: "imap HOST PORT LOGIN FOLDER", or the file sink. [transfer none] */
const char *dc_mailbox_destination(const dc_mailbox *mailbox);

/* "login@host/folder" or path, for people. [transfer none] */
const char *dc_mailbox_describe(const dc_mailbox *mailbox);

enum dc_flag {
	DC_FLAG_DRAFT = 1 << 0,
	DC_FLAG_SEEN = 1 << 1,
	DC_FLAG_FLAGGED = 1 << 2,
	DC_FLAG_ANSWERED = 1 << 3,
	DC_FLAG_DELETED = 1 << 4
};

struct dc_mailbox_facts {
	const char *folder;  /* UTF-8; "" for a file sink; valid as long as the mailbox */
	guint32 uidvalidity; /* 0 for a sink without UIDs, as are the next three */
	guint32 uidnext;
	guint32 exists;
	unsigned permanent_flags; /* enum dc_flag; what the folder keeps */
	bool keywords;            /* takes new keywords */
	bool uidplus;             /* can remove a single message (IMAP) */
	bool created;             /* this opening created the folder */
	bool read_only;
	guint64 appendlimit; /* octets; 0: nothing was said */
};

/* As of the opening or the latest look. [transfer none] */
const struct dc_mailbox_facts *dc_mailbox_facts(const dc_mailbox *mailbox);

/* What to look for; NULL and 0 for nothing. Lists need no order. */
struct dc_look_query {
	const char *const *identities; /* the part of the Message-ID before "@" */
	size_t n_identities;
	const guint32 *uids; /* journalled: are they there, and under which identity */
	size_t n_uids;
	const char *const *names; /* the same for sinks without UIDs */
	size_t n_names;
	guint32 from_uid; /* everything from here on as well; 0: no such wish */
};

/* A message that was found. Strings belong to the look. */
struct dc_copy {
	guint32 uid;      /* 0 for sinks without UIDs */
	const char *name; /* NULL for sinks with UIDs */
	const char
		*identity; /* what stands before "@" in its Message-ID; NULL when there is none */
	guint64 size;      /* RFC822.SIZE */
	unsigned flags;
	const char *const *keywords; /* NULL-terminated, never NULL */
	gint64 date_s;               /* internal date, seconds since 1970 */
	int date_offset_minutes;
};

struct dc_look {
	struct dc_mailbox_facts facts;
	const struct dc_copy *copies; /* by UID, ascending, none twice; else by name */
	size_t n_copies;
	/* private */
	GArray *found;
	GStringChunk *strings;
	GPtrArray *lists;
};
void dc_look_free(struct dc_look *look);
typedef struct dc_look dc_look;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_look, dc_look_free)

/* Look anew. @return 0, or TEMPORARY, CANCELLED, OUTPUT; then the mailbox can only be closed. */
int dc_mailbox_look(dc_mailbox *mailbox, const struct dc_look_query *query, struct dc_look **look,
	draftconv_error **error);

enum dc_put_outcome {
	DC_PUT_NOT_SENT = 0, /* nothing went out that the server could have stored */
	DC_PUT_STORED,       /* UID, or NAME; UID 0: stored, but look it up */
	DC_PUT_REFUSED,      /* see ANSWER */
	DC_PUT_UNKNOWN       /* the connection died with the command on the wire: look it up */
};

struct dc_put {
	/* In. What it points to stays valid during the call. */
	const char *identity;
	guint64 size; /* exactly what WRITE_MESSAGE writes; more or less ends the connection */
	/* Hand the whole message to WRITE, piece by piece. May be called again after a refused batch. */
	int (*write_message)(
		void *message, dc_write_func write, void *user, draftconv_error **error);
	void *message;
	unsigned flags; /* enum dc_flag; those that the folder does not keep are left out */
	const char *const *keywords; /* NULL-terminated, may be NULL; dropped where not taken */
	gint64 date_s;               /* internal date, 1970 to 2099 */
	int date_offset_minutes;
	/* Out; zero before. */
	enum dc_put_outcome outcome;
	guint32 uid;
	char *name;
	char *answer;   /* the server's words on a refusal */
	bool temporary; /* refused for a reason that may pass (quota, in use) */
	bool full;      /* refused because the mailbox has no room for it */
	bool keywords_dropped;
};
void dc_put_clear(struct dc_put *put);

/*
 * Store messages, in their order; a refusal stops none of the others. AFTER may be NULL, else it is
 * looked for behind the last message, in the same write where that can be; AFTER_LOOK [out, transfer
 * full] is then set on success.
 *
 * @return 0 when every put has an answer; else a negative error, and each OUTCOME says how far it came;
 *         the mailbox can then only be closed. DRAFTCONV_ERROR_DRAFT: a write_message failed or its
 *         size was wrong
 */
int dc_mailbox_put(dc_mailbox *mailbox, struct dc_put *puts, size_t n,
	const struct dc_look_query *after, struct dc_look **after_look, draftconv_error **error);

enum dc_remove_outcome {
	DC_REMOVE_NOT_SENT = 0, /* nothing was asked of the server yet */
	DC_REMOVE_DONE,
	DC_REMOVE_GONE,   /* it was not there: somebody was quicker */
	DC_REMOVE_MARKED, /* marked \Deleted; the server cannot remove a single message */
	DC_REMOVE_UNKNOWN /* the connection died meanwhile: look */
};

struct dc_removal {
	guint32 uid;
	const char *name;
	/*
	 * The message that takes its place and gets what flags it has beyond these: the user may have set
	 * them a moment ago. 0: none. Only where messages have UIDs.
	 */
	guint32 heir;
	unsigned heir_flags;
	const char *const *heir_keywords; /* NULL-terminated, may be NULL */
	/* Out; zero before. */
	enum dc_remove_outcome outcome;
	unsigned flags;  /* as seen when it was marked, \Deleted included */
	char **keywords; /* NULL-terminated; NULL when none were seen */
};
void dc_removal_clear(struct dc_removal *removal);

/* Remove messages by UID or name. Errors as for dc_mailbox_put(). */
int dc_mailbox_remove(
	dc_mailbox *mailbox, struct dc_removal *removals, size_t n, draftconv_error **error);

struct dc_fetch {
	guint32 uid;
	const char *name;
	guint64 size; /* as the look told it: a server that sends far more is cut off; 0: not known */
	dc_write_func write;
	void *user;
	bool found; /* out */
};

/*
 * Stream the bytes of messages, each to its own WRITE, in no certain order. A WRITE that fails ends the
 * call with its error.
 */
int dc_mailbox_fetch(
	dc_mailbox *mailbox, struct dc_fetch *fetches, size_t n, draftconv_error **error);

/*
 * Take back the creation of a folder. UIDVALIDITY: which one it was; UIDNEXT: behind the last message that
 * was put there, so that one who came later has it to himself; both mean nothing for a sink without UIDs.
 * @return 1 when it was empty and is gone, 0 when it stays, or error
 */
int dc_mailbox_delete_folder_if_empty(
	dc_mailbox *mailbox, guint32 uidvalidity, guint32 uidnext, draftconv_error **error);

#endif
