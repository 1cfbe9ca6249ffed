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
	g_test_add_func("/tables/a callback ends the listing", test_stopped);
	return g_test_run();
}
