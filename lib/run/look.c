/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking: what is asked for, and what an answer adds to what is known of the folder. */
#include "lib/run/session.h"

#include <string.h>

/* After a connection or a run died with an append on the wire, the server may still be storing it. */
#define SECOND_LOOK_US (G_USEC_PER_SEC / 2)

/* From so many drafts in a batch, or UIDs in the journal, the whole folder is looked at, once. */
#define LOOK_AT_ALL_DRAFTS 20
#define LOOK_AT_ALL_UIDS 200

/* ---- the UIDs that the journal knows ---- */

static void
check_identity(dc_session *session, uint32_t uid, const char *identity)
{
	const char *known = session->known == NULL
				    ? NULL
				    : g_hash_table_lookup(session->known, GUINT_TO_POINTER(uid));

	if (known != NULL && *known != '\0' && g_strcmp0(known, identity) != 0)
		session->foreign_uid = true;
}

void
dc_session_know(dc_session *session, uint32_t uid, const char *identity, bool removal)
{
	const dc_place *place = dc_contents_find(session->contents, uid);

	if (uid == 0 || session->known == NULL)
		return;
	const char *known = g_hash_table_lookup(session->known, GUINT_TO_POINTER(uid));
	if (known != NULL && *known == '\0')
		return;
	g_hash_table_insert(session->known, GUINT_TO_POINTER(uid),
		removal ? (gpointer)(uintptr_t) ""
			: g_string_chunk_insert(session->known_strings, identity));
	if (!removal) {
		if (place != NULL)
			check_identity(session, place->copy.uid, place->copy.identity);
		return;
	}
	guint at = session->removals->len;
	while (at > 0 && g_array_index(session->removals, guint32, at - 1) > uid)
		at--;
	g_array_insert_val(session->removals, at, uid);
}

void
dc_session_forget(dc_session *session)
{
	if (session->contents != NULL)
		dc_contents_clear(session->contents);
	if (session->seen != NULL)
		g_hash_table_remove_all(session->seen);
	session->uidvalidity = session->seen_to = 0;
	session->foreign_uid = false;
	g_clear_pointer(&session->known, g_hash_table_unref);
	g_clear_pointer(&session->removals, g_array_unref);
	g_clear_pointer(&session->known_strings, g_string_chunk_free);
}

/* Before the first look a server has not told its UIDVALIDITY: the one that the journal knows is assumed. */
static uint32_t
assumed_uidvalidity(const dc_session *session)
{
	const uint32_t told = dc_mailbox_facts(session->mailbox)->uidvalidity;

	return told != 0 ? told : session->folder.uidvalidity;
}

static int
read_known(dc_session *session, draftconv_error **error)
{
	draftconv_journal *journal = session->context->journal;
	g_autoptr(GArray) uids = NULL;

	/* Without UIDs there are none to ask for, and many accounts may share one directory. */
	if (journal == NULL || !dc_sink_has_uids(session->sink))
		return DRAFTCONV_OK;
	g_clear_pointer(&session->known, g_hash_table_unref);
	g_clear_pointer(&session->removals, g_array_unref);
	g_clear_pointer(&session->known_strings, g_string_chunk_free);
	int status = dc_journal_uids(journal, session->destination, assumed_uidvalidity(session),
		&uids, &session->known_strings, &session->lowest_noted, error);
	if (status < 0)
		return status;
	session->known = g_hash_table_new(NULL, NULL);
	session->removals = g_array_new(FALSE, FALSE, sizeof(guint32));
	for (guint i = 0; i < uids->len; i++) {
		const struct dc_journal_uid *one = &g_array_index(uids, struct dc_journal_uid, i);

		dc_session_know(session, one->uid, one->identity, one->removal);
	}
	return DRAFTCONV_OK;
}

/* ---- what to look for ---- */

struct wish {
	GPtrArray *identities;
	GPtrArray *names;
	GArray *uids;
	struct dc_look_query query;
	bool adds; /* to what was seen before */
};

/* Under a new UIDVALIDITY no UID means anything: every draft of the account is looked for. */
static bool
must_look_for_all(const dc_session *session)
{
	return session->folder.uidvalidity != 0 &&
	       assumed_uidvalidity(session) != session->folder.uidvalidity;
}

static void
wish_uid(struct wish *wish, uint32_t uid)
{
	if (uid != 0)
		g_array_append_val(wish->uids, uid);
}

static void
wish_item(struct wish *wish, const dc_item *item)
{
	g_ptr_array_add(wish->identities, item->entry->identity);
	if (item->entry->name != NULL)
		g_ptr_array_add(wish->names, item->entry->name);
	if (item->entry->was_name != NULL)
		g_ptr_array_add(wish->names, item->entry->was_name);
}

static void
wish_known(dc_session *session, struct wish *wish)
{
	GHashTableIter iter;
	gpointer key;

	if (session->known != NULL) {
		g_hash_table_iter_init(&iter, session->known);
		while (g_hash_table_iter_next(&iter, &key, NULL))
			wish_uid(wish, GPOINTER_TO_UINT(key));
	}
	if (!must_look_for_all(session))
		return;
	g_hash_table_iter_init(&iter, session->identities);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		g_ptr_array_add(wish->identities, key);
}

/* What was seen of an item, and what the journal says of it: is it there still, with which flags? */
static void
wish_again(const dc_session *session, struct wish *wish, const dc_item *item)
{
	const struct dc_entry *entry = &item->entry->entry;

	wish_uid(wish, entry->now.uid);
	wish_uid(wish, entry->now.replaces);
	for (size_t i = 0; i < entry->n_removals; i++)
		wish_uid(wish, entry->removals[i].uid);
	for (const dc_place *place = dc_contents_of(session->contents, item->entry->identity);
		place != NULL; place = place->twin)
		wish_uid(wish, place->copy.uid);
}

static int
make_wish(dc_session *session, GPtrArray *items, struct wish *wish, draftconv_error **error)
{
	bool all = session->looks_at_all || items->len > LOOK_AT_ALL_DRAFTS;

	if (!all || session->known == NULL) {
		int status = read_known(session, error);

		if (status < 0)
			return status;
	}
	all = all ||
	      (session->known != NULL && g_hash_table_size(session->known) > LOOK_AT_ALL_UIDS);
	session->looks_at_all = all && dc_sink_has_uids(session->sink);
	wish->identities = g_ptr_array_new();
	wish->names = g_ptr_array_new();
	wish->uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	wish->adds = session->looks_at_all && session->seen_to != 0;
	for (guint i = 0; i < items->len; i++) {
		const dc_item *item = items->pdata[i];

		if (item->failed)
			continue;
		if (wish->adds)
			wish_again(session, wish, item);
		else if (!session->looks_at_all)
			wish_item(wish, item);
	}
	if (!session->looks_at_all)
		wish_known(session, wish);
	wish->query = (struct dc_look_query){
		.identities = (const char *const *)wish->identities->pdata,
		.n_identities = wish->identities->len,
		.names = (const char *const *)wish->names->pdata,
		.n_names = wish->names->len,
		.uids = (const guint32 *)(gpointer)wish->uids->data,
		.n_uids = wish->uids->len,
		.from_uid = wish->adds              ? session->seen_to
			    : session->looks_at_all ? 1
						    : session->lowest_noted,
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

/* ---- looking ---- */

static void
take_look(dc_session *session, const struct wish *wish, const dc_look *look)
{
	if (wish->adds) {
		dc_contents_update(session->contents, look, wish->query.uids, wish->query.n_uids,
			wish->query.from_uid);
	} else {
		session->foreign_uid = false;
		dc_contents_replace(session->contents, look);
	}
	dc_session_forget_gone(session);
	session->uidvalidity = look->facts.uidvalidity;
	session->seen_to = session->looks_at_all ? look->facts.uidnext : 0;
	for (size_t i = 0; i < look->n_copies; i++)
		check_identity(session, look->copies[i].uid, look->copies[i].identity);
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
		const uint32_t told = status < 0 ? 0 : session->look->facts.uidvalidity;
		const bool same = (assumed == 0 || told == assumed) &&
				  (!wish.adds || told == session->uidvalidity);
		if (status >= 0 && same)
			take_look(session, &wish, session->look);
		clear_wish(&wish);
		if (status < 0 || same)
			return status;
		/* Another folder than assumed: what was asked for was the wrong question. */
		dc_session_forget(session);
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
		dc_turn_sleep(
			session->context->turn, SECOND_LOOK_US, session->context->cancellable);
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
	if (after != NULL && after->facts.uidvalidity == session->uidvalidity)
		take_look(session, &wish, after);
	else
		g_clear_pointer(&after, dc_look_free);
	clear_wish(&wish);
	g_clear_pointer(&session->look_behind, dc_look_free);
	session->look_behind = after;
	return status;
}
