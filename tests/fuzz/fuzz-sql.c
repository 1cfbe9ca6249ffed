/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SQL text, whatever stands in it. */
#include "dump.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_dump("SET NAMES latin1;\n", data, size);
	return 0;
}
