/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strings of SQL: where one ends, and what its bytes are. Bytes come in as a file gives them, cut
 * anywhere; the state carries over. Nothing here knows names, statements or files.
 */
#ifndef DC_SOURCE_ESCAPE_H
#define DC_SOURCE_ESCAPE_H

#include <glib.h>

#include <stdbool.h>

/*
 * Character sets whose second byte may be a backslash (SOURCES.md 5): under SET NAMES of one of these
 * MySQL leaves such a pair alone. gb18030 behaves as gbk here: its four-byte forms hold no backslash.
 */
enum dc_escape_family {
	DC_ESCAPE_PLAIN,
	DC_ESCAPE_SJIS, /* sjis, cp932 */
	DC_ESCAPE_GBK,  /* gbk, gb18030 */
	DC_ESCAPE_BIG5
};

/* The family of a character set by MySQL's name; DC_ESCAPE_PLAIN for all that need no care. */
enum dc_escape_family dc_escape_family_of(const char *charset);

struct dc_quote_scan {
	guint8 quote;
	bool backslash; /* false under NO_BACKSLASH_ESCAPES and in SQLite's dumps */
	enum dc_escape_family family;
	bool escaped; /* the byte before was a backslash that begins an escape */
	guint8 lead;  /* the byte before began a two-byte letter; 0 for none */
};

/*
 * Find the quote that ends a string. @return bytes taken: up to and with the first quote that no escape
 * covers (CLOSED becomes true), else SIZE. A doubled quote is two quotes here; the caller looks.
 */
gsize dc_quote_find(struct dc_quote_scan *scan, const guint8 *data, gsize size, bool *closed);

/* The same byte by byte: what the fast one is tested against. */
gsize dc_quote_find_bytewise(
	struct dc_quote_scan *scan, const guint8 *data, gsize size, bool *closed);

struct dc_unescape {
	bool backslash;
	enum dc_escape_family family;
	bool escaped;
	guint8 lead;
};

/*
 * Undo the escapes of SIZE bytes without quotes of their own string. OUT has room for SIZE + 1 bytes.
 * @return bytes written
 */
gsize dc_unescape_bytes(struct dc_unescape *state, const guint8 *in, gsize size, guint8 *out);

#endif
