/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A time is within 1970 to 2099, and what is written is read again as the same moment. */
#include "lib/text/time.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup(size == 0 ? "" : (const char *)data, size);
	g_autoptr(dc_zone) zone = dc_zone_new("Europe/Oslo");
	struct dc_time time = {0, 0};
	struct dc_time again = {0, 0};
	g_autofree char *mysql = dc_time_mysql(text);

	if (dc_time_parse(text, zone, "modified", NULL, &time) != DC_TIME_OK)
		return 0;
	g_assert_nonnull(mysql);
	g_assert_cmpint(time.utc, >=, 0);
	g_assert_cmpint(time.utc, <=, 4102444799);

	g_autofree char *iso = dc_time_iso(&time);
	g_assert_cmpint(dc_time_parse(iso, zone, "modified", NULL, &again), ==, DC_TIME_OK);
	g_assert_cmpint(again.utc, ==, time.utc);
	g_assert_cmpint(again.offset_s, ==, time.offset_s);
	return 0;
}
