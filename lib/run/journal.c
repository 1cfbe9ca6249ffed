/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's file: opening, transactions, and what belongs to no entry and no run. */
#include "lib/run/journal-db.h"

#include "lib/run/journal-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Another process may hold the file for as long as a batch takes to reach the disk. */
#define BUSY_TIMEOUT_MS 30000

int
dc_db_error(draftconv_journal *journal, draftconv_error **error)
{
	const int code = sqlite3_errcode(journal->db);
	const char *text = code == SQLITE_INTERRUPT ? "its pages stand in it more than once"
						    : sqlite3_errmsg(journal->db);

	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_INTERRUPT)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: the journal is damaged (%s); restore it, or move it away and run "
			"the same command again",
			journal->path, text);
	if (code == SQLITE_BUSY)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY,
			"%s: another run is writing; run the same command again", journal->path);
	/* "Unable to open" and the like say nothing without the reason that the system gave. */
	const int reason = sqlite3_system_errno(journal->db);
	g_autofree char *why = (code == SQLITE_CANTOPEN || code == SQLITE_IOERR) && reason != 0
				       ? g_strdup_printf("%s: %s", text, g_strerror(reason))
				       : g_strdup(text);
	if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY)
		return dc_journal_refused(journal->path, why, error);
	return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", journal->path, why);
}

static int
bind(sqlite3_stmt *statement, const char *types, va_list args)
{
	int code = SQLITE_OK;

	for (int i = 1; types[i - 1] != '\0' && code == SQLITE_OK; i++) {
		if (types[i - 1] == 'i') {
			code = sqlite3_bind_int64(statement, i, va_arg(args, int64_t));
		} else if (types[i - 1] == 't') {
			code = sqlite3_bind_text(
				statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
		} else if (types[i - 1] == 'd') {
			code = sqlite3_bind_blob(
				statement, i, va_arg(args, const void *), 32, SQLITE_TRANSIENT);
		} else {
			GBytes *bytes = va_arg(args, GBytes *);
			gsize size = 0;
			const void *data = bytes == NULL ? NULL : g_bytes_get_data(bytes, &size);

			g_assert(types[i - 1] == 'b');
			code = bytes == NULL
				       ? sqlite3_bind_null(statement, i)
				       : sqlite3_bind_blob64(statement, i, data == NULL ? "" : data,
						 size, SQLITE_TRANSIENT);
		}
	}
	return code;
}

static int
ask(draftconv_journal *journal, sqlite3_stmt **statement, draftconv_error **error, const char *sql,
	const char *types, va_list args)
{
	g_autoptr(sqlite3_stmt) result = NULL;

	if (sqlite3_prepare_v2(journal->db, sql, -1, &result, NULL) != SQLITE_OK ||
		bind(result, types, args) != SQLITE_OK)
		return dc_db_error(journal, error);
	*statement = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

int
dc_db_ask(draftconv_journal *journal, sqlite3_stmt **statement, draftconv_error **error,
	const char *sql, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	int status = ask(journal, statement, error, sql, types, args);
	va_end(args);
	return status;
}

static void
forget_kept(void *statement)
{
	sqlite3_finalize(statement);
}

static int
ask_again(draftconv_journal *journal, dc_db_kept **statement, draftconv_error **error,
	const char *sql, const char *types, va_list args)
{
	if (journal->kept == NULL)
		journal->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, forget_kept);

	dc_db_kept *kept = g_hash_table_lookup(journal->kept, sql);
	if (kept == NULL) {
		if (sqlite3_prepare_v2(journal->db, sql, -1, &kept, NULL) != SQLITE_OK)
			return dc_db_error(journal, error);
		g_hash_table_insert(journal->kept, g_strdup(sql), kept);
	}
	g_assert(!sqlite3_stmt_busy(kept));
	if (bind(kept, types, args) != SQLITE_OK)
		return dc_db_error(journal, error);
	*statement = kept;
	return DRAFTCONV_OK;
}

int
dc_db_ask_again(draftconv_journal *journal, dc_db_kept **statement, draftconv_error **error,
	const char *sql, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	int status = ask_again(journal, statement, error, sql, types, args);
	va_end(args);
	return status;
}

void
dc_db_done(dc_db_kept *statement)
{
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

void
dc_db_close(draftconv_journal *journal)
{
	g_clear_pointer(&journal->kept, g_hash_table_unref);
	sqlite3_close_v2(journal->db);
}

int
dc_db_next(draftconv_journal *journal, sqlite3_stmt *statement, draftconv_error **error)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : dc_db_error(journal, error);
}

int
dc_db_run(draftconv_journal *journal, draftconv_error **error, const char *sql, const char *types,
	...)
{
	g_autoptr(dc_db_kept) statement = NULL;
	va_list args;

	va_start(args, types);
	int status = ask_again(journal, &statement, error, sql, types, args);
	va_end(args);
	return status < 0 ? status : dc_db_next(journal, statement, error);
}

const char *
dc_db_text(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text == NULL ? "" : text;
}

/* ---- opening ---- */

/* WAL needs shared memory, which network file systems have not. */
static bool
is_on_network(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) != 0)
		return false;
	switch ((unsigned long)fs.f_type) {
	case 0x6969:     /* NFS */
	case 0x517b:     /* SMB */
	case 0xff534d42: /* CIFS */
	case 0xfe534d42: /* SMB2 */
	case 0x65735546: /* FUSE: sshfs and relatives */
	case 0x00c36400: /* Ceph */
	case 0x01021997: /* 9P */
		return true;
	}
	return false;
}

/* The file is made by us, so that its mode does not depend on the umask. */
static int
create_file(const char *path, draftconv_error **error)
{
	g_autofree char *folder = g_path_get_dirname(path);

	const bool made = g_mkdir_with_parents(folder, 0700) == 0;
	if (!made && errno == EACCES)
		return dc_journal_refused(path, g_strerror(EACCES), error);
	if (!made)
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: cannot be made: %s", folder,
			g_strerror(errno));
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return DRAFTCONV_OK;
	if (fd < 0 && errno == EACCES)
		return dc_journal_refused(path, g_strerror(EACCES), error);
	if (fd < 0)
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
			"%s: the journal cannot be made: %s; choose another with --journal FILE",
			path, g_strerror(errno));
	(void)fchmod(fd, 0600);
	close(fd);
	return DRAFTCONV_OK;
}

static int
read_number(draftconv_journal *journal, const char *sql, int64_t *number, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error, sql, "");

	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status < 0)
		return status;
	*number = status == 1 ? sqlite3_column_int64(statement, 0) : 0;
	return DRAFTCONV_OK;
}

int
dc_db_exec(draftconv_journal *journal, const char *sql, draftconv_error **error)
{
	if (sqlite3_exec(journal->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return dc_db_error(journal, error);
	return DRAFTCONV_OK;
}

static int
run_step(draftconv_journal *journal, const char *step, draftconv_error **error)
{
	if (sqlite3_exec(journal->db, step, NULL, NULL, NULL) == SQLITE_OK)
		return DRAFTCONV_OK;
	/* What it changes is not there. */
	if (sqlite3_errcode(journal->db) == SQLITE_ERROR)
		return dc_db_unfit(journal, sqlite3_errmsg(journal->db), error);
	return dc_db_error(journal, error);
}

static int
run_steps(draftconv_journal *journal, int64_t version, draftconv_error **error)
{
	static const char *const steps[] = {DC_JOURNAL_STEPS};

	if (version > (int64_t)G_N_ELEMENTS(steps))
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: this journal is of a newer version of draftconv; use that one",
			journal->path);
	for (size_t i = (size_t)version; i < G_N_ELEMENTS(steps); i++) {
		g_autofree char *counted = g_strdup_printf("PRAGMA user_version=%zu", i + 1);
		int status = run_step(journal, steps[i], error);

		if (status >= 0)
			status = dc_db_exec(journal, counted, error);
		if (status < 0)
			return status;
	}
	return DRAFTCONV_OK;
}

/* A file that is empty, or a journal; anything else is somebody else's. */
static int
check_kind(
	draftconv_journal *journal, int64_t version, int64_t application, draftconv_error **error)
{
	int64_t tables = 0;

	if (application == DC_JOURNAL_APPLICATION_ID && version > 0)
		return dc_db_check_schema(journal, error);
	int status = read_number(journal, "SELECT 1 FROM sqlite_master LIMIT 1", &tables, error);
	if (status < 0)
		return status;
	if (version != 0 || application != 0 || tables > 0)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: this is another program's database, not a journal", journal->path);
	return dc_db_exec(
		journal, "PRAGMA application_id=" G_STRINGIFY(DC_JOURNAL_APPLICATION_ID), error);
}

/* Two first runs at once: the second one finds the tables when it gets the lock. */
static int
set_up(draftconv_journal *journal, draftconv_error **error)
{
	int64_t version = 0;
	int64_t application = 0;

	int status = dc_db_exec(journal, "BEGIN IMMEDIATE", error);
	if (status >= 0)
		status = read_number(journal, "PRAGMA user_version", &version, error);
	if (status >= 0)
		status = read_number(journal, "PRAGMA application_id", &application, error);
	if (status >= 0)
		status = check_kind(journal, version, application, error);
	if (status >= 0)
		status = run_steps(journal, version, error);
	if (status >= 0)
		status = dc_db_check_form(journal, error);
	if (status < 0) {
		sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
		return status;
	}
	return dc_db_exec(journal, "COMMIT", error);
}

static int
open_database(draftconv_journal *journal, draftconv_error **error)
{
	if (sqlite3_open_v2(journal->path, &journal->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return dc_db_error(journal, error);
	sqlite3_busy_timeout(journal->db, BUSY_TIMEOUT_MS);
	dc_db_defend(journal);
	/* Erased text is overwritten: `forget` means it. */
	int status = dc_db_exec(journal, "PRAGMA secure_delete=ON", error);
	if (status >= 0)
		status = dc_db_exec(journal,
			is_on_network(journal->path) ? "PRAGMA journal_mode=DELETE"
						     : "PRAGMA journal_mode=WAL",
			error);
	if (status >= 0)
		status = dc_db_exec(journal, "PRAGMA synchronous=FULL", error);
	return status < 0 ? status : set_up(journal, error);
}

int
draftconv_journal_open(
	const char *path, bool create, draftconv_journal **journal, draftconv_error **error)
{
	g_autoptr(draftconv_journal) result = NULL;

	if (path == NULL || *path == '\0')
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "a journal needs a path");
	if (access(path, F_OK) != 0) {
		/* It may well be there: nobody shall start without the history that it holds. */
		if (errno == EACCES)
			return dc_journal_refused(path, g_strerror(EACCES), error);
		if (!create)
			return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND,
				"%s: there is no such journal; name it with --journal FILE", path);
		int status = create_file(path, error);
		if (status < 0)
			return status;
	}
	result = g_new0(draftconv_journal, 1);
	result->path = g_strdup(path);
	int status = open_database(result, error);
	if (status < 0)
		return status;
	*journal = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

void
draftconv_journal_free(draftconv_journal *journal)
{
	if (journal == NULL)
		return;
	dc_db_close(journal);
	g_free(journal->path);
	g_free(journal);
}

/* ---- transactions ---- */

const unsigned *
dc_journal_depth(const draftconv_journal *journal)
{
	return journal == NULL ? NULL : &journal->depth;
}

int
dc_journal_begin(draftconv_journal *journal, draftconv_error **error)
{
	if (journal->depth == 0) {
		int status = dc_db_exec(journal, "BEGIN IMMEDIATE", error);

		if (status < 0)
			return status;
	}
	journal->depth++;
	return DRAFTCONV_OK;
}

int
dc_journal_commit(draftconv_journal *journal, draftconv_error **error)
{
	g_assert(journal->depth > 0);
	if (journal->depth > 1) {
		journal->depth--;
		return DRAFTCONV_OK;
	}
	const bool broken = journal->broken;
	int status = broken ? DRAFTCONV_OK : dc_db_exec(journal, "COMMIT", error);
	if (status < 0 || broken)
		dc_journal_abort(journal);
	journal->depth = 0;
	if (broken)
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
			"%s: a part of the transaction was not written", journal->path);
	return status;
}

void
dc_journal_abort(draftconv_journal *journal)
{
	/* Whoever began the outermost one still has to hear of it. */
	journal->broken = journal->depth > 1;
	if (journal->broken) {
		journal->depth--;
		return;
	}
	sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
	journal->depth = 0;
}

/* ---- folders and character sets ---- */

int
dc_journal_seen(draftconv_journal *journal, const char *destination,
	struct dc_journal_folder *folder, draftconv_error **error)
{
	g_autoptr(dc_db_kept) statement = NULL;
	int status = dc_db_ask_again(journal, &statement, error,
		"SELECT uidvalidity, uidnext, first_uidnext FROM folders WHERE destination = ?",
		"t", destination);

	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status < 0)
		return status;
	memset(folder, 0, sizeof *folder);
	if (status == 0)
		return DRAFTCONV_OK;
	folder->uidvalidity = (uint32_t)sqlite3_column_int64(statement, 0);
	folder->uidnext = (uint32_t)sqlite3_column_int64(statement, 1);
	folder->first_uidnext = (uint32_t)sqlite3_column_int64(statement, 2);
	return DRAFTCONV_OK;
}

int
dc_journal_see(draftconv_journal *journal, const char *destination, uint32_t uidvalidity,
	uint32_t uidnext, bool raise_only, draftconv_error **error)
{
	return dc_db_run(journal, error,
		"INSERT INTO folders VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO UPDATE SET"
		" first_uidnext = CASE WHEN uidvalidity = ?2 THEN first_uidnext ELSE ?3 END,"
		" uidnext = CASE WHEN ?4 AND uidvalidity = ?2 THEN max(uidnext, ?3) ELSE ?3 END,"
		" uidvalidity = ?2",
		"tiii", destination, (int64_t)uidvalidity, (int64_t)uidnext, (int64_t)raise_only);
}

int
dc_journal_charset(draftconv_journal *journal, const char *identity, const char *owner,
	char **decision, draftconv_error **error)
{
	g_autoptr(dc_db_kept) statement = NULL;
	int status = dc_db_ask_again(journal, &statement, error,
		"SELECT decision FROM charsets WHERE identity = ? AND owner = ?", "tt", identity,
		owner);

	if (status >= 0)
		status = dc_db_next(journal, statement, error);
	if (status < 0)
		return status;
	*decision = status == 1 ? g_strdup(dc_db_text(statement, 0)) : NULL;
	return DRAFTCONV_OK;
}

int
dc_journal_set_charset(draftconv_journal *journal, const char *identity, const char *owner,
	const char *decision, draftconv_error **error)
{
	return dc_db_run(journal, error, "INSERT OR REPLACE INTO charsets VALUES (?, ?, ?)", "ttt",
		identity, owner, decision);
}
