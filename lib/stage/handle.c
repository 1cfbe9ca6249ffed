/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/handle.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define MARK_BEGIN 0x7f
#define KIND_HANDLE 'h'
#define KIND_TOO_LARGE 't'

/* flavour, input, offset, length, how, set */
static const guint field_digits[] = {2, 8, 16, 16, 1, 1};

static void
put_hex(char *out, guint64 value, guint digits)
{
	static const char hex[] = "0123456789abcdef";

	for (guint i = digits; i > 0; i--) {
		out[i - 1] = hex[value & 15];
		value >>= 4;
	}
}

static bool
get_hex(const guint8 *data, guint digits, guint64 *value)
{
	guint64 result = 0;

	for (guint i = 0; i < digits; i++) {
		guint8 c = data[i];

		if (c >= '0' && c <= '9')
			result = result << 4 | (guint64)(c - '0');
		else if (c >= 'a' && c <= 'f')
			result = result << 4 | (guint64)(c - 'a' + 10);
		else
			return false;
	}
	*value = result;
	return true;
}

int
dc_mark_init(struct dc_mark *mark, draftconv_error **error)
{
	guint64 random[2];
	ssize_t got;

	do
		got = getrandom(random, sizeof random, 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof random)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"the system gives no random numbers: %s", g_strerror(errno));

	mark->text[0] = MARK_BEGIN;
	put_hex(mark->text + 1, random[0], 16);
	put_hex(mark->text + 17, random[1], 15);
	return DRAFTCONV_OK;
}

bool
dc_mark_parse(struct dc_mark *mark, const void *text, gsize size)
{
	const guint8 *data = text;
	guint64 value;

	if (size != DC_MARK_SIZE || data[0] != MARK_BEGIN || !get_hex(data + 1, 16, &value) ||
		!get_hex(data + 17, 15, &value))
		return false;
	memcpy(mark->text, data, DC_MARK_SIZE);
	return true;
}

void
dc_handle_write(const struct dc_mark *mark, const struct dc_place *place, char out[DC_HANDLE_SIZE])
{
	const guint64 fields[] = {
		place->flavour, place->input, place->offset, place->length, place->how, place->set};
	char *p = out + DC_MARK_SIZE;

	memcpy(out, mark->text, DC_MARK_SIZE);
	*p++ = KIND_HANDLE;
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		put_hex(p, fields[i], field_digits[i]);
		p += field_digits[i];
	}
}

void
dc_marker_write(const struct dc_mark *mark, char out[DC_MARKER_SIZE])
{
	memcpy(out, mark->text, DC_MARK_SIZE);
	out[DC_MARK_SIZE] = KIND_TOO_LARGE;
}

/* The next mark, or NULL. DEL is in hardly any text, so this runs at memchr's speed. */
static const guint8 *
find_mark(const struct dc_mark *mark, const guint8 *data, gsize size)
{
	const guint8 *end = data + size;

	while ((gsize)(end - data) >= DC_MARK_SIZE) {
		const guint8 *found =
			memchr(data, MARK_BEGIN, (gsize)(end - data) - DC_MARK_SIZE + 1);

		if (found == NULL)
			return NULL;
		if (memcmp(found, mark->text, DC_MARK_SIZE) == 0)
			return found;
		data = found + 1;
	}
	return NULL;
}

bool
dc_mark_found(const struct dc_mark *mark, const guint8 *data, gsize size)
{
	return size > DC_MARK_SIZE && find_mark(mark, data, size) != NULL;
}

/* What follows a mark. @return the size of handle or marker */
static gsize
read_marked(const guint8 *data, gsize size, struct dc_piece *piece)
{
	guint64 fields[G_N_ELEMENTS(field_digits)];
	const guint8 *p = data + DC_MARK_SIZE + 1;

	piece->kind = DC_PIECE_BROKEN;
	if (size > DC_MARK_SIZE && data[DC_MARK_SIZE] == KIND_TOO_LARGE) {
		piece->kind = DC_PIECE_TOO_LARGE;
		return DC_MARKER_SIZE;
	}
	if (size < DC_HANDLE_SIZE || data[DC_MARK_SIZE] != KIND_HANDLE)
		return size;
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		if (!get_hex(p, field_digits[i], &fields[i]))
			return size;
		p += field_digits[i];
	}
	if (fields[4] > DC_PLACE_LIKELY || fields[5] > DC_WIDE_UTF32LE ||
		(fields[4] != DC_PLACE_PLAIN) != (fields[5] != DC_WIDE_NONE))
		return size;
	piece->kind = DC_PIECE_PLACE;
	piece->place = (struct dc_place){.flavour = (guint32)fields[0],
		.input = (guint32)fields[1],
		.offset = fields[2],
		.length = fields[3],
		.how = (enum dc_place_wide)fields[4],
		.set = (enum dc_wide)fields[5]};
	return DC_HANDLE_SIZE;
}

bool
dc_piece_next(const struct dc_mark *mark, const guint8 *data, gsize size, gsize *position,
	struct dc_piece *piece)
{
	const guint8 *begin = data + *position;
	gsize left = size - *position;

	if (left == 0)
		return false;

	const guint8 *found = find_mark(mark, begin, left);
	if (found == begin) {
		*position += read_marked(begin, left, piece);
		return true;
	}
	piece->kind = DC_PIECE_BYTES;
	piece->data = begin;
	piece->size = found == NULL ? left : (gsize)(found - begin);
	*position += piece->size;
	return true;
}
