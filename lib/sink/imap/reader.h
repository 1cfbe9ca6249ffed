/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cuts what a server sends into responses (RFC 9051 section 7). In: bytes in pieces of any size; out:
 * one call for each response, its literals inside, or handed over piece by piece where the listener
 * wants them streamed. It does not understand what it cuts, and holds at most DC_IMAP_RESPONSE_MAX
 * bytes.
 */
#ifndef DC_SINK_IMAP_READER_H
#define DC_SINK_IMAP_READER_H

#include "lib/base/error.h"

#include <stdbool.h>

typedef struct dc_imap_reader dc_imap_reader;

struct dc_imap_reader_class {
	/*
	 * A whole response without its line end; a literal stands in it as "{n}" CRLF and n bytes, a
	 * streamed one as an empty quoted string. @return 0, or an error that stops the feeding
	 */
	int (*response)(void *user, const char *data, size_t size, draftconv_error **error);
	/* A literal of LITERAL bytes follows DATA. @return true to get it through stream() */
	bool (*wants_stream)(void *user, const char *data, size_t size, guint64 literal);
	int (*stream)(void *user, const void *data, size_t size, draftconv_error **error);
};

dc_imap_reader *dc_imap_reader_new(const struct dc_imap_reader_class *class, void *user);
void dc_imap_reader_free(dc_imap_reader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_imap_reader, dc_imap_reader_free)

/* @return 0; TEMPORARY when the server sends what no client can hold; or what a listener answered */
int dc_imap_reader_feed(
	dc_imap_reader *reader, const void *data, size_t size, draftconv_error **error);

/* Between two responses, nothing half read? */
bool dc_imap_reader_is_idle(const dc_imap_reader *reader);

#endif
