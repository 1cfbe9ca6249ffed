/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cancel.h"
#include "open.h"
#include "output.h"
#include "results.h"
#include "wrap.h"

/* What list knows of a draft beside its message. */
static char *
recipients(const draftconv_draft *draft, int width)
{
	static const draftconv_field fields[] = {
		DRAFTCONV_FIELD_TO, DRAFTCONV_FIELD_CC, DRAFTCONV_FIELD_BCC};
	g_autoptr(GString) all = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		const char *text = draftconv_draft_field(draft, fields[i]);

		if (text != NULL && *text != '\0')
			g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "", text);
	}
	for (size_t i = 0; i < draftconv_draft_recipient_count(draft); i++) {
		draftconv_field kind;
		const char *name;
		const char *address;

		draftconv_draft_recipient(draft, i, &kind, &name, &address);
		if (kind == DRAFTCONV_FIELD_FROM || kind == DRAFTCONV_FIELD_REPLY_TO)
			continue;
		g_string_append_printf(
			all, "%s%s", all->len > 0 ? ", " : "", address != NULL ? address : name);
	}
	return line_text(all->str, width);
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* Columns for the recipients and, when a person looks, for the subject. */
#define FIXED_WIDTH 61
#define TO_WIDTH 40

static int
to_width(void)
{
	return results_on_terminal() ? CLAMP((output_width() - FIXED_WIDTH) / 2, 8, TO_WIDTH)
				     : TO_WIDTH;
}

/* Programs read the lines, people the names above them. */
static void
say_heading(void)
{
	g_autofree char *to = line_text("to", to_width());

	if (results_on_terminal())
		result_line("%-8s %-16s %-16s %10s %3s  %s  %s", "key", "owner", "modified", "size",
			"att", to, "subject");
}

static void
say_line(const draftconv_draft *draft, const draftconv_message *message)
{
	int64_t unix_s = 0;
	int offset_min = 0;
	bool known = draftconv_draft_modified(draft, &unix_s, &offset_min) ||
		     draftconv_draft_created(draft, &unix_s, &offset_min);
	g_autofree char *time = known ? line_time(unix_s, offset_min) : g_strdup("-");
	g_autofree char *key =
		line_text(or_empty(draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY)), 8);
	g_autofree char *owner =
		line_text(or_empty(draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER)), 16);
	g_autofree char *to = recipients(draft, to_width());
	const char *title = or_empty(draftconv_draft_field(draft, DRAFTCONV_FIELD_SUBJECT));
	g_autofree char *subject =
		results_on_terminal()
			? fitted_text(title, MAX(output_width() - FIXED_WIDTH - to_width(), 8))
			: line_text(title, 0);
	g_autofree char *size =
		message == NULL ? g_strdup("failed") : line_size(draftconv_message_size(message));

	result_line("%s %s %-16s %10s %3zu  %s  %s", key, owner, time, size,
		draftconv_draft_attachment_count(draft), to, subject);
}

/* One draft, composed to know its size and findings. @return whether it needs a person */
static bool
say_draft(const struct saying *saying, const struct reading *reading, const draftconv_draft *draft,
	tally *counts, draftconv_summary *summary)
{
	g_autoptr(draftconv_message) composed = NULL;
	const draftconv_message_options options = {
		.struct_size = sizeof options, .default_domain = reading->default_domain};
	g_autoptr(GPtrArray) findings = g_ptr_array_new();
	bool failed = draftconv_message_compose(draft, &options, &composed, NULL) < 0;
	bool person = false;

	size_t count = failed ? draftconv_draft_finding_count(draft)
			      : draftconv_message_finding_count(composed);
	for (size_t i = 0; i < count; i++) {
		const draftconv_finding *f = failed ? draftconv_draft_finding(draft, i)
						    : draftconv_message_finding(composed, i);

		g_ptr_array_add(findings, (gpointer)(uintptr_t)f);
		failed = failed || f->severity == DRAFTCONV_SEVERITY_ERROR;
		person = person || needs_person(f);
	}

	draftconv_outcome outcome =
		failed ? DRAFTCONV_OUTCOME_FAILED : DRAFTCONV_OUTCOME_WOULD_DELIVER;
	tally_add(counts, (const draftconv_finding *const *)findings->pdata, findings->len);
	summary->counts[outcome]++;
	summary->drafts++;
	if (!saying->json) {
		if (summary->drafts == 1)
			say_heading();
		say_line(draft, failed ? NULL : composed);
		return person;
	}
	const draftconv_result result = {.struct_size = sizeof result,
		.run = "",
		.draft = or_empty(draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY)),
		.owner = or_empty(draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER)),
		.outcome = outcome,
		.message_id = composed == NULL ? "" : draftconv_message_id(composed),
		.subject = or_empty(draftconv_draft_field(draft, DRAFTCONV_FIELD_SUBJECT)),
		.bytes = composed == NULL ? 0 : draftconv_message_size(composed),
		.destination = "",
		.folder = "",
		.name = "",
		.finding_count = findings->len,
		.findings = (const draftconv_finding *const *)findings->pdata};
	char *json = draftconv_report_draft(&result, draft);
	result_line("%s", json);
	draftconv_report_free(json);
	return person;
}

/* Why the status is not 0. */
static void
say_persons(uint64_t persons)
{
	g_autofree char *drafts = line_count(persons, "draft");

	if (persons > 0)
		complain("%s that a person has to look at: 'draftconv check --verbose', with the "
			 "same "
			 "options, says which and why",
			drafts);
}

static int
say_drafts(const struct saying *saying, const struct reading *reading, draftconv_drafts *drafts,
	tally *counts, draftconv_summary *summary)
{
	uint64_t persons = 0;

	for (;;) {
		g_autoptr(draftconv_draft) draft = NULL;
		g_autoptr(draftconv_error) error = NULL;
		int status = draftconv_drafts_next(drafts, &draft, &error);

		if (status < 0)
			return report_error(error);
		if (status == 0) {
			say_persons(persons);
			return 0;
		}
		if (is_cancelled())
			return report_interrupted();
		if (say_draft(saying, reading, draft, counts, summary)) {
			summary->needs_person = true;
			persons++;
		}
	}
}

static int
run_list(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	struct command_line line = {.command = &command_list,
		.reading = &reading,
		.saying = &saying,
		.min_arguments = 1,
		.max_arguments = -1};
	g_auto(opened_reading) opened = {0};
	g_autoptr(tally) counts = tally_new();

	int status = parse_options(&line, argc, argv);
	cancel_on_signals(NULL);
	reading.cancel = cancel_flag();
	if (status == 0)
		status = open_drafts(&reading, line.arguments, &opened);
	if (status != 0)
		return status;

	draftconv_summary summary = {
		.struct_size = sizeof summary, .needs_person = opened.needs_person};
	draftconv_drafts_count(opened.drafts, &summary.accounts);
	status = say_drafts(&saying, &reading, opened.drafts, counts, &summary);
	summary.source_damaged = warn_of_damage(opened.source);
	if (saying.json)
		say_summary(&saying, &summary, counts);
	if (status == 0)
		say_nothing_selected(&summary, &reading.selection);
	return finish_results(worse_status(status, summary_status(&summary)));
}

const struct command command_list = {
	.name = "list",
	.synopsis = "SOURCE ...",
	.summary = "the drafts, a line each: key, owner, modified, size, attachments, recipients, "
		   "subject",
	.run = run_list,
};
