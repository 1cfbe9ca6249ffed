/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/draft/reading.h"

/* ---- a draft as text: what is set, a line each, then its findings ---- */

static void
print_attachments(const draftconv_draft *draft, GString *out)
{
	for (size_t i = 0; i < draftconv_draft_attachment_count(draft); i++) {
		const draftconv_attachment *info = draftconv_draft_attachment(draft, i);
		dc_content *content = dc_draft_attachment_content(draft, i);
		g_autoptr(GBytes) bytes = NULL;

		g_string_append_printf(
			out, "file %s", info->filename == NULL ? "-" : info->filename);
		if (info->type != NULL)
			g_string_append_printf(out, " %s", info->type);
		if (info->content_id != NULL)
			g_string_append_printf(out, " id %s", info->content_id);
		if (content == NULL) {
			g_string_append(out, " missing\n");
			continue;
		}
		g_assert_cmpint(dc_content_load(content, 100000, &bytes, NULL), ==, 0);
		gsize size;
		const char *data = g_bytes_get_data(bytes, &size);
		g_autofree char *raw = g_strndup(size == 0 ? "" : data, MIN(size, 20));
		g_autofree char *text = g_strescape(raw, NULL);
		g_string_append_printf(out, " %" G_GSIZE_FORMAT " '%s'\n", size, text);
	}
}

static void
print_pairs(const draftconv_draft *draft, GString *out)
{
	for (size_t i = 0; i < draftconv_draft_recipient_count(draft); i++) {
		draftconv_field kind;
		const char *name;
		const char *address;

		draftconv_draft_recipient(draft, i, &kind, &name, &address);
		g_string_append_printf(out, "+%s %s <%s>\n", draftconv_field_name(kind),
			name == NULL ? "-" : name, address == NULL ? "-" : address);
	}
	for (size_t i = 0; i < draftconv_draft_header_count(draft); i++) {
		const char *name;
		const char *value;

		draftconv_draft_header(draft, i, &name, &value);
		g_string_append_printf(out, "%s: %s\n", name, value);
	}
}

static void
print_sealed(const struct dc_sealed *sealed, GString *out)
{
	if (sealed == NULL)
		return;
	g_string_append_printf(out, "sealed %s", sealed->type);
	for (guint i = 0; i < sealed->parameter_count; i++)
		g_string_append_printf(out, " %s=%s", sealed->names[i], sealed->values[i]);
	g_string_append_printf(out, "\n%s", sealed->text);
}

char *
reading_print(const draftconv_draft *draft)
{
	g_autoptr(GString) out = g_string_new(NULL);
	int64_t time;
	int offset;

	for (int f = DRAFTCONV_FIELD_FROM; f < DRAFTCONV_FIELD_COUNT; f++) {
		const char *text = draftconv_draft_field(draft, (draftconv_field)f);

		if (text != NULL)
			g_string_append_printf(
				out, "%s=%s\n", draftconv_field_name((draftconv_field)f), text);
	}
	if (draftconv_draft_modified(draft, &time, &offset))
		g_string_append_printf(out, "modified=%" G_GINT64_FORMAT "%+d\n", time, offset);
	if (draftconv_draft_created(draft, &time, &offset))
		g_string_append_printf(out, "created=%" G_GINT64_FORMAT "%+d\n", time, offset);
	if (draftconv_draft_priority(draft) != 0)
		g_string_append_printf(out, "priority=%d\n", draftconv_draft_priority(draft));
	if (draftconv_draft_receipt(draft))
		g_string_append(out, "receipt\n");
	print_pairs(draft, out);
	print_sealed(dc_draft_sealed(draft), out);
	print_attachments(draft, out);
	for (size_t i = 0; i < draftconv_draft_finding_count(draft); i++)
		g_string_append_printf(out, "[%s %s]", draftconv_draft_finding(draft, i)->code,
			draftconv_draft_finding(draft, i)->field);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

draftconv_drafts *
reading_open(
	dc_stage *stage, const draftconv_profile *profile, const draftconv_selection *selection)
{
	g_autoptr(draftconv_error) error = NULL;
	draftconv_drafts *drafts = NULL;

	if (dc_drafts_new(stage, profile, selection, false, NULL, &drafts, &error) < 0)
		g_error("%s", draftconv_error_message(error));
	return drafts;
}

void
reading_expect(const char *profile_xml, const char *rows, const char *want)
{
	g_autoptr(dc_stage) stage = world_stage(rows);
	g_autoptr(draftconv_profile) profile = world_profile(profile_xml);
	g_autoptr(draftconv_drafts) drafts = reading_open(stage, profile, NULL);
	g_autofree char *got = NULL;
	int status;

	do {
		g_autoptr(draftconv_draft) draft = NULL;

		status = draftconv_drafts_next(drafts, &draft, NULL);
		if (status == 1) {
			g_free(got);
			got = reading_print(draft);
		}
	} while (status == 1);
	g_assert_cmpint(status, ==, 0);
	g_assert_cmpstr(got, ==, want);
}
