/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options-entries.h"

void
options_add_saying(GOptionContext *context, struct saying *s)
{
	const GOptionEntry entries[] = {
		ENTRY("json", G_OPTION_ARG_NONE, &s->json, "one JSON object a line", NULL),
		ENTRY("quiet", G_OPTION_ARG_NONE, &s->quiet,
			"no messages but errors and empty answers; results stay", NULL),
		ENTRY("verbose", G_OPTION_ARG_NONE, &s->verbose, "every finding in plain words",
			NULL),
		ENTRY("progress", G_OPTION_ARG_NONE, &s->progress,
			"show progress, not only on a terminal", NULL),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, entries, NULL);
}
