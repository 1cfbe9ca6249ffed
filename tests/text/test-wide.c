/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/wide.h"

#include <string.h>

static const struct set_case {
	const char *name;
	const char *alias;
	enum dc_wide want;
} set_cases[] = {
	{"ucs2 is UTF-16", "ucs2", DC_WIDE_UTF16},
	{"utf16 is UTF-16", "utf16", DC_WIDE_UTF16},
	{"utf16le has its bytes the other way round", "utf16le", DC_WIDE_UTF16LE},
	{"utf32 is UTF-32", "utf32", DC_WIDE_UTF32},
	{"utf8mb4 is not wide", "utf8mb4", DC_WIDE_NONE},
	{"binary is not wide", "binary", DC_WIDE_NONE},
	{"no name is not wide", NULL, DC_WIDE_NONE},
};

static void
test_set(gconstpointer data)
{
	const struct set_case *c = data;

	g_assert_cmpint(dc_wide_of(c->alias), ==, c->want);
}

static const struct decode_case {
	const char *name;
	enum dc_wide set;
	const char *bytes;
	gsize size;
	const char *want;
	gsize want_size; /* 0: as WANT ends */
} decode_cases[] = {
	{"nothing is nothing", DC_WIDE_UTF16, "", 0, "", 0},
	{"one letter of UTF-16", DC_WIDE_UTF16, "\0a", 2, "a", 0},
	{"UTF-16 beyond ASCII", DC_WIDE_UTF16, "\x20\xac\x6f\x22", 4, "€漢", 0},
	{"little end first", DC_WIDE_UTF16LE, "\xac\x20\x22\x6f", 4, "€漢", 0},
	{"two surrogates are one letter", DC_WIDE_UTF16, "\xd8\x3d\xde\x00", 4, "😀", 0},
	{"two surrogates, little end first", DC_WIDE_UTF16LE, "\x3d\xd8\x00\xde", 4, "😀", 0},
	{"UTF-32", DC_WIDE_UTF32, "\0\0\0a\0\x01\xf6\x00", 8, "a😀", 0},
	{"UTF-32, little end first", DC_WIDE_UTF32LE, "a\0\0\0\x00\xf6\x01\0", 8, "a😀", 0},
	{"a zero is a letter", DC_WIDE_UTF16, "\0a\0\0\0b", 6, "a\0b", 3},
	{"a letter cut by ucs2 is a cut letter", DC_WIDE_UTF16, "\0a\xd8\x3d", 4, "a\xf0\x9f", 0},
	{"a first surrogate alone is no letter", DC_WIDE_UTF16, "\xd8\x3d\0a", 4,
		"\xf0\x9f"
		"a",
		0},
	{"a second surrogate alone is no letter", DC_WIDE_UTF16, "\xde\x01\0a", 4,
		"\xff\xde\x01"
		"a",
		0},
	{"half a unit stays what it is", DC_WIDE_UTF16, "\0ab", 3,
		"a\xff"
		"b",
		0},
	{"what is beyond Unicode is no letter", DC_WIDE_UTF32, "\x01\x11\x22\x33", 4,
		"\xff\x01\x11\x22\x33", 0},
	{"UTF-32 has no surrogates", DC_WIDE_UTF32, "\x00\x00\xd8\x3d", 4, "\xff\x00\x00\xd8\x3d",
		5},
};

/* Whole, and in pieces of every size: the same. */
static void
test_decode(gconstpointer data)
{
	const struct decode_case *c = data;
	const gsize want = c->want_size > 0 ? c->want_size : strlen(c->want);

	for (gsize piece = 1; piece <= c->size + 1; piece++) {
		struct dc_wide_decoder decoder = {.set = c->set};
		g_autoptr(GString) out = g_string_new(NULL);

		for (gsize at = 0; at < c->size; at += piece)
			dc_wide_put(&decoder, c->bytes + at, MIN(piece, c->size - at), out);
		dc_wide_end(&decoder, out);
		g_assert_cmpuint(out->len, ==, want);
		g_assert_true(memcmp(out->str, c->want, want) == 0);
	}
}

static const struct likely_case {
	const char *name;
	enum dc_wide set;
	const char *bytes;
	gsize size;
	bool want;
} likely_cases[] = {
	{"a Latin letter of UTF-16 tells", DC_WIDE_UTF16, "\x6f\x22\0a", 4, true},
	{"a Latin letter tells, little end first", DC_WIDE_UTF16LE,
		"\x22\x6f"
		"a\0",
		4, true},
	{"a zero in what is no UTF-8 tells", DC_WIDE_UTF16, "\xd8\x3d\xde\x00", 4, true},
	{"ASCII is not UTF-16", DC_WIDE_UTF16, "plain!", 6, false},
	{"UTF-8 is not UTF-16", DC_WIDE_UTF16, "bl\xc3\xa5.", 5, false},
	{"latin1 is not UTF-16", DC_WIDE_UTF16, "bl\xe5\xf8", 4, false},
	{"what is not of whole units is not UTF-16", DC_WIDE_UTF16, "\0a\0", 3, false},
	{"nothing tells nothing", DC_WIDE_UTF32, "", 0, false},
	{"letters of Unicode tell UTF-32", DC_WIDE_UTF32, "\0\0\x6f\x22", 4, true},
	{"ASCII is not UTF-32", DC_WIDE_UTF32, "plainest", 8, false},
};

static void
test_likely(gconstpointer data)
{
	const struct likely_case *c = data;

	g_assert_cmpint(dc_wide_likely(c->set, c->bytes, c->size), ==, c->want);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(set_cases); i++) {
		g_autofree char *path = g_strdup_printf("/wide/set/%s", set_cases[i].name);
		g_test_add_data_func(path, &set_cases[i], test_set);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(decode_cases); i++) {
		g_autofree char *path = g_strdup_printf("/wide/decode/%s", decode_cases[i].name);
		g_test_add_data_func(path, &decode_cases[i], test_decode);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(likely_cases); i++) {
		g_autofree char *path = g_strdup_printf("/wide/likely/%s", likely_cases[i].name);
		g_test_add_data_func(path, &likely_cases[i], test_likely);
	}
	return g_test_run();
}
