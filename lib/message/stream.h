/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two ends of a message in GMime's terms: contents that are read anew at every writing, and an
 * output that counts and digests what goes through. Errors, which GMime has no place for, are kept in
 * the streams. Neither holds more than a buffer.
 */
#ifndef DC_MESSAGE_STREAM_H
#define DC_MESSAGE_STREAM_H

#include "lib/base/content.h"

#include <gmime/gmime.h>

/*
 * A stream that reads CONTENT (a reference is taken). FAILURE must outlive the stream: the first error
 * of a reader is put there.
 */
GMimeStream *dc_content_stream_new(dc_content *content, draftconv_error **failure);

/* An output. WRITE may be NULL: then bytes are counted and digested only. */
GMimeStream *dc_output_stream_new(dc_write_func write, void *user, guint64 limit);

guint64 dc_output_stream_count(GMimeStream *stream);

/* SHA-256 of everything so far; once. */
void dc_output_stream_digest(GMimeStream *stream, guint8 digest[32]);

/* @return 0, or what WRITE answered; *error is handed over. Over LIMIT bytes: DRAFTCONV_ERROR_DAMAGED */
int dc_output_stream_status(GMimeStream *stream, draftconv_error **error);

#endif
