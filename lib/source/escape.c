/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/source/escape.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum dc_escape_family
dc_escape_family_of(const char *charset)
{
	static const struct {
		const char *name;
		enum dc_escape_family family;
	} families[] = {
		{"sjis", DC_ESCAPE_SJIS},
		{"cp932", DC_ESCAPE_SJIS},
		{"gbk", DC_ESCAPE_GBK},
		{"gb18030", DC_ESCAPE_GBK},
		{"big5", DC_ESCAPE_BIG5},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
		if (g_ascii_strcasecmp(charset, families[i].name) == 0)
			return families[i].family;
	}
	return DC_ESCAPE_PLAIN;
}

static bool
is_lead(enum dc_escape_family family, guint8 byte)
{
	switch (family) {
	case DC_ESCAPE_PLAIN:
		return false;
	case DC_ESCAPE_SJIS:
		return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
	case DC_ESCAPE_GBK:
		return byte >= 0x81 && byte <= 0xfe;
	case DC_ESCAPE_BIG5:
		return byte >= 0xa1 && byte <= 0xf9;
	}
	return false;
}

static bool
is_trail(enum dc_escape_family family, guint8 byte)
{
	switch (family) {
	case DC_ESCAPE_PLAIN:
		return false;
	case DC_ESCAPE_SJIS:
		return (byte >= 0x40 && byte <= 0x7e) || (byte >= 0x80 && byte <= 0xfc);
	case DC_ESCAPE_GBK:
		return (byte >= 0x40 && byte <= 0x7e) || (byte >= 0x80 && byte <= 0xfe);
	case DC_ESCAPE_BIG5:
		return (byte >= 0x40 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xfe);
	}
	return false;
}

gsize
dc_quote_find_bytewise(struct dc_quote_scan *scan, const guint8 *data, gsize size, bool *closed)
{
	for (gsize i = 0; i < size; i++) {
		const guint8 byte = data[i];

		if (scan->lead != 0) {
			scan->lead = 0;
			if (is_trail(scan->family, byte))
				continue;
		}
		if (scan->escaped) {
			scan->escaped = false;
		} else if (byte == '\\' && scan->backslash) {
			scan->escaped = true;
		} else if (byte == scan->quote) {
			*closed = true;
			return i + 1;
		} else if (is_lead(scan->family, byte)) {
			scan->lead = byte;
		}
	}
	return size;
}

/* Which of 64 bytes are VALUE, the first byte in the lowest bit. */
static guint64
equal_mask(const guint8 *data, guint8 value)
{
	guint64 mask = 0;

#if defined(__SSE2__)
	const __m128i wanted = _mm_set1_epi8((char)value);

	for (int i = 0; i < 4; i++) {
		__m128i block;

		memcpy(&block, data + 16 * i, sizeof block);
		guint64 bits = (guint32)_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted));
		mask |= bits << (16 * i);
	}
#else
	const guint64 low7 = G_GUINT64_CONSTANT(0x7f7f7f7f7f7f7f7f);
	const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101);

	for (int i = 0; i < 8; i++) {
		guint64 word;

		memcpy(&word, data + 8 * i, sizeof word);
		word = GUINT64_FROM_LE(word) ^ (ones * value);
		/* The top bit of each byte of ZERO is set where WORD's byte is zero. */
		guint64 zero = ~(((word & low7) + low7) | word | low7);
		mask |= (((zero >> 7) * G_GUINT64_CONSTANT(0x0102040810204080)) >> 56) << (8 * i);
	}
#endif
	return mask;
}

/*
 * Which of 64 bytes stand behind a backslash that begins an escape. In a run of backslashes every second
 * one is covered by its neighbour. Adding the run's first bit to the run carries past its end; whether
 * that bit stood at an even or an odd place tells which half of the run covers.
 */
static guint64
covered_mask(guint64 backslashes, bool *carry)
{
	const guint64 even = G_GUINT64_CONSTANT(0x5555555555555555);
	const guint64 carried = *carry ? 1 : 0;
	const guint64 begins = backslashes & ~carried; /* a covered one begins nothing */
	const guint64 after = (begins << 1) | carried;
	const guint64 odd_runs = begins & ~even & ~after;
	guint64 sum = 0;

	*carry = __builtin_add_overflow(odd_runs, begins, &sum);
	return (even ^ (sum << 1)) & after;
}

gsize
dc_quote_find(struct dc_quote_scan *scan, const guint8 *data, gsize size, bool *closed)
{
	gsize done = 0;

	if (scan->family != DC_ESCAPE_PLAIN)
		return dc_quote_find_bytewise(scan, data, size, closed);

	for (; size - done >= 64; done += 64) {
		guint64 quotes = equal_mask(data + done, scan->quote);

		if (scan->backslash) {
			guint64 backslashes = equal_mask(data + done, '\\');

			if (backslashes != 0 || scan->escaped)
				quotes &= ~covered_mask(backslashes, &scan->escaped);
		}
		if (quotes != 0) {
			scan->escaped = false;
			*closed = true;
			return done + (gsize)__builtin_ctzll(quotes) + 1;
		}
	}
	return done + dc_quote_find_bytewise(scan, data + done, size - done, closed);
}

/* MySQL's escapes; LIKE's \% and \_ keep their backslash, any other letter stands for itself. */
static gsize
put_escaped(guint8 byte, guint8 *out)
{
	static const guint8 escapes[][2] = {
		{'0', 0}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'}, {'Z', 26}};

	if (byte == '%' || byte == '_') {
		out[0] = '\\';
		out[1] = byte;
		return 2;
	}
	out[0] = byte;
	for (gsize i = 0; i < G_N_ELEMENTS(escapes); i++) {
		if (escapes[i][0] == byte)
			out[0] = escapes[i][1];
	}
	return 1;
}

static gsize
unescape_multibyte(struct dc_unescape *state, const guint8 *in, gsize size, guint8 *out)
{
	gsize made = 0;

	for (gsize i = 0; i < size; i++) {
		const bool second = state->lead != 0 && is_trail(state->family, in[i]);

		state->lead = 0;
		if (second) {
			out[made++] = in[i];
		} else if (state->escaped) {
			state->escaped = false;
			made += put_escaped(in[i], out + made);
		} else if (in[i] == '\\' && state->backslash) {
			state->escaped = true;
		} else {
			out[made++] = in[i];
			if (is_lead(state->family, in[i]))
				state->lead = in[i];
		}
	}
	return made;
}

gsize
dc_unescape_bytes(struct dc_unescape *state, const guint8 *in, gsize size, guint8 *out)
{
	gsize made = 0;
	gsize i = 0;

	if (state->family != DC_ESCAPE_PLAIN)
		return unescape_multibyte(state, in, size, out);
	if (!state->backslash) {
		memcpy(out, in, size);
		return size;
	}
	while (i < size) {
		if (state->escaped) {
			state->escaped = false;
			made += put_escaped(in[i++], out + made);
			continue;
		}
		const guint8 *next = memchr(in + i, '\\', size - i);
		gsize run = next == NULL ? size - i : (gsize)(next - (in + i));

		memcpy(out + made, in + i, run);
		made += run;
		i += run;
		if (next != NULL) {
			state->escaped = true;
			i++;
		}
	}
	return made;
}
