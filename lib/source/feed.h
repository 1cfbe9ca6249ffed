/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows that come value by value from somewhere that has no text: SQLite, a program's callbacks. In:
 * a definition and values; out: events of the scan. Long values go to the spool.
 */
#ifndef DC_SOURCE_FEED_H
#define DC_SOURCE_FEED_H

#include "lib/source/internal.h"

struct dc_feed {
	struct dc_scan *scan;
	struct dc_entry *entry; /* NULL: nobody wants this table */
	struct dc_collector collector;
	GByteArray *bytes;
	GArray *values;  /* struct dc_value */
	guint64 ordinal; /* of the row within its table, in place of an offset */
};

void dc_feed_init(struct dc_feed *feed, struct dc_scan *scan);
void dc_feed_clear(struct dc_feed *feed);
int dc_feed_table(
	struct dc_feed *feed, const struct dc_definition *definition, draftconv_error **error);

/* Whether the definition's column PLACE is wanted. */
bool dc_feed_wants(const struct dc_feed *feed, gsize place);
void dc_feed_begin_row(struct dc_feed *feed);
/* A value in as many pieces as its owner likes. */
void dc_feed_begin_value(struct dc_feed *feed);
int dc_feed_put(struct dc_feed *feed, const void *data, gsize size, draftconv_error **error);
void dc_feed_end_value(
	struct dc_feed *feed, gsize place, enum dc_value_kind kind, const char *charset);
int dc_feed_end_row(struct dc_feed *feed, draftconv_error **error);

#endif
