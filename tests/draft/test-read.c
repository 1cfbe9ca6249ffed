/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/draft/reading.h"

#include <string.h>

/* ---- what comes out of which rows ---- */

#define D "<drafts>SELECT * FROM d</drafts>"

static const struct read_case {
	const char *name;
	const char *profile;
	const char *rows;
	const char *want; /* of the last draft */
} read_cases[] = {
	{"each text column becomes its field", D,
		"d: key int, owner text, from text, to text, cc text, bcc text, reply_to "
		"text, "
		"subject text, text text, in_reply_to text, references text, tags text\n"
		"d|1|a|f|t|c|b|r|s|x|i|e|g\n",
		"from=f\nreply_to=r\nto=t\ncc=c\nbcc=b\nsubject=s\ntext=x\nin_reply_to=i\n"
		"references=e\ntags=g\n"},
	{"NULL sets nothing, and empty sets empty", D,
		"d: key int, owner text, subject text, text text\nd|1|a|NULL|\n", "text=\n"},
	{"halves of a sender stay halves", D,
		"d: key int, owner text, from_name text, from_address text\nd|1|a|Kari|k@x.test\n",
		"from_name=Kari\nfrom_address=k@x.test\n"},
	{"a body is HTML when its type says so", D,
		"d: key int, owner text, body text, body_type text\nd|1|a|<p>x|text/html\n",
		"html=<p>x\n"},
	{"a body is text otherwise", D,
		"d: key int, owner text, body text, body_type text\nd|1|a|<p>x|0\n", "text=<p>x\n"},
	{"a signature stays apart for the composer", D,
		"d: key int, owner text, text text, signature text\nd|1|a|x|Kari\n",
		"text=x\nsignature=Kari\n"},
	{"times are in the profile's zone", "<defaults time-zone=\"Europe/Oslo\"/>" D,
		"d: key int, owner text, modified datetime, created datetime\n"
		"d|1|a|2004-07-01 12:00:00|2004-01-01 12:00:00\n",
		"modified=1088676000+120\ncreated=1072954800+60\n"},
	{"a zero date is none", D,
		"d: key int, owner text, modified datetime, created datetime\n"
		"d|1|a|0000-00-00 00:00:00|'0'\n",
		"[date-zero modified][date-zero created]"},
	{"words for priority and receipt", D,
		"d: key int, owner text, priority text, receipt text\nd|1|a|high|yes\n",
		"priority=2\nreceipt\n"},
	{"numbers for priority and receipt", D,
		"d: key int, owner text, priority int, receipt int\nd|1|a|1|0\n", "priority=1\n"},
	{"the row's own set counts", D,
		"d: key int, owner text, subject text latin1, charset text\n"
		"d|1|a|\\xd0\\xd2\\xc9|koi8-r\n",
		"subject=при\n"},
	{"what SET NAMES did is undone", D,
		"client utf8\nd: key int, owner text, subject text latin1\nd|1|a|blÃ¥bÃ¦r grÃ¸t\n",
		"subject=blåbær grøt\n[charset-utf8 subject]"},
	{"what stands in a BLOB, SET NAMES did not touch", D,
		"client latin1\nd: key int, owner text, subject text utf8mb4, text mediumblob\n"
		"d|1|a|bl\\xe5|bl\\xc3\\xa5b\\xc3\\xa6r gr\\xc3\\xb8t\n",
		"subject=blå\ntext=blåbær grøt\n[charset-utf8 text]"},
	{"nor what an expression makes of it",
		"<drafts>SELECT key, owner, subject, coalesce(inflate(z), z) AS text FROM "
		"d</drafts>",
		"client latin1\nd: key int, owner text, subject text utf8mb4, z mediumblob\n"
		"d|1|a|bl\\xe5|bl\\xc3\\xa5b\\xc3\\xa6r gr\\xc3\\xb8t\n",
		"subject=blå\ntext=blåbær grøt\n[charset-utf8 text]"},
	{"what no set explains travels along as the column's bytes", D,
		"client utf8\nd: key int, owner text, text text latin1\n"
		"d|1|a|a\\xc2\\x81\\xc3\\xa5\n",
		"text=a\xc2\x81å\nfile original-text.bin application/octet-stream 3 'a\\201\\345'\n"
		"[charset-assumed text][undecodable text]"},
	{"recipients of a table of their own",
		D "<recipients>SELECT kind, name, address FROM r WHERE k = :key ORDER BY n"
		  "</recipients>",
		"d: key int, owner text\nr: k int, n int, kind text, name text, address text\n"
		"d|1|a\nr|1|1|To|Kari|k@x.test\nr|1|2|bcc|NULL|b@x.test\nr|1|3|fax|F|12\n"
		"r|2|1|to|not|mine\nr|1|4|cc|NULL|\n",
		"+to Kari <k@x.test>\n+bcc - <b@x.test>\n[header-dropped recipients]"},
	{"header fields of a table of their own",
		D "<headers>SELECT name, value FROM h WHERE k = :key ORDER BY n</headers>",
		"d: key int, owner text\nh: k int, n int, name text, value text\nd|1|a\n"
		"h|1|1|Subject:|=?utf-8?Q?bl=C3=A5?=\nh|1|2|X-Priority|1\n",
		"Subject: blå\nX-Priority: 1\n"},
	{"attachments in the order of their statement",
		D "<attachments>SELECT filename, type, content_id, data FROM f WHERE k = :key "
		  "ORDER BY n DESC</attachments>",
		"d: key int, owner text\n"
		"f: k int, n int, filename text, type text, content_id text, data blob\nd|1|a\n"
		"f|1|1|a.gif|image/"
		"gif|<i@x>|GIF\nf|1|2|b.txt||NULL|{300}\nf|1|3|gone|NULL|NULL|NULL\n"
		"f|1|0|empty|NULL|NULL|\n",
		"file gone missing\nfile b.txt 300 'abcdefghijklmnopqrst'\n"
		"file a.gif image/gif id <i@x> 3 'GIF'\nfile empty 0 ''\n"},
	{"chunks of one attachment are one",
		D "<attachments>SELECT filename, part, chunk FROM f WHERE k = :key ORDER BY n"
		  "</attachments>",
		"d: key int, owner text\nf: k int, n int, part int, filename text, chunk "
		"blob\nd|1|a\n"
		"f|1|1|7|a|one \nf|1|2|8|b|NULL\nf|1|3|7|NULL|two\n",
		"file a 6 'onetwo'\nfile b 0 ''\n"},
	{"files without a directory are missing",
		D "<attachments>SELECT filename, file FROM f WHERE k = :key</attachments>",
		"d: key int, owner text\nf: k int, filename text, file text\nd|1|a\nf|1|a|x/y\n",
		"file a missing\n[attachment-missing attachments]"},
	{"a short key of one account is that of another", D,
		"d: key int, owner text, subject text\nd|1|a|x\nd|1|b|y\n", "subject=y\n"},
	{"a failed row comes too, with what it says", D,
		"d: key text, owner text, subject text\nd|NULL|a|x\n",
		"subject=x\n[key-invalid key]"},
};

static void
test_read(gconstpointer data)
{
	const struct read_case *c = data;

	reading_expect(c->profile, c->rows, c->want);
}

/* ---- accounts ---- */

static const char accounts_rows[] = "d: key int, owner text, subject text utf8, modified datetime\n"
				    "d|1|a|blÃ¥|2004-01-01\nd|2|a|grÃ¸t|2004-01-02\n"
				    "d|3|a|pÃ¦re|2004-01-03\nd|1|b|Â£5|2004-01-01\n";

static void
test_all_rows_vote_whatever_was_selected(void)
{
	g_autoptr(dc_stage) stage = world_stage(accounts_rows);
	g_autoptr(draftconv_profile) profile = world_profile(D);
	const char *const keys[] = {"2", NULL};
	const draftconv_selection selection = {.struct_size = sizeof selection, .keys = keys};
	g_autoptr(draftconv_drafts) drafts = reading_open(stage, profile, &selection);
	g_autoptr(draftconv_draft) draft = NULL;
	g_autoptr(draftconv_draft) more = NULL;

	g_assert_cmpint(draftconv_drafts_next(drafts, &draft, NULL), ==, 1);
	g_assert_cmpstr(draftconv_draft_field(draft, DRAFTCONV_FIELD_SUBJECT), ==, "grøt");
	g_assert_cmpstr(dc_drafts_decision(drafts), ==, "double=subject:1");
	g_assert_null(dc_draft_row_digest(draft));
	g_assert_cmpint(draftconv_drafts_next(drafts, &more, NULL), ==, 0);
	g_assert_cmpint(draftconv_drafts_next(drafts, &more, NULL), ==, 0);
}

static void
note_key(void *user, const char *key)
{
	g_string_append_printf(user, "%s ", key);
}

static void
test_the_run_walks_account_by_account(void)
{
	g_autoptr(dc_stage) stage = world_stage(accounts_rows);
	g_autoptr(draftconv_profile) profile = world_profile(D);
	g_autoptr(draftconv_drafts) drafts = reading_open(stage, profile, NULL);
	const dc_account *account = NULL;
	g_autoptr(draftconv_draft) first = NULL;
	g_autoptr(draftconv_draft) second = NULL;
	g_autoptr(draftconv_draft) none = NULL;
	g_autoptr(GString) keys = g_string_new(NULL);

	g_assert_cmpint(dc_drafts_next_account(drafts, &account, NULL), ==, 1);
	g_assert_cmpstr(account->owner, ==, "a");
	dc_drafts_use_decision(drafts, "");
	g_assert_cmpint(dc_drafts_next_of_account(drafts, &first, NULL), ==, 1);
	g_assert_cmpstr(draftconv_draft_field(first, DRAFTCONV_FIELD_SUBJECT), ==, "blÃ¥");
	g_assert_nonnull(dc_draft_row_digest(first));
	g_assert_cmpint(dc_drafts_each_key(drafts, note_key, keys, NULL), ==, 0);
	g_assert_cmpstr(keys->str, ==, "1 2 3 ");

	g_assert_cmpint(dc_drafts_next_account(drafts, &account, NULL), ==, 1);
	g_assert_cmpstr(account->owner, ==, "b");
	g_assert_cmpint(dc_drafts_next_of_account(drafts, &second, NULL), ==, 1);
	g_assert_cmpstr(draftconv_draft_field(second, DRAFTCONV_FIELD_SUBJECT), ==, "Â£5");
	g_assert_false(memcmp(dc_draft_row_digest(first), dc_draft_row_digest(second),
			       DC_DIGEST_SIZE) == 0);
	g_assert_cmpint(dc_drafts_next_of_account(drafts, &none, NULL), ==, 0);
	g_assert_cmpint(dc_drafts_next_account(drafts, &account, NULL), ==, 0);
}

#define F D "<attachments>SELECT filename, data FROM f WHERE k = :key ORDER BY n</attachments>"

static void
digest_of(const char *rows, guint8 result[DC_DIGEST_SIZE])
{
	g_autoptr(dc_stage) stage = world_stage(rows);
	g_autoptr(draftconv_profile) profile = world_profile(F);
	g_autoptr(draftconv_drafts) drafts = reading_open(stage, profile, NULL);
	const dc_account *account = NULL;
	g_autoptr(draftconv_draft) draft = NULL;

	g_assert_cmpint(dc_drafts_next_account(drafts, &account, NULL), ==, 1);
	g_assert_cmpint(dc_drafts_next_of_account(drafts, &draft, NULL), ==, 1);
	memcpy(result, dc_draft_row_digest(draft), DC_DIGEST_SIZE);
}

static void
test_the_digest_tells_rows_apart(void)
{
#define T "d: key int, owner text, subject text\nf: k int, n int, filename text, data blob\n"
	static const char *const same[] = {T "d|1|a|x\nf|1|1|f|GIF\n",
		/* other rows, another type of the key */
		"d: key text, owner text, subject text\nf: k text, n int, filename text, data "
		"blob\n"
		"d|1|a|x\nf|1|1|f|GIF\nf|2|1|f|no\n"};
	static const char *const others[] = {T "d|1|a|y\nf|1|1|f|GIF\n", T "d|1|a|x\n",
		T "d|1|a|x\nf|1|1|f|GIG\n", T "d|1|a|x\nf|1|1|g|GIF\n",
		T "d|1|a|x\nf|1|1|f|GIF\nf|1|2|f|GIF\n", T "d|1|a|NULL\nf|1|1|f|GIF\n",
		T "d|1|a|\nf|1|1|f|GIF\n"};
	guint8 first[DC_DIGEST_SIZE];
	guint8 other[DC_DIGEST_SIZE];

	digest_of(same[0], first);
	digest_of(same[1], other);
	g_assert_true(memcmp(first, other, DC_DIGEST_SIZE) == 0);
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		digest_of(others[i], other);
		g_assert_false(memcmp(first, other, DC_DIGEST_SIZE) == 0);
	}
}

static int
print_account(void *user, const draftconv_account *account)
{
	g_string_append_printf(user, "%s|%s|%s|", account->owner, account->name, account->login);
	for (gsize i = 0; account->addresses[i] != NULL; i++)
		g_string_append_printf(user, "<%s>", account->addresses[i]);
	g_string_append_printf(user, "|%" G_GUINT64_FORMAT "\n", account->drafts);
	return account->drafts > 100 ? DRAFTCONV_ERROR_CANCELLED : 0;
}

static void
test_accounts_are_listed(void)
{
	g_autoptr(dc_stage) stage = world_stage("d: key int, owner text\nd|1|kari\n"
						"u: o text, a text, n text\n"
						"u|kari|k@x.test|Kari\nu|kari|k2@x.test|NULL\n"
						"u|per|p@x.test|NULL\n");
	g_autoptr(draftconv_profile) profile = world_profile(
		D "<owners>SELECT o AS owner, a AS address, n AS name FROM u</owners>");
	g_autoptr(draftconv_drafts) drafts = reading_open(stage, profile, NULL);
	g_autoptr(draftconv_draft) draft = NULL;
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GString) some = g_string_new(NULL);

	g_assert_cmpint(draftconv_drafts_accounts(drafts, NULL, print_account, all, NULL), ==, 0);
	g_assert_cmpstr(all->str, ==, "kari|Kari||<k@x.test><k2@x.test>|1\nper|||<p@x.test>|0\n");
	g_assert_cmpint(draftconv_drafts_accounts(drafts, "P@X", print_account, some, NULL), ==, 0);
	g_assert_cmpstr(some->str, ==, "per|||<p@x.test>|0\n");
	g_assert_cmpuint(draftconv_drafts_count(drafts, NULL), ==, 1);
	g_assert_cmpint(draftconv_drafts_next(drafts, &draft, NULL), ==, 1);
	g_assert_cmpuint(draftconv_draft_owner_address_count(draft), ==, 2);
}

/* Two letters of KOI8-R are letters of Windows-1252 too: the account's drafts tell. */
static void
test_names_are_decoded_as_the_account_writes(void)
{
	static const char text[] = "\\xf0\\xd2\\xc9\\xd7\\xc5\\xd4 \\xcd\\xc9\\xd2 "
				   "\\xc9 \\xd7\\xd3\\xc5\\xcd "
				   "\\xcc\\xc0\\xc4\\xd1\\xcd ";
	g_autoptr(GString) rows = g_string_new("d: key int, owner text, body text\nd|1|ivan|");

	for (int i = 0; i < 20; i++)
		g_string_append(rows, text);
	g_string_append(rows, "\nu: o text, a text, n text\n"
			      "u|ivan|i@x.test|\\xe9\\xd7\\xc1\\xce\nu|ivan|i2@x.test|NULL\n"
			      "u|jo|j@x.test|J\\xf8\n");
	g_autoptr(dc_stage) stage = world_stage(rows->str);
	g_autoptr(draftconv_profile) profile = world_profile(
		D "<owners>SELECT o AS owner, a AS address, n AS name FROM u</owners>");
	g_autoptr(draftconv_drafts) drafts = reading_open(stage, profile, NULL);
	g_autoptr(draftconv_draft) draft = NULL;
	g_autoptr(GString) all = g_string_new(NULL);

	g_assert_cmpint(draftconv_drafts_accounts(drafts, NULL, print_account, all, NULL), ==, 0);
	g_assert_cmpstr(all->str, ==, "ivan|Иван||<i@x.test><i2@x.test>|1\njo|Jø||<j@x.test>|0\n");
	g_assert_cmpint(draftconv_drafts_next(drafts, &draft, NULL), ==, 1);
	for (size_t i = 0; i < 2; i++) {
		const char *name = NULL;
		const char *address = NULL;

		draftconv_draft_owner_address(draft, i, &name, &address);
		g_assert_cmpstr(name, ==, "Иван");
	}
}

#define ADD_CASES(cases, prefix, function)                                                         \
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                          \
		g_autofree char *path = g_strdup_printf(prefix "/%s", (cases)[i].name);            \
		g_test_add_data_func(path, &(cases)[i], function);                                 \
	}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_CASES(read_cases, "/read", test_read);
	g_test_add_func("/account/all rows vote, whatever was selected",
		test_all_rows_vote_whatever_was_selected);
	g_test_add_func(
		"/account/the run walks account by account", test_the_run_walks_account_by_account);
	g_test_add_func("/digest/it tells rows apart", test_the_digest_tells_rows_apart);
	g_test_add_func("/account/names are decoded as the account writes",
		test_names_are_decoded_as_the_account_writes);
	g_test_add_func("/account/they are listed", test_accounts_are_listed);
	return g_test_run();
}
