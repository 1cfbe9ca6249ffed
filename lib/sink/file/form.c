/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/file/form.h"

#include <string.h>

static const char from_line[] = "From ";

static int
flush(struct dc_form_state *state, draftconv_error **error)
{
	gsize size = state->used;

	state->used = 0;
	state->out += size;
	return size == 0 ? 0 : state->write(state->user, state->buffer, size, error);
}

static int
emit(struct dc_form_state *state, char c, draftconv_error **error)
{
	if (state->used == sizeof state->buffer) {
		int status = flush(state, error);

		if (status < 0)
			return status;
	}
	state->buffer[state->used++] = (guint8)c;
	return 0;
}

/* What was held back at the start of the line, with EXTRA more or fewer ">". */
static int
release(struct dc_form_state *state, int extra, draftconv_error **error)
{
	gsize quotes = state->quotes + (gsize)extra;
	int status = 0;

	while (status >= 0 && quotes > 0) {
		status = emit(state, '>', error);
		quotes--;
	}
	for (gsize i = 0; status >= 0 && i < state->matched; i++)
		status = emit(state, from_line[i], error);
	state->quotes = 0;
	state->matched = 0;
	return status;
}

/* A letter of a line, less its end. CHANGE is +1 to quote, -1 to take a quote off. */
static int
line_byte(struct dc_form_state *state, char c, int change, draftconv_error **error)
{
	if (!state->in_line && state->form == DC_FORM_MBOXRD) {
		if (c == '>' && state->matched == 0) {
			state->quotes++;
			return 0;
		}
		if (c == from_line[state->matched]) {
			state->matched++;
			if (from_line[state->matched] != '\0')
				return 0;
			state->in_line = true;
			/* reading: "From " itself never gets here, ">From " loses one */
			return release(state, change < 0 && state->quotes == 0 ? 0 : change, error);
		}
		int status = release(state, 0, error);
		if (status < 0)
			return status;
	}
	state->in_line = true;
	return emit(state, c, error);
}

static int
line_end(struct dc_form_state *state, bool crlf, draftconv_error **error)
{
	int status = release(state, 0, error);

	state->in_line = false;
	if (status >= 0 && crlf)
		status = emit(state, '\r', error);
	return status < 0 ? status : emit(state, '\n', error);
}

/* One octet, in either direction: CR is held back until it is clear whether it ends a line. */
static int
convert(struct dc_form_state *state, char c, bool crlf, int change, draftconv_error **error)
{
	int status = 0;

	if (c == '\n') {
		state->after_cr = false;
		return line_end(state, crlf, error);
	}
	if (state->after_cr) {
		state->after_cr = false;
		status = line_byte(state, '\r', change, error);
	}
	if (c == '\r') {
		state->after_cr = true;
		return status;
	}
	return status < 0 ? status : line_byte(state, c, change, error);
}

int
dc_form_store(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct dc_form_state *state = user;
	const char *p = data;
	int status = 0;

	state->in += size;
	for (size_t i = 0; status >= 0 && i < size; i++)
		status = state->form == DC_FORM_CRLF ? emit(state, p[i], error)
						     : convert(state, p[i], false, 1, error);
	return status;
}

int
dc_form_restore(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct dc_form_state *state = user;
	const char *p = data;
	int status = 0;

	state->in += size;
	for (size_t i = 0; status >= 0 && i < size; i++)
		status = state->form == DC_FORM_CRLF ? emit(state, p[i], error)
						     : convert(state, p[i], true, -1, error);
	return status;
}

int
dc_form_finish(struct dc_form_state *state, draftconv_error **error)
{
	int status = 0;

	if (state->after_cr)
		status = line_byte(state, '\r', 0, error);
	state->after_cr = false;
	if (status >= 0)
		status = release(state, 0, error);
	return status < 0 ? status : flush(state, error);
}
