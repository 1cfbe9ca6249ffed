/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of tables and columns are a stranger's: whatever they hold, they are names and nothing else. */
#include "lib/base/limits.h"
#include "lib/source/source.h"
#include "lib/stage/stage.h"

#include <string.h>

static const char *const names[] = {
	"x\"; DROP TABLE d; --",
	"x'); DELETE FROM d; --",
	"]; DROP TABLE d; --",
	"a`b",
	"a\"b\"\"c",
	"select",
	"rowid",
	"main.d",
	"temp.d",
	"*",
	"?1",
	":key",
	"%s%n",
	" ",
	"a\nb",
	"a\x01\x1b[2J",
	"\xe2\x80\xae\xd9\xa1",
	"../../etc/passwd",
};

/* As SQL of MySQL, and as SQL of a profile. [transfer full] */
static char *
quoted(const char *name, const char *quote)
{
	g_auto(GStrv) parts = g_strsplit(name, quote, -1);
	g_autofree char *twice = g_strconcat(quote, quote, NULL);
	g_autofree char *inner = g_strjoinv(twice, parts);

	return g_strconcat(quote, inner, quote, NULL);
}

static dc_stage *
stage_of(const char *text, draftconv_source **source)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	dc_stage *stage = NULL;

	g_assert_cmpint(dc_source_new_bytes(bytes, "dump", source, NULL), ==, 0);
	g_assert_cmpint(dc_stage_new(*source, NULL, &stage, NULL), ==, 0);
	return stage;
}

/* The first value of the first row, as text. [transfer full] */
static char *
ask(dc_stage *stage, const char *sql)
{
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(draftconv_error) error = NULL;
	g_auto(dc_stage_value) value = {.kind = DC_STAGE_VALUE_NULL};
	g_autoptr(GBytes) bytes = NULL;

	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	if (dc_stage_prepare(conn, sql, &query, &error) < 0)
		return g_strdup(draftconv_error_message(error));
	g_assert_cmpint(dc_stage_query_step(query, NULL), ==, 1);
	g_assert_cmpint(dc_stage_query_value(query, 0, &value, NULL), ==, 0);
	g_assert_cmpint(dc_stage_value_load(&value, 100, &bytes, NULL), ==, 1);
	return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static const char d[] = "CREATE TABLE d (id int, PRIMARY KEY (id));INSERT INTO d VALUES (7);\n";

static void
test_table(gconstpointer data)
{
	g_autofree char *there = quoted(data, "`");
	g_autofree char *here = quoted(data, "\"");
	g_autofree char *dump = g_strdup_printf(
		"%sCREATE TABLE %s (a int, b text);INSERT INTO %s VALUES (5,'five');\n", d, there,
		there);
	g_autofree char *sql = g_strdup_printf("SELECT b FROM %s", here);
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(dc_stage) stage = stage_of(dump, &source);
	g_autofree char *got = ask(stage, sql);
	g_autofree char *still = ask(stage, "SELECT id FROM d");

	g_assert_cmpstr(got, ==, "five");
	g_assert_cmpstr(still, ==, "7");
}

/* A column, its key, and an index over it. */
static void
test_column(gconstpointer data)
{
	g_autofree char *there = quoted(data, "`");
	g_autofree char *here = quoted(data, "\"");
	g_autofree char *dump = g_strdup_printf(
		"%sCREATE TABLE t (a int, %s varchar(9), PRIMARY KEY (%s), KEY %s (a,%s));"
		"INSERT INTO t VALUES (5,'five'),(6,'six');REPLACE INTO t (%s,a) VALUES "
		"('five',8);",
		d, there, there, there, there, there);
	g_autofree char *sql = g_strdup_printf("SELECT a FROM t WHERE %s = 'five'", here);
	const char *const columns[] = {data, NULL};
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(dc_stage) stage = stage_of(dump, &source);

	g_assert_cmpint(dc_stage_create_index(stage, "t", columns, NULL), >=, 0);
	g_autofree char *got = ask(stage, sql);
	g_autofree char *still = ask(stage, "SELECT id FROM d");
	g_assert_cmpstr(got, ==, "8");
	g_assert_cmpstr(still, ==, "7");
}

/* More columns than a table has anywhere: the table is not usable, and the rest is. */
static void
test_many_columns(void)
{
	for (int form = 0; form < 3; form++) {
		g_autoptr(GString) dump = g_string_new(d);
		g_autoptr(draftconv_source) source = NULL;

		if (form == 0)
			g_string_append(dump, "CREATE TABLE t (");
		else
			g_string_append(
				dump, form == 1 ? "INSERT INTO t (" : "INSERT INTO t VALUES (");
		for (int i = 0; i < 10000; i++)
			g_string_append_printf(dump,
				form == 0   ? "%sc%d int"
				: form == 1 ? "%sc%d"
					    : "%s%d",
				i == 0 ? "" : ",", i);
		g_string_append(dump, form == 1 ? ") VALUES (1);\n" : ");\n");
		g_string_append(dump, "INSERT INTO d VALUES (8);\n");

		g_autoptr(dc_stage) stage = stage_of(dump->str, &source);
		g_autofree char *got = ask(stage, "SELECT count(*) FROM d");
		const dc_stage_table *table = dc_stage_table_find(stage, "t");

		g_assert_cmpstr(got, ==, "2");
		if (table != NULL)
			g_assert_cmpuint(table->columns->len, <=, DC_COLUMNS_MAX);
		g_assert_true(dc_source_damaged(source) ||
			      dc_findings_count(dc_source_findings(source)) > 0);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *table = g_strdup_printf("/names/table %" G_GSIZE_FORMAT, i);
		g_autofree char *column = g_strdup_printf("/names/column %" G_GSIZE_FORMAT, i);

		g_test_add_data_func(table, names[i], test_table);
		g_test_add_data_func(column, names[i], test_column);
	}
	g_test_add_func("/names/ten thousand columns", test_many_columns);
	return g_test_run();
}
