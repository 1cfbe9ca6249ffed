/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The accounts file: which account of the source is which login at the mail server. CSV (RFC 4180) whose
 * first line is owner,login or owner,login,folder. Who is not in it is not tried.
 */
#ifndef DRAFTCONV_ACCOUNTS_H
#define DRAFTCONV_ACCOUNTS_H

#include <draftconv/error.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The rows of an accounts file; immutable, so runs in several threads may share one. */
typedef struct draftconv_accounts draftconv_accounts;

/**
 * Load an accounts file. UTF-8, with or without a byte order mark, at most 64 MiB; lines end with LF or
 * CR LF. Whether an owner stands twice is told when it is used, since the source says how owners compare.
 *
 * @param accounts [out, transfer full] release with draftconv_accounts_free(); untouched on failure
 * @param error    [out, transfer full, may be NULL] "FILE:LINE: what is wrong"
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_PROFILE when it cannot be read or is no accounts file
 */
DRAFTCONV_API int draftconv_accounts_load(
	const char *path, draftconv_accounts **accounts, draftconv_error **error);

/**
 * The same from memory.
 *
 * @param data [transfer none] SIZE bytes
 * @param name what stands before the line number in an error
 */
DRAFTCONV_API int draftconv_accounts_parse(const void *data, size_t size, const char *name,
	draftconv_accounts **accounts, draftconv_error **error);

/** Free accounts when no run uses them any more. @param accounts [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_accounts_free(draftconv_accounts *accounts);

#ifdef __cplusplus
}
#endif

#endif
