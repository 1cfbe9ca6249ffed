/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "csv.h"

#include "output.h"

#include <string.h>

static bool
needs_quotes(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (strchr(",\"\r\n", data[i]) != NULL)
			return true;
	return size == 0;
}

bool
csv_begin(void)
{
	return result_bytes("\"", 1);
}

bool
csv_end(void)
{
	return result_bytes("\"", 1);
}

bool
csv_piece(const char *data, size_t size)
{
	bool written = true;

	while (size > 0 && written) {
		const char *quote = memchr(data, '"', size);
		const size_t run = quote == NULL ? size : (size_t)(quote - data) + 1;

		written = result_bytes(data, run) && (quote == NULL || result_bytes("\"", 1));
		data += run;
		size -= run;
	}
	return written;
}

bool
csv_field(const char *data, size_t size)
{
	if (!needs_quotes(data, size))
		return result_bytes(data, size);
	return csv_begin() && csv_piece(data, size) && csv_end();
}

bool
csv_comma(void)
{
	return result_bytes(",", 1);
}

bool
csv_line_end(void)
{
	return result_bytes("\r\n", 2);
}
