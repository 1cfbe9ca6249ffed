/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/report.h"

struct text_report {
	draftconv_journal *journal;
	draftconv_write write;
	void *user;
	bool subjects;
	uint64_t runs;
	draftconv_error **error;
};

static int emit(struct text_report *report, const char *format, ...) G_GNUC_PRINTF(2, 3);

static int
emit(struct text_report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	int status = report->write(report->user, text, strlen(text));
	if (status < 0)
		return dc_error_set(report->error, status, "report not written");
	return DRAFTCONV_OK;
}

/* A subject is a stranger's text in a line of ours. */
static char *
printable(const char *text)
{
	GString *clean = g_string_new(NULL);

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isprint(c))
			g_string_append_unichar(clean, c);
		else
			g_string_append(clean, "\xef\xbf\xbd");
	}
	return g_string_free(clean, FALSE);
}

/* What a person has to look at: failed drafts, and findings of which the catalogue says so. */
static bool
asks_for_person(const draftconv_finding *finding)
{
	const draftconv_finding_info *info = dc_finding_lookup(finding->code);

	return finding->severity >= DRAFTCONV_SEVERITY_LOSS || (info != NULL && info->needs_person);
}

static int
emit_draft(void *user, const draftconv_result *result)
{
	struct text_report *report = user;
	bool named = false;

	for (size_t i = 0; i < result->finding_count; i++) {
		const draftconv_finding *f = result->findings[i];
		const draftconv_finding_info *info = dc_finding_lookup(f->code);

		if (!asks_for_person(f))
			continue;
		if (!named) {
			g_autofree char *subject = printable(result->subject);
			g_autofree char *owner = printable(result->owner);
			g_autofree char *key = printable(result->draft);
			int status = emit(report, "  %s, draft %s%s%s%s: %s\n", owner, key,
				report->subjects ? " (" : "", report->subjects ? subject : "",
				report->subjects ? ")" : "",
				draftconv_outcome_name(result->outcome));

			if (status < 0)
				return status;
			named = true;
		}
		int status = emit(report, "    %s: %s. To do: %s.\n", f->code,
			info == NULL ? "unknown to this version" : info->meaning,
			info == NULL ? "use a newer version" : info->remedy);
		if (status < 0)
			return status;
	}
	return DRAFTCONV_OK;
}

static char *
time_text(int64_t unix_s)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_s);

	return time == NULL ? g_strdup("?") : g_date_time_format(time, "%Y-%m-%d %H:%M UTC");
}

static int
emit_head(struct text_report *report, const draftconv_run_info *info)
{
	g_autofree char *started = time_text(info->started_s);
	g_autofree char *source = printable(info->source);
	g_autofree char *destination = printable(info->destination);
	g_autofree char *ticket = printable(info->ticket);

	g_autofree char *failure = printable(info->failure);
	const char *end = "";

	if (info->rolled_back)
		end = ", taken back since";
	else if (info->ended_s == 0)
		end = ", did not come to its end: run the same command again";
	else if (*failure != '\0')
		end = ", stopped: ";
	return emit(report, "%sRun %s%s%s, %s%s%s\nFrom %s\nTo %s\n", report->runs > 1 ? "\n" : "",
		info->run, *ticket == '\0' ? "" : ", ticket ", ticket, started, end,
		info->rolled_back ? "" : failure, source, destination);
}

static int
emit_counts(struct text_report *report, const draftconv_run_info *info)
{
	uint64_t total = 0;

	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++)
		total += info->counts[i];
	int status = emit(report, "Drafts: %" G_GUINT64_FORMAT, (guint64)total);
	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT && status >= 0; i++) {
		if (info->counts[i] > 0)
			status =
				emit(report, ", %" G_GUINT64_FORMAT " %s", (guint64)info->counts[i],
					draftconv_outcome_name((draftconv_outcome)i));
	}
	return status < 0 ? status : emit(report, "\n");
}

static int
emit_run(void *user, const draftconv_run_info *info)
{
	struct text_report *report = user;

	report->runs++;
	int status = emit_head(report, info);
	if (status >= 0)
		status = emit_counts(report, info);
	if (status < 0)
		return status;

	const char *const runs[] = {info->run, NULL};
	const draftconv_journal_filter filter = {.struct_size = sizeof filter, .runs = runs};
	return draftconv_journal_results(
		report->journal, &filter, emit_draft, report, report->error);
}

int
draftconv_report_text(draftconv_journal *journal, const draftconv_journal_filter *filter,
	bool subjects, draftconv_write write, void *user, draftconv_error **error)
{
	struct text_report report = {.journal = journal,
		.write = write,
		.user = user,
		.subjects = subjects,
		.error = error};
	int status = draftconv_journal_runs(journal, filter, emit_run, &report, error);

	if (status >= 0 && report.runs == 0)
		return emit(&report, "No run matches.\n");
	return status;
}

struct json_report {
	draftconv_write write;
	void *user;
	draftconv_error **error;
};

static int
emit_line(struct json_report *report, char *line)
{
	g_autofree char *owned = line;
	g_autofree char *text = g_strconcat(owned, "\n", NULL);
	int status = report->write(report->user, text, strlen(text));

	if (status < 0)
		return dc_error_set(report->error, status, "report not written");
	return DRAFTCONV_OK;
}

static int
emit_result_json(void *user, const draftconv_result *result)
{
	return emit_line(user, draftconv_report_result(result));
}

static int
emit_run_json(void *user, const draftconv_run_info *info)
{
	return emit_line(user, draftconv_report_run(info));
}

int
draftconv_report_json(draftconv_journal *journal, const draftconv_journal_filter *filter,
	draftconv_write write, void *user, draftconv_error **error)
{
	struct json_report report = {.write = write, .user = user, .error = error};
	int status = draftconv_journal_results(journal, filter, emit_result_json, &report, error);

	if (status < 0)
		return status;
	return draftconv_journal_runs(journal, filter, emit_run_json, &report, error);
}
