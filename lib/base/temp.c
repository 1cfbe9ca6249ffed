/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Between its making and its lock a file is nobody's; and who made it may not lock at all. */
#define LEFT_BEHIND_S 3600

#define PREFIX "draftconv-"
#define SUFFIX "-XXXXXX"

static bool
is_temp_name(const char *name)
{
	static const char *const kinds[] = {PREFIX "plan", PREFIX "stage"};

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		const size_t length = strlen(kinds[i]);

		if (strncmp(name, kinds[i], length) == 0 && name[length] == '-' &&
			strlen(name) == length + strlen(SUFFIX))
			return true;
	}
	return false;
}

/* Whatever is in the way, it is not worth a word: the file is in nobody's way. */
static void
remove_if_left(const char *path)
{
	struct stat about;
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() &&
		about.st_nlink == 1 && about.st_mtime < time(NULL) - LEFT_BEHIND_S &&
		flock(fd, LOCK_EX | LOCK_NB) == 0)
		(void)g_unlink(path);
	close(fd);
}

static void
sweep(const char *directory)
{
	GDir *dir = g_dir_open(directory, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		if (!is_temp_name(name))
			continue;
		g_autofree char *path = g_build_filename(directory, name, NULL);
		remove_if_left(path);
	}
	if (dir != NULL)
		g_dir_close(dir);
}

int
dc_temp_new(
	const char *directory, const char *kind, char **path, int *lock, draftconv_error **error)
{
	g_autofree char *last = g_strconcat(PREFIX, kind, SUFFIX, NULL);
	g_autofree char *name = g_build_filename(directory, last, NULL);

	sweep(directory);
	*lock = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
	if (*lock < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", name, g_strerror(errno));
	/* Whatever the umask is. Where there are no locks, the hour alone protects the file. */
	(void)fchmod(*lock, 0600);
	(void)flock(*lock, LOCK_SH | LOCK_NB);
	*path = g_steal_pointer(&name);
	return DRAFTCONV_OK;
}

void
dc_temp_remove(const char *path, int *lock)
{
	if (path != NULL)
		(void)g_unlink(path);
	if (*lock >= 0)
		close(*lock);
	*lock = -1;
}
