/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/decode.h"

#include <string.h>

/* The codes of all findings, joined by blanks. */
static char *
codes(const dc_findings *findings)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < dc_findings_count(findings); i++)
		g_string_append_printf(
			text, "%s%s", i > 0 ? " " : "", dc_findings_at(findings, i)->code);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Everything without a decision of the account. */
static const struct decode_case {
	const char *name;
	struct dc_text_hints hints;
	const char *bytes;
	const char *want;
	const char *findings;
	bool keep_raw;
} decode_cases[] = {
	{"ASCII is done", {.column = "latin1"}, "abc", "abc", "", false},
	{"nothing is done", {.column = "latin1"}, "", "", "", false},
	{"declared UTF-8 says nothing", {.column = "utf8"}, "blå", "blå", "", false},
	{"UTF-8 in a latin1 column is seen", {.column = "latin1"}, "blåbærgrøt", "blåbærgrøt",
		"charset-utf8", false},
	{"one sequence in a latin1 column is UTF-8", {.column = "latin1"}, "blå", "blå",
		"charset-utf8", false},
	{"one sequence without any declaration is UTF-8", {.column = NULL}, "blå", "blå",
		"charset-utf8", false},
	{"two chance sequences under GB2312 are Chinese", {.row = "gb2312"}, "\xc4\xa3\xca\xbd",
		"模式", "", false},
	{"three sequences under GB2312 are UTF-8", {.row = "gb2312"}, "æøå", "æøå", "charset-utf8",
		false},
	{"a three-byte sequence under EUC-JP is UTF-8", {.row = "euc-jp"}, "€", "€", "charset-utf8",
		false},
	{"two sequences in a utf8 column are UTF-8 whatever the row says",
		{.row = "gb2312", .column = "utf8"}, "\xc4\xa3\xca\xbd", "ģʽ", "charset-utf8",
		false},
	{"latin1 as declared says nothing", {.column = "latin1"}, "bl\xe5 \x93x\x94", "blå “x”", "",
		false},
	{"iso-8859-1 with letters of Windows-1252 says so", {.row = "iso-8859-1"}, "\x93x\x94",
		"“x”", "charset-alias", false},
	{"the row's set counts more than the column's", {.row = "koi8-r", .column = "latin1"},
		"\xd0\xd2\xc9", "при", "", false},
	{"the profile's set counts more than the column's",
		{.profile = "koi8-r", .column = "latin1"}, "\xd0\xd2\xc9", "при", "", false},
	{"the row's set counts more than the profile's", {.row = "cp1251", .profile = "koi8-r"},
		"\xef\xf0\xe8", "при", "", false},
	{"auto is no declaration", {.profile = "auto", .column = "koi8r"}, "\xd0\xd2\xc9", "при",
		"", false},
	{"a row's nonsense is no declaration", {.row = "x-unknown", .column = "koi8r"},
		"\xd0\xd2\xc9", "при", "", false},
	{"the client's set is undone", {.client = "utf8", .column = "latin1"}, "blå", "blå", "",
		false},
	{"UTF-8 in a latin1 column dumped under utf8 is seen",
		{.client = "utf8", .column = "latin1"}, "blÃ¥bÃ¦r", "blåbær", "charset-utf8",
		false},
	{"KOI8-R in a latin1 column dumped under utf8 is read as the profile says",
		{.client = "utf8", .column = "latin1", .profile = "koi8-r"}, "ÐÒÉ", "при", "",
		false},
	{"a literal that the column could not hold is the client's text",
		{.client = "utf8", .column = "latin1"}, "漢字", "漢字", "", false},
	{"column bytes under a utf8 client are the column's",
		{.client = "utf8", .column = "latin1"}, "bl\xe5", "blå", "", false},
	{"ISO-2022-JP is seen whatever is declared", {.column = "latin1"}, "\x1b$B4A;z\x1b(B",
		"漢字", "charset-iso2022", false},
	{"an escape of a terminal stays", {.column = "latin1"}, "\x1b[1mx", "\x1b[1mx", "", false},
	{"nothing declared is Windows-1252", {.column = NULL}, "bl\xe5", "blå", "charset-assumed",
		false},
	{"nothing declared is the profile's fallback", {.fallback = "iso-8859-2"},
		"\xb3\xf3"
		"d\xbc",
		"łódź", "charset-assumed", false},
	{"a fallback that does not fit gives way", {.fallback = "utf-8"}, "bl\xe5", "blå",
		"charset-assumed", false},
	{"holes of Windows-1252 are a loss", {.column = "latin1"}, "a\x81 bl\xe5", "a\xc2\x81 blå",
		"charset-assumed undecodable", true},
	{"a bad byte in UTF-8 is a loss of one letter", {.column = "utf8"}, "æøå æøå\xe5!",
		"æøå æøåå!", "undecodable", true},
	{"a bad byte in UTF-8 in a latin1 column is no mojibake", {.column = "latin1"},
		"æøå æøå\xe5!", "æøå æøåå!", "undecodable", true},
	{"half a letter at the end of UTF-8 is taken off", {.column = "utf8"}, "blå bl\xc3",
		"blå bl", "subject-cut", false},
	{"half a letter at the end of Latin text is a letter", {.column = "latin1"}, "caf\xe9",
		"café", "", false},
	{"half a letter at the end of Shift_JIS is taken off", {.column = "sjis"},
		"\x8a\xbf\x8e\x9a\x8a", "漢字", "subject-cut", false},
	{"a bad byte in EUC-JP is a loss", {.column = "ujis"},
		"\xb4\xc1\xbb\xfa\xb4\xc1\xbb\xfa\xb4\xc1\xbb\xfa\xb4\xc1\xbb\xfa\xb4\xc1\xff",
		"漢字漢字漢字漢字漢\xef\xbf\xbd", "undecodable", true},
	{"a C1 byte in iso-8859-2 is a loss of one letter", {.column = "latin2"},
		"\xb3\xb3\xb3\xb3\xb3\xb3\xb3\xb3\xb3\x96", "łłłłłłłłł\xef\xbf\xbd", "undecodable",
		true},
	{"latin1 in what is said to be UTF-8 is assumed", {.profile = "utf-8"},
		"bl\xe5"
		"b\xe6r",
		"blåbær", "charset-assumed", false},
	{"two letters encoded twice are no chance", {.column = "utf8"}, "blÃ¥bÃ¦r", "blåbær",
		"double-encoding-repaired", false},
	{"one letter encoded twice may be meant", {.column = "utf8"}, "price Â£5", "price Â£5",
		"double-encoding-suspected", false},
	{"what is encoded three times is repaired twice", {.column = "utf8"}, "blÃƒÂ¥bÃƒÂ¦r",
		"blåbær", "double-encoding-repaired", false},
	{"proper text beside it leaves it alone", {.column = "utf8"}, "Ã¥Ã¦ → å", "Ã¥Ã¦ → å", "",
		false},
	{"what the column cut inside a letter encoded twice is repaired", {.column = "utf8"},
		"blÃ¥bÃ¦rÃ", "blåbær", "subject-cut double-encoding-repaired", false},
	{"a browser's reference becomes its letter", {.column = "latin1", .form = "iso-8859-1"},
		"&#322;&#243;d&#378;", "ł&#243;dź", "browser-references", false},
	{"what the form's set has was typed", {.column = "latin1", .form = "iso-8859-1"},
		"&#8364; &eacute; &#x142;", "&#8364; &eacute; &#x142;", "", false},
	{"two references to surrogates are one letter", {.column = "latin1", .form = "iso-8859-1"},
		"&#55357;&#56832;", "😀", "browser-references", false},
	{"one surrogate alone stays", {.column = "latin1", .form = "iso-8859-1"}, "&#55357;x",
		"&#55357;x", "", false},
	{"a UTF-8 form has no browser's references", {.column = "utf8", .form = "utf-8"}, "&#322;",
		"&#322;", "", false},
	{"without a form's set references are told", {.column = "latin1"}, "&#322;", "&#322;",
		"references-in-text", false},
	{"in HTML references are right", {.column = "latin1", .form = "iso-8859-1", .html = true},
		"&#322;", "&#322;", "", false},
	{"wide column bytes decode", {.column = "ucs2"}, "\x20\xac\x20\xac", "€€", "", false},
};

static void
test_decode(gconstpointer data)
{
	const struct decode_case *c = data;
	g_autoptr(dc_findings) findings = dc_findings_new();
	bool keep_raw = !c->keep_raw;
	g_autofree char *got = dc_text_decode(
		c->bytes, strlen(c->bytes), &c->hints, "subject", findings, &keep_raw);
	g_autofree char *said = codes(findings);

	g_assert_cmpstr(got, ==, c->want);
	g_assert_cmpstr(said, ==, c->findings);
	g_assert_cmpint(keep_raw, ==, c->keep_raw);
}

static void
test_nuls_are_told_by_offset(void)
{
	const struct dc_text_hints hints = {.column = "utf8"};
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autofree char *got = dc_text_decode("a\0b\0", 4, &hints, "text", findings, NULL);

	g_assert_cmpstr(got, ==, "ab");
	g_assert_cmpuint(dc_findings_count(findings), ==, 1);
	g_assert_cmpstr(dc_findings_at(findings, 0)->code, ==, "nul-removed");
	g_assert_cmpstr(dc_findings_at(findings, 0)->detail, ==, "2, at byte 1, 3");
}

static void
test_plain_keeps_nuls_and_knows_no_layers(void)
{
	gsize size = 0;
	g_autofree char *key = dc_text_decode_plain("a\0\xe5", 3, "latin1", &size);
	g_autofree char *twice = dc_text_decode_plain("Ã¥Ã¦", 8, "utf8", NULL);

	g_assert_cmpuint(size, ==, 4);
	g_assert_true(memcmp(key, "a\0å", 4) == 0);
	g_assert_cmpstr(twice, ==, "Ã¥Ã¦");
}

static dc_text_decision *
vote(const char *const *texts, const struct dc_text_hints *hints)
{
	g_autoptr(dc_text_vote) votes = dc_text_vote_new();

	for (gsize i = 0; texts[i] != NULL; i++)
		dc_text_vote_add(votes, texts[i], strlen(texts[i]), hints, "subject");
	return dc_text_vote_decide(votes);
}

static void
test_an_account_decides_single_letters(void)
{
	const struct dc_text_hints hints = {.column = "utf8"};
	static const char *const texts[] = {"blÃ¥", "grÃ¸t", "abc", NULL};
	g_autoptr(dc_text_decision) decision = vote(texts, &hints);
	g_autofree char *line = dc_text_decision_to_string(decision);
	const struct dc_text_hints decided = {.column = "utf8", .decision = decision};
	g_autofree char *got = dc_text_decode("blÃ¥", 7, &decided, "subject", NULL, NULL);
	g_autofree char *other = dc_text_decode("blÃ¥", 7, &decided, "text", NULL, NULL);

	g_assert_cmpstr(line, ==, "double=subject:1");
	g_assert_cmpstr(got, ==, "blå");
	g_assert_cmpstr(other, ==, "blÃ¥");
}

static void
test_one_proper_text_in_three_stops_the_vote(void)
{
	const struct dc_text_hints hints = {.column = "utf8"};
	static const char *const texts[] = {"blÃ¥", "grÃ¸t", "å", NULL};
	g_autoptr(dc_text_decision) decision = vote(texts, &hints);
	g_autofree char *line = dc_text_decision_to_string(decision);

	g_assert_cmpstr(line, ==, "");
}

static const char *const russian[] = {
	"Здравствуйте, уважаемые коллеги! Отправляю вам черновик письма.",
	"Завтра встреча переносится на четверг, пожалуйста подтвердите.",
	"Мы получили ваши документы и скоро на них ответим, спасибо.",
	"Поздравляю с днём рождения, желаю счастья и здоровья!", NULL};

static void
check_guess(const char *charset, const char *name, const char *declared)
{
	const struct dc_text_hints hints = {.column = declared};
	g_autoptr(GPtrArray) encoded = g_ptr_array_new_with_free_func(g_free);

	for (gsize i = 0; russian[i] != NULL; i++)
		g_ptr_array_add(
			encoded, g_convert(russian[i], -1, charset, "UTF-8", NULL, NULL, NULL));
	g_ptr_array_add(encoded, NULL);

	g_autoptr(dc_text_decision) decision = vote((const char *const *)encoded->pdata, &hints);
	g_autofree char *line = dc_text_decision_to_string(decision);
	g_autofree char *prefix = g_strdup_printf("charset=%s:", name);
	g_assert_true(g_str_has_prefix(line, prefix));

	const struct dc_text_hints decided = {.column = declared, .decision = decision};
	g_autoptr(dc_findings) findings = dc_findings_new();
	const char *first = encoded->pdata[0];
	g_autofree char *got =
		dc_text_decode(first, strlen(first), &decided, "subject", findings, NULL);
	g_assert_cmpstr(got, ==, russian[0]);
	g_assert_true(dc_findings_has(findings, DC_FINDING_CHARSET_GUESSED));
}

static void
test_an_account_tells_its_script(void)
{
	check_guess("KOI8-R", "koi8-r", NULL);
	check_guess("CP1251", "windows-1251", NULL);
	/* SQLite calls every text UTF-8 */
	check_guess("KOI8-R", "koi8-r", "utf8mb4");
}

static void
test_short_texts_are_not_guessed(void)
{
	const struct dc_text_hints hints = {.column = NULL};
	static const char *const texts[] = {"\xd0\xd2\xc9\xd7\xc5\xd4", NULL};
	g_autoptr(dc_text_decision) decision = vote(texts, &hints);
	g_autofree char *line = dc_text_decision_to_string(decision);

	g_assert_cmpstr(line, ==, "");
}

static void
test_a_text_that_does_not_fit_stops_the_guess(void)
{
	const struct dc_text_hints hints = {.column = NULL};
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (gsize i = 0; russian[i] != NULL; i++)
		g_ptr_array_add(
			texts, g_convert(russian[i], -1, "CP1251", "UTF-8", NULL, NULL, NULL));
	g_ptr_array_add(texts, g_strdup("\x98 is a hole of windows-1251"));
	g_ptr_array_add(texts, NULL);

	g_autoptr(dc_text_decision) decision = vote((const char *const *)texts->pdata, &hints);
	g_autofree char *line = dc_text_decision_to_string(decision);
	g_assert_cmpstr(line, ==, "");
}

static void
test_a_decision_survives_the_journal(void)
{
	static const char *const lines[] = {"", "charset=koi8-r:5321",
		"charset=cp932:300 double=subject:1 double=text:2", "double=to:1"};
	static const char *const bad[] = {"x", "charset=klingon:5", "double=subject:3",
		"double=subject", "double=SUBJECT:1", "double=:1", "charset=koi8-r:-1",
		"charset=koi8-r:99999999999999999999"};

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(dc_text_decision) decision = dc_text_decision_parse(lines[i]);
		g_assert_nonnull(decision);
		g_autofree char *again = dc_text_decision_to_string(decision);

		g_assert_cmpstr(again, ==, lines[i]);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_null(dc_text_decision_parse(bad[i]));
}

/* As an empty GBytes gives them. */
static void
test_no_bytes_may_be_null(void)
{
	const struct dc_text_hints hints = {.client = "utf8", .column = "latin1"};
	g_autoptr(dc_findings) findings = dc_findings_new();
	bool keep_raw = true;
	gsize size = 1;
	g_autofree char *text = dc_text_decode(NULL, 0, &hints, "text", findings, &keep_raw);
	g_autofree char *plain = dc_text_decode_plain(NULL, 0, NULL, &size);

	g_assert_cmpstr(text, ==, "");
	g_assert_false(keep_raw);
	g_assert_cmpuint(dc_findings_count(findings), ==, 0);
	g_assert_cmpstr(plain, ==, "");
	g_assert_cmpuint(size, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(decode_cases); i++) {
		g_autofree char *path = g_strdup_printf("/decode/%s", decode_cases[i].name);
		g_test_add_data_func(path, &decode_cases[i], test_decode);
	}
	g_test_add_func("/decode/NULs are told by offset", test_nuls_are_told_by_offset);
	g_test_add_func("/decode/no bytes may be NULL", test_no_bytes_may_be_null);
	g_test_add_func("/plain/it keeps NULs and knows no layers",
		test_plain_keeps_nuls_and_knows_no_layers);
	g_test_add_func(
		"/vote/an account decides single letters", test_an_account_decides_single_letters);
	g_test_add_func("/vote/one proper text in three stops it",
		test_one_proper_text_in_three_stops_the_vote);
	g_test_add_func("/vote/an account tells its script", test_an_account_tells_its_script);
	g_test_add_func("/vote/short texts are not guessed", test_short_texts_are_not_guessed);
	g_test_add_func("/vote/a text that does not fit stops the guess",
		test_a_text_that_does_not_fit_stops_the_guess);
	g_test_add_func(
		"/vote/a decision survives the journal", test_a_decision_survives_the_journal);
	return g_test_run();
}
