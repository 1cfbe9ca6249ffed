/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/message/drafts.h"

#include <string.h>

draftconv_draft *
drafts_new(void)
{
	draftconv_draft *draft = draftconv_draft_new();

	draftconv_draft_set(draft, DRAFTCONV_FIELD_IDENTITY, "test", NULL);
	draftconv_draft_set(draft, DRAFTCONV_FIELD_OWNER, "al", NULL);
	draftconv_draft_set(draft, DRAFTCONV_FIELD_KEY, "4711", NULL);
	draftconv_draft_add_owner_address(draft, "Al Bo", "al@x.example", NULL);
	draftconv_draft_set_modified(draft, 1104530645, 60, NULL);
	return draft;
}

void
drafts_add_file(draftconv_draft *draft, const struct drafts_file *file)
{
	const draftconv_attachment info = {.struct_size = sizeof info,
		.filename = file->name,
		.type = file->type,
		.content_id = file->content_id,
		.disposition = file->disposition,
		.url = file->url,
		.data = file->data,
		.size = file->data == NULL ? 0 : strlen(file->data)};

	g_assert_cmpint(draftconv_draft_add_attachment(draft, &info, NULL), ==, 0);
}

draftconv_message *
drafts_compose(const draftconv_draft *draft)
{
	draftconv_message *message = NULL;
	g_autoptr(draftconv_error) error = NULL;
	int status = draftconv_message_compose(draft, NULL, &message, &error);

	if (error != NULL)
		g_test_message("%s", draftconv_error_message(error));
	g_assert_cmpint(status, ==, 0);
	return message;
}
