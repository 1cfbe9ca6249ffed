/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The journal: one SQLite file that knows what was delivered where, so that every draft arrives once.
 * It holds states, hashes and findings, no secret, and no body but those that an update replaced or
 * --remove-gone took out. A journal is used by one thread at a time; several programs may have the same file open.
 */
#ifndef DRAFTCONV_JOURNAL_H
#define DRAFTCONV_JOURNAL_H

#include <draftconv/error.h>
#include <draftconv/finding.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct draftconv_journal draftconv_journal;

/** What became of a draft in a run. */
typedef enum draftconv_outcome {
	DRAFTCONV_OUTCOME_DELIVERED,
	DRAFTCONV_OUTCOME_UNCHANGED, /**< already there */
	DRAFTCONV_OUTCOME_UPDATED,   /**< the row changed; the copy was replaced */
	DRAFTCONV_OUTCOME_KEPT,   /**< the user went on with it, or it cannot be told: left alone */
	DRAFTCONV_OUTCOME_FAILED, /**< see its findings */
	DRAFTCONV_OUTCOME_NO_ACCOUNT,    /**< the accounts file has no such owner; not tried */
	DRAFTCONV_OUTCOME_WOULD_DELIVER, /**< of a dry run or a check, as the next two */
	DRAFTCONV_OUTCOME_WOULD_UPDATE,
	DRAFTCONV_OUTCOME_WITHDRAWN,      /**< gone from the source, taken back; counted apart */
	DRAFTCONV_OUTCOME_WOULD_WITHDRAW, /**< the same in a dry run; counted apart */
	DRAFTCONV_OUTCOME_SOURCE_GONE, /**< delivered once, gone from the source; counted apart */
	DRAFTCONV_OUTCOME_ROLLED_BACK, /**< of a rollback */
	DRAFTCONV_OUTCOME_VERIFIED,    /**< of a verification, as the next three: there, as sent */
	DRAFTCONV_OUTCOME_MISSING,     /**< no longer there */
	DRAFTCONV_OUTCOME_CHANGED,     /**< there with other bytes */
	DRAFTCONV_OUTCOME_UNVERIFIED,  /**< it cannot be told */
	DRAFTCONV_OUTCOME_WOULD_ROLL_BACK, /**< of a rollback's dry run */
	DRAFTCONV_OUTCOME_COUNT
} draftconv_outcome;

/** "delivered", "would-deliver" … @return [transfer none] static */
DRAFTCONV_API const char *draftconv_outcome_name(draftconv_outcome outcome);

/** One draft of a run, or of a journal. Strings are valid during the call that brings it. */
typedef struct draftconv_result {
	size_t struct_size;
	const char *run;   /**< "" when nothing was journalled */
	const char *draft; /**< its key */
	const char *owner;
	draftconv_outcome outcome;
	const char *message_id; /**< without angle brackets; "" when there is no message */
	const char *subject;
	uint64_t bytes;          /**< size of the message; 0 when there is none */
	const char *destination; /**< "login@host/folder" or a path; "" when there is none */
	const char *folder;      /**< "" for sinks that are no IMAP folder */
	uint32_t uidvalidity;    /**< 0 when not known, as UID */
	uint32_t uid;
	const char *name; /**< of the file, for sinks without UIDs; else "" */
	/**
	 * What a rollback said of it later, or the latest verify where that was missing, changed or
	 * unverified; DRAFTCONV_OUTCOME_COUNT: nothing. Journals only.
	 */
	draftconv_outcome afterwards;
	size_t finding_count;
	const draftconv_finding *const *findings;
	/** The run that the draft's copy there is from, "" or NULL: not known. Journals only, as the next. */
	const char *brought_by;
	/**
	 * What that copy is by now, whichever run or rollback came last: delivered, unchanged (found there),
	 * kept (the user went on with it), rolled-back, withdrawn, failed. Counts with `brought_by` alone.
	 */
	draftconv_outcome stands;
} draftconv_result;

/** One run of a journal. Strings are valid during the call that brings it. */
typedef struct draftconv_run_info {
	size_t struct_size;
	const char *run;    /**< its id */
	const char *ticket; /**< "" when none was given, as all of these */
	const char *who;
	const char *source;
	const char *destination;
	const char *profile;
	const char *version;   /**< of this library */
	int64_t started_s;     /**< seconds since 1970 UTC */
	int64_t ended_s;       /**< 0: it did not end by itself */
	bool rolled_back;      /**< as a whole */
	int64_t rolled_back_s; /**< when; 0: not, or by a version that did not note it */
	int64_t verified_s;    /**< when it was last verified as a whole; 0: never */
	uint64_t unverified;   /**< drafts that were not as they were sent then */
	const char *failure;   /**< what stopped it, in words; "" when nothing did */
	uint64_t counts[DRAFTCONV_OUTCOME_COUNT]; /**< drafts by outcome */
	uint64_t afterwards
		[DRAFTCONV_OUTCOME_COUNT]; /**< and by what a rollback or verify said of them later */
	bool source_damaged; /**< its source was cut or damaged: there may have been more drafts */
	const char
		*place;  /**< "login@host/folder" or a path, when it went to one; "" or NULL: not */
	bool has_places; /**< it went to several: each account has its own */
} draftconv_run_info;

/** Which runs and drafts of a journal are meant; NULL and NULL-terminated lists as in selection.h. */
typedef struct draftconv_journal_filter {
	size_t struct_size;
	const char *const *runs;
	const char *ticket;
	const char *const *owners;
} draftconv_journal_filter;

/**
 * Open a journal.
 *
 * @param path    file name; its folder is made (0700) when CREATE is set
 * @param create  make it (0600) when it is not there
 * @param journal [out, transfer full] release with draftconv_journal_free()
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_NOT_FOUND when it is not there; DRAFTCONV_ERROR_OUTPUT when it
 *         cannot be opened or written; DRAFTCONV_ERROR_DAMAGED when it is no journal, or of a newer version
 */
DRAFTCONV_API int draftconv_journal_open(
	const char *path, bool create, draftconv_journal **journal, draftconv_error **error);

/**
 * Open a journal only to list and report what it knows; where it cannot be written (a mount that is
 * read-only, another user's file) it is read as it is.
 *
 * @param path    file name
 * @param journal [out, transfer full] release with draftconv_journal_free()
 * @return as draftconv_journal_open()
 */
DRAFTCONV_API int draftconv_journal_open_reading(
	const char *path, draftconv_journal **journal, draftconv_error **error);

/** Close a journal. @param journal [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_journal_free(draftconv_journal *journal);

/**
 * The runs of a journal, oldest first.
 *
 * @param filter   [may be NULL] `owners`: runs that touched one of them
 * @param callback called for each; a negative answer ends the listing and is returned
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_NOT_FOUND for a run id that the journal does not know;
 *         DRAFTCONV_ERROR_DAMAGED; what the callback answered; DRAFTCONV_ERROR_TEMPORARY while another
 *         program writes; DRAFTCONV_ERROR_OUTPUT when the file cannot be read
 */
DRAFTCONV_API int draftconv_journal_runs(draftconv_journal *journal,
	const draftconv_journal_filter *filter,
	int (*callback)(void *user, const draftconv_run_info *info), void *user,
	draftconv_error **error);

/**
 * What the runs said of their drafts, by run, owner and key.
 *
 * @param filter   [may be NULL] `owners`: only their drafts
 * @param callback called for each draft; a negative answer ends the listing and is returned
 * @return as draftconv_journal_runs(): DRAFTCONV_ERROR_NOT_FOUND, _DAMAGED, what the callback answered;
 *         DRAFTCONV_ERROR_TEMPORARY while another program writes; DRAFTCONV_ERROR_OUTPUT
 */
DRAFTCONV_API int draftconv_journal_results(draftconv_journal *journal,
	const draftconv_journal_filter *filter,
	int (*callback)(void *user, const draftconv_result *result), void *user,
	draftconv_error **error);

/** What was erased of a run. Strings are valid during the call that brings it. */
typedef struct draftconv_forgotten {
	size_t struct_size;
	const char *run;
	const char *ticket;
	const char *destination;
	bool dry_run;
	uint64_t drafts;   /**< whose subjects and details of findings were erased */
	uint64_t bodies;   /**< kept for a rollback; it leaves those drafts alone from now on */
	const char *place; /**< as in draftconv_run_info, of the owners that are meant */
} draftconv_forgotten;

/**
 * Erase subjects, details of findings and kept bodies from a journal, and give their bytes back to the file
 * system. Hashes and states stay, so that exactly-once does; so do owners, keys and times. What cannot be
 * waited for while another program has the journal open is erased, but may still stand in the file.
 *
 * @param filter   [may be NULL] which runs, and of these which owners
 * @param before_s [may be NULL] only runs that began before this moment, in seconds since 1970 UTC
 * @param dry_run  count only; writes nothing at all
 * @param callback [may be NULL] called for each run; a negative answer undoes everything and is returned
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT when nothing says what is meant; NOT_FOUND for a run id that
 *         the journal does not know; TEMPORARY when another program has it open: call again; OUTPUT; what
 *         the callback answered
 */
DRAFTCONV_API int draftconv_journal_forget(draftconv_journal *journal,
	const draftconv_journal_filter *filter, const int64_t *before_s, bool dry_run,
	int (*callback)(void *user, const draftconv_forgotten *forgotten), void *user,
	draftconv_error **error);

#ifdef __cplusplus
}
#endif

#endif
