/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Times as databases hold them. In: the text of a value and the profile's time zone; out: seconds since
 * 1970 and the zone's offset at that moment, or "no date". PROFILE.md (Times) is the specification. It
 * never looks at the clock, the local zone or the locale.
 */
#ifndef DC_TEXT_TIME_H
#define DC_TEXT_TIME_H

#include "lib/base/findings.h"

#include <glib.h>

#include <stdbool.h>

/* A time zone by its identifier ("Europe/Oslo", "UTC", "+01:00"). Immutable, for any thread. */
typedef struct dc_zone dc_zone;

/* @return [transfer full] NULL when the system knows no such zone; NULL or "" mean UTC */
dc_zone *dc_zone_new(const char *identifier);
void dc_zone_free(dc_zone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_zone, dc_zone_free)

struct dc_time {
	gint64 utc;   /* seconds since 1970-01-01T00:00:00Z, within 1970 to 2099 */
	int offset_s; /* what the zone adds at that moment */
};

enum dc_time_result {
	DC_TIME_OK,
	DC_TIME_NONE,   /* empty, zero or a zero date: ask the next column */
	DC_TIME_INVALID /* something else (finding date-invalid) */
};

/* ZONE NULL means UTC; FINDINGS may be NULL. TIME [out] is untouched unless the answer is OK. */
enum dc_time_result dc_time_parse(const char *text, const dc_zone *zone, const char *field,
	dc_findings *findings, struct dc_time *time);

/* What the zone says about a moment; clamps to 1970 to 2099. */
struct dc_time dc_time_at(gint64 utc, const dc_zone *zone);

/*
 * For the SQL function mysql_time(): any form that dc_time_parse() takes, as "YYYY-MM-DD HH:MM:SS" and,
 * when the value told its zone (or is a number of seconds), "Z" after it in UTC. NULL for anything else.
 */
char *dc_time_mysql(const char *text);

/* "YYYY-MM-DDTHH:MM:SS±HH:MM", for people and JSON. [transfer full] */
char *dc_time_iso(const struct dc_time *time);

#endif
