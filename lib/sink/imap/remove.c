/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes single messages (RFC 4315): mark, see what was there to be marked, hand its flags on to what
 * takes its place, expunge exactly those.
 * Never a plain EXPUNGE, which would also take what the user has marked.
 */
#include "lib/sink/imap/mailbox.h"
#include "lib/sink/imap/name.h"

#include <string.h>

/* So many UIDs keep a command below every server's longest line. */
enum {
	AT_ONCE = 300,
	SET_MAX = 24 * 300
};

static gint
compare_removals(gconstpointer a, gconstpointer b)
{
	const struct dc_removal *left = *(struct dc_removal *const *)a;
	const struct dc_removal *right = *(struct dc_removal *const *)b;

	return left->uid < right->uid ? -1 : left->uid > right->uid;
}

/* "(UID 5 FLAGS (\Deleted))" */
static int
on_data(void *user, const struct dc_imap_data *data, draftconv_error **error)
{
	GPtrArray *portion = user;
	struct dc_imap_cursor cursor = data->rest;
	g_auto(GStrv) keywords = NULL;
	guint64 uid = 0;
	unsigned flags = 0;
	bool has_flags = false;

	(void)error;
	if (strcmp(data->word, "FETCH") != 0 || !dc_imap_accept(&cursor, '('))
		return 0;
	for (;;) {
		g_autofree char *item = NULL;

		dc_imap_blanks(&cursor);
		if (!dc_imap_word(&cursor, &item))
			break;
		dc_imap_blanks(&cursor);
		if (strcmp(item, "FLAGS") == 0) {
			flags = dc_imap_flags(&cursor, &keywords);
			has_flags = true;
		} else if (strcmp(item, "UID") == 0) {
			if (!dc_imap_number(&cursor, &uid))
				break;
		} else if (!dc_imap_skip(&cursor)) {
			break;
		}
	}
	for (guint i = 0; has_flags && i < portion->len; i++) {
		struct dc_removal *removal = g_ptr_array_index(portion, i);

		if (removal->uid != uid)
			continue;
		removal->flags = flags;
		g_strfreev(removal->keywords);
		removal->keywords = g_strdupv(keywords);
		if ((flags & DC_FLAG_DELETED) != 0)
			removal->outcome = DC_REMOVE_MARKED;
	}
	return 0;
}

static const struct dc_imap_listener listener = {.data = on_data};

/* AT_ONCE single UIDs of ten digits fit into one set. */
static char *
set_of(const GPtrArray *portion, enum dc_remove_outcome outcome)
{
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));

	for (guint i = 0; i < portion->len; i++) {
		const struct dc_removal *removal = g_ptr_array_index(portion, i);

		if (removal->outcome == outcome &&
			(uids->len == 0 ||
				g_array_index(uids, guint32, uids->len - 1) != removal->uid))
			g_array_append_val(uids, removal->uid);
	}
	g_auto(GStrv) sets =
		dc_imap_sets((const guint32 *)(const void *)uids->data, uids->len, 0, SET_MAX);
	return g_strdup(sets[0]);
}

/*
 * FETCH behind STORE tells of messages whose mark was there before, too, and of every flag as it is now.
 */
static int
mark(dc_imap_mailbox *mailbox, const GPtrArray *portion, draftconv_error **error)
{
	dc_imap_core *core = mailbox->connection->core;
	g_autofree char *set = set_of(portion, DC_REMOVE_NOT_SENT);
	g_autoptr(dc_imap_command) store =
		dc_imap_core_command(core, "UID STORE %s +FLAGS (\\Deleted)", set);
	g_autoptr(dc_imap_command) fetch =
		dc_imap_core_command(core, "UID FETCH %s (UID FLAGS)", set);
	int status = dc_imap_wait(mailbox->connection, store, error);

	if (status >= 0)
		status = dc_imap_wait(mailbox->connection, fetch, error);
	if (status < 0)
		return status;
	if (store->result != DC_IMAP_OK)
		return dc_imap_refused(mailbox->connection, store,
			dc_imap_is_temporary(store) ? DRAFTCONV_ERROR_TEMPORARY
						    : DRAFTCONV_ERROR_REFUSED,
			"a message cannot be marked", error);
	return 0;
}

static bool
has_keyword(const char *const *keywords, const char *keyword)
{
	for (; keywords != NULL && *keywords != NULL; keywords++) {
		if (g_ascii_strcasecmp(*keywords, keyword) == 0)
			return true;
	}
	return false;
}

/* What REMOVAL has and its heir has not, as a list; "" for nothing. [transfer full] */
static char *
inheritance(const dc_imap_mailbox *mailbox, const struct dc_removal *removal)
{
	const unsigned flags = removal->flags & ~(removal->heir_flags | DC_FLAG_DELETED);
	g_autoptr(GPtrArray) keywords = g_ptr_array_new();
	bool dropped = false;

	for (char **keyword = removal->keywords; keyword != NULL && *keyword != NULL; keyword++) {
		if (!has_keyword(removal->heir_keywords, *keyword))
			g_ptr_array_add(keywords, *keyword);
	}
	g_ptr_array_add(keywords, NULL);
	return dc_imap_flag_list(
		mailbox, flags, (const char *const *)(void *)keywords->pdata, &dropped);
}

/* Before anything is gone; a refusal costs a star at most, and not the removal. */
static int
bequeath(dc_imap_mailbox *mailbox, const GPtrArray *portion, draftconv_error **error)
{
	for (guint i = 0; i < portion->len; i++) {
		const struct dc_removal *removal = g_ptr_array_index(portion, i);

		if (removal->heir == 0 || removal->outcome != DC_REMOVE_MARKED)
			continue;
		g_autofree char *list = inheritance(mailbox, removal);
		if (*list == '\0')
			continue;
		g_autoptr(dc_imap_command) store = dc_imap_core_command(mailbox->connection->core,
			"UID STORE %u +FLAGS.SILENT %s", removal->heir, g_strchomp(list));
		int status = dc_imap_wait(mailbox->connection, store, error);
		if (status < 0)
			return status;
	}
	return 0;
}

static int
expunge(dc_imap_mailbox *mailbox, const GPtrArray *portion, draftconv_error **error)
{
	g_autofree char *set = set_of(portion, DC_REMOVE_MARKED);

	if (set == NULL || !dc_imap_can(mailbox->connection, DC_IMAP_UIDPLUS))
		return 0;
	g_autoptr(dc_imap_command) command =
		dc_imap_core_command(mailbox->connection->core, "UID EXPUNGE %s", set);
	int status = dc_imap_wait(mailbox->connection, command, error);
	if (status < 0)
		return status;
	if (command->result != DC_IMAP_OK)
		return dc_imap_refused(mailbox->connection, command,
			dc_imap_is_temporary(command) ? DRAFTCONV_ERROR_TEMPORARY
						      : DRAFTCONV_ERROR_REFUSED,
			"a marked message cannot be removed", error);
	for (guint i = 0; i < portion->len; i++) {
		struct dc_removal *removal = g_ptr_array_index(portion, i);

		if (removal->outcome == DC_REMOVE_MARKED)
			removal->outcome = DC_REMOVE_DONE;
	}
	return 0;
}

static void
set_outcomes(const GPtrArray *portion, enum dc_remove_outcome from, enum dc_remove_outcome to)
{
	for (guint i = 0; i < portion->len; i++) {
		struct dc_removal *removal = g_ptr_array_index(portion, i);

		if (removal->outcome == from)
			removal->outcome = to;
	}
}

static int
remove_portion(dc_imap_mailbox *mailbox, GPtrArray *portion, draftconv_error **error)
{
	dc_imap_core_listen(mailbox->connection->core, &listener, portion);
	int status = mark(mailbox, portion, error);
	dc_imap_core_listen(mailbox->connection->core, NULL, NULL);
	if (status < 0) {
		set_outcomes(portion, DC_REMOVE_NOT_SENT, DC_REMOVE_UNKNOWN);
		set_outcomes(portion, DC_REMOVE_MARKED, DC_REMOVE_UNKNOWN);
		return status;
	}
	set_outcomes(portion, DC_REMOVE_NOT_SENT, DC_REMOVE_GONE);
	status = bequeath(mailbox, portion, error);
	if (status >= 0)
		status = expunge(mailbox, portion, error);
	if (status < 0)
		set_outcomes(portion, DC_REMOVE_MARKED, DC_REMOVE_UNKNOWN);
	return status;
}

int
dc_imap_remove(dc_mailbox *base, struct dc_removal *removals, size_t n, draftconv_error **error)
{
	dc_imap_mailbox *mailbox = (dc_imap_mailbox *)base;
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	int status = 0;

	if (!mailbox->selected || mailbox->select != NULL) {
		dc_imap_mailbox_ask_select(mailbox);
		status = dc_imap_mailbox_selected(mailbox, error);
	}
	for (size_t i = 0; i < n; i++) {
		if (removals[i].uid == 0)
			removals[i].outcome = DC_REMOVE_GONE;
		else
			g_ptr_array_add(sorted, &removals[i]);
	}
	g_ptr_array_sort(sorted, compare_removals);
	for (guint at = 0; at < sorted->len && status >= 0; at += AT_ONCE) {
		g_autoptr(GPtrArray) portion = g_ptr_array_new();

		for (guint i = at; i < sorted->len && i < at + AT_ONCE; i++)
			g_ptr_array_add(portion, g_ptr_array_index(sorted, i));
		status = remove_portion(mailbox, portion, error);
	}
	return status;
}
