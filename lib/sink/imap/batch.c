/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/batch.h"

#include "lib/sink/imap/name.h"

#include <string.h>

enum {
	BATCH_MESSAGES = 100,
	BATCH_BYTES = 1024 * 1024,
	LITERAL_MINUS_MAX = 4096, /* RFC 7888 section 5 */
	QUEUE_MAX = 256 * 1024,
	PIECE = 64 * 1024
};

void
dc_imap_batch_free(dc_imap_batch *batch)
{
	if (batch == NULL)
		return;
	dc_imap_command_unref(batch->command);
	g_free(batch->shape);
	g_free(batch);
}

static bool
is_cautious(const dc_imap_mailbox *mailbox)
{
	return g_atomic_int_get(&mailbox->sink->cautious) != 0;
}

/* May the literal go out without being asked for? */
static bool
goes_at_once(const dc_imap_mailbox *mailbox, guint64 size)
{
	if (is_cautious(mailbox))
		return false;
	if (dc_imap_can(mailbox->connection, DC_IMAP_LITERAL_PLUS))
		return true;
	return dc_imap_can(mailbox->connection, DC_IMAP_LITERAL_MINUS) && size <= LITERAL_MINUS_MAX;
}

bool
dc_imap_batch_is_multi(const dc_imap_mailbox *mailbox)
{
	return dc_imap_can(mailbox->connection, DC_IMAP_MULTIAPPEND) && goes_at_once(mailbox, 0);
}

size_t
dc_imap_batch_size(const dc_imap_mailbox *mailbox, const struct dc_put *puts, size_t n)
{
	guint64 bytes = 0;
	size_t taken = 0;

	if (!dc_imap_batch_is_multi(mailbox))
		return 1;
	while (taken < n && taken < BATCH_MESSAGES) {
		if (puts[taken].size > BATCH_BYTES - bytes ||
			!goes_at_once(mailbox, puts[taken].size))
			break;
		bytes += puts[taken].size;
		taken++;
	}
	return MAX(taken, 1);
}

static bool
keeps_keyword(const struct dc_imap_state *state, const char *keyword)
{
	if (!dc_imap_is_plain(keyword))
		return false;
	if (state->new_keywords)
		return true;
	for (char **known = state->keywords; known != NULL && *known != NULL; known++) {
		if (g_ascii_strcasecmp(*known, keyword) == 0)
			return true;
	}
	return false;
}

char *
dc_imap_flag_list(
	const dc_imap_mailbox *mailbox, unsigned flags, const char *const *keywords, bool *dropped)
{
	static const struct {
		unsigned flag;
		const char *name;
	} names[] = {{DC_FLAG_DRAFT, "\\Draft"}, {DC_FLAG_SEEN, "\\Seen"},
		{DC_FLAG_FLAGGED, "\\Flagged"}, {DC_FLAG_ANSWERED, "\\Answered"},
		{DC_FLAG_DELETED, "\\Deleted"}};
	const struct dc_imap_state *state = dc_imap_core_state(mailbox->connection->core);
	const unsigned kept = flags & mailbox->base.facts.permanent_flags;
	g_autoptr(GString) text = g_string_new("(");

	*dropped = false;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if ((kept & names[i].flag) != 0)
			g_string_append_printf(text, "%s ", names[i].name);
	}
	for (size_t i = 0; keywords != NULL && keywords[i] != NULL; i++) {
		if (keeps_keyword(state, keywords[i]))
			g_string_append_printf(text, "%s ", keywords[i]);
		else
			*dropped = true;
	}
	if (text->len == 1)
		return g_strdup("");
	text->str[text->len - 1] = ')';
	g_string_append_c(text, ' ');
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
flags_of(const dc_imap_mailbox *mailbox, struct dc_put *put)
{
	return dc_imap_flag_list(mailbox, put->flags, put->keywords, &put->keywords_dropped);
}

bool
dc_imap_batch_waits(const dc_imap_mailbox *mailbox, const struct dc_put *put)
{
	g_autofree char *shape = NULL;
	bool dropped = false;

	if (!goes_at_once(mailbox, put->size))
		return true;
	/* The folder is open and says that it keeps these flags: there is nothing to refuse. */
	if (dc_imap_core_state(mailbox->connection->core)->permanent_known)
		return false;
	shape = dc_imap_flag_list(mailbox, put->flags, put->keywords, &dropped);
	return g_strcmp0(shape, mailbox->proven) != 0;
}

/* The bytes of one message on their way out. */
struct writing {
	dc_imap_connection *connection;
	guint64 left;
	char last;
	bool has_last;
};

static int
queue_bytes(dc_imap_connection *connection, const char *at, size_t size, draftconv_error **error)
{
	while (size > 0) {
		const size_t piece = MIN(size, (size_t)PIECE);

		dc_imap_core_bytes(connection->core, at, piece);
		at += piece;
		size -= piece;
		int status = dc_imap_flush(connection, QUEUE_MAX, error);
		if (status < 0)
			return status;
	}
	return 0;
}

/*
 * A literal that is whole may be stored whatever follows, so its last byte is held back until the message
 * has ended where it should.
 */
static int
on_write(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct writing *writing = user;
	const char *bytes = data;

	if (size == 0)
		return 0;
	if (size > writing->left)
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"message is longer than it was; its source has changed");
	writing->left -= size;
	if (writing->left == 0) {
		size--;
		writing->last = bytes[size];
		writing->has_last = true;
	}
	return queue_bytes(writing->connection, bytes, size, error);
}

static int
stream_message(dc_imap_mailbox *mailbox, const struct dc_put *put, draftconv_error **error)
{
	struct writing writing = {.connection = mailbox->connection, .left = put->size};
	int status = put->write_message(put->message, on_write, &writing, error);

	if (status < 0)
		return status;
	if (!writing.has_last)
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"message %s is shorter than it was; its source has changed", put->identity);
	return queue_bytes(mailbox->connection, &writing.last, 1, error);
}

/* "(flags) date {size}" with what comes before it. */
static void
queue_head(dc_imap_mailbox *mailbox, const char *before, const char *flags, struct dc_put *put,
	bool at_once)
{
	char date[32];
	g_autofree char *head = NULL;

	dc_imap_date(put->date_s, put->date_offset_minutes, date);
	head = g_strdup_printf("%s%s%s {%" G_GUINT64_FORMAT "%s}\r\n", before, flags, date,
		put->size, at_once ? "+" : "");
	dc_imap_core_text(mailbox->connection->core, head);
}

int
dc_imap_batch_send(dc_imap_batch *batch, dc_imap_mailbox *mailbox, draftconv_error **error)
{
	dc_imap_core *core = mailbox->connection->core;
	g_autofree char *start = g_strdup_printf("APPEND %s ", mailbox->quoted);
	const bool waits = dc_imap_batch_waits(mailbox, &batch->puts[0]);
	int status = 0;

	batch->shape = flags_of(mailbox, &batch->puts[0]);
	batch->command = dc_imap_core_begin(core);
	queue_head(mailbox, start, batch->shape, &batch->puts[0], !waits);
	if (waits) {
		g_autofree char *text = NULL;

		status = dc_imap_wait_continuation(
			mailbox->connection, batch->command, &text, error);
		/* Refused before a byte of the message was sent. */
		if (status <= 0)
			return status;
	}
	status = stream_message(mailbox, &batch->puts[0], error);
	for (size_t i = 1; i < batch->n && status >= 0; i++) {
		g_autofree char *flags = flags_of(mailbox, &batch->puts[i]);

		queue_head(mailbox, " ", flags, &batch->puts[i], true);
		status = stream_message(mailbox, &batch->puts[i], error);
	}
	if (status < 0)
		return status;
	batch->complete_at = dc_imap_core_queued_total(core);
	dc_imap_core_end(core, batch->command);
	return 0;
}

/* "5", "5:9" or "3,5:7" into N numbers. */
static bool
expand_set(struct dc_imap_cursor *cursor, guint32 *uids, size_t n)
{
	size_t taken = 0;

	do {
		guint64 first = 0;
		guint64 last = 0;

		if (!dc_imap_number(cursor, &first))
			return false;
		last = first;
		if (dc_imap_accept(cursor, ':') && !dc_imap_number(cursor, &last))
			return false;
		if (first == 0 || last < first || last > G_MAXUINT32 || last - first >= n - taken)
			return false;
		for (guint64 uid = first; uid <= last; uid++)
			uids[taken++] = (guint32)uid;
	} while (taken < n && dc_imap_accept(cursor, ','));
	return taken == n && cursor->at == cursor->end;
}

guint32
dc_imap_batch_take_uids(
	struct dc_put *puts, size_t n, const char *arguments, guint32 uidvalidity, guint32 floor)
{
	struct dc_imap_cursor cursor = {arguments, arguments + strlen(arguments)};
	g_autofree guint32 *uids = g_new0(guint32, n);
	guint64 validity = 0;
	guint32 next = floor;

	if (!dc_imap_number(&cursor, &validity) || validity != uidvalidity || validity == 0)
		return floor;
	dc_imap_blanks(&cursor);
	if (!expand_set(&cursor, uids, n))
		return floor;
	for (size_t i = 0; i < n; i++) {
		if (uids[i] < next || uids[i] == G_MAXUINT32)
			return floor;
		next = uids[i] + 1;
	}
	for (size_t i = 0; i < n; i++)
		puts[i].uid = uids[i];
	return next;
}
