/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spool: long values of what cannot be read twice, one after the other in a file of ours. */
#include "lib/source/internal.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL_BUFFER (256 * 1024)

struct dc_spool {
	int fd;
	char *place; /* for messages: its directory, or its name */
	guint64 flushed;
	gsize pending;
	guint8 buffer[SPOOL_BUFFER];
};

static dc_spool *
spool_new(int fd, const char *place)
{
	dc_spool *spool = g_new0(dc_spool, 1);

	spool->fd = fd;
	spool->place = g_strdup(place);
	return spool;
}

/* A file that no name leads to; where the file system has no such thing, its name goes at once. */
static int
open_nameless(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;

	g_autofree char *path = g_build_filename(directory, "draftconv-XXXXXX", NULL);
	fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		g_unlink(path);
	return fd;
}

int
dc_spool_new(const char *directory, const char *path, dc_spool **spool, draftconv_error **error)
{
	const char *where = directory == NULL ? "/var/tmp" : directory;
	const int fd = path == NULL ? open_nameless(where)
				    : open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: %s",
			path == NULL ? where : path, g_strerror(errno));
	*spool = spool_new(fd, path == NULL ? where : path);
	return DRAFTCONV_OK;
}

int
dc_spool_open(const char *path, dc_spool **spool, draftconv_error **error)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0) {
		const int code = errno;

		if (fd >= 0)
			close(fd);
		return dc_error_set(
			error, DRAFTCONV_ERROR_NOT_FOUND, "%s: %s", path, g_strerror(code));
	}
	*spool = spool_new(fd, path);
	(*spool)->flushed = (guint64)status.st_size;
	return DRAFTCONV_OK;
}

void
dc_spool_free(dc_spool *spool)
{
	if (spool == NULL)
		return;
	close(spool->fd);
	g_free(spool->place);
	g_free(spool);
}

static int
write_all(dc_spool *spool, const guint8 *data, gsize size, draftconv_error **error)
{
	while (size > 0) {
		ssize_t done = pwrite(spool->fd, data, size, (off_t)spool->flushed);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
				"%s: temporary file for long values: %s; choose another place with "
				"--temp-dir",
				spool->place, g_strerror(errno));
		data += done;
		size -= (gsize)done;
		spool->flushed += (guint64)done;
	}
	return DRAFTCONV_OK;
}

int
dc_spool_flush(dc_spool *spool, draftconv_error **error)
{
	const gsize pending = spool->pending;

	spool->pending = 0;
	return write_all(spool, spool->buffer, pending, error);
}

int
dc_spool_write(dc_spool *spool, const void *data, gsize size, draftconv_error **error)
{
	if (size > SPOOL_BUFFER - spool->pending) {
		int status = dc_spool_flush(spool, error);

		if (status < 0)
			return status;
	}
	if (size > SPOOL_BUFFER)
		return write_all(spool, data, size, error);
	if (size > 0)
		memcpy(spool->buffer + spool->pending, data, size);
	spool->pending += size;
	return DRAFTCONV_OK;
}

guint64
dc_spool_size(const dc_spool *spool)
{
	return spool->flushed + spool->pending;
}

int
dc_spool_fd(const dc_spool *spool)
{
	return spool->fd;
}
