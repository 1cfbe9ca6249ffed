/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs are taken back, newest first, account by account, by the same decisions as they were made. */
#include "lib/run/run.h"

#include "lib/run/batch.h"

#include <string.h>

typedef struct dc_rollback {
	dc_context context;
	const draftconv_run_rollback_options *options;
	const dc_journal_run_row *run;
	GHashTable *owners; /* folded ones that are meant; NULL: all */
	draftconv_sink *sink;
	dc_session *session;
	const struct dc_journal_account *account;
	GPtrArray *items;
	bool whole; /* every account of the run was taken back */
} dc_rollback;

/* The sink of the run, with what the caller gives in its place. */
static int
open_sink(dc_rollback *back, draftconv_error **error)
{
	const struct draftconv_sink_options *given = back->options->sink_options;
	const struct dc_journal_run *run = &back->run->run;
	struct draftconv_sink_options options = {.struct_size = sizeof options};

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
	if (options.tls == DRAFTCONV_SINK_TLS_REQUIRED)
		options.tls = (enum draftconv_sink_tls)run->tls;
	int status = draftconv_sink_open(back->options->to != NULL ? back->options->to : run->sink,
		&options, &back->sink, error);
	if (status >= 0)
		back->context.lock_timeout_s = dc_sink_timeout_s(back->sink);
	return status;
}

static bool
is_of_run(const struct dc_entry *entry, int64_t run)
{
	if (entry->now.run == run || entry->was.run == run)
		return true;
	for (size_t i = 0; i < entry->n_past; i++) {
		if (entry->past[i].core.run == run)
			return true;
	}
	return false;
}

static int
collect_entry(void *user, dc_journal_entry *entry, draftconv_error **error)
{
	dc_rollback *back = user;

	if (!is_of_run(&entry->entry, back->run->number))
		return DRAFTCONV_OK;
	g_autoptr(dc_item) item = dc_item_new();
	item->row.presence = DC_DECIDE_ROW_GONE;
	item->row.asked = true;
	int status = dc_journal_load(back->context.journal, back->session->destination,
		entry->identity, &item->entry, error);
	if (status < 0)
		return status;
	g_ptr_array_add(back->items, g_steal_pointer(&item));
	return DRAFTCONV_OK;
}

/* From an mbox nothing is taken out: its letters are told, and older runs go on being taken back. */
static void
leave_all(dc_rollback *back)
{
	for (guint i = 0; i < back->items->len; i++) {
		dc_item *item = back->items->pdata[i];

		item->status = DC_STATUS_KEPT;
		dc_findings_add(item->findings, DC_FINDING_MARKED_NOT_REMOVED, "", "%s",
			"nothing can be removed from this kind of destination");
	}
}

static int
take_back(dc_rollback *back, draftconv_error **error)
{
	const int64_t runs[] = {back->run->number};
	const struct dc_wanted wanted = {
		.roll_back = true, .run = back->run->number, .runs = runs, .n_runs = 1};
	dc_session *session = back->session;
	bool left = false;

	int status = dc_journal_each(back->context.journal, session->destination,
		back->account->owner, collect_entry, back, error);
	if (status >= 0 && !dc_sink_has_uids(back->sink) && !dc_sink_can_remove(back->sink))
		leave_all(back);
	else if (status >= 0 && back->items->len > 0)
		status = dc_batch_run(session, &wanted, back->items, error);
	for (guint i = 0; i < back->items->len && status >= 0; i++) {
		const dc_item *item = back->items->pdata[i];

		left = left || item->status == DC_STATUS_FAILED || session->stopped;
	}
	if (status >= 0)
		status = dc_batch_say(session, back->items, error);
	if (status < 0)
		return status;
	back->whole = back->whole && !left;
	if (!back->context.dry_run && back->account->folder_created && session->mailbox != NULL)
		status = dc_mailbox_delete_folder_if_empty(session->mailbox, error);
	return status < 0 ? status : DRAFTCONV_OK;
}

static int
take_back_account(
	dc_rollback *back, const struct dc_journal_account *account, draftconv_error **error)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)dc_item_free);
	const struct draftconv_sink_options *given = back->options->sink_options;
	/* What {login} stood for, unless the caller says it anew. */
	const bool same_login = given == NULL || given->login == NULL;
	const struct dc_sink_account sink_account = {.owner = account->owner,
		.login = same_login && *account->login != '\0' ? account->login : NULL,
		.folder = *account->folder == '\0' ? NULL : account->folder};
	dc_session session;

	back->account = account;
	back->items = items;
	back->session = &session;
	/* Entries are found under the name that they were written under. */
	int status = dc_session_open(&session, &back->context, back->sink, &sink_account,
		account->owner, account->destination, error);
	if (status >= 0 && back->context.account != NULL)
		back->context.account(back->context.user, account->owner, session.where);
	if (status >= 0)
		status = take_back(back, error);
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

static int
take_back_run(dc_rollback *back, draftconv_summary *sum, draftconv_error **error)
{
	const draftconv_journal_filter *filter = back->options->filter;
	g_autoptr(GPtrArray) accounts = NULL;
	draftconv_summary summary = {.struct_size = sizeof summary};

	back->whole = filter->owners == NULL;
	back->context.summary = &summary;
	back->context.number = back->run->number;
	g_strlcpy(summary.run, back->run->id, sizeof summary.run);
	int status = open_sink(back, error);
	if (status >= 0)
		status = dc_journal_run_accounts(
			back->context.journal, back->run->number, filter->owners, &accounts, error);
	for (guint i = 0; status >= 0 && i < accounts->len; i++) {
		summary.accounts++;
		status = take_back_account(back, accounts->pdata[i], error);
	}
	g_clear_pointer(&back->sink, draftconv_sink_free);
	add_up(sum, &summary);
	if (status < 0)
		return status;
	if (back->whole && !back->context.dry_run)
		status =
			dc_journal_run_rolled_back(back->context.journal, back->run->number, error);
	if (status >= 0 && back->options->run_done != NULL)
		back->options->run_done(
			back->options->user, back->run->id, back->run->run.destination, &summary);
	return status;
}

static int
count_run(void *user, const draftconv_run_info *info)
{
	(void)info;
	++*(unsigned *)user;
	return DRAFTCONV_OK;
}

/* Nothing is left to take back: done before, or never heard of? */
static int
check_known(const draftconv_run_rollback_options *options, draftconv_error **error)
{
	unsigned known = 0;
	int status =
		draftconv_journal_runs(options->journal, options->filter, count_run, &known, error);

	if (status >= 0 && known == 0)
		return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND,
			"the journal has no such run; draftconv runs lists them");
	return status;
}

int
draftconv_run_rollback(draftconv_run *run, const draftconv_run_rollback_options *options,
	draftconv_summary *summary, draftconv_error **error)
{
	g_autoptr(GPtrArray) runs = NULL;

	memset(summary, 0, sizeof *summary);
	summary->struct_size = sizeof *summary;
	if (options->struct_size < sizeof *options || options->journal == NULL ||
		options->filter == NULL)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "a rollback needs a journal and a filter");
	int status = dc_journal_runs_for_rollback(options->journal, options->filter, &runs, error);
	if (status < 0)
		return status;

	if (runs->len == 0)
		return check_known(options, error);

	dc_rollback back = {.options = options};
	back.context = (dc_context){.journal = options->journal,
		.cancellable = run->cancellable,
		.dry_run = options->dry_run,
		.retries = DC_RUN_RETRIES,
		.account = options->account,
		.result = options->result,
		.user = options->user};
	for (guint i = 0; i < runs->len && status >= 0; i++) {
		back.run = runs->pdata[i];
		status = take_back_run(&back, summary, error);
	}
	return status;
}
