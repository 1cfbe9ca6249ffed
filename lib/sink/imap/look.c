/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/look.h"

#include "lib/base/limits.h"
#include "lib/sink/imap/name.h"

#include <string.h>

/* Up to here the server's index is asked; more identities come cheaper with the whole folder. */
enum {
	SEARCH_MAX = 20,
	UIDS_MAX = 2000,
	SET_MAX = 4000
};

#define ITEMS "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"

struct dc_imap_looking {
	const struct dc_look_query *query;
	GHashTable *identities;
	GArray *uids; /* sorted, nothing twice */
	GArray *hits; /* of SEARCH */
	struct dc_look *look;
	size_t n_copies;
	guint32 highest; /* UID seen */
	GPtrArray *commands;
	bool search; /* instead of fetching everything */
	bool saved;  /* the server keeps the hits and fetches them */
};

static gint
compare_uids(gconstpointer a, gconstpointer b)
{
	const guint32 left = *(const guint32 *)a;
	const guint32 right = *(const guint32 *)b;

	return left < right ? -1 : left > right;
}

static void
sort_uids(GArray *uids)
{
	const guint32 *all = (const guint32 *)(const void *)uids->data;
	guint n = 0;

	g_array_sort(uids, compare_uids);
	for (guint i = 0; i < uids->len; i++) {
		if (all[i] != 0 && (n == 0 || all[i] != all[n - 1]))
			g_array_index(uids, guint32, n++) = all[i];
	}
	g_array_set_size(uids, n);
}

static bool
has_uid(const GArray *uids, guint32 uid)
{
	return g_array_binary_search((GArray *)(uintptr_t)uids, &uid, compare_uids, NULL);
}

int
dc_imap_looking_new(
	const struct dc_look_query *query, dc_imap_looking **looking, draftconv_error **error)
{
	g_autoptr(dc_imap_looking) result = g_new0(dc_imap_looking, 1);

	result->query = query;
	result->identities = g_hash_table_new(g_str_hash, g_str_equal);
	result->uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	result->hits = g_array_new(FALSE, FALSE, sizeof(guint32));
	result->commands = g_ptr_array_new_with_free_func((GDestroyNotify)dc_imap_command_unref);
	result->look = dc_look_new();
	for (size_t i = 0; i < query->n_identities; i++) {
		if (!dc_imap_is_plain(query->identities[i]))
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"identity %.255s: letters, digits and _.-$ only",
				query->identities[i]);
		g_hash_table_add(result->identities, (gpointer)(uintptr_t)query->identities[i]);
	}
	if (query->n_uids > 0)
		g_array_append_vals(result->uids, query->uids, (guint)query->n_uids);
	sort_uids(result->uids);
	result->search = query->n_identities <= SEARCH_MAX && result->uids->len <= UIDS_MAX;
	*looking = g_steal_pointer(&result);
	return 0;
}

void
dc_imap_looking_free(dc_imap_looking *looking)
{
	if (looking == NULL)
		return;
	g_hash_table_unref(looking->identities);
	g_array_unref(looking->uids);
	g_array_unref(looking->hits);
	g_ptr_array_unref(looking->commands);
	dc_look_free(looking->look);
	g_free(looking);
}

char *
dc_imap_identity(const char *field)
{
	const char *open = field == NULL ? NULL : strchr(field, '<');
	const char *end = NULL;

	if (open == NULL)
		return NULL;
	/* A folded field has white space before or, by odd programs, inside of the brackets. */
	open++;
	open += strspn(open, " \t\r\n");
	end = open + strcspn(open, "@> \t\r\n");
	return *end == '@' && end > open ? g_strndup(open, (gsize)(end - open)) : NULL;
}

/* What one FETCH response says. */
typedef struct fetched {
	struct dc_copy copy;
	char *identity;
	char **keywords;
	bool has_field;
} fetched;

static void
fetched_clear(fetched *f)
{
	g_free(f->identity);
	g_strfreev(f->keywords);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(fetched, fetched_clear)

static bool
take_item(fetched *f, const char *item, struct dc_imap_cursor *cursor)
{
	g_autofree char *text = NULL;
	guint64 number = 0;

	if (strcmp(item, "UID") == 0) {
		if (!dc_imap_number(cursor, &number) || number == 0 || number > G_MAXUINT32)
			return false;
		f->copy.uid = (guint32)number;
		return true;
	}
	if (strcmp(item, "RFC822.SIZE") == 0)
		return dc_imap_number(cursor, &f->copy.size);
	if (strcmp(item, "FLAGS") == 0) {
		f->copy.flags = dc_imap_flags(cursor, &f->keywords);
		return true;
	}
	if (strcmp(item, "INTERNALDATE") == 0) {
		if (!dc_imap_string(cursor, &text) || text == NULL)
			return false;
		(void)dc_imap_parse_date(text, &f->copy.date_s, &f->copy.date_offset_minutes);
		return true;
	}
	if (g_str_has_prefix(item, "BODY[HEADER.FIELDS")) {
		if (!dc_imap_string(cursor, &text))
			return false;
		f->has_field = true;
		f->identity = dc_imap_identity(text);
		return true;
	}
	return dc_imap_skip(cursor);
}

static void
take_fetch(fetched *f, struct dc_imap_cursor cursor)
{
	if (!dc_imap_accept(&cursor, '('))
		return;
	for (;;) {
		g_autofree char *item = NULL;

		dc_imap_blanks(&cursor);
		if (!dc_imap_word(&cursor, &item))
			return;
		dc_imap_blanks(&cursor);
		if (!take_item(f, item, &cursor))
			return;
	}
}

static bool
is_wanted(const dc_imap_looking *looking, const fetched *f)
{
	const guint32 from = looking->query->from_uid;

	if (from > 0 && f->copy.uid >= from)
		return true;
	if (f->identity != NULL && g_hash_table_contains(looking->identities, f->identity))
		return true;
	return has_uid(looking->uids, f->copy.uid);
}

static int
on_fetch(dc_imap_looking *looking, struct dc_imap_cursor cursor, draftconv_error **error)
{
	g_auto(fetched) f = {0};

	take_fetch(&f, cursor);
	/* Without the field it is news of another program's flags. */
	if (f.copy.uid == 0 || !f.has_field)
		return 0;
	if (f.copy.uid > looking->highest)
		looking->highest = f.copy.uid;
	if (!is_wanted(looking, &f))
		return 0;
	if (++looking->n_copies > DC_IMAP_COPIES_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"the server tells of more than %d copies", DC_IMAP_COPIES_MAX);
	f.copy.identity = f.identity;
	f.copy.keywords = (const char *const *)(void *)f.keywords;
	dc_look_add(looking->look, &f.copy);
	return 0;
}

static int
on_search(dc_imap_looking *looking, struct dc_imap_cursor cursor, draftconv_error **error)
{
	guint64 number = 0;

	while (dc_imap_number(&cursor, &number)) {
		const guint32 uid = (guint32)number;

		if (looking->hits->len >= DC_IMAP_COPIES_MAX)
			return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
				"the server finds more than %d copies", DC_IMAP_COPIES_MAX);
		if (number > 0 && number <= G_MAXUINT32)
			g_array_append_val(looking->hits, uid);
		dc_imap_blanks(&cursor);
	}
	return 0;
}

static int
on_data(void *user, const struct dc_imap_data *data, draftconv_error **error)
{
	if (strcmp(data->word, "FETCH") == 0)
		return on_fetch(user, data->rest, error);
	if (strcmp(data->word, "SEARCH") == 0)
		return on_search(user, data->rest, error);
	return 0;
}

static const struct dc_imap_listener listener = {.data = on_data};

static char *
criteria(const struct dc_look_query *query)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < query->n_identities; i++)
		g_string_append_printf(text, "%sHEADER Message-ID \"%s\"%s",
			i + 1 < query->n_identities ? "OR " : "", query->identities[i],
			i + 1 < query->n_identities ? " " : "");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
ask_sets(dc_imap_looking *looking, dc_imap_connection *connection, const GArray *uids, guint32 from)
{
	g_auto(GStrv) sets =
		dc_imap_sets((const guint32 *)(const void *)uids->data, uids->len, from, SET_MAX);

	for (char **set = sets; *set != NULL; set++)
		g_ptr_array_add(looking->commands,
			dc_imap_core_command(connection->core, "UID FETCH %s " ITEMS, *set));
}

void
dc_imap_looking_ask(dc_imap_looking *looking, dc_imap_connection *connection)
{
	dc_imap_core *core = connection->core;

	dc_imap_core_listen(core, &listener, looking);
	if (!looking->search) {
		g_ptr_array_add(
			looking->commands, dc_imap_core_command(core, "UID FETCH 1:* " ITEMS));
		return;
	}
	if (looking->query->n_identities > 0) {
		g_autofree char *text = criteria(looking->query);

		looking->saved = dc_imap_can(connection, DC_IMAP_SEARCHRES);
		g_ptr_array_add(
			looking->commands, dc_imap_core_command(core, "UID SEARCH %s%s",
						   looking->saved ? "RETURN (SAVE) " : "", text));
		if (looking->saved)
			g_ptr_array_add(looking->commands,
				dc_imap_core_command(core, "UID FETCH $ " ITEMS));
	}
	ask_sets(looking, connection, looking->uids, looking->query->from_uid);
}

static int
wait_all(dc_imap_looking *looking, dc_imap_mailbox *mailbox, draftconv_error **error)
{
	for (guint i = 0; i < looking->commands->len; i++) {
		const dc_imap_command *command = g_ptr_array_index(looking->commands, i);
		int status = dc_imap_wait(mailbox->connection, command, error);

		if (status < 0)
			return status;
		/* Some servers find no messages in an empty folder worth a refusal. */
		if (command->result != DC_IMAP_OK &&
			dc_imap_core_state(mailbox->connection->core)->exists > 0)
			return dc_imap_refused(mailbox->connection, command,
				DRAFTCONV_ERROR_TEMPORARY, "the folder cannot be read", error);
	}
	g_ptr_array_set_size(looking->commands, 0);
	return 0;
}

int
dc_imap_looking_finish(dc_imap_looking *looking, dc_imap_mailbox *mailbox, struct dc_look **look,
	draftconv_error **error)
{
	int status = wait_all(looking, mailbox, error);

	if (status >= 0 && looking->hits->len > 0) {
		sort_uids(looking->hits);
		ask_sets(looking, mailbox->connection, looking->hits, 0);
		status = wait_all(looking, mailbox, error);
	}
	dc_imap_core_listen(mailbox->connection->core, NULL, NULL);
	if (status < 0)
		return status;
	dc_imap_mailbox_take_facts(mailbox);
	if (looking->highest >= mailbox->base.facts.uidnext && looking->highest < G_MAXUINT32)
		mailbox->base.facts.uidnext = looking->highest + 1;
	dc_look_finish(looking->look, &mailbox->base.facts);
	*look = g_steal_pointer(&looking->look);
	return 0;
}

int
dc_imap_look(dc_mailbox *base, const struct dc_look_query *query, struct dc_look **look,
	draftconv_error **error)
{
	dc_imap_mailbox *mailbox = (dc_imap_mailbox *)base;
	g_autoptr(dc_imap_looking) looking = NULL;
	int status = dc_imap_looking_new(query, &looking, error);

	if (status < 0)
		return status;
	dc_imap_mailbox_ask_select(mailbox);
	dc_imap_looking_ask(looking, mailbox->connection);
	status = dc_imap_mailbox_selected(mailbox, error);
	if (status < 0) {
		dc_imap_core_listen(mailbox->connection->core, NULL, NULL);
		return status;
	}
	return dc_imap_looking_finish(looking, mailbox, look, error);
}
