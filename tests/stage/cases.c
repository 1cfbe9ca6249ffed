/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads tests/stage/statements.txt. A statement is a block of lines, blocks are apart by an empty line:
 *   # a comment
 *   = the statement
 *   ~ the same in MySQL's words; "~ -" when MySQL has no such thing
 *   ! part of the message with which it is refused, instead of rows
 *   one line a row, columns apart by |
 */
#include "tests/stage/sample.h"

#include <string.h>

static gint
compare_rows(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
sample_sort(const struct sample_case *c, GPtrArray *rows)
{
	if (!c->ordered)
		g_ptr_array_sort(rows, compare_rows);
}

static void
read_line(struct sample_case *c, const char *line)
{
	const char *rest = line[0] != '\0' && line[1] == ' ' ? line + 2 : line + 1;

	switch (line[0]) {
	case '#':
		c->comment = g_strdup(rest);
		break;
	case '=':
		c->sql = g_strdup(rest);
		c->mysql = g_strdup(rest);
		break;
	case '~':
		g_free(c->mysql);
		c->mysql = strcmp(rest, "-") == 0 ? NULL : g_strdup(rest);
		break;
	case '!':
		c->error = g_strdup(rest);
		g_clear_pointer(&c->mysql, g_free);
		break;
	default:
		g_ptr_array_add(c->rows, g_strdup(line));
		break;
	}
}

GPtrArray *
sample_cases(void)
{
	GPtrArray *cases = g_ptr_array_new();
	g_autofree char *path = g_build_filename(
		g_getenv("DRAFTCONV_SOURCE_ROOT"), "tests", "stage", "statements.txt", NULL);
	g_autofree char *text = NULL;
	struct sample_case *c = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		if ((*line)[0] == '\0') {
			c = NULL;
			continue;
		}
		if (c == NULL) {
			c = g_new0(struct sample_case, 1);
			c->rows = g_ptr_array_new_with_free_func(g_free);
			g_ptr_array_add(cases, c);
		}
		read_line(c, *line);
	}
	for (guint i = 0; i < cases->len; i++) {
		c = cases->pdata[i];
		g_assert_nonnull(c->sql);
		const char *order = g_strrstr(c->sql, "ORDER BY");
		c->ordered = order != NULL && strchr(order, ')') == NULL;
		sample_sort(c, c->rows);
	}
	return cases;
}
