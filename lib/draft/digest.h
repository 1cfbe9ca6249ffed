/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The digest of a row: SHA-256 over all mapped values and attachments as they stand in the source. In:
 * names and values in the order of the statements; out: 32 bytes. Each thing is framed by its length, so
 * that no two rows that differ look alike; long values are streamed. It decodes nothing.
 */
#ifndef DC_DRAFT_DIGEST_H
#define DC_DRAFT_DIGEST_H

#include "lib/draft/draft.h"

typedef struct dc_digest dc_digest;

dc_digest *dc_digest_new(void);
void dc_digest_free(dc_digest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_digest, dc_digest_free)

/* A word of ours between the values: the kind of a row that begins, the name of a column. */
void dc_digest_name(dc_digest *digest, const char *name);

/* A value; DATA NULL is SQL's NULL, which is not the empty value. */
void dc_digest_bytes(dc_digest *digest, const void *data, gsize size);

/* A long value. The same bytes give the same digest as by dc_digest_bytes(). */
int dc_digest_content(dc_digest *digest, dc_content *content, draftconv_error **error);

void dc_digest_finish(dc_digest *digest, guint8 result[DC_DIGEST_SIZE]);

#endif
