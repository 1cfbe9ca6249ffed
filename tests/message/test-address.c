/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/limits.h"
#include "lib/message/address.h"

#include <stdint.h>
#include <string.h>

/* One mailbox a line: name <address>, the placeholder's address short as #N. */
static char *
render(const GPtrArray *list)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++) {
		const struct dc_address *mailbox = list->pdata[i];
		const char *address = mailbox->address;
		g_autofree char *number = NULL;

		if (mailbox->placeholder) {
			g_assert_true(g_str_has_prefix(address, "unparsed-"));
			g_assert_true(g_str_has_suffix(address, "@recipient.invalid"));
			number = g_strdup_printf(
				"#%u", (guint)g_ascii_strtoull(address + 9, NULL, 10));
			address = number;
		}
		if (i > 0)
			g_string_append_c(text, '|');
		if (mailbox->name != NULL)
			g_string_append_printf(text, "%s <%s>", mailbox->name, address);
		else
			g_string_append(text, address);
	}
	return g_string_free(text, FALSE);
}

static char *
codes(const dc_findings *findings)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	for (size_t i = 0; i < dc_findings_count(findings); i++) {
		const char *code = dc_findings_at(findings, i)->code;

		if (!g_ptr_array_find_with_equal_func(list, code, g_str_equal, NULL))
			g_ptr_array_add(list, (gpointer)(uintptr_t)code);
	}
	g_ptr_array_add(list, NULL);
	return g_strjoinv(" ", (char **)list->pdata);
}

#define REPAIRED "recipient-repaired"
#define PLACEHOLDER "recipient-placeholder"

static const struct address_case {
	const char *name;  /* a sentence */
	const char *text;  /* as typed */
	const char *want;  /* mailboxes, joined by '|' */
	const char *codes; /* of the findings, each once */
} cases[] = {
	{"an empty field has no recipients", "", "", ""},
	{"white space is no recipient", " \t\r\n ", "", ""},
	{"one address stands as it is", "a@x.example", "a@x.example", ""},
	{"a name stands before its address", "Al Bo <a@x.example>", "Al Bo <a@x.example>", ""},
	{"a quoted name loses its quotes", "\"Bo, Al\" <a@x.example>", "Bo, Al <a@x.example>", ""},
	{"escapes in a quoted name are undone", "\"A \\\"B\\\" C\\\\\" <a@x.example>",
		"A \"B\" C\\ <a@x.example>", ""},
	{"commas separate", "a@x.example, b@x.example,c@x.example",
		"a@x.example|b@x.example|c@x.example", ""},
	{"a semicolon separates like a comma", "a@x.example; b@x.example",
		"a@x.example|b@x.example", REPAIRED},
	{"a line break separates", "a@x.example\nb@x.example\r\nc@x.example\n",
		"a@x.example|b@x.example|c@x.example", REPAIRED},
	{"a comma before a line break is one separator", "a@x.example,\r\nb@x.example",
		"a@x.example|b@x.example", ""},
	{"a folded field is one line", "Al\r\n <a@x.example>,\r\n\tb@x.example",
		"Al <a@x.example>|b@x.example", ""},
	{"a full-width comma separates",
		"a@x.example\xef\xbc\x8c"
		"b@x.example",
		"a@x.example|b@x.example", REPAIRED},
	{"a trailing comma is taken off", "a@x.example,", "a@x.example", REPAIRED},
	{"two commas are one", "a@x.example,, b@x.example", "a@x.example|b@x.example", REPAIRED},
	{"only separators are nothing", ",;,", "", REPAIRED},
	{"white space separates addresses", "a@x.example b@x.example", "a@x.example|b@x.example",
		REPAIRED},
	{"a missing bracket is put in", "Al <a@x.example", "Al <a@x.example>", REPAIRED},
	{"a missing bracket ends at the comma", "Al <a@x.example, b@x.example",
		"Al <a@x.example>|b@x.example", REPAIRED},
	{"a lone closing bracket is taken off", "a@x.example>", "a@x.example", REPAIRED},
	{"a name without brackets is a name", "Al Bo a@x.example", "Al Bo <a@x.example>", REPAIRED},
	{"names without brackets are told apart", "Al a@x.example Bo b@x.example",
		"Al <a@x.example>|Bo <b@x.example>", REPAIRED},
	{"a comment is a name", "a@x.example (Al Bo)", "Al Bo <a@x.example>", REPAIRED},
	{"a comment holds a comma", "a@x.example (Bo, Al), b@x.example",
		"Bo, Al <a@x.example>|b@x.example", REPAIRED},
	{"a comment in a name stays", "Al (work) <a@x.example>", "Al (work) <a@x.example>", ""},
	{"a comment behind a bracket joins the name", "Al <a@x.example> (work)",
		"Al (work) <a@x.example>", REPAIRED},
	{"an open parenthesis is a letter", "Al (x <a@x.example>", "Al (x <a@x.example>", ""},
	{"mailto: is taken off", "mailto:a@x.example", "a@x.example", REPAIRED},
	{"mailto: loses its query", "<MAILTO:a@x.example?subject=Hi>", "a@x.example", REPAIRED},
	{"Outlook's brackets are brackets", "Al Bo [mailto:a@x.example]", "Al Bo <a@x.example>",
		REPAIRED},
	{"Outlook's quotes are taken off", "'a@x.example'", "a@x.example", REPAIRED},
	{"a quoted address is an address", "\"a@x.example\"", "a@x.example", REPAIRED},
	{"a trailing dot is taken off", "a@x.example.", "a@x.example", REPAIRED},
	{"a full-width @ is an @", "a\xef\xbc\xa0x.example", "a@x.example", REPAIRED},
	{"a full-width blank is white space", "\xe5\xb1\xb1\xe3\x80\x80\xe7\x94\xb0 <a@x.example>",
		"\xe5\xb1\xb1 \xe7\x94\xb0 <a@x.example>", ""},
	{"blanks around the @ are taken off", "a @ x.example", "a@x.example", REPAIRED},
	{"a route is taken off", "<@r.example,@s.example:a@x.example>", "a@x.example", REPAIRED},
	{"halves the wrong way round are turned", "a@x.example <Al>", "Al <a@x.example>", REPAIRED},
	{"a missing comma between brackets is put in", "Al <a@x.example> Bo <b@x.example>",
		"Al <a@x.example>|Bo <b@x.example>", REPAIRED},
	{"an unbalanced quote is taken off", "\"Al <a@x.example>, b@x.example",
		"Al <a@x.example>|b@x.example", REPAIRED},
	{"an unbalanced quote does not swallow the next name",
		"\"Al <a@x.example>, \"Bo\" <b@x.example>", "Al <a@x.example>|Bo <b@x.example>",
		REPAIRED},
	{"a nickname becomes a placeholder", "john", "john <#1>", PLACEHOLDER},
	{"a half-typed address becomes a placeholder", "bad@", "bad@ <#1>", PLACEHOLDER},
	{"a domain alone becomes a placeholder", "@x.example", "@x.example <#1>", PLACEHOLDER},
	{"two @ become a placeholder", "a@b@x.example", "a@b@x.example <#1>", PLACEHOLDER},
	{"placeholders differ", "good@x.example, john, bad@", "good@x.example|john <#1>|bad@ <#2>",
		PLACEHOLDER},
	{"Mom & Dad stay together", "Mom & Dad", "Mom & Dad <#1>", PLACEHOLDER},
	{"a name with empty brackets becomes a placeholder", "Al <>", "Al <#1>", PLACEHOLDER},
	{"a name with a nickname stays readable", "Al <john>", "Al <john> <#1>", PLACEHOLDER},
	{"a separator keeps a nickname apart", "A; B@c.example", "A <#1>|B@c.example",
		PLACEHOLDER " " REPAIRED},
	{"a group is flattened", "team: a@x.example, b@x.example;", "a@x.example|b@x.example",
		"group-flattened"},
	{"a group of several words is flattened", "my \"dear\" team: a@x.example; b@x.example",
		"a@x.example|b@x.example", "group-flattened"},
	{"an empty group is nothing", "undisclosed-recipients:;", "", "group-flattened"},
	{"a note with a colon is no group", "Note: call", "Note: call <#1>", PLACEHOLDER},
	{"a web address is no group", "http://x.example/;", "http://x.example/ <#1>",
		PLACEHOLDER " " REPAIRED},
	{"the first of two equal addresses stays", "Al <a@x.example>, A@X.example",
		"Al <a@x.example>", "duplicate-recipient"},
	{"a domain without dot stays", "a@localhost", "a@localhost", "recipient-dotless"},
	{"a domain of other letters is written in ASCII",
		"a@bl\xc3\xa5"
		"b\xc3\xa6r.example",
		"a@xn--blbr-roah.example", REPAIRED},
	{"a local part of other letters is kept as a name", "\xc3\xa5@x.example",
		"\xc3\xa5@x.example <#1>", PLACEHOLDER},
	{"dots side by side are quoted", "a..b@x.example", "\"a..b\"@x.example", REPAIRED},
	{"a quoted local part stays", "\"a b\"@x.example", "\"a b\"@x.example", ""},
	{"needless quotes go", "\"ab\"@x.example", "ab@x.example", REPAIRED},
	{"an address literal stays", "a@[127.0.0.1]", "a@[127.0.0.1]", ""},
	{"a typed encoded word is text", "=?utf-8?q?x?= <a@x.example>",
		"=?utf-8?q?x?= <a@x.example>", ""},
	{"a forged field stays in the name", "Al\r\n Bcc: e@x.example <a@x.example>",
		"e@x.example <a@x.example>", "group-flattened"},
	{"control characters are white space", "A\x01l <a@x.example>", "A l <a@x.example>", ""},
};

static void
check_strict(const GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++) {
		const struct dc_address *mailbox = list->pdata[i];

		g_assert_true(dc_address_is_strict(mailbox->address));
	}
}

static void
test_address(gconstpointer data)
{
	const struct address_case *c = data;
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(dc_addresses) addresses = dc_addresses_new(NULL, findings);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(dc_address_free);

	dc_address_parse(addresses, "to", c->text, list);
	g_autofree char *got = render(list);
	g_autofree char *got_codes = codes(findings);
	g_assert_cmpstr(got, ==, c->want);
	g_assert_cmpstr(got_codes, ==, c->codes);
	check_strict(list);
}

static const struct pair_case {
	const char *name;
	const char *display;
	const char *address;
	const char *want;
} pairs[] = {
	{"both halves are a mailbox", "Bo, Al", "a@x.example", "Bo, Al <a@x.example>"},
	{"an address alone is one", NULL, "a@x.example", "a@x.example"},
	{"an address may hold a name", "", "Al <a@x.example>", "Al <a@x.example>"},
	{"a name alone is a placeholder", "Bo, Al", NULL, "Bo, Al <#1>"},
	{"an address in the wrong column is found", "a@x.example", "", "a@x.example"},
	{"a nickname beside a name is a placeholder", "Al", "john", "Al <john> <#1>"},
	{"nothing is nothing", "", " ", ""},
};

static void
test_pair(gconstpointer data)
{
	const struct pair_case *c = data;
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(dc_addresses) addresses = dc_addresses_new(NULL, findings);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(dc_address_free);

	dc_address_parse_pair(addresses, "to", c->display, c->address, list);
	g_autofree char *got = render(list);
	g_assert_cmpstr(got, ==, c->want);
	check_strict(list);
}

static void
test_a_default_domain_completes_addresses(void)
{
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(dc_addresses) addresses = dc_addresses_new("d.example", findings);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(dc_address_free);

	dc_address_parse(addresses, "to", "john, Jo <jo@>, a b, c@x.example", list);
	g_autofree char *got = render(list);
	g_assert_cmpstr(got, ==, "john@d.example|Jo <jo@d.example>|a b <#1>|c@x.example");
}

static void
test_a_long_name_is_cut_between_letters(void)
{
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(dc_addresses) addresses = dc_addresses_new(NULL, findings);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(dc_address_free);
	g_autoptr(GString) name = g_string_new(NULL);

	for (int i = 0; i < 101; i++)
		g_string_append(name, "\xc3\xa5");
	dc_address_parse(addresses, "to", name->str, list);
	const struct dc_address *mailbox = list->pdata[0];
	g_assert_cmpuint(strlen(mailbox->name), ==, DC_NAME_MAX);
	g_assert_true(g_utf8_validate(mailbox->name, -1, NULL));
	/* the whole text is in a finding */
	g_assert_nonnull(strstr(dc_findings_at(findings, 0)->detail, name->str));
}

static void
test_many_recipients_are_bounded(void)
{
	/* also where nothing parts them */
	static const struct {
		const char *before; /* a number that parts one from the others */
		const char *after;
	} pieces[] = {{"", ","}, {"<", ""}, {"<", "@x.test>"}, {"", "@x.test "}};

	for (size_t piece = 0; piece < G_N_ELEMENTS(pieces); piece++) {
		g_autoptr(dc_addresses) addresses = dc_addresses_new(NULL, NULL);
		g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(dc_address_free);
		g_autoptr(GString) text = g_string_new(NULL);

		for (int i = 0; i < 2 * DC_RECIPIENTS_MAX; i++) {
			g_string_append(text, pieces[piece].before);
			if (*pieces[piece].after != '\0')
				g_string_append_printf(text, "%d%s", i, pieces[piece].after);
		}
		dc_address_parse(addresses, "to", text->str, list);
		g_assert_cmpuint(list->len, ==, DC_RECIPIENTS_MAX + 1);
	}
}

/* What looks for the end of something must not look at everything each time. */
static void
test_hostile_fields_take_linear_time(void)
{
	static const char *const pieces[] = {"\"", "\\\"", "(", "<", "<\"", "a:", "\"a ", "<@", "@",
		"a\"@", "(\\(", "a@x.example "};

	for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(dc_addresses) addresses = dc_addresses_new(NULL, NULL);
		g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(dc_address_free);
		g_autoptr(GString) text = g_string_new(NULL);
		gint64 start = g_get_monotonic_time();

		while (text->len < 200000)
			g_string_append(text, pieces[i]);
		dc_address_parse(addresses, "to", text->str, list);
		check_strict(list);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
	}
}

static const struct {
	const char *address;
	bool strict;
} strict_cases[] = {
	{"a@x.example", true},
	{"a+b=c@x-y.example", true},
	{"\"a b\"@x.example", true},
	{"a@[IPv6:2001:db8::1]", true},
	{"a@x", true},
	{"", false},
	{"a", false},
	{"a@", false},
	{"@x", false},
	{"a@b@c", false},
	{"a..b@x", false},
	{".a@x", false},
	{"a.@x", false},
	{"a@x..y", false},
	{"a@x.", false},
	{"a@-x.example", false},
	{"a@x-.example", false},
	{"a b@x.example", false},
	{"a@x example", false},
	{"a@x.example\n", false},
	{"\"a\"b\"@x.example", false},
	{"\"a\\\"@x.example", false},
	{"a@[x]", false},
	{"\xc3\xa5@x.example", false},
};

static void
test_the_strict_grammar_is_strict(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(strict_cases); i++)
		g_assert_true(
			dc_address_is_strict(strict_cases[i].address) == strict_cases[i].strict);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/address/%s", cases[i].name);
		g_test_add_data_func(path, &cases[i], test_address);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *path = g_strdup_printf("/pair/%s", pairs[i].name);
		g_test_add_data_func(path, &pairs[i], test_pair);
	}
	g_test_add_func("/address/a default domain completes addresses",
		test_a_default_domain_completes_addresses);
	g_test_add_func("/address/a long name is cut between letters",
		test_a_long_name_is_cut_between_letters);
	g_test_add_func("/address/many recipients are bounded", test_many_recipients_are_bounded);
	g_test_add_func(
		"/address/hostile fields take linear time", test_hostile_fields_take_linear_time);
	g_test_add_func("/address/the strict grammar is strict", test_the_strict_grammar_is_strict);
	return g_test_run();
}
