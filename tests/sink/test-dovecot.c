/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The IMAP sink against a real server, which with-dovecot.py starts and describes in the environment.
 * What the server offers differs from run to run; what must come out does not.
 */
#include "lib/sink/sink.h"

#include "tests/sink/letters.h"

#include <string.h>

static const char *
server(const char *name)
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

static struct draftconv_sink_options
default_options(void)
{
	return (struct draftconv_sink_options){
		.struct_size = sizeof(struct draftconv_sink_options),
		.ca_file = server("SERVER_CA_FILE"),
		.timeout_s = 20,
		.secret = secret,
		.secret_user = (void *)(uintptr_t)server("SERVER_PASSWORD"),
	};
}

static draftconv_sink *
open_sink(const char *scheme, const struct draftconv_sink_options *options, const char *folder)
{
	const bool tls = strcmp(scheme, "imaps") == 0;
	g_autofree char *to = g_strdup_printf("%s://localhost:%s%s%s", scheme,
		server(tls ? "SERVER_IMAPS_PORT" : "SERVER_IMAP_PORT"),
		folder[0] != '\0' ? "/" : "", folder);
	g_autoptr(draftconv_error) error = NULL;
	draftconv_sink *sink = NULL;
	int status = draftconv_sink_open(to, options, &sink, &error);

	g_assert_cmpstr(error == NULL ? "" : draftconv_error_message(error), ==, "");
	g_assert_cmpint(status, ==, 0);
	return sink;
}

/* Each test has an account of its own, so that none depends on another. */
static dc_mailbox *
open_mailbox(draftconv_sink *sink, const char *user)
{
	const struct dc_sink_account account = {.owner = user};
	g_autoptr(draftconv_error) error = NULL;
	dc_mailbox *mailbox = NULL;
	int status = dc_sink_open_mailbox(sink, &account, true, NULL, &mailbox, &error);

	g_assert_cmpstr(error == NULL ? "" : draftconv_error_message(error), ==, "");
	g_assert_cmpint(status, ==, 0);
	return mailbox;
}

static struct dc_look *
look(dc_mailbox *mailbox, const struct dc_look_query *query)
{
	g_autoptr(draftconv_error) error = NULL;
	struct dc_look *found = NULL;
	int status = dc_mailbox_look(mailbox, query, &found, &error);

	g_assert_cmpstr(error == NULL ? "" : draftconv_error_message(error), ==, "");
	g_assert_cmpint(status, ==, 0);
	return found;
}

static struct dc_look *
put(dc_mailbox *mailbox, letters *drafts, guint32 from_uid)
{
	const struct dc_look_query after = {.from_uid = from_uid};
	g_autoptr(draftconv_error) error = NULL;
	struct dc_look *found = NULL;
	int status = dc_mailbox_put(mailbox, drafts->puts, drafts->n, &after, &found, &error);

	g_assert_cmpstr(error == NULL ? "" : draftconv_error_message(error), ==, "");
	g_assert_cmpint(status, ==, 0);
	return found;
}

static void
check_delivery(const char *scheme, const char *user, size_t n, size_t size)
{
	const struct draftconv_sink_options options = default_options();
	g_autoptr(draftconv_sink) sink = open_sink(scheme, &options, "");
	g_autoptr(dc_mailbox) mailbox = open_mailbox(sink, user);
	g_autoptr(letters) drafts = letters_new(user, n, size);
	const struct dc_look_query query = {
		.identities = drafts->identities, .n_identities = n, .from_uid = 1};
	g_autoptr(dc_look) before = look(mailbox, &query);

	g_assert_cmpuint(before->n_copies, ==, 0);
	g_assert_cmpuint(before->facts.exists, ==, 0);
	g_assert_cmpuint(before->facts.uidvalidity, !=, 0);
	g_assert_true((before->facts.permanent_flags & DC_FLAG_DRAFT) != 0);

	g_autoptr(dc_look) after = put(mailbox, drafts, before->facts.uidnext);
	g_assert_cmpuint(after->n_copies, ==, n);
	for (size_t i = 0; i < n; i++) {
		const struct dc_copy *copy = &after->copies[i];

		g_assert_cmpint(drafts->puts[i].outcome, ==, DC_PUT_STORED);
		if (after->facts.uidplus)
			g_assert_cmpuint(drafts->puts[i].uid, ==, copy->uid);
		g_assert_cmpstr(copy->identity, ==, drafts->identities[i]);
		g_assert_cmpuint(copy->size, ==, drafts->puts[i].size);
		g_assert_cmpuint(copy->flags, ==, DC_FLAG_DRAFT | DC_FLAG_SEEN);
		g_assert_cmpint(copy->date_s, ==, drafts->puts[i].date_s);
		g_assert_null(copy->keywords[0]);
	}
	g_assert_cmpuint(after->facts.uidnext, >, after->copies[n - 1].uid);

	g_autoptr(dc_look) again = look(mailbox, &query);
	g_assert_cmpuint(again->n_copies, ==, n);
	g_assert_cmpuint(again->facts.exists, ==, n);
	g_assert_cmpuint(again->facts.uidnext, ==, after->facts.uidnext);
}

static void
test_a_few_over_tls(void)
{
	check_delivery("imaps", "few", 3, 900);
}

static void
test_many_over_starttls(void)
{
	check_delivery("imap", "many", 230, 3000);
}

static void
test_large_ones(void)
{
	check_delivery("imaps", "large", 3, 5 * 1024 * 1024);
}

static void
test_small_ones(void)
{
	check_delivery("imaps", "tiny", 2, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/dovecot/a few drafts over TLS", test_a_few_over_tls);
	g_test_add_func("/dovecot/many drafts over STARTTLS", test_many_over_starttls);
	g_test_add_func("/dovecot/large drafts", test_large_ones);
	g_test_add_func("/dovecot/small drafts", test_small_ones);
	return g_test_run();
}
