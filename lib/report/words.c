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
		[DRAFTCONV_OUTCOME_WOULD_ROLL_BACK] = "would be taken back",
		[DRAFTCONV_OUTCOME_VERIFIED] = "in the folder, as it was sent",
		[DRAFTCONV_OUTCOME_MISSING] = "no longer in the folder",
		[DRAFTCONV_OUTCOME_CHANGED] = "in the folder, with another text",
		[DRAFTCONV_OUTCOME_UNVERIFIED] = "it cannot be told whether it is in the folder",
	};

	return words[outcome] == NULL ? "" : words[outcome];
}

bool
dc_words_hides(gunichar c)
{
	static const guint32 hidden = 1U << G_UNICODE_CONTROL | 1U << G_UNICODE_FORMAT |
				      1U << G_UNICODE_UNASSIGNED | 1U << G_UNICODE_PRIVATE_USE |
				      1U << G_UNICODE_SURROGATE | 1U << G_UNICODE_LINE_SEPARATOR |
				      1U << G_UNICODE_PARAGRAPH_SEPARATOR;
	static const gunichar blank_letters[] = {0x115f, 0x1160, 0x3164, 0xffa0};

	for (size_t i = 0; i < G_N_ELEMENTS(blank_letters); i++) {
		if (c == blank_letters[i])
			return true;
	}
	return (hidden & 1U << g_unichar_type(c)) != 0 && c != 0x200c && c != 0x200d;
}

char *
dc_words_plain(const char *text, size_t limit)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *plain = g_string_new(NULL);

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		if (limit-- == 0) {
			g_string_append(plain, "…");
			break;
		}
		const gunichar c = g_utf8_get_char(p);
		g_string_append_unichar(plain, dc_words_hides(c) ? 0xfffd : c);
	}
	return g_string_free(plain, FALSE);
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
