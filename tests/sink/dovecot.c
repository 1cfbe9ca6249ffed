/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/sink/dovecot.h"

#include <string.h>

const char *
dovecot_server(const char *name)
{
	const char *value = g_getenv(name);

	g_assert_nonnull(value);
	return value;
}

static int
secret(void *user, const struct draftconv_sink_login *login, char *buffer, size_t size,
	char error[256])
{
	const char *password = user;

	(void)error;
	g_assert_cmpstr(login->host, ==, "localhost");
	g_assert_cmpuint(strlen(password), <=, size);
	memcpy(buffer, password, strlen(password));
	return (int)strlen(password);
}

struct draftconv_sink_options
dovecot_options(void)
{
	return (struct draftconv_sink_options){
		.struct_size = sizeof(struct draftconv_sink_options),
		.ca_file = dovecot_server("SERVER_CA_FILE"),
		.timeout_s = 20,
		.secret = secret,
		.secret_user = (void *)(uintptr_t)dovecot_server("SERVER_PASSWORD"),
	};
}

draftconv_sink *
dovecot_sink(const char *scheme, const struct draftconv_sink_options *options, const char *folder)
{
	const bool tls = strcmp(scheme, "imaps") == 0;
	g_autofree char *to = g_strdup_printf("%s://localhost:%s%s%s", scheme,
		dovecot_server(tls ? "SERVER_IMAPS_PORT" : "SERVER_IMAP_PORT"),
		folder[0] != '\0' ? "/" : "", folder);
	g_autoptr(draftconv_error) error = NULL;
	draftconv_sink *sink = NULL;
	int status = draftconv_sink_open(to, options, &sink, &error);

	g_assert_cmpstr(error == NULL ? "" : draftconv_error_message(error), ==, "");
	g_assert_cmpint(status, ==, 0);
	return sink;
}

dc_mailbox *
dovecot_mailbox(draftconv_sink *sink, const char *user)
{
	const struct dc_sink_account account = {.owner = user};
	g_autoptr(draftconv_error) error = NULL;
	dc_mailbox *mailbox = NULL;
	int status = dc_sink_open_mailbox(sink, &account, true, NULL, &mailbox, &error);

	g_assert_cmpstr(error == NULL ? "" : draftconv_error_message(error), ==, "");
	g_assert_cmpint(status, ==, 0);
	return mailbox;
}

struct dc_look *
dovecot_look(dc_mailbox *mailbox, const struct dc_look_query *query)
{
	g_autoptr(draftconv_error) error = NULL;
	struct dc_look *found = NULL;
	int status = dc_mailbox_look(mailbox, query, &found, &error);

	g_assert_cmpstr(error == NULL ? "" : draftconv_error_message(error), ==, "");
	g_assert_cmpint(status, ==, 0);
	return found;
}

struct dc_look *
dovecot_put(dc_mailbox *mailbox, letters *drafts, guint32 from_uid)
{
	const struct dc_look_query after = {.from_uid = from_uid};
	g_autoptr(draftconv_error) error = NULL;
	struct dc_look *found = NULL;
	int status = dc_mailbox_put(mailbox, drafts->puts, drafts->n, &after, &found, &error);

	g_assert_cmpstr(error == NULL ? "" : draftconv_error_message(error), ==, "");
	g_assert_cmpint(status, ==, 0);
	return found;
}
