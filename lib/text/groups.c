/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/groups.h"

#include "lib/base/limits.h"

#include <stdbool.h>
#include <string.h>

/* The fields that GMime reads as addresses, in the head of a message or of one within it. */
static bool
is_address_field(const char *line, gsize size)
{
	static const char *const names[] = {"sender", "from", "reply-to", "to", "cc", "bcc"};
	const char *colon = memchr(line, ':', MIN(size, (gsize)DC_FIELD_NAME_MAX));

	if (colon == NULL)
		return false;
	gsize length = (gsize)(colon - line);
	while (length > 0 && g_ascii_isspace(line[length - 1]))
		length--;
	if (length > 7 && g_ascii_strncasecmp(line, "resent-", 7) == 0) {
		line += 7;
		length -= 7;
	}
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strlen(names[i]) == length && g_ascii_strncasecmp(line, names[i], length) == 0)
			return true;
	}
	return false;
}

/* The line end of the field that begins at LINE, past lines that it was folded into. */
static const char *
field_end(const char *line, const char *end)
{
	const char *p = memchr(line, '\n', (gsize)(end - line));

	while (p != NULL && p + 1 < end && (p[1] == ' ' || p[1] == '\t'))
		p = memchr(p + 1, '\n', (gsize)(end - p - 1));
	return p == NULL ? end : p;
}

/* The first colon of [P, END) that is one too many; NULL when there is none. */
static const char *
colon_too_many(const char *p, const char *end)
{
	for (guint count = 0; (p = memchr(p, ':', (gsize)(end - p))) != NULL; p++) {
		if (++count > DC_GROUPS_MAX)
			return p;
	}
	return NULL;
}

GBytes *
dc_groups_flatten(GBytes *message)
{
	gsize size;
	const char *data = g_bytes_get_data(message, &size);
	const char *end = data + size;
	g_autofree char *copy = NULL;

	for (const char *line = data; line != NULL && line < end;) {
		const bool addresses = is_address_field(line, (gsize)(end - line));
		const char *line_end =
			addresses ? field_end(line, end) : memchr(line, '\n', (gsize)(end - line));
		const char *colon = addresses ? colon_too_many(line, line_end) : NULL;

		if (colon != NULL && copy == NULL)
			copy = g_memdup2(data, size);
		for (; colon != NULL; colon = memchr(colon, ':', (gsize)(line_end - colon)))
			copy[colon++ - data] = ' ';
		line = line_end == NULL ? NULL : line_end + 1;
	}
	return copy == NULL ? g_bytes_ref(message) : g_bytes_new_take(g_steal_pointer(&copy), size);
}
