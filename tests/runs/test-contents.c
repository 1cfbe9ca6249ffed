/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a folder after several looks, against a list that is kept the slow way. */
#include "lib/run/contents.h"

#include "lib/sink/internal.h"

#include <string.h>

#define UIDS 60

static dc_look *
make_look(const char *const *identities, guint32 from, const guint32 *uids, size_t n)
{
	const struct dc_mailbox_facts facts = {.folder = "Drafts", .uidvalidity = 1};
	dc_look *look = dc_look_new();

	for (guint32 uid = 1; uid < UIDS; uid++) {
		const struct dc_copy copy = {.uid = uid, .identity = identities[uid], .size = uid};
		bool asked = from != 0 && uid >= from;

		for (size_t i = 0; i < n; i++)
			asked = asked || uids[i] == uid;
		if (asked && identities[uid] != NULL)
			dc_look_add(look, &copy);
	}
	dc_look_finish(look, &facts);
	return look;
}

static void
compare(const dc_contents *contents, const char *const *identities)
{
	static const char *const names[] = {"a", "b", "c"};
	size_t count = 0;

	for (guint32 uid = UIDS - 1; uid > 0; uid--) {
		const dc_place *place = dc_contents_find(contents, uid);

		g_assert_cmpstr(place == NULL ? NULL : place->copy.identity, ==, identities[uid]);
		count += identities[uid] != NULL;
		g_assert_cmpuint(dc_contents_count(contents, uid), ==, count);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const dc_place *place = dc_contents_of(contents, names[i]);

		for (guint32 uid = 1; uid < UIDS; uid++) {
			if (g_strcmp0(identities[uid], names[i]) != 0)
				continue;
			g_assert_nonnull(place);
			g_assert_cmpuint(place->copy.uid, ==, uid);
			place = place->twin;
		}
		g_assert_null(place);
	}
}

/* The world changes at random; each look asks for some UIDs and what is new, as a batch does. */
static void
test_many_looks(void)
{
	static const char *const names[] = {"a", "b", "c"};
	const char *identities[UIDS] = {NULL};
	dc_contents *contents = dc_contents_new();
	guint32 next = 1;

	for (int round = 0; round < 2000; round++) {
		guint32 seen_to = next;
		guint32 asked[UIDS];
		size_t n = 0;

		if (round % 100 == 0) {
			memset(identities, 0, sizeof identities);
			dc_contents_clear(contents);
			next = seen_to = 1;
		}
		for (int i = g_test_rand_int_range(0, 4); i > 0 && next < UIDS; i--)
			identities[next++] = names[g_test_rand_int_range(0, 3)];
		for (int i = g_test_rand_int_range(0, 3); i > 0 && seen_to > 1; i--) {
			const guint32 uid = (guint32)g_test_rand_int_range(1, (int)seen_to);

			identities[uid] = NULL;
			asked[n++] = uid;
		}
		if (seen_to > 1)
			asked[n++] = (guint32)g_test_rand_int_range(1, (int)seen_to);
		g_autoptr(dc_look) look = make_look(identities, seen_to, asked, n);
		dc_contents_update(contents, look, asked, n, seen_to);
		compare(contents, identities);
	}
	dc_contents_free(contents);
}

static void
test_replace(void)
{
	const char *identities[UIDS] = {[3] = "a", [7] = "a", [9] = "b"};
	dc_contents *contents = dc_contents_new();
	g_autoptr(dc_look) before = make_look(identities, 1, NULL, 0);

	dc_contents_replace(contents, before);
	compare(contents, identities);
	identities[7] = NULL;
	g_autoptr(dc_look) after = make_look(identities, 1, NULL, 0);
	dc_contents_replace(contents, after);
	compare(contents, identities);
	dc_contents_free(contents);
}

/* The latest look tells the flags. */
static void
test_flags(void)
{
	static const char *const words[] = {"$Later", NULL};
	const struct dc_mailbox_facts facts = {.folder = "", .uidvalidity = 1};
	struct dc_copy copy = {.uid = 5, .identity = "a"};
	dc_contents *contents = dc_contents_new();
	g_autoptr(dc_look) before = dc_look_new();
	g_autoptr(dc_look) after = dc_look_new();
	const guint32 uid = 5;

	dc_look_add(before, &copy);
	dc_look_finish(before, &facts);
	dc_contents_replace(contents, before);
	copy.flags = DC_FLAG_DELETED;
	copy.keywords = words;
	dc_look_add(after, &copy);
	dc_look_finish(after, &facts);
	dc_contents_update(contents, after, &uid, 1, 6);
	g_assert_cmpuint(dc_contents_find(contents, 5)->copy.flags, ==, DC_FLAG_DELETED);
	g_assert_cmpstr(dc_contents_find(contents, 5)->copy.keywords[0], ==, "$Later");
	dc_contents_free(contents);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/contents/many looks add up to the folder", test_many_looks);
	g_test_add_func("/contents/a look at everything replaces", test_replace);
	g_test_add_func("/contents/flags are the latest", test_flags);
	return g_test_run();
}
