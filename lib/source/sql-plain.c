/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values as dumps mostly write them: short, without escapes, whole in the window and followed by a comma or
 * a parenthesis. What is any different is left to sql-value.c, which would read these the same way: with a
 * window of one byte it reads all of them, and tests and fuzzing compare windows.
 */
#include "lib/source/sql.h"

#include <string.h>

static bool
ends_value(guint8 byte)
{
	return byte == ',' || byte == ')';
}

/* Take SIZE bytes of DATA as the value, NEXT is what follows it. */
static bool
take(struct sql *sql, const guint8 *data, gsize size, const guint8 *next, enum dc_value_kind kind,
	struct dc_value *value)
{
	static const struct dc_literal nowhere = {0};
	struct dc_collector *collector = &sql->collector;

	sql->window.at = next;
	if (!collector->wanted)
		return true;
	if (size > 0)
		g_byte_array_append(collector->bytes, data, (guint)size);
	collector->size = size;
	dc_collector_end(
		collector, value, kind, kind == DC_VALUE_TEXT ? sql->charset : "", &nowhere);
	return true;
}

static bool
plain_string(struct sql *sql, struct dc_value *value)
{
	const guint8 *begin = sql->window.at + 1;
	const gsize seen = MIN((gsize)(sql->window.end - begin), DC_STAGE_SHORT_MAX + 1);
	const guint8 *end = memchr(begin, '\'', seen);

	if (sql->family != DC_ESCAPE_PLAIN || end == NULL || end + 1 >= sql->window.end ||
		!ends_value(end[1]))
		return false;
	if (!sql->no_backslash && memchr(begin, '\\', (gsize)(end - begin)) != NULL)
		return false;
	return take(sql, begin, (gsize)(end - begin), end + 1, DC_VALUE_TEXT, value);
}

static bool
plain_number(struct sql *sql, struct dc_value *value)
{
	const guint8 *begin = sql->window.at;
	const guint8 *limit = begin + MIN(sql->window.end - begin, DC_STAGE_SHORT_MAX);
	const guint8 *end = begin;

	while (end < limit && *end >= '0' && *end <= '9')
		end++;
	if (end == limit || !ends_value(*end))
		return false;
	return take(sql, begin, (gsize)(end - begin), end, DC_VALUE_NUMBER, value);
}

static bool
plain_null(struct sql *sql, struct dc_value *value)
{
	const guint8 *at = sql->window.at;

	if (sql->window.end - at < 5 || memcmp(at, "NULL", 4) != 0 || !ends_value(at[4]))
		return false;
	return take(sql, at, 0, at + 4, DC_VALUE_NULL, value);
}

bool
sql_plain_value(struct sql *sql, struct dc_value *value)
{
	if (sql->window.at >= sql->window.end)
		return false;

	const guint8 c = *sql->window.at;
	if (c == '\'')
		return plain_string(sql, value);
	if (c >= '0' && c <= '9')
		return plain_number(sql, value);
	return c == 'N' && plain_null(sql, value);
}
