/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who writes. In: the mailboxes that were typed as sender and the account's own; out: exactly one
 * mailbox that every client takes for an identity or at least reads. It never leaves From empty.
 */
#ifndef DC_MESSAGE_SENDER_H
#define DC_MESSAGE_SENDER_H

#include "lib/draft/draft.h"
#include "lib/message/address.h"

#define DC_SENDER_INVALID "sender.invalid"

/*
 * TYPED are the mailboxes of RAW (may be NULL), OWN the findings from reading them; they go to FINDINGS
 * when they are about the mailbox that is kept. [transfer full]
 */
struct dc_address *dc_sender_new(const draftconv_draft *draft, const GPtrArray *typed,
	const char *raw, const dc_findings *own, dc_findings *findings);

#endif
