/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the library hands over bytes that may be too many for memory: piece by piece, to a function. */
#ifndef DRAFTCONV_WRITE_H
#define DRAFTCONV_WRITE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Takes the next bytes.
 *
 * @param user what came with the function
 * @param data [transfer none] valid during the call
 * @return 0, or a negative DRAFTCONV_ERROR_… that ends the writing and is handed on
 */
typedef int (*draftconv_write)(void *user, const void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
