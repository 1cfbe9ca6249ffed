/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How well a profile fits the tables of a source that was read. */
#include "lib/profile/profile.h"
#include "lib/source/source.h"

#include <string.h>

static const char profile_text[] =
	"<profile xmlns='urn:draftconv:profile:1' name='mine' version='1'>"
	"<title>t</title><description>d</description>"
	"<schema>CREATE TABLE drafts (id int, who varchar(9), body text);</schema>"
	"<drafts>SELECT id AS key, who AS owner, body AS text FROM drafts</drafts>"
	"<owners>SELECT login AS owner, name FROM users</owners>"
	"<attachments>SELECT f.data FROM files f WHERE f.draft = :key ORDER BY f.id</attachments>"
	"</profile>";

static const struct fit_case {
	const char *name;
	const char *dump;
	const char *want; /* fits, fitting of statements, problems, columns used */
} cases[] = {
	{"all of it fits",
		"CREATE TABLE drafts (id int, who varchar(9), body text, extra int);"
		"CREATE TABLE users (login varchar(9), name text);"
		"CREATE TABLE files (id int, draft int, data blob);",
		"1 3/3\ndrafts.body drafts.id drafts.who files.data files.draft files.id "
		"users.login "
		"users.name \n"},
	{"a child's table may be missing",
		"CREATE TABLE drafts (id int, who varchar(9), body text);",
		"1 1/3\nwarning <owners>: no table users in the source\nwarning <attachments>: no "
		"table files in "
		"the source\ndrafts.body drafts.id drafts.who \n"},
	{"the drafts' table may not", "CREATE TABLE users (login varchar(9), name text);",
		"0 1/3\nerror <drafts>: no table drafts in the source\nwarning <attachments>: no "
		"table files in "
		"the source\nusers.login users.name \n"},
	{"nor may a column",
		"CREATE TABLE drafts (id int, who varchar(9), txt text);"
		"CREATE TABLE users (login varchar(9));",
		"0 0/3\nerror <drafts>: no such column: body\nerror <owners>: no such column: "
		"name\n"
		"warning <attachments>: no table files in the source\n\n"},
	{"tables without definition have the profile's columns",
		"INSERT INTO drafts VALUES (1,'a','b');\nINSERT INTO users (login,name) VALUES "
		"('a','b');\n",
		"1 2/3\nwarning <attachments>: no table files in the source\n"
		"drafts.body drafts.id drafts.who users.login users.name \n"},
	{"of two databases the first counts",
		"USE a;CREATE TABLE drafts (id int, who varchar(9), body text);"
		"USE b;CREATE TABLE drafts (x int);",
		"1 1/3\nwarning <owners>: no table users in the source\nwarning <attachments>: no "
		"table files in "
		"the source\ndrafts.body drafts.id drafts.who \n"},
	{"names may be anything",
		"CREATE TABLE `x\"; DROP TABLE drafts; --` (`a\"b` int, `]` int);"
		"CREATE TABLE `sqlite_master` (a int);CREATE TABLE `draftconv index x` (a int);"
		"CREATE TABLE drafts (id int, who varchar(9), body text);",
		"1 1/3\nwarning <owners>: no table users in the source\nwarning <attachments>: no "
		"table files in "
		"the source\ndrafts.body drafts.id drafts.who \n"},
};

struct told {
	GString *problems;
	GPtrArray *used;
};

static void
on_problem(void *user, unsigned line, draftconv_severity severity, const char *message)
{
	struct told *told = user;

	(void)line;
	g_string_append_printf(
		told->problems, "%s %s\n", draftconv_severity_name(severity), message);
}

static void
on_used(void *user, const char *table, const char *column)
{
	struct told *told = user;
	g_autofree char *name = g_strdup_printf("%s.%s", table, column);

	if (!g_ptr_array_find_with_equal_func(told->used, name, g_str_equal, NULL))
		g_ptr_array_add(told->used, g_steal_pointer(&name));
}

static int
compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
ignore(void *user, const char *database, const struct draftconv_table *table, uint64_t rows)
{
	(void)user;
	(void)database;
	(void)table;
	(void)rows;
	return 0;
}

static void
test_fit(gconstpointer data)
{
	const struct fit_case *c = data;
	g_autoptr(GBytes) bytes = g_bytes_new_static(c->dump, strlen(c->dump));
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_profile) profile = NULL;
	struct told told = {
		.problems = g_string_new(NULL), .used = g_ptr_array_new_with_free_func(g_free)};
	const struct draftconv_fit_handler handler = {.struct_size = sizeof handler,
		.user = &told,
		.problem = on_problem,
		.used = on_used};
	struct draftconv_profile_fit fit;

	g_assert_cmpint(dc_source_new_bytes(bytes, "dump", &source, NULL), ==, 0);
	g_assert_cmpint(draftconv_source_tables(source, ignore, NULL, NULL), ==, 0);
	g_assert_cmpint(
		draftconv_profile_parse(profile_text, strlen(profile_text), "mine", &profile, NULL),
		==, 0);
	g_assert_cmpint(
		draftconv_profile_fits(profile, source, &fit, sizeof fit, &handler, NULL), ==, 0);

	g_autoptr(GString) got = g_string_new(NULL);
	g_ptr_array_sort(told.used, compare);
	g_string_printf(
		got, "%d %zu/%zu\n%s", fit.fits, fit.fitting, fit.statements, told.problems->str);
	for (guint i = 0; i < told.used->len; i++)
		g_string_append_printf(got, "%s ", (const char *)told.used->pdata[i]);
	g_string_append_c(got, '\n');
	g_assert_cmpstr(got->str, ==, c->want);
	g_string_free(told.problems, TRUE);
	g_ptr_array_unref(told.used);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/fit/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_fit);
	}
	return g_test_run();
}
