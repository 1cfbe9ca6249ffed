/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A conversion: what the parts of `convert` share. items.c makes items of drafts, gone.c finds what the
 * source no longer has, convert.c walks the accounts.
 */
#ifndef DC_RUN_CONVERT_H
#define DC_RUN_CONVERT_H

#include "lib/draft/read.h"
#include "lib/run/batch.h"

/* What the workers of a conversion share; whoever has the turn may touch it. */
typedef struct dc_crew {
	dc_turn turn; /* told of a login that went well, a mailbox that is free, and the end */
	GHashTable *
		open; /* mailboxes that somebody works in, by description; NULL: there is one worker */
	unsigned refused_in_row;
	bool any_login;
	bool over;  /* no account is left, or STATUS is negative */
	int status; /* why the run ends early, with ERROR */
	draftconv_error *error;
	unsigned workers;
} dc_crew;

typedef struct dc_conversion {
	dc_crew *crew;
	dc_context context;
	const draftconv_run_options *options;
	draftconv_drafts *drafts;
	const dc_account *account;
	uint64_t form;        /* profile version and form of source */
	GHashTable *accounts; /* rows of the accounts file by folded owner; NULL: there is none */
} dc_conversion;

/* What stands for profile version and form of source in entries, DC_FORM_DAMAGED with them. */
uint64_t dc_conversion_form(const draftconv_run_options *options, const draftconv_drafts *drafts);

/* A draft becomes an item: composed, with its entry. One that cannot be delivered is `failed`. SESSION may be
 * NULL. */
int dc_conversion_item(const dc_conversion *conversion, const dc_session *session,
	const draftconv_draft *draft, dc_item **result, draftconv_error **error);

/* Read the next batch of the account, of MOST drafts. @return 1 when there may be more, 0 at the end */
int dc_conversion_batch(const dc_conversion *conversion, const dc_session *session, unsigned most,
	GPtrArray *items, draftconv_error **error);

/* Decide about what this destination has of the account and the source has not. */
int dc_conversion_gone(const dc_conversion *conversion, dc_session *session,
	const struct dc_wanted *wanted, draftconv_error **error);

/* Walk the accounts that are left, one after the other. */
int dc_conversion_walk(dc_conversion *conversion, draftconv_error **error);

/* All accounts, by as many workers as the options want. */
int dc_conversion_work(dc_conversion *conversion, draftconv_error **error);

/* Whether the run goes on: another worker may have come upon what ends it. @return 0, or that, for itself */
int dc_crew_check(const dc_conversion *conversion, draftconv_error **error);

/* A login went well: from now on the others may try theirs. */
void dc_crew_login(dc_conversion *conversion);

/*
 * Have MAILBOX to oneself, as dc_sink_describe() calls it: two owners may have one. Waits until another worker
 * is done with it. dc_crew_leave() gives it back.
 */
void dc_crew_enter(dc_conversion *conversion, const char *mailbox);
void dc_crew_leave(dc_conversion *conversion, const char *mailbox);

/* How many drafts a batch has. */
unsigned dc_crew_batch(const dc_conversion *conversion);

#endif
