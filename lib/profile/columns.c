/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/internal.h"

#include "lib/base/limits.h"

#include <string.h>

/* PROFILE.md, Agreed columns; the manual page has what each means. */
static const char *const drafts_columns[] = {"key", "owner", "modified", "created", "from",
	"from_name", "from_address", "sender", "reply_to", "to", "cc", "bcc", "subject", "text",
	"html", "body", "body_type", "signature", "version", "in_reply_to", "references",
	"priority", "receipt", "charset", "message", "tags", NULL};
static const char *const owners_columns[] = {"owner", "address", "name", "login", NULL};
static const char *const recipients_columns[] = {"kind", "name", "address", NULL};
static const char *const headers_columns[] = {"name", "value", NULL};
static const char *const attachments_columns[] = {"filename", "type", "content_id", "disposition",
	"charset", "url", "data", "chunk", "part", "file", NULL};

static const struct {
	const char *name;
	const char *const *columns;
} kinds[DC_STATEMENT_KINDS] = {
	[DC_STATEMENT_DRAFTS] = {"drafts", drafts_columns},
	[DC_STATEMENT_OWNERS] = {"owners", owners_columns},
	[DC_STATEMENT_RECIPIENTS] = {"recipients", recipients_columns},
	[DC_STATEMENT_HEADERS] = {"headers", headers_columns},
	[DC_STATEMENT_ATTACHMENTS] = {"attachments", attachments_columns},
};

const char *
dc_statement_kind_name(enum dc_statement_kind kind)
{
	return kinds[kind].name;
}

const char *
dc_column_at(enum dc_statement_kind kind, size_t index)
{
	size_t count = 0;

	while (kinds[kind].columns[count] != NULL) {
		if (count == index)
			return kinds[kind].columns[index];
		count++;
	}
	return NULL;
}

bool
dc_column_agreed(enum dc_statement_kind kind, const char *name)
{
	return g_strv_contains(kinds[kind].columns, name);
}

const char *
dc_column_nearest(enum dc_statement_kind kind, const char *name)
{
	const char *nearest = NULL;
	unsigned limit = (unsigned)MIN((strlen(name) + 2) / 4, 4);
	unsigned best = limit + 1;

	for (size_t i = 0; kinds[kind].columns[i] != NULL; i++) {
		unsigned distance = dc_name_distance(name, kinds[kind].columns[i], limit);

		if (distance < best) {
			best = distance;
			nearest = kinds[kind].columns[i];
		}
	}
	return nearest;
}
