/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/nearest.h"

#include "lib/profile/statements.h"

#include <stdbool.h>
#include <string.h>

/* A name that holds what was typed, or begins it, is nearer than its length says. */
static unsigned
distance_of(const char *wanted, const char *name)
{
	unsigned limit = (unsigned)CLAMP(strlen(wanted) / 3, 1, 4);
	g_autofree char *x = g_ascii_strdown(wanted, -1);
	g_autofree char *y = g_ascii_strdown(name, -1);
	unsigned distance = dc_name_distance(x, y, limit);

	if (strlen(x) >= 3 && strstr(y, x) != NULL)
		return MIN(distance, 2);
	return distance <= limit ? distance : G_MAXUINT;
}

void
dc_nearest_consider(struct dc_nearest *nearest, const char *like, const char *name)
{
	unsigned distance = distance_of(nearest->wanted, like);
	struct dc_near_name new = {NULL, distance};
	int place = 0;

	if (distance == G_MAXUINT)
		return;
	for (int i = 0; i < DC_NEAREST_MAX; i++) {
		const struct dc_near_name *n = &nearest->names[i];

		if (n->name != NULL && g_ascii_strcasecmp(n->name, name) == 0)
			return;
		if (n->name != NULL &&
			(n->distance < distance ||
				(n->distance == distance && strcmp(n->name, name) < 0)))
			place = i + 1;
	}
	if (place == DC_NEAREST_MAX)
		return;
	g_free(nearest->names[DC_NEAREST_MAX - 1].name);
	for (int i = DC_NEAREST_MAX - 1; i > place; i--)
		nearest->names[i] = nearest->names[i - 1];
	new.name = g_strdup(name);
	nearest->names[place] = new;
}

void
dc_nearest_say(struct dc_nearest *nearest, GString *text)
{
	/* What is meant exactly needs nothing beside it. */
	const bool exact = nearest->names[0].name != NULL && nearest->names[0].distance == 0;

	for (int i = 0; i < DC_NEAREST_MAX; i++) {
		if (nearest->names[i].name != NULL && (i == 0 || !exact))
			g_string_append_printf(
				text, "%s%s", i > 0 ? ", " : "; nearest: ", nearest->names[i].name);
		g_clear_pointer(&nearest->names[i].name, g_free);
	}
}
