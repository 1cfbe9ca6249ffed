/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct dc_folder {
	int fd;
	gatomicrefcount refs;
};

struct file_content {
	dc_content parent;
	dc_folder *folder;
	char *path;
	gint64 size;
};

struct file_reader {
	dc_reader parent;
	int fd;
};

int
dc_folder_open(const char *path, dc_folder **folder, draftconv_error **error)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		const int reason = errno;

		return dc_error_set(error,
			reason == EACCES ? DRAFTCONV_ERROR_REFUSED : DRAFTCONV_ERROR_NOT_FOUND,
			"%s: %s", path, g_strerror(reason));
	}

	dc_folder *self = g_new0(dc_folder, 1);
	self->fd = fd;
	g_atomic_ref_count_init(&self->refs);
	*folder = self;
	return DRAFTCONV_OK;
}

void
dc_folder_unref(dc_folder *folder)
{
	if (folder == NULL || !g_atomic_ref_count_dec(&folder->refs))
		return;
	close(folder->fd);
	g_free(folder);
}

static int
refuse(const char *path, const char *why, draftconv_error **error)
{
	return dc_error_set(error, DRAFTCONV_ERROR_DRAFT, "%s: %s", path, why);
}

/*
 * Open PATH one component after the other, so that neither ".." nor a link leads out of the directory,
 * also when somebody changes it meanwhile. @return file descriptor, or negative error
 */
static int
open_below(const dc_folder *folder, const char *path, draftconv_error **error)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	int at = folder->fd;

	if (*path == '/')
		return refuse(path, "not a path below the attachments' directory", error);
	for (gsize i = 0; parts[i] != NULL; i++) {
		const bool is_last = parts[i + 1] == NULL;
		const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
				  (is_last ? 0 : O_DIRECTORY);

		if (!is_last && (*parts[i] == '\0' || strcmp(parts[i], ".") == 0))
			continue;

		const bool leaves = strcmp(parts[i], "..") == 0;
		const int next = leaves ? -1 : openat(at, parts[i], flags);
		const int reason = errno;
		if (at != folder->fd)
			close(at);
		if (leaves)
			return refuse(path, "leaves the attachments' directory", error);
		if (next < 0)
			return refuse(path,
				reason == ELOOP ? "goes through a symbolic link"
						: g_strerror(reason),
				error);
		at = next;
	}
	return at;
}

/* @return file descriptor of a regular file, *SIZE its length; negative error */
static int
open_file(const dc_folder *folder, const char *path, gint64 *size, draftconv_error **error)
{
	const int fd = open_below(folder, path, error);
	struct stat status;

	if (fd < 0)
		return fd;
	if (fd == folder->fd)
		return refuse(path, "names no file", error);
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return refuse(path, "not a regular file", error);
	}
	*size = status.st_size;
	return fd;
}

static gssize
file_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	const int fd = ((struct file_reader *)reader)->fd;
	gssize count;

	do {
		count = read(fd, buffer, MIN(size, (gsize)SSIZE_MAX));
	} while (count < 0 && errno == EINTR);
	if (count < 0)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"an attachment's file cannot be read: %s", g_strerror(errno));
	return count;
}

static void
file_reader_free(dc_reader *reader)
{
	close(((struct file_reader *)reader)->fd);
	g_free(reader);
}

static int
file_open(dc_content *content, dc_reader **reader, draftconv_error **error)
{
	static const struct dc_reader_class class = {file_read, file_reader_free};
	const struct file_content *self = (const struct file_content *)content;
	gint64 size = 0;
	const int fd = open_file(self->folder, self->path, &size, error);

	if (fd < 0)
		return fd;

	struct file_reader *result = g_new0(struct file_reader, 1);
	result->parent.class = &class;
	result->fd = fd;
	*reader = &result->parent;
	return DRAFTCONV_OK;
}

static gint64
file_size(const dc_content *content)
{
	return ((const struct file_content *)content)->size;
}

static void
file_free(dc_content *content)
{
	struct file_content *self = (struct file_content *)content;

	dc_folder_unref(self->folder);
	g_free(self->path);
	g_free(self);
}

int
dc_folder_file(dc_folder *folder, const char *path, gsize size, dc_content **content,
	draftconv_error **error)
{
	static const struct dc_content_class class = {file_open, file_size, file_free};

	if (size == 0 || size >= PATH_MAX || memchr(path, '\0', size) != NULL)
		return refuse("attachment", "no file name", error);

	g_autofree char *name = g_strndup(path, size);
	gint64 length = 0;
	const int fd = open_file(folder, name, &length, error);
	if (fd < 0)
		return fd;
	close(fd);

	struct file_content *self = g_new0(struct file_content, 1);
	dc_content_init(&self->parent, &class);
	g_atomic_ref_count_inc(&folder->refs);
	self->folder = folder;
	self->path = g_steal_pointer(&name);
	self->size = length;
	*content = &self->parent;
	return DRAFTCONV_OK;
}
