/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drafts of small sources for tests (tests/profile/world.h): read, and printed as text. */
#ifndef DC_TESTS_DRAFT_READING_H
#define DC_TESTS_DRAFT_READING_H

#include "lib/draft/read.h"
#include "tests/profile/world.h"

/* Reading that must succeed. */
draftconv_drafts *reading_open(
	dc_stage *stage, const draftconv_profile *profile, const draftconv_selection *selection);

/* What a draft holds, a line each, then its findings. [transfer full] */
char *reading_print(const draftconv_draft *draft);

/* The last draft of ROWS, read through a profile of the elements PROFILE_XML, must be WANT. */
void reading_expect(const char *profile_xml, const char *rows, const char *want);

#endif
