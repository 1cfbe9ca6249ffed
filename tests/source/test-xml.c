/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The XML table of SOURCES.md 5, with windows of many sizes. */
#include "events.h"

#include <string.h>

#define HEAD                                                                                       \
	"<?xml version=\"1.0\"?>\n<mysqldump "                                                     \
	"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
#define DATA HEAD "<database name=\"rb\">\n<table_data name=\"t\">\n"
#define TAIL "</table_data>\n</database>\n</mysqldump>\n"
#define OLD HEAD "<database name=\"rb\">\n<table name=\"t\">\n"
#define OLD_TAIL "</table>\n</database>\n</mysqldump>\n"
#define SAMPLE(s) s, sizeof(s) - 1

static const struct xml_case {
	const char *name;
	const char *dump;
	gsize size;
	bool tables;
	const char *want;
} xml_cases[] = {
	{"rows and fields",
		SAMPLE(DATA "<row>\n\t<field name=\"a\">1</field>\n\t<field "
			    "name=\"b\">x</field>\n</row>\n<row><field name=\"a\">2</field><field "
			    "name=\"b\"></field></row>" TAIL),
		false, "t: utf8'1'|utf8'x'\nt: utf8'2'|utf8''\n"},
	{"the structure says types, keys and collations",
		SAMPLE(HEAD "<database name=\"rb\"><table_structure name=\"t\"><field Field=\"a\" "
			    "Type=\"int(10) unsigned\" Null=\"NO\" Key=\"PRI\" "
			    "Extra=\"auto_increment\" /><field Field=\"b\" Type=\"ENUM('X','y')\" "
			    "Null=\"YES\" Key=\"\" /><key Table=\"t\" Non_unique=\"0\" "
			    "Key_name=\"PRIMARY\" Seq_in_index=\"1\" Column_name=\"a\" /><key "
			    "Table=\"t\" Non_unique=\"1\" Key_name=\"k\" Column_name=\"b\" /><key "
			    "Table=\"t\" Non_unique=\"1\" Key_name=\"k\" Column_name=\"a\" "
			    "/><options Name=\"t\" Collation=\"latin1_swedish_ci\" "
			    "/></table_structure><table_data name=\"t\"><row><field "
			    "name=\"b\">x</field></row></table_data></database></mysqldump>"),
		true,
		"table rb.t/latin1(a:int(10) unsigned::!, "
		"b:enum('X','y'):latin1:latin1_swedish_ci; primary 0; key k 1 0)\nt: -|utf8'x'\n"},
	{"xsi:nil is NULL", SAMPLE(DATA "<row><field name=\"a\" xsi:nil=\"true\" /></row>" TAIL),
		false, "t: ~\n"},
	{"hexadecimal is bytes",
		SAMPLE(DATA "<row><field name=\"a\" "
			    "xsi:type=\"xs:hexBinary\">00FF41</field></row>" TAIL),
		false, "t: x'00ff41'\n"},
	{"references, standard ones too",
		SAMPLE(DATA "<row><field "
			    "name=\"a&quot;b\">&lt;&gt;&amp;&quot;&apos;&#229;</field></row>" TAIL),
		false, "t: utf8'<>&\"'\\c3\\a5'\n"},
	{"raw CR, NUL, control and invalid bytes come through",
		SAMPLE(DATA "<row><field name=\"a\">a\r\n\0\x01\xff]]></field></row>" TAIL), false,
		"t: utf8'a\\0d\\0a\\00\\01\\ff]]>'\n"},
	{"comments hide tags",
		SAMPLE(DATA "<!-- <row> --><row><field name=\"a\">1</field></row>" TAIL), false,
		"t: utf8'1'\n"},
	{"4.0 writes <table> and NULL as a word",
		SAMPLE(OLD "<row><field name=\"a\">NULL</field><field "
			   "name=\"b<c\">x</field></row>" OLD_TAIL),
		false, "t: ~|'x'\n"},
	{"mysql --xml names the table in its statement",
		SAMPLE("<?xml version=\"1.0\"?>\n\n<resultset statement=\"SELECT * FROM "
		       "`rb`.`t`&#10;\" "
		       "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n  <row>\n\t"
		       "<field name=\"a\">1</field>\n  </row>\n</resultset>\n"),
		false, "t: '1'\n"},
	{"a database without tables has no rows",
		SAMPLE(HEAD "<database name=\"rb\"></database></mysqldump>"), false, ""},
	{"a broken row is left out, the next one comes",
		SAMPLE(DATA "<row><field name=\"a\">1</field></row><row><field "
			    "name=\"a\">2<field></row><row><field name=\"a\">3</field></row>" TAIL),
		false, "t: utf8'1'\nt: utf8'3'\n"},
	{"odd hexadecimal is a broken row",
		SAMPLE(DATA "<row><field name=\"a\" "
			    "xsi:type=\"xs:hexBinary\">00F</field></row><row><field "
			    "name=\"a\">3</field></row>" TAIL),
		false, "t: utf8'3'\n"},
};

static void
test_xml(gconstpointer data)
{
	static const gsize windows[] = {1, 2, 3, 7, 64, 0};
	const struct xml_case *c = data;

	for (gsize i = 0; i < G_N_ELEMENTS(windows); i++) {
		g_autofree char *got = events_of(c->dump, c->size, windows[i], c->tables);

		g_assert_cmpstr(got, ==, c->want);
	}
}

static void
test_cut(void)
{
	static const char dump[] = DATA
		"<row><field name=\"a\">1</field></row><row><field name=\"a\">2</field></row>" TAIL;

	for (gsize size = strlen(HEAD); size < strlen(dump); size++) {
		g_autoptr(GBytes) bytes = g_bytes_new_static(dump, size);
		g_autoptr(draftconv_source) source = NULL;
		struct events events = {0};

		g_assert_cmpint(dc_source_new_bytes(bytes, "dump", &source, NULL), ==, 0);
		g_autofree char *got = events_scan(&events, source, NULL);
		g_assert_true(g_str_has_prefix("t: utf8'1'\nt: utf8'2'\n", got));
		/* The last byte is a line break. */
		g_assert_true(dc_source_damaged(source) == (size < strlen(dump) - 1));
	}
}

static void
test_long(void)
{
	g_autoptr(GString) dump = g_string_new(DATA "<row><field name=\"a\">");
	g_autoptr(GString) want = g_string_new("t: *utf8'");

	for (int i = 0; i < 3000; i++) {
		g_string_append(dump, "&amp;b");
		g_string_append(want, "&b");
	}
	g_string_append(dump, "</field><field name=\"h\" xsi:type=\"xs:hexBinary\">");
	g_string_append(want, "'|*x'");
	for (int i = 0; i < 3000; i++) {
		g_string_append(dump, "0F");
		g_string_append(want, "0f");
	}
	g_string_append(dump, "</field></row>" TAIL);
	g_string_append(want, "'\n");
	g_autofree char *got = events_of(dump->str, dump->len, 0, false);
	g_assert_cmpstr(got, ==, want->str);
}

static void
test_findings(void)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(
		SAMPLE(OLD "<row><field name=\"a\">NULL</field></row>" OLD_TAIL));
	g_autoptr(draftconv_source) source = NULL;
	struct events events = {0};

	g_assert_cmpint(dc_source_new_bytes(bytes, "dump", &source, NULL), ==, 0);
	g_autofree char *got = events_scan(&events, source, NULL);
	g_assert_true(dc_findings_has(dc_source_findings(source), DC_FINDING_NULL_AMBIGUOUS));
	g_assert_false(dc_source_damaged(source));
}

/* 4.0 with the caller's schema: a NULL of a number is one, a column that is NOT NULL holds the word. */
static void
test_old_types(void)
{
	static const char schema[] = "CREATE TABLE t (a int, b varchar(9) NOT NULL);";
	g_autoptr(GBytes) bytes =
		g_bytes_new_static(SAMPLE(OLD "<row><field name=\"a\">NULL</field><field "
					      "name=\"b\">NULL</field></row>" OLD_TAIL));
	g_autoptr(draftconv_source) source = NULL;
	const struct dc_scan_options options = {.schema = schema};
	struct events events = {0};

	g_assert_cmpint(dc_source_new_bytes(bytes, "dump", &source, NULL), ==, 0);
	g_autofree char *got = events_scan(&events, source, &options);
	g_assert_cmpstr(got, ==, "t: ~|'NULL'\n");
	g_assert_false(dc_findings_has(dc_source_findings(source), DC_FINDING_NULL_AMBIGUOUS));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(xml_cases); i++) {
		g_autofree char *path = g_strdup_printf("/source/xml/%s", xml_cases[i].name);

		g_test_add_data_func(path, &xml_cases[i], test_xml);
	}
	g_test_add_func("/source/xml/cut at every byte gives what is whole", test_cut);
	g_test_add_func("/source/xml/long values are read back", test_long);
	g_test_add_func("/source/xml/an ambiguous NULL is told", test_findings);
	g_test_add_func("/source/xml/types make NULL clear", test_old_types);
	return g_test_run();
}
