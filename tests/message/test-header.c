/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/address.h"
#include "lib/message/header.h"

#include <gmime/gmime.h>

#include <stdint.h>
#include <string.h>

/* What must hold for every value: ASCII, one field, short lines, none of them blank. */
static void
check_lines(const char *name, const char *raw, gsize limit)
{
	g_autofree char *field = g_strconcat(name, ":", raw, NULL);
	g_auto(GStrv) lines = g_strsplit(field, "\n", -1);
	guint count = g_strv_length(lines);

	g_assert_cmpint(raw[0], ==, ' ');
	g_assert_cmpstr(lines[count - 1], ==, "");
	for (guint i = 0; i + 1 < count; i++) {
		g_assert_cmpuint(strlen(lines[i]), <=, limit);
		if (i > 0) {
			g_assert_cmpint(lines[i][0], ==, ' ');
			g_assert_cmpuint(strspn(lines[i], " "), <, strlen(lines[i]));
		}
		for (const char *p = lines[i]; *p != '\0'; p++)
			g_assert_true(*p >= 0x20 && *p < 0x7f);
	}
}

/* RFC 2047, section 2: no word over 75 octets, each of whole characters. */
static void
check_words(const char *raw)
{
	for (const char *p = strstr(raw, "=?UTF-8?"); p != NULL; p = strstr(p + 1, "=?UTF-8?")) {
		const char *end = strstr(p + 10, "?=");

		g_assert_nonnull(end);
		g_assert_cmpint(end + 2 - p, <=, 75);
		g_autofree char *word = g_strndup(p, (gsize)(end + 2 - p));
		g_autofree char *text = g_mime_utils_header_decode_text(NULL, word);
		g_assert_true(g_utf8_validate(text, -1, NULL));
		g_assert_null(strstr(text, "=?UTF-8?"));
	}
}

static char *
repeat(const char *text, guint times)
{
	GString *all = g_string_new(NULL);

	while (times-- > 0)
		g_string_append(all, text);
	return g_string_free(all, FALSE);
}

static const struct text_case {
	const char *name;
	const char *text;
	guint times;     /* 0 counts as 1 */
	const char *raw; /* NULL: checked by decoding only */
} texts[] = {
	{"an empty text is one blank", "", 0, " \n"},
	{"ASCII stands as it is", "Hello there", 0, " Hello there\n"},
	{"two blanks stay", "a  b", 0, " a  b\n"},
	{"a blank at the end is encoded", "a ", 0, " =?UTF-8?Q?a_?=\n"},
	{"a blank at the start is encoded", " a", 0, " =?UTF-8?Q?_a?=\n"},
	{"a letter beyond ASCII is encoded", "bl\xc3\xa5", 0, " =?UTF-8?Q?bl=C3=A5?=\n"},
	{"mostly other letters take base64", "\xd0\xb0\xd0\xb1\xd0\xb2", 0,
		" =?UTF-8?B?0LDQsdCy?=\n"},
	{"a typed encoded word is text", "=?utf-8?q?x?=", 0, NULL},
	{"half an encoded word is text", "a =? b", 0, NULL},
	{"many words are folded", "word and ", 100, NULL},
	{"two thousand letters are folded", "\xc3\xa5", 2000, NULL},
	{"three hundred CJK letters are folded", "\xe5\xb1\xb1", 300, NULL},
	{"emoji are not cut", "\xf0\x9f\x98\x80", 50, NULL},
	{"a run without a blank is encoded", "x", 1200, NULL},
	{"many blanks are folded", "a                ", 30, NULL},
	{"a forged field is text", "x\r\nBcc: evil@x.example", 0, " x Bcc: evil@x.example\n"},
	{"a tab is a blank", "a\tb", 0, " a b\n"},
};

static void
test_text(gconstpointer data)
{
	const struct text_case *c = data;
	g_autofree char *text = repeat(c->text, MAX(c->times, 1));
	g_autofree char *clean = dc_header_clean(text, NULL);
	g_autofree char *raw = dc_header_text("Subject", text);

	check_lines("Subject", raw, 76);
	check_words(raw);
	if (c->raw != NULL)
		g_assert_cmpstr(raw, ==, c->raw);
	g_assert_true(g_str_has_suffix(raw, "\n"));

	/* RFC 5322, 2.2.3: the line breaks alone go */
	g_auto(GStrv) lines = g_strsplit(raw, "\n", -1);
	g_autofree char *unfolded = g_strjoinv("", lines);
	g_autofree char *decoded = g_mime_utils_header_decode_text(NULL, unfolded + 1);
	g_assert_cmpstr(decoded, ==, clean);
}

static const struct name_case {
	const char *name;
	const char *display;
	bool placeholder;
	const char *raw; /* NULL: checked by decoding only */
} names[] = {
	{"atoms need no quotes", "Al Bo", false, " Al Bo <a@x.example>\n"},
	{"a placeholder's name is quoted", "john", true, " \"john\" <a@x.example>\n"},
	{"a comma needs quotes", "Bo, Al", false, " \"Bo, Al\" <a@x.example>\n"},
	{"a dot needs quotes", "J. Doe", false, " \"J. Doe\" <a@x.example>\n"},
	{"an address as name needs quotes", "b@x.example", false,
		" \"b@x.example\" <a@x.example>\n"},
	{"quotes are encoded", "Al \"Bo\"", false, " =?UTF-8?Q?Al_=22Bo=22?= <a@x.example>\n"},
	{"a backslash is encoded", "Al \\", false, " =?UTF-8?Q?Al_=5C?= <a@x.example>\n"},
	{"a comma beside another letter is encoded", "B\xc3\xa5, Al", false,
		" =?UTF-8?Q?B=C3=A5=2C_Al?= <a@x.example>\n"},
	{"a typed encoded word is text", "=?utf-8?q?x?=", false, NULL},
	{"a long name is folded",
		"\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1"
		"\xb1"
		"\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1"
		"\xb1"
		"\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1"
		"\xb1"
		"\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1\xb1\xe5\xb1"
		"\xb1",
		false, NULL},
	{"a long ASCII name is folded",
		"Doe, John, of the department of departments and other long words, first floor",
		false, NULL},
};

static void
test_name(gconstpointer data)
{
	const struct name_case *c = data;
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	struct dc_address mailbox = {
		(char *)(uintptr_t)c->display, (char *)(uintptr_t) "a@x.example", c->placeholder};

	g_ptr_array_add(list, &mailbox);
	g_autofree char *raw = dc_header_mailboxes("To", list);
	check_lines("To", raw, 76);
	check_words(raw);
	if (c->raw != NULL)
		g_assert_cmpstr(raw, ==, c->raw);

	InternetAddressList *parsed = internet_address_list_parse(NULL, raw);
	g_assert_cmpint(internet_address_list_length(parsed), ==, 1);
	InternetAddress *address = internet_address_list_get_address(parsed, 0);
	g_assert_cmpstr(internet_address_get_name(address), ==, c->display);
	g_assert_cmpstr(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)), ==,
		"a@x.example");
	g_object_unref(parsed);
}

/* A mailbox that fits into a line of its own is not torn; the line ends at the comma. */
static void
test_mailboxes_are_folded_between(void)
{
	static const struct dc_address mailboxes[] = {
		{(char *)(uintptr_t) "Doe, Jane", (char *)(uintptr_t) "jane@x.example", false},
		{(char *)(uintptr_t) "J\xc3\xb6rg M\xc3\xbcller",
			(char *)(uintptr_t) "jm@x.example", false},
		{(char *)(uintptr_t) "Mom & Dad",
			(char *)(uintptr_t) "unparsed-1@recipient.invalid", true},
		{NULL, (char *)(uintptr_t) "last@x.example", false}};
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	for (gsize i = 0; i < G_N_ELEMENTS(mailboxes); i++)
		g_ptr_array_add(list, (gpointer)(uintptr_t)&mailboxes[i]);
	g_autofree char *raw = dc_header_mailboxes("To", list);

	g_assert_cmpstr(raw, ==,
		" \"Doe, Jane\" <jane@x.example>,\n"
		" =?UTF-8?Q?J=C3=B6rg_M=C3=BCller?= <jm@x.example>,\n"
		" \"Mom & Dad\" <unparsed-1@recipient.invalid>, last@x.example\n");
}

static const struct parameter_case {
	const char *name;
	const char *value;
	guint times;
	const char *raw; /* of name and filename together; NULL: checked by decoding only */
} parameters[] = {
	{"ASCII stands in quotes", "a b.txt", 0,
		" text/plain; name=\"a b.txt\"; filename=\"a b.txt\"\n"},
	{"quotes are escaped", "a\"\\.txt", 0,
		" text/plain; name=\"a\\\"\\\\.txt\"; filename=\"a\\\"\\\\.txt\"\n"},
	{"another letter is encoded twice", "bl\xc3\xa5.txt", 0,
		" text/plain; name=\"=?UTF-8?Q?bl=C3=A5=2Etxt?=\";\n "
		"filename*=UTF-8''bl%C3%A5.txt\n"},
	{"a typed encoded word is text", "=?utf-8?q?x?=.txt", 0, NULL},
	{"two hundred CJK letters are folded", "\xe5\xb1\xb1", 200, NULL},
	{"two hundred emoji are folded", "\xf0\x9f\x98\x80", 200, NULL},
	{"eight hundred and one letters are folded", "x", 801, NULL},
	{"a forged field is text", "x\r\nBcc: e", 0,
		" text/plain; name=\"x Bcc: e\"; filename=\"x Bcc: e\"\n"},
};

static void
test_parameter(gconstpointer data)
{
	const struct parameter_case *c = data;
	g_autofree char *text = repeat(c->value, MAX(c->times, 1));
	g_autofree char *clean = dc_header_clean(text, NULL);
	const struct dc_parameter both[] = {
		{"charset", NULL, DC_PARAMETER_TOKEN},
		{"name", text, DC_PARAMETER_WORDS},
		{"filename", text, DC_PARAMETER_EXTENDED},
	};
	g_autofree char *raw =
		dc_header_parameters("Content-Type", "text/plain", both, G_N_ELEMENTS(both));

	check_lines("Content-Type", raw, 76);
	check_words(raw);
	if (c->raw != NULL)
		g_assert_cmpstr(raw, ==, c->raw);
	GMimeContentType *type = g_mime_content_type_parse(NULL, raw);
	g_assert_cmpstr(g_mime_content_type_get_parameter(type, "filename"), ==, clean);
	g_assert_cmpstr(g_mime_content_type_get_parameter(type, "name"), ==, clean);
	g_object_unref(type);
}

static void
test_ids_are_folded_between(void)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

	for (int i = 0; i < 100; i++)
		g_ptr_array_add(ids, g_strdup_printf("some-id-%d@x.example", i));
	g_autofree char *raw = dc_header_ids("References", ids);
	check_lines("References", raw, 76);
	g_ptr_array_add(ids, g_strnfill(900, 'x'));
	g_autofree char *longer = dc_header_ids("References", ids);
	check_lines("References", longer, 998);
}

static void
test_cleaning_says_what_it_did(void)
{
	static const struct {
		const char *text;
		const char *want;
		bool changed;
	} cases[] = {{"", "", false}, {"a b", "a b", false}, {"a\r\n\tb", "a b", true},
		{"\na\n", "a", true},
		{"a\xc2\x85"
		 "b",
			"a b", true},
		{"a\xe2\x80\xa8"
		 "b",
			"a b", true},
		{" a ", " a ", false}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		bool changed = false;
		g_autofree char *clean = dc_header_clean(cases[i].text, &changed);

		g_assert_cmpstr(clean, ==, cases[i].want);
		g_assert_true(changed == cases[i].changed);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_mime_init();
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *path = g_strdup_printf("/text/%s", texts[i].name);
		g_test_add_data_func(path, &texts[i], test_text);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_strdup_printf("/name/%s", names[i].name);
		g_test_add_data_func(path, &names[i], test_name);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(parameters); i++) {
		g_autofree char *path = g_strdup_printf("/parameter/%s", parameters[i].name);
		g_test_add_data_func(path, &parameters[i], test_parameter);
	}
	g_test_add_func("/mailboxes/they are folded between", test_mailboxes_are_folded_between);
	g_test_add_func("/ids/they are folded between", test_ids_are_folded_between);
	g_test_add_func("/clean/it says what it did", test_cleaning_says_what_it_did);
	return g_test_run();
}
