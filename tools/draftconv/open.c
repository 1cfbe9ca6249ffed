/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "open.h"

#include "output.h"
#include "space.h"

#include <string.h>

bool
is_profile_file(const char *name)
{
	return strchr(name, '/') != NULL || g_file_test(name, G_FILE_TEST_EXISTS);
}

int
open_profile(const char *name, draftconv_profile **profile)
{
	g_autoptr(draftconv_error) error = NULL;
	int code = is_profile_file(name) ? draftconv_profile_load(name, profile, &error)
					 : draftconv_profile_builtin(name, profile, &error);

	return code < 0 ? report_error(error) : 0;
}

int
open_source(const struct reading *reading, char **sources, draftconv_source **source)
{
	g_autoptr(draftconv_error) error = NULL;
	const struct draftconv_source_options options = {.struct_size = sizeof options,
		.database = reading->database,
		.temp_dir = reading->temp_dir,
		.cancel = reading->cancel};
	int code = draftconv_source_open(
		(const char *const *)sources, g_strv_length(sources), &options, source, &error);

	if (code < 0)
		return report_error(error);
	warn_of_space(*source, reading->temp_dir);
	return 0;
}

int
open_reading(const struct reading *reading, char **sources, draftconv_source **source,
	draftconv_profile **profile)
{
	int status = open_profile(reading->profile == NULL ? "runbox4" : reading->profile, profile);

	return status != 0 ? status : open_source(reading, sources, source);
}

int
report_reading_error(const draftconv_error *error, const draftconv_source *source)
{
	if (draftconv_error_code(error) == DRAFTCONV_ERROR_CANCELLED)
		return report_interrupted();
	int status = report_error(error);

	if (source == NULL || !warn_of_damage(source))
		return status;
	return worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED));
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
		return report_reading_error(error, opened->source);
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

int
open_journal(const char *path, bool writes, draftconv_journal **journal)
{
	g_autoptr(draftconv_error) error = NULL;
	int status = draftconv_journal_open(path, writes, journal, &error);

	if (status == DRAFTCONV_ERROR_NOT_FOUND && !writes)
		return 0;
	return status < 0 ? report_error(error) : 0;
}
