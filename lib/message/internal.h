/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the composer and the message that it makes share. */
#ifndef DC_MESSAGE_INTERNAL_H
#define DC_MESSAGE_INTERNAL_H

#include "lib/message/envelope.h"
#include "lib/message/message.h"

/* Where contents leave their error; a place of its own, since a message is const while it is written. */
struct message_failure {
	draftconv_error *error;
};

struct draftconv_message {
	GMimeMessage *mime;
	GMimeFormatOptions *format;
	struct message_failure *failure;
	dc_findings *findings;
	char *identity;
	char *id;
	char *subject;
	gint64 date_s;
	int offset_min;
	guint64 size;
	guint8 digest[32];
	GBytes *bytes;      /* NULL until somebody asked */
	GPtrArray *headers; /* char *: names and texts for people, in turn */
	GPtrArray *files;   /* struct dc_file */
};

draftconv_message *message_new(void);

/* Remember what callers ask for. */
void message_take_envelope(draftconv_message *message, const struct dc_envelope *envelope);

/* Remember what people are shown: what ENVELOPE says, and FILES ([transfer none], a reference is taken). */
void message_take_view(
	draftconv_message *message, const struct dc_envelope *envelope, GPtrArray *files);

/* Write it once into nothing, for size and digest. */
int message_count(draftconv_message *message, draftconv_error **error);

#endif
