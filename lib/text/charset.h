/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Character sets by name. In: a name as MySQL, MIME, a browser or an old program writes it, and bytes;
 * out: strict UTF-8, or the byte at which the bytes stop being text of that set. A set is read as the
 * superset that people meant by its name (iso-8859-1 is Windows-1252). It never asks the locale, never
 * trusts iconv's word that it succeeded, and never replaces a character; guessing is decode.h's.
 */
#ifndef DC_TEXT_CHARSET_H
#define DC_TEXT_CHARSET_H

#include "lib/base/error.h"

#include <glib.h>

#include <stdbool.h>

/* A set; static, valid for ever, equal by pointer. */
typedef struct dc_charset dc_charset;

/*
 * The set that NAME means; any case, punctuation does not count. NULL for a name that we do not know,
 * for "binary", "auto", "unknown", "" and NULL: there is nothing to decode by.
 */
const dc_charset *dc_charset_lookup(const char *name);

/* Canonical name ("windows-1252", "UTF-8", "cp932"); the same for all names of a set. */
const char *dc_charset_name(const dc_charset *charset);

bool dc_charset_is_utf8(const dc_charset *charset);

/* A set of two-byte letters whose text may be valid UTF-8 by chance (GB, EUC, Big5, Shift-JIS). */
bool dc_charset_is_east_asian(const dc_charset *charset);

/* UTF-16 or UTF-32: NUL and ASCII bytes mean nothing by themselves. */
bool dc_charset_is_wide(const dc_charset *charset);

/*
 * Whether a letter may end in the byte 5C under SET NAMES NAME (sjis, cp932, gbk, big5, gb18030): the
 * scanner then has to read strings letter by letter. False for unknown names.
 */
bool dc_charset_is_multibyte_escape(const char *name);

/*
 * Length in bytes of the letter that begins at BYTES in such a set: 2 or 4 where lead and trail bytes
 * fit (as MySQL's own lexer has it), else 1. NAME as above; 0 when SIZE ends inside the letter.
 */
gsize dc_charset_letter_length(const char *name, const guint8 *bytes, gsize size);

/* What a check of bytes as UTF-8 found. */
struct dc_utf8_check {
	gsize valid_bytes; /* length of the longest valid prefix; SIZE when all is valid */
	gsize sequences;   /* non-ASCII characters in that prefix */
	gsize longer;      /* of these, with three bytes or more */
	bool truncated;    /* what follows the prefix is only the beginning of one sequence */
	bool has_nul;
};

/* Strict: no overlong forms, no surrogates, nothing above U+10FFFF. @return whether all is valid */
bool dc_utf8_check(const void *bytes, gsize size, struct dc_utf8_check *check);

/* How a strict decoding ended. */
enum dc_charset_result {
	DC_CHARSET_OK,
	DC_CHARSET_CUT,    /* all well, but the last letter is not whole and was left off */
	DC_CHARSET_INVALID /* these are no letters of this set */
};

/*
 * Decode strictly, appending to OUT, which is as it was when the answer is INVALID. Bytes that a set does
 * not define (also the holes of Windows-1252) are invalid; so is a C1 control or U+FFFD that a set yields.
 */
enum dc_charset_result dc_charset_decode(
	const dc_charset *charset, const void *bytes, gsize size, GString *out);

/*
 * Decode what can be, with U+FFFD for each byte that cannot: for whoever then keeps the bytes as well.
 * @return the number of U+FFFD; *LETTERS (may be NULL) counts the non-ASCII characters that were well
 */
gsize dc_charset_decode_lenient(
	const dc_charset *charset, const void *bytes, gsize size, GString *out, gsize *letters);

/*
 * Whether NAME was too small a name for what BYTES hold, so that its superset had to be taken: the set
 * of exactly that name does not decode them.
 */
bool dc_charset_needs_superset(const char *name, const void *bytes, gsize size);

/* Windows-1252 with the five holes as C1 controls, which is MySQL's latin1: never fails. */
void dc_cp1252_decode(const void *bytes, gsize size, GString *out);

/* The byte of MySQL's latin1 for a character, or -1. */
int dc_cp1252_byte(gunichar character);

/*
 * Encode valid UTF-8. @return false, with OUT as it was, when a letter is not in the set. The holes of
 * Windows-1252 take C1 controls.
 */
bool dc_charset_encode(const dc_charset *charset, const char *utf8, gsize size, GString *out);

/*
 * The bytes that a text column held, from the literal of a dump made under SET NAMES CLIENT. Either
 * name may be NULL or unknown. @return [transfer full] NULL when there is nothing to undo (equal sets,
 * unknown ones, a literal that is no text of CLIENT, letters that COLUMN cannot hold): the literal is
 * then what there is.
 */
GBytes *dc_charset_undo(const char *client, const char *column, const void *bytes, gsize size);

/*
 * Text with ISO-2022 escapes (-JP with half-width kana and vendor rows, -KR, -CN), run by run.
 * INVALID, with OUT as it was, when there is no designation or not everything decodes.
 */
enum dc_charset_result dc_iso2022_decode(const void *bytes, gsize size, GString *out);

#endif
