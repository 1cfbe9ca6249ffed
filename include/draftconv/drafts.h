/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading drafts: a source seen through a profile gives accounts, and their drafts one after the other.
 * What is read is decided once, at opening; nothing grows with the number of drafts.
 */
#ifndef DRAFTCONV_DRAFTS_H
#define DRAFTCONV_DRAFTS_H

#include <draftconv/draft.h>
#include <draftconv/profile.h>
#include <draftconv/selection.h>
#include <draftconv/source.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Drafts being read; used by one thread at a time. Source and profile must outlive it. */
typedef struct draftconv_drafts draftconv_drafts;

/** An account of the source. Strings are UTF-8 and valid during the call that brings it. */
typedef struct draftconv_account {
	size_t struct_size;
	const char *owner;
	const char *name;  /**< "" when not known */
	const char *login; /**< at the mail server, as the profile says; "" when it does not */
	const char *const *addresses; /**< NULL-terminated */
	uint64_t drafts;              /**< selected ones */
	bool has_newest;
	int64_t newest_s;      /**< last modification of all its drafts, seconds since 1970 UTC */
	int newest_offset_min; /**< what the profile's time zone was ahead of UTC then */
} draftconv_account;

/**
 * Read the source and work out which drafts are meant.
 *
 * @param selection [may be NULL] copied
 * @param temp_dir  [may be NULL] where the stage is kept meanwhile; needs about a sixteenth of the dump, up
 *                  to three times its size when all drafts are short
 * @param drafts    [out, transfer full] release with draftconv_drafts_free(); untouched on failure
 * @return DRAFTCONV_OK, also for a damaged source (see draftconv_source_describe());
 *         DRAFTCONV_ERROR_NOT_FOUND for an owner or key that the source does not know, with the nearest
 *         names; DRAFTCONV_ERROR_DAMAGED for the same when the source is cut;
 *         DRAFTCONV_ERROR_ARGUMENT for an address that several owners have;
 *         DRAFTCONV_ERROR_PROFILE when a statement fails or the source lacks its tables;
 *         DRAFTCONV_ERROR_OUTPUT when the disk is full
 */
DRAFTCONV_API int draftconv_drafts_open(draftconv_source *source, const draftconv_profile *profile,
	const draftconv_selection *selection, const char *temp_dir, draftconv_drafts **drafts,
	draftconv_error **error);

/** Stop reading. @param drafts [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_drafts_free(draftconv_drafts *drafts);

/** How many drafts are selected, and of how many accounts. @param accounts [out, may be NULL] */
DRAFTCONV_API uint64_t draftconv_drafts_count(const draftconv_drafts *drafts, uint64_t *accounts);

/** Findings about the source and its tables, not about a draft. */
DRAFTCONV_API size_t draftconv_drafts_finding_count(const draftconv_drafts *drafts);

/** @return [transfer none] NULL when there is no such finding; valid as long as DRAFTS */
DRAFTCONV_API const draftconv_finding *draftconv_drafts_finding(
	const draftconv_drafts *drafts, size_t index);

/**
 * The next draft: by folded owner, time of modification, key. One that cannot be delivered comes too, with
 * a finding of severity error. Attachments are read from the source when somebody asks for them.
 *
 * @param draft [out, transfer full] must be freed before DRAFTS
 * @return 1 for a draft, 0 at the end; DRAFTCONV_ERROR_DAMAGED, OUTPUT or PROFILE when reading fails
 */
DRAFTCONV_API int draftconv_drafts_next(
	draftconv_drafts *drafts, draftconv_draft **draft, draftconv_error **error);

/**
 * The accounts of DRAFTS, in the order of the folded owner: those with selected drafts, and, when the
 * selection says all_accounts or is NULL, those without drafts too.
 *
 * @param text     [may be NULL] only accounts of whose owner, name, login or addresses it is a part
 * @param callback a negative answer ends the listing and is returned
 */
DRAFTCONV_API int draftconv_drafts_accounts(draftconv_drafts *drafts, const char *text,
	int (*callback)(void *user, const draftconv_account *account), void *user,
	draftconv_error **error);

/** What became of a value of the source. */
typedef enum draftconv_use {
	DRAFTCONV_USE_FIELD, /**< it is the agreed column `field`, as it stands */
	DRAFTCONV_USE_COMPUTED, /**< the agreed column `field` is made by the statement, of what it reads */
	DRAFTCONV_USE_READ, /**< a statement of the profile reads it, to choose rows or to compute */
	DRAFTCONV_USE_NONE  /**< no statement of the profile reads it */
} draftconv_use;

/** A value of a source row behind a draft. Strings are UTF-8, valid during the call that brings it. */
typedef struct draftconv_source_value {
	size_t struct_size;
	const char *statement; /**< "drafts", "recipients", "headers" or "attachments" */
	size_t row;            /**< of that statement for this draft, from 0 */
	const char
		*target; /**< what the row is: of recipients the kind ("to"), of headers the field's
				    name, of attachments the number from 1; "" otherwise */
	const char *table; /**< "" with DRAFTCONV_USE_COMPUTED, as column and type */
	const char *column;
	const char *type; /**< in the words of CREATE TABLE; "" when it is not known */
	draftconv_use use;
	const char *field; /**< agreed column; "" with USE_READ and USE_NONE */
	bool is_known;     /**< false: the source row cannot be told; what follows is then empty */
	bool is_null;      /**< SQL's NULL */
	bool is_binary;    /**< no text: `text` is "" */
	const char *text;  /**< as it was decoded; of long ones the beginning */
	bool is_cut;       /**< `text` is only the beginning */
	uint64_t size;     /**< bytes of the whole */
	const char *
		charset; /**< how it was decoded, for people; "" when there was nothing to decide */
} draftconv_source_value;

/**
 * Tell where a draft comes from: every column of every source row behind it, and what the profile's
 * statements make of them, statement by statement, row by row, table by table.
 *
 * @param draft    the one that draftconv_drafts_next() gave last
 * @param callback a negative answer ends the telling and is returned
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT when DRAFT is another one; as draftconv_drafts_next()
 */
DRAFTCONV_API int draftconv_drafts_explain(draftconv_drafts *drafts, const draftconv_draft *draft,
	int (*callback)(void *user, const draftconv_source_value *value), void *user,
	draftconv_error **error);

#ifdef __cplusplus
}
#endif

#endif
