/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/time.h"

#include <math.h>
#include <string.h>

#define DAY_S 86400
#define EARLIEST G_GINT64_CONSTANT(0)
#define LATEST G_GINT64_CONSTANT(4102444799) /* 2099-12-31T23:59:59Z */

#define YEAR_1 G_GINT64_CONSTANT(-62135596800)
#define YEAR_9999 G_GINT64_CONSTANT(253402300799)

/* From here on a number is milliseconds (as seconds this would be the year 5138). */
#define MILLISECONDS_FROM G_GINT64_CONSTANT(100000000000)

/* A value longer than this is no time. */
#define TEXT_MAX 64

struct dc_zone {
	GTimeZone *zone;
};

/* What the text says: a moment, or what a clock on the wall showed (seconds as if it were UTC). */
struct reading {
	gint64 seconds;
	bool is_moment;
};

struct civil {
	int year, month, day, hour, minute, second;
};

/* GLib opens what it is given as a file below the zone directory, or anywhere with a leading slash. */
static bool
is_identifier(const char *text)
{
	return strlen(text) <= TEXT_MAX && *text != '/' && *text != ':' &&
	       strstr(text, "..") == NULL &&
	       strspn(text,
		       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/:") ==
		       strlen(text);
}

dc_zone *
dc_zone_new(const char *identifier)
{
	const char *name = identifier == NULL || *identifier == '\0' ? "UTC" : identifier;

	if (!is_identifier(name))
		return NULL;

	GTimeZone *found = g_time_zone_new_identifier(name);
	if (found == NULL)
		return NULL;
	dc_zone *zone = g_new0(dc_zone, 1);
	zone->zone = found;
	return zone;
}

void
dc_zone_free(dc_zone *zone)
{
	if (zone == NULL)
		return;
	g_time_zone_unref(zone->zone);
	g_free(zone);
}

static int
offset_at(const dc_zone *zone, gint64 utc)
{
	if (zone == NULL)
		return 0;

	const int interval = g_time_zone_find_interval(zone->zone, G_TIME_TYPE_UNIVERSAL, utc);
	return interval < 0 ? 0 : g_time_zone_get_offset(zone->zone, interval);
}

struct dc_time
dc_time_at(gint64 utc, const dc_zone *zone)
{
	struct dc_time time = {CLAMP(utc, EARLIEST, LATEST), 0};
	const int offset = offset_at(zone, time.utc);

	/* New Year's Eve of 1969 or New Year's Day of 2100 are no years that we write */
	if (time.utc + offset >= EARLIEST && time.utc + offset <= LATEST)
		time.offset_s = offset;
	return time;
}

/* Days since 1970 of a date of the Gregorian calendar. */
static gint64
days_from_civil(int year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	const gint64 y = (gint64)year - 1;
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return y * 365 + y / 4 - y / 100 + y / 400 + before[month - 1] + day - 1 +
	       (leap && month > 2 ? 1 : 0) - 719162;
}

static bool
is_valid(const struct civil *c)
{
	return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= g_date_get_days_in_month((GDateMonth)c->month, (GDateYear)c->year) &&
	       c->hour >= 0 && c->hour <= 23 && c->minute >= 0 && c->minute <= 59 &&
	       c->second >= 0 && c->second <= 60;
}

static gint64
civil_seconds(const struct civil *c)
{
	return days_from_civil(c->year, c->month, c->day) * DAY_S + c->hour * 3600 +
	       c->minute * 60 + c->second;
}

/* MySQL takes days and months of 0; they are no date. */
static bool
is_zero_date(const struct civil *c)
{
	return c->month == 0 || c->day == 0;
}

static enum dc_time_result
from_civil(const struct civil *c, struct reading *reading)
{
	if (is_zero_date(c))
		return DC_TIME_NONE;
	if (!is_valid(c))
		return DC_TIME_INVALID;
	reading->seconds = civil_seconds(c);
	reading->is_moment = false;
	return DC_TIME_OK;
}

static int
number(const char *digits, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

/* Two digits: 70 to 99 are of the last century. */
static int
century(int year)
{
	return year >= 70 ? 1900 + year : 2000 + year;
}

/* MySQL's TIMESTAMP(14), (12), (10), (8) and (6), all digits. */
static struct civil
from_timestamp(const char *digits, gsize length)
{
	const int year_digits = length == 14 || length == 8 ? 4 : 2;
	const char *rest = digits + year_digits;
	const gsize left = length - (gsize)year_digits;
	struct civil c = {
		number(digits, year_digits), number(rest, 2), number(rest + 2, 2), 0, 0, 0};

	if (year_digits == 2)
		c.year = century(c.year);
	if (left >= 8) {
		c.hour = number(rest + 4, 2);
		c.minute = number(rest + 6, 2);
	}
	if (left >= 10)
		c.second = number(rest + 8, 2);
	return c;
}

static enum dc_time_result
from_seconds(gint64 value, struct reading *reading)
{
	/* in milliseconds the same numbers began in 1973 */
	reading->seconds = value >= MILLISECONDS_FROM ? value / 1000 : value;
	reading->is_moment = true;
	return DC_TIME_OK;
}

/* Digits alone. Ten of them are seconds unless these would be after 2099 or begin with 0. */
static enum dc_time_result
read_digits(const char *digits, gsize length, struct reading *reading)
{
	guint64 value = 0;

	if (strspn(digits, "0") >= length)
		return DC_TIME_NONE;
	if (length > 18)
		return DC_TIME_INVALID;
	for (gsize i = 0; i < length; i++)
		value = value * 10 + (guint64)(digits[i] - '0');

	const bool looks_old = length == 14 || length == 12 || length == 8 || length == 6 ||
			       (length == 10 && (digits[0] == '0' || (gint64)value > LATEST));
	if (looks_old) {
		const struct civil c = from_timestamp(digits, length);

		if (is_valid(&c) || length == 14 || (length == 8 && is_zero_date(&c)))
			return from_civil(&c, reading);
	}
	return from_seconds((gint64)value, reading);
}

/* A sign, a fraction or an exponent: what DECIMAL, FLOAT and hand-made columns hold. */
static enum dc_time_result
read_number(const char *text, struct reading *reading)
{
	char *end = NULL;
	const double value = g_ascii_strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(value) || fabs(value) > 1e18)
		return DC_TIME_INVALID;
	if (value == 0)
		return DC_TIME_NONE;
	return from_seconds((gint64)floor(value), reading);
}

/* Up to MAX digits at *TEXT, at least MIN. @return -1 when there are fewer */
static int
take_digits(const char **text, int min, int max)
{
	int count = 0;

	while (count < max && g_ascii_isdigit((*text)[count]))
		count++;
	if (count < min)
		return -1;

	const int value = number(*text, count);
	*text += count;
	return value;
}

static bool
take(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;
	return true;
}

/* HH:MM[:SS[.ffffff]] */
static bool
take_clock(const char **text, struct civil *c)
{
	c->hour = take_digits(text, 1, 2);
	if (c->hour < 0 || !take(text, ':'))
		return false;
	c->minute = take_digits(text, 2, 2);
	if (c->minute < 0)
		return false;
	if (!take(text, ':'))
		return true;
	c->second = take_digits(text, 2, 2);
	if (c->second < 0)
		return false;
	if (take(text, '.'))
		return take_digits(text, 1, 9) >= 0;
	return true;
}

/* Z, UTC, GMT, ±HH, ±HHMM, ±HH:MM, or nothing. @return false for something else */
static bool
take_zone(const char *text, bool *has_zone, int *offset_s)
{
	*has_zone = true;
	*offset_s = 0;
	if (*text == '\0') {
		*has_zone = false;
		return true;
	}
	if (g_ascii_strcasecmp(text, "z") == 0 || g_ascii_strcasecmp(text, "utc") == 0 ||
		g_ascii_strcasecmp(text, "gmt") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;

	const int sign = *text == '-' ? -1 : 1;
	text++;
	const int hours = take_digits(&text, 2, 2);
	int minutes = 0;
	take(&text, ':');
	if (*text != '\0')
		minutes = take_digits(&text, 2, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || *text != '\0')
		return false;
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

static enum dc_time_result
read_text(const char *text, struct reading *reading)
{
	struct civil c = {0};
	bool has_zone = false;
	int offset_s = 0;

	c.year = take_digits(&text, 4, 4);
	if (c.year < 0 || !take(&text, '-'))
		return DC_TIME_INVALID;
	c.month = take_digits(&text, 1, 2);
	if (c.month < 0 || !take(&text, '-'))
		return DC_TIME_INVALID;
	c.day = take_digits(&text, 1, 2);
	if (c.day < 0)
		return DC_TIME_INVALID;
	if (*text == ' ' || *text == 'T' || *text == 't') {
		text++;
		if (!take_clock(&text, &c))
			return DC_TIME_INVALID;
		take(&text, ' ');
		if (!take_zone(text, &has_zone, &offset_s))
			return DC_TIME_INVALID;
	} else if (*text != '\0')
		return DC_TIME_INVALID;

	const enum dc_time_result result = from_civil(&c, reading);
	if (result == DC_TIME_OK && has_zone) {
		reading->seconds -= offset_s;
		reading->is_moment = true;
	}
	return result;
}

static enum dc_time_result
read_value(const char *value, struct reading *reading)
{
	if (strnlen(value, 2 * TEXT_MAX) > TEXT_MAX)
		return DC_TIME_INVALID;

	g_autofree char *text = g_strstrip(g_strdup(value));
	const gsize digits = strspn(text, "0123456789");
	if (*text == '\0')
		return DC_TIME_NONE;
	if (text[digits] == '\0')
		return read_digits(text, digits, reading);
	/* TIMESTAMP(14) with a fraction, or seconds with one */
	if (text[digits] == '.' && digits > 0 && text[digits + 1] != '\0' &&
		text[digits + 1 + strspn(text + digits + 1, "0123456789")] == '\0')
		return read_digits(text, digits, reading);
	if (strspn(text, "0123456789.eE+-") == strlen(text) && strchr(text + 1, '-') == NULL)
		return read_number(text, reading);
	return read_text(text, reading);
}

/*
 * The moment at which clocks in ZONE showed LOCAL. Around a change of the clock the candidates are what
 * the offsets of the day before and the day after give.
 */
static gint64
local_to_utc(gint64 local, const dc_zone *zone, const char *field, dc_findings *findings)
{
	const int before = offset_at(zone, local - DAY_S);
	const int after = offset_at(zone, local + DAY_S);
	const gint64 first = local - before;
	const gint64 second = local - after;
	const bool first_fits = offset_at(zone, first) == before;
	const bool second_fits = offset_at(zone, second) == after;

	if (first_fits && second_fits && first != second) {
		dc_findings_add(findings, DC_FINDING_DATE_AMBIGUOUS, field, "%s", "");
		return MIN(first, second);
	}
	if (first_fits)
		return first;
	if (second_fits)
		return second;

	/* as clocks that nobody put forward would have it */
	dc_findings_add(findings, DC_FINDING_DATE_NONEXISTENT, field, "%s", "");
	return first;
}

enum dc_time_result
dc_time_parse(const char *text, const dc_zone *zone, const char *field, dc_findings *findings,
	struct dc_time *time)
{
	struct reading reading = {0, false};
	const enum dc_time_result result = read_value(text, &reading);

	if (result == DC_TIME_NONE && text[strspn(text, " \t\r\n")] != '\0')
		dc_findings_add(findings, DC_FINDING_DATE_ZERO, field, "%.40s", text);
	if (result == DC_TIME_INVALID)
		dc_findings_add(findings, DC_FINDING_DATE_INVALID, field, "%.80s", text);
	if (result != DC_TIME_OK)
		return result;

	gint64 utc = reading.seconds;
	if (!reading.is_moment)
		utc = local_to_utc(reading.seconds, zone, field, findings);
	if (utc < EARLIEST || utc > LATEST)
		dc_findings_add(findings, DC_FINDING_DATE_CLAMPED, field, "%.80s", text);
	*time = dc_time_at(utc, zone);
	return DC_TIME_OK;
}

/* A number can say more than years of four digits; nobody minds where a nonsense date is cut off. */
static char *
format_utc(gint64 seconds, const char *format)
{
	g_autoptr(GDateTime) moment =
		g_date_time_new_from_unix_utc(CLAMP(seconds, YEAR_1, YEAR_9999));

	return moment == NULL ? NULL : g_date_time_format(moment, format);
}

char *
dc_time_mysql(const char *text)
{
	struct reading reading = {0, false};

	if (read_value(text, &reading) != DC_TIME_OK)
		return NULL;
	return format_utc(
		reading.seconds, reading.is_moment ? "%Y-%m-%d %H:%M:%SZ" : "%Y-%m-%d %H:%M:%S");
}

char *
dc_time_iso(const struct dc_time *time)
{
	const int minutes = ABS(time->offset_s) / 60;
	g_autofree char *local = format_utc(time->utc + time->offset_s, "%Y-%m-%dT%H:%M:%S");

	return g_strdup_printf("%s%c%02d:%02d", local == NULL ? "1970-01-01T00:00:00" : local,
		time->offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}
