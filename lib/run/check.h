/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The preflight of one account. In: what the server said of it and what a dry run would send; out:
 * findings for people. It asks nobody.
 */
#ifndef DC_RUN_CHECK_H
#define DC_RUN_CHECK_H

#include "lib/draft/read.h"
#include "lib/run/session.h"

/* Hand what is known of OWNER's account at WHERE to the caller. */
void dc_check_say(const dc_context *context, const char *owner, const char *where,
	draftconv_summary *summary);

/* The same of an account whose login was refused with WORDS: DRAFTS are not tried, FINDINGS say so. */
void dc_check_say_refused(const dc_context *context, const dc_account *account, const char *where,
	const char *words, const dc_findings *findings);

#endif
