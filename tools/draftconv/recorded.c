/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recorded.h"

#include "output.h"

int
for_each_journal(const struct recording *recording,
	int (*each)(void *user, draftconv_journal *journal, const char *path,
		const draftconv_journal_filter *filter),
	void *user)
{
	const draftconv_journal_filter filter = {.struct_size = sizeof filter,
		.runs = (const char *const *)recording->runs,
		.ticket = recording->ticket,
		.owners = (const char *const *)recording->owners};
	g_autofree char *one = journal_path(recording);
	char *only[] = {one, NULL};
	char **paths = recording->journals != NULL ? recording->journals : only;
	int status = 0;

	for (; *paths != NULL; paths++) {
		g_autoptr(draftconv_journal) journal = NULL;
		g_autoptr(draftconv_error) error = NULL;

		if (draftconv_journal_open(*paths, false, &journal, &error) < 0)
			status = worse_status(status, report_error(error));
		else
			status = worse_status(status, each(user, journal, *paths, &filter));
	}
	return status;
}
