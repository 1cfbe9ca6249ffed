/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rows that the table of statements asks: short and long values of every kind, and the same rows as
 * SQL for a real server. Long values have names, so that expected rows can be written down.
 */
#ifndef DC_TESTS_STAGE_SAMPLE_H
#define DC_TESTS_STAGE_SAMPLE_H

#include "lib/stage/stage.h"

/* A stage in which values over SHORT_MAX bytes are handles; G_MAXSIZE: none is. */
dc_stage *sample_stage(gsize short_max);

/* CREATE TABLEs and INSERTs for MariaDB. */
GString *sample_sql(void);

/* Append a value as the table writes it: names of long texts in braces, odd bytes as \xHH. */
void sample_print(GString *out, const void *data, gsize size);

/* One statement of tests/stage/statements.txt. */
struct sample_case {
	char *sql;
	char *mysql; /* the same for MySQL; NULL when it has no such thing */
	char *comment;
	GPtrArray *rows; /* of char *, sorted unless ordered */
	bool ordered;
	char *error; /* expected instead of rows: part of the message */
};

/* All of them, in the order of the file. */
GPtrArray *sample_cases(void);

/* Sort rows unless the statement has an order of its own. */
void sample_sort(const struct sample_case *c, GPtrArray *rows);

#endif
