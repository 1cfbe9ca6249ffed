/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"
#include "recorded.h"

struct forgetting {
	const struct saying *saying;
	gboolean dry_run;
	bool has_before;
	int64_t before_s;
	uint64_t drafts;
	uint64_t bodies;
};

static int
say_forgotten(void *user, const draftconv_forgotten *forgotten)
{
	struct forgetting *forgetting = user;

	forgetting->drafts += forgotten->drafts;
	forgetting->bodies += forgotten->bodies;
	if (forgetting->saying->json) {
		char *json = draftconv_report_forgotten(forgotten);

		result_line("%s", json);
		draftconv_report_free(json);
		return 0;
	}
	g_autofree char *destination =
		line_text(its_place(forgotten->destination, forgotten->place), 0);
	g_autofree char *drafts = line_count(forgotten->drafts, "draft");
	result_line("run %s to %s: subjects and details of %s and %" G_GUINT64_FORMAT " kept %s %s",
		forgotten->run, destination, drafts, (guint64)forgotten->bodies,
		forgotten->bodies == 1 ? "body" : "bodies",
		forgotten->dry_run ? "would be erased" : "erased");
	return 0;
}

static int
forget_journal(void *user, draftconv_journal *journal, const char *path,
	const draftconv_journal_filter *filter)
{
	struct forgetting *forgetting = user;
	g_autoptr(draftconv_error) error = NULL;

	(void)path;
	if (draftconv_journal_forget(journal, filter,
		    forgetting->has_before ? &forgetting->before_s : NULL,
		    forgetting->dry_run != FALSE, say_forgotten, forgetting, &error) < 0)
		return report_error(error);
	return 0;
}

static int
forget(const struct recording *recording, struct forgetting *forgetting)
{
	int status = check_recorded(recording);

	if (status != 0)
		return status;
	status = for_each_journal(recording, forget_journal, forgetting);
	if (status == 0 && forgetting->dry_run == FALSE)
		message("%s; hashes and states stay: what stands in a folder is not delivered "
			"twice, "
			"and what was taken back can be delivered again",
			forgetting->drafts + forgetting->bodies == 0 ? "there was nothing to erase"
								     : "erased");
	if (forgetting->bodies > 0)
		message("rollback %s no longer put back what these runs replaced: it leaves such "
			"copies where they are",
			forgetting->dry_run != FALSE ? "could" : "can");
	return finish_results(status);
}

static int
run_forget(int argc, char **argv)
{
	struct saying saying = {0};
	g_auto(recording_options) recording = {0};
	struct forgetting forgetting = {.saying = &saying};
	char *before = NULL;
	const GOptionEntry entries[] = {
		{"before", 0, 0, G_OPTION_ARG_STRING, &before, "only runs that began before",
			"TIME"},
		{"dry-run", 'n', 0, G_OPTION_ARG_NONE, &forgetting.dry_run,
			"say what would be erased; write nothing", NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_forget,
		.entries = entries,
		.saying = &saying,
		.recording = &recording,
		.min_arguments = 0,
		.max_arguments = 0};

	int status = parse_options(&line, argc, argv);
	g_autofree char *text = before;
	if (status != 0)
		return status;
	if (recording.runs == NULL && recording.ticket == NULL && recording.owners == NULL &&
		text == NULL)
		return usage_error("forget: say what: --owner NAME, --before TIME, --run ID or "
				   "--ticket ID; draftconv runs lists the runs");
	forgetting.has_before = text != NULL;
	if (text != NULL && !parse_time(text, &forgetting.before_s))
		return usage_error(
			"--before %s: no time; write 2012-12-01 or '2012-12-01 22:00'", text);
	return forget(&recording, &forgetting);
}

const struct command command_forget = {
	.name = "forget",
	.synopsis = "--owner NAME | --before TIME | --run ID | --ticket ID",
	.summary = "erase subjects, details and kept bodies from a journal; hashes and states stay",
	.run = run_forget,
};
