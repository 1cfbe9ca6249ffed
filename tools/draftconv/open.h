/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The objects of the library that the options name: the source with its profile, its drafts, the sink.
 * In: what options.h parsed; out: open objects, or an exit status after having said why not.
 */
#ifndef TOOL_OPEN_H
#define TOOL_OPEN_H

#include "options.h"

/* Whether --profile NAME is a file, not a built-in one: what has a slash or is there is a file. */
bool is_profile_file(const char *name);

/* Open a profile by name or file. @return 0, or an exit status after having said why */
int open_profile(const char *name, draftconv_profile **profile);

/* Open the SOURCE arguments. @return 0, or an exit status after having said why */
int open_source(const struct reading *reading, char **sources, draftconv_source **source);

/* Open the SOURCE arguments and the profile. As open_source(). */
int open_reading(const struct reading *reading, char **sources, draftconv_source **source,
	draftconv_profile **profile);

/* What reading drafts needs, opened together. */
typedef struct opened {
	draftconv_source *source;
	draftconv_profile *profile;
	draftconv_drafts *drafts;
	bool needs_person; /* a finding about the source asks for one */
} opened_reading;

/*
 * Complain about ERROR, which reading SOURCE (may be NULL) gave, and about its damage, if it has any.
 * @return the exit status
 */
int report_reading_error(const draftconv_error *error, const draftconv_source *source);

/* Open all three, and say what was found in the source. @return 0, or an exit status after having said why */
int open_drafts(const struct reading *reading, char **sources, struct opened *opened);
void opened_clear(struct opened *opened);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(opened_reading, opened_clear)

/* Open the sink of --to. @return 0, or an exit status after having said why */
int open_reaching(const struct reaching *reaching, draftconv_sink **sink);

/*
 * Open the journal at PATH; without WRITES one that is not there is none, and not made.
 * @return 0, or an exit status after having said why
 */
int open_journal(const char *path, bool writes, draftconv_journal **journal);

#endif
