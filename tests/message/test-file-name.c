/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of attached files, as three fields of a part tell them. */
#include "lib/base/limits.h"
#include "tests/message/drafts.h"
#include "tests/message/oracle.h"

#include <string.h>

static const struct name_case {
	const char *name;
	const char *stored;
	guint times;
	const char *want; /* NULL: as stored */
} names[] = {
	{"umlauts stay",
		"bl\xc3\xa5"
		"b\xc3\xa6r.pdf",
		1, NULL},
	{"two hundred CJK letters stay", "\xe5\xb1\xb1", 200, NULL},
	{"quotes stay", "a \"b\" c.pdf", 1, NULL},
	{"a Windows path goes", "C:\\Mine dokumenter\\kart.gif", 1, "kart.gif"},
	{"a path upwards goes", "../../x", 1, "x"},
	{"leading dots go", "..hidden", 1, "hidden"},
	{"direction characters go", "a\xe2\x80\xaegpj.exe", 1, "agpj.exe"},
	{"control characters go", "a\r\n\tb\x01.txt", 1, "ab.txt"},
	{"nothing is a name of its own", "", 1, "attachment-1.pdf"},
	{"dots alone are nothing", "...", 1, "attachment-1.pdf"},
	{"a slash at the end goes", "dir/", 1, "dir"},
	{"a typed encoded word is text", "=?utf-8?q?x?=.pdf", 1, NULL},
	{"emoji stay", "\xf0\x9f\x98\x80.pdf", 1, NULL},
};

static void
test_name(gconstpointer data)
{
	const struct name_case *c = data;
	g_autoptr(draftconv_draft) draft = drafts_new();
	g_autoptr(GString) stored = g_string_new(NULL);

	for (guint i = 0; i < c->times; i++)
		g_string_append(stored, c->stored);
	const struct drafts_file file = {stored->str, "application/pdf", NULL, NULL, "x", NULL};
	drafts_add_file(draft, &file);
	g_autoptr(draftconv_message) message = drafts_compose(draft);
	oracle_check(message);

	const char *want = c->want != NULL ? c->want : stored->str;
	GMimePart *part = oracle_leaf_part(message, 1);
	GMimeContentDisposition *disposition =
		g_mime_object_get_content_disposition(GMIME_OBJECT(part));
	g_assert_cmpstr(
		g_mime_content_disposition_get_parameter(disposition, "filename"), ==, want);
	/* GMime decodes the parameters of a parsed part twice, so its header is parsed by hand */
	GMimeHeader *header = g_mime_header_list_get_header(
		g_mime_object_get_header_list(GMIME_OBJECT(part)), "Content-Type");
	GMimeContentType *type =
		g_mime_content_type_parse(NULL, g_mime_header_get_raw_value(header));
	g_assert_cmpstr(g_mime_content_type_get_parameter(type, "name"), ==, want);
	g_object_unref(type);
	g_assert_cmpstr(g_mime_part_get_content_description(part), ==, want);
	g_object_unref(part);
}

static void
test_a_long_name_keeps_its_extension(void)
{
	g_autoptr(draftconv_draft) draft = drafts_new();
	g_autofree char *letters = g_strnfill(2000, 'x');
	g_autofree char *name = g_strconcat(letters, ".pdf", NULL);
	const struct drafts_file file = {name, "application/pdf", NULL, NULL, "x", NULL};

	drafts_add_file(draft, &file);
	g_autoptr(draftconv_message) message = drafts_compose(draft);
	oracle_check(message);
	GMimePart *part = oracle_leaf_part(message, 1);
	const char *got = g_mime_part_get_filename(part);
	g_assert_cmpuint(strlen(got), ==, DC_FILE_NAME_LETTERS_MAX);
	g_assert_true(g_str_has_suffix(got, "x.pdf"));
	g_object_unref(part);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_strdup_printf("/name/%s", names[i].name);
		g_test_add_data_func(path, &names[i], test_name);
	}
	g_test_add_func(
		"/name/a long one keeps its extension", test_a_long_name_keeps_its_extension);
	return g_test_run();
}
