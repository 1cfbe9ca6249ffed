/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a stored message says the same as one of ours, though its bytes differ: another version of the
 * composer wrote it, or a server rewrapped a header. In: ours, and the stored bytes, which are hostile;
 * out: yes or no. What is compared are the decoded From, To, Cc, Bcc, Reply-To and Subject, the body texts
 * and the attachments (DELIVERY.md).
 */
#ifndef DC_MESSAGE_FIELDS_H
#define DC_MESSAGE_FIELDS_H

#include "lib/message/message.h"

/* @return 1 when they say the same, 0 when not; what writing OURS answered */
int dc_message_same_fields(
	draftconv_message *ours, const void *stored, gsize size, draftconv_error **error);

#endif
