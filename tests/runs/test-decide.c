/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every feasible combination of what is wanted, entry, copies, account and row goes through decide():
 * each has one rule, every rule is met, and what a rule says can be done and can be justified.
 */
#include "lib/run/decide.h"

#include "lib/base/findings.h"

#include <stdio.h>
#include <string.h>

enum content {
	C_OWN = 1, /* what the entry has */
	C_OLD,     /* what it replaces */
	C_ROW,     /* what the row would be composed to */
	C_DOUBT,   /* an append in doubt */
	C_FIELDS,  /* other bytes, the row's decoded fields */
	C_USER
};

#define UIDNEXT 9
#define NOTED 5

static struct totals {
	size_t combinations;
	size_t rules[DC_RULE_COUNT];
} totals; /* of this program, for the last test */

static struct dc_print
print_of(enum content content)
{
	struct dc_print print = {.size = 100 + (uint64_t)content};

	print.sha256[0] = (uint8_t)content;
	return print;
}

static struct dc_core
core_of(enum dc_state state)
{
	struct dc_core core = {.state = state,
		.uidvalidity = 1,
		.run = 1,
		.has_modified = true,
		.modified = 10,
		.form = 1};

	if (state == DC_STATE_NOTHING)
		core.has_modified = false;
	core.row[0] = 1;
	if (state != DC_STATE_NOTHING && state != DC_STATE_TOUCHED && state != DC_STATE_FAILED)
		core.message = print_of(C_OWN);
	if (state == DC_STATE_INTENDED) {
		core.becomes = DC_STATE_DELIVERED;
		core.noted = NOTED;
	}
	if (state == DC_STATE_DELIVERED || state == DC_STATE_ADOPTED || state == DC_STATE_FOREIGN ||
		state == DC_STATE_REMOVING) {
		core.uid = NOTED;
		core.noted = NOTED;
	}
	if (state == DC_STATE_REMOVING || state == DC_STATE_REMOVED)
		core.why = DC_WHY_WITHDRAWN;
	return core;
}

/* A place in the folder where a copy may stand; each may be empty, live or marked. */
static const struct place {
	uint32_t uid;
	enum content content;
} places[] = {{2, C_OLD}, {3, C_USER}, {NOTED, C_OWN}, {6, C_OWN}, {7, C_DOUBT}, {8, C_USER},
	{4, C_FIELDS}, {7, C_ROW}};

static size_t
fill_copies(unsigned int bits, struct dc_decide_copy *copies)
{
	size_t count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++, bits /= 3) {
		if (bits % 3 == 0)
			continue;
		copies[count++] = (struct dc_decide_copy){
			.uid = places[i].uid,
			.marked = bits % 3 == 2,
			.has_digest = true,
			.same_fields = places[i].content == C_FIELDS,
			.message = print_of(places[i].content),
		};
	}
	return count;
}

static const struct dc_decide_copy *
find_copy(const struct dc_decide_copy *copies, size_t n_copies, uint32_t uid, enum content but)
{
	for (size_t i = 0; i < n_copies; i++) {
		if (copies[i].uid == uid && copies[i].message.sha256[0] != but)
			return &copies[i];
	}
	return NULL;
}

/* What no rule may do, whatever it is called. */
static void
check_action(const struct dc_entry *entry, const struct dc_decide_copy *copies, size_t n_copies,
	const struct dc_decide_account *account, const struct dc_action *action)
{
	g_assert_cmpint(action->rule, <, DC_RULE_COUNT);
	if (action->step == DC_STEP_REMOVE) {
		const struct dc_decide_copy *copy =
			find_copy(copies, n_copies, action->removal.uid, (enum content)0);

		g_assert_nonnull(copy);
		g_assert_cmpuint(action->removal.uidvalidity, ==, account->uidvalidity);
		g_assert_cmpuint(copy->message.sha256[0], !=, C_USER);
		g_assert_cmpuint(copy->message.sha256[0], !=, C_FIELDS);
	}
	if (action->step == DC_STEP_APPEND) {
		g_assert_cmpint(action->now.state, ==, DC_STATE_INTENDED);
		g_assert_cmpuint(action->now.noted, ==, account->uidnext);
		g_assert_true(action->writes);
		if (action->now.replacing)
			g_assert_cmpuint(action->now.replaces, ==, entry->now.uid);
	}
	if (action->step == DC_STEP_RECORD) {
		g_assert_true(action->writes);
		g_assert_true(memcmp(&action->now, &entry->now, sizeof action->now) != 0);
	}
	if (action->step == DC_STEP_STOP)
		g_assert_false(action->writes);
	if (action->past == DC_PAST_POP)
		g_assert_cmpuint(entry->n_past, >, 0);
	if (action->status == DC_STATUS_FAILED)
		g_assert_cmpint(action->finding, !=, DC_NO_FINDING);
	if (action->now.state == DC_STATE_TOUCHED)
		g_assert_cmpuint(action->now.uid, ==, 0);
}

struct setting {
	struct dc_wanted wanted;
	struct dc_entry entry;
	struct dc_decide_account account;
	struct dc_decide_row row;
};

/* Two messages cannot have one UID. */
static bool
is_feasible(const struct dc_decide_copy *copies, size_t n_copies)
{
	for (size_t i = 1; i < n_copies; i++) {
		for (size_t j = 0; j < i; j++) {
			if (copies[i].uid == copies[j].uid)
				return false;
		}
	}
	return true;
}

static void
try_copies(const struct setting *setting, const struct dc_decide_copy *copies, size_t n_copies)
{
	struct dc_action action;
	struct dc_action again;

	dc_decide(&setting->wanted, &setting->entry, copies, n_copies, &setting->account,
		&setting->row, &action);
	dc_decide(&setting->wanted, &setting->entry, copies, n_copies, &setting->account,
		&setting->row, &again);
	g_assert_true(memcmp(&action, &again, sizeof action) == 0);
	check_action(&setting->entry, copies, n_copies, &setting->account, &action);
	totals.combinations++;
	totals.rules[action.rule]++;
}

static void
try_setting(const struct setting *setting, unsigned int bits)
{
	struct dc_decide_copy copies[G_N_ELEMENTS(places)];
	const size_t n_copies = fill_copies(bits, copies);

	if (!is_feasible(copies, n_copies))
		return;
	try_copies(setting, copies, n_copies);
	for (size_t i = 0; i < n_copies; i++) {
		if (copies[i].uid != NOTED)
			continue;
		copies[i].has_digest = false;
		try_copies(setting, copies, n_copies);
	}
}

static void
try_rows(struct setting *setting, unsigned int bits)
{
	static const struct {
		enum dc_decide_presence presence;
		bool asked;
		bool has_modified;
		int64_t modified;
		uint64_t form;
		uint8_t digest;
		enum content content;
	} rows[] = {
		{DC_DECIDE_ROW_PRESENT, true, true, 10, 1, 1, C_OWN},
		{DC_DECIDE_ROW_PRESENT, true, true, 10, 1, 1, C_ROW},
		{DC_DECIDE_ROW_PRESENT, true, true, 11, 1, 2, C_ROW},
		{DC_DECIDE_ROW_PRESENT, true, true, 11, 1, 2, C_OWN},
		{DC_DECIDE_ROW_PRESENT, true, true, 9, 1, 3, C_ROW},
		{DC_DECIDE_ROW_PRESENT, true, true, 10, 2, 2, C_ROW},
		{DC_DECIDE_ROW_PRESENT, true, true, 10, 1 | DC_FORM_DAMAGED, 2, C_ROW},
		{DC_DECIDE_ROW_PRESENT, true, false, 0, 1, 9, C_ROW},
		{DC_DECIDE_ROW_PRESENT, false, true, 11, 1, 2, C_ROW},
		{DC_DECIDE_ROW_GONE, true, false, 0, 0, 0, C_ROW},
		{DC_DECIDE_ROW_GONE_SURELY, true, false, 0, 0, 0, C_ROW},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		setting->row = (struct dc_decide_row){.presence = rows[i].presence,
			.asked = rows[i].asked,
			.has_modified = rows[i].has_modified,
			.modified = rows[i].modified,
			.form = rows[i].form,
			.message = print_of(rows[i].content)};
		setting->row.digest[0] = rows[i].digest;
		try_setting(setting, bits);
	}
}

static void
try_accounts(struct setting *setting, unsigned int bits)
{
	static const struct dc_decide_account accounts[] = {
		{true, true, true, false, true, 1, UIDNEXT, 1, 1, UIDNEXT},
		{true, false, true, false, true, 1, UIDNEXT, 1, 1, UIDNEXT},
		{true, true, true, false, false, 1, UIDNEXT, 1, 1, UIDNEXT},
		{true, true, true, false, true, 1, UIDNEXT, 1, 1, UIDNEXT + 1},
		{true, true, false, false, true, 2, UIDNEXT, UIDNEXT, 1, UIDNEXT},
		{true, true, true, false, true, 2, UIDNEXT, UIDNEXT, 1, UIDNEXT},
		{false, false, true, false, true, 1, UIDNEXT, 0, 1, 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(accounts); i++) {
		setting->account = accounts[i];
		try_rows(setting, bits);
	}
}

static void
try_wanted(struct setting *setting, unsigned int bits)
{
	static const int64_t runs[] = {1};
	static const struct dc_wanted wanted[] = {
		{.run = 5},
		{.run = 5, .remove_gone = true, .recompose = true},
		{.run = 5, .redeliver = true},
		{.run = 5, .redeliver = true, .redelivered = true},
		{.run = 5, .roll_back = true, .runs = runs, .n_runs = 1},
		{.run = 5, .roll_back = true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		setting->wanted = wanted[i];
		try_accounts(setting, bits);
	}
}

/* The entry's lists: none, an append in doubt and an old removal, a past that it replaced or not. */
static void
try_entry(struct setting *setting, unsigned int bits)
{
	struct dc_core doubt = core_of(DC_STATE_INTENDED);
	struct dc_past past = {.core = core_of(DC_STATE_DELIVERED), .has_bytes = true};
	const struct dc_decide_removal removals[] = {
		{1, 2, print_of(C_OLD)}, {1, 6, print_of(C_OWN)}};

	doubt.message = print_of(C_DOUBT);
	past.core.message = print_of(C_OLD);
	past.core.row[0] = 9;
	doubt.modified = 11;
	const bool over = setting->entry.now.over;
	for (int lists = 0; lists < 4; lists++) {
		setting->entry.doubts = (lists & 1) != 0 ? &doubt : NULL;
		setting->entry.n_doubts = (lists & 1) != 0;
		setting->entry.removals = (lists & 2) != 0 ? removals : NULL;
		setting->entry.n_removals = (lists & 2) != 0 ? G_N_ELEMENTS(removals) : 0;
		past.has_bytes = (lists & 1) == 0;
		setting->entry.past = &past;
		setting->entry.n_past = 1;
		setting->entry.now.over = over && lists != 3;
		try_wanted(setting, bits);
	}
	setting->entry.now.over = over;
}

static void
test_every_combination(void)
{
	for (unsigned int bits = 0; bits < 6561; bits++) {
		/* Every pair of places is enough: rules look at two or three kinds of copies. */
		unsigned int filled = 0;
		for (unsigned int rest = bits; rest > 0; rest /= 3)
			filled += rest % 3 != 0;
		if (filled > 3)
			continue;
		for (int state = DC_STATE_NOTHING; state <= DC_STATE_FAILED; state++) {
			for (int kind = 0; kind < 3; kind++) {
				struct setting setting = {0};
				struct dc_core *now = &setting.entry.now;

				*now = core_of((enum dc_state)state);
				const bool may_replace =
					state == DC_STATE_INTENDED || state == DC_STATE_DELIVERED;
				if (kind > 0 && !may_replace)
					continue;
				now->over =
					state == DC_STATE_DELIVERED || state == DC_STATE_REMOVED;
				now->replacing = kind > 0;
				now->replaces = kind > 0 ? 2 : 0;
				now->put_back = kind == 2;
				if (kind > 0) {
					setting.entry.was = core_of(DC_STATE_DELIVERED);
					setting.entry.was.uid = 2;
					setting.entry.was.message = print_of(C_OLD);
				}
				try_entry(&setting, bits);
			}
		}
	}
	printf("# %zu combinations\n", totals.combinations);
}

static void
test_every_rule_is_met(void)
{
	for (size_t i = 0; i < DC_RULE_COUNT; i++) {
		const char *name = dc_rule_name((enum dc_rule)i);

		if (totals.rules[i] == 0) {
			printf("# rule %s is never met\n", name);
			g_test_fail();
		}
		for (size_t j = 0; j < i; j++)
			g_assert_cmpstr(name, !=, dc_rule_name((enum dc_rule)j));
	}
}

/* doc/decide.md holds the table as the code has it; a changed rule changes both. */
static void
test_the_document_is_the_table(void)
{
	g_autofree char *path =
		g_build_filename(g_getenv("DRAFTCONV_SOURCE_ROOT"), "doc", "decide.md", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GString) table = g_string_new(NULL);

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
#define DC_RULE(symbol, number, entry, seen, action)                                               \
	g_string_append_printf(table, "| %s | %s | %s | %s |\n", number, entry, seen, action);
#include "lib/run/decide-rules.h"
#undef DC_RULE
	g_assert_nonnull(strstr(text, table->str));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/decide/every combination has one rule", test_every_combination);
	g_test_add_func("/decide/every rule is met", test_every_rule_is_met);
	g_test_add_func("/decide/the document is the table", test_the_document_is_the_table);
	return g_test_run();
}
