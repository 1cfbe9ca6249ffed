/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which database a table is of, and which one counts: --database. */
#include "events.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char two[] = "USE a;\nCREATE TABLE t (x int);\nINSERT INTO t VALUES (1);\n"
			  "USE b;\nCREATE TABLE t (x int);\nINSERT INTO t VALUES (2);\n"
			  "CREATE TABLE u (x int);\nINSERT INTO u VALUES (3);\n";
static const char unnamed_first[] = "INSERT INTO t VALUES (1);\nUSE b;\nINSERT INTO t VALUES (2);\n"
				    "INSERT INTO u VALUES (3);\n";
static const char full[] = "-- MySQL dump 10.11\n--\n-- Host: localhost    Database: mail\n"
			   "CREATE TABLE t (x int);\nINSERT INTO t VALUES (1);\n";
static const char delta[] = "-- MySQL dump 10.11\n--\n-- Host: localhost    Database: copy\n"
			    "INSERT INTO t VALUES (2);\n";
static const char unnamed[] = "INSERT INTO t VALUES (3);\n";
static const char admin[] =
	"-- phpMyAdmin SQL Dump\n-- version 2.11\n-- \n-- Database: `mail`\n-- \n"
	"INSERT INTO t VALUES (4);\nINSERT INTO mail.t VALUES (5);\n";
static const char cut[] = "USE a;\nINSERT INTO t VALUES (1),(2";
static const char all_of_it[] = "-- MySQL dump 10.11\n--\n-- Host: localhost    Database: \n"
				"INSERT INTO t VALUES (6);\nUSE b;\nINSERT INTO u VALUES (7);\n";

#define CHOOSE "error -1: table t stands in several databases: choose one of "

static const struct database_case {
	const char *name;
	const char *dumps[2];
	const char *database;
	const char *unwanted;
	const char *want;
} cases[] = {
	{"a table in two has to be chosen", {two}, NULL, NULL,
		"t: 1\nu: 3\n" CHOOSE "a, b with --database\n"},
	{"of a table that nobody wants it is no matter", {two}, NULL, "t", "u: 3\n"},
	{"the one that is named counts", {two}, "b", NULL, "t: 2\nu: 3\n"},
	{"one that is not there is answered with those that are", {two}, "c", NULL,
		"error -1: no database c in the source, which has a, b: choose one of them with "
		"--database\n"},
	{"no database and one are two", {unnamed_first}, NULL, NULL,
		"t: 1\nu: 3\n" CHOOSE "'' (before any USE), b with --database\n"},
	{"a table before any USE is not of the named one", {unnamed_first}, "b", NULL,
		"t: 2\nu: 3\n"},
	{"an empty name is the tables before any USE", {unnamed_first}, "", NULL, "t: 1\n"},
	{"the header names it, too", {full}, "mail", NULL, "t: 1\n"},
	{"what the header names is not another one", {full}, "b", NULL,
		"error -1: no database b in the source, which has mail: choose one of them with "
		"--database\n"},
	{"USE after a header of the same name is the same one", {admin}, NULL, NULL,
		"t: 4\nt: 5\n"},
	{"phpMyAdmin's header names it, too", {admin}, "mail", NULL, "t: 4\nt: 5\n"},
	{"a header without a name names none", {all_of_it}, "", NULL, "t: 6\n"},
	{"USE in front of a header without a name counts",
		{"USE b;\n-- MySQL dump 10.11\nINSERT INTO t VALUES (1);\n"}, "b", NULL, "t: 1\n"},
	{"the next header's name ends the last USE",
		{"USE a;\nINSERT INTO t VALUES (1);\n-- MySQL dump 10.11\n-- Host: localhost    "
		 "Database: b\n"
		 "INSERT INTO t VALUES (2);\n"},
		"b", NULL, "t: 2\n"},
	{"headers of two sources may differ", {full, delta}, NULL, NULL, "t: 1\nt: 2\n"},
	{"a source without a name adds to one that has one", {full, unnamed}, NULL, NULL,
		"t: 1\nt: 3\n"},
	{"two sources under two USEs are two databases",
		{"USE a;\nINSERT INTO t VALUES (1);\n", "USE b;\nINSERT INTO t VALUES (2);\n"},
		NULL, NULL, "t: 1\n" CHOOSE "a, b with --database\n"},
	{"a source without a name cannot be chosen from", {unnamed}, "mail", NULL,
		"error -1: 0.sql names no database: leave --database out, or put 'USE mail;' in "
		"front of the dump\n"},
	{"nor is one of two sources left out in silence", {full, unnamed}, "mail", NULL,
		"t: 1\nerror -1: 1.sql names no database: leave --database out, or put 'USE mail;' "
		"in front of the dump\n"},
	{"behind a cut there may be another one", {cut}, "b", NULL,
		"error -2: no database b in the source, which has a: it is cut, the database may "
		"stand in the part that is missing\n"},
	{"XML names databases, too",
		{"<mysqldump><database name=\"a\"><table_data name=\"t\"><row><field name=\"x\">1"
		 "</field></row></table_data></database><database name=\"b\"><table_data "
		 "name=\"t\">"
		 "<row><field name=\"x\">2</field></row></table_data></database></mysqldump>\n"},
		"b", NULL, "t: utf8'2'\n"},
};

static draftconv_source *
open_dumps(const char *const *dumps, const char *database)
{
	struct draftconv_source_options options = {
		.struct_size = sizeof options, .database = database};
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	draftconv_source *source = NULL;

	for (guint i = 0; i < 2 && dumps[i] != NULL; i++) {
		char *path = g_strdup_printf("%u.sql", i);

		g_assert_true(g_file_set_contents(path, dumps[i], -1, NULL));
		g_ptr_array_add(paths, path);
	}
	g_assert_cmpint(draftconv_source_open((const char *const *)paths->pdata, paths->len,
				&options, &source, NULL),
		==, 0);
	for (guint i = 0; i < paths->len; i++)
		g_unlink(paths->pdata[i]);
	return source;
}

static void
test_database(gconstpointer data)
{
	const struct database_case *c = data;
	g_autoptr(draftconv_source) source = open_dumps(c->dumps, c->database);
	struct events events = {.unwanted_table = c->unwanted};

	g_autofree char *got = events_scan(&events, source, NULL);
	g_assert_cmpstr(got, ==, c->want);
}

/* A listing shows what can be chosen. */
static int
append(void *user, const char *database, const struct draftconv_table *table, uint64_t rows)
{
	g_string_append_printf(user, "%s.%s %" G_GUINT64_FORMAT " %zu\n", database, table->name,
		(guint64)rows, table->column_count);
	return 0;
}

static void
test_listing(void)
{
	static const char *const dumps[] = {"INSERT INTO t VALUES (1);\n"
					    "USE a;\nCREATE TABLE t (x int, y int);\n"
					    "INSERT INTO t VALUES (1,1),(2,2);\n"
					    "USE b;\nCREATE TABLE t (x int, y int, z int);\n"
					    "INSERT INTO t VALUES (1,2,3);\nDROP TABLE t;\n"
					    "INSERT INTO t VALUES (4,5,6);\nINSERT INTO a.t "
					    "VALUES (3,3);\n",
		NULL};
	g_autoptr(draftconv_source) all = open_dumps(dumps, NULL);
	g_autoptr(draftconv_source) one = open_dumps(dumps, "b");
	g_autoptr(GString) got = g_string_new(NULL);

	g_assert_cmpint(draftconv_source_tables(all, append, got, NULL), ==, 0);
	g_assert_cmpstr(got->str, ==, ".t 1 1\na.t 3 2\nb.t 1 3\n");
	g_string_truncate(got, 0);
	g_assert_cmpint(draftconv_source_tables(one, append, got, NULL), ==, 0);
	g_assert_cmpstr(got->str, ==, "b.t 1 3\n");
}

int
main(int argc, char **argv)
{
	g_autofree char *directory = g_dir_make_tmp("draftconv-test-XXXXXX", NULL);

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(chdir(directory), ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/databases/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_database);
	}
	g_test_add_func("/databases/a listing shows all of them", test_listing);
	int status = g_test_run();
	g_assert_cmpint(chdir("/"), ==, 0);
	g_rmdir(directory);
	return status;
}
