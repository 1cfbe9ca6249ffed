/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "open.h"
#include "output.h"
#include "results.h"

struct checking {
	const struct saying *saying;
	tally *tally;
};

static void
on_result(void *user, const draftconv_result *result)
{
	struct checking *checking = user;

	tally_add(checking->tally, result->findings, result->finding_count);
	if (checking->saying->json || checking->saying->verbose)
		say_result(checking->saying, result);
}

static void
on_progress(void *user, uint64_t done, uint64_t total)
{
	(void)user;
	draw_progress(done, total);
}

static void
on_finding(void *user, const draftconv_finding *finding)
{
	(void)user;
	say_finding(finding);
}

static int
run_check(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	struct command_line line = {.command = &command_check,
		.reading = &reading,
		.saying = &saying,
		.min_arguments = 1,
		.max_arguments = -1};
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_profile) profile = NULL;
	g_autoptr(draftconv_run) run = draftconv_run_new();
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(tally) counts = tally_new();

	int status = parse_options(&line, argc, argv);
	if (status == 0)
		status = open_reading(&reading, line.arguments, &source, &profile);
	if (status != 0)
		return status;

	struct checking checking = {.saying = &saying, .tally = counts};
	draftconv_summary summary = {.struct_size = sizeof summary};
	const draftconv_run_options options = {.struct_size = sizeof options,
		.source = source,
		.profile = profile,
		.selection = &reading.selection,
		.temp_dir = reading.temp_dir,
		.result = on_result,
		.progress = on_progress,
		.finding = on_finding,
		.user = &checking};
	if (draftconv_run_convert(run, &options, &summary, &error) < 0)
		return finish_results(report_reading_error(error, source));

	if (!saying.json)
		say_tally(counts);
	say_summary(&saying, &summary, counts);
	warn_of_damage(source);
	say_nothing_selected(&summary, &reading.selection);
	return finish_results(summary_status(&summary));
}

const struct command command_check = {
	.name = "check",
	.synopsis = "SOURCE ...",
	.summary = "convert everything, deliver nothing, and count what was found",
	.run = run_check,
};
