/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The first half of reading addresses: a field of UTF-8 text in, tokens out. It knows quotes, angle
 * brackets, comments and separators, and closes what people left open; it does not know what an
 * address is.
 */
#ifndef DC_MESSAGE_ADDRESS_SPLIT_H
#define DC_MESSAGE_ADDRESS_SPLIT_H

#include <glib.h>

#include <stdbool.h>

enum dc_token_type {
	DC_TOKEN_WORD,         /* a run without white space */
	DC_TOKEN_QUOTED,       /* what stands between quotes, unescaped */
	DC_TOKEN_ANGLE,        /* what stands between < and > */
	DC_TOKEN_COMMENT,      /* what stands between parentheses */
	DC_TOKEN_GROUP,        /* the name of a group that ends here; its tokens came before */
	DC_TOKEN_SEPARATOR,    /* a comma, or the end of a group */
	DC_TOKEN_ODD_SEPARATOR /* a semicolon, a line break, a full-width comma */
};

struct dc_token {
	enum dc_token_type type;
	bool repaired; /* a quote or bracket was missing */
	char *text;
	gsize start; /* where it stands in the field */
	gsize end;
};

/* [transfer full] GArray of struct dc_token; g_array_unref() frees all. */
GArray *dc_address_split(const char *text);

#endif
