/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The property of both dump scanners: events, facts and findings are the same in windows of any size. */
#ifndef DC_TESTS_FUZZ_DUMP_H
#define DC_TESTS_FUZZ_DUMP_H

#include <glib.h>

/* HEAD, which makes it this format for the probe, then the fuzzer's bytes. */
void fuzz_dump(const char *head, const void *data, gsize size);

#endif
