/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole road: an account, its drafts in batches. */
#include "lib/run/convert.h"
#include "lib/run/check.h"
#include "lib/run/ways.h"

/* Refused logins in a row that end a run: the accounts, or somebody's patience, are at fault. */
#define REFUSED_MAX 20

static void
fill_wanted(const dc_conversion *conversion, struct dc_wanted *wanted)
{
	*wanted = (struct dc_wanted){.remove_gone = conversion->options->remove_gone,
		.recompose = conversion->options->recompose,
		.redeliver = conversion->options->redeliver,
		.run = conversion->context.number};
}

/* The journal keeps how the account's texts were decoded: an earlier decision wins. */
static int
keep_decision(dc_conversion *conversion, draftconv_error **error)
{
	draftconv_journal *journal = conversion->context.journal;
	const char *identity = draftconv_profile_identity(conversion->options->profile);
	const char *owner = conversion->account->folded;
	g_autofree char *decision = NULL;

	if (journal == NULL)
		return DRAFTCONV_OK;
	int status = dc_journal_charset(journal, identity, owner, &decision, error);
	if (status < 0)
		return status;
	if (decision != NULL) {
		dc_drafts_use_decision(conversion->drafts, decision);
		return DRAFTCONV_OK;
	}
	if (conversion->context.dry_run)
		return DRAFTCONV_OK;
	return dc_journal_set_charset(
		journal, identity, owner, dc_drafts_decision(conversion->drafts), error);
}

/* Where it goes, and whether that is there at all: a folder whose name was mistyped is a new one. */
static void
say_account(const dc_conversion *conversion, const dc_session *session)
{
	const dc_context *context = &conversion->context;
	const bool is_new = session->mailbox == NULL ? dc_sink_is_imap(session->sink)
						     : dc_mailbox_facts(session->mailbox)->created;
	/* Which one, only the server could say, and a preflight has asked it. */
	const bool nameless = is_new && context->checked != NULL &&
			      context->checked->folder != NULL &&
			      g_str_has_suffix(session->where, "/");
	g_autofree char *where = g_strconcat(session->where,
		nameless ? context->checked->folder : "", is_new ? " (a new folder)" : "", NULL);

	if (context->account != NULL)
		context->account(context->user, conversion->account->owner, where);
}

static int
begin_account(dc_conversion *conversion, dc_session *session, draftconv_error **error)
{
	dc_context *context = &conversion->context;

	say_account(conversion, session);
	if (context->journal == NULL || context->dry_run)
		return DRAFTCONV_OK;
	const struct dc_mailbox_facts *facts = dc_mailbox_facts(session->mailbox);
	g_autofree char *login = NULL;
	int status = dc_sink_login(session->sink, &session->account, &login, error);
	if (status < 0)
		return status;
	const struct dc_journal_account account = {
		.destination = session->destination,
		.owner = conversion->account->folded,
		.login = login,
		.folder = (char *)(uintptr_t)facts->folder,
		.folder_created = facts->created,
	};
	return dc_journal_account_begin(context->journal, context->number, &account, error);
}

/* Enough has failed: somebody should look before the rest does, too. */
static int
check_errors(const dc_conversion *conversion, draftconv_error **error)
{
	const draftconv_run_options *options = conversion->options;
	const dc_context *context = &conversion->context;
	const uint64_t failed = context->summary->counts[DRAFTCONV_OUTCOME_FAILED];
	bool enough =
		options->max_errors != 0 && failed > (uint64_t)MAX(options->max_errors, (int64_t)0);

	if (options->max_errors_percent != 0 && context->total > 0)
		enough |=
			(double)failed * 100 > (double)context->total * options->max_errors_percent;
	if (!enough)
		return DRAFTCONV_OK;
	return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
		"%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		" drafts failed, more than are allowed: look at them, then run the same command "
		"again",
		(guint64)failed, (guint64)context->total);
}

static int
deliver_account(dc_conversion *conversion, dc_session *session, draftconv_error **error)
{
	const dc_context *context = &conversion->context;
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)dc_item_free);
	struct dc_wanted wanted;
	int more = 1;

	fill_wanted(conversion, &wanted);
	int status = begin_account(conversion, session, error);
	while (status >= 0 && more == 1) {
		dc_pace_await(context->pace, context->turn, context->cancellable);
		more = dc_conversion_batch(
			conversion, session, dc_crew_batch(conversion), items, error);
		if (more < 0)
			return more;
		if (session->mailbox != NULL && session->stopped)
			dc_batch_stop(items);
		else
			status = dc_batch_run(session, &wanted, items, error);
		status = dc_batch_end(session, items, status, error);
		if (status >= 0)
			status = check_errors(conversion, error);
		if (status >= 0 && more == 1)
			status = dc_crew_check(conversion, error);
	}
	return status < 0 ? status : dc_conversion_gone(conversion, session, &wanted, error);
}

/* None of the account's drafts is tried, for the same reason. WHERE is NULL when nobody knows. */
static int
say_untried(dc_conversion *conversion, draftconv_outcome outcome, const char *where,
	const dc_findings *findings, draftconv_error **error)
{
	for (;;) {
		g_autoptr(draftconv_draft) draft = NULL;
		int status = dc_drafts_next_of_account(conversion->drafts, &draft, error);

		if (status <= 0)
			return status;
		const struct dc_said said = {.owner = conversion->account->owner,
			.key = draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY),
			.subject = draftconv_draft_field(draft, DRAFTCONV_FIELD_SUBJECT),
			.where = where,
			.destination = "", /* no entry, but the report shall name them */
			.outcome = outcome,
			.findings = findings};
		status = dc_context_say(&conversion->context, &said, error);
		if (status < 0)
			return status;
	}
}

/* After the first login of the run a refused one is the account's own trouble. */
static int
refused_account(dc_conversion *conversion, const struct dc_sink_account *account,
	const draftconv_error *why, draftconv_error **error)
{
	const draftconv_run_options *options = conversion->options;
	const unsigned most = options->max_refused == 0 ? REFUSED_MAX : options->max_refused;
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autofree char *where = NULL;

	int status = dc_sink_describe(options->sink, account, &where, error);
	if (status < 0)
		return status;
	dc_findings_add(findings, DC_FINDING_LOGIN_REFUSED, "", "%s", draftconv_error_message(why));
	status = say_untried(conversion, DRAFTCONV_OUTCOME_FAILED, where, findings, error);
	if (status >= 0 && conversion->context.checked != NULL)
		dc_check_say_refused(&conversion->context, conversion->account, where,
			draftconv_error_message(why), findings);
	if (status < 0 || ++conversion->crew->refused_in_row < most)
		return status;
	return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
		"%u logins in a row were refused, the latest: %s; look at the password and the "
		"accounts, then run the same command again",
		conversion->crew->refused_in_row, draftconv_error_message(why));
}

static int
visit_mailbox(dc_conversion *conversion, const struct dc_sink_account *sink_account,
	draftconv_error **error)
{
	const dc_account *account = conversion->account;
	const char *name = conversion->options->destination;
	g_autofree char *destination =
		name == NULL ? NULL : g_strdup_printf("%s %s", name, account->folded);
	g_autoptr(draftconv_error) why = NULL;
	dc_session session;

	int status = dc_session_open(&session, &conversion->context, conversion->options->sink,
		sink_account, account->folded, destination, &why);
	if (status < 0)
		dc_session_close(&session);
	if (status == DRAFTCONV_ERROR_REFUSED && conversion->crew->any_login)
		return refused_account(conversion, sink_account, why, error);
	if (status < 0)
		return dc_error_set(error, status, "%s: %s", account->owner,
			why == NULL ? "not reached" : draftconv_error_message(why));
	dc_crew_login(conversion);
	conversion->context.would_send = conversion->context.would_send_bytes = 0;
	conversion->context.largest_bytes = 0;
	status = deliver_account(conversion, &session, error);
	if (status >= 0 && conversion->context.checked != NULL)
		dc_check_say(&conversion->context, account->owner, session.where,
			conversion->context.summary);
	dc_session_close(&session);
	return status;
}

static int
convert_account(dc_conversion *conversion, draftconv_error **error)
{
	const dc_account *account = conversion->account;
	struct dc_sink_account sink_account;
	g_autofree char *mailbox = NULL;

	if (!dc_ways_account(conversion->accounts, account->owner, account->folded, account->login,
		    &sink_account))
		return say_untried(conversion, DRAFTCONV_OUTCOME_NO_ACCOUNT, NULL, NULL, error);
	sink_account.several =
		!conversion->options->all_into_one && conversion->context.summary->accounts > 1;
	int status = keep_decision(conversion, error);
	if (status >= 0)
		status =
			dc_sink_describe(conversion->options->sink, &sink_account, &mailbox, error);
	if (status < 0)
		return status;
	dc_crew_enter(conversion, mailbox);
	status = dc_crew_check(conversion, error);
	if (status >= 0)
		status = visit_mailbox(conversion, &sink_account, error);
	dc_crew_leave(conversion, mailbox);
	return status;
}

/* Without a sink, or without an owner, when all of them fail: compose and count. */
static int
check_account(dc_conversion *conversion, draftconv_error **error)
{
	for (;;) {
		g_autoptr(draftconv_draft) draft = NULL;
		g_autoptr(dc_item) item = NULL;
		int status = dc_drafts_next_of_account(conversion->drafts, &draft, error);

		if (status <= 0)
			return status;
		status = dc_conversion_item(conversion, NULL, draft, &item, error);
		if (status < 0)
			return status;
		const struct dc_said said = {.owner = item->entry->owner,
			.key = item->entry->key,
			.message_id = item->entry->message_id,
			.subject = item->entry->subject,
			.destination = "",
			.bytes = item->message == NULL ? 0 : draftconv_message_size(item->message),
			.outcome = item->failed ? DRAFTCONV_OUTCOME_FAILED
						: DRAFTCONV_OUTCOME_WOULD_DELIVER,
			.findings = item->findings};
		status = dc_context_say(&conversion->context, &said, error);
		if (status < 0)
			return status;
		if (g_cancellable_is_cancelled(conversion->context.cancellable))
			return dc_error_set(error, DRAFTCONV_ERROR_CANCELLED, "interrupted");
	}
}

int
dc_conversion_walk(dc_conversion *conversion, draftconv_error **error)
{
	for (;;) {
		int status = dc_crew_check(conversion, error);

		if (status >= 0)
			status = dc_drafts_next_account(
				conversion->drafts, &conversion->account, error);
		if (status <= 0)
			return status;
		if (conversion->options->sink == NULL || *conversion->account->folded == '\0')
			status = check_account(conversion, error);
		else
			status = convert_account(conversion, error);
		if (status >= 0)
			status = check_errors(conversion, error);
		if (status < 0)
			return status;
	}
}
