/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges lie inside, taking declarations out twice changes nothing more, and words are valid UTF-8. */
#include "lib/text/html.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_references(const char *html)
{
	g_autoptr(GArray) references = dc_html_references(html);
	gsize at = 0;
	g_autofree char **urls = g_new0(char *, references->len + 1);

	for (guint i = 0; i < references->len; i++) {
		const struct dc_html_reference *r =
			&g_array_index(references, struct dc_html_reference, i);

		g_assert_cmpuint(r->start, >=, at);
		g_assert_cmpuint(r->start + r->length, <=, strlen(html));
		at = r->start + r->length;
		g_assert_true(g_utf8_validate(r->url, -1, NULL));

		char *type = NULL;
		GBytes *bytes = NULL;
		if (dc_html_data_url(r->url, &type, &bytes)) {
			g_free(type);
			g_bytes_unref(bytes);
		}
	}

	g_autofree char *same = dc_html_replace(html, references, urls);
	g_assert_cmpstr(same, ==, html);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *raw = g_strndup(size == 0 ? "" : (const char *)data, size);
	g_autofree char *html = g_utf8_make_valid(raw, -1);
	bool removed = false;
	g_autofree char *once = dc_html_without_charset(html, &removed);
	g_autofree char *twice = dc_html_without_charset(once, NULL);
	g_autofree char *words = dc_html_words(html);
	g_autofree char *readable = dc_html_readable(html);

	g_assert_cmpstr(once, ==, twice);
	if (!removed)
		g_assert_cmpstr(once, ==, html);
	g_assert_true(g_utf8_validate(words, -1, NULL));
	g_assert_true(g_utf8_validate(readable, -1, NULL));
	check_references(html);
	dc_html_is_active(html);
	dc_html_is_document(html);
	return 0;
}
