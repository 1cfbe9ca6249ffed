/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an IMAP core makes of a server's bytes, as text, so that two runs can be compared. */
#ifndef TESTS_SINK_TRACE_H
#define TESTS_SINK_TRACE_H

#include <glib.h>

/*
 * Feed DATA in pieces of CHUNK bytes into a core that has four commands (D1 to D4) on their way; bodies
 * are streamed. [transfer full]
 */
char *trace_responses(const void *data, size_t size, size_t chunk);

#endif
