/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of statements, asked three times: with all values short, with the long ones as handles, and
 * with nearly everything a handle. The rows are those that MariaDB gives (test-mariadb asks it), or for
 * functions that it has not, what the profile's documentation says.
 */
#include "tests/stage/sample.h"

#include <string.h>

static void
print_value(GString *row, const dc_stage_value *value)
{
	g_autoptr(GBytes) bytes = NULL;
	int status = dc_stage_value_load(value, 1 << 20, &bytes, NULL);

	g_assert_cmpint(status, >=, 0);
	if (status == 0) {
		g_string_append(row, "NULL");
		return;
	}

	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);
	if (size == 0)
		g_string_append(row, "''");
	sample_print(row, data, size);
}

static GPtrArray *
ask(dc_stage_conn *conn, const struct sample_case *c, draftconv_error **error)
{
	g_autoptr(dc_stage_query) query = NULL;
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
	int status = dc_stage_prepare(conn, c->sql, &query, error);

	if (status < 0)
		return NULL;
	while ((status = dc_stage_query_step(query, error)) == 1) {
		g_autoptr(GString) row = g_string_new("");

		for (gsize i = 0; i < dc_stage_query_column_count(query); i++) {
			g_auto(dc_stage_value) value = {.kind = DC_STAGE_VALUE_NULL};

			g_assert_cmpint(dc_stage_query_value(query, i, &value, NULL), ==, 0);
			if (i > 0)
				g_string_append_c(row, '|');
			print_value(row, &value);
		}
		g_ptr_array_add(rows, g_string_free(g_steal_pointer(&row), FALSE));
	}
	if (status < 0)
		return NULL;
	g_assert_false(dc_stage_query_too_large(query));
	return g_steal_pointer(&rows);
}

static char *
join(const GPtrArray *rows)
{
	GString *out = g_string_new("");

	for (guint i = 0; i < rows->len; i++)
		g_string_append_printf(out, "%s\n", (const char *)rows->pdata[i]);
	return g_string_free(out, FALSE);
}

static void
run_case(const struct sample_case *c, dc_stage *stage)
{
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;

	g_assert_cmpint(dc_stage_connect(stage, &conn, NULL), ==, 0);
	g_autoptr(GPtrArray) rows = ask(conn, c, &error);
	if (c->error != NULL) {
		g_assert_null(rows);
		if (error == NULL)
			return;
		g_test_message("%s", draftconv_error_message(error));
		g_assert_nonnull(strstr(draftconv_error_message(error), c->error));
		return;
	}
	g_assert_cmpstr(error != NULL ? draftconv_error_message(error) : NULL, ==, NULL);
	if (rows == NULL)
		return;
	sample_sort(c, rows);
	g_autofree char *got = join(rows);
	g_autofree char *want = join(c->rows);
	g_assert_cmpstr(got, ==, want);
}

/* One stage for all statements of a run; the table is the specification. */
static dc_stage *stages[3];

static void
test_short(gconstpointer data)
{
	run_case(data, stages[0]);
}

static void
test_long(gconstpointer data)
{
	run_case(data, stages[1]);
}

static void
test_handles(gconstpointer data)
{
	run_case(data, stages[2]);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		gsize short_max;
		void (*test)(gconstpointer);
	} runs[] = {
		{"values are short", G_MAXSIZE, test_short},
		{"long values are handles", 0, test_long},
		{"nearly all values are handles", 2, test_handles},
	};

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	GPtrArray *cases = sample_cases();
	for (gsize i = 0; i < G_N_ELEMENTS(runs); i++) {
		stages[i] = sample_stage(runs[i].short_max);
		for (guint k = 0; k < cases->len; k++) {
			const struct sample_case *c = cases->pdata[k];
			g_autofree char *sql = g_strdelimit(g_strdup(c->sql), "/", '\\');
			g_autofree char *path =
				g_strdup_printf("/statements/%s/%u %s", runs[i].name, k, sql);

			g_test_add_data_func(path, c, runs[i].test);
		}
	}
	int status = g_test_run();
	for (gsize i = 0; i < G_N_ELEMENTS(runs); i++)
		dc_stage_free(stages[i]);
	return status;
}
