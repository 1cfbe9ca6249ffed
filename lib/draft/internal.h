/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of lib/draft share. */
#ifndef DC_DRAFT_INTERNAL_H
#define DC_DRAFT_INTERNAL_H

#include "lib/draft/draft.h"

struct draft_time {
	bool known;
	int64_t unix_s;
	int offset_min;
};

/* A name with a value: a recipient, a header field, an address of the account. */
struct draft_pair {
	draftconv_field kind;
	char *name;  /* NULL when not known */
	char *value; /* NULL when not known */
};

struct draft_attachment {
	draftconv_attachment info; /* strings are owned; data and functions NULL */
	dc_content *content;       /* NULL: missing */
};

struct draftconv_draft {
	char *fields[DRAFTCONV_FIELD_COUNT];
	struct draft_time modified;
	struct draft_time created;
	int priority;
	bool receipt;
	GPtrArray *recipients;  /* struct draft_pair */
	GPtrArray *headers;     /* struct draft_pair */
	GPtrArray *owners;      /* struct draft_pair */
	GPtrArray *attachments; /* struct draft_attachment */
	dc_findings *findings;
	guint8 row_digest[DC_DIGEST_SIZE];
	bool has_row_digest;
	struct dc_sealed *sealed; /* NULL: the body is text */
	char *folded_owner;       /* NULL: fold the owner */
};

void draft_attachment_free(gpointer data);

#endif
