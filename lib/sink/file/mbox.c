/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mbox: and "-", mboxrd: every message in one file, each behind a line "From ". Messages are added by
 * writing the whole file anew beside the old one and renaming it, so that a reader, a full disk or a
 * kill never sees half a message. Nothing can be removed.
 */
#include "lib/sink/internal.h"

#include "lib/sink/file/mbox-reader.h"
#include "lib/sink/file/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct mbox_mailbox {
	dc_mailbox base;
	char *path; /* without links at its end; NULL: standard output */
	GCancellable *cancellable;
};

static int
failed(const char *path, draftconv_error **error)
{
	int saved = errno;

	return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path, g_strerror(saved));
}

/* The line in front of a message; its date is that of the draft, in UTC. */
static char *
from_line(const struct dc_put *put)
{
	static const char days[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char months[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(put->date_s);

	if (date == NULL)
		date = g_date_time_new_from_unix_utc(0);
	return g_strdup_printf("From MAILER-DAEMON %s %s %2d %02d:%02d:%02d %d\n",
		days[g_date_time_get_day_of_week(date) - 1],
		months[g_date_time_get_month(date) - 1], g_date_time_get_day_of_month(date),
		g_date_time_get_hour(date), g_date_time_get_minute(date),
		g_date_time_get_second(date), g_date_time_get_year(date));
}

static int
write_message(int descriptor, const struct dc_put *put, draftconv_error **error)
{
	g_autofree char *line = from_line(put);
	int status = dc_store_write(&descriptor, line, strlen(line), error);

	if (status >= 0)
		status = dc_store_message(descriptor, put, DC_FORM_MBOXRD, NULL, error);
	return status < 0 ? status : dc_store_write(&descriptor, "\n", 1, error);
}

static int
mbox_look(dc_mailbox *base, const struct dc_look_query *query, struct dc_look **look,
	draftconv_error **error)
{
	const struct mbox_mailbox *mailbox = (const struct mbox_mailbox *)base;
	g_autoptr(dc_look) result = dc_look_new();
	struct dc_mbox_search search = {.query = query, .look = result};

	if (mailbox->path != NULL) {
		int status = dc_mbox_search(&search, mailbox->path, error);

		if (status < 0)
			return status;
	}
	base->facts.exists = search.count;
	dc_look_finish(result, &base->facts);
	*look = g_steal_pointer(&result);
	return 0;
}

/* The old file's bytes, and a blank line where its last message has none. */
static int
copy_old(int from, int to, draftconv_error **error)
{
	char last[2] = {'\n', '\n'};

	for (;;) {
		char buffer[65536];
		ssize_t count = read(from, buffer, sizeof buffer);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return failed("read", error);
		if (count == 0)
			break;
		int status = dc_store_write(&to, buffer, (size_t)count, error);
		if (status < 0)
			return status;
		last[0] = count > 1 ? buffer[count - 2] : last[1];
		last[1] = buffer[count - 1];
	}
	if (last[1] != '\n')
		return dc_store_write(&to, "\n\n", 2, error);
	return last[0] == '\n' ? 0 : dc_store_write(&to, "\n", 1, error);
}

/*
 * The old file, locked as mail programs do; -1 when there is none. A lock of somebody else's means that
 * he writes, and would lose what he writes.
 */
static int
open_old(const char *path, int *old, draftconv_error **error)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	*old = open(path, O_RDWR | O_CLOEXEC);
	if (*old < 0)
		return errno == ENOENT ? 0 : failed(path, error);
	struct stat info;
	if (fstat(*old, &info) < 0 || !S_ISREG(info.st_mode))
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: is no file", path);
	if (fcntl(*old, F_OFD_SETLK, &lock) < 0 && (errno == EAGAIN || errno == EACCES))
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"%s: another program is writing to it", path);
	return 0;
}

static int
write_anew(const struct mbox_mailbox *mailbox, int old, int new, struct dc_put *puts, size_t n,
	draftconv_error **error)
{
	struct stat info;
	int status = old < 0 ? 0 : copy_old(old, new, error);

	for (size_t i = 0; status >= 0 && i < n; i++) {
		status = dc_mailbox_check_cancelled(mailbox->cancellable, error);
		if (status < 0)
			return status;
		status = write_message(new, &puts[i], error);
	}
	if (status < 0)
		return dc_error_prefix(error, status, "%s", mailbox->path);
	if (old >= 0 && fstat(old, &info) == 0 && fchmod(new, info.st_mode & 0777) < 0)
		return failed(mailbox->path, error);
	return fsync(new) < 0 ? failed(mailbox->path, error) : 0;
}

/* DIRECTORY is locked, so that no other run of ours is at it. */
static int
replace(const struct mbox_mailbox *mailbox, int directory, struct dc_put *puts, size_t n,
	draftconv_error **error)
{
	g_autofree char *name = g_path_get_basename(mailbox->path);
	g_autofree char *temporary = g_strconcat(".draftconv-", name, NULL);
	int old = -1;
	int status = open_old(mailbox->path, &old, error);

	/* left over by a run that was killed: the lock says that nobody writes it any more */
	unlinkat(directory, temporary, 0);
	int new = status < 0 ? status : dc_store_create(directory, temporary, error);
	if (new >= 0) {
		status = write_anew(mailbox, old, new, puts, n, error);
		if (close(new) < 0 && status >= 0)
			status = failed(mailbox->path, error);
		if (status >= 0 && renameat(directory, temporary, directory, name) < 0)
			status = failed(mailbox->path, error);
		if (status < 0)
			unlinkat(directory, temporary, 0);
		else
			fsync(directory);
	} else {
		status = new;
	}
	if (old >= 0)
		close(old);
	return status;
}

static int
put_in_file(struct mbox_mailbox *mailbox, struct dc_put *puts, size_t n, draftconv_error **error)
{
	g_autofree char *parent = g_path_get_dirname(mailbox->path);
	int status = dc_store_check_parent(mailbox->path, error);
	int directory =
		status < 0 ? status : dc_store_directory(AT_FDCWD, parent, false, NULL, error);

	if (directory < 0)
		return directory;
	while (flock(directory, LOCK_EX) < 0 && errno == EINTR)
		;
	status = dc_mbox_name(mailbox->path, puts, n, error);
	if (status >= 0)
		status = replace(mailbox, directory, puts, n, error);
	close(directory);
	for (size_t i = 0; i < n; i++) {
		if (status >= 0)
			puts[i].outcome = DC_PUT_STORED;
		else
			g_clear_pointer(&puts[i].name, g_free);
	}
	return status;
}

static int
put_on_output(struct mbox_mailbox *mailbox, struct dc_put *puts, size_t n, draftconv_error **error)
{
	for (size_t i = 0; i < n; i++) {
		int status = dc_mailbox_check_cancelled(mailbox->cancellable, error);

		if (status >= 0)
			status = write_message(STDOUT_FILENO, &puts[i], error);
		if (status < 0)
			return dc_error_prefix(error, status, "standard output");
		puts[i].outcome = DC_PUT_STORED;
		puts[i].name = g_strdup(puts[i].identity);
	}
	return 0;
}

static int
mbox_put(dc_mailbox *base, struct dc_put *puts, size_t n, const struct dc_look_query *after,
	struct dc_look **after_look, draftconv_error **error)
{
	struct mbox_mailbox *mailbox = (struct mbox_mailbox *)base;
	int status = mailbox->path == NULL ? put_on_output(mailbox, puts, n, error)
					   : put_in_file(mailbox, puts, n, error);

	if (status < 0)
		return status;
	for (size_t i = 0; i < n; i++)
		puts[i].keywords_dropped = puts[i].keywords != NULL && puts[i].keywords[0] != NULL;
	return after == NULL ? 0 : mbox_look(base, after, after_look, error);
}

static int
mbox_remove(dc_mailbox *base, struct dc_removal *removals, size_t n, draftconv_error **error)
{
	(void)removals;
	if (n == 0)
		return 0;
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"%s: nothing can be removed from an mbox", base->description);
}

static int
mbox_fetch(dc_mailbox *base, struct dc_fetch *fetches, size_t n, draftconv_error **error)
{
	const struct mbox_mailbox *mailbox = (const struct mbox_mailbox *)base;

	for (size_t i = 0; i < n; i++) {
		int status = mailbox->path == NULL
				     ? 0
				     : dc_mbox_fetch(mailbox->path, &fetches[i], error);

		if (status < 0)
			return status;
		fetches[i].found = status > 0;
	}
	return 0;
}

static void
mbox_close(dc_mailbox *base)
{
	struct mbox_mailbox *mailbox = (struct mbox_mailbox *)base;

	dc_mailbox_clear(base);
	g_clear_object(&mailbox->cancellable);
	g_free(mailbox->path);
	g_free(mailbox);
}

static const struct dc_mailbox_class mbox_mailbox_class = {
	.look = mbox_look,
	.put = mbox_put,
	.remove = mbox_remove,
	.fetch = mbox_fetch,
	.close = mbox_close,
};

/* Adding to what is no mbox would make neither of it. */
static int
check_first_line(const char *path, draftconv_error **error)
{
	char start[5];
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = descriptor < 0 ? -1 : read(descriptor, start, sizeof start);

	if (size < 0) {
		int status = failed(path, error);

		if (descriptor >= 0)
			close(descriptor);
		return status;
	}
	close(descriptor);
	if (size == 0 || (size == sizeof start && memcmp(start, "From ", sizeof start) == 0))
		return 0;
	return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
		"%s: is no mbox, which begins with \"From \"; choose a file that is not there yet",
		path);
}

/* A link stays one: the file that it names is written anew. */
static int
find_file(struct mbox_mailbox *mailbox, const char *path, bool may_create, draftconv_error **error)
{
	char *resolved = realpath(path, NULL);
	struct stat about;

	mailbox->path = g_strdup(resolved == NULL ? path : resolved);
	free(resolved);
	if (lstat(mailbox->path, &about) < 0) {
		mailbox->base.facts.created = true;
		int status =
			errno == ENOENT ? dc_store_check_parent(path, error) : failed(path, error);

		if (status < 0 || may_create)
			return status;
		return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND, "%s: no such file", path);
	}
	if (S_ISLNK(about.st_mode))
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
			"%s: is a link to nothing; take it away, or make what it names", path);
	if (!S_ISREG(about.st_mode))
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
			"%s: is no regular file; for standard output write --to -", path);
	return check_first_line(mailbox->path, error);
}

static int
mbox_open(draftconv_sink *sink, const struct dc_sink_account *account, bool may_create,
	GCancellable *cancellable, dc_mailbox **mailbox, draftconv_error **error)
{
	struct mbox_mailbox *result = g_new0(struct mbox_mailbox, 1);
	int status = 0;

	dc_mailbox_init(&result->base, &mbox_mailbox_class);
	result->base.facts.permanent_flags = ~0U;
	result->cancellable = cancellable == NULL ? NULL : g_object_ref(cancellable);
	if (strcmp(sink->class->scheme, "-") == 0) {
		result->base.destination = g_strdup("-");
		result->base.description = g_strdup("standard output");
		*mailbox = &result->base;
		return 0;
	}
	g_autofree char *path = NULL;
	status = dc_sink_expand(sink, account, sink->rest, DC_EXPAND_PATH, &path, error);
	if (status >= 0)
		status = find_file(result, path, may_create, error);
	if (status < 0) {
		mbox_close(&result->base);
		return status;
	}
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	result->base.destination = g_strdup_printf("mbox %s", absolute);
	result->base.description = g_steal_pointer(&path);
	*mailbox = &result->base;
	return 0;
}

int
dc_sink_file_parse(draftconv_sink *sink, draftconv_error **error)
{
	if (*sink->rest == '\0')
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%s: needs a path behind it, such as %s/tmp/drafts", sink->class->scheme,
			sink->class->scheme);
	int status = dc_sink_check_template(sink->rest, error);
	return MIN(status, 0);
}

int
dc_sink_file_describe(const draftconv_sink *sink, const struct dc_sink_account *account,
	char **text, draftconv_error **error)
{
	return dc_sink_expand(sink, account, sink->rest, DC_EXPAND_PATH, text, error);
}

static int
output_parse(draftconv_sink *sink, draftconv_error **error)
{
	(void)sink;
	(void)error;
	return 0;
}

static int
output_describe(const draftconv_sink *sink, const struct dc_sink_account *account, char **text,
	draftconv_error **error)
{
	(void)sink;
	(void)account;
	(void)error;
	*text = g_strdup("standard output");
	return 0;
}

const struct dc_sink_class dc_mbox_class = {
	.scheme = "mbox:",
	.journalled = true,
	.parse = dc_sink_file_parse,
	.describe = dc_sink_file_describe,
	.open = mbox_open,
};

const struct dc_sink_class dc_output_class = {
	.scheme = "-",
	.parse = output_parse,
	.describe = output_describe,
	.open = mbox_open,
};
