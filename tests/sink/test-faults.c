/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What no real server can be made to do: a scripted one on loopback refuses, lies, falls silent and
 * hangs up at a certain byte, and one draft is to be delivered through it.
 */
#include "lib/sink/sink.h"

#include "tests/sink/letters.h"

#include <string.h>

enum {
	STEPS_MAX = 8,
	CONNECTIONS_MAX = 2
};

/* Wait until EXPECT has come (NULL: at once), then send REPLY; %T is the tag of the command. */
struct step {
	const char *expect;
	const char *reply; /* NULL: hang up */
};

#define HELLO                                                                                      \
	{                                                                                          \
		NULL, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\r\n"                   \
	}
#define LOGIN                                                                                      \
	{                                                                                          \
		"AUTHENTICATE PLAIN ", "%T OK [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS] in\r\n"      \
	}
#define SELECT_WITH(flags)                                                                         \
	{                                                                                          \
		"SELECT", "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\n" flags  \
			  "%T OK [READ-WRITE] open\r\n"                                            \
	}
#define SELECT SELECT_WITH("* OK [PERMANENTFLAGS (\\Draft \\Seen)] x\r\n")
#define BODY_END "bytes, ..\r\n\r\n"

static const struct fault {
	const char *name;
	struct step steps[CONNECTIONS_MAX][STEPS_MAX];
	int connections; /* 0 is 1 */
	int open_status;
	int put_status; /* of the last connection */
	enum dc_put_outcome outcome;
	const char *words; /* in the last error, or in the server's answer */
	guint32 uid;
	bool starttls;
} faults[] = {
	{"all is well", {{HELLO, LOGIN, SELECT, {BODY_END, "%T OK [APPENDUID 7 10] ok\r\n"}}},
		.outcome = DC_PUT_STORED, .uid = 10},
	{"another validity in APPENDUID is not believed",
		{{HELLO, LOGIN, SELECT, {BODY_END, "%T OK [APPENDUID 8 10] ok\r\n"}}},
		.outcome = DC_PUT_STORED},
	{"a UID from before is not believed",
		{{HELLO, LOGIN, SELECT, {BODY_END, "%T OK [APPENDUID 7 9] ok\r\n"}}},
		.outcome = DC_PUT_STORED},
	{"a refusal is the draft's", {{HELLO, LOGIN, SELECT, {BODY_END, "%T NO too odd\r\n"}}},
		.outcome = DC_PUT_REFUSED, .words = "too odd"},
	{"hanging up behind a whole message leaves it unknown",
		{{HELLO, LOGIN, SELECT, {BODY_END, NULL}}}, .put_status = DRAFTCONV_ERROR_TEMPORARY,
		.outcome = DC_PUT_UNKNOWN, .words = "closed"},
	{"the last words are told",
		{{HELLO, LOGIN, SELECT, {BODY_END, "* BYE going down\r\n"}, {NULL, NULL}}},
		.put_status = DRAFTCONV_ERROR_TEMPORARY, .outcome = DC_PUT_UNKNOWN,
		.words = "going down"},
	{"hanging up before the literal leaves nothing",
		{{HELLO, LOGIN, SELECT_WITH(""), {"APPEND", NULL}}},
		.put_status = DRAFTCONV_ERROR_TEMPORARY, .outcome = DC_PUT_NOT_SENT},
	{"flags that nobody promised are asked for first",
		{{HELLO, LOGIN, SELECT_WITH(""), {"}\r\n", "+ go\r\n"},
			{BODY_END, "%T OK [APPENDUID 7 10] ok\r\n"}}},
		.outcome = DC_PUT_STORED, .uid = 10},
	{"BAD ends the connection, and the next one asks first",
		{{HELLO, LOGIN, SELECT, {BODY_END, "%T BAD what\r\n"}},
			{HELLO, LOGIN, SELECT, {"}\r\n", "+ go\r\n"},
				{BODY_END, "%T OK [APPENDUID 7 10] ok\r\n"}}},
		.connections = 2, .outcome = DC_PUT_STORED, .uid = 10},
	{"silence ends at the deadline", {{HELLO, LOGIN, SELECT, {BODY_END, ""}}},
		.put_status = DRAFTCONV_ERROR_TEMPORARY, .outcome = DC_PUT_UNKNOWN,
		.words = "silent"},
	{"a folder that vanished",
		{{HELLO, LOGIN, SELECT, {BODY_END, "%T NO [TRYCREATE] gone\r\n"}}},
		.put_status = DRAFTCONV_ERROR_TEMPORARY, .outcome = DC_PUT_NOT_SENT,
		.words = "vanished"},
	{"BYE instead of a greeting", {{{NULL, "* BYE too busy\r\n"}}},
		.open_status = DRAFTCONV_ERROR_TEMPORARY, .words = "too busy"},
	{"another protocol", {{{NULL, "220 mail.test ESMTP\r\n"}}},
		.open_status = DRAFTCONV_ERROR_UNREACHABLE, .words = "ESMTP"},
	{"a login that is refused",
		{{HELLO, {"AUTHENTICATE", "%T NO [AUTHENTICATIONFAILED] no\r\n"}}},
		.open_status = DRAFTCONV_ERROR_REFUSED, .words = "login of alice"},
	{"a login that cannot be checked now",
		{{HELLO, {"AUTHENTICATE", "%T NO [UNAVAILABLE] later\r\n"}}},
		.open_status = DRAFTCONV_ERROR_TEMPORARY, .words = "later"},
	{"no way to log in", {{{NULL, "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\r\n"}}},
		.open_status = DRAFTCONV_ERROR_REFUSED, .words = "no passwords"},
	{"an old server takes LOGIN",
		{{{NULL, "* OK hello\r\n"}, {"CAPABILITY", "* CAPABILITY IMAP4rev1\r\n%T OK\r\n"},
			{"LOGIN \"alice\" \"open sesame\"",
				"* CAPABILITY IMAP4rev1\r\n%T OK in\r\n"},
			SELECT, {"}\r\n", "+ go\r\n"}, {BODY_END, "%T OK ok\r\n"}}},
		.outcome = DC_PUT_STORED},
	{"no STARTTLS", {{HELLO}}, .starttls = true, .open_status = DRAFTCONV_ERROR_UNREACHABLE,
		.words = "no STARTTLS"},
	{"PREAUTH is no way around TLS",
		{{{NULL, "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n"}}}, .starttls = true,
		.open_status = DRAFTCONV_ERROR_UNREACHABLE, .words = "no STARTTLS"},
	{"words in the clear behind STARTTLS",
		{{{NULL, "* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n"},
			{"STARTTLS",
				"%T OK go\r\n* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] trap\r\n"}}},
		.starttls = true, .open_status = DRAFTCONV_ERROR_UNREACHABLE,
		.words = "in the clear"},
};

struct server {
	const struct fault *fault;
	GSocketListener *listener;
	GThread *thread;
};

/*
 * "D7", of the line in which the expected text stands. Lines of a message have no tag of ours: then the
 * one before still counts. [transfer full]
 */
static char *
tag_before(const char *text, const char *expected, const char *before)
{
	for (const char *at = expected;; at--) {
		if (*at == 'D' && g_ascii_isdigit(at[1]) && (at == text || at[-1] == '\n'))
			return g_strndup(at, strcspn(at, " "));
		if (at == text)
			return g_strdup(before);
	}
}

/* @return false when the client has gone */
static bool
read_until(GIOStream *stream, GString *seen, const char *expect, char **tag)
{
	char buffer[65536];

	for (;;) {
		const char *found = strstr(seen->str, expect);

		if (found != NULL) {
			char *latest = tag_before(seen->str, found, *tag);

			g_free(*tag);
			*tag = latest;
			g_string_erase(seen, 0, found - seen->str + (gssize)strlen(expect));
			return true;
		}
		gssize n = g_input_stream_read(
			g_io_stream_get_input_stream(stream), buffer, sizeof buffer, NULL, NULL);
		if (n <= 0)
			return false;
		g_string_append_len(seen, buffer, n);
	}
}

static void
play(GIOStream *stream, const struct step *steps)
{
	g_autoptr(GString) seen = g_string_new(NULL);
	g_autofree char *tag = g_strdup("");

	for (int i = 0; i < STEPS_MAX && (steps[i].expect != NULL || steps[i].reply != NULL); i++) {
		if (steps[i].expect != NULL && !read_until(stream, seen, steps[i].expect, &tag))
			return;
		if (steps[i].reply == NULL)
			return;
		g_autoptr(GString) reply = g_string_new(steps[i].reply);
		g_string_replace(reply, "%T", tag, 0);
		g_output_stream_write_all(g_io_stream_get_output_stream(stream), reply->str,
			reply->len, NULL, NULL, NULL);
	}
	/* Nothing more to say: wait until the client has had enough. */
	(void)read_until(stream, seen, "\x01 never", &tag);
}

static gpointer
serve(gpointer user)
{
	struct server *server = user;
	const int connections = MAX(server->fault->connections, 1);

	for (int i = 0; i < connections; i++) {
		g_autoptr(GSocketConnection) connection =
			g_socket_listener_accept(server->listener, NULL, NULL, NULL);

		g_assert_nonnull(connection);
		play(G_IO_STREAM(connection), server->fault->steps[i]);
		g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
	}
	return NULL;
}

static int
secret(void *user, const struct draftconv_sink_login *login, char *buffer, size_t size,
	char error[256])
{
	static const char password[] = "open sesame";

	(void)user;
	(void)login;
	(void)error;
	g_assert_cmpuint(sizeof password, <=, size);
	memcpy(buffer, password, sizeof password - 1);
	return (int)sizeof password - 1;
}

static draftconv_sink *
open_sink(const struct fault *fault, guint16 port)
{
	const struct draftconv_sink_options options = {
		.struct_size = sizeof options,
		.tls = fault->starttls ? DRAFTCONV_SINK_TLS_REQUIRED : DRAFTCONV_SINK_TLS_OFF,
		.timeout_s = 1,
		.secret = secret,
	};
	g_autofree char *to = g_strdup_printf("imap://127.0.0.1:%u/Drafts", (unsigned)port);
	draftconv_sink *sink = NULL;

	g_assert_cmpint(draftconv_sink_open(to, &options, &sink, NULL), ==, 0);
	return sink;
}

/* @return what the opening or the putting said */
static int
deliver(draftconv_sink *sink, struct dc_put *put, bool *opened, draftconv_error **error)
{
	const struct dc_sink_account account = {.owner = "alice"};
	g_autoptr(dc_mailbox) mailbox = NULL;
	int status = dc_sink_open_mailbox(sink, &account, false, NULL, &mailbox, error);

	*opened = status >= 0;
	return status < 0 ? status : dc_mailbox_put(mailbox, put, 1, NULL, NULL, error);
}

static void
test_fault(gconstpointer data)
{
	const struct fault *fault = data;
	struct server server = {.fault = fault, .listener = g_socket_listener_new()};
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
	g_autoptr(GSocketAddress) bound = NULL;
	g_autoptr(letters) drafts = letters_new("alice", 1, 500);
	g_autoptr(draftconv_error) error = NULL;
	bool opened = false;
	int status = 0;

	g_assert_true(g_socket_listener_add_address(server.listener, any, G_SOCKET_TYPE_STREAM,
		G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
	g_autoptr(draftconv_sink) sink =
		open_sink(fault, g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));
	server.thread = g_thread_new("server", serve, &server);
	for (int i = 0; i < MAX(fault->connections, 1); i++) {
		g_clear_pointer(&error, draftconv_error_free);
		dc_put_clear(&drafts->puts[0]);
		status = deliver(sink, &drafts->puts[0], &opened, &error);
	}
	g_thread_join(server.thread);
	g_object_unref(server.listener);

	const char *words = error != NULL ? draftconv_error_message(error) : drafts->puts[0].answer;
	g_test_message("%s", words == NULL ? "" : words);
	g_assert_cmpint(status, ==, opened ? fault->put_status : fault->open_status);
	g_assert_true(opened == (fault->open_status == 0));
	g_assert_cmpint(drafts->puts[0].outcome, ==, fault->outcome);
	g_assert_cmpuint(drafts->puts[0].uid, ==, fault->uid);
	if (fault->words != NULL)
		g_assert_nonnull(strstr(words, fault->words));
	if (words != NULL)
		g_assert_null(strstr(words, "sesame"));
}

static void
test_nobody_listens(void)
{
	static const struct fault nobody = {.name = "nobody"};
	g_autoptr(draftconv_sink) sink = open_sink(&nobody, 1);
	g_autoptr(draftconv_error) error = NULL;
	bool opened = false;

	g_assert_cmpint(deliver(sink, NULL, &opened, &error), ==, DRAFTCONV_ERROR_UNREACHABLE);
	g_assert_nonnull(strstr(draftconv_error_message(error), "127.0.0.1:1: cannot be reached"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autofree char *path = g_strdup_printf("/faults/%s", faults[i].name);

		g_test_add_data_func(path, &faults[i], test_fault);
	}
	g_test_add_func("/faults/nobody listens", test_nobody_listens);
	return g_test_run();
}
