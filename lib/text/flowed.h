/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * format=flowed (RFC 3676) undone. In: a text whose part says so; out: the paragraphs as they were typed,
 * one line each. A draft is written without it (DRAFTS.md 19), so that soft line ends would become hard.
 */
#ifndef DC_TEXT_FLOWED_H
#define DC_TEXT_FLOWED_H

#include <stdbool.h>

/* DEL_SP: the blank before a soft line end is not part of the text. [transfer full] */
char *dc_flowed_undo(const char *text, bool del_sp);

#endif
