/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/error.h"
#include "lib/base/limits.h"
#include "lib/draft/internal.h"

#include <string.h>

/* A content behind the functions of a caller. */
struct caller_content {
	dc_content parent;
	draftconv_attachment functions; /* strings not used */
};

struct caller_reader {
	dc_reader parent;
	dc_content *content; /* borrowed: a reader does not outlive its content */
	void *stream;
};

static gssize
caller_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	struct caller_reader *self = (struct caller_reader *)reader;
	const struct caller_content *content = (const struct caller_content *)self->content;
	long count = content->functions.read(self->stream, buffer, size);

	if (count < 0)
		return dc_error_set(error, (int)CLAMP(count, -999, -1),
			"the content of an attachment cannot be read");
	if ((gsize)count > size)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"the reader of an attachment gave more than was asked for");
	return count;
}

static void
caller_reader_free(dc_reader *reader)
{
	struct caller_reader *self = (struct caller_reader *)reader;

	((const struct caller_content *)self->content)->functions.close(self->stream);
	g_free(self);
}

static int
caller_open(dc_content *content, dc_reader **reader, draftconv_error **error)
{
	static const struct dc_reader_class class = {caller_read, caller_reader_free};
	const struct caller_content *self = (const struct caller_content *)content;
	void *stream = NULL;
	int status = self->functions.open(self->functions.user, &stream);

	if (status < 0)
		return dc_error_set(
			error, MAX(status, -999), "the content of an attachment cannot be opened");

	struct caller_reader *result = g_new0(struct caller_reader, 1);
	result->parent.class = &class;
	result->content = content;
	result->stream = stream;
	*reader = &result->parent;
	return DRAFTCONV_OK;
}

static gint64
caller_size(const dc_content *content)
{
	gsize size = ((const struct caller_content *)content)->functions.size;

	return size <= G_MAXINT64 ? (gint64)size : -1;
}

static void
caller_free(dc_content *content)
{
	struct caller_content *self = (struct caller_content *)content;

	if (self->functions.release != NULL)
		self->functions.release(self->functions.user);
	g_free(self);
}

static dc_content *
caller_content_new(const draftconv_attachment *attachment)
{
	static const struct dc_content_class class = {caller_open, caller_size, caller_free};
	struct caller_content *self = g_new0(struct caller_content, 1);

	dc_content_init(&self->parent, &class);
	self->functions = *attachment;
	return &self->parent;
}

void
draft_attachment_free(gpointer data)
{
	struct draft_attachment *a = data;

	g_free((char *)(uintptr_t)a->info.filename);
	g_free((char *)(uintptr_t)a->info.type);
	g_free((char *)(uintptr_t)a->info.content_id);
	g_free((char *)(uintptr_t)a->info.disposition);
	g_free((char *)(uintptr_t)a->info.charset);
	g_free((char *)(uintptr_t)a->info.url);
	dc_content_unref(a->content);
	g_free(a);
}

static int
check_strings(const draftconv_attachment *info, draftconv_error **error)
{
	const char *const strings[] = {info->filename, info->type, info->content_id,
		info->disposition, info->charset, info->url};

	for (size_t i = 0; i < G_N_ELEMENTS(strings); i++) {
		if (strings[i] == NULL)
			continue;
		if (strnlen(strings[i], DC_FIELD_MAX + 1) > DC_FIELD_MAX)
			return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
				"what describes an attachment is longer than %d bytes",
				DC_FIELD_MAX);
		if (!g_utf8_validate(strings[i], -1, NULL))
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"what describes an attachment is no UTF-8");
	}
	return DRAFTCONV_OK;
}

int
dc_draft_add_attachment(draftconv_draft *draft, const draftconv_attachment *info,
	dc_content *content, draftconv_error **error)
{
	if (draft->attachments->len >= DC_ATTACHMENTS_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"a draft holds at most %d attachments", DC_ATTACHMENTS_MAX);

	int status = check_strings(info, error);
	if (status < 0)
		return status;

	struct draft_attachment *a = g_new0(struct draft_attachment, 1);
	gint64 size = content == NULL ? -1 : dc_content_size(content);
	a->info.struct_size = sizeof a->info;
	a->info.filename = g_strdup(info->filename);
	a->info.type = g_strdup(info->type);
	a->info.content_id = g_strdup(info->content_id);
	a->info.disposition = g_strdup(info->disposition);
	a->info.charset = g_strdup(info->charset);
	a->info.url = g_strdup(info->url);
	a->info.size = size < 0 ? SIZE_MAX : (size_t)size;
	a->content = content == NULL ? NULL : dc_content_ref(content);
	g_ptr_array_add(draft->attachments, a);
	return DRAFTCONV_OK;
}

int
draftconv_draft_add_attachment(
	draftconv_draft *draft, const draftconv_attachment *attachment, draftconv_error **error)
{
	g_autoptr(dc_content) content = NULL;

	if (attachment->struct_size < sizeof *attachment)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "struct_size of an attachment is not set");
	if (attachment->open != NULL && (attachment->read == NULL || attachment->close == NULL))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"an attachment has open, but not read and close");
	if (attachment->data != NULL) {
		g_autoptr(GBytes) bytes = g_bytes_new(attachment->data, attachment->size);
		content = dc_content_new_bytes(bytes);
	} else if (attachment->open != NULL) {
		int status = check_strings(attachment, error);
		if (status < 0)
			return status;
		if (draft->attachments->len < DC_ATTACHMENTS_MAX)
			content = caller_content_new(attachment);
	}
	return dc_draft_add_attachment(draft, attachment, content, error);
}

size_t
draftconv_draft_attachment_count(const draftconv_draft *draft)
{
	return draft->attachments->len;
}

const draftconv_attachment *
draftconv_draft_attachment(const draftconv_draft *draft, size_t index)
{
	if (index >= draft->attachments->len)
		return NULL;
	return &((const struct draft_attachment *)draft->attachments->pdata[index])->info;
}

dc_content *
dc_draft_attachment_content(const draftconv_draft *draft, size_t index)
{
	if (index >= draft->attachments->len)
		return NULL;
	return ((const struct draft_attachment *)draft->attachments->pdata[index])->content;
}

int
draftconv_draft_attachment_read(const draftconv_draft *draft, size_t index, draftconv_write write,
	void *user, draftconv_error **error)
{
	if (index >= draft->attachments->len)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no such attachment");

	dc_content *content = dc_draft_attachment_content(draft, index);
	if (content == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND,
			"the content of this attachment is missing");

	g_autoptr(dc_reader) reader = NULL;
	int status = dc_content_open(content, &reader, error);
	if (status < 0)
		return status;
	for (;;) {
		guint8 buffer[16384];
		gssize count = dc_reader_read(reader, buffer, sizeof buffer, error);

		if (count <= 0)
			return (int)count;
		status = write(user, buffer, (size_t)count);
		if (status < 0)
			return dc_error_set(error, status, "whoever reads the attachment gave up");
	}
}
