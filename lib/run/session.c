/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/session.h"

#include "lib/base/limits.h"
#include "lib/message/identity.h"

#include <openssl/sha.h>
#include <string.h>

/* After a connection or a run died with an append on the wire, the server may still be storing it. */
#define SECOND_LOOK_US (G_USEC_PER_SEC / 2)

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

uint32_t
dc_session_number(const char *name)
{
	guint8 digest[SHA256_DIGEST_LENGTH];
	uint32_t number;

	SHA256((const guint8 *)name, strlen(name), digest);
	memcpy(&number, digest, sizeof number);
	return number == 0 ? 1 : number;
}

/* An intent without an end: a run was killed, perhaps a moment ago, and its append may be on its way yet. */
static int
collect_identity(void *user, dc_journal_entry *entry, draftconv_error **error)
{
	dc_session *session = user;
	const enum dc_state state = entry->entry.now.state;

	(void)error;
	if (state != DC_STATE_NOTHING && state != DC_STATE_FAILED)
		g_hash_table_add(session->identities, g_strdup(entry->identity));
	if (state == DC_STATE_INTENDED)
		session->in_doubt = true;
	return DRAFTCONV_OK;
}

/* What the journal knows of the folder, as of now. */
int
dc_session_refresh(dc_session *session, draftconv_error **error)
{
	draftconv_journal *journal = session->context->journal;

	if (journal == NULL)
		return DRAFTCONV_OK;
	g_hash_table_remove_all(session->identities);
	int status = dc_journal_each(
		journal, session->destination, session->folded, collect_identity, session, error);
	if (status >= 0)
		status = dc_journal_seen(journal, session->destination, &session->folder, error);
	return status;
}

/* Before the first look a server has not told its UIDVALIDITY: the one that the journal knows is assumed. */
static uint32_t
assumed_uidvalidity(const dc_session *session)
{
	const uint32_t told = dc_mailbox_facts(session->mailbox)->uidvalidity;

	return told != 0 ? told : session->folder.uidvalidity;
}

static int
read_uids(dc_session *session, draftconv_error **error)
{
	draftconv_journal *journal = session->context->journal;

	if (journal == NULL)
		return DRAFTCONV_OK;
	g_clear_pointer(&session->known, g_array_unref);
	g_clear_pointer(&session->known_strings, g_string_chunk_free);
	return dc_journal_uids(journal, session->destination, assumed_uidvalidity(session),
		&session->known, &session->known_strings, &session->lowest_noted, error);
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
	session->folded = folded;
	session->seen = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	session->identities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

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
			context->lock_timeout_s, context->cancellable, &session->lock, error);
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
	g_clear_pointer(&session->identities, g_hash_table_unref);
	g_clear_pointer(&session->known, g_array_unref);
	g_clear_pointer(&session->known_strings, g_string_chunk_free);
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
		g_usleep(SECOND_LOOK_US);
		status = open_mailbox(session, &why);
		if (error != NULL) {
			g_clear_pointer(error, draftconv_error_free);
			*error = g_steal_pointer(&why);
		}
	}
	return status;
}

/* ---- looking ---- */

/* Under a new UIDVALIDITY no UID means anything: every draft of the account is looked for. */
static bool
must_look_for_all(const dc_session *session)
{
	return session->folder.uidvalidity != 0 &&
	       assumed_uidvalidity(session) != session->folder.uidvalidity;
}

static void
ask_for_items(dc_session *session, GPtrArray *items, GPtrArray *identities, GPtrArray *names)
{
	for (guint i = 0; i < items->len; i++) {
		const dc_item *item = items->pdata[i];

		if (item->failed)
			continue;
		g_ptr_array_add(identities, item->entry->identity);
		if (item->entry->name != NULL)
			g_ptr_array_add(names, item->entry->name);
		if (item->entry->was_name != NULL)
			g_ptr_array_add(names, item->entry->was_name);
	}
	if (!must_look_for_all(session))
		return;

	GHashTableIter iter;
	gpointer identity;
	g_hash_table_iter_init(&iter, session->identities);
	while (g_hash_table_iter_next(&iter, &identity, NULL))
		g_ptr_array_add(identities, identity);
}

struct wish {
	GPtrArray *identities;
	GPtrArray *names;
	GArray *uids;
	struct dc_look_query query;
};

static int
make_wish(dc_session *session, GPtrArray *items, struct wish *wish, draftconv_error **error)
{
	int status = read_uids(session, error);

	if (status < 0)
		return status;
	wish->identities = g_ptr_array_new();
	wish->names = g_ptr_array_new();
	wish->uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	ask_for_items(session, items, wish->identities, wish->names);
	for (guint i = 0; session->known != NULL && i < session->known->len; i++)
		g_array_append_val(
			wish->uids, g_array_index(session->known, struct dc_journal_uid, i).uid);
	wish->query = (struct dc_look_query){
		.identities = (const char *const *)wish->identities->pdata,
		.n_identities = wish->identities->len,
		.names = (const char *const *)wish->names->pdata,
		.n_names = wish->names->len,
		.uids = (const guint32 *)(gpointer)wish->uids->data,
		.n_uids = wish->uids->len,
		.from_uid = session->lowest_noted,
	};
	return DRAFTCONV_OK;
}

static void
clear_wish(struct wish *wish)
{
	g_clear_pointer(&wish->identities, g_ptr_array_unref);
	g_clear_pointer(&wish->names, g_ptr_array_unref);
	g_clear_pointer(&wish->uids, g_array_unref);
}

/* How often a server may say that the folder is another one than a moment ago. */
#define LOOKS_MAX 3

static int
look_once(dc_session *session, GPtrArray *items, draftconv_error **error)
{
	for (int i = 0; i < LOOKS_MAX; i++) {
		struct wish wish = {0};
		const uint32_t assumed = assumed_uidvalidity(session);
		int status = make_wish(session, items, &wish, error);

		if (status >= 0)
			status = dc_mailbox_look(
				session->mailbox, &wish.query, &session->look, error);
		clear_wish(&wish);
		if (status < 0)
			return status;
		if (assumed == 0 || session->look->facts.uidvalidity == assumed)
			return DRAFTCONV_OK;
		/* Another folder than assumed: what was asked for was the wrong question. */
		g_hash_table_remove_all(session->seen);
		g_clear_pointer(&session->look, dc_look_free);
	}
	return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
		"%s: the folder is replaced again and again; run the same command again",
		session->where);
}

int
dc_session_look(dc_session *session, GPtrArray *items, draftconv_error **error)
{
	if (session->look != NULL || session->mailbox == NULL)
		return DRAFTCONV_OK;
	int status = look_once(session, items, error);

	if (status >= 0 && session->in_doubt) {
		g_usleep(SECOND_LOOK_US);
		g_clear_pointer(&session->look, dc_look_free);
		status = look_once(session, items, error);
		if (status >= 0)
			session->in_doubt = false;
	}
	if (status >= 0)
		session->failures = 0;
	return status;
}

int
dc_session_put(dc_session *session, GPtrArray *items, struct dc_put *puts, size_t n, bool look,
	draftconv_error **error)
{
	struct wish wish = {0};
	dc_look *after = NULL;
	int status = look ? make_wish(session, items, &wish, error) : DRAFTCONV_OK;

	if (status >= 0)
		status = dc_mailbox_put(session->mailbox, puts, n, look ? &wish.query : NULL,
			look ? &after : NULL, error);
	clear_wish(&wish);
	g_clear_pointer(&session->look_behind, dc_look_free);
	session->look_behind = after;
	return status;
}
