/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a stored message says the same as ours, though its bytes may differ. */
#include "lib/message/fields.h"
#include "tests/message/samples.h"

#include <string.h>

static const struct fields_case {
	const char *name;
	const char *sample;
	const char *from; /* replaced once in our bytes; NULL: nothing is */
	const char *to;
	int want;
} cases[] = {
	{"our own bytes say the same", "files", NULL, NULL, 1},
	{"a field of another program changes nothing", "plain",
		"MIME-Version:", "User-Agent: x\r\nMIME-Version:", 1},
	{"another Message-ID changes nothing", "ascii", "<draft.", "<other.", 1},
	{"a field that is folded elsewhere says the same", "plain", "\"Mom\" <", "\"Mom\"\r\n <",
		1},
	{"another encoding of a name says the same", "plain",
		"=?UTF-8?Q?Kari_=C3=85s?=", "=?UTF-8?B?S2FyaSDDhXM=?=", 1},
	{"another subject says something else", "ascii", "Subject: Lunch", "Subject: Lunches", 0},
	{"another recipient says something else", "ascii", "To: bob", "To: rob", 0},
	{"a recipient more says something else", "ascii", "To: bob",
		"Bcc: x@example.org\r\nTo: bob", 0},
	{"another sender says something else", "ascii", "<alice@", "<malice@", 0},
	{"another body says something else", "ascii", "At noon?", "At two?", 0},
	{"another file says something else", "files", "iVBORw0K", "iVBORw0L", 0},
	{"another file name says something else", "html", "filename=\"kart", "filename=\"kort", 0},
};

static void
test_fields(gconstpointer data)
{
	const struct fields_case *c = data;
	g_autoptr(draftconv_draft) draft = sample_new(c->sample);
	g_autoptr(draftconv_message) message = NULL;
	const void *bytes = NULL;
	size_t size = 0;

	g_assert_cmpint(draftconv_message_compose(draft, NULL, &message, NULL), ==, 0);
	g_assert_cmpint(draftconv_message_bytes(message, &bytes, &size, NULL), ==, 0);
	g_autoptr(GString) stored = g_string_new_len(bytes, (gssize)size);
	if (c->from != NULL)
		g_assert_cmpuint(g_string_replace(stored, c->from, c->to, 1), ==, 1);
	g_assert_cmpint(
		dc_message_same_fields(message, stored->str, stored->len, NULL), ==, c->want);
}

static void
test_what_is_no_message_says_something_else(void)
{
	static const char *const texts[] = {"", "\r\n", "x", "From: <<<\r\n\r\n",
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n"};
	g_autoptr(draftconv_draft) draft = sample_new("plain");
	g_autoptr(draftconv_message) message = NULL;

	g_assert_cmpint(draftconv_message_compose(draft, NULL, &message, NULL), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_cmpint(
			dc_message_same_fields(message, texts[i], strlen(texts[i]), NULL), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/fields/%s", cases[i].name);
		g_test_add_data_func(path, &cases[i], test_fields);
	}
	g_test_add_func("/fields/what is no message says something else",
		test_what_is_no_message_says_something_else);
	return g_test_run();
}
