/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where tags, attributes and texts of an HTML stand, by offset. It copies nothing, repairs nothing, and
 * every range lies within the HTML. Private to lib/text.
 */
#ifndef DC_TEXT_HTML_SCAN_H
#define DC_TEXT_HTML_SCAN_H

#include <glib.h>

#include <stdbool.h>

struct dc_span {
	gsize start;
	gsize end;
};

enum dc_html_kind {
	DC_HTML_TEXT,
	DC_HTML_START,   /* <name …> */
	DC_HTML_END,     /* </name> */
	DC_HTML_COMMENT, /* also conditional comments */
	DC_HTML_OTHER    /* <!doctype …>, <?xml … ?>, <![if …]> */
};

struct dc_html_token {
	enum dc_html_kind kind;
	struct dc_span span;
	struct dc_span name; /* of a tag */
	bool raw;            /* text of a script or style element: no references in it */
};

struct dc_html_scanner {
	const char *html;
	gsize size;
	gsize at;
	struct dc_span
		element; /* script, style …: its text ends at its end tag only; empty for none */
};

struct dc_html_attribute {
	struct dc_span span; /* name, = and value with quotes */
	struct dc_span name;
	struct dc_span value; /* without quotes; empty when there is none */
	bool has_value;
};

void dc_html_scanner_init(struct dc_html_scanner *scanner, const char *html);
bool dc_html_scan(struct dc_html_scanner *scanner, struct dc_html_token *token);

/* Attributes of a start tag one by one; *AT begins as token->name.end. */
bool dc_html_next_attribute(const struct dc_html_scanner *scanner,
	const struct dc_html_token *token, gsize *at, struct dc_html_attribute *attribute);

/* Whether the bytes of SPAN are WORD, ASCII letters in any case. */
bool dc_html_span_is(const char *html, struct dc_span span, const char *word);
bool dc_html_span_is_any(const char *html, struct dc_span span, const char *const *words);

#endif
