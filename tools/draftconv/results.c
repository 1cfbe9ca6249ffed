/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "results.h"

#include "output.h"

#include <string.h>

static void
say_json(char *line)
{
	result_line("%s", line);
	draftconv_report_free(line);
}

static void
say_findings(const struct saying *saying, const draftconv_finding *const *findings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const draftconv_finding *f = findings[i];

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
	say_findings(saying, result->findings, result->finding_count);
}

struct tally {
	const draftconv_finding_info *catalogue;
	size_t size;
	uint64_t *drafts; /* of each finding of the catalogue */
};

tally *
tally_new(void)
{
	tally *result = g_new0(tally, 1);

	result->catalogue = draftconv_finding_catalogue(&result->size);
	result->drafts = g_new0(uint64_t, result->size);
	return result;
}

void
tally_free(tally *t)
{
	if (t == NULL)
		return;
	g_free(t->drafts);
	g_free(t);
}

static bool
is_among(const draftconv_finding *const *findings, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(findings[i]->code, code) == 0)
			return true;
	}
	return false;
}

void
tally_add(tally *t, const draftconv_finding *const *findings, size_t count)
{
	for (size_t i = 0; i < t->size && count > 0; i++)
		t->drafts[i] += is_among(findings, count, t->catalogue[i].code);
}

void
say_tally(const tally *t)
{
	for (int severity = DRAFTCONV_SEVERITY_ERROR; severity >= 0; severity--) {
		for (size_t i = 0; i < t->size; i++) {
			const draftconv_finding_info *info = &t->catalogue[i];

			if (t->drafts[i] > 0 && (int)info->severity == severity)
				result_line("%6" G_GUINT64_FORMAT "  %-8s %-26s %s; %s",
					(guint64)t->drafts[i],
					draftconv_severity_name(info->severity), info->code,
					info->meaning, info->remedy);
		}
	}
}

static void
say_summary_json(const draftconv_summary *summary, const tally *t)
{
	g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(draftconv_finding_count));

	for (size_t i = 0; t != NULL && i < t->size; i++) {
		const draftconv_finding_count count = {t->catalogue[i].code, t->drafts[i]};

		if (count.drafts > 0)
			g_array_append_val(counts, count);
	}
	say_json(draftconv_report_summary(summary,
		t == NULL ? NULL : (draftconv_finding_count *)(void *)counts->data, counts->len));
}

static bool
is_apart(draftconv_outcome outcome)
{
	return outcome == DRAFTCONV_OUTCOME_WITHDRAWN ||
	       outcome == DRAFTCONV_OUTCOME_WOULD_WITHDRAW ||
	       outcome == DRAFTCONV_OUTCOME_SOURCE_GONE;
}

static void
say_refused(const draftconv_account_check *check)
{
	g_autofree char *owner = line_text(check->owner, 0);
	g_autofree char *drafts = line_count(check->drafts, "draft");
	g_autofree char *words = line_text(check->refused, 0);

	result_line("%s: login refused, %s not tried; %s", owner, drafts, words);
}

void
say_account_check(const struct saying *saying, const draftconv_account_check *check)
{
	if (saying->json) {
		say_json(draftconv_report_account_check(check));
		return;
	}
	if (check->refused != NULL) {
		say_refused(check);
		return;
	}
	g_autofree char *owner = line_text(check->owner, 0);
	g_autofree char *folder = line_text(check->folder, 0);
	g_autofree char *drafts = line_count(check->drafts, "draft");
	g_autofree char *bytes = line_size(check->bytes);
	g_autofree char *left = line_size(check->quota_left_bytes);
	g_autofree char *limit = line_size(check->message_limit_bytes);
	g_autofree char *until = line_time(check->certificate_until_s, 0);
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_printf(line, "%s: logged in; folder %s %s; %s, %s to send", owner, folder,
		check->folder_exists ? "is there" : "would be created", drafts, bytes);
	if (check->has_quota)
		g_string_append_printf(line, "; %s of the quota left", left);
	if (check->message_limit_bytes > 0)
		g_string_append_printf(line, "; messages of up to %s", limit);
	if (*check->rights != '\0')
		g_string_append_printf(line, "; rights %s", check->rights);
	if (check->certificate_until_s != 0)
		g_string_append_printf(line, "; certificate valid until %s UTC", until);
	result_line("%s", line->str);
	say_findings(saying, check->findings, check->finding_count);
}

void
say_summary(const struct saying *saying, const draftconv_summary *summary, const tally *t)
{
	if (saying->json) {
		say_summary_json(summary, t);
		return;
	}

	g_autofree char *drafts = line_count(summary->drafts, "draft");
	g_autofree char *accounts = line_count(summary->accounts, "account");
	/* What is gone from the source was not read, so it stands apart from the sum. */
	g_autoptr(GString) line = g_string_new(NULL);
	g_autoptr(GString) apart = g_string_new(NULL);
	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++) {
		if (summary->counts[i] > 0)
			g_string_append_printf(is_apart((draftconv_outcome)i) ? apart : line,
				", %" G_GUINT64_FORMAT " %s", (guint64)summary->counts[i],
				draftconv_outcome_name((draftconv_outcome)i));
	}
	result_line("%s of %s%s%s%s", drafts, accounts, line->str,
		apart->len > 0 ? "; apart from these" : "", apart->len > 0 ? apart->str + 1 : "");
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
