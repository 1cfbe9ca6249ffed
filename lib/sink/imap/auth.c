/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/auth.h"

#include "lib/sink/imap/name.h"

#include <gsasl.h>

#include <string.h>

enum {
	SECRET_MAX = 16 * 1024
};

/* What one login needs at hand. */
typedef struct attempt {
	dc_imap_connection *connection;
	const struct dc_imap_login *login;
	const char *mechanism; /* NULL: the LOGIN command */
	char *identity;        /* authentication identity */
	const char *authorize; /* NULL when it is the same */
	char *secret;          /* NUL-terminated */
	Gsasl *sasl;
	Gsasl_session *session; /* NULL for mechanisms of ours */
	bool complete;
} attempt;

static void
attempt_clear(attempt *a)
{
	if (a->session != NULL) {
		const char *kept = gsasl_property_fast(a->session, GSASL_PASSWORD);

		/* libgsasl frees its copy without wiping it. */
		if (kept != NULL)
			explicit_bzero((void *)(uintptr_t)kept, strlen(kept));
		gsasl_finish(a->session);
	}
	if (a->sasl != NULL)
		gsasl_done(a->sasl);
	if (a->secret != NULL)
		explicit_bzero(a->secret, SECRET_MAX + 1);
	g_free(a->secret);
	g_free(a->identity);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(attempt, attempt_clear)

static void
wipe_string(char *text)
{
	if (text == NULL)
		return;
	explicit_bzero(text, strlen(text));
	g_free(text);
}

bool
dc_imap_mechanism_takes_token(const char *mechanism)
{
	return mechanism != NULL &&
	       (strcmp(mechanism, "XOAUTH2") == 0 || strcmp(mechanism, "OAUTHBEARER") == 0);
}

static int
refuse(const attempt *a, const char *what, draftconv_error **error)
{
	return dc_error_set(error, DRAFTCONV_ERROR_REFUSED, "%s: login of %s: %s",
		a->connection->endpoint->title, a->login->login, what);
}

/* The host, or the command that stands for it. */
static const char *
host_of(const attempt *a)
{
	const struct dc_imap_endpoint *endpoint = a->connection->endpoint;

	return endpoint->host != NULL ? endpoint->host : endpoint->title;
}

static bool
offers(const attempt *a, const char *mechanism)
{
	const char *list = dc_imap_core_state(a->connection->core)->mechanisms;
	g_auto(GStrv) words = g_strsplit(list == NULL ? "" : list, " ", -1);

	return g_strv_contains((const char *const *)(void *)words, mechanism);
}

/* Base64 for libgsasl; NULL when this connection cannot be bound to. [transfer full] */
static char *
binding(const attempt *a)
{
	GTlsConnection *tls = dc_imap_transport_tls(a->connection->transport);
	g_autoptr(GByteArray) data = g_byte_array_new();

	if (tls == NULL || !g_tls_connection_get_channel_binding_data(
				   tls, G_TLS_CHANNEL_BINDING_TLS_EXPORTER, data, NULL))
		return NULL;
	return g_base64_encode(data->data, data->len);
}

/*
 * Under TLS PLAIN comes before SCRAM without binding: the server is known by its certificate, a round
 * trip is saved, and accounts whose stored password cannot do SCRAM still get in.
 */
static const char *
choose(const attempt *a)
{
	static const char *const with_tls[] = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "PLAIN",
		"SCRAM-SHA-256", "SCRAM-SHA-1", "LOGIN"};
	static const char *const without[] = {"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"};
	const bool tls = dc_imap_transport_tls(a->connection->transport) != NULL;
	const char *const *list = tls ? with_tls : without;
	const size_t n = tls ? G_N_ELEMENTS(with_tls) : G_N_ELEMENTS(without);
	g_autofree char *bound = binding(a);

	for (size_t i = 0; i < n; i++) {
		if (g_str_has_suffix(list[i], "-PLUS") && bound == NULL)
			continue;
		if (offers(a, list[i]) && gsasl_client_support_p(a->sasl, list[i]))
			return list[i];
	}
	return NULL;
}

/* RFC 7628, or the form before it; a password's mechanism would give the token away. */
static int
choose_for_token(attempt *a, draftconv_error **error)
{
	const char *wanted = a->login->mechanism;

	if (wanted != NULL && !dc_imap_mechanism_takes_token(wanted))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%s takes no access token; OAUTHBEARER and XOAUTH2 do", wanted);
	if (wanted != NULL)
		a->mechanism = wanted;
	else if (offers(a, "OAUTHBEARER"))
		a->mechanism = "OAUTHBEARER";
	else if (offers(a, "XOAUTH2"))
		a->mechanism = "XOAUTH2";
	if (a->mechanism != NULL && offers(a, a->mechanism))
		return 0;
	return refuse(a, "the server takes no access tokens (OAUTHBEARER, XOAUTH2)", error);
}

static int
choose_mechanism(attempt *a, draftconv_error **error)
{
	const char *wanted = a->login->mechanism;

	if (a->login->has_tokens)
		return choose_for_token(a, error);
	a->mechanism = wanted != NULL ? wanted : choose(a);
	if (wanted != NULL && !offers(a, wanted)) {
		g_autofree char *what = g_strdup_printf("the server offers no %s, but %s", wanted,
			dc_imap_core_state(a->connection->core)->mechanisms);

		return refuse(a, what, error);
	}
	if (a->mechanism != NULL)
		return 0;
	if (dc_imap_can(a->connection, DC_IMAP_AUTH))
		return refuse(a, "the server offers no way to log in that draftconv knows", error);
	if (dc_imap_can(a->connection, DC_IMAP_LOGINDISABLED))
		return refuse(a, "the server takes no passwords on this connection", error);
	return a->authorize == NULL ? 0
				    : refuse(a,
					      "the server knows no login in another's name; give "
					      "--master-separator if it wants the names joined",
					      error);
}

static struct draftconv_sink_login
whose_secret(const attempt *a)
{
	return (struct draftconv_sink_login){
		.struct_size = sizeof(struct draftconv_sink_login),
		.host = host_of(a),
		.port = a->connection->endpoint->port,
		.login = a->login->login,
		.identity = a->login->authenticate_as != NULL ? a->login->authenticate_as
							      : a->login->login,
		.token = dc_imap_mechanism_takes_token(a->mechanism),
	};
}

static int
ask_secret(attempt *a, draftconv_error **error)
{
	const struct draftconv_sink_login who = whose_secret(a);
	char reason[256] = "";

	if (a->login->secret == NULL)
		return refuse(a,
			"there is no password; give --password-file or "
			"--password-command",
			error);
	a->secret = g_malloc0(SECRET_MAX + 1);
	int n = a->login->secret(a->login->secret_user, &who, a->secret, SECRET_MAX, reason);
	reason[sizeof reason - 1] = '\0';
	if (n < 0)
		return dc_error_set(error, n, "password of %s: %s", who.identity, reason);
	if (n > SECRET_MAX || memchr(a->secret, '\0', (size_t)n) != NULL)
		return refuse(a, "the password is too long or holds a NUL byte", error);
	a->secret[n] = '\0';
	return 0;
}

static int
start_sasl(attempt *a, draftconv_error **error)
{
	if (a->mechanism == NULL || dc_imap_mechanism_takes_token(a->mechanism))
		return 0;
	int rc = gsasl_client_start(a->sasl, a->mechanism, &a->session);
	if (rc != GSASL_OK)
		return refuse(a, gsasl_strerror(rc), error);
	gsasl_property_set(a->session, GSASL_AUTHID, a->identity);
	gsasl_property_set(a->session, GSASL_PASSWORD, a->secret);
	if (a->authorize != NULL)
		gsasl_property_set(a->session, GSASL_AUTHZID, a->authorize);
	/* Given to the others, it would make them claim that the server cannot bind. */
	if (g_str_has_suffix(a->mechanism, "-PLUS")) {
		g_autofree char *bound = binding(a);

		if (bound != NULL)
			gsasl_property_set(a->session, GSASL_CB_TLS_EXPORTER, bound);
	}
	return 0;
}

/* RFC 7628 and the form that Google began with. The answer to a refusal is one more, empty line. */
static char *
token_line(attempt *a, bool first)
{
	const char *login = a->login->login;
	g_autofree char *text = NULL;

	a->complete = true;
	if (strcmp(a->mechanism, "XOAUTH2") == 0) {
		if (!first)
			return g_strdup("");
		text = g_strdup_printf("user=%s\001auth=Bearer %s\001\001", login, a->secret);
	} else {
		if (!first)
			return g_strdup("AQ==");
		text = g_strdup_printf("n,a=%s,\001host=%s\001port=%u\001auth=Bearer %s\001\001",
			login, host_of(a), a->connection->endpoint->port, a->secret);
	}
	char *line = g_base64_encode((const guchar *)text, strlen(text));
	wipe_string(g_steal_pointer(&text));
	return line;
}

/* The next line to send. @return [transfer full] NULL when the server's challenge makes no sense */
static char *
next_line(attempt *a, const char *challenge, bool first)
{
	char *step = NULL;

	if (a->session == NULL)
		return token_line(a, first);
	int rc = gsasl_step64(a->session, challenge, &step);
	if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE)
		return NULL;
	a->complete = rc == GSASL_OK;
	char *line = g_strdup(step);
	explicit_bzero(step, strlen(step));
	gsasl_free(step);
	return line;
}

static void
send_line(attempt *a, const char *line)
{
	dc_imap_core_text(a->connection->core, line);
	dc_imap_core_text(a->connection->core, "\r\n");
}

/* Challenges and responses until the server has decided. */
static int
converse(attempt *a, const dc_imap_command *command, bool said_first, draftconv_error **error)
{
	for (;;) {
		g_autofree char *challenge = NULL;
		int status = dc_imap_wait_continuation(a->connection, command, &challenge, error);

		if (status <= 0)
			return status;
		char *line = next_line(a, challenge, !said_first);
		said_first = true;
		if (line == NULL) {
			send_line(a, "*");
			status = dc_imap_wait(a->connection, command, error);
			return status < 0 ? status
					  : refuse(a, "the server's part of the login is wrong",
						    error);
		}
		send_line(a, line);
		wipe_string(line);
	}
}

static int
sasl_login(attempt *a, void (*behind)(dc_imap_connection *connection, void *user), void *user,
	dc_imap_command **command, draftconv_error **error)
{
	dc_imap_core *core = a->connection->core;
	const bool at_once = dc_imap_can(a->connection, DC_IMAP_SASL_IR);
	const bool alone = at_once && strcmp(a->mechanism, "PLAIN") == 0;

	/* Capabilities of before the login don't count behind it; most servers tell them again with OK. */
	dc_imap_core_forget_capabilities(core);
	*command = dc_imap_core_begin(core);
	dc_imap_core_text(core, "AUTHENTICATE ");
	dc_imap_core_text(core, a->mechanism);
	/* SASL LOGIN and others in which the server begins have nothing to say first. */
	if (at_once && strcmp(a->mechanism, "LOGIN") != 0) {
		char *line = next_line(a, NULL, true);

		if (line == NULL)
			return refuse(a, "the login cannot be encoded", error);
		dc_imap_core_text(core, " ");
		dc_imap_core_text(core, line[0] == '\0' ? "=" : line);
		wipe_string(line);
	}
	dc_imap_core_end(core, *command);
	if (alone && behind != NULL)
		behind(a->connection, user);
	int status = converse(a, *command, at_once && strcmp(a->mechanism, "LOGIN") != 0, error);
	if (status < 0)
		return status;
	return alone && behind != NULL ? 1 : 0;
}

/* A string of any bytes but NUL, as a literal where it is no plain text. */
static int
send_string(attempt *a, const dc_imap_command *command, const char *text, draftconv_error **error)
{
	char *quoted = dc_imap_quote(text);
	char head[32];

	if (quoted != NULL) {
		dc_imap_core_text(a->connection->core, quoted);
		wipe_string(quoted);
		return 0;
	}
	g_snprintf(head, sizeof head, "{%zu}\r\n", strlen(text));
	dc_imap_core_text(a->connection->core, head);
	g_autofree char *ignored = NULL;
	int status = dc_imap_wait_continuation(a->connection, command, &ignored, error);
	if (status > 0)
		dc_imap_core_text(a->connection->core, text);
	return status;
}

static int
plain_login(attempt *a, dc_imap_command **command, draftconv_error **error)
{
	dc_imap_core *core = a->connection->core;

	dc_imap_core_forget_capabilities(core);
	*command = dc_imap_core_begin(core);
	dc_imap_core_text(core, "LOGIN ");
	int status = send_string(a, *command, a->identity, error);
	if (status < 0 || (*command)->result != DC_IMAP_PENDING)
		return status;
	dc_imap_core_text(core, " ");
	status = send_string(a, *command, a->secret, error);
	if (status < 0 || (*command)->result != DC_IMAP_PENDING)
		return status;
	dc_imap_core_end(core, *command);
	return dc_imap_wait(a->connection, *command, error);
}

static int
prepare(attempt *a, draftconv_error **error)
{
	const struct dc_imap_login *login = a->login;

	if (gsasl_init(&a->sasl) != GSASL_OK)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY, "libgsasl does not start");
	a->identity = g_strdup(login->login);
	if (login->authenticate_as != NULL && login->master_separator != NULL) {
		g_free(a->identity);
		a->identity = g_strconcat(
			login->login, login->master_separator, login->authenticate_as, NULL);
	} else if (login->authenticate_as != NULL) {
		g_free(a->identity);
		a->identity = g_strdup(login->authenticate_as);
		a->authorize = login->login;
	}
	int status = choose_mechanism(a, error);
	if (status >= 0)
		status = ask_secret(a, error);
	return status < 0 ? status : start_sasl(a, error);
}

/* Another secret may help, as far as the server tells (RFC 9051 7.1). */
static void
ask_whether_again(const attempt *a, const dc_imap_command *command, const char *reason)
{
	const struct draftconv_sink_login who = whose_secret(a);

	if (a->login->refused != NULL &&
		(command->code == NULL || strcmp(command->code, "AUTHENTICATIONFAILED") == 0))
		*a->login->again = a->login->refused(a->login->secret_user, &who, reason);
}

static int
judge(attempt *a, const dc_imap_command *command, draftconv_error **error)
{
	g_autofree char *what = g_strdup_printf("login of %s", a->login->login);

	if (command->result == DC_IMAP_OK && a->mechanism != NULL && !a->complete)
		return refuse(a, "the server has not shown that it knows the password", error);
	if (command->result == DC_IMAP_OK)
		return 0;
	if (dc_imap_is_temporary(command))
		return dc_imap_refused(
			a->connection, command, DRAFTCONV_ERROR_TEMPORARY, what, error);
	g_autoptr(draftconv_error) why = NULL;
	dc_imap_refused(a->connection, command, DRAFTCONV_ERROR_REFUSED, what, &why);
	/* The server's sentence goes on as ours. */
	const char *words = draftconv_error_message(why);
	ask_whether_again(a, command, words);
	return dc_error_set(error, DRAFTCONV_ERROR_REFUSED,
		"%.*s; check the password (--password-file) and the login (--login, or LOGIN@ in "
		"--to)",
		(int)(strlen(words) - (g_str_has_suffix(words, ".") ? 1 : 0)), words);
}

int
dc_imap_login(dc_imap_connection *connection, const struct dc_imap_login *login,
	void (*behind)(dc_imap_connection *connection, void *user), void *user,
	draftconv_error **error)
{
	g_auto(attempt) a = {.connection = connection, .login = login};
	g_autoptr(dc_imap_command) command = NULL;

	if (dc_imap_core_state(connection->core)->preauth)
		return 0;
	int status = prepare(&a, error);
	if (status < 0)
		return status;
	dc_imap_core_secret(connection->core, true);
	status = a.mechanism == NULL ? plain_login(&a, &command, error)
				     : sasl_login(&a, behind, user, &command, error);
	dc_imap_core_secret(connection->core, false);
	if (status < 0)
		return status;
	int judged = judge(&a, command, error);
	return judged < 0 ? judged : status;
}
