/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs as JSON: an object for each run, with its drafts inside, written as they are read. */
#include "lib/report/report.h"

struct json_report {
	draftconv_journal *journal;
	const draftconv_journal_filter *filter;
	draftconv_write write;
	void *user;
	bool more; /* a draft of this run was written already */
	draftconv_error **error;
};

static int
emit(struct json_report *report, const char *text, size_t size)
{
	const int status = report->write(report->user, text, size);

	if (status < 0)
		return dc_error_set(report->error, status, "report not written");
	return DRAFTCONV_OK;
}

static int
emit_draft(void *user, const draftconv_result *result)
{
	struct json_report *report = user;
	g_autofree char *line = draftconv_report_result(result);
	int status = report->more ? emit(report, ",", 1) : DRAFTCONV_OK;

	report->more = true;
	return status < 0 ? status : emit(report, line, strlen(line));
}

static int
emit_run(void *user, const draftconv_run_info *info)
{
	static const char before[] = ",\"drafts\":[";
	struct json_report *report = user;
	const char *const runs[] = {info->run, NULL};
	const draftconv_journal_filter filter = {.struct_size = sizeof filter,
		.runs = runs,
		.owners = report->filter == NULL ? NULL : report->filter->owners};
	g_autofree char *line = draftconv_report_run(info);

	/* The object stays open for its drafts: there may be more than memory should hold. */
	int status = emit(report, line, strlen(line) - 1);
	if (status >= 0)
		status = emit(report, before, sizeof before - 1);
	report->more = false;
	if (status >= 0)
		status = draftconv_journal_results(
			report->journal, &filter, emit_draft, report, report->error);
	return status < 0 ? status : emit(report, "]}\n", 3);
}

int
draftconv_report_json(draftconv_journal *journal, const draftconv_journal_filter *filter,
	draftconv_write write, void *user, draftconv_error **error)
{
	struct json_report report = {
		.journal = journal, .filter = filter, .write = write, .user = user, .error = error};

	return draftconv_journal_runs(journal, filter, emit_run, &report, error);
}
