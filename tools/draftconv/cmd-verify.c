/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "again.h"
#include "steps.h"

int
verify_runs(const struct saying *saying, const struct reaching *reaching,
	const struct recording *recording)
{
	const struct going_again going = {.saying = saying,
		.reaching = reaching,
		.go = draftconv_run_verify,
		.did = "read back from",
		.over = ", so there is nothing of it to read back",
		.usual = DRAFTCONV_OUTCOME_VERIFIED};

	return go_again(recording, &going);
}

static int
run_verify(int argc, char **argv)
{
	struct saying saying = {0};
	g_auto(reaching_options) reaching = {0};
	g_auto(recording_options) recording = {0};
	struct command_line line = {.command = &command_verify,
		.saying = &saying,
		.reaching = &reaching,
		.recording = &recording,
		.min_arguments = 0,
		.max_arguments = 0};

	int status = parse_options(&line, argc, argv);
	return status != 0 ? status : verify_runs(&saying, &reaching, &recording);
}

const struct command command_verify = {
	.name = "verify",
	.synopsis = "[--run ID] [--ticket ID] [--owner NAME]",
	.summary =
		"read back what runs delivered and compare every byte; status 0: nothing needs a "
		"person, 1: a draft is missing, altered by the server or was never delivered",
	.run = run_verify,
};
