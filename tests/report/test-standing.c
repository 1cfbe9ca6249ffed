/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a report says stands in a folder, whatever came after the run that it is about. */
#include "lib/report/history.h"

#include <string.h>

#define NONE DRAFTCONV_OUTCOME_COUNT

/* What a run said of the one draft; its copy is from `by` and by now is `stands`. */
struct saying {
	const char *run;
	draftconv_outcome outcome;
	draftconv_outcome afterwards;
	const char *by;
	draftconv_outcome stands;
	const char *code; /* of its one finding; NULL: none */
};

static const struct standing_case {
	const char *name; /* a sentence; becomes the test path */
	struct saying said[2];
	int64_t rolled_back_s; /* run a; 0: not */
	bool only_b;           /* run a is not on the page: it has brought what b found */
	const char *state;
	const char *line; /* of the account; "" for none */
} cases[] = {
	{"what another ticket brought is named",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, NONE, "a", DRAFTCONV_OUTCOME_DELIVERED, NULL},
			{"b", DRAFTCONV_OUTCOME_UNCHANGED, NONE, "a", DRAFTCONV_OUTCOME_DELIVERED,
				NULL}},
		0, true, "unchanged",
		"1 draft already brought back on 1970-01-01 00:16 UTC by ticket K1 (run a)"},
	{"what another ticket took back is not there",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_ROLLED_BACK, "a",
			 DRAFTCONV_OUTCOME_ROLLED_BACK, NULL},
			{"b", DRAFTCONV_OUTCOME_UNCHANGED, NONE, "a", DRAFTCONV_OUTCOME_ROLLED_BACK,
				NULL}},
		3000, true, "rolled-back",
		"1 draft taken back on 1970-01-01 00:50 UTC; ticket K1 (run a) had brought it"},
	{"what was found in the folder was brought by nobody",
		{{"b", DRAFTCONV_OUTCOME_UNCHANGED, NONE, "b", DRAFTCONV_OUTCOME_UNCHANGED, NULL}},
		0, true, "unchanged",
		"1 draft found in the folder: no run of this journal brought it, and rollback "
		"leaves it there"},
	{"an update that was taken back leaves the older copy",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, NONE, "a", DRAFTCONV_OUTCOME_DELIVERED, NULL},
			{"b", DRAFTCONV_OUTCOME_UPDATED, DRAFTCONV_OUTCOME_ROLLED_BACK, "a",
				DRAFTCONV_OUTCOME_DELIVERED, NULL}},
		0, false, "delivered", ""},
	{"a later run that failed has not brought it back",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_ROLLED_BACK, "a",
			 DRAFTCONV_OUTCOME_ROLLED_BACK, NULL},
			{"b", DRAFTCONV_OUTCOME_FAILED, NONE, "a", DRAFTCONV_OUTCOME_ROLLED_BACK,
				NULL}},
		1500, false, "failed", ""},
	{"an update that failed leaves the older text",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, NONE, "a", DRAFTCONV_OUTCOME_DELIVERED, NULL},
			{"b", DRAFTCONV_OUTCOME_FAILED, NONE, "a", DRAFTCONV_OUTCOME_DELIVERED,
				NULL}},
		0, false, "failed",
		"of 1 draft that failed an older text is in the folder, brought back on "
		"1970-01-01 00:16 UTC by ticket K1 (run a)"},
	{"of a folder that was replaced nothing is known to be there",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, NONE, "a", DRAFTCONV_OUTCOME_DELIVERED, NULL},
			{"b", DRAFTCONV_OUTCOME_FAILED, NONE, "a", DRAFTCONV_OUTCOME_DELIVERED,
				"folder-replaced"}},
		0, false, "failed", ""},
	{"a run after the folder was replaced has brought it again",
		{{"a", DRAFTCONV_OUTCOME_FAILED, NONE, "b", DRAFTCONV_OUTCOME_DELIVERED,
			 "folder-replaced"},
			{"b", DRAFTCONV_OUTCOME_DELIVERED, NONE, "b", DRAFTCONV_OUTCOME_DELIVERED,
				NULL}},
		0, false, "delivered", ""},
	{"what verify did not find is not there",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_MISSING, "a",
			DRAFTCONV_OUTCOME_DELIVERED, NULL}},
		0, false, "missing", ""},
	{"of an update that failed no older text is there when nothing is",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, NONE, "a", DRAFTCONV_OUTCOME_DELIVERED, NULL},
			{"b", DRAFTCONV_OUTCOME_FAILED, DRAFTCONV_OUTCOME_MISSING, "a",
				DRAFTCONV_OUTCOME_DELIVERED, NULL}},
		0, false, "failed", ""},
	{"what verify did not find of an earlier copy says nothing of a later one",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_MISSING, "b",
			DRAFTCONV_OUTCOME_DELIVERED, "copy-missing"}},
		0, false, "delivered", ""},
	{"what the user went on with since is his",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, NONE, "a", DRAFTCONV_OUTCOME_KEPT, NULL}}, 0,
		false, "kept", ""},
	{"what a later run withdrew is gone",
		{{"a", DRAFTCONV_OUTCOME_DELIVERED, NONE, "a", DRAFTCONV_OUTCOME_WITHDRAWN, NULL}},
		0, false, "withdrawn", ""},
	{"without a journal the run has the word",
		{{"a", DRAFTCONV_OUTCOME_UPDATED, NONE, NULL, DRAFTCONV_OUTCOME_DELIVERED, NULL}},
		0, false, "updated", ""},
};

static void
add_run(draftconv_page *page, const char *id, int64_t started_s, int64_t rolled_back_s)
{
	const draftconv_run_info info = {.struct_size = sizeof info,
		.run = id,
		.ticket = *id == 'a' ? "K1" : "K2",
		.who = "",
		.source = "",
		.destination = "imaps://{login}@mail.example.org",
		.profile = "",
		.version = "",
		.failure = "",
		.started_s = started_s,
		.ended_s = started_s,
		.verified_s = 1,
		.rolled_back = rolled_back_s > 0,
		.rolled_back_s = rolled_back_s,
		.place = "alice@mail.example.org/Drafts"};

	g_assert_cmpint(draftconv_page_add_run(page, &info, NULL, NULL), ==, 0);
}

static void
add_saying(draftconv_page *page, const struct saying *said)
{
	const draftconv_finding finding = {said->code, "", DRAFTCONV_SEVERITY_ERROR, ""};
	const draftconv_finding *const findings[] = {&finding};
	const draftconv_result result = {.struct_size = sizeof result,
		.run = said->run,
		.finding_count = said->code == NULL ? 0 : 1,
		.findings = findings,
		.draft = "1",
		.owner = "alice",
		.outcome = said->outcome,
		.message_id = "",
		.subject = "",
		.destination = "",
		.folder = "Drafts",
		.name = "",
		.afterwards = said->afterwards,
		.brought_by = said->by,
		.stands = said->stands};

	g_assert_cmpint(draftconv_page_add_result(page, &result, NULL), ==, 0);
}

static draftconv_page *
gathered(const struct standing_case *c)
{
	draftconv_page *page = NULL;

	g_assert_cmpint(draftconv_page_new(&page, NULL), ==, 0);
	add_run(page, "a", 1000, c->rolled_back_s);
	add_run(page, "b", 2000, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(c->said) && c->said[i].run != NULL; i++)
		add_saying(page, &c->said[i]);
	if (c->only_b)
		g_assert_cmpint(dc_db_run(&page->file, NULL,
					"UPDATE runs SET listed = 0 WHERE id = 'a'", ""),
			==, 0);
	g_assert_cmpint(dc_gather_settle(page, NULL), ==, 0);
	return page;
}

static int
compare_state(void *user, const struct dc_gathered_draft *draft, draftconv_error **error)
{
	(void)error;
	g_assert_cmpstr(draftconv_outcome_name(draft->state), ==, user);
	return DRAFTCONV_OK;
}

static void
test_standing(gconstpointer data)
{
	const struct standing_case *c = data;
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	draftconv_page *page = gathered(c);

	g_assert_cmpint(
		dc_gather_drafts(page, 1, 1, compare_state, (gpointer)(guintptr)c->state, NULL), ==,
		0);
	g_assert_cmpint(dc_history_of_account(page, 1, lines, NULL), ==, 0);
	g_assert_cmpuint(lines->len, ==, *c->line == '\0' ? 0 : 1);
	if (lines->len > 0)
		g_assert_cmpstr(lines->pdata[0], ==, c->line);
	draftconv_page_free(page);
}

/* A run is spoken of in the past when its drafts are not there any more. */
static void
test_run(void)
{
	draftconv_page *page = gathered(&cases[1]);
	g_auto(dc_history) a = {0};
	g_auto(dc_history) b = {0};

	g_assert_cmpint(dc_history_of_run(page, 1, &a, NULL), ==, 0);
	g_assert_cmpint(dc_history_of_run(page, 2, &b, NULL), ==, 0);
	g_assert_cmpstr(a.to, ==, "alice@mail.example.org/Drafts");
	g_assert_cmpstr(b.said, ==, "1 unchanged");
	g_assert_cmpstr(a.since, ==, "Taken back on 1970-01-01 00:50 UTC");
	g_assert_cmpstr(b.since, ==, "");
	g_assert_cmpstr(b.verified, ==,
		"Had been verified on 1970-01-01 00:00 UTC: what was there then was as it was "
		"sent");
	draftconv_page_free(page);
}

/* What is printed can be typed: for one ticket the ticket, for a run the run. */
static void
test_command(void)
{
	const char *const runs[] = {"b", NULL};
	const draftconv_journal_filter filter = {.struct_size = sizeof filter, .runs = runs};
	draftconv_page *page = gathered(&cases[0]);
	g_autofree char *of_ticket = NULL;
	g_autofree char *of_run = NULL;

	g_assert_cmpint(dc_history_command(page, NULL, "/my journal", &of_ticket, NULL), ==, 0);
	g_assert_cmpint(dc_history_command(page, &filter, "", &of_run, NULL), ==, 0);
	g_assert_cmpstr(of_ticket, ==,
		"draftconv report --text --owner alice --ticket K2 --journal '/my journal'");
	g_assert_cmpstr(of_run, ==, "draftconv report --text --owner alice --run b");
	draftconv_page_free(page);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/standing/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_standing);
	}
	g_test_add_func("/standing/a run of the past is told of in the past", test_run);
	g_test_add_func("/standing/the command for one customer can be typed", test_command);
	return g_test_run();
}
