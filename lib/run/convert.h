/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A conversion: what the parts of `convert` share. items.c makes items of drafts, gone.c finds what the
 * source no longer has, convert.c walks the accounts.
 */
#ifndef DC_RUN_CONVERT_H
#define DC_RUN_CONVERT_H

#include "lib/draft/read.h"
#include "lib/run/batch.h"

typedef struct dc_conversion {
	dc_context context;
	const draftconv_run_options *options;
	draftconv_drafts *drafts;
	const dc_account *account;
	uint64_t form;        /* profile version and form of source */
	GHashTable *accounts; /* rows of the accounts file by folded owner; NULL: there is none */
	unsigned refused_in_row;
	bool any_login;
} dc_conversion;

/* What stands for profile version and form of source in entries, DC_FORM_DAMAGED with them. */
uint64_t dc_conversion_form(const draftconv_run_options *options, const draftconv_drafts *drafts);

/* A draft becomes an item: composed, with its entry. One that cannot be delivered is `failed`. SESSION may be
 * NULL. */
int dc_conversion_item(const dc_conversion *conversion, const dc_session *session,
	const draftconv_draft *draft, dc_item **result, draftconv_error **error);

/* Read the next batch of the account. @return 1 when there may be more, 0 at the end */
int dc_conversion_batch(const dc_conversion *conversion, const dc_session *session,
	GPtrArray *items, draftconv_error **error);

/* Decide about what this destination has of the account and the source has not. */
int dc_conversion_gone(const dc_conversion *conversion, dc_session *session,
	const struct dc_wanted *wanted, draftconv_error **error);

/*
 * The accounts of which this destination has drafts and the source has none: where the source surely tells,
 * each of them is given to VISIT as the conversion's account, one without drafts.
 */
int dc_conversion_idle(dc_conversion *conversion,
	int (*visit)(dc_conversion *conversion, draftconv_error **error), draftconv_error **error);

/* Walk all accounts. */
int dc_conversion_walk(dc_conversion *conversion, draftconv_error **error);

#endif
