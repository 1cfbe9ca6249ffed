/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/batch.h"

#include <string.h>

/* decide() comes to rest in a handful of steps; more would be a mistake of ours, not a busy server. */
#define STEPS_MAX 64

/* A server that answers nothing again and again gets a draft so often in one run (DELIVERY.md). */
#define APPENDS_MAX 3

static void
fail(dc_item *item, enum dc_finding_code code, const char *detail)
{
	dc_findings_add(item->findings, code, "", "%s", detail);
	item->status = DC_STATUS_FAILED;
	item->done = true;
}

static void
finish_dry(dc_item *item)
{
	const struct dc_action *action = &item->action;

	item->done = true;
	if (action->step == DC_STEP_APPEND)
		item->would = action->now.replacing ? DRAFTCONV_OUTCOME_WOULD_UPDATE
						    : DRAFTCONV_OUTCOME_WOULD_DELIVER;
	else if (action->now.state == DC_STATE_REMOVING && action->now.why == DC_WHY_WITHDRAWN)
		item->would = DRAFTCONV_OUTCOME_WOULD_WITHDRAW;
	else if (action->now.state == DC_STATE_REMOVING)
		item->status = MAX(item->status, DC_STATUS_ROLLED_BACK);
}

/* Before an append: what is replaced is saved, what is put back is fetched from the journal. */
static int
prepare_append(dc_session *session, dc_item *item, draftconv_error **error)
{
	const struct dc_action *action = &item->action;
	struct dc_journal_replaced replaced = {0};
	int status = DRAFTCONV_OK;

	if (action->now.put_back) {
		dc_journal_replaced_clear(&item->put_back);
		status = dc_journal_past(session->context->journal, session->destination,
			item->entry->identity, &item->put_back, error);
	} else if (action->now.replacing) {
		g_free(item->entry->was_name);
		item->entry->was_name = g_strdup(item->entry->name);
		status = dc_session_save(session, action->now.replaces, &replaced, error);
	}
	if (status >= 0)
		status = dc_session_record(
			session, item, replaced.bytes == NULL ? NULL : &replaced, error);
	g_clear_pointer(&replaced.bytes, g_bytes_unref);
	return status;
}

/* What the server said of the size of a message, as far as it did; 0: nothing. */
static uint64_t
size_limit(const dc_session *session)
{
	const struct dc_sink_checked *checked = session->context->checked;

	if (checked != NULL && checked->appendlimit > 0)
		return checked->appendlimit;
	return session->mailbox == NULL ? 0 : dc_mailbox_facts(session->mailbox)->appendlimit;
}

static int
begin_append(dc_session *session, dc_item *item, draftconv_error **error)
{
	if (session->context->dry_run) {
		const uint64_t limit = size_limit(session);

		if (limit > 0 && item->message != NULL &&
			draftconv_message_size(item->message) > limit) {
			g_autofree char *detail = g_strdup_printf(
				"the server takes messages of up to %" G_GUINT64_FORMAT " bytes",
				(guint64)limit);

			fail(item, DC_FINDING_MESSAGE_REFUSED, detail);
			return DRAFTCONV_OK;
		}
		finish_dry(item);
		return DRAFTCONV_OK;
	}
	if (item->unsendable) {
		fail(item, DC_FINDING_MESSAGE_REFUSED, "its bytes cannot be read from the source");
		return DRAFTCONV_OK;
	}
	if (item->appends >= APPENDS_MAX) {
		fail(item, DC_FINDING_MESSAGE_REFUSED,
			"it was sent three times and is not in the folder; look into the folder, "
			"then run the same command again");
		return DRAFTCONV_OK;
	}
	return prepare_append(session, item, error);
}

static int
begin_removal(dc_session *session, dc_item *item, draftconv_error **error)
{
	if (session->context->dry_run) {
		finish_dry(item);
		return DRAFTCONV_OK;
	}
	return dc_session_record(session, item, NULL, error);
}

/* A withdrawal is noted with the bytes that it takes out. */
static int
record(dc_session *session, dc_item *item, draftconv_error **error)
{
	struct dc_journal_replaced saved = {0};
	int status = DRAFTCONV_OK;

	if (dc_decide_withdraws(&item->entry->entry, &item->action) && !session->context->dry_run)
		status = dc_session_save(session, item->action.now.uid, &saved, error);
	if (status >= 0)
		status = dc_session_record(
			session, item, saved.bytes == NULL ? NULL : &saved, error);
	g_clear_pointer(&saved.bytes, g_bytes_unref);
	return status;
}

/*
 * One decision. @return 1 to decide again, 0 when the item rests or waits for an act or a digest, or an
 * error
 */
static int
step(dc_session *session, const struct dc_wanted *wanted, dc_item *item, draftconv_error **error)
{
	g_autoptr(GArray) copies = NULL;
	struct dc_decide_account facts;
	struct dc_wanted mine = *wanted;
	struct dc_action *action = &item->action;

	int status = dc_session_copies(session, item, &copies, error);
	if (status < 0)
		return status;
	dc_session_facts(session, item, &facts);
	mine.redelivered = item->redelivered;
	dc_decide(&mine, &item->entry->entry, (const struct dc_decide_copy *)(gpointer)copies->data,
		copies->len, &facts, &item->row, action);
	item->status = MAX(item->status, action->status);
	if (action->finding != DC_NO_FINDING)
		dc_findings_add(
			item->findings, (enum dc_finding_code)action->finding, "", "%s", "");

	switch (action->step) {
	case DC_STEP_LEAVE:
		item->done = true;
		return action->writes ? dc_session_record(session, item, NULL, error)
				      : DRAFTCONV_OK;
	case DC_STEP_STOP:
		item->done = session->stopped = true;
		return DRAFTCONV_OK;
	case DC_STEP_LOOK:
		return DRAFTCONV_OK;
	case DC_STEP_RECORD:
		item->redelivered = item->redelivered || action->rule == DC_RULE_R;
		status = record(session, item, error);
		return status < 0 ? status : 1;
	case DC_STEP_APPEND:
		return begin_append(session, item, error);
	case DC_STEP_REMOVE:
		return begin_removal(session, item, error);
	}
	g_assert_not_reached();
}

static int
step_item(
	dc_session *session, const struct dc_wanted *wanted, dc_item *item, draftconv_error **error)
{
	int status = 1;

	for (int i = 0; status == 1 && i < STEPS_MAX; i++)
		status = step(session, wanted, item, error);
	if (status == 1)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"draft %s of %s does not come to rest (rule %s)", item->entry->key,
			item->entry->owner, dc_rule_name(item->action.rule));
	return status;
}

/* The same mailbox may have two spellings: then the journal knows it all, by the other one. */
static void
say_history(dc_session *session, const dc_journal_entry *entry)
{
	g_autofree char *elsewhere = dc_journal_elsewhere(
		session->context->journal, session->destination, entry->identity);
	g_autofree char *detail =
		elsewhere == NULL
			? g_strdup_printf(
				  "%s: %s was converted by a run that is not in this journal; give "
				  "the journal of that run with --journal",
				  entry->owner, session->where)
			: g_strdup_printf(
				  "%s: %s holds what this journal knows as %s; if it is the same "
				  "mailbox, spell --to as then, or give both one --destination",
				  entry->owner, session->where, elsewhere);

	dc_context_tell(session->context, DC_FINDING_NO_HISTORY, detail);
}

/*
 * A folder that the journal does not know holds drafts of ours: who converted it knew what the user sent or
 * deleted, and this run does not.
 */
static void
tell_of_history(dc_session *session, GPtrArray *items)
{
	if (!session->no_history || session->look == NULL)
		return;
	for (guint i = 0; i < items->len && !session->was_converted; i++) {
		const dc_item *item = items->pdata[i];

		if (item->failed ||
			dc_contents_of(session->contents, item->entry->identity) == NULL)
			continue;
		session->was_converted = true;
		say_history(session, item->entry);
	}
	for (guint i = 0; i < items->len && session->was_converted; i++) {
		const dc_item *item = items->pdata[i];

		if (!item->failed && item->entry->entry.now.state == DC_STATE_NOTHING)
			dc_findings_add(item->findings, DC_FINDING_NO_HISTORY, "", "%s", "");
	}
}

/* An account whose folder was put back stops: its other drafts are not touched either. */
void
dc_batch_stop(GPtrArray *items)
{
	for (guint i = 0; i < items->len; i++) {
		dc_item *item = items->pdata[i];

		if (!item->done && !item->failed)
			fail(item, DC_FINDING_FOLDER_REPLACED, "");
	}
}

static bool
waits_for_digest(const dc_item *item)
{
	return !item->done && !item->failed && item->action.step == DC_STEP_LOOK;
}

/*
 * Decide for all items, or for those that waited for a digest, in one transaction.
 * @return the number that wait for one now, or an error
 */
static int
decide_these(dc_session *session, const struct dc_wanted *wanted, GPtrArray *items, bool all,
	draftconv_error **error)
{
	draftconv_journal *journal = session->context->dry_run ? NULL : session->context->journal;
	int waiting = 0;
	int status = journal == NULL ? DRAFTCONV_OK : dc_journal_begin(journal, error);

	for (guint i = 0; i < items->len && status >= 0 && !session->stopped; i++) {
		dc_item *item = items->pdata[i];

		if (item->done || item->failed || (!all && !waits_for_digest(item)))
			continue;
		status = step_item(session, wanted, item, error);
		waiting += waits_for_digest(item) ? 1 : 0;
	}
	/* What was decided before a connection died is true all the same. */
	int committed = DRAFTCONV_OK;
	if (journal != NULL)
		committed = dc_journal_commit(journal, status < 0 ? NULL : error);
	if (status < 0 || committed < 0)
		return status < 0 ? status : committed;
	if (session->stopped)
		dc_batch_stop(items);
	return session->stopped ? 0 : waiting;
}

/* @return the number of items that wait for an act, or an error */
static int
decide_all(dc_session *session, const struct dc_wanted *wanted, GPtrArray *items,
	draftconv_error **error)
{
	int status = decide_these(session, wanted, items, true, error);

	for (int round = 0; status > 0; round++) {
		if (round == STEPS_MAX)
			return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
				"%s: drafts do not come to rest", session->where);
		status = dc_session_digests(session, items, error);
		if (status >= 0)
			status = decide_these(session, wanted, items, false, error);
	}
	dc_session_let_go(session);
	for (guint i = 0; i < items->len && status >= 0 && !session->stopped; i++) {
		const dc_item *item = items->pdata[i];

		status += item->done || item->failed ? 0 : 1;
	}
	return status;
}

int
dc_batch_run(dc_session *session, const struct dc_wanted *wanted, GPtrArray *items,
	draftconv_error **error)
{
	if (items->len == 0)
		return DRAFTCONV_OK;
	g_clear_pointer(&session->look, dc_look_free);
	for (int round = 0; round < STEPS_MAX; round++) {
		int status = dc_session_look(session, items, error);

		if (status >= 0 && round == 0) {
			tell_of_history(session, items);
			status = dc_session_compare(session, items, error);
		}
		if (status >= 0)
			status = decide_all(session, wanted, items, error);
		if (status == 0)
			return DRAFTCONV_OK;
		if (status > 0)
			status = dc_session_act(session, items, error);
		if (status < 0)
			status = dc_session_reopen(session, status, error);
		if (status < 0)
			return status;
	}
	return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
		"%s: somebody keeps changing the folder; run the same command again",
		session->where);
}

bool
dc_item_outcome(const dc_item *item, draftconv_outcome *outcome)
{
	*outcome = DRAFTCONV_OUTCOME_FAILED;
	if (item->failed || item->status == DC_STATUS_FAILED)
		return true;
	*outcome = item->would;
	if (item->would != DRAFTCONV_OUTCOME_COUNT)
		return true;
	switch (item->status) {
	case DC_STATUS_NONE:
		return false;
	case DC_STATUS_SOURCE_GONE:
		*outcome = DRAFTCONV_OUTCOME_SOURCE_GONE;
		return true;
	case DC_STATUS_UNCHANGED:
		*outcome = DRAFTCONV_OUTCOME_UNCHANGED;
		return true;
	case DC_STATUS_DELIVERED:
		*outcome = DRAFTCONV_OUTCOME_DELIVERED;
		return true;
	case DC_STATUS_UPDATED:
		*outcome = DRAFTCONV_OUTCOME_UPDATED;
		return true;
	case DC_STATUS_WITHDRAWN:
		*outcome = DRAFTCONV_OUTCOME_WITHDRAWN;
		return true;
	case DC_STATUS_ROLLED_BACK:
		*outcome = DRAFTCONV_OUTCOME_ROLLED_BACK;
		return true;
	case DC_STATUS_KEPT:
		*outcome = DRAFTCONV_OUTCOME_KEPT;
		return true;
	case DC_STATUS_FAILED:
		break;
	}
	return true;
}

int
dc_item_say(const dc_session *session, const dc_item *item, draftconv_error **error)
{
	const dc_journal_entry *entry = item->entry;
	struct dc_said said = {.owner = entry->owner,
		.key = entry->key,
		.message_id = entry->message_id,
		.subject = entry->subject,
		.where = session->where,
		.destination = session->destination,
		.name = entry->name,
		.findings = item->findings};

	if (!dc_item_outcome(item, &said.outcome))
		return DRAFTCONV_OK;
	if (session->mailbox != NULL)
		said.folder = dc_mailbox_facts(session->mailbox)->folder;
	said.bytes = item->message != NULL ? draftconv_message_size(item->message)
					   : entry->entry.now.message.size;
	if (dc_sink_has_uids(session->sink) && said.outcome != DRAFTCONV_OUTCOME_FAILED) {
		said.uidvalidity = entry->entry.now.uidvalidity;
		said.uid = entry->entry.now.uid;
	}
	return dc_context_say(session->context, &said, error);
}

int
dc_batch_say(const dc_session *session, GPtrArray *items, draftconv_error **error)
{
	const dc_context *context = session->context;
	draftconv_journal *journal = context->dry_run ? NULL : context->journal;
	int status = journal == NULL ? DRAFTCONV_OK : dc_journal_begin(journal, error);

	if (status < 0)
		return status;
	for (guint i = 0; i < items->len && status >= 0; i++)
		status = dc_item_say(session, items->pdata[i], error);
	if (journal == NULL)
		return status;
	if (status < 0) {
		dc_journal_abort(journal);
		return status;
	}
	return dc_journal_commit(journal, error);
}

/* At rest, or stored with nothing left to do for it: an answer came before the end. */
static bool
is_known(const dc_item *item)
{
	const struct dc_core *now = item->entry == NULL ? NULL : &item->entry->entry.now;

	return item->done || (now != NULL && item->status == DC_STATUS_DELIVERED &&
				     now->state == DC_STATE_DELIVERED && !now->replacing);
}

int
dc_batch_end(const dc_session *session, GPtrArray *items, int status, draftconv_error **error)
{
	if (status >= 0)
		return dc_batch_say(session, items, error);
	for (guint i = items->len; i > 0; i--) {
		if (!is_known(items->pdata[i - 1]))
			g_ptr_array_remove_index(items, i - 1);
	}
	dc_batch_say(session, items, NULL);
	return status;
}
