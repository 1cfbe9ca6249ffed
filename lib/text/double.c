/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/internal.h"

#include <string.h>

bool
dc_double_decode(const char *text, gsize size, GString *out, gsize *sequences, bool *cut)
{
	g_autoptr(GString) bytes = g_string_sized_new(size);

	for (const char *p = text; p < text + size; p = g_utf8_next_char(p)) {
		const int byte = dc_cp1252_byte(g_utf8_get_char(p));

		if (byte < 0)
			return false;
		g_string_append_c(bytes, (char)byte);
	}

	struct dc_utf8_check check;
	const bool valid = dc_utf8_check(bytes->str, bytes->len, &check);
	/* one whole letter at least: a cut one alone could be any accented letter */
	if (check.sequences == 0 || (!valid && !check.truncated))
		return false;

	g_string_append_len(out, bytes->str, (gssize)check.valid_bytes);
	*sequences = check.sequences;
	*cut = !valid;
	return true;
}
