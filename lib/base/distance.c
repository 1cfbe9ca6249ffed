/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/distance.h"

#include "lib/base/limits.h"

#include <glib.h>
#include <string.h>

/*
 * Optimal string alignment over three rows. Both names are cut at DC_NAME_DISTANCE_MAX bytes, which
 * bounds time and memory whatever a profile or dump calls its things.
 */
unsigned
dc_name_distance(const char *a, const char *b, unsigned limit)
{
	enum {
		MAX = DC_NAME_DISTANCE_MAX
	};
	unsigned rows[3][MAX + 1];
	gsize n = strnlen(a, MAX);
	gsize m = strnlen(b, MAX);

	if ((n > m ? n - m : m - n) > limit)
		return limit + 1;
	for (gsize j = 0; j <= m; j++)
		rows[0][j] = (unsigned)j;
	for (gsize i = 1; i <= n; i++) {
		unsigned *now = rows[i % 3];
		const unsigned *last = rows[(i - 1) % 3];
		const unsigned *before = rows[(i + 1) % 3];
		char x = g_ascii_tolower(a[i - 1]);

		now[0] = (unsigned)i;
		for (gsize j = 1; j <= m; j++) {
			char y = g_ascii_tolower(b[j - 1]);
			unsigned best = last[j - 1] + (x != y);

			best = MIN(best, last[j] + 1);
			best = MIN(best, now[j - 1] + 1);
			if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) &&
				y == g_ascii_tolower(a[i - 2]))
				best = MIN(best, before[j - 2] + 1);
			now[j] = best;
		}
	}
	return MIN(rows[n % 3][m], limit + 1);
}
