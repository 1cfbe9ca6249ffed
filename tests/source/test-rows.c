/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources that are no text: SQLite files, also hostile ones, and rows of a program's own. */
#include "events.h"

#include "lib/base/autoptr.h"

#include <glib/gstdio.h>

#include <string.h>

struct place {
	char *directory;
	char *path;
};

static void
place_init(struct place *place, const char *sql)
{
	g_autoptr(sqlite3) db = NULL;

	place->directory = g_dir_make_tmp("draftconv-XXXXXX", NULL);
	place->path = g_build_filename(place->directory, "file:x?y", NULL);
	g_assert_cmpint(sqlite3_open(place->path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
place_clear(struct place *place)
{
	g_unlink(place->path);
	g_rmdir(place->directory);
	g_free(place->directory);
	g_free(place->path);
}

static char *
scan_path(const char *path, draftconv_source **source, bool tables)
{
	g_autoptr(draftconv_error) error = NULL;
	struct events events = {.tables = tables};

	if (draftconv_source_open(&path, 1, NULL, source, &error) < 0)
		return g_strdup_printf("error: %s", draftconv_error_message(error));
	return events_scan(&events, *source, NULL);
}

static const struct sqlite_case {
	const char *name;
	const char *sql;
	const char *want;
} sqlite_cases[] = {
	{"values keep their kinds",
		"CREATE TABLE t (a INTEGER PRIMARY KEY, b VARCHAR(9) NOT NULL, c);"
		"INSERT INTO t VALUES (1,'x',NULL),(-2,x'00ff',1.5),(3,'\xc3\xa5','');",
		"table t/(a:integer::, b:varchar(9)::!, c:::; primary 0)\n"
		"t: -2|x'00ff'|1.5\nt: 1|utf8'x'|~\nt: 3|utf8'\\c3\\a5'|utf8''\n"},
	{"keys are told", "CREATE TABLE t (a int, b int, UNIQUE (b, a)); CREATE INDEX k ON t (b);",
		"table t/(a:int::, b:int::; key k 1; unique sqlite_autoindex_t_1 1 0)\n"},
	{"views, triggers and generated columns never run",
		"CREATE TABLE t (a int, b AS (a + 1)); CREATE VIEW v AS SELECT 1 AS x; CREATE "
		"TRIGGER g "
		"AFTER INSERT ON t BEGIN SELECT 1; END; INSERT INTO t VALUES (1);",
		"table t/(a:int::, b:::=)\nt: 1|-\n"},
	{"tables without rowid, and with columns of its names",
		"CREATE TABLE t (rowid text, oid text, _rowid_ text); INSERT INTO t VALUES "
		"('a','b','c');"
		"CREATE TABLE u (a text PRIMARY KEY) WITHOUT ROWID; INSERT INTO u VALUES "
		"('z'),('y');",
		"table t/(rowid:text::, oid:text::, _rowid_:text::)\nt: utf8'a'|utf8'b'|utf8'c'\n"
		"table u/(a:text::!; primary 0)\nu: utf8'y'\nu: utf8'z'\n"},
	{"odd names", "CREATE TABLE \"a\"\"b\" (\"c d\" int); INSERT INTO \"a\"\"b\" VALUES (1);",
		"table a\"b/(c d:int::)\na\"b: 1\n"},
};

static void
test_sqlite(gconstpointer data)
{
	const struct sqlite_case *c = data;
	g_autoptr(draftconv_source) source = NULL;
	struct draftconv_source_facts facts;
	struct place place;

	place_init(&place, c->sql);
	g_autofree char *got = scan_path(place.path, &source, true);
	g_assert_cmpstr(got, ==, c->want);
	g_assert_cmpint(draftconv_source_describe(source, 0, &facts, sizeof facts), ==, 0);
	g_assert_cmpstr(facts.format, ==, "SQLite");
	g_assert_cmpint(facts.completeness, ==, DRAFTCONV_SOURCE_COMPLETE);
	g_assert_false(facts.damaged);
	place_clear(&place);
}

static void
test_sqlite_long(void)
{
	g_autoptr(draftconv_source) source = NULL;
	struct place place;

	/* 9 MB is more than SQLite is allowed to load. */
	place_init(&place,
		"CREATE TABLE t (a, b, c); INSERT INTO t VALUES (1, "
		"CAST(zeroblob(300) AS TEXT), NULL), (2, zeroblob(9000000), 'x'), (3, 'y', 2.5);");
	g_autofree char *got = scan_path(place.path, &source, false);
	g_autofree char *zeros = g_strnfill(18000000, '0');
	g_assert_true(g_str_has_prefix(got, "t: 1|*utf8'\\00"));
	const char *second = strstr(got, "t: 2|*x'");
	g_assert_nonnull(second);
	g_assert_cmpint(strncmp(second + 8, zeros, 18000000), ==, 0);
	g_assert_cmpstr(second + 8 + 18000000, ==, "'|utf8'x'\nt: 3|utf8'y'|2.5\n");
	place_clear(&place);
}

/* Every page of the file spoiled in turn: no crash, no hang, and the damage is told. */
static void
test_sqlite_hostile(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(3);
	g_autofree char *good = NULL;
	struct place place;
	gsize size = 0;
	int told = 0;

	place_init(&place,
		"PRAGMA page_size = 512; CREATE TABLE t (a INTEGER PRIMARY KEY, b text);"
		"WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT "
		"INTO t SELECT i, printf('%0100d', i) FROM n; CREATE INDEX k ON t (b);");
	g_assert_true(g_file_get_contents(place.path, &good, &size, NULL));
	for (int round = 0; round < 60; round++) {
		g_autofree char *bad = g_memdup2(good, size);
		g_autoptr(draftconv_source) source = NULL;

		for (int i = 0; i < 20; i++)
			bad[g_rand_int_range(rand, 16, (gint32)size)] =
				(char)g_rand_int_range(rand, 0, 256);
		g_assert_true(g_file_set_contents_full(
			place.path, bad, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
		g_autofree char *got = scan_path(place.path, &source, false);
		g_assert_nonnull(got);
		told += source != NULL && dc_source_damaged(source) ? 1 : 0;
	}
	g_assert_cmpint(told, >, 15);

	g_autoptr(draftconv_source) half = NULL;
	g_assert_true(g_file_set_contents(place.path, good, (gssize)(size / 2), NULL));
	g_autofree char *got = scan_path(place.path, &half, false);
	g_assert_true(dc_source_damaged(half));
	place_clear(&place);
}

static guint
read_16(const guint8 *p)
{
	return (guint)p[0] << 8 | p[1];
}

/* Every child of PAGE becomes CHILD. File format of SQLite, 1.6: page 2 is the table's root. */
static void
aim(guint8 *page, guint32 child)
{
	const guint32 number = GUINT32_TO_BE(child);

	for (guint i = 0; i < read_16(page + 3); i++)
		memcpy(page + read_16(page + 12 + 2 * i), &number, 4);
	memcpy(page + 8, &number, 4);
}

/* Each page of a tree stands many times in the one above: some 12^17 rows of a file of 200 KB. */
static void
test_sqlite_endless(void)
{
	g_autoptr(draftconv_source) source = NULL;
	g_autofree char *file = NULL;
	struct place place;
	gsize size = 0;
	guint8 *above;
	int depth = 0;

	place_init(&place,
		"PRAGMA page_size = 512; CREATE TABLE t (a text PRIMARY KEY) WITHOUT ROWID;"
		"WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT "
		"INTO t SELECT printf('%030d', i) FROM n;");
	g_assert_true(g_file_get_contents(place.path, &file, &size, NULL));
	above = (guint8 *)file + 512;
	g_assert_cmpuint(above[0], ==, 2);
	for (gsize at = 1024; at < size && depth < 17; at += 512) {
		if (file[at] != 2)
			continue;
		aim(above, (guint32)(at / 512 + 1));
		above = (guint8 *)file + at;
		depth++;
	}
	g_assert_cmpint(depth, ==, 17);
	for (gsize at = 1024; at < size; at += 512) {
		if (file[at] == 10)
			aim(above, (guint32)(at / 512 + 1));
	}
	g_assert_true(g_file_set_contents(place.path, file, (gssize)size, NULL));
	g_autofree char *got = scan_path(place.path, &source, false);
	g_assert_true(dc_source_damaged(source));
	g_assert_cmpuint(strlen(got), >, 2 * size);
	g_assert_cmpuint(strlen(got), <, 100 * size);
	place_clear(&place);
}

/* ---- rows of a program ---- */

struct program {
	size_t table;
	int row;
	int freed;
	int fail; /* what row answers instead */
};

static int
next_table(void *user, size_t index, struct draftconv_table *table)
{
	static const char *const columns[] = {"id", "body"};
	static const char *const types[] = {"INT UNSIGNED", NULL};
	struct program *program = user;

	if (index == 2)
		return 0;
	program->table = index;
	program->row = 0;
	*table = (struct draftconv_table){.name = index == 0 ? "t" : "u",
		.columns = columns,
		.types = index == 0 ? types : NULL,
		.column_count = 2};
	return 1;
}

static int
next_row(void *user, struct draftconv_value *values, size_t count)
{
	static const char long_text[] =
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789012345678901234567890123456789";
	struct program *program = user;

	g_assert_cmpuint(count, ==, 2);
	if (program->fail != 0)
		return program->fail;
	switch (program->row++) {
	case 0:
		values[0] = (struct draftconv_value){"7", 1, NULL};
		values[1] = (struct draftconv_value){"\xff", 1, "binary"};
		return 1;
	case 1:
		values[1] = (struct draftconv_value){long_text, sizeof long_text - 1, "UTF8MB4"};
		return 1;
	default:
		return 0;
	}
}

static void
free_program(void *user)
{
	((struct program *)user)->freed++;
}

static void
test_program(void)
{
	struct program program = {0};
	const struct draftconv_rows rows = {.struct_size = sizeof rows,
		.user = &program,
		.table = next_table,
		.row = next_row,
		.free = free_program};
	draftconv_source *source = NULL;
	struct events events = {.tables = true};

	g_assert_cmpint(draftconv_source_new_rows(&rows, NULL, &source, NULL), ==, 0);
	for (int i = 0; i < 2; i++) {
		g_autofree char *got = events_scan(&events, source, NULL);

		g_assert_true(g_str_has_prefix(got, "table t/(id:int unsigned::, body:::)\nt: "
						    "'7'|x'ff'\nt: ~|*utf8mb4'0123456789"));
		g_assert_nonnull(
			strstr(got, "'\ntable u/(id:::, body:::)\nu: '7'|x'ff'\nu: ~|*utf8mb4'0"));
	}
	draftconv_source_free(source);
	g_assert_cmpint(program.freed, ==, 1);
}

static void
test_program_fails(void)
{
	struct program program = {.fail = DRAFTCONV_ERROR_UNREACHABLE};
	const struct draftconv_rows rows = {
		.struct_size = sizeof rows, .user = &program, .table = next_table, .row = next_row};
	struct draftconv_rows half = rows;
	g_autoptr(draftconv_source) source = NULL;
	draftconv_source *none = NULL;
	struct events events = {0};

	g_assert_cmpint(draftconv_source_new_rows(&rows, NULL, &source, NULL), ==, 0);
	g_autofree char *got = events_scan(&events, source, NULL);
	g_assert_cmpstr(got, ==, "error -4: the program's rows answered with error -4\n");
	half.row = NULL;
	g_assert_cmpint(
		draftconv_source_new_rows(&half, NULL, &none, NULL), ==, DRAFTCONV_ERROR_ARGUMENT);
	g_assert_null(none);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(sqlite_cases); i++) {
		g_autofree char *path = g_strdup_printf("/source/sqlite/%s", sqlite_cases[i].name);

		g_test_add_data_func(path, &sqlite_cases[i], test_sqlite);
	}
	g_test_add_func(
		"/source/sqlite/values too long to be loaded are read in pieces", test_sqlite_long);
	g_test_add_func("/source/sqlite/a spoiled file does no harm", test_sqlite_hostile);
	g_test_add_func("/source/sqlite/a file of endless rows ends", test_sqlite_endless);
	g_test_add_func("/source/rows/a program's rows, twice", test_program);
	g_test_add_func("/source/rows/a program's error is handed up", test_program_fails);
	return g_test_run();
}
