/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/file/known.h"

#include "lib/sink/file/store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

void
dc_known_take_over(const GPtrArray *files, const GPtrArray *before)
{
	const guint count = before == NULL ? 0 : before->len;
	guint at = 0;

	for (guint i = 0; i < files->len; i++) {
		struct dc_listed *listed = files->pdata[i];
		int order = -1;

		/* Both are by key. */
		for (; at < count; at++) {
			const struct dc_listed *old = before->pdata[at];

			order = strcmp(old->key, listed->key);
			if (order >= 0)
				break;
		}
		if (order != 0)
			continue;
		struct dc_listed *old = before->pdata[at++];
		listed->known = old->known;
		old->known = (struct dc_known){.is_set = false};
	}
}

static bool
is_same(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
is_unchanged(const struct dc_known *known, const struct stat *info)
{
	return known->is_set && known->device == info->st_dev && known->inode == info->st_ino &&
	       known->size == info->st_size && is_same(&known->modified, &info->st_mtim) &&
	       is_same(&known->changed, &info->st_ctim);
}

/*
 * Two changes within one tick of the file system's clock bear the same time. A tick is 10 ms at most, and
 * two seconds where there are no fractions.
 */
static bool
may_change_unseen(const struct stat *info)
{
	const gint64 tick_us = info->st_ctim.tv_nsec == 0 ? 3 * G_USEC_PER_SEC : 100 * 1000;
	const gint64 changed_us =
		(gint64)info->st_ctim.tv_sec * G_USEC_PER_SEC + info->st_ctim.tv_nsec / 1000;

	return changed_us > g_get_real_time() - tick_us;
}

const char *
dc_known_identity(struct dc_listed *listed)
{
	struct dc_known *known = &listed->known;
	struct stat info;

	/* The state before the reading: whoever writes meanwhile makes the next look read again. */
	if (fstatat(listed->directory, listed->file, &info, AT_SYMLINK_NOFOLLOW) < 0)
		memset(&info, 0, sizeof info);
	if (is_unchanged(known, &info))
		return known->identity;
	const bool is_set = info.st_ino != 0 && !may_change_unseen(&info);

	g_free(known->identity);
	*known = (struct dc_known){.is_set = is_set,
		.device = info.st_dev,
		.inode = info.st_ino,
		.size = info.st_size,
		.modified = info.st_mtim,
		.changed = info.st_ctim,
		.identity = dc_store_identity(listed->directory, listed->file)};
	return known->identity;
}
