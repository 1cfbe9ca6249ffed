/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "again.h"

#include "bringers.h"
#include "cancel.h"
#include "output.h"
#include "recorded.h"
#include "results.h"

#include <string.h>

struct going {
	const struct going_again *how;
	draftconv_journal *journal;
	const char *path;
	const draftconv_journal_filter *filter;
	GPtrArray *lines; /* JSON of drafts that are not as usual */
};

static void
on_account(void *user, const char *owner, const char *destination)
{
	(void)user;
	message("%s → %s", owner, destination);
}

/* What the catalogue says of it: nobody has to look a code up to know why a draft is not as usual. */
static void
say_reason(const draftconv_finding *finding)
{
	size_t count;
	const draftconv_finding_info *catalogue = draftconv_finding_catalogue(&count);
	g_autofree char *detail = line_text(finding->detail, 0);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(catalogue[i].code, finding->code) == 0)
			result_line("    %s: %s%s%s", finding->code, catalogue[i].meaning,
				*detail == '\0' ? "" : ": ", detail);
	}
}

static void
on_result(void *user, const draftconv_result *result)
{
	const struct going *going = user;
	const struct saying *saying = going->how->saying;
	const bool usual = result->outcome == going->how->usual && result->finding_count == 0;

	if (saying->json) {
		if (!usual)
			g_ptr_array_add(going->lines, draftconv_report_result(result));
		return;
	}
	/* What was taken back is told once, with the run that had brought it. */
	const bool told = result->outcome == DRAFTCONV_OUTCOME_ROLLED_BACK;
	if ((usual || told) && !saying->verbose)
		return;
	g_autofree char *owner = line_text(result->owner, 16);
	g_autofree char *key = line_text(result->draft, 8);
	g_autofree char *subject = line_text(result->subject, 0);
	result_line("%-14s %s %s %s", draftconv_outcome_name(result->outcome), owner, key, subject);
	for (size_t i = 0; i < result->finding_count; i++)
		say_reason(result->findings[i]);
}

static void
say_run_text(const struct going *going, const draftconv_recorded *done)
{
	g_autoptr(bringers) found =
		bringers_of(going->journal, done->run, done->destination, going->filter->owners);
	g_autofree char *where = line_text(bringers_place(found), 0);
	const uint64_t gone = done->summary->counts[DRAFTCONV_OUTCOME_ROLLED_BACK];
	const bool verifies = going->how->usual == DRAFTCONV_OUTCOME_VERIFIED;

	if (done->taken_back) {
		g_autofree char *when = line_time(done->taken_back_s, 0);

		result_line("run %s was taken back%s%s%s%s", done->run,
			done->taken_back_s == 0 ? "" : " on ", done->taken_back_s == 0 ? "" : when,
			done->taken_back_s == 0 ? "" : " UTC", going->how->over);
		return;
	}
	g_autoptr(GString) counts = g_string_new(NULL);
	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++) {
		if (done->summary->counts[i] > 0)
			g_string_append_printf(counts, "%s%" G_GUINT64_FORMAT " %s",
				counts->len > 0 ? ", " : "", (guint64)done->summary->counts[i],
				draftconv_outcome_name((draftconv_outcome)i));
	}
	if (counts->len > 0)
		result_line("run %s %s %s: %s", done->run, going->how->did, where, counts->str);
	else
		result_line("run %s: no drafts %s %s", done->run, going->how->did, where);
	if (verifies && gone > 0)
		bringers_say_gone(found);
	else if (!verifies && counts->len == 0)
		bringers_say_instead(found, done->run, going->path, going->filter);
	if (done->incomplete)
		message("run %s itself did not come to its end%s%s: run the same convert command "
			"again",
			done->run, *done->failure == '\0' ? "" : ": ", done->failure);
}

static void
on_run(void *user, const draftconv_recorded *done)
{
	const struct going *going = user;

	if (going->how->saying->json) {
		char *json = draftconv_report_recorded(
			done, (const char *const *)going->lines->pdata, going->lines->len);

		result_line("%s", json);
		draftconv_report_free(json);
	} else {
		say_run_text(going, done);
	}
	g_ptr_array_set_size(going->lines, 0);
}

static void
free_line(gpointer line)
{
	draftconv_report_free(line);
}

/* Where a server does not answer that the run named, only a person knows whether it ever will again. */
static void
say_next(const struct reaching *reaching, int code)
{
	if (code == DRAFTCONV_ERROR_TEMPORARY)
		message("the same command again goes on from there");
	else if (code == DRAFTCONV_ERROR_UNREACHABLE && reaching->to == NULL)
		message("this place is the one in the journal; the server may have moved: add --to "
			"SINK; or when it answers again, type the same command");
}

static int
go_through(void *user, draftconv_journal *journal, const char *path,
	const draftconv_journal_filter *filter)
{
	const struct going_again *how = user;
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_line);
	g_autoptr(draftconv_run) run = draftconv_run_new();
	g_autoptr(draftconv_error) error = NULL;
	struct going going = {how, journal, path, filter, lines};
	draftconv_summary summary = {.struct_size = sizeof summary};
	const draftconv_recorded_options options = {.struct_size = sizeof options,
		.journal = journal,
		.filter = filter,
		.to = how->reaching->to,
		.sink_options = &how->reaching->options,
		.dry_run = how->dry_run,
		.account = on_account,
		.result = on_result,
		.run_done = on_run,
		.user = &going};

	cancel_on_signals(run);
	int code = how->go(run, &options, &summary, &error);
	cancel_stop();
	const int status = code < 0 ? report_error(error) : 0;
	say_next(how->reaching, code);
	return worse_status(status, summary_status(&summary));
}

int
go_again(const struct recording *recording, const struct going_again *going)
{
	struct going_again how = *going;
	int status = check_recorded(recording);

	if (status != 0)
		return status;
	return finish_results(for_each_journal(recording, go_through, &how));
}
