/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Findings: what the user should know about a draft. A finding has a stable code, the field that it
 * is about, a severity and a detail; the catalogue says what each code means and what to do about it.
 */
#ifndef DRAFTCONV_FINDING_H
#define DRAFTCONV_FINDING_H

#include <draftconv/error.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum draftconv_severity {
	DRAFTCONV_SEVERITY_INFO,    /**< nothing lost */
	DRAFTCONV_SEVERITY_WARNING, /**< something was repaired or guessed */
	DRAFTCONV_SEVERITY_LOSS,    /**< could not be decoded; the original bytes are attached */
	DRAFTCONV_SEVERITY_ERROR    /**< this draft was not delivered */
} draftconv_severity;

/** One finding; strings are UTF-8 and belong to whoever lent the structure. */
typedef struct draftconv_finding {
	const char *code;  /**< stable, kebab-case, never NULL */
	const char *field; /**< agreed column name, or "" when it is about the whole draft */
	draftconv_severity severity;
	const char *detail; /**< "" when the code says it all */
} draftconv_finding;

/** An entry of the catalogue; static, valid for ever. */
typedef struct draftconv_finding_info {
	const char *code;
	draftconv_severity severity;
	bool needs_person;   /**< a run in which it occurs ends with status 1 */
	const char *meaning; /**< one sentence */
	const char *remedy;  /**< what to do about it, one sentence */
} draftconv_finding_info;

/**
 * The catalogue of findings, in the order of their codes.
 *
 * @param count [out] number of entries
 * @return [transfer none] static
 */
DRAFTCONV_API const draftconv_finding_info *draftconv_finding_catalogue(size_t *count);

/** "info", "warning", "loss" or "error". @return [transfer none] static */
DRAFTCONV_API const char *draftconv_severity_name(draftconv_severity severity);

#ifdef __cplusplus
}
#endif

#endif
