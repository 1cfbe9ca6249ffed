/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/plan-internal.h"
#include "tests/profile/world.h"

#include <string.h>

#define PROFILE                                                                                    \
	"<drafts>SELECT k AS key, o AS owner, m AS modified FROM d</drafts>"                       \
	"<owners>SELECT o AS owner, o || '@' || h AS address FROM u</owners>"
#define ROWS                                                                                       \
	"d: k int, o varchar(9), m int\nu: o varchar(9), h varchar(99)\n"                          \
	"d|1|Kari|100\nd|2|ola|200\nd|3|kari |300\nd|4|per|NULL\nd|5|ola|400\nd|2|per|500\n"       \
	"u|kari|x.test\nu|ola|x.test\nu|per|x.test\nu|OLA|y.test\nu|nina|x.test\n"

/* Up to four owners and keys each; what is not set is not asked for. */
static const struct selection_case {
	const char *name;
	const char *owners[4];
	const char *keys[4];
	gint64 since;
	gint64 until;
	size_t limit;
	unsigned shard_index;
	unsigned shard_count;
	const char *want; /* "owner/key" of each selected draft */
	const char *all;  /* those that vote, when they differ */
} selection_cases[] = {
	{"nothing asked for is everything", .want = "Kari/1 kari/3 ola/2 ola/5 per/4 per/2 "},
	{"an owner has only his drafts", .owners = {"ola"}, .want = "ola/2 ola/5 "},
	{"case and trailing blanks of an owner do not count", .owners = {"KARI  "},
		.want = "Kari/1 kari/3 "},
	{"several owners have theirs", .owners = {"per", "kari"},
		.want = "Kari/1 kari/3 per/4 per/2 "},
	{"an owner who is asked for twice has them once", .owners = {"ola", "OLA", "ola@x.test"},
		.want = "ola/2 ola/5 "},
	{"an address will do", .owners = {"Kari@X.test"}, .want = "Kari/1 kari/3 "},
	{"an owner without drafts is known", .owners = {"nina"}, .want = ""},
	{"a key may be several owners'", .keys = {"2"}, .want = "ola/2 per/2 ",
		.all = "ola/2 ola/5 per/4 per/2 "},
	{"a key of one owner", .owners = {"per"}, .keys = {"2"}, .want = "per/2 ",
		.all = "per/4 per/2 "},
	{"since is from then on, and drafts without a date pass", .since = 300,
		.want = "kari/3 ola/5 per/4 per/2 ",
		.all = "Kari/1 kari/3 ola/2 ola/5 per/4 per/2 "},
	{"until is before it", .until = 300, .want = "Kari/1 ola/2 per/4 ",
		.all = "Kari/1 kari/3 ola/2 ola/5 per/4 per/2 "},
	{"a limit counts after all other filters", .since = 200, .limit = 2,
		.want = "kari/3 ola/2 ", .all = "Kari/1 kari/3 ola/2 ola/5 "},
	{"a limit above the number changes nothing", .owners = {"ola"}, .limit = 9,
		.want = "ola/2 ola/5 "},
	{"one shard is everything", .shard_count = 1,
		.want = "Kari/1 kari/3 ola/2 ola/5 per/4 per/2 "},
};

static char *
keys_of(dc_plan *plan, bool all)
{
	g_autofree char *drafts = world_drafts(plan, all);
	g_auto(GStrv) lines = g_strsplit(drafts, "\n", -1);
	g_autoptr(dc_plan_reader) reader = NULL;
	GString *out = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
		g_string_append_printf(out, "%.*s ", (int)strcspn(lines[i], ":"), lines[i]);
	return g_string_free(out, FALSE);
}

static draftconv_selection
selection_of(const struct selection_case *c)
{
	return (draftconv_selection){.struct_size = sizeof(draftconv_selection),
		.owners = c->owners[0] != NULL ? c->owners : NULL,
		.keys = c->keys[0] != NULL ? c->keys : NULL,
		.has_since = c->since != 0,
		.since = c->since,
		.has_until = c->until != 0,
		.until = c->until,
		.limit = c->limit,
		.shard_index = c->shard_index,
		.shard_count = c->shard_count};
}

/* world_drafts() names a draft by its account, whose name is the first in order of its spellings. */
static char *
by_account(const char *list)
{
	g_auto(GStrv) parts = g_strsplit(list, "kari/", -1);

	return g_strjoinv("Kari/", parts);
}

static void
test_selection(gconstpointer data)
{
	const struct selection_case *c = data;
	g_autoptr(dc_stage) stage = world_stage(ROWS);
	g_autoptr(draftconv_profile) profile = world_profile(PROFILE);
	const draftconv_selection selection = selection_of(c);
	g_autoptr(dc_plan) plan = world_plan(stage, profile, &selection, NULL);
	g_autofree char *got = keys_of(plan, false);
	g_autofree char *all = keys_of(plan, true);
	g_autofree char *want = by_account(c->want);
	g_autofree char *want_all = by_account(c->all != NULL ? c->all : c->want);
	guint64 count = 0;

	for (const char *p = c->want; *p != '\0'; p++)
		count += *p == ' ';
	g_assert_cmpstr(got, ==, want);
	g_assert_cmpstr(all, ==, want_all);
	g_assert_cmpuint(dc_plan_draft_count(plan), ==, count);
}

/* ---- what is not there ---- */

#define FIND "'draftconv owners SOURCE TEXT' finds accounts by a part of a name or address"

static const struct refusal_case {
	const char *name;
	const char *owners[3];
	const char *keys[3];
	bool damaged;
	int status;
	const char *message;
} refusal_cases[] = {
	{"an unknown owner is answered with the nearest names", .owners = {"karl"},
		.status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no owner karl in the source; nearest: Kari; " FIND},
	{"a part of an address is near to it", .owners = {"nina@x.tes"},
		.status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no owner nina@x.tes in the source; nearest: nina@x.test; " FIND},
	{"a name near to nobody", .owners = {"xyzzyxyzzy"}, .status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no owner xyzzyxyzzy in the source; " FIND},
	{"one unknown owner among known ones", .owners = {"ola", "q"},
		.status = DRAFTCONV_ERROR_NOT_FOUND, .message = "no owner q in the source; " FIND},
	{"in a damaged source nobody is unknown for certain", .owners = {"xyzzyxyzzy"},
		.damaged = true, .status = DRAFTCONV_ERROR_DAMAGED,
		.message =
			"no owner xyzzyxyzzy in the source, which is damaged: it may be in what is "
			"missing; " FIND},
	{"an unknown key", .keys = {"2", "77"}, .status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no draft with the key 77; 'draftconv list' tells the keys"},
	{"a key of another owner", .owners = {"ola"}, .keys = {"1"},
		.status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no draft with the key 1 among those of ola; 'draftconv list' tells the "
			   "keys"},
	{"an unknown key in a damaged source", .keys = {"77"}, .damaged = true,
		.status = DRAFTCONV_ERROR_DAMAGED,
		.message = "no draft with the key 77 in the source, which is damaged; 'draftconv "
			   "list' tells the keys"},
	{"an owner's name is no pattern", .owners = {"%"}, .status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no owner % in the source; " FIND},
	{"a key is no SQL", .keys = {"1' OR '1'='1"}, .status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no draft with the key 1' OR '1'='1; 'draftconv list' tells the keys"},
	{"nor does it end a statement", .keys = {"1); DROP TABLE row; --"},
		.status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no draft with the key 1); DROP TABLE row; --; 'draftconv list' tells "
			   "the keys"},
	{"an owner's name is no SQL", .owners = {"' OR 1=1 --"},
		.status = DRAFTCONV_ERROR_NOT_FOUND,
		.message = "no owner ' OR 1=1 -- in the source; " FIND},
};

static void
test_refusal(gconstpointer data)
{
	const struct refusal_case *c = data;
	g_autoptr(dc_stage) stage = world_stage(ROWS);
	g_autoptr(draftconv_profile) profile = world_profile(PROFILE);
	g_autoptr(draftconv_error) error = NULL;
	const draftconv_selection selection = {.struct_size = sizeof selection,
		.owners = c->owners[0] != NULL ? c->owners : NULL,
		.keys = c->keys[0] != NULL ? c->keys : NULL};
	const struct dc_plan_options options = {.selection = &selection, .damaged = c->damaged};
	dc_plan *plan = NULL;

	g_assert_cmpint(dc_plan_new(&plan, stage, profile, &options, NULL, &error), ==, c->status);
	g_assert_null(plan);
	g_assert_cmpstr(draftconv_error_message(error), ==, c->message);
}

static void
test_an_ambiguous_address_is_refused(void)
{
	g_autoptr(dc_stage) stage = world_stage("d: k int, o varchar(9)\n"
						"u: o varchar(9), a varchar(99)\n"
						"u|a|i@x.test\nu|b|I@x.test\nu|A|i@x.test\n");
	g_autoptr(draftconv_profile) profile =
		world_profile("<drafts>SELECT k AS key, o AS owner FROM d</drafts>"
			      "<owners>SELECT o AS owner, a AS address FROM u</owners>");
	g_autoptr(draftconv_error) error = NULL;
	const char *const owners[] = {"i@x.test", NULL};
	const draftconv_selection selection = {.struct_size = sizeof selection, .owners = owners};
	const struct dc_plan_options options = {.selection = &selection};
	dc_plan *plan = NULL;

	g_assert_cmpint(dc_plan_new(&plan, stage, profile, &options, NULL, &error), ==,
		DRAFTCONV_ERROR_ARGUMENT);
	g_assert_cmpstr(draftconv_error_message(error), ==,
		"i@x.test is an address of several owners (a, b): name the owner");
}

/* Each owner is asked for around the statement, or picked out of one run: the same comes out. */
static void
test_many_owners_are_picked_out_of_one_run(void)
{
	g_autoptr(dc_stage) stage = world_stage(ROWS);
	g_autoptr(draftconv_profile) profile = world_profile(PROFILE);
	const char *owners[41] = {"kari", "per@x.test", NULL};
	const draftconv_selection few = {.struct_size = sizeof few, .owners = owners};
	g_autoptr(dc_plan) plan = world_plan(stage, profile, &few, NULL);
	g_autofree char *want = keys_of(plan, false);
	g_autofree char *want_accounts = world_accounts(plan);

	for (size_t i = 2; i < G_N_ELEMENTS(owners) - 1; i++)
		owners[i] = "KARI";
	const draftconv_selection many = {.struct_size = sizeof many, .owners = owners};
	g_autoptr(dc_plan) again = world_plan(stage, profile, &many, NULL);
	g_autofree char *got = keys_of(again, false);
	g_autofree char *got_accounts = world_accounts(again);
	g_assert_cmpstr(want, ==, "Kari/1 Kari/3 per/4 per/2 ");
	g_assert_cmpstr(got, ==, want);
	g_assert_cmpstr(got_accounts, ==, want_accounts);
}

static void
test_a_binary_owner_is_himself(void)
{
	g_autoptr(dc_stage) stage = world_stage("d: k int, o varchar(9) latin1_bin\n"
						"d|1|Kari\nd|2|kari\nd|3|KARI\n");
	g_autoptr(draftconv_profile) profile =
		world_profile("<drafts>SELECT k AS key, o AS owner FROM d</drafts>");
	const char *const owners[] = {"kari", "Kari", NULL};
	const draftconv_selection selection = {.struct_size = sizeof selection, .owners = owners};
	g_autoptr(dc_plan) plan = world_plan(stage, profile, &selection, NULL);
	g_autofree char *got = keys_of(plan, true);

	g_assert_cmpstr(got, ==, "Kari/1 kari/2 ");
}

static void
test_an_owner_is_found_in_any_set(void)
{
	g_autoptr(dc_stage) stage =
		world_stage("d: k int, o varchar(9) latin1\nclient latin1\nd|1|k\\xe5re\n"
			    "d|2|k\\xc3\\xa5re\n");
	g_autoptr(draftconv_profile) profile =
		world_profile("<drafts>SELECT k AS key, o AS owner FROM d</drafts>");
	const char *const owners[] = {"K\xc3\xa5RE", NULL};
	const draftconv_selection selection = {.struct_size = sizeof selection, .owners = owners};
	g_autoptr(dc_plan) plan = world_plan(stage, profile, &selection, NULL);
	g_autofree char *got = keys_of(plan, false);

	g_assert_true(g_str_has_prefix(got, "k\xc3\xa5re/1"));
}

static void
test_computed_owners_and_comments_do_no_harm(void)
{
	g_autoptr(dc_stage) stage = world_stage("d: k int, u int\nn: u int, o varchar(9)\n"
						"d|1|7\nd|2|8\nd|3|7\nn|7|Ola\nn|8|Kari\n");
	g_autoptr(draftconv_profile) profile =
		world_profile("<drafts>SELECT k AS key, lower(n.o) || '' AS owner FROM d JOIN n "
			      "ON n.u = d.u -- the end</drafts>");
	const char *const owners[] = {"OLA", NULL};
	const draftconv_selection selection = {.struct_size = sizeof selection, .owners = owners};
	g_autoptr(dc_plan) plan = world_plan(stage, profile, &selection, NULL);
	g_autofree char *got = keys_of(plan, true);

	g_assert_cmpstr(got, ==, "ola/1 ola/3 ");
}

/* ---- shards ---- */

static void
test_shards_are_parts_of_the_whole(void)
{
	g_autoptr(dc_stage) stage = world_stage(ROWS);
	g_autoptr(draftconv_profile) profile = world_profile(PROFILE);
	guint64 drafts = 0;

	/* printf kari | sha256sum: the first 8 bytes, big-endian, modulo 3 */
	g_assert_cmpuint(dc_owner_shard("kari", 3), ==, 2);
	g_assert_cmpuint(dc_owner_shard("", 3), ==, 1);
	for (unsigned k = 0; k < 3; k++) {
		const draftconv_selection selection = {
			.struct_size = sizeof selection, .shard_index = k, .shard_count = 3};
		g_autoptr(dc_plan) plan = world_plan(stage, profile, &selection, NULL);
		g_autofree char *got = keys_of(plan, true);

		drafts += dc_plan_draft_count(plan);
		g_assert_cmpint(strstr(got, "Kari/") != NULL, ==, k == 2);
	}
	g_assert_cmpuint(drafts, ==, 6);
}

/* ---- owners ---- */

static void
test_accounts_without_drafts_stand_in_the_list_of_owners(void)
{
	g_autoptr(dc_stage) stage = world_stage(ROWS);
	g_autoptr(draftconv_profile) profile = world_profile(PROFILE);
	const struct dc_plan_options options = {.all_accounts = true};
	g_autoptr(dc_plan_reader) reader = NULL;
	g_autoptr(dc_account) nina = NULL;
	dc_plan *plan = NULL;

	g_assert_cmpint(dc_plan_new(&plan, stage, profile, &options, NULL, NULL), ==, 0);
	g_autofree char *accounts = world_accounts(plan);
	g_assert_cmpstr(accounts, ==,
		"Kari (kari) - - <kari@x.test> 2 300\nnina (nina) - - <nina@x.test> 0\n"
		"OLA (ola) - - <ola@x.test><OLA@y.test> 2 400\nper (per) - - <per@x.test> 2 500\n");
	g_assert_cmpint(dc_plan_open(plan, &reader, NULL), ==, 0);
	g_assert_cmpint(dc_plan_account(reader, 1, &nina, NULL), ==, 0);
	g_assert_true(dc_account_matches(nina, "NIN"));
	g_assert_true(dc_account_matches(nina, "@x.T"));
	g_assert_false(dc_account_matches(nina, "kari"));

	g_autoptr(draftconv_error) error = NULL;
	dc_account *none = NULL;
	g_assert_cmpint(dc_plan_account(reader, 4, &none, &error), ==, DRAFTCONV_ERROR_ARGUMENT);
	g_clear_pointer(&nina, dc_account_free);
	g_clear_pointer(&reader, dc_plan_reader_free);
	dc_plan_free(plan);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(selection_cases); i++) {
		g_autofree char *path = g_strdup_printf("/selection/%s", selection_cases[i].name);

		g_test_add_data_func(path, &selection_cases[i], test_selection);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(refusal_cases); i++) {
		g_autofree char *path = g_strdup_printf("/refusal/%s", refusal_cases[i].name);

		g_test_add_data_func(path, &refusal_cases[i], test_refusal);
	}
	g_test_add_func("/refusal/an ambiguous address", test_an_ambiguous_address_is_refused);
	g_test_add_func("/owners/many owners are picked out of one run",
		test_many_owners_are_picked_out_of_one_run);
	g_test_add_func("/owners/a binary owner is himself", test_a_binary_owner_is_himself);
	g_test_add_func("/owners/an owner is found in any set", test_an_owner_is_found_in_any_set);
	g_test_add_func("/owners/computed owners and comments do no harm",
		test_computed_owners_and_comments_do_no_harm);
	g_test_add_func("/owners/accounts without drafts stand in the list of owners",
		test_accounts_without_drafts_stand_in_the_list_of_owners);
	g_test_add_func("/shards/they are parts of the whole", test_shards_are_parts_of_the_whole);
	return g_test_run();
}
