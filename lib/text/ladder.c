/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps 0 to 3 of the ladder (SOURCES.md 4): what the bytes and the names tell without a vote. */
#include "lib/text/internal.h"

#include <string.h>

#define ESC 0x1b

/*
 * Two-byte text is valid UTF-8 by chance in 18 of 100 single letters and in 1 of 1,000 fours: from three
 * sequences on, or one of three bytes, it is no chance.
 */
#define DECISIVE_SEQUENCES 3

/* In UTF-8 with some bad bytes the good sequences must outnumber them by this. */
#define MIXED_RATIO 4
#define MIXED_RATIO_EAST 8

static const char *
known(const char *name)
{
	return dc_charset_lookup(name) == NULL ? NULL : name;
}

void
dc_text_state_init(struct dc_text_state *state, const void *bytes, gsize size,
	const struct dc_text_hints *hints, const char *field, dc_findings *findings, GString *out)
{
	const char *client = known(hints->client);
	const char *column = known(hints->column);

	*state = (struct dc_text_state){
		.bytes = bytes, .size = size, .field = field, .findings = findings, .out = out};
	state->undone = dc_charset_undo(client, column, bytes, size);
	if (state->undone != NULL)
		state->bytes = g_bytes_get_data(state->undone, &state->size);
	/* The bytes of nothing may be NULL, which memchr() must not see. */
	if (state->size == 0)
		state->bytes = (const guint8 *)"";

	/* What could not be undone is text of the client, or else bytes of the column (hex). */
	const char *own = column;
	if (client != NULL && state->undone == NULL) {
		own = client;
		state->second = column;
	}
	state->is_utf8 = dc_charset_is_utf8(dc_charset_lookup(own));
	state->declared = known(hints->row);
	if (state->declared == NULL)
		state->declared = known(hints->profile);
	if (state->declared == NULL)
		state->declared = own;
	else
		state->second = NULL;
}

static void
note_cut(const struct dc_text_state *state)
{
	dc_findings_add(state->findings, DC_FINDING_SUBJECT_CUT, state->field,
		"after %" G_GSIZE_FORMAT " bytes", state->size);
}

static bool
decode_declared(struct dc_text_state *state, const char *name)
{
	const dc_charset *charset = dc_charset_lookup(name);

	if (charset == NULL)
		return false;

	const enum dc_charset_result result =
		dc_charset_decode(charset, state->bytes, state->size, state->out);
	if (result == DC_CHARSET_INVALID)
		return false;
	if (result == DC_CHARSET_CUT)
		note_cut(state);
	state->set = dc_charset_name(charset);
	if (dc_charset_needs_superset(name, state->bytes, state->size))
		dc_findings_add(state->findings, DC_FINDING_CHARSET_ALIAS, state->field, "%s as %s",
			name, dc_charset_name(charset));
	return true;
}

static bool
decode_iso2022(struct dc_text_state *state)
{
	const enum dc_charset_result result =
		dc_iso2022_decode(state->bytes, state->size, state->out);

	if (result == DC_CHARSET_INVALID)
		return false;
	if (result == DC_CHARSET_CUT)
		note_cut(state);
	dc_findings_add(state->findings, DC_FINDING_CHARSET_ISO2022, state->field, "%s", "");
	return true;
}

static void
take_utf8(struct dc_text_state *state, const struct dc_utf8_check *check, bool declared)
{
	g_string_append_len(state->out, (const char *)state->bytes, (gssize)check->valid_bytes);
	if (check->valid_bytes < state->size)
		note_cut(state);
	if (!declared)
		dc_findings_add(state->findings, DC_FINDING_CHARSET_UTF8, state->field, "%s%s",
			state->declared == NULL ? "" : "declared ",
			state->declared == NULL ? "" : state->declared);
}

/* UTF-8 with some bytes of another set: the bytes are read as Windows-1252 and travel along. */
static bool
decode_mixed(struct dc_text_state *state, gsize ratio)
{
	const gsize before = state->out->len;
	gsize good = 0;
	gsize bad = 0;

	for (gsize at = 0; at < state->size;) {
		struct dc_utf8_check check;
		const bool valid = dc_utf8_check(state->bytes + at, state->size - at, &check);

		g_string_append_len(
			state->out, (const char *)state->bytes + at, (gssize)check.valid_bytes);
		good += check.sequences;
		at += check.valid_bytes;
		if (valid)
			break;
		dc_cp1252_decode(state->bytes + at, 1, state->out);
		at++;
		bad++;
	}
	if (good < DECISIVE_SEQUENCES || good / ratio < bad) {
		g_string_truncate(state->out, before);
		return false;
	}
	dc_findings_add(state->findings, DC_FINDING_UNDECODABLE, state->field,
		"%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
		" letters beyond ASCII are not UTF-8 and were read as windows-1252",
		bad, good + bad);
	state->lossy = true;
	return true;
}

static enum dc_text_step
step_3(struct dc_text_state *state)
{
	if (decode_declared(state, state->declared) || decode_declared(state, state->second))
		return DC_STEP_DECLARED;
	return DC_STEP_NONE;
}

enum dc_text_step
dc_text_steps_1_to_3(struct dc_text_state *state)
{
	const dc_charset *charset = dc_charset_lookup(state->declared);
	struct dc_utf8_check check;
	const bool valid = dc_utf8_check(state->bytes, state->size, &check);

	if (dc_charset_is_wide(charset) && decode_declared(state, state->declared))
		return DC_STEP_DECLARED;
	if (memchr(state->bytes, ESC, state->size) != NULL && decode_iso2022(state))
		return DC_STEP_ISO2022;
	if (valid && check.sequences == 0) {
		g_string_append_len(state->out, (const char *)state->bytes, (gssize)state->size);
		return DC_STEP_ASCII;
	}

	const bool declared = dc_charset_is_utf8(charset) || state->is_utf8;
	const bool decisive = check.sequences >= DECISIVE_SEQUENCES || check.longer > 0;
	const bool east = dc_charset_is_east_asian(charset);
	if (valid && (decisive || declared || !east || step_3(state) == DC_STEP_NONE)) {
		take_utf8(state, &check, dc_charset_is_utf8(charset));
		return DC_STEP_UTF8;
	}
	if (valid)
		return DC_STEP_DECLARED;
	if (check.truncated && (decisive || (declared && check.sequences > 0))) {
		take_utf8(state, &check, dc_charset_is_utf8(charset));
		return DC_STEP_UTF8;
	}
	if (decode_mixed(state, east ? MIXED_RATIO_EAST : MIXED_RATIO))
		return DC_STEP_MIXED;
	return step_3(state);
}
