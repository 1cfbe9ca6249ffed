/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every form of a report says in the same words: outcomes, moments, sizes, commands to type. */
#ifndef DC_REPORT_WORDS_H
#define DC_REPORT_WORDS_H

#include "lib/base/findings.h"

#include <draftconv/journal.h>

/* What an outcome means, in half a sentence. [transfer none] static */
const char *dc_words_outcome(draftconv_outcome outcome);

/*
 * Characters that a reader would not see, or that would show him the others in another order. The two that
 * join or part letters are part of the writing of some languages and of emoji.
 */
bool dc_words_hides(gunichar c);

/* TEXT of a stranger as one line of ours: what hides is replaced, what is beyond LIMIT characters cut off.
 * [transfer full] */
char *dc_words_plain(const char *text, size_t limit);

/* "2012-12-01 22:00 UTC"; "?" beyond the calendar. [transfer full] */
char *dc_words_time(int64_t unix_s);

/* "2012-12-01 23:00 +0100": in a zone of its own. [transfer full] */
char *dc_words_local_time(int64_t unix_s, int offset_min);

/* "12.3 kB" [transfer full] */
char *dc_words_size(uint64_t bytes);

/* " --NAME VALUE", quoted for a shell where that is needed; "" for an empty value. [transfer full] */
char *dc_words_option(const char *name, const char *value);

#endif
