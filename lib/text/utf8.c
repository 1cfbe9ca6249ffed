/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glibc's iconv takes F4 90 80 80 for UTF-8, and g_utf8_validate() counts nothing: hence our own. */
#include "lib/text/charset.h"

#include <string.h>

static bool
is_continuation(guint8 byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Length that a lead byte announces; 0 for what leads nothing. */
static gsize
announced(guint8 lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/* The second byte carries what makes a form overlong, a surrogate or too large. */
static bool
second_fits(guint8 lead, guint8 second)
{
	switch (lead) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return is_continuation(second);
	}
}

/* Bytes of BYTES that fit a sequence, *WANTED what it announced. Whole when both are equal. */
static gsize
sequence_length(const guint8 *bytes, gsize size, gsize *wanted)
{
	*wanted = announced(bytes[0]);
	if (*wanted == 0)
		return 0;
	if (size < 2 || !second_fits(bytes[0], bytes[1]))
		return 1;

	gsize have = 2;
	while (have < *wanted && have < size && is_continuation(bytes[have]))
		have++;
	return have;
}

/* Eight bytes at a time while they are ASCII and no NUL. */
static gsize
skip_ascii(const guint8 *bytes, gsize size, bool *has_nul)
{
	gsize at = 0;

	while (at + 8 <= size) {
		guint64 word;

		memcpy(&word, bytes + at, sizeof word);
		if ((word & G_GUINT64_CONSTANT(0x8080808080808080)) != 0)
			break;
		if (((word - G_GUINT64_CONSTANT(0x0101010101010101)) & ~word &
			    G_GUINT64_CONSTANT(0x8080808080808080)) != 0)
			*has_nul = true;
		at += 8;
	}
	while (at < size && bytes[at] < 0x80) {
		if (bytes[at] == 0)
			*has_nul = true;
		at++;
	}
	return at;
}

bool
dc_utf8_check(const void *data, gsize size, struct dc_utf8_check *check)
{
	const guint8 *bytes = data;
	gsize at = 0;

	*check = (struct dc_utf8_check){0, 0, 0, false, false};
	for (;;) {
		at += skip_ascii(bytes + at, size - at, &check->has_nul);
		check->valid_bytes = at;
		if (at == size)
			return true;

		gsize wanted;
		const gsize have = sequence_length(bytes + at, size - at, &wanted);
		if (have < wanted || have == 0) {
			check->truncated = have > 0 && at + have == size;
			return false;
		}
		check->sequences++;
		if (have > 2)
			check->longer++;
		at += have;
	}
}
