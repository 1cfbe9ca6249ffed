/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was delivered once and is no longer in the source. */
#include "lib/run/convert.h"

#include "lib/message/identity.h"

#include <string.h>

static bool
is_complete(const draftconv_source *source)
{
	for (size_t i = 0; i < draftconv_source_count(source); i++) {
		struct draftconv_source_facts facts;

		if (draftconv_source_describe(source, i, &facts, sizeof facts) < 0 ||
			facts.damaged || facts.completeness != DRAFTCONV_SOURCE_COMPLETE)
			return false;
	}
	return true;
}

/* With these, a row that does not come was not asked for. */
static bool
is_narrowed(const draftconv_selection *selection)
{
	return selection != NULL && (selection->keys != NULL || selection->limit > 0 ||
					    selection->has_since || selection->has_until);
}

static void
add_key(void *user, const char *key)
{
	dc_conversion *conversion = user;

	g_hash_table_add(conversion->keys,
		dc_identity_new(draftconv_profile_identity(conversion->options->profile),
			conversion->account->folded, key));
}

/* Collects the entries of this profile whose rows the source no longer has. */
struct gone {
	dc_conversion *conversion;
	GPtrArray *items;
};

static int
collect_gone(void *user, dc_journal_entry *entry, draftconv_error **error)
{
	struct gone *gone = user;
	const char *identity = draftconv_profile_identity(gone->conversion->options->profile);
	const struct dc_core *now = &entry->entry.now;
	g_autofree char *mine =
		dc_identity_new(identity, gone->conversion->account->folded, entry->key);

	if (now->has_modified && now->modified > gone->conversion->newest_known)
		gone->conversion->newest_known = now->modified;
	if (strcmp(mine, entry->identity) != 0 ||
		g_hash_table_contains(gone->conversion->keys, mine))
		return DRAFTCONV_OK;

	dc_item *item = dc_item_new();
	g_ptr_array_add(gone->items, item);
	item->row.asked = true;
	return dc_journal_load(gone->conversion->context.journal, gone->conversion->destination,
		entry->identity, &item->entry, error);
}

/*
 * What this destination has of the account and the source has not. Only asked when nothing narrows the
 * selection: rows that were not asked for are not gone.
 */
int
dc_conversion_gone(dc_conversion *conversion, dc_session *session, const struct dc_wanted *wanted,
	draftconv_error **error)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)dc_item_free);
	struct gone gone = {.conversion = conversion, .items = items};

	if (conversion->context.journal == NULL || session->destination == NULL ||
		session->stopped || is_narrowed(conversion->options->selection))
		return DRAFTCONV_OK;
	conversion->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	conversion->newest_known = G_MININT64;
	conversion->destination = session->destination;
	int status = dc_drafts_each_key(conversion->drafts, add_key, conversion, error);
	if (status >= 0)
		status = dc_journal_each(conversion->context.journal, session->destination,
			conversion->account->folded, collect_gone, &gone, error);
	g_clear_pointer(&conversion->keys, g_hash_table_unref);
	if (status < 0 || items->len == 0)
		return status;

	const bool surely = is_complete(conversion->options->source) &&
			    (!conversion->account->has_newest ||
				    conversion->account->newest >= conversion->newest_known);
	for (guint i = 0; i < items->len; i++) {
		dc_item *item = items->pdata[i];

		item->row.presence = surely ? DC_DECIDE_ROW_GONE_SURELY : DC_DECIDE_ROW_GONE;
	}
	status = dc_batch_run(session, wanted, items, error);
	return status < 0 ? status : dc_batch_say(session, items, error);
}
