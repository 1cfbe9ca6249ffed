/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"
#include "recorded.h"

struct reporting {
	const struct saying *saying;
	gboolean subjects;
};

static int
write_out(void *user, const void *data, size_t size)
{
	(void)user;
	return result_bytes(data, size) ? DRAFTCONV_OK : DRAFTCONV_ERROR_OUTPUT;
}

static int
report_journal(void *user, draftconv_journal *journal, const char *path,
	const draftconv_journal_filter *filter)
{
	const struct reporting *reporting = user;
	g_autoptr(draftconv_error) error = NULL;
	int status;

	(void)path;
	if (reporting->saying->json)
		status = draftconv_report_json(journal, filter, write_out, NULL, &error);
	else
		status = draftconv_report_text(
			journal, filter, reporting->subjects != FALSE, write_out, NULL, &error);
	return status < 0 ? report_error(error) : 0;
}

static int
run_report(int argc, char **argv)
{
	struct saying saying = {0};
	g_auto(recording_options) recording = {0};
	struct reporting reporting = {.saying = &saying};
	gboolean text = FALSE;
	const GOptionEntry entries[] = {
		{"text", 0, 0, G_OPTION_ARG_NONE, &text, "for pasting into a ticket", NULL},
		{"subjects", 0, 0, G_OPTION_ARG_NONE, &reporting.subjects,
			"with --text: name drafts by their subject too", NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_report,
		.entries = entries,
		.saying = &saying,
		.recording = &recording,
		.min_arguments = 0,
		.max_arguments = 0};

	int status = parse_options(&line, argc, argv);
	if (status != 0)
		return status;
	if (text && saying.json)
		return usage_error("report: --text or --json, not both");
	if (!text && !saying.json)
		return usage_error("report: say how: --text or --json");
	return finish_results(for_each_journal(&recording, report_journal, &reporting));
}

const struct command command_report = {
	.name = "report",
	.synopsis = "--text | --json [--run ID] [--ticket ID] [--owner NAME]",
	.summary = "what runs did: a text for the ticket, or JSON lines",
	.run = run_report,
};
