/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The list of findings that travels with a draft. In: code, field and detail, from every stop of the
 * road; out: draftconv_finding structures in the order in which they were added. It never grows beyond
 * DC_FINDINGS_MAX entries (the last one then says how many were left out), and never holds one twice.
 */
#ifndef DC_BASE_FINDINGS_H
#define DC_BASE_FINDINGS_H

#include <draftconv/finding.h>

#include <glib.h>

/* The codes, from the catalogue: DC_FINDING(CHARSET_GUESSED, "charset-guessed", …) */
enum dc_finding_code {
#define DC_FINDING(symbol, code, severity, needs_person, meaning, remedy) DC_FINDING_##symbol,
#include "lib/base/finding-codes.h"
#undef DC_FINDING
	DC_FINDING_COUNT
};

typedef struct dc_findings dc_findings;

dc_findings *dc_findings_new(void);
void dc_findings_free(dc_findings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_findings, dc_findings_free)

/*
 * Add a finding. FINDINGS may be NULL (nobody listens). FIELD is an agreed column name, "" for the
 * whole draft, else copied. The detail is made valid UTF-8 and cut at DC_FINDING_DETAIL_MAX bytes.
 */
void dc_findings_add(dc_findings *findings, enum dc_finding_code code, const char *field,
	const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Append all findings of OTHER (may be NULL). */
void dc_findings_add_all(dc_findings *findings, const dc_findings *other);

size_t dc_findings_count(const dc_findings *findings);

/* [transfer none] valid until FINDINGS changes */
const draftconv_finding *dc_findings_at(const dc_findings *findings, size_t index);

bool dc_findings_has(const dc_findings *findings, enum dc_finding_code code);

/* Catalogue entry of a code as text; NULL when there is none (a journal of a newer version). */
const draftconv_finding_info *dc_finding_lookup(const char *code);

/* Whether a person has to look at it before a ticket is answered: a run with such a finding ends with status 1. */
bool dc_finding_needs_person(const draftconv_finding *finding);

#endif
