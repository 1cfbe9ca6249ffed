/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a function of the library says that it failed. In: a code and a format; out: the caller's error
 * object, set exactly once. It never prints and never ends the process.
 */
#ifndef DC_BASE_ERROR_H
#define DC_BASE_ERROR_H

#include <draftconv/error.h>

#include <glib.h>

/* Set *error (when it is not NULL) and return CODE, so that failing is one line. */
int dc_error_set(draftconv_error **error, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Put what only this layer knows (account, draft, file) before the message of *error. Returns CODE. */
int dc_error_prefix(draftconv_error **error, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A copy, for an error that is kept as well as handed up. [transfer full] */
draftconv_error *dc_error_copy(const draftconv_error *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_error, draftconv_error_free)

#endif
