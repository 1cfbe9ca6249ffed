/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same bytes, always: each sample against its file in golden/, the codes of its findings beside it.
 * Run under several time zones and locales, and by several threads at once. With
 * DRAFTCONV_GOLDEN_UPDATE set it writes the files anew; the difference is then read like code.
 */
#include "lib/base/error.h"
#include "tests/message/oracle.h"
#include "tests/message/samples.h"

#include <locale.h>
#include <string.h>

#define THREADS 8
#define ROUNDS 20

static draftconv_message *
compose(const char *name)
{
	draftconv_draft *draft = sample_new(name);
	draftconv_message *message = NULL;

	g_assert_cmpint(draftconv_message_compose(draft, NULL, &message, NULL), ==, 0);
	/* a message needs its draft no more */
	draftconv_draft_free(draft);
	return message;
}

static char *
findings_text(const draftconv_message *message)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < draftconv_message_finding_count(message); i++) {
		const draftconv_finding *f = draftconv_message_finding(message, i);

		g_string_append_printf(text, "%s: %s: %s: %s\n",
			draftconv_severity_name(f->severity), f->code, f->field, f->detail);
	}
	return g_string_free(text, FALSE);
}

static void
compare_file(const char *name, const char *suffix, const void *data, gsize size)
{
	g_autofree char *file = g_strconcat(name, suffix, NULL);
	g_autofree char *path = g_build_filename(
		g_getenv("DRAFTCONV_SOURCE_ROOT"), "tests/message/golden", file, NULL);
	g_autofree char *want = NULL;
	gsize want_size = 0;

	if (g_getenv("DRAFTCONV_GOLDEN_UPDATE") != NULL)
		g_assert_true(g_file_set_contents(path, data, (gssize)size, NULL));
	g_assert_true(g_file_get_contents(path, &want, &want_size, NULL));
	g_assert_cmpuint(want_size, ==, size);
	g_assert_true(want_size == size && memcmp(want, data, size) == 0);
}

static void
test_sample(gconstpointer data)
{
	const char *name = data;
	g_autoptr(draftconv_message) message = compose(name);
	g_autofree char *findings = findings_text(message);
	const void *bytes = NULL;
	gsize size = 0;

	oracle_check(message);
	g_assert_cmpint(draftconv_message_bytes(message, &bytes, &size, NULL), ==, 0);
	compare_file(name, ".eml", bytes, size);
	compare_file(name, ".findings", findings, strlen(findings));
}

/* The digests of all samples, one after the other. */
static gpointer
digest_all(gpointer unused)
{
	GByteArray *all = g_byte_array_new();

	(void)unused;
	for (int round = 0; round < ROUNDS; round++) {
		for (const char *const *name = sample_names; *name != NULL; name++) {
			g_autoptr(draftconv_message) message = compose(*name);

			if (round == 0)
				g_byte_array_append(all, draftconv_message_digest(message), 32);
		}
	}
	return all;
}

static void
test_threads_write_the_same(void)
{
	g_autoptr(GByteArray) want = digest_all(NULL);
	GThread *threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		threads[i] = g_thread_new("compose", digest_all, NULL);
	for (int i = 0; i < THREADS; i++) {
		g_autoptr(GByteArray) got = g_thread_join(threads[i]);

		g_assert_cmpuint(got->len, ==, want->len);
		g_assert_true(memcmp(got->data, want->data, want->len) == 0);
	}
}

int
main(int argc, char **argv)
{
	/* what the environment asks for must not matter */
	setlocale(LC_ALL, "");
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (const char *const *name = sample_names; *name != NULL; name++) {
		g_autofree char *path = g_strdup_printf("/golden/%s", *name);
		g_test_add_data_func(path, *name, test_sample);
	}
	g_test_add_func("/golden/eight threads write the same", test_threads_write_the_same);
	return g_test_run();
}
