/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/field.h"

#include <string.h>

static void
free_name(gpointer name)
{
	g_bytes_unref(name);
}

void
dc_path_clear(dc_path *path)
{
	g_clear_pointer(&path->names, g_ptr_array_unref);
}

bool
dc_path_is(const dc_path *path, gsize index, const void *name, gsize size)
{
	gsize want_size;
	const void *want = g_bytes_get_data(path->names->pdata[index], &want_size);

	return want_size == size && (size == 0 || memcmp(want, name, size) == 0);
}

/* One name at P. @return where it ends, NULL when it is none */
static const guint8 *
parse_name(const guint8 *p, const guint8 *end, GPtrArray *names)
{
	const guint8 *begin = p;
	const guint8 *close;

	if (p < end && *p == '"') {
		close = memchr(p + 1, '"', (gsize)(end - p - 1));
		begin = p + 1;
		p = close != NULL ? close + 1 : NULL;
	} else if (p < end && *p == '[') {
		close = memchr(p, ']', (gsize)(end - p));
		begin = p + 1;
		p = close != NULL ? close + 1 : NULL;
	} else {
		while (p < end && *p != '.' && *p != '[')
			p++;
		close = p;
	}
	if (p == NULL || close == begin)
		return NULL;
	g_ptr_array_add(names, g_bytes_new(begin, (gsize)(close - begin)));
	return p;
}

bool
dc_path_parse(dc_path *path, const guint8 *text, gsize size)
{
	const guint8 *p = text;
	const guint8 *end = text + size;

	path->names = g_ptr_array_new_with_free_func(free_name);
	if (p < end && *p == '$')
		p++;
	else if (p < end && *p != '[' && *p != '.')
		p = parse_name(p, end, path->names);
	while (p != NULL && p < end) {
		if (*p == '.')
			p++;
		else if (*p != '[')
			return false;
		p = parse_name(p, end, path->names);
		if (path->names->len > DC_PATH_MAX)
			return false;
	}
	return p != NULL;
}
