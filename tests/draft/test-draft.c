/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/draft.h"

#include "lib/base/error.h"
#include "lib/base/limits.h"

#include <string.h>

static void
test_a_field_is_kept_as_it_was_set(void)
{
	g_autoptr(draftconv_draft) draft = draftconv_draft_new();

	g_assert_null(draftconv_draft_field(draft, DRAFTCONV_FIELD_SUBJECT));
	g_assert_cmpint(draftconv_draft_set(draft, DRAFTCONV_FIELD_SUBJECT, "a\r\nb", NULL), ==, 0);
	g_assert_cmpstr(draftconv_draft_field(draft, DRAFTCONV_FIELD_SUBJECT), ==, "a\r\nb");
	g_assert_cmpint(draftconv_draft_set(draft, DRAFTCONV_FIELD_SUBJECT, NULL, NULL), ==, 0);
	g_assert_null(draftconv_draft_field(draft, DRAFTCONV_FIELD_SUBJECT));
}

static void
test_a_field_is_refused(gconstpointer data)
{
	static const struct {
		draftconv_field field;
		gsize length;
		int status;
	} cases[] = {
		{DRAFTCONV_FIELD_KEY, DC_KEY_MAX, 0},
		{DRAFTCONV_FIELD_KEY, DC_KEY_MAX + 1, DRAFTCONV_ERROR_DRAFT},
		{DRAFTCONV_FIELD_TO, DC_FIELD_MAX, 0},
		{DRAFTCONV_FIELD_TO, DC_FIELD_MAX + 1, DRAFTCONV_ERROR_DRAFT},
		{DRAFTCONV_FIELD_COUNT, 1, DRAFTCONV_ERROR_ARGUMENT},
		{(draftconv_field)-1, 1, DRAFTCONV_ERROR_ARGUMENT},
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(draftconv_draft) draft = draftconv_draft_new();
		g_autoptr(draftconv_error) error = NULL;
		g_autofree char *text = g_strnfill(cases[i].length, 'x');

		g_assert_cmpint(draftconv_draft_set(draft, cases[i].field, text, &error), ==,
			cases[i].status);
		g_assert_true((error == NULL) == (cases[i].status == 0));
	}
}

static void
test_bytes_that_are_no_utf8_are_refused(void)
{
	g_autoptr(draftconv_draft) draft = draftconv_draft_new();

	draftconv_draft_set(draft, DRAFTCONV_FIELD_TEXT, "old", NULL);
	g_assert_cmpint(draftconv_draft_set(draft, DRAFTCONV_FIELD_TEXT, "\xff", NULL), ==,
		DRAFTCONV_ERROR_ARGUMENT);
	g_assert_cmpstr(draftconv_draft_field(draft, DRAFTCONV_FIELD_TEXT), ==, "old");
	g_assert_cmpint(
		draftconv_draft_add_recipient(draft, DRAFTCONV_FIELD_TO, "\xc3", "a@x.test", NULL),
		==, DRAFTCONV_ERROR_ARGUMENT);
	g_assert_cmpint(draftconv_draft_add_header(draft, "X", "\xe2\x82", NULL), ==,
		DRAFTCONV_ERROR_ARGUMENT);
	const draftconv_attachment bad = {.struct_size = sizeof bad, .filename = "\x80"};
	g_assert_cmpint(
		draftconv_draft_add_attachment(draft, &bad, NULL), ==, DRAFTCONV_ERROR_ARGUMENT);
}

static void
test_every_field_has_a_name_and_is_found_by_it(void)
{
	for (unsigned i = 0; i < DRAFTCONV_FIELD_COUNT; i++) {
		const char *name = draftconv_field_name((draftconv_field)i);

		g_assert_nonnull(name);
		g_assert_cmpint(draftconv_field_by_name(name), ==, i);
	}
	g_assert_cmpint(draftconv_field_by_name("nothing"), ==, DRAFTCONV_FIELD_COUNT);
	g_assert_null(draftconv_field_name(DRAFTCONV_FIELD_COUNT));
}

static void
test_times_are_unknown_until_they_are_set(void)
{
	g_autoptr(draftconv_draft) draft = draftconv_draft_new();
	int64_t seconds = 7;
	int offset = 7;

	g_assert_false(draftconv_draft_modified(draft, &seconds, &offset));
	g_assert_cmpint(draftconv_draft_set_modified(draft, -5, 90, NULL), ==, 0);
	g_assert_true(draftconv_draft_modified(draft, &seconds, &offset));
	g_assert_cmpint(seconds, ==, -5);
	g_assert_cmpint(offset, ==, 90);
	g_assert_false(draftconv_draft_created(draft, &seconds, &offset));
	g_assert_cmpint(
		draftconv_draft_set_created(draft, 0, 1440, NULL), ==, DRAFTCONV_ERROR_ARGUMENT);
	g_assert_false(draftconv_draft_created(draft, &seconds, &offset));
}

static void
test_lists_keep_their_order(void)
{
	g_autoptr(draftconv_draft) draft = draftconv_draft_new();
	draftconv_field kind = DRAFTCONV_FIELD_COUNT;
	const char *name = NULL;
	const char *value = NULL;

	draftconv_draft_add_recipient(draft, DRAFTCONV_FIELD_CC, "Jo", "jo@x.test", NULL);
	draftconv_draft_add_recipient(draft, DRAFTCONV_FIELD_TO, NULL, "al@x.test", NULL);
	g_assert_cmpuint(draftconv_draft_recipient_count(draft), ==, 2);
	draftconv_draft_recipient(draft, 1, &kind, &name, &value);
	g_assert_cmpint(kind, ==, DRAFTCONV_FIELD_TO);
	g_assert_null(name);
	g_assert_cmpstr(value, ==, "al@x.test");
	g_assert_cmpint(
		draftconv_draft_add_recipient(draft, DRAFTCONV_FIELD_SUBJECT, "a", NULL, NULL), ==,
		DRAFTCONV_ERROR_ARGUMENT);

	draftconv_draft_add_owner_address(draft, "Me", "me@x.test", NULL);
	draftconv_draft_owner_address(draft, 0, &name, &value);
	g_assert_cmpstr(name, ==, "Me");
	draftconv_draft_owner_address(draft, 1, &name, &value);
	g_assert_null(name);
	draftconv_draft_add_header(draft, "Reply-To", "x@x.test", NULL);
	draftconv_draft_header(draft, 0, &name, &value);
	g_assert_cmpstr(value, ==, "x@x.test");
}

struct caller {
	int opened;
	int closed;
	int released;
	size_t left;
};

static int
caller_open(void *user, void **stream)
{
	struct caller *caller = user;

	caller->opened++;
	caller->left = 40000;
	*stream = caller;
	return 0;
}

static long
caller_read(void *stream, void *buffer, size_t size)
{
	struct caller *caller = stream;
	size_t count = MIN(size, caller->left);

	memset(buffer, 'x', count);
	caller->left -= count;
	return (long)count;
}

static void
caller_close(void *stream)
{
	((struct caller *)stream)->closed++;
}

static void
caller_release(void *user)
{
	((struct caller *)user)->released++;
}

static int
count_bytes(void *user, const void *data, size_t size)
{
	(void)data;
	*(size_t *)user += size;
	return 0;
}

static int
give_up(void *user, const void *data, size_t size)
{
	(void)data;
	(void)size;
	(void)user;
	return DRAFTCONV_ERROR_CANCELLED;
}

static void
test_an_attachment_is_read_through_functions(void)
{
	struct caller caller = {0};
	draftconv_draft *draft = draftconv_draft_new();
	const draftconv_attachment info = {.struct_size = sizeof info,
		.filename = "a.bin",
		.size = 40000,
		.open = caller_open,
		.read = caller_read,
		.close = caller_close,
		.release = caller_release,
		.user = &caller};
	size_t total = 0;

	g_assert_cmpint(draftconv_draft_add_attachment(draft, &info, NULL), ==, 0);
	for (int i = 0; i < 2; i++)
		g_assert_cmpint(
			draftconv_draft_attachment_read(draft, 0, count_bytes, &total, NULL), ==,
			0);
	g_assert_cmpuint(total, ==, 80000);
	g_assert_cmpint(draftconv_draft_attachment_read(draft, 0, give_up, NULL, NULL), ==,
		DRAFTCONV_ERROR_CANCELLED);
	g_assert_cmpuint(draftconv_draft_attachment(draft, 0)->size, ==, 40000);
	g_assert_cmpint(caller.released, ==, 0);
	draftconv_draft_free(draft);
	g_assert_cmpint(caller.opened, ==, 3);
	g_assert_cmpint(caller.closed, ==, 3);
	g_assert_cmpint(caller.released, ==, 1);
}

static void
test_a_missing_content_is_told_from_an_empty_one(void)
{
	g_autoptr(draftconv_draft) draft = draftconv_draft_new();
	const draftconv_attachment missing = {.struct_size = sizeof missing, .filename = "a"};
	const draftconv_attachment empty = {.struct_size = sizeof empty, .data = "", .size = 0};
	size_t total = 0;

	draftconv_draft_add_attachment(draft, &missing, NULL);
	draftconv_draft_add_attachment(draft, &empty, NULL);
	g_assert_cmpint(draftconv_draft_attachment_read(draft, 0, count_bytes, &total, NULL), ==,
		DRAFTCONV_ERROR_NOT_FOUND);
	g_assert_cmpint(
		draftconv_draft_attachment_read(draft, 1, count_bytes, &total, NULL), ==, 0);
	g_assert_cmpint(draftconv_draft_attachment_read(draft, 2, count_bytes, &total, NULL), ==,
		DRAFTCONV_ERROR_ARGUMENT);
	g_assert_null(draftconv_draft_attachment(draft, 2));
	g_assert_null(dc_draft_attachment_content(draft, 0));
	const draftconv_attachment none = {.filename = "no size"};
	g_assert_cmpint(
		draftconv_draft_add_attachment(draft, &none, NULL), ==, DRAFTCONV_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/draft/a field is kept as it was set", test_a_field_is_kept_as_it_was_set);
	g_test_add_data_func(
		"/draft/a field beyond its limit is refused", NULL, test_a_field_is_refused);
	g_test_add_func("/draft/bytes that are no UTF-8 are refused",
		test_bytes_that_are_no_utf8_are_refused);
	g_test_add_func("/draft/every field has a name and is found by it",
		test_every_field_has_a_name_and_is_found_by_it);
	g_test_add_func("/draft/times are unknown until they are set",
		test_times_are_unknown_until_they_are_set);
	g_test_add_func("/draft/lists keep their order", test_lists_keep_their_order);
	g_test_add_func("/draft/an attachment is read through functions, more than once",
		test_an_attachment_is_read_through_functions);
	g_test_add_func("/draft/a missing content is told from an empty one",
		test_a_missing_content_is_told_from_an_empty_one);
	return g_test_run();
}
