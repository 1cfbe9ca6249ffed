/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of reports begin with. */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include <draftconv/journal.h>

/* A run of which nothing is known but its id. */
static inline draftconv_run_info
blank_run(const char *id)
{
	return (draftconv_run_info){.struct_size = sizeof(draftconv_run_info),
		.run = id,
		.ticket = "",
		.who = "",
		.source = "",
		.destination = "",
		.profile = "",
		.version = "",
		.failure = ""};
}

#endif
