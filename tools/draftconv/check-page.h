/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of `check --html`. In: what the check says, draft by draft; out: the same page that `report --html`
 * writes, before anything is delivered. With no file named it does nothing.
 */
#ifndef TOOL_CHECK_PAGE_H
#define TOOL_CHECK_PAGE_H

#include "steps.h"

typedef struct check_page {
	const char *path; /* NULL: no page is asked for */
	draftconv_page *page;
	int status; /* the first thing that went wrong, already said */
} check_page;

/* Before the check. @return 0, or an exit status after having said why not */
int check_page_begin(check_page *page, const struct order *order);
void check_page_clear(check_page *page);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(check_page, check_page_clear)

/* During the check. */
void check_page_result(check_page *page, const draftconv_result *result);
void check_page_finding(check_page *page, const draftconv_finding *finding);
void check_page_account(check_page *page, const draftconv_account_check *check);

/* Behind the check: write it, with what stands in the drafts. @return 0, or an exit status as above */
int check_page_end(check_page *page, const struct order *order, draftconv_source *source,
	const draftconv_profile *profile);

#endif
