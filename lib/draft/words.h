/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The small words of a row: how urgent, whether a receipt is asked for, which of two bodies. In: text as
 * old webmails stored it; out: what it means. PROFILE.md (Agreed columns).
 */
#ifndef DC_DRAFT_WORDS_H
#define DC_DRAFT_WORDS_H

#include <draftconv/draft.h>

#include <stdbool.h>

/* 1 (highest) to 5, 0 for what says nothing. */
int dc_words_priority(const char *text);

/* Yes, or no: also for "", "0", "no", "off", "false". */
bool dc_words_truth(const char *text);

/* "html", "text/html; charset=x", "1", "yes". */
bool dc_words_html(const char *text);

/* "to", "CC", "reply-to" …; DRAFTCONV_FIELD_COUNT for what is no kind of recipient. */
draftconv_field dc_words_kind(const char *text);

#endif
