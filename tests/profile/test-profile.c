/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/limits.h"
#include "lib/profile/embedded.h"
#include "lib/profile/internal.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define ROOT "<profile xmlns=\"urn:draftconv:profile:1\" name=\"a\" version=\"1\">\n"
#define DRAFTS "<drafts>SELECT 1 AS key, 2 AS owner</drafts>\n"
#define END "</profile>\n"

/* ---- what is wrong, with its line ---- */

static const struct problem_case {
	const char *name;
	const char *xml;
	/* "LINE message" of each problem, or how it begins, separated by line breaks; "": it is good */
	const char *want;
} problem_cases[] = {
	{"the smallest profile has one statement", ROOT DRAFTS END, ""},
	{"all elements stand in their order",
		ROOT
		"<title>t</title><description>d</description><defaults charset=\"utf-8\" "
		"fallback-charset=\"koi8-r\" time-zone=\"Europe/Oslo\"/><schema>CREATE</schema>"
		"\n" DRAFTS "<owners>SELECT 1 AS owner</owners>" DRAFTS
		"<recipients>SELECT 1</recipients><headers>SELECT 1</headers>"
		"<attachments>SELECT 1</attachments>" END,
		""},
	{"an empty file is no profile", "", "1 not well-formed XML"},
	{"text is no profile", "SELECT 1", "1 not well-formed XML"},
	{"NUL bytes are no profile", "\x01\x02", "1 not well-formed XML"},
	{"an element that is not closed has its line", ROOT "<drafts>SELECT 1\n" END,
		"3 not well-formed XML: Opening and ending tag mismatch: drafts line 2 and "
		"profile\n"
		"4 not well-formed XML: Premature end of data"},
	{"an undefined entity is named", ROOT "<drafts>\n&x;</drafts>" END,
		"3 not well-formed XML: Entity 'x' not defined"},
	{"invalid UTF-8 is no XML", ROOT "<drafts>\xff</drafts>" END,
		"2 not well-formed XML: Input is not proper UTF-8"},
	{"a DOCTYPE is refused whatever is in it", "\n<!DOCTYPE profile>\n" ROOT DRAFTS END,
		"2 has a DOCTYPE; profiles have none"},
	{"entities that multiply are never looked at",
		"<!DOCTYPE p [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
		"<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>" ROOT "<drafts>&c;</drafts>" END,
		"1 has a DOCTYPE; profiles have none"},
	{"a file is never read through an entity",
		"<!DOCTYPE p [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" ROOT
		"<drafts>&a;</drafts>" END,
		"1 has a DOCTYPE; profiles have none"},
	{"another namespace is another format", "<profile name=\"a\" version=\"1\">" DRAFTS END,
		"1 the outermost element must be <profile xmlns=\"urn:draftconv:profile:1\">"},
	{"another element is another format", "\n<html xmlns=\"urn:draftconv:profile:1\"/>",
		"2 the outermost element must be <profile"},
	{"name and version must be there",
		"<profile xmlns=\"urn:draftconv:profile:1\">\n" DRAFTS END,
		"1 <profile> lacks the attribute name\n1 <profile> lacks the attribute version"},
	{"a name is one word of small letters",
		"<profile xmlns=\"urn:draftconv:profile:1\" name=\"A b\" identity=\"\" "
		"version=\"0\" reviewed=\"maybe\" colour=\"red\">\n" DRAFTS END,
		"1 name=\"A b\": expected a word\n1 identity=\"\": expected a word\n"
		"1 version=\"0\": expected a number\n1 reviewed=\"maybe\": expected yes or no\n"
		"1 <profile> has no attribute colour"},
	{"a name of 65 letters is too long",
		"<profile xmlns=\"urn:draftconv:profile:1\" version=\"1\" "
		"name=\"abcdefghijklmnopqrst"
		"uvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm\">\n" DRAFTS END,
		"1 name="},
	{"without drafts there is nothing", ROOT "<owners>SELECT 1</owners>" END,
		"1 there is no <drafts>\n2 <owners> stands before the first <drafts>"},
	{"everything wrong is said at once",
		ROOT DRAFTS "<recipient>SELECT 1</recipient>\n<title>late</title>\n"
			    "<headers kind=\"x\">SELECT 1</headers>\n<schema/>\n<zzz/>\n" END,
		"3 <recipient> is no element of a profile; did you mean <recipients>?\n"
		"4 <title> stands too late\n5 <headers> has no attribute kind\n"
		"6 <schema> stands too late\n7 <zzz> is no element of a profile"},
	{"title stands once", ROOT "<title/>\n<title/>\n" DRAFTS END,
		"3 <title> stands here a second time"},
	{"schema comes after defaults", ROOT "<schema/>\n<defaults/>\n" DRAFTS END,
		"3 <defaults> stands too late"},
	{"text between elements is a mistake", ROOT DRAFTS "SELECT 2" END,
		"3 text stands directly in <profile>"},
	{"an element inside a statement is a < that was not escaped",
		ROOT "<drafts>SELECT 1 WHERE 1\n<b>2</b></drafts>" END,
		"3 <b> stands inside <drafts>, which holds text only (write &lt; for <)"},
	{"an element of another namespace is none of ours",
		ROOT DRAFTS "<x:drafts xmlns:x=\"urn:x\">SELECT 1</x:drafts>" END,
		"3 <drafts> is no element of a profile"},
	{"an unknown character set is refused",
		ROOT "\n<defaults charset=\"klingon\" fallback-charset=\"auto\"/>" DRAFTS END,
		"3 charset: no character set klingon is known"},
	{"an unknown time zone is refused", ROOT "<defaults time-zone=\"Mars/Base\"/>" DRAFTS END,
		"2 no time zone Mars/Base is known"},
	{"a time zone is no path", ROOT "<defaults time-zone=\"a b\"/>" DRAFTS END,
		"2 time-zone=\"a b\": expected a time zone"},
	{"a statement may not be empty", ROOT "<drafts>\n -- nothing\n ; </drafts>" END,
		"3 the statement is empty"},
	{"a trailing semicolon does no harm", ROOT "<drafts>SELECT 1; -- end\n;</drafts>" END, ""},
	{"a second statement is shown where it begins",
		ROOT "<drafts\n>\nSELECT 1 <!-- two\nlines --> ;\nSELECT 2</drafts>" END,
		"6 a second statement begins here"},
	{"a semicolon in quotes ends nothing",
		ROOT "<drafts>SELECT ';' , \"a;b\", `c;d`, [e;f] /* ; */ -- ;\n</drafts>" END, ""},
	{"quotes that stay open are shown where they begin",
		ROOT "<drafts>SELECT 1,\n 'it''s</drafts>" END,
		"3 the text in quotes that begins here does not end"},
	{"a comment that stays open is shown where it begins",
		ROOT "<drafts>SELECT 1\n\n /* x</drafts>" END,
		"4 the comment that begins here does not end"},
	{"only :name is a parameter", ROOT "<drafts>SELECT ?, ?1,\n @a, $b, :1, :c</drafts>" END,
		"2 parameter ?:\n2 parameter ?1:\n3 parameter @a:\n3 parameter $b:\n"
		"3 parameter :1:"},
	{"CDATA is text", ROOT "<drafts><![CDATA[SELECT 1 WHERE 1 < 2]]></drafts>" END, ""},
};

static void
test_problems(gconstpointer data)
{
	const struct problem_case *c = data;
	g_autoptr(dc_problems) problems = dc_problems_new();
	g_autoptr(draftconv_profile) profile =
		dc_profile_read(c->xml, strlen(c->xml), "test", problems);
	g_auto(GStrv) want = g_strsplit(c->want, "\n", -1);

	dc_problems_sort(problems);
	g_assert_cmpint(profile != NULL, ==, want[0] == NULL);
	for (guint i = 0; want[i] != NULL; i++) {
		g_assert_cmpuint(i, <, dc_problems_count(problems));
		const struct dc_problem *p = dc_problems_at(problems, i);
		g_autofree char *got = g_strdup_printf("%u %s", p->line, p->message);

		if (!g_str_has_prefix(got, want[i]))
			g_assert_cmpstr(got, ==, want[i]);
		/* The walk in words must find all that the grammar finds. */
		g_assert_null(strstr(got, "grammar:"));
	}
	g_assert_cmpuint(dc_problems_count(problems), ==, g_strv_length(want));
}

static void
test_an_error_names_file_and_line(void)
{
	g_autoptr(draftconv_error) error = NULL;
	draftconv_profile *profile = NULL;
	const char *xml = ROOT "<drafts>?</drafts>" END;
	int status = draftconv_profile_parse(xml, strlen(xml), "my.xml", &profile, &error);

	g_assert_cmpint(status, ==, DRAFTCONV_ERROR_PROFILE);
	g_assert_null(profile);
	g_assert_true(
		g_str_has_prefix(draftconv_error_message(error), "my.xml:2: parameter ?: only"));
}

static void
test_what_is_read_can_be_asked(void)
{
	const char *xml = "<profile xmlns=\"urn:draftconv:profile:1\" name=\"a\" identity=\"b\"\n"
			  " version=\"7\" reviewed=\"no\"><title> T\n t </title>\n"
			  "<description>\n one\n\n two </description>\n"
			  "<defaults charset=\"koi8-r\"/><schema>CREATE TABLE t (a int)</schema>\n"
			  "<drafts>\n\n SELECT 1;</drafts><headers>SELECT 2</headers>\n"
			  "<drafts>SELECT 3 -- c</drafts></profile>";
	g_autoptr(draftconv_profile) profile = NULL;
	unsigned line = 0;
	size_t size = 0;

	g_assert_cmpint(draftconv_profile_parse(xml, strlen(xml), NULL, &profile, NULL), ==, 0);
	g_assert_cmpstr(draftconv_profile_name(profile), ==, "a");
	g_assert_cmpstr(draftconv_profile_identity(profile), ==, "b");
	g_assert_cmpuint(draftconv_profile_version(profile), ==, 7);
	g_assert_false(draftconv_profile_reviewed(profile));
	g_assert_cmpstr(draftconv_profile_title(profile), ==, "T t");
	g_assert_cmpstr(draftconv_profile_description(profile), ==, "one two");
	g_assert_cmpstr(draftconv_profile_xml(profile, &size), ==, xml);
	g_assert_cmpuint(size, ==, strlen(xml));
	g_assert_cmpstr(dc_profile_schema(profile, &line), ==, "CREATE TABLE t (a int)");
	g_assert_cmpuint(line, ==, 8);

	struct dc_profile_defaults defaults = dc_profile_defaults(profile);
	g_assert_cmpstr(defaults.charset, ==, "koi8-r");
	g_assert_cmpstr(defaults.fallback_charset, ==, "windows-1252");
	g_assert_cmpstr(defaults.time_zone, ==, "UTC");

	g_assert_cmpuint(dc_profile_statement_count(profile, DC_STATEMENT_DRAFTS), ==, 2);
	g_assert_cmpuint(dc_profile_statement_count(profile, DC_STATEMENT_OWNERS), ==, 0);
	const struct dc_statement *s = dc_profile_statement(profile, DC_STATEMENT_DRAFTS, 0);
	g_assert_cmpstr(s->sql, ==, "SELECT 1");
	g_assert_cmpuint(s->line, ==, 11);
	s = dc_profile_statement(profile, DC_STATEMENT_DRAFTS, 1);
	g_assert_cmpstr(s->sql, ==, "SELECT 3 -- c");
	g_assert_cmpuint(s->line, ==, 12);

	const char *const *sql = dc_profile_sql(profile, &size);
	g_assert_cmpuint(size, ==, 3);
	g_assert_cmpstr(sql[1], ==, "SELECT 2");
}

static void
test_the_identity_is_the_name_unless_it_says_otherwise(void)
{
	g_autoptr(draftconv_profile) profile = NULL;
	const char *xml = ROOT DRAFTS END;

	g_assert_cmpint(draftconv_profile_parse(xml, strlen(xml), NULL, &profile, NULL), ==, 0);
	g_assert_cmpstr(draftconv_profile_identity(profile), ==, "a");
	g_assert_true(draftconv_profile_reviewed(profile));
	g_assert_cmpstr(draftconv_profile_title(profile), ==, "");
	g_assert_null(dc_profile_defaults(profile).charset);
}

/* ---- sizes ---- */

static int
parse(const GString *xml, char **message)
{
	g_autoptr(draftconv_profile) profile = NULL;
	g_autoptr(draftconv_error) error = NULL;
	int status = draftconv_profile_parse(xml->str, xml->len, "test", &profile, &error);

	if (error != NULL)
		*message = g_strdup(draftconv_error_message(error));
	return status;
}

static void
test_a_profile_ends_at_one_mebibyte(void)
{
	for (gsize extra = 0; extra < 2; extra++) {
		g_autoptr(GString) xml = g_string_new(ROOT DRAFTS);
		g_autofree char *message = NULL;

		while (xml->len + strlen(END) < DC_PROFILE_MAX + extra)
			g_string_append_c(xml, ' ');
		g_string_append(xml, END);
		g_assert_cmpint(parse(xml, &message), ==, extra == 0 ? 0 : DRAFTCONV_ERROR_PROFILE);
		if (extra > 0)
			g_assert_cmpstr(message, ==, "test: longer than 1048576 bytes");
	}
}

static void
test_deep_nesting_is_refused(void)
{
	g_autoptr(GString) xml = g_string_new(ROOT DRAFTS);
	g_autofree char *message = NULL;

	for (int i = 0; i < 100000; i++)
		g_string_append(xml, "<a>");
	g_assert_cmpint(parse(xml, &message), ==, DRAFTCONV_ERROR_PROFILE);
	g_assert_nonnull(strstr(message, "depth"));
}

/* libxml2 compares each with each: a profile of 1 MiB took half a minute to be refused. */
static void
test_attributes_are_bounded(gconstpointer charset)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const bool wide = g_str_has_prefix(charset, "UTF-16");
	gsize size = 0;

	g_string_printf(text, "<?xml version='1.0' encoding='%s'?><!-- = --><?x = ?>\n<profile",
		(const char *)charset);
	for (int i = 0; text->len < (wide ? 500000 : 1000000); i++)
		g_string_append_printf(text, "\na%d='>'", i);
	g_string_append(text, "/>");
	g_autofree char *data =
		g_convert(text->str, (gssize)text->len, charset, "UTF-8", NULL, &size, NULL);
	g_autoptr(dc_problems) problems = dc_problems_new();
	g_assert_null(dc_profile_read(data, size, "x", problems));
	g_assert_cmpuint(dc_problems_count(problems), ==, 1);
	g_assert_cmpuint(dc_problems_at(problems, 0)->line, ==, 2);
	g_assert_cmpstr(dc_problems_at(problems, 0)->message, ==,
		"not a profile: a tag of over 200 attributes");
}

static void
test_statements_are_counted(void)
{
	g_autoptr(GString) xml = g_string_new(ROOT);
	g_autofree char *message = NULL;

	for (int i = 0; i <= DC_PROFILE_STATEMENTS_MAX; i++)
		g_string_append(xml, DRAFTS);
	g_string_append(xml, END);
	g_assert_cmpint(parse(xml, &message), ==, DRAFTCONV_ERROR_PROFILE);
	g_assert_cmpstr(message, ==, "test:66: more than 64 statements");
}

static void
test_problems_are_bounded(void)
{
	g_autoptr(GString) xml = g_string_new(ROOT);
	g_autoptr(dc_problems) problems = dc_problems_new();

	for (int i = 0; i < 10000; i++)
		g_string_append(xml, "<a/>\n");
	g_string_append(xml, END);
	g_assert_null(dc_profile_read(xml->str, xml->len, "test", problems));
	g_assert_cmpuint(dc_problems_count(problems), ==, DC_PROFILE_PROBLEMS_MAX);
}

static void
test_lines_beyond_65535_are_counted(void)
{
	g_autoptr(GString) xml = g_string_new(ROOT);
	g_autofree char *message = NULL;

	for (int i = 0; i < 70000; i++)
		g_string_append_c(xml, '\n');
	g_string_append(xml, "<drafts>SELECT ?</drafts>" END);
	g_assert_cmpint(parse(xml, &message), ==, DRAFTCONV_ERROR_PROFILE);
	g_assert_true(g_str_has_prefix(message, "test:70002: parameter"));
}

/* Quadratic work on this took more than a minute. */
static void
test_a_long_statement_is_read_in_linear_time(void)
{
	g_autoptr(GString) xml = g_string_new(ROOT "<drafts>SELECT 1");
	g_autoptr(GTimer) timer = g_timer_new();
	g_autofree char *message = NULL;

	while (xml->len < DC_PROFILE_MAX - 100)
		g_string_append(xml, ",1");
	g_string_append(xml, "</drafts>" END);
	g_assert_cmpint(parse(xml, &message), ==, 0);
	g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, 20);
}

/* ---- files and built-ins ---- */

static void
test_files_are_loaded(void)
{
	g_autofree char *folder = g_dir_make_tmp("draftconv-profile-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "p.xml", NULL);
	g_autofree char *pipe_path = g_build_filename(folder, "pipe", NULL);
	g_autoptr(draftconv_profile) profile = NULL;

	g_assert_true(g_file_set_contents(path, ROOT DRAFTS END, -1, NULL));
	g_assert_cmpint(draftconv_profile_load(path, &profile, NULL), ==, 0);
	g_assert_cmpstr(dc_profile_label(profile), ==, path);

	/* Neither waits for a writer nor reads without end. */
	g_assert_cmpint(mkfifo(pipe_path, 0600), ==, 0);
	const struct {
		const char *path;
		int status;
	} cases[] = {{"/nonexistent/x.xml", DRAFTCONV_ERROR_NOT_FOUND},
		{folder, DRAFTCONV_ERROR_PROFILE}, {pipe_path, DRAFTCONV_ERROR_PROFILE},
		{"/dev/zero", DRAFTCONV_ERROR_PROFILE}, {NULL, DRAFTCONV_ERROR_ARGUMENT},
		{"http://localhost/x.xml", DRAFTCONV_ERROR_NOT_FOUND}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(draftconv_error) error = NULL;
		draftconv_profile *none = NULL;

		g_assert_cmpint(
			draftconv_profile_load(cases[i].path, &none, &error), ==, cases[i].status);
		g_assert_null(none);
		g_assert_nonnull(error);
	}
	g_unlink(path);
	g_unlink(pipe_path);
	g_rmdir(folder);
}

static void
test_built_in_profiles_are_good(void)
{
	const char *const *names = draftconv_profile_builtin_names();
	const struct dc_embedded *file = &dc_embedded_files[1];

	g_assert_cmpstr(dc_embedded_files[0].name, ==, "profile.rng");
	for (size_t i = 0; names[i] != NULL; i++, file++) {
		g_autoptr(draftconv_profile) profile = NULL;
		g_autofree char *name = g_strconcat(names[i], ".xml", NULL);

		g_assert_cmpstr(file->name, ==, name);
		g_assert_cmpint(draftconv_profile_builtin(names[i], &profile, NULL), ==, 0);
		g_assert_cmpstr(draftconv_profile_name(profile), ==, names[i]);
		g_assert_nonnull(dc_profile_schema(profile, NULL));
		g_assert_cmpuint(strlen(draftconv_profile_description(profile)), >, 50);
	}
	g_assert_null(file->name);
}

static void
test_an_unknown_built_in_is_answered_with_the_list(void)
{
	g_autoptr(draftconv_error) error = NULL;
	draftconv_profile *profile = NULL;

	g_assert_cmpint(draftconv_profile_builtin("profile.rng", &profile, &error), ==,
		DRAFTCONV_ERROR_PROFILE);
	g_assert_cmpstr(draftconv_error_message(error), ==,
		"no profile profile.rng is built in; there is: runbox4");
}

static void
test_names_have_a_distance(void)
{
	g_assert_cmpuint(dc_name_distance("subject", "subject", 3), ==, 0);
	g_assert_cmpuint(dc_name_distance("SUBJECT", "subject", 3), ==, 0);
	g_assert_cmpuint(dc_name_distance("subjct", "subject", 3), ==, 1);
	g_assert_cmpuint(dc_name_distance("sbuject", "subject", 3), ==, 1);
	g_assert_cmpuint(dc_name_distance("", "abc", 3), ==, 3);
	g_assert_cmpuint(dc_name_distance("", "abcd", 3), ==, 4);
	g_assert_cmpuint(dc_name_distance("xyz", "abc", 1), ==, 2);
	g_assert_cmpstr(dc_column_nearest(DC_STATEMENT_DRAFTS, "subjekt"), ==, "subject");
	g_assert_cmpstr(dc_column_nearest(DC_STATEMENT_ATTACHMENTS, "file_name"), ==, "filename");
	g_assert_null(dc_column_nearest(DC_STATEMENT_DRAFTS, "wholly_different"));
}

int
main(int argc, char **argv)
{
	static const char *const charsets[] = {
		"UTF-8", "ISO-8859-1", "UTF-16", "UTF-16BE", "IBM037"};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(problem_cases); i++) {
		g_autofree char *path = g_strdup_printf("/form/%s", problem_cases[i].name);

		g_test_add_data_func(path, &problem_cases[i], test_problems);
	}
	g_test_add_func("/read/an error names file and line", test_an_error_names_file_and_line);
	g_test_add_func("/read/what is read can be asked", test_what_is_read_can_be_asked);
	g_test_add_func("/read/the identity is the name unless it says otherwise",
		test_the_identity_is_the_name_unless_it_says_otherwise);
	g_test_add_func(
		"/size/a profile ends at one mebibyte", test_a_profile_ends_at_one_mebibyte);
	g_test_add_func("/size/deep nesting is refused", test_deep_nesting_is_refused);
	for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
		g_autofree char *path =
			g_strdup_printf("/size/attributes are bounded in %s", charsets[i]);
		g_test_add_data_func(path, charsets[i], test_attributes_are_bounded);
	}
	g_test_add_func("/size/statements are counted", test_statements_are_counted);
	g_test_add_func("/size/problems are bounded", test_problems_are_bounded);
	g_test_add_func(
		"/size/lines beyond 65535 are counted", test_lines_beyond_65535_are_counted);
	g_test_add_func("/size/a long statement is read in linear time",
		test_a_long_statement_is_read_in_linear_time);
	g_test_add_func("/file/files are loaded, and nothing else", test_files_are_loaded);
	g_test_add_func("/builtin/built-in profiles are good", test_built_in_profiles_are_good);
	g_test_add_func("/builtin/an unknown one is answered with the list",
		test_an_unknown_built_in_is_answered_with_the_list);
	g_test_add_func("/names/names have a distance", test_names_have_a_distance);
	return g_test_run();
}
