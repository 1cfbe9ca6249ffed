/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recipients, header fields and attachments that stand in tables of their own. */
#include "lib/draft/row.h"

#include "lib/base/limits.h"
#include "lib/draft/chain.h"
#include "lib/draft/stored.h"
#include "lib/draft/words.h"
#include "lib/text/charset.h"

#include <string.h>

/* An attachment that rows are still being added to. */
struct file {
	GBytes *part;    /* what rows of one attachment share; NULL: it stands alone */
	char *texts[6];  /* as file_columns */
	GPtrArray *data; /* dc_content; NULL: missing */
};

static const char *const file_columns[] = {
	"filename", "type", "content_id", "disposition", "charset", "url"};

static void
file_free(gpointer data)
{
	struct file *file = data;

	if (file->part != NULL)
		g_bytes_unref(file->part);
	for (gsize i = 0; i < G_N_ELEMENTS(file->texts); i++)
		g_free(file->texts[i]);
	if (file->data != NULL)
		g_ptr_array_unref(file->data);
	g_free(file);
}

static int
read_recipient(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error)
{
	g_autofree char *kind = NULL;
	g_autofree char *name = NULL;
	g_autofree char *address = NULL;
	int status = dc_row_text(state, dc_plan_row_get(row, "kind"), "recipients.kind",
		DC_FIELD_MAX, false, &kind, error);

	if (status >= 0)
		status = dc_row_text(state, dc_plan_row_get(row, "name"), "recipients.name",
			DC_FIELD_MAX, false, &name, error);
	if (status >= 0)
		status = dc_row_text(state, dc_plan_row_get(row, "address"), "recipients.address",
			DC_FIELD_MAX, false, &address, error);
	if (status < 0)
		return status;
	if ((name == NULL || *name == '\0') && (address == NULL || *address == '\0'))
		return DRAFTCONV_OK;

	const draftconv_field field = kind == NULL ? DRAFTCONV_FIELD_COUNT : dc_words_kind(kind);
	if (field == DRAFTCONV_FIELD_COUNT) {
		dc_findings_add(dc_draft_findings(state->fill.draft), DC_FINDING_HEADER_DROPPED,
			"recipients", "%s: %s <%s>", kind == NULL ? "" : kind,
			name == NULL ? "" : name, address == NULL ? "" : address);
		return DRAFTCONV_OK;
	}
	return draftconv_draft_add_recipient(state->fill.draft, field, name, address, error);
}

static bool
holds_addresses(const char *name)
{
	static const char *const names[] = {"from", "sender", "reply-to", "to", "cc", "bcc", NULL};
	g_autofree char *lower = g_ascii_strdown(name, -1);

	return g_strv_contains(names, lower);
}

static int
read_header(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error)
{
	g_autofree char *name = NULL;
	g_autofree char *value = NULL;
	int status = dc_row_text(state, dc_plan_row_get(row, "name"), "headers.name", DC_FIELD_MAX,
		false, &name, error);

	if (status >= 0)
		status = dc_row_text(state, dc_plan_row_get(row, "value"), "headers.value",
			DC_FIELD_MAX, false, &value, error);
	if (status < 0 || name == NULL || value == NULL || *name == '\0')
		return status;

	g_strstrip(name);
	if (g_str_has_suffix(name, ":"))
		name[strlen(name) - 1] = '\0';
	g_autofree char *text = dc_stored_header(value, holds_addresses(name));
	return draftconv_draft_add_header(state->fill.draft, name, text, error);
}

/* The attachment that a row belongs to: of the rows with its `part`, or a new one. */
static int
find_file(const dc_plan_row *row, GPtrArray *files, struct file **file, draftconv_error **error)
{
	g_autoptr(GBytes) part = NULL;
	const int status = dc_row_load(dc_plan_row_get(row, "part"), DC_FIELD_MAX, &part, error);

	if (status < 0)
		return status;
	/* most rows follow their sibling, so the search begins at the end */
	for (guint i = files->len; part != NULL && i-- > 0;) {
		struct file *known = files->pdata[i];

		if (known->part != NULL && g_bytes_equal(known->part, part)) {
			*file = known;
			return DRAFTCONV_OK;
		}
	}
	if (files->len >= DC_ATTACHMENTS_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"a draft holds at most %d attachments", DC_ATTACHMENTS_MAX);
	*file = g_new0(struct file, 1);
	(*file)->part = g_steal_pointer(&part);
	g_ptr_array_add(files, *file);
	return DRAFTCONV_OK;
}

static void
add_data(struct file *file, dc_content *content)
{
	if (file->data == NULL)
		file->data = g_ptr_array_new_with_free_func((GDestroyNotify)dc_content_unref);
	if (content != NULL)
		g_ptr_array_add(file->data, content);
}

/*
 * The bytes of the column are what the old webmail opened the file by; a dump in another set than the
 * column's has others, and so may a copy of the directory.
 */
static int
open_path(const struct dc_row_state *state, const struct dc_plan_value *value, GBytes *path,
	dc_content **content, draftconv_error **error)
{
	gsize size;
	const char *data = g_bytes_get_data(path, &size);
	g_autoptr(GBytes) undone = value->utf8 ? NULL
					       : dc_charset_undo(value->client_charset,
							 value->column_charset, data, size);

	if (undone != NULL) {
		gsize undone_size;
		const char *bytes = g_bytes_get_data(undone, &undone_size);

		if (dc_folder_file(state->context->folder, bytes, undone_size, content, NULL) >= 0)
			return DRAFTCONV_OK;
	}
	return dc_folder_file(state->context->folder, size == 0 ? "" : data, size, content, error);
}

/* A path below --attachments DIR. Whatever is wrong with it, the attachment is missing, not the draft. */
static int
add_path(struct dc_row_state *state, const dc_plan_row *row, struct file *file,
	draftconv_error **error)
{
	g_autoptr(GBytes) path = NULL;
	g_autoptr(draftconv_error) why = NULL;
	g_autofree char *reason = NULL;
	dc_content *content = NULL;
	int status = dc_row_load(dc_plan_row_get(row, "file"), DC_FIELD_MAX, &path, error);

	if (status <= 0)
		return status;
	if (state->context->folder != NULL) {
		status = open_path(state, dc_plan_row_get(row, "file"), path, &content, &why);
		if (status >= 0) {
			add_data(file, content);
			return state->digest == NULL
				       ? DRAFTCONV_OK
				       : dc_digest_content(state->digest, content, error);
		}
		reason = g_strdup(draftconv_error_message(why));
	}
	dc_findings_add(dc_draft_findings(state->fill.draft), DC_FINDING_ATTACHMENT_MISSING,
		"attachments", "%s",
		reason != NULL ? reason : "kept as a file; no --attachments directory was named");
	return DRAFTCONV_OK;
}

static int
read_attachment(struct dc_row_state *state, const dc_plan_row *row, GPtrArray *files,
	draftconv_error **error)
{
	const struct dc_plan_value *data = dc_plan_row_get(row, "data");
	const struct dc_plan_value *chunk = dc_plan_row_get(row, "chunk");
	struct file *file = NULL;
	int status = find_file(row, files, &file, error);

	for (gsize i = 0; i < G_N_ELEMENTS(file_columns) && status >= 0; i++) {
		const struct dc_plan_value *value = dc_plan_row_get(row, file_columns[i]);
		g_autofree char *field = g_strconcat("attachments.", file_columns[i], NULL);

		if (file->texts[i] == NULL)
			status = dc_row_text(
				state, value, field, DC_FIELD_MAX, false, &file->texts[i], error);
	}
	if (status < 0)
		return status;
	if (data != NULL && data->type != DC_PLAN_NULL && data->type != DC_PLAN_TOO_LARGE)
		add_data(file, dc_plan_value_content(data));
	else if (chunk != NULL && chunk->type != DC_PLAN_TOO_LARGE)
		/* a NULL chunk is an empty attachment */
		add_data(file, dc_plan_value_content(chunk));
	return add_path(state, row, file, error);
}

static dc_content *
file_content(struct file *file)
{
	if (file->data == NULL)
		return NULL;
	if (file->data->len == 1)
		return dc_content_ref(file->data->pdata[0]);
	return dc_chain_new(g_steal_pointer(&file->data));
}

/* An empty text says as little as NULL. */
static const char *
said(const char *text)
{
	return text != NULL && *text != '\0' ? text : NULL;
}

static int
add_files(struct dc_row_state *state, GPtrArray *files, draftconv_error **error)
{
	for (guint i = 0; i < files->len; i++) {
		struct file *file = files->pdata[i];
		g_autoptr(dc_content) content = file_content(file);
		const draftconv_attachment info = {
			.filename = said(file->texts[0]),
			.type = said(file->texts[1]),
			.content_id = said(file->texts[2]),
			.disposition = said(file->texts[3]),
			.charset = said(file->texts[4]),
			.url = said(file->texts[5]),
		};
		const int status =
			dc_draft_add_attachment(state->fill.draft, &info, content, error);

		if (status < 0)
			return status;
	}
	return DRAFTCONV_OK;
}

static int
read_child(struct dc_row_state *state, enum dc_statement_kind kind, const dc_plan_row *row,
	GPtrArray *files, draftconv_error **error)
{
	const int status = dc_row_digest(state, row, error);

	if (status < 0)
		return status;
	dc_findings_add_all(dc_draft_findings(state->fill.draft), dc_plan_row_findings(row));
	if (kind == DC_STATEMENT_RECIPIENTS)
		return read_recipient(state, row, error);
	if (kind == DC_STATEMENT_HEADERS)
		return read_header(state, row, error);
	return read_attachment(state, row, files, error);
}

static int
read_kind(struct dc_row_state *state, const dc_plan_row *draft, enum dc_statement_kind kind,
	GPtrArray *files, draftconv_error **error)
{
	g_autoptr(dc_plan_rows) rows = NULL;
	int status = dc_plan_children(state->context->plan, draft, kind, &rows, error);

	while (status >= 0) {
		g_autoptr(dc_plan_row) row = NULL;

		status = dc_plan_rows_next(rows, &row, error);
		if (status <= 0)
			break;
		status = read_child(state, kind, row, files, error);
	}
	if (rows != NULL)
		dc_findings_add_all(
			dc_draft_findings(state->fill.draft), dc_plan_rows_findings(rows));
	return status;
}

int
dc_children_read(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error)
{
	static const enum dc_statement_kind kinds[] = {
		DC_STATEMENT_RECIPIENTS, DC_STATEMENT_HEADERS, DC_STATEMENT_ATTACHMENTS};
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(file_free);

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		const int status = read_kind(state, row, kinds[i], files, error);

		if (status < 0)
			return status;
	}
	return add_files(state, files, error);
}
