/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of lib/text share among themselves; nobody else includes this. */
#ifndef DC_TEXT_INTERNAL_H
#define DC_TEXT_INTERNAL_H

#include "lib/text/charset.h"
#include "lib/text/decode.h"

enum dc_charset_kind {
	DC_CHARSET_ASCII,
	DC_CHARSET_UTF8,
	DC_CHARSET_CP1252,
	DC_CHARSET_SINGLE, /* one byte a letter, by iconv */
	DC_CHARSET_EAST,   /* one to four bytes a letter, ASCII stays ASCII, by iconv */
	DC_CHARSET_WIDE,   /* UTF-16, UTF-32 */
	DC_CHARSET_ISO2022 /* seven bits with escapes; decoded, never encoded */
};

struct dc_charset {
	const char *name;
	enum dc_charset_kind kind;
	const char *iconv[2]; /* tried in this order over the whole text; the first one encodes */
	bool euro80;          /* the lone byte 80 is the euro sign, whatever iconv says */
};

/* What iconv calls the set of exactly that name, when ours is a superset of it; else NULL. */
const char *dc_charset_exact(const char *name);

/* Strict decoding by iconv's name NAME, checked afterwards. OUT as it was when INVALID. */
enum dc_charset_result dc_iconv_decode(
	const char *name, const void *bytes, gsize size, GString *out);

/*
 * UTF-8 that was taken for MySQL's latin1 and encoded again: take one layer off TEXT. @return false, with
 * OUT as it was, when it is none. *SEQUENCES counts the letters won back, *CUT tells of a last one that
 * the old column cut (and that is left off).
 */
bool dc_double_decode(const char *text, gsize size, GString *out, gsize *sequences, bool *cut);

/* How many layers the account's vote takes off the texts of FIELD: 0, 1 or 2. */
int dc_text_decision_layers(const dc_text_decision *decision, const char *field);

/* The set that the account's undeclared texts are in, NULL when unknown; *BYTES what it was told by. */
const dc_charset *dc_text_decision_charset(const dc_text_decision *decision, gsize *bytes);

/*
 * What browsers wrote as &#NNN; because the form's set lacks it becomes letters again; FORM NULL: only
 * told. Replaces *TEXT when it changes.
 */
void dc_browser_references(
	GString *text, const char *form, const char *field, dc_findings *findings);

/* Which rule of the ladder a text fell under. */
enum dc_text_step {
	DC_STEP_ASCII,
	DC_STEP_ISO2022,
	DC_STEP_UTF8,
	DC_STEP_DECLARED,
	DC_STEP_MIXED, /* UTF-8 with some bytes that are not */
	DC_STEP_NONE   /* nothing so far: steps 5 and 6 */
};

struct dc_text_state {
	const guint8 *bytes; /* of the column: the client's set is undone */
	gsize size;
	GBytes *undone; /* holds BYTES, or NULL */
	const char *declared;
	const char *second; /* another name for the same column, tried after DECLARED */
	bool is_utf8;       /* the column itself is UTF-8, which a database guarantees */
	const char *field;
	dc_findings *findings;
	GString *out;
	bool lossy;
	const char *set; /* canonical name of the set that the text was decoded by */
};

/* Steps 0 to 3; free UNDONE afterwards. */
void dc_text_state_init(struct dc_text_state *state, const void *bytes, gsize size,
	const struct dc_text_hints *hints, const char *field, dc_findings *findings, GString *out);
enum dc_text_step dc_text_steps_1_to_3(struct dc_text_state *state);

#endif
