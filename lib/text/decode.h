/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one place where bytes become text. In: the bytes of a field and what is said about them (dump,
 * row, profile, the account's vote); out: valid UTF-8 without NUL, findings that say what was decided,
 * and whether the original bytes must travel along. The ladder is SOURCES.md 4. It never fails, never
 * puts in a replacement character silently, and gives the same answer for the same bytes and hints.
 */
#ifndef DC_TEXT_DECODE_H
#define DC_TEXT_DECODE_H

#include "lib/base/findings.h"

#include <glib.h>

#include <stdbool.h>

/* What an account's texts decided together (vote below). */
typedef struct dc_text_decision dc_text_decision;

/* What is said about a field. Every name may be NULL, unknown, "auto" or "binary": then it says nothing. */
struct dc_text_hints {
	const char
		*client; /* SET NAMES under which the literal was written; NULL for column bytes */
	const char *column;   /* CHARACTER SET of the column or table */
	const char *row;      /* the row's own charset column */
	const char *profile;  /* the profile's charset */
	const char *fallback; /* the profile's fallback-charset; NULL means windows-1252 */
	const char *form; /* charset of the old webmail's form, for what browsers wrote as &#NNN; */
	bool html;        /* an HTML body: references belong there and stay */
	const dc_text_decision *decision; /* the account's, NULL for none */
};

/*
 * Decode one field.
 *
 * @param field     agreed column name, for findings and for the account's decision
 * @param findings  may be NULL
 * @param keep_raw  [out, may be NULL] the text is not all that the bytes held: attach them
 * @return [transfer full] valid UTF-8, never NULL; NULs were taken out (finding with offsets)
 */
char *dc_text_decode(const void *bytes, gsize size, const struct dc_text_hints *hints,
	const char *field, dc_findings *findings, bool *keep_raw);

/* Which rule decoded a text, for who explains it. */
enum dc_text_rule {
	DC_TEXT_ASCII,    /* nothing to decide */
	DC_TEXT_UTF8,     /* the bytes are UTF-8, whatever was declared */
	DC_TEXT_ESCAPES,  /* ISO-2022 */
	DC_TEXT_DECLARED, /* as SET was declared */
	DC_TEXT_GUESSED,  /* as the account's texts together look */
	DC_TEXT_ASSUMED,  /* as the profile falls back to */
	DC_TEXT_DAMAGED   /* in part only; the bytes travel along */
};

struct dc_text_told {
	enum dc_text_rule rule;
	const char *set; /* canonical name; NULL with DC_TEXT_ASCII, ESCAPES and DAMAGED */
};

/* The same, telling how. TOLD [out] */
char *dc_text_decode_told(const void *bytes, gsize size, const struct dc_text_hints *hints,
	const char *field, dc_findings *findings, bool *keep_raw, struct dc_text_told *told);

/*
 * Steps 1 to 3 and 6 alone, for keys, owners and SQL functions, which no vote may change.
 * @param declared  name of the set, may be NULL. @return as above, but NULs stay: SIZE_OUT (may be NULL)
 * is the length
 */
char *dc_text_decode_plain(const void *bytes, gsize size, const char *declared, gsize *size_out);

/* The vote: feed every text field of every row of an account, whatever the command selected. */
typedef struct dc_text_vote dc_text_vote;

dc_text_vote *dc_text_vote_new(void);
void dc_text_vote_free(dc_text_vote *vote);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_text_vote, dc_text_vote_free)

/* HINTS as for dc_text_decode(), without a decision. The order of calls is that of the plan. */
void dc_text_vote_add(dc_text_vote *vote, const void *bytes, gsize size,
	const struct dc_text_hints *hints, const char *field);

/* [transfer full] never NULL */
dc_text_decision *dc_text_vote_decide(const dc_text_vote *vote);

void dc_text_decision_free(dc_text_decision *decision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_text_decision, dc_text_decision_free)

/* A short line of ASCII for the journal, and back. "" is the decision of an account without doubts. */
char *dc_text_decision_to_string(const dc_text_decision *decision);

/* @return [transfer full] NULL when TEXT is none that we wrote */
dc_text_decision *dc_text_decision_parse(const char *text);

#endif
