/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One APPEND command, with one message or many (RFC 3502). In: puts; out: the command on its way, its
 * literals streamed. It decides how a literal is announced, from a closed grammar of its own, since a
 * refused non-synchronising literal is read as commands.
 */
#ifndef DC_SINK_IMAP_BATCH_H
#define DC_SINK_IMAP_BATCH_H

#include "lib/sink/imap/mailbox.h"

typedef struct dc_imap_batch {
	struct dc_put *puts;
	size_t n;
	dc_imap_command *command;
	guint64 complete_at; /* position in all output behind the last literal; 0: not all queued */
	char *shape;         /* flags of the first message */
} dc_imap_batch;
void dc_imap_batch_free(dc_imap_batch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_imap_batch, dc_imap_batch_free)

/* Several messages in one command on this connection? */
bool dc_imap_batch_is_multi(const dc_imap_mailbox *mailbox);

/* How many of N puts the next command may take: 1 at least. */
size_t dc_imap_batch_size(const dc_imap_mailbox *mailbox, const struct dc_put *puts, size_t n);

/* Must the first literal of PUT be announced and waited for? */
bool dc_imap_batch_waits(const dc_imap_mailbox *mailbox, const struct dc_put *put);

/*
 * Queue the command of BATCH and stream its messages; nothing may be in flight when it waits. With 0
 * the command is complete, or was answered before it was.
 * @return 0; DRAFT when a message cannot be read or is not as long as it says; TEMPORARY, CANCELLED
 */
int dc_imap_batch_send(dc_imap_batch *batch, dc_imap_mailbox *mailbox, draftconv_error **error);

/*
 * UIDs of APPENDUID's arguments "VALIDITY SET" into the puts, when they can be believed: the folder's
 * validity, as many as messages, ascending from FLOOR on. @return the next floor, or FLOOR
 */
guint32 dc_imap_batch_take_uids(
	struct dc_put *puts, size_t n, const char *arguments, guint32 uidvalidity, guint32 floor);

#endif
