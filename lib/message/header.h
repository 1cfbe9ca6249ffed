/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one encoder of header values. In: clean or dirty UTF-8, mailboxes, ids, parameters; out: the raw
 * value with its leading blank, folded, ended by a line feed, as g_mime_header_set_raw_value() takes
 * it: ASCII, no line over 76 octets where a break is possible and none over 998, no control character,
 * so that nothing typed can become a field of its own. RFC 5322, 2047 (words of at most 75 octets,
 * split between characters, never for text that a reader would not decode), 2231. It never judges a
 * value; what it is given is written in full.
 */
#ifndef DC_MESSAGE_HEADER_H
#define DC_MESSAGE_HEADER_H

#include <glib.h>

#include <stdbool.h>

/*
 * TEXT without control characters, line and paragraph separators: a run of them is one blank, at the
 * ends nothing. *CHANGED (may be NULL) is set to true when something was taken out. [transfer full]
 */
char *dc_header_clean(const char *text, bool *changed);

/* An unstructured value: Subject, Content-Description. Blanks at the ends are kept. [transfer full] */
char *dc_header_text(const char *name, const char *text);

/* MAILBOXES are struct dc_address (address.h), at least one. [transfer full] */
char *dc_header_mailboxes(const char *name, const GPtrArray *mailboxes);

/* "<id> <id>", IDS are strings without brackets, at least one. [transfer full] */
char *dc_header_ids(const char *name, const GPtrArray *ids);

enum dc_parameter_form {
	DC_PARAMETER_TOKEN,  /* as it is: utf-8 */
	DC_PARAMETER_QUOTED, /* ASCII in quotes: the boundary */
	DC_PARAMETER_WORDS,  /* quoted, or RFC 2047 words in quotes: name, as all clients read it */
	DC_PARAMETER_EXTENDED /* quoted, or RFC 2231 with continuations: filename */
};

struct dc_parameter {
	const char *name;
	const char *value; /* NULL: the parameter is left out */
	enum dc_parameter_form form;
};

/* VALUE is a token ("text/plain", "attachment"). [transfer full] */
char *dc_header_parameters(
	const char *name, const char *value, const struct dc_parameter *parameters, gsize count);

#endif
