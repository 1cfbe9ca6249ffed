/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/internal.h"

#include <string.h>

static const char *const no_keywords[] = {NULL};

struct dc_look *
dc_look_new(void)
{
	struct dc_look *look = g_new0(struct dc_look, 1);

	look->found = g_array_new(FALSE, TRUE, sizeof(struct dc_copy));
	look->strings = g_string_chunk_new(4096);
	look->lists = g_ptr_array_new_with_free_func(g_free);
	return look;
}

static const char *
keep(struct dc_look *look, const char *text)
{
	return text == NULL ? NULL : g_string_chunk_insert(look->strings, text);
}

static const char *const *
keep_list(struct dc_look *look, const char *const *list)
{
	if (list == NULL || list[0] == NULL)
		return no_keywords;
	guint n = g_strv_length((char **)(uintptr_t)list);
	const char **kept = g_new0(const char *, n + 1);

	for (guint i = 0; i < n; i++)
		kept[i] = g_string_chunk_insert_const(look->strings, list[i]);
	g_ptr_array_add(look->lists, (gpointer)(uintptr_t)kept);
	return kept;
}

void
dc_look_add(struct dc_look *look, const struct dc_copy *copy)
{
	struct dc_copy kept = *copy;

	kept.name = keep(look, copy->name);
	kept.identity = keep(look, copy->identity);
	kept.keywords = keep_list(look, copy->keywords);
	g_array_append_val(look->found, kept);
}

static gint
compare_copies(gconstpointer a, gconstpointer b)
{
	const struct dc_copy *left = a;
	const struct dc_copy *right = b;

	if (left->uid != right->uid)
		return left->uid < right->uid ? -1 : 1;
	return g_strcmp0(left->name, right->name);
}

void
dc_look_finish(struct dc_look *look, const struct dc_mailbox_facts *facts)
{
	struct dc_copy *copies = (struct dc_copy *)(void *)look->found->data;
	size_t n = 0;

	look->facts = *facts;
	look->facts.folder = keep(look, facts->folder);
	g_array_sort(look->found, compare_copies);
	copies = (struct dc_copy *)(void *)look->found->data;
	for (size_t i = 0; i < look->found->len; i++) {
		/* The latest answer about a message comes last, and counts. */
		if (n > 0 && compare_copies(&copies[n - 1], &copies[i]) == 0)
			n--;
		copies[n++] = copies[i];
	}
	look->copies = copies;
	look->n_copies = n;
}

GHashTable *
dc_look_set(const char *const *texts, size_t count)
{
	GHashTable *set = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < count; i++)
		g_hash_table_add(set, (gpointer)(uintptr_t)texts[i]);
	return set;
}

void
dc_look_free(struct dc_look *look)
{
	if (look == NULL)
		return;
	g_array_unref(look->found);
	g_string_chunk_free(look->strings);
	g_ptr_array_unref(look->lists);
	g_free(look);
}
