/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The conversation over a ticket: the steps of the other commands, with a question before the one that writes. */
#include "account.h"
#include "ask.h"
#include "bringers.h"
#include "cancel.h"
#include "output.h"
#include "results.h"
#include "steps.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct ticket {
	struct order order;
	struct reading *reading;
	const char *journal;
	bool yes;
	char **typed; /* the command line, to be typed again */
};

static uint64_t
count_of(const draftconv_summary *summary, const draftconv_outcome *outcomes, size_t n)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += summary->counts[outcomes[i]];
	return count;
}

/* What a yes would do, in one line. @return how many messages would be written */
static uint64_t
say_plan(const struct ticket *ticket, const draftconv_summary *summary, const char *where)
{
	static const draftconv_outcome left[] = {
		DRAFTCONV_OUTCOME_UNCHANGED, DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_NO_ACCOUNT};
	const uint64_t new = summary->counts[DRAFTCONV_OUTCOME_WOULD_DELIVER];
	const uint64_t changed = summary->counts[DRAFTCONV_OUTCOME_WOULD_UPDATE];
	const uint64_t failing = summary->counts[DRAFTCONV_OUTCOME_FAILED];
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_append_printf(line, "%s → %s: ", ticket->reading->owners[0], where);
	g_string_append_printf(line, "%" G_GUINT64_FORMAT " to deliver", (guint64) new);
	if (changed > 0)
		g_string_append_printf(line, ", %" G_GUINT64_FORMAT " to update", (guint64)changed);
	g_string_append_printf(line, ", %" G_GUINT64_FORMAT " to leave as they are",
		(guint64)count_of(summary, left, G_N_ELEMENTS(left)));
	if (failing > 0)
		g_string_append_printf(
			line, ", %" G_GUINT64_FORMAT " that cannot be delivered", (guint64)failing);
	if (summary->needs_person)
		g_string_append(line, "; something above needs a person");
	announce("%s", line->str);
	return new + changed;
}

/* @return 0 to go on, or an exit status after having said why not */
static int
ask_permission(const struct ticket *ticket, uint64_t count, const char *where)
{
	g_autofree char *clean = line_text(where, 0);
	g_autofree char *drafts = line_count(count, "draft");
	g_autofree char *question = g_strdup_printf("Write %s into %s? [y/N] ", drafts, clean);

	if (ticket->yes)
		return 0;
	if (!can_ask()) {
		g_autofree char *again =
			typed_again(ticket->typed, ticket->reading->owners[0], "--yes");

		return usage_error("there is no terminal to ask on, and nothing was delivered; if "
				   "this is right, type: %s",
			again);
	}
	g_autofree char *answer = ask(question);
	if (is_yes(answer))
		return 0;
	complain("nothing was delivered");
	return draftconv_exit_status(
		is_cancelled() ? DRAFTCONV_ERROR_CANCELLED : DRAFTCONV_ERROR_DRAFT);
}

/* The check is part of the conversation, also where the results are for a program. */
static int
check_for_person(const struct order *order, draftconv_summary *summary, struct check_answer *answer)
{
	struct saying saying = *order->saying;
	struct order spoken = *order;

	saying.json = FALSE;
	spoken.saying = &saying;
	return check_drafts(&spoken, summary, answer);
}

/* Right before the question, where they are read. */
static void
say_doubts(const struct check_answer *answer)
{
	g_auto(GStrv) lines =
		g_strsplit(answer->doubts == NULL ? "" : answer->doubts->str, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		if (**line != '\0')
			complain("warning: %s", *line);
	}
}

/* The answer for the ticket of an account without drafts in the source. EARLIER: what was brought before, or NULL. */
static void
answer_nothing(const struct ticket *ticket, const struct found *found, const char *earlier)
{
	g_autofree char *owner = line_text(ticket->reading->owners[0], 0);
	g_autofree char *time = line_time(found->newest_s, 0);
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "For the customer (%s):\n\n", owner);
	if (earlier != NULL)
		g_string_append_printf(text,
			"%sWe have looked for more drafts of yours in our old data, and found none "
			"there.",
			earlier);
	else
		g_string_append(text,
			"We have looked for your drafts in our old data, and found none there.");
	if (found->has_newest)
		g_string_append_printf(text,
			" As far as we can tell, that data ends on %.10s: what was written later "
			"is not in it.",
			time);
	g_string_append(text, " If you had another account or address then, please tell us.\n");
	result_bytes(text->str, text->len);
}

/*
 * The source has nothing; earlier runs may have brought what an older one had. What --since and --until leave away
 * may well be there. @return an exit status
 */
static int
answer_from_journal(const struct ticket *ticket, const struct found *found)
{
	const draftconv_selection *selection = &ticket->reading->selection;
	const char *const owners[] = {ticket->reading->owners[0], NULL};
	g_autoptr(draftconv_journal) journal = NULL;
	g_autoptr(bringers) earlier = NULL;
	g_autofree char *sentences = NULL;

	if (selection->has_since || selection->has_until)
		return 0;
	int status = open_journal(ticket->journal, false, &journal);
	if (status != 0)
		return status;
	if (journal != NULL) {
		earlier = bringers_of_accounts(journal, ticket->order.reaching->to, owners);
		bringers_say_standing(earlier, ticket->journal);
		sentences = bringers_for_customer(earlier);
	}
	/* A program does not read letters. */
	if (!ticket->order.saying->json)
		answer_nothing(ticket, found, sentences);
	return 0;
}

/* Whether there can be one is known before anybody is asked for a password; made it is when something is delivered. */
static int
try_journal(const struct ticket *ticket)
{
	g_autoptr(draftconv_journal) journal = NULL;
	int status = open_journal(ticket->journal, false, &journal);

	if (status != 0 || journal != NULL || strcmp(ticket->order.reaching->to, "-") == 0)
		return status;
	g_autofree char *folder = g_path_get_dirname(ticket->journal);
	while (strcmp(folder, ".") != 0 && access(folder, F_OK) != 0 && errno == ENOENT) {
		char *parent = g_path_get_dirname(folder);

		g_free(folder);
		folder = parent;
	}
	if (access(folder, W_OK | X_OK) == 0)
		return 0;
	complain("%s: the journal cannot be made: %s: %s; choose another with --journal FILE",
		ticket->journal, folder, g_strerror(errno));
	return draftconv_exit_status(DRAFTCONV_ERROR_OUTPUT);
}

/* Find, check, show, ask. @return 0 to go on; ITS_END: there is nothing to go on with */
static int
prepare(const struct ticket *ticket, bool *its_end)
{
	draftconv_summary summary = {.struct_size = sizeof summary};
	g_auto(check_answer) answer = {0};
	struct found found = {0};

	int status = find_account(ticket->reading, ticket->order.sources, !ticket->yes && can_ask(),
		ticket->typed, &found);
	*its_end = status != 0 || found.drafts == 0;
	if (status == 0 && found.drafts == 0)
		status = answer_from_journal(ticket, &found);
	if (*its_end)
		return status;
	status = try_journal(ticket);
	*its_end = status != 0;
	if (*its_end)
		return status;
	status = check_for_person(&ticket->order, &summary, &answer);
	*its_end = answer.where == NULL;
	if (*its_end) {
		complain("nothing was delivered%s",
			status == 0 ? ": the accounts file does not have the account" : "");
		return status != 0 ? status : draftconv_exit_status(DRAFTCONV_ERROR_DRAFT);
	}
	uint64_t count = say_plan(ticket, &summary, answer.where);
	say_doubts(&answer);
	if (count == 0) {
		message("nothing is to be written%s",
			summary.counts[DRAFTCONV_OUTCOME_UNCHANGED] == summary.drafts
				? ": all of it is in the folder"
				: "");
		return 0;
	}
	status = ask_permission(ticket, count, answer.where);
	*its_end = status != 0;
	return status;
}

/* What this run delivered or found there, of all its drafts. */
static int
verify(const struct ticket *ticket, char *run)
{
	char *runs[] = {run, NULL};
	const struct recording recording = {
		.journals = ticket->order.recording->journals, .runs = runs};

	return verify_runs(ticket->order.saying, ticket->order.reaching, &recording);
}

static int
write_out(void *user, const void *data, size_t size)
{
	(void)user;
	return result_bytes(data, size) ? DRAFTCONV_OK : DRAFTCONV_ERROR_OUTPUT;
}

/* What the runs of the ticket left behind, by the latest of them. */
struct left {
	const char *run;    /* the one that has just ended */
	uint64_t delivered; /* copies that a rollback takes out, as the next */
	uint64_t updated;   /* puts the older text back */
	uint64_t withdrawn; /* puts back */
	uint64_t replaced;  /* drafts that were not touched, since the folder was replaced */
	uint64_t absent;    /* drafts that were left alone, and that are not in the folder */
};

static bool
has_finding(const draftconv_result *result, const char *code)
{
	for (size_t i = 0; i < result->finding_count; i++) {
		if (strcmp(result->findings[i]->code, code) == 0)
			return true;
	}
	return false;
}

static int
on_left(void *user, const draftconv_result *result)
{
	struct left *left = user;
	const bool latest = strcmp(result->run, left->run) == 0;
	const bool own = strcmp(result->brought_by, result->run) == 0;

	if (latest && result->outcome == DRAFTCONV_OUTCOME_KEPT &&
		result->afterwards == DRAFTCONV_OUTCOME_MISSING)
		left->absent++;
	if (latest && has_finding(result, "folder-replaced"))
		left->replaced++;
	if (result->outcome == DRAFTCONV_OUTCOME_WITHDRAWN &&
		result->stands == DRAFTCONV_OUTCOME_WITHDRAWN)
		left->withdrawn++;
	if (!own || result->stands != DRAFTCONV_OUTCOME_DELIVERED)
		return DRAFTCONV_OK;
	if (result->outcome == DRAFTCONV_OUTCOME_DELIVERED)
		left->delivered++;
	else if (result->outcome == DRAFTCONV_OUTCOME_UPDATED)
		left->updated++;
	return DRAFTCONV_OK;
}

/* What was typed, as a convert that brings the drafts again. [transfer full] */
static char *
redelivery(const struct ticket *ticket)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	g_ptr_array_add(words, (gpointer)(uintptr_t) "convert");
	for (char **word = ticket->typed + 1; *word != NULL; word++) {
		if (strcmp(*word, "--yes") != 0 && strcmp(*word, "-y") != 0)
			g_ptr_array_add(words, *word);
	}
	g_ptr_array_add(words, NULL);
	return typed_again((char **)words->pdata, ticket->reading->owners[0], "--redeliver");
}

/* The command that is to be kept, and what it takes back. */
static void
say_rollback(const struct ticket *ticket, const struct left *left)
{
	const struct {
		uint64_t count;
		const char *what;
	} all[] = {{left->delivered, "delivered"}, {left->updated, "updated"},
		{left->withdrawn, "withdrawn"}};
	g_autofree char *id = shell_word(ticket->order.recording->ticket);
	g_autofree char *owner = shell_word(ticket->reading->owners[0]);
	g_autofree char *path = shell_word(ticket->journal);
	g_autoptr(GString) what = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		if (all[i].count > 0)
			g_string_append_printf(what, "%s%" G_GUINT64_FORMAT " %s",
				what->len > 0 ? ", " : "", (guint64)all[i].count, all[i].what);
	}
	if (what->len > 0)
		message("keep this; it takes back what this ticket changed (%s): draftconv "
			"rollback --ticket %s --owner %s --journal %s",
			what->str, id, owner, path);
}

/* What a person may type next. */
static void
say_next(const struct ticket *ticket, const struct left *left)
{
	g_autofree char *again = redelivery(ticket);

	finish_results(0);
	if (left->replaced > 0)
		complain("the folder was replaced, and nothing was brought; when it is known what "
			 "happened to the mail store, this brings the drafts again: %s",
			again);
	else
		say_rollback(ticket, left);
	if (left->absent > 0) {
		g_autofree char *drafts = line_count(left->absent, "draft");

		message("%s left alone, not in the folder any more: sent, moved or deleted there; "
			"if the customer wants what is gone again: %s",
			drafts, again);
	}
}

/* The answer for the ticket, and the command that is to be kept. */
static int
report(const struct ticket *ticket, const char *run)
{
	const char *const owners[] = {ticket->reading->owners[0], NULL};
	const draftconv_journal_filter filter = {.struct_size = sizeof filter,
		.ticket = ticket->order.recording->ticket,
		.owners = owners};
	g_autoptr(draftconv_journal) journal = NULL;
	g_autoptr(draftconv_error) error = NULL;
	struct left left = {.run = run};

	int status = open_journal(ticket->journal, false, &journal);
	if (status != 0 || journal == NULL)
		return status;
	if (!ticket->order.saying->json &&
		draftconv_report_text(journal, &filter, false, write_out, NULL, &error) < 0)
		return report_error(error);
	if (draftconv_journal_results(journal, &filter, on_left, &left, &error) < 0)
		return report_error(error);
	say_next(ticket, &left);
	return 0;
}

/* Else the server is gone, or refuses us: asking it again says nothing new. */
static bool
came_to_its_end(int status)
{
	return status == 0 || status == draftconv_exit_status(DRAFTCONV_ERROR_DRAFT) ||
	       status == draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED);
}

static int
converse(const struct ticket *ticket)
{
	const struct conversion how = {.brief = true};
	draftconv_summary summary = {.struct_size = sizeof summary};
	bool its_end = false;

	/* What the steps find is conversation; the answer alone is the result. */
	results_are_messages(true);
	int status = prepare(ticket, &its_end);
	if (!its_end) {
		results_are_messages(!ticket->order.saying->json);
		status = convert_drafts(&ticket->order, &how, &summary);
	}
	if (*summary.run != '\0' && came_to_its_end(status))
		status = worse_status(status, verify(ticket, summary.run));
	results_are_messages(false);
	if (*summary.run != '\0')
		status = worse_status(status, report(ticket, summary.run));
	return finish_results(status);
}

static int
check_order(const struct reading *reading, const struct reaching *reaching,
	const struct recording *recording, char **sources)
{
	if (reading->owners == NULL || reading->owners[1] != NULL || *reading->owners[0] == '\0')
		return usage_error("ticket: say whose drafts with one --owner; its name or an "
				   "address; you are asked about a part of them");
	if (reaching->to == NULL)
		return usage_error("ticket: say where to with --to SINK, such as --to "
				   "imaps://kari@mail.example.org");
	if (recording->ticket == NULL)
		return usage_error("ticket: say which one with --ticket ID");
	for (; *sources != NULL; sources++) {
		if (strcmp(*sources, "-") == 0)
			return usage_error("ticket: reads the source several times; put it into a "
					   "file, - can be read once");
	}
	return 0;
}

static int
run_ticket(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	g_auto(reaching_options) reaching = {0};
	g_auto(delivering_options) delivering = {0};
	g_auto(recording_options) recording = {0};
	gboolean yes = FALSE;
	const GOptionEntry entries[] = {
		{"yes", 'y', 0, G_OPTION_ARG_NONE, &yes, "ask nothing", NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_ticket,
		.entries = entries,
		.reading = &reading,
		.saying = &saying,
		.reaching = &reaching,
		.delivering = &delivering,
		.recording = &recording,
		.min_arguments = 1,
		.max_arguments = -1};
	g_auto(GStrv) typed = g_strdupv(argv);

	int status = parse_options(&line, argc, argv);
	if (status == 0)
		status = check_order(&reading, &reaching, &recording, line.arguments);
	if (status != 0)
		return status;
	g_autofree char *journal = journal_path(&recording);
	const struct ticket ticket = {
		.order = {&reading, &saying, &reaching, &delivering, &recording, line.arguments},
		.reading = &reading,
		.journal = journal,
		.yes = yes != FALSE,
		.typed = typed};
	return converse(&ticket);
}

const struct command command_ticket = {
	.name = "ticket",
	.synopsis = "SOURCE ... --owner X --to SINK --ticket ID",
	.summary = "the whole conversation: find the account, check, show, ask, convert, verify, "
		   "report",
	.one_account = true,
	.run = run_ticket,
};
