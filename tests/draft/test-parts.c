/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reading a draft is made of: files below a directory, chains, digests, words, stored headers. */
#include "lib/draft/chain.h"
#include "lib/draft/digest.h"
#include "lib/draft/folder.h"
#include "lib/draft/stored.h"
#include "lib/draft/words.h"

#include <glib/gstdio.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static dc_content *
content_of(const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	return dc_content_new_bytes(bytes);
}

static char *
text_of(dc_content *content)
{
	g_autoptr(GBytes) bytes = NULL;
	gsize size;

	g_assert_cmpint(dc_content_load(content, 1000, &bytes, NULL), ==, 0);
	const char *data = g_bytes_get_data(bytes, &size);
	return g_strndup(size == 0 ? "" : data, size);
}

/* ---- files ---- */

static const struct folder_case {
	const char *name;
	const char *path;
	const char *want; /* NULL: refused */
} folder_cases[] = {
	{"a file", "a.txt", "in"},
	{"a file deeper down", "sub/b.txt", "deep"},
	{"a path with dots and doubled slashes", "./sub//./b.txt", "deep"},
	{"a path that leaves", "../secret.txt", NULL},
	{"a path that leaves and comes back", "sub/../a.txt", NULL},
	{"an absolute path", "/etc/passwd", NULL},
	{"a link to a file", "link.txt", NULL},
	{"a link to a directory", "linkdir/secret.txt", NULL},
	{"a directory", "sub", NULL},
	{"the directory itself", ".", NULL},
	{"a slash behind it", "a.txt/", NULL},
	{"a pipe, without waiting for it", "pipe", NULL},
	{"nothing", "", NULL},
	{"what is not there", "c.txt", NULL},
};

static void
make_folder(const char *root)
{
	g_autofree char *folder = g_build_filename(root, "files", NULL);
	g_autofree char *sub = g_build_filename(folder, "sub", NULL);
	g_autofree char *a = g_build_filename(folder, "a.txt", NULL);
	g_autofree char *b = g_build_filename(sub, "b.txt", NULL);
	g_autofree char *link = g_build_filename(folder, "link.txt", NULL);
	g_autofree char *link_dir = g_build_filename(folder, "linkdir", NULL);
	g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
	g_autofree char *secret = g_build_filename(root, "secret.txt", NULL);

	g_assert_cmpint(g_mkdir_with_parents(sub, 0700), ==, 0);
	g_assert_true(g_file_set_contents(a, "in", 2, NULL));
	g_assert_true(g_file_set_contents(b, "deep", 4, NULL));
	g_assert_true(g_file_set_contents(secret, "secret", 6, NULL));
	g_assert_cmpint(symlink("../secret.txt", link), ==, 0);
	g_assert_cmpint(symlink("..", link_dir), ==, 0);
	g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
}

static void
remove_folder(const char *root)
{
	static const char *const names[] = {"files/sub/b.txt", "files/a.txt", "files/link.txt",
		"files/linkdir", "files/pipe", "secret.txt", "files/sub", "files", "."};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(root, names[i], NULL);

		g_remove(path);
	}
	g_rmdir(root);
}

static void
test_folder(gconstpointer data)
{
	const struct folder_case *c = data;
	g_autofree char *root = g_dir_make_tmp("draftconv-test-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(root, "files", NULL);
	g_autoptr(dc_folder) folder = NULL;
	g_autoptr(dc_content) content = NULL;

	make_folder(root);
	g_assert_cmpint(dc_folder_open(path, &folder, NULL), ==, 0);
	const int status = dc_folder_file(folder, c->path, strlen(c->path), &content, NULL);
	g_assert_cmpint(status, ==, c->want == NULL ? DRAFTCONV_ERROR_DRAFT : 0);
	if (content != NULL) {
		g_autofree char *got = text_of(content);

		g_assert_cmpstr(got, ==, c->want);
		g_assert_cmpint(dc_content_size(content), ==, (gint64)strlen(c->want));
	}
	remove_folder(root);
}

static void
test_a_folder_must_be_there(void)
{
	dc_folder *folder = NULL;
	g_autoptr(draftconv_error) error = NULL;

	g_assert_cmpint(
		dc_folder_open("/nowhere/at/all", &folder, &error), ==, DRAFTCONV_ERROR_NOT_FOUND);
	g_assert_null(folder);
}

/* ---- chains and digests ---- */

static void
test_a_chain_is_read_as_one(void)
{
	GPtrArray *links = g_ptr_array_new_with_free_func((GDestroyNotify)dc_content_unref);

	g_ptr_array_add(links, content_of("one "));
	g_ptr_array_add(links, content_of(""));
	g_ptr_array_add(links, content_of("two"));

	g_autoptr(dc_content) chain = dc_chain_new(links);
	for (int i = 0; i < 2; i++) {
		g_autofree char *got = text_of(chain);

		g_assert_cmpstr(got, ==, "one two");
	}
	g_assert_cmpint(dc_content_size(chain), ==, 7);

	g_autoptr(dc_content) empty = dc_chain_new(g_ptr_array_new());
	g_autofree char *nothing = text_of(empty);
	g_assert_cmpstr(nothing, ==, "");
}

/* Values joined by '|', "-" for NULL; each under the name "n". */
static void
digest_of(const char *values, bool as_content, guint8 result[DC_DIGEST_SIZE])
{
	g_autoptr(dc_digest) digest = dc_digest_new();
	g_auto(GStrv) list = g_strsplit(values, "|", -1);

	for (gsize i = 0; list[i] != NULL; i++) {
		dc_digest_name(digest, "n");
		if (strcmp(list[i], "-") == 0) {
			dc_digest_bytes(digest, NULL, 0);
		} else if (as_content) {
			g_autoptr(dc_content) content = content_of(list[i]);

			g_assert_cmpint(dc_digest_content(digest, content, NULL), ==, 0);
		} else {
			dc_digest_bytes(digest, list[i], strlen(list[i]));
		}
	}
	dc_digest_finish(digest, result);
}

static void
test_rows_that_differ_have_other_digests(void)
{
	static const char *const rows[] = {
		"", "-", "a", "a|b", "ab", "|ab", "ab|", "a|-", "-|a", "na", "n|a", "v", "a|b|c"};
	guint8 digests[G_N_ELEMENTS(rows)][DC_DIGEST_SIZE];

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint8 streamed[DC_DIGEST_SIZE];

		digest_of(rows[i], false, digests[i]);
		digest_of(rows[i], true, streamed);
		g_assert_true(memcmp(digests[i], streamed, DC_DIGEST_SIZE) == 0);
		for (gsize k = 0; k < i; k++)
			g_assert_false(memcmp(digests[i], digests[k], DC_DIGEST_SIZE) == 0);
	}
}

/* ---- words ---- */

static void
test_priorities(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {{"1", 1}, {"5", 5}, {"0", 0}, {"6", 0}, {"10", 0}, {"1 (Highest)", 1},
		{" High ", 2}, {"urgent", 1}, {"normal", 3}, {"LOW", 4}, {"", 0}, {"-1", 0},
		{"1.5", 0}, {"soon", 0}};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(dc_words_priority(cases[i].text), ==, cases[i].want);
}

static void
test_truths(void)
{
	static const char *const yes[] = {"1", "-1", "yes", "Y", "true", "on", "\x01", "x@y.test"};
	static const char *const no[] = {"", "0", "00", "0.0", "no", "N", "FALSE", "off", "none"};

	for (gsize i = 0; i < G_N_ELEMENTS(yes); i++)
		g_assert_true(dc_words_truth(yes[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(no); i++)
		g_assert_false(dc_words_truth(no[i]));
}

static void
test_body_types(void)
{
	static const char *const html[] = {
		"html", "HTML", "text/html", "text/html; charset=x", "1"};
	static const char *const text[] = {"", "text", "plain", "text/plain", "0", "no"};

	for (gsize i = 0; i < G_N_ELEMENTS(html); i++)
		g_assert_true(dc_words_html(html[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(text); i++)
		g_assert_false(dc_words_html(text[i]));
}

static void
test_kinds(void)
{
	g_assert_cmpint(dc_words_kind("To"), ==, DRAFTCONV_FIELD_TO);
	g_assert_cmpint(dc_words_kind(" BCC "), ==, DRAFTCONV_FIELD_BCC);
	g_assert_cmpint(dc_words_kind("reply-to"), ==, DRAFTCONV_FIELD_REPLY_TO);
	g_assert_cmpint(dc_words_kind("reply_to"), ==, DRAFTCONV_FIELD_REPLY_TO);
	g_assert_cmpint(dc_words_kind("subject"), ==, DRAFTCONV_FIELD_COUNT);
	g_assert_cmpint(dc_words_kind(""), ==, DRAFTCONV_FIELD_COUNT);
}

/* ---- header values of a stored message ---- */

static const struct header_case {
	const char *name;
	const char *value;
	bool is_addresses;
	const char *want;
} header_cases[] = {
	{"plain text stays", "hello", false, "hello"},
	{"a folded line is one", " a\r\n b\n\tc\r\n", false, "a b\tc"},
	{"encoded words are decoded", "=?iso-8859-1?Q?bl=E5b=E6r?= x", false, "blåbær x"},
	{"encoded words side by side are one text", "=?utf-8?B?YmzD?= =?utf-8?B?pWLDpnI=?=", false,
		"blåbær"},
	{"a decoded comma parts no address", "=?utf-8?Q?Hansen=2C_Kari?= <k@x.test>", true,
		"\"Hansen, Kari\" <k@x.test>"},
	{"a decoded quote is escaped", "=?utf-8?Q?a=22b?= <k@x.test>", true,
		"\"a\\\"b\" <k@x.test>"},
	{"an encoded word within quotes stays within", "\"=?utf-8?Q?K=C3=A5re?=\" <k@x.test>", true,
		"\"Kåre\" <k@x.test>"},
	{"what is no encoded word stays", "=?x?= =? =?utf-8?Q?open", false,
		"=?x?= =? =?utf-8?Q?open"},
	{"nothing is nothing", " \r\n", false, ""},
};

static void
test_header(gconstpointer data)
{
	const struct header_case *c = data;
	g_autofree char *got = dc_stored_header(c->value, c->is_addresses);

	g_assert_cmpstr(got, ==, c->want);
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
	ADD_CASES(folder_cases, "/folder", test_folder);
	ADD_CASES(header_cases, "/header", test_header);
	g_test_add_func("/folder/it must be there", test_a_folder_must_be_there);
	g_test_add_func("/chain/it is read as one", test_a_chain_is_read_as_one);
	g_test_add_func("/digest/rows that differ have other digests",
		test_rows_that_differ_have_other_digests);
	g_test_add_func("/words/priorities", test_priorities);
	g_test_add_func("/words/truths", test_truths);
	g_test_add_func("/words/body types", test_body_types);
	g_test_add_func("/words/kinds of recipients", test_kinds);
	return g_test_run();
}
