/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes back the creation of a folder. In: which folder it was, and the UIDNEXT behind the last message
 * that was put there. Whatever else was ever in it, or is another folder by now, stays.
 */
#include "lib/sink/imap/mailbox.h"

#include <string.h>

struct counted {
	guint64 messages, uidnext, uidvalidity; /* G_MAXUINT64: not told */
};

/* "folder (MESSAGES 0 UIDNEXT 4 UIDVALIDITY 7)" */
static int
on_data(void *user, const struct dc_imap_data *data, draftconv_error **error)
{
	struct counted *counted = user;
	struct dc_imap_cursor cursor = data->rest;
	g_autofree char *folder = NULL;

	(void)error;
	if (strcmp(data->word, "STATUS") != 0 || !dc_imap_string(&cursor, &folder))
		return 0;
	dc_imap_blanks(&cursor);
	dc_imap_accept(&cursor, '(');
	for (;;) {
		g_autofree char *item = NULL;
		guint64 number = 0;

		dc_imap_blanks(&cursor);
		if (!dc_imap_word(&cursor, &item))
			return 0;
		dc_imap_blanks(&cursor);
		if (!dc_imap_number(&cursor, &number))
			return 0;
		if (strcmp(item, "MESSAGES") == 0)
			counted->messages = number;
		else if (strcmp(item, "UIDNEXT") == 0)
			counted->uidnext = number;
		else if (strcmp(item, "UIDVALIDITY") == 0)
			counted->uidvalidity = number;
	}
}

static const struct dc_imap_listener listener = {.data = on_data};

/* Behind EXAMINE, CLOSE expunges nothing, and STATUS is not for a folder that is open. */
static int
leave_unchanged(dc_imap_mailbox *mailbox, draftconv_error **error)
{
	dc_imap_core *core = mailbox->connection->core;
	g_autoptr(dc_imap_command) examine =
		dc_imap_core_command(core, "EXAMINE %s", mailbox->quoted);
	int status = dc_imap_wait(mailbox->connection, examine, error);

	mailbox->selected = false;
	if (status < 0 || examine->result != DC_IMAP_OK)
		return status;
	g_autoptr(dc_imap_command) close = dc_imap_core_command(core, "CLOSE");
	return dc_imap_wait(mailbox->connection, close, error);
}

static int
count(dc_imap_mailbox *mailbox, struct counted *counted, draftconv_error **error)
{
	dc_imap_core *core = mailbox->connection->core;

	dc_imap_core_listen(core, &listener, counted);
	g_autoptr(dc_imap_command) command = dc_imap_core_command(
		core, "STATUS %s (MESSAGES UIDNEXT UIDVALIDITY)", mailbox->quoted);
	int status = dc_imap_wait(mailbox->connection, command, error);
	dc_imap_core_listen(core, NULL, NULL);
	return status;
}

int
dc_imap_delete_if_empty(
	dc_mailbox *base, guint32 uidvalidity, guint32 uidnext, draftconv_error **error)
{
	dc_imap_mailbox *mailbox = (dc_imap_mailbox *)base;
	dc_imap_core *core = mailbox->connection->core;
	struct counted counted = {G_MAXUINT64, G_MAXUINT64, G_MAXUINT64};
	int status = 0;

	if (mailbox->select != NULL)
		status = dc_imap_mailbox_selected(mailbox, error);
	if (status >= 0)
		status = leave_unchanged(mailbox, error);
	if (status >= 0)
		status = count(mailbox, &counted, error);
	if (status < 0)
		return status;
	if (counted.messages != 0 || counted.uidvalidity != uidvalidity ||
		counted.uidnext > uidnext)
		return 0;
	g_autoptr(dc_imap_command) delete =
		dc_imap_core_command(core, "DELETE %s", mailbox->quoted);
	status = dc_imap_wait(mailbox->connection, delete, error);
	if (status < 0 || delete->result != DC_IMAP_OK)
		return MIN(status, 0);
	g_autoptr(dc_imap_command) unsubscribe =
		dc_imap_core_command(core, "UNSUBSCRIBE %s", mailbox->quoted);
	status = dc_imap_wait(mailbox->connection, unsubscribe, error);
	return status < 0 ? status : 1;
}
