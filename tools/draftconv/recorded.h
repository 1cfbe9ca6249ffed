/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands over journals have in common: open each one, with the filter of the command line. */
#ifndef TOOL_RECORDED_H
#define TOOL_RECORDED_H

#include "options.h"

/*
 * Call EACH for every journal that is meant. A journal that is not there is an error: status 66.
 * @return the worst exit status
 */
int for_each_journal(const struct recording *recording,
	int (*each)(void *user, draftconv_journal *journal, const char *path,
		const draftconv_journal_filter *filter),
	void *user);

#endif
