/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * UTF-16 and UTF-32 piece by piece. In: bytes of a column in such a set, in pieces of any size; out:
 * UTF-8. It never fails and loses nothing: what is no letter comes out as bytes that are no UTF-8
 * either, so that the ladder (decode.h) finds it and tells of it.
 */
#ifndef DC_TEXT_WIDE_H
#define DC_TEXT_WIDE_H

#include <glib.h>

#include <stdbool.h>

enum dc_wide {
	DC_WIDE_NONE, /* ASCII is ASCII here */
	DC_WIDE_UTF16,
	DC_WIDE_UTF16LE,
	DC_WIDE_UTF32,
	DC_WIDE_UTF32LE
};

/* What kind of set NAME is; may be NULL or unknown. */
enum dc_wide dc_wide_of(const char *name);

/* Begin with {.set = …}, anything but DC_WIDE_NONE. */
struct dc_wide_decoder {
	enum dc_wide set;
	guint8 unit[4]; /* not whole yet */
	gsize have;
	gunichar high; /* a surrogate that waits for the other one; 0 none */
};

void dc_wide_put(struct dc_wide_decoder *decoder, const void *bytes, gsize size, GString *out);
void dc_wide_end(struct dc_wide_decoder *decoder, GString *out);

/*
 * Whether BYTES, or the beginning of a longer text, are rather of SET than of a set in which ASCII is
 * ASCII: by zeros, which no other text has. East Asian text without a blank or a line break may have
 * none in UTF-16, and is not known by this.
 */
bool dc_wide_likely(enum dc_wide set, const void *bytes, gsize size);

#endif
