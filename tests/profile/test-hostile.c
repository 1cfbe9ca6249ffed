/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/limits.h"
#include "tests/profile/world.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- statements that would not end ---- */

static const struct runaway_case {
	const char *name;
	const char *profile;
} runaway_cases[] = {
	{"a recursion without end",
		"<drafts>WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
		"SELECT n AS key, 'a' AS owner FROM c WHERE n &lt; 0</drafts>"},
	{"a cross join of the same table", "<drafts>SELECT count(*) AS key, 'a' AS owner FROM d a, "
					   "d b, d c, d e, d f, d g, d h, "
					   "d i, d j, d k</drafts>"},
};

static void
test_runaway(gconstpointer data)
{
	const struct runaway_case *c = data;
	g_autoptr(GString) rows = g_string_new("d: k int, o varchar(9)\n");

	for (int i = 0; i < 100; i++)
		g_string_append_printf(rows, "d|%d|a\n", i);
	g_autoptr(dc_stage) stage = world_stage(rows->str);
	g_autoptr(draftconv_profile) profile = world_profile(c->profile);
	g_autoptr(draftconv_error) error = NULL;
	dc_plan *plan = NULL;

	g_assert_cmpint(dc_plan_new(&plan, stage, profile, NULL, NULL, &error), ==,
		DRAFTCONV_ERROR_PROFILE);
	g_assert_null(plan);
	g_assert_true(g_str_has_prefix(draftconv_error_message(error), "test:2: <drafts>: "));
}

static void
test_a_child_that_runs_away_ends(void)
{
	g_autoptr(dc_stage) stage = world_stage("d: k int, o varchar(9)\nd|1|a\n");
	g_autoptr(draftconv_profile) profile = world_profile(
		"<drafts>SELECT k AS key, o AS owner FROM d</drafts>\n<headers>WITH RECURSIVE c(n) "
		"AS "
		"(SELECT :key UNION ALL SELECT n + 1 FROM c) SELECT n AS name, 1 AS value FROM c "
		"WHERE n &lt; 0</headers>");
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, NULL);
	g_autoptr(dc_plan_reader) reader = NULL;
	g_autoptr(dc_account) account = NULL;
	g_autoptr(dc_plan_rows) drafts = NULL;
	g_autoptr(dc_plan_row) draft = NULL;
	g_autoptr(dc_plan_rows) children = NULL;
	g_autoptr(draftconv_error) error = NULL;
	dc_plan_row *none = NULL;

	g_assert_cmpint(dc_plan_open(plan, &reader, NULL), ==, 0);
	g_assert_cmpint(dc_plan_account(reader, 0, &account, NULL), ==, 0);
	g_assert_cmpint(dc_plan_drafts(reader, account, &drafts, NULL), ==, 0);
	g_assert_cmpint(dc_plan_rows_next(drafts, &draft, NULL), ==, 1);
	g_assert_cmpint(
		dc_plan_children(reader, draft, DC_STATEMENT_HEADERS, &children, NULL), ==, 0);
	g_assert_cmpint(dc_plan_rows_next(children, &none, &error), ==, DRAFTCONV_ERROR_PROFILE);
	g_assert_true(g_str_has_prefix(draftconv_error_message(error), "test:3: <headers>: "));

	/* What the reader holds is freed in the order in which it was lent. */
	g_clear_pointer(&children, dc_plan_rows_free);
	g_clear_pointer(&draft, dc_plan_row_free);
	g_clear_pointer(&drafts, dc_plan_rows_free);
	g_clear_pointer(&account, dc_account_free);
	g_clear_pointer(&reader, dc_plan_reader_free);
}

static void
test_cancelling_ends_the_plan(void)
{
	g_autoptr(dc_stage) stage = world_stage("d: k int, o varchar(9)\nd|1|a\n");
	g_autoptr(draftconv_profile) profile = world_profile(
		"<drafts>WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
		"SELECT n AS key, 'a' AS owner FROM c WHERE n &lt; 0</drafts>");
	const gint cancel = 1;
	const struct dc_plan_options options = {.cancel = &cancel};
	g_autoptr(draftconv_error) error = NULL;
	dc_plan *plan = NULL;

	g_assert_cmpint(dc_plan_new(&plan, stage, profile, &options, NULL, &error), ==,
		DRAFTCONV_ERROR_CANCELLED);
}

/* ---- values too large for a function ---- */

static void
test_a_value_too_large_fails_its_draft_alone(void)
{
	g_autofree char *rows = g_strdup_printf(
		"d: k int, o varchar(9), t longtext\nd|1|a|{%d}\nd|2|a|b\n", DC_SQL_VALUE_MAX + 1);
	g_autoptr(dc_stage) stage = world_stage(rows);
	g_autoptr(draftconv_profile) profile = world_profile(
		"<drafts>SELECT k AS key, o AS owner, upper(t) AS text FROM d</drafts>");
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, findings);
	g_autofree char *drafts = world_drafts(plan, false);
	g_autofree char *found = world_findings(findings);

	g_assert_cmpstr(drafts, ==,
		"a/1: text=TOO-LARGE [too-large-for-sql <drafts> on line 2] failed\n"
		"a/2: text=B\n");
	g_assert_cmpstr(found, ==, "");
}

static void
test_rows_that_may_be_missing_are_told(void)
{
	g_autofree char *rows = g_strdup_printf(
		"d: k int, o varchar(9), t longtext\nd|1|a|{%d}\nd|2|a|b\n", DC_SQL_VALUE_MAX + 1);
	g_autoptr(dc_stage) stage = world_stage(rows);
	g_autoptr(draftconv_profile) profile = world_profile(
		"<drafts>SELECT k AS key, o AS owner FROM d WHERE upper(t) = 'B'</drafts>");
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, findings);
	g_autofree char *drafts = world_drafts(plan, false);
	g_autofree char *found = world_findings(findings);

	g_assert_cmpstr(drafts, ==, "a/2:\n");
	g_assert_cmpstr(found, ==, "too-large-for-sql: <drafts> on line 2: rows may be missing\n");
}

/* ---- the private file ---- */

static void
test_the_private_file_goes_with_the_plan(void)
{
	g_autofree char *folder = g_dir_make_tmp("draftconv-plan-XXXXXX", NULL);
	g_autoptr(dc_stage) stage = world_stage("d: k int, o varchar(9)\nd|1|a\n");
	g_autoptr(draftconv_profile) profile =
		world_profile("<drafts>SELECT k AS key, o AS owner FROM d</drafts>");
	const struct dc_plan_options options = {.temp_dir = folder};
	dc_plan *plan = NULL;

	g_assert_cmpint(dc_plan_new(&plan, stage, profile, &options, NULL, NULL), ==, 0);
	dc_plan_free(plan);
	g_assert_cmpint(g_rmdir(folder), ==, 0);

	g_autoptr(draftconv_error) error = NULL;
	g_assert_cmpint(dc_plan_new(&plan, stage, profile, &options, NULL, &error), ==,
		DRAFTCONV_ERROR_OUTPUT);
}

/* ---- workers ---- */

/* One source is asked several times: list, then convert. */
static void
test_a_second_plan_stands_beside_the_first(void)
{
	g_autoptr(dc_stage) stage =
		world_stage("d: k int, o varchar(9)\nh: k int, v text\nd|1|a\nh|1|V\n");
	g_autoptr(draftconv_profile) profile =
		world_profile("<drafts>SELECT k AS key, o AS owner FROM d</drafts>"
			      "<headers>SELECT 'N' AS name, v AS value FROM h WHERE k = :key ORDER "
			      "BY v</headers>");
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, NULL);
	g_autoptr(dc_plan_reader) reader = NULL;

	g_autoptr(dc_account) account = NULL;
	g_autoptr(dc_plan_rows) drafts = NULL;
	g_autoptr(dc_plan_row) draft = NULL;
	g_autoptr(dc_plan_rows) headers = NULL;
	g_autoptr(dc_plan_row) header = NULL;

	/* The first one is in the middle of its walk. */
	g_assert_cmpint(dc_plan_open(plan, &reader, NULL), ==, 0);
	g_assert_cmpint(dc_plan_account(reader, 0, &account, NULL), ==, 0);
	g_assert_cmpint(dc_plan_drafts(reader, account, &drafts, NULL), ==, 0);
	g_assert_cmpint(dc_plan_rows_next(drafts, &draft, NULL), ==, 1);
	g_assert_cmpint(
		dc_plan_children(reader, draft, DC_STATEMENT_HEADERS, &headers, NULL), ==, 0);
	g_assert_cmpint(dc_plan_rows_next(headers, &header, NULL), ==, 1);
	g_autoptr(dc_plan) second = world_plan(stage, profile, NULL, NULL);
	g_autofree char *children = world_children(second, DC_STATEMENT_HEADERS);
	g_assert_cmpstr(children, ==, "a/1: name=N value=V\n");
	g_clear_pointer(&headers, dc_plan_rows_free);
	g_clear_pointer(&drafts, dc_plan_rows_free);
	g_clear_pointer(&header, dc_plan_row_free);
	g_clear_pointer(&draft, dc_plan_row_free);
	g_clear_pointer(&reader, dc_plan_reader_free);
}

static gpointer
read_all(gpointer data)
{
	char *result = NULL;

	for (int i = 0; i < 20; i++) {
		g_autofree char *children = world_children(data, DC_STATEMENT_HEADERS);
		g_autofree char *drafts = world_drafts(data, true);

		g_free(result);
		result = g_strconcat(children, drafts, NULL);
	}
	return result;
}

static void
test_workers_see_the_same(void)
{
	g_autoptr(GString) rows =
		g_string_new("d: k int, o varchar(9), t text\nh: k int, v text\n");

	for (int i = 0; i < 50; i++)
		g_string_append_printf(rows, "d|%d|o%d|{%d}\nh|%d|{300}\n", i, i % 7, i * 10, i);
	g_autoptr(dc_stage) stage = world_stage(rows->str);
	g_autoptr(draftconv_profile) profile =
		world_profile("<drafts>SELECT k AS key, o AS owner, t AS text FROM d</drafts>"
			      "<headers>SELECT 'N' AS name, v AS value FROM h WHERE k = :key ORDER "
			      "BY v</headers>");
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, NULL);
	g_autofree char *want = read_all(plan);
	GThread *threads[4];

	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("worker", read_all, plan);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
		g_autofree char *got = g_thread_join(threads[i]);

		g_assert_cmpstr(got, ==, want);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(runaway_cases); i++) {
		g_autofree char *path = g_strdup_printf("/runaway/%s", runaway_cases[i].name);

		g_test_add_data_func(path, &runaway_cases[i], test_runaway);
	}
	g_test_add_func("/runaway/a child ends too", test_a_child_that_runs_away_ends);
	g_test_add_func("/runaway/cancelling ends it", test_cancelling_ends_the_plan);
	g_test_add_func("/large/a value too large fails its draft alone",
		test_a_value_too_large_fails_its_draft_alone);
	g_test_add_func(
		"/large/rows that may be missing are told", test_rows_that_may_be_missing_are_told);
	g_test_add_func("/file/the private file goes with the plan",
		test_the_private_file_goes_with_the_plan);
	g_test_add_func("/workers/a second plan stands beside the first",
		test_a_second_plan_stands_beside_the_first);
	g_test_add_func("/workers/workers see the same", test_workers_see_the_same);
	return g_test_run();
}
