/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/charset.h"

#include <string.h>

static const struct name_case {
	const char *name;
	const char *alias;
	const char *want;
} name_cases[] = {
	{"MySQL's latin1 is Windows-1252", "latin1", "windows-1252"},
	{"MIME's iso-8859-1 is Windows-1252", "ISO-8859-1", "windows-1252"},
	{"a name may stand in quotes", "\"iso_8859-1\"", "windows-1252"},
	{"a collation names its set", "latin1_swedish_ci", "windows-1252"},
	{"MySQL 8's collation names its set", "utf8mb4_0900_ai_ci", "utf-8"},
	{"MySQL's three-byte utf8 is UTF-8", "utf8mb3", "utf-8"},
	{"MySQL 3.23's german1 is a Latin set", "german1", "windows-1252"},
	{"MySQL 4.0's koi8_ru is KOI8-R", "koi8_ru", "koi8-r"},
	{"Shift_JIS is read as CP932", "Shift_JIS", "cp932"},
	{"MySQL's ujis is EUC-JP with vendor rows", "ujis", "euc-jp"},
	{"GB2312 is read as GB18030", "gb2312", "gb18030"},
	{"the Korean mail name is CP949", "ks_c_5601-1987", "cp949"},
	{"latin5 is read as Windows-1254", "latin5", "windows-1254"},
	{"ucs2 is wide", "ucs2", "utf-16be"},
	{"binary is no set", "binary", NULL},
	{"auto is no set", "auto", NULL},
	{"an empty name is no set, whatever iconv says", "", NULL},
	{"punctuation alone is no set", "--", NULL},
	{"an iconv suffix is not passed on", "utf-8//IGNORE", NULL},
	{"NULL is no set", NULL, NULL},
	{"an endless name is no set",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaa",
		NULL},
};

static void
test_name(gconstpointer data)
{
	const struct name_case *c = data;
	const dc_charset *charset = dc_charset_lookup(c->alias);

	g_assert_cmpstr(charset == NULL ? NULL : dc_charset_name(charset), ==, c->want);
}

/* RESULT: 'o' whole, 'c' cut, 'x' no text of the set. */
static const struct decode_case {
	const char *name;
	const char *charset;
	const char *bytes;
	char result;
	const char *want;
} decode_cases[] = {
	{"nothing decodes to nothing", "koi8-r", "", 'o', ""},
	{"byte 80 of Windows-1252 is the euro sign", "latin1", "\x80", 'o', "€"},
	{"a hole of Windows-1252 is no letter", "latin1", "a\x81", 'x', ""},
	{"a hole of Windows-1251 is no letter", "cp1251", "\x98", 'x', ""},
	{"a hole of Windows-1250 is no letter", "cp1250", "\x81", 'x', ""},
	{"KOI8-R decodes", "koi8r", "\xd0\xd2\xc9\xd7\xc5\xd4", 'o', "привет"},
	{"a C1 control is no letter of a declared set", "iso-8859-2", "a\x96", 'x', ""},
	{"UTF-8 above U+10FFFF is refused though glibc takes it", "utf8", "\xf4\x90\x80\x80", 'x',
		""},
	{"an overlong form is refused", "utf8", "\xc0\xaf", 'x', ""},
	{"a surrogate is refused", "utf8", "\xed\xa0\x80", 'x', ""},
	{"UTF-8 that is cut says so", "utf8", "bl\xc3\xa5\xe2\x82", 'c', "blå"},
	{"backslash and tilde of Shift_JIS are ASCII", "sjis", "\x5c\x7e\x81\x5f", 'o', "\\~＼"},
	{"the vendor rows of Shift_JIS decode", "sjis", "\x87\x40", 'o', "①"},
	{"the vendor rows of EUC-JP decode", "ujis", "\xad\xa1", 'o', "①"},
	{"a letter of UHC under EUC-KR is no control", "euckr", "\x8c\x63", 'o', "똠"},
	{"GBK letters under GB2312 decode", "gb2312", "\x81\x40", 'o', "丂"},
	{"byte 80 of GBK is the euro sign", "gbk", "\xc4\xe3\x80\xba\xc3", 'o', "你€好"},
	{"byte 80 as a trail byte is part of its letter", "gbk", "\x81\x80", 'o', "亐"},
	{"four bytes of GB18030 decode", "gb18030", "\x81\x30\x84\x36", 'o', "¥"},
	{"Big5 decodes", "big5", "\xa7\x41\xa6\x6e", 'o', "你好"},
	{"one letter of Big5-HKSCS may become two", "big5", "\x88\x62", 'o', "Ê̄"},
	{"half a letter at the end is cut", "big5", "\xa7\x41\xa6", 'c', "你"},
	{"Thai's no-break space is no hole", "tis620", "\xa0\xa1", 'o', "\xc2\xa0ก"},
	{"ASCII has seven bits", "ascii", "caf\xe9", 'x', ""},
	{"wide text decodes", "ucs2", "\x20\xac", 'o', "€"},
};

static void
test_decode(gconstpointer data)
{
	const struct decode_case *c = data;
	g_autoptr(GString) out = g_string_new(NULL);
	const enum dc_charset_result result =
		dc_charset_decode(dc_charset_lookup(c->charset), c->bytes, strlen(c->bytes), out);

	g_assert_cmpint("ocx"[result], ==, c->result);
	g_assert_cmpstr(out->str, ==, c->want);
}

static const struct iso2022_case {
	const char *name;
	const char *bytes;
	char result;
	const char *want;
} iso2022_cases[] = {
	{"plain ASCII has no designation", "abc", 'x', ""},
	{"kanji decode", "\x1b$B4A;z\x1b(B!", 'o', "漢字!"},
	{"half-width kana of Outlook decode", "\x1b(I1\x1b(B", 'o', "ｱ"},
	{"the circled digits of row 13 decode", "\x1b$B-!\x1b(B", 'o', "①"},
	{"JIS X 0212 decodes", "\x1b$(D0!\x1b(B", 'o', "丂"},
	{"JIS-Roman is ASCII", "\x1b(Ja\\b\x1b(B", 'o', "a\\b"},
	{"a line end inside of a run stays", "\x1b$B4A\n;z\x1b(B", 'o', "漢\n字"},
	{"Korean with shifts decodes", "\x1b$)C\x0e\x30\x21\x0f a", 'o', "가 a"},
	{"Chinese with shifts decodes", "\x1b$)A\x0e\x3b\x3a\x0f", 'o', "缓"},
	{"half a kanji at the end is cut", "\x1b$B4A;", 'c', "漢"},
	{"half an escape at the end is cut", "\x1b$B4A\x1b(", 'c', "漢"},
	{"an unknown escape is none of it", "\x1b[31mred", 'x', ""},
	{"an escape left over is refused", "\x1b$B4A\x1b(B\x1b[0m and", 'x', ""},
	{"eight-bit bytes are refused", "\x1b$B4A\x1b(B\xe5", 'x', ""},
	{"a lone escape is refused", "\x1b", 'x', ""},
};

static void
test_iso2022(gconstpointer data)
{
	const struct iso2022_case *c = data;
	g_autoptr(GString) out = g_string_new(NULL);
	const enum dc_charset_result result = dc_iso2022_decode(c->bytes, strlen(c->bytes), out);

	g_assert_cmpint("ocx"[result], ==, c->result);
	g_assert_cmpstr(out->str, ==, c->want);
}

static const struct undo_case {
	const char *name;
	const char *client;
	const char *column;
	const char *literal;
	const char *want; /* NULL: nothing to undo */
} undo_cases[] = {
	{"a latin1 column dumped under utf8 held one byte a letter", "utf8", "latin1", "bl\xc3\xa5",
		"bl\xe5"},
	{"UTF-8 in a latin1 column is found again", "utf8mb4", "latin1", "bl\xc3\x83\xc2\xa5",
		"bl\xc3\xa5"},
	{"MySQL's holes become bytes again", "utf8", "latin1", "\xc3\xa1\xc2\x81", "\xe1\x81"},
	{"KOI8-R in a latin1 column is found again", "utf8", "latin1", "\xc3\x90\xc3\x92",
		"\xd0\xd2"},
	{"a utf8 column dumped under latin1 is UTF-8 again", "latin1", "utf8", "\xe5\x81",
		"\xc3\xa5\xc2\x81"},
	{"equal sets leave nothing to undo", "utf8", "utf8mb4", "\xc3\xa5", NULL},
	{"without a client nothing is undone", NULL, "latin1", "\xc3\xa5", NULL},
	{"under SET NAMES binary nothing is undone", "binary", "latin1", "\xc3\xa5", NULL},
	{"without a column's set nothing is undone", "utf8", NULL, "\xc3\xa5", NULL},
	{"a literal that is no text of the client is left", "utf8", "latin1", "\xe5", NULL},
	{"a letter that the column cannot hold is left", "utf8", "latin1", "\xe6\xbc\xa2", NULL},
	{"ASCII is left", "utf8", "latin1", "abc", NULL},
	{"a wide column is left", "utf8", "ucs2", "\xc3\xa5", NULL},
};

static void
test_undo(gconstpointer data)
{
	const struct undo_case *c = data;
	g_autoptr(GBytes) got =
		dc_charset_undo(c->client, c->column, c->literal, strlen(c->literal));

	if (c->want == NULL) {
		g_assert_null(got);
		return;
	}
	g_assert_nonnull(got);

	gsize size;
	const void *bytes = g_bytes_get_data(got, &size);
	g_assert_cmpuint(size, ==, strlen(c->want));
	g_assert_true(memcmp(bytes, c->want, size) == 0);
}

static const struct letter_case {
	const char *name;
	const char *charset;
	const char *bytes;
	gsize want;
} letter_cases[] = {
	{"a letter of Shift_JIS may end in a backslash", "sjis", "\x95\x5c'", 2},
	{"a lone lead byte before a quote is one byte", "sjis", "\x95'", 1},
	{"a half-width kana is one byte", "cp932", "\xb1\x5c", 1},
	{"a letter of GBK may end in a backslash", "GBK", "\x81\x5c", 2},
	{"a letter of Big5 may end in a backslash", "big5", "\xa4\x5c", 2},
	{"four bytes of GB18030 are one letter", "gb18030", "\x81\x30\x84\x36", 4},
	{"digits behind a lead byte alone are none", "gb18030", "\x81\x30zz", 1},
	{"the end inside of a letter asks for more", "gb18030", "\x81\x30\x84", 0},
	{"a lead byte at the end asks for more", "big5", "\xa4", 0},
	{"gb2312 never holds a backslash", "gb2312", "\xb0\x5c", 1},
	{"an unknown set has single bytes", "latin1", "\xe5\x5c", 1},
};

static void
test_letter(gconstpointer data)
{
	const struct letter_case *c = data;

	g_assert_cmpuint(
		dc_charset_letter_length(c->charset, (const guint8 *)c->bytes, strlen(c->bytes)),
		==, c->want);
}

static void
test_only_five_sets_hold_the_backslash(void)
{
	static const char *const yes[] = {"sjis", "cp932", "gbk", "big5", "GB18030"};
	static const char *const no[] = {"utf8", "latin1", "ujis", "euckr", "gb2312", "binary", ""};

	for (gsize i = 0; i < G_N_ELEMENTS(yes); i++)
		g_assert_true(dc_charset_is_multibyte_escape(yes[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(no); i++)
		g_assert_false(dc_charset_is_multibyte_escape(no[i]));
	g_assert_false(dc_charset_is_multibyte_escape(NULL));
}

static void
test_utf8_sequences_are_counted(void)
{
	struct dc_utf8_check check;

	g_assert_true(dc_utf8_check("æøå and 漢", strlen("æøå and 漢"), &check));
	g_assert_cmpuint(check.sequences, ==, 4);
	g_assert_cmpuint(check.longer, ==, 1);
	g_assert_false(check.has_nul);
	g_assert_true(dc_utf8_check("12345678\0", 9, &check));
	g_assert_true(check.has_nul);
	g_assert_false(dc_utf8_check("caf\xe9", 4, &check));
	g_assert_true(check.truncated);
	g_assert_cmpuint(check.valid_bytes, ==, 3);
	g_assert_false(dc_utf8_check("caf\xe9!", 5, &check));
	g_assert_false(check.truncated);
}

static void
test_utf8_agrees_with_glib(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	static const guint8 pool[] = {0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1,
		0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff};

	for (int round = 0; round < 200000; round++) {
		guint8 bytes[12];
		const gsize size = (gsize)g_rand_int_range(rand, 1, 12);
		struct dc_utf8_check check;

		for (gsize i = 0; i < size; i++)
			bytes[i] = pool[g_rand_int_range(rand, 0, G_N_ELEMENTS(pool))];
		g_assert_cmpint(dc_utf8_check(bytes, size, &check), ==,
			g_utf8_validate_len((const char *)bytes, size, NULL));
	}
}

static void
test_cp1252_bytes_go_there_and_back(void)
{
	for (int byte = 0; byte < 256; byte++) {
		const char c = (char)byte;
		g_autoptr(GString) text = g_string_new(NULL);

		dc_cp1252_decode(&c, 1, text);
		g_assert_cmpint(
			dc_cp1252_byte(byte == 0 ? 0 : g_utf8_get_char(text->str)), ==, byte);
	}
	g_assert_cmpint(dc_cp1252_byte(0x80), ==, -1);
	g_assert_cmpint(dc_cp1252_byte(0x142), ==, -1);
}

static void
test_an_alias_is_needed_only_for_what_it_adds(void)
{
	g_assert_false(dc_charset_needs_superset("iso-8859-1", "bl\xe5", 3));
	g_assert_true(dc_charset_needs_superset("iso-8859-1", "\x93hei\x94", 5));
	g_assert_false(dc_charset_needs_superset("latin1", "\x93hei\x94", 5));
	g_assert_true(dc_charset_needs_superset("euc-kr", "\x8c\x63", 2));
	g_assert_true(dc_charset_needs_superset("gb2312", "\x81\x40", 2));
	g_assert_false(dc_charset_needs_superset("gb2312", "\xc4\xe3", 2));
}

#define ADD_CASES(cases, prefix, function)                                                         \
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                          \
		g_autofree char *path = g_strdup_printf(prefix "/%s", (cases)[i].name);            \
		g_test_add_data_func(path, &(cases)[i], function);                                 \
	}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_CASES(name_cases, "/names", test_name);
	ADD_CASES(decode_cases, "/decode", test_decode);
	ADD_CASES(iso2022_cases, "/iso-2022", test_iso2022);
	ADD_CASES(undo_cases, "/undo", test_undo);
	ADD_CASES(letter_cases, "/letters", test_letter);
	g_test_add_func("/letters/only five sets hold the backslash",
		test_only_five_sets_hold_the_backslash);
	g_test_add_func("/utf-8/sequences are counted", test_utf8_sequences_are_counted);
	g_test_add_func("/utf-8/it agrees with GLib on 200,000 texts", test_utf8_agrees_with_glib);
	g_test_add_func(
		"/cp1252/every byte goes there and back", test_cp1252_bytes_go_there_and_back);
	g_test_add_func("/names/an alias is needed only for what it adds",
		test_an_alias_is_needed_only_for_what_it_adds);
	return g_test_run();
}
