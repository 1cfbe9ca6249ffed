/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cancel.h"
#include "output.h"
#include "recorded.h"
#include "results.h"

struct rolling_back {
	const struct saying *saying;
	const struct reaching *reaching;
	gboolean dry_run;
};

static void
on_account(void *user, const char *owner, const char *destination)
{
	(void)user;
	message("%s → %s", owner, destination);
}

static void
on_result(void *user, const draftconv_result *result)
{
	const struct rolling_back *back = user;

	if (!back->saying->json)
		say_result(back->saying, result);
}

static void
on_run(void *user, const char *run, const char *destination, const draftconv_summary *summary)
{
	const struct rolling_back *back = user;

	if (back->saying->json) {
		char *json = draftconv_report_rollback(run, destination, summary);

		result_line("%s", json);
		draftconv_report_free(json);
		return;
	}
	g_autofree char *where = line_text(destination, 0);
	result_line("run %s %s %s: %" G_GUINT64_FORMAT " removed, %" G_GUINT64_FORMAT
		    " kept, %" G_GUINT64_FORMAT " failed",
		run, back->dry_run ? "would be taken back from" : "taken back from", where,
		(guint64)summary->counts[DRAFTCONV_OUTCOME_ROLLED_BACK],
		(guint64)summary->counts[DRAFTCONV_OUTCOME_KEPT],
		(guint64)summary->counts[DRAFTCONV_OUTCOME_FAILED]);
}

static int
roll_back(void *user, draftconv_journal *journal, const char *path,
	const draftconv_journal_filter *filter)
{
	struct rolling_back *back = user;
	g_autoptr(draftconv_run) run = draftconv_run_new();
	g_autoptr(draftconv_error) error = NULL;
	draftconv_summary summary = {.struct_size = sizeof summary};
	const draftconv_run_rollback_options options = {.struct_size = sizeof options,
		.journal = journal,
		.filter = filter,
		.to = back->reaching->to,
		.sink_options = &back->reaching->options,
		.dry_run = back->dry_run != FALSE,
		.account = on_account,
		.result = on_result,
		.run_done = on_run,
		.user = back};

	(void)path;
	cancel_on_signals(run);
	int code = draftconv_run_rollback(run, &options, &summary, &error);
	cancel_stop();
	if (code == DRAFTCONV_ERROR_TEMPORARY || code == DRAFTCONV_ERROR_UNREACHABLE)
		message("the same command again goes on from there");
	if (code >= 0 && summary.accounts == 0)
		message("nothing is left to take back: it was taken back before, or nothing was "
			"delivered");
	return worse_status(code < 0 ? report_error(error) : 0, summary_status(&summary));
}

static int
run_rollback(int argc, char **argv)
{
	struct saying saying = {0};
	g_auto(reaching_options) reaching = {0};
	g_auto(recording_options) recording = {0};
	struct rolling_back back = {.saying = &saying, .reaching = &reaching};
	const GOptionEntry entries[] = {
		{"dry-run", 'n', 0, G_OPTION_ARG_NONE, &back.dry_run,
			"say what would be done; remove nothing", NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_rollback,
		.entries = entries,
		.saying = &saying,
		.reaching = &reaching,
		.recording = &recording,
		.min_arguments = 0,
		.max_arguments = 0};

	int status = parse_options(&line, argc, argv);
	if (status != 0)
		return status;
	if (recording.runs == NULL && recording.ticket == NULL && recording.owners == NULL)
		return usage_error("rollback: say what to take back: --run ID, --ticket ID or "
				   "--owner NAME; draftconv runs lists the runs");
	return finish_results(for_each_journal(&recording, roll_back, &back));
}

const struct command command_rollback = {
	.name = "rollback",
	.synopsis = "--run ID | --ticket ID | --owner NAME",
	.summary = "take runs back: remove what they delivered and nobody has touched since",
	.run = run_rollback,
};
