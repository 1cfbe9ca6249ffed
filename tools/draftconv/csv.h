/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CSV as RFC 4180 has it: fields are quoted when they must be; lines end in CR LF. Bytes are the source's own
 * in a file or pipe; a terminal gets nothing that steers it.
 */
#ifndef TOOL_CSV_H
#define TOOL_CSV_H

#include <stdbool.h>
#include <stddef.h>

/* The quoted form of a whole field, or its own bytes when it needs no quotes; "" is quoted, NULL's field is not. */
bool csv_field(const char *data, size_t size);

/* The same of a field that comes in pieces: always quoted. */
bool csv_begin(void);
bool csv_piece(const char *data, size_t size);
bool csv_end(void);

bool csv_comma(void);
bool csv_line_end(void);

#endif
