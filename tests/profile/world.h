/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small sources for the tests of profiles and plans: tables and rows written as text, and plans printed
 * as text, so that a test is what goes in beside what comes out.
 */
#ifndef DC_TESTS_PROFILE_WORLD_H
#define DC_TESTS_PROFILE_WORLD_H

#include "lib/profile/plan.h"

/*
 * A stage from lines: "table: column type, column type charset, …; primary key" and "table| value | value",
 * where NULL and bare numbers are what they look like, other values text, 'x' too, {N} a text of N bytes and
 * \xHH a byte. Lines after "client NAME" were written under that SET NAMES.
 */
dc_stage *world_stage(const char *text);

/* A profile whose elements are BODY; it reads times as UTC. */
draftconv_profile *world_profile(const char *body);

/* The accounts of a plan, a line each: "owner (folded) login name <address>,<address> drafts newest" */
char *world_accounts(dc_plan *plan);

/* The selected drafts, a line each: "owner/key: column=value … [finding, …]"; columns key and owner are
 * left out, ALL: every row of the account instead. */
char *world_drafts(dc_plan *plan, bool all);

/* The child rows of KIND of each draft, a line each: "owner/key: column=value …" */
char *world_children(dc_plan *plan, enum dc_statement_kind kind);

/* A plan that must succeed. */
dc_plan *world_plan(dc_stage *stage, const draftconv_profile *profile,
	const draftconv_selection *selection, dc_findings *findings);

/* "code: detail" of each finding, a line each. */
char *world_findings(const dc_findings *findings);

#endif
