/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files that are built into the library: the grammar of profiles and the built-in profiles, as the
 * build wrote them out of the files of the same names beside this one. Read-only.
 */
#ifndef DC_PROFILE_EMBEDDED_H
#define DC_PROFILE_EMBEDDED_H

#include <stddef.h>

struct dc_embedded {
	const char *name;          /* file name without folder */
	const unsigned char *data; /* ended by a NUL that SIZE does not count */
	size_t size;
};

/* Ended by an entry whose name is NULL; the grammar comes first, then the profiles by name. */
extern const struct dc_embedded dc_embedded_files[];

#endif
