/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Profiles: an XML file of SELECT statements that says how the tables of an old webmail become drafts.
 * A profile is immutable once it is there: any number of threads may use it at once.
 */
#ifndef DRAFTCONV_PROFILE_H
#define DRAFTCONV_PROFILE_H

#include <draftconv/error.h>
#include <draftconv/finding.h>
#include <draftconv/source.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A mapping profile; release it with draftconv_profile_free(). */
typedef struct draftconv_profile draftconv_profile;

/**
 * Load a mapping profile from an XML file.
 *
 * @param path     file name, at most 1 MiB of content; never a URL
 * @param profile  [out, transfer full] release with draftconv_profile_free(); untouched on failure
 * @param error    [out, transfer full, may be NULL] file, line and reason; untouched on success
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_NOT_FOUND if there is no such file;
 *         DRAFTCONV_ERROR_PROFILE if it is too large, no valid profile, or has a DOCTYPE
 */
DRAFTCONV_API int draftconv_profile_load(
	const char *path, draftconv_profile **profile, draftconv_error **error);

/**
 * Read a mapping profile from memory.
 *
 * @param data     [transfer none] the XML text, SIZE bytes, at most 1 MiB; not kept
 * @param label    [transfer none, may be NULL] stands before messages, for example a file name
 * @param profile  [out, transfer full] as draftconv_profile_load()
 * @param error    [out, transfer full, may be NULL]
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_PROFILE; DRAFTCONV_ERROR_ARGUMENT if DATA is NULL
 */
DRAFTCONV_API int draftconv_profile_parse(const void *data, size_t size, const char *label,
	draftconv_profile **profile, draftconv_error **error);

/**
 * A profile that the library carries.
 *
 * @param name     [transfer none] for example "runbox4"
 * @param profile  [out, transfer full] as draftconv_profile_load()
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_PROFILE if there is none of that name (the message lists them)
 */
DRAFTCONV_API int draftconv_profile_builtin(
	const char *name, draftconv_profile **profile, draftconv_error **error);

/** The names of the built-in profiles. @return [transfer none] static, sorted, ended by NULL */
DRAFTCONV_API const char *const *draftconv_profile_builtin_names(void);

/** Free a profile. @param profile [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_profile_free(draftconv_profile *profile);

/** The profile's `name`. @return [transfer none] UTF-8, never NULL, valid as long as PROFILE */
DRAFTCONV_API const char *draftconv_profile_name(const draftconv_profile *profile);

/** What Message-IDs are derived from; a copied profile keeps it. @return [transfer none] never NULL */
DRAFTCONV_API const char *draftconv_profile_identity(const draftconv_profile *profile);

/** The profile's own version, counted up by whoever edits it. @return 1 or more */
DRAFTCONV_API unsigned draftconv_profile_version(const draftconv_profile *profile);

/** @return [transfer none] one line, "" when there is none */
DRAFTCONV_API const char *draftconv_profile_title(const draftconv_profile *profile);

/** @return [transfer none] paragraphs, "" when there is none */
DRAFTCONV_API const char *draftconv_profile_description(const draftconv_profile *profile);

/** False when the profile says reviewed="no": nothing is delivered to IMAP with it. */
DRAFTCONV_API bool draftconv_profile_reviewed(const draftconv_profile *profile);

/** The XML as it was read, to be shown or copied. @return [transfer none] ended by a NUL */
DRAFTCONV_API const char *draftconv_profile_xml(const draftconv_profile *profile, size_t *size);

/**
 * Called for each problem of a profile, in the order of the lines.
 *
 * @param line      line of the profile's text, from 1; 0 when it is about the whole
 * @param severity  DRAFTCONV_SEVERITY_ERROR: cannot be used; …_WARNING: works, but look at it;
 *                  …_INFO: advice
 * @param message   [transfer none] one line of UTF-8, valid during the call
 */
typedef void (*draftconv_profile_problem)(
	void *user, unsigned line, draftconv_severity severity, const char *message);

/**
 * Say everything that is wrong with a profile, also one that cannot be loaded.
 *
 * @param data     [transfer none] the XML text, SIZE bytes
 * @param source   [transfer none, may be NULL] judge the statements against its tables; without it
 *                 against the profile's own `schema`
 * @param problem  called for each problem
 * @param user     handed to PROBLEM
 * @param error    [out, transfer full, may be NULL] set when the check itself failed, or to the first
 *                 problem of severity error
 * @return the number of warnings; DRAFTCONV_ERROR_PROFILE when there was an error among the problems;
 *         DRAFTCONV_ERROR_ARGUMENT; or what reading SOURCE answered
 */
DRAFTCONV_API int draftconv_profile_check(const void *data, size_t size,
	struct draftconv_source *source, draftconv_profile_problem problem, void *user,
	draftconv_error **error);

/** How well a profile fits a source. */
struct draftconv_profile_fit {
	bool fits;         /**< it can be used */
	size_t statements; /**< SELECTs that it has */
	size_t fitting;    /**< of these, those that the source's tables and columns can answer */
};

/** Who gets what a fit is made of; both may be NULL. */
struct draftconv_fit_handler {
	size_t struct_size; /**< sizeof(struct draftconv_fit_handler) */
	void *user;
	/** A table or column that is missing, or what else is wrong; as in draftconv_profile_check() */
	draftconv_profile_problem problem;
	/** A column of the source that the profile reads; some come more than once. */
	void (*used)(void *user, const char *table, const char *column);
};

/**
 * How well a profile fits the tables of a source that was read before (draftconv_source_tables(), or in
 * vain with another profile). Reads nothing again: what a pipe held will do.
 *
 * @param fit     [out] filled up to SIZE bytes (its sizeof)
 * @param handler [may be NULL]
 * @return DRAFTCONV_OK, also when nothing fits; DRAFTCONV_ERROR_ARGUMENT; DRAFTCONV_ERROR_OUTPUT
 */
DRAFTCONV_API int draftconv_profile_fits(const draftconv_profile *profile,
	const struct draftconv_source *source, struct draftconv_profile_fit *fit, size_t size,
	const struct draftconv_fit_handler *handler, draftconv_error **error);

#ifdef __cplusplus
}
#endif

#endif
