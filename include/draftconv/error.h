/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors: one code per possible reaction, and a message that says what was found, where, what was
 * expected and what to do. A draft that cannot be converted is not an error but a finding (finding.h).
 */
#ifndef DRAFTCONV_ERROR_H
#define DRAFTCONV_ERROR_H

#if defined(__GNUC__) && __GNUC__ >= 4
#define DRAFTCONV_API __attribute__((visibility("default")))
#else
#define DRAFTCONV_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** What a function answers: 0 or positive is success, negative one of these. */
enum draftconv_status {
	DRAFTCONV_OK = 0,
	DRAFTCONV_ERROR_ARGUMENT =
		-1, /**< the caller asked for something that makes no sense (64) */
	DRAFTCONV_ERROR_DAMAGED = -2,     /**< the source is damaged, or is no source (65) */
	DRAFTCONV_ERROR_NOT_FOUND = -3,   /**< no such source, owner or draft (66) */
	DRAFTCONV_ERROR_UNREACHABLE = -4, /**< the server cannot be reached (69) */
	DRAFTCONV_ERROR_OUTPUT = -5,      /**< output cannot be written (73) */
	DRAFTCONV_ERROR_TEMPORARY = -6,   /**< something temporary: the same call again (75) */
	DRAFTCONV_ERROR_REFUSED = -7,     /**< login or permission refused (77) */
	DRAFTCONV_ERROR_PROFILE = -8,     /**< bad profile or accounts file (78) */
	DRAFTCONV_ERROR_CANCELLED = -9,   /**< the caller cancelled (130) */
	DRAFTCONV_ERROR_DRAFT = -10 /**< this one draft or message only; the others go on (1) */
};

typedef struct draftconv_error draftconv_error;

/** @return [transfer none] one line of UTF-8 without a line break; never NULL; valid as long as ERROR */
DRAFTCONV_API const char *draftconv_error_message(const draftconv_error *error);

/** @return the DRAFTCONV_ERROR_… code of ERROR */
DRAFTCONV_API int draftconv_error_code(const draftconv_error *error);

/** Free an error. @param error [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_error_free(draftconv_error *error);

/** The exit status that CONTRACT gives to a code (sysexits). @return 0 for success, else 1, 64 … 130 */
DRAFTCONV_API int draftconv_exit_status(int code);

#ifdef __cplusplus
}
#endif

#endif
