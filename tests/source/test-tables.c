/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The listing of tables, through the public interface. */
#include "lib/source/source.h"

#include <string.h>

static int
append(void *user, const char *database, const struct draftconv_table *table, uint64_t rows)
{
	GString *text = user;

	g_string_append_printf(
		text, "%s/%s %" G_GUINT64_FORMAT ":", database, table->name, (guint64)rows);
	for (size_t i = 0; i < table->column_count; i++)
		g_string_append_printf(text, " %s %s", table->columns[i], table->types[i]);
	g_string_append_c(text, '\n');
	return 0;
}

/* Charsets declared, what values look like, keys. */
static int
append_facts(void *user, const char *database, const struct draftconv_table *table, uint64_t rows)
{
	(void)database;
	(void)rows;
	for (size_t i = 0; i < table->column_count; i++)
		g_string_append_printf(user, "%s %s %u/%u/%u\n", table->columns[i],
			table->charsets[i], (unsigned)table->seen[i].utf8,
			(unsigned)table->seen[i].iso2022, (unsigned)table->seen[i].other);
	for (size_t i = 0; table->keys[i] != NULL; i++)
		g_string_append_printf(user, "%s\n", table->keys[i]);
	return 0;
}

static int
stop(void *user, const char *database, const struct draftconv_table *table, uint64_t rows)
{
	(void)database;
	(void)table;
	(void)rows;
	++*(int *)user;
	return DRAFTCONV_ERROR_CANCELLED;
}

static draftconv_source *
open_text(const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
	draftconv_source *source = NULL;

	g_assert_cmpint(dc_source_new_bytes(bytes, "dump.sql", &source, NULL), ==, DRAFTCONV_OK);
	return source;
}

static const char dump[] = "USE a;\nCREATE TABLE t (x int(11), y text);\n"
			   "INSERT INTO t VALUES (1,'one'),(2,'two');\n"
			   "CREATE TABLE empty (z date);\n"
			   "INSERT INTO unknown VALUES (1,2,3);\n-- Dump completed\n";

static void
test_listed(void)
{
	g_autoptr(draftconv_source) source = open_text(dump);
	g_autoptr(GString) got = g_string_new(NULL);

	g_assert_cmpint(draftconv_source_tables(source, append, got, NULL), ==, DRAFTCONV_OK);
	g_assert_cmpstr(got->str, ==,
		"a/empty 0: z date\na/t 2: x int(11) y text\na/unknown 1: c1  c2  c3 \n");
}

static void
test_facts(void)
{
	g_autoptr(GString) text = g_string_new(
		"CREATE TABLE t (a int, b text, c varchar(9) CHARACTER SET koi8r, d blob, PRIMARY "
		"KEY "
		"(a), UNIQUE KEY u (b(10),c), KEY (c)) CHARSET=latin1;\nINSERT INTO t VALUES "
		"(1,'\xc3\xa6','\xe6','\xe6'),(2,'a','\x1b$B0l\x1b(B',0xe6),(3,'");

	/* A long value that ends, as far as it is looked at, inside of a letter. */
	for (int i = 0; i < 5000; i++)
		g_string_append(text, "\xe2\x82\xac");
	g_string_append(text, "a',0xe6,'');\n");
	g_string_append(text, "INSERT INTO t VALUES (4,'\xe2\x82','x',NULL);\n");
	g_autoptr(draftconv_source) source = open_text(text->str);
	g_autoptr(GString) got = g_string_new(NULL);

	g_assert_cmpint(draftconv_source_tables(source, append_facts, got, NULL), ==, DRAFTCONV_OK);
	g_assert_cmpstr(got->str, ==,
		"a  0/0/0\nb latin1 2/0/1\nc koi8r 0/1/2\nd  0/0/0\n"
		"PRIMARY KEY (a)\nUNIQUE u (b, c)\nKEY (c)\n");
}

static void
test_stopped(void)
{
	g_autoptr(draftconv_source) source = open_text(dump);
	g_autoptr(draftconv_error) error = NULL;
	int calls = 0;

	g_assert_cmpint(draftconv_source_tables(source, stop, &calls, &error), ==,
		DRAFTCONV_ERROR_CANCELLED);
	g_assert_cmpint(calls, ==, 1);
	g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tables/they come with columns, types and numbers of rows", test_listed);
	g_test_add_func("/tables/with keys, and what their texts look like", test_facts);
	g_test_add_func("/tables/a callback ends the listing", test_stopped);
	return g_test_run();
}
