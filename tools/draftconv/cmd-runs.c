/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"
#include "recorded.h"

struct listing {
	const struct saying *saying;
	uint64_t count;
};

/* What became of it since. */
static char *
since_text(const draftconv_run_info *info)
{
	g_autofree char *taken_back = line_time(info->rolled_back_s, 0);
	g_autofree char *verified = line_time(info->verified_s, 0);

	if (info->rolled_back && info->rolled_back_s == 0)
		return g_strdup(", taken back");
	if (info->rolled_back)
		return info->afterwards[DRAFTCONV_OUTCOME_ROLLED_BACK] == 0 &&
				       info->afterwards[DRAFTCONV_OUTCOME_KEPT] > 0
			       ? g_strdup_printf(
					 ", a rollback %s UTC took nothing back", taken_back)
			       : g_strdup_printf(", taken back %s UTC", taken_back);
	if (info->afterwards[DRAFTCONV_OUTCOME_ROLLED_BACK] > 0)
		return g_strdup_printf(", %" G_GUINT64_FORMAT " of them taken back",
			(guint64)info->afterwards[DRAFTCONV_OUTCOME_ROLLED_BACK]);
	if (info->verified_s == 0)
		return g_strdup("");
	if (info->unverified == 0)
		return g_strdup_printf(", verified %s UTC", verified);
	return g_strdup_printf(", looked at %s UTC: %" G_GUINT64_FORMAT " not as sent", verified,
		(guint64)info->unverified);
}

/* A ticket is what people look for: filled up, never cut. */
static char *
ticket_text(const char *ticket)
{
	g_autofree char *filled = line_text(*ticket == '\0' ? "-" : ticket, 12);
	g_autofree char *whole = line_text(ticket, 0);

	return g_utf8_strlen(whole, -1) > 12 ? g_steal_pointer(&whole) : g_steal_pointer(&filled);
}

static int
say_run(void *user, const draftconv_run_info *info)
{
	struct listing *listing = user;

	listing->count++;
	if (listing->saying->json) {
		char *json = draftconv_report_run(info);

		result_line("%s", json);
		draftconv_report_free(json);
		return 0;
	}
	if (listing->count == 1)
		result_line("%-17s  %-16s  %-12s %-10s  %s  %s", "RUN", "WHEN (UTC)", "TICKET",
			"WHO", "SOURCE → DESTINATION", "DRAFTS, AND WHAT CAME AFTER");
	g_autofree char *time = line_time(info->started_s, 0);
	g_autofree char *ticket = ticket_text(info->ticket);
	g_autofree char *who = line_text(info->who, 10);
	g_autofree char *destination = line_text(its_place(info->destination, info->place), 0);
	g_autofree char *source = line_text(info->source, 0);
	g_autoptr(GString) counts = g_string_new(NULL);

	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++) {
		if (info->counts[i] > 0)
			g_string_append_printf(counts, "%s%" G_GUINT64_FORMAT " %s",
				counts->len > 0 ? ", " : "", (guint64)info->counts[i],
				draftconv_outcome_name((draftconv_outcome)i));
	}
	g_autofree char *since = since_text(info);
	result_line("%s  %s  %s %s  %s → %s  %s%s%s", info->run, time, ticket, who, source,
		destination, counts->len > 0 ? counts->str : "nothing",
		info->ended_s == 0       ? ", did not end by itself"
		: *info->failure != '\0' ? ", stopped"
					 : "",
		since);
	return 0;
}

static int
list_runs(void *user, draftconv_journal *journal, const char *path,
	const draftconv_journal_filter *filter)
{
	g_autoptr(draftconv_error) error = NULL;

	if (draftconv_journal_runs(journal, filter, say_run, user, &error) < 0)
		return report_error(error);
	if (((struct listing *)user)->count == 0)
		message("%s: holds no run yet", path);
	return 0;
}

static int
run_runs(int argc, char **argv)
{
	struct saying saying = {0};
	g_auto(recording_options) recording = {.only_told = true};
	struct command_line line = {.command = &command_runs,
		.saying = &saying,
		.recording = &recording,
		.min_arguments = 0,
		.max_arguments = 0};

	int status = parse_options(&line, argc, argv);
	if (status != 0)
		return status;
	struct listing listing = {.saying = &saying, .count = 0};
	return finish_results(for_each_journal(&recording, list_runs, &listing));
}

const struct command command_runs = {
	.name = "runs",
	.synopsis = "[--journal FILE]",
	.summary = "the runs of a journal: id, when, ticket, who, source, destination, counts",
	.run = run_runs,
};
