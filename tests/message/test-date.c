/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The date of a message, from all a draft may say. */
#include "tests/message/drafts.h"
#include "tests/message/oracle.h"

static const struct date_case {
	const char *name;
	gint64 modified;
	int offset_min;
	const char *date;
	const char *codes;
} dates[] = {
	{"a date has its zone", 1104530645, 60, "Fri, 31 Dec 2004 23:04:05 +0100", ""},
	{"half an hour is a zone too", 1104530645, -210, "Fri, 31 Dec 2004 18:34:05 -0330", ""},
	{"the beginning of time", 0, 0, "Thu, 01 Jan 1970 00:00:00 +0000", ""},
	{"1969 in its own zone is told in UTC", 3600, -300, "Thu, 01 Jan 1970 01:00:00 +0000", ""},
	{"before the beginning of time", -1, 0, "Thu, 01 Jan 1970 00:00:00 +0000", "date-clamped"},
	{"2106 is too late", 4294967295, 0, "Thu, 31 Dec 2099 23:59:59 +0000", "date-clamped"},
	{"the end of all integers", G_MAXINT64, 1439, "Thu, 31 Dec 2099 23:59:59 +0000",
		"date-clamped"},
	{"the start of all integers", G_MININT64, -1439, "Thu, 01 Jan 1970 00:00:00 +0000",
		"date-clamped"},
};

static void
test_date(gconstpointer data)
{
	const struct date_case *c = data;
	g_autoptr(draftconv_draft) draft = drafts_new();

	draftconv_draft_set(draft, DRAFTCONV_FIELD_TEXT, "x", NULL);
	draftconv_draft_set_modified(draft, c->modified, c->offset_min, NULL);
	g_autoptr(draftconv_message) message = drafts_compose(draft);
	g_autofree char *date = oracle_field(message, "Date");
	g_autofree char *codes = oracle_codes(message);
	g_assert_cmpstr(date, ==, c->date);
	g_assert_cmpstr(codes, ==, c->codes);

	/* the internal date is the same moment */
	int64_t seconds = -1;
	int offset = 0;
	draftconv_message_date(message, &seconds, &offset);
	g_autoptr(GDateTime) parsed = g_mime_utils_header_decode_date(date);
	g_assert_cmpint(g_date_time_to_unix(parsed), ==, seconds);
	g_assert_cmpint(
		g_date_time_get_utc_offset(parsed), ==, (gint64)offset * 60 * G_USEC_PER_SEC);
}

static void
test_a_date_is_never_the_present(void)
{
	g_autoptr(draftconv_draft) draft = draftconv_draft_new();

	draftconv_draft_set(draft, DRAFTCONV_FIELD_KEY, "1", NULL);
	draftconv_draft_set(draft, DRAFTCONV_FIELD_OWNER, "al", NULL);
	draftconv_draft_set(draft, DRAFTCONV_FIELD_TEXT, "x", NULL);
	g_autoptr(draftconv_message) none = drafts_compose(draft);
	g_autofree char *date = oracle_field(none, "Date");
	g_autofree char *from = oracle_field(none, "From");
	g_autofree char *codes = oracle_codes(none);
	g_assert_cmpstr(date, ==, "Thu, 01 Jan 1970 00:00:00 +0000");
	g_assert_cmpstr(from, ==, "\"al\" <unparsed-0@sender.invalid>");
	g_assert_cmpstr(codes, ==, "date-missing from-unknown");
	g_assert_true(g_str_has_suffix(draftconv_message_id(none), "@sender.invalid"));
	oracle_check(none);

	draftconv_draft_set_created(draft, 86400, 0, NULL);
	g_autoptr(draftconv_message) created = drafts_compose(draft);
	g_autofree char *second = oracle_field(created, "Date");
	g_autofree char *second_codes = oracle_codes(created);
	g_assert_cmpstr(second, ==, "Fri, 02 Jan 1970 00:00:00 +0000");
	g_assert_cmpstr(second_codes, ==, "date-from-created from-unknown");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (size_t i = 0; i < G_N_ELEMENTS(dates); i++) {
		g_autofree char *path = g_strdup_printf("/date/%s", dates[i].name);
		g_test_add_data_func(path, &dates[i], test_date);
	}
	g_test_add_func("/date/it is never the present", test_a_date_is_never_the_present);
	return g_test_run();
}
