/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bytes of a message as they stand in a file, and back. In: a message with CRLF in pieces of any
 * size; out: CRLF as it is, LF, or mboxrd (LF, and one ">" more before each "From " at the start of a
 * line); the other way round for reading. It keeps a few bytes of state and writes nowhere itself.
 */
#ifndef DC_SINK_FILE_FORM_H
#define DC_SINK_FILE_FORM_H

#include "lib/sink/sink.h"

enum dc_form {
	DC_FORM_CRLF,
	DC_FORM_LF,
	DC_FORM_MBOXRD
};

/* A converter; zero but for the first three members is its beginning. */
struct dc_form_state {
	enum dc_form form;
	dc_write_func write; /* gets what comes out */
	void *user;
	guint64 in;    /* octets that went in */
	guint64 out;   /* and came out */
	bool after_cr; /* a CR is held back */
	bool in_line;  /* not at the start of a line */
	gsize quotes;  /* ">" held back at the start of a line */
	gsize matched; /* letters of "From " held back behind them */
	gsize used;    /* of the buffer */
	guint8 buffer[16384];
};

/* Message to file; a dc_write_func whose user is the state. */
int dc_form_store(void *state, const void *data, size_t size, draftconv_error **error);

/* File to message; the same. */
int dc_form_restore(void *state, const void *data, size_t size, draftconv_error **error);

/* Let go of what is held back and of the buffer. */
int dc_form_finish(struct dc_form_state *state, draftconv_error **error);

#endif
