/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server's answers mean the same in pieces of any size; folder names come back as they were. */
#include "lib/sink/imap/name.h"

#include "tests/sink/trace.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 64 * 1024)
		return 0;
	g_autofree char *whole = trace_responses(data, size, size + 1);
	g_autofree char *bytes = trace_responses(data, size, 1);
	g_autofree char *pieces = trace_responses(data, size, 7);
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *name = dc_imap_utf7_encode(text);

	if (strcmp(whole, bytes) != 0 || strcmp(whole, pieces) != 0)
		g_error("pieces of another size mean something else");
	if (name != NULL) {
		g_autofree char *back = dc_imap_utf7_decode(name);

		if (strcmp(back, text) != 0)
			g_error("a folder name does not come back");
	}
	return 0;
}
