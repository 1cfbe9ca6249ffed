/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bringers.h"
#include "cancel.h"
#include "open.h"
#include "output.h"
#include "results.h"
#include "steps.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* More accounts than this are counted, not named. */
#define NAMED_ACCOUNTS 3

/* Where an account's drafts go, as known before the first login. */
struct way {
	char *owner;
	char *destination;
};

struct converting {
	const struct saying *saying;
	uint64_t accounts;
	uint64_t entered;
	struct way ways[NAMED_ACCOUNTS]; /* of a run with several accounts, the first ones */
	unsigned way_count;
	tally *tally;
	GHashTable *owners; /* that were told of, folded; NULL: nobody asked for some */
	char *refused;      /* owner of the latest refused login, or NULL */
	char *failure;      /* of the first draft that failed, or NULL */
	bool brief;         /* no line for each draft */
	const char *place;  /* of a file sink, the same for all accounts; else NULL */
	bool to_stdout;     /* messages go there, so results must not */
	bool doubts_known;  /* somebody has said them, and been told to go on */
	bool into_mailbox;  /* of a server, and in earnest: not even --quiet hides whose */
};

static void
converting_clear(struct converting *converting)
{
	g_free(converting->failure);
	g_free(converting->refused);
	for (unsigned i = 0; i < converting->way_count; i++) {
		g_free(converting->ways[i].owner);
		g_free(converting->ways[i].destination);
	}
}

/* The path of a file sink whose name holds no placeholder; NULL of all others. */
static const char *
one_place(const char *to)
{
	const char *path = strchr(to, ':');

	if (path == NULL || g_ascii_strncasecmp(to, "imap", 4) == 0)
		return NULL;
	for (const char *brace = strchr(path, '{'); brace != NULL; brace = strchr(brace + 2, '{')) {
		if (brace[1] != '{')
			return NULL;
	}
	return path + 1;
}

/* Before the first message: where it goes. */
static void
say_way(const struct converting *converting, const char *text)
{
	if (converting->into_mailbox)
		announce("%s", text);
	else
		message("%s", text);
}

static void
on_begin(void *user, uint64_t drafts, uint64_t accounts)
{
	struct converting *converting = user;

	converting->accounts = accounts;
	if (drafts == 0)
		return;
	g_autofree char *what = line_count(drafts, "draft");
	g_autofree char *whose = line_count(accounts, "account");
	g_autofree char *line = g_strdup_printf(
		"%s of %s; existing messages that draftconv did not deliver are never touched",
		what, whose);
	say_way(converting, line);
	if (accounts > 1 && converting->place != NULL)
		message("%s go into one place, %s; with {owner} in its name each gets its own",
			whose, converting->place);
}

static void
say_arrow(const struct converting *converting, const char *owner, const char *destination)
{
	g_autofree char *arrow = g_strdup_printf("%s → %s", owner, destination);

	say_way(converting, arrow);
}

static bool
on_way(void *user, const char *owner, const char *destination)
{
	struct converting *converting = user;

	if (converting->accounts < 2)
		return false;
	struct way *way = &converting->ways[converting->way_count++];
	way->owner = g_strdup(owner);
	way->destination = g_strdup(destination);
	return converting->way_count < NAMED_ACCOUNTS;
}

static const struct way *
find_way(const struct converting *converting, const char *owner)
{
	for (unsigned i = 0; i < converting->way_count; i++) {
		if (strcmp(converting->ways[i].owner, owner) == 0)
			return &converting->ways[i];
	}
	return NULL;
}

/* The first login went well: behind its account the others are told, before any message is on its way. */
static void
say_others(const struct converting *converting, const char *entered)
{
	for (unsigned i = 0; i < converting->way_count; i++) {
		const struct way *way = &converting->ways[i];

		if (strcmp(way->owner, entered) != 0)
			say_arrow(converting, way->owner, way->destination);
	}
	if (converting->accounts <= NAMED_ACCOUNTS)
		return;
	g_autofree char *others = line_count(converting->accounts - NAMED_ACCOUNTS, "more account");
	message("... and %s", others);
}

/* Of those that were told ahead, what was not known yet: the folder, and that it is a new one. */
static void
on_account(void *user, const char *owner, const char *destination)
{
	struct converting *converting = user;
	const struct way *way = find_way(converting, owner);
	const bool first = converting->entered++ == 0;

	if (first || (way == NULL ? converting->entered <= NAMED_ACCOUNTS &&
					     converting->way_count < NAMED_ACCOUNTS
				  : strcmp(way->destination, destination) != 0))
		say_arrow(converting, owner, destination);
	if (first)
		say_others(converting, owner);
}

/* The first one is told in a message: a full mailbox refuses all others in the same words. */
static void
note_failure(struct converting *converting, const draftconv_result *result)
{
	if (result->outcome != DRAFTCONV_OUTCOME_FAILED || converting->failure != NULL)
		return;
	for (size_t i = 0; i < result->finding_count; i++) {
		const draftconv_finding *f = result->findings[i];

		if (f->severity != DRAFTCONV_SEVERITY_ERROR)
			continue;
		const draftconv_finding_info *info = finding_info(f->code);
		const char *why = *f->detail == '\0' && info != NULL ? info->meaning : f->detail;
		converting->failure = g_strdup_printf("draft %s of %s: %s: %s; %s", result->draft,
			result->owner, f->code, why, finding_remedy(f));
		return;
	}
}

/* The finding of a draft whose account could not be logged in to; NULL */
static const draftconv_finding *
refusal_of(const draftconv_result *result)
{
	for (size_t i = 0; i < result->finding_count; i++) {
		if (strcmp(result->findings[i]->code, "login-refused") == 0)
			return result->findings[i];
	}
	return NULL;
}

/* Told for the account as a whole: a line for each of its drafts would say nothing more. */
static bool
is_told(struct converting *converting, const draftconv_result *result)
{
	const draftconv_finding *refusal = refusal_of(result);

	if (converting->saying->json || converting->saying->verbose)
		return false;
	if (refusal != NULL && g_strcmp0(converting->refused, result->owner) != 0) {
		g_autofree char *owner = line_text(result->owner, 16);
		g_autofree char *words = line_text(refusal->detail, 0);

		g_free(converting->refused);
		converting->refused = g_strdup(result->owner);
		result_line("%-14s %s login-refused, none of its drafts is tried: %s",
			draftconv_outcome_name(result->outcome), owner, words);
	}
	return refusal != NULL || result->outcome == DRAFTCONV_OUTCOME_NO_ACCOUNT;
}

/* As --owner is compared. [transfer full] */
static char *
folded(const char *owner)
{
	return g_strchomp(g_utf8_casefold(owner, -1));
}

static void
on_result(void *user, const draftconv_result *result)
{
	struct converting *converting = user;

	if (converting->owners != NULL)
		g_hash_table_add(converting->owners, folded(result->owner));
	note_failure(converting, result);
	tally_add(converting->tally, result->findings, result->finding_count);
	if (!converting->to_stdout && !converting->brief && !is_told(converting, result))
		say_result(converting->saying, result);
}

static void
on_finding(void *user, const draftconv_finding *finding)
{
	const struct converting *converting = user;

	if (!converting->doubts_known || !is_doubtful(finding))
		say_finding(finding);
}

/* Who runs this, for the journal: the person behind sudo, if there is one. */
static char *
who_am_i(void)
{
	const char *sudo = g_getenv("SUDO_USER");
	const struct passwd *entry = getpwuid(getuid());

	if (sudo != NULL && *sudo != '\0' && g_utf8_validate(sudo, -1, NULL))
		return g_strdup(sudo);
	return g_strdup(entry == NULL ? "?" : entry->pw_name);
}

static void
say_next_steps(const draftconv_summary *summary, const char *journal)
{
	static const draftconv_outcome changes[] = {DRAFTCONV_OUTCOME_DELIVERED,
		DRAFTCONV_OUTCOME_UPDATED, DRAFTCONV_OUTCOME_WITHDRAWN};
	g_autofree char *quoted = shell_word(journal);
	uint64_t changed = 0;

	if (*summary->run == '\0')
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++)
		changed += summary->counts[changes[i]];
	message("run %s", summary->run);
	/* Of a run that said nothing of any draft there is nothing to read back. */
	if (summary->drafts > 0)
		message("to read it back and compare: draftconv verify --run %s --journal %s",
			summary->run, quoted);
	if (changed > 0)
		message("to take it back: draftconv rollback --run %s --journal %s", summary->run,
			quoted);
}

/* Of a run that stopped. What the folder got while the connection broke is known by the next run only. */
static void
say_undone(const struct converting *converting, const draftconv_summary *summary, int code)
{
	const uint64_t total = summary->drafts + summary->undone;
	const char *next = code == DRAFTCONV_ERROR_TEMPORARY ? "; run the same command again" : "";

	if (converting->entered > 0)
		complain("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
			 " drafts were left undone, as far as is known yet; the same command "
			 "again goes on from there",
			(guint64)summary->undone, (guint64)total);
	else if (total > 0)
		complain("nothing was delivered: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
			 " drafts were left undone%s",
			(guint64)summary->undone, (guint64)total, next);
	else
		complain("nothing was delivered%s", next);
}

/* What is to be said of a run that has ended, in the order in which people look for it. */
static void
say_end(const struct converting *converting, draftconv_summary *summary, int code,
	const draftconv_source *source, const draftconv_selection *selection)
{
	if (converting->failure != NULL)
		complain("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
			 " drafts failed, the first: %s",
			(guint64)summary->counts[DRAFTCONV_OUTCOME_FAILED],
			(guint64)summary->drafts, converting->failure);
	if (code < 0)
		say_undone(converting, summary, code);
	if (!converting->to_stdout &&
		(code >= 0 || summary->drafts > 0 || converting->saying->json))
		say_summary(converting->saying, summary, converting->tally);
	if (code >= 0 && warn_of_damage(source))
		summary->source_damaged = true;
	if (code >= 0)
		say_nothing_selected(summary, selection);
}

/* Of the accounts that were asked for and have no row left: what earlier runs delivered stands there all the same. */
static void
say_standing(const struct converting *converting, const struct reading *reading,
	draftconv_journal *journal, const char *path, const char *to)
{
	const draftconv_selection *selection = &reading->selection;
	g_autoptr(GPtrArray) idle = g_ptr_array_new();

	if (converting->owners == NULL || journal == NULL || selection->has_since ||
		selection->has_until || selection->limit > 0 || selection->shard_count > 0)
		return;
	for (char **owner = reading->owners; *owner != NULL; owner++) {
		g_autofree char *name = folded(*owner);

		if (!g_hash_table_contains(converting->owners, name))
			g_ptr_array_add(idle, *owner);
	}
	if (idle->len == 0)
		return;
	g_ptr_array_add(idle, NULL);
	g_autoptr(bringers) found =
		bringers_of_accounts(journal, to, (const char *const *)idle->pdata);
	bringers_say_standing(found, path);
}

int
convert_drafts(const struct order *order, const struct conversion *how, draftconv_summary *summary)
{
	const struct reading *reading = order->reading;
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_profile) profile = NULL;
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(draftconv_journal) journal = NULL;
	g_autoptr(draftconv_run) run = draftconv_run_new();
	g_autoptr(draftconv_error) error = NULL;
	g_autofree char *path = journal_path(order->recording);
	g_autofree char *who = who_am_i();
	g_autofree char *names = g_strjoinv(" ", order->sources);
	g_autoptr(tally) counts = tally_new();
	g_autoptr(GHashTable) owners = reading->owners == NULL ? NULL
							       : g_hash_table_new_full(g_str_hash,
									 g_str_equal, g_free, NULL);
	struct converting converting = {.saying = order->saying,
		.tally = counts,
		.owners = owners,
		.brief = how->brief && !order->saying->json && !order->saying->verbose,
		.place = one_place(order->reaching->to),
		.to_stdout = strcmp(order->reaching->to, "-") == 0,
		.doubts_known = how->brief,
		.into_mailbox =
			g_ascii_strncasecmp(order->reaching->to, "imap", 4) == 0 && !how->dry_run};

	int status = open_reading(reading, order->sources, &source, &profile);
	if (status == 0)
		status = open_reaching(order->reaching, &sink);
	if (status == 0 && !converting.to_stdout)
		status = open_journal(path, how->dry_run == FALSE, &journal);
	if (status != 0)
		return status;

	draftconv_run_options options = {.struct_size = sizeof options,
		.source = source,
		.profile = profile,
		.selection = &reading->selection,
		.sink = sink,
		.journal = journal,
		.ticket = order->recording->ticket,
		.who = who,
		.source_name = names,
		.temp_dir = reading->temp_dir,
		.dry_run = how->dry_run != FALSE,
		.recompose = how->recompose != FALSE,
		.redeliver = how->redeliver != FALSE,
		.redeliver_runs = (const char *const *)how->runs,
		.remove_gone = how->remove_gone != FALSE,
		.begin = on_begin,
		.way = on_way,
		.account = on_account,
		.result = on_result,
		.progress = draw_progress,
		.finding = on_finding,
		.user = &converting};
	delivering_set(order->delivering, &options);
	cancel_on_signals(run);
	int code = draftconv_run_convert(run, &options, summary, &error);
	cancel_stop();

	status = code < 0 ? report_reading_error(error, source) : 0;
	say_end(&converting, summary, code, source, &reading->selection);
	if (code >= 0)
		say_standing(&converting, reading, journal, path, order->reaching->to);
	if (!how->brief)
		say_next_steps(summary, path);
	converting_clear(&converting);
	return finish_results(worse_status(status, summary_status(summary)));
}

static int
run_convert(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	g_auto(reaching_options) reaching = {0};
	g_auto(delivering_options) delivering = {0};
	g_auto(recording_options) recording = {0};
	struct conversion own = {0};
	const GOptionEntry entries[] = {
		{"dry-run", 'n', 0, G_OPTION_ARG_NONE, &own.dry_run,
			"say what would be done; write nothing", NULL},
		{"redeliver", 0, 0, G_OPTION_ARG_NONE, &own.redeliver,
			"deliver the drafts of --draft, --owner or --run again", NULL},
		{"run", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &own.runs,
			"with --redeliver: only what this run told of (repeatable)", "ID"},
		{"recompose", 0, 0, G_OPTION_ARG_NONE, &own.recompose,
			"replace copies that would be composed differently today", NULL},
		{"remove-gone", 0, 0, G_OPTION_ARG_NONE, &own.remove_gone,
			"take back what is gone from the source", NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_convert,
		.entries = entries,
		.reading = &reading,
		.saying = &saying,
		.reaching = &reaching,
		.delivering = &delivering,
		.recording = &recording,
		.min_arguments = 1,
		.max_arguments = -1};

	int status = parse_options(&line, argc, argv);
	g_auto(GStrv) runs = own.runs;
	if (status != 0)
		return status;
	if (reaching.to == NULL)
		return usage_error("convert: say where to with --to SINK, such as "
				   "--to imaps://kari@mail.example.org");
	if (own.redeliver && reading.drafts == NULL && reading.owners == NULL && runs == NULL)
		return usage_error("--redeliver needs --draft KEY, --owner NAME or --run ID");
	if (runs != NULL && !own.redeliver)
		return usage_error("--run says what --redeliver is to bring again: add "
				   "--redeliver, or leave --run away");
	if (runs != NULL && reading.limit != NULL)
		return usage_error("--limit and --run do not go together");
	const struct order order = {
		&reading, &saying, &reaching, &delivering, &recording, line.arguments};
	draftconv_summary summary = {.struct_size = sizeof summary};
	return convert_drafts(&order, &own, &summary);
}

const struct command command_convert = {
	.name = "convert",
	.synopsis = "SOURCE ... --to SINK",
	.summary = "deliver the drafts, each exactly once",
	.run = run_convert,
};
