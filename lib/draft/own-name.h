/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the holder of an account is called. In: the plan's account, whose names were decoded without a
 * vote, and what the account decided; out: the names as its other texts are decoded. It never reads rows.
 */
#ifndef DC_DRAFT_OWN_NAME_H
#define DC_DRAFT_OWN_NAME_H

#include "lib/profile/plan.h"
#include "lib/text/decode.h"

/* True if a decision may make another name of one of ACCOUNT's: only then is a vote worth its time. */
bool dc_own_name_is_open(const dc_account *account);

/*
 * The name that stands with OWN, or the account's. @param decision [may be NULL] no vote was taken
 * @return [transfer full] NULL when none is known
 */
char *dc_own_name(const dc_account *account, const struct dc_account_address *own,
	const draftconv_profile *profile, const dc_text_decision *decision);

/* The account's own; the same. */
char *dc_own_name_of_account(const dc_account *account, const draftconv_profile *profile,
	const dc_text_decision *decision);

#endif
