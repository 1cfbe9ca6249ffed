/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/report.h"

#include "tests/report/fixture.h"

#include <string.h>

static int
append(void *user, const void *data, size_t size)
{
	g_string_append_len(user, data, (gssize)size);
	return DRAFTCONV_OK;
}

static const draftconv_finding placeholder = {
	"recipient-placeholder", "to", DRAFTCONV_SEVERITY_WARNING, "mum"};
static const draftconv_finding lost = {"undecodable", "body", DRAFTCONV_SEVERITY_LOSS, "byte 7"};
static const draftconv_finding unheard = {
	"</li><script>", "<script>", DRAFTCONV_SEVERITY_INFO, "<img src=x onerror=alert(1)>"};

static void
add_run(draftconv_page *page, const char *id, int64_t started_s, bool rolled_back)
{
	const draftconv_run_info info = {.struct_size = sizeof info,
		.run = id,
		.ticket = "4711",
		.who = "kari",
		.source = "dump's.sql",
		.destination = "imaps://mail.example.org",
		.profile = "runbox4",
		.version = "0.1.0",
		.started_s = started_s,
		.ended_s = *id == '\0' ? 0 : started_s + 1,
		.rolled_back = rolled_back,
		.failure = ""};

	g_assert_cmpint(draftconv_page_add_run(
				page, &info, *id == '\0' ? NULL : "/tmp/my journal.db", NULL),
		==, 0);
}

static void
add_draft_and(draftconv_page *page, const char *run, const char *key, draftconv_outcome outcome,
	const draftconv_finding *finding, draftconv_outcome afterwards)
{
	const draftconv_result result = {.struct_size = sizeof result,
		.run = run,
		.draft = key,
		.owner = "alice",
		.outcome = outcome,
		.message_id = "draft.x@example.org",
		.subject = "Lunch <script>alert(1)</script> \xe2\x80\xae",
		.bytes = 12345,
		.destination = "alice@mail.example.org/Drafts",
		.folder = "Drafts",
		.uid = 17,
		.afterwards = afterwards,
		.name = "",
		.finding_count = finding == NULL ? 0 : 1,
		.findings = &finding};

	g_assert_cmpint(draftconv_page_add_result(page, &result, NULL), ==, 0);
}

static void
add_draft(draftconv_page *page, const char *run, const char *key, draftconv_outcome outcome,
	const draftconv_finding *finding)
{
	add_draft_and(page, run, key, outcome, finding, DRAFTCONV_OUTCOME_COUNT);
}

static char *
page_text(draftconv_page *page)
{
	GString *text = g_string_new(NULL);

	g_assert_cmpint(draftconv_page_write(page, NULL, append, text, NULL), ==, 0);
	draftconv_page_free(page);
	return g_string_free(text, FALSE);
}

static draftconv_page *
new_page(void)
{
	draftconv_page *page = NULL;

	g_assert_cmpint(draftconv_page_new(&page, NULL), ==, 0);
	return page;
}

#define assert_has(text, part) g_assert_nonnull(strstr(text, part))
#define assert_has_not(text, part) g_assert_null(strstr(text, part))

static void
test_says(void)
{
	draftconv_page *page = new_page();

	add_run(page, "20261124-1", 1000000000, false);
	add_draft(page, "20261124-1", "1", DRAFTCONV_OUTCOME_DELIVERED, NULL);
	add_draft(page, "20261124-1", "2", DRAFTCONV_OUTCOME_DELIVERED, &placeholder);
	add_draft(page, "20261124-1", "3", DRAFTCONV_OUTCOME_DELIVERED, &lost);
	add_draft(page, "20261124-1", "4", DRAFTCONV_OUTCOME_FAILED, NULL);
	g_assert_cmpuint(draftconv_page_run_count(page), ==, 1);
	g_autofree char *text = page_text(page);

	assert_has(text, "<title>Drafts of ticket 4711</title>");
	assert_has(text, "4 drafts of 1 account.");
	assert_has(text, "2 of them need a person first");
	assert_has(text, "2001-09-09 01:46 UTC");
	assert_has(text, "We have brought back 3 drafts from our old data. You find them in your "
			 "folder Drafts");
	assert_has(text, "In 1 draft (&#34;Lunch &lt;script&gt;alert(1)");
	assert_has(text, "dump&#39;s.sql");
	assert_has(
		text, "draftconv rollback --run 20261124-1 --journal &#39;/tmp/my journal.db&#39;");
	assert_has(text, "Tell the user to replace it.");
	assert_has(text, "3 delivered, 1 failed");
	assert_has(text, "12.3 kB");
	assert_has(text, "UID 17");
}

static void
test_hostile(void)
{
	draftconv_page *page = new_page();

	add_run(page, "</title><script>", 0, false);
	add_draft(page, "</title><script>", "</details><script>", DRAFTCONV_OUTCOME_DELIVERED,
		&unheard);
	g_autofree char *text = page_text(page);

	assert_has_not(text, "<script");
	assert_has_not(text, "<img");
	assert_has_not(text, "\xe2\x80\xae");
	assert_has(text, "default-src 'none'");
}

static void
test_latest(void)
{
	draftconv_page *page = new_page();

	/* The journals came in the wrong order. */
	add_run(page, "b", 2000, false);
	add_draft(page, "b", "1", DRAFTCONV_OUTCOME_DELIVERED, NULL);
	add_run(page, "a", 1000, false);
	add_draft(page, "a", "1", DRAFTCONV_OUTCOME_FAILED, &lost);
	g_autofree char *text = page_text(page);

	assert_has(text, "<span>1 delivered</span>");
	assert_has(text, "No draft needs a person.");
}

static void
test_taken_back(void)
{
	draftconv_page *page = new_page();

	add_run(page, "a", 1000, true);
	add_draft(page, "a", "1", DRAFTCONV_OUTCOME_DELIVERED, NULL);
	add_run(page, "b", 2000, false);
	add_draft(page, "b", "1", DRAFTCONV_OUTCOME_UNCHANGED, NULL);
	g_autofree char *text = page_text(page);

	assert_has(text, "<span>1 rolled-back</span>");
	assert_has_not(text, "draftconv rollback --run a");
	assert_has_not(text, "draftconv rollback --run b");
	assert_has_not(text, "draftconv verify --run b");
}

static void
test_unfinished(void)
{
	draftconv_page *page = new_page();
	draftconv_run_info info = blank_run("b");

	info.ticket = "4711";
	info.started_s = 2000;
	info.ended_s = 2001;
	info.failure = "mail.example.org: no answer; 4 of 5 drafts were left undone";
	add_run(page, "a", 1000, false);
	add_draft(page, "a", "1", DRAFTCONV_OUTCOME_DELIVERED, NULL);
	g_assert_cmpint(draftconv_page_add_run(page, &info, NULL, NULL), ==, 0);
	g_autofree char *text = page_text(page);

	assert_has(text, "did not come to its end");
	assert_has(text, "4 of 5 drafts were left undone");
	assert_has_not(text, "No draft needs a person.");
}

static void
test_damaged(void)
{
	draftconv_page *page = new_page();
	draftconv_run_info info = blank_run("b");

	info.started_s = 2000;
	info.ended_s = 2001;
	info.source_damaged = true;
	g_assert_cmpint(draftconv_page_add_run(page, &info, NULL, NULL), ==, 0);
	add_draft(page, "b", "1", DRAFTCONV_OUTCOME_DELIVERED, NULL);
	g_autofree char *text = page_text(page);

	assert_has(text, "there may have been more drafts. Look for a whole one.");
	assert_has(text, "<dt>The source</dt>");
	assert_has_not(text, "No draft needs a person.");
}

static void
test_kept_at_rollback(void)
{
	draftconv_page *page = new_page();

	add_run(page, "a", 1000, true);
	add_draft_and(page, "a", "1", DRAFTCONV_OUTCOME_UPDATED, NULL, DRAFTCONV_OUTCOME_KEPT);
	add_draft_and(
		page, "a", "2", DRAFTCONV_OUTCOME_UPDATED, NULL, DRAFTCONV_OUTCOME_ROLLED_BACK);
	g_autofree char *text = page_text(page);

	assert_has(text, "<span>1 kept, 1 rolled-back</span>");
}

static void
test_check(void)
{
	draftconv_page *page = new_page();

	add_run(page, "", 1000, false);
	add_draft(page, "", "1", DRAFTCONV_OUTCOME_WOULD_DELIVER, NULL);
	g_autofree char *text = page_text(page);

	assert_has(text, "what would be delivered");
	assert_has(text, "nothing was delivered");
	assert_has_not(text, "draftconv rollback");
}

static void
test_account(void)
{
	draftconv_page *page = new_page();
	static const draftconv_finding short_of_room = {
		"undecodable", "", DRAFTCONV_SEVERITY_LOSS, "<b>"};
	static const draftconv_finding *const findings[] = {&short_of_room};
	const draftconv_account_check check = {.struct_size = sizeof check,
		.owner = "alice",
		.destination = "alice@mail.example.org/Drafts",
		.folder = "Drafts",
		.rights = "",
		.bytes = 5000,
		.has_quota = true,
		.quota_left_bytes = 4000,
		.finding_count = 1,
		.findings = findings};

	add_run(page, "", 1000, false);
	add_draft(page, "", "1", DRAFTCONV_OUTCOME_WOULD_DELIVER, NULL);
	for (int i = 0; i < 200; i++)
		g_assert_cmpint(draftconv_page_add_account(page, &check, NULL), ==, 0);
	g_autofree char *text = page_text(page);

	assert_has(text, "Logged in: alice@mail.example.org/Drafts; the folder would be created; "
			 "5.0 kB to send; 4.0 kB of the quota left.");
	assert_has(text, "<bdi>alice: &lt;b&gt;</bdi>");
	assert_has(text, "And 100 more like these.");
	assert_has(text, "verdict ask");
}

static void
test_one_account(void)
{
	draftconv_page *page = new_page();
	const draftconv_result result = {.struct_size = sizeof result,
		.run = "a",
		.draft = "2",
		.owner = "ALICE ",
		.message_id = "",
		.subject = "",
		.destination = "",
		.folder = "",
		.name = ""};

	add_run(page, "a", 1000, false);
	add_draft(page, "a", "1", DRAFTCONV_OUTCOME_DELIVERED, NULL);
	g_assert_cmpint(draftconv_page_add_result(page, &result, NULL), ==, 0);
	g_autofree char *text = page_text(page);

	assert_has(text, "2 drafts of 1 account.");
}

static void
test_unknown_run(void)
{
	draftconv_page *page = new_page();
	g_autoptr(draftconv_error) error = NULL;
	const draftconv_result result = {.struct_size = sizeof result,
		.run = "nobody",
		.draft = "1",
		.owner = "alice",
		.message_id = "",
		.subject = "",
		.destination = "",
		.folder = "",
		.name = ""};

	g_assert_cmpint(
		draftconv_page_add_result(page, &result, &error), ==, DRAFTCONV_ERROR_ARGUMENT);
	draftconv_page_free(page);
}

/* ---- with a source ---- */

static void
keep_result(void *user, const draftconv_result *result)
{
	g_assert_cmpint(draftconv_page_add_result(user, result, NULL), ==, 0);
}

/* A check of the test data, with what stands in the drafts of OWNER. */
static char *
check_text(const char *owner)
{
	g_autofree char *path =
		g_strdup_printf("%s/testdata/runbox4.sql", g_getenv("DRAFTCONV_SOURCE_ROOT"));
	const char *const arguments[] = {path};
	const char *const owners[] = {owner, NULL};
	const draftconv_selection selection = {.struct_size = sizeof selection, .owners = owners};
	draftconv_page *page = new_page();
	draftconv_source *source = NULL;
	draftconv_profile *profile = NULL;
	draftconv_run *run = draftconv_run_new();
	draftconv_summary summary = {.struct_size = sizeof summary};

	g_assert_cmpint(draftconv_source_open(arguments, 1, NULL, &source, NULL), ==, 0);
	g_assert_cmpint(draftconv_profile_builtin("runbox4", &profile, NULL), ==, 0);
	const draftconv_run_options options = {.struct_size = sizeof options,
		.source = source,
		.profile = profile,
		.selection = &selection,
		.result = keep_result,
		.user = page};
	const draftconv_page_preview preview = {.struct_size = sizeof preview,
		.source = source,
		.profile = profile,
		.selection = &selection};
	GString *text = g_string_new(NULL);

	add_run(page, "", 1000, false);
	g_assert_cmpint(draftconv_run_convert(run, &options, &summary, NULL), ==, 0);
	g_assert_cmpint(draftconv_page_write(page, &preview, append, text, NULL), ==, 0);
	draftconv_run_free(run);
	draftconv_page_free(page);
	draftconv_source_free(source);
	draftconv_profile_free(profile);
	return g_string_free(text, FALSE);
}

static void
test_preview(void)
{
	g_autofree char *text = check_text("alice");

	assert_has(text, "<span>22 would-deliver</span>");
	assert_has(text, "Øyvind Sæther &lt;oyvind@example.org&gt;");
	assert_has(text, "2004-08-22 19:45 +0200");
	assert_has(text, "Vi plukket fem liter blåbær på søndag.");
	assert_has(text, "MySQL dump 10.9");
	assert_has(text, "\nmsg_to → to\t");
	assert_has(text, "\nnothing in\tmsg_cc, ");
	assert_has(text, "Text of the HTML");
	assert_has(text, "attachment");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/page/it says what became of drafts", test_says);
	g_test_add_func("/page/text of strangers is no markup", test_hostile);
	g_test_add_func("/page/the latest run has the word", test_latest);
	g_test_add_func("/page/what was taken back is not there", test_taken_back);
	g_test_add_func("/page/a run that stopped is not well", test_unfinished);
	g_test_add_func("/page/a damaged source is told first", test_damaged);
	g_test_add_func("/page/what a rollback left alone is kept", test_kept_at_rollback);
	g_test_add_func("/page/a check delivers nothing", test_check);
	g_test_add_func("/page/a check says what the server said", test_account);
	g_test_add_func("/page/an owner written otherwise is the same", test_one_account);
	g_test_add_func("/page/a draft of an unknown run is refused", test_unknown_run);
	g_test_add_func("/page/a source shows what stands in the drafts", test_preview);
	return g_test_run();
}
