/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the IMAP sink that need no server. */
#include "lib/sink/imap/batch.h"
#include "lib/sink/imap/folder.h"
#include "lib/sink/imap/look.h"
#include "lib/sink/imap/name.h"
#include "lib/sink/imap/url.h"

#include "tests/sink/trace.h"

#include <string.h>

static const struct name_case {
	const char *name;
	const char *text;
	const char *wire; /* NULL: cannot be named */
} name_cases[] = {
	{"ASCII stays", "INBOX.Drafts", "INBOX.Drafts"},
	{"nothing is nothing", "", ""},
	{"an ampersand is escaped", "a & b", "a &- b"},
	{"umlauts are shifted", "Entwürfe", "Entw&APw-rfe"},
	{"the standard's own example", "~peter/mail/台北/日本語",
		"~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
	{"a letter beyond the first plane", "😀", "&2D3eAA-"},
	{"a line break cannot be named", "a\r\nb", NULL},
	{"broken UTF-8 cannot be named", "a\xff", NULL},
};

static void
test_name(gconstpointer data)
{
	const struct name_case *c = data;
	g_autofree char *wire = dc_imap_utf7_encode(c->text);

	g_assert_cmpstr(wire, ==, c->wire);
	if (wire == NULL)
		return;
	g_autofree char *back = dc_imap_utf7_decode(wire);
	g_assert_cmpstr(back, ==, c->text);
}

static const struct date_case {
	const char *name;
	gint64 date_s;
	int offset;
	const char *text;
} date_cases[] = {
	{"the beginning", 0, 0, "\"01-Jan-1970 00:00:00 +0000\""},
	{"one digit of the day becomes two", 86400 * 4, 0, "\"05-Jan-1970 00:00:00 +0000\""},
	{"east of Greenwich", 1000000000, 60, "\"09-Sep-2001 02:46:40 +0100\""},
	{"west by half an hour", 1000000000, -210, "\"08-Sep-2001 22:16:40 -0330\""},
	{"before 1970 is 1970", -5, 0, "\"01-Jan-1970 00:00:00 +0000\""},
	{"no zone leads back into 1969", 100, -600, "\"01-Jan-1970 00:00:00 -1000\""},
	{"the end", 4102444799, 0, "\"31-Dec-2099 23:59:59 +0000\""},
	{"after 2099 is 2099", 9000000000, 0, "\"31-Dec-2099 23:59:59 +0000\""},
	{"no zone leads into 2100", 4102444799, 600, "\"31-Dec-2099 23:59:59 +1000\""},
	{"an impossible zone is the nearest", 1000000000, 5000, "\"09-Sep-2001 15:46:40 +1400\""},
};

static void
test_date(gconstpointer data)
{
	const struct date_case *c = data;
	char text[32];
	gint64 date_s = 0;
	int offset = 0;

	dc_imap_date(c->date_s, c->offset, text);
	g_assert_cmpstr(text, ==, c->text);
	text[strlen(text) - 1] = '\0';
	g_assert_true(dc_imap_parse_date(text + 1, &date_s, &offset));
	dc_imap_date(date_s, offset, text);
	g_assert_cmpstr(text, ==, c->text);
}

static void
test_other_dates(void)
{
	static const char *const wrong[] = {"", "x", "1-Foo-2001 00:00:00 +0000",
		"31-Feb-2001 00:00:00 +0000", "01-Jan-2001 00:00:00", "01-Jan-2001 25:00:00 +0000"};
	gint64 date_s = 0;
	int offset = 0;

	g_assert_true(dc_imap_parse_date(" 9-sep-2001 01:46:40 +0000", &date_s, &offset));
	g_assert_cmpint(date_s, ==, 1000000000);
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_false(dc_imap_parse_date(wrong[i], &date_s, &offset));
}

static const struct url_case {
	const char *name;
	const char *rest;
	const char *want; /* "login host port folder", or what the error says */
	bool good;
} url_cases[] = {
	{"a host alone", "//mail.test", "- mail.test 993 -", true},
	{"everything", "//a@mail.test:1993/Drafts", "a mail.test 1993 Drafts", true},
	{"a login ends at the last @", "//a@b.test@mail.test", "a@b.test mail.test 993 -", true},
	{"a percent sign is encoded", "//u%25x.test@mail.test", "u%x.test mail.test 993 -", true},
	{"Runbox's login as typed is refused with its spelling", "//user%example.com@mail.test",
		"user%25example.com", false},
	{"a byte beyond ASCII is refused", "//u%c3%bc@mail.test", "--login", false},
	{"a letter beyond ASCII as typed has no spelling", "//é@mail.test", "only printable ASCII",
		false},
	{"a template is kept", "//{login}@mail.test/{owner}", "{login} mail.test 993 {owner}",
		true},
	{"an encoded brace is a brace", "//a%7Bb@mail.test", "a{{b mail.test 993 -", true},
	{"an address of six", "//[::1]:143/x", "- ::1 143 x", true},
	{"a folder with slashes", "//h/a/b", "- h 993 a/b", true},
	{"a folder in UTF-8", "//h/Entw%C3%BCrfe", "- h 993 Entwürfe", true},
	{"a folder that is no UTF-8", "//h/%ff", "UTF-8", false},
	{"a slash is no folder", "//h/", "- h 993 -", true},
	{"capitals of a host don't count", "//MAIL.Test", "- mail.test 993 -", true},
	{"no host", "//", "host", false},
	{"no slashes", "mail.test", "imaps://", false},
	{"a port that is none", "//h:0", "port", false},
	{"a port beyond all", "//h:65536", "port", false},
	{"an open bracket", "//[::1", "host", false},
	{"a blank in the host", "//a b", "host", false},
	{"an empty login", "//@h", "login", false},
	{"a blank in a login is hardly meant", "//kari @h", "%20", false},
	{"a blank in a login that is meant", "//odd%20one@h", "odd one h 993 -", true},
	{"a blank at the end of a folder", "//h/Drafts ", "blank", false},
	{"a blank in a folder", "//h/Sent Items", "- h 993 Sent Items", true},
	{"a slash at the end of a folder", "//h/Drafts/", "slash", false},
};

static void
test_url(gconstpointer data)
{
	const struct url_case *c = data;
	g_auto(dc_imap_url) url = {0};
	g_autoptr(draftconv_error) error = NULL;
	int status = dc_imap_url_parse(c->rest, 993, &url, &error);

	if (!c->good) {
		g_assert_cmpint(status, ==, DRAFTCONV_ERROR_ARGUMENT);
		g_assert_nonnull(strstr(draftconv_error_message(error), c->want));
		return;
	}
	g_assert_cmpint(status, ==, 0);
	g_autofree char *got = g_strdup_printf("%s %s %u %s", url.login == NULL ? "-" : url.login,
		url.host, (unsigned)url.port, url.folder == NULL ? "-" : url.folder);
	g_assert_cmpstr(got, ==, c->want);
}

static const struct folder_case {
	const char *name;
	const char *answers; /* lines without "* " */
	const char *want;
	bool special_use; /* capability */
	bool exists;
} folder_cases[] = {
	{"the marked folder wins", "LIST () \"/\" Drafts\nLIST (\\Drafts) \"/\" Mine", "Mine", true,
		true},
	{"a mark without the capability does not count",
		"LIST () \"/\" Drafts\nLIST (\\Drafts) \"/\" Mine", "Drafts", false, true},
	{"the usual name", "LIST () \"/\" Drafts\nLIST () \"/\" INBOX", "Drafts", true, true},
	{"under a namespace",
		"NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\nLIST () \".\" \"INBOX.Drafts\"",
		"INBOX.Drafts", false, true},
	{"below INBOX in a flat namespace",
		"NAMESPACE ((\"\" \"/\")) NIL NIL\nLIST () \"/\" \"INBOX/Drafts\"", "INBOX/Drafts",
		false, true},
	{"another language, if it is the only one", "LIST () \"/\" Entw&APw-rfe", "Entw&APw-rfe",
		false, true},
	{"the usual name before another language",
		"LIST () \"/\" Entw&APw-rfe\nLIST () \"/\" Drafts", "Drafts", false, true},
	{"two other languages decide nothing",
		"LIST () \"/\" Entw&APw-rfe\nLIST () \"/\" Brouillons", "Drafts", false, false},
	{"somebody else's drafts", "LIST () \"/\" \"shared/bob/Drafts\"", "Drafts", false, false},
	{"a folder that cannot be opened", "LIST (\\Noselect) \"/\" Drafts", "Drafts", false,
		false},
	{"nothing at all", "", "Drafts", true, false},
	{"nothing at all under a namespace", "NAMESPACE ((\"INBOX.\" \".\")) NIL NIL",
		"INBOX.Drafts", true, false},
	{"no namespace said", "NAMESPACE NIL NIL NIL", "Drafts", true, false},
	{"a name in a literal", "LIST () \"/\" {6}\r\nDrafts", "Drafts", false, true},
	{"other letters of the name", "LIST () NIL drafts", "drafts", false, true},
	{"raw bytes are no name", "LIST (\\Drafts) \"/\" \"Entw\xc3\xbcrfe\"", "Drafts", true,
		false},
};

static void
test_folder(gconstpointer data)
{
	const struct folder_case *c = data;
	g_autoptr(dc_imap_discovery) discovery = dc_imap_discovery_new();
	const char *at = c->answers;
	g_autofree char *name = NULL;

	while (*at != '\0') {
		/* A line feed within a literal is behind a carriage return. */
		const char *end = at + strcspn(at, "\n");
		if (end > at && end[-1] == '\r')
			end += strcspn(end + 1, "\n") + 1;
		struct dc_imap_cursor cursor = {at, end};
		g_autofree char *word = NULL;
		g_assert_true(dc_imap_word(&cursor, &word));
		dc_imap_blanks(&cursor);
		const struct dc_imap_data one = {.word = word, .rest = cursor};
		dc_imap_discovery_hear(discovery, &one);
		at = *end == '\0' ? end : end + 1;
	}
	g_assert_cmpint(dc_imap_discovery_decide(discovery, c->special_use, &name), ==, c->exists);
	g_assert_cmpstr(name, ==, c->want);
}

static const struct uids_case {
	const char *name;
	const char *arguments;
	guint32 next; /* 10 when they are not believed; three messages, validity 7 */
} uids_cases[] = {
	{"a range", "7 10:12", 13},
	{"single ones", "7 10,11,15", 16},
	{"a range and one", "7 10:11,20", 21},
	{"another validity", "8 10:12", 10},
	{"too few", "7 10:11", 10},
	{"too many", "7 10:13", 10},
	{"one twice", "7 10,10,11", 10},
	{"backwards", "7 12:10", 10},
	{"a UID that was there before", "7 9:11", 10},
	{"the highest of all", "7 4294967293:4294967295", 10},
	{"beyond the highest", "7 4294967295:4294967297", 10},
	{"zero", "7 0:2", 10},
	{"words", "7 ten", 10},
	{"nothing", "", 10},
	{"something behind", "7 10:12 x", 10},
};

static void
test_uids(gconstpointer data)
{
	const struct uids_case *c = data;
	struct dc_put puts[3] = {0};

	g_assert_cmpuint(dc_imap_batch_take_uids(puts, 3, c->arguments, 7, 10), ==, c->next);
	g_assert_cmpuint(puts[0].uid, ==, c->next > 10 ? 10 : 0);
	g_assert_cmpuint(puts[2].uid, ==, c->next > 10 ? c->next - 1 : 0);
}

static void
test_identities(void)
{
	static const struct {
		const char *field;
		const char *want;
	} cases[] = {{"Message-ID: <a.b@c>\r\n\r\n", "a.b"}, {"Message-ID:\r\n <a@c>\r\n", "a"},
		{"message-id:<a@c>", "a"}, {"Message-ID: < a@c >", "a"}, {"\r\n", NULL}, {"", NULL},
		{"Message-ID: a@c", NULL}, {"Message-ID: <a>", NULL}, {"Message-ID: <@c>", NULL},
		{NULL, NULL}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = dc_imap_identity(cases[i].field);

		g_assert_cmpstr(got, ==, cases[i].want);
	}
}

static void
test_sets(void)
{
	const guint32 uids[] = {1, 2, 3, 5, 9, 10};
	g_auto(GStrv) one = dc_imap_sets(uids, 6, 20, 4000);
	g_auto(GStrv) many = dc_imap_sets(uids, 6, 0, 28);
	g_auto(GStrv) none = dc_imap_sets(uids, 0, 0, 4000);
	g_auto(GStrv) tail = dc_imap_sets(NULL, 0, 7, 4000);

	g_assert_cmpstr(one[0], ==, "1:3,5,9:10,20:*");
	g_assert_null(one[1]);
	g_assert_cmpstr(many[0], ==, "1:3,5");
	g_assert_cmpstr(many[1], ==, "9:10");
	g_assert_null(none[0]);
	g_assert_cmpstr(tail[0], ==, "7:*");
}

/* The recorded answers of three servers, and what is to be understood of them. */
static void
test_server(gconstpointer data)
{
	const char *name = data;
	g_autofree char *in = g_strdup_printf(
		"%s/tests/fuzz/corpus/imap/%s", g_getenv("DRAFTCONV_SOURCE_ROOT"), name);
	g_autofree char *wanted = g_strdup_printf(
		"%s/tests/sink/understood/%s", g_getenv("DRAFTCONV_SOURCE_ROOT"), name);
	g_autofree char *bytes = NULL;
	g_autofree char *want = NULL;
	gsize size = 0;

	g_assert_true(g_file_get_contents(in, &bytes, &size, NULL));
	g_assert_true(g_file_get_contents(wanted, &want, NULL, NULL));
	for (size_t chunk = 1; chunk <= size; chunk = chunk < 20 ? chunk + 1 : chunk * 3) {
		g_autofree char *got = trace_responses(bytes, size, chunk);

		g_assert_cmpstr(got, ==, want);
	}
}

static void
test_a_response_without_end(void)
{
	const size_t size = 5 * 1024 * 1024;
	g_autofree char *bytes = g_malloc(size);

	memset(bytes, 'a', size);
	memcpy(bytes, "* LIST ", 7);
	g_autofree char *got = trace_responses(bytes, size, 65536);
	g_assert_nonnull(strstr(got, "error the server sent a response of more than"));
}

#define ADD(path, table, function)                                                                 \
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                         \
		g_autofree char *full = g_strdup_printf("/" path "/%s", (table)[i].name);          \
		g_test_add_data_func(full, &(table)[i], function);                                 \
	}

int
main(int argc, char **argv)
{
	static const char *const servers[] = {"dovecot", "courier", "cyrus", "odd"};

	g_test_init(&argc, &argv, NULL);
	ADD("name", name_cases, test_name);
	ADD("date", date_cases, test_date);
	ADD("url", url_cases, test_url);
	ADD("folder", folder_cases, test_folder);
	ADD("appenduid", uids_cases, test_uids);
	for (size_t i = 0; i < G_N_ELEMENTS(servers); i++) {
		g_autofree char *path = g_strdup_printf("/answers/%s", servers[i]);

		g_test_add_data_func(path, servers[i], test_server);
	}
	g_test_add_func("/date/other spellings", test_other_dates);
	g_test_add_func("/look/identities", test_identities);
	g_test_add_func("/look/sets of UIDs", test_sets);
	g_test_add_func("/answers/a response without end", test_a_response_without_end);
	return g_test_run();
}
