/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A worker's connections to plan and stage, and the rows that come through them. In: an account or a
 * draft's row; out: rows. One thread. Other modules use plan.h.
 */
#ifndef DC_PROFILE_READER_H
#define DC_PROFILE_READER_H

#include "lib/profile/plan-internal.h"

struct dc_plan_reader {
	dc_plan *plan;
	sqlite3 *db;
	dc_stage_conn *conn;
	/* Compiled once: there may be as many accounts as drafts. NULL where not compiled or in use. */
	GPtrArray *children; /* struct dc_prepared, as plan->shapes */
	sqlite3_stmt *account;
	sqlite3_stmt *owner;
	sqlite3_stmt *known;
	sqlite3_stmt *drafts[2]; /* of an account: all rows, selected ones */
};

/* ---- row.c ---- */

/* The current row of ROWS, which selects DC_ROW_COLUMNS and c0 … of the table `row`. */
#define DC_ROW_COLUMNS "shape, key, fault, older, equal"
int dc_plan_row_from_plan(
	dc_plan_reader *reader, sqlite3_stmt *rows, dc_plan_row **row, draftconv_error **error);

/* The current row of a child statement. */
int dc_plan_row_from_query(const struct dc_prepared *shape, dc_stage_query *query,
	dc_plan_row **row, draftconv_error **error);

/* The compiled statement that gave the row. */
const struct dc_prepared *dc_plan_row_shape(const dc_plan_row *row);

/* The stored form of a column that children have as a parameter; NULL when ROW has no such column. */
const sqlite3_value *dc_plan_row_stored(const dc_plan_row *row, const char *name);

#endif
