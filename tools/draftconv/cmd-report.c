/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "html-file.h"
#include "open.h"
#include "output.h"
#include "recorded.h"

struct reporting {
	gboolean text;
	gboolean subjects;
	char *html; /* the file */
	const struct saying *saying;
	draftconv_page *page; /* of --html */
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

	if (reporting->page != NULL)
		status = draftconv_page_add_journal(reporting->page, journal, path, filter, &error);
	else if (reporting->saying->json)
		status = draftconv_report_json(journal, filter, write_out, NULL, &error);
	else
		status = draftconv_report_text(
			journal, filter, reporting->subjects != FALSE, write_out, NULL, &error);
	return status < 0 ? report_error(error) : 0;
}

/* Gather, look into the SOURCE arguments if there are any, write. */
static int
write_page(struct reporting *reporting, const struct recording *recording,
	const struct command_line *line)
{
	g_autoptr(draftconv_page) page = NULL;
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_profile) profile = NULL;
	g_autoptr(draftconv_error) error = NULL;
	int status = html_file_check(reporting->html);

	if (status != 0)
		return status;
	if (draftconv_page_new(&page, &error) < 0)
		return report_error(error);
	reporting->page = page;
	status = for_each_journal(recording, report_journal, reporting);
	if (status != 0)
		return status;
	if (draftconv_page_run_count(page) == 0) {
		complain("no run matches; draftconv runs lists them");
		return draftconv_exit_status(DRAFTCONV_ERROR_NOT_FOUND);
	}
	if (line->argument_count > 0)
		status = open_reading(line->reading, line->arguments, &source, &profile);
	if (status != 0)
		return status;
	const draftconv_page_preview preview = {.struct_size = sizeof preview,
		.source = source,
		.profile = profile,
		.selection = &line->reading->selection,
		.temp_dir = line->reading->temp_dir};
	status = html_file_write(reporting->html, page, source == NULL ? NULL : &preview);
	if (source != NULL && warn_of_damage(source))
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED));
	return status;
}

static int
run_report(int argc, char **argv)
{
	struct saying saying = {0};
	g_auto(reading_options) reading = {0};
	g_auto(recording_options) recording = {.only_told = true};
	struct reporting reporting = {.saying = &saying};
	const GOptionEntry entries[] = {
		{"html", 0, 0, G_OPTION_ARG_FILENAME, &reporting.html,
			"write a page for a browser, complete in one file", "FILE"},
		{"text", 0, 0, G_OPTION_ARG_NONE, &reporting.text, "for pasting into a ticket",
			NULL},
		{"subjects", 0, 0, G_OPTION_ARG_NONE, &reporting.subjects,
			"with --text: name drafts by their subject too", NULL},
		{"run", 0, 0, G_OPTION_ARG_STRING_ARRAY, &recording.runs,
			"only this run (repeatable)", "ID"},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_report,
		.entries = entries,
		.reading = &reading,
		.saying = &saying,
		.recording = &recording,
		.min_arguments = 0,
		.max_arguments = -1};

	int status = parse_options(&line, argc, argv);
	g_autofree char *html = reporting.html;
	if (status != 0)
		return status;
	const int ways = (html != NULL) + (reporting.text != FALSE) + (saying.json != FALSE);
	if (ways != 1)
		return usage_error("report: say how: one of --html FILE, --text and --json");
	if (html == NULL && line.argument_count > 0)
		return usage_error("report: only --html looks into a SOURCE; leave %s away",
			line.arguments[0]);
	struct recording chosen = recording;
	chosen.owners = reading.owners;
	if (html != NULL)
		return finish_results(write_page(&reporting, &chosen, &line));
	return finish_results(for_each_journal(&chosen, report_journal, &reporting));
}

const struct command command_report = {
	.name = "report",
	.synopsis = "[SOURCE ...] --html FILE | --text | --json [--run ID] [--ticket ID]",
	.summary = "what runs did: a page, a text for the ticket, or JSON lines",
	.run = run_report,
};
