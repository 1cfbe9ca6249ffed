/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The IMAP sink against a real server, which with-dovecot.py starts and describes in the environment.
 * What the server offers differs from run to run; what must come out does not.
 */
#include "tests/sink/dovecot.h"

#include <string.h>

static void
check_delivery(const char *scheme, const char *user, size_t n, size_t size)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink(scheme, &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, user);
	g_autoptr(letters) drafts = letters_new(user, n, size);
	const struct dc_look_query query = {
		.identities = drafts->identities, .n_identities = n, .from_uid = 1};
	g_autoptr(dc_look) before = dovecot_look(mailbox, &query);

	g_assert_cmpuint(before->n_copies, ==, 0);
	g_assert_cmpuint(before->facts.exists, ==, 0);
	g_assert_cmpuint(before->facts.uidvalidity, !=, 0);
	g_assert_true((before->facts.permanent_flags & DC_FLAG_DRAFT) != 0);

	g_autoptr(dc_look) after = dovecot_put(mailbox, drafts, before->facts.uidnext);
	g_assert_cmpuint(after->n_copies, ==, n);
	for (size_t i = 0; i < n; i++) {
		const struct dc_copy *copy = &after->copies[i];

		g_assert_cmpint(drafts->puts[i].outcome, ==, DC_PUT_STORED);
		if (after->facts.uidplus)
			g_assert_cmpuint(drafts->puts[i].uid, ==, copy->uid);
		g_assert_cmpstr(copy->identity, ==, drafts->identities[i]);
		g_assert_cmpuint(copy->size, ==, drafts->puts[i].size);
		g_assert_cmpuint(copy->flags, ==, DC_FLAG_DRAFT | DC_FLAG_SEEN);
		g_assert_cmpint(copy->date_s, ==, drafts->puts[i].date_s);
		g_assert_null(copy->keywords[0]);
	}
	g_assert_cmpuint(after->facts.uidnext, >, after->copies[n - 1].uid);

	g_autoptr(dc_look) again = dovecot_look(mailbox, &query);
	g_assert_cmpuint(again->n_copies, ==, n);
	g_assert_cmpuint(again->facts.exists, ==, n);
	g_assert_cmpuint(again->facts.uidnext, ==, after->facts.uidnext);
}

static void
test_a_few_over_tls(void)
{
	check_delivery("imaps", "few", 3, 900);
}

static void
test_many_over_starttls(void)
{
	check_delivery("imap", "many", 230, 3000);
}

static void
test_large_ones(void)
{
	check_delivery("imaps", "large", 3, 5 * 1024 * 1024);
}

static void
test_small_ones(void)
{
	check_delivery("imaps", "tiny", 2, 1);
}

static void
fetch_and_compare(dc_mailbox *mailbox, const letters *drafts, const struct dc_look *found)
{
	g_autofree struct dc_fetch *fetches = g_new0(struct dc_fetch, drafts->n + 1);
	g_autoptr(GPtrArray) got =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
	g_autoptr(draftconv_error) error = NULL;

	for (size_t i = 0; i <= drafts->n; i++) {
		g_ptr_array_add(got, g_byte_array_new());
		fetches[i].uid = i < drafts->n ? found->copies[i].uid : 4000000;
		fetches[i].write = letters_collect;
		fetches[i].user = g_ptr_array_index(got, i);
	}
	g_assert_cmpint(dc_mailbox_fetch(mailbox, fetches, drafts->n + 1, &error), ==, 0);
	for (size_t i = 0; i < drafts->n; i++) {
		const GByteArray *bytes = g_ptr_array_index(got, i);
		g_autoptr(GBytes) have = g_bytes_new(bytes->data, bytes->len);
		g_autoptr(GBytes) want = letters_bytes(drafts, i);

		g_assert_true(fetches[i].found);
		g_assert_true(g_bytes_equal(have, want));
	}
	g_assert_false(fetches[drafts->n].found);
}

static void
test_fetched_bytes_are_those_that_were_put(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "alice");
	g_autoptr(letters) drafts = letters_new("alice", 70, 20000);
	g_autoptr(dc_look) found = dovecot_put(mailbox, drafts, 1);

	fetch_and_compare(mailbox, drafts, found);
}

static void
test_a_removal_takes_exactly_what_it_names(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "bob");
	g_autoptr(letters) drafts = letters_new("bob", 5, 500);
	const struct dc_look_query all = {.from_uid = 1};

	/* The user has marked one; it must outlive our removal of others. */
	drafts->puts[1].flags |= DC_FLAG_DELETED;
	drafts->puts[3].flags |= DC_FLAG_DELETED | DC_FLAG_FLAGGED;
	g_autoptr(dc_look) found = dovecot_put(mailbox, drafts, 1);
	struct dc_removal removals[] = {
		{.uid = found->copies[3].uid}, {.uid = found->copies[0].uid}, {.uid = 99999}};
	const bool uidplus = found->facts.uidplus;

	g_assert_cmpint(dc_mailbox_remove(mailbox, removals, 3, NULL), ==, 0);
	for (int i = 0; i < 2; i++)
		g_assert_cmpint(
			removals[i].outcome, ==, uidplus ? DC_REMOVE_DONE : DC_REMOVE_MARKED);
	g_assert_cmpuint(removals[0].flags, ==,
		DC_FLAG_DRAFT | DC_FLAG_SEEN | DC_FLAG_DELETED | DC_FLAG_FLAGGED);
	g_assert_cmpint(removals[2].outcome, ==, DC_REMOVE_GONE);

	g_autoptr(dc_look) left = dovecot_look(mailbox, &all);
	g_assert_cmpuint(left->n_copies, ==, uidplus ? 3 : 5);
	if (uidplus)
		g_assert_cmpuint(left->copies[0].uid, ==, found->copies[1].uid);
	for (int i = 0; i < 3; i++)
		dc_removal_clear(&removals[i]);
}

static void
test_what_takes_a_place_inherits_the_flags(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "nina");
	g_autoptr(letters) drafts = letters_new("nina", 2, 500);
	const char *const keywords[] = {"$Later", NULL};
	const struct dc_look_query all = {.from_uid = 1};

	drafts->puts[0].flags |= DC_FLAG_FLAGGED;
	drafts->puts[0].keywords = keywords;
	g_autoptr(dc_look) found = dovecot_put(mailbox, drafts, 1);
	struct dc_removal removal = {.uid = found->copies[0].uid,
		.heir = found->copies[1].uid,
		.heir_flags = found->copies[1].flags};

	g_assert_cmpint(dc_mailbox_remove(mailbox, &removal, 1, NULL), ==, 0);
	g_autoptr(dc_look) left = dovecot_look(mailbox, &all);
	const struct dc_copy *heir = &left->copies[left->n_copies - 1];
	g_assert_cmpuint(heir->flags, ==, DC_FLAG_DRAFT | DC_FLAG_SEEN | DC_FLAG_FLAGGED);
	g_assert_cmpstr(heir->keywords[0], ==, "$Later");
	dc_removal_clear(&removal);
}

static void
test_a_look_finds_what_it_is_asked_for(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "carol");
	g_autoptr(letters) drafts = letters_new("carol", 30, 200);
	g_autoptr(dc_look) all = dovecot_put(mailbox, drafts, 1);
	const char *two[] = {drafts->identities[4], drafts->identities[9], "carol.00000"};
	const guint32 uids[] = {all->copies[20].uid, 77777, all->copies[4].uid};
	const struct dc_look_query few = {.identities = two, .n_identities = 3};
	const struct dc_look_query mixed = {.identities = two,
		.n_identities = 3,
		.uids = uids,
		.n_uids = 3,
		.from_uid = all->copies[28].uid};
	const struct dc_look_query beyond = {.from_uid = all->facts.uidnext};

	/* "carol.00000" is a part of other identities, and no one's own. */
	g_autoptr(dc_look) a = dovecot_look(mailbox, &few);
	g_assert_cmpuint(a->n_copies, ==, 2);
	g_assert_cmpuint(a->copies[0].uid, ==, all->copies[4].uid);
	g_assert_cmpuint(a->copies[1].uid, ==, all->copies[9].uid);
	g_autoptr(dc_look) b = dovecot_look(mailbox, &mixed);
	g_assert_cmpuint(b->n_copies, ==, 5);
	g_autoptr(dc_look) c = dovecot_look(mailbox, &beyond);
	g_assert_cmpuint(c->n_copies, ==, 0);
}

static void
test_keywords_go_where_they_are_kept(void)
{
	static const char *const keywords[] = {"$Important", "bad keyword", NULL};
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "dave");
	g_autoptr(letters) drafts = letters_new("dave", 1, 200);

	drafts->puts[0].keywords = keywords;
	g_autoptr(dc_look) found = dovecot_put(mailbox, drafts, 1);
	g_assert_true(drafts->puts[0].keywords_dropped);
	g_assert_cmpstr(found->copies[0].keywords[0], ==, "$Important");
	g_assert_null(found->copies[0].keywords[1]);
}

static void
test_a_given_folder_is_created_and_taken_back(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autofree char *folder = g_strconcat(g_getenv("SERVER_PREFIX"), "%C3%9Cbriges", NULL);
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, folder);
	const struct dc_sink_account account = {.owner = "erin"};
	g_autoptr(dc_mailbox) mailbox = NULL;
	const struct dc_look_query nothing = {0};

	g_assert_cmpint(dc_sink_open_mailbox(sink, &account, false, NULL, &mailbox, NULL), ==,
		DRAFTCONV_ERROR_NOT_FOUND);
	mailbox = dovecot_mailbox(sink, "erin");
	g_autoptr(dc_look) found = dovecot_look(mailbox, &nothing);
	g_assert_true(found->facts.created);
	g_assert_true(g_str_has_suffix(found->facts.folder, "Übriges"));
	const struct dc_mailbox_facts *facts = &found->facts;
	/* Another folder of that name, and one in which a message was after ours. */
	g_assert_cmpint(dc_mailbox_delete_folder_if_empty(
				mailbox, facts->uidvalidity + 1, facts->uidnext, NULL),
		==, 0);
	g_assert_cmpint(dc_mailbox_delete_folder_if_empty(
				mailbox, facts->uidvalidity, facts->uidnext - 1, NULL),
		==, 0);
	g_assert_cmpint(dc_mailbox_delete_folder_if_empty(
				mailbox, facts->uidvalidity, facts->uidnext, NULL),
		==, 1);
	g_clear_pointer(&mailbox, dc_mailbox_close);
	g_assert_cmpint(dc_sink_open_mailbox(sink, &account, false, NULL, &mailbox, NULL), ==,
		DRAFTCONV_ERROR_NOT_FOUND);
}

static void
test_a_folder_with_mail_stays(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "frank");
	g_autoptr(letters) drafts = letters_new("frank", 1, 200);
	g_autoptr(dc_look) found = dovecot_put(mailbox, drafts, 1);

	g_assert_cmpuint(found->n_copies, ==, 1);
	g_assert_cmpint(dc_mailbox_delete_folder_if_empty(
				mailbox, found->facts.uidvalidity, found->facts.uidnext, NULL),
		==, 0);
}

static void
test_the_folder_is_found_or_created(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	const struct dc_sink_account account = {.owner = "judy"};
	g_autoptr(dc_mailbox) mailbox = NULL;
	const bool missing = g_getenv("SERVER_CREATES")[0] != '\0';

	int status = dc_sink_open_mailbox(sink, &account, false, NULL, &mailbox, NULL);
	g_assert_cmpint(status, ==, missing ? DRAFTCONV_ERROR_NOT_FOUND : 0);
	g_clear_pointer(&mailbox, dc_mailbox_close);
	mailbox = dovecot_mailbox(sink, "judy");
	g_assert_cmpstr(dc_mailbox_facts(mailbox)->folder, ==, dovecot_server("SERVER_FOLDER"));
	g_assert_true(dc_mailbox_facts(mailbox)->created == missing);
}

static void
test_a_cancelled_run_ends(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	const struct dc_sink_account account = {.owner = "heidi"};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(dc_mailbox) mailbox = NULL;
	g_autoptr(dc_look) found = NULL;
	const struct dc_look_query nothing = {0};

	g_assert_cmpint(
		dc_sink_open_mailbox(sink, &account, true, cancellable, &mailbox, NULL), ==, 0);
	g_cancellable_cancel(cancellable);
	g_assert_cmpint(
		dc_mailbox_look(mailbox, &nothing, &found, NULL), ==, DRAFTCONV_ERROR_CANCELLED);
}

/* Its source changed between counting and sending: nothing of it may be stored. */
static void
test_a_message_of_another_size_is_not_stored(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	static const int differences[] = {-1, 1};

	for (size_t i = 0; i < G_N_ELEMENTS(differences); i++) {
		g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
		g_autoptr(dc_mailbox) mailbox = dovecot_mailbox(sink, "heidi");
		g_autoptr(letters) drafts = letters_new("heidi", 1, 5000);
		g_autoptr(dc_look) found = NULL;
		const struct dc_look_query all = {.from_uid = 1};

		drafts->puts[0].size += (guint64)differences[i];
		g_assert_cmpint(dc_mailbox_put(mailbox, drafts->puts, 1, NULL, NULL, NULL), ==,
			DRAFTCONV_ERROR_DRAFT);
		g_assert_cmpint(drafts->puts[0].outcome, ==, DC_PUT_NOT_SENT);
		g_clear_pointer(&mailbox, dc_mailbox_close);
		mailbox = dovecot_mailbox(sink, "heidi");
		found = dovecot_look(mailbox, &all);
		g_assert_cmpuint(found->n_copies, ==, 0);
	}
}

static void
test_a_sum_beyond_the_quota_is_refused_one_by_one(void)
{
	const struct draftconv_sink_options options = dovecot_options();
	g_autoptr(draftconv_sink) sink = dovecot_sink("imaps", &options, "");
	const struct dc_sink_account account = {.owner = "alice"};
	g_autoptr(dc_mailbox) mailbox = NULL;
	g_autoptr(letters) drafts = letters_new("alice", 50, 9000);
	struct dc_sink_checked checked = {0};
	size_t stored = 0;

	g_assert_cmpint(dc_sink_check(sink, &account, NULL, &checked, &mailbox, NULL), ==, 0);
	g_assert_cmpuint(checked.octets_left, <=, 300 * 1024);
	dc_sink_checked_clear(&checked);
	g_autoptr(dc_look) found = dovecot_put(mailbox, drafts, 1);
	for (size_t i = 0; i < drafts->n; i++) {
		const struct dc_put *one = &drafts->puts[i];

		if (one->outcome == DC_PUT_STORED) {
			stored++;
			continue;
		}
		g_assert_cmpint(one->outcome, ==, DC_PUT_REFUSED);
		g_assert_true(one->temporary);
		g_assert_nonnull(strstr(one->answer, "OVERQUOTA"));
	}
	g_assert_cmpuint(found->n_copies, ==, stored);
	g_assert_cmpuint(stored, >, 20);
	g_assert_cmpuint(stored, <, 40);
}

static void
add_quota_tests(void)
{
	g_test_add_func("/dovecot/a sum beyond the quota is refused one by one",
		test_a_sum_beyond_the_quota_is_refused_one_by_one);
}

static void
add_tests(void)
{
	g_test_add_func("/dovecot/a few drafts over TLS", test_a_few_over_tls);
	g_test_add_func("/dovecot/many drafts over STARTTLS", test_many_over_starttls);
	g_test_add_func("/dovecot/large drafts", test_large_ones);
	g_test_add_func("/dovecot/small drafts", test_small_ones);
	g_test_add_func("/dovecot/fetched bytes are those that were put",
		test_fetched_bytes_are_those_that_were_put);
	g_test_add_func("/dovecot/a removal takes exactly what it names",
		test_a_removal_takes_exactly_what_it_names);
	g_test_add_func("/dovecot/what takes a place inherits the flags",
		test_what_takes_a_place_inherits_the_flags);
	g_test_add_func("/dovecot/a look finds what it is asked for",
		test_a_look_finds_what_it_is_asked_for);
	g_test_add_func(
		"/dovecot/keywords go where they are kept", test_keywords_go_where_they_are_kept);
	g_test_add_func("/dovecot/a given folder is created and taken back",
		test_a_given_folder_is_created_and_taken_back);
	g_test_add_func("/dovecot/a folder with mail stays", test_a_folder_with_mail_stays);
	g_test_add_func(
		"/dovecot/the folder is found or created", test_the_folder_is_found_or_created);
	g_test_add_func("/dovecot/a cancelled run ends", test_a_cancelled_run_ends);
	g_test_add_func("/dovecot/a message of another size is not stored",
		test_a_message_of_another_size_is_not_stored);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (g_getenv("SERVER_QUOTA")[0] != '\0') {
		add_quota_tests();
	} else if (g_getenv("SERVER_MASTER")[0] != '\0') {
		dovecot_add_master_tests();
	} else {
		add_tests();
		dovecot_add_login_tests();
	}
	return g_test_run();
}
