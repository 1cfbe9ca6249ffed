/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/folder.h"

#include "lib/sink/imap/name.h"

#include <string.h>

enum {
	CANDIDATES_MAX = 1000
};

/* A folder that may be the one. */
struct candidate {
	char *name; /* as it travels */
	char *title;
	char delimiter; /* '\0' in a flat hierarchy */
	bool drafts;    /* has the attribute */
};

struct dc_imap_discovery {
	GArray *candidates;
	char *prefix; /* of the personal namespace, as it travels; NULL: nobody said */
	char delimiter;
	bool any_special_use; /* some folder has such an attribute */
	dc_imap_command *namespace;
	dc_imap_command *list;
};

/* What programs call it: Thunderbird, Roundcube, Outlook, Apple Mail, Gmail, in the languages they have. */
static const char *const known[] = {"Drafts", "Draft", "Draft Messages", "Unsent Messages",
	"Entwürfe", "Entwurf", "Brouillons", "Borradores", "Bozze", "Rascunhos", "Concepten",
	"Utkast", "Kladder", "Luonnokset", "Szkice", "Wersje robocze", "Kopie robocze", "Koncepty",
	"Rozepsané", "Piszkozatok", "Ciorne", "Skice", "Nacrti", "Osnutki", "Mustandid",
	"Melnraksti", "Juodraščiai", "Черновики", "Чернетки", "Чернови", "Нацрти", "Taslaklar",
	"Πρόχειρα", "טיוטות", "مسودات", "المسودات", "下書き", "草稿", "草稿箱", "草稿匣",
	"임시 보관함", "임시보관함", "Drög", "Esborranys", "Zirriborroak", "Thư nháp", "ฉบับร่าง"};

dc_imap_discovery *
dc_imap_discovery_new(void)
{
	dc_imap_discovery *discovery = g_new0(dc_imap_discovery, 1);

	discovery->candidates = g_array_new(FALSE, TRUE, sizeof(struct candidate));
	return discovery;
}

void
dc_imap_discovery_free(dc_imap_discovery *discovery)
{
	if (discovery == NULL)
		return;
	for (guint i = 0; i < discovery->candidates->len; i++) {
		struct candidate *candidate =
			&g_array_index(discovery->candidates, struct candidate, i);

		g_free(candidate->name);
		g_free(candidate->title);
	}
	g_array_unref(discovery->candidates);
	g_free(discovery->prefix);
	dc_imap_command_unref(discovery->namespace);
	dc_imap_command_unref(discovery->list);
	g_free(discovery);
}

static bool
is_known(const char *title)
{
	g_autofree char *folded = g_utf8_casefold(title, -1);
	g_autofree char *normal = g_utf8_normalize(folded, -1, G_NORMALIZE_NFC);

	for (size_t i = 0; normal != NULL && i < G_N_ELEMENTS(known); i++) {
		g_autofree char *other = g_utf8_casefold(known[i], -1);

		if (strcmp(normal, other) == 0)
			return true;
	}
	return false;
}

/* The last part of a folder's name. */
static const char *
last_part(const char *title, char delimiter)
{
	const char *last = delimiter == '\0' ? NULL : strrchr(title, delimiter);

	return last == NULL ? title : last + 1;
}

/* "(attributes) delimiter name" */
static void
hear_list(dc_imap_discovery *discovery, struct dc_imap_cursor cursor)
{
	g_auto(GStrv) attributes = NULL;
	g_autofree char *delimiter = NULL;
	g_autofree char *name = NULL;
	struct candidate candidate = {0};
	bool closed = false;

	dc_imap_flags(&cursor, &attributes);
	dc_imap_blanks(&cursor);
	if (!dc_imap_string(&cursor, &delimiter))
		return;
	dc_imap_blanks(&cursor);
	if (!dc_imap_string(&cursor, &name) || name == NULL || name[0] == '\0')
		return;
	for (char **attribute = attributes; *attribute != NULL; attribute++) {
		if (g_ascii_strcasecmp(*attribute, "\\Drafts") == 0)
			candidate.drafts = true;
		if (g_ascii_strcasecmp(*attribute, "\\Noselect") == 0 ||
			g_ascii_strcasecmp(*attribute, "\\NonExistent") == 0)
			closed = true;
		if (g_ascii_strcasecmp(*attribute, "\\Sent") == 0 ||
			g_ascii_strcasecmp(*attribute, "\\Trash") == 0)
			discovery->any_special_use = true;
	}
	discovery->any_special_use |= candidate.drafts;
	candidate.delimiter = delimiter == NULL ? '\0' : delimiter[0];
	if (discovery->delimiter == '\0')
		discovery->delimiter = candidate.delimiter;

	/* A name that cannot be sent back as a quoted string is none that we can open. */
	g_autofree char *quoted = dc_imap_quote(name);
	g_autofree char *title = dc_imap_utf7_decode(name);
	if (closed || quoted == NULL || discovery->candidates->len >= CANDIDATES_MAX ||
		!(candidate.drafts || is_known(last_part(title, candidate.delimiter))))
		return;
	candidate.name = g_steal_pointer(&name);
	candidate.title = g_steal_pointer(&title);
	g_array_append_val(discovery->candidates, candidate);
}

/* "((prefix delimiter …) …) …": the first personal one */
static void
hear_namespace(dc_imap_discovery *discovery, struct dc_imap_cursor cursor)
{
	g_autofree char *prefix = NULL;
	g_autofree char *delimiter = NULL;

	if (!dc_imap_accept(&cursor, '(') || !dc_imap_accept(&cursor, '(') ||
		!dc_imap_string(&cursor, &prefix))
		return;
	dc_imap_blanks(&cursor);
	if (!dc_imap_string(&cursor, &delimiter))
		return;
	g_free(discovery->prefix);
	discovery->prefix = prefix == NULL ? g_strdup("") : g_steal_pointer(&prefix);
	if (delimiter != NULL)
		discovery->delimiter = delimiter[0];
}

int
dc_imap_discovery_hear(dc_imap_discovery *discovery, const struct dc_imap_data *data)
{
	if (strcmp(data->word, "LIST") == 0)
		hear_list(discovery, data->rest);
	else if (strcmp(data->word, "NAMESPACE") == 0)
		hear_namespace(discovery, data->rest);
	return 0;
}

static int
on_data(void *user, const struct dc_imap_data *data, draftconv_error **error)
{
	(void)error;
	return dc_imap_discovery_hear(user, data);
}

static const struct dc_imap_listener listener = {.data = on_data};

/* Directly under the personal namespace or under INBOX? */
static bool
is_at_home(const dc_imap_discovery *discovery, const struct candidate *candidate)
{
	const char *prefix = discovery->prefix == NULL ? "" : discovery->prefix;
	const char *part = last_part(candidate->name, candidate->delimiter);
	const size_t before = (size_t)(part - candidate->name);

	if (before == strlen(prefix) && g_ascii_strncasecmp(candidate->name, prefix, before) == 0)
		return true;
	return before == 6 && g_ascii_strncasecmp(candidate->name, "INBOX", 5) == 0;
}

bool
dc_imap_discovery_decide(const dc_imap_discovery *discovery, bool trust_special_use, char **name)
{
	const char *prefix = discovery->prefix == NULL ? "" : discovery->prefix;
	g_autofree char *usual = g_strconcat(prefix, "Drafts", NULL);
	const struct candidate *other = NULL;
	guint others = 0;

	for (guint i = 0; trust_special_use && i < discovery->candidates->len; i++) {
		const struct candidate *candidate =
			&g_array_index(discovery->candidates, struct candidate, i);

		if (candidate->drafts) {
			*name = g_strdup(candidate->name);
			return true;
		}
	}
	for (guint i = 0; i < discovery->candidates->len; i++) {
		const struct candidate *candidate =
			&g_array_index(discovery->candidates, struct candidate, i);

		if (strcmp(candidate->name, usual) == 0) {
			*name = g_steal_pointer(&usual);
			return true;
		}
		if (is_at_home(discovery, candidate) &&
			is_known(last_part(candidate->title, candidate->delimiter))) {
			other = candidate;
			others++;
		}
	}
	*name = others == 1 ? g_strdup(other->name) : g_steal_pointer(&usual);
	return others == 1;
}

void
dc_imap_discovery_ask(dc_imap_discovery *discovery, dc_imap_connection *connection)
{
	dc_imap_core *core = connection->core;
	const bool known_now = dc_imap_core_state(core)->capabilities_known;
	const bool extended = known_now && dc_imap_can(connection, DC_IMAP_SPECIAL_USE) &&
			      dc_imap_can(connection, DC_IMAP_LIST_EXTENDED);

	dc_imap_core_listen(core, &listener, discovery);
	/* Before the login's OK the capabilities are a guess; these two forms harm nowhere. */
	if (!known_now || dc_imap_can(connection, DC_IMAP_NAMESPACE))
		discovery->namespace = dc_imap_core_command(core, "NAMESPACE");
	discovery->list = dc_imap_core_command(
		core, "%s", extended ? "LIST \"\" \"*\" RETURN (SPECIAL-USE)" : "LIST \"\" \"*\"");
}

/* Some servers tell the special use only when they are asked for it. */
static int
ask_special_use(
	dc_imap_discovery *discovery, dc_imap_connection *connection, draftconv_error **error)
{
	if (discovery->any_special_use || !dc_imap_can(connection, DC_IMAP_SPECIAL_USE))
		return 0;
	g_autoptr(dc_imap_command) command =
		dc_imap_core_command(connection->core, "LIST (SPECIAL-USE) \"\" \"*\"");

	return dc_imap_wait(connection, command, error);
}

int
dc_imap_discovery_finish(dc_imap_discovery *discovery, dc_imap_connection *connection,
	bool may_create, char **name, draftconv_error **error)
{
	g_autofree char *found = NULL;
	int status = 0;

	if (discovery->namespace != NULL)
		status = dc_imap_wait(connection, discovery->namespace, error);
	if (status >= 0)
		status = dc_imap_wait(connection, discovery->list, error);
	if (status >= 0)
		status = dc_imap_need_capabilities(connection, error);
	if (status >= 0)
		status = ask_special_use(discovery, connection, error);
	dc_imap_core_listen(connection->core, NULL, NULL);
	if (status < 0)
		return status;
	if (discovery->list->result != DC_IMAP_OK)
		return dc_imap_refused(connection, discovery->list, DRAFTCONV_ERROR_TEMPORARY,
			"the folders cannot be listed", error);
	if (dc_imap_discovery_decide(
		    discovery, dc_imap_can(connection, DC_IMAP_SPECIAL_USE), &found)) {
		*name = g_steal_pointer(&found);
		return 0;
	}
	if (!may_create) {
		*name = g_steal_pointer(&found);
		return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND,
			"%s: the account has no Drafts folder", connection->endpoint->title);
	}
	status = dc_imap_create_folder(connection, found, error);
	if (status < 0)
		return status;
	*name = g_steal_pointer(&found);
	return 1;
}

int
dc_imap_create_folder(dc_imap_connection *connection, const char *name, draftconv_error **error)
{
	g_autofree char *quoted = dc_imap_quote(name);
	bool special = dc_imap_can(connection, DC_IMAP_CREATE_SPECIAL_USE);

	if (quoted == NULL)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "folder %.255s: cannot be named", name);
	for (;;) {
		g_autoptr(dc_imap_command) create = dc_imap_core_command(connection->core,
			"CREATE %s%s", quoted, special ? " (USE (\\Drafts))" : "");
		g_autoptr(dc_imap_command) subscribe =
			dc_imap_core_command(connection->core, "SUBSCRIBE %s", quoted);
		int status = dc_imap_wait(connection, create, error);

		if (status >= 0)
			status = dc_imap_wait(connection, subscribe, error);
		if (status < 0)
			return status;
		if (create->result == DC_IMAP_OK || g_strcmp0(create->code, "ALREADYEXISTS") == 0)
			return 0;
		if (!special) {
			g_autofree char *title = dc_imap_utf7_decode(name);
			g_autofree char *what =
				g_strdup_printf("folder %s cannot be created", title);

			return dc_imap_refused(connection, create,
				dc_imap_is_temporary(create) ? DRAFTCONV_ERROR_TEMPORARY
							     : DRAFTCONV_ERROR_REFUSED,
				what, error);
		}
		/* Another folder may have the special use already (RFC 6154 section 3). */
		special = false;
	}
}
