/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/content.h"

#include <string.h>

struct bytes_content {
	dc_content parent;
	GBytes *bytes;
};

struct bytes_reader {
	dc_reader parent;
	GBytes *bytes;
	gsize offset;
};

static gssize
bytes_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	struct bytes_reader *self = (struct bytes_reader *)reader;
	gsize length;
	const guint8 *data = g_bytes_get_data(self->bytes, &length);
	gsize count = length - self->offset;

	(void)error;
	if (count > size)
		count = size;
	if (count == 0)
		return 0;
	memcpy(buffer, data + self->offset, count);
	self->offset += count;
	return (gssize)count;
}

static void
bytes_reader_free(dc_reader *reader)
{
	struct bytes_reader *self = (struct bytes_reader *)reader;

	g_bytes_unref(self->bytes);
	g_free(self);
}

static int
bytes_open(dc_content *content, dc_reader **reader, draftconv_error **error)
{
	static const struct dc_reader_class class = {bytes_read, bytes_reader_free};
	struct bytes_content *self = (struct bytes_content *)content;
	struct bytes_reader *result = g_new0(struct bytes_reader, 1);

	(void)error;
	result->parent.class = &class;
	result->bytes = g_bytes_ref(self->bytes);
	*reader = &result->parent;
	return DRAFTCONV_OK;
}

static gint64
bytes_size(const dc_content *content)
{
	return (gint64)g_bytes_get_size(((const struct bytes_content *)content)->bytes);
}

static void
bytes_content_free(dc_content *content)
{
	struct bytes_content *self = (struct bytes_content *)content;

	g_bytes_unref(self->bytes);
	g_free(self);
}

void
dc_content_init(dc_content *content, const struct dc_content_class *class)
{
	content->class = class;
	g_atomic_ref_count_init(&content->refs);
}

dc_content *
dc_content_new_bytes(GBytes *bytes)
{
	static const struct dc_content_class class = {bytes_open, bytes_size, bytes_content_free};
	struct bytes_content *self = g_new0(struct bytes_content, 1);

	dc_content_init(&self->parent, &class);
	self->bytes = g_bytes_ref(bytes);
	return &self->parent;
}

dc_content *
dc_content_ref(dc_content *content)
{
	g_atomic_ref_count_inc(&content->refs);
	return content;
}

void
dc_content_unref(dc_content *content)
{
	if (content != NULL && g_atomic_ref_count_dec(&content->refs))
		content->class->free(content);
}

int
dc_content_open(dc_content *content, dc_reader **reader, draftconv_error **error)
{
	return content->class->open(content, reader, error);
}

gint64
dc_content_size(const dc_content *content)
{
	return content->class->size(content);
}

int
dc_content_load(dc_content *content, gsize limit, GBytes **bytes, draftconv_error **error)
{
	g_autoptr(dc_reader) reader = NULL;
	int status = dc_content_open(content, &reader, error);

	if (status < 0)
		return status;

	g_autoptr(GByteArray) all = g_byte_array_new();
	guint8 buffer[16384];
	for (;;) {
		gssize count = dc_reader_read(reader, buffer, sizeof buffer, error);

		if (count < 0)
			return (int)count;
		if (count == 0)
			break;
		if ((gsize)count > limit - all->len)
			return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
				"a value is longer than %" G_GSIZE_FORMAT " bytes", limit);
		g_byte_array_append(all, buffer, (guint)count);
	}
	*bytes = g_byte_array_free_to_bytes(g_steal_pointer(&all));
	return DRAFTCONV_OK;
}

gssize
dc_reader_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	return reader->class->read(reader, buffer, size, error);
}

gssize
dc_reader_fill(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	gsize have = 0;

	while (have < size) {
		const gssize count =
			dc_reader_read(reader, (guint8 *)buffer + have, size - have, error);

		if (count < 0)
			return count;
		if (count == 0)
			break;
		have += (gsize)count;
	}
	return (gssize)have;
}

void
dc_reader_free(dc_reader *reader)
{
	if (reader != NULL)
		reader->class->free(reader);
}
