/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/internal.h"

#include <string.h>

void
dc_mailbox_init(dc_mailbox *mailbox, const struct dc_mailbox_class *class)
{
	memset(mailbox, 0, sizeof *mailbox);
	mailbox->class = class;
	mailbox->facts.folder = "";
}

void
dc_mailbox_clear(dc_mailbox *mailbox)
{
	g_clear_pointer(&mailbox->destination, g_free);
	g_clear_pointer(&mailbox->description, g_free);
}

int
dc_mailbox_check_cancelled(GCancellable *cancellable, draftconv_error **error)
{
	if (!g_cancellable_is_cancelled(cancellable))
		return DRAFTCONV_OK;
	return dc_error_set(error, DRAFTCONV_ERROR_CANCELLED, "cancelled");
}

void
dc_mailbox_close(dc_mailbox *mailbox)
{
	if (mailbox != NULL)
		mailbox->class->close(mailbox);
}

const char *
dc_mailbox_destination(const dc_mailbox *mailbox)
{
	return mailbox->destination;
}

const char *
dc_mailbox_describe(const dc_mailbox *mailbox)
{
	return mailbox->description;
}

const struct dc_mailbox_facts *
dc_mailbox_facts(const dc_mailbox *mailbox)
{
	return &mailbox->facts;
}

int
dc_mailbox_look(dc_mailbox *mailbox, const struct dc_look_query *query, struct dc_look **look,
	draftconv_error **error)
{
	return mailbox->class->look(mailbox, query, look, error);
}

int
dc_mailbox_put(dc_mailbox *mailbox, struct dc_put *puts, size_t n,
	const struct dc_look_query *after, struct dc_look **after_look, draftconv_error **error)
{
	return mailbox->class->put(mailbox, puts, n, after, after_look, error);
}

int
dc_mailbox_remove(
	dc_mailbox *mailbox, struct dc_removal *removals, size_t n, draftconv_error **error)
{
	return mailbox->class->remove(mailbox, removals, n, error);
}

int
dc_mailbox_fetch(dc_mailbox *mailbox, struct dc_fetch *fetches, size_t n, draftconv_error **error)
{
	return mailbox->class->fetch(mailbox, fetches, n, error);
}

int
dc_mailbox_delete_folder_if_empty(
	dc_mailbox *mailbox, guint32 uidvalidity, guint32 uidnext, draftconv_error **error)
{
	if (mailbox->class->delete_if_empty == NULL)
		return 0;
	return mailbox->class->delete_if_empty(mailbox, uidvalidity, uidnext, error);
}

void
dc_put_clear(struct dc_put *put)
{
	g_clear_pointer(&put->name, g_free);
	g_clear_pointer(&put->answer, g_free);
	put->outcome = DC_PUT_NOT_SENT;
	put->uid = 0;
	put->temporary = put->full = false;
	put->keywords_dropped = false;
}

void
dc_removal_clear(struct dc_removal *removal)
{
	g_clear_pointer(&removal->keywords, g_strfreev);
	removal->outcome = DC_REMOVE_NOT_SENT;
	removal->flags = 0;
}
