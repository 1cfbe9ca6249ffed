/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/content.h"
#include "lib/base/findings.h"
#include "lib/base/limits.h"

#include <string.h>

static void
test_error_is_one_line_of_utf8(void)
{
	g_autoptr(draftconv_error) error = NULL;
	int status = dc_error_set(&error, DRAFTCONV_ERROR_DAMAGED, "a\nb\xff");

	g_assert_cmpint(status, ==, DRAFTCONV_ERROR_DAMAGED);
	g_assert_cmpint(draftconv_error_code(error), ==, DRAFTCONV_ERROR_DAMAGED);
	g_assert_cmpstr(draftconv_error_message(error), ==, "a b\xef\xbf\xbd");
	dc_error_prefix(&error, status, "dump.sql");
	g_assert_cmpstr(draftconv_error_message(error), ==, "dump.sql: a b\xef\xbf\xbd");
}

static void
test_exit_statuses_are_those_of_the_contract(void)
{
	static const struct {
		int code;
		int status;
	} cases[] = {{0, 0}, {5, 0}, {DRAFTCONV_ERROR_ARGUMENT, 64}, {DRAFTCONV_ERROR_DAMAGED, 65},
		{DRAFTCONV_ERROR_NOT_FOUND, 66}, {DRAFTCONV_ERROR_UNREACHABLE, 69},
		{DRAFTCONV_ERROR_OUTPUT, 73}, {DRAFTCONV_ERROR_TEMPORARY, 75},
		{DRAFTCONV_ERROR_REFUSED, 77}, {DRAFTCONV_ERROR_PROFILE, 78},
		{DRAFTCONV_ERROR_CANCELLED, 130}, {DRAFTCONV_ERROR_DRAFT, 1}, {-99, 1}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(draftconv_exit_status(cases[i].code), ==, cases[i].status);
}

static void
test_findings_hold_nothing_twice(void)
{
	g_autoptr(dc_findings) findings = dc_findings_new();

	dc_findings_add(findings, DC_FINDING_EMPTY, "", "%s", "");
	dc_findings_add(findings, DC_FINDING_EMPTY, "", "%s", "");
	dc_findings_add(findings, DC_FINDING_NUL_REMOVED, "subject", "offset %d", 3);
	g_assert_cmpuint(dc_findings_count(findings), ==, 2);
	g_assert_cmpstr(dc_findings_at(findings, 1)->code, ==, "nul-removed");
	g_assert_cmpstr(dc_findings_at(findings, 1)->detail, ==, "offset 3");
	g_assert_cmpint(dc_findings_at(findings, 1)->severity, ==, DRAFTCONV_SEVERITY_WARNING);
	g_assert_true(dc_findings_has(findings, DC_FINDING_EMPTY));
	g_assert_false(dc_findings_has(findings, DC_FINDING_PICTURES));
}

static void
test_findings_are_bounded(void)
{
	g_autoptr(dc_findings) findings = dc_findings_new();

	for (int i = 0; i < DC_FINDINGS_MAX + 100; i++)
		dc_findings_add(findings, DC_FINDING_ORPHAN_ROWS, "", "row %d", i);
	g_assert_cmpuint(dc_findings_count(findings), ==, DC_FINDINGS_MAX + 1);
	g_assert_cmpstr(dc_findings_at(findings, DC_FINDINGS_MAX)->code, ==, "findings-left-out");
	g_assert_cmpstr(dc_findings_at(findings, DC_FINDINGS_MAX)->detail, ==, "100");
}

static void
test_the_catalogue_is_sorted_and_complete(void)
{
	size_t count = 0;
	const draftconv_finding_info *info = draftconv_finding_catalogue(&count);

	g_assert_cmpuint(count, >, 50);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			g_assert_cmpint(strcmp(info[i - 1].code, info[i].code), <, 0);
		g_assert_cmpuint(strlen(info[i].meaning), >, 10);
		g_assert_cmpuint(strlen(info[i].remedy), >, 8);
		g_assert_true(dc_finding_lookup(info[i].code) == &info[i]);
		/* CONTRACT: every severity loss ends a run with status 1 */
		if (info[i].severity == DRAFTCONV_SEVERITY_LOSS)
			g_assert_true(info[i].needs_person);
	}
}

static void
test_a_content_is_read_more_than_once(void)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("hello", 5);
	g_autoptr(dc_content) content = dc_content_new_bytes(bytes);

	g_assert_cmpint(dc_content_size(content), ==, 5);
	for (int i = 0; i < 2; i++) {
		g_autoptr(GBytes) got = NULL;

		g_assert_cmpint(dc_content_load(content, 5, &got, NULL), ==, 0);
		g_assert_true(g_bytes_equal(got, bytes));
	}
	g_autoptr(GBytes) got = NULL;
	g_autoptr(draftconv_error) error = NULL;
	g_assert_cmpint(dc_content_load(content, 4, &got, &error), ==, DRAFTCONV_ERROR_DRAFT);
	g_assert_null(got);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/error/a message is one line of UTF-8", test_error_is_one_line_of_utf8);
	g_test_add_func("/error/exit statuses are those of the contract",
		test_exit_statuses_are_those_of_the_contract);
	g_test_add_func("/findings/nothing stands twice", test_findings_hold_nothing_twice);
	g_test_add_func("/findings/a list is bounded and says so", test_findings_are_bounded);
	g_test_add_func("/findings/the catalogue is sorted and complete",
		test_the_catalogue_is_sorted_and_complete);
	g_test_add_func(
		"/content/it is read more than once", test_a_content_is_read_more_than_once);
	return g_test_run();
}
