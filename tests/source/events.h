/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The events of a scan as text, so that a test compares two strings. In: a source; out: one line an
 * event. A value is ~ (NULL), - (absent), 12 (bare), latin1'text', x'hex'; a * before it: it was long,
 * and was read back.
 */
#ifndef DC_TESTS_SOURCE_EVENTS_H
#define DC_TESTS_SOURCE_EVENTS_H

#include "lib/source/source.h"

struct events {
	draftconv_source *source; /* set by events_scan */
	GString *text;
	const char *unwanted_table;  /* NULL: all are wanted */
	const char *unwanted_column; /* NULL: likewise */
	bool tables;                 /* tell tables too */
};

/* Scan and collect; negative errors become a line "error CODE: message". [transfer full] */
char *events_scan(
	struct events *events, draftconv_source *source, const struct dc_scan_options *options);

/* The events of SQL text or XML in memory, read WINDOW bytes at a time. [transfer full] */
char *events_of(const void *data, gsize size, gsize window, bool tables);

#endif
