/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries and what belongs to them: what is written comes back whole, what was undone does not. */
#include "journal-fixture.h"

#include <string.h>

/* A core in which every field has a value of its own. */
static struct dc_core
full_core(uint8_t seed, enum dc_state state)
{
	struct dc_core core;

	memset(&core, 0, sizeof core);
	core.state = state;
	core.becomes = DC_STATE_ADOPTED;
	core.why = DC_WHY_WITHDRAWN;
	core.put_back = (seed & 1) != 0;
	core.replacing = true;
	core.over = (seed & 2) != 0;
	core.has_modified = true;
	core.modified = INT64_MIN + seed;
	core.uidvalidity = UINT32_MAX - seed;
	core.uid = UINT32_MAX - 100u - seed;
	core.replaces = 200u + seed;
	core.noted = 300u + seed;
	core.ignore_below = 400u + seed;
	core.message.size = (UINT64_C(1) << 40) + seed;
	memset(core.message.sha256, 0x80 | seed, sizeof core.message.sha256);
	memset(core.row, 0x40 | seed, sizeof core.row);
	core.form = UINT64_MAX - seed;
	core.run = 500 + seed;
	return core;
}

static void
assert_core(const struct dc_core *got, const struct dc_core *want)
{
	g_assert_cmpint(got->state, ==, want->state);
	g_assert_cmpint(got->becomes, ==, want->becomes);
	g_assert_cmpint(got->why, ==, want->why);
	g_assert_cmpint(got->put_back, ==, want->put_back);
	g_assert_cmpint(got->replacing, ==, want->replacing);
	g_assert_cmpint(got->over, ==, want->over);
	g_assert_cmpint(got->has_modified, ==, want->has_modified);
	g_assert_cmpint(got->modified, ==, want->modified);
	g_assert_cmpuint(got->uidvalidity, ==, want->uidvalidity);
	g_assert_cmpuint(got->uid, ==, want->uid);
	g_assert_cmpuint(got->replaces, ==, want->replaces);
	g_assert_cmpuint(got->noted, ==, want->noted);
	g_assert_cmpuint(got->ignore_below, ==, want->ignore_below);
	g_assert_cmpuint(got->message.size, ==, want->message.size);
	g_assert_true(memcmp(got->message.sha256, want->message.sha256, 32) == 0);
	g_assert_true(memcmp(got->row, want->row, 32) == 0);
	g_assert_cmpuint(got->form, ==, want->form);
	g_assert_cmpint(got->run, ==, want->run);
}

static void
set_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

static dc_journal_entry *
load(struct fixture *f, const char *identity, int want)
{
	dc_journal_entry *entry = NULL;

	g_assert_cmpint(dc_journal_load(f->journal, PLACE, identity, &entry, NULL), ==, want);
	g_assert_cmpstr(entry->identity, ==, identity);
	return entry;
}

static void
apply(struct fixture *f, dc_journal_entry *entry, const struct dc_action *action,
	const struct dc_journal_replaced *replaced)
{
	g_assert_cmpint(dc_journal_apply(f->journal, PLACE, entry, action, replaced, NULL), ==, 0);
}

static void
test_every_field_comes_back(struct fixture *f, gconstpointer data)
{
	struct dc_action action;
	(void)data;

	memset(&action, 0, sizeof action);
	action.step = DC_STEP_REMOVE;
	action.writes = true;
	action.now = full_core(1, DC_STATE_INTENDED);
	action.was = full_core(2, DC_STATE_DELIVERED);
	action.was.has_modified = false;
	action.was.modified = 0;
	action.adds_doubt = true;
	action.doubt = full_core(3, DC_STATE_INTENDED);
	action.removal.uidvalidity = UINT32_MAX;
	action.removal.uid = UINT32_MAX - 1;
	action.removal.message.size = 77;
	memset(action.removal.message.sha256, 9, 32);
	{
		g_autoptr(dc_journal_entry) entry = load(f, "one", 0);

		g_assert_cmpint(entry->entry.now.state, ==, DC_STATE_NOTHING);
		set_text(&entry->owner, "Åsa@x.test");
		set_text(&entry->folded, "åsa@x.test");
		set_text(&entry->key, "k'1");
		set_text(&entry->subject, "ein \"Betreff\"");
		set_text(&entry->message_id, "one@x.test");
		set_text(&entry->name, "cur/1:2,DS");
		set_text(&entry->was_name, "cur/0:2,DS");
		apply(f, entry, &action, NULL);
		assert_core(&entry->entry.now, &action.now);
	}
	journal_reopen(f);
	g_autoptr(dc_journal_entry) entry = load(f, "one", 1);
	assert_core(&entry->entry.now, &action.now);
	assert_core(&entry->entry.was, &action.was);
	g_assert_cmpuint(entry->entry.n_doubts, ==, 1);
	assert_core(&entry->entry.doubts[0], &action.doubt);
	g_assert_cmpuint(entry->entry.n_removals, ==, 1);
	g_assert_cmpuint(entry->entry.removals[0].uidvalidity, ==, UINT32_MAX);
	g_assert_cmpuint(entry->entry.removals[0].uid, ==, UINT32_MAX - 1);
	g_assert_cmpuint(entry->entry.removals[0].message.size, ==, 77);
	g_assert_true(memcmp(entry->entry.removals[0].message.sha256, action.removal.message.sha256,
			      32) == 0);
	g_assert_cmpstr(entry->owner, ==, "Åsa@x.test");
	g_assert_cmpstr(entry->folded, ==, "åsa@x.test");
	g_assert_cmpstr(entry->key, ==, "k'1");
	g_assert_cmpstr(entry->subject, ==, "ein \"Betreff\"");
	g_assert_cmpstr(entry->message_id, ==, "one@x.test");
	g_assert_cmpstr(entry->name, ==, "cur/1:2,DS");
	g_assert_cmpstr(entry->was_name, ==, "cur/0:2,DS");
}

static void
test_another_destination_is_another_entry(struct fixture *f, gconstpointer data)
{
	struct dc_action action = {.writes = true, .now = full_core(1, DC_STATE_DELIVERED)};
	g_autoptr(dc_journal_entry) entry = load(f, "one", 0);
	g_autoptr(dc_journal_entry) other = NULL;

	(void)data;
	apply(f, entry, &action, NULL);
	g_assert_cmpint(
		dc_journal_load(f->journal, "imap rehearsal 993 login Drafts", "one", &other, NULL),
		==, 0);
}

static void
test_a_doubt_stands_once(struct fixture *f, gconstpointer data)
{
	struct dc_action action = {.writes = true,
		.adds_doubt = true,
		.now = full_core(1, DC_STATE_DELIVERED),
		.doubt = full_core(3, DC_STATE_INTENDED)};
	g_autoptr(dc_journal_entry) entry = load(f, "one", 0);

	(void)data;
	apply(f, entry, &action, NULL);
	action.doubt.noted += 5;
	apply(f, entry, &action, NULL);
	g_assert_cmpuint(entry->entry.n_doubts, ==, 1);
	g_assert_cmpuint(entry->entry.doubts[0].noted, ==, 303);
	action.doubt.message.sha256[0] ^= 1;
	apply(f, entry, &action, NULL);
	g_assert_cmpuint(entry->entry.n_doubts, ==, 2);
}

static void
test_an_abort_undoes_all_of_a_batch(struct fixture *f, gconstpointer data)
{
	struct dc_action action = {.writes = true, .now = full_core(1, DC_STATE_DELIVERED)};
	g_autoptr(dc_journal_entry) one = load(f, "one", 0);
	g_autoptr(dc_journal_entry) two = load(f, "two", 0);

	(void)data;
	g_assert_cmpint(dc_journal_begin(f->journal, NULL), ==, 0);
	apply(f, one, &action, NULL);
	g_assert_cmpint(dc_journal_begin(f->journal, NULL), ==, 0);
	apply(f, two, &action, NULL);
	g_assert_cmpint(dc_journal_commit(f->journal, NULL), ==, 0);
	dc_journal_abort(f->journal);
	dc_journal_entry_free(load(f, "one", 0));
	dc_journal_entry_free(load(f, "two", 0));
	apply(f, one, &action, NULL);
	journal_reopen(f);
	dc_journal_entry_free(load(f, "one", 1));
}

/* Only the outermost commit shows to others what was written. */
static void
test_a_batch_is_one_transaction(struct fixture *f, gconstpointer data)
{
	struct dc_action action = {.writes = true, .now = full_core(1, DC_STATE_DELIVERED)};
	g_autoptr(dc_journal_entry) one = load(f, "one", 0);
	g_autoptr(draftconv_journal) reader = NULL;
	g_autoptr(dc_journal_entry) before = NULL;
	g_autoptr(dc_journal_entry) after = NULL;

	(void)data;
	g_assert_cmpint(draftconv_journal_open(f->path, false, &reader, NULL), ==, 0);
	g_assert_cmpint(dc_journal_begin(f->journal, NULL), ==, 0);
	apply(f, one, &action, NULL);
	g_assert_cmpint(dc_journal_load(reader, PLACE, "one", &before, NULL), ==, 0);
	g_assert_cmpint(dc_journal_commit(f->journal, NULL), ==, 0);
	g_assert_cmpint(dc_journal_load(reader, PLACE, "one", &after, NULL), ==, 1);
}

/* An intent, as decide() writes it before an update. */
static struct dc_action
update_action(uint8_t seed)
{
	struct dc_action action = {.step = DC_STEP_APPEND,
		.writes = true,
		.now = full_core(seed, DC_STATE_INTENDED),
		.was = full_core((uint8_t)(seed - 1), DC_STATE_DELIVERED)};

	action.now.put_back = false;
	action.was.replacing = false;
	return action;
}

static struct dc_action
push_action(const struct dc_action *intent)
{
	struct dc_action action = {
		.step = DC_STEP_RECORD, .writes = true, .now = intent->now, .past = DC_PAST_PUSH};

	action.now.state = DC_STATE_DELIVERED;
	action.now.replacing = false;
	return action;
}

static int
append_bytes(void *user, const void *data, size_t size, draftconv_error **error)
{
	(void)error;
	g_byte_array_append(user, data, (guint)size);
	return 0;
}

static void
test_replaced_bytes_go_into_the_past(struct fixture *f, gconstpointer data)
{
	static const char *const keywords[] = {"$Label1", "work", NULL};
	g_autoptr(GBytes) bytes = g_bytes_new_static("old\0copy", 8);
	const struct dc_journal_replaced kept = {.bytes = bytes,
		.flags = 5,
		.keywords = keywords,
		.date_s = -77,
		.date_offset_minutes = -210};
	struct dc_journal_replaced got = {0};
	struct dc_action intent = update_action(4);
	struct dc_action push = push_action(&intent);
	struct dc_action pop = {
		.writes = true, .now = full_core(8, DC_STATE_DELIVERED), .past = DC_PAST_POP};

	(void)data;
	pop.now.replacing = false;
	g_autoptr(dc_journal_entry) entry = load(f, "one", 0);
	apply(f, entry, &intent, &kept);
	g_assert_cmpint(dc_journal_past(f->journal, PLACE, "one", &got, NULL), ==, 0);
	apply(f, entry, &push, NULL);
	g_assert_cmpuint(entry->entry.n_past, ==, 1);
	g_assert_true(entry->entry.past[0].has_bytes);
	assert_core(&entry->entry.past[0].core, &intent.was);
	journal_reopen(f);
	g_assert_cmpint(dc_journal_past(f->journal, PLACE, "one", &got, NULL), ==, 1);
	g_autoptr(GByteArray) written = g_byte_array_new();
	g_assert_cmpuint(got.size, ==, 8);
	g_assert_cmpint(dc_journal_past_write(&got, append_bytes, written, NULL), ==, 0);
	g_assert_cmpuint(written->len, ==, 8);
	g_assert_true(memcmp(written->data, "old\0copy", 8) == 0);
	g_assert_cmpuint(got.flags, ==, 5);
	g_assert_cmpstr(got.keywords[0], ==, "$Label1");
	g_assert_cmpstr(got.keywords[1], ==, "work");
	g_assert_null(got.keywords[2]);
	g_assert_cmpint(got.date_s, ==, -77);
	g_assert_cmpint(got.date_offset_minutes, ==, -210);
	dc_journal_replaced_clear(&got);
	apply(f, entry, &pop, NULL);
	g_assert_cmpuint(entry->entry.n_past, ==, 0);
	g_assert_cmpint(dc_journal_past(f->journal, PLACE, "one", &got, NULL), ==, 0);
}

static void
test_an_update_given_up_keeps_no_bytes(struct fixture *f, gconstpointer data)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("old", 3);
	const struct dc_journal_replaced kept = {.bytes = bytes};
	struct dc_journal_replaced got = {0};
	struct dc_action intent = update_action(4);
	struct dc_action push = push_action(&intent);
	struct dc_action undo = {.writes = true, .now = intent.was};
	g_autoptr(dc_journal_entry) entry = load(f, "one", 0);

	(void)data;
	apply(f, entry, &intent, &kept);
	apply(f, entry, &undo, NULL);
	apply(f, entry, &intent, NULL);
	apply(f, entry, &push, NULL);
	g_assert_cmpuint(entry->entry.n_past, ==, 1);
	g_assert_false(entry->entry.past[0].has_bytes);
	g_assert_cmpint(dc_journal_past(f->journal, PLACE, "one", &got, NULL), ==, 0);
}

/* The newest past without bytes has none; an older one's would bring back the wrong text. */
static void
test_only_the_newest_past_is_put_back(struct fixture *f, gconstpointer data)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("oldest", 6);
	const struct dc_journal_replaced kept = {.bytes = bytes};
	struct dc_journal_replaced got = {0};
	struct dc_action first = update_action(4);
	struct dc_action first_push = push_action(&first);
	struct dc_action second = update_action(6);
	struct dc_action second_push = push_action(&second);
	g_autoptr(dc_journal_entry) entry = load(f, "one", 0);

	(void)data;
	apply(f, entry, &first, &kept);
	apply(f, entry, &first_push, NULL);
	apply(f, entry, &second, NULL);
	apply(f, entry, &second_push, NULL);
	g_assert_cmpuint(entry->entry.n_past, ==, 2);
	g_assert_true(entry->entry.past[0].has_bytes);
	g_assert_false(entry->entry.past[1].has_bytes);
	g_assert_cmpint(dc_journal_past(f->journal, PLACE, "one", &got, NULL), ==, 0);
}

static void
test_uids_and_the_lowest_noted_one(struct fixture *f, gconstpointer data)
{
	struct dc_action action = {.step = DC_STEP_REMOVE,
		.writes = true,
		.adds_doubt = true,
		.now = full_core(0, DC_STATE_DELIVERED),
		.doubt = full_core(0, DC_STATE_INTENDED)};
	g_autoptr(dc_journal_entry) entry = load(f, "one", 0);
	g_autoptr(GArray) known = NULL;
	GStringChunk *strings = NULL;
	uint32_t lowest = 0;

	(void)data;
	action.now.uid = 30;
	action.now.replaces = 20;
	action.doubt.noted = 7;
	action.removal.uidvalidity = action.now.uidvalidity;
	action.removal.uid = 10;
	apply(f, entry, &action, NULL);
	g_assert_cmpint(dc_journal_uids(f->journal, PLACE, action.now.uidvalidity, &known, &strings,
				&lowest, NULL),
		==, 0);
	g_assert_cmpuint(lowest, ==, 7);
	g_assert_cmpuint(known->len, ==, 3);
	for (guint i = 0; i < 3; i++) {
		const struct dc_journal_uid *uid = &g_array_index(known, struct dc_journal_uid, i);

		g_assert_cmpuint(uid->uid, ==, 10 * (i + 1));
		g_assert_cmpint(uid->removal, ==, i == 0);
		g_assert_cmpstr(uid->identity, ==, "one");
	}
	g_string_chunk_free(strings);
}

static void
test_seen_rises_unless_told_otherwise(struct fixture *f, gconstpointer data)
{
	static const struct {
		uint32_t uidvalidity;
		uint32_t uidnext;
		bool raise_only;
		uint32_t want;
		uint32_t first;
	} steps[] = {{1, 10, true, 10, 10}, {1, 5, true, 10, 10}, {1, 12, true, 12, 10},
		{1, 4, false, 4, 10}, {2, 3, true, 3, 3}, {2, UINT32_MAX, true, UINT32_MAX, 3}};
	struct dc_journal_folder folder = {9, 9, 9};

	(void)data;
	g_assert_cmpint(dc_journal_seen(f->journal, PLACE, &folder, NULL), ==, 0);
	g_assert_cmpuint(folder.uidvalidity, ==, 0);
	g_assert_cmpuint(folder.uidnext, ==, 0);
	g_assert_cmpuint(folder.first_uidnext, ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		g_assert_cmpint(dc_journal_see(f->journal, PLACE, steps[i].uidvalidity,
					steps[i].uidnext, steps[i].raise_only, NULL),
			==, 0);
		g_assert_cmpint(dc_journal_seen(f->journal, PLACE, &folder, NULL), ==, 0);
		g_assert_cmpuint(folder.uidvalidity, ==, steps[i].uidvalidity);
		g_assert_cmpuint(folder.uidnext, ==, steps[i].want);
		g_assert_cmpuint(folder.first_uidnext, ==, steps[i].first);
	}
}

static void
test_a_charset_decision_is_kept(struct fixture *f, gconstpointer data)
{
	g_autofree char *none = NULL;
	g_autofree char *kept = NULL;

	(void)data;
	g_assert_cmpint(dc_journal_charset(f->journal, "p", "o", &none, NULL), ==, 0);
	g_assert_null(none);
	g_assert_cmpint(dc_journal_set_charset(f->journal, "p", "o", "koi8-r", NULL), ==, 0);
	journal_reopen(f);
	g_assert_cmpint(dc_journal_charset(f->journal, "p", "o", &kept, NULL), ==, 0);
	g_assert_cmpstr(kept, ==, "koi8-r");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	journal_add_test("every field comes back", test_every_field_comes_back);
	journal_add_test(
		"another destination is another entry", test_another_destination_is_another_entry);
	journal_add_test("a doubt stands once", test_a_doubt_stands_once);
	journal_add_test("an abort undoes all of a batch", test_an_abort_undoes_all_of_a_batch);
	journal_add_test("a batch is one transaction", test_a_batch_is_one_transaction);
	journal_add_test("replaced bytes go into the past", test_replaced_bytes_go_into_the_past);
	journal_add_test(
		"an update given up keeps no bytes", test_an_update_given_up_keeps_no_bytes);
	journal_add_test("only the newest past is put back", test_only_the_newest_past_is_put_back);
	journal_add_test("UIDs and the lowest noted one", test_uids_and_the_lowest_noted_one);
	journal_add_test("seen rises unless told otherwise", test_seen_rises_unless_told_otherwise);
	journal_add_test("a charset decision is kept", test_a_charset_decision_is_kept);
	return g_test_run();
}
