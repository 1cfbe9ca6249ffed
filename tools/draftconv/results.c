/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "results.h"

#include "output.h"

static void
say_json(char *line)
{
	result_line("%s", line);
	draftconv_report_free(line);
}

static void
say_findings(const struct saying *saying, const draftconv_result *result)
{
	for (size_t i = 0; i < result->finding_count; i++) {
		const draftconv_finding *f = result->findings[i];

		if (!saying->verbose && f->severity == DRAFTCONV_SEVERITY_INFO)
			continue;
		g_autofree char *detail = line_text(f->detail, 0);
		result_line("    %s: %s%s%s%s%s", draftconv_severity_name(f->severity), f->code,
			*f->field == '\0' ? "" : " in ", f->field, *detail == '\0' ? "" : ": ",
			detail);
	}
}

void
say_result(const struct saying *saying, const draftconv_result *result)
{
	if (saying->json) {
		say_json(draftconv_report_result(result));
		return;
	}
	g_autofree char *owner = line_text(result->owner, 16);
	g_autofree char *key = line_text(result->draft, 8);
	g_autofree char *subject = line_text(result->subject, 0);

	result_line("%-14s %s %s %s", draftconv_outcome_name(result->outcome), owner, key, subject);
	say_findings(saying, result);
}

void
say_summary(const struct saying *saying, const draftconv_summary *summary)
{
	if (saying->json) {
		say_json(draftconv_report_summary(summary));
		return;
	}

	g_autoptr(GString) line = g_string_new(NULL);
	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++) {
		if (summary->counts[i] > 0)
			g_string_append_printf(line, ", %" G_GUINT64_FORMAT " %s",
				(guint64)summary->counts[i],
				draftconv_outcome_name((draftconv_outcome)i));
	}
	result_line("%" G_GUINT64_FORMAT " drafts of %" G_GUINT64_FORMAT " accounts%s",
		(guint64)summary->drafts, (guint64)summary->accounts, line->str);
}

int
summary_status(const draftconv_summary *summary)
{
	int status = 0;

	if (summary->source_damaged)
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED));
	if (summary->needs_person)
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DRAFT));
	return status;
}
