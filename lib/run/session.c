/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/session.h"

#include "lib/base/limits.h"
#include "lib/message/identity.h"

#include <string.h>

/* Before a connection that died is opened again. */
#define PAUSE_US (G_USEC_PER_SEC / 2)

dc_item *
dc_item_new(void)
{
	dc_item *item = g_new0(dc_item, 1);

	item->findings = dc_findings_new();
	item->would = DRAFTCONV_OUTCOME_COUNT;
	return item;
}

void
dc_item_free(dc_item *item)
{
	if (item == NULL)
		return;
	draftconv_message_free(item->message);
	dc_findings_free(item->findings);
	dc_journal_entry_free(item->entry);
	dc_journal_replaced_clear(&item->put_back);
	g_free(item);
}

/* An intent without an end: a run was killed, perhaps a moment ago, and its append may be on its way yet. */
static void
collect_identity(void *user, const struct dc_journal_brief *brief)
{
	dc_session *session = user;

	if (brief->state != DC_STATE_NOTHING && brief->state != DC_STATE_FAILED)
		g_hash_table_insert(session->identities, g_strdup(brief->identity),
			GUINT_TO_POINTER(
				brief->state == DC_STATE_INTENDED ? 0 : brief->uidvalidity));
	if (brief->state == DC_STATE_INTENDED)
		session->in_doubt = true;
}

/* What the journal knows of the folder, as of now. */
int
dc_session_refresh(dc_session *session, draftconv_error **error)
{
	draftconv_journal *journal = session->context->journal;

	if (journal == NULL)
		return DRAFTCONV_OK;
	g_hash_table_remove_all(session->identities);
	int status = dc_journal_each_brief(
		journal, session->destination, session->folded, collect_identity, session, error);
	if (status >= 0)
		status = dc_journal_seen(journal, session->destination, &session->folder, error);
	return status;
}

static int
open_mailbox(dc_session *session, draftconv_error **error)
{
	dc_context *context = session->context;
	g_autoptr(draftconv_error) why = NULL;
	int status =
		context->checked != NULL
			? dc_sink_check(session->sink, &session->account, context->cancellable,
				  context->checked, &session->mailbox, &why)
			: dc_sink_open_mailbox(session->sink, &session->account, !context->dry_run,
				  context->cancellable, &session->mailbox, &why);

	/* A folder that is not there is an empty one for a dry run. */
	if (status == DRAFTCONV_ERROR_NOT_FOUND && context->dry_run)
		return DRAFTCONV_OK;
	if (status < 0 && error != NULL)
		*error = g_steal_pointer(&why);
	return status;
}

int
dc_session_open(dc_session *session, dc_context *context, draftconv_sink *sink,
	const struct dc_sink_account *account, const char *folded, const char *destination,
	draftconv_error **error)
{
	memset(session, 0, sizeof *session);
	session->context = context;
	session->sink = sink;
	session->account = *account;
	session->account.turn = context->turn;
	session->folded = folded;
	session->seen = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	session->held = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_byte_array_unref);
	session->identities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	session->contents = dc_contents_new();

	int status = open_mailbox(session, error);
	while (status == DRAFTCONV_ERROR_TEMPORARY || status == DRAFTCONV_ERROR_UNREACHABLE) {
		status = dc_session_reopen(session, status, error);
		if (status < 0)
			return status;
	}
	if (status < 0)
		return status;
	if (session->mailbox == NULL)
		return dc_sink_describe(sink, account, &session->where, error);

	session->destination = g_strdup(
		destination != NULL ? destination : dc_mailbox_destination(session->mailbox));
	session->where = g_strdup(dc_mailbox_describe(session->mailbox));
	session->no_history = true;
	if (context->journal == NULL)
		return DRAFTCONV_OK;
	if (!context->dry_run)
		status = dc_journal_lock_account(context->journal, session->destination, folded,
			context->lock_timeout_s, context->turn, context->cancellable,
			&session->lock, error);
	if (status >= 0)
		status = dc_session_refresh(session, error);
	session->no_history = g_hash_table_size(session->identities) == 0;
	return status;
}

void
dc_session_close(dc_session *session)
{
	dc_look_free(g_steal_pointer(&session->look));
	dc_look_free(g_steal_pointer(&session->look_behind));
	dc_mailbox_close(g_steal_pointer(&session->mailbox));
	dc_journal_unlock(g_steal_pointer(&session->lock));
	g_clear_pointer(&session->seen, g_hash_table_unref);
	g_clear_pointer(&session->held, g_hash_table_unref);
	g_clear_pointer(&session->identities, g_hash_table_unref);
	dc_contents_free(g_steal_pointer(&session->contents));
	dc_session_forget(session);
	g_clear_pointer(&session->destination, g_free);
	g_clear_pointer(&session->where, g_free);
}

int
dc_session_reopen(dc_session *session, int status, draftconv_error **error)
{
	dc_context *context = session->context;

	g_clear_pointer(&session->look, dc_look_free);
	dc_mailbox_close(g_steal_pointer(&session->mailbox));
	while (status == DRAFTCONV_ERROR_TEMPORARY || status == DRAFTCONV_ERROR_UNREACHABLE ||
		status == DRAFTCONV_ERROR_DRAFT) {
		g_autoptr(draftconv_error) why = NULL;

		if (session->failures++ >= context->retries)
			return status;
		if (g_cancellable_is_cancelled(context->cancellable)) {
			if (error != NULL)
				g_clear_pointer(error, draftconv_error_free);
			return dc_error_set(error, DRAFTCONV_ERROR_CANCELLED, "interrupted");
		}
		dc_turn_sleep(context->turn, PAUSE_US, context->cancellable);
		status = open_mailbox(session, &why);
		if (error != NULL) {
			g_clear_pointer(error, draftconv_error_free);
			*error = g_steal_pointer(&why);
		}
	}
	return status;
}
