/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logins of the accounts file that hardly are their owner's: a spreadsheet fills a column down, rows slip by
 * one. In: the file and the source; out: one finding, never a refusal, since two spellings of one person may
 * well have one login, and who wrote the file may know better.
 */
#ifndef DC_RUN_BORROWED_H
#define DC_RUN_BORROWED_H

#include "lib/draft/read.h"

#include <draftconv/run.h>

/*
 * A login that fits its owner is right. Of the others those are told that fit another owner of the source, or
 * that several such owners have; --all-into-one says that sharing is meant.
 * @param rows  of dc_ways_accounts()
 */
int dc_borrowed_check(const draftconv_run_options *options, draftconv_drafts *drafts,
	GHashTable *rows, dc_findings *findings, draftconv_error **error);

#endif
