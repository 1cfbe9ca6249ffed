/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "grid.h"

#include "output.h"

#include <string.h>

#define WIDTH_MAX 60
#define HELD_MAX 200

struct cell {
	char *text; /* safe, at most WIDTH_MAX columns wide */
	bool number;
};

struct grid {
	size_t count;
	int *widths;
	GPtrArray *held; /* rows: arrays of COUNT struct cell; NULL once the widths are settled */
};

static void
free_row(struct grid *grid, struct cell *row)
{
	for (size_t i = 0; i < grid->count; i++)
		g_free(row[i].text);
	g_free(row);
}

struct grid *
grid_new(const char *const *names, size_t count)
{
	struct grid *self = g_new0(struct grid, 1);
	g_autofree bool *numbers = g_new0(bool, count);

	self->count = count;
	self->widths = g_new0(int, count);
	self->held = g_ptr_array_new();
	grid_row(self, names, numbers);
	return self;
}

static bool
print_row(const struct grid *grid, const struct cell *row)
{
	g_autoptr(GString) line = g_string_new(NULL);

	for (size_t i = 0; i < grid->count; i++) {
		g_autofree char *text = fitted_text(row[i].text, grid->widths[i]);
		const int blanks = grid->widths[i] - text_width(text);

		g_string_append(line, i == 0 ? "" : "  ");
		if (row[i].number)
			g_string_append_printf(line, "%*s", blanks, "");
		g_string_append(line, text);
		if (!row[i].number && i + 1 < grid->count)
			g_string_append_printf(line, "%*s", blanks, "");
	}
	return result_line("%s", line->str);
}

static bool
print_rule(const struct grid *grid)
{
	g_autoptr(GString) line = g_string_new(NULL);

	for (size_t i = 0; i < grid->count; i++) {
		g_string_append(line, i == 0 ? "" : "  ");
		for (int k = 0; k < grid->widths[i]; k++)
			g_string_append_c(line, '-');
	}
	return result_line("%s", line->str);
}

/* The widths are what they are: print what was held back. */
static bool
settle(struct grid *grid)
{
	GPtrArray *held = g_steal_pointer(&grid->held);
	bool written = true;

	for (guint i = 0; held != NULL && i < held->len; i++) {
		written = written && print_row(grid, held->pdata[i]);
		if (i == 0)
			written = written && print_rule(grid);
		free_row(grid, held->pdata[i]);
	}
	if (held != NULL)
		g_ptr_array_unref(held);
	return written;
}

bool
grid_row(struct grid *grid, const char *const *texts, const bool *numbers)
{
	struct cell *row = g_new0(struct cell, grid->count);
	bool written = true;

	for (size_t i = 0; i < grid->count; i++) {
		row[i].text = fitted_text(texts[i], WIDTH_MAX);
		row[i].number = numbers[i];
		if (grid->held != NULL)
			grid->widths[i] = MAX(grid->widths[i], text_width(row[i].text));
	}
	if (grid->held == NULL) {
		written = print_row(grid, row);
		free_row(grid, row);
		return written;
	}
	g_ptr_array_add(grid->held, row);
	return grid->held->len <= HELD_MAX || settle(grid);
}

bool
grid_end(struct grid *grid)
{
	return settle(grid);
}

void
grid_free(struct grid *grid)
{
	if (grid == NULL)
		return;
	for (guint i = 0; grid->held != NULL && i < grid->held->len; i++)
		free_row(grid, grid->held->pdata[i]);
	if (grid->held != NULL)
		g_ptr_array_unref(grid->held);
	g_free(grid->widths);
	g_free(grid);
}
