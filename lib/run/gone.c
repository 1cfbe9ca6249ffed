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
			facts.damaged || facts.partial ||
			facts.completeness != DRAFTCONV_SOURCE_COMPLETE)
			return false;
	}
	return true;
}

/* With these, a row that does not come was not asked for. */
static bool
is_narrowed(const draftconv_run_options *options)
{
	const draftconv_selection *s = options->selection;

	return options->redeliver_runs != NULL ||
	       (s != NULL && (s->keys != NULL || s->limit > 0 || s->has_since || s->has_until));
}

/* Collects the identities of this profile whose rows the source no longer has. */
struct gone {
	const dc_conversion *conversion;
	GHashTable *there; /* identities of all rows of the account */
	GPtrArray *identities;
	int64_t newest_known; /* newest `modified` that the journal has of the account */
};

static char *
identity_of(const struct gone *gone, const char *key)
{
	return dc_identity_new(draftconv_profile_identity(gone->conversion->options->profile),
		gone->conversion->account->folded, key);
}

static void
add_key(void *user, const char *key)
{
	struct gone *gone = user;

	g_hash_table_add(gone->there, identity_of(gone, key));
}

static void
collect_gone(void *user, const struct dc_journal_brief *brief)
{
	struct gone *gone = user;
	g_autofree char *mine = identity_of(gone, brief->key);

	if (brief->has_modified && brief->modified > gone->newest_known)
		gone->newest_known = brief->modified;
	if (strcmp(mine, brief->identity) == 0 && !g_hash_table_contains(gone->there, mine))
		g_ptr_array_add(gone->identities, g_steal_pointer(&mine));
}

/*
 * Whether a row that is not there is gone: the source is whole and not older than what was delivered. The
 * newest draft may be the one that is gone, so other accounts' drafts tell the source's age as well.
 */
static bool
is_sure(const dc_conversion *conversion, int64_t newest_known)
{
	const dc_account *account = conversion->account;
	gint64 reach;

	if (!is_complete(conversion->options->source))
		return false;
	/* Where the journal has no time, there is nothing to compare. */
	if (newest_known == G_MININT64 || (account->has_newest && account->newest >= newest_known))
		return true;
	return dc_drafts_reach(conversion->drafts, &reach) && reach >= newest_known;
}

/* These are no drafts that were read: whatever else became of one, it is told as gone, with its findings. */
static void
tell_as_gone(dc_item *item)
{
	if (item->status != DC_STATUS_NONE && item->status != DC_STATUS_WITHDRAWN)
		item->status = DC_STATUS_SOURCE_GONE;
}

static int
decide_part(dc_session *session, const struct dc_wanted *wanted, const struct gone *gone,
	guint from, bool surely, draftconv_error **error)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)dc_item_free);
	const guint to = MIN(from + DC_BATCH_DRAFTS, gone->identities->len);
	int status = DRAFTCONV_OK;

	for (guint i = from; i < to && status >= 0; i++) {
		dc_item *item = dc_item_new();

		g_ptr_array_add(items, item);
		item->row.asked = true;
		item->row.presence = surely ? DC_DECIDE_ROW_GONE_SURELY : DC_DECIDE_ROW_GONE;
		status = dc_journal_load(gone->conversion->context.journal, session->destination,
			gone->identities->pdata[i], &item->entry, error);
	}
	if (status >= 0)
		status = dc_batch_run(session, wanted, items, error);
	for (guint i = 0; i < items->len; i++)
		tell_as_gone(items->pdata[i]);
	return dc_batch_end(session, items, status, error);
}

/*
 * What this destination has of the account and the source has not. Only asked when nothing narrows the
 * selection: rows that were not asked for are not gone.
 */
int
dc_conversion_gone(const dc_conversion *conversion, dc_session *session,
	const struct dc_wanted *wanted, draftconv_error **error)
{
	g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) identities = g_ptr_array_new_with_free_func(g_free);
	struct gone gone = {.conversion = conversion,
		.there = there,
		.identities = identities,
		.newest_known = G_MININT64};

	if (conversion->context.journal == NULL || session->destination == NULL ||
		session->stopped || is_narrowed(conversion->options))
		return DRAFTCONV_OK;
	int status = dc_drafts_each_key(conversion->drafts, add_key, &gone, error);
	if (status >= 0)
		status = dc_journal_each_brief(conversion->context.journal, session->destination,
			conversion->account->folded, collect_gone, &gone, error);

	const bool surely = status >= 0 && is_sure(conversion, gone.newest_known);
	for (guint i = 0; i < identities->len && status >= 0; i += DC_BATCH_DRAFTS)
		status = decide_part(session, wanted, &gone, i, surely, error);
	return status;
}
