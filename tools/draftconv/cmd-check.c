/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "open.h"
#include "output.h"
#include "results.h"

#include <string.h>

struct checking {
	const struct saying *saying;
	GHashTable *counts; /* code (static in the catalogue) -> number of drafts */
};

static void
on_result(void *user, const draftconv_result *result)
{
	struct checking *checking = user;

	for (size_t i = 0; i < result->finding_count; i++) {
		gpointer key = (gpointer)(uintptr_t)g_intern_string(result->findings[i]->code);
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(checking->counts, key));

		g_hash_table_insert(checking->counts, key, GUINT_TO_POINTER(n + 1));
	}
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

/* How often each code occurs, worst first, in plain words. */
static void
say_counts(const struct checking *checking)
{
	size_t count;
	const draftconv_finding_info *catalogue = draftconv_finding_catalogue(&count);

	for (int severity = DRAFTCONV_SEVERITY_ERROR; severity >= 0; severity--) {
		for (size_t i = 0; i < count; i++) {
			gconstpointer key = g_intern_string(catalogue[i].code);
			guint n = GPOINTER_TO_UINT(g_hash_table_lookup(checking->counts, key));

			if (n == 0 || (int)catalogue[i].severity != severity)
				continue;
			result_line("%6u  %-8s %-26s %s; %s", n,
				draftconv_severity_name(catalogue[i].severity), catalogue[i].code,
				catalogue[i].meaning, catalogue[i].remedy);
		}
	}
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
	g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);

	int status = parse_options(&line, argc, argv);
	if (status == 0)
		status = open_reading(&reading, line.arguments, &source, &profile);
	if (status != 0)
		return status;

	struct checking checking = {.saying = &saying, .counts = counts};
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
		say_counts(&checking);
	say_summary(&saying, &summary);
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
