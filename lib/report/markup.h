/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HTML as it is written. In: markup of ours, and text of strangers; out: bytes, piece by piece. Everything
 * that comes from outside passes the one encoder of this file, and only as the content of elements, never
 * inside of a tag. What would steer a reader instead of being read (control characters, marks that turn the
 * direction, bytes that are no UTF-8) becomes visible. HTML Living Standard 13.1.4, 13.2.5.
 */
#ifndef DC_REPORT_MARKUP_H
#define DC_REPORT_MARKUP_H

#include "lib/base/error.h"

#include <draftconv/write.h>

#include <glib.h>

/* Begin with DC_MARKUP_INIT; after the first failure nothing more is written. */
struct dc_markup {
	draftconv_write write;
	void *user;
	GString *buffer;
	int status;
};
typedef struct dc_markup dc_markup;

void dc_markup_init(dc_markup *markup, draftconv_write write, void *user);
void dc_markup_clear(dc_markup *markup);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(dc_markup, dc_markup_clear)

/* Write what is left. @return 0, or what the function answered, with *error set */
int dc_markup_finish(dc_markup *markup, draftconv_error **error);

/*
 * FORMAT is markup of ours and stays as it is. Conversions: %s a text, encoded as one line; %u, %zu and
 * %lu (G_GUINT64_FORMAT) numbers; %% a percent sign.
 */
void dc_markup_put(dc_markup *markup, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* As one line, after LIMIT characters a word that says how many more there are. */
void dc_markup_line(dc_markup *markup, const char *text, size_t limit);

/*
 * As one line in which line ends are arrows, set apart from what stands beside it whatever its direction.
 * @return the number of bytes that were left out
 */
size_t dc_markup_apart(dc_markup *markup, const char *text, size_t limit);

/*
 * With its line ends, in any form, as line feeds. A line counts for as many characters as it takes room for.
 * @return the number of bytes that were left out
 */
size_t dc_markup_block(dc_markup *markup, const char *text, size_t size, size_t limit);

#endif
