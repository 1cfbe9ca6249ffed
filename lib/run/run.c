/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/run.h"

#include "lib/base/or-empty.h"
#include "lib/run/borrowed.h"
#include "lib/run/convert.h"
#include "lib/run/listed.h"
#include "lib/run/ways.h"
#include "lib/source/source.h"

#include <string.h>

draftconv_run *
draftconv_run_new(void)
{
	draftconv_run *run = g_new0(draftconv_run, 1);

	run->cancellable = g_cancellable_new();
	return run;
}

void
draftconv_run_free(draftconv_run *run)
{
	if (run == NULL)
		return;
	g_object_unref(run->cancellable);
	g_free(run);
}

void
draftconv_run_cancel(draftconv_run *run)
{
	g_cancellable_cancel(run->cancellable);
}

static int
check_options(const draftconv_run_options *options, draftconv_error **error)
{
	if (options->struct_size < sizeof *options || options->source == NULL ||
		options->profile == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a run needs a source and a profile, and a struct_size of %zu",
			sizeof *options);
	if (options->sink == NULL)
		return DRAFTCONV_OK;
	if (options->journal == NULL && !options->dry_run && !options->check &&
		dc_sink_is_journalled(options->sink))
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "a run into this sink needs a journal");
	if (!draftconv_profile_reviewed(options->profile) && dc_sink_is_imap(options->sink))
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"profile %s is a suggestion that nobody has reviewed: look at it, take "
			"reviewed=\"no\" away, then deliver with it",
			draftconv_profile_name(options->profile));
	return DRAFTCONV_OK;
}

static int
hear_run(void *user, const draftconv_run_info *info)
{
	(void)user;
	(void)info;
	return DRAFTCONV_OK;
}

/* Runs that are to be delivered again have to be known. */
static int
check_runs(const draftconv_run_options *options, draftconv_error **error)
{
	const draftconv_journal_filter filter = {
		.struct_size = sizeof filter, .runs = options->redeliver_runs};

	if (options->redeliver_runs == NULL)
		return DRAFTCONV_OK;
	if (options->journal == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND,
			"there is no journal that knows the run %s", options->redeliver_runs[0]);
	return draftconv_journal_runs(options->journal, &filter, hear_run, NULL, error);
}

static int
begin_journal(dc_conversion *conversion, draftconv_error **error)
{
	const draftconv_run_options *options = conversion->options;
	dc_context *context = &conversion->context;

	if (context->journal == NULL || context->dry_run)
		return DRAFTCONV_OK;
	struct dc_journal_run run = {.ticket = dc_or_empty(options->ticket),
		.who = dc_or_empty(options->who),
		.source = dc_or_empty(options->source_name),
		.profile = draftconv_profile_name(options->profile),
		.profile_identity = draftconv_profile_identity(options->profile),
		.profile_version = draftconv_profile_version(options->profile),
		.source_damaged = dc_source_damaged(options->source)};
	struct dc_sink_memory memory;
	dc_sink_remember(options->sink, &memory);
	run.sink = memory.to;
	run.login = memory.login;
	run.ca_file = memory.ca_file;
	run.authenticate_as = memory.authenticate_as;
	run.master_separator = memory.master_separator;
	run.tls = memory.tls;
	run.destination = run.sink;
	int status =
		dc_journal_run_begin(context->journal, &run, &context->number, context->id, error);
	if (status >= 0)
		g_strlcpy(context->summary->run, context->id, sizeof context->summary->run);
	return status;
}

static void
say_finding(const draftconv_run_options *options, const draftconv_finding *finding,
	draftconv_summary *summary)
{
	summary->needs_person = summary->needs_person || dc_finding_needs_person(finding);
	if (options->finding != NULL)
		options->finding(options->user, finding);
}

/* What is about the source, and what is about the ways. */
static void
say_findings(const draftconv_run_options *options, const draftconv_drafts *drafts,
	const dc_findings *ways, draftconv_summary *summary)
{
	for (size_t i = 0; i < draftconv_drafts_finding_count(drafts); i++)
		say_finding(options, draftconv_drafts_finding(drafts, i), summary);
	for (size_t i = 0; i < dc_findings_count(ways); i++)
		say_finding(options, dc_findings_at(ways, i), summary);
}

/* What is left undone is told by the error itself, also where the journal cannot be written. */
static void
end_failed(dc_context *context, const draftconv_error *why)
{
	const uint64_t undone = context->summary->undone;
	g_autoptr(GString) text =
		g_string_new(why == NULL ? "stopped" : draftconv_error_message(why));
	bool dropped = false;

	if (undone > 0)
		g_string_append_printf(text,
			"; %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " drafts were left undone",
			(guint64)undone, (guint64)context->total);
	/* A mistake in the call that showed before any account was entered is no run. */
	if (why != NULL && draftconv_error_code(why) == DRAFTCONV_ERROR_ARGUMENT)
		dc_journal_run_drop(context->journal, context->number, &dropped, NULL);
	if (dropped)
		*context->summary->run = '\0';
	else
		dc_journal_run_end(context->journal, context->number, text->str, NULL);
}

static int
convert(dc_conversion *conversion, draftconv_error **error)
{
	const draftconv_run_options *options = conversion->options;
	dc_context *context = &conversion->context;

	g_autoptr(dc_findings) found = dc_findings_new();
	struct dc_ways_tried tried;

	context->total = draftconv_drafts_count(conversion->drafts, &context->summary->accounts);
	tried.drafts = context->total;
	tried.accounts = context->summary->accounts;
	if (options->sink != NULL) {
		int status =
			dc_ways_accounts(options, conversion->drafts, &conversion->accounts, error);

		if (status >= 0 && options->accounts != NULL)
			status = dc_listed_check(options, conversion->drafts, found, error);
		if (status >= 0)
			status = dc_ways_check(options, conversion->drafts, conversion->accounts,
				&tried, found, error);
		if (status >= 0 && options->accounts != NULL)
			status = dc_borrowed_check(
				options, conversion->drafts, conversion->accounts, found, error);
		if (status < 0)
			return status;
	}
	say_findings(options, conversion->drafts, found, context->summary);
	if (options->begin != NULL)
		options->begin(options->user, tried.drafts, tried.accounts);
	int status = dc_ways_tell(options, conversion->drafts, conversion->accounts, error);
	if (status >= 0)
		status = begin_journal(conversion, error);
	if (status >= 0)
		status = dc_conversion_work(conversion, error);
	context->summary->undone = context->total - MIN(context->summary->drafts, context->total);
	if (context->number == 0)
		return status;
	if (status >= 0)
		return dc_journal_run_end(context->journal, context->number, "", error);
	end_failed(context, error != NULL ? *error : NULL);
	return status;
}

static unsigned
retries_of(const draftconv_run_options *options)
{
	if (options->retries == 0)
		return DC_RUN_RETRIES;
	return options->retries < 0 ? 0 : (unsigned)options->retries;
}

int
draftconv_run_convert(draftconv_run *run, const draftconv_run_options *options,
	draftconv_summary *summary, draftconv_error **error)
{
	g_autoptr(draftconv_drafts) drafts = NULL;
	int status = check_options(options, error);

	memset(summary, 0, sizeof *summary);
	summary->struct_size = sizeof *summary;
	if (status >= 0)
		status = check_runs(options, error);
	if (status < 0)
		return status;
	status = draftconv_drafts_open(options->source, options->profile, options->selection,
		options->temp_dir, &drafts, error);
	if (status < 0)
		return status;

	const bool journalled = options->sink != NULL && dc_sink_is_journalled(options->sink);
	struct dc_sink_checked checked = {0};
	dc_conversion conversion = {.options = options, .drafts = drafts};
	conversion.context = (dc_context){.journal = journalled ? options->journal : NULL,
		.cancellable = run->cancellable,
		.dry_run = options->dry_run || options->check,
		.checked = options->check ? &checked : NULL,
		.retries = retries_of(options),
		.lock_timeout_s = options->sink == NULL ? 0 : dc_sink_timeout_s(options->sink),
		.summary = summary,
		.account = options->account,
		.account_checked = options->account_checked,
		.result = options->result,
		.progress = options->progress,
		.finding = options->finding,
		.user = options->user};
	conversion.form = dc_conversion_form(options, drafts);
	status = convert(&conversion, error);
	g_clear_pointer(&conversion.accounts, g_hash_table_unref);
	dc_sink_checked_clear(&checked);
	summary->source_damaged = dc_source_damaged(options->source);
	return status;
}
