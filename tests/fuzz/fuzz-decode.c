/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first line names sets and options; the rest is decoded: always valid UTF-8, twice the same. */
#include "lib/text/charset.h"
#include "lib/text/decode.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_decode(const uint8_t *data, size_t size, const struct dc_text_hints *hints)
{
	g_autoptr(dc_findings) findings = dc_findings_new();
	bool keep_raw = false;
	g_autofree char *first = dc_text_decode(data, size, hints, "subject", findings, &keep_raw);
	g_autofree char *second = dc_text_decode(data, size, hints, "subject", NULL, NULL);
	gsize plain_size = 0;
	g_autofree char *plain = dc_text_decode_plain(data, size, hints->column, &plain_size);

	g_assert_true(g_utf8_validate(first, -1, NULL));
	g_assert_cmpstr(first, ==, second);
	g_assert_cmpint(keep_raw, ==, dc_findings_has(findings, DC_FINDING_UNDECODABLE));
	struct dc_utf8_check check;
	g_assert_true(dc_utf8_check(plain, plain_size, &check));
}

static void
check_vote(const uint8_t *data, size_t size, struct dc_text_hints hints)
{
	g_autoptr(dc_text_vote) vote = dc_text_vote_new();

	for (size_t at = 0; at < size; at += 40)
		dc_text_vote_add(vote, data + at, MIN(size - at, 40), &hints, "subject");

	g_autoptr(dc_text_decision) decision = dc_text_vote_decide(vote);
	g_autofree char *line = dc_text_decision_to_string(decision);
	g_autoptr(dc_text_decision) again = dc_text_decision_parse(line);
	g_assert_nonnull(again);
	hints.decision = again;
	check_decode(data, size, &hints);
}

/* What is undone is done again by decoding it as its column's. */
static void
check_undo(const uint8_t *data, size_t size, const struct dc_text_hints *hints)
{
	g_autoptr(GBytes) undone = dc_charset_undo(hints->client, hints->column, data, size);
	const dc_charset *client = dc_charset_lookup(hints->client);

	if (undone == NULL || !dc_charset_is_utf8(client))
		return;

	gsize undone_size;
	const void *bytes = g_bytes_get_data(undone, &undone_size);
	g_autoptr(GString) text = g_string_new(NULL);
	const dc_charset *column = dc_charset_lookup(hints->column);
	if (strcmp(dc_charset_name(column), "windows-1252") != 0)
		return;
	dc_cp1252_decode(bytes, undone_size, text);
	g_assert_cmpuint(text->len, ==, size);
	g_assert_true(memcmp(text->str, data, size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);

	if (end == NULL)
		return 0;

	g_autofree char *line = g_strndup((const char *)data, (gsize)(end - data));
	g_auto(GStrv) names = g_strsplit(line, ",", 6);
	const guint count = g_strv_length(names);
	struct dc_text_hints hints = {
		.client = count > 0 ? names[0] : NULL,
		.column = count > 1 ? names[1] : NULL,
		.row = count > 2 ? names[2] : NULL,
		.fallback = count > 3 ? names[3] : NULL,
		.form = count > 4 ? names[4] : NULL,
	};
	g_autoptr(dc_text_decision) decision = count > 5 ? dc_text_decision_parse(names[5]) : NULL;
	hints.decision = decision;

	const gsize rest = size - (gsize)(end + 1 - data);
	check_decode(end + 1, rest, &hints);
	check_vote(end + 1, rest, hints);
	check_undo(end + 1, rest, &hints);
	return 0;
}
