/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "open.h"

#include "output.h"

#include <string.h>

/* A name of a built-in profile, or a file: what has a slash or is there is a file. */
static int
load_profile(const char *name, draftconv_profile **profile, draftconv_error **error)
{
	if (strchr(name, '/') != NULL || g_file_test(name, G_FILE_TEST_EXISTS))
		return draftconv_profile_load(name, profile, error);
	return draftconv_profile_builtin(name, profile, error);
}

int
open_reading(const struct reading *reading, char **sources, draftconv_source **source,
	draftconv_profile **profile)
{
	g_autoptr(draftconv_error) error = NULL;
	const char *name = reading->profile == NULL ? "runbox4" : reading->profile;
	const struct draftconv_source_options options = {.struct_size = sizeof options,
		.database = reading->database,
		.temp_dir = reading->temp_dir};

	int status = load_profile(name, profile, &error);
	if (status < 0)
		return report_error(error);
	status = draftconv_source_open(
		(const char *const *)sources, g_strv_length(sources), &options, source, &error);
	if (status < 0)
		return report_error(error);
	return 0;
}

int
open_drafts(const struct reading *reading, char **sources, struct opened *opened)
{
	g_autoptr(draftconv_error) error = NULL;
	int status = open_reading(reading, sources, &opened->source, &opened->profile);

	if (status != 0)
		return status;
	if (draftconv_drafts_open(opened->source, opened->profile, &reading->selection,
		    reading->temp_dir, &opened->drafts, &error) < 0)
		return report_error(error);
	for (size_t i = 0; i < draftconv_drafts_finding_count(opened->drafts); i++) {
		const draftconv_finding *f = draftconv_drafts_finding(opened->drafts, i);

		say_finding(f);
		opened->needs_person = opened->needs_person || needs_person(f);
	}
	return 0;
}

void
opened_clear(struct opened *opened)
{
	draftconv_drafts_free(opened->drafts);
	draftconv_source_free(opened->source);
	draftconv_profile_free(opened->profile);
}

int
open_reaching(const struct reaching *reaching, draftconv_sink **sink)
{
	g_autoptr(draftconv_error) error = NULL;

	if (draftconv_sink_open(reaching->to, &reaching->options, sink, &error) < 0)
		return report_error(error);
	return 0;
}
