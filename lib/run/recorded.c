/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/recorded.h"

#include <string.h>

/* The sink of the run, with what the caller gives in its place. */
static int
open_sink(dc_recorded *recorded, draftconv_error **error)
{
	const struct draftconv_sink_options *given = recorded->options->sink_options;
	const struct dc_journal_run *run = &recorded->run->run;
	struct draftconv_sink_options options = {.struct_size = sizeof options};

	if (recorded->options->sink != NULL) {
		recorded->sink = recorded->options->sink;
		recorded->context.lock_timeout_s = dc_sink_timeout_s(recorded->sink);
		return DRAFTCONV_OK;
	}
	if (given != NULL)
		options = *given;
	if (options.login == NULL && *run->login != '\0')
		options.login = run->login;
	if (options.ca_file == NULL && *run->ca_file != '\0')
		options.ca_file = run->ca_file;
	if (options.authenticate_as == NULL && *run->authenticate_as != '\0')
		options.authenticate_as = run->authenticate_as;
	if (options.master_separator == NULL && *run->master_separator != '\0')
		options.master_separator = run->master_separator;
	const char *to = recorded->options->to != NULL ? recorded->options->to : run->sink;
	/* A run in the clear says nothing of a destination that is given with TLS. */
	if (options.tls == DRAFTCONV_SINK_TLS_REQUIRED && !g_str_has_prefix(to, "imaps:"))
		options.tls = (enum draftconv_sink_tls)run->tls;
	int status = draftconv_sink_open(to, &options, &recorded->sink, error);
	if (status >= 0)
		recorded->context.lock_timeout_s = dc_sink_timeout_s(recorded->sink);
	return status;
}

static void
close_sink(dc_recorded *recorded)
{
	if (recorded->options->sink == NULL)
		draftconv_sink_free(recorded->sink);
	recorded->sink = NULL;
}

bool
dc_recorded_is_of_run(const dc_recorded *recorded, const struct dc_entry *entry)
{
	const int64_t run = recorded->run->number;

	if (entry->now.run == run || entry->was.run == run)
		return true;
	for (size_t i = 0; i < entry->n_past; i++) {
		if (entry->past[i].core.run == run)
			return true;
	}
	return false;
}

static int
visit_account(
	dc_recorded *recorded, const struct dc_journal_account *account, draftconv_error **error)
{
	const struct draftconv_sink_options *given = recorded->options->sink_options;
	/* What {login} stood for, unless the caller says it anew. */
	const bool same_login = given == NULL || given->login == NULL;
	const struct dc_sink_account sink_account = {.owner = account->spelled,
		.login = same_login && *account->login != '\0' ? account->login : NULL,
		.folder = *account->folder == '\0' ? NULL : account->folder};
	dc_context *context = &recorded->context;
	dc_session session;

	/* Entries are found under the name that they were written under. */
	int status = dc_session_open(&session, context, recorded->sink, &sink_account,
		account->owner, account->destination, error);
	/* What is not there any more has a name in the journal all the same. */
	if (status >= 0 && session.destination == NULL)
		session.destination = g_strdup(account->destination);
	if (status >= 0 && context->account != NULL)
		context->account(context->user, account->spelled, session.where);
	if (status >= 0)
		status = recorded->visit(recorded, &session, account, error);
	dc_session_close(&session);
	return status;
}

static void
add_up(draftconv_summary *sum, const draftconv_summary *part)
{
	sum->drafts += part->drafts;
	sum->accounts += part->accounts;
	sum->needs_person = sum->needs_person || part->needs_person;
	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++)
		sum->counts[i] += part->counts[i];
}

static void
say_run(const dc_recorded *recorded, const draftconv_summary *summary)
{
	const dc_journal_run_row *run = recorded->run;
	const draftconv_recorded done = {.struct_size = sizeof done,
		.run = run->id,
		.ticket = run->run.ticket,
		.destination = run->run.destination,
		.dry_run = recorded->options->dry_run,
		.taken_back = run->rolled_back,
		.taken_back_s = run->rolled_back_s,
		.incomplete = !run->ended || *run->failure != '\0',
		.failure = run->failure,
		.summary = summary};

	if (recorded->options->run_done != NULL)
		recorded->options->run_done(recorded->options->user, &done);
}

static int
visit_run(dc_recorded *recorded, draftconv_summary *sum, draftconv_error **error)
{
	const draftconv_journal_filter *filter = recorded->options->filter;
	const char *const *owners = filter == NULL ? NULL : filter->owners;
	g_autoptr(GPtrArray) accounts = NULL;
	draftconv_summary summary = {.struct_size = sizeof summary};

	g_strlcpy(summary.run, recorded->run->id, sizeof summary.run);
	if (recorded->run->rolled_back) {
		say_run(recorded, &summary);
		return DRAFTCONV_OK;
	}
	recorded->context.summary = &summary;
	recorded->context.number = recorded->run->number;
	int status = dc_journal_run_accounts(
		recorded->context.journal, recorded->run->number, owners, &accounts, error);
	int others = 0;
	if (status >= 0 && owners != NULL)
		status = others = dc_journal_run_has_others(
			recorded->context.journal, recorded->run->number, owners, error);
	recorded->whole = others == 0;
	if (status >= 0)
		status = open_sink(recorded, error);
	for (guint i = 0; status >= 0 && i < accounts->len; i++) {
		if (recorded->wants != NULL)
			status = recorded->wants(recorded, accounts->pdata[i], error);
		if (status < 0 || (recorded->wants != NULL && status == 0))
			continue;
		summary.accounts++;
		status = visit_account(recorded, accounts->pdata[i], error);
	}
	close_sink(recorded);
	if (status >= 0)
		status = recorded->end(recorded, error);
	add_up(sum, &summary);
	if (status >= 0)
		say_run(recorded, &summary);
	return status;
}

int
dc_recorded_walk(dc_recorded *recorded, draftconv_run *run,
	const draftconv_recorded_options *options, bool writes, draftconv_summary *summary,
	draftconv_error **error)
{
	g_autoptr(GPtrArray) runs = NULL;

	memset(summary, 0, sizeof *summary);
	summary->struct_size = sizeof *summary;
	if (options->struct_size < sizeof *options || options->journal == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"this needs a journal, and a struct_size of %zu", sizeof *options);
	int status = dc_journal_runs_newest_first(options->journal, options->filter, &runs, error);
	if (status >= 0 && runs->len == 0)
		status = dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND,
			"the journal has no such run; draftconv runs lists them");
	if (status < 0)
		return status;

	recorded->options = options;
	recorded->runs = runs;
	recorded->context = (dc_context){.journal = options->journal,
		.cancellable = run->cancellable,
		.dry_run = !writes,
		.afterwards = true,
		.retries = DC_RUN_RETRIES,
		.account = options->account,
		.result = options->result,
		.user = options->user};
	for (guint i = 0; i < runs->len && status >= 0; i++) {
		recorded->run = runs->pdata[i];
		status = visit_run(recorded, summary, error);
	}
	return status;
}
