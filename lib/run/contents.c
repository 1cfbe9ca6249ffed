/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/contents.h"

#include <openssl/sha.h>
#include <string.h>

struct dc_contents {
	GPtrArray *places;     /* by number, ascending; owns them */
	GHashTable *by_number; /* number → place */
	GHashTable
		*by_identity; /* identity → the first of its places; the key belongs to that one */
	bool unsorted;
};

guint32
dc_contents_number(const char *name)
{
	guint8 digest[SHA256_DIGEST_LENGTH];
	guint32 number;

	SHA256((const guint8 *)name, strlen(name), digest);
	memcpy(&number, digest, sizeof number);
	return number == 0 ? 1 : number;
}

static void
place_free(void *data)
{
	dc_place *place = data;

	g_free((char *)(uintptr_t)place->copy.name);
	g_free((char *)(uintptr_t)place->copy.identity);
	g_strfreev((char **)(uintptr_t)place->copy.keywords);
	g_free(place);
}

dc_contents *
dc_contents_new(void)
{
	dc_contents *contents = g_new0(dc_contents, 1);

	contents->places = g_ptr_array_new_with_free_func(place_free);
	contents->by_number = g_hash_table_new(NULL, NULL);
	contents->by_identity = g_hash_table_new(g_str_hash, g_str_equal);
	return contents;
}

void
dc_contents_free(dc_contents *contents)
{
	if (contents == NULL)
		return;
	g_hash_table_unref(contents->by_number);
	g_hash_table_unref(contents->by_identity);
	g_ptr_array_unref(contents->places);
	g_free(contents);
}

void
dc_contents_clear(dc_contents *contents)
{
	g_hash_table_remove_all(contents->by_number);
	g_hash_table_remove_all(contents->by_identity);
	g_ptr_array_set_size(contents->places, 0);
	contents->unsorted = false;
}

/* Behind its twins: they come in the order of their UIDs. */
static void
join_twins(dc_contents *contents, dc_place *place)
{
	dc_place *first = g_hash_table_lookup(contents->by_identity, place->copy.identity);

	if (first == NULL) {
		g_hash_table_insert(
			contents->by_identity, (gpointer)(uintptr_t)place->copy.identity, place);
		return;
	}
	(first->last == NULL ? first : first->last)->twin = place;
	first->last = place;
}

static void
part_from_twins(dc_contents *contents, const dc_place *place)
{
	dc_place *first = g_hash_table_lookup(contents->by_identity, place->copy.identity);
	dc_place *before = first;

	if (first == place) {
		dc_place *next = (dc_place *)(uintptr_t)place->twin;

		g_hash_table_remove(contents->by_identity, place->copy.identity);
		if (next == NULL)
			return;
		next->last = place->last == next ? NULL : place->last;
		g_hash_table_insert(
			contents->by_identity, (gpointer)(uintptr_t)next->copy.identity, next);
		return;
	}
	while (before->twin != place)
		before = (dc_place *)(uintptr_t)before->twin;
	before->twin = place->twin;
	if (first->last == place)
		first->last = before == first ? NULL : before;
}

static void
add(dc_contents *contents, const struct dc_copy *copy)
{
	const guint32 number = copy->name != NULL ? dc_contents_number(copy->name) : copy->uid;
	dc_place *place = g_hash_table_lookup(contents->by_number, GUINT_TO_POINTER(number));

	/* A message never changes, but for its flags. */
	if (place != NULL) {
		g_strfreev((char **)(uintptr_t)place->copy.keywords);
		place->copy.keywords =
			(const char *const *)g_strdupv((char **)(uintptr_t)copy->keywords);
		place->copy.flags = copy->flags;
		return;
	}
	place = g_new0(dc_place, 1);
	place->copy = *copy;
	place->copy.name = g_strdup(copy->name);
	place->copy.identity = g_strdup(copy->identity);
	place->copy.keywords = (const char *const *)g_strdupv((char **)(uintptr_t)copy->keywords);
	place->number = number;

	const guint count = contents->places->len;
	if (count > 0 && ((const dc_place *)contents->places->pdata[count - 1])->number > number)
		contents->unsorted = true;
	g_ptr_array_add(contents->places, place);
	g_hash_table_insert(contents->by_number, GUINT_TO_POINTER(number), place);
	if (place->copy.identity != NULL)
		join_twins(contents, place);
}

static gint
compare_places(gconstpointer a, gconstpointer b)
{
	const dc_place *x = *(const dc_place *const *)a;
	const dc_place *y = *(const dc_place *const *)b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static void
add_all(dc_contents *contents, const dc_look *look)
{
	for (size_t i = 0; i < look->n_copies; i++)
		add(contents, &look->copies[i]);
	if (contents->unsorted)
		g_ptr_array_sort(contents->places, compare_places);
	contents->unsorted = false;
}

void
dc_contents_replace(dc_contents *contents, const dc_look *look)
{
	dc_contents_clear(contents);
	add_all(contents, look);
}

/* The first place with a number of FROM or more. */
static guint
lower_bound(const dc_contents *contents, guint32 from)
{
	guint low = 0;
	guint high = contents->places->len;

	while (low < high) {
		const guint middle = low + (high - low) / 2;

		if (((const dc_place *)contents->places->pdata[middle])->number < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static gint
compare_uids(gconstpointer a, gconstpointer b)
{
	const guint32 x = *(const guint32 *)a;
	const guint32 y = *(const guint32 *)b;

	return x < y ? -1 : x > y;
}

static void
take_out(dc_contents *contents, guint32 number)
{
	dc_place *place = g_hash_table_lookup(contents->by_number, GUINT_TO_POINTER(number));

	if (place == NULL)
		return;
	g_hash_table_remove(contents->by_number, GUINT_TO_POINTER(number));
	if (place->copy.identity != NULL)
		part_from_twins(contents, place);
	const guint at = lower_bound(contents, number);
	g_ptr_array_remove_index(contents->places, at);
}

static bool
has_copy(const dc_look *look, guint32 uid)
{
	size_t low = 0;
	size_t high = look->n_copies;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (look->copies[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < look->n_copies && look->copies[low].uid == uid;
}

void
dc_contents_update(
	dc_contents *contents, const dc_look *look, const guint32 *uids, size_t n, guint32 from)
{
	g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(guint32));

	for (size_t i = 0; i < n; i++) {
		if (!has_copy(look, uids[i]))
			g_array_append_val(gone, uids[i]);
	}
	for (guint i = lower_bound(contents, from); from != 0 && i < contents->places->len; i++) {
		const dc_place *place = contents->places->pdata[i];

		if (!has_copy(look, place->number))
			g_array_append_val(gone, place->number);
	}
	g_array_sort(gone, compare_uids);
	/* From behind, so that little has to move. */
	for (guint i = gone->len; i > 0; i--)
		take_out(contents, g_array_index(gone, guint32, i - 1));
	add_all(contents, look);
}

const dc_place *
dc_contents_find(const dc_contents *contents, guint32 number)
{
	return g_hash_table_lookup(contents->by_number, GUINT_TO_POINTER(number));
}

const dc_place *
dc_contents_of(const dc_contents *contents, const char *identity)
{
	return g_hash_table_lookup(contents->by_identity, identity);
}

size_t
dc_contents_count(const dc_contents *contents, guint32 from)
{
	return contents->places->len - lower_bound(contents, from);
}
