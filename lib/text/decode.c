/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/decode.h"
#include "lib/text/internal.h"

#include <string.h>

/* Layers of UTF-8 upon UTF-8 that were seen in the wild. */
#define LAYERS_MAX 2

/* One letter that looks encoded twice may be meant ("Â£5"); two are no chance. */
#define STRONG_SEQUENCES 2

/* How many offsets of NUL a detail names. */
#define OFFSETS_MAX 20

/* In a set with bad bytes so many letters must be well for one that is not. */
#define LENIENT_RATIO 9

static bool
is_body(const char *field)
{
	return strcmp(field, "text") == 0 || strcmp(field, "html") == 0 ||
	       strcmp(field, "body") == 0 || strcmp(field, "signature") == 0;
}

/* Step 4. */
static void
undo_double(struct dc_text_state *state, const dc_text_decision *decision)
{
	const int voted = dc_text_decision_layers(decision, state->field);
	g_autofree char *original = g_strndup(state->out->str, MIN(state->out->len, 400U));
	int layers = 0;
	bool was_cut = false;

	while (layers < LAYERS_MAX) {
		g_autoptr(GString) text = g_string_sized_new(state->out->len);
		gsize sequences = 0;
		bool cut = false;

		if (!dc_double_decode(state->out->str, state->out->len, text, &sequences, &cut))
			break;
		if (sequences < STRONG_SEQUENCES && layers >= voted) {
			if (layers == 0)
				dc_findings_add(state->findings,
					DC_FINDING_DOUBLE_ENCODING_SUSPECTED, state->field, "%s",
					"");
			break;
		}
		g_string_truncate(state->out, 0);
		g_string_append_len(state->out, text->str, (gssize)text->len);
		was_cut = was_cut || cut;
		layers++;
	}
	if (layers == 0)
		return;
	if (was_cut)
		dc_findings_add(state->findings, DC_FINDING_SUBJECT_CUT, state->field,
			"after %" G_GSIZE_FORMAT " bytes", state->size);
	const char *often = layers == 1 ? "once" : "twice"; /* LAYERS_MAX */
	/* bodies have no place in a journal; what was done to them can be undone */
	if (is_body(state->field))
		dc_findings_add(state->findings, DC_FINDING_DOUBLE_ENCODING_REPAIRED, state->field,
			"%s", often);
	else
		dc_findings_add(state->findings, DC_FINDING_DOUBLE_ENCODING_REPAIRED, state->field,
			"%s; was: %s", often, original);
}

static bool
decode_strictly(struct dc_text_state *state, const dc_charset *charset)
{
	const enum dc_charset_result result =
		dc_charset_decode(charset, state->bytes, state->size, state->out);

	if (result == DC_CHARSET_CUT)
		dc_findings_add(state->findings, DC_FINDING_SUBJECT_CUT, state->field,
			"after %" G_GSIZE_FORMAT " bytes", state->size);
	return result != DC_CHARSET_INVALID;
}

/* Step 5. */
static bool
decode_voted(struct dc_text_state *state, const dc_text_decision *decision)
{
	gsize told_by = 0;
	const dc_charset *charset = dc_text_decision_charset(decision, &told_by);

	if (charset == NULL || !decode_strictly(state, charset))
		return false;
	state->set = dc_charset_name(charset);
	dc_findings_add(state->findings, DC_FINDING_CHARSET_GUESSED, state->field,
		"%s, by %" G_GSIZE_FORMAT " bytes", dc_charset_name(charset), told_by);
	return true;
}

static bool
decode_assumed(struct dc_text_state *state, const dc_charset *charset)
{
	if (charset == NULL || !decode_strictly(state, charset))
		return false;
	state->set = dc_charset_name(charset);
	dc_findings_add(state->findings, DC_FINDING_CHARSET_ASSUMED, state->field, "%s",
		dc_charset_name(charset));
	return true;
}

/* A declared set in which some bytes are no letters says more than Windows-1252 would. */
static bool
decode_damaged(struct dc_text_state *state, const dc_charset *charset)
{
	const gsize before = state->out->len;

	/* of Windows-1252's holes step 6 makes what MySQL makes of them */
	if (charset == NULL || dc_charset_is_utf8(charset) ||
		charset == dc_charset_lookup("windows-1252"))
		return false;

	gsize good = 0;
	const gsize bad =
		dc_charset_decode_lenient(charset, state->bytes, state->size, state->out, &good);
	if (good / LENIENT_RATIO < bad) {
		g_string_truncate(state->out, before);
		return false;
	}
	dc_findings_add(state->findings, DC_FINDING_UNDECODABLE, state->field,
		"%" G_GSIZE_FORMAT " bytes beside %" G_GSIZE_FORMAT
		" letters beyond ASCII are not %s",
		bad, good, dc_charset_name(charset));
	state->lossy = true;
	return true;
}

/* Step 6: it never fails. */
static void
decode_anyhow(struct dc_text_state *state, const char *fallback)
{
	const dc_charset *declared = dc_charset_lookup(state->declared);

	if (declared != NULL && decode_damaged(state, declared))
		return;
	if (decode_assumed(state, dc_charset_lookup(fallback)))
		return;
	if (decode_assumed(state, dc_charset_lookup("windows-1252")))
		return;

	gsize holes = 0;
	for (gsize i = 0; i < state->size; i++)
		holes += memchr("\x81\x8d\x8f\x90\x9d", state->bytes[i], 5) != NULL ? 1 : 0;
	dc_cp1252_decode(state->bytes, state->size, state->out);
	dc_findings_add(state->findings, DC_FINDING_CHARSET_ASSUMED, state->field, "windows-1252");
	dc_findings_add(state->findings, DC_FINDING_UNDECODABLE, state->field,
		"%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
		" bytes are no letters of windows-1252 and became control characters",
		holes, state->size);
	state->lossy = true;
}

static void
remove_nuls(struct dc_text_state *state)
{
	g_autoptr(GString) offsets = g_string_new(NULL);
	gsize count = 0;
	gsize to = 0;

	if (memchr(state->out->str, '\0', state->out->len) == NULL)
		return;
	for (gsize from = 0; from < state->out->len; from++) {
		if (state->out->str[from] != '\0') {
			state->out->str[to++] = state->out->str[from];
			continue;
		}
		if (count < OFFSETS_MAX)
			g_string_append_printf(
				offsets, "%s%" G_GSIZE_FORMAT, count == 0 ? "" : ", ", from);
		count++;
	}
	g_string_truncate(state->out, to);
	dc_findings_add(state->findings, DC_FINDING_NUL_REMOVED, state->field,
		"%" G_GSIZE_FORMAT ", at byte %s%s", count, offsets->str,
		count > OFFSETS_MAX ? ", …" : "");
}

static struct dc_text_told
tell(const struct dc_text_state *state, enum dc_text_step step, bool voted)
{
	if (state->lossy)
		return (struct dc_text_told){DC_TEXT_DAMAGED, NULL};
	switch (step) {
	case DC_STEP_ASCII:
		return (struct dc_text_told){DC_TEXT_ASCII, NULL};
	case DC_STEP_ISO2022:
		return (struct dc_text_told){DC_TEXT_ESCAPES, NULL};
	case DC_STEP_UTF8:
		return (struct dc_text_told){DC_TEXT_UTF8, "UTF-8"};
	case DC_STEP_DECLARED:
		return (struct dc_text_told){DC_TEXT_DECLARED, state->set};
	case DC_STEP_MIXED:
	case DC_STEP_NONE:
		break;
	}
	return (struct dc_text_told){voted ? DC_TEXT_GUESSED : DC_TEXT_ASSUMED, state->set};
}

char *
dc_text_decode(const void *bytes, gsize size, const struct dc_text_hints *hints, const char *field,
	dc_findings *findings, bool *keep_raw)
{
	struct dc_text_told told;

	return dc_text_decode_told(bytes, size, hints, field, findings, keep_raw, &told);
}

char *
dc_text_decode_told(const void *bytes, gsize size, const struct dc_text_hints *hints,
	const char *field, dc_findings *findings, bool *keep_raw, struct dc_text_told *told)
{
	g_autoptr(GString) out = g_string_sized_new(size);
	struct dc_text_state state;

	dc_text_state_init(&state, bytes, size, hints, field, findings, out);

	const enum dc_text_step step = dc_text_steps_1_to_3(&state);
	const bool voted = step == DC_STEP_NONE && decode_voted(&state, hints->decision);
	if (step == DC_STEP_NONE && !voted)
		decode_anyhow(&state, hints->fallback);
	*told = tell(&state, step, voted);
	if (step == DC_STEP_UTF8 || step == DC_STEP_DECLARED)
		undo_double(&state, hints->decision);
	remove_nuls(&state);
	if (!hints->html)
		dc_browser_references(out, hints->form, field, findings);
	g_clear_pointer(&state.undone, g_bytes_unref);
	if (keep_raw != NULL)
		*keep_raw = state.lossy;
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
dc_text_decode_plain(const void *bytes, gsize size, const char *declared, gsize *size_out)
{
	const struct dc_text_hints hints = {.column = declared};
	g_autoptr(GString) out = g_string_sized_new(size);
	struct dc_text_state state;

	dc_text_state_init(&state, bytes, size, &hints, "", NULL, out);
	if (dc_text_steps_1_to_3(&state) == DC_STEP_NONE)
		decode_anyhow(&state, NULL);
	g_clear_pointer(&state.undone, g_bytes_unref);
	if (size_out != NULL)
		*size_out = out->len;
	return g_string_free(g_steal_pointer(&out), FALSE);
}
