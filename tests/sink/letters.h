/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made-up drafts for the tests of sinks: puts whose bytes are made while they are written. */
#ifndef TESTS_SINK_LETTERS_H
#define TESTS_SINK_LETTERS_H

#include "lib/sink/sink.h"

typedef struct letters {
	size_t n;
	struct dc_put *puts;
	const char **identities; /* NULL-terminated */
} letters;

/* N drafts of about SIZE bytes each; identities begin with OWNER. */
letters *letters_new(const char *owner, size_t n, size_t size);
void letters_free(letters *drafts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(letters, letters_free)

/* The bytes of one draft. [transfer full] */
GBytes *letters_bytes(const letters *drafts, size_t index);

/* A dc_write_func that collects into a GByteArray. */
int letters_collect(void *array, const void *data, size_t size, draftconv_error **error);

#endif
