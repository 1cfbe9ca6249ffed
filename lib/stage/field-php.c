/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PHP's serialize(): N; b:1; i:5; d:0.5; s:3:"abc"; a:1:{key value …} O:3:"Foo":1:{…}. The length of a
 * string is in the bytes that PHP saw; a dump through another character set has other bytes, so a
 * length that does not end at a quote is not believed and the end is looked for.
 */
#include "lib/stage/field.h"
#include "lib/text/decode.h"

#include <string.h>

struct php {
	const guint8 *p;
	const guint8 *end;
};

/* A value as it stands: its text when it is a scalar. */
struct item {
	guint8 type; /* one of N b i d s a O */
	const guint8 *text;
	gsize size;
};

static bool
take(struct php *php, const char *what)
{
	gsize size = strlen(what);

	if ((gsize)(php->end - php->p) < size || memcmp(php->p, what, size) != 0)
		return false;
	php->p += size;
	return true;
}

static bool
take_number(struct php *php, gsize *value)
{
	const guint8 *begin = php->p;

	*value = 0;
	for (; php->p < php->end && g_ascii_isdigit(*php->p); php->p++) {
		if (*value > G_MAXINT32)
			return false;
		*value = *value * 10 + (gsize)(*php->p - '0');
	}
	return php->p > begin;
}

/* Whether what follows a string may follow one: the end, a closing brace, or another value. */
static bool
is_boundary(const guint8 *p, const guint8 *end)
{
	if (p >= end || *p == '}')
		return true;
	if (end - p >= 2 && p[0] == 'N' && p[1] == ';')
		return true;
	return end - p >= 3 && strchr("bidsaOCRrE", p[0]) != NULL && p[0] != '\0' && p[1] == ':' &&
	       (g_ascii_isdigit(p[2]) || p[2] == '-' || p[2] == '.');
}

/* The text of a string behind its opening quote, which is LENGTH bytes long if that can be. */
static bool
take_text(struct php *php, gsize length, const guint8 **text, gsize *size)
{
	const guint8 *p = php->p;
	gsize left = (gsize)(php->end - p);

	*text = p;
	if (length + 2 <= left && p[length] == '"' && p[length + 1] == ';' &&
		is_boundary(p + length + 2, php->end)) {
		*size = length;
		php->p += length + 2;
		return true;
	}
	for (;;) {
		p = memmem(p, (gsize)(php->end - p), "\";", 2);
		if (p == NULL)
			return false;
		if (is_boundary(p + 2, php->end))
			break;
		p++;
	}
	*size = (gsize)(p - *text);
	php->p = p + 2;
	return true;
}

/* The head of an array or object, up to its brace. */
static bool
take_head(struct php *php, guint8 type)
{
	gsize length;

	if (type == 'O') {
		const guint8 *brace;

		if (!take_number(php, &length) || !take(php, ":\""))
			return false;
		brace = memchr(php->p, '"', (gsize)(php->end - php->p));
		if (brace == NULL)
			return false;
		php->p = brace + 1;
		if (!take(php, ":"))
			return false;
	}
	return take_number(php, &length) && take(php, ":{");
}

/* A scalar whole, an array or object up to behind its brace. */
static bool
take_item(struct php *php, struct item *item)
{
	gsize length;
	const guint8 *stop;

	if (php->end - php->p < 2)
		return false;
	*item = (struct item){.type = *php->p};
	if (take(php, "N;"))
		return true;
	php->p++;
	if (!take(php, ":"))
		return false;
	switch (item->type) {
	case 's':
		return take_number(php, &length) && take(php, ":\"") &&
		       take_text(php, length, &item->text, &item->size);
	case 'a':
	case 'O':
		return take_head(php, item->type);
	case 'b':
	case 'i':
	case 'd':
	case 'R':
	case 'r':
		stop = memchr(php->p, ';', (gsize)(php->end - php->p));
		if (stop == NULL)
			return false;
		item->text = php->p;
		item->size = (gsize)(stop - php->p);
		php->p = stop + 1;
		return true;
	default:
		return false;
	}
}

/* Behind the end of a value of which ITEM was the head. */
static bool
skip_rest(struct php *php, const struct item *item)
{
	gsize depth = item->type == 'a' || item->type == 'O' ? 1 : 0;

	while (depth > 0) {
		struct item inner;

		if (take(php, "}")) {
			depth--;
			continue;
		}
		if (!take_item(php, &inner))
			return false;
		if (inner.type == 'a' || inner.type == 'O')
			depth++;
	}
	return true;
}

/* Properties that are not public are written behind NULs: "\0*\0name", "\0Class\0name". */
static void
strip_visibility(struct item *key)
{
	const guint8 *second;

	if (key->size < 2 || key->text[0] != '\0')
		return;
	second = memchr(key->text + 1, '\0', key->size - 1);
	if (second == NULL)
		return;
	key->size -= (gsize)(second + 1 - key->text);
	key->text = second + 1;
}

GString *
dc_php_field(const guint8 *data, gsize size, const dc_path *path)
{
	struct php php = {data, data + size};
	struct item item;
	struct item key;

	if (!take_item(&php, &item))
		return NULL;
	for (gsize i = 0; i < path->names->len;) {
		if (item.type != 'a' && item.type != 'O')
			return NULL;
		/* Keys and values in turn until the name is found. */
		for (;;) {
			if (!take_item(&php, &key) || (key.type != 's' && key.type != 'i'))
				return NULL;
			strip_visibility(&key);
			if (!take_item(&php, &item))
				return NULL;
			if (dc_path_is(path, i, key.text, key.size))
				break;
			if (!skip_rest(&php, &item))
				return NULL;
		}
		i++;
	}
	if (item.type == 'N' || item.type == 'a' || item.type == 'O')
		return NULL;

	gsize plain_size;
	g_autofree char *plain = dc_text_decode_plain(item.text, item.size, NULL, &plain_size);
	return g_string_new_len(plain, (gssize)plain_size);
}
