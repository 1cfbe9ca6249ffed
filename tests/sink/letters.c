/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/sink/letters.h"

#include <string.h>

struct letter {
	char *head;
	size_t lines; /* of the body */
};

static const char line[] =
	"All work and no play makes a long draft; one line of it is 76 bytes, ..\r\n";

static int
write_letter(void *message, dc_write_func write, void *user, draftconv_error **error)
{
	const struct letter *letter = message;
	int status = write(user, letter->head, strlen(letter->head), error);

	for (size_t i = 0; i < letter->lines && status >= 0; i++)
		status = write(user, line, sizeof line - 1, error);
	return status;
}

letters *
letters_new(const char *owner, size_t n, size_t size)
{
	letters *result = g_new0(letters, 1);

	result->n = n;
	result->puts = g_new0(struct dc_put, n);
	result->identities = g_new0(const char *, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct letter *letter = g_new0(struct letter, 1);
		struct dc_put *put = &result->puts[i];

		result->identities[i] = g_strdup_printf("%s.%06zu", owner, i);
		letter->head = g_strdup_printf("From: %s@example.test\r\nSubject: draft %zu\r\n"
					       "Message-ID: <%s@example.test>\r\n\r\n",
			owner, i, result->identities[i]);
		letter->lines = size / (sizeof line - 1);
		put->identity = result->identities[i];
		put->size = strlen(letter->head) + letter->lines * (sizeof line - 1);
		put->write_message = write_letter;
		put->message = letter;
		put->flags = DC_FLAG_DRAFT | DC_FLAG_SEEN;
		put->date_s = 1000000000 + (gint64)i * 3600;
		put->date_offset_minutes = i % 2 == 0 ? 60 : -210;
	}
	return result;
}

void
letters_free(letters *drafts)
{
	if (drafts == NULL)
		return;
	for (size_t i = 0; i < drafts->n; i++) {
		struct letter *letter = drafts->puts[i].message;

		g_free(letter->head);
		g_free(letter);
		dc_put_clear(&drafts->puts[i]);
	}
	g_strfreev((char **)(uintptr_t)drafts->identities);
	g_free(drafts->puts);
	g_free(drafts);
}

int
letters_collect(void *array, const void *data, size_t size, draftconv_error **error)
{
	(void)error;
	g_byte_array_append(array, data, (guint)size);
	return 0;
}

GBytes *
letters_bytes(const letters *drafts, size_t index)
{
	GByteArray *bytes = g_byte_array_new();

	g_assert_cmpint(
		write_letter(drafts->puts[index].message, letters_collect, bytes, NULL), ==, 0);
	return g_byte_array_free_to_bytes(bytes);
}
