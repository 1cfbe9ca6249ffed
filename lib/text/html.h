/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a draft must know of its HTML. In: HTML as valid UTF-8, however broken; out: its words, where
 * its references stand, whether it is a document, whether it is active, and the same HTML without a
 * declaration of the character set. Everything else stays as typed: nothing here repairs, sanitises or
 * writes HTML. Tags and attributes are found as HTML Living Standard 13.2.5 tokenizes them.
 */
#ifndef DC_TEXT_HTML_H
#define DC_TEXT_HTML_H

#include <glib.h>

#include <stdbool.h>

/* An attribute that names something outside of the HTML (src, href, background, poster, data, url() in style). */
struct dc_html_reference {
	gsize start;  /* where the value stands in the HTML, without its quotes */
	gsize length; /* in bytes */
	char *url; /* the value, references resolved and blanks around it taken off; never NULL */
};

/* [transfer full] GArray of struct dc_html_reference in the order of the HTML; g_array_unref() frees all. */
GArray *dc_html_references(const char *html);

/*
 * Replace the value of the references: NEW_URLS has an entry for each of REFERENCES, NULL for "leave".
 * A new URL must be free of quotes, blanks and angle brackets. [transfer full]
 */
char *dc_html_replace(const char *html, const GArray *references, char *const *new_urls);

/*
 * The HTML without declarations of its character set: <meta charset>, <meta http-equiv=content-type>,
 * and the encoding of an XML declaration. *REMOVED (may be NULL) says whether there was one.
 */
char *dc_html_without_charset(const char *html, bool *removed);

/* The words that a reader sees, references resolved, white space as single blanks. [transfer full] */
char *dc_html_words(const char *html);

/*
 * The HTML as lines for a person: blocks, lists, links and pictures by plain means. Nothing of it is ever
 * delivered. [transfer full]
 */
char *dc_html_readable(const char *html);

/* Whether a plain text has the same words (white space and no-break space aside). */
bool dc_html_words_equal(const char *html, const char *plain);

/* Scripts, event handlers, javascript: links, frames and objects. */
bool dc_html_is_active(const char *html);

/* Has its own <html>, <head>, <body> or DOCTYPE, and needs nothing around it. */
bool dc_html_is_document(const char *html);

/* Resolve character references (&amp; &#39; &#x27; HTML 4's names); anything else stays. [transfer full] */
char *dc_html_unescape(const char *text);

/* A data: URL taken apart. @return false when URL is none or its base64 is broken; outs [transfer full] */
bool dc_html_data_url(const char *url, char **type, GBytes **data);

#endif
