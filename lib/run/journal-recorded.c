/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs as verify and rollback want them: how they were made, where they went, and what they said. */
#include "lib/run/journal-db.h"

void
dc_journal_run_row_free(dc_journal_run_row *row)
{
	if (row == NULL)
		return;
	g_string_chunk_free(row->strings);
	g_free(row);
}

static dc_journal_run_row *
run_row(sqlite3_stmt *statement)
{
	dc_journal_run_row *row = g_new0(dc_journal_run_row, 1);
	GStringChunk *strings = g_string_chunk_new(512);
	const char **const texts[] = {&row->run.ticket, &row->run.who, &row->run.source,
		&row->run.destination, &row->run.sink, &row->run.login, &row->run.ca_file,
		&row->run.authenticate_as, &row->run.master_separator};

	row->strings = strings;
	row->number = sqlite3_column_int64(statement, 0);
	g_strlcpy(row->id, dc_db_text(statement, 1), sizeof row->id);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = g_string_chunk_insert(strings, dc_db_text(statement, (int)i + 2));
	row->run.tls = sqlite3_column_int(statement, 11);
	row->run.profile = g_string_chunk_insert(strings, dc_db_text(statement, 12));
	row->run.profile_identity = g_string_chunk_insert(strings, dc_db_text(statement, 13));
	row->run.profile_version = (unsigned)sqlite3_column_int(statement, 14);
	row->run.source_damaged = sqlite3_column_int(statement, 15) != 0;
	row->ended = sqlite3_column_int64(statement, 18) != 0;
	row->rolled_back = sqlite3_column_int(statement, 19) != 0;
	row->failure = g_string_chunk_insert(strings, dc_db_text(statement, 20));
	row->rolled_back_s = sqlite3_column_int64(statement, 21);
	return row;
}

static int
add_run(void *user, draftconv_journal *journal, sqlite3_stmt *statement, draftconv_error **error)
{
	(void)journal;
	(void)error;
	g_ptr_array_add(user, run_row(statement));
	return DRAFTCONV_OK;
}

int
dc_journal_runs_newest_first(draftconv_journal *journal, const draftconv_journal_filter *filter,
	GPtrArray **runs, draftconv_error **error)
{
	g_autoptr(GPtrArray) found =
		g_ptr_array_new_with_free_func((GDestroyNotify)dc_journal_run_row_free);
	int status = dc_db_each_run(journal, filter,
		"SELECT " DC_RUN_COLUMNS " FROM runs ORDER BY number DESC", add_run, found, error);

	if (status < 0)
		return status;
	*runs = g_steal_pointer(&found);
	return DRAFTCONV_OK;
}

int
dc_journal_run_id(draftconv_journal *journal, int64_t number, char id[32], draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(
		journal, &statement, error, "SELECT id FROM runs WHERE number = ?", "i", number);

	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status < 0)
		return status;
	g_strlcpy(id, status == 1 ? dc_db_text(statement, 0) : "", 32);
	return DRAFTCONV_OK;
}

int
dc_journal_run_has_others(draftconv_journal *journal, int64_t number, const char *const *owners,
	draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT owner FROM accounts WHERE run = ?1 UNION"
		" SELECT owner FROM results WHERE run = ?1",
		"i", number);

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1 || !dc_db_is_listed(owners, dc_db_text(statement, 0), true))
			break;
	}
	return status;
}

int
dc_journal_run_rolled_back(draftconv_journal *journal, int64_t number, draftconv_error **error)
{
	return dc_db_run(journal, error,
		"UPDATE runs SET rolled_back = 1, rolled_back_at = ?1 WHERE number = ?2"
		" AND EXISTS (SELECT 1 FROM results WHERE run = ?2"
		"  AND (outcome IN (?3, ?4, ?5) OR afterwards NOT IN (?6, ?7, ?8)))",
		"iiiiiiii", (int64_t)(g_get_real_time() / G_USEC_PER_SEC), number,
		(int64_t)DRAFTCONV_OUTCOME_DELIVERED, (int64_t)DRAFTCONV_OUTCOME_UPDATED,
		(int64_t)DRAFTCONV_OUTCOME_WITHDRAWN,
		/* A verify's word. */
		(int64_t)DRAFTCONV_OUTCOME_MISSING, (int64_t)DRAFTCONV_OUTCOME_CHANGED,
		(int64_t)DRAFTCONV_OUTCOME_UNVERIFIED);
}

int
dc_journal_run_verified(
	draftconv_journal *journal, int64_t number, uint64_t unverified, draftconv_error **error)
{
	return dc_db_run(journal, error,
		"UPDATE runs SET verified = ?, unverified = ? WHERE number = ?", "iii",
		(int64_t)(g_get_real_time() / G_USEC_PER_SEC), (int64_t)unverified, number);
}

/* ---- what a run said ---- */

int
dc_journal_run_said(draftconv_journal *journal, int64_t number, const char *destination,
	GHashTable **said, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	int status = dc_db_ask(journal, &statement, error,
		"SELECT message_id, outcome FROM results WHERE run = ? AND destination = ?"
		" AND message_id <> ''",
		"it", number, destination);

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		g_hash_table_insert(found, g_strdup(dc_db_text(statement, 0)),
			GINT_TO_POINTER(sqlite3_column_int(statement, 1)));
	}
	if (status < 0)
		return status;
	*said = g_steal_pointer(&found);
	return DRAFTCONV_OK;
}

int
dc_journal_run_without_entry(draftconv_journal *journal, int64_t number, const char *const *owners,
	int (*each)(void *user, const draftconv_result *result, draftconv_error **error),
	void *user, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT owner, key, message_id, subject, place FROM results r WHERE run = ?1"
		" AND outcome = ?2 AND NOT EXISTS (SELECT 1 FROM entries e"
		"  WHERE e.destination = r.destination AND e.message_id = r.message_id)"
		/* A later run into the same sink has made it good. */
		" AND (owner, key) NOT IN (SELECT owner, key FROM results JOIN runs ON number = run"
		"  WHERE run > ?1 AND outcome IN (0, 1, 2, 3)"
		"  AND sink = (SELECT sink FROM runs WHERE number = ?1))"
		" ORDER BY owner, key",
		"ii", number, (int64_t)DRAFTCONV_OUTCOME_FAILED);

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		const draftconv_result result = {.owner = dc_db_text(statement, 0),
			.draft = dc_db_text(statement, 1),
			.message_id = dc_db_text(statement, 2),
			.subject = dc_db_text(statement, 3),
			.destination = dc_db_text(statement, 4)};
		if (owners == NULL || dc_db_is_listed(owners, result.owner, true))
			status = each(user, &result, error);
	}
	return status;
}

/* ---- where a run went ---- */

static void
account_free(gpointer data)
{
	struct dc_journal_account *account = data;

	g_free(account->destination);
	g_free(account->owner);
	g_free(account->spelled);
	g_free(account->login);
	g_free(account->folder);
	g_free(account);
}

int
dc_journal_account_begin(draftconv_journal *journal, int64_t number,
	const struct dc_journal_account *account, draftconv_error **error)
{
	return dc_db_run(journal, error,
		"INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?)", "itttti", number,
		account->destination, account->owner, account->login == NULL ? "" : account->login,
		account->folder, (int64_t)account->folder_created);
}

int
dc_journal_run_accounts(draftconv_journal *journal, int64_t number, const char *const *owners,
	GPtrArray **accounts, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(account_free);
	int status = dc_db_ask(journal, &statement, error,
		"SELECT destination, owner, login, folder, folder_created,"
		" (SELECT e.owner FROM entries e WHERE e.destination = a.destination"
		"  AND e.folded = a.owner LIMIT 1)"
		" FROM accounts a WHERE run = ? ORDER BY owner DESC",
		"i", number);

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		if (owners != NULL && !dc_db_is_listed(owners, dc_db_text(statement, 1), true))
			continue;
		struct dc_journal_account *account = g_new0(struct dc_journal_account, 1);
		account->destination = g_strdup(dc_db_text(statement, 0));
		account->owner = g_strdup(dc_db_text(statement, 1));
		account->login = g_strdup(dc_db_text(statement, 2));
		account->folder = g_strdup(dc_db_text(statement, 3));
		account->folder_created = sqlite3_column_int(statement, 4) != 0;
		account->spelled = g_strdup(sqlite3_column_type(statement, 5) == SQLITE_NULL
						    ? account->owner
						    : dc_db_text(statement, 5));
		g_ptr_array_add(found, account);
	}
	if (status < 0)
		return status;
	*accounts = g_steal_pointer(&found);
	return DRAFTCONV_OK;
}

char *
dc_journal_elsewhere(draftconv_journal *journal, const char *destination, const char *identity)
{
	g_autoptr(sqlite3_stmt) statement = NULL;

	if (journal == NULL || destination == NULL ||
		dc_db_ask(journal, &statement, NULL,
			"SELECT r.place FROM entries e"
			" JOIN cores c ON c.entry = e.number AND part = '" DC_PART_NOW "'"
			" JOIN results r ON r.run = c.run AND r.owner = e.owner AND r.key = e.key"
			"  AND r.destination = e.destination"
			" WHERE e.identity = ? AND e.destination <> ? LIMIT 1",
			"tt", identity, destination) < 0)
		return NULL;
	return dc_db_next(journal, statement, NULL) == 1 ? g_strdup(dc_db_text(statement, 0))
							 : NULL;
}
