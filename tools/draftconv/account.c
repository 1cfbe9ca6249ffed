/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "account.h"

#include "ask.h"
#include "output.h"

/* More that fit are not shown: who typed so little shall type more. */
#define SHOWN_MAX 20

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
	if (chosen == NULL)
		return usage_error(
			"say which account is meant: --owner NAME with the first word of "
			"its line; nothing was done");
	choose(reading, chosen, drafts);
	return 0;
}

/* Nobody is called so: look for the text in names and addresses. UNKNOWN says that nobody is. */
static int
search(const struct opened *opened, struct reading *reading, bool may_ask,
	const draftconv_error *unknown, uint64_t *drafts)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(candidate_free);
	g_autoptr(draftconv_error) error = NULL;
	draftconv_selection everybody = reading->selection;

	everybody.owners = NULL;
	everybody.keys = NULL;
	everybody.limit = 0;
	everybody.all_accounts = true;
	if (collect(opened, reading, &everybody, reading->owners[0], list, &error) < 0)
		return report_reading_error(error, opened->source);
	if (list->len == 0)
		return report_reading_error(unknown, opened->source);
	if (list->len > 1)
		return choose_among(reading, list, may_ask, drafts);

	const struct candidate *only = list->pdata[0];
	message("%s is part of account: %s", reading->owners[0], only->line);
	choose(reading, only, drafts);
	if (only->drafts == 0)
		complain("account %s has no drafts that are selected", only->owner);
	return 0;
}

static int
find(const struct opened *opened, struct reading *reading, bool may_ask, uint64_t *drafts)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(candidate_free);
	g_autoptr(draftconv_error) error = NULL;
	draftconv_selection exactly = reading->selection;

	/* A key that the account lacks is for the steps to say, once the account is known. */
	exactly.keys = NULL;
	exactly.all_accounts = true;
	int code = collect(opened, reading, &exactly, NULL, list, &error);
	if (code == DRAFTCONV_ERROR_NOT_FOUND || code == DRAFTCONV_ERROR_DAMAGED)
		return search(opened, reading, may_ask, error, drafts);
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

int
find_account(struct reading *reading, char **sources, bool may_ask, uint64_t *drafts)
{
	g_auto(opened_reading) opened = {0};

	int status = open_reading(reading, sources, &opened.source, &opened.profile);
	if (status == 0)
		status = find(&opened, reading, may_ask, drafts);
	/* Its drafts may stand behind a cut. Otherwise the steps that follow say that there is one. */
	if (status == 0 && *drafts == 0 && warn_of_damage(opened.source))
		status = draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED);
	return status;
}
