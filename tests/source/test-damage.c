/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cut and damaged dumps: what is whole comes, and where it broke is told. */
#include "events.h"

#include <string.h>

static const char dump[] =
	"-- MySQL dump 10.11\n-- Server version\t5.0.51a-log\n/*!40101 SET NAMES latin1 */;\n"
	"DROP TABLE IF EXISTS `t`;\nCREATE TABLE `t` (\n  `a` int(11) NOT NULL,\n  `b` text,\n  "
	"PRIMARY "
	"KEY (`a`)\n) ENGINE=MyISAM DEFAULT CHARSET=latin1;\n"
	"INSERT INTO `t` VALUES (1,'it\\'s'),(2,0x4142),(3,_binary 'x');\n"
	"/*!40000 ALTER TABLE `t` ENABLE KEYS */;\n"
	"INSERT INTO `t` VALUES (4,NULL);\n-- Dump completed on 2009-01-01\n";

static draftconv_source *
open_text(const char *text, gsize size)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, size);
	draftconv_source *source = NULL;

	g_assert_cmpint(dc_source_new_bytes(bytes, "dump", &source, NULL), ==, DRAFTCONV_OK);
	return source;
}

static void
describe(const draftconv_source *source, struct draftconv_source_facts *facts)
{
	g_assert_cmpint(
		draftconv_source_describe(source, 0, facts, sizeof *facts), ==, DRAFTCONV_OK);
}

static void
test_cut_everywhere(void)
{
	g_autofree char *all = events_of(dump, strlen(dump), 0, false);

	g_assert_cmpstr(all, ==, "t: 1|latin1'it's'\nt: 2|x'4142'\nt: 3|x'78'\nt: 4|~\n");
	for (gsize size = (gsize)(strstr(dump, "/*!") - dump) + 3; size < strlen(dump); size++) {
		g_autoptr(draftconv_source) source = open_text(dump, size);
		struct events events = {0};
		g_autofree char *got = events_scan(&events, source, NULL);
		struct draftconv_source_facts facts;
		gsize end = size;

		describe(source, &facts);
		g_assert_true(g_str_has_prefix(all, got));
		/* Only the word "completed" makes it whole. */
		g_assert_true((facts.completeness == DRAFTCONV_SOURCE_COMPLETE) ==
			      (size >= strlen(dump) - strlen(" on 2009-01-01\n")));
		while (end > 0 && g_ascii_isspace(dump[end - 1]))
			end--;
		if (dump[end - 1] == '(' || dump[end - 1] == ',' || dump[end - 1] == '\'') {
			g_assert_cmpint(facts.completeness, ==, DRAFTCONV_SOURCE_CUT);
			g_assert_true(facts.damaged);
			g_assert_true(dc_source_damaged(source));
			g_assert_true(
				dc_findings_has(dc_source_findings(source), DC_FINDING_SOURCE_CUT));
		}
	}
}

static void
test_facts(void)
{
	g_autoptr(draftconv_source) source = open_text(dump, strlen(dump));
	struct events events = {0};
	g_autofree char *got = events_scan(&events, source, NULL);
	struct draftconv_source_facts facts;

	describe(source, &facts);
	g_assert_cmpstr(facts.name, ==, "dump");
	g_assert_cmpstr(facts.format, ==, "SQL text");
	g_assert_cmpstr(facts.compression, ==, "");
	g_assert_cmpstr(facts.program, ==, "MySQL dump 10.11");
	g_assert_cmpstr(facts.server, ==, "5.0.51a-log");
	g_assert_cmpstr(facts.charsets, ==, "latin1");
	g_assert_cmpint(facts.completeness, ==, DRAFTCONV_SOURCE_COMPLETE);
	g_assert_false(facts.damaged);
	g_assert_cmpuint(facts.rows, ==, 4);
	g_assert_cmpuint(facts.bytes, ==, strlen(dump));
	g_assert_cmpuint(dc_findings_count(dc_source_findings(source)), ==, 0);
}

static const struct damage_case {
	const char *name;
	const char *dump;
	const char *at; /* the first occurrence of this is where it broke; NULL: not damaged */
	const char *table;
	enum draftconv_completeness completeness;
	enum dc_finding_code finding;
} damage_cases[] = {
	{"a row that ends in the middle", "INSERT INTO t VALUES (1,'a'),(2,'b", "", "t",
		DRAFTCONV_SOURCE_CUT, DC_FINDING_SOURCE_CUT},
	{"a row without its comma",
		"INSERT INTO t VALUES (1,'a'),(2 'b');\nINSERT INTO t VALUES (3,'c');\n", "'b'",
		"t", DRAFTCONV_SOURCE_UNKNOWN, DC_FINDING_SOURCE_DAMAGED},
	{"an unknown statement",
		"INSERT INTO t VALUES (1,'a');\nHello world\nINSERT INTO t VALUES (3,'c');\n",
		" world", "", DRAFTCONV_SOURCE_UNKNOWN, DC_FINDING_SOURCE_DAMAGED},
	{"a dump without an end marker", "INSERT INTO t VALUES (1,'a');\n", NULL, "",
		DRAFTCONV_SOURCE_UNKNOWN, DC_FINDING_SOURCE_UNMARKED},
	{"settings put back at the end are a marker",
		"INSERT INTO t VALUES (1,'a');\n/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n", NULL,
		"", DRAFTCONV_SOURCE_COMPLETE, DC_FINDING_COUNT},
	{"rows after the marker take it away", "-- Dump completed\nINSERT INTO t VALUES (1,'a');\n",
		NULL, "", DRAFTCONV_SOURCE_UNKNOWN, DC_FINDING_SOURCE_UNMARKED},
	{"a row with too many values", "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1,2);\n",
		NULL, "", DRAFTCONV_SOURCE_UNKNOWN, DC_FINDING_ROW_ARITY},
	{"an UPDATE that is not carried out",
		"CREATE TABLE t (a int);\nUPDATE IGNORE t SET a=1 WHERE b='x;';\nUPDATE t SET "
		"a=2;\n",
		NULL, "", DRAFTCONV_SOURCE_UNKNOWN, DC_FINDING_STATEMENT_IGNORED},
	{"a DELETE that is not carried out",
		"INSERT INTO t VALUES (1);\nDELETE FROM t WHERE a=1;\n", NULL, "",
		DRAFTCONV_SOURCE_UNKNOWN, DC_FINDING_STATEMENT_IGNORED},
	{"SQLite's COMMIT is the marker",
		"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\nCOMMIT;\n", NULL,
		"", DRAFTCONV_SOURCE_COMPLETE, DC_FINDING_COUNT},
	{"SQLite says when it met errors",
		"PRAGMA foreign_keys=OFF;\nCREATE TABLE t(a);\nROLLBACK; -- due to errors\n", "",
		"", DRAFTCONV_SOURCE_UNKNOWN, DC_FINDING_SOURCE_DAMAGED},
};

static void
test_damage(gconstpointer data)
{
	const struct damage_case *c = data;
	g_autoptr(draftconv_source) source = open_text(c->dump, strlen(c->dump));
	struct events events = {0};
	g_autofree char *got = events_scan(&events, source, NULL);
	struct draftconv_source_facts facts;

	describe(source, &facts);
	g_assert_cmpint(facts.completeness, ==, c->completeness);
	g_assert_true(facts.damaged == (c->at != NULL));
	g_assert_cmpstr(facts.damage_table, ==, c->table);
	if (c->at != NULL && *c->at != '\0')
		g_assert_cmpuint(
			facts.damage_offset, ==, (guint64)(strstr(c->dump, c->at) - c->dump));
	else if (c->at != NULL)
		g_assert_cmpuint(facts.damage_offset, ==, strlen(c->dump));
	if (c->finding != DC_FINDING_COUNT)
		g_assert_true(dc_findings_has(dc_source_findings(source), c->finding));
	else
		g_assert_cmpuint(dc_findings_count(dc_source_findings(source)), ==, 0);
}

static const struct missing_case {
	const char *name;
	const char *dump;
	const char *rows;   /* the events */
	const char *places; /* "OFFSET table what rows more" each */
} missing_cases[] = {
	{"a function leaves one row out",
		"INSERT INTO t VALUES (1,'a'),(2,upper('b, (c)')),(3,'c');\n-- Dump completed\n",
		"t: 1|'a'\nt: 3|'c'\n",
		"32 t a value is a function, upper(): 1 row is missing 1 0\n"},
	{"rows for the same reason are counted",
		"INSERT INTO t VALUES (1,f()),(2,'b'),(3,f(1)),(4,g(2) + 1);\n", "t: 2|'b'\n",
		"24 t a value is a function, f(): 2 rows are missing 2 0\n"
		"49 t a value is a function, g(): 1 row is missing 1 0\n"},
	{"an expression leaves its row out",
		"INSERT INTO t VALUES "
		"(1+1,'a'),('x'||'y','b'),((1),'c'),(-(4),'d'),(@a,'e'),(6,'f'),"
		"(-1.5e-3,'g');\n",
		"t: 6|'f'\nt: -1.5e-3|'g'\n",
		"22 t a value is an expression: 5 rows are missing 5 0\n"},
	{"a clock is no value, as a default is",
		"INSERT INTO t VALUES (1,NOW(),CURRENT_TIMESTAMP,current_timestamp(6));\n",
		"t: 1|-|-|-\n", ""},
	{"where sense is lost the rest of the statement is",
		"INSERT INTO t VALUES (1,'a'),(2 'b'),(3,'c');\nINSERT INTO t VALUES "
		"(4,'d'),(5,oops);"
		"\nINSERT INTO t VALUES (6,'f');\n",
		"t: 1|'a'\nt: 4|'d'\nt: 6|'f'\n",
		"32 t no comma or parenthesis after a value: 1 row or more are missing 1 1\n"
		"82 t no value: oops: 1 row or more are missing 1 1\n"},
	{"a damaged statement before the end marker is no cut",
		"INSERT INTO t VALUES (1,oops);\n-- Dump completed\n", "",
		"28 t no value: oops: 1 row or more are missing 1 1\n"},
	{"a cut names the row as well", "INSERT INTO t VALUES (1,'a'),(2,'b", "t: 1|'a'\n",
		"34 t it ends here, in the middle: 1 row or more are missing 1 1\n"},
	{"rows that SELECT would make",
		"INSERT INTO t SELECT 1,2;\nINSERT INTO t VALUES (1,'a');\n", "t: 1|'a'\n",
		"20 t INSERT with SELECT: rows may be missing 0 1\n"},
	{"nor does SELECT at the end make it a cut",
		"INSERT INTO t VALUES (1,'a');\nREPLACE t (a,b) SELECT 1,';';\n", "t: 1|'a'\n",
		"52 t INSERT with SELECT: rows may be missing 0 1\n"},
	{"an XML row that breaks",
		"<mysqldump><table_data name=\"t\"><row><field name=\"a\">1</oops></row><row>"
		"<field name=\"a\">2</field></row></table_data></mysqldump>\n",
		"t: utf8'2'\n",
		"37 t no tag of a dump stands here: 1 row or more are missing 1 1\n"},
};

static void
test_missing(gconstpointer data)
{
	const struct missing_case *c = data;
	g_autoptr(draftconv_source) source = open_text(c->dump, strlen(c->dump));
	g_autoptr(GString) places = g_string_new(NULL);
	struct draftconv_source_damage damage;
	struct draftconv_source_facts facts;
	struct events events = {0};
	g_autofree char *got = events_scan(&events, source, NULL);
	guint64 rows = 0;
	size_t n = 0;

	g_assert_cmpstr(got, ==, c->rows);
	for (; draftconv_source_damage_at(source, 0, n, &damage, sizeof damage) == 0; n++) {
		g_string_append_printf(places,
			"%" G_GUINT64_FORMAT " %s %s %" G_GUINT64_FORMAT " %d\n",
			(guint64)damage.offset, damage.table, damage.what, (guint64)damage.rows,
			damage.more);
		rows += damage.rows;
	}
	g_assert_cmpstr(places->str, ==, c->places);
	describe(source, &facts);
	g_assert_cmpuint(facts.damages, ==, n);
	g_assert_cmpuint(facts.missing_rows, ==, rows);
	g_assert_true(dc_source_damaged(source) == (n > 0));
}

/* Places are kept up to a limit and counted beyond it. */
static void
test_many_places(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct draftconv_source_damage damage;
	struct draftconv_source_facts facts;
	struct events events = {0};

	for (int i = 0; i < 150; i++)
		g_string_append(text, "INSERT INTO t VALUES (oops);\n");
	g_string_append(text, "UNLOCK TABLES;\n");
	g_autoptr(draftconv_source) source = open_text(text->str, text->len);
	g_autofree char *got = events_scan(&events, source, NULL);
	describe(source, &facts);
	g_assert_cmpuint(facts.damages, ==, 150);
	g_assert_cmpuint(facts.missing_rows, ==, 150);
	g_assert_cmpint(draftconv_source_damage_at(source, 0, 99, &damage, sizeof damage), ==, 0);
	g_assert_cmpint(draftconv_source_damage_at(source, 0, 100, &damage, sizeof damage), ==,
		DRAFTCONV_ERROR_ARGUMENT);
	g_assert_cmpuint(dc_findings_count(dc_source_findings(source)), ==, 102);
}

/* A long value, read back whole, and by every wrong address around it. */
static void
test_wrong_places(void)
{
	g_autoptr(GString) text = g_string_new("INSERT INTO t VALUES (1,_latin1'");

	for (int i = 0; i < 100; i++)
		g_string_append(text, "a\\nb''c");
	g_string_append(text, "'),(2,'');");

	g_autoptr(draftconv_source) source = open_text(text->str, text->len);
	struct events events = {0};
	g_autofree char *got = events_scan(&events, source, NULL);

	g_assert_true(g_str_has_prefix(got, "t: 1|*latin1'a\\0ab'ca\\0ab'c"));
	for (guint32 flavour = 0; flavour <= DC_LITERAL_FLAVOUR_MAX + 1; flavour++) {
		for (guint64 offset = 0; offset < text->len + 9; offset += 1 + offset / 40 * 7) {
			for (guint64 length = 0; length < text->len + 9; length += 1 + length / 9) {
				const struct dc_literal literal = {0, flavour, offset, length};
				g_autoptr(dc_content) content =
					dc_source_literal_content(source, &literal);
				g_autoptr(draftconv_error) error = NULL;
				g_autoptr(GBytes) bytes = NULL;

				if (dc_content_load(content, 4096, &bytes, &error) == 0)
					g_assert_cmpuint(g_bytes_get_size(bytes), <=, length);
				else
					g_assert_cmpint(draftconv_error_code(error), ==,
						DRAFTCONV_ERROR_DAMAGED);
			}
		}
	}
	const struct dc_literal nowhere = {7, 0, 0, 1};
	dc_reader *reader = NULL;
	g_assert_cmpint(dc_source_open_literal(source, &nowhere, &reader, NULL), ==,
		DRAFTCONV_ERROR_DAMAGED);
}

/* Whatever size a reader is asked for, the bytes are the same. */
static void
test_small_reads(void)
{
	g_autoptr(GString) text = g_string_new("INSERT INTO t VALUES ('");

	for (int i = 0; i < 200; i++)
		g_string_append(text, "\\%x\\0''");
	g_string_append(text, "');");

	g_autoptr(draftconv_source) source = open_text(text->str, text->len);
	const struct dc_literal literal = {0, 0, 22, text->len - 24};

	for (gsize size = 1; size < 100; size++) {
		g_autoptr(dc_reader) reader = NULL;
		guint8 buffer[100];
		gsize total = 0;
		gssize got = 0;

		g_assert_cmpint(
			dc_source_open_literal(source, &literal, &reader, NULL), ==, DRAFTCONV_OK);
		while ((got = dc_reader_read(reader, buffer, size, NULL)) > 0) {
			for (gssize i = 0; i < got; i++)
				g_assert_cmpuint(
					buffer[i], ==, (guint8) "\\%x\0'"[(total + (gsize)i) % 5]);
			total += (gsize)got;
		}
		g_assert_cmpint(got, ==, 0);
		g_assert_cmpuint(total, ==, 1000);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/source/damage/a dump cut at every byte gives what is whole", test_cut_everywhere);
	g_test_add_func("/source/facts", test_facts);
	for (gsize i = 0; i < G_N_ELEMENTS(damage_cases); i++) {
		g_autofree char *path = g_strdup_printf("/source/damage/%s", damage_cases[i].name);

		g_test_add_data_func(path, &damage_cases[i], test_damage);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(missing_cases); i++) {
		g_autofree char *path =
			g_strdup_printf("/source/missing/%s", missing_cases[i].name);

		g_test_add_data_func(path, &missing_cases[i], test_missing);
	}
	g_test_add_func("/source/missing/more places than are kept", test_many_places);
	g_test_add_func(
		"/source/literal/wrong places are errors or other bytes", test_wrong_places);
	g_test_add_func("/source/literal/reads of any size", test_small_reads);
	return g_test_run();
}
