/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way of every account, before the first message is on it. In: the sink, the accounts file, the
 * accounts with selected drafts; out: what the sink wants to know of an account, or a refusal. Nobody's
 * letters go into a stranger's mailbox (CONTRACT, Sinks). It opens nothing.
 */
#ifndef DC_RUN_WAYS_H
#define DC_RUN_WAYS_H

#include "lib/draft/read.h"
#include "lib/sink/sink.h"

#include <draftconv/run.h>

/* Rows of the accounts file by folded owner; NULL when there is no such file. [transfer full] */
int dc_ways_accounts(const draftconv_run_options *options, const draftconv_drafts *drafts,
	GHashTable **rows, draftconv_error **error);

/*
 * OWNER, found by FOLDED, as the sink wants it; strings are borrowed from the arguments.
 * @return false when there is an accounts file and it does not name the owner
 */
bool dc_ways_account(GHashTable *rows, const char *owner, const char *folded,
	const char *profile_login, struct dc_sink_account *account);

/* What goes a way at all: the others' drafts are of nobody, or of no account of the accounts file. */
struct dc_ways_tried {
	uint64_t drafts;
	uint64_t accounts;
};

/*
 * TRIED [out]. FINDINGS gets what a person should see before the first message: a mailbox that hardly is
 * meant, accounts that are not tried.
 * @return 0; PROFILE or ARGUMENT, with the accounts named, when a way cannot be spelled; ARGUMENT when
 *         several accounts would go into one mailbox and nobody said that it is meant
 */
int dc_ways_check(const draftconv_run_options *options, draftconv_drafts *drafts, GHashTable *rows,
	struct dc_ways_tried *tried, dc_findings *findings, draftconv_error **error);

/* Tell the `way` of OPTIONS of the accounts, until it has heard enough. @return as dc_ways_check() */
int dc_ways_tell(const draftconv_run_options *options, draftconv_drafts *drafts, GHashTable *rows,
	draftconv_error **error);

#endif
