/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What our SQL functions share: arguments as bytes, whatever stands behind them, and results that keep
 * to the limit. In: a value of SQLite, short or a rope; out: its bytes up to DC_SQL_VALUE_MAX, or a
 * window that slides over it without a limit. No function sees a handle.
 */
#ifndef DC_STAGE_FUNCTION_H
#define DC_STAGE_FUNCTION_H

#include "lib/stage/internal.h"

/* An argument as bytes. */
typedef struct dc_argument {
	const guint8 *data;
	gsize size;
	GByteArray *loaded; /* when it was long */
} dc_argument;

/*
 * Read an argument whole. @return false when the function is done: the result is NULL for NULL, the
 * marker for what is too large, or an error
 */
bool dc_argument_load(sqlite3_context *context, sqlite3_value *value, dc_argument *argument);
void dc_argument_clear(dc_argument *argument);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_argument, dc_argument_clear)

/* A value that is gone through from left to right. */
typedef struct dc_sliding {
	dc_sql *sql;
	struct dc_rope stream;
	GByteArray *buffer; /* when it is long */
	const guint8 *data; /* what is at hand */
	gsize size;
	bool ended;       /* nothing comes after it */
	guint64 position; /* of data in the value */
	int status;       /* negative after a read error; the result is set then */
	sqlite3_context *context;
} dc_sliding;

/* @return false for NULL: the result is NULL */
bool dc_sliding_init(dc_sliding *window, sqlite3_context *context, sqlite3_value *value);
void dc_sliding_clear(dc_sliding *window);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_sliding, dc_sliding_clear)

/* Have SIZE bytes at hand, or all that are left. @return false after an error, with the result set */
bool dc_sliding_fill(dc_sliding *window, gsize size);
void dc_sliding_skip(dc_sliding *window, gsize size);

/* Results: over DC_SQL_VALUE_MAX they become the marker. */
void dc_result_bytes(sqlite3_context *context, const void *data, gsize size);
void dc_result_array(sqlite3_context *context, GByteArray *array); /* [transfer full] */
void dc_result_string(sqlite3_context *context, GString *string);  /* [transfer full] */
void dc_result_too_large(sqlite3_context *context);
void dc_result_failed(sqlite3_context *context, int status, draftconv_error *error);

#endif
