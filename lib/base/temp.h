/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Temporary files that SQLite opens by their names, and that hold people's text. In: a folder; out: a private
 * file that is there as long as its lock is held. What a killed process has left behind, the next one removes.
 */
#ifndef DC_BASE_TEMP_H
#define DC_BASE_TEMP_H

#include "lib/base/error.h"

/*
 * Make an empty file (0600) in DIRECTORY, and remove from there those of this user that no process holds any
 * more and that have not been touched for an hour.
 * @param kind a word of the name, such as "plan"
 * @param path [out, transfer full] for dc_temp_remove()
 * @param lock [out] a descriptor to keep as long as the file is needed
 * @return 0 or DRAFTCONV_ERROR_OUTPUT
 */
int dc_temp_new(
	const char *directory, const char *kind, char **path, int *lock, draftconv_error **error);

/* Remove the file and give its lock back. PATH may be NULL. LOCK becomes -1. */
void dc_temp_remove(const char *path, int *lock);

#endif
