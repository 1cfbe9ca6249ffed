/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/profile.h"
#include "lib/source/source.h"

#include <string.h>

#define HEAD "<profile xmlns=\"urn:draftconv:profile:1\" name=\"a\" version=\"1\">\n"
#define SCHEMA                                                                                     \
	"<schema>CREATE TABLE d (k int, o varchar(9), s text); CREATE TABLE h (k int, n text, "    \
	"v text);</schema>\n"
#define DRAFTS "<drafts>SELECT k AS key, o AS owner FROM d</drafts>\n"
#define END "</profile>\n"

static const struct check_case {
	const char *name;
	const char *xml;
	const char *dump; /* NULL: no source */
	int status;       /* the number of warnings, or the error */
	const char *want; /* "LINE severity message" or how it begins, separated by line breaks */
} check_cases[] = {
	{"a good profile has no problems", HEAD SCHEMA DRAFTS END, NULL, 0, ""},
	{"one without schema cannot be judged", HEAD DRAFTS END, NULL, 0,
		"0 info has no schema: without a source its statements cannot be judged"},
	{"statements are judged by the schema",
		HEAD SCHEMA DRAFTS
		"<headers>SELECT n AS name,\n vv AS value FROM h ORDER BY n</headers>" END,
		NULL, DRAFTCONV_ERROR_PROFILE, "5 error <headers>: no such column: vv"},
	{"a table that the schema lacks is a warning for children",
		HEAD SCHEMA DRAFTS "<owners>SELECT o AS owner FROM u</owners>" END, NULL, 1,
		"4 warning <owners>: no table u in the source; the statement will be left out"},
	{"and an error for drafts",
		HEAD SCHEMA DRAFTS "<drafts>SELECT 1 AS key, o AS owner FROM u"
				   "</drafts>" END,
		NULL, DRAFTCONV_ERROR_PROFILE, "4 error <drafts>: no table u"},
	{"a schema that is none has its line", HEAD "<schema>CREATE NONSENSE</schema>\n" DRAFTS END,
		NULL, DRAFTCONV_ERROR_PROFILE,
		"2 error <schema>: holds no CREATE TABLE\n3 error <drafts>: no table d"},
	{"a child without ORDER BY may change its order",
		HEAD SCHEMA DRAFTS "<headers>SELECT n AS name, v AS value FROM h WHERE k = :key"
				   "</headers>\n<headers>SELECT n AS name, v AS value FROM (SELECT "
				   "* FROM h ORDER BY n) "
				   "WHERE k = :key</headers>" END,
		NULL, 2,
		"4 warning <headers> has no ORDER BY\n5 warning <headers> has no ORDER BY"},
	{"a child that scans is named",
		HEAD SCHEMA DRAFTS
		"<headers>SELECT n AS name, v AS value FROM h WHERE 'k' || k = :key "
		"ORDER BY n</headers>" END,
		NULL, 1, "4 warning <headers> reads a whole table for each draft (SCAN h)"},
	{"all problems come in the order of their lines",
		HEAD SCHEMA "<drafts>SELECT k AS key FROM d</drafts>\n"
			    "<headers>SELECT n AS name FROM h</headers>" END,
		NULL, DRAFTCONV_ERROR_PROFILE,
		"3 error <drafts>: has no column owner\n4 warning <headers> has no ORDER BY\n"
		"4 error <headers>: has no column value\n4 warning <headers> reads a whole table"},
	{"what is no profile has its problems too", HEAD "<drafts>?" END, NULL,
		DRAFTCONV_ERROR_PROFILE,
		"2 error not well-formed XML\n3 error not well-formed XML"},
	{"a source's own tables count more than the schema", HEAD SCHEMA DRAFTS END,
		"CREATE TABLE d (k int, owner_name varchar(9));\nINSERT INTO d VALUES (1,'a');\n",
		DRAFTCONV_ERROR_PROFILE, "3 error <drafts>: no such column: o"},
	{"the schema serves a dump without CREATE TABLE", HEAD SCHEMA DRAFTS END,
		"INSERT INTO d VALUES (1,'a','x');\n", 0, ""},
	{"a source without the tables", HEAD DRAFTS END, "CREATE TABLE x (a int);\n",
		DRAFTCONV_ERROR_PROFILE, "2 error <drafts>: no table d in the source"},
	{"the tables of a built-in keep its identity",
		HEAD
		"<schema>CREATE TABLE drafts (mid int, username varchar(9)); CREATE TABLE messages "
		"(mid int, refs text);</schema>\n<drafts>SELECT d.mid AS key, d.username AS owner, "
		"m.refs AS \"references\" FROM drafts d JOIN messages m ON m.mid = "
		"d.mid</drafts>" END,
		NULL, 1,
		"1 warning reads the tables of the built-in runbox4 under another identity (a)"},
};

static void
collect(void *user, unsigned line, draftconv_severity severity, const char *message)
{
	g_ptr_array_add(user,
		g_strdup_printf("%u %s %s", line, draftconv_severity_name(severity), message));
}

static draftconv_source *
source_of(const char *dump)
{
	g_autoptr(GBytes) bytes = dump != NULL ? g_bytes_new_static(dump, strlen(dump)) : NULL;
	draftconv_source *source = NULL;

	if (bytes != NULL)
		g_assert_cmpint(dc_source_new_bytes(bytes, "dump.sql", &source, NULL), ==, 0);
	return source;
}

static void
test_check(gconstpointer data)
{
	const struct check_case *c = data;
	g_autoptr(GPtrArray) got = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(draftconv_source) source = source_of(c->dump);
	g_autoptr(draftconv_error) error = NULL;
	g_auto(GStrv) want = g_strsplit(c->want, "\n", -1);
	int status = draftconv_profile_check(c->xml, strlen(c->xml), source, collect, got, &error);

	for (guint i = 0; want[i] != NULL; i++) {
		g_assert_cmpuint(i, <, got->len);
		if (!g_str_has_prefix(got->pdata[i], want[i]))
			g_assert_cmpstr(got->pdata[i], ==, want[i]);
	}
	if (want[0] == NULL || want[1] == NULL)
		g_assert_cmpuint(got->len, ==, g_strv_length(want));
	g_assert_cmpint(status, ==, c->status);
	g_assert_cmpint(error != NULL, ==, status < 0);
}

static void
test_built_in_profiles_pass(void)
{
	for (const char *const *name = draftconv_profile_builtin_names(); *name != NULL; name++) {
		g_autoptr(draftconv_profile) profile = NULL;
		g_autoptr(GPtrArray) got = g_ptr_array_new_with_free_func(g_free);
		size_t size = 0;

		g_assert_cmpint(draftconv_profile_builtin(*name, &profile, NULL), ==, 0);
		const char *xml = draftconv_profile_xml(profile, &size);
		g_assert_cmpint(
			draftconv_profile_check(xml, size, NULL, collect, got, NULL), ==, 0);
		g_assert_cmpuint(got->len, ==, 0);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(check_cases); i++) {
		g_autofree char *path = g_strdup_printf("/check/%s", check_cases[i].name);

		g_test_add_data_func(path, &check_cases[i], test_check);
	}
	g_test_add_func("/check/built-in profiles pass", test_built_in_profiles_pass);
	return g_test_run();
}
