/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML of dumps, whatever stands in it. */
#include "dump.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A first tag that makes it XML for the probe. */
	static const char head[] = "<mysqldump><database name=\"d\">\n";
	g_autoptr(GByteArray) dump = g_byte_array_new();

	g_byte_array_append(dump, (const guint8 *)head, sizeof head - 1);
	if (size > 0)
		g_byte_array_append(dump, data, (guint)size);
	fuzz_dump(dump->data, dump->len);
	return 0;
}
