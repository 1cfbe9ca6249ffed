/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

struct dc_stage_spool {
	dc_store parent;
	int fd;
	guint64 size;
};

struct spool_reader {
	dc_reader parent;
	int fd; /* the spool's */
	guint64 offset;
	guint64 left;
};

static gssize
reader_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	struct spool_reader *self = (struct spool_reader *)reader;
	gsize want = self->left < size ? (gsize)self->left : size;
	ssize_t got;

	if (want == 0)
		return 0;
	do
		got = pread(self->fd, buffer, want, (off_t)self->offset);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "spool of long values: %s",
			got < 0 ? g_strerror(errno) : "cut off");
	self->offset += (guint64)got;
	self->left -= (guint64)got;
	return got;
}

static void
reader_free(dc_reader *reader)
{
	g_free(reader);
}

static int
spool_open(
	dc_store *store, const struct dc_place *place, dc_reader **reader, draftconv_error **error)
{
	static const struct dc_reader_class class = {reader_read, reader_free};
	const dc_stage_spool *spool = (const dc_stage_spool *)store;

	if (place->offset > spool->size || place->length > spool->size - place->offset)
		return dc_error_set(
			error, DRAFTCONV_ERROR_DAMAGED, "a long value lies outside of its spool");

	struct spool_reader *self = g_new0(struct spool_reader, 1);
	self->parent.class = &class;
	self->fd = spool->fd;
	self->offset = place->offset;
	self->left = place->length;
	*reader = &self->parent;
	return DRAFTCONV_OK;
}

static void
spool_free(dc_store *store)
{
	dc_stage_spool *spool = (dc_stage_spool *)store;

	close(spool->fd);
	g_free(spool);
}

int
dc_stage_spool_new(const char *temp_dir, dc_stage_spool **spool, draftconv_error **error)
{
	static const struct dc_store_class class = {spool_open, spool_free};
	g_autofree char *path = g_build_filename(temp_dir, "draftconv-spool-XXXXXX", NULL);
	int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path, g_strerror(errno));
	(void)g_unlink(path);
	*spool = g_new0(dc_stage_spool, 1);
	(*spool)->parent.class = &class;
	(*spool)->fd = fd;
	return DRAFTCONV_OK;
}

int
dc_stage_spool_add(dc_stage_spool *spool, const void *data, gsize size, struct dc_place *place,
	draftconv_error **error)
{
	const guint8 *p = data;
	guint64 offset = spool->size;

	for (gsize left = size; left > 0;) {
		ssize_t put = pwrite(spool->fd, p, left, (off_t)spool->size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
				"temporary file for long values: %s; choose another place with "
				"--temp-dir",
				g_strerror(errno));
		p += put;
		left -= (gsize)put;
		spool->size += (guint64)put;
	}
	*place = (struct dc_place){.offset = offset, .length = size};
	return DRAFTCONV_OK;
}
