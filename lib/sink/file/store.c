/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/file/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
failed(draftconv_error **error, const char *name)
{
	int saved = errno;

	return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", name, g_strerror(saved));
}

/* A network file system tells of a full disk no sooner than here, so it counts. */
static int
sync_directory(int directory, draftconv_error **error)
{
	/* some file systems cannot sync a directory, and say so with EINVAL */
	if (fsync(directory) < 0 && errno != EINVAL && errno != EBADF)
		return failed(error, "directory");
	return 0;
}

int
dc_store_directory(
	int parent, const char *name, bool may_create, bool *created, draftconv_error **error)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int directory = openat(parent, name, flags);

	if (directory >= 0)
		return directory;
	if (errno != ENOENT)
		return failed(error, name);
	if (!may_create)
		return dc_error_set(
			error, DRAFTCONV_ERROR_NOT_FOUND, "%s: no such directory", name);
	if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
		return failed(error, name);
	directory = openat(parent, name, flags);
	if (directory < 0)
		return failed(error, name);
	if (fchmod(directory, 0700) < 0) {
		int status = failed(error, name);

		close(directory);
		return status;
	}
	if (created != NULL)
		*created = true;
	return directory;
}

int
dc_store_check_parent(const char *path, draftconv_error **error)
{
	g_autofree char *bare = g_canonicalize_filename(path, NULL);
	g_autofree char *parent = g_path_get_dirname(bare);
	g_autofree char *quoted = g_shell_quote(parent);

	if (access(parent, F_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return failed(error, parent);
	return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
		"%s: the directory that it is to be in is not there; make it first: mkdir -p %s",
		path, quoted);
}

int
dc_store_create(int directory, const char *temporary, draftconv_error **error)
{
	int descriptor = openat(
		directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (descriptor >= 0 && fchmod(descriptor, 0600) == 0)
		return descriptor;
	int status = failed(error, temporary);
	if (descriptor >= 0)
		close(descriptor);
	return status;
}

int
dc_store_write(void *user, const void *data, size_t size, draftconv_error **error)
{
	int descriptor = *(const int *)user;
	const char *p = data;

	while (size > 0) {
		ssize_t written = write(descriptor, p, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return failed(error, "write");
		p += written;
		size -= (size_t)written;
	}
	return 0;
}

int
dc_store_message(int descriptor, const struct dc_put *put, enum dc_form form, guint64 *size,
	draftconv_error **error)
{
	struct dc_form_state *state = g_new0(struct dc_form_state, 1);

	state->form = form;
	state->write = dc_store_write;
	state->user = &descriptor;
	int status = put->write_message(put->message, dc_form_store, state, error);
	if (status >= 0 && state->in != put->size)
		status = dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"%s: %" G_GUINT64_FORMAT " octets were announced, %" G_GUINT64_FORMAT
			" came",
			put->identity, put->size, state->in);
	if (status >= 0)
		status = dc_form_finish(state, error);
	if (size != NULL)
		*size = state->out;
	g_free(state);
	return status;
}

int
dc_store_finish(int descriptor, gint64 date_s, draftconv_error **error)
{
	const struct timespec times[2] = {{(time_t)date_s, 0}, {(time_t)date_s, 0}};
	int status = 0;

	if (futimens(descriptor, times) < 0 || fsync(descriptor) < 0)
		status = failed(error, "sync");
	if (close(descriptor) < 0 && status == 0)
		status = failed(error, "close");
	return status;
}

/* Where the file system cannot rename without replacing, looking first is the best there is. */
static int
rename_carefully(int from, const char *temporary, int to, const char *name)
{
	if (renameat2(from, temporary, to, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (faccessat(to, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from, temporary, to, name);
}

int
dc_store_rename(int from, const char *temporary, int to, const char *name, draftconv_error **error)
{
	if (rename_carefully(from, temporary, to, name) < 0)
		return errno == EEXIST ? 0 : failed(error, name);
	int status = sync_directory(to, error);
	return status < 0 ? status : 1;
}

int
dc_store_remove(int directory, const char *name, draftconv_error **error)
{
	if (unlinkat(directory, name, 0) < 0)
		return errno == ENOENT ? 0 : failed(error, name);
	int status = sync_directory(directory, error);
	return status < 0 ? status : 1;
}

static int
open_file(int directory, const char *name)
{
	struct stat info;
	/* a pipe under that name must not hang us */
	int descriptor = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (descriptor >= 0 && (fstat(descriptor, &info) < 0 || !S_ISREG(info.st_mode))) {
		close(descriptor);
		errno = ENOENT;
		return -1;
	}
	return descriptor;
}

/* Feed WRITE with the file from where it stands. @return 0, OUTPUT, or what WRITE answered */
static int
pump(int descriptor, dc_write_func write, void *user, draftconv_error **error)
{
	for (;;) {
		guint8 buffer[16384];
		ssize_t count = read(descriptor, buffer, sizeof buffer);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return failed(error, "read");
		if (count == 0)
			return 0;
		int status = write(user, buffer, (size_t)count, error);
		if (status < 0)
			return status;
	}
}

int
dc_store_read(int directory, const char *name, enum dc_form form, dc_write_func write, void *user,
	guint64 *size, draftconv_error **error)
{
	int descriptor = open_file(directory, name);

	if (descriptor < 0)
		return errno == ENOENT ? 0 : failed(error, name);
	struct dc_form_state *state = g_new0(struct dc_form_state, 1);
	state->form = form;
	state->write = write;
	state->user = user;
	int status = pump(descriptor, dc_form_restore, state, error);
	if (status >= 0)
		status = dc_form_finish(state, error);
	if (size != NULL)
		*size = state->out;
	g_free(state);
	close(descriptor);
	return status < 0 ? status : 1;
}

/* The field is complete: is it the one? */
static void
end_field(struct dc_header_reader *reader)
{
	static const char name[] = "message-id:";
	const char *field = reader->line->str;

	if (g_ascii_strncasecmp(field, name, sizeof name - 1) != 0)
		return;
	const char *start = strchr(field, '<');
	const char *end = start == NULL ? NULL : strpbrk(start, "@>");
	if (end == NULL || end == start + 1)
		return;
	reader->identity = g_strndup(start + 1, (gsize)(end - start - 1));
	reader->at_end = true;
}

/* No field that we look for is longer, and no header that somebody reads. */
#define FIELD_MAX 4096

int
dc_header_reader_feed(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct dc_header_reader *reader = user;
	const char *p = data;

	(void)error;
	if (reader->line == NULL)
		reader->line = g_string_new(NULL);
	for (size_t i = 0; i < size && !reader->at_end; i++) {
		GString *line = reader->line;

		if (p[i] == '\r')
			continue;
		/* a line that begins with a blank goes on with the field before it */
		bool line_ended = line->len > 0 && line->str[line->len - 1] == '\n';
		if (line_ended && p[i] != ' ' && p[i] != '\t') {
			end_field(reader);
			g_string_truncate(line, 0);
		}
		if (p[i] == '\n' && line->len == 0)
			reader->at_end = true;
		else if (line->len < FIELD_MAX || p[i] == '\n')
			g_string_append_c(line, p[i]);
	}
	return 0;
}

void
dc_header_reader_clear(struct dc_header_reader *reader)
{
	if (reader->line != NULL)
		g_string_free(reader->line, TRUE);
	g_free(reader->identity);
	memset(reader, 0, sizeof *reader);
}

char *
dc_store_identity(int directory, const char *name)
{
	struct dc_header_reader reader = {NULL, false, NULL};
	int descriptor = open_file(directory, name);

	if (descriptor < 0)
		return NULL;
	/* 256 KiB hold the header of any message that a person wrote */
	for (int i = 0; i < 64 && !reader.at_end; i++) {
		guint8 buffer[4096];
		ssize_t count = read(descriptor, buffer, sizeof buffer);

		if (count <= 0)
			break;
		dc_header_reader_feed(&reader, buffer, (size_t)count, NULL);
	}
	close(descriptor);
	char *identity = g_steal_pointer(&reader.identity);
	dc_header_reader_clear(&reader);
	return identity;
}
