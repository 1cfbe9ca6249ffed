/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A content is a value that may be too long for memory (a body, an attachment) and can be read more
 * than once: whoever holds it opens a reader and pulls bytes. In: memory, or a table of functions of
 * the stop where the bytes stand; out: bytes. A content is immutable and reference counted; a reader
 * is used by one thread.
 */
#ifndef DC_BASE_CONTENT_H
#define DC_BASE_CONTENT_H

#include "lib/base/error.h"

#include <glib.h>

typedef struct dc_content dc_content;
typedef struct dc_reader dc_reader;

/* Takes the next bytes: draftconv_write with an error. @return 0, or negative with *error set */
typedef int (*dc_write_func)(void *user, const void *data, size_t size, draftconv_error **error);

/* What a stop implements for its own readers; embed dc_reader as the first member. */
struct dc_reader_class {
	/* Fill BUFFER. @return bytes read (1 … SIZE), 0 at the end, negative error */
	gssize (*read)(dc_reader *reader, void *buffer, gsize size, draftconv_error **error);
	void (*free)(dc_reader *reader);
};

struct dc_reader {
	const struct dc_reader_class *class;
};

/* What a stop implements for its own contents; embed dc_content as the first member. */
struct dc_content_class {
	/* @return 0, or negative error; READER [out, transfer full] must not outlive CONTENT */
	int (*open)(dc_content *content, dc_reader **reader, draftconv_error **error);
	/* Length in bytes when it is known without reading, else -1. */
	gint64 (*size)(const dc_content *content);
	void (*free)(dc_content *content);
};

struct dc_content {
	const struct dc_content_class *class;
	gatomicrefcount refs;
};

/* For implementers: set the class and one reference. */
void dc_content_init(dc_content *content, const struct dc_content_class *class);

dc_content *dc_content_new_bytes(GBytes *bytes);
dc_content *dc_content_ref(dc_content *content);
void dc_content_unref(dc_content *content);
int dc_content_open(dc_content *content, dc_reader **reader, draftconv_error **error);
gint64 dc_content_size(const dc_content *content);

/*
 * Read the whole content. @return 0; DRAFTCONV_ERROR_DRAFT when it is longer than LIMIT; or what the
 * reader answered. BYTES [out, transfer full].
 */
int dc_content_load(dc_content *content, gsize limit, GBytes **bytes, draftconv_error **error);

gssize dc_reader_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error);
/* Read until BUFFER is full or nothing is left. @return bytes, or negative error */
gssize dc_reader_fill(dc_reader *reader, void *buffer, gsize size, draftconv_error **error);
void dc_reader_free(dc_reader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_content, dc_content_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_reader, dc_reader_free)

#endif
