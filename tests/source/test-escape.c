/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where strings end: the fast search against the byte loop, and what escapes mean. */
#include "lib/source/escape.h"
#include "lib/source/literal.h"

#include <string.h>

/* Texts of few letters, so that every run of quotes, backslashes and lead bytes comes up. */
static void
fill(GRand *rand, guint8 *data, gsize size)
{
	static const guint8 letters[] = {'\\', '\\', '\'', '"', 'a', 'n', 0x95, 0x5c, 0x81, 0};
	const gint32 kinds = g_rand_int_range(rand, 2, G_N_ELEMENTS(letters) + 1);
	const gint32 rarity = g_rand_int_range(rand, 1, 40);

	for (gsize i = 0; i < size; i++)
		data[i] = g_rand_int_range(rand, 0, rarity) == 0
				  ? letters[g_rand_int_range(rand, 0, kinds)]
				  : 'x';
}

static void
test_same_as_bytewise(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	guint8 data[400];

	for (int round = 0; round < 20000; round++) {
		const gsize size = (gsize)g_rand_int_range(rand, 0, sizeof data);
		struct dc_quote_scan fast = {.quote = '\'',
			.backslash = g_rand_int_range(rand, 0, 8) != 0,
			.family = (enum dc_escape_family)(round % 8 == 0 ? round / 8 % 4 : 0)};
		struct dc_quote_scan slow = fast;

		fill(rand, data, size);
		for (gsize at = 0; at < size;) {
			const gsize part =
				(gsize)g_rand_int_range(rand, 1, (gint32)(size - at) + 1);
			bool fast_closed = false;
			bool slow_closed = false;
			gsize taken = dc_quote_find(&fast, data + at, part, &fast_closed);

			g_assert_cmpuint(taken, ==,
				dc_quote_find_bytewise(&slow, data + at, part, &slow_closed));
			g_assert_true(fast_closed == slow_closed);
			g_assert_true(fast.escaped == slow.escaped);
			at += taken;
		}
	}
}

static const struct literal_case {
	const char *name;
	guint32 flavour;
	const char *literal;
	gssize size; /* of the literal proper; -1: BAD */
	const char *want;
} literal_cases[] = {
	{"a plain string", 0, "'abc',", 5, "abc"},
	{"an empty string", 0, "''", 2, ""},
	{"doubled quotes", 0, "'a''b'", 6, "a'b"},
	{"adjacent strings", 0, "'a' \n 'b' ,", 9, "ab"},
	{"an introducer", 0, "_latin1 'x'", 11, "x"},
	{"an introducer of hexadecimal", 0, "_binary 0x4142)", 14, "AB"},
	{"national", 0, "N'x'", 4, "x"},
	{"hexadecimal in quotes", 0, "x'4142'", 7, "AB"},
	{"hexadecimal, empty", 0, "0x,", 2, ""},
	{"odd digits", 0, "0x123,", -1, NULL},
	{"wrong digits", 0, "x'4g'", -1, NULL},
	{"bits", 0, "b'100000001000010'", 18, "@B"},
	{"a string that is not closed", 0, "'abc\\'", -1, NULL},
	{"no literal", 0, "abc", -1, NULL},
	{"nothing", 0, "", -1, NULL},
	{"no backslashes", DC_FLAVOUR_NO_BACKSLASH, "'a\\'", 4, "a\\"},
	{"sjis", DC_ESCAPE_SJIS, "'\x95\x5c'", 4, "\x95\x5c"},
	{"XML text", DC_FLAVOUR_XML, "a&lt;&amp;&gt;&quot;&#65;&#x42;&apos;&bad; &<", 44,
		"a<&>\"AB'&bad; &"},
	{"XML hexadecimal", DC_FLAVOUR_XML_HEX, "4142<", 4, "AB"},
	{"XML hexadecimal, odd", DC_FLAVOUR_XML_HEX, "414<", -1, NULL},
};

/* Through the machine in pieces of PART bytes. */
static gssize
run_machine(const struct literal_case *c, gsize part, GString *out, bool collect)
{
	struct dc_literal_machine machine;
	enum dc_literal_result result = DC_LITERAL_MORE;
	const gsize size = strlen(c->literal);
	guint8 buffer[24];
	gsize at = 0;

	dc_literal_init(&machine, c->flavour);
	while (result == DC_LITERAL_MORE && at < size) {
		gsize used = 0;
		gsize made = 0;

		result = dc_literal_step(&machine, (const guint8 *)c->literal + at,
			MIN(part, size - at), &used, collect ? buffer : NULL, sizeof buffer, &made);
		g_string_append_len(out, (const char *)buffer, (gssize)made);
		at += used;
	}
	if (result == DC_LITERAL_MORE)
		result = dc_literal_finish(&machine);
	return result == DC_LITERAL_END ? (gssize)machine.length : -1;
}

static void
test_literal(gconstpointer data)
{
	const struct literal_case *c = data;

	for (gsize part = 1; part < 40; part++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_autoptr(GString) none = g_string_new(NULL);

		g_assert_cmpint(run_machine(c, part, out, true), ==, c->size);
		g_assert_cmpint(run_machine(c, part, none, false), ==, c->size);
		g_assert_cmpuint(none->len, ==, 0);
		if (c->want != NULL)
			g_assert_cmpstr(out->str, ==, c->want);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/source/escape/the fast search finds what the byte loop finds",
		test_same_as_bytewise);
	for (gsize i = 0; i < G_N_ELEMENTS(literal_cases); i++) {
		g_autofree char *path =
			g_strdup_printf("/source/literal/%s", literal_cases[i].name);

		g_test_add_data_func(path, &literal_cases[i], test_literal);
	}
	return g_test_run();
}
