/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drafts that the old webmail kept as messages. */
#include "tests/draft/reading.h"

static const struct message_case {
	const char *name;
	const char *columns; /* besides key, owner, message */
	const char *values;
	const char *message;
	const char *want;
} message_cases[] = {
	{"headers and a text", "", "",
		"From: Kari =?iso-8859-1?Q?=C5s?= <k@x.test>\\x0aTo: b@x.test\\x0a"
		"Subject: =?utf-8?Q?bl=C3=A5?=\\x0aDate: Thu, 01 Jul 2004 12:00:00 +0200\\x0a"
		"X-Mailer: old\\x0aMessage-ID: <1@x>\\x0a\\x0ahei\\x0a",
		"text=hei\n\nmodified=1088676000+0\nFrom: Kari Ås <k@x.test>\nTo: b@x.test\n"
		"Subject: blå\n[message-header-dropped message]"},
	{"a column overrides the message", ", subject text", "|mine",
		"Subject: theirs\\x0a\\x0ahei", "subject=mine\ntext=hei\nSubject: theirs\n"},
	{"an empty column does not", ", text text", "|", "Subject: x\\x0a\\x0ahei",
		"text=hei\nSubject: x\n"},
	{"both bodies and a file", "", "",
		"Subject: x\\x0aContent-Type: multipart/mixed; boundary=m\\x0a\\x0a"
		"--m\\x0aContent-Type: multipart/alternative; boundary=a\\x0a\\x0a"
		"--a\\x0aContent-Type: text/plain; charset=iso-8859-1\\x0a"
		"Content-Transfer-Encoding: quoted-printable\\x0a\\x0abl=E5\\x0a"
		"--a\\x0aContent-Type: text/html\\x0a\\x0a<p>x\\x0a--a--\\x0a"
		"--m\\x0aContent-Type: image/gif; name=a.gif\\x0aContent-ID: <i@x>\\x0a"
		"Content-Transfer-Encoding: base64\\x0a\\x0aR0lG\\x0a--m--\\x0a",
		"text=blå\nhtml=<p>x\nSubject: x\nfile a.gif image/gif id i@x 3 'GIF'\n"},
	{"a message within is a file", "", "",
		"Subject: x\\x0aContent-Type: multipart/mixed; boundary=m\\x0a\\x0a"
		"--m\\x0a\\x0ahei\\x0a--m\\x0aContent-Type: message/rfc822\\x0a\\x0aSubject: y\\x0a"
		"\\x0ain\\x0a--m--\\x0a",
		"text=hei\nSubject: x\nfile message.eml message/rfc822 14 'Subject: y\\n\\nin'\n"},
	{"a line of an mbox before it does not count", "", "",
		"From k@x.test Thu Jul  1 12:00:00 2004\\x0aSubject: x\\x0a\\x0ahei",
		"text=hei\nSubject: x\n"},
	{"raw letters in a header are decoded by the ladder", "", "",
		"Subject: bl\\xc3\\xa5b\\xc3\\xa6r gr\\xc3\\xb8t\\x0aX-Priority: 1\\x0a"
		"Disposition-Notification-To: k@x.test\\x0a\\x0ahei",
		"text=hei\nreceipt\nSubject: blåbær grøt\nX-Priority: 1\n[charset-utf8 message]"},
	{"a flowed text has its paragraphs again", "", "",
		"Content-Type: text/plain; format=flowed; delsp=no\\x0a\\x0aone \\x0atwo\\x0a",
		"text=one two\n\n"},
	{"an encrypted message stays as it is", "", "",
		"Subject: x\\x0aContent-Type: multipart/encrypted; "
		"protocol=\"application/pgp-encrypted\"; "
		"boundary=e\\x0a\\x0a--e\\x0aContent-Type: "
		"application/pgp-encrypted\\x0a\\x0aVersion: 1\\x0a"
		"--e\\x0aContent-Type: application/octet-stream\\x0a\\x0aPGP\\x0a--e--\\x0a",
		"Subject: x\nsealed multipart/encrypted protocol=application/pgp-encrypted "
		"boundary=e\n"
		"--e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
		"--e\nContent-Type: application/octet-stream\n\nPGP\n--e--\n[encrypted message]"},
	{"S/MIME, too", "", "",
		"Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data; "
		"name=smime.p7m\\x0a"
		"Content-Transfer-Encoding: base64\\x0a\\x0aR0lG\\x0a",
		"sealed application/pkcs7-mime smime-type=enveloped-data "
		"name=smime.p7m\nR0lG\n[encrypted message]"},
	{"a text of the row's own puts it aside", ", text text", "|mine",
		"Content-Type: multipart/encrypted; "
		"boundary=e\\x0a\\x0a--e\\x0a\\x0aPGP\\x0a--e--\\x0a",
		"text=mine\nfile encrypted.eml message/rfc822 65 'Content-Type: "
		"multip'\n[encrypted message]"},
	{"what no message can hold as it is comes apart", "", "",
		"Content-Type: multipart/encrypted; "
		"boundary=e\\x0a\\x0a--e\\x0a\\x0aP\\xe5P\\x0a--e--\\x0a",
		"text=PåP\n[charset-assumed text]"},
	{"a signed message can be edited", "", "",
		"Content-Type: multipart/signed; boundary=s\\x0a\\x0a--s\\x0a\\x0ahei\\x0a"
		"--s\\x0aContent-Type: application/pgp-signature; "
		"name=signature.asc\\x0a\\x0aSIG\\x0a--s--\\x0a",
		"text=hei\nfile signature.asc application/pgp-signature 3 'SIG'\n[signature-void "
		"message]"},
	{"an empty message says nothing", "", "", "", ""},
	{"what is no message at all is its text", "", "", "\\x0ahei", "text=hei\n"},
};

static void
test_message(gconstpointer data)
{
	const struct message_case *c = data;
	g_autofree char *rows = g_strdup_printf("d: key int, owner text, message blob%s\n"
						"d|1|a|%s%s\n",
		c->columns, c->message, c->values);

	reading_expect("<drafts>SELECT * FROM d</drafts>", rows, c->want);
}

/* GMime calls itself for a group within a group: at 40,000 the stack was gone. */
static void
test_deep_groups(void)
{
	g_autoptr(GString) rows = g_string_new("d: key int, owner text, message blob\n"
					       "d|1|a|Subject: x\\x0aResent-Cc : ");

	for (int i = 0; i < 100000; i++)
		g_string_append(rows, i % 100 == 0 ? "a:\\x0a " : "a:");
	g_string_append(rows, "\\x0a\\x0ahei\n");
	reading_expect("<drafts>SELECT * FROM d</drafts>", rows->str,
		"text=hei\nSubject: x\n[message-header-dropped message]");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(message_cases); i++) {
		g_autofree char *path = g_strdup_printf("/stored/%s", message_cases[i].name);

		g_test_add_data_func(path, &message_cases[i], test_message);
	}
	g_test_add_func("/stored/groups in groups end", test_deep_groups);
	return g_test_run();
}
