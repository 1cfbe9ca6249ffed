/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/tree.h"

#include "lib/message/header.h"
#include "lib/message/identity.h"

/* One branch while it is built. */
struct build {
	const char *boundary;
	draftconv_error **failure;
	guint level;
};

GMimePart *
dc_tree_part_new(void)
{
	GMimePart *part = g_mime_part_new();

	g_mime_header_list_clear(g_mime_object_get_header_list(GMIME_OBJECT(part)));
	return part;
}

void
dc_tree_set_header(GMimeObject *object, const char *name, const char *raw)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);

	g_mime_header_list_append(list, name, "", "utf-8");
	g_mime_header_set_raw_value(
		g_mime_header_list_get_header_at(list, g_mime_header_list_get_count(list) - 1),
		raw);
}

char *
dc_tree_boundary(const char *identity)
{
	return dc_identity_derive(identity, "boundary", 0);
}

/* A multipart around FIRST [transfer full]; TYPE is that of the root of a related, else NULL. */
static GMimeMultipart *
wrap(struct build *build, const char *subtype, const char *type, GMimeObject *first)
{
	g_autofree char *boundary = g_strdup_printf("=_%s.%u", build->boundary, ++build->level);
	g_autofree char *full = g_strconcat("multipart/", subtype, NULL);
	const struct dc_parameter parameters[] = {
		{"type", type, DC_PARAMETER_QUOTED},
		{"boundary", boundary, DC_PARAMETER_QUOTED},
	};
	g_autofree char *raw =
		dc_header_parameters("Content-Type", full, parameters, G_N_ELEMENTS(parameters));
	GMimeMultipart *multipart = g_mime_multipart_new_with_subtype(subtype);

	g_mime_header_list_clear(g_mime_object_get_header_list(GMIME_OBJECT(multipart)));
	dc_tree_set_header(GMIME_OBJECT(multipart), "Content-Type", raw);
	g_mime_multipart_add(multipart, first);
	g_object_unref(first);
	return multipart;
}

static guint
add_files(const struct build *build, GMimeMultipart *multipart, const GPtrArray *files, bool shown)
{
	guint count = 0;

	for (guint i = 0; i < files->len; i++) {
		const struct dc_file *file = files->pdata[i];

		if (file->shown != shown)
			continue;
		count++;
		if (multipart == NULL)
			continue;
		GMimeObject *part = dc_file_part(file, build->failure);
		g_mime_multipart_add(multipart, part);
		g_object_unref(part);
	}
	return count;
}

/*
 * The form that Thunderbird, Evolution, Roundcube and NeoMutt all open and save whole: pictures in a
 * related; where there are files too, the HTML inside it stands in an alternative, even alone.
 */
GMimeObject *
dc_tree_build(GMimeObject *plain, GMimeObject *html, const GPtrArray *files, const char *boundary,
	draftconv_error **failure)
{
	struct build build = {boundary, failure, 0};
	guint pictures = html == NULL ? 0 : add_files(&build, NULL, files, true);
	guint others = add_files(&build, NULL, files, false);
	GMimeObject *body = html != NULL ? html : plain;
	bool alternative = html != NULL && (plain != NULL || (pictures > 0 && others > 0));

	if (alternative) {
		GMimeMultipart *both =
			wrap(&build, "alternative", NULL, plain != NULL ? plain : html);

		if (plain != NULL) {
			g_mime_multipart_add(both, html);
			g_object_unref(html);
		}
		body = GMIME_OBJECT(both);
	}
	if (pictures > 0) {
		GMimeMultipart *related = wrap(&build, "related",
			alternative ? "multipart/alternative" : "text/html", body);

		add_files(&build, related, files, true);
		body = GMIME_OBJECT(related);
	}
	if (others > 0) {
		GMimeMultipart *mixed = wrap(&build, "mixed", NULL, body);

		add_files(&build, mixed, files, false);
		body = GMIME_OBJECT(mixed);
	}
	return body;
}
