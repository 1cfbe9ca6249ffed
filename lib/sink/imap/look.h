/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One look into the open folder. In: a query; out: the copies that it asks for. The commands can be
 * queued behind others, so that the look travels in the same write.
 */
#ifndef DC_SINK_IMAP_LOOK_H
#define DC_SINK_IMAP_LOOK_H

#include "lib/sink/imap/mailbox.h"

typedef struct dc_imap_looking dc_imap_looking;

/* QUERY must outlive it. @return 0, or ARGUMENT for an identity that is none */
int dc_imap_looking_new(
	const struct dc_look_query *query, dc_imap_looking **looking, draftconv_error **error);
void dc_imap_looking_free(dc_imap_looking *looking);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_imap_looking, dc_imap_looking_free)

/* Queue its commands; it listens until it is finished. */
void dc_imap_looking_ask(dc_imap_looking *looking, dc_imap_connection *connection);

/* Wait for all answers, ask what is still to be asked; FACTS go into the look. */
int dc_imap_looking_finish(dc_imap_looking *looking, dc_imap_mailbox *mailbox,
	struct dc_look **look, draftconv_error **error);

/* What stands before "@" in a Message-ID field. [transfer full] NULL when there is none */
char *dc_imap_identity(const char *field);

#endif
