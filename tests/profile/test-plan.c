/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/profile/world.h"

#include <string.h>

/* ---- what comes out of which rows ---- */

#define DRAFTS "<drafts>SELECT k AS key, o AS owner, s AS subject, m AS modified FROM d</drafts>"

static const struct plan_case {
	const char *name;
	const char *profile;
	const char *rows;
	const char *accounts;
	const char *drafts;
	const char *findings;
} plan_cases[] = {
	{"an empty table has no accounts", DRAFTS, "d: k int, o varchar(9), s text, m datetime", "",
		"", ""},
	{"drafts come in the order of owner, time, key", DRAFTS,
		"d: k int, o varchar(9), s text, m datetime\n"
		"d|3|b|x|'0'\nd|2|a|y|2005-01-02 00:00:00\nd|9|a|z|2005-01-01 00:00:00\n"
		"d|1|a|w|2005-01-01 00:00:00\nd|4|a|v|0000-00-00 00:00:00\n",
		"a (a) - -  4 1104624000\nb (b) - -  1\n",
		"a/4: subject=v modified=0000-00-00 00:00:00\n"
		"a/1: subject=w modified=2005-01-01 00:00:00\n"
		"a/9: subject=z modified=2005-01-01 00:00:00\n"
		"a/2: subject=y modified=2005-01-02 00:00:00\n"
		"b/3: subject=x modified=0\n",
		""},
	{"owners are folded as MySQL compares them", DRAFTS,
		"d: k int, o varchar(9), s text, m datetime\n"
		"d|1|Kari|x|NULL\nd|2|kari\\x20\\x20|y|NULL\nd|3|KARI|z|NULL\n",
		"KARI (kari) - -  3\n",
		"KARI/1: subject=x modified=NULL\nKARI/2: subject=y modified=NULL\n"
		"KARI/3: subject=z modified=NULL\n",
		""},
	{"in a binary column Kari and kari are two people", DRAFTS,
		"d: k int, o varchar(9) latin1_bin, s text, m datetime\n"
		"d|1|Kari|x|NULL\nd|2|kari\\x20|y|NULL\n",
		"Kari (Kari) - -  1\nkari (kari) - -  1\n",
		"Kari/1: subject=x modified=NULL\nkari/2: subject=y modified=NULL\n", ""},
	{"an owner's letters are decoded once for all", DRAFTS,
		"d: k int, o varchar(9), s text, m datetime\n"
		"d|1|k\\xe5re|x|NULL\nd|2|k\\xc3\\xa5re|y|NULL\n",
		"k\xc3\xa5re (k\xc3\xa5re) - -  2\n",
		"k\xc3\xa5re/1: subject=x modified=NULL\nk\xc3\xa5re/2: subject=y modified=NULL\n",
		""},
	{"a draft without a key or owner has failed", DRAFTS,
		"d: k varchar(9), o varchar(9), s text, m datetime\n"
		"d|NULL|a|x|NULL\nd||a|y|NULL\nd|1|NULL|z|NULL\nd|2|\\x20|w|NULL\nd|{256}|a|v|"
		"NULL\n",
		" () - -  2\na (a) - -  3\n",
		"/1: subject=z modified=NULL [owner-invalid <drafts> on line 2: no owner, or one "
		"of over "
		"255 bytes] failed\n"
		"/2: subject=w modified=NULL [owner-invalid <drafts> on line 2: no owner, or one "
		"of over "
		"255 bytes] failed\n"
		"a/: subject=x modified=NULL [key-invalid <drafts> on line 2: no key, or one of "
		"over 255 "
		"bytes] failed\n"
		"a/: subject=y modified=NULL [key-invalid <drafts> on line 2: no key, or one of "
		"over 255 "
		"bytes] failed\n"
		"a/: subject=v modified=NULL [key-invalid <drafts> on line 2: no key, or one of "
		"over 255 "
		"bytes] failed\n",
		""},
	{"different rows with one key have failed, all of them", DRAFTS,
		"d: k int, o varchar(9), s text, m datetime\n"
		"d|1|a|x|NULL\nd|1|A|y|NULL\nd|2|a|z|NULL\nd|1|b|w|NULL\n",
		"A (a) - -  3\nb (b) - -  1\n",
		"A/1: subject=x modified=NULL [key-not-unique 1] failed\n"
		"A/1: subject=y modified=NULL [key-not-unique 1] failed\n"
		"A/2: subject=z modified=NULL\nb/1: subject=w modified=NULL\n",
		""},
	{"equal rows of a join that fans out count once",
		"<drafts>SELECT d.k AS key, d.o AS owner, d.s AS text FROM d JOIN f ON f.k = "
		"d.k</drafts>",
		"d: k int, o varchar(9), s text\nf: k int\nd|1|a|{300}\nd|2|a|y\n"
		"f|1\nf|1\nf|1\nf|2\n",
		"a (a) - -  2\n", "a/1: text={300} [duplicate-rows 2 left out]\na/2: text=y\n", ""},
	{"long values at two places are compared by their bytes",
		"<drafts>SELECT k AS key, o AS owner, s AS text FROM d</drafts>",
		"d: k int, o varchar(9), s text\nd|1|a|{9000}\nd|1|a|{9000}\nd|2|a|{9000}\n"
		"d|2|a|{9000}b\n",
		"a (a) - -  3\n",
		"a/1: text={9000} [duplicate-rows 1 left out]\n"
		"a/2: text={9000} [key-not-unique 2] failed\n"
		"a/2: text={9001} [key-not-unique 2] failed\n",
		""},
	{"the highest version counts, by value",
		"<drafts>SELECT k AS key, o AS owner, s AS subject, v AS version FROM d</drafts>",
		"d: k int, o varchar(9), s text, v varchar(9)\n"
		"d|1|a|old|8\nd|1|a|x|9\nd|1|a|new|10\nd|1|a|none|NULL\nd|2|a|y|NULL\n",
		"a (a) - -  2\n",
		"a/1: subject=new version=10 [version-older 3 left out]\n"
		"a/2: subject=y version=NULL\n",
		""},
	{"two rows of the highest version that differ have failed",
		"<drafts>SELECT k AS key, o AS owner, s AS subject, v AS version FROM d</drafts>",
		"d: k int, o varchar(9), s text, v int\nd|1|a|x|2\nd|1|a|y|2\nd|1|a|z|1\n",
		"a (a) - -  2\n",
		"a/1: subject=x version=2 [key-not-unique 1] [version-older 1 left out] failed\n"
		"a/1: subject=y version=2 [key-not-unique 1] failed\n",
		""},
	{"several drafts statements share accounts and keys",
		"<drafts>SELECT 'o' || k AS key, o AS owner, s AS subject FROM d</drafts>"
		"<drafts>SELECT k AS key, o AS owner, t AS text, 1 AS _x FROM e</drafts>",
		"d: k int, o varchar(9), s text\ne: k int, o varchar(9), t text\n"
		"d|1|a|x\ne|1|A|y\ne|2|b|{300}\n",
		"A (a) - -  2\nb (b) - -  1\n",
		"A/1: text=y _x=1\nA/o1: subject=x\nb/2: text={300} _x=1\n", ""},
	{"without modified the time of creation counts",
		"<drafts>SELECT k AS key, o AS owner, m AS modified, c AS created FROM d</drafts>",
		"d: k int, o varchar(9), m int, c int\nd|1|a|0|86400\nd|2|a|3600|NULL\n",
		"a (a) - -  2 86400\n",
		"a/2: modified=3600 created=NULL\na/1: modified=0 created=86400\n", ""},
	{"owners have addresses, a name and a login",
		DRAFTS
		"<owners>SELECT o AS owner, a AS address, n AS name, l AS login FROM u</owners>",
		"d: k int, o varchar(9), s text, m datetime\n"
		"u: o varchar(9), a varchar(99), n varchar(99), l varchar(99)\n"
		"d|1|a|x|NULL\nd|2|b|y|NULL\n"
		"u|A|a@x.test|NULL|NULL\nu|a |A@X.TEST| Anna |a%x\nu|a|b@x.test|Other|NULL\n"
		"u|c|c@x.test|NULL|NULL\nu|NULL|d@x.test|NULL|NULL\n",
		"a (a) a%x Anna <a@x.test><b@x.test> 1\nb (b) - -  1\n",
		"a/1: subject=x modified=NULL\nb/2: subject=y modified=NULL\n", ""},
	{"a missing table leaves its statement out",
		DRAFTS "<owners>SELECT o AS owner FROM u</owners>",
		"d: k int, o varchar(9), s text, m datetime\nd|1|a|x|NULL\n", "a (a) - -  1\n",
		"a/1: subject=x modified=NULL\n",
		"table-missing: <owners> on line 2 of test: no table u in the source\n"},
	{"a statement that finds nothing in tables with rows is told",
		"<drafts>SELECT k AS key, o AS owner FROM d WHERE s = 'nothing'</drafts>",
		"d: k int, o varchar(9), s text\nd|1|a|x\n", "", "",
		"statement-empty: <drafts> on line 2 of test\n"},
};

static void
test_plan(gconstpointer data)
{
	const struct plan_case *c = data;
	g_autoptr(dc_stage) stage = world_stage(c->rows);
	g_autoptr(draftconv_profile) profile = world_profile(c->profile);
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, findings);
	g_autofree char *accounts = world_accounts(plan);
	g_autofree char *drafts = world_drafts(plan, false);
	g_autofree char *found = world_findings(findings);

	g_assert_cmpstr(accounts, ==, c->accounts);
	g_assert_cmpstr(drafts, ==, c->drafts);
	g_assert_cmpstr(found, ==, c->findings);
}

/* ---- children ---- */

#define CHILDREN "<drafts>SELECT k AS key, o AS owner, c AS code FROM d</drafts>"

static const struct child_case {
	const char *name;
	const char *profile;
	const char *rows;
	enum dc_statement_kind kind;
	const char *want;
} child_cases[] = {
	{"attachments belong to their draft",
		CHILDREN "<attachments>SELECT n AS filename, b AS data, :code AS _c FROM f "
			 "WHERE k = :key ORDER BY i</attachments>",
		"d: k int, o varchar(9), c text\nf: i int, k int, n text, b longblob\n"
		"d|1|a|x\nd|2|a|y\nf|2|1|two|{300}\nf|1|1|one|\\x01\nf|3|9|lost|z\n",
		DC_STATEMENT_ATTACHMENTS,
		"a/1: filename=one data=\\001 _c=x\na/1: filename=two data={300} _c=x\n"},
	{"a key of text and one of numbers find their rows",
		"<drafts>SELECT k AS key, o AS owner FROM d</drafts>"
		"<headers>SELECT n AS name, v AS value FROM h WHERE k = :key ORDER BY n</headers>",
		"d: k varchar(9), o varchar(9)\nh: k varchar(9), n text, v text\n"
		"d|'7'|a\nh|'7'|N|V\n",
		DC_STATEMENT_HEADERS, "a/7: name=N value=V\n"},
	{"a long value as a parameter finds itself",
		"<drafts>SELECT k AS key, o AS owner, t AS _t FROM d</drafts>"
		"<headers>SELECT n AS name, 1 AS value FROM h WHERE v = :_t ORDER BY n</headers>",
		"d: k int, o varchar(9), t text\nh: n text, v text\nd|1|a|{300}\nd|2|a|{301}\n"
		"h|A|{300}\nh|B|{302}\n",
		DC_STATEMENT_HEADERS, "a/1: name=A value=1\n"},
	{"statements of a kind are asked in their order",
		"<drafts>SELECT k AS key, o AS owner, c AS _c FROM d</drafts>"
		"<recipients>SELECT 'to' AS kind, a AS address FROM r WHERE k = :key ORDER BY a"
		"</recipients><recipients>SELECT 'cc' AS kind, a AS address FROM s "
		"WHERE k = :key ORDER BY a</recipients>",
		"d: k int, o varchar(9), c text\nr: k int, a text\ns: k int, a text\n"
		"d|1|a|x\nd|2|a|y\nr|1|p\nr|1|q\ns|1|m\ns|2|n\n",
		DC_STATEMENT_RECIPIENTS,
		"a/1: kind=to address=p\na/1: kind=to address=q\na/1: kind=cc address=m\n"
		"a/2: kind=cc address=n\n"},
	{"a child whose parameter this drafts statement lacks is not asked",
		"<drafts>SELECT k AS key, o AS owner, c AS code FROM d</drafts>"
		"<drafts>SELECT k AS key, o AS owner FROM e</drafts>"
		"<headers>SELECT n AS name, v AS value FROM h WHERE n = :code ORDER BY n</headers>",
		"d: k int, o varchar(9), c text\ne: k int, o varchar(9)\nh: n text, v text\n"
		"d|1|a|N\ne|2|a\nd|3|a|M\nh|N|V\n",
		DC_STATEMENT_HEADERS, "a/1: name=N value=V\n"},
	{"a NULL parameter finds nothing",
		CHILDREN "<headers>SELECT n AS name, v AS value FROM h WHERE n = :code ORDER BY n"
			 "</headers>",
		"d: k int, o varchar(9), c text\nh: n text, v text\nd|1|a|N\nd|2|a|NULL\nh|N|V\n",
		DC_STATEMENT_HEADERS, "a/1: name=N value=V\n"},
	{"a child over a missing table is left out",
		CHILDREN
		"<headers>SELECT n AS name, v AS value FROM x WHERE n = :code ORDER BY n"
		"</headers><headers>SELECT n AS name, v AS value FROM h ORDER BY n</headers>",
		"d: k int, o varchar(9), c text\nh: n text, v text\nd|1|a|N\nh|N|V\n",
		DC_STATEMENT_HEADERS, "a/1: name=N value=V\n"},
};

static void
test_children(gconstpointer data)
{
	const struct child_case *c = data;
	g_autoptr(dc_stage) stage = world_stage(c->rows);
	g_autoptr(draftconv_profile) profile = world_profile(c->profile);
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, NULL);
	g_autofree char *want = g_strcompress(c->want);
	g_autofree char *got = world_children(plan, c->kind);

	/* A NUL in a value ends the text that is compared, on both sides alike. */
	g_assert_cmpstr(got, ==, want);
}

/* ---- names that only the account can decode ---- */

static void
test_a_name_keeps_its_bytes(void)
{
	g_autoptr(dc_stage) stage = world_stage("d: k int, o varchar(9)\n"
						"client latin1\n"
						"u: o varchar(9) latin1, n varchar(99) latin1\n"
						"d|1|ivan\nu|ivan|\\xe9\\xd7\\xc1\\xce\n");
	g_autoptr(draftconv_profile) profile = world_profile(
		"<drafts>SELECT k AS key, o AS owner FROM d</drafts>"
		"<owners>SELECT o AS owner, o || '@x.test' AS address, n AS name FROM u</owners>");
	g_autoptr(dc_plan) plan = world_plan(stage, profile, NULL, NULL);
	g_autoptr(dc_plan_reader) reader = NULL;
	g_autoptr(dc_account) account = NULL;

	g_assert_cmpint(dc_plan_open(plan, &reader, NULL), ==, 0);
	g_assert_cmpint(dc_plan_account(reader, 0, &account, NULL), ==, 0);
	const struct dc_account_address *address = account->addresses->pdata[0];
	g_autoptr(GBytes) want = g_bytes_new_static("\xe9\xd7\xc1\xce", 4);
	g_assert_true(g_bytes_equal(address->name_bytes, want));
	g_assert_cmpstr(address->client_charset, ==, "latin1");
	g_assert_cmpstr(address->column_charset, ==, "latin1");
	g_assert_false(address->utf8);
	g_assert_cmpstr(address->name, ==, "\xc3\xa9\xc3\x97\xc3\x81\xc3\x8e");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(plan_cases); i++) {
		g_autofree char *path = g_strdup_printf("/plan/%s", plan_cases[i].name);

		g_test_add_data_func(path, &plan_cases[i], test_plan);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(child_cases); i++) {
		g_autofree char *path = g_strdup_printf("/children/%s", child_cases[i].name);

		g_test_add_data_func(path, &child_cases[i], test_children);
	}
	g_test_add_func("/owners/a name keeps its bytes", test_a_name_keeps_its_bytes);
	return g_test_run();
}
