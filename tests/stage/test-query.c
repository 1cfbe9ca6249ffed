/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public query: columns, rows, long values, notes, errors. */
#include "lib/source/source.h"

#include <draftconv/draftconv.h>

#include <string.h>

static const char dump[] = "CREATE TABLE d (id int, price decimal(5,2), body text);"
			   "INSERT INTO d VALUES (1,1.50,'short'),(2,NULL,'%s');";

static draftconv_source *
new_source(void)
{
	g_autofree char *body = g_strnfill(100000, 'x');
	g_autoptr(GString) text = g_string_new(dump);
	draftconv_source *source = NULL;

	g_string_replace(text, "%s", body, 1);
	g_autoptr(GBytes) bytes = g_bytes_new(text->str, text->len);
	g_assert_cmpint(dc_source_new_bytes(bytes, "test.sql", &source, NULL), ==, 0);
	return source;
}

static int
on_columns(void *user, const char *const *names, size_t count)
{
	GString *out = user;

	for (size_t i = 0; i < count; i++)
		g_string_append_printf(out, "%s,", names[i]);
	g_string_append_c(out, '\n');
	return 0;
}

static int
on_row(void *user, struct draftconv_cell *cells, size_t count)
{
	GString *out = user;

	for (size_t i = 0; i < count; i++) {
		char buffer[64];
		long total = 0;
		long got;

		g_string_append_printf(out, "%d:", (int)cells[i].kind);
		while ((got = draftconv_cell_read(&cells[i], buffer, sizeof buffer, NULL)) > 0) {
			if (total == 0)
				g_string_append_len(out, buffer, MIN(got, 6));
			total += got;
		}
		bool whole = cells[i].kind != DRAFTCONV_CELL_TOO_LARGE;
		g_assert_cmpint(got, ==, whole ? 0 : DRAFTCONV_ERROR_DRAFT);
		g_string_append_printf(out, "(%ld) ", whole ? total : -1);
	}
	g_string_append_c(out, '\n');
	return 0;
}

static int
stop_row(void *user, struct draftconv_cell *cells, size_t count)
{
	(void)user;
	(void)cells;
	(void)count;
	return DRAFTCONV_ERROR_OUTPUT;
}

static void
on_note(void *user, const char *message)
{
	g_string_append_printf(user, "note: %s\n", message);
}

static const struct query_case {
	const char *name;
	const char *sql;
	const char *want;
	int status;
} query_cases[] = {
	{"rows come with their kinds",
		"SELECT id, price, body, id / 2.0 AS half FROM d ORDER BY id",
		"id,price,body,half,\n1:1(1) 3:1.50(4) 3:short(5) 2:0.5(3) \n1:2(1) 0:(0) "
		"4:xxxxxx(100000) 2:1.0(3) \n",
		0},
	{"no rows still have columns", "SELECT id AS a FROM d WHERE id = 9;", "a,\n", 0},
	{"a wrong statement is an error", "SELECT", "", DRAFTCONV_ERROR_PROFILE},
	{"what is not allowed is an error", "DELETE FROM d", "", DRAFTCONV_ERROR_PROFILE},
	{"a missing table is not found", "SELECT 1 FROM e", "", DRAFTCONV_ERROR_NOT_FOUND},
	{"a value that is too large is told",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90) "
		"SELECT upper(group_concat(body, '')) FROM d JOIN n WHERE id = 2",
		"upper(group_concat(body, '')),\n5:(-1) \nnote: a value of over 8 MiB went through "
		"a "
		"function; rows may be missing\n",
		0},
};

static void
test_query(gconstpointer data)
{
	const struct query_case *c = data;
	g_autoptr(GString) out = g_string_new("");
	g_autoptr(draftconv_source) source = new_source();
	const struct draftconv_query_handler handler = {
		sizeof handler, out, on_columns, on_row, on_note};
	g_autoptr(draftconv_error) error = NULL;

	int status = draftconv_source_query(source, c->sql, &handler, NULL, &error);
	g_assert_cmpint(status, ==, c->status);
	g_assert_true((status < 0) == (error != NULL));
	g_assert_cmpstr(out->str, ==, c->want);
}

/* What is wrong, where in the text, and that nothing else comes of it. */
static const struct wrong_case {
	const char *sql;
	const char *says; /* the message's beginning */
	int status;
} wrong_cases[] = {
	{"SELECT id FORM d", "near \"d\": syntax error (at byte 16: d)", DRAFTCONV_ERROR_PROFILE},
	{"SELECT ix FROM d", "no such column: ix (at byte 8: ix FROM d)", DRAFTCONV_ERROR_PROFILE},
	{"SELECT \"ix\" FROM d", "no such column: ix (at byte 8: \"ix\" FROM d)",
		DRAFTCONV_ERROR_PROFILE},
	{"SELECT 1 FROM e", "no table e in the source", DRAFTCONV_ERROR_NOT_FOUND},
	{"", "no SELECT statement", DRAFTCONV_ERROR_PROFILE},
	{"SELECT 1; SELECT 2", "more than one statement", DRAFTCONV_ERROR_PROFILE},
	{"EXPLAIN SELECT 1", "", DRAFTCONV_ERROR_PROFILE},
	{"ATTACH '/tmp/x.db' AS x", "", DRAFTCONV_ERROR_PROFILE},
	{"PRAGMA journal_mode=WAL", "", DRAFTCONV_ERROR_PROFILE},
	{"SELECT * FROM pragma_table_info('d')", "", DRAFTCONV_ERROR_PROFILE},
	{"SELECT sql FROM sqlite_master", "", DRAFTCONV_ERROR_PROFILE},
	{"VACUUM INTO '/tmp/x.db'", "", DRAFTCONV_ERROR_PROFILE},
	{"CREATE TABLE x (a)", "", DRAFTCONV_ERROR_PROFILE},
	{"CREATE TEMP VIEW x AS SELECT 1", "", DRAFTCONV_ERROR_PROFILE},
	{"INSERT INTO d VALUES (1,2,3)", "", DRAFTCONV_ERROR_PROFILE},
	{"WITH x AS (SELECT 1) DELETE FROM d", "", DRAFTCONV_ERROR_PROFILE},
	{"DROP TABLE d", "", DRAFTCONV_ERROR_PROFILE},
	{"BEGIN", "", DRAFTCONV_ERROR_PROFILE},
	{"SELECT load_extension('/tmp/x.so')", "", DRAFTCONV_ERROR_PROFILE},
	{"SELECT readfile('/etc/passwd')", "", DRAFTCONV_ERROR_PROFILE},
	{"SELECT hex(zeroblob(400000000))", "", DRAFTCONV_ERROR_PROFILE},
	{"SELECT * FROM json_each('[1]')", "no table json_each", DRAFTCONV_ERROR_NOT_FOUND},
	{"SELECT ?1 FROM d", "", DRAFTCONV_ERROR_PROFILE},
	{"SELECT current_timestamp", "", DRAFTCONV_ERROR_PROFILE},
};

static void
test_wrong(gconstpointer data)
{
	const struct wrong_case *c = data;
	g_autoptr(GString) out = g_string_new("");
	g_autoptr(draftconv_source) source = new_source();
	const struct draftconv_query_handler handler = {
		sizeof handler, out, on_columns, on_row, on_note};
	g_autoptr(draftconv_error) error = NULL;

	const int status = draftconv_source_query(source, c->sql, &handler, NULL, &error);
	if (status != c->status || !g_str_has_prefix(draftconv_error_message(error), c->says))
		g_error("%s: %d %s", c->sql, status, draftconv_error_message(error));
	g_assert_cmpstr(out->str, ==, "");
	g_assert_false(g_file_test("/tmp/x.db", G_FILE_TEST_EXISTS));
}

/* A statement that is wrong by itself costs no reading of the source: a pipe can still be asked. */
static void
test_early(void)
{
	g_autoptr(draftconv_source) source = new_source();
	const struct draftconv_query_handler handler = {.struct_size = sizeof handler};
	struct draftconv_source_facts facts;

	g_assert_cmpint(draftconv_source_query(source, "SELECT 1 FORM d x", &handler, NULL, NULL),
		==, DRAFTCONV_ERROR_PROFILE);
	g_assert_cmpint(draftconv_source_describe(source, 0, &facts, sizeof facts), ==, 0);
	g_assert_cmpuint(facts.bytes, ==, 0);
}

static void
test_cancelled(void)
{
	g_autoptr(draftconv_source) source = new_source();
	const struct draftconv_query_handler handler = {.struct_size = sizeof handler};
	const int cancel = 1;
	const struct draftconv_query_options options = {
		.struct_size = sizeof options, .cancel = &cancel};

	g_assert_cmpint(
		draftconv_source_query(source, "SELECT id FROM d", &handler, &options, NULL), ==,
		DRAFTCONV_ERROR_CANCELLED);
}

static void
test_stop(void)
{
	g_autoptr(draftconv_source) source = new_source();
	const struct draftconv_query_handler handler = {
		.struct_size = sizeof handler, .row = stop_row};

	g_assert_cmpint(draftconv_source_query(source, "SELECT 1 FROM d", &handler, NULL, NULL), ==,
		DRAFTCONV_ERROR_OUTPUT);
	g_assert_cmpint(draftconv_source_query(source, NULL, &handler, NULL, NULL), ==,
		DRAFTCONV_ERROR_ARGUMENT);
}

static void
test_stale_index(void)
{
	g_autoptr(GString) out = g_string_new("");
	g_autoptr(draftconv_source) source = new_source();
	const struct draftconv_query_handler handler = {
		sizeof handler, out, on_columns, NULL, on_note};
	const struct draftconv_query_options options = {
		.struct_size = sizeof options, .index = "/nonexistent/index"};

	g_assert_cmpint(
		draftconv_source_query(source, "SELECT id FROM d", &handler, &options, NULL), ==,
		0);
	g_assert_cmpstr(out->str, ==, "note: /nonexistent/index: No such file or directory\nid,\n");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(query_cases); i++) {
		g_autofree char *path = g_strdup_printf("/query/%s", query_cases[i].name);

		g_test_add_data_func(path, &query_cases[i], test_query);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(wrong_cases); i++) {
		g_autofree char *path = g_strdup_printf("/query/wrong: %s", wrong_cases[i].sql);

		g_strdelimit(path + strlen("/query/wrong: "), "/", '-');
		g_test_add_data_func(path, &wrong_cases[i], test_wrong);
	}
	g_test_add_func("/query/a wrong text is told before the source is read", test_early);
	g_test_add_func("/query/it can be cancelled", test_cancelled);
	g_test_add_func("/query/the reader of the rows may stop it", test_stop);
	g_test_add_func("/query/an index that does not fit is told and not used", test_stale_index);
	return g_test_run();
}
