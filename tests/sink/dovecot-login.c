/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who logs in to a real server, with what, and whom it trusts. */
#include "tests/sink/dovecot.h"

#include <glib/gstdio.h>

#include <string.h>

static int
expect_refusal(const struct draftconv_sink_options *options, const char *scheme, const char *user,
	const char *words)
{
	g_autoptr(draftconv_sink) sink = dovecot_sink(scheme, options, "");
	const struct dc_sink_account account = {.owner = user};
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(dc_mailbox) mailbox = NULL;
	int status = dc_sink_open_mailbox(sink, &account, true, NULL, &mailbox, &error);

	g_assert_cmpint(status, <, 0);
	g_assert_cmpint(draftconv_error_code(error), ==, status);
	g_test_message("%s", draftconv_error_message(error));
	g_assert_nonnull(strstr(draftconv_error_message(error), words));
	g_assert_null(strstr(draftconv_error_message(error), "sesame"));
	return status;
}

static void
test_a_wrong_password_is_refused(void)
{
	struct draftconv_sink_options options = dovecot_options();

	options.secret_user = (void *)(uintptr_t) "sesame";
	g_assert_cmpint(expect_refusal(&options, "imaps", "grace", "localhost"), ==,
		DRAFTCONV_ERROR_REFUSED);
}

static void
test_an_unknown_signer_is_named(void)
{
	struct draftconv_sink_options options = dovecot_options();

	options.ca_file = NULL;
	g_assert_cmpint(expect_refusal(&options, "imaps", "grace", "--ca-file"), ==,
		DRAFTCONV_ERROR_UNREACHABLE);
	g_assert_cmpint(expect_refusal(&options, "imap", "grace", "--ca-file"), ==,
		DRAFTCONV_ERROR_UNREACHABLE);
}

static void
test_a_relative_ca_file_is_found(void)
{
	struct draftconv_sink_options options = dovecot_options();
	g_autofree char *here = g_get_current_dir();
	g_autofree char *folder = g_path_get_dirname(options.ca_file);
	g_autofree char *name = g_path_get_basename(options.ca_file);

	g_assert_cmpint(g_chdir(folder), ==, 0);
	options.ca_file = name;
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "grace");
	g_assert_cmpint(g_chdir(here), ==, 0);
}

static void
test_a_login_is_made_from_the_owner(void)
{
	struct draftconv_sink_options options = dovecot_options();

	options.login = "{local}@example.test";
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "ivan@old.test");

	g_assert_nonnull(strstr(dc_mailbox_destination(mailbox), " ivan@example.test "));
	g_assert_true(
		g_str_has_prefix(dc_mailbox_describe(mailbox), "ivan@example.test@localhost/"));
}

/* The administrator's password, the user's mailbox: both forms that servers know. */
static void
test_an_administrator_delivers_for_a_user(void)
{
	static const char *const separators[] = {NULL, "*"};
	struct draftconv_sink_options options = dovecot_options();

	options.authenticate_as = dovecot_server("SERVER_MASTER");
	for (size_t i = 0; i < G_N_ELEMENTS(separators); i++) {
		options.master_separator = separators[i];
		g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
		g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "judy");
		g_autofree char *owner = g_strdup_printf("judy%zu", i);
		g_autoptr(letters) drafts = letters_new(owner, 2, 500);
		g_autoptr(dc_look) found = dovecot_put(mailbox, drafts, 1);

		g_assert_cmpuint(found->n_copies, ==, 2 * (i + 1));
		g_assert_nonnull(strstr(dc_mailbox_destination(mailbox), " judy "));
	}
}

void
dovecot_add_master_tests(void)
{
	g_test_add_func("/dovecot/an administrator delivers for a user",
		test_an_administrator_delivers_for_a_user);
}

void
dovecot_add_login_tests(void)
{
	g_test_add_func("/dovecot/a wrong password is refused", test_a_wrong_password_is_refused);
	g_test_add_func("/dovecot/an unknown signer is named", test_an_unknown_signer_is_named);
	g_test_add_func("/dovecot/a relative CA file is found", test_a_relative_ca_file_is_found);
	g_test_add_func(
		"/dovecot/a login is made from the owner", test_a_login_is_made_from_the_owner);
}
