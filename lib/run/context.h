/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all parts of one run share, and how a run says what became of a draft. In: options of the caller;
 * out: results and counts, in the order of accounts and drafts. Nothing here decides anything.
 */
#ifndef DC_RUN_CONTEXT_H
#define DC_RUN_CONTEXT_H

#include "lib/run/journal.h"
#include "lib/run/pace.h"

#include <draftconv/run.h>

typedef struct dc_context {
	draftconv_journal
		*journal; /* NULL: nothing is journalled (check, "-", a dry run without one) */
	GCancellable *cancellable;
	bool dry_run;
	bool afterwards; /* what is said comes after the run, and stands beside what that said */
	int64_t number;  /* of the run in the journal */
	char id[32];
	unsigned retries;
	unsigned lock_timeout_s;
	draftconv_summary *summary;
	uint64_t total;
	dc_turn *turn; /* of several workers; NULL: there is one */
	dc_pace *pace; /* of all of them; NULL: there is no rate */
	/* Of a preflight: what the server says of the account at hand (NULL: none), what is to be sent. */
	struct dc_sink_checked *checked;
	uint64_t would_send;
	uint64_t would_send_bytes;
	uint64_t largest_bytes;
	void (*account)(void *user, const char *owner, const char *destination);
	void (*account_checked)(void *user, const draftconv_account_check *check);
	void (*result)(void *user, const draftconv_result *result);
	void (*progress)(void *user, uint64_t done, uint64_t total);
	void (*finding)(void *user, const draftconv_finding *finding);
	void *user;
} dc_context;

/* What is to be said of one draft; strings are borrowed, NULL counts as "". */
struct dc_said {
	const char *owner;
	const char *key;
	const char *message_id;
	const char *subject;
	const char *where;       /* for people */
	const char *destination; /* of the journal; NULL: not journalled */
	const char *folder;
	const char *name;
	uint64_t bytes;
	uint32_t uidvalidity;
	uint32_t uid;
	draftconv_outcome outcome;
	const dc_findings *findings; /* may be NULL */
};

/* Count it, journal it, hand it to the caller. */
int dc_context_say(dc_context *context, const struct dc_said *said, draftconv_error **error);

/* Tell what is about the run, not about one draft. */
void dc_context_tell(const dc_context *context, enum dc_finding_code code, const char *detail);

#endif
