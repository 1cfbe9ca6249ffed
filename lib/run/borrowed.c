/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/borrowed.h"

#include "lib/run/stranger.h"
#include "lib/run/ways.h"
#include "lib/sink/accounts.h"

/* More than this are counted, not named. */
#define NAMED_MAX 3

/* A login, or what it comes down to, that is not its owner's; by the keys of dc_stranger_login_keys(). */
struct login {
	unsigned strangers; /* accounts that have it and that it does not fit */
	unsigned users;     /* all that have it */
	bool anothers;      /* it fits another owner */
};

struct checking {
	draftconv_drafts *drafts;
	GHashTable *rows;
	GHashTable *logins; /* key → struct login; few, unless the source knows no names */
	bool sharing_meant;
	bool shared;    /* sharing is among what is told */
	GString *names; /* of the first owners, with their logins */
	guint64 count;
};

/* What the accounts file says, NULL when nothing of the account goes that way. [transfer none] */
static const char *
login_of(const struct checking *checking, const draftconv_account *account)
{
	g_autofree char *folded = dc_drafts_fold_owner(checking->drafts, account->owner);
	struct dc_sink_account way;

	if (account->drafts == 0 || *folded == '\0')
		return NULL;
	return dc_ways_account(checking->rows, account->owner, folded, NULL, &way) ? way.login
										   : NULL;
}

static struct login *
find_or_add(GHashTable *logins, const char *key)
{
	struct login *login = g_hash_table_lookup(logins, key);

	if (login != NULL)
		return login;
	login = g_new0(struct login, 1);
	g_hash_table_insert(logins, g_strdup(key), login);
	return login;
}

static int
collect(void *user, const draftconv_account *account)
{
	struct checking *checking = user;
	const char *login = login_of(checking, account);

	if (login == NULL || dc_stranger_fits(login, account))
		return DRAFTCONV_OK;
	g_auto(GStrv) keys = dc_stranger_login_keys(login);
	find_or_add(checking->logins, keys[0])->strangers++;
	if (keys[1] != NULL)
		find_or_add(checking->logins, keys[1]);
	return DRAFTCONV_OK;
}

/* Whose are they, and how many have them? */
static int
compare(void *user, const draftconv_account *account)
{
	struct checking *checking = user;
	g_autoptr(GPtrArray) names = dc_stranger_keys(account);
	const char *has = login_of(checking, account);

	for (guint i = 0; i < names->len; i++) {
		struct login *login = g_hash_table_lookup(checking->logins, names->pdata[i]);

		if (login != NULL)
			login->anothers = true;
	}
	if (has == NULL)
		return DRAFTCONV_OK;
	g_auto(GStrv) keys = dc_stranger_login_keys(has);
	struct login *login = g_hash_table_lookup(checking->logins, keys[0]);
	if (login != NULL)
		login->users++;
	return DRAFTCONV_OK;
}

/* Owners without drafts, and those of other shards, are not walked over. */
static int
compare_owners(const struct checking *checking, draftconv_error **error)
{
	GHashTableIter iter;
	gpointer key;
	gpointer value;

	g_hash_table_iter_init(&iter, checking->logins);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		g_autofree char *folded = dc_drafts_fold_owner(checking->drafts, key);
		struct login *login = value;
		const int known = dc_drafts_known(checking->drafts, folded, error);

		if (known < 0)
			return known;
		login->anothers = login->anothers || known != DC_KNOWN_NOT;
	}
	return DRAFTCONV_OK;
}

static int
name(void *user, const draftconv_account *account)
{
	struct checking *checking = user;
	const char *has = login_of(checking, account);

	if (has == NULL || dc_stranger_fits(has, account))
		return DRAFTCONV_OK;
	g_auto(GStrv) keys = dc_stranger_login_keys(has);
	const struct login *login = g_hash_table_lookup(checking->logins, keys[0]);
	const struct login *plain =
		keys[1] == NULL ? NULL : g_hash_table_lookup(checking->logins, keys[1]);
	const bool anothers = login->anothers || (plain != NULL && plain->anothers);

	if (login->users > 1 && checking->sharing_meant)
		return DRAFTCONV_OK;
	if (!anothers && login->strangers < 2)
		return DRAFTCONV_OK;
	checking->shared = checking->shared || login->users > 1;
	if (checking->count++ < NAMED_MAX)
		g_string_append_printf(checking->names, "%s%s (%s)",
			checking->names->len > 0 ? ", " : "", account->owner, has);
	return DRAFTCONV_OK;
}

static void
tell(const struct checking *checking, const char *file, dc_findings *findings)
{
	if (checking->count == 0)
		return;
	dc_findings_add(findings, DC_FINDING_MAILBOX_DOUBTFUL, "",
		"%s: %" G_GUINT64_FORMAT
		" %s names and is another owner's, or given to several: %s%s%s",
		file, checking->count,
		checking->count == 1 ? "owner has a login that fits none of the account's"
				     : "owners have a login that fits none of their",
		checking->names->str, checking->count > NAMED_MAX ? ", ..." : "",
		checking->shared ? " (--all-into-one says that sharing is meant)" : "");
}

int
dc_borrowed_check(const draftconv_run_options *options, draftconv_drafts *drafts, GHashTable *rows,
	dc_findings *findings, draftconv_error **error)
{
	g_autoptr(GString) names = g_string_new(NULL);
	g_autoptr(GHashTable) logins =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	struct checking checking = {.drafts = drafts,
		.rows = rows,
		.logins = logins,
		.sharing_meant = options->all_into_one,
		.names = names};

	if (!dc_sink_uses_login(options->sink))
		return DRAFTCONV_OK;
	int status = draftconv_drafts_accounts(drafts, NULL, collect, &checking, error);
	if (status < 0 || g_hash_table_size(logins) == 0)
		return status;
	status = draftconv_drafts_accounts(drafts, NULL, compare, &checking, error);
	if (status >= 0)
		status = compare_owners(&checking, error);
	if (status >= 0)
		status = draftconv_drafts_accounts(drafts, NULL, name, &checking, error);
	if (status >= 0)
		tell(&checking, dc_accounts_name(options->accounts), findings);
	return status;
}
