/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands over journals have in common: open each one, with the filter of the command line. */
#ifndef TOOL_RECORDED_H
#define TOOL_RECORDED_H

#include "options.h"

/* Called with an open journal and the filter of the command line. @return an exit status */
typedef int (*recorded_each)(void *user, draftconv_journal *journal, const char *path,
	const draftconv_journal_filter *filter);

/*
 * Call EACH for every journal that is meant and has a run that is meant. Status 66, said with the command
 * that lists the runs: a journal that is not there, a --run that none of them has, or no run at all of
 * --ticket or --owner.
 * @return the worst exit status
 */
int for_each_journal(const struct recording *recording, recorded_each each, void *user);

/* Of a run: the PLACE that it went to, when it is one and DESTINATION only says how places are called. */
const char *its_place(const char *destination, const char *place);

/* Whether all that is meant is there, before something is done about it. @return 0, or as above */
int check_recorded(const struct recording *recording);

#endif
