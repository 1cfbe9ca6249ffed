/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bringers.h"

#include "output.h"
#include "recorded.h"

#include <string.h>

/* Owners that stand in one command. */
#define OWNERS_NAMED 10

/* A run of the journal, and how many of the drafts that were looked for are from it. */
struct bringer {
	char *run;
	char *ticket;
	int64_t started_s;
	int64_t taken_back_s;
	char *place;  /* of one that is there; NULL: none is */
	char *folder; /* its IMAP folder; "" when it has none */
	uint64_t there;
	uint64_t gone_on; /* its user has gone on with them */
	uint64_t gone;
	GPtrArray *owners; /* of those that are there; at most one more than is named */
};

struct bringers {
	char *place;
	const char *looked_for; /* the run; "" for accounts */
	const char *to;         /* only what went there; NULL: all */
	GHashTable *seen;       /* drafts of which several runs tell; NULL for one run */
	GPtrArray *all;         /* of struct bringer */
};

static void
bringer_free(gpointer data)
{
	struct bringer *bringer = data;

	g_free(bringer->run);
	g_free(bringer->ticket);
	g_free(bringer->place);
	g_free(bringer->folder);
	g_ptr_array_unref(bringer->owners);
	g_free(bringer);
}

static struct bringer *
bringer_of(bringers *found, const char *run)
{
	for (guint i = 0; i < found->all->len; i++) {
		struct bringer *bringer = found->all->pdata[i];

		if (strcmp(bringer->run, run) == 0)
			return bringer;
	}
	struct bringer *bringer = g_new0(struct bringer, 1);
	bringer->run = g_strdup(run);
	bringer->ticket = g_strdup("");
	bringer->owners = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(found->all, bringer);
	return bringer;
}

static int
on_result(void *user, const draftconv_result *result)
{
	bringers *found = user;

	if (*result->brought_by == '\0' || strcmp(result->brought_by, found->looked_for) == 0)
		return 0;
	if (found->seen != NULL &&
		!g_hash_table_add(found->seen,
			g_strconcat(result->brought_by, "/", result->message_id, NULL)))
		return 0;
	struct bringer *bringer = bringer_of(found, result->brought_by);
	bringer->gone += result->stands == DRAFTCONV_OUTCOME_ROLLED_BACK;
	bringer->gone_on += result->stands == DRAFTCONV_OUTCOME_KEPT;
	if (result->stands != DRAFTCONV_OUTCOME_DELIVERED)
		return 0;
	bringer->there++;
	if (bringer->place == NULL) {
		bringer->place = g_strdup(result->destination);
		bringer->folder = g_strdup(result->folder);
	}
	/* They come by owner. */
	const guint n = bringer->owners->len;
	if (n <= OWNERS_NAMED &&
		(n == 0 || strcmp(bringer->owners->pdata[n - 1], result->owner) != 0))
		g_ptr_array_add(bringer->owners, g_strdup(result->owner));
	return 0;
}

/* "mail.example.org", as far as a sink has one; else the sink as it is. */
static char *
host_of(const char *to)
{
	const char *way = strstr(to, "://");

	if (way == NULL)
		return g_strdup(to);
	g_autofree char *host = g_ascii_strdown(way + strlen("://"), -1);
	host[strcspn(host, "/")] = '\0';
	char *port = strrchr(host, ':');
	if (port != NULL && strchr(port, ']') == NULL)
		*port = '\0';
	const char *at = strrchr(host, '@');
	return g_strdup(at == NULL ? host : at + 1);
}

static bool
is_elsewhere(const char *to, const char *destination)
{
	g_autofree char *here = to == NULL ? NULL : host_of(to);
	g_autofree char *there = host_of(destination);

	return here != NULL && strcmp(here, there) != 0;
}

static int
on_run(void *user, const draftconv_run_info *info)
{
	bringers *found = user;

	if (strcmp(info->run, found->looked_for) == 0) {
		char *place = g_strdup(its_place(found->place, info->place));

		g_free(found->place);
		found->place = place;
		return 0;
	}
	struct bringer *bringer = bringer_of(found, info->run);
	g_free(bringer->ticket);
	bringer->ticket = g_strdup(info->ticket);
	bringer->started_s = info->started_s;
	bringer->taken_back_s = info->rolled_back_s;
	if (is_elsewhere(found->to, info->destination))
		bringer->there = bringer->gone_on = bringer->gone = 0;
	return 0;
}

bringers *
bringers_of(draftconv_journal *journal, const char *run, const char *destination,
	const char *const *owners)
{
	bringers *found = g_new0(bringers, 1);
	g_autoptr(GPtrArray) runs = g_ptr_array_new();
	draftconv_journal_filter filter = {.struct_size = sizeof filter, .owners = owners};

	found->place = g_strdup(destination);
	found->looked_for = run;
	found->all = g_ptr_array_new_with_free_func(bringer_free);
	g_ptr_array_add(runs, (gpointer)(guintptr)run);
	g_ptr_array_add(runs, NULL);
	filter.runs = (const char *const *)runs->pdata;
	/* What cannot be told is left out: the work itself is done. */
	if (draftconv_journal_results(journal, &filter, on_result, found, NULL) < 0)
		g_ptr_array_set_size(found->all, 0);
	g_ptr_array_set_size(runs, 1);
	for (guint i = 0; i < found->all->len; i++)
		g_ptr_array_add(runs, ((struct bringer *)found->all->pdata[i])->run);
	g_ptr_array_add(runs, NULL);
	filter.runs = (const char *const *)runs->pdata;
	draftconv_journal_runs(journal, &filter, on_run, found, NULL);
	found->looked_for = NULL;
	return found;
}

bringers *
bringers_of_accounts(draftconv_journal *journal, const char *to, const char *const *owners)
{
	bringers *found = g_new0(bringers, 1);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const draftconv_journal_filter filter = {.struct_size = sizeof filter, .owners = owners};

	found->looked_for = "";
	found->to = to;
	found->seen = seen;
	found->all = g_ptr_array_new_with_free_func(bringer_free);
	if (draftconv_journal_results(journal, &filter, on_result, found, NULL) < 0 ||
		draftconv_journal_runs(journal, &filter, on_run, found, NULL) < 0)
		g_ptr_array_set_size(found->all, 0);
	found->seen = NULL;
	return found;
}

void
bringers_free(bringers *found)
{
	if (found == NULL)
		return;
	g_ptr_array_unref(found->all);
	g_free(found->place);
	g_free(found);
}

const char *
bringers_place(const bringers *found)
{
	return found->place;
}

/* "run 20121201-1 of ticket 4711" */
static char *
its_name(const struct bringer *bringer)
{
	g_autofree char *ticket = line_text(bringer->ticket, 0);

	return g_strdup_printf(
		"run %s%s%s", bringer->run, *ticket == '\0' ? "" : " of ticket ", ticket);
}

/* [transfer full] NULL when too many accounts would have to be named */
static char *
its_rollback(const struct bringer *bringer, const char *journal)
{
	g_autofree char *path = shell_word(journal);
	g_autoptr(GString) command = g_string_new("draftconv rollback");

	if (bringer->owners->len > OWNERS_NAMED)
		return NULL;
	g_string_append_printf(command, " --run %s", bringer->run);
	for (guint i = 0; i < bringer->owners->len; i++) {
		g_autofree char *owner = shell_word(bringer->owners->pdata[i]);

		g_string_append_printf(command, " --owner %s", owner);
	}
	g_string_append_printf(command, " --journal %s", path);
	return g_string_free(g_steal_pointer(&command), FALSE);
}

static bool
is_chosen(const struct bringer *bringer, const draftconv_journal_filter *chosen)
{
	if (chosen->runs != NULL && !g_strv_contains(chosen->runs, bringer->run))
		return false;
	return chosen->ticket == NULL || strcmp(chosen->ticket, bringer->ticket) == 0;
}

void
bringers_say_instead(const bringers *found, const char *run, const char *journal,
	const draftconv_journal_filter *chosen)
{
	bool any = false;

	for (guint i = 0; i < found->all->len; i++) {
		const struct bringer *bringer = found->all->pdata[i];
		g_autofree char *name = its_name(bringer);
		g_autofree char *when = line_time(bringer->started_s, 0);
		g_autofree char *drafts = line_count(bringer->there, "draft");
		g_autofree char *command = its_rollback(bringer, journal);

		if (bringer->there == 0)
			continue;
		any = true;
		if (is_chosen(bringer, chosen))
			continue;
		message("run %s brought nothing itself: %s that it found %s brought by %s on %s "
			"UTC%s%s",
			run, drafts, bringer->there == 1 ? "was" : "were", name, when,
			command == NULL ? "" : "; to take that back: ",
			command == NULL ? "" : command);
	}
	if (!any)
		message("run %s has brought nothing that is there now: nothing is to be taken back",
			run);
	bringers_say_gone(found);
}

void
bringers_say_gone(const bringers *found)
{
	for (guint i = 0; i < found->all->len; i++) {
		const struct bringer *bringer = found->all->pdata[i];
		g_autofree char *name = its_name(bringer);
		g_autofree char *when = line_time(bringer->taken_back_s, 0);
		g_autofree char *drafts = line_count(bringer->gone, "draft");
		const bool known = bringer->taken_back_s != 0;

		if (bringer->gone > 0)
			message("%s %s not in the folder any more: %s, which had brought %s, was "
				"taken back%s%s%s",
				drafts, bringer->gone == 1 ? "is" : "are", name,
				bringer->gone == 1 ? "it" : "them", known ? " on " : "",
				known ? when : "", known ? " UTC" : "");
	}
}

void
bringers_say_standing(const bringers *found, const char *journal)
{
	for (guint i = 0; i < found->all->len; i++) {
		const struct bringer *bringer = found->all->pdata[i];
		g_autofree char *name = its_name(bringer);
		g_autofree char *when = line_time(bringer->started_s, 0);
		g_autofree char *drafts = line_count(bringer->there, "draft");
		g_autofree char *command = its_rollback(bringer, journal);
		const char *them = bringer->there == 1 ? "it" : "them";

		if (bringer->there == 0)
			continue;
		g_autofree char *where = line_text(bringer->place, 0);
		message("%s %s in %s, brought by %s on %s UTC; the source has no row of the "
			"account any more, so %s not looked at%s%s%s%s",
			drafts, bringer->there == 1 ? "stands" : "stand", where, name, when,
			bringer->there == 1 ? "it is" : "they are",
			command == NULL ? "" : "; to take ", command == NULL ? "" : them,
			command == NULL ? "" : " back: ", command == NULL ? "" : command);
	}
}

char *
bringers_for_customer(const bringers *found)
{
	uint64_t there = 0;
	uint64_t gone_on = 0;
	const struct bringer *latest = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < found->all->len; i++) {
		const struct bringer *bringer = found->all->pdata[i];

		there += bringer->there;
		gone_on += bringer->gone_on;
		if (bringer->there > 0)
			latest = bringer;
	}
	if (there > 0) {
		g_autofree char *drafts = line_count(there, "draft");
		g_autofree char *when = line_time(latest->started_s, 0);
		g_autofree char *ticket = line_text(latest->ticket, 0);
		g_autofree char *folder = line_text(latest->folder, 0);
		const char *them = there == 1 ? "it" : "them";

		g_string_append_printf(text,
			"We have brought back %s from our old data before, on %.10s%s%s%s.\n",
			drafts, when, *ticket == '\0' ? "" : " (ticket ", ticket,
			*ticket == '\0' ? "" : ")");
		if (*folder != '\0')
			g_string_append_printf(text,
				"You find %s in your folder %s, and can go on writing there.\n",
				them, folder);
	}
	if (gone_on == 1)
		g_string_append(text,
			"One draft that we had brought back was left as it is, since you have gone "
			"on with it, sent or deleted it.\n");
	else if (gone_on > 1)
		g_string_append_printf(text,
			"%" G_GUINT64_FORMAT
			" drafts that we had brought back were left as they are, since you have "
			"gone on with them, sent or deleted them.\n",
			(guint64)gone_on);
	return text->len == 0 ? NULL : g_string_free(g_steal_pointer(&text), FALSE);
}
