/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Some whole drafts, one of each kind, that several tests make messages of. */
#ifndef TESTS_MESSAGE_SAMPLES_H
#define TESTS_MESSAGE_SAMPLES_H

#include "lib/draft/draft.h"

extern const char *const sample_names[]; /* NULL-terminated */

/* [transfer full] */
draftconv_draft *sample_new(const char *name);

#endif
