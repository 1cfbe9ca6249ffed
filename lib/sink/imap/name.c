/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/name.h"

#include <string.h>

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* UTF-16 units, 16 bits each, into modified base64 between "&" and "-". */
static void
append_shifted(GString *out, const gunichar2 *units, glong n)
{
	guint32 bits = 0;
	int held = 0;

	g_string_append_c(out, '&');
	for (glong i = 0; i < n; i++) {
		bits = bits << 16 | units[i];
		held += 16;
		while (held >= 6) {
			held -= 6;
			g_string_append_c(out, base64[bits >> held & 0x3f]);
		}
		bits &= (1U << held) - 1;
	}
	if (held > 0)
		g_string_append_c(out, base64[bits << (6 - held) & 0x3f]);
	g_string_append_c(out, '-');
}

static bool
is_direct(char c)
{
	return (guchar)c >= 0x20 && (guchar)c <= 0x7e;
}

char *
dc_imap_utf7_encode(const char *text)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (!g_utf8_validate(text, -1, NULL) || strpbrk(text, "\r\n") != NULL)
		return NULL;
	for (const char *at = text; *at != '\0';) {
		if (is_direct(*at)) {
			g_string_append_c(out, *at);
			if (*at == '&')
				g_string_append_c(out, '-');
			at++;
			continue;
		}
		const char *end = at;
		glong n = 0;
		while (*end != '\0' && !is_direct(*end))
			end++;
		g_autofree gunichar2 *units = g_utf8_to_utf16(at, end - at, NULL, &n, NULL);
		if (units == NULL)
			return NULL;
		append_shifted(out, units, n);
		at = end;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* What stands between "&" and "-". @return false when it is not modified base64 of UTF-16 */
static bool
append_unshifted(GString *out, const char *at, const char *end)
{
	g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(gunichar2));
	guint32 bits = 0;
	int held = 0;

	for (; at < end; at++) {
		const char *place = strchr(base64, *at);

		if (place == NULL || *at == '\0')
			return false;
		bits = bits << 6 | (guint32)(place - base64);
		held += 6;
		if (held >= 16) {
			gunichar2 unit = (gunichar2)(bits >> (held - 16));

			held -= 16;
			bits &= (1U << held) - 1;
			if (unit == 0)
				return false;
			g_array_append_val(units, unit);
		}
	}
	g_autofree char *text = g_utf16_to_utf8(
		(const gunichar2 *)(void *)units->data, units->len, NULL, NULL, NULL);
	if (text == NULL)
		return false;
	g_string_append(out, text);
	return true;
}

char *
dc_imap_utf7_decode(const char *name)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *at = name; *at != '\0';) {
		const char *end = *at == '&' ? strchr(at, '-') : NULL;

		if (*at != '&') {
			g_string_append_c(out, *at++);
			continue;
		}
		if (end == at + 1)
			g_string_append_c(out, '&');
		else if (end == NULL || !append_unshifted(out, at + 1, end))
			return g_utf8_make_valid(name, -1);
		at = end + 1;
	}
	return g_utf8_make_valid(out->str, -1);
}

char *
dc_imap_quote(const char *text)
{
	g_autoptr(GString) out = g_string_new("\"");

	for (const char *c = text; *c != '\0'; c++) {
		if (!is_direct(*c))
			return NULL;
		if (*c == '"' || *c == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *c);
	}
	g_string_append_c(out, '"');
	return g_string_free(g_steal_pointer(&out), FALSE);
}

bool
dc_imap_is_plain(const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || n > 255)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!g_ascii_isalnum(text[i]) && strchr("$_.-", text[i]) == NULL)
			return false;
	}
	return true;
}

static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void
dc_imap_date(gint64 date_s, int offset_minutes, char buffer[32])
{
	/* Neither the local time nor the same moment in UTC may leave 1970 to 2099. */
	const gint64 last = G_GINT64_CONSTANT(4102444799);
	const gint64 zone = CLAMP(offset_minutes, -14 * 60, 14 * 60);
	const gint64 utc = CLAMP(date_s, 0, last);
	const gint64 local = CLAMP(utc + zone * 60, 0, last);

	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(local);
	g_snprintf(buffer, 32, "\"%02d-%s-%04d %02d:%02d:%02d %c%02d%02d\"",
		g_date_time_get_day_of_month(time), months[g_date_time_get_month(time) - 1],
		g_date_time_get_year(time), g_date_time_get_hour(time),
		g_date_time_get_minute(time), g_date_time_get_second(time), zone < 0 ? '-' : '+',
		(int)(ABS(zone) / 60), (int)(ABS(zone) % 60));
}

static bool
digits(const char **at, int least, int most, int *value)
{
	int n = 0;

	*value = 0;
	while (n < most && g_ascii_isdigit(**at)) {
		*value = *value * 10 + (**at - '0');
		(*at)++;
		n++;
	}
	return n >= least;
}

static bool
accept(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

bool
dc_imap_parse_date(const char *text, gint64 *date_s, int *offset_minutes)
{
	int day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0, zone = 0;
	const char *at = text;

	while (*at == ' ')
		at++;
	if (!digits(&at, 1, 2, &day) || !accept(&at, '-'))
		return false;
	while (month < 12 && g_ascii_strncasecmp(at, months[month], 3) != 0)
		month++;
	if (month == 12)
		return false;
	at += 3;
	if (!accept(&at, '-') || !digits(&at, 4, 4, &year) || !accept(&at, ' ') ||
		!digits(&at, 2, 2, &hour) || !accept(&at, ':') || !digits(&at, 2, 2, &minute) ||
		!accept(&at, ':') || !digits(&at, 2, 2, &second) || !accept(&at, ' '))
		return false;
	const int sign = *at == '-' ? -1 : 1;
	if ((*at != '-' && *at != '+') || (at++, !digits(&at, 4, 4, &zone)))
		return false;
	g_autoptr(GDateTime) time =
		g_date_time_new_utc(year, month + 1, day, hour, minute, MIN(second, 59));
	if (time == NULL)
		return false;
	*offset_minutes = sign * (zone / 100 * 60 + zone % 100);
	*date_s = g_date_time_to_unix(time) - *offset_minutes * 60;
	return true;
}

char **
dc_imap_sets(const guint32 *uids, size_t n, guint32 tail, size_t limit)
{
	g_autoptr(GPtrArray) sets = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) set = g_string_new(NULL);

	for (size_t i = 0; i < n;) {
		size_t last = i;

		while (last + 1 < n && uids[last + 1] == uids[last] + 1)
			last++;
		if (set->len + 24 > limit) {
			g_ptr_array_add(sets, g_strdup(set->str));
			g_string_truncate(set, 0);
		}
		g_string_append_printf(set, "%s%u", set->len > 0 ? "," : "", uids[i]);
		if (last > i)
			g_string_append_printf(set, ":%u", uids[last]);
		i = last + 1;
	}
	if (tail > 0)
		g_string_append_printf(set, "%s%u:*", set->len > 0 ? "," : "", tail);
	if (set->len > 0)
		g_ptr_array_add(sets, g_strdup(set->str));
	g_ptr_array_add(sets, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&sets), FALSE);
}
