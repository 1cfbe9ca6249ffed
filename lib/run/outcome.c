/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <draftconv/journal.h>

const char *
draftconv_outcome_name(draftconv_outcome outcome)
{
	static const char *const names[] = {
		[DRAFTCONV_OUTCOME_DELIVERED] = "delivered",
		[DRAFTCONV_OUTCOME_UNCHANGED] = "unchanged",
		[DRAFTCONV_OUTCOME_UPDATED] = "updated",
		[DRAFTCONV_OUTCOME_KEPT] = "kept",
		[DRAFTCONV_OUTCOME_FAILED] = "failed",
		[DRAFTCONV_OUTCOME_NO_ACCOUNT] = "no-account",
		[DRAFTCONV_OUTCOME_WOULD_DELIVER] = "would-deliver",
		[DRAFTCONV_OUTCOME_WOULD_UPDATE] = "would-update",
		[DRAFTCONV_OUTCOME_WITHDRAWN] = "withdrawn",
		[DRAFTCONV_OUTCOME_WOULD_WITHDRAW] = "would-withdraw",
		[DRAFTCONV_OUTCOME_SOURCE_GONE] = "source-gone",
		[DRAFTCONV_OUTCOME_ROLLED_BACK] = "rolled-back",
		[DRAFTCONV_OUTCOME_VERIFIED] = "verified",
		[DRAFTCONV_OUTCOME_MISSING] = "missing",
		[DRAFTCONV_OUTCOME_CHANGED] = "changed",
		[DRAFTCONV_OUTCOME_UNVERIFIED] = "unverified",
		[DRAFTCONV_OUTCOME_WOULD_ROLL_BACK] = "would-roll-back",
	};

	return names[outcome];
}
