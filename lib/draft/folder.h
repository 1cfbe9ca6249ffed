/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directory that an old webmail kept its attachments in as files. In: a directory of the operator's
 * and paths that a database names, hostile or not; out: contents of regular files below it. It follows
 * no symbolic link, opens no device or pipe, and writes nothing.
 */
#ifndef DC_DRAFT_FOLDER_H
#define DC_DRAFT_FOLDER_H

#include "lib/base/content.h"

#include <stdbool.h>

typedef struct dc_folder dc_folder;

/* @return 0; DRAFTCONV_ERROR_NOT_FOUND or _REFUSED. FOLDER [out, transfer full] */
int dc_folder_open(const char *path, dc_folder **folder, draftconv_error **error);
void dc_folder_unref(dc_folder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_folder, dc_folder_unref)

/*
 * A file below FOLDER. PATH is bytes as the database holds them, SIZE of them.
 *
 * @return 0; DRAFTCONV_ERROR_DRAFT, with the reason, when PATH leaves the directory, goes through a link,
 *         or is no regular file that can be read. CONTENT [out, transfer full] keeps FOLDER alive, and
 *         opens the file when it is read.
 */
int dc_folder_file(dc_folder *folder, const char *path, gsize size, dc_content **content,
	draftconv_error **error);

#endif
