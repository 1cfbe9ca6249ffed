/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bytes of an input in order, whatever they are packed in, and a window over them. What cannot be
 * read is an early end with a reason: everything before it still counts. Never seeks, never maps.
 */
#ifndef DC_SOURCE_STREAM_H
#define DC_SOURCE_STREAM_H

#include <draftconv/error.h>

#include <gio/gio.h>
#include <glib.h>

#include <stdbool.h>

typedef struct dc_stream dc_stream;

struct dc_stream_class {
	/* @return 1 … SIZE, or 0 at the end; sets TROUBLE when the end comes early */
	gsize (*read)(dc_stream *stream, void *buffer, gsize size);
	void (*free)(dc_stream *stream);
};

struct dc_stream {
	const struct dc_stream_class *class;
	char *trouble; /* why it ended early, "Input/output error"; NULL */
};

/* A descriptor, which stays the caller's; POSITIONED: from 0 by pread, else what read() gives. */
dc_stream *dc_stream_new_fd(int fd, bool positioned);
/* HEAD first, then INNER [transfer full]. */
dc_stream *dc_stream_new_prefixed(GBytes *head, dc_stream *inner);
/* What libarchive's filters make of INNER [transfer full]. */
dc_stream *dc_stream_new_unpacked(dc_stream *inner);
/* Gzip: everything up to a cut. INNER [transfer full]. */
dc_stream *dc_stream_new_gunzipped(dc_stream *inner);
/* UTF-16 with or without byte order mark made UTF-8. INNER [transfer full]. */
dc_stream *dc_stream_new_utf16(dc_stream *inner, bool big_endian);

gsize dc_stream_read(dc_stream *stream, void *buffer, gsize size);
void dc_stream_free(dc_stream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_stream, dc_stream_free)

/* Bytes that can be looked at together, for delimiters and the like. */
#define DC_WINDOW_AHEAD 64

struct dc_window {
	dc_stream *stream; /* [transfer none] */
	guint8 *buffer;
	gsize capacity;
	gsize chunk;      /* bytes asked for at once */
	const guint8 *at; /* next byte */
	const guint8 *end;
	guint64 end_offset; /* place of END in the stream */
	bool ended;
	GCancellable *cancellable; /* either ends it; both may be NULL */
	const gint *cancel;
	bool cancelled; /* then it looks ended */
	void (*tick)(void *user, guint64 bytes);
	void *user;
};

/* CHUNK 0 is the usual size. */
void dc_window_init(struct dc_window *window, dc_stream *stream, gsize chunk);
void dc_window_clear(struct dc_window *window);

bool dc_stream_cancelled(GCancellable *cancellable, const gint *cancel);

/* Make the next COUNT (up to DC_WINDOW_AHEAD) bytes visible. @return how many there are */
gsize dc_window_ensure(struct dc_window *window, gsize count);

/* The next byte without taking it, or -1 at the end. */
static inline int
dc_window_peek(struct dc_window *window)
{
	if (window->at < window->end)
		return *window->at;
	return dc_window_ensure(window, 1) > 0 ? *window->at : -1;
}

/* Take a byte that was peeked at. */
static inline void
dc_window_skip(struct dc_window *window)
{
	window->at++;
}

static inline guint64
dc_window_offset(const struct dc_window *window)
{
	return window->end_offset - (guint64)(window->end - window->at);
}

#endif
