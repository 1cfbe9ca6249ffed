/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a server says of an account beyond what a delivery needs: rights (RFC 4314), quota (RFC 9208), the
 * limit of a message (RFC 7889), the certificate. It changes nothing.
 */
#include "lib/sink/imap/mailbox.h"
#include "lib/sink/imap/name.h"

#include <string.h>

/* Pairs of used and limit, in units of 1024 octets for STORAGE: "(STORAGE 10 512 MESSAGE 3 100)" */
static void
hear_quota(struct dc_sink_checked *checked, struct dc_imap_cursor cursor)
{
	g_autofree char *root = NULL;

	if (!dc_imap_string(&cursor, &root))
		return;
	dc_imap_blanks(&cursor);
	dc_imap_accept(&cursor, '(');
	for (;;) {
		g_autofree char *resource = NULL;
		guint64 used = 0;
		guint64 limit = 0;

		dc_imap_blanks(&cursor);
		if (!dc_imap_word(&cursor, &resource))
			return;
		dc_imap_blanks(&cursor);
		if (!dc_imap_number(&cursor, &used))
			return;
		dc_imap_blanks(&cursor);
		if (!dc_imap_number(&cursor, &limit))
			return;
		const guint64 left = used >= limit ? 0 : limit - used;
		if (strcmp(resource, "STORAGE") == 0 && left <= G_MAXUINT64 / 1024)
			checked->octets_left = MIN(checked->octets_left, left * 1024);
		else if (strcmp(resource, "MESSAGE") == 0)
			checked->messages_left = MIN(checked->messages_left, left);
	}
}

/* "folder rights" */
static void
hear_rights(struct dc_sink_checked *checked, struct dc_imap_cursor cursor)
{
	g_autofree char *folder = NULL;

	if (!dc_imap_string(&cursor, &folder))
		return;
	dc_imap_blanks(&cursor);
	g_clear_pointer(&checked->rights, g_free);
	dc_imap_string(&cursor, &checked->rights);
}

/* "folder (APPENDLIMIT 1000)", or NIL for none */
static void
hear_status(struct dc_sink_checked *checked, struct dc_imap_cursor cursor)
{
	g_autofree char *folder = NULL;
	g_autofree char *item = NULL;

	if (!dc_imap_string(&cursor, &folder))
		return;
	dc_imap_blanks(&cursor);
	if (!dc_imap_accept(&cursor, '(') || !dc_imap_word(&cursor, &item))
		return;
	dc_imap_blanks(&cursor);
	if (strcmp(item, "APPENDLIMIT") == 0)
		dc_imap_number(&cursor, &checked->appendlimit);
}

static int
on_data(void *user, const struct dc_imap_data *data, draftconv_error **error)
{
	(void)error;
	if (strcmp(data->word, "QUOTA") == 0)
		hear_quota(user, data->rest);
	else if (strcmp(data->word, "MYRIGHTS") == 0)
		hear_rights(user, data->rest);
	else if (strcmp(data->word, "STATUS") == 0)
		hear_status(user, data->rest);
	return 0;
}

static const struct dc_imap_listener listener = {.data = on_data};

/* A server that does not answer one of the questions just says nothing. */
static int
ask(dc_imap_mailbox *mailbox, struct dc_sink_checked *checked, draftconv_error **error)
{
	dc_imap_connection *connection = mailbox->connection;
	dc_imap_core *core = connection->core;
	g_autoptr(GPtrArray) commands =
		g_ptr_array_new_with_free_func((GDestroyNotify)dc_imap_command_unref);
	const bool exists = checked->folder_exists;
	int status = 0;

	dc_imap_core_listen(core, &listener, checked);
	if (dc_imap_can(connection, DC_IMAP_QUOTA))
		g_ptr_array_add(commands, dc_imap_core_command(core, "GETQUOTAROOT %s",
						  exists ? mailbox->quoted : "INBOX"));
	if (exists && dc_imap_can(connection, DC_IMAP_ACL))
		g_ptr_array_add(
			commands, dc_imap_core_command(core, "MYRIGHTS %s", mailbox->quoted));
	if (exists && dc_imap_can(connection, DC_IMAP_APPENDLIMIT))
		g_ptr_array_add(commands,
			dc_imap_core_command(core, "STATUS %s (APPENDLIMIT)", mailbox->quoted));
	for (guint i = 0; i < commands->len && status >= 0; i++)
		status = dc_imap_wait(connection, commands->pdata[i], error);
	dc_imap_core_listen(core, NULL, NULL);
	return status;
}

static gint64
certificate_end(const dc_imap_connection *connection)
{
	GTlsConnection *tls = dc_imap_transport_tls(connection->transport);
	GTlsCertificate *certificate =
		tls == NULL ? NULL : g_tls_connection_get_peer_certificate(tls);
	g_autoptr(GDateTime) end =
		certificate == NULL ? NULL : g_tls_certificate_get_not_valid_after(certificate);

	return end == NULL ? 0 : g_date_time_to_unix(end);
}

int
dc_imap_check(dc_imap_mailbox *mailbox, bool exists, draftconv_error **error)
{
	struct dc_sink_checked *checked = mailbox->checked;
	const struct dc_mailbox_facts *facts = &mailbox->base.facts;
	int status = 0;

	dc_sink_checked_clear(checked);
	checked->asked = true;
	checked->folder = g_strdup(mailbox->title);
	checked->folder_exists = exists;
	checked->certificate_until_s = certificate_end(mailbox->connection);
	if (exists && (!mailbox->selected || mailbox->select != NULL)) {
		dc_imap_mailbox_ask_select(mailbox);
		status = dc_imap_mailbox_selected(mailbox, error);
	}
	/* A folder that the server names, but does not open. */
	if (status < 0)
		return status;
	checked->read_only = exists && facts->read_only;
	checked->permanent_flags = exists ? facts->permanent_flags : 0x1f;
	checked->appendlimit = dc_imap_core_state(mailbox->connection->core)->appendlimit;
	return ask(mailbox, checked, error);
}
