/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text is a profile, or has problems that say why not: in words, never left to the grammar, the same
 * ones each time. What was read is text that reads as the same profile again. */
#include "lib/base/init.h"
#include "lib/profile/internal.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
compare_problems(const dc_problems *a, const dc_problems *b)
{
	g_assert_cmpuint(dc_problems_count(a), ==, dc_problems_count(b));
	for (size_t i = 0; i < dc_problems_count(a); i++) {
		const struct dc_problem *p = dc_problems_at(a, i);
		const struct dc_problem *q = dc_problems_at(b, i);

		g_assert_cmpuint(p->line, ==, q->line);
		g_assert_cmpstr(p->message, ==, q->message);
		g_assert_true(g_utf8_validate(p->message, -1, NULL));
		g_assert_null(strchr(p->message, '\n'));
		g_assert_false(g_str_has_prefix(p->message, "grammar:"));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(dc_problems) problems = dc_problems_new();
	g_autoptr(dc_problems) again = dc_problems_new();

	dc_init();
	g_autoptr(draftconv_profile) profile =
		dc_profile_read((const char *)data, size, "fuzz", problems);
	g_assert_cmpint(profile == NULL, ==, dc_problems_have_errors(problems));

	const char *text =
		profile != NULL ? draftconv_profile_xml(profile, &size) : (const char *)data;
	g_autoptr(draftconv_profile) twin = dc_profile_read(text, size, "fuzz", again);
	g_assert_cmpint(profile == NULL, ==, twin == NULL);
	compare_problems(problems, again);
	for (int kind = 0; profile != NULL && kind < DC_STATEMENT_KINDS; kind++)
		g_assert_cmpuint(profile->statements[kind]->len, ==, twin->statements[kind]->len);
	return 0;
}
