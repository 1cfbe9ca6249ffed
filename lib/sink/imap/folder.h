/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the Drafts folder of an account (DELIVERY.md; RFC 6154, 2342). In: an authenticated connection;
 * out: the folder's name as it travels, created when that is allowed and there is none. It opens
 * nothing and never renames or removes.
 */
#ifndef DC_SINK_IMAP_FOLDER_H
#define DC_SINK_IMAP_FOLDER_H

#include "lib/sink/imap/connection.h"

typedef struct dc_imap_discovery dc_imap_discovery;

dc_imap_discovery *dc_imap_discovery_new(void);
void dc_imap_discovery_free(dc_imap_discovery *discovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_imap_discovery, dc_imap_discovery_free)

/* Queue the questions; the discovery listens until it is finished. */
void dc_imap_discovery_ask(dc_imap_discovery *discovery, dc_imap_connection *connection);

/*
 * Wait for the answers and decide. NAME [out, transfer full] is as it travels.
 * @return 1 when it was created, 0 when it was there; NOT_FOUND when there is none and MAY_CREATE is
 *         false; REFUSED, TEMPORARY, CANCELLED
 */
int dc_imap_discovery_finish(dc_imap_discovery *discovery, dc_imap_connection *connection,
	bool may_create, char **name, draftconv_error **error);

/* Create and subscribe, with the special use where the server knows it. NAME is as it travels. */
int dc_imap_create_folder(
	dc_imap_connection *connection, const char *name, draftconv_error **error);

/* Its pure part, for tests: feed LIST and NAMESPACE answers, then ask. */
int dc_imap_discovery_hear(dc_imap_discovery *discovery, const struct dc_imap_data *data);
/* @return true and NAME of an existing folder, else false and NAME of the one to create */
bool dc_imap_discovery_decide(
	const dc_imap_discovery *discovery, bool trust_special_use, char **name);

#endif
