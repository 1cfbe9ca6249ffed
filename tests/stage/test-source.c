/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dumps become tables: types, rows that come twice, what nothing declared, character sets. */
#include "lib/source/source.h"
#include "lib/stage/stage.h"
#include "tests/stage/sample.h"

#include <string.h>

#define LONG_300                                                                                   \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"8901234567890123456789012345678901234567890123456789012345678901234567890123456789012345" \
	"6789012345678901234567890123456789012345678901234567890123456789012345678901234567890123" \
	"456789012345678901234567890123456789"

static const struct dump_case {
	const char *name;
	const char *dump;
	const char *sql;
	const char *rows;     /* apart by newlines */
	const char *findings; /* codes apart by blanks, in their order */
} dump_cases[] = {
	{"a table is asked",
		"CREATE TABLE t (a int, b varchar(9)); INSERT INTO t VALUES (1,'x'),(2,NULL);",
		"SELECT a, b FROM t ORDER BY a", "1|x\n2|NULL\n", ""},
	{"an empty table is a table", "CREATE TABLE t (a int);\n", "SELECT a FROM t", "", ""},
	{"leading zeros of an integer don't count",
		"CREATE TABLE t (a int); INSERT INTO t VALUES ('007'),(+5),('-0'),('00');",
		"SELECT a FROM t ORDER BY a", "0\n0\n5\n7\n", ""},
	{"ZEROFILL keeps its zeros and compares by value",
		"CREATE TABLE t (a int(5) unsigned zerofill); INSERT INTO t VALUES "
		"(00007),(00010);",
		"SELECT a FROM t WHERE a < 9", "00007\n", ""},
	{"a decimal number keeps its zeros",
		"CREATE TABLE t (a decimal(9,2)); INSERT INTO t VALUES (1.10),('1.20');",
		"SELECT a FROM t WHERE a = 1.1 OR a = 1.2 ORDER BY a", "1.10\n1.20\n", ""},
	{"numbers near 2^64 are apart",
		"CREATE TABLE t (a bigint unsigned PRIMARY KEY); INSERT INTO t VALUES "
		"(18446744073709551615),(18446744073709551614);",
		"SELECT a FROM t ORDER BY a", "18446744073709551614\n18446744073709551615\n", ""},
	{"an enum is its word",
		"CREATE TABLE t (a enum('draft','it''s (b)'), c set('x','y')); INSERT INTO t "
		"VALUES "
		"('it\\'s (b)','x,y');",
		"SELECT a, c FROM t WHERE a = 'IT''S (B)'", "it's (b)|x,y\n", ""},
	{"a binary column tells cases apart",
		"CREATE TABLE t (a varchar(9) binary, b varbinary(9), c varchar(9)); INSERT INTO t "
		"VALUES ('a','a','a');",
		"SELECT a = 'A', b = 'A', c = 'A', a = 'a ', b = 'a ', c = 'a ' FROM t",
		"0|0|1|1|0|1\n", ""},
	{"a TIMESTAMP tells the zone of its dump, and nothing else does",
		"SET TIME_ZONE='+00:00'; CREATE TABLE t (a timestamp, b datetime, c "
		"timestamp(6), d varchar(30)); INSERT INTO t VALUES ('2004-12-31 "
		"22:04:05','2004-12-31 23:04:05','2004-12-31 22:04:05.000001','2004-12-31 "
		"22:04:05'),('0000-00-00 00:00:00',NULL,NULL,'');",
		"SELECT a, b, c, d FROM t",
		"2004-12-31 22:04:05+00:00|2004-12-31 23:04:05|2004-12-31 22:04:05.000001+00:00|"
		"2004-12-31 22:04:05\n0000-00-00 00:00:00|NULL|NULL|\n",
		""},
	{"without SET TIME_ZONE a TIMESTAMP is the server's local time",
		"CREATE TABLE t (a timestamp); INSERT INTO t VALUES ('2004-12-31 23:04:05');",
		"SELECT a FROM t", "2004-12-31 23:04:05\n", ""},
	{"of two rows with an integer key the later one stays",
		"CREATE TABLE t (a int, b int, PRIMARY KEY (a)); INSERT INTO t VALUES "
		"(1,1),(2,2),(1,3);",
		"SELECT a, b FROM t ORDER BY a", "1|3\n2|2\n", "row-replaced"},
	{"REPLACE lets the later row stay",
		"CREATE TABLE t (a varchar(9), b int, PRIMARY KEY (a)); REPLACE INTO t VALUES "
		"('x',1),('y',2); REPLACE INTO t VALUES ('X ',3);",
		"SELECT a, b FROM t ORDER BY b", "y|2\nX |3\n", "row-replaced"},
	{"INSERT IGNORE lets the first row stay",
		"CREATE TABLE t (a varchar(9), b int, PRIMARY KEY (a)); INSERT IGNORE INTO t "
		"VALUES "
		"('x',1),('y',2),('x',3);",
		"SELECT a, b FROM t ORDER BY b", "x|1\ny|2\n", "row-replaced"},
	{"INSERT IGNORE with an integer key lets the first row stay",
		"CREATE TABLE t (a int PRIMARY KEY, b int); INSERT IGNORE INTO t VALUES "
		"(1,1),(2,2),(1,3);",
		"SELECT a, b FROM t ORDER BY b", "1|1\n2|2\n", "row-replaced"},
	{"a key of two columns is one key",
		"CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a,b)); REPLACE INTO t VALUES "
		"(1,1,1),(1,2,2),(1,1,3);",
		"SELECT a, b, c FROM t ORDER BY c", "1|2|2\n1|1|3\n", "row-replaced"},
	{"trailing blanks are part of a key where the collation counts them",
		"CREATE TABLE t (a varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci, b "
		"int, "
		"PRIMARY KEY (a)); REPLACE INTO t VALUES ('x',1),('x ',2),('X',3);",
		"SELECT b FROM t ORDER BY b", "2\n3\n", "row-replaced"},
	{"a key that is no number is kept with its row",
		"CREATE TABLE t (a int PRIMARY KEY, b int); INSERT INTO t VALUES "
		"(1,1),('x',2),(NULL,3),(NULL,4),(5,5),(1,6);",
		"SELECT a, b FROM t ORDER BY b", "x|2\nNULL|3\nNULL|4\n5|5\n1|6\n",
		"row-key-replaced row-replaced"},
	{"a table that is dropped loses its rows",
		"CREATE TABLE t (a int); INSERT INTO t VALUES (1); DROP TABLE t; CREATE TABLE t (a "
		"int); INSERT INTO t VALUES (2);",
		"SELECT a FROM t", "2\n", "table-dropped"},
	{"a table that is dropped before it is made loses nothing",
		"DROP TABLE IF EXISTS t; CREATE TABLE t (a int); INSERT INTO t VALUES (2);",
		"SELECT a FROM t", "2\n", ""},
	{"a second CREATE TABLE keeps the rows and adds columns",
		"CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE TABLE t (a int, b int); "
		"INSERT INTO t VALUES (2,3);",
		"SELECT a, b FROM t ORDER BY a", "1|NULL\n2|3\n", ""},
	{"a key that is added after the rows lets the later row stay",
		"CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1,1); ALTER TABLE t ADD "
		"PRIMARY "
		"KEY (a); REPLACE INTO t VALUES (1,2);",
		"SELECT a, b FROM t", "1|2\n", "row-replaced"},
	{"columns that nothing declared and that hold integers are integers",
		"INSERT INTO t VALUES (10,'10','x'),(9,'9','y');",
		"SELECT c1, c2, c3 FROM t ORDER BY c1", "9|9|y\n10|10|x\n", ""},
	{"a quoted integer is one, too", "INSERT INTO t VALUES (10,'10'),(9,'9');",
		"SELECT c2 FROM t WHERE c2 < 10", "9\n", ""},
	{"a column that nothing declared compares as MySQL's text",
		"INSERT INTO t VALUES ('A'),('07');",
		"SELECT c1 FROM t WHERE c1 IN ('a ', '07') "
		"ORDER BY c1",
		"07\nA\n", ""},
	{"a long value is read from the dump",
		"CREATE TABLE t (a text); INSERT INTO t VALUES ('" LONG_300 "\\n\\0\\'''x');",
		"SELECT length(a), substr(a, -6), upper(substr(a, -1)) FROM t",
		"305|9\\x0a\\x00''x|X\n", ""},
	{"a long value in hexadecimal is bytes",
		"CREATE TABLE t (a longblob); INSERT INTO t VALUES (0x" LONG_300
		"),(_binary '" LONG_300 "');",
		"SELECT length(a) FROM t ORDER BY 1", "150\n300\n", ""},
	{"long values join",
		"CREATE TABLE t (a text, b int); INSERT INTO t VALUES ('" LONG_300
		"a',1),('" LONG_300 "A ',2),('" LONG_300 "b',3);",
		"SELECT x.b, y.b FROM t x JOIN t y ON x.a = y.a WHERE x.b < y.b", "1|2\n", ""},
	{"a table with SQLite's own name is left out",
		"CREATE TABLE sqlite_master (a int); INSERT INTO sqlite_master VALUES (1); CREATE "
		"TABLE "
		"t (a int);",
		"SELECT a FROM t", "", "table-unusable"},
	{"odd names are names",
		"CREATE TABLE `a \"b` (`c\"d` int, `select` int); INSERT INTO `a \"b` VALUES "
		"(1,2);",
		"SELECT \"c\"\"d\", \"select\" FROM \"a \"\"b\"", "1|2\n", ""},
};

static void
print_rows(GString *out, dc_stage_query *query)
{
	int status;

	while ((status = dc_stage_query_step(query, NULL)) == 1) {
		for (gsize i = 0; i < dc_stage_query_column_count(query); i++) {
			g_auto(dc_stage_value) value = {.kind = DC_STAGE_VALUE_NULL};
			g_autoptr(GBytes) bytes = NULL;

			g_assert_cmpint(dc_stage_query_value(query, i, &value, NULL), ==, 0);
			g_string_append(out, i > 0 ? "|" : "");
			if (dc_stage_value_load(&value, 1 << 20, &bytes, NULL) == 0)
				g_string_append(out, "NULL");
			else
				sample_print(out, g_bytes_get_data(bytes, NULL),
					g_bytes_get_size(bytes));
		}
		g_string_append_c(out, '\n');
	}
	g_assert_cmpint(status, ==, 0);
}

static draftconv_source *
new_source(const char *dump)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(dump, strlen(dump));
	draftconv_source *source = NULL;

	g_assert_cmpint(dc_source_new_bytes(bytes, "test.sql", &source, NULL), ==, 0);
	return source;
}

static char *
codes(const dc_findings *findings)
{
	GString *out = g_string_new("");

	for (size_t i = 0; i < dc_findings_count(findings); i++)
		g_string_append_printf(
			out, "%s%s", i > 0 ? " " : "", dc_findings_at(findings, i)->code);
	return g_string_free(out, FALSE);
}

static void
test_dump(gconstpointer data)
{
	const struct dump_case *c = data;
	g_autoptr(draftconv_source) source = new_source(c->dump);
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(dc_stage) stage = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(GString) rows = g_string_new("");

	g_assert_cmpint(dc_stage_new(source, NULL, &stage, &error), ==, 0);
	g_assert_cmpint(dc_stage_connect(stage, &conn, &error), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn, c->sql, &query, &error), ==, 0);
	print_rows(rows, query);
	g_assert_cmpstr(rows->str, ==, c->rows);
	g_autofree char *found = codes(dc_stage_findings(stage));
	g_assert_cmpstr(found, ==, c->findings);
}

/* ---- character sets ---- */

static const struct charset_case {
	const char *name;
	const char *dump;
	const char *sql;
	const char *pair; /* "client/column", or NULL for undeclared */
} charset_cases[] = {
	{"the client's set and the column's are the pair",
		"SET NAMES utf8; CREATE TABLE t (a text) DEFAULT CHARSET=latin1; INSERT INTO t "
		"VALUES "
		"('\xc3\xa6');",
		"SELECT a FROM t", "utf8/latin1"},
	{"a column that is not read does not count",
		"SET NAMES utf8; CREATE TABLE t (a text, b text CHARACTER SET koi8r) DEFAULT "
		"CHARSET=latin1; INSERT INTO t VALUES ('\xc3\xa6','\xc3\xa6');",
		"SELECT a FROM t", "utf8/latin1"},
	{"two sets of columns are undeclared",
		"SET NAMES utf8; CREATE TABLE t (a text, b text CHARACTER SET koi8r) DEFAULT "
		"CHARSET=latin1; INSERT INTO t VALUES ('\xc3\xa6','\xc3\xa6');",
		"SELECT a, b FROM t", NULL},
	{"two clients are undeclared",
		"CREATE TABLE t (a text) DEFAULT CHARSET=latin1; SET NAMES utf8; INSERT INTO t "
		"VALUES "
		"('\xc3\xa6'); SET NAMES latin1; INSERT INTO t VALUES ('\xe6');",
		"SELECT a FROM t", NULL},
	{"a literal of ASCII tells nothing",
		"CREATE TABLE t (a text) DEFAULT CHARSET=latin1; SET NAMES utf8; INSERT INTO t "
		"VALUES "
		"('\xc3\xa6'); SET NAMES latin1; INSERT INTO t VALUES ('e');",
		"SELECT a FROM t", "utf8/latin1"},
	{"hexadecimal is bytes of the column",
		"SET NAMES utf8; CREATE TABLE t (a text) DEFAULT CHARSET=latin1; INSERT INTO t "
		"VALUES "
		"(0xe6);",
		"SELECT a FROM t", "binary/latin1"},
	{"bytes have no set",
		"SET NAMES utf8; CREATE TABLE t (a blob); INSERT INTO t VALUES ('\xe6');",
		"SELECT a FROM t", NULL},
	{"old dumps tell the column's set only",
		"CREATE TABLE t (a text) CHARSET=latin1; INSERT INTO t VALUES ('\xe6');",
		"SELECT a FROM t", "/latin1"},
};

static void
test_charset(gconstpointer data)
{
	const struct charset_case *c = data;
	g_autoptr(draftconv_source) source = new_source(c->dump);
	g_autoptr(dc_stage) stage = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	const char *client;
	const char *column;

	g_assert_cmpint(dc_stage_new(source, NULL, &stage, NULL), ==, 0);
	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn, c->sql, &query, NULL), ==, 0);
	bool declared = dc_stage_query_charsets(query, &client, &column);
	g_autofree char *pair = declared ? g_strconcat(client, "/", column, NULL) : NULL;
	g_assert_cmpstr(pair, ==, c->pair);
}

/* ---- what is staged ---- */

static void
test_named_tables(void)
{
	g_autoptr(draftconv_source) source = new_source(
		"CREATE TABLE Drafts (a int, b text, c text); INSERT INTO Drafts VALUES "
		"(1,'x','y'); CREATE TABLE draft (a int); INSERT INTO draft VALUES (1);");
	const char *const statements[] = {"SELECT a, count(*) FROM drafts", "SELECT B FROM x"};
	dc_stage_options options = {.statements = statements, .statement_count = 2};
	g_autoptr(dc_stage) stage = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(GString) rows = g_string_new("");

	g_assert_cmpint(dc_stage_new(source, &options, &stage, NULL), ==, 0);
	g_assert_cmpuint(dc_stage_table_count(stage), ==, 1);
	const dc_stage_table *table = dc_stage_table_find(stage, "DRAFTS");
	g_assert_cmpstr(table->name, ==, "Drafts");
	g_assert_cmpuint(table->rows, ==, 1);
	g_assert_cmpuint(table->columns->len, ==, 3);

	/* Nobody asked for column c, so it is not kept; rows and other columns are. */
	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn, "SELECT a, b, c FROM drafts", &query, NULL), ==, 0);
	print_rows(rows, query);
	g_assert_cmpstr(rows->str, ==, "1|x|NULL\n");
	g_clear_pointer(&query, dc_stage_query_free);
	g_assert_cmpint(dc_stage_prepare(conn, "SELECT a FROM draft", &query, NULL), ==,
		DRAFTCONV_ERROR_NOT_FOUND);
}

static void
test_schema(void)
{
	g_autoptr(draftconv_source) source = new_source("INSERT INTO t VALUES ('007','x');");
	dc_stage_options options = {.schema = "CREATE TABLE t (id int, name varchar(9));"};
	g_autoptr(dc_stage) stage = NULL;
	g_autoptr(dc_stage) empty = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(GString) rows = g_string_new("");

	g_assert_cmpint(dc_stage_new(source, &options, &stage, NULL), ==, 0);
	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn, "SELECT id, name FROM t", &query, NULL), ==, 0);
	print_rows(rows, query);
	g_assert_cmpstr(rows->str, ==, "7|x\n");

	g_assert_cmpint(dc_stage_new_schema(options.schema, &empty, NULL), ==, 0);
	g_assert_cmpuint(dc_stage_table_count(empty), ==, 1);
	g_assert_cmpint(dc_stage_column_find(dc_stage_table_at(empty, 0), "ID")->affinity, ==,
		DC_STAGE_INTEGER);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(dump_cases); i++) {
		g_autofree char *path = g_strdup_printf("/source/%s", dump_cases[i].name);

		g_test_add_data_func(path, &dump_cases[i], test_dump);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(charset_cases); i++) {
		g_autofree char *path = g_strdup_printf("/charsets/%s", charset_cases[i].name);

		g_test_add_data_func(path, &charset_cases[i], test_charset);
	}
	g_test_add_func(
		"/source/only tables and columns that are named are kept", test_named_tables);
	g_test_add_func("/source/a schema types what has no CREATE TABLE", test_schema);
	return g_test_run();
}
