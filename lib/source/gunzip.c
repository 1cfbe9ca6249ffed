/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gzip by GLib's converter: libarchive forgets up to 64 KiB before the place where a cut file ends, and
 * dumps that were cut while they were packed are what people have.
 */
#include "lib/source/stream.h"

#include <string.h>

#define PACKED_CHUNK (64 * 1024)

struct gzip_stream {
	dc_stream parent;
	dc_stream *inner;
	GConverter *converter;
	bool in_member; /* the end here is a cut */
	gsize at;
	gsize size;
	guint8 packed[PACKED_CHUNK];
};

static bool
refill(struct gzip_stream *self)
{
	const gsize left = self->size - self->at;

	memmove(self->packed, self->packed + self->at, left);
	self->at = 0;
	self->size =
		left + dc_stream_read(self->inner, self->packed + left, sizeof self->packed - left);
	return self->size > left;
}

static gsize
stop(struct gzip_stream *self, const char *reason)
{
	if (self->parent.trouble == NULL)
		self->parent.trouble =
			g_strdup(self->inner->trouble != NULL ? self->inner->trouble : reason);
	return 0;
}

static gsize
gzip_read(dc_stream *stream, void *buffer, gsize size)
{
	struct gzip_stream *self = (struct gzip_stream *)stream;

	for (;;) {
		g_autoptr(GError) error = NULL;
		gsize used = 0;
		gsize made = 0;

		if (self->at == self->size && !refill(self))
			return self->in_member ? stop(self, "the gzip file ends in the middle") : 0;
		if (!self->in_member && self->packed[self->at] == 0) {
			self->at++; /* tapes pad with zeros */
			continue;
		}
		self->in_member = true;
		GConverterResult result = g_converter_convert(self->converter,
			self->packed + self->at, self->size - self->at, buffer, size,
			G_CONVERTER_NO_FLAGS, &used, &made, &error);

		if (result == G_CONVERTER_ERROR &&
			g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)) {
			if (!refill(self))
				return stop(self, "the gzip file ends in the middle");
			continue;
		}
		if (result == G_CONVERTER_ERROR)
			return stop(self, error->message);
		self->at += used;
		if (result == G_CONVERTER_FINISHED) {
			self->in_member = false; /* several files in one: the next may follow */
			g_converter_reset(self->converter);
		}
		if (made > 0)
			return made;
	}
}

static void
gzip_free(dc_stream *stream)
{
	struct gzip_stream *self = (struct gzip_stream *)stream;

	g_object_unref(self->converter);
	dc_stream_free(self->inner);
	g_free(self);
}

dc_stream *
dc_stream_new_gunzipped(dc_stream *inner)
{
	static const struct dc_stream_class class = {gzip_read, gzip_free};
	struct gzip_stream *self = g_new0(struct gzip_stream, 1);

	self->parent.class = &class;
	self->inner = inner;
	self->converter = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
	return &self->parent;
}
