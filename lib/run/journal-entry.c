/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries: one state of one draft at one destination, and everything that decide() wants to know of it. */
#include "lib/run/journal-db.h"

#include <string.h>

/* An entry's lists are short; a journal that says otherwise was not written by us. */
#define PARTS_MAX 10000

dc_journal_entry *
dc_journal_entry_new(const char *identity)
{
	dc_journal_entry *entry = g_new0(dc_journal_entry, 1);

	entry->identity = g_strdup(identity);
	entry->owner = g_strdup("");
	entry->folded = g_strdup("");
	entry->key = g_strdup("");
	entry->subject = g_strdup("");
	entry->message_id = g_strdup("");
	return entry;
}

static void
free_lists(struct dc_entry *entry)
{
	g_free((void *)(uintptr_t)entry->past);
	g_free((void *)(uintptr_t)entry->doubts);
	g_free((void *)(uintptr_t)entry->removals);
}

void
dc_journal_entry_free(dc_journal_entry *entry)
{
	if (entry == NULL)
		return;
	free_lists(&entry->entry);
	g_free(entry->identity);
	g_free(entry->owner);
	g_free(entry->folded);
	g_free(entry->key);
	g_free(entry->subject);
	g_free(entry->message_id);
	g_free(entry->name);
	g_free(entry->was_name);
	g_free(entry);
}

/* ---- reading ---- */

static void
read_digest(sqlite3_stmt *statement, int column, uint8_t digest[32])
{
	const void *data = sqlite3_column_blob(statement, column);

	memset(digest, 0, 32);
	if (data != NULL && sqlite3_column_bytes(statement, column) == 32)
		memcpy(digest, data, 32);
}

#define CORE_COLUMNS                                                                               \
	"part, number, state, becomes, why, put_back, replacing, over, modified, uidvalidity,"     \
	" uid, replaces, noted, ignore_below, size, sha256, row, form, run"

/* A state that this version does not know is one that it must not touch. */
static enum dc_state
read_state(int64_t state)
{
	return state >= 0 && state <= DC_STATE_FAILED ? (enum dc_state)state : DC_STATE_TOUCHED;
}

static void
read_core(sqlite3_stmt *s, struct dc_core *core)
{
	const int64_t becomes = sqlite3_column_int64(s, 3);
	const int64_t why = sqlite3_column_int64(s, 4);

	memset(core, 0, sizeof *core);
	core->state = read_state(sqlite3_column_int64(s, 2));
	core->becomes = becomes >= 0 && becomes <= DC_STATE_FAILED ? (enum dc_state)becomes
								   : DC_STATE_DELIVERED;
	core->why = why >= 0 && why <= DC_WHY_WITHDRAWN ? (enum dc_why)why : DC_WHY_NONE;
	core->put_back = sqlite3_column_int(s, 5) != 0;
	core->replacing = sqlite3_column_int(s, 6) != 0;
	core->over = sqlite3_column_int(s, 7) != 0;
	core->has_modified = sqlite3_column_type(s, 8) != SQLITE_NULL;
	core->modified = sqlite3_column_int64(s, 8);
	core->uidvalidity = (uint32_t)sqlite3_column_int64(s, 9);
	core->uid = (uint32_t)sqlite3_column_int64(s, 10);
	core->replaces = (uint32_t)sqlite3_column_int64(s, 11);
	core->noted = (uint32_t)sqlite3_column_int64(s, 12);
	core->ignore_below = (uint32_t)sqlite3_column_int64(s, 13);
	core->message.size = (uint64_t)sqlite3_column_int64(s, 14);
	read_digest(s, 15, core->message.sha256);
	read_digest(s, 16, core->row);
	core->form = (uint64_t)sqlite3_column_int64(s, 17);
	core->run = sqlite3_column_int64(s, 18);
}

static bool
has_bytes(draftconv_journal *journal, int64_t number, int64_t past)
{
	g_autoptr(dc_db_kept) statement = NULL;

	if (dc_db_ask_again(journal, &statement, NULL,
		    "SELECT 1 FROM replaced WHERE entry = ? AND number = ?", "ii", number,
		    past) < 0)
		return false;
	return dc_db_next(journal, statement, NULL) == 1;
}

static int
read_cores(
	draftconv_journal *journal, int64_t number, struct dc_entry *entry, draftconv_error **error)
{
	g_autoptr(dc_db_kept) statement = NULL;
	g_autoptr(GArray) past = g_array_new(FALSE, TRUE, sizeof(struct dc_past));
	g_autoptr(GArray) doubts = g_array_new(FALSE, TRUE, sizeof(struct dc_core));
	int status = dc_db_ask_again(journal, &statement, error,
		"SELECT " CORE_COLUMNS " FROM cores WHERE entry = ? ORDER BY part, number", "i",
		number);

	while (status >= 0) {
		struct dc_past one = {.has_bytes = false};

		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		const char *part = dc_db_text(statement, 0);
		read_core(statement, &one.core);
		if (strcmp(part, DC_PART_NOW) == 0) {
			entry->now = one.core;
		} else if (strcmp(part, DC_PART_WAS) == 0) {
			entry->was = one.core;
		} else if (strcmp(part, DC_PART_PAST) == 0 && past->len < PARTS_MAX) {
			one.has_bytes =
				has_bytes(journal, number, sqlite3_column_int64(statement, 1));
			g_array_append_val(past, one);
		} else if (doubts->len < PARTS_MAX) {
			g_array_append_val(doubts, one.core);
		}
	}
	if (status < 0)
		return status;
	entry->n_past = past->len;
	entry->past = (const struct dc_past *)(gpointer)g_array_free(g_steal_pointer(&past), FALSE);
	entry->n_doubts = doubts->len;
	entry->doubts =
		(const struct dc_core *)(gpointer)g_array_free(g_steal_pointer(&doubts), FALSE);
	return DRAFTCONV_OK;
}

static int
read_removals(
	draftconv_journal *journal, int64_t number, struct dc_entry *entry, draftconv_error **error)
{
	g_autoptr(dc_db_kept) statement = NULL;
	g_autoptr(GArray) removals = g_array_new(FALSE, TRUE, sizeof(struct dc_decide_removal));
	int status = dc_db_ask_again(journal, &statement, error,
		"SELECT uidvalidity, uid, size, sha256 FROM removals WHERE entry = ?"
		" ORDER BY uidvalidity, uid",
		"i", number);

	while (status >= 0) {
		struct dc_decide_removal removal;

		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		removal.uidvalidity = (uint32_t)sqlite3_column_int64(statement, 0);
		removal.uid = (uint32_t)sqlite3_column_int64(statement, 1);
		removal.message.size = (uint64_t)sqlite3_column_int64(statement, 2);
		read_digest(statement, 3, removal.message.sha256);
		if (removals->len < PARTS_MAX)
			g_array_append_val(removals, removal);
	}
	if (status < 0)
		return status;
	entry->n_removals = removals->len;
	entry->removals = (const struct dc_decide_removal *)(gpointer)g_array_free(
		g_steal_pointer(&removals), FALSE);
	return DRAFTCONV_OK;
}

/*
 * A mailbox may have two destinations, by two logins or hosts. What was found in it there and taken out by this
 * journal here is not what its user has deleted.
 */
static int
read_removed_elsewhere(
	draftconv_journal *journal, int64_t number, struct dc_core *now, draftconv_error **error)
{
	g_autoptr(dc_db_kept) statement = NULL;

	if ((now->state != DC_STATE_ADOPTED && now->state != DC_STATE_FOREIGN) || now->uid == 0)
		return DRAFTCONV_OK;
	int status = dc_db_ask_again(journal, &statement, error,
		"SELECT 1 FROM entries mine JOIN entries other"
		" ON other.identity = mine.identity AND other.number <> mine.number"
		" JOIN removals ON entry = other.number AND uidvalidity = ? AND uid = ?"
		" WHERE mine.number = ? LIMIT 1",
		"iii", (int64_t)now->uidvalidity, (int64_t)now->uid, number);
	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status != 1)
		return status;
	now->state = DC_STATE_REMOVED;
	now->why = DC_WHY_ROLLED_BACK;
	now->over = false;
	now->uid = now->replaces = now->noted = 0;
	return DRAFTCONV_OK;
}

#define ENTRY_COLUMNS "number, identity, owner, folded, key, subject, message_id, name, was_name"

static char *
text_or_null(sqlite3_stmt *statement, int column)
{
	return g_strdup((const char *)sqlite3_column_text(statement, column));
}

/* Read what belongs to an entry's row, in place of what ENTRY has. */
int
dc_db_read_parts(draftconv_journal *journal, int64_t number, dc_journal_entry *entry,
	draftconv_error **error)
{
	free_lists(&entry->entry);
	memset(&entry->entry, 0, sizeof entry->entry);
	int status = read_cores(journal, number, &entry->entry, error);

	if (status >= 0)
		status = read_removals(journal, number, &entry->entry, error);
	return status < 0 ? status
			  : read_removed_elsewhere(journal, number, &entry->entry.now, error);
}

static int
read_entry(draftconv_journal *journal, sqlite3_stmt *statement, dc_journal_entry **entry,
	draftconv_error **error)
{
	g_autoptr(dc_journal_entry) result = g_new0(dc_journal_entry, 1);

	result->identity = g_strdup(dc_db_text(statement, 1));
	result->owner = g_strdup(dc_db_text(statement, 2));
	result->folded = g_strdup(dc_db_text(statement, 3));
	result->key = g_strdup(dc_db_text(statement, 4));
	result->subject = g_strdup(dc_db_text(statement, 5));
	result->message_id = g_strdup(dc_db_text(statement, 6));
	result->name = text_or_null(statement, 7);
	result->was_name = text_or_null(statement, 8);
	int status = dc_db_read_parts(journal, sqlite3_column_int64(statement, 0), result, error);
	if (status < 0)
		return status;
	*entry = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

int
dc_journal_load(draftconv_journal *journal, const char *destination, const char *identity,
	dc_journal_entry **entry, draftconv_error **error)
{
	g_autoptr(dc_db_kept) statement = NULL;
	int status = dc_db_ask_again(journal, &statement, error,
		"SELECT " ENTRY_COLUMNS " FROM entries WHERE destination = ? AND identity = ?",
		"tt", destination, identity);

	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status < 0)
		return status;
	if (status == 0) {
		*entry = dc_journal_entry_new(identity);
		return 0;
	}
	status = read_entry(journal, statement, entry, error);
	return status < 0 ? status : 1;
}

int
dc_journal_each(draftconv_journal *journal, const char *destination, const char *folded_owner,
	dc_journal_entry_func each, void *user, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT " ENTRY_COLUMNS " FROM entries WHERE destination = ? AND folded = ?"
		" ORDER BY identity",
		"tt", destination, folded_owner);

	while (status >= 0) {
		g_autoptr(dc_journal_entry) entry = NULL;

		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		status = read_entry(journal, statement, &entry, error);
		if (status >= 0)
			status = each(user, entry, error);
	}
	return status;
}

int
dc_journal_each_brief(draftconv_journal *journal, const char *destination, const char *folded_owner,
	dc_journal_brief_func each, void *user, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT identity, key, state, modified, uidvalidity FROM entries e JOIN cores c"
		" ON c.entry = e.number AND part = 'now' AND c.number = 0"
		" WHERE destination = ? AND folded = ?",
		"tt", destination, folded_owner);

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		const struct dc_journal_brief brief = {.identity = dc_db_text(statement, 0),
			.key = dc_db_text(statement, 1),
			.state = read_state(sqlite3_column_int64(statement, 2)),
			.has_modified = sqlite3_column_type(statement, 3) != SQLITE_NULL,
			.modified = sqlite3_column_int64(statement, 3),
			.uidvalidity = (uint32_t)sqlite3_column_int64(statement, 4)};
		each(user, &brief);
	}
	return status;
}

/* ---- UIDs ---- */

static int
compare_uids(gconstpointer a, gconstpointer b)
{
	const struct dc_journal_uid *x = a;
	const struct dc_journal_uid *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

int
dc_journal_uids(draftconv_journal *journal, const char *destination, uint32_t uidvalidity,
	GArray **known, GStringChunk **strings, uint32_t *lowest_noted, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(struct dc_journal_uid));
	GStringChunk *chunk = g_string_chunk_new(4096);

	/* What is at rest: own UIDs and replaced ones. What is on its way: the lowest noted UIDNEXT. */
	int status = dc_db_ask(journal, &statement, error,
		"SELECT uid, 0, identity, 0 FROM cores JOIN entries e ON e.number = entry"
		"  WHERE destination = ?1 AND uidvalidity = ?2 AND uid > 0 AND part = 'now'"
		"  AND state IN (2, 3, 4, 6)"
		" UNION ALL SELECT replaces, 0, identity, 0 FROM cores"
		"  JOIN entries e ON e.number = entry WHERE destination = ?1"
		"  AND uidvalidity = ?2 AND replaces > 0 AND part = 'now' AND replacing"
		" UNION ALL SELECT uid, 1, identity, 0 FROM removals"
		"  JOIN entries e ON e.number = entry WHERE destination = ?1 AND uidvalidity = ?2"
		" UNION ALL SELECT 0, 0, identity, noted FROM cores"
		"  JOIN entries e ON e.number = entry WHERE destination = ?1 AND uidvalidity = ?2"
		"  AND noted > 0 AND ((part = 'now' AND state = 1) OR part = 'doubt')",
		"ti", destination, (int64_t)uidvalidity);
	uint32_t lowest = 0;
	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		const struct dc_journal_uid one = {
			.uid = (uint32_t)sqlite3_column_int64(statement, 0),
			.removal = sqlite3_column_int(statement, 1) != 0,
			.identity = g_string_chunk_insert(chunk, dc_db_text(statement, 2))};
		const uint32_t noted = (uint32_t)sqlite3_column_int64(statement, 3);

		if (one.uid > 0)
			g_array_append_val(found, one);
		else if (lowest == 0 || noted < lowest)
			lowest = noted;
	}
	if (status < 0) {
		g_string_chunk_free(chunk);
		return status;
	}
	g_array_sort(found, compare_uids);
	*known = g_steal_pointer(&found);
	*strings = chunk;
	*lowest_noted = lowest;
	return DRAFTCONV_OK;
}
