/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking into structured texts that old webmails kept in one column: JSON, PHP's serialize(). In:
 * bytes and a path; out: one scalar of it as UTF-8. They build no tree and do not recurse, so hostile
 * nesting costs nothing; what does not parse has no fields.
 */
#ifndef DC_STAGE_FIELD_H
#define DC_STAGE_FIELD_H

#include <glib.h>

#include <stdbool.h>

/*
 * A path: names separated by dots, array places as [N] or as a name of digits, an optional "$" before
 * all; a name with dots or brackets in it stands in double quotes: $.a."b.c"[0]
 */
#define DC_PATH_MAX 32

typedef struct dc_path {
	GPtrArray *names; /* of GBytes */
} dc_path;

/* @return false when it is no path, or longer than DC_PATH_MAX names */
bool dc_path_parse(dc_path *path, const guint8 *text, gsize size);
void dc_path_clear(dc_path *path);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_path, dc_path_clear)
bool dc_path_is(const dc_path *path, gsize index, const void *name, gsize size);

/* @return [transfer full] the field, or NULL when there is none, or it is null */
GString *dc_json_field(const guint8 *data, gsize size, const dc_path *path);
GString *dc_php_field(const guint8 *data, gsize size, const dc_path *path);
GString *dc_form_field(const guint8 *data, gsize size, const void *name, gsize name_size);

/* References of HTML by their characters; invalid ones stay. TEXT is UTF-8. */
GString *dc_field_unescape(const char *text, gsize size);

#endif
