/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/stream.h"

#include <openssl/evp.h>

#include <errno.h>
#include <stdbool.h>

/* ------------------------------------------------------------------ contents */

typedef struct {
	GMimeStream parent;
	dc_content *content;
	dc_reader *reader; /* NULL before the first byte */
	draftconv_error **failure;
	bool at_end;
} DcContentStream;

typedef struct {
	GMimeStreamClass parent;
} DcContentStreamClass;

GType dc_content_stream_get_type(void);
G_DEFINE_TYPE(DcContentStream, dc_content_stream, GMIME_TYPE_STREAM)

static void
content_rewind(DcContentStream *self)
{
	g_clear_pointer(&self->reader, dc_reader_free);
	self->at_end = false;
	self->parent.position = 0;
}

static gssize
content_read(GMimeStream *stream, char *buffer, size_t size)
{
	DcContentStream *self = (DcContentStream *)stream;
	draftconv_error *error = NULL;
	gssize count = 0;

	if (self->at_end)
		return 0;
	if (self->reader == NULL)
		count = dc_content_open(self->content, &self->reader, &error);
	if (count >= 0)
		count = dc_reader_read(self->reader, buffer, size, &error);
	if (count > 0) {
		stream->position += count;
		return count;
	}
	self->at_end = true;
	if (count == 0)
		return 0;
	if (*self->failure == NULL)
		*self->failure = error;
	else
		draftconv_error_free(error);
	errno = EIO;
	return -1;
}

static gboolean
content_eos(GMimeStream *stream)
{
	return ((DcContentStream *)stream)->at_end;
}

static int
content_reset(GMimeStream *stream)
{
	content_rewind((DcContentStream *)stream);
	return 0;
}

static gint64
content_seek(GMimeStream *stream, gint64 offset, GMimeSeekWhence whence)
{
	if (offset != 0 || whence != GMIME_STREAM_SEEK_SET)
		return -1;
	content_rewind((DcContentStream *)stream);
	return 0;
}

static gint64
content_length(GMimeStream *stream)
{
	return dc_content_size(((DcContentStream *)stream)->content);
}

static void
content_finalize(GObject *object)
{
	DcContentStream *self = (DcContentStream *)object;

	/* a reader does not outlive its content */
	g_clear_pointer(&self->reader, dc_reader_free);
	dc_content_unref(self->content);
	G_OBJECT_CLASS(dc_content_stream_parent_class)->finalize(object);
}

static void
dc_content_stream_class_init(DcContentStreamClass *class)
{
	G_OBJECT_CLASS(class)->finalize = content_finalize;
	class->parent.read = content_read;
	class->parent.eos = content_eos;
	class->parent.reset = content_reset;
	class->parent.seek = content_seek;
	class->parent.length = content_length;
}

static void
dc_content_stream_init(DcContentStream *self)
{
	g_mime_stream_construct(&self->parent, 0, -1);
}

GMimeStream *
dc_content_stream_new(dc_content *content, draftconv_error **failure)
{
	DcContentStream *self = g_object_new(dc_content_stream_get_type(), NULL);

	self->content = dc_content_ref(content);
	self->failure = failure;
	return &self->parent;
}

/* -------------------------------------------------------------------- output */

typedef struct {
	GMimeStream parent;
	dc_write_func write;
	void *user;
	guint64 limit;
	guint64 count;
	EVP_MD_CTX *hash;
	draftconv_error *error;
	int status;
} DcOutputStream;

typedef struct {
	GMimeStreamClass parent;
} DcOutputStreamClass;

GType dc_output_stream_get_type(void);
G_DEFINE_TYPE(DcOutputStream, dc_output_stream, GMIME_TYPE_STREAM)

static gssize
output_write(GMimeStream *stream, const char *buffer, size_t size)
{
	DcOutputStream *self = (DcOutputStream *)stream;

	if (self->status == 0 && size > self->limit - self->count)
		self->status = dc_error_set(&self->error, DRAFTCONV_ERROR_DAMAGED,
			"the message has become longer since it was composed");
	if (self->status == 0 && self->write != NULL)
		self->status = self->write(self->user, buffer, size, &self->error);
	if (self->status < 0) {
		errno = EIO;
		return -1;
	}
	self->status = 0;
	EVP_DigestUpdate(self->hash, buffer, size);
	self->count += size;
	stream->position += (gint64)size;
	return (gssize)size;
}

static int
output_flush(GMimeStream *stream)
{
	return ((DcOutputStream *)stream)->status < 0 ? -1 : 0;
}

static gboolean
output_eos(GMimeStream *stream)
{
	(void)stream;
	return FALSE;
}

static gint64
output_length(GMimeStream *stream)
{
	return (gint64)((DcOutputStream *)stream)->count;
}

static void
output_finalize(GObject *object)
{
	DcOutputStream *self = (DcOutputStream *)object;

	EVP_MD_CTX_free(self->hash);
	draftconv_error_free(self->error);
	G_OBJECT_CLASS(dc_output_stream_parent_class)->finalize(object);
}

static void
dc_output_stream_class_init(DcOutputStreamClass *class)
{
	G_OBJECT_CLASS(class)->finalize = output_finalize;
	class->parent.write = output_write;
	class->parent.flush = output_flush;
	class->parent.eos = output_eos;
	class->parent.length = output_length;
}

static void
dc_output_stream_init(DcOutputStream *self)
{
	g_mime_stream_construct(&self->parent, 0, -1);
	self->hash = EVP_MD_CTX_new();
	if (self->hash == NULL || EVP_DigestInit_ex(self->hash, EVP_sha256(), NULL) != 1)
		g_error("SHA-256 is not available");
}

GMimeStream *
dc_output_stream_new(dc_write_func write, void *user, guint64 limit)
{
	DcOutputStream *self = g_object_new(dc_output_stream_get_type(), NULL);

	self->write = write;
	self->user = user;
	self->limit = limit;
	return &self->parent;
}

guint64
dc_output_stream_count(GMimeStream *stream)
{
	return ((DcOutputStream *)stream)->count;
}

void
dc_output_stream_digest(GMimeStream *stream, guint8 digest[32])
{
	EVP_DigestFinal_ex(((DcOutputStream *)stream)->hash, digest, NULL);
}

int
dc_output_stream_status(GMimeStream *stream, draftconv_error **error)
{
	DcOutputStream *self = (DcOutputStream *)stream;

	if (self->status < 0 && error != NULL)
		*error = g_steal_pointer(&self->error);
	return self->status;
}
