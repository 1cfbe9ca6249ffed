/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cancel.h"
#include "check-page.h"
#include "html-file.h"
#include "open.h"
#include "output.h"
#include "results.h"
#include "steps.h"

/* More refused logins are counted, with --verbose, --json and --html all are named. */
#define REFUSED_SHOWN 20

struct checking {
	guint64 refused; /* logins, each in the tally by its drafts */
	const struct saying *saying;
	tally *tally;
	check_page *page;
	struct check_answer *answer; /* NULL: nobody is going to ask */
};

void
check_answer_clear(struct check_answer *answer)
{
	g_free(answer->where);
	if (answer->doubts != NULL)
		g_string_free(answer->doubts, TRUE);
}

static void
on_result(void *user, const draftconv_result *result)
{
	struct checking *checking = user;

	tally_add(checking->tally, result->findings, result->finding_count);
	check_page_result(checking->page, result);
	if (checking->saying->json || checking->saying->verbose)
		say_result(checking->saying, result);
}

static void
on_finding(void *user, const draftconv_finding *finding)
{
	const struct checking *checking = user;

	check_page_finding(checking->page, finding);
	if (checking->answer == NULL || !is_doubtful(finding)) {
		say_finding(finding);
		return;
	}
	if (checking->answer->doubts == NULL)
		checking->answer->doubts = g_string_new(NULL);
	g_string_append_printf(
		checking->answer->doubts, "%s; %s\n", finding->detail, finding_remedy(finding));
}

static void
on_account_checked(void *user, const draftconv_account_check *check)
{
	struct checking *checking = user;

	check_page_account(checking->page, check);
	if (check->refused == NULL)
		tally_add(checking->tally, check->findings, check->finding_count);
	else if (++checking->refused > REFUSED_SHOWN && !checking->saying->json &&
		 !checking->saying->verbose)
		return;
	say_account_check(checking->saying, check);
}

static void
on_account(void *user, const char *owner, const char *destination)
{
	struct checking *checking = user;

	(void)owner;
	if (checking->answer != NULL && checking->answer->where == NULL)
		checking->answer->where = g_strdup(destination);
}

static void
say_refused_more(const struct checking *checking)
{
	if (checking->refused > REFUSED_SHOWN && !checking->saying->json &&
		!checking->saying->verbose)
		result_line("and %" G_GUINT64_FORMAT
			    " more logins refused; --verbose, --json and --html name all of them",
			checking->refused - REFUSED_SHOWN);
}

int
check_drafts(const struct order *order, draftconv_summary *summary, struct check_answer *answer)
{
	const struct reading *reading = order->reading;
	const struct saying *saying = order->saying;
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_profile) profile = NULL;
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(draftconv_journal) journal = NULL;
	g_autoptr(draftconv_run) run = draftconv_run_new();
	g_autoptr(draftconv_error) error = NULL;
	g_autofree char *path = journal_path(order->recording);
	g_autoptr(tally) counts = tally_new();
	g_auto(check_page) page = {0};

	int status = check_page_begin(&page, order);
	if (status == 0)
		status = open_reading(reading, order->sources, &source, &profile);
	if (status == 0 && order->reaching->to != NULL)
		status = open_reaching(order->reaching, &sink);
	if (status == 0 && order->reaching->to != NULL)
		status = open_journal(path, false, &journal);
	if (status != 0)
		return status;

	struct checking checking = {
		.saying = saying, .tally = counts, .page = &page, .answer = answer};
	draftconv_run_options options = {.struct_size = sizeof options,
		.source = source,
		.profile = profile,
		.selection = &reading->selection,
		.sink = sink,
		.journal = journal,
		.temp_dir = reading->temp_dir,
		.check = true,
		.account = on_account,
		.account_checked = on_account_checked,
		.result = on_result,
		.progress = draw_progress,
		.finding = on_finding,
		.user = &checking};
	delivering_set(order->delivering, &options);
	cancel_on_signals(run);
	int code = draftconv_run_convert(run, &options, summary, &error);
	cancel_stop();
	say_refused_more(&checking);
	if (code < 0)
		return finish_results(report_reading_error(error, source));

	if (!saying->json)
		say_tally(counts);
	say_summary(saying, summary, counts);
	warn_of_damage(source);
	say_nothing_selected(summary, &reading->selection);
	status = check_page_end(&page, order, source, profile);
	return finish_results(worse_status(status, summary_status(summary)));
}

static int
run_check(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	g_auto(reaching_options) reaching = {0};
	g_auto(delivering_options) delivering = {0};
	g_auto(recording_options) recording = {0};
	const GOptionEntry entries[] = {
		{"journal", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &recording.journals,
			"what was delivered before is not counted again", "FILE"},
		{"html", 0, 0, G_OPTION_ARG_FILENAME, &saying.html,
			"write a page for a browser, too: what would be delivered", "FILE"},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_check,
		.entries = entries,
		.reading = &reading,
		.saying = &saying,
		.reaching = &reaching,
		.delivering = &delivering,
		.min_arguments = 1,
		.max_arguments = -1};
	int status = parse_options(&line, argc, argv);
	g_autofree char *html = saying.html;

	if (status != 0)
		return status;
	if (html_file_is_output(html) && saying.json)
		return usage_error("check: --html - and --json both want standard output; give "
				   "--html the name of a file");
	/* The page is the result then. */
	results_are_messages(html_file_is_output(html));
	const struct order order = {
		&reading, &saying, &reaching, &delivering, &recording, line.arguments};
	draftconv_summary summary = {.struct_size = sizeof summary};
	return check_drafts(&order, &summary, NULL);
}

const struct command command_check = {
	.name = "check",
	.synopsis = "SOURCE ... [--to SINK]",
	.summary = "convert everything, deliver nothing, and count what was found",
	.run = run_check,
};
