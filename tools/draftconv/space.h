/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Room for temporary files. In: an opened source; out: a warning when the reading of it will hardly fit. It
 * never refuses: how much of a source a profile needs is known only when it was read.
 */
#ifndef TOOL_SPACE_H
#define TOOL_SPACE_H

#include <draftconv/draftconv.h>

/* TEMP_DIR may be NULL. */
void warn_of_space(const draftconv_source *source, const char *temp_dir);

#endif
