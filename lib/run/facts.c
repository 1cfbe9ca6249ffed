/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The account as decide() wants it. */
#include "lib/run/session.h"

#include <string.h>

/*
 * Every UID from NOTED on is there, or was removed by this journal. Counted, not walked: UIDNEXT is the
 * server's word.
 */
static bool
is_complete(const dc_session *session, uint32_t noted)
{
	const uint32_t uidnext = session->look->facts.uidnext;

	if (noted == 0 || noted >= uidnext)
		return true;
	guint64 there = dc_contents_count(session->contents, noted);
	for (guint i = session->removals == NULL ? 0 : session->removals->len; i > 0; i--) {
		const guint32 uid = g_array_index(session->removals, guint32, i - 1);

		if (uid < noted)
			break;
		if (uid < uidnext && dc_contents_find(session->contents, uid) == NULL)
			there++;
	}
	return there >= (guint64)uidnext - noted;
}

/*
 * Whether the folder has taken over anything of the one that the journal knows. What was sent since the
 * journal was read, or may be on its way, says nothing: it came into this one.
 */
static bool
has_any_copy(const dc_session *session)
{
	GHashTableIter iter;
	gpointer identity;
	gpointer uidvalidity;

	g_hash_table_iter_init(&iter, session->identities);
	while (g_hash_table_iter_next(&iter, &identity, &uidvalidity)) {
		if (GPOINTER_TO_UINT(uidvalidity) != 0 &&
			GPOINTER_TO_UINT(uidvalidity) != session->look->facts.uidvalidity &&
			dc_contents_of(session->contents, identity) != NULL)
			return true;
	}
	return false;
}

void
dc_session_facts(const dc_session *session, const dc_item *item, struct dc_decide_account *facts)
{
	memset(facts, 0, sizeof *facts);
	facts->has_uids = dc_sink_has_uids(session->sink);
	if (session->look == NULL)
		return;
	facts->has_uidplus =
		facts->has_uids ? session->look->facts.uidplus : dc_sink_can_remove(session->sink);
	facts->uidvalidity = session->look->facts.uidvalidity;
	facts->uidnext = session->look->facts.uidnext;
	facts->seen_uidvalidity = session->folder.uidvalidity;
	facts->seen_uidnext = session->folder.uidnext;
	facts->first_uidnext = session->folder.uidvalidity == facts->uidvalidity
				       ? session->folder.first_uidnext
				       : facts->uidnext;
	facts->complete = is_complete(session, item->entry->entry.now.noted);
	facts->foreign_uid = session->foreign_uid;
	/* Only asked when the folder is another one than the entry's. */
	facts->any_copy =
		item->entry->entry.now.uidvalidity != facts->uidvalidity && has_any_copy(session);
}
