/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/way.h"

#include <string.h>

void
dc_imap_way_clear(struct dc_imap_way *way)
{
	g_clear_pointer(&way->login, g_free);
	g_clear_pointer(&way->folder, g_free);
	g_clear_pointer(&way->title, g_free);
	g_clear_pointer(&way->place, g_free);
	g_clear_pointer(&way->command, g_strfreev);
}

static int
find_names(const draftconv_sink *sink, const struct dc_sink_account *account,
	struct dc_imap_way *way, draftconv_error **error)
{
	const struct dc_imap_url *url = &((const struct dc_imap_sink *)sink->data)->url;
	const char *folder = url->folder != NULL ? url->folder : sink->options.folder;
	int status = dc_sink_expand(sink, account, url->login != NULL ? url->login : "{login}",
		DC_EXPAND_LOGIN, &way->login, error);

	if (status < 0)
		return status;
	if (*way->login == '\0')
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"account \"%.255s\": its login is empty; give one with --accounts or "
			"--login",
			account->owner);
	if (account->folder != NULL && account->folder[0] != '\0')
		way->folder = g_strdup(account->folder);
	else if (folder != NULL)
		status = dc_sink_expand(
			sink, account, folder, DC_EXPAND_FOLDER, &way->folder, error);
	return status;
}

/* CONTRACT, Sinks: split first, replaced after, no shell. */
static int
find_command(const draftconv_sink *sink, const struct dc_sink_account *account,
	struct dc_imap_way *way, draftconv_error **error)
{
	const struct dc_imap_sink *imap = sink->data;
	const guint n = g_strv_length(imap->words);

	way->command = g_new0(char *, n + 1);
	for (guint i = 0; i < n; i++) {
		int status = dc_sink_expand(
			sink, account, imap->words[i], DC_EXPAND_COMMAND, &way->command[i], error);

		if (status < 0)
			return status;
	}
	way->title = g_strjoinv(" ", way->command);
	way->place = g_strdup_printf("[%s]", way->title);
	return 0;
}

int
dc_imap_way_find(const draftconv_sink *sink, const struct dc_sink_account *account,
	struct dc_imap_way *way, draftconv_error **error)
{
	const struct dc_imap_sink *imap = sink->data;
	g_auto(dc_imap_way) result = {0};
	int status = find_names(sink, account, &result, error);

	if (status >= 0 && imap->words != NULL) {
		status = find_command(sink, account, &result, error);
	} else if (status >= 0) {
		result.title = g_strdup_printf("%s:%u", imap->url.host, (unsigned)imap->url.port);
		result.place = g_strdup(imap->url.host);
	}
	if (status < 0)
		return status;
	result.endpoint = (struct dc_imap_endpoint){.title = result.title,
		.host = imap->url.host,
		.port = imap->url.port,
		.command = result.command,
		.tls_now = imap->tls_now,
		.loopback = sink->options.tls == DRAFTCONV_SINK_TLS_OFF && imap->words == NULL,
		.ca_file = sink->options.ca_file,
		.timeout_s = sink->options.timeout_s,
		.turn = account->turn};
	*way = result;
	memset(&result, 0, sizeof result);
	return 0;
}

char *
dc_imap_way_describe(const struct dc_imap_way *way, const char *folder)
{
	return g_strdup_printf("%s@%s/%s", way->login, way->place, folder);
}

/* A part of the journal's key: one word. [transfer full] */
static char *
key_part(const char *text)
{
	return g_uri_escape_string(text, "@/!$&'()*+,;=:", TRUE);
}

char *
dc_imap_way_key(const struct dc_imap_way *way, const char *folder)
{
	g_autofree char *login = key_part(way->login);
	g_autofree char *where = key_part(folder);
	g_autofree char *command = way->command == NULL ? NULL : key_part(way->title);

	if (command != NULL)
		return g_strdup_printf("imap+exec %s %s %s", command, login, where);
	return g_strdup_printf(
		"imap %s %u %s %s", way->endpoint.host, (unsigned)way->endpoint.port, login, where);
}
