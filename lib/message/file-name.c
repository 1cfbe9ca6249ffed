/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of files: what browsers posted and users typed, as a name that may be written to a disk. */
#include "lib/message/files.h"

#include "lib/base/limits.h"

#include <string.h>

static const struct {
	const char *type;
	const char *extension;
} extensions[] = {
	{"application/pdf", "pdf"},
	{"image/bmp", "bmp"},
	{"image/gif", "gif"},
	{"image/jpeg", "jpg"},
	{"image/pjpeg", "jpg"},
	{"image/png", "png"},
	{"image/svg+xml", "svg"},
	{"image/tiff", "tif"},
	{"image/webp", "webp"},
	{"image/x-png", "png"},
	{"message/rfc822", "eml"},
	{"text/calendar", "ics"},
	{"text/html", "html"},
	{"text/plain", "txt"},
	{"text/x-vcard", "vcf"},
};

/* Characters that turn the direction of what follows: "gpj.exe" would be shown as "exe.jpg". */
static bool
is_direction(gunichar c)
{
	return c == 0x200e || c == 0x200f || c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static bool
is_removed(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
	       is_direction(c);
}

static const char *
last_component(const char *name)
{
	const char *start = name;

	for (const char *p = name; *p != '\0'; p++) {
		if ((*p == '/' || *p == '\\') && p[1] != '\0')
			start = p + 1;
	}
	return start;
}

/* Cut in the middle, so that the extension stays. */
static void
limit_length(GString *name)
{
	const char *dot = strrchr(name->str, '.');
	gsize tail = dot == NULL ? 0 : strlen(dot);

	if (name->len <= DC_FILE_NAME_MAX &&
		g_utf8_strlen(name->str, -1) <= DC_FILE_NAME_LETTERS_MAX)
		return;
	if (tail > 16)
		tail = 0;

	const glong letters =
		DC_FILE_NAME_LETTERS_MAX - g_utf8_strlen(name->str + name->len - tail, -1);
	const char *end = name->str;
	for (glong i = 0; i < letters; i++) {
		const char *next = g_utf8_next_char(end);

		if ((gsize)(next - name->str) > DC_FILE_NAME_MAX - tail)
			break;
		end = next;
	}
	gsize cut = (gsize)(end - name->str);
	g_string_erase(name, (gssize)cut, (gssize)(name->len - tail - cut));
}

static char *
default_name(const char *type, guint index)
{
	for (gsize i = 0; i < G_N_ELEMENTS(extensions); i++) {
		if (strcmp(extensions[i].type, type) == 0)
			return g_strdup_printf(
				"attachment-%u.%s", index + 1, extensions[i].extension);
	}
	return g_strdup_printf("attachment-%u", index + 1);
}

char *
dc_file_name(const char *name, const char *type, guint index)
{
	GString *clean = g_string_new(NULL);

	for (const char *p = last_component(name == NULL ? "" : name); *p != '\0';
		p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (is_removed(c) || c == '/' || c == '\\')
			continue;
		if (clean->len == 0 && (c == '.' || c == ' '))
			continue;
		g_string_append_unichar(clean, c);
	}
	g_strchomp(clean->str);
	g_string_set_size(clean, strlen(clean->str));
	limit_length(clean);
	if (clean->len == 0) {
		g_string_free(clean, TRUE);
		return default_name(type, index);
	}
	return g_string_free(clean, FALSE);
}
