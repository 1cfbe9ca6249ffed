/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of any length, the limit of functions, parameters, what a statement tells, and index files. */
#include "lib/base/limits.h"
#include "lib/source/source.h"
#include "lib/stage/stage.h"

#include <glib/gstdio.h>
#include <string.h>

#define LARGE (9 * 1024 * 1024)

static void
add_row(dc_stage_builder *builder, const char *id, const void *data, gsize size)
{
	const dc_stage_cell cells[] = {
		{DC_STAGE_CELL_NUMBER, id, strlen(id)}, {DC_STAGE_CELL_TEXT, data, size}};

	g_assert_cmpint(
		dc_stage_builder_row(builder, "t", "latin1", DC_STAGE_ADD, cells, 2, NULL), ==, 1);
}

/* Table t: id 1 a value of 9 MiB, 2 a short one, 3 exactly what functions may take, 4 the first by zlib. */
static dc_stage *
large_stage(void)
{
	static const dc_stage_definition columns[] = {
		{"id", "int", NULL, NULL}, {"a", "longtext", "latin1", NULL}};
	g_autoptr(dc_stage_builder) builder = NULL;
	g_autoptr(GZlibCompressor) zlib = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
	g_autofree char *bytes = g_malloc(LARGE);
	g_autofree char *packed = g_malloc(LARGE);
	dc_stage *stage = NULL;
	gsize used = 0;
	gsize size = 0;

	memset(bytes, 'x', LARGE);
	g_assert_cmpint(g_converter_convert(G_CONVERTER(zlib), bytes, LARGE, packed, LARGE,
				G_CONVERTER_INPUT_AT_END, &used, &size, NULL),
		==, G_CONVERTER_FINISHED);
	g_assert_cmpint(dc_stage_builder_new(NULL, &builder, NULL), ==, 0);
	g_assert_cmpint(dc_stage_builder_table(builder, "t", columns, 2, NULL, NULL), ==, 0);
	add_row(builder, "1", bytes, LARGE);
	add_row(builder, "2", bytes, 5);
	add_row(builder, "3", bytes, DC_SQL_VALUE_MAX);
	add_row(builder, "4", packed, size);
	g_assert_cmpint(dc_stage_builder_finish(builder, &stage, NULL), ==, 0);
	return stage;
}

static const struct large_case {
	const char *name;
	const char *sql;
	enum dc_stage_value_kind kind; /* of the first column of the only row */
	gint64 number;                 /* an integer, or how many bytes a content has */
	bool too_large;
} large_cases[] = {
	{"a value without a limit is a content", "SELECT a FROM t WHERE id = 1",
		DC_STAGE_VALUE_CONTENT, LARGE, false},
	{"length has no limit", "SELECT length(a) FROM t WHERE id = 1", DC_STAGE_VALUE_INTEGER,
		LARGE, false},
	{"a rope has no limit", "SELECT a || '-' || a FROM t WHERE id = 1", DC_STAGE_VALUE_CONTENT,
		2 * LARGE + 1, false},
	{"the length of a rope has no limit", "SELECT length(a || a || 'y') FROM t WHERE id = 1",
		DC_STAGE_VALUE_INTEGER, 2 * LARGE + 1, false},
	{"group_concat has no limit", "SELECT length(group_concat(a, '')) FROM t WHERE id < 4",
		DC_STAGE_VALUE_INTEGER, LARGE + 5 + DC_SQL_VALUE_MAX, false},
	{"substr looks anywhere", "SELECT substr(a, -3) FROM t WHERE id = 1", DC_STAGE_VALUE_BYTES,
		3, false},
	{"LIKE has no limit", "SELECT a LIKE '%X' FROM t WHERE id = 1", DC_STAGE_VALUE_INTEGER, 1,
		false},
	{"instr has no limit", "SELECT instr(a || 'y', 'xy') FROM t WHERE id = 1",
		DC_STAGE_VALUE_INTEGER, LARGE, false},
	{"a comparison has no limit",
		"SELECT count(*) FROM t x JOIN t y ON x.a = y.a WHERE x.id = 1",
		DC_STAGE_VALUE_INTEGER, 1, false},
	{"upper takes what is at the limit", "SELECT upper(a) FROM t WHERE id = 3",
		DC_STAGE_VALUE_BYTES, DC_SQL_VALUE_MAX, false},
	{"upper does not take more", "SELECT upper(a) FROM t WHERE id = 1",
		DC_STAGE_VALUE_TOO_LARGE, 0, true},
	{"substr does not give more", "SELECT substr(a, 2) FROM t WHERE id = 1",
		DC_STAGE_VALUE_TOO_LARGE, 0, true},
	{"replace does not give more",
		"SELECT replace(a, substr(a, 1, 4096), substr(a, 1, 4097)) FROM t WHERE id = 3",
		DC_STAGE_VALUE_TOO_LARGE, 0, true},
	{"replace finds what begins anywhere",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
		"SELECT sum(length(replace(substr(a, 1, i) || 'yy' || substr(a, 1, 300), 'xyyx', "
		"'z'))) FROM n, t WHERE id = 1",
		DC_STAGE_VALUE_INTEGER, 400 * 401 / 2 + 400 * 299, false},
	{"what is too large stays so", "SELECT lower(trim('b' || upper(a))) FROM t WHERE id = 1",
		DC_STAGE_VALUE_TOO_LARGE, 0, true},
	{"in a condition it is told", "SELECT count(*) FROM t WHERE upper(a) = 'XXXXX'",
		DC_STAGE_VALUE_INTEGER, 1, true},
	{"a compressed value does not grow beyond the limit",
		"SELECT inflate(a) FROM t WHERE id = 4", DC_STAGE_VALUE_TOO_LARGE, 0, true},
};

static gint64
count_bytes(dc_content *content)
{
	g_autoptr(dc_reader) reader = NULL;
	char buffer[4096];
	gint64 total = 0;
	gssize count;

	g_assert_cmpint(dc_content_open(content, &reader, NULL), ==, 0);
	while ((count = dc_reader_read(reader, buffer, sizeof buffer, NULL)) > 0) {
		/* No byte of a handle comes out. */
		for (gssize i = 0; i < count; i++)
			g_assert_true(buffer[i] == 'x' || buffer[i] == '-');
		total += count;
	}
	g_assert_cmpint(count, ==, 0);
	return total;
}

static dc_stage *large;

static void
test_large(gconstpointer data)
{
	const struct large_case *c = data;
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_auto(dc_stage_value) value = {.kind = DC_STAGE_VALUE_NULL};

	g_assert_cmpint(dc_stage_connect(large, &conn, NULL), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn, c->sql, &query, &error), ==, 0);
	g_assert_cmpint(dc_stage_query_step(query, &error), ==, 1);
	g_assert_cmpint(dc_stage_query_value(query, 0, &value, NULL), ==, 0);
	g_assert_cmpint(value.kind, ==, c->kind);
	if (c->kind == DC_STAGE_VALUE_INTEGER)
		g_assert_cmpint(value.integer, ==, c->number);
	if (c->kind == DC_STAGE_VALUE_BYTES)
		g_assert_cmpint((gint64)value.size, ==, c->number);
	if (c->kind == DC_STAGE_VALUE_CONTENT)
		g_assert_cmpint(count_bytes(value.content), ==, c->number);
	g_assert_cmpint(dc_stage_query_step(query, &error), ==, 0);
	g_assert_true(dc_stage_query_too_large(query) == c->too_large);
	dc_stage_query_reset(query);
	g_assert_false(dc_stage_query_too_large(query));
}

/* ---- parameters, and what a statement tells ---- */

static dc_stage *
small_stage(draftconv_source **source)
{
	static const char dump[] =
		"CREATE TABLE d (id int PRIMARY KEY, who varchar(20) binary, body text);"
		"INSERT INTO d VALUES (1,'a','one'),(2,'b','two'),(3,'a','three');"
		"CREATE TABLE p (draft int, n int, x text, KEY (draft), KEY d2 (draft,n));"
		"INSERT INTO p VALUES (1,1,'p'),(3,1,'q'),(3,2,'r');";
	g_autoptr(GBytes) bytes = g_bytes_new_static(dump, sizeof dump - 1);
	dc_stage *stage = NULL;

	g_assert_cmpint(dc_source_new_bytes(bytes, "test.sql", source, NULL), ==, 0);
	g_assert_cmpint(dc_stage_new(*source, NULL, &stage, NULL), ==, 0);
	return stage;
}

static gint64
count_rows(dc_stage_query *query)
{
	gint64 count = 0;
	int status;

	while ((status = dc_stage_query_step(query, NULL)) == 1)
		count++;
	g_assert_cmpint(status, ==, 0);
	return count;
}

static void
test_parameters(void)
{
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(dc_stage) stage = small_stage(&source);
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) drafts = NULL;
	g_autoptr(dc_stage_query) parts = NULL;

	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(
		dc_stage_prepare(conn, "SELECT id AS key, body FROM d ORDER BY id", &drafts, NULL),
		==, 0);
	g_assert_cmpint(
		dc_stage_prepare(conn, "SELECT x FROM p WHERE draft = :key;", &parts, NULL), ==, 0);
	g_assert_cmpstr(dc_stage_query_parameter(parts, 0), ==, "key");
	g_assert_null(dc_stage_query_parameter(parts, 1));
	g_assert_cmpstr(dc_stage_query_sql(parts), ==, "SELECT x FROM p WHERE draft = :key");

	/* A stored value goes from one statement into the other with its type. */
	static const gint64 want[] = {1, 0, 2};
	for (gsize i = 0; i < G_N_ELEMENTS(want); i++) {
		g_assert_cmpint(dc_stage_query_step(drafts, NULL), ==, 1);
		dc_stage_query_reset(parts);
		g_assert_cmpint(
			dc_stage_query_bind(parts, "key", dc_stage_query_stored(drafts, 0), NULL),
			==, 1);
		g_assert_cmpint(count_rows(parts), ==, want[i]);
	}

	/* Bindings are cleared, so that the last draft's rows never come again. */
	dc_stage_query_reset(parts);
	g_assert_cmpint(count_rows(parts), ==, 0);
	dc_stage_query_reset(parts);
	g_assert_cmpint(dc_stage_query_bind_text(parts, "nothere", "1", 1, NULL), ==, 0);
	g_assert_cmpint(dc_stage_query_bind_text(parts, "key", "3", 1, NULL), ==, 1);
	g_assert_cmpint(count_rows(parts), ==, 2);
}

static void
test_description(void)
{
	static const char sql[] =
		"SELECT who AS owner, html_unescape(body), json_field(body, 'a') \"to\", "
		"html_unescape(body) || 'x', id + 1 FROM d UNION ALL "
		"SELECT 'x', html_unescape ( who ) AS z, NULL, 'x', 1 FROM d";
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(dc_stage) stage = small_stage(&source);
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(dc_stage_query) plain = NULL;
	g_autoptr(GString) reads = g_string_new("");
	const dc_stage_table *table;
	const dc_stage_column *column;

	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn, sql, &query, NULL), ==, 0);
	g_assert_cmpuint(dc_stage_query_column_count(query), ==, 5);
	g_assert_cmpstr(dc_stage_query_column_name(query, 0), ==, "owner");
	g_assert_false(dc_stage_query_column_is_utf8(query, 0));
	g_assert_true(dc_stage_query_column_is_utf8(query, 1));
	g_assert_false(dc_stage_query_column_is_utf8(query, 2));
	g_assert_false(dc_stage_query_column_is_utf8(query, 3));
	for (size_t i = 0; dc_stage_query_read(query, i, &table, &column); i++)
		g_string_append_printf(reads, "%s.%s ", table->name, column->name);
	g_assert_cmpstr(reads->str, ==, "d.who d.body d.id ");

	g_assert_cmpint(
		dc_stage_prepare(conn, "SELECT d.who AS owner, d.who || '' FROM d", &plain, NULL),
		==, 0);
	g_assert_cmpint(dc_stage_query_column_origin(plain, 0)->affinity, ==, DC_STAGE_PADBIN);
	g_assert_null(dc_stage_query_column_origin(plain, 1));
}

static void
test_cancel(void)
{
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(dc_stage) stage = small_stage(&source);
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	gint cancel = 1;

	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(dc_stage_prepare(conn,
				"SELECT count(*) FROM d a, d b, d c, d d, d e, d f, d g, d h",
				&query, NULL),
		==, 0);
	dc_stage_conn_set_cancel(conn, &cancel);
	g_assert_cmpint(dc_stage_query_step(query, NULL), ==, DRAFTCONV_ERROR_CANCELLED);
}

/* Whether the planner searches for what P's statement wants. */
static bool
searches(sqlite3 *db)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	bool found = false;

	g_assert_cmpint(sqlite3_prepare_v2(db, "EXPLAIN QUERY PLAN SELECT x FROM p WHERE x = ?", -1,
				&statement, NULL),
		==, SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW)
		found |= strstr((const char *)sqlite3_column_text(statement, 3), "SEARCH") != NULL;
	return found;
}

static void
test_indexes(void)
{
	static const char *const columns[] = {"X", NULL};
	static const char *const wrong[] = {"y", NULL};
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(dc_stage) stage = small_stage(&source);
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(sqlite3) empty = NULL;

	g_assert_cmpint(dc_stage_open_empty(stage, &empty, NULL), ==, 0);
	g_assert_false(searches(empty));
	g_assert_cmpint(sqlite3_exec(empty, "CREATE INDEX i ON p (x)", NULL, NULL, NULL), ==, 0);
	g_assert_true(searches(empty));

	g_assert_cmpint(dc_stage_create_index(stage, "p", columns, NULL), ==, 1);
	g_assert_cmpint(dc_stage_create_index(stage, "P", columns, NULL), ==, 0);
	g_assert_cmpint(
		dc_stage_create_index(stage, "p", wrong, NULL), ==, DRAFTCONV_ERROR_ARGUMENT);
	g_assert_cmpint(dc_stage_analyze(stage, NULL), ==, 0);
	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_assert_cmpint(
		dc_stage_prepare(conn, "SELECT n FROM p WHERE x = 'Q'", &query, NULL), ==, 0);
	g_assert_cmpint(count_rows(query), ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	large = large_stage();
	for (gsize i = 0; i < G_N_ELEMENTS(large_cases); i++) {
		g_autofree char *path = g_strdup_printf("/large/%s", large_cases[i].name);

		g_test_add_data_func(path, &large_cases[i], test_large);
	}
	g_test_add_func("/statement/parameters take stored values", test_parameters);
	g_test_add_func("/statement/it says what it reads and gives", test_description);
	g_test_add_func("/statement/it ends when it is cancelled", test_cancel);
	g_test_add_func("/statement/indexes are tried in a copy and built", test_indexes);
	int status = g_test_run();
	dc_stage_free(large);
	return status;
}
