/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/stranger.h"

#include <string.h>

/* Of an account with very many addresses these are told. */
#define ADDRESSES_TOLD 3

/* Behind a name without its domain; no name ends so, see normal(). */
#define ANY_DOMAIN "@"

/* NAME as it is compared; logins of servers with domains write "%" where addresses have "@". */
static char *
normal(const char *name)
{
	char *folded = g_utf8_casefold(name, -1);
	char *percent = strchr(folded, '@') == NULL ? strrchr(folded, '%') : NULL;

	if (percent != NULL && percent != folded)
		*percent = '@';
	/* Of an empty domain. */
	if (g_str_has_suffix(folded, "@"))
		folded[strlen(folded) - 1] = '\0';
	return folded;
}

static char *
normal_login(const char *login)
{
	g_autofree char *own = g_strdup(login);
	char *star = strrchr(own, '*');

	/* An administrator's name stands behind it. */
	if (star != NULL && star != own)
		*star = '\0';
	return normal(own);
}

/* The part before the domain, all of a name without one. */
static char *
local_part(const char *name)
{
	const char *at = strrchr(name, '@');

	return at == NULL ? g_strdup(name) : g_strndup(name, (gsize)(at - name));
}

GPtrArray *
dc_stranger_keys(const draftconv_account *account)
{
	GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
	bool has_domain = false;

	g_ptr_array_add(keys, normal(account->owner));
	if (*account->login != '\0')
		g_ptr_array_add(keys, normal(account->login));
	for (const char *const *address = account->addresses; *address != NULL; address++)
		g_ptr_array_add(keys, normal(*address));
	const guint names = keys->len;
	for (guint i = 0; i < names; i++) {
		if (strchr(keys->pdata[i], '@') == NULL)
			continue;
		has_domain = true;
		g_ptr_array_add(keys, local_part(keys->pdata[i]));
	}
	/* kari@a.test and kari@b.test are two people; of a plain kari nobody knows a domain. */
	for (guint i = 0; i < names && !has_domain; i++)
		g_ptr_array_add(keys, g_strconcat(keys->pdata[i], ANY_DOMAIN, NULL));
	return keys;
}

char **
dc_stranger_login_keys(const char *login)
{
	char **keys = g_new0(char *, 3);

	keys[0] = normal_login(login);
	if (strchr(keys[0], '@') != NULL) {
		g_autofree char *local = local_part(keys[0]);

		keys[1] = g_strconcat(local, ANY_DOMAIN, NULL);
	}
	return keys;
}

bool
dc_stranger_fits(const char *login, const draftconv_account *account)
{
	g_autoptr(GPtrArray) names = dc_stranger_keys(account);
	g_auto(GStrv) keys = dc_stranger_login_keys(login);
	bool fits = false;

	for (guint i = 0; i < names->len && !fits; i++)
		fits = g_strv_contains((const char *const *)keys, names->pdata[i]);
	return fits;
}

void
dc_stranger_note_login(const char *login, const draftconv_account *account, dc_findings *findings)
{
	g_autoptr(GString) addresses = g_string_new(NULL);

	for (guint i = 0; account->addresses[i] != NULL && i < ADDRESSES_TOLD; i++)
		g_string_append_printf(
			addresses, "%s%s", i == 0 ? " (" : ", ", account->addresses[i]);
	if (addresses->len > 0)
		g_string_append_c(addresses, ')');
	dc_findings_add(findings, DC_FINDING_MAILBOX_DOUBTFUL, "",
		"the drafts of account %s%s go into the mailbox of %s: none of the account's names "
		"fits",
		account->owner, addresses->str, login);
}

bool
dc_stranger_is_inbox(const char *folder)
{
	return folder != NULL && g_ascii_strcasecmp(folder, "INBOX") == 0;
}

void
dc_stranger_note_inbox(const char *owner, uint64_t count, dc_findings *findings)
{
	g_autofree char *others =
		count > 1 ? g_strdup_printf(" and %" G_GUINT64_FORMAT " more", (guint64)count - 1)
			  : g_strdup("");

	dc_findings_add(findings, DC_FINDING_MAILBOX_DOUBTFUL, "",
		"the drafts of %s%s go into INBOX, among the letters that come in, not into the "
		"folder for drafts",
		owner, others);
}
