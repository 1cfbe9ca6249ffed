/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The accounts file against the source: who is listed and not there? In: both; out: findings, or a refusal
 * when the file cannot be meant for this source. Who is there and not listed is for ways.h.
 */
#ifndef DC_RUN_LISTED_H
#define DC_RUN_LISTED_H

#include "lib/draft/read.h"

#include <draftconv/run.h>

/*
 * Only what was read can be told: with chosen owners nothing is.
 * @return 0; PROFILE when not one owner of the file is in the source, DAMAGED when that is cut; OUTPUT
 */
int dc_listed_check(const draftconv_run_options *options, draftconv_drafts *drafts,
	dc_findings *findings, draftconv_error **error);

#endif
