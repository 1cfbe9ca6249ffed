/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/limits.h"
#include "lib/profile/indexes.h"
#include "lib/profile/statements.h"
#include "tests/profile/world.h"

#include <string.h>

#define TABLES                                                                                     \
	"d: k int, o varchar(9), s text, b text, m datetime\n"                                     \
	"f: i int, k int, n text, b longblob\nh: k int, n text, v text\nu: o varchar(9), a text\n"
#define DRAFTS "<drafts>SELECT k AS key, o AS owner FROM d</drafts>\n"

/* World profiles have one line before the body, which thus begins on line 2. */
static const struct statement_case {
	const char *name;
	const char *profile;
	const char *want; /* how "LINE message" of each problem begins, separated by line breaks */
} statement_cases[] = {
	{"good statements have no problems",
		"<drafts>SELECT k AS key, o AS owner, s AS Subject, b AS _raw, m AS stamp FROM "
		"d</drafts>"
		"<owners>SELECT o AS owner, a AS address FROM u</owners>"
		"<headers>SELECT n AS name, v AS value FROM h WHERE k = :stamp ORDER BY "
		"n</headers>",
		""},
	{"an unknown column of a table has its line",
		"<drafts>SELECT k AS key,\n o AS owner,\n subjct AS subject FROM d</drafts>",
		"4 <drafts>: no such column: subjct"},
	{"a misspelt name in double quotes is no text",
		"<drafts>SELECT k AS key, o AS owner,\n \"subjct\" AS subject FROM d</drafts>",
		"3 <drafts>: no such column: subjct"},
	{"a word in the wrong place has its line",
		"<drafts>SELECT k AS key, o AS owner\n FORM d</drafts>",
		"3 <drafts>: near \"FORM\": syntax error"},
	{"a name that is not agreed is answered with the nearest",
		"<drafts>SELECT k AS key, o AS owner,\n s AS subjekt FROM d</drafts>",
		"3 <drafts>: column subjekt is no agreed column; did you mean subject?"},
	{"a name that is near to nothing is told all the same",
		"<drafts>SELECT k AS key, o AS owner, m AS stamp FROM d</drafts>",
		"2 <drafts>: column stamp is no agreed column (give it one by AS"},
	{"key and owner must be there", "<drafts>SELECT s AS subject FROM d</drafts>",
		"2 <drafts>: has no column key\n2 <drafts>: has no column owner"},
	{"a column stands once",
		"<drafts>SELECT k AS key, o AS owner,\n s AS text, b AS TEXT FROM d</drafts>",
		"3 <drafts>: has two columns named text"},
	{"body excludes text and html",
		"<drafts>SELECT k AS key, o AS owner, s AS body, b AS text, b AS html FROM "
		"d</drafts>",
		"2 <drafts>: has both body and text\n2 <drafts>: has both body and html"},
	{"body_type says something about body only",
		"<drafts>SELECT k AS key, o AS owner, s AS body_type FROM d</drafts>",
		"2 <drafts>: has body_type but no body"},
	{"drafts and owners have no parameters",
		"<drafts>SELECT k AS key, o AS owner FROM d\n WHERE o = :owner</drafts>"
		"<owners>SELECT o AS owner FROM u\n WHERE o = :owner</owners>",
		"3 <drafts>: parameter :owner: only recipients, headers and attachments have any\n"
		"4 <owners>: parameter :owner: only"},
	{"a parameter is a column of the drafts",
		DRAFTS "<headers>SELECT n AS name, v AS value FROM h\n WHERE k = :kye</headers>",
		"4 <headers>: parameter :kye is no column of the drafts statement; did you mean "
		":key?"},
	{"children have their own agreed columns",
		DRAFTS
		"<recipients>SELECT n AS nam FROM h WHERE k = :key</recipients>\n"
		"<headers>SELECT n AS name FROM h WHERE k = :key</headers>\n"
		"<attachments>SELECT n AS filename FROM f WHERE k = :key</attachments>\n"
		"<attachments>SELECT b AS data, b AS chunk FROM f WHERE k = :key</attachments>\n"
		"<owners>SELECT a AS address FROM u</owners>",
		"3 <recipients>: has no column kind\n3 <recipients>: has neither name nor address\n"
		"3 <recipients>: column nam is no agreed column; did you mean name?\n"
		"4 <headers>: has no column value\n5 <attachments>: needs exactly one of\n"
		"6 <attachments>: needs exactly one of\n6 <attachments>: chunk and part go "
		"together\n"
		"7 <owners>: has no column owner"},
	{"functions that are not on the list are refused",
		"<drafts>SELECT k AS key, o AS owner, hex(s) AS text, json_extract(s, '$') AS "
		"subject, "
		"datetime('now') AS created FROM d</drafts>",
		"2 <drafts>: "},
	{"nothing but one SELECT passes", "<drafts>DELETE FROM d</drafts>", "2 <drafts>: "},
	{"a PRAGMA does nothing", "<drafts>PRAGMA user_version = 7</drafts>", "2 <drafts>: "},
	{"a file is not attached", "<drafts>ATTACH 'x.db' AS x</drafts>", "2 <drafts>: "},
	{"SQLite's own tables are not there",
		"<drafts>SELECT name AS key, sql AS owner FROM sqlite_master</drafts>",
		"2 <drafts>: "},
	{"the cast to a number by another name is refused",
		"<drafts>SELECT CAST(k AS DECIMAL) AS key, o AS owner FROM d</drafts>",
		"2 <drafts>: "},
};

static GPtrArray *
prepare(dc_stage_conn *conn, const draftconv_profile *profile, dc_problems *problems)
{
	GPtrArray *all = NULL;

	g_assert_cmpint(dc_prepared_all(conn, profile, &all, problems, NULL), ==, 0);
	dc_problems_sort(problems);
	return all;
}

static void
test_statements(gconstpointer data)
{
	const struct statement_case *c = data;
	g_autoptr(dc_stage) stage = world_stage(TABLES);
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(draftconv_profile) profile = world_profile(c->profile);
	g_autoptr(dc_problems) problems = dc_problems_new();
	g_auto(GStrv) want = g_strsplit(c->want, "\n", -1);

	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	GPtrArray *all = prepare(conn, profile, problems);
	for (guint i = 0; want[i] != NULL; i++) {
		g_assert_cmpuint(i, <, dc_problems_count(problems));
		const struct dc_problem *p = dc_problems_at(problems, i);
		g_autofree char *got = g_strdup_printf("%u %s", p->line, p->message);

		if (!g_str_has_prefix(got, want[i]))
			g_assert_cmpstr(got, ==, want[i]);
	}
	g_assert_cmpuint(dc_problems_count(problems), ==, g_strv_length(want));
	g_ptr_array_unref(all);
}

static void
test_a_statement_over_a_missing_table_is_no_problem_yet(void)
{
	g_autoptr(dc_stage) stage = world_stage(TABLES);
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(draftconv_profile) profile = world_profile(
		"<drafts>SELECT k AS key, o AS owner, s AS code FROM d</drafts>"
		"<headers>SELECT n AS name, v AS value FROM x WHERE k = :code</headers>");
	g_autoptr(dc_problems) problems = dc_problems_new();

	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	GPtrArray *all = prepare(conn, profile, problems);
	const struct dc_prepared *p = all->pdata[1];

	g_assert_cmpuint(dc_problems_count(problems), ==, 0);
	g_assert_null(p->query);
	g_assert_cmpstr(p->missing, ==, "no table x in the source");
	g_ptr_array_unref(all);
}

static void
test_columns_are_counted(void)
{
	g_autoptr(GString) sql = g_string_new("<drafts>SELECT k AS key, o AS owner");
	g_autoptr(dc_stage) stage = world_stage(TABLES);
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_problems) problems = dc_problems_new();

	for (int i = 0; i < DC_PROFILE_COLUMNS_MAX; i++)
		g_string_append_printf(sql, ", 1 AS _c%d", i);
	g_string_append(sql, " FROM d</drafts>");

	g_autoptr(draftconv_profile) profile = world_profile(sql->str);
	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	GPtrArray *all = prepare(conn, profile, problems);
	g_assert_cmpuint(dc_problems_count(problems), ==, 1);
	g_assert_cmpstr(
		dc_problems_at(problems, 0)->message, ==, "<drafts>: has more than 200 columns");
	g_ptr_array_unref(all);
}

static void
test_ten_thousand_columns_are_refused(void)
{
	g_autoptr(GString) sql = g_string_new("<drafts>SELECT k AS key, o AS owner");
	g_autoptr(dc_stage) stage = world_stage(TABLES);
	g_autoptr(draftconv_error) error = NULL;
	dc_plan *plan = NULL;

	for (int i = 0; i < 10000; i++)
		g_string_append_printf(sql, ", 1 AS _c%d", i);
	g_string_append(sql, " FROM d</drafts>");

	g_autoptr(draftconv_profile) profile = world_profile(sql->str);
	g_assert_cmpint(dc_plan_new(&plan, stage, profile, NULL, NULL, &error), ==,
		DRAFTCONV_ERROR_PROFILE);
	g_assert_null(plan);
}

/* ---- indexes ---- */

static const struct index_case {
	const char *name;
	const char *tables;
	const char *profile;
	const char *want; /* "table column …" of each index, then "scan KIND" */
} index_cases[] = {
	{"a parameter that is compared with a column gets an index", TABLES,
		DRAFTS
		"<attachments>SELECT b AS data FROM f WHERE k = :key ORDER BY i</attachments>",
		"f k\n"},
	{"an integer primary key needs none",
		"d: k int, o varchar(9)\nh: k int, n text, v text; k\n",
		DRAFTS "<headers>SELECT n AS name, v AS value FROM h WHERE k = :key</headers>", ""},
	{"a text primary key gets its index",
		"d: k int, o varchar(9)\nh: k int, n varchar(9), v text; n\n",
		DRAFTS "<headers>SELECT n AS name, v AS value FROM h WHERE n = :key</headers>",
		"h n\n"},
	{"both tables of a join get one", TABLES,
		DRAFTS "<headers>SELECT h.n AS name, f.n AS value FROM h JOIN f ON f.i = h.v "
		       "WHERE h.k = :key</headers>",
		"f i\nh k\n"},
	{"a join of the drafts gets one, their own scan none", TABLES,
		"<drafts>SELECT d.k AS key, d.o AS owner, a AS _a FROM d LEFT JOIN u ON u.o = d.o"
		"</drafts>",
		"u o\n"},
	{"an index serves two statements", TABLES,
		DRAFTS
		"<attachments>SELECT b AS data FROM f WHERE k = :key</attachments>"
		"<attachments>SELECT b AS data FROM f WHERE k = :key AND i = 1</attachments>",
		"f k\n"},
	{"a parameter that is compared with an expression scans", TABLES,
		DRAFTS "<headers>SELECT n AS name, v AS value FROM h WHERE CAST(k AS TEXT) = :key"
		       "</headers>",
		"scan headers\n"},
	{"a statement that acts while it is compiled does nothing", TABLES,
		DRAFTS "<headers>PRAGMA user_version = 7</headers>", ""},
};

static void
test_indexes(gconstpointer data)
{
	const struct index_case *c = data;
	g_autoptr(dc_stage) stage = world_stage(c->tables);
	g_autoptr(draftconv_profile) profile = world_profile(c->profile);
	struct dc_index_advice *advice = NULL;
	g_autoptr(GString) got = g_string_new(NULL);

	g_assert_cmpint(dc_indexes_advise(stage, profile, &advice, NULL), ==, 0);
	for (guint i = 0; i < advice->indexes->len; i++) {
		const struct dc_index *index = advice->indexes->pdata[i];
		g_autofree char *columns = g_strjoinv(" ", index->columns);

		g_string_append_printf(got, "%s %s\n", index->table, columns);
	}
	for (guint i = 0; i < advice->scans->len; i++) {
		const struct dc_index_scan *scan = advice->scans->pdata[i];

		g_string_append_printf(
			got, "scan %s\n", dc_statement_kind_name(scan->statement->kind));
	}
	dc_index_advice_free(advice);
	g_assert_cmpstr(got->str, ==, c->want);
	g_assert_cmpint(dc_indexes_build(stage, profile, NULL), ==, 0);
	g_assert_cmpint(dc_indexes_build(stage, profile, NULL), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(statement_cases); i++) {
		g_autofree char *path = g_strdup_printf("/statement/%s", statement_cases[i].name);

		g_test_add_data_func(path, &statement_cases[i], test_statements);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(index_cases); i++) {
		g_autofree char *path = g_strdup_printf("/index/%s", index_cases[i].name);

		g_test_add_data_func(path, &index_cases[i], test_indexes);
	}
	g_test_add_func("/statement/one over a missing table is no problem yet",
		test_a_statement_over_a_missing_table_is_no_problem_yet);
	g_test_add_func("/statement/columns are counted", test_columns_are_counted);
	g_test_add_func("/statement/ten thousand columns are refused",
		test_ten_thousand_columns_are_refused);
	return g_test_run();
}
