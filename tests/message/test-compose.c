/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drafts filled by setters, and what becomes of them: the cases of DRAFTS.md, section 3. */
#include "lib/base/error.h"
#include "tests/message/drafts.h"
#include "tests/message/oracle.h"

#include <string.h>

#define KEY DRAFTCONV_FIELD_KEY
#define FROM DRAFTCONV_FIELD_FROM
#define TO DRAFTCONV_FIELD_TO
#define CC DRAFTCONV_FIELD_CC
#define BCC DRAFTCONV_FIELD_BCC
#define REPLY_TO DRAFTCONV_FIELD_REPLY_TO
#define SUBJECT DRAFTCONV_FIELD_SUBJECT
#define TEXT DRAFTCONV_FIELD_TEXT
#define HTML DRAFTCONV_FIELD_HTML
#define SIGNATURE DRAFTCONV_FIELD_SIGNATURE
#define IN_REPLY_TO DRAFTCONV_FIELD_IN_REPLY_TO
#define REFERENCES DRAFTCONV_FIELD_REFERENCES

static const char png[] = "\x89PNG\r\n\x1a\n";

struct setting {
	draftconv_field field;
	const char *value;
};

struct wanted {
	const char *name;  /* field of the message */
	const char *value; /* decoded; NULL: there must be none */
};

/* A case: what is set, what must come out. */
static const struct compose_case {
	const char *name;
	struct setting set[6];
	struct drafts_file files[4];
	struct wanted want[5];
	const char *structure;
	const char *codes;
	const char *body; /* the first leaf, LF; NULL: not compared */
} cases[] = {
	{"plain ASCII is one part", {{TO, "b@x.example"}, {TEXT, "Hello\n"}}, {{0}},
		{{"To", "b@x.example"}, {"Content-Transfer-Encoding", "7bit"},
			{"Content-Type", "text/plain; charset=utf-8"}, {"Cc", NULL}},
		"text/plain", "", "Hello\n"},
	{"other letters are quoted-printable", {{TEXT, "bl\xc3\xa5 b\xc3\xa6r and other fruit"}},
		{{0}}, {{"Content-Transfer-Encoding", "quoted-printable"}, {"To", NULL}},
		"text/plain", "", "bl\xc3\xa5 b\xc3\xa6r and other fruit\n"},
	{"mostly other letters are base64", {{TEXT, "\xd0\xb0\xd0\xb1\xd0\xb2\xd0\xb3\n"}}, {{0}},
		{{"Content-Transfer-Encoding", "base64"}}, "text/plain", "",
		"\xd0\xb0\xd0\xb1\xd0\xb2\xd0\xb3\n"},
	{"blanks at line ends, dots and From lines stay", {{TEXT, "a  \n.\nFrom x\n..\n-- \nAl"}},
		{{0}}, {{"Content-Transfer-Encoding", "quoted-printable"}}, "text/plain", "",
		"a  \n.\nFrom x\n..\n-- \nAl\n"},
	{"an empty text is an empty body", {{SUBJECT, "x"}, {TEXT, ""}}, {{0}}, {{"Subject", "x"}},
		"text/plain", "", ""},
	{"no text is an empty body", {{SUBJECT, "x"}}, {{0}}, {{"Subject", "x"}}, "text/plain", "",
		""},
	{"an empty draft is kept", {{SUBJECT, ""}}, {{0}}, {{"Subject", ""}, {"To", NULL}},
		"text/plain", "empty", ""},
	{"line ends become one kind", {{TEXT, "a\r\nb\rc\nd"}}, {{0}}, {{0}}, "text/plain",
		"line-endings", "a\nb\nc\nd\n"},
	{"control characters stay in a text", {{TEXT, "a\x1b[1m\x07"}}, {{0}},
		{{"Content-Transfer-Encoding", "quoted-printable"}}, "text/plain",
		"control-characters", "a\x1b[1m\x07\n"},
	{"a line like a boundary is encoded", {{TEXT, "--=_x\n"}}, {{0}},
		{{"Content-Transfer-Encoding", "quoted-printable"}}, "text/plain", "", "--=_x\n"},
	{"a signature joins the text", {{TEXT, "Hi"}, {SIGNATURE, "Al"}}, {{0}}, {{0}},
		"text/plain", "", "Hi\n-- \nAl\n"},
	{"a signature may bring its separator", {{TEXT, "Hi"}, {SIGNATURE, "-- \nAl"}}, {{0}},
		{{0}}, "text/plain", "", "Hi\n-- \nAl\n"},
	{"HTML is one part", {{HTML, "<p>Hi</p>"}}, {{0}},
		{{"Content-Type", "text/html; charset=utf-8"},
			{"Content-Transfer-Encoding", "quoted-printable"}},
		"text/html", "", "<html><head></head><body><p>Hi</p>\n</body></html>\n"},
	{"a document stays", {{HTML, "<HTML><BODY>Hi</BODY></HTML>\n"}}, {{0}}, {{0}}, "text/html",
		"", "<HTML><BODY>Hi</BODY></HTML>\n"},
	{"a charset in the HTML goes",
		{{HTML, "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; "
			"charset=iso-8859-1\"></head><body>\xc3\xa5</body></html>\n"}},
		{{0}}, {{0}}, "text/html", "html-charset-removed",
		"<html><head></head><body>\xc3\xa5</body></html>\n"},
	{"scripts stay and are said", {{HTML, "<html><script>x()</script></html>\n"}}, {{0}}, {{0}},
		"text/html", "active-content", "<html><script>x()</script></html>\n"},
	{"a plain text that says the same goes", {{HTML, "<p>Hi <b>you</b></p>"}, {TEXT, "Hi you"}},
		{{0}}, {{0}}, "text/html", "", NULL},
	{"a plain text that says something else stays", {{HTML, "<p>Hi</p>"}, {TEXT, "Bye"}}, {{0}},
		{{0}}, "alternative{text/plain,text/html}", "texts-differ", "Bye\n"},
	{"a blank HTML beside a text is none", {{HTML, " "}, {TEXT, "Hi"}}, {{0}}, {{0}},
		"text/plain", "", "Hi\n"},
	{"a signature stands before the end of the body",
		{{HTML, "<html><body>Hi</body></html>\n"}, {SIGNATURE, "A & B\nC"}}, {{0}}, {{0}},
		"text/html", "", "<html><body>Hi<br>-- <br>A &amp; B<br>\nC</body></html>\n"},
	{"pictures stand beside the HTML",
		{{HTML, "<img src=\"cid:a@x\"><img src=cid:b@x><img src='cid:a@x'>"}},
		{{"a.png", "image/png", "<a@x>", "inline", png, NULL},
			{"b.png", "image/png", "b@x", NULL, png, NULL}},
		{{"Content-Type", "multipart/related; type=\"text/html\"; "
				  "boundary=\"=_paz5tfnwszshnjfiwqc4p4imh7.1\""}},
		"related{text/html,image/png(inline),image/png(inline)}", "pictures",
		"<html><head></head><body><img src=\"cid:a@x\"><img src=cid:b@x><img "
		"src='cid:a@x'>\n</body></html>\n"},
	{"a picture that is not shown is a file", {{HTML, "<p>Hi</p>"}},
		{{"a.png", "image/png", "a@x", "inline", png, NULL}}, {{0}},
		"mixed{text/html,image/png(attachment)}", "image-unreferenced", NULL},
	{"pictures and files keep the form that all clients open",
		{{HTML, "<img src=\"cid:a@x\">"}},
		{{"a.png", "image/png", "a@x", "inline", png, NULL},
			{"b.pdf", "application/pdf", NULL, NULL, "%PDF", NULL}},
		{{0}},
		"mixed{related{alternative{text/html},image/png(inline)},application/"
		"pdf(attachment)}",
		"pictures", NULL},
	{"both texts stand inside the pictures",
		{{HTML, "<p>Hi</p><img src=\"cid:a@x\">"}, {TEXT, "Bye"}},
		{{"a.png", "image/png", "a@x", "inline", png, NULL}}, {{0}},
		"related{alternative{text/plain,text/html},image/png(inline)}",
		"pictures texts-differ", NULL},
	{"an id that no header can hold is replaced", {{HTML, "<img src=\"cid:my%20picture\">"}},
		{{"a.png", "image/png", "my picture", NULL, png, NULL}}, {{0}},
		"related{text/html,image/png(inline)}", "pictures", NULL},
	{"an address in the old store becomes a part", {{HTML, "<img src=\"/att?id=5&amp;x=1\">"}},
		{{"a.png", "image/png", NULL, NULL, png, "/att?id=5&x=1"}}, {{0}},
		"related{text/html,image/png(inline)}", "pictures", NULL},
	{"a link into the old store stays a link", {{HTML, "<a href=\"/att?id=5\">x</a>"}},
		{{"a.pdf", "application/pdf", NULL, NULL, "%PDF", "/att?id=5"}}, {{0}},
		"mixed{text/html,application/pdf(attachment)}", "", NULL},
	{"a picture inside the HTML becomes a part",
		{{HTML, "<img src=\"data:image/gif;base64,R0lGODlh\">"
			"<img src=\"data:image/gif;base64,R0lGODlh\">"}},
		{{0}}, {{0}}, "related{text/html,image/gif(inline)}", "pictures", NULL},
	{"a text file does not join the text", {{TEXT, "Hi"}},
		{{"a.txt", "text/plain", NULL, NULL, "file", NULL}}, {{0}},
		"mixed{text/plain,text/plain(attachment)}", "", "Hi\n"},
	{"a file without a text has an empty one before it", {{SUBJECT, "x"}},
		{{"a.txt", "text/plain", NULL, NULL, "file", NULL}}, {{0}},
		"mixed{text/plain,text/plain(attachment)}", "", ""},
	{"a missing file leaves a note", {{TEXT, "Hi"}},
		{{"a.pdf", "application/pdf", NULL, NULL, NULL, NULL}}, {{0}},
		"mixed{text/plain,text/plain(attachment)}", "attachment-missing", NULL},
	{"an empty file stays", {{TEXT, "Hi"}},
		{{"a.pdf", "application/pdf", NULL, NULL, "", NULL}}, {{0}},
		"mixed{text/plain,application/pdf(attachment)}", "", NULL},
	{"an unknown type is told as such", {{TEXT, "Hi"}},
		{{"a", "", NULL, NULL, "x", NULL},
			{"b", "no type\r\nBcc: e@x", NULL, NULL, "x", NULL},
			{"c", "multipart/mixed", NULL, NULL, "x", NULL}},
		{{"Bcc", NULL}},
		"mixed{text/plain,application/octet-stream(attachment),application/"
		"octet-stream(attachment),application/octet-stream(attachment)}",
		"", NULL},
	{"a message in short lines stands as it is", {{TEXT, "Hi"}},
		{{"fwd", "message/rfc822", NULL, NULL, "Subject: x\r\n\r\n--=_y\r\nHi", NULL}},
		{{0}}, "mixed{text/plain,message/rfc822(attachment)}", "", NULL},
	{"a message in 8 bits is encoded", {{TEXT, "Hi"}},
		{{"fwd.eml", "message/rfc822", NULL, NULL, "Subject: x\r\n\r\n\xe5\r\n", NULL}},
		{{0}}, "mixed{text/plain,application/octet-stream(attachment)}", "", NULL},
	{"a message with our boundary is encoded", {{TEXT, "Hi"}},
		{{"fwd.eml", "message/rfc822", NULL, NULL,
			"Subject: x\n\n--=_paz5tfnwszshnjfiwqc4p4imh7.1\n", NULL}},
		{{0}}, "mixed{text/plain,application/octet-stream(attachment)}", "", NULL},
	{"what is no message is encoded", {{TEXT, "Hi"}},
		{{"fwd.eml", "message/rfc822", NULL, NULL, "no header\n", NULL}}, {{0}},
		"mixed{text/plain,application/octet-stream(attachment)}", "", NULL},
	{"a nickname becomes a placeholder", {{TO, "john"}, {TEXT, "x"}}, {{0}},
		{{"To", "\"john\" <unparsed-1@recipient.invalid>"}}, "text/plain",
		"recipient-placeholder", NULL},
	{"placeholders go on through the fields", {{TO, "good@x.example, john"}, {CC, "bad@"}},
		{{0}},
		{{"To", "good@x.example, \"john\" <unparsed-1@recipient.invalid>"},
			{"Cc", "\"bad@\" <unparsed-2@recipient.invalid>"}},
		"text/plain", "recipient-placeholder", NULL},
	{"an empty group is no recipient", {{TO, "undisclosed-recipients:;"}, {TEXT, "x"}}, {{0}},
		{{"To", NULL}}, "text/plain", "group-flattened", NULL},
	{"Bcc stands alone", {{BCC, "b@x.example"}, {TEXT, "x"}}, {{0}},
		{{"To", NULL}, {"Bcc", "b@x.example"}}, "text/plain", "", NULL},
	{"the first field keeps an address", {{TO, "b@x.example"}, {BCC, "B@x.example"}}, {{0}},
		{{"To", "b@x.example"}, {"Bcc", NULL}}, "text/plain", "duplicate-recipient", NULL},
	{"Reply-To may repeat a recipient", {{TO, "b@x.example"}, {REPLY_TO, "b@x.example"}}, {{0}},
		{{"Reply-To", "b@x.example"}}, "text/plain", "", NULL},
	{"a sender of the account is an identity", {{FROM, "Al <AL@x.example>"}, {TEXT, "x"}},
		{{0}}, {{"From", "Al <AL@x.example>"}}, "text/plain", "", NULL},
	{"no sender is the account's", {{TEXT, "x"}}, {{0}}, {{"From", "Al Bo <al@x.example>"}},
		"text/plain", "", NULL},
	{"another sender is said", {{FROM, "z@y.example"}, {TEXT, "x"}}, {{0}},
		{{"From", "z@y.example"}}, "text/plain", "from-foreign", NULL},
	{"of two senders one is kept", {{FROM, "al@x.example, z@y.example"}, {TEXT, "x"}}, {{0}},
		{{"From", "al@x.example"}}, "text/plain", "recipient-repaired", NULL},
	{"a sender's name alone takes the account's address", {{FROM, "Albert"}, {TEXT, "x"}},
		{{0}}, {{"From", "Albert <al@x.example>"}}, "text/plain", "recipient-repaired",
		NULL},
	{"a forged field stays in the subject", {{SUBJECT, "x\r\nBcc: evil@x.example"}}, {{0}},
		{{"Subject", "x Bcc: evil@x.example"}, {"Bcc", NULL}}, "text/plain",
		"control-characters", NULL},
	{"forged fields stay in names and ids",
		{{TO, "\"A\r\n\tBcc: e@y\" <b@x.example>"}, {IN_REPLY_TO, "<a@x\r\nBcc: e@y>"},
			{TEXT, "x"}},
		{{"a\r\nBcc: e@y.txt", "text/plain\r\nBcc: e", NULL, NULL, "x", NULL}},
		{{"Bcc", NULL}, {"In-Reply-To", NULL}},
		"mixed{text/plain,application/octet-stream(attachment)}",
		"references-invalid filename-changed", NULL},
	{"an answer names its chain", {{IN_REPLY_TO, "c@x"}, {REFERENCES, "<a@x> <b@x>"}}, {{0}},
		{{"In-Reply-To", "<c@x>"}, {"References", "<a@x> <b@x> <c@x>"}}, "text/plain",
		"empty", NULL},
	{"an answered id alone is the chain", {{IN_REPLY_TO, "<c@x>"}}, {{0}},
		{{"In-Reply-To", "<c@x>"}, {"References", "<c@x>"}}, "text/plain", "empty", NULL},
	{"of two ids the last is answered", {{IN_REPLY_TO, "<a@x> <b@x>"}}, {{0}},
		{{"In-Reply-To", "<b@x>"}, {"References", "<a@x> <b@x>"}}, "text/plain", "empty",
		NULL},
	{"an id that cannot be read is left out", {{IN_REPLY_TO, "nonsense"}}, {{0}},
		{{"In-Reply-To", NULL}, {"References", NULL}}, "text/plain",
		"references-invalid empty", NULL},
};

/* Text of leaf INDEX with LF line ends. */
static char *
leaf_text(draftconv_message *message, guint index)
{
	g_autoptr(GBytes) bytes = oracle_leaf(message, index);
	gsize size = 0;
	const char *data = g_bytes_get_data(bytes, &size);
	g_autofree char *text = size == 0 ? g_strdup("") : g_strndup(data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

	return g_strjoinv("\n", lines);
}

static void
test_case(gconstpointer data)
{
	const struct compose_case *c = data;
	g_autoptr(draftconv_draft) draft = drafts_new();

	for (size_t i = 0; i < G_N_ELEMENTS(c->set) && c->set[i].value != NULL; i++)
		g_assert_cmpint(
			draftconv_draft_set(draft, c->set[i].field, c->set[i].value, NULL), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(c->files) && c->files[i].name != NULL; i++)
		drafts_add_file(draft, &c->files[i]);

	g_autoptr(draftconv_message) message = drafts_compose(draft);
	oracle_check(message);
	g_autofree char *structure = oracle_structure(message);
	g_assert_cmpstr(structure, ==, c->structure);
	g_autofree char *codes = oracle_codes(message);
	g_assert_cmpstr(codes, ==, c->codes);
	for (size_t i = 0; i < G_N_ELEMENTS(c->want) && c->want[i].name != NULL; i++) {
		g_autofree char *value = oracle_field(message, c->want[i].name);
		g_assert_cmpstr(value, ==, c->want[i].value);
	}
	if (c->body != NULL) {
		g_autofree char *body = leaf_text(message, 0);
		g_assert_cmpstr(body, ==, c->body);
	}
}

static void
test_priority_and_receipt(void)
{
	static const char *const priorities[] = {NULL, "1 (Highest)", "2 (High)", NULL, NULL, NULL};

	for (int i = 0; i <= 5; i++) {
		g_autoptr(draftconv_draft) draft = drafts_new();

		draftconv_draft_set(draft, TEXT, "x", NULL);
		draftconv_draft_set_priority(draft, i, NULL);
		draftconv_draft_set_receipt(draft, i == 1);
		g_autoptr(draftconv_message) message = drafts_compose(draft);
		g_autofree char *priority = oracle_field(message, "X-Priority");
		g_autofree char *receipt = oracle_field(message, "Disposition-Notification-To");
		g_autofree char *info = oracle_field(message, "X-Mozilla-Draft-Info");
		g_autofree char *codes = oracle_codes(message);
		g_assert_cmpstr(priority, ==, priorities[i]);
		g_assert_cmpstr(receipt, ==, i == 1 ? "<al@x.example>" : NULL);
		g_assert_true((info != NULL) == (i == 1));
		g_assert_cmpstr(codes, ==, i >= 4 ? "priority-low" : "");
		oracle_check(message);
	}
}

static void
test_old_headers_count_where_nothing_else_does(void)
{
	g_autoptr(draftconv_draft) draft = drafts_new();

	draftconv_draft_set(draft, SUBJECT, "mine", NULL);
	draftconv_draft_add_header(draft, "subject", "theirs", NULL);
	draftconv_draft_add_header(draft, "TO", "b@x.example", NULL);
	draftconv_draft_add_header(draft, "X-Priority", "1 (Highest)", NULL);
	draftconv_draft_add_header(draft, "X-Original-Bcc", "c@x.example", NULL);
	draftconv_draft_add_header(draft, "Message-ID", "<x@y>", NULL);
	g_autoptr(draftconv_message) message = drafts_compose(draft);
	g_autofree char *subject = oracle_field(message, "Subject");
	g_autofree char *to = oracle_field(message, "To");
	g_autofree char *priority = oracle_field(message, "X-Priority");
	g_autofree char *codes = oracle_codes(message);
	g_assert_cmpstr(subject, ==, "mine");
	g_assert_cmpstr(to, ==, "b@x.example");
	g_assert_cmpstr(priority, ==, "1 (Highest)");
	g_assert_cmpstr(codes, ==, "header-dropped");
	oracle_check(message);
}

static void
test_recipients_of_a_table_follow_those_of_the_column(void)
{
	g_autoptr(draftconv_draft) draft = drafts_new();

	draftconv_draft_set(draft, TO, "b@x.example", NULL);
	draftconv_draft_add_recipient(draft, TO, "Cy, D.", "c@x.example", NULL);
	draftconv_draft_add_recipient(draft, CC, "Mom", NULL, NULL);
	g_autoptr(draftconv_message) message = drafts_compose(draft);
	g_autofree char *to = oracle_field(message, "To");
	g_autofree char *cc = oracle_field(message, "Cc");
	g_assert_cmpstr(to, ==, "b@x.example, \"Cy, D.\" <c@x.example>");
	g_assert_cmpstr(cc, ==, "\"Mom\" <unparsed-1@recipient.invalid>");
	oracle_check(message);
}

static void
test_the_id_is_derived_from_who_the_draft_is(void)
{
	g_autoptr(draftconv_draft) draft = drafts_new();
	g_autoptr(draftconv_message) first = drafts_compose(draft);

	/* printf of the three lengths and texts, sha256sum, base32: independent of this code */
	g_assert_cmpstr(
		draftconv_message_id(first), ==, "draft.ocpfigsggne22hvqde7rusodmz@x.example");
	g_assert_cmpstr(dc_message_identity(first), ==, "draft.ocpfigsggne22hvqde7rusodmz");
	g_assert_null(strstr(draftconv_message_id(first), "4711"));
	draftconv_draft_set(draft, SUBJECT, "changed", NULL);
	draftconv_draft_set(draft, FROM, "z@y.example", NULL);
	g_autoptr(draftconv_message) second = drafts_compose(draft);
	g_assert_cmpstr(dc_message_identity(second), ==, dc_message_identity(first));
	/* lengths count, so that ("a", "lx") is not ("al", "x") */
	draftconv_draft_set(draft, DRAFTCONV_FIELD_OWNER, "al4", NULL);
	draftconv_draft_set(draft, KEY, "711", NULL);
	g_autoptr(draftconv_message) third = drafts_compose(draft);
	g_assert_cmpstr(dc_message_identity(third), !=, dc_message_identity(first));
}

static void
test_a_long_line_comes_back_equal(void)
{
	static const char *const letters[] = {"x", "\xc3\xa5", "=", " ", "\t", "\xf0\x9f\x98\x80"};

	for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
		g_autoptr(draftconv_draft) draft = drafts_new();
		g_autoptr(GString) text = g_string_new(NULL);

		for (int n = 0; n < 5000; n++)
			g_string_append(text, letters[i]);
		g_string_append(text, "\n");
		draftconv_draft_set(draft, TEXT, text->str, NULL);
		g_autoptr(draftconv_message) message = drafts_compose(draft);
		oracle_check(message);
		g_autofree char *body = leaf_text(message, 0);
		g_assert_true(strcmp(body, text->str) == 0 || *letters[i] == ' ');
	}
}

static const struct refused_case {
	const char *name;
	draftconv_field field; /* taken away */
} refused[] = {
	{"a draft without a key is refused", DRAFTCONV_FIELD_KEY},
	{"a draft without an owner is refused", DRAFTCONV_FIELD_OWNER},
};

static void
test_refused(gconstpointer data)
{
	const struct refused_case *c = data;
	g_autoptr(draftconv_draft) draft = drafts_new();
	g_autoptr(draftconv_error) error = NULL;
	draftconv_message *message = NULL;

	draftconv_draft_set(draft, c->field, NULL, NULL);
	g_assert_cmpint(draftconv_message_compose(draft, NULL, &message, &error), ==,
		DRAFTCONV_ERROR_DRAFT);
	g_assert_null(message);
	g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/compose/%s", cases[i].name);
		g_test_add_data_func(path, &cases[i], test_case);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autofree char *path = g_strdup_printf("/refused/%s", refused[i].name);
		g_test_add_data_func(path, &refused[i], test_refused);
	}
	g_test_add_func(
		"/compose/priority and receipt have their fields", test_priority_and_receipt);
	g_test_add_func("/compose/old headers count where nothing else does",
		test_old_headers_count_where_nothing_else_does);
	g_test_add_func("/compose/recipients of a table follow those of the column",
		test_recipients_of_a_table_follow_those_of_the_column);
	g_test_add_func("/compose/the id is derived from who the draft is",
		test_the_id_is_derived_from_who_the_draft_is);
	g_test_add_func("/compose/a long line comes back equal", test_a_long_line_comes_back_equal);
	return g_test_run();
}
