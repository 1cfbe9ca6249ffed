/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/ways.h"

#include "lib/run/stranger.h"
#include "lib/sink/accounts.h"

#include <openssl/sha.h>
#include <string.h>

/* More accounts than this are counted, not named. */
#define NAMED_MAX 10
#define LEFT_OUT_NAMED 3

static char *
fold(void *user, const char *owner)
{
	return dc_drafts_fold_owner(user, owner);
}

int
dc_ways_accounts(const draftconv_run_options *options, const draftconv_drafts *drafts,
	GHashTable **rows, draftconv_error **error)
{
	if (options->accounts == NULL)
		return DRAFTCONV_OK;
	return dc_accounts_index(options->accounts, fold, (void *)(uintptr_t)drafts, rows, error);
}

bool
dc_ways_account(GHashTable *rows, const char *owner, const char *folded, const char *profile_login,
	struct dc_sink_account *account)
{
	const struct dc_accounts_row *row = rows == NULL ? NULL : g_hash_table_lookup(rows, folded);

	*account = (struct dc_sink_account){.owner = owner,
		.login = row == NULL ? NULL : row->login,
		.folder = row == NULL ? NULL : row->folder,
		.profile_login =
			profile_login == NULL || *profile_login == '\0' ? NULL : profile_login};
	return rows == NULL || row != NULL;
}

struct left_out {
	GString *names; /* of the first */
	uint64_t accounts;
	uint64_t drafts;
};

struct checking {
	const draftconv_sink *sink;
	const draftconv_drafts *drafts;
	GHashTable *rows;
	bool fixed; /* one login for all of them, and nobody said that it is meant */
	struct dc_ways_tried tried;
	dc_findings *findings;
	struct left_out left_out; /* by the accounts file */
	char *inbox;              /* first owner whose drafts would go there */
	uint64_t inboxes;
	/* What cannot be spelled. */
	GString *bad;
	unsigned n_bad;
	draftconv_error *first;
	/* Eight bytes of each mailbox's digest: a run may have a million accounts. */
	GArray *mailboxes;
	guint64 wanted;   /* second walk: whose owners are looked for */
	GString *sharing; /* those owners */
	char *shared;     /* and their mailbox */
};

static guint64
digest_of(const char *text)
{
	guint8 digest[SHA256_DIGEST_LENGTH];
	guint64 number;

	SHA256((const guint8 *)text, strlen(text), digest);
	memcpy(&number, digest, sizeof number);
	return number;
}

static void
leave_out(struct left_out *left, const draftconv_account *account)
{
	if (left->accounts++ < LEFT_OUT_NAMED)
		g_string_append_printf(
			left->names, "%s%s", left->names->len > 0 ? ", " : "", account->owner);
	left->drafts += account->drafts;
}

static void
note_left_out(const struct left_out *left, const char *file, dc_findings *findings)
{
	if (left->accounts > 0)
		dc_findings_add(findings, DC_FINDING_NO_ACCOUNT, "",
			"%" G_GUINT64_FORMAT " %s with %" G_GUINT64_FORMAT
			" %s %s not in %s and not tried: %s%s",
			(guint64)left->accounts, left->accounts == 1 ? "account" : "accounts",
			(guint64)left->drafts, left->drafts == 1 ? "draft" : "drafts",
			left->accounts == 1 ? "is" : "are", file, left->names->str,
			left->accounts > LEFT_OUT_NAMED ? ", ..." : "");
}

/* Is it the account's own mailbox, and its folder for drafts? */
static int
look_at_mailbox(struct checking *checking, const draftconv_account *account,
	const struct dc_sink_account *way, draftconv_error **error)
{
	g_autofree char *login = NULL;
	g_autofree char *folder = NULL;
	int status = dc_sink_names(checking->sink, way, &login, &folder, error);

	if (status < 0)
		return status;
	/* Several are refused before long. */
	if (checking->fixed && checking->tried.accounts == 1 && login != NULL &&
		!dc_stranger_fits(login, account))
		dc_stranger_note_login(login, account, checking->findings);
	if (dc_stranger_is_inbox(folder) && checking->inboxes++ == 0)
		checking->inbox = g_strdup(account->owner);
	return DRAFTCONV_OK;
}

static int
check_account(void *user, const draftconv_account *account)
{
	struct checking *checking = user;
	g_autofree char *folded = dc_drafts_fold_owner(checking->drafts, account->owner);
	g_autofree char *text = NULL;
	g_autoptr(draftconv_error) error = NULL;
	struct dc_sink_account way;

	/* Drafts without an owner go nowhere; each of them fails by itself. */
	if (account->drafts == 0 || *folded == '\0')
		return DRAFTCONV_OK;
	if (!dc_ways_account(checking->rows, account->owner, folded, account->login, &way)) {
		if (checking->sharing == NULL)
			leave_out(&checking->left_out, account);
		return DRAFTCONV_OK;
	}
	if (checking->sharing == NULL) {
		checking->tried.accounts++;
		checking->tried.drafts += account->drafts;
	}
	int status = dc_sink_describe(checking->sink, &way, &text, &error);
	if (status >= 0 && checking->sharing == NULL)
		status = look_at_mailbox(checking, account, &way, &error);
	if (status < 0) {
		if (checking->n_bad < NAMED_MAX)
			g_string_append_printf(checking->bad, "%s%s",
				checking->n_bad > 0 ? ", " : "", account->owner);
		checking->n_bad++;
		if (checking->first == NULL)
			checking->first = g_steal_pointer(&error);
		return DRAFTCONV_OK;
	}
	if (dc_sink_may_share(checking->sink, &way))
		return DRAFTCONV_OK;
	const guint64 digest = digest_of(text);
	if (checking->sharing == NULL) {
		g_array_append_val(checking->mailboxes, digest);
	} else if (digest == checking->wanted && checking->sharing->len < 200) {
		g_string_append_printf(checking->sharing, "%s%s",
			checking->sharing->len > 0 ? " and " : "", account->owner);
		g_free(checking->shared);
		checking->shared = g_steal_pointer(&text);
	}
	return DRAFTCONV_OK;
}

static gint
compare_digests(gconstpointer a, gconstpointer b)
{
	const guint64 left = *(const guint64 *)a;
	const guint64 right = *(const guint64 *)b;

	return left < right ? -1 : left > right;
}

/* @return the digest that stands twice, 0 when none does */
static guint64
find_shared(GArray *mailboxes)
{
	g_array_sort(mailboxes, compare_digests);
	for (guint i = 1; i < mailboxes->len; i++) {
		if (g_array_index(mailboxes, guint64, i) ==
			g_array_index(mailboxes, guint64, i - 1))
			return g_array_index(mailboxes, guint64, i);
	}
	return 0;
}

/* A template can make one login of two owners: {local} of kari@a.test and kari@b.test. */
static int
check_shared(struct checking *checking, draftconv_drafts *drafts, draftconv_error **error)
{
	g_autoptr(GString) sharing = g_string_new(NULL);

	checking->wanted = find_shared(checking->mailboxes);
	if (checking->wanted == 0)
		return DRAFTCONV_OK;
	checking->sharing = sharing;
	int status = draftconv_drafts_accounts(drafts, NULL, check_account, checking, error);
	g_autofree char *shared = g_steal_pointer(&checking->shared);
	if (status < 0)
		return status;
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"the drafts of %s would go into one mailbox, %s: choose one with --owner NAME, or "
		"%s; --all-into-one says that it is meant",
		sharing->str, shared,
		dc_sink_is_imap(checking->sink) ? "say with --accounts FILE which login is whose"
						: "write {owner} into the path");
}

static int
judge(struct checking *checking, const draftconv_run_options *options, draftconv_drafts *drafts,
	draftconv_error **error)
{
	if (checking->first != NULL)
		return dc_error_set(error, draftconv_error_code(checking->first),
			"%s (%u account%s: %s%s)", draftconv_error_message(checking->first),
			checking->n_bad, checking->n_bad == 1 ? "" : "s", checking->bad->str,
			checking->n_bad > NAMED_MAX ? ", ..." : "");
	if (checking->tried.accounts < 2 || options->all_into_one)
		return DRAFTCONV_OK;
	if (dc_sink_has_fixed_login(options->sink, options->accounts != NULL))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"the drafts of %" G_GUINT64_FORMAT
			" accounts would all go into one mailbox: choose one with --owner NAME, "
			"or write {login} where the login stands, or take it out and give "
			"--accounts "
			"FILE; --all-into-one says that it is meant",
			(guint64)checking->tried.accounts);
	return check_shared(checking, drafts, error);
}

int
dc_ways_check(const draftconv_run_options *options, draftconv_drafts *drafts, GHashTable *rows,
	struct dc_ways_tried *tried, dc_findings *findings, draftconv_error **error)
{
	g_autoptr(GString) bad = g_string_new(NULL);
	g_autoptr(GString) left_out = g_string_new(NULL);
	g_autoptr(GArray) mailboxes = g_array_new(FALSE, FALSE, sizeof(guint64));
	struct checking checking = {.sink = options->sink,
		.drafts = drafts,
		.rows = rows,
		.fixed = !options->all_into_one &&
			 dc_sink_has_fixed_login(options->sink, options->accounts != NULL),
		.findings = findings,
		.left_out.names = left_out,
		.bad = bad,
		.mailboxes = mailboxes};

	if (rows != NULL && !dc_sink_takes_login(options->sink))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"the accounts file says each login and the sink another one: write {login} "
			"where it stands in the sink, or take it out");
	int status = draftconv_drafts_accounts(drafts, NULL, check_account, &checking, error);
	if (status >= 0)
		status = judge(&checking, options, drafts, error);
	draftconv_error_free(checking.first);
	g_autofree char *inbox = checking.inbox;
	if (status < 0)
		return status;
	if (inbox != NULL)
		dc_stranger_note_inbox(inbox, checking.inboxes, findings);
	if (rows != NULL)
		note_left_out(&checking.left_out, dc_accounts_name(options->accounts), findings);
	*tried = checking.tried;
	return DRAFTCONV_OK;
}

struct telling {
	const draftconv_run_options *options;
	const draftconv_drafts *drafts;
	GHashTable *rows;
	bool enough;
};

/* Where a server has its folder for drafts, only a login tells. */
static int
describe_ahead(const draftconv_sink *sink, const struct dc_sink_account *way, char **text,
	draftconv_error **error)
{
	g_autofree char *login = NULL;
	g_autofree char *folder = NULL;
	g_autofree char *whole = NULL;
	int status = dc_sink_names(sink, way, &login, &folder, error);

	if (status >= 0)
		status = dc_sink_describe(sink, way, &whole, error);
	if (status < 0)
		return status;
	if (dc_sink_is_imap(sink) && folder == NULL && g_str_has_suffix(whole, "/"))
		*text = g_strdup_printf(
			"%.*s, its folder for drafts", (int)strlen(whole) - 1, whole);
	else
		*text = g_steal_pointer(&whole);
	return DRAFTCONV_OK;
}

static int
tell_account(void *user, const draftconv_account *account)
{
	struct telling *telling = user;
	g_autofree char *folded = dc_drafts_fold_owner(telling->drafts, account->owner);
	g_autofree char *text = NULL;
	struct dc_sink_account way;

	if (account->drafts == 0 || *folded == '\0' ||
		!dc_ways_account(telling->rows, account->owner, folded, account->login, &way))
		return DRAFTCONV_OK;
	int status = describe_ahead(telling->options->sink, &way, &text, NULL);
	if (status < 0)
		return status;
	telling->enough = !telling->options->way(telling->options->user, account->owner, text);
	return telling->enough ? DRAFTCONV_ERROR_CANCELLED : DRAFTCONV_OK;
}

int
dc_ways_tell(const draftconv_run_options *options, draftconv_drafts *drafts, GHashTable *rows,
	draftconv_error **error)
{
	struct telling telling = {.options = options, .drafts = drafts, .rows = rows};
	g_autoptr(draftconv_error) why = NULL;

	if (options->way == NULL || options->sink == NULL)
		return DRAFTCONV_OK;
	int status = draftconv_drafts_accounts(drafts, NULL, tell_account, &telling, &why);
	if (status >= 0 || telling.enough)
		return DRAFTCONV_OK;
	if (error != NULL)
		*error = g_steal_pointer(&why);
	return status;
}
