/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long values of columns in UTF-16 and UTF-32, read as UTF-8. */
#include "lib/stage/internal.h"

#include <string.h>

/* Read at once, and what is looked at where nothing told the set. */
#define PIECE 4096

struct wide_reader {
	dc_reader parent;
	dc_reader *inner;
	enum dc_place_wide how;
	struct dc_wide_decoder decoder;
	GString *text; /* not handed out yet, from OFFSET on */
	gsize offset;
	bool ended;
};

static int
fill(struct wide_reader *self, draftconv_error **error)
{
	guint8 buffer[PIECE];
	const gssize count = dc_reader_fill(self->inner, buffer, PIECE, error);

	if (count < 0)
		return (int)count;
	g_string_truncate(self->text, 0);
	self->offset = 0;
	self->ended = count < PIECE;
	if (self->how == DC_PLACE_LIKELY)
		self->how = dc_wide_likely(self->decoder.set, buffer, (gsize)count)
				    ? DC_PLACE_WIDE
				    : DC_PLACE_PLAIN;
	if (self->how == DC_PLACE_PLAIN) {
		g_string_append_len(self->text, (const char *)buffer, count);
		return DRAFTCONV_OK;
	}
	dc_wide_put(&self->decoder, buffer, (gsize)count, self->text);
	if (self->ended)
		dc_wide_end(&self->decoder, self->text);
	return DRAFTCONV_OK;
}

static gssize
wide_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	struct wide_reader *self = (struct wide_reader *)reader;

	while (self->offset == self->text->len) {
		const int status = self->ended ? 0 : fill(self, error);

		if (status < 0)
			return status;
		if (self->ended && self->text->len == self->offset)
			return 0;
	}

	const gsize count = MIN(size, self->text->len - self->offset);
	memcpy(buffer, self->text->str + self->offset, count);
	self->offset += count;
	return (gssize)count;
}

static void
wide_free(dc_reader *reader)
{
	struct wide_reader *self = (struct wide_reader *)reader;

	dc_reader_free(self->inner);
	g_string_free(self->text, TRUE);
	g_free(self);
}

dc_reader *
dc_wide_reader_new(dc_reader *inner, const struct dc_place *place)
{
	static const struct dc_reader_class class = {wide_read, wide_free};

	if (place->how == DC_PLACE_PLAIN)
		return inner;

	struct wide_reader *self = g_new0(struct wide_reader, 1);
	self->parent.class = &class;
	self->inner = inner;
	self->how = place->how;
	self->decoder.set = place->set;
	self->text = g_string_new(NULL);
	return &self->parent;
}
