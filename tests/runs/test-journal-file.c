/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's file: whose it is, what it refuses, and the locks beside it. */
#include "journal-fixture.h"

#include <sqlite3.h>

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static mode_t
mode_of(const char *path)
{
	struct stat st;

	g_assert_cmpint(stat(path, &st), ==, 0);
	return st.st_mode & 07777;
}

static void
test_the_file_is_its_owners(gconstpointer data)
{
	const mode_t mask = umask((mode_t)GPOINTER_TO_UINT(data));
	struct fixture f;
	g_autoptr(dc_journal_lock) lock = NULL;

	journal_set_up(&f, NULL);
	g_assert_cmpint(
		dc_journal_lock_account(f.journal, PLACE, "o", 0, NULL, NULL, &lock, NULL), ==, 0);
	const struct dc_action action = {.writes = true, .now.state = DC_STATE_DELIVERED};
	g_autoptr(dc_journal_entry) entry = dc_journal_entry_new("one");
	g_assert_cmpint(dc_journal_apply(f.journal, PLACE, entry, &action, NULL, NULL), ==, 0);
	g_autofree char *folder = g_path_get_dirname(f.path);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;
	g_assert_cmpuint(mode_of(f.path), ==, 0600);
	g_assert_cmpuint(mode_of(folder) & 077, ==, 0);
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		g_assert_cmpuint(mode_of(path) & 0177, ==, 0);
	}
	g_dir_close(dir);
	umask(mask);
	journal_tear_down(&f, NULL);
}

static void
test_what_is_no_journal_is_left_alone(struct fixture *f, gconstpointer data)
{
	g_autofree char *text = g_build_filename(f->folder, "text", NULL);
	g_autofree char *other = g_build_filename(f->folder, "other", NULL);
	g_autofree char *missing = g_build_filename(f->folder, "missing", NULL);
	g_autofree char *filler = g_strnfill(5000, 'x');
	g_autofree char *after = NULL;
	draftconv_journal *journal = NULL;
	sqlite3 *db = NULL;

	(void)data;
	g_assert_true(g_file_set_contents(text, filler, -1, NULL));
	g_assert_cmpint(
		draftconv_journal_open(text, true, &journal, NULL), ==, DRAFTCONV_ERROR_DAMAGED);
	g_assert_true(g_file_get_contents(text, &after, NULL, NULL));
	g_assert_cmpstr(after, ==, filler);
	g_assert_cmpint(sqlite3_open(other, &db), ==, SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE mine (x)", NULL, NULL, NULL);
	sqlite3_close(db);
	g_assert_cmpint(
		draftconv_journal_open(other, true, &journal, NULL), ==, DRAFTCONV_ERROR_DAMAGED);
	g_assert_cmpint(draftconv_journal_open(missing, false, &journal, NULL), ==,
		DRAFTCONV_ERROR_NOT_FOUND);
	g_assert_false(g_file_test(missing, G_FILE_TEST_EXISTS));
	g_assert_null(journal);
}

static void
test_a_newer_journal_is_refused(struct fixture *f, gconstpointer data)
{
	draftconv_journal *journal = NULL;
	sqlite3 *db = NULL;

	(void)data;
	g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version=1000", NULL, NULL, NULL);
	sqlite3_close(db);
	g_assert_cmpint(draftconv_journal_open(f->path, false, &journal, NULL), ==,
		DRAFTCONV_ERROR_DAMAGED);
	g_assert_null(journal);
}

/* What somebody did to a journal, and what is said of it. */
static const struct form_case {
	const char *name;
	const char *sql;
	const char *says; /* in the message; NULL: it is opened */
} form_cases[] = {
	{"nothing", "SELECT 1", NULL},
	{"an index that only makes it faster", "DROP INDEX entries_of_owner", NULL},
	{"a column of the last step", "ALTER TABLE runs DROP COLUMN source_damaged",
		"(column source_damaged of table runs is missing); restore it from a backup, or "
		"name another with --journal FILE"},
	{"a column of the first step", "ALTER TABLE results DROP COLUMN subject",
		"(column subject of table results is missing)"},
	{"a column with another name", "ALTER TABLE folders RENAME COLUMN uidnext TO next",
		"(column uidnext of table folders is missing)"},
	{"a table", "DROP TABLE removals", "of table removals is missing)"},
	{"a primary key",
		"DROP TABLE charsets; CREATE TABLE charsets (identity TEXT NOT NULL,"
		" owner TEXT NOT NULL, decision TEXT NOT NULL)",
		"(the primary key of table charsets is missing)"},
	{"a unique key",
		"CREATE TABLE e AS SELECT * FROM entries; DROP TABLE entries;"
		"CREATE TABLE entries (number INTEGER PRIMARY KEY, destination, identity, owner,"
		" folded, key, subject, message_id, name, was_name); DROP TABLE e",
		"(a unique key of table entries is missing)"},
	{"a column that a step changes",
		"PRAGMA user_version=2; ALTER TABLE runs DROP COLUMN source_damaged",
		"(no such column: "},
};

static void
test_form(struct fixture *f, gconstpointer data)
{
	const struct form_case *c = data;
	g_autoptr(draftconv_journal) journal = NULL;
	g_autoptr(draftconv_error) error = NULL;
	sqlite3 *db = NULL;

	g_clear_pointer(&f->journal, draftconv_journal_free);
	g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, c->sql, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
	const int status = draftconv_journal_open(f->path, true, &journal, &error);
	g_assert_cmpint(status, ==, c->says == NULL ? 0 : DRAFTCONV_ERROR_DAMAGED);
	if (c->says == NULL)
		return;
	g_assert_true(g_str_has_prefix(draftconv_error_message(error), f->path));
	if (strstr(draftconv_error_message(error), c->says) == NULL)
		g_error("%s: %s", c->name, draftconv_error_message(error));
}

struct summed {
	unsigned runs;
	unsigned taken_back;
	unsigned results;
	unsigned afterwards;
};

static int
sum_run(void *user, const draftconv_run_info *info)
{
	struct summed *summed = user;

	summed->runs++;
	summed->taken_back += info->rolled_back ? 1 : 0;
	g_assert_cmpint(info->rolled_back_s, ==, 0);
	g_assert_cmpint(info->verified_s, ==, 0);
	g_assert_false(info->source_damaged);
	return 0;
}

static int
sum_result(void *user, const draftconv_result *result)
{
	struct summed *summed = user;

	summed->results++;
	summed->afterwards += result->afterwards == DRAFTCONV_OUTCOME_ROLLED_BACK ? 1 : 0;
	return 0;
}

/* journal-1.sql is what version 1 wrote: a delivery, an update, its rollback, and the update again. */
static void
test_a_journal_of_version_1_is_brought_up_to_date(struct fixture *f, gconstpointer data)
{
	g_autofree char *name = g_build_filename(
		g_getenv("DRAFTCONV_SOURCE_ROOT"), "tests", "runs", "journal-1.sql", NULL);
	g_autofree char *path = g_build_filename(f->folder, "old.db", NULL);
	g_autofree char *sql = NULL;
	g_autoptr(draftconv_journal) journal = NULL;
	g_autoptr(dc_journal_entry) entry = NULL;
	struct dc_journal_replaced kept = {0};
	struct summed summed = {0};
	sqlite3 *db = NULL;

	(void)data;
	g_assert_true(g_file_get_contents(name, &sql, NULL, NULL));
	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
	for (int i = 0; i < 2; i++) {
		draftconv_journal_free(g_steal_pointer(&journal));
		g_assert_cmpint(draftconv_journal_open(path, false, &journal, NULL), ==, 0);
	}
	g_assert_cmpint(draftconv_journal_runs(journal, NULL, sum_run, &summed, NULL), ==, 0);
	g_assert_cmpint(draftconv_journal_results(journal, NULL, sum_result, &summed, NULL), ==, 0);
	g_assert_cmpuint(summed.runs, ==, 3);
	g_assert_cmpuint(summed.taken_back, ==, 1);
	g_assert_cmpuint(summed.results, ==, 6);
	g_assert_cmpuint(summed.afterwards, ==, 1);
	g_assert_cmpint(dc_journal_load(journal, "eml drafts", "draft.csc7h6hyb37zlw5ydaoqdeua7w",
				&entry, NULL),
		==, 1);
	g_assert_cmpuint(entry->entry.n_past, ==, 1);
	g_assert_true(entry->entry.past[0].has_bytes);
	g_assert_cmpint(
		dc_journal_past(journal, "eml drafts", entry->identity, &kept, NULL), ==, 1);
	g_assert_cmpuint(kept.size, ==, entry->entry.past[0].core.message.size);
	dc_journal_replaced_clear(&kept);
}

/* A child of ours holds the lock until it is told to end. */
static pid_t
lock_in_a_child(const char *path, int tell[2], int go[2])
{
	const pid_t child = fork();

	if (child != 0)
		return child;
	draftconv_journal *journal = NULL;
	dc_journal_lock *lock = NULL;
	char byte = 0;
	if (draftconv_journal_open(path, false, &journal, NULL) < 0 ||
		dc_journal_lock_account(journal, PLACE, "o", 0, NULL, NULL, &lock, NULL) < 0)
		_exit(1);
	if (write(tell[1], "x", 1) != 1 || read(go[0], &byte, 1) != 1)
		_exit(2);
	_exit(0);
}

static void
test_a_lock_holds_off_another_process(struct fixture *f, gconstpointer data)
{
	g_autoptr(dc_journal_lock) other = NULL;
	g_autoptr(dc_journal_lock) lock = NULL;
	int tell[2];
	int go[2];
	int status = 0;
	char byte;

	(void)data;
	g_assert_cmpint(pipe(tell), ==, 0);
	g_assert_cmpint(pipe(go), ==, 0);
	const pid_t child = lock_in_a_child(f->path, tell, go);
	g_assert_cmpint(read(tell[0], &byte, 1), ==, 1);
	g_assert_cmpint(dc_journal_lock_account(f->journal, PLACE, "o", 0, NULL, NULL, &lock, NULL),
		==, DRAFTCONV_ERROR_TEMPORARY);
	g_assert_null(lock);
	g_assert_cmpint(
		dc_journal_lock_account(f->journal, PLACE, "p", 0, NULL, NULL, &other, NULL), ==,
		0);
	g_assert_cmpint(write(go[1], "x", 1), ==, 1);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
	/* The child died with its lock: nobody has to clean up after a kill. */
	g_assert_cmpint(
		dc_journal_lock_account(f->journal, PLACE, "o", 0, NULL, NULL, &lock, NULL), ==, 0);
	for (int i = 0; i < 2; i++) {
		close(tell[i]);
		close(go[i]);
	}
}

static void
test_a_lock_holds_off_another_thread(struct fixture *f, gconstpointer data)
{
	g_autoptr(dc_journal_lock) lock = NULL;
	g_autoptr(dc_journal_lock) second = NULL;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();

	(void)data;
	g_assert_cmpint(
		dc_journal_lock_account(f->journal, PLACE, "o", 0, NULL, NULL, &lock, NULL), ==, 0);
	g_assert_cmpint(
		dc_journal_lock_account(f->journal, PLACE, "o", 0, NULL, NULL, &second, NULL), ==,
		DRAFTCONV_ERROR_TEMPORARY);
	g_cancellable_cancel(cancellable);
	g_assert_cmpint(dc_journal_lock_account(
				f->journal, PLACE, "o", 60, NULL, cancellable, &second, NULL),
		==, DRAFTCONV_ERROR_CANCELLED);
}

/* A view that never ends would otherwise be read for a table, and a trigger run by every delivery. */
static void
test_a_schema_that_runs_is_refused(struct fixture *f, gconstpointer data)
{
	static const char *const schemas[] = {
		"ALTER TABLE runs RENAME TO r; CREATE VIEW runs AS WITH RECURSIVE n(i) AS"
		" (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT r.* FROM r, n",
		"CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM entries; END",
		"ALTER TABLE runs ADD COLUMN x AS (hex(zeroblob(400000000)))",
		"CREATE INDEX i ON runs (hex(zeroblob(number)))",
		"CREATE VIRTUAL TABLE v USING fts5(x)"};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(schemas); i++) {
		draftconv_journal *journal = NULL;
		sqlite3 *db = NULL;

		journal_reopen(f);
		g_clear_pointer(&f->journal, draftconv_journal_free);
		g_autofree char *kept = NULL;
		gsize size = 0;
		g_assert_true(g_file_get_contents(f->path, &kept, &size, NULL));
		g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
		g_assert_cmpint(sqlite3_exec(db, schemas[i], NULL, NULL, NULL), ==, SQLITE_OK);
		sqlite3_close(db);
		g_assert_cmpint(draftconv_journal_open(f->path, false, &journal, NULL), ==,
			DRAFTCONV_ERROR_DAMAGED);
		g_assert_cmpint(draftconv_journal_open_reading(f->path, &journal, NULL), ==,
			DRAFTCONV_ERROR_DAMAGED);
		g_assert_null(journal);
		g_assert_true(g_file_set_contents(f->path, kept, (gssize)size, NULL));
	}
}

/* Make PAGE one of a table's tree that says 600 times that its rows stand in the page CHILD. */
static void
point_to(guint8 *page, unsigned page_size, unsigned child)
{
	const unsigned cell = page_size - 5;
	const guint8 head[] = {5, 0, 0, 600 >> 8, 600 & 0xff, (guint8)(cell >> 8), (guint8)cell, 0,
		0, 0, (guint8)(child >> 8), (guint8)child};

	memset(page, 0, page_size);
	memcpy(page, head, sizeof head);
	for (unsigned i = 0; i < 600; i++)
		memcpy(page + sizeof head + 2 * (size_t)i, head + 5, 2);
	memcpy(page + cell, head + 8, 4);
	page[cell + 4] = 1;
}

static unsigned
number_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
	const unsigned number = (unsigned)sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

static int
ignore_run(void *user, const draftconv_run_info *info)
{
	(void)user;
	(void)info;
	return 0;
}

/* The rows of the root stand in one page, 600 times over, in four levels of the tree. */
static void
test_a_journal_that_never_ends_is_damaged(struct fixture *f, gconstpointer data)
{
	g_autoptr(draftconv_error) error = NULL;
	g_autofree guint8 *bytes = NULL;
	gsize length = 0;
	draftconv_journal *journal = NULL;
	sqlite3 *db = NULL;

	(void)data;
	g_clear_pointer(&f->journal, draftconv_journal_free);
	g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
	const unsigned size = number_of(db, "PRAGMA page_size");
	const unsigned root =
		number_of(db, "SELECT rootpage FROM sqlite_master WHERE name = 'runs'");
	const unsigned next = number_of(db, "PRAGMA page_count") + 1;
	g_assert_cmpint(sqlite3_exec(db,
				"INSERT INTO runs VALUES (1,'','','','','','','','','','',0,'','',"
				"0,'',0,0,0,'',0,0,0,0);"
				"CREATE TABLE room (x); INSERT INTO room VALUES (zeroblob(50000));"
				"DROP TABLE room",
				NULL, NULL, NULL),
		==, SQLITE_OK);
	sqlite3_close(db);
	g_assert_true(g_file_get_contents(f->path, (char **)&bytes, &length, NULL));
	memcpy(bytes + size * (next + 2), bytes + size * (root - 1), size);
	for (unsigned i = 0; i < 4; i++)
		point_to(bytes + size * (i == 0 ? root - 1 : next + i - 2), size, next + i);
	g_assert_true(g_file_set_contents(f->path, (char *)bytes, (gssize)length, NULL));
	g_assert_cmpint(draftconv_journal_open_reading(f->path, &journal, NULL), ==, 0);
	g_assert_cmpint(draftconv_journal_runs(journal, NULL, ignore_run, NULL, &error), ==,
		DRAFTCONV_ERROR_DAMAGED);
	g_assert_nonnull(strstr(draftconv_error_message(error), "more than once"));
	draftconv_journal_free(journal);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	journal_add_test("what is no journal is left alone", test_what_is_no_journal_is_left_alone);
	journal_add_test("a schema that runs is refused", test_a_schema_that_runs_is_refused);
	journal_add_test(
		"a journal that never ends is damaged", test_a_journal_that_never_ends_is_damaged);
	journal_add_test("a newer journal is refused", test_a_newer_journal_is_refused);
	journal_add_test("a journal of version 1 is brought up to date",
		test_a_journal_of_version_1_is_brought_up_to_date);
	journal_add_test("a lock holds off another process", test_a_lock_holds_off_another_process);
	journal_add_test("a lock holds off another thread", test_a_lock_holds_off_another_thread);
	g_test_add_data_func("/journal/the file is its owner's with umask 0", GUINT_TO_POINTER(0),
		test_the_file_is_its_owners);
	g_test_add_data_func("/journal/the file is its owner's with umask 077",
		GUINT_TO_POINTER(077), test_the_file_is_its_owners);
	for (size_t i = 0; i < G_N_ELEMENTS(form_cases); i++) {
		g_autofree char *path = g_strdup_printf("/journal/without %s", form_cases[i].name);

		g_test_add(path, struct fixture, &form_cases[i], journal_set_up, test_form,
			journal_tear_down);
	}
	return g_test_run();
}
