/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/gather.h"

#include "lib/base/or-empty.h"
#include "lib/report/words.h"

/* A server may complain about each of many accounts; who has read so many has understood. */
#define FINDINGS_MAX 100

/* Of more accounts all is read of an earlier run. */
#define BRINGING_OWNERS_MAX 100

static const char schema[] =
	"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8192;"
	"CREATE TABLE runs (number INTEGER PRIMARY KEY, id TEXT UNIQUE, ticket TEXT, who TEXT,"
	" source TEXT, destination TEXT, profile TEXT, version TEXT, started INTEGER,"
	" ended INTEGER, rolled_back INTEGER, failure TEXT, journal TEXT,"
	" rolled_back_s INTEGER, verified_s INTEGER, unverified INTEGER, source_damaged INTEGER,"
	/* LISTED: the page is about it; others brought what its runs found. */
	" place TEXT, has_places INTEGER, listed INTEGER, sequence INTEGER, drafts INTEGER);"
	"CREATE TABLE accounts (number INTEGER PRIMARY KEY, folded TEXT UNIQUE, owner TEXT, "
	"facts TEXT);"
	"CREATE TABLE drafts (number INTEGER PRIMARY KEY, account INTEGER, owner TEXT, key TEXT,"
	" subject TEXT, run INTEGER, state INTEGER, asks INTEGER, gone INTEGER, written INTEGER "
	"DEFAULT 0,"
	" UNIQUE (account, key));"
	"CREATE TABLE said (draft INTEGER, run INTEGER, outcome INTEGER, message_id TEXT,"
	" bytes INTEGER, place TEXT, folder TEXT, uid INTEGER, name TEXT, afterwards INTEGER,"
	" brought_by TEXT, stands INTEGER,"
	/* What the latest verify found, where that is not what the run said. */
	" seen INTEGER,"
	" PRIMARY KEY (draft, run)) WITHOUT ROWID;"
	"CREATE TABLE findings (draft INTEGER, run INTEGER, number INTEGER, code TEXT,"
	" field TEXT, severity INTEGER, detail TEXT, asks INTEGER,"
	" PRIMARY KEY (draft, run, number)) WITHOUT ROWID;"
	"BEGIN";

static void
finding_free(gpointer data)
{
	struct dc_gathered_finding *finding = data;

	g_free(finding->code);
	g_free(finding->detail);
	g_free(finding);
}

int
draftconv_page_new(draftconv_page **page, draftconv_error **error)
{
	static char name[] = "the report's temporary file";
	draftconv_page *result = g_new0(draftconv_page, 1);

	result->file.path = name;
	result->findings = g_ptr_array_new_with_free_func(finding_free);
	/* An empty name: a file of SQLite's own that nobody else can open. */
	if (sqlite3_open_v2("", &result->file.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		    NULL) != SQLITE_OK ||
		sqlite3_exec(result->file.db, schema, NULL, NULL, NULL) != SQLITE_OK) {
		const int status = dc_db_error(&result->file, error);

		draftconv_page_free(result);
		return status;
	}
	*page = result;
	return DRAFTCONV_OK;
}

void
draftconv_page_free(draftconv_page *page)
{
	if (page == NULL)
		return;
	dc_db_close(&page->file);
	g_ptr_array_unref(page->findings);
	g_free(page);
}

char *
dc_gather_fold(const char *owner)
{
	g_autofree char *valid = g_utf8_make_valid(owner, -1);
	g_autofree char *trimmed = g_strchomp(g_steal_pointer(&valid));

	return g_utf8_casefold(trimmed, -1);
}

/* SEQUENCE: runs of one second are in this order. */
static int
insert_run(draftconv_page *page, const draftconv_run_info *info, const char *journal, bool listed,
	int64_t sequence, draftconv_error **error)
{
	int64_t drafts = 0;

	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++)
		drafts += (int64_t)info->counts[i];
	return dc_db_run(&page->file, error,
		"INSERT OR REPLACE INTO runs VALUES ((SELECT number FROM runs WHERE id = ?1), ?1,"
		" ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,"
		" ?20, ?21)",
		"tttttttiiittiiiitiiii", info->run, info->ticket, info->who, info->source,
		info->destination, info->profile, info->version, info->started_s, info->ended_s,
		(int64_t)info->rolled_back, info->failure, journal == NULL ? "" : journal,
		info->rolled_back_s, info->verified_s, (int64_t)info->unverified,
		(int64_t)info->source_damaged, dc_or_empty(info->place), (int64_t)info->has_places,
		(int64_t)listed, sequence, drafts);
}

int
draftconv_page_add_run(draftconv_page *page, const draftconv_run_info *info, const char *journal,
	draftconv_error **error)
{
	return insert_run(
		page, info, journal, true, (int64_t)draftconv_page_run_count(page), error);
}

int
draftconv_page_add_finding(
	draftconv_page *page, const draftconv_finding *finding, draftconv_error **error)
{
	(void)error;
	page->finding_count++;
	if (page->findings->len >= FINDINGS_MAX)
		return DRAFTCONV_OK;

	struct dc_gathered_finding *copy = g_new0(struct dc_gathered_finding, 1);
	copy->code = g_strdup(finding->code);
	copy->detail = g_strdup(finding->detail);
	copy->severity = finding->severity;
	g_ptr_array_add(page->findings, copy);
	return DRAFTCONV_OK;
}

/* "logged in as …": what a person wants to know of the mailbox. */
static char *
account_facts(const draftconv_account_check *check)
{
	g_autofree char *bytes = dc_words_size(check->bytes);
	GString *facts = g_string_new(NULL);

	if (check->refused != NULL) {
		g_string_printf(facts, "login refused: %s", check->refused);
		return g_string_free(facts, FALSE);
	}
	g_string_printf(facts, "logged in: %s; the folder %s; %s to send", check->destination,
		check->folder_exists ? "is there" : "would be created", bytes);
	if (check->has_quota) {
		g_autofree char *left = dc_words_size(check->quota_left_bytes);

		g_string_append_printf(facts, "; %s of the quota left", left);
	}
	if (check->message_limit_bytes > 0) {
		g_autofree char *limit = dc_words_size(check->message_limit_bytes);

		g_string_append_printf(facts, "; messages of up to %s", limit);
	}
	if (check->certificate_until_s != 0) {
		g_autofree char *until = dc_words_time(check->certificate_until_s);

		g_string_append_printf(facts, "; certificate valid until %s", until);
	}
	return g_string_free(facts, FALSE);
}

int
draftconv_page_add_account(
	draftconv_page *page, const draftconv_account_check *check, draftconv_error **error)
{
	g_autofree char *folded = dc_gather_fold(check->owner);
	g_autofree char *facts = account_facts(check);

	/* Where the login was refused each draft has the finding, and stands in the page with it. */
	for (size_t i = 0; i < check->finding_count && check->refused == NULL; i++) {
		draftconv_finding finding = *check->findings[i];
		g_autofree char *detail = g_strdup_printf("%s%s%s", check->owner,
			*finding.detail == '\0' ? "" : ": ", finding.detail);

		finding.detail = detail;
		if (finding.severity > DRAFTCONV_SEVERITY_INFO)
			draftconv_page_add_finding(page, &finding, NULL);
	}
	return dc_db_run(&page->file, error, "UPDATE accounts SET facts = ? WHERE folded = ?", "tt",
		facts, folded);
}

/* ---- drafts ---- */

/* The number that a statement answers with. @return 1, 0 when it has no row */
static int
ask_number(draftconv_page *page, int64_t *number, draftconv_error **error, const char *sql,
	const char *a, const char *b)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&page->file, &statement, error, sql, b == NULL ? "t" : "tt", a, b);

	if (status >= 0)
		status = dc_db_next(&page->file, statement, error);
	if (status == 1)
		*number = sqlite3_column_int64(statement, 0);
	return status;
}

int
dc_gather_find(draftconv_page *page, const char *owner, const char *key, int64_t *account,
	int64_t *number, draftconv_error **error)
{
	g_autofree char *folded = dc_gather_fold(owner);
	int status = ask_number(
		page, account, error, "SELECT number FROM accounts WHERE folded = ?", folded, NULL);

	if (status != 1)
		return status;
	return ask_number(page, number, error,
		"SELECT drafts.number FROM drafts JOIN accounts ON accounts.number = account"
		" WHERE folded = ? AND key = ?",
		folded, key);
}

static int
add_draft(draftconv_page *page, const draftconv_result *result, int64_t *number,
	draftconv_error **error)
{
	g_autofree char *folded = dc_gather_fold(result->owner);
	int64_t account;
	int status = dc_gather_find(page, result->owner, result->draft, &account, number, error);

	if (status != 0)
		return status;
	status = dc_db_run(&page->file, error,
		"INSERT OR IGNORE INTO accounts (folded, owner) VALUES (?, ?)", "tt", folded,
		result->owner);
	if (status >= 0)
		status = dc_db_run(&page->file, error,
			"INSERT INTO drafts (account, owner, key) VALUES"
			" ((SELECT number FROM accounts WHERE folded = ?), ?, ?)",
			"ttt", folded, result->owner, result->draft);
	*number = sqlite3_last_insert_rowid(page->file.db);
	return status;
}

static int
insert_result(
	draftconv_page *page, const draftconv_result *result, bool subject, draftconv_error **error)
{
	const bool seen = result->afterwards == DRAFTCONV_OUTCOME_MISSING ||
			  result->afterwards == DRAFTCONV_OUTCOME_CHANGED ||
			  result->afterwards == DRAFTCONV_OUTCOME_UNVERIFIED;
	int64_t run;
	int64_t draft;
	int status = ask_number(
		page, &run, error, "SELECT number FROM runs WHERE id = ?", result->run, NULL);

	if (status == 0)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"run %s was not added before its drafts", result->run);
	if (status >= 0)
		status = add_draft(page, result, &draft, error);
	if (status >= 0)
		status = dc_db_run(&page->file, error,
			"INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
			"?)",
			"iiitittititii", draft, run, (int64_t)result->outcome, result->message_id,
			(int64_t)result->bytes, result->destination, result->folder,
			(int64_t)result->uid, result->name,
			(int64_t)(seen ? DRAFTCONV_OUTCOME_COUNT : result->afterwards),
			dc_or_empty(result->brought_by), (int64_t)result->stands,
			(int64_t)(seen ? result->afterwards : DRAFTCONV_OUTCOME_COUNT));
	/* What an earlier run called it is not what it is called now. */
	if (status >= 0 && *result->subject != '\0' && subject)
		status = dc_db_run(&page->file, error,
			"UPDATE drafts SET subject = ? WHERE number = ?", "ti", result->subject,
			draft);
	for (size_t i = 0; i < result->finding_count && status >= 0; i++) {
		const draftconv_finding *f = result->findings[i];

		status = dc_db_run(&page->file, error,
			"INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			"iiittiti", draft, run, (int64_t)i, f->code, f->field, (int64_t)f->severity,
			f->detail, (int64_t)dc_finding_needs_person(f));
	}
	return MIN(status, DRAFTCONV_OK);
}

int
draftconv_page_add_result(
	draftconv_page *page, const draftconv_result *result, draftconv_error **error)
{
	return insert_result(page, result, true, error);
}

/* ---- a journal ---- */

struct adding {
	draftconv_page *page;
	draftconv_journal *journal;
	const char *path;
	bool listed;
	draftconv_error **error;
};

static int
add_run(void *user, const draftconv_run_info *info)
{
	const struct adding *adding = user;
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(adding->journal, &statement, adding->error,
		"SELECT number FROM runs WHERE id = ?", "t", info->run);

	if (status >= 0)
		status = dc_db_next(adding->journal, statement, adding->error);
	return status < 0 ? status
			  : insert_run(adding->page, info, adding->path, adding->listed,
				    sqlite3_column_int64(statement, 0), adding->error);
}

static int
add_result(void *user, const draftconv_result *result)
{
	const struct adding *adding = user;

	return insert_result(adding->page, result, true, adding->error);
}

/* Of an earlier or later run: what it said of the drafts of the page whose copies are from it. */
static int
add_bringing(void *user, const draftconv_result *result)
{
	const struct adding *adding = user;
	g_autoptr(sqlite3_stmt) statement = NULL;
	int64_t account;
	int64_t draft;
	int status = dc_gather_find(
		adding->page, result->owner, result->draft, &account, &draft, adding->error);

	if (status != 1)
		return status;
	status = dc_db_ask(&adding->page->file, &statement, adding->error,
		"SELECT 1 FROM said WHERE draft = ? AND brought_by = ?", "it", draft, result->run);
	if (status >= 0)
		status = dc_db_next(&adding->page->file, statement, adding->error);
	return status != 1 ? status : insert_result(adding->page, result, false, adding->error);
}

/* The ids of runs that are not on the page, and that brought what its runs have found. */
static int
bringers(draftconv_page *page, GPtrArray *ids, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&page->file, &statement, error,
		"SELECT DISTINCT brought_by FROM said WHERE brought_by <> ''"
		" AND brought_by NOT IN (SELECT id FROM runs)",
		"");

	while (status >= 0) {
		status = dc_db_next(&page->file, statement, error);
		if (status != 1)
			break;
		g_ptr_array_add(ids, g_strdup(dc_db_text(statement, 0)));
	}
	g_ptr_array_add(ids, NULL);
	return status;
}

int
draftconv_page_add_journal(draftconv_page *page, draftconv_journal *journal, const char *path,
	const draftconv_journal_filter *filter, draftconv_error **error)
{
	struct adding adding = {page, journal, path, true, error};
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	int status = draftconv_journal_runs(journal, filter, add_run, &adding, error);

	if (status >= 0)
		status = draftconv_journal_results(journal, filter, add_result, &adding, error);
	if (status >= 0)
		status = bringers(page, ids, error);
	if (status < 0 || ids->len == 1)
		return status;
	g_auto(GStrv) owners = dc_gather_owners(page, BRINGING_OWNERS_MAX);
	const draftconv_journal_filter others = {.struct_size = sizeof others,
		.runs = (const char *const *)ids->pdata,
		.owners = (const char *const *)owners};
	adding.listed = false;
	status = draftconv_journal_runs(journal, &others, add_run, &adding, error);
	return status < 0
		       ? status
		       : draftconv_journal_results(journal, &others, add_bringing, &adding, error);
}

uint64_t
draftconv_page_run_count(const draftconv_page *page)
{
	g_autoptr(sqlite3_stmt) statement = NULL;

	if (sqlite3_prepare_v2(page->file.db, "SELECT count(*) FROM runs WHERE listed", -1,
		    &statement, NULL) != SQLITE_OK ||
		sqlite3_step(statement) != SQLITE_ROW)
		return 0;
	return (uint64_t)sqlite3_column_int64(statement, 0);
}

char **
dc_gather_owners(draftconv_page *page, guint limit)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(g_free);

	if (dc_db_ask(&page->file, &statement, NULL,
		    "SELECT owner FROM accounts ORDER BY folded LIMIT ?", "i",
		    (int64_t)limit + 1) < 0)
		return NULL;
	while (dc_db_next(&page->file, statement, NULL) == 1)
		g_ptr_array_add(owners, g_strdup(dc_db_text(statement, 0)));
	if (owners->len == 0 || owners->len > limit || *(char *)owners->pdata[0] == '\0')
		return NULL;
	g_ptr_array_add(owners, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&owners), FALSE);
}

int
dc_gather_written(draftconv_page *page, int64_t number, draftconv_error **error)
{
	return dc_db_run(
		&page->file, error, "UPDATE drafts SET written = 1 WHERE number = ?", "i", number);
}

#define DRAFT_COLUMNS                                                                              \
	"SELECT number, run, owner, key, coalesce(subject, ''), state, asks,"                      \
	" (SELECT count(*) FROM findings f WHERE f.draft = d.number AND f.run = d.run),"           \
	" (SELECT coalesce(max(severity), -1) FROM findings f WHERE f.draft = d.number"            \
	"  AND f.run = d.run), written FROM drafts d"

int
dc_gather_drafts(draftconv_page *page, int64_t account, int64_t number, dc_gather_draft_func each,
	void *user, draftconv_error **error)
{
	const char *const all = DRAFT_COLUMNS " WHERE account = ? AND NOT written ORDER BY number";
	const char *const one = DRAFT_COLUMNS " WHERE number = ?";
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&page->file, &statement, error, number == 0 ? all : one, "i",
		number == 0 ? account : number);

	while (status >= 0) {
		status = dc_db_next(&page->file, statement, error);
		if (status != 1)
			break;
		const int64_t state = sqlite3_column_int64(statement, 5);
		const struct dc_gathered_draft draft = {
			.number = sqlite3_column_int64(statement, 0),
			.run = sqlite3_column_int64(statement, 1),
			.owner = dc_db_text(statement, 2),
			.key = dc_db_text(statement, 3),
			.subject = dc_db_text(statement, 4),
			.state = state >= 0 && state < DRAFTCONV_OUTCOME_COUNT
					 ? (draftconv_outcome)state
					 : DRAFTCONV_OUTCOME_FAILED,
			.asks = sqlite3_column_int(statement, 6) != 0,
			.finding_count = (unsigned)sqlite3_column_int(statement, 7),
			.worst = sqlite3_column_int(statement, 8),
			.written = sqlite3_column_int(statement, 9) != 0};
		status = each(user, &draft, error);
	}
	return status;
}
