/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The preflight of one account. In: what the server said of it and what a dry run would send; out:
 * findings for people. It asks nobody.
 */
#ifndef DC_RUN_CHECK_H
#define DC_RUN_CHECK_H

#include "lib/run/session.h"

/* Hand what is known of OWNER's account at WHERE to the caller. */
void dc_check_say(const dc_context *context, const char *owner, const char *where,
	draftconv_summary *summary);

#endif
