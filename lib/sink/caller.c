/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sink of the caller's own: each function of sink.h through the three callbacks. */
#include "lib/sink/internal.h"

#include <string.h>

struct caller {
	struct draftconv_sink_callbacks callbacks;
	char *destination;
};

struct caller_mailbox {
	dc_mailbox base;
	const struct caller *caller;
	GCancellable *cancellable;
	char *owner;
};

static bool
caller_can_remove(const draftconv_sink *sink)
{
	const struct caller *caller = sink->data;

	return caller->callbacks.remove != NULL && caller->callbacks.has != NULL;
}

static int
caller_describe(const draftconv_sink *sink, const struct dc_sink_account *account, char **text,
	draftconv_error **error)
{
	const struct caller *caller = sink->data;

	(void)account;
	(void)error;
	*text = g_strdup(caller->destination);
	return 0;
}

static int
caller_failed(const struct caller_mailbox *mailbox, int status, draftconv_error **error)
{
	return dc_error_set(error, status, "%s: the caller's sink answered %d",
		mailbox->base.destination, status);
}

static int
caller_look(dc_mailbox *base, const struct dc_look_query *query, struct dc_look **look,
	draftconv_error **error)
{
	struct caller_mailbox *mailbox = (struct caller_mailbox *)base;
	const struct draftconv_sink_callbacks *callbacks = &mailbox->caller->callbacks;
	g_autoptr(dc_look) result = dc_look_new();

	for (size_t i = 0; i < query->n_names; i++) {
		/* Without a way to ask, what was stored counts as there. */
		int status = dc_mailbox_check_cancelled(mailbox->cancellable, error);
		if (status < 0)
			return status;
		status = callbacks->has == NULL
				 ? 1
				 : callbacks->has(callbacks->user, mailbox->owner, query->names[i]);
		if (status < 0)
			return caller_failed(mailbox, status, error);
		if (status > 0) {
			struct dc_copy copy = {.name = query->names[i]};

			dc_look_add(result, &copy);
		}
	}
	dc_look_finish(result, &base->facts);
	*look = g_steal_pointer(&result);
	return 0;
}

/* Joins the two kinds of write functions: ours carries an error object, the caller's none. */
struct reading {
	struct dc_put *put;
	draftconv_write write;
	void *write_user;
	guint64 sent;
	draftconv_error *error;
	int status;
	bool stopped;
};

static int
forward(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct reading *reading = user;
	int status = reading->write(reading->write_user, data, size);

	if (status < 0) {
		reading->stopped = true;
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "the caller's sink stopped");
	}
	reading->sent += size;
	return 0;
}

static int
read_message(void *context, draftconv_write write, void *write_user)
{
	struct reading *reading = context;

	reading->write = write;
	reading->write_user = write_user;
	reading->sent = 0;
	g_clear_pointer(&reading->error, draftconv_error_free);
	reading->status = reading->put->write_message(
		reading->put->message, forward, reading, &reading->error);
	return reading->status;
}

static void
append_flags(GString *text, unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *name;
	} names[] = {{DC_FLAG_DRAFT, "\\Draft"}, {DC_FLAG_SEEN, "\\Seen"},
		{DC_FLAG_FLAGGED, "\\Flagged"}, {DC_FLAG_ANSWERED, "\\Answered"},
		{DC_FLAG_DELETED, "\\Deleted"}};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if ((flags & names[i].flag) != 0)
			g_string_append_printf(
				text, "%s%s", text->len > 0 ? " " : "", names[i].name);
	}
}

static int
put_one(struct caller_mailbox *mailbox, struct dc_put *put, draftconv_error **error)
{
	const struct draftconv_sink_callbacks *callbacks = &mailbox->caller->callbacks;
	g_autoptr(GString) flags = g_string_new(NULL);
	struct reading reading = {.put = put};
	char name[256] = "";

	append_flags(flags, put->flags);
	const struct draftconv_sink_item item = {
		.struct_size = sizeof item,
		.owner = mailbox->owner,
		.identity = put->identity,
		.size_bytes = put->size,
		.flags = flags->str,
		.date_s = put->date_s,
		.date_offset_minutes = put->date_offset_minutes,
	};
	int status = callbacks->put(callbacks->user, &item, read_message, &reading, name);

	if (reading.status < 0 && !reading.stopped) {
		/* The message could not be read: that comes first, whatever the caller made of it. */
		if (error != NULL)
			*error = g_steal_pointer(&reading.error);
		g_clear_pointer(&reading.error, draftconv_error_free);
		return reading.status;
	}
	g_clear_pointer(&reading.error, draftconv_error_free);
	if (status == DRAFTCONV_ERROR_DRAFT) {
		put->outcome = DC_PUT_REFUSED;
		put->answer = g_strdup("the caller's sink refused it");
		return 0;
	}
	if (status < 0)
		return caller_failed(mailbox, status, error);
	if (reading.sent != put->size)
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"%s: message of %" G_GUINT64_FORMAT " bytes was read as %" G_GUINT64_FORMAT,
			put->identity, put->size, reading.sent);
	name[sizeof name - 1] = '\0';
	put->name = g_utf8_make_valid(name, -1);
	put->outcome = DC_PUT_STORED;
	return 0;
}

static int
caller_put(dc_mailbox *base, struct dc_put *puts, size_t n, const struct dc_look_query *after,
	struct dc_look **after_look, draftconv_error **error)
{
	struct caller_mailbox *mailbox = (struct caller_mailbox *)base;

	for (size_t i = 0; i < n; i++) {
		int status = dc_mailbox_check_cancelled(mailbox->cancellable, error);

		if (status >= 0)
			status = put_one(mailbox, &puts[i], error);
		if (status < 0)
			return status;
	}
	return after == NULL ? 0 : caller_look(base, after, after_look, error);
}

static int
caller_remove(dc_mailbox *base, struct dc_removal *removals, size_t n, draftconv_error **error)
{
	struct caller_mailbox *mailbox = (struct caller_mailbox *)base;
	const struct draftconv_sink_callbacks *callbacks = &mailbox->caller->callbacks;

	if (callbacks->remove == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%s: the caller's sink removes nothing", base->destination);
	for (size_t i = 0; i < n; i++) {
		int status = callbacks->remove(callbacks->user, mailbox->owner, removals[i].name);

		if (status < 0)
			return caller_failed(mailbox, status, error);
		removals[i].outcome = status > 0 ? DC_REMOVE_DONE : DC_REMOVE_GONE;
	}
	return 0;
}

static int
caller_fetch(dc_mailbox *base, struct dc_fetch *fetches, size_t n, draftconv_error **error)
{
	(void)error;
	(void)base;
	for (size_t i = 0; i < n; i++)
		fetches[i].found = false;
	return 0;
}

static void
caller_close(dc_mailbox *base)
{
	struct caller_mailbox *mailbox = (struct caller_mailbox *)base;

	dc_mailbox_clear(base);
	g_clear_object(&mailbox->cancellable);
	g_free(mailbox->owner);
	g_free(mailbox);
}

static const struct dc_mailbox_class caller_mailbox_class = {
	.look = caller_look,
	.put = caller_put,
	.remove = caller_remove,
	.fetch = caller_fetch,
	.close = caller_close,
};

static int
caller_open(draftconv_sink *sink, const struct dc_sink_account *account, bool may_create,
	GCancellable *cancellable, dc_mailbox **mailbox, draftconv_error **error)
{
	struct caller_mailbox *result = g_new0(struct caller_mailbox, 1);

	(void)may_create;
	(void)error;
	dc_mailbox_init(&result->base, &caller_mailbox_class);
	result->caller = sink->data;
	result->owner = g_strdup(account->owner);
	result->cancellable = cancellable == NULL ? NULL : g_object_ref(cancellable);
	result->base.destination =
		g_strdup_printf("caller %s %s", result->caller->destination, account->owner);
	result->base.description = g_strdup(result->caller->destination);
	result->base.facts.permanent_flags = ~0U;
	*mailbox = &result->base;
	return 0;
}

static void
caller_free(draftconv_sink *sink)
{
	struct caller *caller = sink->data;

	if (caller == NULL)
		return;
	if (caller->callbacks.user_free != NULL)
		caller->callbacks.user_free(caller->callbacks.user);
	g_free(caller->destination);
	g_free(caller);
}

static const struct dc_sink_class caller_class = {
	.scheme = "caller:", /* not in the table: nobody types it */
	.journalled = true,
	.can_remove = caller_can_remove,
	.describe = caller_describe,
	.open = caller_open,
	.free = caller_free,
};

int
draftconv_sink_new(const struct draftconv_sink_callbacks *callbacks, draftconv_sink **sink,
	draftconv_error **error)
{
	if (callbacks == NULL || sink == NULL ||
		callbacks->struct_size < G_STRUCT_OFFSET(struct draftconv_sink_callbacks, has) ||
		callbacks->destination == NULL || callbacks->put == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a sink of one's own needs a destination and a put callback");

	draftconv_sink *result = g_new0(draftconv_sink, 1);
	struct caller *caller = g_new0(struct caller, 1);

	memcpy(&caller->callbacks, callbacks, MIN(callbacks->struct_size, sizeof *callbacks));
	caller->destination = g_strdup(callbacks->destination);
	caller->callbacks.destination = caller->destination;
	result->class = &caller_class;
	result->options.max_connections = 1;
	result->data = caller;
	*sink = result;
	return DRAFTCONV_OK;
}
