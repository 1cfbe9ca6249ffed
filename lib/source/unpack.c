/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams that change bytes: compression through libarchive, UTF-16 by hand. */
#include "lib/source/stream.h"

#include <archive.h>
#include <string.h>

#define PACKED_CHUNK (64 * 1024)

struct unpacked_stream {
	dc_stream parent;
	dc_stream *inner;
	struct archive *archive;
	bool begun;
	const guint8 *block; /* what libarchive gave and nobody has taken yet */
	gsize left;
	guint8 packed[PACKED_CHUNK];
};

static la_ssize_t
read_packed(struct archive *archive, void *user, const void **data)
{
	struct unpacked_stream *self = user;
	gsize got = dc_stream_read(self->inner, self->packed, sizeof self->packed);

	*data = self->packed;
	if (got == 0 && self->inner->trouble != NULL) {
		archive_set_error(archive, -1, "%s", self->inner->trouble);
		return -1;
	}
	return (la_ssize_t)got;
}

static bool
begin_unpacking(struct unpacked_stream *self)
{
	struct archive_entry *entry = NULL;

	self->begun = true;
	return archive_read_open(self->archive, self, NULL, read_packed, NULL) == ARCHIVE_OK &&
	       archive_read_next_header(self->archive, &entry) == ARCHIVE_OK;
}

static void
set_trouble(struct unpacked_stream *self)
{
	const char *reason = archive_error_string(self->archive);

	self->parent.trouble = g_strdup(reason == NULL ? "compressed data is damaged" : reason);
}

static gsize
unpacked_read(dc_stream *stream, void *buffer, gsize size)
{
	struct unpacked_stream *self = (struct unpacked_stream *)stream;

	if (!self->begun && !begin_unpacking(self)) {
		set_trouble(self);
		return 0;
	}

	/* Not archive_read_data(): when a block fails it forgets the ones before. */
	while (self->left == 0) {
		const void *block = NULL;
		la_int64_t offset = 0;
		const int status =
			archive_read_data_block(self->archive, &block, &self->left, &offset);

		if (status == ARCHIVE_EOF)
			return 0;
		if (status < ARCHIVE_WARN) {
			set_trouble(self);
			return 0;
		}
		self->block = block;
	}

	const gsize count = MIN(size, self->left);
	memcpy(buffer, self->block, count);
	self->block += count;
	self->left -= count;
	return count;
}

static void
unpacked_free(dc_stream *stream)
{
	struct unpacked_stream *self = (struct unpacked_stream *)stream;

	archive_read_free(self->archive);
	dc_stream_free(self->inner);
	g_free(self);
}

dc_stream *
dc_stream_new_unpacked(dc_stream *inner)
{
	static const struct dc_stream_class class = {unpacked_read, unpacked_free};
	struct unpacked_stream *self = g_new0(struct unpacked_stream, 1);

	self->parent.class = &class;
	self->inner = inner;
	self->archive = archive_read_new();
	archive_read_support_format_raw(self->archive);
	archive_read_support_filter_bzip2(self->archive);
	archive_read_support_filter_xz(self->archive);
	archive_read_support_filter_zstd(self->archive);
	return &self->parent;
}

struct utf16_stream {
	dc_stream parent;
	dc_stream *inner;
	bool big_endian;
	bool begun;
	guint8 raw[4096];
	gsize raw_size;
	gsize raw_at;
	gunichar high; /* a surrogate that waits for its partner; 0 */
	char out[8];
	gsize out_size;
	gsize out_at;
};

/* @return the next unit, or -1 at the end */
static int
next_unit(struct utf16_stream *self)
{
	while (self->raw_size - self->raw_at < 2) {
		gsize left = self->raw_size - self->raw_at;

		memmove(self->raw, self->raw + self->raw_at, left);
		self->raw_at = 0;
		self->raw_size = left;
		gsize got = dc_stream_read(self->inner, self->raw + left, sizeof self->raw - left);
		if (got == 0)
			return -1;
		self->raw_size += got;
	}
	const guint8 *pair = self->raw + self->raw_at;

	self->raw_at += 2;
	return self->big_endian ? pair[0] << 8 | pair[1] : pair[1] << 8 | pair[0];
}

/* Put the next letter into OUT; half a pair becomes U+FFFD. @return false at the end */
static bool
next_letter(struct utf16_stream *self)
{
	const int unit = next_unit(self);
	gunichar letter = (gunichar)unit;

	self->out_at = self->out_size = 0;
	if (unit < 0)
		return false;
	if (!self->begun && unit == 0xfeff) {
		self->begun = true;
		return next_letter(self);
	}
	self->begun = true;
	if (unit >= 0xdc00 && unit <= 0xdfff)
		letter = self->high == 0 ? 0xfffd
					 : 0x10000 + ((self->high - 0xd800) << 10) +
						   ((gunichar)unit - 0xdc00);
	else if (self->high != 0)
		self->out_size += (gsize)g_unichar_to_utf8(0xfffd, self->out);
	self->high = 0;
	if (unit >= 0xd800 && unit <= 0xdbff) {
		self->high = (gunichar)unit;
		return true;
	}
	self->out_size += (gsize)g_unichar_to_utf8(letter, self->out + self->out_size);
	return true;
}

static gsize
utf16_read(dc_stream *stream, void *buffer, gsize size)
{
	struct utf16_stream *self = (struct utf16_stream *)stream;
	guint8 *out = buffer;
	gsize made = 0;

	while (made < size) {
		if (self->out_at < self->out_size) {
			out[made++] = (guint8)self->out[self->out_at++];
			continue;
		}
		if (!next_letter(self))
			break;
	}
	if (made == 0 && self->inner->trouble != NULL)
		stream->trouble = g_strdup(self->inner->trouble);
	return made;
}

static void
utf16_free(dc_stream *stream)
{
	struct utf16_stream *self = (struct utf16_stream *)stream;

	dc_stream_free(self->inner);
	g_free(self);
}

dc_stream *
dc_stream_new_utf16(dc_stream *inner, bool big_endian)
{
	static const struct dc_stream_class class = {utf16_read, utf16_free};
	struct utf16_stream *self = g_new0(struct utf16_stream, 1);

	self->parent.class = &class;
	self->inner = inner;
	self->big_endian = big_endian;
	return &self->parent;
}
