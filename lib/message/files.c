/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/files.h"

#include "lib/message/embed.h"
#include "lib/message/header.h"
#include "lib/message/stream.h"
#include "lib/message/tree.h"

#include <string.h>

#define UNKNOWN_TYPE "application/octet-stream"

void
dc_file_free(gpointer data)
{
	struct dc_file *file = data;

	if (file == NULL)
		return;
	g_free(file->name);
	g_free(file->type);
	g_free(file->charset);
	g_free(file->content_id);
	g_free(file->url);
	dc_content_unref(file->content);
	g_free(file);
}

struct dc_file *
dc_file_new(const char *name, const char *type, GBytes *bytes)
{
	struct dc_file *file = g_new0(struct dc_file, 1);

	file->name = g_strdup(name);
	file->type = g_strdup(type);
	file->content = dc_content_new_bytes(bytes);
	return file;
}

/* RFC 2045, section 5.1 */
static bool
is_token(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++) {
		if (!g_ascii_isalnum(text[i]) &&
			(text[i] == '\0' || strchr("!#$%&'*+-.^_`{|}~", text[i]) == NULL))
			return false;
	}
	return length > 0 && length <= 127;
}

/*
 * The type as stored, when it is one and may stand over base64 (RFC 2046 forbids that for multipart and
 * message); parameters that were stored with it are left to their own columns.
 */
static char *
clean_type(const char *stored)
{
	if (stored == NULL)
		return g_strdup(UNKNOWN_TYPE);
	g_autofree char *type = g_ascii_strdown(stored, -1);
	type[strcspn(type, ";")] = '\0';
	g_strstrip(type);
	const char *slash = strchr(type, '/');
	if (slash == NULL || !is_token(type, (gsize)(slash - type)) ||
		!is_token(slash + 1, strlen(slash + 1)))
		return g_strdup(UNKNOWN_TYPE);
	if (g_str_has_prefix(type, "multipart/"))
		return g_strdup(UNKNOWN_TYPE);
	if (g_str_has_prefix(type, "message/") && strcmp(type, "message/rfc822") != 0)
		return g_strdup(UNKNOWN_TYPE);
	return g_steal_pointer(&type);
}

static char *
clean_id(const char *stored)
{
	if (stored == NULL)
		return NULL;
	g_autofree char *id = g_strstrip(g_strdup(stored));
	gsize length = strlen(id);
	if (length > 2 && id[0] == '<' && id[length - 1] == '>')
		return g_strndup(id + 1, length - 2);
	return length == 0 ? NULL : g_steal_pointer(&id);
}

/* The file is not there: say so where the user will look for it. */
static struct dc_file *
missing_file(const struct dc_file *wanted)
{
	g_autofree char *whole = g_strconcat(wanted->name, ".missing.txt", NULL);
	g_autofree char *name = dc_file_name(whole, "text/plain", 0);
	g_autofree char *note = g_strdup_printf(
		"The file \"%s\" (%s) belongs to this draft.\r\n"
		"Its content was not in the database that the draft was taken from.\r\n",
		wanted->name, wanted->type);
	g_autoptr(GBytes) bytes = g_bytes_new(note, strlen(note));
	struct dc_file *file = dc_file_new(name, "text/plain", bytes);

	file->charset = g_strdup("utf-8");
	return file;
}

static struct dc_file *
file_of(const draftconv_attachment *info, guint index, dc_content *content, dc_findings *findings)
{
	struct dc_file *file = g_new0(struct dc_file, 1);

	file->type = clean_type(info->type);
	file->name = dc_file_name(info->filename, file->type, index);
	if (info->filename != NULL && *info->filename != '\0' &&
		strcmp(info->filename, file->name) != 0)
		dc_findings_add(findings, DC_FINDING_FILENAME_CHANGED, "attachments", "%s: %s",
			file->name, info->filename);
	if (info->charset != NULL && is_token(info->charset, strlen(info->charset)))
		file->charset = g_strdup(info->charset);
	file->content_id = clean_id(info->content_id);
	file->url = g_strdup(info->url);
	file->was_inline = info->disposition != NULL &&
			   g_ascii_strncasecmp(info->disposition, "inline", 6) == 0;
	if (content != NULL) {
		file->content = dc_content_ref(content);
		return file;
	}
	struct dc_file *note = missing_file(file);
	dc_findings_add(findings, DC_FINDING_ATTACHMENT_MISSING, "attachments", "%s", file->name);
	dc_file_free(file);
	return note;
}

/* A stored message is readable in clients when it stands as it is, which not every one may. */
static int
judge_message(struct dc_file *file, const char *forbidden, draftconv_error **error)
{
	bool fit = false;
	int status = dc_embed_judge(file->content, forbidden, &fit, error);

	if (status < 0)
		return status;
	if (!g_str_has_suffix(file->name, ".eml")) {
		g_autofree char *whole = g_strconcat(file->name, ".eml", NULL);

		g_free(file->name);
		file->name = dc_file_name(whole, file->type, 0);
	}
	file->as_it_is = fit;
	if (!fit) {
		g_free(file->type);
		file->type = g_strdup(UNKNOWN_TYPE);
	}
	return DRAFTCONV_OK;
}

int
dc_files_new(const draftconv_draft *draft, const char *forbidden, dc_findings *findings,
	GPtrArray **files, draftconv_error **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(dc_file_free);
	size_t count = draftconv_draft_attachment_count(draft);

	for (size_t i = 0; i < count; i++) {
		struct dc_file *file = file_of(draftconv_draft_attachment(draft, i), (guint)i,
			dc_draft_attachment_content(draft, i), findings);

		g_ptr_array_add(list, file);
		if (strcmp(file->type, "message/rfc822") != 0)
			continue;
		int status = judge_message(file, forbidden, error);
		if (status < 0)
			return dc_error_prefix(error, status, "%s", file->name);
	}
	*files = g_steal_pointer(&list);
	return DRAFTCONV_OK;
}

static void
set_headers(const struct dc_file *file, GMimeObject *part)
{
	const struct dc_parameter type[] = {
		{"charset", g_str_has_prefix(file->type, "text/") ? file->charset : NULL,
			DC_PARAMETER_TOKEN},
		{"name", file->name, DC_PARAMETER_WORDS},
	};
	const struct dc_parameter filename = {"filename", file->name, DC_PARAMETER_EXTENDED};
	g_autofree char *raw_type =
		dc_header_parameters("Content-Type", file->type, type, G_N_ELEMENTS(type));
	g_autofree char *disposition = dc_header_parameters(
		"Content-Disposition", file->shown ? "inline" : "attachment", &filename, 1);
	g_autofree char *description = dc_header_text("Content-Description", file->name);

	dc_tree_set_header(part, "Content-Type", raw_type);
	dc_tree_set_header(
		part, "Content-Transfer-Encoding", file->as_it_is ? " 7bit\n" : " base64\n");
	dc_tree_set_header(part, "Content-Disposition", disposition);
	if (file->shown) {
		g_autofree char *id = g_strdup_printf(" <%s>\n", file->content_id);
		dc_tree_set_header(part, "Content-ID", id);
	}
	dc_tree_set_header(part, "Content-Description", description);
}

GMimeObject *
dc_file_part(const struct dc_file *file, draftconv_error **failure)
{
	GMimePart *part = dc_tree_part_new();
	GMimeStream *stream = dc_content_stream_new(file->content, failure);
	GMimeDataWrapper *wrapper = g_mime_data_wrapper_new_with_stream(stream,
		file->as_it_is ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_BINARY);

	set_headers(file, GMIME_OBJECT(part));
	g_mime_part_set_content(part, wrapper);
	g_object_unref(wrapper);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}
