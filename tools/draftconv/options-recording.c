/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options-entries.h"

#include <string.h>

void
options_add_recording(GOptionContext *context, struct recording *r, bool selects)
{
	const GOptionEntry always[] = {
		TEXTS("journal", &r->journals,
			"the journal ($DRAFTCONV_JOURNAL, 'journal =' in /etc/draftconv.conf, or "
			"~/.local/state/draftconv/journal.db)",
			"FILE"),
		TEXT("ticket", &r->ticket, "the ticket that the run belongs to", "ID"),
		END_OF_ENTRIES,
	};
	const GOptionEntry selecting[] = {
		TEXTS("run", &r->runs, "only this run (repeatable)", "ID"),
		TEXTS("owner", &r->owners, "only this account (repeatable)", "NAME"),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, always, NULL);
	if (selects)
		g_option_context_add_main_entries(context, selecting, NULL);
}

int
options_finish_recording(struct recording *r)
{
	char *ticket[] = {r->ticket, NULL};
	int status = options_names("--ticket", ticket);

	if (status == 0)
		status = options_names("--run", r->runs);
	return status != 0 ? status : options_names("--owner", r->owners);
}

void
recording_clear(struct recording *r)
{
	g_strfreev(r->journals);
	g_strfreev(r->runs);
	g_strfreev(r->owners);
	g_free(r->ticket);
}

/* The `journal = PATH` line of the system's configuration; NULL when there is none. */
static char *
configured_journal(void)
{
	g_autofree char *text = NULL;

	if (!g_file_get_contents("/etc/draftconv.conf", &text, NULL, NULL))
		return NULL;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) parts = g_strsplit(*line, "=", 2);

		if (parts[0] != NULL && parts[1] != NULL &&
			strcmp(g_strstrip(parts[0]), "journal") == 0)
			return g_strdup(g_strstrip(parts[1]));
	}
	return NULL;
}

static char *
any_journal(const struct recording *recording)
{
	const char *environment = g_getenv("DRAFTCONV_JOURNAL");

	if (recording->journals != NULL && recording->journals[0] != NULL)
		return g_strdup(recording->journals[0]);
	if (environment != NULL && *environment != '\0')
		return g_strdup(environment);
	char *configured = configured_journal();
	if (configured != NULL)
		return configured;
	return g_build_filename(g_get_user_state_dir(), "draftconv", "journal.db", NULL);
}

char *
journal_path(const struct recording *recording)
{
	g_autofree char *path = any_journal(recording);

	/* It stands in commands that are kept, and typed in another folder. */
	return g_canonicalize_filename(path, NULL);
}
