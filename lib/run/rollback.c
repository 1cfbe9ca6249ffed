/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs are taken back, newest first, account by account, by the same decisions as they were made. */
#include "lib/run/batch.h"
#include "lib/run/recorded.h"

struct collecting {
	dc_recorded *recorded;
	dc_session *session;
	GPtrArray *items;
	bool any; /* has the run anything here? */
};

static int
collect_entry(void *user, dc_journal_entry *entry, draftconv_error **error)
{
	struct collecting *collecting = user;

	if (!dc_recorded_is_of_run(collecting->recorded, &entry->entry))
		return DRAFTCONV_OK;
	g_autoptr(dc_item) item = dc_item_new();
	item->row.presence = DC_DECIDE_ROW_GONE;
	item->row.asked = true;
	int status = dc_journal_load(collecting->recorded->context.journal,
		collecting->session->destination, entry->identity, &item->entry, error);
	if (status < 0)
		return status;
	g_ptr_array_add(collecting->items, g_steal_pointer(&item));
	return DRAFTCONV_OK;
}

/* A copy that the run has nothing more to do with: gone before, or never there. */
static bool
is_over(const struct dc_entry *entry)
{
	const enum dc_state state = entry->now.state;

	return state == DC_STATE_NOTHING || state == DC_STATE_FAILED || state == DC_STATE_REMOVED;
}

/* What a run took out because its row was gone comes back, with the rollback of that run. */
static bool
is_withdrawn(const struct dc_entry *entry)
{
	return entry->now.why == DC_WHY_WITHDRAWN && entry->now.over;
}

/* Then it is this run's again. */
static bool
is_withdrawn_later(int64_t run, const struct dc_entry *entry)
{
	return is_withdrawn(entry) && entry->now.run != run && entry->n_past > 0 &&
	       entry->past[entry->n_past - 1].has_bytes;
}

static bool
stands_in(const dc_look *look, const dc_item *item)
{
	for (size_t i = 0; look != NULL && i < look->n_copies; i++) {
		if (g_strcmp0(look->copies[i].identity, item->entry->identity) == 0)
			return true;
	}
	return false;
}

/* From an mbox nothing is taken out: its letters are told, but for those that somebody has taken out by hand. */
static int
leave_all(dc_session *session, GPtrArray *items, draftconv_error **error)
{
	g_autoptr(GPtrArray) identities = g_ptr_array_new();
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < items->len; i++)
		g_ptr_array_add(identities, ((dc_item *)items->pdata[i])->entry->identity);
	const struct dc_look_query query = {.identities = (const char *const *)identities->pdata,
		.n_identities = identities->len};
	g_clear_pointer(&session->look, dc_look_free);
	if (session->mailbox != NULL && items->len > 0)
		status = dc_mailbox_look(session->mailbox, &query, &session->look, error);
	for (guint i = 0; i < items->len && status >= 0; i++) {
		dc_item *item = items->pdata[i];
		const enum dc_state state = item->entry->entry.now.state;

		if (is_over(&item->entry->entry) || state == DC_STATE_ADOPTED ||
			state == DC_STATE_FOREIGN)
			continue;
		item->status = DC_STATUS_KEPT;
		dc_findings_add(item->findings,
			stands_in(session->look, item) ? DC_FINDING_FILE_NOT_REMOVED
						       : DC_FINDING_COPY_TOUCHED,
			"", "%s", "");
	}
	return status;
}

/* Whatever stays is told of, with the reason. */
static int
explain(const dc_recorded *recorded, dc_item *item, draftconv_error **error)
{
	const struct dc_core *now = &item->entry->entry.now;
	char later[32] = "";

	if (recorded->context.dry_run && (item->status == DC_STATUS_ROLLED_BACK ||
						 item->would == DRAFTCONV_OUTCOME_WOULD_UPDATE ||
						 item->would == DRAFTCONV_OUTCOME_WOULD_DELIVER))
		item->would = DRAFTCONV_OUTCOME_WOULD_ROLL_BACK;
	if (item->status > DC_STATUS_KEPT || item->would != DRAFTCONV_OUTCOME_COUNT ||
		dc_findings_count(item->findings) > 0)
		return DRAFTCONV_OK;
	if (item->status == DC_STATUS_ROLLED_BACK ||
		(item->status == DC_STATUS_NONE && is_over(&item->entry->entry) &&
			!is_withdrawn_later(recorded->run->number, &item->entry->entry)))
		return DRAFTCONV_OK;
	item->status = DC_STATUS_KEPT;
	if (now->state == DC_STATE_TOUCHED) {
		dc_findings_add(item->findings, DC_FINDING_COPY_TOUCHED, "", "%s", "");
		return DRAFTCONV_OK;
	}
	if (now->run == recorded->run->number) {
		dc_findings_add(item->findings, DC_FINDING_NOT_OURS, "", "%s", "");
		return DRAFTCONV_OK;
	}
	int status = dc_journal_run_id(recorded->context.journal, now->run, later, error);
	if (status >= 0)
		dc_findings_add(item->findings, DC_FINDING_LATER_RUN, "", "run %s", later);
	return status;
}

/* Something of the run is there yet. It stays open: it can be taken back when what stood in the way is gone. */
static bool
is_left(const dc_session *session, const dc_item *item)
{
	return session->stopped || item->status == DC_STATUS_FAILED ||
	       dc_findings_has(item->findings, DC_FINDING_LATER_RUN) ||
	       (dc_findings_has(item->findings, DC_FINDING_NOT_PUT_BACK) &&
		       !is_over(&item->entry->entry)) ||
	       dc_findings_has(item->findings, DC_FINDING_FILE_NOT_REMOVED);
}

/* Only the folder of the journal's UIDs, with nothing behind them: anybody may use a name again. */
static int
take_folder_back(dc_session *session, draftconv_error **error)
{
	const uint32_t uidvalidity = dc_mailbox_facts(session->mailbox)->uidvalidity;
	g_autoptr(GArray) known = NULL;
	GStringChunk *strings = NULL;
	uint32_t lowest = 0;

	if (!dc_sink_has_uids(session->sink))
		return dc_mailbox_delete_folder_if_empty(session->mailbox, 0, 0, error);
	int status = dc_journal_uids(session->context->journal, session->destination, uidvalidity,
		&known, &strings, &lowest, error);
	if (status < 0)
		return status;
	g_string_chunk_free(strings);
	if (known->len == 0 || uidvalidity == 0)
		return DRAFTCONV_OK;
	const struct dc_journal_uid *last =
		&g_array_index(known, struct dc_journal_uid, known->len - 1);
	return last->uid == UINT32_MAX ? DRAFTCONV_OK
				       : dc_mailbox_delete_folder_if_empty(session->mailbox,
						 uidvalidity, last->uid + 1, error);
}

static int
take_back(dc_recorded *recorded, dc_session *session, const struct dc_journal_account *account,
	draftconv_error **error)
{
	const int64_t runs[] = {recorded->run->number};
	const struct dc_wanted wanted = {
		.roll_back = true, .run = recorded->run->number, .runs = runs, .n_runs = 1};
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)dc_item_free);
	struct collecting collecting = {recorded, session, items, false};
	bool left = false;

	int status = dc_journal_each(recorded->context.journal, session->destination,
		account->owner, collect_entry, &collecting, error);
	if (status >= 0 && !dc_sink_has_uids(recorded->sink) && !dc_sink_can_remove(recorded->sink))
		status = leave_all(session, items, error);
	else if (status >= 0 && items->len > 0)
		status = dc_batch_run(session, &wanted, items, error);
	for (guint i = 0; i < items->len && status >= 0; i++) {
		status = explain(recorded, items->pdata[i], error);
		left = left || is_left(session, items->pdata[i]);
	}
	if (status >= 0)
		status = dc_batch_say(session, items, error);
	if (status < 0)
		return status;
	recorded->whole = recorded->whole && !left;
	if (!recorded->context.dry_run && account->folder_created && session->mailbox != NULL &&
		!session->stopped && !left)
		status = take_folder_back(session, error);
	return status < 0 ? status : DRAFTCONV_OK;
}

static int
look_for_one(void *user, dc_journal_entry *entry, draftconv_error **error)
{
	struct collecting *collecting = user;
	const int64_t run = collecting->recorded->run->number;

	(void)error;
	if (!dc_recorded_is_of_run(collecting->recorded, &entry->entry))
		return DRAFTCONV_OK;
	/* What is in doubt may have arrived since. */
	if (!is_over(&entry->entry) || entry->entry.n_doubts > 0 ||
		(is_withdrawn(&entry->entry) && entry->entry.now.run == run) ||
		is_withdrawn_later(run, &entry->entry))
		collecting->any = true;
	return DRAFTCONV_OK;
}

static int
has_entries(
	dc_recorded *recorded, const struct dc_journal_account *account, draftconv_error **error)
{
	struct collecting collecting = {.recorded = recorded};
	int status = dc_journal_each(recorded->context.journal, account->destination,
		account->owner, look_for_one, &collecting, error);

	if (status < 0)
		return status;
	return collecting.any || account->folder_created ? 1 : 0;
}

static int
end_run(dc_recorded *recorded, draftconv_error **error)
{
	if (!recorded->whole || recorded->context.dry_run)
		return DRAFTCONV_OK;
	return dc_journal_run_rolled_back(recorded->context.journal, recorded->run->number, error);
}

int
draftconv_run_rollback(draftconv_run *run, const draftconv_recorded_options *options,
	draftconv_summary *summary, draftconv_error **error)
{
	dc_recorded recorded = {.wants = has_entries, .visit = take_back, .end = end_run};

	if (options->filter == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a rollback needs to be told of which runs");

	return dc_recorded_walk(&recorded, run, options, !options->dry_run, summary, error);
}
