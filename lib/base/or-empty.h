/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that a caller may leave out, for structs that promise text: what is NULL becomes "". */
#ifndef DC_BASE_OR_EMPTY_H
#define DC_BASE_OR_EMPTY_H

#include <stddef.h>

static inline const char *
dc_or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

#endif
