/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the pieces of one response (RFC 9051 section 9). In: a whole response as the reader cut it; out:
 * atoms, strings, numbers and lists, one after the other. It takes what servers really send, never
 * reads beyond the response, and on nonsense answers false and stays where it is or at the end.
 */
#ifndef DC_SINK_IMAP_PARSE_H
#define DC_SINK_IMAP_PARSE_H

#include <glib.h>

#include <stdbool.h>

struct dc_imap_cursor {
	const char *at;
	const char *end;
};

/* The next byte, or '\0' at the end. */
char dc_imap_peek(const struct dc_imap_cursor *cursor);

/* Step over blanks. */
void dc_imap_blanks(struct dc_imap_cursor *cursor);

/* Step over C when it is next. */
bool dc_imap_accept(struct dc_imap_cursor *cursor, char c);

/*
 * A word up to a blank, parenthesis, quote or the end; what stands in brackets belongs to it, so that
 * "BODY[HEADER.FIELDS (MESSAGE-ID)]" is one. WORD [out, transfer full], in capitals.
 */
bool dc_imap_word(struct dc_imap_cursor *cursor, char **word);

/* The same, as it was written (flags, tags, names). */
bool dc_imap_atom(struct dc_imap_cursor *cursor, char **atom);

bool dc_imap_number(struct dc_imap_cursor *cursor, guint64 *number);

/* Quoted, literal, atom or NIL; TEXT [out, transfer full] is NULL for NIL. NUL bytes end a text. */
bool dc_imap_string(struct dc_imap_cursor *cursor, char **text);

/* Step over one value of any kind, lists with all that is in them. */
bool dc_imap_skip(struct dc_imap_cursor *cursor);

/* The rest of the response as one line of text. [transfer full] */
char *dc_imap_rest(const struct dc_imap_cursor *cursor);

/* "[CODE arguments] text": CODE [out, transfer full, NULL when none] in capitals, ARGUMENTS [out]. */
void dc_imap_code(struct dc_imap_cursor *cursor, char **code, struct dc_imap_cursor *arguments);

#endif
