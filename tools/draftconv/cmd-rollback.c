/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "again.h"

#include "output.h"

static int
run_rollback(int argc, char **argv)
{
	struct saying saying = {0};
	g_auto(reaching_options) reaching = {0};
	g_auto(recording_options) recording = {0};
	gboolean dry_run = FALSE;
	const GOptionEntry entries[] = {
		{"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run,
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
	const struct going_again going = {.saying = &saying,
		.reaching = &reaching,
		.dry_run = dry_run != FALSE,
		.go = draftconv_run_rollback,
		.did = dry_run != FALSE ? "would be taken back from" : "taken back from",
		.over = " already",
		.usual = dry_run != FALSE ? DRAFTCONV_OUTCOME_WOULD_ROLL_BACK
					  : DRAFTCONV_OUTCOME_ROLLED_BACK};
	return go_again(&recording, &going);
}

const struct command command_rollback = {
	.name = "rollback",
	.synopsis = "--run ID | --ticket ID | --owner NAME",
	.summary = "take runs back: remove what they delivered and nobody has touched since",
	.run = run_rollback,
};
