/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stores messages: what goes out when, and what becomes of each answer (DELIVERY.md, Appending). */
#include "lib/sink/imap/batch.h"
#include "lib/sink/imap/look.h"

#include <string.h>

enum {
	SINGLES_IN_FLIGHT = 64,
	BATCHES_MAX = 8
};

/* A stretch of puts that still has to go out. */
struct stretch {
	size_t first;
	size_t n;
};

typedef struct appending {
	dc_imap_mailbox *mailbox;
	struct dc_put *puts;
	GArray *todo;             /* struct stretch; the next one is the last */
	GQueue in_flight;         /* dc_imap_batch, oldest first */
	guint32 floor;            /* no UID of ours is lower */
	dc_imap_looking *looking; /* queued behind the last command */
	const struct dc_look_query *after;
	bool full; /* the quota has refused something: whatever else is on its way would be, too */
} appending;

static void
appending_clear(appending *a)
{
	g_array_unref(a->todo);
	g_queue_clear_full(&a->in_flight, (GDestroyNotify)dc_imap_batch_free);
	if (a->looking != NULL)
		dc_imap_core_listen(a->mailbox->connection->core, NULL, NULL);
	dc_imap_looking_free(a->looking);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(appending, appending_clear)

static void
push(appending *a, size_t first, size_t n)
{
	const struct stretch stretch = {first, n};

	if (n > 0)
		g_array_append_val(a->todo, stretch);
}

static char *
words_of(const dc_imap_command *command)
{
	if (command->code == NULL)
		return g_strdup(command->text);
	return g_strdup_printf("[%s] %s%s", command->code, command->text,
		strcmp(command->code, "OVERQUOTA") == 0
			? "; make room in the mailbox, or raise its quota"
			: "");
}

static void
refuse(struct dc_put *put, char *answer, bool temporary)
{
	g_free(put->answer);
	put->answer = answer;
	put->temporary = temporary;
	put->outcome = DC_PUT_REFUSED;
}

/* What need not be sent to be refused. */
static bool
refuse_here(const appending *a, struct dc_put *put)
{
	const guint64 limit = a->mailbox->base.facts.appendlimit;

	if (put->size == 0) {
		refuse(put, g_strdup("the message is empty"), false);
		return true;
	}
	if (limit > 0 && put->size > limit) {
		refuse(put,
			g_strdup_printf("the server takes messages of up to %" G_GUINT64_FORMAT
					" bytes",
				limit),
			false);
		return true;
	}
	if (a->mailbox->full_from > 0 && put->size >= a->mailbox->full_from) {
		refuse(put,
			g_strdup_printf("not sent, since one of %" G_GUINT64_FORMAT
					" bytes was refused: %s",
				a->mailbox->full_from, a->mailbox->full_words),
			true);
		put->full = true;
		return true;
	}
	return false;
}

/* A full mailbox may have room for a shorter one, so it is asked again for shorter ones only. */
static void
remember_full(const appending *a, struct dc_put *put)
{
	dc_imap_mailbox *mailbox = a->mailbox;

	put->full = true;
	if (mailbox->full_from == 0 || put->size < mailbox->full_from)
		mailbox->full_from = put->size;
	g_free(mailbox->full_words);
	mailbox->full_words = g_strdup(put->answer);
}

static void
stored(appending *a, dc_imap_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		batch->puts[i].outcome = DC_PUT_STORED;
	if (g_strcmp0(batch->command->code, "APPENDUID") == 0)
		a->floor = dc_imap_batch_take_uids(batch->puts, batch->n, batch->command->arguments,
			a->mailbox->base.facts.uidvalidity, a->floor);
	g_free(a->mailbox->proven);
	a->mailbox->proven = g_steal_pointer(&batch->shape);
}

static int
answered_no(appending *a, dc_imap_batch *batch, draftconv_error **error)
{
	const size_t first = (size_t)(batch->puts - a->puts);
	const size_t half = batch->n / 2;
	const bool full = g_strcmp0(batch->command->code, "OVERQUOTA") == 0;

	if (g_strcmp0(batch->command->code, "TRYCREATE") == 0)
		return dc_imap_refused(a->mailbox->connection, batch->command,
			DRAFTCONV_ERROR_TEMPORARY, "the folder has vanished", error);
	a->full = a->full || full;
	if (batch->n == 1) {
		refuse(&batch->puts[0], words_of(batch->command),
			dc_imap_is_temporary(batch->command));
		if (full)
			remember_full(a, &batch->puts[0]);
		return 0;
	}
	/* A MULTIAPPEND is all or nothing (RFC 3502): both halves go again until one stands alone. */
	push(a, first + half, batch->n - half);
	push(a, first, half);
	return 0;
}

/* What came behind the refused arguments may have been read as commands: this connection is over. */
static int
answered_bad(appending *a, dc_imap_batch *batch, draftconv_error **error)
{
	if (batch->n == 1)
		refuse(&batch->puts[0], words_of(batch->command), false);
	g_atomic_int_set(&a->mailbox->sink->cautious, 1);
	return dc_imap_refused(a->mailbox->connection, batch->command, DRAFTCONV_ERROR_TEMPORARY,
		"the server does not understand an APPEND; the next connection asks before each "
		"message",
		error);
}

static int
take_answer(appending *a, dc_imap_batch *batch, draftconv_error **error)
{
	switch (batch->command->result) {
	case DC_IMAP_OK:
		stored(a, batch);
		return 0;
	case DC_IMAP_NO:
		return answered_no(a, batch, error);
	case DC_IMAP_BAD:
		return answered_bad(a, batch, error);
	case DC_IMAP_PENDING:
		break;
	}
	/* The connection ended. A command is carried out only when the server has all of it. */
	const bool complete =
		batch->complete_at > 0 &&
		dc_imap_core_sent_total(a->mailbox->connection->core) >= batch->complete_at;
	for (size_t i = 0; i < batch->n; i++)
		batch->puts[i].outcome = complete ? DC_PUT_UNKNOWN : DC_PUT_NOT_SENT;
	return 0;
}

static int
await_oldest(appending *a, draftconv_error **error)
{
	const dc_imap_batch *oldest = g_queue_peek_head(&a->in_flight);
	int status = dc_imap_wait(a->mailbox->connection, oldest->command, error);

	/* Left in the queue it is settled with the others. */
	if (status < 0)
		return status;
	g_autoptr(dc_imap_batch) batch = g_queue_pop_head(&a->in_flight);
	return take_answer(a, batch, error);
}

static guint
most_in_flight(const appending *a)
{
	const gint64 rtt_ms = a->mailbox->connection->rtt_us / 1000;

	if (!dc_imap_batch_is_multi(a->mailbox))
		return SINGLES_IN_FLIGHT;
	/* Bytes on the way must cover rate times round trip: two batches here, six at 50 ms. */
	return (guint)CLAMP(2 + rtt_ms / 12, 2, BATCHES_MAX);
}

/* Leave room for one more command; none at all may be left when it waits for its literal. */
static int
make_room(appending *a, const struct dc_put *put, draftconv_error **error)
{
	const guint room = a->full || dc_imap_batch_waits(a->mailbox, put) ? 1 : most_in_flight(a);
	int status = 0;

	while (g_queue_get_length(&a->in_flight) >= room && status >= 0)
		status = await_oldest(a, error);
	return status;
}

static int
send_next(appending *a, draftconv_error **error)
{
	struct stretch *last = &g_array_index(a->todo, struct stretch, a->todo->len - 1);
	struct stretch stretch = *last;

	g_array_set_size(a->todo, a->todo->len - 1);
	if (refuse_here(a, &a->puts[stretch.first])) {
		push(a, stretch.first + 1, stretch.n - 1);
		return 0;
	}
	size_t fit = 1;
	while (fit < stretch.n && !refuse_here(a, &a->puts[stretch.first + fit]))
		fit++;
	int status = make_room(a, &a->puts[stretch.first], error);
	if (status < 0)
		return status;

	dc_imap_batch *batch = g_new0(dc_imap_batch, 1);
	batch->puts = &a->puts[stretch.first];
	batch->n = dc_imap_batch_size(a->mailbox, batch->puts, fit);
	push(a, stretch.first + batch->n, stretch.n - batch->n);
	g_queue_push_tail(&a->in_flight, batch);
	return dc_imap_batch_send(batch, a->mailbox, error);
}

/*
 * The look goes out behind the last command. It opens the folder anew: Dovecot 2.3 carries out a FETCH
 * in the same write on the folder as it was before the APPEND, even behind a NOOP.
 */
static int
ask_after(appending *a, draftconv_error **error)
{
	if (a->after == NULL || a->looking != NULL)
		return 0;
	int status = dc_imap_looking_new(a->after, &a->looking, error);
	if (status < 0)
		return status;
	dc_imap_mailbox_ask_select(a->mailbox);
	dc_imap_looking_ask(a->looking, a->mailbox->connection);
	return 0;
}

static int
finish_look(appending *a, struct dc_look **look, draftconv_error **error)
{
	int status = dc_imap_mailbox_selected(a->mailbox, error);

	if (status >= 0)
		status = dc_imap_looking_finish(a->looking, a->mailbox, look, error);
	dc_imap_core_listen(a->mailbox->connection->core, NULL, NULL);
	g_clear_pointer(&a->looking, dc_imap_looking_free);
	return status;
}

/* A refused batch goes again, so what was looked for too early must be looked for again. */
static int
drop_look(appending *a, draftconv_error **error)
{
	g_autoptr(dc_look) stale = NULL;

	return a->looking == NULL ? 0 : finish_look(a, &stale, error);
}

static int
append_all(appending *a, draftconv_error **error)
{
	int status = 0;

	while (status >= 0 && (a->todo->len > 0 || !g_queue_is_empty(&a->in_flight))) {
		if (a->todo->len > 0) {
			status = drop_look(a, error);
			if (status >= 0)
				status = send_next(a, error);
			continue;
		}
		status = ask_after(a, error);
		if (status >= 0)
			status = await_oldest(a, error);
	}
	return status;
}

/* After the end of the connection: an answer for what was on its way. */
static void
settle(appending *a)
{
	dc_imap_batch *batch = NULL;

	a->mailbox->connection->dead = true;
	while ((batch = g_queue_pop_head(&a->in_flight)) != NULL) {
		(void)take_answer(a, batch, NULL);
		dc_imap_batch_free(batch);
	}
}

int
dc_imap_put(dc_mailbox *base, struct dc_put *puts, size_t n, const struct dc_look_query *after,
	struct dc_look **after_look, draftconv_error **error)
{
	dc_imap_mailbox *mailbox = (dc_imap_mailbox *)base;
	g_auto(appending) a = {.mailbox = mailbox,
		.puts = puts,
		.todo = g_array_new(FALSE, FALSE, sizeof(struct stretch)),
		.in_flight = G_QUEUE_INIT,
		.after = after};
	int status = 0;

	if (!mailbox->selected || mailbox->select != NULL) {
		dc_imap_mailbox_ask_select(mailbox);
		status = dc_imap_mailbox_selected(mailbox, error);
		if (status < 0)
			return status;
	}
	a.floor = base->facts.uidnext;
	push(&a, 0, n);
	status = append_all(&a, error);
	if (status < 0) {
		settle(&a);
		return status;
	}
	base->facts.uidnext = MAX(base->facts.uidnext, a.floor);
	if (after == NULL)
		return 0;
	status = ask_after(&a, error);
	return status < 0 ? status : dc_imap_looking_finish(a.looking, mailbox, after_look, error);
}
