/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A run walks drafts down the whole road: source, profile, message, sink, with the journal. Everything
 * that it says comes through callbacks, in the order of accounts and drafts. One run object does one thing
 * and is freed; only draftconv_run_cancel() may be called from another thread meanwhile.
 *
 * With `jobs` a run has threads of its own. Then callbacks, also those of the sink's options, come from any
 * of them, but never from two at once, and whatever the caller gave for the call is used by one at a time.
 * An account's drafts come in their order, accounts in any.
 */
#ifndef DRAFTCONV_RUN_H
#define DRAFTCONV_RUN_H

#include <draftconv/accounts.h>
#include <draftconv/error.h>
#include <draftconv/journal.h>
#include <draftconv/profile.h>
#include <draftconv/selection.h>
#include <draftconv/sink.h>
#include <draftconv/source.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct draftconv_run draftconv_run;

/** What a run did, as counted; filled also when it ended early. */
typedef struct draftconv_summary {
	size_t struct_size; /**< set before the call */
	char run[32];       /**< its id, for rollback; "" when nothing was journalled */
	uint64_t drafts;    /**< read; the sum of the counts, less what is counted apart */
	uint64_t accounts;
	uint64_t undone; /**< selected, but the run ended before them */
	uint64_t counts[DRAFTCONV_OUTCOME_COUNT];
	bool needs_person;   /**< a draft failed, or a finding asks for a person: exit status 1 */
	bool source_damaged; /**< what is whole was read: exit status 65 */
} draftconv_summary;

/** What a mail server says of an account before anything is delivered. Strings are valid in the call. */
typedef struct draftconv_account_check {
	size_t struct_size;
	const char *owner;
	const char *destination; /**< "login@host/folder" */
	const char *folder;
	bool folder_exists; /**< else it would be created */
	const char *rights; /**< of the login in the folder (RFC 4314); "" when not told */
	uint64_t drafts;    /**< that would be sent */
	uint64_t bytes;     /**< of them all */
	uint64_t largest_bytes;
	bool has_quota;
	uint64_t quota_left_bytes;
	uint64_t message_limit_bytes; /**< 0: not told */
	int64_t certificate_until_s;  /**< seconds since 1970 UTC; 0: no TLS */
	size_t finding_count;
	const draftconv_finding *const *findings; /**< what a person should know of the account */
	/** What the server said when it refused the login; then `drafts` are the ones that are not tried, and
	 * the rest is not known. NULL: it did not. */
	const char *refused;
} draftconv_account_check;

/** How to run. All pointers are borrowed for the length of the call. */
typedef struct draftconv_run_options {
	size_t struct_size;

	draftconv_source *source;
	const draftconv_profile *profile;
	const draftconv_selection *selection; /**< NULL: all drafts */
	draftconv_sink *sink;                 /**< NULL: convert and count only (check) */
	draftconv_journal *journal;           /**< NULL only without a sink, or with "-" */

	const char *ticket;      /**< stored with the run; may be NULL, as the next three */
	const char *who;         /**< stored with the run */
	const char *source_name; /**< stored with the run: the SOURCE arguments */
	const char *destination; /**< name of the destination that stays when a host is renamed */
	const char *temp_dir;

	bool check;        /**< a dry run that also asks the server about each account */
	bool dry_run;      /**< say what would be done; writes nothing at all */
	bool all_into_one; /**< several owners into one fixed login are meant */
	bool recompose;    /**< replace copies that would be composed differently today */
	bool redeliver;    /**< deliver the selected drafts again, whatever became of them */
	/** Ids of runs, NULL-terminated: only drafts that these told of. NULL: all. */
	const char *const *redeliver_runs;
	bool remove_gone; /**< take back what is gone from the source */
	int retries;      /**< reconnections per account in a row; 0: 3; negative: none */

	const draftconv_accounts *accounts; /**< who is not in it is not tried; NULL: all are */
	unsigned max_refused;               /**< refused logins in a row that end the run; 0: 20 */
	int64_t max_errors; /**< more failed drafts end it; 0: none do; negative: the first */
	unsigned max_errors_percent; /**< more percent of the drafts end it; 0: no such limit */

	/** Accounts at the same time, while one waits for its server; 0: 1. Never more than the sink's
	 * max_connections; 1 for other sinks than IMAP. */
	unsigned jobs;
	unsigned rate_per_s; /**< drafts sent in a second, of all jobs together; 0: no limit */

	/**
	 * What is going to be tried, before anything is delivered: what was selected, less the drafts of
	 * nobody and of owners that the accounts file does not have. May be NULL, as all callbacks.
	 */
	void (*begin)(void *user, uint64_t drafts, uint64_t accounts);
	/**
	 * Behind `begin` and before the first login, for the accounts in their order, until it answers false:
	 * where the drafts will go, as far as it is known without asking the server which folder it has.
	 */
	bool (*way)(void *user, const char *owner, const char *destination);
	/** Before an account's first message: where its drafts go, in words for people. */
	void (*account)(void *user, const char *owner, const char *destination);
	/** With `check`, behind the account's last draft; for refused logins, too. */
	void (*account_checked)(void *user, const draftconv_account_check *check);
	/** A draft is done. */
	void (*result)(void *user, const draftconv_result *result);
	/** So many drafts of TOTAL are done. */
	void (*progress)(void *user, uint64_t done, uint64_t total);
	/** Something that is about the run, not about a draft; one line. */
	void (*finding)(void *user, const draftconv_finding *finding);
	void *user;
} draftconv_run_options;

/** @return [transfer full] release with draftconv_run_free() */
DRAFTCONV_API draftconv_run *draftconv_run_new(void);

/** Free a run. @param run [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_run_free(draftconv_run *run);

/** End RUN soon, with its journal whole. Any thread, also from a signal watcher. */
DRAFTCONV_API void draftconv_run_cancel(draftconv_run *run);

/**
 * Convert: deliver every selected draft exactly once. Without a sink nothing is delivered and each draft
 * is `would-deliver` or `failed`.
 *
 * @param summary [out] counts; set also on failure
 * @return DRAFTCONV_OK when the run came to its end (see SUMMARY for what needs a person);
 *         DRAFTCONV_ERROR_ARGUMENT: several owners into one fixed login, a journal is missing;
 *         DRAFTCONV_ERROR_NOT_FOUND: an owner or key that the source does not know; PROFILE; REFUSED: the
 *         first login; UNREACHABLE; TEMPORARY (also: max_refused or max_errors is reached); OUTPUT;
 *         CANCELLED
 */
DRAFTCONV_API int draftconv_run_convert(draftconv_run *run, const draftconv_run_options *options,
	draftconv_summary *summary, draftconv_error **error);

/** A run of the journal that was gone through again. Strings are valid during the call that brings it. */
typedef struct draftconv_recorded {
	size_t struct_size;
	const char *run;
	const char *ticket;
	const char *destination;
	bool dry_run;
	bool taken_back;      /**< it was taken back before: nothing was asked of the destination */
	int64_t taken_back_s; /**< when; 0: not known */
	bool incomplete;      /**< the run itself did not come to its end: more drafts may be due */
	const char *failure;  /**< what stopped it, in words; may be "" */
	const draftconv_summary *summary;
} draftconv_recorded;

/** Which runs of a journal, and how to reach where they delivered to. All pointers are borrowed. */
typedef struct draftconv_recorded_options {
	size_t struct_size;
	draftconv_journal *journal;
	const draftconv_journal_filter *filter; /**< a rollback wants at least one of its members */
	const char *to;       /**< another way to the same place; NULL: the run's */
	draftconv_sink *sink; /**< for a sink of one's own: itself; else NULL */
	const struct draftconv_sink_options
		*sink_options; /**< secrets; what is NULL comes from the run */
	bool dry_run;          /**< say what would be done; writes nothing at all */
	/** Before an account is looked at. May be NULL, as the others. */
	void (*account)(void *user, const char *owner, const char *destination);
	/** A draft is done. */
	void (*result)(void *user, const draftconv_result *result);
	/** A run is done. */
	void (*run_done)(void *user, const draftconv_recorded *done);
	void *user;
} draftconv_recorded_options;

/**
 * Read back what runs delivered, newest run first, and compare every byte with what was sent. Flags are
 * no part of it, and drafts that a later run has replaced are compared with what that one sent. Each draft
 * is `verified`, `missing`, `changed`, `unverified` (it cannot be told), `kept` (the user went on with it,
 * as the journal knows), `failed` (no run has delivered it), or taken back since. Nothing is changed at the
 * destination; the journal notes when a run was verified as a whole.
 *
 * @param summary [out] of all runs together; `needs_person` when a draft is missing, was never delivered,
 *                or is not what was sent and the user's own text does not stand in its place
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT without a journal; DRAFTCONV_ERROR_NOT_FOUND when the
 *         journal has no such run; DRAFTCONV_ERROR_UNREACHABLE, _REFUSED, _TEMPORARY, _OUTPUT of the
 *         destination or the journal; DRAFTCONV_ERROR_CANCELLED
 */
DRAFTCONV_API int draftconv_run_verify(draftconv_run *run,
	const draftconv_recorded_options *options, draftconv_summary *summary,
	draftconv_error **error);

/**
 * Take runs back, newest first: remove exactly the messages that they appended and nobody has touched
 * since, and put back the copies that they replaced.
 *
 * @param summary [out] of all runs together; no accounts when all of them were taken back before
 * @return as draftconv_run_convert(); DRAFTCONV_ERROR_NOT_FOUND when the journal has no such run
 */
DRAFTCONV_API int draftconv_run_rollback(draftconv_run *run,
	const draftconv_recorded_options *options, draftconv_summary *summary,
	draftconv_error **error);

#ifdef __cplusplus
}
#endif

#endif
