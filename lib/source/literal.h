/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A literal of a dump as a machine that can stop at any byte: raw bytes go in, the value's bytes come
 * out. The scanner and the reader of long values are both made of it, so that what was found while
 * scanning is what is read later.
 */
#ifndef DC_SOURCE_LITERAL_H
#define DC_SOURCE_LITERAL_H

#include "lib/source/escape.h"

#include <glib.h>

#include <stdbool.h>

/* Flavours (struct dc_literal): the two low bits are an enum dc_escape_family. */
#define DC_FLAVOUR_FAMILY 3u
#define DC_FLAVOUR_NO_BACKSLASH 4u
#define DC_FLAVOUR_XML 8u      /* character data up to '<' */
#define DC_FLAVOUR_XML_HEX 16u /* hexadecimal digits up to '<' */
#define DC_FLAVOUR_SPOOL 32u   /* bytes as they are, in the spool */

enum dc_literal_result {
	DC_LITERAL_MORE, /* goes on: give more input or take the output */
	DC_LITERAL_END,  /* the next byte, if any, is not part of it */
	DC_LITERAL_BAD   /* no literal */
};

struct dc_literal_machine {
	enum {
		DC_LM_START,   /* introducer or first quote */
		DC_LM_NAME,    /* in an introducer */
		DC_LM_ZERO,    /* 0 of 0x or 0b */
		DC_LM_LETTER,  /* x, b or N before a quote */
		DC_LM_STRING,  /* inside quotes */
		DC_LM_QUOTE,   /* after a quote: doubled, or the end */
		DC_LM_BETWEEN, /* white space after a string: another may follow */
		DC_LM_DIGITS,  /* hexadecimal or binary digits */
		DC_LM_XML,
		DC_LM_ENTITY, /* after & */
		DC_LM_DONE
	} state;
	guint32 flavour;
	guint8 letter; /* of DC_LM_LETTER */
	guint8 quote;  /* that ends digits; 0 for 0x and 0b */
	guint8 base;   /* 16 or 2 */
	bool open;     /* a quote is open, or digits await their partner: the end would be a cut */
	guint32 digit_count;
	guint64 partial;
	struct dc_quote_scan scan;
	struct dc_unescape unescape;
	char entity[12];
	guint32 entity_size;
	guint64 taken;  /* bytes taken so far */
	guint64 length; /* of the literal up to its last quote or digit */
};

/* From the first byte of a literal. */
void dc_literal_init(struct dc_literal_machine *machine, guint32 flavour);

/* For scanners that took PREFIX bytes themselves: behind an opening QUOTE, or behind 0x, 0b, x', b'
 * (QUOTE 0 or '\'', BASE 16 or 2). */
void dc_literal_init_string(
	struct dc_literal_machine *machine, guint32 flavour, guint8 quote, guint64 prefix);
void dc_literal_init_digits(
	struct dc_literal_machine *machine, guint8 base, guint8 quote, guint64 prefix);

/*
 * Take up to SIZE bytes. OUT may be NULL: nobody wants the bytes; else it has room for ROOM bytes, at
 * least 16. USED and MADE are set in any case.
 */
enum dc_literal_result dc_literal_step(struct dc_literal_machine *machine, const guint8 *in,
	gsize size, gsize *used, guint8 *out, gsize room, gsize *made);

/* What the end of input means here. @return DC_LITERAL_END or DC_LITERAL_BAD. */
enum dc_literal_result dc_literal_finish(struct dc_literal_machine *machine);

#endif
