/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/images.h"

#include "lib/base/limits.h"
#include "lib/message/identity.h"
#include "lib/text/html.h"

#include <string.h>

struct resolve {
	GPtrArray *files;
	GHashTable *by_id;   /* as stored → struct dc_file */
	GHashTable *by_url;  /* the same */
	GHashTable *by_data; /* GBytes of a data: URL → struct dc_file */
	const struct dc_envelope *envelope;
	guint pictures; /* made out of data: URLs */
	guint ids;      /* given */
};

/* Letters that need no escape in a cid: URL, and one "@" with something on both sides. */
static bool
is_plain_id(const char *id)
{
	const char *at = strchr(id, '@');

	if (at == NULL || at == id || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
		strlen(id) > DC_ADDRESS_MAX)
		return false;
	for (const char *p = id; *p != '\0'; p++) {
		if (!g_ascii_isalnum(*p) && strchr("@._-", *p) == NULL)
			return false;
	}
	return true;
}

/* A file that the HTML shows has an id that a header and a URL can both hold. */
static void
show(struct resolve *resolve, struct dc_file *file)
{
	if (file->shown)
		return;
	file->shown = true;
	if (file->content_id != NULL && is_plain_id(file->content_id))
		return;
	g_autofree char *letters =
		dc_identity_derive(resolve->envelope->identity, "picture", resolve->ids++);
	g_free(file->content_id);
	file->content_id = g_strdup_printf("%s@%s", letters, resolve->envelope->domain);
}

static struct dc_file *
file_of_id(const struct resolve *resolve, const char *id)
{
	struct dc_file *file = g_hash_table_lookup(resolve->by_id, id);

	if (file == NULL) {
		g_autofree char *unescaped = g_uri_unescape_string(id, NULL);

		if (unescaped != NULL)
			file = g_hash_table_lookup(resolve->by_id, unescaped);
	}
	return file;
}

/* Addresses of the old store: only pictures become a part, links to other files stay links. */
static struct dc_file *
file_of_url(const struct resolve *resolve, const char *url)
{
	struct dc_file *file = g_hash_table_lookup(resolve->by_url, url);

	return file != NULL && g_str_has_prefix(file->type, "image/") ? file : NULL;
}

static const char *
extension_of(const char *type)
{
	static const char *const known[][2] = {{"image/gif", "gif"}, {"image/jpeg", "jpg"},
		{"image/png", "png"}, {"image/bmp", "bmp"}, {"image/webp", "webp"},
		{"image/svg+xml", "svg"}};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		if (strcmp(known[i][0], type) == 0)
			return known[i][1];
	}
	return NULL;
}

/* A picture inside the HTML; the same one twice is one file. NULL: leave the URL as it is. */
static struct dc_file *
file_of_data(struct resolve *resolve, const char *url)
{
	g_autofree char *type = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (g_ascii_strncasecmp(url, "data:image/", 11) != 0 ||
		resolve->files->len >= DC_ATTACHMENTS_MAX || !dc_html_data_url(url, &type, &bytes))
		return NULL;
	g_autofree char *lower = g_ascii_strdown(type, -1);
	lower[strcspn(lower, ";")] = '\0';
	const char *extension = extension_of(lower);
	if (extension == NULL)
		return NULL;
	struct dc_file *file = g_hash_table_lookup(resolve->by_data, bytes);
	if (file != NULL)
		return file;

	g_autofree char *name = g_strdup_printf("image-%u.%s", ++resolve->pictures, extension);
	file = dc_file_new(name, lower, bytes);
	g_hash_table_insert(resolve->by_data, g_bytes_ref(bytes), file);
	g_ptr_array_add(resolve->files, file);
	return file;
}

/* What the reference should be; NULL when it stays. [transfer full] */
static char *
resolve_url(struct resolve *resolve, const char *url)
{
	bool is_cid = g_ascii_strncasecmp(url, "cid:", 4) == 0;
	struct dc_file *file = is_cid ? file_of_id(resolve, url + 4) : NULL;

	if (!is_cid)
		file = file_of_url(resolve, url);
	if (file == NULL && !is_cid)
		file = file_of_data(resolve, url);
	if (file == NULL)
		return NULL;
	show(resolve, file);
	if (is_cid && strcmp(url + 4, file->content_id) == 0)
		return NULL;
	return g_strconcat("cid:", file->content_id, NULL);
}

static void
index_files(struct resolve *resolve)
{
	for (guint i = resolve->files->len; i-- > 0;) {
		struct dc_file *file = resolve->files->pdata[i];

		/* backwards, so that the first of two with one id wins; keys are copies, ids change */
		if (file->content_id != NULL)
			g_hash_table_replace(resolve->by_id, g_strdup(file->content_id), file);
		if (file->url != NULL && *file->url != '\0')
			g_hash_table_replace(resolve->by_url, g_strdup(file->url), file);
	}
}

static void
note_pictures(const GPtrArray *files, dc_findings *findings)
{
	for (guint i = 0; i < files->len; i++) {
		const struct dc_file *file = files->pdata[i];

		if (file->shown)
			dc_findings_add(findings, DC_FINDING_PICTURES, "html", "%s", "");
		else if (g_str_has_prefix(file->type, "image/") &&
			 (file->was_inline || file->content_id != NULL))
			dc_findings_add(findings, DC_FINDING_IMAGE_UNREFERENCED, "attachments",
				"%s", file->name);
	}
}

char *
dc_images_resolve(const char *html, GPtrArray *files, const struct dc_envelope *envelope,
	dc_findings *findings)
{
	g_autoptr(GHashTable) by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) by_url = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) by_data = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	struct resolve resolve = {files, by_id, by_url, by_data, envelope, 0, 0};
	g_autoptr(GArray) references = dc_html_references(html);
	g_auto(GStrv) urls = g_new0(char *, references->len + 1);
	bool changed = false;

	index_files(&resolve);
	for (guint i = 0; i < references->len; i++) {
		urls[i] = resolve_url(
			&resolve, g_array_index(references, struct dc_html_reference, i).url);
		changed = changed || urls[i] != NULL;
	}
	note_pictures(files, findings);
	char *result = changed ? dc_html_replace(html, references, urls) : g_strdup(html);
	/* "leave" stands between texts: the vector's own free function would stop there */
	for (guint i = 0; i < references->len; i++)
		g_clear_pointer(&urls[i], g_free);
	return result;
}
