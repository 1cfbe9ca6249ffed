/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/time.h"

#include <string.h>

static char *
codes(const dc_findings *findings)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < dc_findings_count(findings); i++)
		g_string_append_printf(
			text, "%s%s", i > 0 ? " " : "", dc_findings_at(findings, i)->code);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static const struct time_case {
	const char *name;
	const char *zone;
	const char *text;
	const char *want; /* NULL: no time */
	const char *findings;
} time_cases[] = {
	{"a text is in the profile's zone", "Europe/Oslo", "2004-12-31 23:04:05",
		"2004-12-31T23:04:05+01:00", ""},
	{"summer has its own offset", "Europe/Oslo", "2004-07-01 12:00",
		"2004-07-01T12:00:00+02:00", ""},
	{"a date alone is midnight", "Europe/Oslo", "2004-07-01", "2004-07-01T00:00:00+02:00", ""},
	{"a fraction is cut", "Europe/Oslo", "2004-07-01 12:00:59.999999",
		"2004-07-01T12:00:59+02:00", ""},
	{"a text with Z is a moment", "Europe/Oslo", "2004-07-01T12:00:00Z",
		"2004-07-01T14:00:00+02:00", ""},
	{"a text with an offset is a moment", "Europe/Oslo", "2004-07-01 12:00:00 -05:30",
		"2004-07-01T19:30:00+02:00", ""},
	{"a number is seconds", "Europe/Oslo", "1104530645", "2004-12-31T23:04:05+01:00", ""},
	{"a large number is milliseconds", "UTC", "1104530645123", "2004-12-31T22:04:05+00:00", ""},
	{"twelve digits that are no date are milliseconds", "UTC", "946684800000",
		"2000-01-01T00:00:00+00:00", ""},
	{"seconds may have a fraction", "UTC", "1104530645.75", "2004-12-31T22:04:05+00:00", ""},
	{"seconds may have an exponent", "UTC", "1.104530645e9", "2004-12-31T22:04:05+00:00", ""},
	{"fourteen digits are a TIMESTAMP", "Europe/Oslo", "20041231230405",
		"2004-12-31T23:04:05+01:00", ""},
	{"twelve digits are a TIMESTAMP of two-digit years", "UTC", "991231230405",
		"1999-12-31T23:04:05+00:00", ""},
	{"two-digit years from 70 on are the last century", "UTC", "700101000000",
		"1970-01-01T00:00:00+00:00", ""},
	{"two-digit years up to 69 are this century", "UTC", "690101000000",
		"2069-01-01T00:00:00+00:00", ""},
	{"ten digits with a leading zero are a TIMESTAMP", "UTC", "0412312304",
		"2004-12-31T23:04:00+00:00", ""},
	{"ten digits beyond 2099 are a TIMESTAMP", "UTC", "9912312304", "1999-12-31T23:04:00+00:00",
		""},
	{"eight digits are a date", "UTC", "20041231", "2004-12-31T00:00:00+00:00", ""},
	{"six digits are a date", "UTC", "041231", "2004-12-31T00:00:00+00:00", ""},
	{"eight digits that are no date are seconds", "UTC", "99999999",
		"1973-03-03T09:46:39+00:00", ""},
	{"the hour that the clock skips", "Europe/Oslo", "2005-03-27 02:30:00",
		"2005-03-27T03:30:00+02:00", "date-nonexistent"},
	{"the hour that the clock repeats", "Europe/Oslo", "2005-10-30 02:30:00",
		"2005-10-30T02:30:00+02:00", "date-ambiguous"},
	{"the hour after the repeated one", "Europe/Oslo", "2005-10-30 03:00:00",
		"2005-10-30T03:00:00+01:00", ""},
	{"a skipped hour of the south", "America/Sao_Paulo", "2005-10-16 00:30:00",
		"2005-10-16T01:30:00-02:00", "date-nonexistent"},
	{"empty is no date", "UTC", "", NULL, ""},
	{"blanks are no date", "UTC", "  ", NULL, ""},
	{"0 is no date", "UTC", "0", NULL, "date-zero"},
	{"0.000 is no date", "UTC", "0.000", NULL, "date-zero"},
	{"fourteen zeros are no date", "UTC", "00000000000000", NULL, "date-zero"},
	{"the zero date is no date", "UTC", "0000-00-00 00:00:00", NULL, "date-zero"},
	{"a month of 0 is no date", "UTC", "2004-00-00", NULL, "date-zero"},
	{"a TIMESTAMP with a day of 0 is no date", "UTC", "20040500000000", NULL, "date-zero"},
	{"the 31st of February cannot be read", "UTC", "2004-02-31", NULL, "date-invalid"},
	{"hour 24 cannot be read", "UTC", "2004-02-03 24:00:00", NULL, "date-invalid"},
	{"words cannot be read", "UTC", "yesterday", NULL, "date-invalid"},
	{"something behind a date cannot be read", "UTC", "2004-02-03x", NULL, "date-invalid"},
	{"nan cannot be read", "UTC", "nan", NULL, "date-invalid"},
	{"a hundred digits cannot be read", "UTC",
		"111111111111111111111111111111111111111111111111111111111111111111111111111111",
		NULL, "date-invalid"},
	{"a year before 1970 is moved", "UTC", "1904-01-01", "1970-01-01T00:00:00+00:00",
		"date-clamped"},
	{"a negative number is moved", "UTC", "-1", "1970-01-01T00:00:00+00:00", "date-clamped"},
	{"a year after 2099 is moved", "UTC", "2106-02-07 06:28:15", "2099-12-31T23:59:59+00:00",
		"date-clamped"},
	{"the largest unsigned 32-bit number is moved", "UTC", "4294967295",
		"2099-12-31T23:59:59+00:00", "date-clamped"},
	{"west of Greenwich 1969 is never written", "America/New_York", "0.5", NULL, "date-zero"},
	{"the first second has no offset that leads into 1969", "America/New_York", "1",
		"1970-01-01T00:00:01+00:00", ""},
};

static void
test_time(gconstpointer data)
{
	const struct time_case *c = data;
	g_autoptr(dc_zone) zone = dc_zone_new(c->zone);
	g_autoptr(dc_findings) findings = dc_findings_new();
	struct dc_time time = {0, 0};

	g_assert_nonnull(zone);
	const enum dc_time_result result =
		dc_time_parse(c->text, zone, "modified", findings, &time);
	g_autofree char *said = codes(findings);
	g_autofree char *got = result == DC_TIME_OK ? dc_time_iso(&time) : NULL;

	g_assert_cmpstr(got, ==, c->want);
	g_assert_cmpstr(said, ==, c->findings);
}

static const struct mysql_case {
	const char *name;
	const char *text;
	const char *want;
} mysql_cases[] = {
	{"a TIMESTAMP(14) becomes a date and time", "20041231230405", "2004-12-31 23:04:05"},
	{"a date and time stays", "2004-12-31 23:04:05.5", "2004-12-31 23:04:05"},
	{"seconds tell their zone", "1104530645", "2004-12-31 22:04:05Z"},
	{"a zone is taken into account", "2004-12-31 23:04:05+01:00", "2004-12-31 22:04:05Z"},
	{"a zero date is nothing", "0000-00-00", NULL},
	{"a word is nothing", "soon", NULL},
};

static void
test_mysql(gconstpointer data)
{
	const struct mysql_case *c = data;
	g_autofree char *got = dc_time_mysql(c->text);

	g_assert_cmpstr(got, ==, c->want);
}

static void
test_a_zone_is_no_path(void)
{
	static const char *const bad[] = {"/etc/passwd", "../../../etc/passwd", "Nowhere/Land",
		":Europe/Oslo", "Europe/Oslo\n"};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_null(dc_zone_new(bad[i]));
}

static void
test_the_local_zone_does_not_count(void)
{
	struct dc_time time = {0, 0};

	g_setenv("TZ", "Asia/Tokyo", TRUE);
	g_autoptr(dc_zone) zone = dc_zone_new(NULL);
	g_assert_cmpint(dc_time_parse("2004-01-01", zone, "modified", NULL, &time), ==, DC_TIME_OK);
	g_assert_cmpint(time.utc, ==, 1072915200);
	g_assert_cmpint(time.offset_s, ==, 0);
	g_assert_cmpint(dc_time_parse("2004-01-01", NULL, "modified", NULL, &time), ==, DC_TIME_OK);
	g_assert_cmpint(time.utc, ==, 1072915200);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(time_cases); i++) {
		g_autofree char *path = g_strdup_printf("/time/%s", time_cases[i].name);
		g_test_add_data_func(path, &time_cases[i], test_time);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(mysql_cases); i++) {
		g_autofree char *path = g_strdup_printf("/mysql/%s", mysql_cases[i].name);
		g_test_add_data_func(path, &mysql_cases[i], test_mysql);
	}
	g_test_add_func("/zone/it is no path", test_a_zone_is_no_path);
	g_test_add_func("/zone/the local one does not count", test_the_local_zone_does_not_count);
	return g_test_run();
}
