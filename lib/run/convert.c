/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole road: accounts one after the other, their drafts in batches. */
#include "lib/run/convert.h"

/* Refused logins in a row that stop a run: the accounts, or somebody's patience, are at fault. */
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

static int
begin_account(dc_conversion *conversion, dc_session *session, draftconv_error **error)
{
	dc_context *context = &conversion->context;

	if (context->account != NULL)
		context->account(context->user, conversion->account->owner, session->where);
	if (context->journal == NULL || context->dry_run)
		return DRAFTCONV_OK;
	const struct dc_mailbox_facts *facts = dc_mailbox_facts(session->mailbox);
	const struct dc_journal_account account = {
		.destination = session->destination,
		.owner = conversion->account->folded,
		.login = (char *)(uintptr_t)conversion->account->login,
		.folder = (char *)(uintptr_t)facts->folder,
		.folder_created = facts->created,
	};
	return dc_journal_account_begin(context->journal, context->number, &account, error);
}

static int
deliver_account(dc_conversion *conversion, dc_session *session, draftconv_error **error)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)dc_item_free);
	struct dc_wanted wanted;
	int more = 1;

	fill_wanted(conversion, &wanted);
	int status = begin_account(conversion, session, error);
	while (status >= 0 && more == 1) {
		more = dc_conversion_batch(conversion, session, items, error);
		if (more < 0)
			return more;
		if (session->mailbox != NULL && session->stopped)
			dc_batch_stop(items);
		else
			status = dc_batch_run(session, &wanted, items, error);
		if (status >= 0)
			status = dc_batch_say(session, items, error);
	}
	return status < 0 ? status : dc_conversion_gone(conversion, session, &wanted, error);
}

/* Every draft of an account that cannot be reached fails for the same reason. */
static int
fail_account(dc_conversion *conversion, const draftconv_error *why, draftconv_error **error)
{
	g_autoptr(dc_findings) findings = dc_findings_new();

	dc_findings_add(findings, DC_FINDING_LOGIN_REFUSED, "", "%s", draftconv_error_message(why));
	for (;;) {
		g_autoptr(draftconv_draft) draft = NULL;
		int status = dc_drafts_next_of_account(conversion->drafts, &draft, error);

		if (status <= 0)
			return status;
		const struct dc_said said = {.owner = conversion->account->owner,
			.key = draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY),
			.subject = draftconv_draft_field(draft, DRAFTCONV_FIELD_SUBJECT),
			.outcome = DRAFTCONV_OUTCOME_FAILED,
			.findings = findings};
		status = dc_context_say(&conversion->context, &said, error);
		if (status < 0)
			return status;
	}
}

static int
convert_account(dc_conversion *conversion, draftconv_error **error)
{
	const dc_account *account = conversion->account;
	const struct dc_sink_account sink_account = {
		.owner = account->owner, .profile_login = account->login};
	g_autoptr(draftconv_error) why = NULL;
	dc_session session;

	int status = keep_decision(conversion, error);
	if (status < 0)
		return status;
	status = dc_session_open(&session, &conversion->context, conversion->options->sink,
		&sink_account, account->folded, conversion->options->destination, &why);
	if (status == DRAFTCONV_ERROR_REFUSED && conversion->any_login &&
		++conversion->refused_in_row < REFUSED_MAX) {
		dc_session_close(&session);
		return fail_account(conversion, why, error);
	}
	if (status == DRAFTCONV_ERROR_REFUSED && conversion->any_login)
		status = DRAFTCONV_ERROR_TEMPORARY;
	if (status < 0) {
		dc_session_close(&session);
		return dc_error_set(error, status, "%s: %s", account->owner,
			why == NULL ? "not reached" : draftconv_error_message(why));
	}
	conversion->any_login = true;
	conversion->refused_in_row = 0;
	status = deliver_account(conversion, &session, error);
	dc_session_close(&session);
	return status;
}

/* Without a sink: compose and count. */
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
		int status =
			dc_drafts_next_account(conversion->drafts, &conversion->account, error);

		if (status <= 0)
			return status;
		if (conversion->options->sink == NULL)
			status = check_account(conversion, error);
		else
			status = convert_account(conversion, error);
		if (status < 0)
			return status;
	}
}
