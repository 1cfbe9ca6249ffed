/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options-entries.h"
#include "output.h"
#include "secret.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void
options_add_reaching(GOptionContext *context, struct reaching *r)
{
	const GOptionEntry entries[] = {
		TEXT("to", &r->to,
			"imaps://[LOGIN@]HOST[:PORT][/FOLDER], imap://..., maildir:DIR, mbox:FILE, "
			"eml:DIR or -",
			"SINK"),
		TEXT("login", &r->login, "login of each account: {owner}, {local}, {domain}",
			"TEMPLATE"),
		TEXT("authenticate-as", &r->authenticate_as,
			"log in with this account's password into everybody's mailbox", "ADMIN"),
		TEXT("master-separator", &r->master_separator, "for servers that want login*admin",
			"C"),
		TEXT("auth", &r->auth, "SASL mechanism", "MECHANISM"),
		TEXT("password-file", &r->password_file, "first line is the password", "FILE"),
		TEXT("ca-file", &r->ca_file, "trust these certificates", "FILE"),
		TEXT("tls", &r->tls, "required, or off (loopback only)", "required|off"),
		ENTRY("timeout", G_OPTION_ARG_INT, &r->timeout_s, "seconds without progress", "S"),
		ENTRY("max-connections", G_OPTION_ARG_INT, &r->max_connections, "to one server",
			"N"),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, entries, NULL);
}

/* Named files are looked for before anything is begun. They may be pipes, so they are not opened. */
static int
check_file(const char *option, const char *path, const char *advice)
{
	if (path == NULL || access(path, R_OK) == 0)
		return 0;
	return usage_error("%s %s: %s; %s", option, path, g_strerror(errno), advice);
}

static int
check_files(const struct reaching *r)
{
	int status = check_file("--password-file", r->password_file,
		"its first line is the password; without the option you are asked for it");

	if (status == 0)
		status = check_file("--ca-file", r->ca_file,
			"it holds the certificates to trust, in PEM form; without the option "
			"those of the system count");
	return status;
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
	if (r->timeout_s < 0 || r->max_connections < 0)
		return usage_error("--timeout and --max-connections take numbers from 1 on");
	o->timeout_s = (unsigned)r->timeout_s;
	o->max_connections = (unsigned)r->max_connections;
	o->secret = secret_for_login;
	o->secret_user = r;
	return check_files(r);
}

void
reaching_clear(struct reaching *r)
{
	char *const texts[] = {r->to, r->login, r->authenticate_as, r->master_separator, r->auth,
		r->password_file, r->ca_file, r->tls};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
}
