/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The encoder of header values: one field comes out, in short lines of ASCII, and a reader that is not
 * ours decodes what went in, less control characters.
 */
#include "lib/base/init.h"
#include "lib/message/files.h"
#include "lib/message/header.h"

#include <gmime/gmime.h>

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_lines(const char *name, const char *raw)
{
	gsize column = strlen(name) + 1;

	g_assert_cmpint(raw[0], ==, ' ');
	g_assert_true(g_str_has_suffix(raw, "\n"));
	for (const char *p = raw; *p != '\0'; p++) {
		g_assert_true(*p == '\n' || (*p >= 0x20 && *p < 0x7f));
		g_assert_true(*p != '\n' || p[1] == ' ' || p[1] == '\0');
		column = *p == '\n' ? 0 : column + 1;
		g_assert_cmpuint(column, <=, 998);
	}
}

static void
check_text(const char *text, const char *clean)
{
	g_autofree char *raw = dc_header_text("Subject", text);
	g_auto(GStrv) lines = g_strsplit(raw, "\n", -1);
	g_autofree char *unfolded = g_strjoinv("", lines);
	g_autofree char *decoded = g_mime_utils_header_decode_text(NULL, unfolded + 1);

	check_lines("Subject", raw);
	g_assert_cmpstr(decoded, ==, clean);
}

static void
check_parameters(const char *text)
{
	g_autofree char *name = dc_file_name(text, "text/plain", 0);
	const struct dc_parameter both[] = {
		{"name", name, DC_PARAMETER_WORDS}, {"filename", name, DC_PARAMETER_EXTENDED}};
	g_autofree char *raw =
		dc_header_parameters("Content-Type", "text/plain", both, G_N_ELEMENTS(both));
	GMimeContentType *type = g_mime_content_type_parse(NULL, raw);

	check_lines("Content-Type", raw);
	g_assert_cmpuint(strlen(name), >, 0);
	g_assert_null(strpbrk(name, "/\\\r\n"));
	g_assert_cmpint(name[0], !=, '.');
	g_assert_cmpstr(g_mime_content_type_get_parameter(type, "filename"), ==, name);
	g_assert_cmpstr(g_mime_content_type_get_parameter(type, "name"), ==, name);
	g_object_unref(type);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *bytes = g_strndup((const char *)data, size);
	g_autofree char *text = g_utf8_make_valid(bytes, -1);
	g_autofree char *clean = dc_header_clean(text, NULL);

	dc_init();
	check_text(text, clean);
	check_parameters(text);
	return 0;
}
