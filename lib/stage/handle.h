/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handles: how a long value is written inside a short one. In: where a value stands, or stored text;
 * out: the short text of it, or the pieces of a text (plain bytes and places in turn). A handle begins
 * with a mark that is random for each stage, so that no dump can forge one; all of it is ASCII, and
 * nothing takes it for a number. This file never reads what a handle points to.
 */
#ifndef DC_STAGE_HANDLE_H
#define DC_STAGE_HANDLE_H

#include "lib/base/error.h"
#include "lib/text/wide.h"

#include <glib.h>

#include <stdbool.h>

#define DC_MARK_SIZE 32
#define DC_HANDLE_SIZE 77
#define DC_MARKER_SIZE 33

/* DEL and 31 hexadecimal digits. */
struct dc_mark {
	char text[DC_MARK_SIZE];
};

enum dc_place_wide {
	DC_PLACE_PLAIN,
	DC_PLACE_WIDE,  /* the bytes are of SET */
	DC_PLACE_LIKELY /* they may be, nothing told: they are looked at */
};

/* The four numbers that the source wants back, and what is to be made of its bytes. */
struct dc_place {
	guint32 input;
	guint32 flavour;
	guint64 offset;
	guint64 length;
	enum dc_place_wide how;
	enum dc_wide set;
};

enum dc_piece_kind {
	DC_PIECE_BYTES,     /* data and size */
	DC_PIECE_PLACE,     /* place */
	DC_PIECE_TOO_LARGE, /* something over DC_SQL_VALUE_MAX stood here */
	DC_PIECE_BROKEN     /* a mark that is not followed by what we write */
};

struct dc_piece {
	enum dc_piece_kind kind;
	const guint8 *data;
	gsize size;
	struct dc_place place;
};

/* A new mark from the system's randomness. */
int dc_mark_init(struct dc_mark *mark, draftconv_error **error);

/* The mark of an index file. @return false when TEXT has not the form of a mark */
bool dc_mark_parse(struct dc_mark *mark, const void *text, gsize size);

void dc_handle_write(
	const struct dc_mark *mark, const struct dc_place *place, char out[DC_HANDLE_SIZE]);
void dc_marker_write(const struct dc_mark *mark, char out[DC_MARKER_SIZE]);

/* Whether a text holds a handle or marker: what is cheap to ask of every value. */
bool dc_mark_found(const struct dc_mark *mark, const guint8 *data, gsize size);

/* The next piece of a text from *POSITION on. @return false at the end */
bool dc_piece_next(const struct dc_mark *mark, const guint8 *data, gsize size, gsize *position,
	struct dc_piece *piece);

#endif
