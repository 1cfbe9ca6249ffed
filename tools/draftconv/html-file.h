/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file of --html. In: a page of the library; out: a file that appears whole or not at all, readable by
 * its owner alone. It takes the place of an older report, and of nothing else. "-" is standard output, on
 * which nothing else stands then.
 */
#ifndef TOOL_HTML_FILE_H
#define TOOL_HTML_FILE_H

#include "command.h"

/* Whether PATH, which may be NULL, is standard output. */
bool html_file_is_output(const char *path);

/* Before anything else is done: may PATH be written? @return 0, or an exit status after having said why not */
int html_file_check(const char *path);

/* Write PAGE to PATH, and say where it is; PREVIEW may be NULL. @return 0, or an exit status after having said why not */
int html_file_write(const char *path, draftconv_page *page, const draftconv_page_preview *preview);

#endif
