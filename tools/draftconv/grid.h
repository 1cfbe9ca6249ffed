/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows as an aligned table for people. The widths are those of the first rows, which are held back for it;
 * what is wider is cut, with a mark. Nothing in it steers a terminal.
 */
#ifndef TOOL_GRID_H
#define TOOL_GRID_H

#include <stdbool.h>
#include <stddef.h>

struct grid;

struct grid *grid_new(const char *const *names, size_t count);
/* A row of COUNT texts, copied; NUMBERS stand on the right. @return false when nothing can be written */
bool grid_row(struct grid *grid, const char *const *texts, const bool *numbers);
/* What is still held back. */
bool grid_end(struct grid *grid);
void grid_free(struct grid *grid);

/* So many bytes of a text are enough: no more of it can be shown. */
#define GRID_BYTES 256

#endif
