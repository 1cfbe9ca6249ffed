/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/fill.h"

#include "lib/text/charset.h"

#include <string.h>

static void
original_free(gpointer data)
{
	struct dc_original *original = data;

	g_free(original->field);
	dc_content_unref(original->content);
	g_free(original);
}

GPtrArray *
dc_originals_new(void)
{
	return g_ptr_array_new_with_free_func(original_free);
}

void
dc_fill_keep(struct dc_fill *fill, const char *field, dc_content *content)
{
	struct dc_original *original = g_new0(struct dc_original, 1);

	original->field = g_strdup(field);
	original->content = dc_content_ref(content);
	g_ptr_array_add(fill->originals, original);
}

int
dc_fill_attach_originals(struct dc_fill *fill, draftconv_error **error)
{
	for (guint i = 0; i < fill->originals->len; i++) {
		const struct dc_original *original = fill->originals->pdata[i];
		g_autofree char *name = g_strdup_printf("original-%s.bin", original->field);
		const draftconv_attachment info = {
			.filename = name, .type = "application/octet-stream"};

		const int status =
			dc_draft_add_attachment(fill->draft, &info, original->content, error);
		if (status < 0)
			return status;
	}
	g_ptr_array_set_size(fill->originals, 0);
	return DRAFTCONV_OK;
}

struct dc_text_hints
dc_fill_hints(const struct dc_fill *fill, const struct dc_fill_charset *charset, bool is_html)
{
	return (struct dc_text_hints){
		.client = charset == NULL ? NULL : charset->client,
		.column = charset == NULL ? NULL : charset->column,
		.row = fill->row_charset,
		.profile = fill->profile_charset,
		.fallback = fill->fallback_charset,
		.form = fill->profile_charset,
		.html = is_html,
		.decision = fill->decision,
	};
}

char *
dc_fill_decode(struct dc_fill *fill, const char *field, GBytes *bytes,
	const struct dc_fill_charset *charset, bool is_html)
{
	const struct dc_text_hints hints = dc_fill_hints(fill, charset, is_html);
	bool keep_raw = false;
	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);
	char *text = dc_text_decode(size == 0 ? "" : data, size, &hints, field,
		dc_draft_findings(fill->draft), &keep_raw);

	if (keep_raw) {
		g_autoptr(GBytes) undone = dc_charset_undo(hints.client, hints.column, data, size);
		g_autoptr(dc_content) content =
			dc_content_new_bytes(undone != NULL ? undone : bytes);

		dc_fill_keep(fill, field, content);
	}
	return text;
}

void
dc_fill_too_long(struct dc_fill *fill, const char *field, dc_content *content)
{
	dc_findings_add(dc_draft_findings(fill->draft), DC_FINDING_UNDECODABLE, field,
		"longer than a draft's field may be");
	dc_fill_keep(fill, field, content);
}

int
dc_fill_set(struct dc_fill *fill, draftconv_field field, const char *text, dc_content *content,
	draftconv_error **error)
{
	g_autoptr(draftconv_error) why = NULL;
	const int status = draftconv_draft_set(fill->draft, field, text, &why);

	if (status == DRAFTCONV_ERROR_DRAFT) {
		g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
		g_autoptr(dc_content) copy = dc_content_new_bytes(bytes);

		dc_fill_too_long(
			fill, draftconv_field_name(field), content != NULL ? content : copy);
		return DRAFTCONV_OK;
	}
	if (status < 0 && error != NULL)
		*error = g_steal_pointer(&why);
	return status;
}

bool
dc_fill_time(struct dc_fill *fill, const char *field, const char *text)
{
	struct dc_time time = {0, 0};

	if (dc_time_parse(text, fill->zone, field, dc_draft_findings(fill->draft), &time) !=
		DC_TIME_OK)
		return false;
	if (strcmp(field, "modified") == 0)
		draftconv_draft_set_modified(fill->draft, time.utc, time.offset_s / 60, NULL);
	else
		draftconv_draft_set_created(fill->draft, time.utc, time.offset_s / 60, NULL);
	return true;
}
