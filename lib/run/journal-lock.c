/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run at a time on an account: locks of a file beside the journal. */
#include "lib/run/journal-db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct dc_journal_lock {
	int fd;
};

/* The lock file stands beside the journal; it is never removed, since a lock on a removed file is none. */
static char *
lock_path(const draftconv_journal *journal)
{
	return g_strconcat(journal->path, "-locks", NULL);
}

/* One byte of the lock file for an account; two that fall together wait for each other, which is harmless. */
static off_t
lock_offset(const char *destination, const char *owner)
{
	g_autofree char *both = g_strconcat(destination, "\n", owner, NULL);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);

	digest[12] = '\0';
	return (off_t)g_ascii_strtoull(digest, NULL, 16);
}

int
dc_journal_lock_account(draftconv_journal *journal, const char *destination, const char *owner,
	unsigned timeout_s, dc_turn *turn, GCancellable *cancellable, dc_journal_lock **lock,
	draftconv_error **error)
{
	g_autofree char *path = lock_path(journal);
	struct flock range = {.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = lock_offset(destination, owner),
		.l_len = 1};
	const gint64 deadline = g_get_monotonic_time() + timeout_s * G_USEC_PER_SEC;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return dc_journal_refused(path, g_strerror(errno), error);
	/* A umask may have taken more than it should; what somebody gave to a group stays. */
	struct stat made;
	struct stat beside;
	if (fstat(fd, &made) == 0 && (made.st_mode & 0600) != 0600)
		(void)fchmod(fd, 0600);
	/* Root may have a look at any journal; its owner has to be able to go on. */
	if (geteuid() == 0 && stat(journal->path, &beside) == 0)
		(void)!fchown(fd, beside.st_uid, beside.st_gid);
	/* Locks of the open file, not of the process: threads are held apart too. */
	while (fcntl(fd, F_OFD_SETLK, &range) != 0) {
		const bool cancelled = g_cancellable_is_cancelled(cancellable);

		if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
			int status = dc_error_set(
				error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path, g_strerror(errno));

			close(fd);
			return status;
		}
		if (cancelled || g_get_monotonic_time() > deadline) {
			close(fd);
			return cancelled ? dc_error_set(
						   error, DRAFTCONV_ERROR_CANCELLED, "interrupted")
					 : dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
						   "another run is working on the drafts of %s; "
						   "run the same command again",
						   owner);
		}
		dc_turn_sleep(turn, G_USEC_PER_SEC / 20, cancellable);
	}
	*lock = g_new0(dc_journal_lock, 1);
	(*lock)->fd = fd;
	return DRAFTCONV_OK;
}

void
dc_journal_unlock(dc_journal_lock *lock)
{
	if (lock == NULL)
		return;
	close(lock->fd);
	g_free(lock);
}
