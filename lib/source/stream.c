/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/source/stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Any size reads at the same speed (SOURCES.md 1); this one stays in the second-level cache. */
#define WINDOW_CHUNK (256 * 1024)

struct fd_stream {
	dc_stream parent;
	int fd;
	bool positioned;
	guint64 at;
};

static gsize
fd_read(dc_stream *stream, void *buffer, gsize size)
{
	struct fd_stream *self = (struct fd_stream *)stream;
	ssize_t got = 0;

	do {
		got = self->positioned ? pread(self->fd, buffer, size, (off_t)self->at)
				       : read(self->fd, buffer, size);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		stream->trouble = g_strdup(g_strerror(errno));
		return 0;
	}
	self->at += (guint64)got;
	return (gsize)got;
}

static void
fd_free(dc_stream *stream)
{
	g_free(stream);
}

dc_stream *
dc_stream_new_fd(int fd, bool positioned)
{
	static const struct dc_stream_class class = {fd_read, fd_free};
	struct fd_stream *self = g_new0(struct fd_stream, 1);

	self->parent.class = &class;
	self->fd = fd;
	self->positioned = positioned;
	return &self->parent;
}

struct prefixed_stream {
	dc_stream parent;
	GBytes *head;
	gsize at;
	dc_stream *inner;
};

static gsize
prefixed_read(dc_stream *stream, void *buffer, gsize size)
{
	struct prefixed_stream *self = (struct prefixed_stream *)stream;
	gsize total = 0;
	const guint8 *head = g_bytes_get_data(self->head, &total);
	const gsize count = MIN(size, total - self->at);

	if (count > 0) {
		memcpy(buffer, head + self->at, count);
		self->at += count;
		return count;
	}

	gsize got = dc_stream_read(self->inner, buffer, size);
	if (self->inner->trouble != NULL && stream->trouble == NULL)
		stream->trouble = g_strdup(self->inner->trouble);
	return got;
}

static void
prefixed_free(dc_stream *stream)
{
	struct prefixed_stream *self = (struct prefixed_stream *)stream;

	g_bytes_unref(self->head);
	dc_stream_free(self->inner);
	g_free(self);
}

dc_stream *
dc_stream_new_prefixed(GBytes *head, dc_stream *inner)
{
	static const struct dc_stream_class class = {prefixed_read, prefixed_free};
	struct prefixed_stream *self = g_new0(struct prefixed_stream, 1);

	self->parent.class = &class;
	self->head = g_bytes_ref(head);
	self->inner = inner;
	return &self->parent;
}

gsize
dc_stream_read(dc_stream *stream, void *buffer, gsize size)
{
	return stream->trouble != NULL ? 0 : stream->class->read(stream, buffer, size);
}

void
dc_stream_free(dc_stream *stream)
{
	if (stream == NULL)
		return;
	g_free(stream->trouble);
	stream->class->free(stream);
}

void
dc_window_init(struct dc_window *window, dc_stream *stream, gsize chunk)
{
	memset(window, 0, sizeof *window);
	window->stream = stream;
	window->chunk = chunk == 0 ? WINDOW_CHUNK : MIN(chunk, WINDOW_CHUNK);
	window->capacity = window->chunk + DC_WINDOW_AHEAD;
	window->buffer = g_malloc(window->capacity);
	window->at = window->end = window->buffer;
}

void
dc_window_clear(struct dc_window *window)
{
	g_free(window->buffer);
	window->buffer = NULL;
}

bool
dc_stream_cancelled(GCancellable *cancellable, const gint *cancel)
{
	return g_cancellable_is_cancelled(cancellable) ||
	       (cancel != NULL && g_atomic_int_get(cancel) != 0);
}

gsize
dc_window_ensure(struct dc_window *window, gsize count)
{
	gsize left = (gsize)(window->end - window->at);

	g_assert(count <= DC_WINDOW_AHEAD);
	if (left >= count || window->ended)
		return left;
	memmove(window->buffer, window->at, left);
	window->at = window->buffer;
	window->end = window->buffer + left;
	while (left < count) {
		if (dc_stream_cancelled(window->cancellable, window->cancel)) {
			window->cancelled = true;
			window->ended = true;
			break;
		}
		gsize got = dc_stream_read(window->stream, window->buffer + left,
			MIN(window->chunk, window->capacity - left));

		if (got == 0) {
			window->ended = true;
			break;
		}
		left += got;
		window->end += got;
		window->end_offset += got;
		if (window->tick != NULL)
			window->tick(window->user, window->end_offset);
	}
	return left;
}
