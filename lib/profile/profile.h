/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A profile, read. In: the XML text of PROFILE.md, from anywhere, hostile or not; out: an immutable
 * structure of statements with the line each stands on, and everything that is wrong with the text, at
 * once. It never asks a source: whether a statement fits one is plan.h's and check.h's business.
 */
#ifndef DC_PROFILE_PROFILE_H
#define DC_PROFILE_PROFILE_H

#include "lib/base/error.h"

#include <draftconv/profile.h>

#include <glib.h>

/* In the order in which they stand in the file. */
enum dc_statement_kind {
	DC_STATEMENT_DRAFTS,
	DC_STATEMENT_OWNERS,
	DC_STATEMENT_RECIPIENTS,
	DC_STATEMENT_HEADERS,
	DC_STATEMENT_ATTACHMENTS,
	DC_STATEMENT_KINDS
};

/* One SELECT; belongs to its profile. */
struct dc_statement {
	enum dc_statement_kind kind;
	const char *sql; /* as written, without a trailing semicolon and without what follows it */
	unsigned line;   /* line of the file on which SQL begins */
};

/* What the element `defaults` says. */
struct dc_profile_defaults {
	const char *charset;          /* NULL: auto, nothing is declared */
	const char *fallback_charset; /* never NULL: "windows-1252" unless it says otherwise */
	const char *time_zone;        /* never NULL: an IANA name or ±HH:MM, "UTC" unless … */
};

/* "drafts", "owners", … as the elements are called. */
const char *dc_statement_kind_name(enum dc_statement_kind kind);

/* [transfer none] strings live as long as PROFILE */
struct dc_profile_defaults dc_profile_defaults(const draftconv_profile *profile);

/* The statements of a kind, in the order of the file; [transfer none]. */
size_t dc_profile_statement_count(const draftconv_profile *profile, enum dc_statement_kind kind);
const struct dc_statement *dc_profile_statement(
	const draftconv_profile *profile, enum dc_statement_kind kind, size_t index);

/* What stands before messages about the profile: file name, or built-in's name. [transfer none] */
const char *dc_profile_label(const draftconv_profile *profile);

/* MySQL's CREATE TABLEs that the statements are written for; NULL when the profile has none. */
const char *dc_profile_schema(const draftconv_profile *profile, unsigned *line);

/* All statements' SQL, for dc_stage_options.statements; [transfer none] */
const char *const *dc_profile_sql(const draftconv_profile *profile, size_t *count);

/* True if NAME (compared exactly) is an agreed column of statements of that kind. */
bool dc_column_agreed(enum dc_statement_kind kind, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_profile, draftconv_profile_free)

#endif
