/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/field.h"
#include "lib/text/decode.h"

#include <string.h>

struct json {
	const guint8 *p;
	const guint8 *end;
};

static void
skip_blank(struct json *json)
{
	while (json->p < json->end &&
		(*json->p == ' ' || *json->p == '\t' || *json->p == '\n' || *json->p == '\r'))
		json->p++;
}

static bool
take(struct json *json, guint8 c)
{
	skip_blank(json);
	if (json->p >= json->end || *json->p != c)
		return false;
	json->p++;
	return true;
}

/* The inside of a string, escapes as they stand. */
static bool
take_string(struct json *json, const guint8 **text, gsize *size)
{
	if (!take(json, '"'))
		return false;
	*text = json->p;
	for (; json->p < json->end; json->p++) {
		if (*json->p == '"') {
			*size = (gsize)(json->p - *text);
			json->p++;
			return true;
		}
		if (*json->p == '\\' && json->end - json->p > 1)
			json->p++;
	}
	return false;
}

/* A number, or one of the words. */
static bool
skip_word(struct json *json)
{
	const guint8 *begin = json->p;

	while (json->p < json->end && (g_ascii_isalnum(*json->p) || *json->p == '-' ||
					      *json->p == '+' || *json->p == '.'))
		json->p++;
	return json->p > begin;
}

/* Skip one value by counting brackets: strings are the only place where they do not count. */
static bool
skip_value(struct json *json)
{
	gsize depth = 0;
	const guint8 *text;
	gsize size;

	do {
		skip_blank(json);
		if (json->p >= json->end)
			return false;
		switch (*json->p) {
		case '"':
			if (!take_string(json, &text, &size))
				return false;
			break;
		case '{':
		case '[':
			depth++;
			json->p++;
			break;
		case '}':
		case ']':
			if (depth == 0)
				return false;
			depth--;
			json->p++;
			break;
		case ',':
		case ':':
			if (depth == 0)
				return false;
			json->p++;
			break;
		default:
			if (!skip_word(json))
				return false;
			break;
		}
	} while (depth > 0);
	return true;
}

static bool
get_hex4(const char *p, const char *end, gunichar *value)
{
	*value = 0;
	if (end - p < 4)
		return false;
	for (gsize i = 0; i < 4; i++) {
		int digit = g_ascii_xdigit_value(p[i]);

		if (digit < 0)
			return false;
		*value = *value << 4 | (gunichar)digit;
	}
	return true;
}

/* \uXXXX, or two of them for a letter outside of the BMP. @return bytes used behind the "u", 0: none */
static gsize
unescape_unicode(const char *p, const char *end, GString *out)
{
	gunichar high;
	gunichar low;

	if (!get_hex4(p, end, &high))
		return 0;
	if (high >= 0xd800 && high < 0xdc00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u' &&
		get_hex4(p + 6, end, &low) && low >= 0xdc00 && low < 0xe000) {
		g_string_append_unichar(out, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
		return 10;
	}
	if (high >= 0xd800 && high < 0xe000)
		high = 0xfffd;
	g_string_append_unichar(out, high);
	return 4;
}

/* The letters first, then the escapes: raw letters may be in any set, \u is Unicode. */
static GString *
unescape(const guint8 *data, gsize data_size)
{
	static const char from[] = "bfnrt\"\\/";
	static const char to[] = "\b\f\n\r\t\"\\/";
	gsize size;
	g_autofree char *text = dc_text_decode_plain(data, data_size, NULL, &size);
	const char *end = text + size;
	GString *out = g_string_sized_new(size);

	for (const char *p = text; p < end; p++) {
		const char *known =
			*p == '\\' && end - p > 1 && p[1] != '\0' ? strchr(from, p[1]) : NULL;

		if (known != NULL) {
			g_string_append_c(out, to[known - from]);
			p++;
			continue;
		}
		gsize used = *p == '\\' && end - p > 1 && p[1] == 'u'
				     ? unescape_unicode(p + 2, end, out)
				     : 0;
		if (used > 0)
			p += used + 1;
		else
			g_string_append_c(out, *p);
	}
	return out;
}

/* Whether an object's key, as it stands, is the path's name at INDEX. */
static bool
key_is(const dc_path *path, gsize index, const guint8 *key, gsize size)
{
	if (size == 0 || memchr(key, '\\', size) == NULL)
		return dc_path_is(path, index, key, size);

	GString *plain = unescape(key, size);
	bool same = dc_path_is(path, index, plain->str, plain->len);
	g_string_free(plain, TRUE);
	return same;
}

/* Stand before the value of the path's name at INDEX. */
static bool
enter(struct json *json, const dc_path *path, gsize index)
{
	bool object = take(json, '{');
	guint64 place = 0;

	if (!object && !take(json, '['))
		return false;
	do {
		bool found;

		if (object) {
			const guint8 *key;
			gsize size;

			if (!take_string(json, &key, &size) || !take(json, ':'))
				return false;
			found = key_is(path, index, key, size);
		} else {
			g_autofree char *name = g_strdup_printf("%" G_GUINT64_FORMAT, place++);

			found = dc_path_is(path, index, name, strlen(name));
		}
		if (found)
			return true;
		if (!skip_value(json))
			return false;
	} while (take(json, ','));
	return false;
}

GString *
dc_json_field(const guint8 *data, gsize size, const dc_path *path)
{
	struct json json = {data, data + size};
	const guint8 *text;

	for (gsize i = 0; i < path->names->len; i++)
		if (!enter(&json, path, i))
			return NULL;
	skip_blank(&json);
	if (json.p < json.end && *json.p == '"') {
		if (!take_string(&json, &text, &size))
			return NULL;
		return unescape(text, size);
	}

	/* Numbers, words, and whole objects as they stand. */
	text = json.p;
	if (!skip_value(&json) || json.p == text)
		return NULL;
	size = (gsize)(json.p - text);
	if (size == 4 && memcmp(text, "null", 4) == 0)
		return NULL;

	gsize plain_size;
	g_autofree char *plain = dc_text_decode_plain(text, size, NULL, &plain_size);
	return g_string_new_len(plain, (gssize)plain_size);
}
