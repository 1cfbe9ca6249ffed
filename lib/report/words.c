/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/words.h"

#include <string.h>

const char *
dc_words_outcome(draftconv_outcome outcome)
{
	static const char *const words[DRAFTCONV_OUTCOME_COUNT] = {
		[DRAFTCONV_OUTCOME_DELIVERED] = "brought into the folder",
		[DRAFTCONV_OUTCOME_UNCHANGED] = "already in the folder",
		[DRAFTCONV_OUTCOME_UPDATED] = "the copy in the folder was replaced by a newer text",
		[DRAFTCONV_OUTCOME_KEPT] =
			"left alone: the user went on with the copy, or it cannot be told",
		[DRAFTCONV_OUTCOME_FAILED] = "not delivered",
		[DRAFTCONV_OUTCOME_NO_ACCOUNT] = "not tried: the accounts file has no such account",
		[DRAFTCONV_OUTCOME_WOULD_DELIVER] = "would be brought into the folder",
		[DRAFTCONV_OUTCOME_WOULD_UPDATE] =
			"the copy in the folder would be replaced by a newer text",
		[DRAFTCONV_OUTCOME_WITHDRAWN] = "gone from the source, and taken out of the folder",
		[DRAFTCONV_OUTCOME_WOULD_WITHDRAW] =
			"gone from the source, and would be taken out of the folder",
		[DRAFTCONV_OUTCOME_SOURCE_GONE] =
			"delivered once, and gone from the source; left in the folder",
		[DRAFTCONV_OUTCOME_ROLLED_BACK] = "taken back: no longer in the folder",
	};

	return words[outcome] == NULL ? "" : words[outcome];
}

bool
dc_words_asks(const draftconv_finding *finding)
{
	const draftconv_finding_info *info = dc_finding_lookup(finding->code);

	return finding->severity >= DRAFTCONV_SEVERITY_LOSS || (info != NULL && info->needs_person);
}

char *
dc_words_time(int64_t unix_s)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_s);

	return time == NULL ? g_strdup("?") : g_date_time_format(time, "%Y-%m-%d %H:%M UTC");
}

char *
dc_words_local_time(int64_t unix_s, int offset_min)
{
	const int minutes = ABS(offset_min);
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_s + offset_min * 60);
	g_autofree char *text =
		time == NULL ? g_strdup("?") : g_date_time_format(time, "%Y-%m-%d %H:%M");

	return g_strdup_printf("%s %c%02d%02d", text, offset_min < 0 ? '-' : '+',
		minutes / 60 % 100, minutes % 60);
}

char *
dc_words_size(uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	size_t unit = 0;

	if (bytes < 1000)
		return g_strdup_printf("%u bytes", (unsigned)bytes);
	uint64_t tenths = bytes / 100;
	while (tenths >= 10000 && unit + 1 < G_N_ELEMENTS(units)) {
		tenths /= 1000;
		unit++;
	}
	return g_strdup_printf(
		"%u.%u %s", (unsigned)(tenths / 10), (unsigned)(tenths % 10), units[unit]);
}

char *
dc_words_option(const char *name, const char *value)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-";

	if (value == NULL || *value == '\0')
		return g_strdup("");
	if (strspn(value, plain) == strlen(value))
		return g_strconcat(" --", name, *value == '-' ? "=" : " ", value, NULL);
	g_autofree char *quoted = g_shell_quote(value);
	return g_strconcat(" --", name, *value == '-' ? "=" : " ", quoted, NULL);
}
