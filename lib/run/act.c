/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What decide() asked for, carried out: records, appends, removals. */
#include "lib/run/session.h"

#include <string.h>

/* In a dry run nothing is written: the entry in memory goes through the same states. */
static void
record_in_memory(dc_item *item)
{
	if (!item->action.writes)
		return;
	item->entry->entry.now = item->action.now;
	item->entry->entry.was = item->action.was;
}

/* How far the folder was seen, unless the journal knows that already. */
static int
record_folder(dc_session *session, bool takes_uidnext, draftconv_error **error)
{
	draftconv_journal *journal = session->context->journal;
	const struct dc_mailbox_facts *facts = session->look == NULL ? NULL : &session->look->facts;

	if (facts == NULL || facts->uidvalidity == 0 ||
		(!takes_uidnext && facts->uidvalidity == session->folder.uidvalidity &&
			facts->uidnext <= session->folder.uidnext))
		return DRAFTCONV_OK;
	int status = dc_journal_see(journal, session->destination, facts->uidvalidity,
		facts->uidnext, !takes_uidnext, error);
	return status < 0 ? status
			  : dc_journal_seen(journal, session->destination, &session->folder, error);
}

int
dc_session_record(dc_session *session, dc_item *item, const struct dc_journal_replaced *replaced,
	draftconv_error **error)
{
	dc_context *context = session->context;
	const struct dc_action *action = &item->action;

	if (context->journal == NULL || context->dry_run) {
		record_in_memory(item);
		return DRAFTCONV_OK;
	}
	int status = record_folder(session, action->takes_uidnext, error);
	if (status >= 0)
		status = dc_journal_apply(context->journal, session->destination, item->entry,
			action, replaced, error);
	if (status < 0)
		return status;

	const struct dc_core *now = &item->entry->entry.now;
	if (now->uidvalidity == session->uidvalidity) {
		dc_session_know(session, now->uid, item->entry->identity, false);
		dc_session_know(session, now->replaces, item->entry->identity, false);
	}
	if (action->step == DC_STEP_REMOVE)
		dc_session_know(session, action->removal.uid, item->entry->identity, true);
	return status;
}

struct sending {
	dc_item *item;
	dc_write_func write;
	void *user;
	draftconv_error **error;
	bool wrote; /* the other side's write failed, not ours */
};

static int
pass_on(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct sending *sending = user;
	int status = sending->write(sending->user, data, size, error);

	sending->wrote = sending->wrote || status < 0;
	return status;
}

static int
write_item(void *message, dc_write_func write, void *user, draftconv_error **error)
{
	struct sending sending = {.item = message, .write = write, .user = user};
	dc_item *item = message;

	if (item->put_back.journal != NULL)
		return dc_journal_past_write(&item->put_back, write, user, error);
	int status = dc_message_write(item->message, pass_on, &sending, error);
	if (status < 0 && !sending.wrote)
		item->unsendable = true;
	return status;
}

/* An update takes over the flags and keywords of the copy that it replaces. */
static void
take_over_flags(const dc_session *session, const dc_item *item, struct dc_put *put)
{
	const dc_place *place = item->action.now.replaces == 0 ? NULL
							       : dc_contents_find(session->contents,
									 item->action.now.replaces);

	if (place == NULL)
		return;
	put->flags = place->copy.flags & ~(unsigned)DC_FLAG_DELETED;
	put->keywords = place->copy.keywords;
}

static void
fill_put(const dc_session *session, dc_item *item, struct dc_put *put)
{
	memset(put, 0, sizeof *put);
	put->identity = item->entry->identity;
	put->write_message = write_item;
	put->message = item;
	put->flags = DC_FLAG_DRAFT | DC_FLAG_SEEN;
	if (item->action.now.put_back && item->put_back.journal != NULL) {
		put->size = item->put_back.size;
		put->flags = item->put_back.flags;
		put->keywords = item->put_back.keywords;
		put->date_s = item->put_back.date_s;
		put->date_offset_minutes = item->put_back.date_offset_minutes;
		return;
	}
	put->size = draftconv_message_size(item->message);
	draftconv_message_date(item->message, &put->date_s, &put->date_offset_minutes);
	take_over_flags(session, item, put);
}

/* What a put's answer says of the entry. A missing answer says nothing: the look will. */
static int
take_answer(dc_session *session, dc_item *item, const struct dc_put *put, draftconv_error **error)
{
	uint32_t uid = put->name != NULL ? dc_contents_number(put->name) : put->uid;

	if (put->keywords_dropped)
		dc_findings_add(item->findings, DC_FINDING_KEYWORD_DROPPED, "tags", "%s", "");
	if (put->outcome == DC_PUT_UNKNOWN)
		session->in_doubt = true;
	if (put->outcome == DC_PUT_REFUSED) {
		dc_decide_refused(&item->entry->entry, &item->action);
		dc_findings_add(item->findings,
			put->full ? DC_FINDING_MAILBOX_FULL : DC_FINDING_MESSAGE_REFUSED, "", "%s",
			put->answer == NULL ? "" : put->answer);
		item->status = DC_STATUS_FAILED;
		item->done = true;
		return dc_session_record(session, item, NULL, error);
	}
	if (put->outcome != DC_PUT_STORED || uid == 0)
		return DRAFTCONV_OK;
	if (put->name != NULL) {
		g_free(item->entry->name);
		item->entry->name = g_strdup(put->name);
	}
	dc_decide_appended(&item->entry->entry, uid, &item->action);
	item->status = MAX(item->status, item->action.status);
	return dc_session_record(session, item, NULL, error);
}

static int
take_answers(dc_session *session, GPtrArray *items, struct dc_put *puts, draftconv_error **error)
{
	draftconv_journal *journal = session->context->journal;
	int status = journal == NULL ? DRAFTCONV_OK : dc_journal_begin(journal, error);

	for (guint i = 0; i < items->len && status >= 0; i++)
		status = take_answer(session, items->pdata[i], &puts[i], error);
	if (status < 0) {
		if (journal != NULL)
			dc_journal_abort(journal);
		return status;
	}
	return journal == NULL ? DRAFTCONV_OK : dc_journal_commit(journal, error);
}

static int
append(dc_session *session, GPtrArray *items, GPtrArray *all, bool look, draftconv_error **error)
{
	const dc_context *context = session->context;
	g_autofree struct dc_put *puts = g_new0(struct dc_put, items->len);
	int status =
		dc_pace_take(context->pace, items->len, context->turn, context->cancellable, error);

	if (status < 0)
		return status;
	for (guint i = 0; i < items->len; i++) {
		dc_item *item = items->pdata[i];

		item->appends++;
		g_hash_table_replace(session->identities, g_strdup(item->entry->identity), NULL);
		fill_put(session, item, &puts[i]);
	}
	status = dc_session_put(session, all, puts, items->len, look, error);
	dc_pace_sent(context->pace, items->len);
	/* The answers count also when the connection died behind them. */
	int answered = take_answers(session, items, puts, status < 0 ? NULL : error);
	for (guint i = 0; i < items->len; i++)
		dc_put_clear(&puts[i]);
	return status < 0 ? status : answered;
}

/* A star that the user set on the old copy since it was looked at goes on to the new one. */
static void
name_heir(const dc_session *session, const dc_item *item, struct dc_removal *removal)
{
	const struct dc_core *now = &item->entry->entry.now;

	if (!now->replacing || now->replaces != removal->uid)
		return;
	for (size_t i = 0; i < session->look->n_copies; i++) {
		const struct dc_copy *copy = &session->look->copies[i];

		if (copy->uid != now->uid)
			continue;
		removal->heir = copy->uid;
		removal->heir_flags = copy->flags;
		removal->heir_keywords = copy->keywords;
	}
}

static int
remove_copies(dc_session *session, GPtrArray *items, draftconv_error **error)
{
	g_autofree struct dc_removal *removals = g_new0(struct dc_removal, items->len);

	for (guint i = 0; i < items->len; i++) {
		const dc_item *item = items->pdata[i];
		uint32_t uid = item->action.removal.uid;

		removals[i].uid = uid;
		const dc_place *place = dc_contents_find(session->contents, uid);
		if (place != NULL && place->copy.name != NULL) {
			removals[i].name = place->copy.name;
			removals[i].uid = 0;
		}
		if (dc_sink_has_uids(session->sink))
			name_heir(session, item, &removals[i]);
	}
	int status = dc_mailbox_remove(session->mailbox, removals, items->len, error);
	for (guint i = 0; i < items->len; i++) {
		const dc_item *item = items->pdata[i];

		if (removals[i].outcome == DC_REMOVE_MARKED)
			dc_findings_add(
				item->findings, DC_FINDING_MARKED_NOT_REMOVED, "", "%s", "");
		dc_removal_clear(&removals[i]);
	}
	return status;
}

/* Of a sink that removes nothing, the old message stays beside the new one. */
static void
leave_copies(GPtrArray *items)
{
	for (guint i = 0; i < items->len; i++) {
		const dc_item *item = items->pdata[i];

		dc_findings_add(item->findings, DC_FINDING_MARKED_NOT_REMOVED, "", "%s",
			"nothing can be removed from this kind of destination");
	}
}

int
dc_session_act(dc_session *session, GPtrArray *items, draftconv_error **error)
{
	g_autoptr(GPtrArray) appends = g_ptr_array_new();
	g_autoptr(GPtrArray) removals = g_ptr_array_new();
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < items->len; i++) {
		dc_item *item = items->pdata[i];

		if (item->done || item->failed)
			continue;
		if (item->action.step == DC_STEP_APPEND)
			g_ptr_array_add(appends, item);
		else if (item->action.step == DC_STEP_REMOVE)
			g_ptr_array_add(removals, item);
	}
	if (appends->len > 0)
		status = append(session, appends, items,
			removals->len == 0 && dc_sink_has_uids(session->sink), error);
	if (status >= 0 && removals->len > 0) {
		if (dc_sink_has_uids(session->sink) || dc_sink_can_remove(session->sink))
			status = remove_copies(session, removals, error);
		else
			leave_copies(removals);
	}
	g_clear_pointer(&session->look, dc_look_free);
	if (status >= 0)
		session->look = g_steal_pointer(&session->look_behind);
	return status;
}
