/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an action says of an entry, written. */
#include "lib/run/journal-db.h"

#include <string.h>

/* The number under which the bytes wait that an update is about to replace. */
#define REPLACED_PENDING (-1)

static int
write_core(draftconv_journal *journal, int64_t entry, const char *part, int64_t number,
	const struct dc_core *core, draftconv_error **error)
{
	int status = dc_db_run(journal, error,
		"INSERT OR REPLACE INTO cores (entry, part, number, state, becomes, why, put_back,"
		" replacing, over, uidvalidity, uid, replaces, noted, ignore_below, size, sha256,"
		" row, form, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"itiiiiiiiiiiiiiddii", entry, part, number, (int64_t)core->state,
		(int64_t)core->becomes, (int64_t)core->why, (int64_t)core->put_back,
		(int64_t)core->replacing, (int64_t)core->over, (int64_t)core->uidvalidity,
		(int64_t)core->uid, (int64_t)core->replaces, (int64_t)core->noted,
		(int64_t)core->ignore_below, (int64_t)core->message.size, core->message.sha256,
		core->row, (int64_t)core->form, core->run);

	if (status < 0 || !core->has_modified)
		return status;
	return dc_db_run(journal, error,
		"UPDATE cores SET modified = ? WHERE entry = ? AND part = ? AND number = ?", "iiti",
		core->modified, entry, part, number);
}

static int
write_entry(draftconv_journal *journal, const char *destination, const dc_journal_entry *entry,
	int64_t *number, draftconv_error **error)
{
	g_autoptr(dc_db_kept) statement = NULL;
	int status = dc_db_ask_again(journal, &statement, error,
		"INSERT INTO entries (destination, identity, owner, folded, key, subject,"
		" message_id, name, was_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (destination, identity) DO UPDATE SET owner = excluded.owner,"
		" folded = excluded.folded, key = excluded.key, subject = excluded.subject,"
		" message_id = excluded.message_id, name = excluded.name,"
		" was_name = excluded.was_name RETURNING number",
		"ttttttttt", destination, entry->identity, entry->owner, entry->folded, entry->key,
		entry->subject, entry->message_id, entry->name, entry->was_name);

	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status < 0)
		return status;
	*number = sqlite3_column_int64(statement, 0);
	return DRAFTCONV_OK;
}

/* The newest past is the highest number. @return it, 0 when there is none, or an error */
static int64_t
newest_past(draftconv_journal *journal, int64_t entry, draftconv_error **error)
{
	g_autoptr(dc_db_kept) statement = NULL;
	int status = dc_db_ask_again(journal, &statement, error,
		"SELECT coalesce(max(number), 0) FROM cores WHERE entry = ? AND part = 'past'", "i",
		entry);

	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	return status < 0 ? status : sqlite3_column_int64(statement, 0);
}

static int
write_past(draftconv_journal *journal, int64_t number, const dc_journal_entry *entry,
	const struct dc_action *action, draftconv_error **error)
{
	if (action->past == DC_PAST_SAME)
		return DRAFTCONV_OK;
	int64_t newest = newest_past(journal, number, error);
	if (newest < 0)
		return (int)newest;
	if (action->past == DC_PAST_PUSH) {
		int status = write_core(
			journal, number, DC_PART_PAST, newest + 1, &entry->entry.was, error);

		if (status >= 0)
			status = dc_db_run(journal, error,
				"UPDATE replaced SET number = ? WHERE entry = ? AND number = ?",
				"iii", newest + 1, number, (int64_t)REPLACED_PENDING);
		return status;
	}
	int status = dc_db_run(journal, error,
		"DELETE FROM cores WHERE entry = ? AND part = 'past' AND number = ?", "ii", number,
		newest);
	if (status >= 0)
		status = dc_db_run(journal, error,
			"DELETE FROM replaced WHERE entry = ? AND number = ?", "ii", number,
			newest);
	return status;
}

static int
write_doubt(draftconv_journal *journal, int64_t number, const dc_journal_entry *entry,
	const struct dc_action *action, draftconv_error **error)
{
	if (!action->adds_doubt)
		return DRAFTCONV_OK;
	for (size_t i = 0; i < entry->entry.n_doubts; i++) {
		const struct dc_core *known = &entry->entry.doubts[i];

		if (known->uidvalidity == action->doubt.uidvalidity &&
			known->message.size == action->doubt.message.size &&
			memcmp(known->message.sha256, action->doubt.message.sha256, 32) == 0)
			return DRAFTCONV_OK;
	}
	return write_core(journal, number, DC_PART_DOUBT, (int64_t)entry->entry.n_doubts + 1,
		&action->doubt, error);
}

static int
write_replaced(draftconv_journal *journal, int64_t number,
	const struct dc_journal_replaced *replaced, draftconv_error **error)
{
	static const char *const none[] = {NULL};
	char *const *keywords =
		(char *const *)(uintptr_t)(replaced->keywords == NULL ? none : replaced->keywords);
	g_autofree char *joined = g_strjoinv(" ", (char **)(uintptr_t)keywords);

	return dc_db_run(journal, error,
		"INSERT OR REPLACE INTO replaced VALUES (?, ?, ?, ?, ?, ?, ?)", "iibitii", number,
		(int64_t)REPLACED_PENDING, replaced->bytes, (int64_t)replaced->flags, joined,
		replaced->date_s, (int64_t)replaced->date_offset_minutes);
}

static int
write_action(draftconv_journal *journal, const char *destination, dc_journal_entry *entry,
	const struct dc_action *action, const struct dc_journal_replaced *replaced,
	draftconv_error **error)
{
	int64_t number = 0;
	int status = write_entry(journal, destination, entry, &number, error);

	if (status >= 0)
		status = write_past(journal, number, entry, action, error);
	if (status >= 0)
		status = write_doubt(journal, number, entry, action, error);
	if (status >= 0 && action->step == DC_STEP_REMOVE)
		status = dc_db_run(journal, error,
			"INSERT OR IGNORE INTO removals VALUES (?, ?, ?, ?, ?)", "iiiid", number,
			(int64_t)action->removal.uidvalidity, (int64_t)action->removal.uid,
			(int64_t)action->removal.message.size, action->removal.message.sha256);
	if (status >= 0 && action->writes)
		status = write_core(journal, number, DC_PART_NOW, 0, &action->now, error);
	if (status >= 0 && action->writes)
		status = write_core(journal, number, DC_PART_WAS, 0, &action->was, error);
	if (status >= 0 && replaced != NULL)
		status = write_replaced(journal, number, replaced, error);
	/* What ended in anything but an update or a withdrawal leaves nothing behind. */
	if (status >= 0 && action->writes && !action->now.replacing &&
		action->now.state != DC_STATE_REMOVING)
		status = dc_db_run(journal, error,
			"DELETE FROM replaced WHERE entry = ? AND number = ?", "ii", number,
			(int64_t)REPLACED_PENDING);
	return status < 0 ? status : dc_db_read_parts(journal, number, entry, error);
}

int
dc_journal_apply(draftconv_journal *journal, const char *destination, dc_journal_entry *entry,
	const struct dc_action *action, const struct dc_journal_replaced *replaced,
	draftconv_error **error)
{
	int status = dc_journal_begin(journal, error);

	if (status < 0)
		return status;
	status = write_action(journal, destination, entry, action, replaced, error);
	if (status < 0) {
		dc_journal_abort(journal);
		return status;
	}
	return dc_journal_commit(journal, error);
}

/* ---- what updates replaced ---- */

int
dc_journal_past(draftconv_journal *journal, const char *destination, const char *identity,
	struct dc_journal_replaced *replaced, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT replaced.rowid, length(bytes), flags, keywords, date, date_offset FROM "
		"replaced"
		" JOIN entries e ON e.number = entry WHERE destination = ? AND identity = ?"
		" AND replaced.number = (SELECT max(c.number) FROM cores c"
		"  WHERE c.entry = e.number AND c.part = 'past')",
		"tt", destination, identity);

	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status != 1)
		return status;
	g_auto(GStrv) keywords = g_strsplit(dc_db_text(statement, 3), " ", -1);
	if (keywords[0] != NULL && *keywords[0] == '\0')
		g_clear_pointer(&keywords[0], g_free);
	replaced->journal = journal;
	replaced->row = sqlite3_column_int64(statement, 0);
	replaced->size = (uint64_t)sqlite3_column_int64(statement, 1);
	replaced->flags = (unsigned)sqlite3_column_int64(statement, 2);
	replaced->keywords = (const char *const *)g_steal_pointer(&keywords);
	replaced->date_s = sqlite3_column_int64(statement, 4);
	replaced->date_offset_minutes = sqlite3_column_int(statement, 5);
	return 1;
}

int
dc_journal_past_write(const struct dc_journal_replaced *replaced, dc_write_func write, void *user,
	draftconv_error **error)
{
	sqlite3_blob *blob = NULL;
	int status = DRAFTCONV_OK;

	if (sqlite3_blob_open(replaced->journal->db, "main", "replaced", "bytes", replaced->row, 0,
		    &blob) != SQLITE_OK) {
		sqlite3_blob_close(blob);
		return dc_db_error(replaced->journal, error);
	}
	const int size = sqlite3_blob_bytes(blob);
	for (int at = 0; at < size && status >= 0;) {
		char piece[65536];
		const int count = MIN(size - at, (int)sizeof piece);

		if (sqlite3_blob_read(blob, piece, count, at) != SQLITE_OK)
			status = dc_db_error(replaced->journal, error);
		else
			status = write(user, piece, (size_t)count, error);
		at += count;
	}
	sqlite3_blob_close(blob);
	return status;
}

void
dc_journal_replaced_clear(struct dc_journal_replaced *replaced)
{
	g_clear_pointer(&replaced->bytes, g_bytes_unref);
	g_strfreev((char **)(uintptr_t)replaced->keywords);
	replaced->keywords = NULL;
	replaced->journal = NULL;
}
