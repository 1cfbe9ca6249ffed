/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Results of drafts on standard output: a line of text or of JSON each, and the summary. What list, check,
 * convert and rollback say looks the same because it is said here.
 */
#ifndef TOOL_RESULTS_H
#define TOOL_RESULTS_H

#include "command.h"

#include "options.h"

/* In how many drafts each finding occurred. */
typedef struct tally tally;
tally *tally_new(void);
void tally_free(tally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(tally, tally_free)
void tally_add(tally *tally, const draftconv_finding *const *findings, size_t count);

/* Say them, worst first, in plain words. */
void say_tally(const tally *tally);

/* Say one draft, as --json asks. */
void say_result(const struct saying *saying, const draftconv_result *result);

/* Say what the mail server said of an account. */
void say_account_check(const struct saying *saying, const draftconv_account_check *check);

/* Say the sum of the statuses; with --json the summary object, TALLY (may be NULL) in it. */
void say_summary(const struct saying *saying, const draftconv_summary *summary, const tally *tally);

/* The exit status of a run that came to its end. */
int summary_status(const draftconv_summary *summary);

#endif
