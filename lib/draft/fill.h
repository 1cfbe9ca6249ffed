/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Putting decoded values into a draft. In: bytes of a field and what is said about their character set;
 * out: the draft's field, its findings, and the bytes themselves as an attachment where the text is not
 * all that they held. Every text of a row passes here, once.
 */
#ifndef DC_DRAFT_FILL_H
#define DC_DRAFT_FILL_H

#include "lib/draft/draft.h"
#include "lib/text/decode.h"
#include "lib/text/time.h"

/* What decoding and reading a row needs to know of its account and profile; all borrowed. */
struct dc_fill {
	draftconv_draft *draft;
	const char *row_charset;     /* what the row says of itself; NULL */
	const char *profile_charset; /* NULL: auto */
	const char *fallback_charset;
	const dc_text_decision *decision; /* NULL: no vote was taken */
	const dc_zone *zone;
	GPtrArray *originals; /* struct dc_original: to be attached behind the rest */
};

/* The bytes of a field that could not be told in full. */
struct dc_original {
	char *field;
	dc_content *content;
};

GPtrArray *dc_originals_new(void);

/* Remember that the bytes of FIELD must travel along. */
void dc_fill_keep(struct dc_fill *fill, const char *field, dc_content *content);

/* Attach what was remembered, as original-FIELD.bin. */
int dc_fill_attach_originals(struct dc_fill *fill, draftconv_error **error);

/* What a source says about the set of a value. */
struct dc_fill_charset {
	const char *client; /* SET NAMES; NULL for column bytes */
	const char *column; /* NULL: not known */
};

/* What is said of a text, as the ladder wants it. */
struct dc_text_hints dc_fill_hints(
	const struct dc_fill *fill, const struct dc_fill_charset *charset, bool is_html);

/*
 * Decode BYTES (CHARSET may be NULL). Where the text is not all that they held, the bytes that the column
 * held are kept. @return [transfer full] never NULL
 */
char *dc_fill_decode(struct dc_fill *fill, const char *field, GBytes *bytes,
	const struct dc_fill_charset *charset, bool is_html);

/*
 * Set a text field; one that is too long for a draft is left out, attached, and said so. As
 * draftconv_draft_set() otherwise.
 */
int dc_fill_set(struct dc_fill *fill, draftconv_field field, const char *text, dc_content *content,
	draftconv_error **error);

/* A field whose bytes are more than anybody types: attached, and a finding. */
void dc_fill_too_long(struct dc_fill *fill, const char *field, dc_content *content);

/* Set the time FIELD ("modified" or "created") from TEXT. @return whether there was one */
bool dc_fill_time(struct dc_fill *fill, const char *field, const char *text);

#endif
