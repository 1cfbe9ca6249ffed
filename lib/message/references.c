/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which message a draft answers: ids out of the text of two fields. */
#include "lib/message/envelope.h"

#include "lib/base/limits.h"

#include <string.h>

static bool
is_id_character(char c)
{
	return c > 0x20 && c < 0x7f && c != '<' && c != '>';
}

/* Any printable ASCII on both sides: real ids are of no grammar, and threads compare them as they are. */
static bool
is_id(const char *id, gsize length)
{
	const char *at = memchr(id, '@', length);

	return at != NULL && at > id && at + 1 < id + length && length <= DC_MESSAGE_ID_MAX;
}

/* Add an id; an earlier one that is the same goes, so that the last in the chain is the one answered. */
static void
add_id(GPtrArray *ids, GHashTable *seen, const char *start, gsize length)
{
	char *id = g_strndup(start, length);
	gpointer old = g_hash_table_lookup(seen, id);

	if (old != NULL) {
		g_hash_table_remove(seen, old);
		g_ptr_array_remove(ids, old);
	}
	g_hash_table_add(seen, id);
	g_ptr_array_add(ids, id);
}

static bool
is_gap(char c)
{
	return (c > 0 && c <= 0x20) || c == ',' || c == ';';
}

/*
 * <id> wherever it stands: the words around ids are talk ("Your message of Monday"). Where there is no
 * bracket at all, words with an "@" in them. @return whether something was no id
 */
static bool
read_ids(const char *text, GPtrArray *ids, GHashTable *seen)
{
	const bool brackets = strchr(text, '<') != NULL;
	bool odd = false;

	while (*text != '\0') {
		if (brackets ? *text != '<' : is_gap(*text)) {
			text++;
			continue;
		}
		const char *start = text + (brackets ? 1 : 0);
		const char *end = start;
		while (is_id_character(*end) && (brackets || !is_gap(*end)))
			end++;
		if ((!brackets || *end == '>') && is_id(start, (gsize)(end - start)) &&
			ids->len < DC_REFERENCES_MAX)
			add_id(ids, seen, start, (gsize)(end - start));
		else
			odd = true;
		text = end > text ? end : text + 1;
	}
	return odd;
}

GPtrArray *
dc_references_new(const char *references, const char *in_reply_to, dc_findings *findings)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	if (references != NULL && read_ids(references, ids, seen))
		dc_findings_add(
			findings, DC_FINDING_REFERENCES_INVALID, "references", "%s", references);
	if (in_reply_to == NULL)
		return ids;
	/* the message answered is the last one, and has its place even behind a long chain */
	if (ids->len >= DC_REFERENCES_MAX)
		g_ptr_array_set_size(ids, DC_REFERENCES_MAX / 2);
	g_hash_table_remove_all(seen);
	for (guint i = 0; i < ids->len; i++)
		g_hash_table_add(seen, ids->pdata[i]);
	if (read_ids(in_reply_to, ids, seen))
		dc_findings_add(
			findings, DC_FINDING_REFERENCES_INVALID, "in_reply_to", "%s", in_reply_to);
	return ids;
}
