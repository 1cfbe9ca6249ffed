/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options-entries.h"
#include "output.h"
#include "secret.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* To one server, unless somebody says. */
#define CONNECTIONS 4

void
options_add_reaching(GOptionContext *context, struct reaching *r, bool several)
{
	const GOptionEntry entries[] = {
		TEXT("to", &r->to,
			"imaps://[LOGIN@]HOST[:PORT][/FOLDER], imap://..., imap+exec:COMMAND, "
			"maildir:DIR, mbox:FILE, eml:DIR or -",
			"SINK"),
		TEXT("login", &r->login,
			"login of each account: {owner}, {local}, {domain} (the profile's, or the "
			"owner)",
			"TEMPLATE"),
		TEXT("authenticate-as", &r->authenticate_as,
			"log in with this account's password into everybody's mailbox", "ADMIN"),
		TEXT("master-separator", &r->master_separator, "for servers that want login*admin",
			"C"),
		TEXT("auth", &r->auth, "SASL mechanism (the best that the server offers)",
			"MECHANISM"),
		TEXT("password-file", &r->password_file,
			"first line is the password (else --password-command, $DRAFTCONV_PASSWORD, "
			"or you are asked)",
			"FILE"),
		TEXT("password-command", &r->password_command,
			"first line of its output is the password; {login} stands for the login",
			"CMD"),
		TEXT("token-command", &r->token_command,
			"the same for an OAuth 2 access token (OAUTHBEARER, XOAUTH2)", "CMD"),
		TEXT("ca-file", &r->ca_file, "trust these certificates (those of the system)",
			"FILE"),
		TEXT("tls", &r->tls, "required, or off for this machine only (required)",
			"required|off"),
		TEXT("timeout", &r->timeout, "seconds without progress (60)", "S"),
		FOR_SEVERAL("max-connections", G_OPTION_ARG_FILENAME, &r->max_connections,
			"to one server (" G_STRINGIFY(CONNECTIONS) ")", "N"),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, entries, NULL);
}

/* Named files are looked for before anything is begun. They may be pipes, so they are not opened. */
static int
check_file(const char *option, const char *path, const char *advice)
{
	if (path == NULL)
		return 0;
	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return usage_error("%s %s: is a directory, not a file; %s", option, path, advice);
	if (access(path, R_OK) == 0)
		return 0;
	return usage_error("%s %s: %s; %s", option, path, g_strerror(errno), advice);
}

/* Who else is on this machine can read it: their password, but somebody should know. */
static void
warn_of_readers(const char *path)
{
	struct stat facts;

	if (path == NULL || stat(path, &facts) != 0 || !S_ISREG(facts.st_mode) ||
		(facts.st_mode & S_IROTH) == 0)
		return;
	g_autofree char *word = shell_word(path);
	message("warning: everybody on this machine may read the password in %s; mend it with: "
		"chmod 600 %s",
		path, word);
}

static int
check_files(const struct reaching *r)
{
	int status = check_file("--password-file", r->password_file,
		"its first line is the password; without the option you are asked for it");

	if (status == 0)
		warn_of_readers(r->password_file);
	if (status == 0)
		status = check_file("--ca-file", r->ca_file,
			"it holds the certificates to trust, in PEM form; without the option "
			"those of the system count");
	return status;
}

/* The library takes UTF-8 only; a file name may be anything. */
static int
check_texts(const struct reaching *r)
{
	const struct {
		const char *name;
		const char *text;
	} texts[] = {{"to", r->to}, {"login", r->login}, {"authenticate-as", r->authenticate_as},
		{"master-separator", r->master_separator}, {"auth", r->auth}};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		const bool is_file = i == 0 && texts[i].text != NULL &&
				     g_ascii_strncasecmp(texts[i].text, "imap", 4) != 0;

		if (texts[i].text != NULL && !is_file && !g_utf8_validate(texts[i].text, -1, NULL))
			return usage_error("--%s: is not UTF-8", texts[i].name);
	}
	return 0;
}

/* Quotes and backslashes hold a word together as in a shell, and nothing else of a shell is here. */
static int
split_command(struct reaching *r)
{
	g_autoptr(GError) error = NULL;
	const bool token = r->token_command != NULL;
	const char *command = token ? r->token_command : r->password_command;

	if ((r->password_file != NULL) + (r->password_command != NULL) + token > 1)
		return usage_error("one of --password-file, --password-command and "
				   "--token-command, not several");
	if (command == NULL)
		return 0;
	if (!g_shell_parse_argv(command, NULL, &r->password_words, &error))
		return usage_error(
			"--%s-command: %s", token ? "token" : "password", error->message);
	return 0;
}

int
options_finish_reaching(struct reaching *r)
{
	struct draftconv_sink_options *o = &r->options;

	o->struct_size = sizeof *o;
	o->login = r->login;
	o->authenticate_as = r->authenticate_as;
	o->master_separator = r->master_separator;
	o->auth_mechanism = r->auth;
	o->ca_file = r->ca_file;
	if (r->tls == NULL || strcmp(r->tls, "required") == 0)
		o->tls = DRAFTCONV_SINK_TLS_REQUIRED;
	else if (strcmp(r->tls, "off") == 0)
		o->tls = DRAFTCONV_SINK_TLS_OFF;
	else
		return usage_error("--tls=%s: it is required or off", r->tls);
	int status = check_texts(r);
	if (status == 0)
		status = split_command(r);
	if (status == 0)
		status = options_number("timeout", r->timeout, 1, &o->timeout_s);
	o->max_connections = CONNECTIONS;
	if (status == 0)
		status = options_number(
			"max-connections", r->max_connections, 1, &o->max_connections);
	o->has_tokens = r->token_command != NULL;
	o->secret = secret_for_login;
	o->secret_user = r;
	o->refused = secret_refused;
	return status != 0 ? status : check_files(r);
}

void
reaching_clear(struct reaching *r)
{
	secret_forget(r);
	char *const texts[] = {r->to, r->login, r->authenticate_as, r->master_separator, r->auth,
		r->password_file, r->password_command, r->token_command, r->ca_file, r->tls,
		r->timeout, r->max_connections, r->refused_for};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(r->password_words);
}
