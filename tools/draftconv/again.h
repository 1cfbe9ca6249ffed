/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going through runs again, to verify them or to take them back; and saying what came of it. */
#ifndef TOOL_AGAIN_H
#define TOOL_AGAIN_H

#include "options.h"

/* draftconv_run_verify() or draftconv_run_rollback(), and how it is said what they did. */
struct going_again {
	const struct saying *saying;
	const struct reaching *reaching;
	bool dry_run;
	int (*go)(draftconv_run *run, const draftconv_recorded_options *options,
		draftconv_summary *summary, draftconv_error **error);
	const char *did;         /* "taken back from": stands between the run and its destination */
	const char *over;        /* behind the moment at which a run was taken back before */
	draftconv_outcome usual; /* drafts of this outcome need no line of their own */
};

/* Go through the runs of all journals again. @return the exit status */
int go_again(const struct recording *recording, const struct going_again *going);

#endif
