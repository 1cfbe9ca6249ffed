/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sinks imap: and imaps:, their accounts and how a folder is opened. */
#include "lib/sink/imap/auth.h"
#include "lib/sink/imap/folder.h"
#include "lib/sink/imap/mailbox.h"
#include "lib/sink/imap/name.h"

#include <string.h>

void
dc_imap_sink_free(draftconv_sink *sink)
{
	struct dc_imap_sink *imap = sink->data;

	if (imap == NULL)
		return;
	dc_imap_url_clear(&imap->url);
	g_strfreev(imap->words);
	g_free(imap);
}

static int
check_imap(const draftconv_sink *sink, const struct dc_imap_url *url, bool tls_now,
	draftconv_error **error)
{
	const bool off = sink->options.tls == DRAFTCONV_SINK_TLS_OFF;

	if (off && tls_now)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"--tls=off contradicts imaps://; write imap://");
	if (off && !dc_imap_is_loopback(url->host))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%s: without TLS only this machine (localhost) may be spoken to",
			url->host);
	int status = url->login == NULL ? 0 : dc_sink_check_template(url->login, error);
	if (status >= 0 && url->folder != NULL)
		status = dc_sink_check_template(url->folder, error);
	return status < 0 ? status : 0;
}

static int
parse(draftconv_sink *sink, bool tls_now, draftconv_error **error)
{
	g_auto(dc_imap_url) url = {0};
	int status = dc_imap_url_parse(sink->rest, tls_now ? 993 : 143, &url, error);

	if (status >= 0)
		status = check_imap(sink, &url, tls_now, error);
	if (status < 0)
		return status;

	struct dc_imap_sink *imap = g_new0(struct dc_imap_sink, 1);
	imap->url = url;
	memset(&url, 0, sizeof url);
	imap->tls_now = tls_now;
	sink->data = imap;
	return 0;
}

static int
imap_parse(draftconv_sink *sink, draftconv_error **error)
{
	return parse(sink, false, error);
}

static int
imaps_parse(draftconv_sink *sink, draftconv_error **error)
{
	return parse(sink, true, error);
}

bool
dc_imap_sink_can_remove(const draftconv_sink *sink)
{
	(void)sink;
	return true;
}

/* Is the login what {login} stands for, or some text with it? */
static bool
imap_takes_login(const draftconv_sink *sink)
{
	const struct dc_imap_sink *imap = sink->data;

	return imap->url.login == NULL || strstr(imap->url.login, "{login}") != NULL;
}

static bool
imap_fixed_login(const draftconv_sink *sink, bool has_accounts)
{
	const struct dc_imap_sink *imap = sink->data;

	if (imap->url.login != NULL && dc_sink_check_template(imap->url.login, NULL) == 0)
		return true;
	return !has_accounts && imap_takes_login(sink) && sink->options.login != NULL &&
	       dc_sink_check_template(sink->options.login, NULL) == 0;
}

int
dc_imap_sink_describe(const draftconv_sink *sink, const struct dc_sink_account *account,
	char **text, draftconv_error **error)
{
	g_auto(dc_imap_way) way = {0};
	int status = dc_imap_way_find(sink, account, &way, error);

	if (status < 0)
		return status;
	*text = dc_imap_way_describe(&way, way.folder == NULL ? "" : way.folder);
	return 0;
}

int
dc_imap_sink_names(const draftconv_sink *sink, const struct dc_sink_account *account, char **login,
	char **folder, draftconv_error **error)
{
	g_auto(dc_imap_way) way = {0};
	int status = dc_imap_way_find(sink, account, &way, error);

	if (status < 0)
		return status;
	*login = g_steal_pointer(&way.login);
	*folder = g_steal_pointer(&way.folder);
	return 0;
}

void
dc_imap_mailbox_ask_select(dc_imap_mailbox *mailbox)
{
	if (mailbox->select != NULL)
		return;
	dc_imap_core_forget_folder(mailbox->connection->core);
	mailbox->select =
		dc_imap_core_command(mailbox->connection->core, "SELECT %s", mailbox->quoted);
}

void
dc_imap_mailbox_take_facts(dc_imap_mailbox *mailbox)
{
	const struct dc_imap_state *state = dc_imap_core_state(mailbox->connection->core);
	struct dc_mailbox_facts *facts = &mailbox->base.facts;

	facts->folder = mailbox->title;
	facts->uidvalidity = state->uidvalidity;
	facts->uidnext = MAX(state->uidnext, facts->uidnext);
	facts->exists = state->exists;
	/* RFC 9051 7.1: a server that says nothing keeps all of them. */
	facts->permanent_flags = state->permanent_known ? state->flags : 0x1f;
	facts->keywords = state->new_keywords;
	facts->uidplus = dc_imap_can(mailbox->connection, DC_IMAP_UIDPLUS);
	facts->created = mailbox->created;
	facts->read_only = state->read_only;
	facts->appendlimit = state->appendlimit;
}

static int
select_failed(dc_imap_mailbox *mailbox, const dc_imap_command *select, draftconv_error **error)
{
	g_autofree char *what = g_strdup_printf("folder %s cannot be opened", mailbox->title);
	int code = DRAFTCONV_ERROR_NOT_FOUND;

	if (dc_imap_is_temporary(select))
		code = DRAFTCONV_ERROR_TEMPORARY;
	else if (g_strcmp0(select->code, "NOPERM") == 0)
		code = DRAFTCONV_ERROR_REFUSED;
	return dc_imap_refused(mailbox->connection, select, code, what, error);
}

int
dc_imap_mailbox_selected(dc_imap_mailbox *mailbox, draftconv_error **error)
{
	for (;;) {
		g_autoptr(dc_imap_command) select = g_steal_pointer(&mailbox->select);
		int status = dc_imap_wait(mailbox->connection, select, error);

		if (status < 0)
			return status;
		if (select->result == DC_IMAP_OK) {
			mailbox->selected = true;
			/* A SELECT tells anew what a look only counts up. */
			mailbox->base.facts.uidnext = 0;
			dc_imap_mailbox_take_facts(mailbox);
			return 0;
		}
		if (!mailbox->may_create || mailbox->created || dc_imap_is_temporary(select) ||
			g_strcmp0(select->code, "NOPERM") == 0)
			return select_failed(mailbox, select, error);
		status = dc_imap_create_folder(mailbox->connection, mailbox->name, error);
		if (status < 0)
			return status;
		mailbox->created = true;
		dc_imap_mailbox_ask_select(mailbox);
	}
}

static void
set_name(dc_imap_mailbox *mailbox, char *name)
{
	mailbox->name = name;
	mailbox->quoted = dc_imap_quote(name);
	mailbox->title = dc_imap_utf7_decode(name);
}

/* What goes out behind the login: the search for the folder, or its opening. */
struct behind {
	dc_imap_mailbox *mailbox;
	dc_imap_discovery *discovery; /* NULL when the folder is given */
};

static void
ask_behind(dc_imap_connection *connection, void *user)
{
	struct behind *behind = user;

	if (behind->discovery != NULL)
		dc_imap_discovery_ask(behind->discovery, connection);
	else
		dc_imap_mailbox_ask_select(behind->mailbox);
}

/* One command that opens one mailbox by itself is no way for several accounts, whatever --login says. */
static int
check_preauth(const dc_imap_mailbox *mailbox, const struct dc_sink_account *account,
	draftconv_error **error)
{
	bool fixed = account->several && mailbox->sink->words != NULL &&
		     dc_imap_core_state(mailbox->connection->core)->preauth;

	for (guint i = 0; fixed && mailbox->sink->words[i] != NULL; i++)
		fixed = dc_sink_check_template(mailbox->sink->words[i], NULL) == 0;
	if (!fixed)
		return 0;
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"%s: the command opens a mailbox without a login, so the drafts of several "
		"accounts "
		"would all go into it: write {login} into the command, or choose one with "
		"--owner NAME; --all-into-one says that it is meant",
		mailbox->way.title);
}

/* AGAIN [out] is set when another secret is to be tried, which needs another connection. */
static int
log_in(dc_imap_mailbox *mailbox, const draftconv_sink *sink, const struct dc_sink_account *account,
	bool *again, draftconv_error **error)
{
	g_autoptr(dc_imap_discovery) discovery =
		mailbox->name == NULL ? dc_imap_discovery_new() : NULL;
	struct behind behind = {mailbox, discovery};
	const struct dc_imap_login who = {
		.login = mailbox->way.login,
		.authenticate_as = sink->options.authenticate_as,
		.master_separator = sink->options.master_separator,
		.mechanism = sink->options.auth_mechanism,
		.has_tokens = sink->options.has_tokens,
		.secret = sink->options.secret,
		.secret_user = sink->options.secret_user,
		.refused = sink->options.refused,
		.again = again,
	};
	int status = check_preauth(mailbox, account, error);

	if (status >= 0)
		status = dc_imap_login(mailbox->connection, &who, ask_behind, &behind, error);
	if (status < 0) {
		/* What was queued behind the login is answered by nobody who matters. */
		mailbox->connection->dead = true;
		return status;
	}
	if (status == 0) {
		status = dc_imap_need_capabilities(mailbox->connection, error);
		if (status < 0)
			return status;
		ask_behind(mailbox->connection, &behind);
	}
	if (discovery == NULL)
		return dc_imap_mailbox_selected(mailbox, error);
	g_autofree char *name = NULL;
	status = dc_imap_discovery_finish(
		discovery, mailbox->connection, mailbox->may_create, &name, error);
	if (name != NULL)
		set_name(mailbox, g_steal_pointer(&name));
	if (status < 0)
		return status;
	mailbox->created = status > 0;
	/* It goes out with the first look. */
	dc_imap_mailbox_ask_select(mailbox);
	return 0;
}

static int
connect_and_log_in(dc_imap_mailbox *mailbox, const draftconv_sink *sink,
	const struct dc_sink_account *account, GCancellable *cancellable, draftconv_error **error)
{
	for (;;) {
		g_autoptr(draftconv_error) why = NULL;
		bool again = false;
		int status = dc_imap_connection_open(
			&mailbox->way.endpoint, cancellable, &mailbox->connection, &why);

		if (status >= 0)
			status = log_in(mailbox, sink, account, &again, &why);
		if (!again) {
			if (status < 0 && error != NULL)
				*error = g_steal_pointer(&why);
			return status;
		}
		g_clear_pointer(&mailbox->select, dc_imap_command_unref);
		g_clear_pointer(&mailbox->connection, dc_imap_connection_close);
	}
}

static void
name_destination(dc_imap_mailbox *mailbox)
{
	mailbox->base.destination = dc_imap_way_key(&mailbox->way, mailbox->title);
	mailbox->base.description = dc_imap_way_describe(&mailbox->way, mailbox->title);
	mailbox->base.facts.folder = mailbox->title;
	mailbox->base.facts.created = mailbox->created;
}

static void
imap_close(dc_mailbox *base)
{
	dc_imap_mailbox *mailbox = (dc_imap_mailbox *)base;

	dc_imap_command_unref(mailbox->select);
	dc_imap_connection_close(mailbox->connection);
	dc_imap_way_clear(&mailbox->way);
	g_free(mailbox->name);
	g_free(mailbox->quoted);
	g_free(mailbox->title);
	g_free(mailbox->proven);
	g_free(mailbox->full_words);
	dc_mailbox_clear(base);
	g_free(mailbox);
}

static const struct dc_mailbox_class imap_mailbox_class = {
	.look = dc_imap_look,
	.put = dc_imap_put,
	.remove = dc_imap_remove,
	.fetch = dc_imap_fetch,
	.delete_if_empty = dc_imap_delete_if_empty,
	.close = imap_close,
};

/* CHECKED is NULL, or what the server says of the account goes there. */
static int
open_account(draftconv_sink *sink, const struct dc_sink_account *account, bool may_create,
	GCancellable *cancellable, struct dc_sink_checked *checked, dc_mailbox **mailbox,
	draftconv_error **error)
{
	g_auto(dc_imap_way) way = {0};
	int status = dc_imap_way_find(sink, account, &way, error);

	if (status < 0)
		return status;
	dc_imap_mailbox *result = g_new0(dc_imap_mailbox, 1);
	g_autoptr(dc_mailbox) owned = &result->base;
	dc_mailbox_init(&result->base, &imap_mailbox_class);
	result->way = way;
	memset(&way, 0, sizeof way);
	result->sink = sink->data;
	result->may_create = may_create;
	result->checked = checked;
	if (result->way.folder != NULL) {
		char *name = dc_imap_utf7_encode(result->way.folder);

		if (name == NULL)
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"folder %.255s: must be one line of UTF-8", result->way.folder);
		set_name(result, name);
	}
	status = connect_and_log_in(result, sink, account, cancellable, error);
	if (status == DRAFTCONV_ERROR_NOT_FOUND && checked != NULL)
		(void)dc_imap_check(result, false, NULL);
	if (status >= 0 && checked != NULL)
		status = dc_imap_check(result, true, error);
	if (status < 0)
		return status;
	name_destination(result);
	*mailbox = g_steal_pointer(&owned);
	return 0;
}

int
dc_imap_sink_open(draftconv_sink *sink, const struct dc_sink_account *account, bool may_create,
	GCancellable *cancellable, dc_mailbox **mailbox, draftconv_error **error)
{
	return open_account(sink, account, may_create, cancellable, NULL, mailbox, error);
}

int
dc_imap_sink_check(draftconv_sink *sink, const struct dc_sink_account *account,
	GCancellable *cancellable, struct dc_sink_checked *checked, dc_mailbox **mailbox,
	draftconv_error **error)
{
	return open_account(sink, account, false, cancellable, checked, mailbox, error);
}

const struct dc_sink_class dc_imap_class = {
	.scheme = "imap:",
	.is_imap = true,
	.has_uids = true,
	.journalled = true,
	.can_remove = dc_imap_sink_can_remove,
	.fixed_login = imap_fixed_login,
	.takes_login = imap_takes_login,
	.parse = imap_parse,
	.describe = dc_imap_sink_describe,
	.names = dc_imap_sink_names,
	.open = dc_imap_sink_open,
	.check = dc_imap_sink_check,
	.free = dc_imap_sink_free,
};

const struct dc_sink_class dc_imaps_class = {
	.scheme = "imaps:",
	.is_imap = true,
	.has_uids = true,
	.journalled = true,
	.can_remove = dc_imap_sink_can_remove,
	.fixed_login = imap_fixed_login,
	.takes_login = imap_takes_login,
	.parse = imaps_parse,
	.describe = dc_imap_sink_describe,
	.names = dc_imap_sink_names,
	.open = dc_imap_sink_open,
	.check = dc_imap_sink_check,
	.free = dc_imap_sink_free,
};
