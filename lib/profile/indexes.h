/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which indexes make a profile's statements fast (STAGE.md 5). In: a stage and a profile; out: a list of
 * table and columns, found by asking SQLite's planner in an empty copy of the tables, and the scans of
 * child statements that no index takes away. It reads no row.
 */
#ifndef DC_PROFILE_INDEXES_H
#define DC_PROFILE_INDEXES_H

#include "lib/profile/profile.h"
#include "lib/stage/stage.h"

struct dc_index {
	char *table;
	char **columns; /* NULL-terminated */
};

/* A child statement that reads a whole table for each draft. */
struct dc_index_scan {
	const struct dc_statement *statement;
	char *plan; /* the planner's words, "SCAN f" */
};

struct dc_index_advice {
	GPtrArray *indexes; /* struct dc_index */
	GPtrArray *scans;   /* struct dc_index_scan */
};

void dc_index_advice_free(struct dc_index_advice *advice);

/* Statements that do not compile are passed over. @return 0 or a negative error of the empty copy */
int dc_indexes_advise(const dc_stage *stage, const draftconv_profile *profile,
	struct dc_index_advice **advice, draftconv_error **error);

/* Build what is advised; before the first connection to the stage. */
int dc_indexes_build(dc_stage *stage, const draftconv_profile *profile, draftconv_error **error);

#endif
