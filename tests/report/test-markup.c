/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/markup.h"
#include "lib/report/words.h"

#include <string.h>

static int
append(void *user, const void *data, size_t size)
{
	g_string_append_len(user, data, (gssize)size);
	return DRAFTCONV_OK;
}

static const struct line_case {
	const char *name; /* a sentence; becomes the test path */
	const char *text;
	size_t limit;
	const char *want;
} line_cases[] = {
	{"an empty text gives nothing", "", 10, ""},
	{"markup becomes text", "<b a='\"'>&amp;", 99, "&lt;b a=&#39;&#34;&#39;&gt;&amp;amp;"},
	{"the end of a script is text, too", "</script>", 99, "&lt;/script&gt;"},
	{"the end of a CDATA section is text, too", "]]>", 99, "]]&gt;"},
	{"letters of all languages stay", "Møte 新しい", 99, "Møte 新しい"},
	{"the joiner of an emoji stays", "\xe2\x80\x8d", 99, "\xe2\x80\x8d"},
	{"a direction override is seen",
		"a\xe2\x80\xae"
		"b",
		99, "a<b class=c>U+202E</b>b"},
	{"a line end is seen in a line", "a\r\nBcc: b", 99,
		"a<b class=c>U+000D</b><b class=c>U+000A</b>Bcc: b"},
	{"an escape is seen", "\x1b[2J", 99, "<b class=c>U+001B</b>[2J"},
	{"a byte that is no UTF-8 is seen",
		"a\xff"
		"b\xc3",
		99, "a<b class=c>\\xFF</b>b<b class=c>\\xC3</b>"},
	{"a blank without width is seen", "\xe2\x80\x8b", 99, "<b class=c>U+200B</b>"},
	{"a letter that is blank is seen", "\xe3\x85\xa4", 99, "<b class=c>U+3164</b>"},
	{"the limit is not cut", "abc", 3, "abc"},
	{"one above the limit is counted", "abcd", 3, "abc <i class=cut>and 1 more bytes</i>"},
};

static void
test_line(gconstpointer data)
{
	const struct line_case *c = data;
	g_autoptr(GString) got = g_string_new(NULL);
	g_auto(dc_markup) markup;

	dc_markup_init(&markup, append, got);
	dc_markup_line(&markup, c->text, c->limit);
	g_assert_cmpint(dc_markup_finish(&markup, NULL), ==, 0);
	g_assert_cmpstr(got->str, ==, c->want);
}

static const struct block_case {
	const char *name;
	const char *text;
	size_t limit;
	const char *want;
	size_t left_out;
} block_cases[] = {
	{"line ends of all systems are one", "a\r\nb\rc\nd", 999, "a\nb\nc\nd", 0},
	{"a tab stays", "a\tb", 99, "a\tb", 0},
	{"many short lines are cut, too", "\n\n\n\n", 80, "\n\n", 2},
	{"an escape is seen in a block", "\x1b", 99, "<b class=c>U+001B</b>", 0},
};

static void
test_block(gconstpointer data)
{
	const struct block_case *c = data;
	g_autoptr(GString) got = g_string_new(NULL);
	g_auto(dc_markup) markup;

	dc_markup_init(&markup, append, got);
	const size_t left_out = dc_markup_block(&markup, c->text, strlen(c->text), c->limit);
	g_assert_cmpint(dc_markup_finish(&markup, NULL), ==, 0);
	g_assert_cmpstr(got->str, ==, c->want);
	g_assert_cmpuint(left_out, ==, c->left_out);
}

static void
test_nul(void)
{
	g_autoptr(GString) got = g_string_new(NULL);
	g_auto(dc_markup) markup;

	dc_markup_init(&markup, append, got);
	dc_markup_block(&markup, "a\0b", 3, 99);
	dc_markup_finish(&markup, NULL);
	g_assert_cmpstr(got->str, ==, "a<b class=c>U+0000</b>b");
}

static int
refuse(void *user, const void *data, size_t size)
{
	int *calls = user;

	(void)data;
	(void)size;
	(*calls)++;
	return DRAFTCONV_ERROR_OUTPUT;
}

static void
test_refused(void)
{
	g_autoptr(draftconv_error) error = NULL;
	g_auto(dc_markup) markup;
	int calls = 0;

	dc_markup_init(&markup, refuse, &calls);
	for (int i = 0; i < 100000; i++)
		dc_markup_put(&markup, "<p>%s</p>", "text");
	g_assert_cmpint(dc_markup_finish(&markup, &error), ==, DRAFTCONV_ERROR_OUTPUT);
	g_assert_cmpint(calls, ==, 1);
	g_assert_nonnull(error);
}

static const struct size_case {
	const char *name;
	uint64_t bytes;
	const char *want;
} size_cases[] = {
	{"few bytes are bytes", 999, "999 bytes"},
	{"a thousand is a kilobyte", 1000, "1.0 kB"},
	{"just below a megabyte", 999999, "999.9 kB"},
	{"a megabyte", 1000000, "1.0 MB"},
	{"as large as can be", G_MAXUINT64, "18.4 EB"},
};

static void
test_size(gconstpointer data)
{
	const struct size_case *c = data;
	g_autofree char *got = dc_words_size(c->bytes);

	g_assert_cmpstr(got, ==, c->want);
}

#define ADD_TABLE(cases, test)                                                                     \
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {                                         \
		g_autofree char *path = g_strdup_printf("/markup/%s", cases[i].name);              \
		g_test_add_data_func(path, &cases[i], test);                                       \
	}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_TABLE(line_cases, test_line)
	ADD_TABLE(block_cases, test_block)
	ADD_TABLE(size_cases, test_size)
	g_test_add_func("/markup/a NUL is seen", test_nul);
	g_test_add_func("/markup/nothing is written after a refusal", test_refused);
	return g_test_run();
}
