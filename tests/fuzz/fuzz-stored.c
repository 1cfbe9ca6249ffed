/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stored message, taken apart twice, gives the same draft; all of it is UTF-8, and no body is lost. */
#include "lib/draft/stored.h"
#include "lib/text/flowed.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static draftconv_draft *
take_apart(GBytes *message)
{
	g_autoptr(GPtrArray) originals = dc_originals_new();
	g_autoptr(draftconv_draft) draft = draftconv_draft_new();
	g_autoptr(dc_zone) zone = dc_zone_new("Europe/Oslo");
	struct dc_fill fill = {.draft = draft, .zone = zone, .originals = originals};

	if (dc_stored_read(&fill, message, NULL) < 0)
		return NULL;
	g_assert_cmpint(dc_fill_attach_originals(&fill, NULL), ==, 0);
	return g_steal_pointer(&draft);
}

static void
check_same(const draftconv_draft *a, const draftconv_draft *b)
{
	for (int f = 0; f < DRAFTCONV_FIELD_COUNT; f++)
		g_assert_cmpstr(draftconv_draft_field(a, (draftconv_field)f), ==,
			draftconv_draft_field(b, (draftconv_field)f));
	g_assert_cmpuint(draftconv_draft_header_count(a), ==, draftconv_draft_header_count(b));
	g_assert_cmpuint(
		draftconv_draft_attachment_count(a), ==, draftconv_draft_attachment_count(b));
	g_assert_cmpuint(draftconv_draft_finding_count(a), ==, draftconv_draft_finding_count(b));
}

/* What goes into a message as it is must be lines that a message may have. */
static void
check_sealed(const struct dc_sealed *sealed)
{
	gsize column = 0;

	if (sealed == NULL)
		return;
	for (const char *p = sealed->text; *p != '\0'; p++) {
		g_assert_true(*p != '\r' && (guchar)*p < 0x80);
		column = *p == '\n' ? 0 : column + 1;
		g_assert_cmpuint(column, <=, 998);
	}
	g_assert_true(g_str_has_suffix(sealed->text, "\n"));
	for (guint i = 0; i < sealed->parameter_count; i++)
		g_assert_null(strpbrk(sealed->values[i], "\"\\\r\n"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) message = g_bytes_new(data, size);
	g_autoptr(draftconv_draft) first = take_apart(message);
	g_autoptr(draftconv_draft) second = take_apart(message);

	g_assert_true((first == NULL) == (second == NULL));
	if (first != NULL)
		check_same(first, second);
	check_sealed(first == NULL ? NULL : dc_draft_sealed(first));

	g_autofree char *raw = g_strndup(size == 0 ? "" : (const char *)data, size);
	g_autofree char *value = g_utf8_make_valid(raw, -1);
	for (int addresses = 0; addresses < 2; addresses++) {
		g_autofree char *decoded = dc_stored_header(value, addresses == 1);

		g_autofree char *typed = dc_flowed_undo(value, addresses == 1);

		g_assert_true(g_utf8_validate(decoded, -1, NULL));
		g_assert_true(g_utf8_validate(typed, -1, NULL));
	}
	return 0;
}
