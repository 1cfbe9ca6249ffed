/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "html-file.h"

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What every page begins with: only such a file is replaced. */
#define BEGINNING "<!DOCTYPE html>\n<!-- draftconv report -->\n"

static int
cannot_write(const char *path, const char *why)
{
	complain("%s: %s", path, why);
	return draftconv_exit_status(DRAFTCONV_ERROR_OUTPUT);
}

bool
html_file_is_output(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

int
html_file_check(const char *path)
{
	char start[sizeof BEGINNING - 1];
	struct stat facts;

	if (html_file_is_output(path))
		return 0;
	if (stat(path, &facts) != 0)
		return errno == ENOENT ? 0 : cannot_write(path, g_strerror(errno));
	if (!S_ISREG(facts.st_mode))
		return usage_error("--html %s: this is no ordinary file; give the name of a file "
				   "that is to be made",
			path);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return cannot_write(path, g_strerror(errno));
	const size_t got = fread(start, 1, sizeof start, file);
	fclose(file);
	if (got == sizeof start && memcmp(start, BEGINNING, sizeof start) == 0)
		return 0;
	/* "report --html dump.sql" has forgotten the name, and would cost the dump. */
	return usage_error("--html %s: this file is there and is no report; give another name: "
			   "--html report.html",
		path);
}

static int
write_piece(void *user, const void *data, size_t size)
{
	return fwrite(data, 1, size, user) == size ? DRAFTCONV_OK : DRAFTCONV_ERROR_OUTPUT;
}

static int
write_out(void *user, const void *data, size_t size)
{
	(void)user;
	return result_bytes(data, size) ? DRAFTCONV_OK : DRAFTCONV_ERROR_OUTPUT;
}

/* That standard output cannot be written finish_results() tells, whatever else there is to say. */
static int
write_to_output(draftconv_page *page, const draftconv_page_preview *preview)
{
	g_autoptr(draftconv_error) error = NULL;
	const int code = draftconv_page_write(page, preview, write_out, NULL, &error);

	return code < 0 && code != DRAFTCONV_ERROR_OUTPUT ? report_error(error) : 0;
}

/* So that the new name is there after a power cut, too. */
static void
sync_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int
html_file_write(const char *path, draftconv_page *page, const draftconv_page_preview *preview)
{
	if (html_file_is_output(path))
		return write_to_output(page, preview);

	g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
	g_autoptr(draftconv_error) error = NULL;
	const int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
	/* whatever the umask is */
	FILE *file = fd < 0 || fchmod(fd, 0600) != 0 ? NULL : fdopen(fd, "w");

	if (file == NULL)
		return cannot_write(path, g_strerror(errno));
	errno = 0;
	int status = draftconv_page_write(page, preview, write_piece, file, &error);
	const bool on_disk = fflush(file) == 0 && fsync(fd) == 0;
	const int why = errno;
	if (fclose(file) == 0 && on_disk && status >= 0 && rename(temporary, path) == 0) {
		sync_folder(path);
		message("the report is in %s", path);
		return 0;
	}
	unlink(temporary);
	if (status < 0 && status != DRAFTCONV_ERROR_OUTPUT)
		return report_error(error);
	return cannot_write(path, why == 0 ? "cannot be written" : g_strerror(why));
}
