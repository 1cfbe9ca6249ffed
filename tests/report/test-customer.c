/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/customer.h"

#include "tests/report/fixture.h"

#include <string.h>

static const struct customer_case {
	const char *name;              /* a sentence; becomes the test path */
	draftconv_outcome outcomes[3]; /* of drafts 1 to 3; COUNT: no such draft */
	const char *code;              /* of a finding of draft 1; NULL: none */
	bool subjects;
	const char *want;
	bool damaged; /* the source */
	bool stopped; /* the run */
} cases[] = {
	{"one draft is one",
		{DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_COUNT, DRAFTCONV_OUTCOME_COUNT},
		NULL, false,
		"We have brought back 1 draft from our old data. You find it in your folder "
		"Kladder, and can go on writing there.\n",
		false, false},
	{"what was there already is there",
		{DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_UNCHANGED,
			DRAFTCONV_OUTCOME_UPDATED},
		NULL, false,
		"We have brought back 3 drafts from our old data. You find them in your folder "
		"Kladder, and can go on writing there.\n",
		false, false},
	{"what the customer went on with is named",
		{DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_COUNT},
		"copy-touched", false,
		"One draft was left as it is, since you have gone on with it, sent or deleted it.\n"
		"One draft was left as it is.\n",
		false, false},
	{"what failed is not promised",
		{DRAFTCONV_OUTCOME_FAILED, DRAFTCONV_OUTCOME_NO_ACCOUNT, DRAFTCONV_OUTCOME_COUNT},
		NULL, false, "2 drafts could not be brought back yet; we are looking into it.\n",
		false, false},
	{"he is told what to do",
		{DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_COUNT, DRAFTCONV_OUTCOME_COUNT},
		"from-foreign", false,
		"One draft was left as it is.\n"
		"Please look at these:\n"
		"- In 1 draft the sender is an address that does not belong to your account: "
		"please choose the sender before you send.\n",
		false, false},
	{"what is lost stands apart, with its subject",
		{DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_COUNT, DRAFTCONV_OUTCOME_COUNT},
		"undecodable", true,
		"One draft was left as it is.\n"
		"This could not be brought back:\n"
		"- In 1 draft (\"Lunch\xef\xbf\xbd\") a part of the text could not be read. It is "
		"attached as a file, as it was stored.\n",
		false, false},
	{"a draft that is not there needs nothing of him",
		{DRAFTCONV_OUTCOME_FAILED, DRAFTCONV_OUTCOME_COUNT, DRAFTCONV_OUTCOME_COUNT},
		"from-foreign", false,
		"One draft could not be brought back yet; we are looking into it.\n", false, false},
	{"what is none of his business is not told",
		{DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_COUNT, DRAFTCONV_OUTCOME_COUNT},
		"line-endings", false, "One draft was left as it is.\n", false, false},
	{"what others put there is not called his",
		{DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_COUNT},
		"file-not-removed", false, "2 drafts were left as they are.\n", false, false},
	{"a cut source is told",
		{DRAFTCONV_OUTCOME_UNCHANGED, DRAFTCONV_OUTCOME_COUNT, DRAFTCONV_OUTCOME_COUNT},
		NULL, false,
		"1 draft from our old data was in your folder Kladder already; you can go on "
		"writing there.\n"
		"The old data is incomplete: it was cut or damaged, and there may have been more "
		"drafts. Please tell us if you miss one.\n",
		true, false},
	{"more may follow when it stopped",
		{DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_COUNT, DRAFTCONV_OUTCOME_COUNT},
		NULL, false,
		"We have brought back 1 draft from our old data. You find it in your folder "
		"Kladder, and can go on writing there.\n"
		"We are not done yet: more drafts may follow.\n",
		false, true},
	{"what the old data has no longer is told by where it is",
		{DRAFTCONV_OUTCOME_SOURCE_GONE, DRAFTCONV_OUTCOME_WITHDRAWN,
			DRAFTCONV_OUTCOME_WITHDRAWN},
		NULL, false,
		"1 draft from our old data was in your folder Kladder already; you can go on "
		"writing there.\n"
		"2 drafts were taken out of your folder again, since they are no longer in our old "
		"data.\n",
		false, false},
};

static void
add_draft(draftconv_page *page, const char *key, draftconv_outcome outcome,
	draftconv_outcome afterwards, const char *code)
{
	const draftconv_finding finding = {
		code, "to", DRAFTCONV_SEVERITY_WARNING, "mum@example.org"};
	const draftconv_finding *const findings[] = {&finding};
	const draftconv_result result = {.struct_size = sizeof result,
		.run = "a",
		.draft = key,
		.owner = "alice",
		.outcome = outcome,
		.message_id = "",
		.subject = "Lunch\x1b",
		.destination = "",
		.folder = "Kladder",
		.name = "",
		.afterwards = afterwards,
		.finding_count = code == NULL ? 0 : 1,
		.findings = findings};

	g_assert_cmpint(draftconv_page_add_result(page, &result, NULL), ==, 0);
}

static void
test_customer(gconstpointer data)
{
	const struct customer_case *c = data;
	g_autoptr(GString) text = g_string_new(NULL);
	draftconv_page *page = NULL;
	draftconv_run_info info = blank_run("a");

	info.ended_s = c->stopped ? 0 : 1;
	info.source_damaged = c->damaged;
	g_assert_cmpint(draftconv_page_new(&page, NULL), ==, 0);
	g_assert_cmpint(draftconv_page_add_run(page, &info, NULL, NULL), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(c->outcomes); i++) {
		const char key[] = {(char)('1' + i), '\0'};

		if (c->outcomes[i] != DRAFTCONV_OUTCOME_COUNT)
			add_draft(page, key, c->outcomes[i], DRAFTCONV_OUTCOME_COUNT,
				i == 0 ? c->code : NULL);
	}
	g_assert_cmpint(dc_gather_settle(page, NULL), ==, 0);
	g_assert_cmpint(dc_customer_tell(page, 1, c->subjects, text, NULL), ==, 0);
	draftconv_page_free(page);
	g_assert_cmpstr(text->str, ==, c->want);
}

/* What verify has not found is not said to be there, and nothing is asked of him about it. */
static void
test_read_back(void)
{
	static const struct {
		const char *key;
		draftconv_outcome outcome;
		draftconv_outcome afterwards;
		const char *code;
	} drafts[] = {
		{"1", DRAFTCONV_OUTCOME_UNCHANGED, DRAFTCONV_OUTCOME_COUNT, NULL},
		{"2", DRAFTCONV_OUTCOME_UNCHANGED, DRAFTCONV_OUTCOME_MISSING, "from-foreign"},
		{"3", DRAFTCONV_OUTCOME_UPDATED, DRAFTCONV_OUTCOME_MISSING, "copy-missing"},
		{"4", DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_CHANGED, "copy-edited"},
		{"5", DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_MISSING, "copy-touched"},
		{"6", DRAFTCONV_OUTCOME_KEPT, DRAFTCONV_OUTCOME_COUNT, "copy-touched"},
		{"7", DRAFTCONV_OUTCOME_DELIVERED, DRAFTCONV_OUTCOME_UNVERIFIED, NULL},
	};
	draftconv_run_info info = blank_run("a");
	g_autoptr(GString) text = g_string_new(NULL);
	draftconv_page *page = NULL;

	info.ended_s = 1;
	g_assert_cmpint(draftconv_page_new(&page, NULL), ==, 0);
	g_assert_cmpint(draftconv_page_add_run(page, &info, NULL, NULL), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(drafts); i++)
		add_draft(page, drafts[i].key, drafts[i].outcome, drafts[i].afterwards,
			drafts[i].code);
	g_assert_cmpint(dc_gather_settle(page, NULL), ==, 0);
	g_assert_cmpint(dc_customer_tell(page, 1, false, text, NULL), ==, 0);
	draftconv_page_free(page);
	g_assert_cmpstr(text->str, ==,
		"We have brought back 2 drafts from our old data. You find them in your folder "
		"Kladder, and can go on writing there.\n"
		"2 drafts were no longer in your folder when we looked. If you have not sent, "
		"moved or deleted them, please tell us.\n"
		"One draft could not be read back from your folder; we are looking into it.\n"
		"One draft is no longer in your folder: it was sent, moved or deleted there. "
		"Please tell us if you want it again.\n"
		"One draft was left as it is, since you have gone on with it, sent or deleted "
		"it.\n");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/customer/%s", cases[i].name);

		g_test_add_data_func(path, &cases[i], test_customer);
	}
	g_test_add_func("/customer/what was not found is not said to be there", test_read_back);
	return g_test_run();
}
