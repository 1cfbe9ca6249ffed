/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * glibc calls an ISO-2022-JP text with half-width kana a success and lets the escapes through, and has
 * no set with the vendor rows. Each run is therefore decoded in the 8-bit form of its own set.
 */
#include "lib/text/charset.h"
#include "lib/text/internal.h"

#include <string.h>

#define ESC 0x1b
#define SHIFT_OUT 0x0e
#define SHIFT_IN 0x0f

/* How the bytes of a run become bytes of an 8-bit set that iconv has. */
enum form {
	FORM_ASCII,
	FORM_ROMAN,     /* JIS X 0201: ASCII to everybody who wrote mail with it */
	FORM_KANA,      /* JIS X 0201, right half: 8E before each byte of EUC-JP */
	FORM_JIS,       /* JIS X 0208 with vendor rows: EUC-JP */
	FORM_JIS_EXTRA, /* JIS X 0212: 8F before each pair of EUC-JP */
	FORM_KS,        /* KS X 1001: EUC-KR */
	FORM_GB,        /* GB 2312 */
	FORM_CNS,       /* CNS 11643 plane 1: EUC-TW */
	FORM_NONE
};

static const struct designation {
	const char *escape; /* what follows ESC */
	enum form form;
	bool shifted; /* designates G1, which SO calls */
} designations[] = {
	{"(B", FORM_ASCII, false},
	{"(J", FORM_ROMAN, false},
	{"(H", FORM_ROMAN, false},
	{"(I", FORM_KANA, false},
	{"$@", FORM_JIS, false},
	{"$B", FORM_JIS, false},
	{"&@", FORM_NONE, false}, /* announces the revision of 1990; ESC $ B follows */
	{"$(D", FORM_JIS_EXTRA, false},
	{"$(C", FORM_KS, false},
	{"$A", FORM_GB, false},
	{"$)C", FORM_KS, true},
	{"$)A", FORM_GB, true},
	{"$)G", FORM_CNS, true},
};

static const struct designation *
designation_at(const guint8 *bytes, gsize size)
{
	for (gsize i = 0; i < G_N_ELEMENTS(designations); i++) {
		const gsize length = strlen(designations[i].escape);

		if (size > length && memcmp(bytes + 1, designations[i].escape, length) == 0)
			return &designations[i];
	}
	return NULL;
}

static const char *
iconv_name(enum form form)
{
	if (form == FORM_KS)
		return "CP949";
	if (form == FORM_GB)
		return "GB18030";
	if (form == FORM_CNS)
		return "EUC-TW";
	return "EUC-JP-MS";
}

/* One letter of a run in its 8-bit form. @return bytes taken, 0 when they are no letter */
static gsize
append_letter(enum form form, const guint8 *bytes, gsize size, GString *run)
{
	if (form == FORM_KANA) {
		if (bytes[0] < 0x21 || bytes[0] > 0x5f)
			return 0;
		g_string_append_c(run, (char)0x8e);
		g_string_append_c(run, (char)(bytes[0] | 0x80));
		return 1;
	}
	if (size < 2 || bytes[0] < 0x21 || bytes[0] > 0x7e || bytes[1] < 0x21 || bytes[1] > 0x7e)
		return 0;
	if (form == FORM_JIS_EXTRA)
		g_string_append_c(run, (char)0x8f);
	g_string_append_c(run, (char)(bytes[0] | 0x80));
	g_string_append_c(run, (char)(bytes[1] | 0x80));
	return 2;
}

static enum dc_charset_result
decode_run(enum form form, const guint8 *bytes, gsize size, GString *out)
{
	g_autoptr(GString) run = g_string_sized_new(size + size / 2);
	enum dc_charset_result result = DC_CHARSET_OK;

	for (gsize at = 0; at < size;) {
		/* line ends and blanks inside of a run stand for themselves */
		if (bytes[at] <= 0x20) {
			g_string_append_c(run, (char)bytes[at++]);
			continue;
		}

		const gsize taken = append_letter(form, bytes + at, size - at, run);
		if (taken == 0 && at + 1 == size && form != FORM_KANA) {
			result = DC_CHARSET_CUT;
			break;
		}
		if (taken == 0)
			return DC_CHARSET_INVALID;
		at += taken;
	}
	if (dc_iconv_decode(iconv_name(form), run->str, run->len, out) != DC_CHARSET_OK)
		return DC_CHARSET_INVALID;
	return result;
}

static enum dc_charset_result
decode_plain_run(const guint8 *bytes, gsize size, GString *out)
{
	for (gsize i = 0; i < size; i++) {
		if (bytes[i] >= 0x80)
			return DC_CHARSET_INVALID;
	}
	g_string_append_len(out, (const char *)bytes, (gssize)size);
	return DC_CHARSET_OK;
}

struct state {
	enum form g0, g1;
	bool shifted;
	bool designated;
};

static enum form
current_form(const struct state *state)
{
	return state->shifted ? state->g1 : state->g0;
}

/* What stands at a byte that ends a run: shift, escape. @return bytes taken, 0 when it is neither */
static gsize
change_state(struct state *state, const guint8 *bytes, gsize size)
{
	if (bytes[0] == SHIFT_OUT && state->g1 != FORM_NONE) {
		state->shifted = true;
		return 1;
	}
	if (bytes[0] == SHIFT_IN && state->g1 != FORM_NONE) {
		state->shifted = false;
		return 1;
	}
	if (bytes[0] != ESC)
		return 0;

	const struct designation *found = designation_at(bytes, size);
	if (found == NULL)
		return 0;
	state->designated = true;
	if (found->shifted)
		state->g1 = found->form;
	else if (found->form != FORM_NONE)
		state->g0 = found->form;
	return 1 + strlen(found->escape);
}

static gsize
run_length(const guint8 *bytes, gsize size)
{
	gsize at = 0;

	while (at < size && bytes[at] != ESC && bytes[at] != SHIFT_OUT && bytes[at] != SHIFT_IN)
		at++;
	return at;
}

static enum dc_charset_result
decode_all(const guint8 *bytes, gsize size, GString *out)
{
	struct state state = {FORM_ASCII, FORM_NONE, false, false};
	enum dc_charset_result result = DC_CHARSET_OK;

	for (gsize at = 0; at < size;) {
		const gsize length = run_length(bytes + at, size - at);
		const enum form form = current_form(&state);

		if (form == FORM_ASCII || form == FORM_ROMAN)
			result = decode_plain_run(bytes + at, length, out);
		else
			result = decode_run(form, bytes + at, length, out);
		at += length;
		if (result == DC_CHARSET_INVALID || (result == DC_CHARSET_CUT && at < size))
			return DC_CHARSET_INVALID;
		if (at == size)
			break;

		const gsize taken = change_state(&state, bytes + at, size - at);
		if (taken == 0) {
			/* an escape that the old column cut in two */
			const bool cut = bytes[at] == ESC && size - at < 4 && state.designated;

			return cut ? DC_CHARSET_CUT : DC_CHARSET_INVALID;
		}
		at += taken;
	}
	return state.designated ? result : DC_CHARSET_INVALID;
}

enum dc_charset_result
dc_iso2022_decode(const void *bytes, gsize size, GString *out)
{
	const gsize before = out->len;

	if (memchr(bytes, ESC, size) == NULL)
		return DC_CHARSET_INVALID;

	const enum dc_charset_result result = decode_all(bytes, size, out);
	if (result == DC_CHARSET_INVALID)
		g_string_truncate(out, before);
	return result;
}
