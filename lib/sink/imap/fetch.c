/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams messages back. */
#include "lib/base/limits.h"
#include "lib/sink/imap/mailbox.h"

#include <string.h>

enum {
	IN_FLIGHT = 32
};

/* Fetches are answered in their order; the UID before the literal, where a server tells it, decides. */
typedef struct fetching {
	struct dc_fetch *fetches;
	size_t n;
	size_t oldest;            /* whose command is not answered yet */
	struct dc_fetch *current; /* whose bytes are streaming; NULL: nobody's */
	guint64 streamed;         /* of the literal at hand */
} fetching;

/* The UID in "* 5 FETCH (UID 7 FLAGS () BODY[] "; 0 when it comes behind. */
static guint32
uid_before(const char *data, size_t size)
{
	struct dc_imap_cursor cursor = {data, data + size};
	const char *open = memchr(data, '(', size);
	guint64 uid = 0;

	if (open == NULL)
		return 0;
	cursor.at = open + 1;
	for (;;) {
		g_autofree char *item = NULL;

		dc_imap_blanks(&cursor);
		if (!dc_imap_word(&cursor, &item))
			return 0;
		dc_imap_blanks(&cursor);
		if (strcmp(item, "UID") == 0)
			return dc_imap_number(&cursor, &uid) && uid <= G_MAXUINT32 ? (guint32)uid
										   : 0;
		if (!dc_imap_skip(&cursor))
			return 0;
	}
}

static struct dc_fetch *
fetch_of(fetching *f, guint32 uid)
{
	if (uid == 0)
		return f->oldest < f->n ? &f->fetches[f->oldest] : NULL;
	for (size_t i = f->oldest; i < f->n; i++) {
		if (f->fetches[i].uid == uid)
			return &f->fetches[i];
	}
	return NULL;
}

static bool
on_wants_stream(void *user, const char *data, size_t size, guint64 literal)
{
	fetching *f = user;

	(void)literal;
	if (size < 8 || g_ascii_strncasecmp(data + size - 7, "BODY[] ", 7) != 0)
		return false;
	f->current = fetch_of(f, uid_before(data, size));
	/* A message that nobody asked for, or twice, is read over. */
	if (f->current != NULL && f->current->found)
		f->current = NULL;
	if (f->current != NULL)
		f->current->found = true;
	f->streamed = 0;
	return true;
}

static int
on_stream(void *user, const void *data, size_t size, draftconv_error **error)
{
	fetching *f = user;
	guint64 most = DC_IMAP_UNASKED_MAX;

	if (f->current != NULL)
		most = f->current->size == 0 || f->current->size > G_MAXUINT64 / 4
			       ? G_MAXUINT64
			       : 2 * f->current->size + DC_IMAP_MESSAGE_SLACK;
	f->streamed += size;
	if (f->streamed > most)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"the server sends more of a message than it said that there is");
	return f->current == NULL ? 0 : f->current->write(f->current->user, data, size, error);
}

/* A message may also come as a quoted string: an empty or very short one. */
static int
on_data(void *user, const struct dc_imap_data *data, draftconv_error **error)
{
	fetching *f = user;
	struct dc_imap_cursor cursor = data->rest;
	g_autofree char *text = NULL;
	guint64 uid = 0;
	bool has_text = false;

	if (strcmp(data->word, "FETCH") != 0 || !dc_imap_accept(&cursor, '('))
		return 0;
	for (;;) {
		g_autofree char *item = NULL;

		dc_imap_blanks(&cursor);
		if (!dc_imap_word(&cursor, &item))
			break;
		dc_imap_blanks(&cursor);
		if (strcmp(item, "UID") == 0 && !dc_imap_number(&cursor, &uid))
			break;
		if (strcmp(item, "UID") == 0)
			continue;
		if (strcmp(item, "BODY[]") == 0 && !has_text) {
			has_text = dc_imap_string(&cursor, &text);
			if (!has_text)
				break;
		} else if (!dc_imap_skip(&cursor)) {
			break;
		}
	}
	struct dc_fetch *fetch = fetch_of(f, uid <= G_MAXUINT32 ? (guint32)uid : 0);
	if (f->current != NULL && uid != 0 && uid != f->current->uid)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"the server sent another message than was asked for");
	f->current = NULL;
	if (fetch == NULL || fetch->found || text == NULL)
		return 0;
	fetch->found = true;
	return fetch->write(fetch->user, text, strlen(text), error);
}

static const struct dc_imap_listener listener = {
	.data = on_data,
	.wants_stream = on_wants_stream,
	.stream = on_stream,
};

static int
fetch_all(dc_imap_mailbox *mailbox, fetching *f, draftconv_error **error)
{
	g_autoptr(GPtrArray) commands =
		g_ptr_array_new_with_free_func((GDestroyNotify)dc_imap_command_unref);
	int status = 0;

	for (f->oldest = 0; f->oldest < f->n && status >= 0; f->oldest++) {
		while (commands->len < f->n && commands->len < f->oldest + IN_FLIGHT)
			g_ptr_array_add(commands, dc_imap_core_command(mailbox->connection->core,
							  "UID FETCH %u (UID BODY.PEEK[])",
							  f->fetches[commands->len].uid));
		const dc_imap_command *command = g_ptr_array_index(commands, f->oldest);
		status = dc_imap_wait(mailbox->connection, command, error);
		if (status >= 0 && command->result == DC_IMAP_BAD)
			return dc_imap_refused(mailbox->connection, command,
				DRAFTCONV_ERROR_TEMPORARY, "a message cannot be read", error);
	}
	return status;
}

int
dc_imap_fetch(dc_mailbox *base, struct dc_fetch *fetches, size_t n, draftconv_error **error)
{
	dc_imap_mailbox *mailbox = (dc_imap_mailbox *)base;
	fetching f = {.fetches = fetches, .n = n};
	int status = 0;

	for (size_t i = 0; i < n; i++)
		fetches[i].found = false;
	if (!mailbox->selected || mailbox->select != NULL) {
		dc_imap_mailbox_ask_select(mailbox);
		status = dc_imap_mailbox_selected(mailbox, error);
		if (status < 0)
			return status;
	}
	dc_imap_core_listen(mailbox->connection->core, &listener, &f);
	status = fetch_all(mailbox, &f, error);
	dc_imap_core_listen(mailbox->connection->core, NULL, NULL);
	/* Half a message may be left on the way. */
	if (status < 0)
		mailbox->connection->dead = true;
	return status;
}
