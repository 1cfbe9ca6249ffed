/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/flowed.h"

#include <glib.h>

static const struct flowed_case {
	const char *name;
	const char *text;
	bool del_sp;
	const char *want;
} flowed_cases[] = {
	{"a line that ends in a blank goes on", "one \ntwo\nthree\n", false, "one two\nthree\n"},
	{"with CRLF, too", "one \r\ntwo\r\nthree", false, "one two\r\nthree"},
	{"the blank goes with DelSp", "o \nne\n", true, "one\n"},
	{"a stuffed blank is taken off", " From here\n >no quote\n", false,
		"From here\n>no quote\n"},
	{"an empty line ends a paragraph", "one \n\ntwo\n", false, "one \n\ntwo\n"},
	{"a signature is no paragraph", "bye \n-- \nKari\n", false, "bye \n-- \nKari\n"},
	{"quotes are joined within their depth", "> a \n> b\n>> c \n> d\n", false,
		"> a b\n>> c \n> d\n"},
	{"the last line may be soft", "one ", false, "one "},
	{"and the last line end", "one \n", false, "one \n"},
	{"nothing is nothing", "", false, ""},
};

static void
test_flowed(gconstpointer data)
{
	const struct flowed_case *c = data;
	g_autofree char *got = dc_flowed_undo(c->text, c->del_sp);

	g_assert_cmpstr(got, ==, c->want);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(flowed_cases); i++) {
		g_autofree char *path = g_strdup_printf("/flowed/%s", flowed_cases[i].name);

		g_test_add_data_func(path, &flowed_cases[i], test_flowed);
	}
	return g_test_run();
}
