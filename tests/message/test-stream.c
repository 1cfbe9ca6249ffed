/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attachments that are longer than memory, that fail, and that change behind our back. */
#include "lib/base/error.h"
#include "lib/draft/draft.h"
#include "lib/message/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A content that is made up while it is read. */
struct made_up {
	dc_content parent;
	guint64 size;
	guint64 fails_at; /* G_MAXUINT64: never */
	int opened;
	int changes_at; /* the opening from which on it is one byte longer; 0: never */
};

struct made_up_reader {
	dc_reader parent;
	const struct made_up *content;
	guint64 offset;
	guint64 size;
};

static gssize
made_up_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	struct made_up_reader *self = (struct made_up_reader *)reader;
	guint64 left = self->size - self->offset;
	gsize count = MIN(size, left);

	if (self->offset + count > self->content->fails_at)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "cut at the attachment");
	memset(buffer, (int)(self->offset >> 12 & 0xff), count);
	self->offset += count;
	return (gssize)count;
}

static void
made_up_reader_free(dc_reader *reader)
{
	g_free(reader);
}

static int
made_up_open(dc_content *content, dc_reader **reader, draftconv_error **error)
{
	static const struct dc_reader_class class = {made_up_read, made_up_reader_free};
	struct made_up *self = (struct made_up *)content;
	struct made_up_reader *result = g_new0(struct made_up_reader, 1);

	(void)error;
	self->opened++;
	result->parent.class = &class;
	result->content = self;
	result->size =
		self->size + (self->changes_at > 0 && self->opened >= self->changes_at ? 1 : 0);
	*reader = &result->parent;
	return 0;
}

static gint64
made_up_size(const dc_content *content)
{
	return (gint64)((const struct made_up *)content)->size;
}

static void
made_up_free(dc_content *content)
{
	g_free(content);
}

static struct made_up *
made_up_new(guint64 size)
{
	static const struct dc_content_class class = {made_up_open, made_up_size, made_up_free};
	struct made_up *self = g_new0(struct made_up, 1);

	dc_content_init(&self->parent, &class);
	self->size = size;
	self->fails_at = G_MAXUINT64;
	return self;
}

static draftconv_draft *
draft_with(struct made_up *content)
{
	draftconv_draft *draft = draftconv_draft_new();
	const draftconv_attachment info = {.filename = "big.bin"};

	draftconv_draft_set(draft, DRAFTCONV_FIELD_KEY, "1", NULL);
	draftconv_draft_set(draft, DRAFTCONV_FIELD_OWNER, "al@x.example", NULL);
	g_assert_cmpint(dc_draft_add_attachment(draft, &info, &content->parent, NULL), ==, 0);
	dc_content_unref(&content->parent);
	return draft;
}

static int
count_bytes(void *user, const void *data, size_t size)
{
	(void)data;
	*(guint64 *)user += size;
	return 0;
}

static int
give_up(void *user, const void *data, size_t size)
{
	(void)data;
	*(guint64 *)user += size;
	return *(guint64 *)user > 5000 ? DRAFTCONV_ERROR_OUTPUT : 0;
}

/* Peak of the resident memory in KiB. */
static guint64
peak_kib(void)
{
	g_autofree char *status = NULL;
	const char *line = NULL;

	if (g_file_get_contents("/proc/self/status", &status, NULL, NULL))
		line = strstr(status, "VmHWM:");
	return line == NULL ? 0 : g_ascii_strtoull(line + 6, NULL, 10);
}

static void
test_a_long_attachment_is_not_held(void)
{
	const guint64 size = g_getenv("DRAFTCONV_LONG") != NULL ? 500 << 20 : 64 << 20;
	g_autoptr(draftconv_draft) draft = draft_with(made_up_new(size));
	draftconv_message *message = NULL;
	guint64 written = 0;
	guint64 before = peak_kib();

	g_assert_cmpint(draftconv_message_compose(draft, NULL, &message, NULL), ==, 0);
	g_assert_cmpint(draftconv_message_write(message, count_bytes, &written, NULL), ==, 0);
	g_assert_cmpuint(written, ==, draftconv_message_size(message));
	g_assert_cmpuint(written, >, size / 3 * 4);
	if (written > 64 << 20) {
		const void *data = NULL;
		size_t length = 0;

		g_assert_cmpint(draftconv_message_bytes(message, &data, &length, NULL), ==,
			DRAFTCONV_ERROR_ARGUMENT);
	}
	g_test_message("peak grew by %" G_GUINT64_FORMAT " KiB", peak_kib() - before);
#ifndef __SANITIZE_ADDRESS__
	g_assert_cmpuint(peak_kib() - before, <, 4096);
#endif
	draftconv_message_free(message);
}

static void
test_a_content_that_fails_ends_the_composing(void)
{
	static const guint64 places[] = {0, 1, 4095, 4096, 99999};

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		struct made_up *content = made_up_new(100000);
		content->fails_at = places[i];
		g_autoptr(draftconv_draft) draft = draft_with(content);
		g_autoptr(draftconv_error) error = NULL;
		draftconv_message *message = NULL;

		g_assert_cmpint(draftconv_message_compose(draft, NULL, &message, &error), ==,
			DRAFTCONV_ERROR_DAMAGED);
		g_assert_null(message);
		g_assert_nonnull(strstr(draftconv_error_message(error), "cut at the attachment"));
	}
}

static void
test_a_content_that_changes_is_noticed(void)
{
	struct made_up *content = made_up_new(100000);
	content->changes_at = 2;
	g_autoptr(draftconv_draft) draft = draft_with(content);
	g_autoptr(draftconv_message) message = NULL;
	g_autoptr(draftconv_error) error = NULL;
	guint64 written = 0;

	g_assert_cmpint(draftconv_message_compose(draft, NULL, &message, NULL), ==, 0);
	g_assert_cmpint(draftconv_message_write(message, count_bytes, &written, &error), ==,
		DRAFTCONV_ERROR_DAMAGED);
	g_assert_nonnull(error);
	/* never more than was announced: the rest would be read as commands */
	g_assert_cmpuint(written, <=, draftconv_message_size(message));
}

static void
test_a_receiver_that_gives_up_is_handed_on(void)
{
	g_autoptr(draftconv_draft) draft = draft_with(made_up_new(1 << 20));
	g_autoptr(draftconv_message) message = NULL;
	g_autoptr(draftconv_error) error = NULL;
	guint64 written = 0;

	g_assert_cmpint(draftconv_message_compose(draft, NULL, &message, NULL), ==, 0);
	g_assert_cmpint(draftconv_message_write(message, give_up, &written, &error), ==,
		DRAFTCONV_ERROR_OUTPUT);
	g_assert_cmpuint(written, <, 20000);
	/* and the next writing is a whole one */
	written = 0;
	g_assert_cmpint(draftconv_message_write(message, count_bytes, &written, NULL), ==, 0);
	g_assert_cmpuint(written, ==, draftconv_message_size(message));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/stream/a long attachment is not held in memory",
		test_a_long_attachment_is_not_held);
	g_test_add_func("/stream/a content that fails ends the composing",
		test_a_content_that_fails_ends_the_composing);
	g_test_add_func("/stream/a content that changes is noticed",
		test_a_content_that_changes_is_noticed);
	g_test_add_func("/stream/a receiver that gives up is handed on",
		test_a_receiver_that_gives_up_is_handed_on);
	return g_test_run();
}
