/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The few names that come nearest to one that nobody has, for an error or a finding. In: the names that
 * there are, one by one; out: the best of them, each once.
 */
#ifndef DC_PROFILE_NEAREST_H
#define DC_PROFILE_NEAREST_H

#include <glib.h>

#define DC_NEAREST_MAX 3

struct dc_near_name {
	char *name;
	unsigned distance;
};

struct dc_nearest {
	const char *wanted;
	struct dc_near_name names[DC_NEAREST_MAX]; /* best first; unused ones are NULL */
};

/* NAME, which is reached by what is LIKE the wanted one (itself, an address). */
void dc_nearest_consider(struct dc_nearest *nearest, const char *like, const char *name);

/* Append "; nearest: a, b", or nothing when there is none, and forget them. */
void dc_nearest_say(struct dc_nearest *nearest, GString *text);

#endif
