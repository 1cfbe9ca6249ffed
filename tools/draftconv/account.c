/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "account.h"

#include "ask.h"
#include "cancel.h"
#include "output.h"

#include <string.h>

/* More that fit are not shown: who typed so little shall type more. */
#define SHOWN_MAX 20

char *
typed_again(char **typed, const char *owner, const char *added)
{
	g_autoptr(GString) line = g_string_new("draftconv");
	bool is_owner = false;

	for (; *typed != NULL; typed++) {
		const bool joined = g_str_has_prefix(*typed, "--owner=");
		g_autofree char *whole = joined ? g_strconcat("--owner=", owner, NULL) : NULL;
		g_autofree char *word =
			shell_word(whole != NULL ? whole : (is_owner ? owner : *typed));

		is_owner = !is_owner && strcmp(*typed, "--owner") == 0;
		g_string_append_printf(line, " %s", word);
	}
	if (added != NULL)
		g_string_append_printf(line, " %s", added);
	return g_string_free(g_steal_pointer(&line), FALSE);
}

struct candidate {
	char *owner;
	char *line; /* what a person tells it by */
	uint64_t drafts;
};

static void
candidate_free(gpointer data)
{
	struct candidate *candidate = data;

	g_free(candidate->owner);
	g_free(candidate->line);
	g_free(candidate);
}

static int
on_account(void *user, const draftconv_account *account)
{
	GPtrArray *list = user;
	struct candidate *candidate = g_new0(struct candidate, 1);
	g_autofree char *addresses = g_strjoinv(", ", (char **)(uintptr_t)account->addresses);
	g_autofree char *drafts = line_count(account->drafts, "draft");

	candidate->owner = g_strdup(account->owner);
	candidate->drafts = account->drafts;
	candidate->line = g_strdup_printf("%s  %s%s%s%s%s", account->owner, drafts,
		*account->name == '\0' ? "" : "  ", account->name, *addresses == '\0' ? "" : "  ",
		addresses);
	g_ptr_array_add(list, candidate);
	return DRAFTCONV_OK;
}

/*
 * The accounts of SELECTION of whose name or addresses TEXT (may be NULL) is a part.
 * @return 0, or the library's error
 */
static int
collect(const struct opened *opened, const struct reading *reading,
	const draftconv_selection *selection, const char *text, GPtrArray *list,
	draftconv_error **error)
{
	g_autoptr(draftconv_drafts) drafts = NULL;
	int code = draftconv_drafts_open(
		opened->source, opened->profile, selection, reading->temp_dir, &drafts, error);

	if (code < 0)
		return code;
	for (size_t i = 0; i < draftconv_drafts_finding_count(drafts); i++) {
		const draftconv_finding *f = draftconv_drafts_finding(drafts, i);

		/* What is to be said of the source the steps behind this one say. */
		if (g_str_equal(f->code, "no-drafts"))
			say_finding(f);
	}
	return draftconv_drafts_accounts(drafts, text, on_account, list, error);
}

static void
choose(struct reading *reading, const struct candidate *candidate, uint64_t *drafts)
{
	g_free(reading->owners[0]);
	reading->owners[0] = g_strdup(candidate->owner);
	*drafts = candidate->drafts;
}

/* Several fit: show them, and ask which one is meant. @return the one that was chosen, or NULL */
static const struct candidate *
ask_which(const GPtrArray *list)
{
	g_autofree char *question = g_strdup_printf("Which one? [1-%u, nothing: none] ", list->len);
	guint64 number;

	for (;;) {
		g_autofree char *answer = ask(question);

		if (answer == NULL || *answer == '\0')
			return NULL;
		if (g_ascii_string_to_unsigned(answer, 10, 1, list->len, &number, NULL))
			return list->pdata[number - 1];
	}
}

/* Ctrl-C was the answer. */
static int
stopped(void)
{
	complain("nothing was done");
	return draftconv_exit_status(DRAFTCONV_ERROR_CANCELLED);
}

static int
choose_among(struct reading *reading, const GPtrArray *list, bool may_ask, uint64_t *drafts)
{
	complain("%s fits %u accounts:", reading->owners[0], list->len);
	for (guint i = 0; i < MIN(list->len, SHOWN_MAX); i++) {
		const struct candidate *candidate = list->pdata[i];

		complain("%3u  %s", i + 1, candidate->line);
	}
	if (list->len > SHOWN_MAX)
		complain("and %u more; say more of the name", list->len - SHOWN_MAX);
	const struct candidate *chosen = may_ask ? ask_which(list) : NULL;
	if (is_cancelled())
		return stopped();
	if (chosen == NULL)
		return usage_error(
			"say which account is meant: --owner NAME with the first word of "
			"its line; nothing was done");
	choose(reading, chosen, drafts);
	return 0;
}

/* One fits. It may be somebody else all the same, who has the text in a full name. */
static int
choose_only(struct reading *reading, const struct candidate *only, bool may_ask, char **typed,
	uint64_t *drafts)
{
	g_autofree char *again = typed_again(typed, only->owner, NULL);

	message("%s is part of account: %s", reading->owners[0], only->line);
	if (!may_ask)
		return usage_error("%s is not the whole name of an account, nor one of its "
				   "addresses, and nothing was done; if %s is meant, type: %s",
			reading->owners[0], only->owner, again);
	g_autofree char *answer = ask("Is this the one? [y/N] ");
	if (is_cancelled())
		return stopped();
	if (!is_yes(answer))
		return usage_error("say which account is meant with --owner; nothing was done");
	choose(reading, only, drafts);
	if (only->drafts == 0)
		complain("account %s has no drafts%s", only->owner,
			reading->selection.has_since || reading->selection.has_until
				? " that are selected"
				: " in the source");
	return 0;
}

/* Nobody is called so: look for the text in names and addresses. UNKNOWN says that nobody is. */
static int
search(const struct opened *opened, struct reading *reading, bool may_ask, char **typed,
	const draftconv_error *unknown, uint64_t *drafts)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(candidate_free);
	g_autoptr(draftconv_error) error = NULL;
	draftconv_selection everybody = reading->selection;

	/* Whoever is called so may stand behind the cut: what is left fits by accident. */
	if (warn_of_damage(opened->source)) {
		complain("no account that can be read is called %s, and a part of a name is not "
			 "looked for in a damaged source: give the whole name or address; "
			 "nothing was done",
			reading->owners[0]);
		return draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED);
	}
	everybody.owners = NULL;
	everybody.keys = NULL;
	everybody.limit = 0;
	everybody.all_accounts = true;
	if (collect(opened, reading, &everybody, reading->owners[0], list, &error) < 0)
		return report_reading_error(error, opened->source);
	if (list->len == 0)
		return report_reading_error(unknown, opened->source);
	return list->len > 1 ? choose_among(reading, list, may_ask, drafts)
			     : choose_only(reading, list->pdata[0], may_ask, typed, drafts);
}

static int
find(const struct opened *opened, struct reading *reading, bool may_ask, char **typed,
	uint64_t *drafts)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(candidate_free);
	g_autoptr(draftconv_error) error = NULL;
	draftconv_selection exactly = reading->selection;

	/* A key that the account lacks is for the steps to say, once the account is known. */
	exactly.keys = NULL;
	exactly.all_accounts = true;
	int code = collect(opened, reading, &exactly, NULL, list, &error);
	if (code == DRAFTCONV_ERROR_NOT_FOUND || code == DRAFTCONV_ERROR_DAMAGED)
		return search(opened, reading, may_ask, typed, error, drafts);
	if (code < 0)
		return report_reading_error(error, opened->source);
	if (list->len != 1)
		return usage_error(
			"ticket: --owner %s stands for %u accounts", reading->owners[0], list->len);
	const struct candidate *only = list->pdata[0];
	if (only->drafts > 0)
		message("account: %s", only->line);
	choose(reading, only, drafts);
	return 0;
}

static int
note_newest(void *user, const draftconv_account *account)
{
	const int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
	struct found *found = user;

	/* Clocks of old computers were wrong. */
	if (account->has_newest && account->newest_s <= now_s &&
		(!found->has_newest || account->newest_s > found->newest_s)) {
		found->has_newest = true;
		found->newest_s = account->newest_s;
	}
	return DRAFTCONV_OK;
}

/* How old the source is, as far as its drafts tell. */
static int
find_newest(const struct opened *opened, const struct reading *reading, struct found *found)
{
	const draftconv_selection everybody = {.struct_size = sizeof everybody};
	g_autoptr(draftconv_drafts) drafts = NULL;
	g_autoptr(draftconv_error) error = NULL;

	if (draftconv_drafts_open(opened->source, opened->profile, &everybody, reading->temp_dir,
		    &drafts, &error) < 0 ||
		draftconv_drafts_accounts(drafts, NULL, note_newest, found, &error) < 0)
		return report_reading_error(error, opened->source);
	return 0;
}

int
find_account(
	struct reading *reading, char **sources, bool may_ask, char **typed, struct found *found)
{
	g_auto(opened_reading) opened = {0};
	uint64_t *drafts = &found->drafts;

	int status = open_reading(reading, sources, &opened.source, &opened.profile);
	if (status == 0)
		status = find(&opened, reading, may_ask, typed, drafts);
	/* Its drafts may stand behind a cut. Otherwise the steps that follow say that there is one. */
	if (status == 0 && *drafts == 0 && warn_of_damage(opened.source))
		status = draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED);
	else if (status == 0 && *drafts == 0)
		status = find_newest(&opened, reading, found);
	return status;
}
