/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages as the stops after them see them. In: a draft; out: an RFC 5322 message, written as often as
 * somebody asks, piece by piece, with its size and digest known before. Same draft, same bytes. It
 * never holds an attachment in memory, and delivers nothing.
 */
#ifndef DC_MESSAGE_MESSAGE_H
#define DC_MESSAGE_MESSAGE_H

#include <draftconv/message.h>

#include "lib/base/findings.h"
#include "lib/message/stream.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_message, draftconv_message_free)

/* As draftconv_message_write(), with an error that WRITE itself may set. */
int dc_message_write(
	const draftconv_message *message, dc_write_func write, void *user, draftconv_error **error);

/* The Message-ID before "@". [transfer none] */
const char *dc_message_identity(const draftconv_message *message);

/* [transfer none] the draft's and the composer's; a run may add its own; never NULL */
dc_findings *dc_message_findings(draftconv_message *message);

#endif
