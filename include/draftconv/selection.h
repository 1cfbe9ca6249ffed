/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which drafts of a source are meant. A selection is a plain structure of the caller's: set
 * struct_size, leave at zero what is not asked for. Everything that reads drafts takes one, or NULL
 * for all drafts.
 */
#ifndef DRAFTCONV_SELECTION_H
#define DRAFTCONV_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** All strings are UTF-8, borrowed for the length of the call that gets them. */
typedef struct draftconv_selection {
	size_t struct_size; /**< sizeof(draftconv_selection) */

	/** Owners, NULL-terminated; compared as MySQL does (case and trailing blanks do not count). One
	 * of an owner's addresses will do when it is unambiguous. NULL: all. */
	const char *const *owners;
	/** Keys of drafts, NULL-terminated; NULL: all. */
	const char *const *keys;

	bool has_since; /**< only drafts modified at or after `since`; those without a date pass */
	int64_t since;  /**< seconds since 1970 UTC */
	bool has_until; /**< only drafts modified before `until`; those without a date pass */
	int64_t until;

	size_t limit; /**< at most so many, after all other filters; 0: no limit */

	unsigned shard_index; /**< K of K/N, from 0 */
	unsigned shard_count; /**< N of K/N; 0: no sharding */

	/** Directory for schemas that keep attachments as files; NULL: none. */
	const char *attachments_dir;
	/** Domain for recipients typed without one; NULL: they get a placeholder. */
	const char *default_domain;

	/** For draftconv_drafts_accounts(): accounts without drafts are accounts, too. */
	bool all_accounts;

	/** Read columns that no statement of the profile names, too: draftconv_drafts_explain() tells them. */
	bool all_columns;
} draftconv_selection;

#ifdef __cplusplus
}
#endif

#endif
