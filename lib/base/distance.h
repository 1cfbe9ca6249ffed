/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a name is from another one: for "did you mean". Plain bytes in, a small number out. */
#ifndef DC_BASE_DISTANCE_H
#define DC_BASE_DISTANCE_H

/* Edits between A and B (insert, delete, replace, swap), at most LIMIT + 1; in bytes, case ignored. */
unsigned dc_name_distance(const char *a, const char *b, unsigned limit);

#endif
