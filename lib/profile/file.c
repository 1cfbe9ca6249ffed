/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/plan-internal.h"

#include "lib/base/temp.h"

int
dc_plan_file_error(sqlite3 *db, draftconv_error **error)
{
	int code = sqlite3_errcode(db) & 0xff;

	return dc_error_set(error,
		code == SQLITE_NOMEM ? DRAFTCONV_ERROR_TEMPORARY : DRAFTCONV_ERROR_OUTPUT,
		"temporary file %s: %s; choose another place with --temp-dir",
		sqlite3_db_filename(db, "main"), sqlite3_errmsg(db));
}

static int
run(sqlite3 *db, const char *sql, draftconv_error **error)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? DRAFTCONV_OK
								    : dc_plan_file_error(db, error);
}

/*
 * Columns without a type keep each value as it comes: a parameter is bound later with the type that its
 * row had. Nothing is written twice or synchronised: the file dies with the plan.
 */
static int
create_tables(dc_plan_file *file, const dc_plan *plan, draftconv_error **error)
{
	g_autoptr(GString) sql = g_string_new(
		"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
		"PRAGMA trusted_schema=OFF; BEGIN; "
		"CREATE TABLE owner(id INTEGER PRIMARY KEY, folded TEXT, owner TEXT, address TEXT, "
		"name TEXT, login TEXT, shape INTEGER, bytes BLOB); "
		"CREATE TABLE account(id INTEGER PRIMARY KEY, folded TEXT, owner TEXT, "
		"drafts INTEGER, newest INTEGER); "
		"CREATE TABLE row(id INTEGER PRIMARY KEY, shape INTEGER, folded TEXT, owner TEXT, "
		"key TEXT, moment INTEGER, version, fault INTEGER, selected INTEGER, "
		"older INTEGER DEFAULT 0, equal INTEGER DEFAULT 0");

	for (guint i = 0; i < plan->columns; i++)
		g_string_append_printf(sql, ", c%u", i);
	g_string_append(sql, ");");
	return run(file->db, sql->str, error);
}

static int
prepare_inserts(dc_plan_file *file, const dc_plan *plan, draftconv_error **error)
{
	g_autoptr(GString) sql = g_string_new("INSERT INTO row(shape, folded, owner, key, moment, "
					      "version, fault, selected");

	for (guint i = 0; i < plan->columns; i++)
		g_string_append_printf(sql, ", c%u", i);
	g_string_append(sql, ") VALUES (?, ?, ?, ?, ?, ?, ?, ?");
	for (guint i = 0; i < plan->columns; i++)
		g_string_append(sql, ", ?");
	g_string_append(sql, ")");
	if (sqlite3_prepare_v2(file->db, sql->str, -1, &file->insert_row, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(file->db,
			"INSERT INTO owner(folded, owner, address, name, login, shape, bytes) "
			"VALUES (?, ?, ?, ?, ?, ?, ?)",
			-1, &file->insert_owner, NULL) != SQLITE_OK)
		return dc_plan_file_error(file->db, error);
	return DRAFTCONV_OK;
}

int
dc_plan_file_create(
	dc_plan_file *file, dc_plan *plan, const char *temp_dir, draftconv_error **error)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

	int status = dc_temp_new(
		temp_dir != NULL ? temp_dir : "/var/tmp", "plan", &plan->path, &plan->lock, error);

	if (status < 0)
		return status;
	if (sqlite3_open_v2(plan->path, &file->db, flags, NULL) != SQLITE_OK)
		return dc_plan_file_error(file->db, error);

	status = create_tables(file, plan, error);
	return status < 0 ? status : prepare_inserts(file, plan, error);
}

static int
insert(dc_plan_file *file, sqlite3_stmt *statement, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	if (sqlite3_step(statement) != SQLITE_DONE)
		status = dc_plan_file_error(file->db, error);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return status;
}

/* Numbers count by value, whatever the column's type was; other text (a date) by its bytes. */
static void
bind_version(sqlite3_stmt *statement, int index, const char *version)
{
	gint64 integer = 0;
	char *end = NULL;

	if (version == NULL)
		return;
	if (g_ascii_string_to_signed(version, 10, G_MININT64, G_MAXINT64, &integer, NULL)) {
		sqlite3_bind_int64(statement, index, integer);
		return;
	}
	double real = g_ascii_strtod(version, &end);
	if (end != version && *end == '\0')
		sqlite3_bind_double(statement, index, real);
	else
		sqlite3_bind_text(statement, index, version, -1, SQLITE_TRANSIENT);
}

int
dc_plan_file_add_row(dc_plan_file *file, const dc_plan *plan, guint shape, dc_stage_query *query,
	const struct dc_plan_entry *entry, draftconv_error **error)
{
	const struct dc_prepared *prepared = plan->shapes->pdata[shape];
	sqlite3_stmt *statement = file->insert_row;

	sqlite3_bind_int64(statement, 1, shape);
	sqlite3_bind_text(statement, 2, entry->folded, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, entry->owner, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, entry->key, -1, SQLITE_STATIC);
	if (entry->has_moment)
		sqlite3_bind_int64(statement, 5, entry->moment);
	bind_version(statement, 6, entry->version);
	sqlite3_bind_int(statement, 7, entry->fault);
	sqlite3_bind_int(statement, 8, entry->selected);
	for (guint i = 0; i < prepared->names->len; i++)
		sqlite3_bind_value(statement, (int)i + 9, dc_stage_query_stored(query, i));
	return insert(file, statement, error);
}

int
dc_plan_file_add_owner(
	dc_plan_file *file, const struct dc_plan_owner *owner, draftconv_error **error)
{
	sqlite3_stmt *statement = file->insert_owner;
	gsize size = 0;
	const void *bytes =
		owner->name_bytes != NULL ? g_bytes_get_data(owner->name_bytes, &size) : NULL;

	sqlite3_bind_text(statement, 1, owner->folded, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, owner->owner, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, owner->address, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, owner->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 5, owner->login, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 6, owner->shape);
	if (size > 0)
		sqlite3_bind_blob(statement, 7, bytes, (int)size, SQLITE_STATIC);
	return insert(file, statement, error);
}

static int
apply_limit(sqlite3 *db, gsize limit, draftconv_error **error)
{
	if (limit == 0 || limit > G_MAXINT64)
		return DRAFTCONV_OK;

	g_autofree char *sql = g_strdup_printf(
		"UPDATE row SET selected = 0 WHERE selected AND id NOT IN (SELECT id FROM row "
		"WHERE selected ORDER BY folded, moment, key, id LIMIT %" G_GSIZE_FORMAT ")",
		limit);
	return run(db, sql, error);
}

static int
count(sqlite3 *db, const char *sql, guint64 *number, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
		sqlite3_step(statement) != SQLITE_ROW)
		return dc_plan_file_error(db, error);
	*number = (guint64)sqlite3_column_int64(statement, 0);
	return DRAFTCONV_OK;
}

static int
find_reach(sqlite3 *db, dc_plan *plan, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;

	if (sqlite3_prepare_v2(db,
		    "SELECT newest FROM account WHERE newest IS NOT NULL "
		    "ORDER BY newest DESC LIMIT 1 OFFSET 2",
		    -1, &statement, NULL) != SQLITE_OK)
		return dc_plan_file_error(db, error);
	const int code = sqlite3_step(statement);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return dc_plan_file_error(db, error);
	plan->has_reach = code == SQLITE_ROW;
	plan->reach = plan->has_reach ? sqlite3_column_int64(statement, 0) : 0;
	return DRAFTCONV_OK;
}

/* Accounts are numbered in the order of their folded owner, so that workers can be handed numbers. */
static int
make_accounts(sqlite3 *db, bool all_accounts, draftconv_error **error)
{
	g_autofree char *sql =
		g_strdup_printf("CREATE INDEX owner_folded ON owner(folded); "
				"INSERT INTO account(folded, owner, drafts, newest) "
				"SELECT folded, min(owner), sum(selected), max(moment) FROM "
				"(SELECT folded, owner, selected, moment FROM row%s) "
				"GROUP BY folded HAVING %s ORDER BY folded; COMMIT",
			all_accounts ? " UNION ALL SELECT folded, owner, 0, NULL FROM owner" : "",
			all_accounts ? "1" : "sum(selected) > 0");

	return run(db, sql, error);
}

/* An account that was asked for, and that says nothing: never silently. */
static void
note_idle(sqlite3_stmt *statement, dc_findings *findings)
{
	const char *owner = (const char *)sqlite3_column_text(statement, 0);
	const sqlite3_int64 rows = sqlite3_column_int64(statement, 1);

	if (owner != NULL && rows == 0)
		dc_findings_add(findings, DC_FINDING_NO_DRAFTS, "",
			"account %s has no drafts in the source", owner);
	else if (owner != NULL)
		dc_findings_add(findings, DC_FINDING_NO_DRAFTS, "",
			"no draft of account %s is selected; it has %lld that the other options "
			"leave out",
			owner, (long long)rows);
}

int
dc_plan_file_idle(dc_plan_file *file, dc_findings *findings, draftconv_error **error)
{
	static const char sql[] = "SELECT min(owner), sum(is_row) FROM "
				  "(SELECT folded, owner, selected, 1 AS is_row FROM row UNION ALL "
				  "SELECT folded, owner, 0, 0 FROM owner) "
				  "GROUP BY folded HAVING sum(selected) = 0 ORDER BY folded";
	g_autoptr(sqlite3_stmt) statement = NULL;
	int step = SQLITE_ROW;

	if (sqlite3_prepare_v2(file->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return dc_plan_file_error(file->db, error);
	while (step == SQLITE_ROW) {
		step = sqlite3_step(statement);
		if (step == SQLITE_ROW)
			note_idle(statement, findings);
	}
	return step == SQLITE_DONE ? DRAFTCONV_OK : dc_plan_file_error(file->db, error);
}

int
dc_plan_file_finish(
	dc_plan_file *file, dc_plan *plan, gsize limit, bool all_accounts, draftconv_error **error)
{
	int status = run(file->db,
		"CREATE INDEX row_key ON row(folded, key); "
		"CREATE INDEX row_moment ON row(folded, moment, key)",
		error);

	if (status >= 0)
		status = dc_plan_settle_keys(file->db, plan, error);
	if (status >= 0)
		status = apply_limit(file->db, limit, error);
	if (status >= 0)
		status = make_accounts(file->db, all_accounts, error);
	if (status >= 0)
		status = find_reach(file->db, plan, error);
	if (status >= 0)
		status = count(
			file->db, "SELECT count(*) FROM account", &plan->account_count, error);
	if (status >= 0)
		status = count(file->db, "SELECT count(*) FROM row WHERE selected",
			&plan->draft_count, error);
	return status;
}

void
dc_plan_file_close(dc_plan_file *file)
{
	sqlite3_finalize(file->insert_row);
	sqlite3_finalize(file->insert_owner);
	sqlite3_close_v2(file->db);
	*file = (dc_plan_file){0};
}
