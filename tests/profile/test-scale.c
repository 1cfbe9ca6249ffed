/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 200,000 owners: making and reading the plan stays linear, whatever the owner is computed from. */
#include "tests/profile/world.h"

#include <string.h>

static dc_stage *
stage_of(int owners)
{
	static const dc_stage_definition columns[] = {
		{"k", "int(11)", "", ""}, {"o", "varchar(64)", "", ""}, {"s", "text", "", ""}};
	g_autoptr(dc_stage_builder) builder = NULL;
	dc_stage *stage = NULL;

	g_assert_cmpint(dc_stage_builder_new(NULL, &builder, NULL), ==, 0);
	g_assert_cmpint(
		dc_stage_builder_table(builder, "d", columns, G_N_ELEMENTS(columns), NULL, NULL),
		==, 0);
	for (int i = 0; i < owners; i++) {
		g_autofree char *key = g_strdup_printf("%d", i);
		g_autofree char *owner = g_strdup_printf("owner%d", i);
		const dc_stage_cell cells[] = {{DC_STAGE_CELL_NUMBER, key, strlen(key)},
			{DC_STAGE_CELL_TEXT, owner, strlen(owner)},
			{DC_STAGE_CELL_TEXT, "subject", 7}};

		g_assert_cmpint(dc_stage_builder_row(builder, "d", NULL, DC_STAGE_ADD, cells,
					G_N_ELEMENTS(cells), NULL),
			==, 1);
	}
	g_assert_cmpint(dc_stage_builder_finish(builder, &stage, NULL), ==, 0);
	return stage;
}

/* Seconds of making a plan of all drafts and reading it. */
static double
seconds_of(int owners)
{
	g_autoptr(dc_stage) stage = stage_of(owners);
	g_autoptr(draftconv_profile) profile = world_profile(
		"<drafts>SELECT k AS key, lower(o) || '' AS owner, s AS subject FROM d</drafts>"
		"<owners>SELECT lower(o) AS owner, o || '@x.test' AS address FROM d</owners>");
	g_autoptr(GTimer) timer = g_timer_new();
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, NULL);
	g_autoptr(dc_plan_reader) reader = NULL;

	g_assert_cmpuint(dc_plan_account_count(plan), ==, (guint)owners);
	g_assert_cmpint(dc_plan_open(plan, &reader, NULL), ==, 0);
	for (guint64 i = 0; i < dc_plan_account_count(plan); i++) {
		g_autoptr(dc_account) account = NULL;
		g_autoptr(dc_plan_rows) rows = NULL;
		g_autoptr(dc_plan_row) row = NULL;

		g_assert_cmpint(dc_plan_account(reader, i, &account, NULL), ==, 0);
		g_assert_cmpuint(account->addresses->len, ==, 1);
		g_assert_cmpint(dc_plan_drafts(reader, account, &rows, NULL), ==, 0);
		g_assert_cmpint(dc_plan_rows_next(rows, &row, NULL), ==, 1);
	}
	g_clear_pointer(&reader, dc_plan_reader_free);
	return g_timer_elapsed(timer, NULL);
}

static void
test_two_hundred_thousand_owners_stay_linear(void)
{
	double small = seconds_of(20000);
	double large = seconds_of(200000);

	g_test_message("20,000 owners: %.2f s; 200,000 owners: %.2f s", small, large);
	/* Ten times as many; quadratic would be a hundred times as long. */
	g_assert_cmpfloat(large, <, small * 30);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scale/two hundred thousand owners stay linear",
		test_two_hundred_thousand_owners_stay_linear);
	return g_test_run();
}
