/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A batch of drafts of one account, driven to its end: decide, write, act, look, decide again, until
 * nothing is left to do. In: items and what is wanted; out: items that are done, each with the strongest
 * status on its way. Connections that die in between are opened again.
 */
#ifndef DC_RUN_BATCH_H
#define DC_RUN_BATCH_H

#include "lib/run/session.h"

/*
 * A batch is one transaction, and so many drafts or bytes that several MULTIAPPENDs are in flight over a
 * long line (DELIVERY.md); while the journal reaches the disk, the server has nothing to do.
 */
#define DC_BATCH_DRAFTS 400
#define DC_BATCH_BYTES (4 * 1024 * 1024)

/* WANTED holds for all items. @return 0, or an error after which the account cannot go on */
int dc_batch_run(dc_session *session, const struct dc_wanted *wanted, GPtrArray *items,
	draftconv_error **error);

/* Nothing is done about these any more: the folder was put back. */
void dc_batch_stop(GPtrArray *items);

/* What the run says of an item: false when it says nothing. */
bool dc_item_outcome(const dc_item *item, draftconv_outcome *outcome);

/* Say it. OWNER and KEY are the item's entry's when NULL. */
int dc_item_say(const dc_session *session, const dc_item *item, draftconv_error **error);

/* What is said of a batch is one transaction: the disk is waited for once, not once a draft. */
int dc_batch_say(const dc_session *session, GPtrArray *items, draftconv_error **error);

/*
 * Say what became of a batch that ended with STATUS. When that is an error, what the journal knows of it is
 * said, and the other ITEMS are dropped: the next run finds out. @return STATUS, or an error of saying
 */
int dc_batch_end(const dc_session *session, GPtrArray *items, int status, draftconv_error **error);

#endif
