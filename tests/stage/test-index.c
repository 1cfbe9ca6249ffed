/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Index files: used when they fit their source, and never believed. */
#include "lib/source/source.h"
#include "lib/stage/stage.h"

#include <glib/gstdio.h>
#include <string.h>

static const char dump[] =
	"SET NAMES utf8; CREATE TABLE d (id int, who varchar(20), body text, PRIMARY KEY (id), KEY "
	"(who)) CHARSET=latin1;"
	"INSERT INTO d VALUES (1,'a','one'),(2,'b','%s\xc3\xa6'),(2,'c','three');"
	"INSERT INTO e VALUES (7,'8','x');";

struct place {
	char *directory;
	char *dump;
	char *index;
};

static void
write_dump(const struct place *place, char fill)
{
	g_autofree char *body = g_strnfill(300, fill);
	g_autoptr(GString) text = g_string_new(dump);

	g_string_replace(text, "%s", body, 1);
	g_assert_true(g_file_set_contents(place->dump, text->str, -1, NULL));
}

static struct place
new_place(void)
{
	struct place place;

	place.directory = g_dir_make_tmp("draftconv-index-XXXXXX", NULL);
	place.dump = g_build_filename(place.directory, "dump.sql", NULL);
	place.index = g_build_filename(place.directory, "index", NULL);
	write_dump(&place, 'x');
	return place;
}

static void
clear_place(struct place *place)
{
	g_assert_cmpint(g_unlink(place->dump), ==, 0);
	(void)g_unlink(place->index);
	/* Nothing else may be left over. */
	g_assert_cmpint(g_rmdir(place->directory), ==, 0);
	g_free(place->directory);
	g_free(place->dump);
	g_free(place->index);
}

static draftconv_source *
open_source(const struct place *place)
{
	const char *const arguments[] = {place->dump};
	draftconv_source *source = NULL;

	g_assert_cmpint(draftconv_source_open(arguments, 1, NULL, &source, NULL), ==, 0);
	return source;
}

static char *
ask(dc_stage *stage)
{
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	GString *out = g_string_new("");
	const char *client = NULL;
	const char *column = NULL;

	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn,
				"SELECT id, who, length(body), c1 + c2 FROM d JOIN e ORDER BY id",
				&query, NULL),
		==, 0);
	g_assert_true(dc_stage_query_charsets(query, &client, &column));
	g_string_append_printf(out, "%s/%s", client, column);
	while (dc_stage_query_step(query, NULL) == 1)
		for (size_t i = 0; i < 4; i++) {
			g_auto(dc_stage_value) value = {.kind = DC_STAGE_VALUE_NULL};
			g_autoptr(GBytes) bytes = NULL;

			g_assert_cmpint(dc_stage_query_value(query, i, &value, NULL), ==, 0);
			g_assert_cmpint(dc_stage_value_load(&value, 100, &bytes, NULL), ==, 1);
			g_string_append_printf(out, " %.*s", (int)g_bytes_get_size(bytes),
				(const char *)g_bytes_get_data(bytes, NULL));
		}
	return g_string_free(out, FALSE);
}

static void
build(const struct place *place)
{
	g_autoptr(draftconv_source) source = open_source(place);
	g_autoptr(dc_stage) stage = NULL;
	g_autoptr(draftconv_error) error = NULL;
	int status = dc_stage_build_index(source, NULL, place->index, &stage, &error);

	g_assert_cmpstr(error != NULL ? draftconv_error_message(error) : "", ==, "");
	g_assert_cmpint(status, ==, 0);
	g_autofree char *rows = ask(stage);
	g_assert_cmpstr(rows, ==, "utf8/latin1 1 a 3 15 2 c 5 15");
}

/* @return what dc_stage_load_index answered */
static int
load(const struct place *place, char **rows)
{
	g_autoptr(draftconv_source) source = open_source(place);
	g_autoptr(dc_stage) stage = NULL;
	g_autofree char *why_not = NULL;
	int status = dc_stage_load_index(source, NULL, place->index, &stage, &why_not, NULL);

	g_assert_true((status == 0) == (why_not != NULL));
	if (status == 1) {
		*rows = ask(stage);
		g_assert_true(dc_findings_has(dc_stage_findings(stage), DC_FINDING_ROW_REPLACED));
	}
	return status;
}

static void
test_use(void)
{
	struct place place = new_place();
	g_autofree char *rows = NULL;
	GStatBuf facts;

	g_assert_cmpint(load(&place, &rows), ==, 0);
	build(&place);
	g_assert_cmpint(g_stat(place.index, &facts), ==, 0);
	g_assert_cmpuint(facts.st_mode & 0777, ==, 0600);
	g_assert_cmpint(load(&place, &rows), ==, 1);
	g_assert_cmpstr(rows, ==, "utf8/latin1 1 a 3 15 2 c 5 15");
	clear_place(&place);
}

static void
test_stale(void)
{
	struct place place = new_place();
	g_autofree char *rows = NULL;

	build(&place);
	write_dump(&place, 'y');
	g_assert_cmpint(load(&place, &rows), ==, 0);
	clear_place(&place);
}

/* What a hostile file may hold beside an index. */
static const struct hostile_case {
	const char *name;
	const char *sql;
} hostile_cases[] = {
	{"a view is not believed", "CREATE VIEW v AS SELECT 1"},
	{"a trigger is not believed", "CREATE TRIGGER g AFTER INSERT ON d BEGIN SELECT 1; END"},
	{"another table is not believed", "CREATE TABLE other (a)"},
	{"another index is not believed", "CREATE INDEX other ON d (body)"},
	{"an index over an expression is not believed", "CREATE INDEX other ON d (lower(body))"},
	{"a missing table is not believed", "DROP TABLE d"},
	{"another type is not believed",
		"DROP TABLE e; CREATE TABLE e (\"c1\" BLOB, \"c2\" BLOB, \"c3\" BLOB)"},
	{"a view in the place of a table is not believed",
		"DROP TABLE e; CREATE VIEW e AS SELECT 1 AS c1, 2 AS c2, 3 AS c3"},
	{"another version is not believed", "UPDATE \"draftconv index facts\" SET version = 99"},
	{"another mark is not believed", "UPDATE \"draftconv index facts\" SET mark = 'x'"},
	{"a lost mark is not believed", "DELETE FROM \"draftconv index facts\""},
	{"another size is not believed", "UPDATE \"draftconv index inputs\" SET size = 5"},
	{"another fingerprint is not believed",
		"UPDATE \"draftconv index inputs\" SET fingerprint = 'x'"},
	{"more inputs are not believed",
		"INSERT INTO \"draftconv index inputs\" VALUES (1, 'x', 1, 1)"},
	{"no input is not believed", "DELETE FROM \"draftconv index inputs\""},
	{"a table without columns is not believed", "DELETE FROM \"draftconv index columns\""},
	{"a table of SQLite's is not believed",
		"INSERT INTO \"draftconv index tables\" VALUES (9, '', 'sqlite_master', 1, 0)"},
};

static int
any_order(void *user, int a_size, const void *a, int b_size, const void *b)
{
	(void)user;
	(void)a;
	(void)b;
	return a_size - b_size;
}

static void
test_hostile(gconstpointer data)
{
	const struct hostile_case *c = data;
	struct place place = new_place();
	g_autoptr(sqlite3) db = NULL;
	g_autofree char *rows = NULL;

	build(&place);
	g_assert_cmpint(sqlite3_open(place.index, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_create_collation(db, "mysql", SQLITE_UTF8, NULL, any_order), ==, 0);
	int status = sqlite3_exec(db, c->sql, NULL, NULL, NULL);
	g_assert_cmpstr(status != SQLITE_OK ? sqlite3_errmsg(db) : "", ==, "");
	g_clear_pointer(&db, sqlite3_close_v2);
	g_assert_cmpint(load(&place, &rows), ==, 0);
	clear_place(&place);
}

/* A handle that points anywhere gives an error or other bytes of the source, and no more. */
static void
test_places(void)
{
	struct place place = new_place();
	g_autoptr(sqlite3) db = NULL;
	g_autoptr(draftconv_source) source = open_source(&place);
	g_autoptr(dc_stage) stage = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(draftconv_error) error = NULL;

	build(&place);
	g_assert_cmpint(sqlite3_open(place.index, &db), ==, SQLITE_OK);
	g_assert_cmpint(
		sqlite3_exec(db,
			"UPDATE d SET body = (SELECT mark FROM \"draftconv index facts\") || "
			"'h' || '0000000000' || '00000000ffffffff' || '7fffffffffffffff'",
			NULL, NULL, NULL),
		==, SQLITE_OK);
	g_clear_pointer(&db, sqlite3_close_v2);
	g_assert_cmpint(dc_stage_load_index(source, NULL, place.index, &stage, NULL, NULL), ==, 1);
	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn, "SELECT length(body) FROM d", &query, NULL), ==, 0);
	g_assert_cmpint(dc_stage_query_step(query, &error), ==, DRAFTCONV_ERROR_DAMAGED);
	clear_place(&place);
}

/* An index is not ours to change: its copy goes where the caller said. */
static void
test_copy(void)
{
	static const char *const columns[] = {"body", NULL};
	struct place place = new_place();
	dc_stage_options options = {.temp_dir = "/nonexistent"};
	g_autoptr(draftconv_error) error = NULL;

	build(&place);
	for (int i = 0; i < 2; i++) {
		g_autoptr(draftconv_source) source = open_source(&place);
		g_autoptr(dc_stage) stage = NULL;

		g_assert_cmpint(
			dc_stage_load_index(source, &options, place.index, &stage, NULL, NULL), ==,
			1);
		if (i == 0) {
			g_assert_cmpint(dc_stage_create_index(stage, "d", columns, &error), ==,
				DRAFTCONV_ERROR_OUTPUT);
			g_assert_nonnull(strstr(draftconv_error_message(error), "/nonexistent/"));
		} else {
			g_assert_cmpint(dc_stage_create_index(stage, "d", columns, NULL), ==, 1);
		}
		options.temp_dir = place.directory;
	}
	clear_place(&place);
}

static void
test_noise(void)
{
	struct place place = new_place();
	g_autofree char *rows = NULL;

	g_assert_true(g_file_set_contents(place.index, "SQLite format 3", -1, NULL));
	g_assert_cmpint(load(&place, &rows), ==, 0);
	g_assert_true(g_file_set_contents(place.index, "", -1, NULL));
	g_assert_cmpint(load(&place, &rows), ==, 0);
	clear_place(&place);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/index/it is used instead of reading the source", test_use);
	g_test_add_func("/index/a changed source makes it stale", test_stale);
	g_test_add_func("/index/a place outside of the source is an error", test_places);
	g_test_add_func("/index/a copy of it goes where the caller said", test_copy);
	g_test_add_func("/index/what is no database is no index", test_noise);
	for (gsize i = 0; i < G_N_ELEMENTS(hostile_cases); i++) {
		g_autofree char *path = g_strdup_printf("/index/%s", hostile_cases[i].name);

		g_test_add_data_func(path, &hostile_cases[i], test_hostile);
	}
	return g_test_run();
}
