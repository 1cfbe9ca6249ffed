/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making an index: a stage into a temporary name, then renamed. */
#include "lib/source/source.h"
#include "lib/stage/index.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

const char *const dc_index_schema[] = {
	"CREATE TABLE \"" DC_INDEX_FACTS
	"\" (version INTEGER, mark TEXT, rows INTEGER, long INTEGER)",
	"CREATE TABLE \"" DC_INDEX_INPUTS "\" (input INTEGER, fingerprint TEXT, size INTEGER, "
	"mtime INTEGER)",
	"CREATE TABLE \"" DC_INDEX_TABLES
	"\" (t INTEGER, db TEXT, name TEXT, rows INTEGER, rowid_key "
	"INTEGER)",
	"CREATE TABLE \"" DC_INDEX_COLUMNS "\" (t INTEGER, name TEXT, type TEXT, charset TEXT, "
	"collation TEXT, is_integer INTEGER, clients TEXT)",
	"CREATE TABLE \"" DC_INDEX_KEYS "\" (t INTEGER, k INTEGER, is_primary INTEGER, is_unique "
	"INTEGER, name TEXT)",
	"CREATE TABLE \"" DC_INDEX_FINDINGS "\" (code TEXT, detail TEXT)",
	NULL,
};

GPtrArray *
dc_index_key_sql(const dc_stage_table *table)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < table->keys->len; i++) {
		const dc_stage_key *key = table->keys->pdata[i];

		if (key->columns[0] == NULL || (key->primary && table->has_integer_key))
			continue;
		char *sql =
			dc_table_index_sql(table->name, (const char *const *)key->columns, NULL);
		if (g_ptr_array_find_with_equal_func(all, sql, g_str_equal, NULL))
			g_free(sql);
		else
			g_ptr_array_add(all, sql);
	}
	return all;
}

/* One row of one of our tables; FORMAT is sqlite3_mprintf's, behind VALUES. */
static int
insert(sqlite3 *db, const char *table, draftconv_error **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *values = sqlite3_vmprintf(format, args);
	va_end(args);
	g_autofree char *sql = g_strdup_printf("INSERT INTO \"%s\" VALUES (%s)", table, values);
	sqlite3_free(values);
	return dc_sqlite_run(db, sql, error);
}

static int
write_columns(sqlite3 *db, const dc_stage_table *table, guint t, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < table->columns->len && status >= 0; i++) {
		const dc_stage_column *column = table->columns->pdata[i];
		g_autofree char *clients = g_strjoinv(" ", column->clients);

		/* One client may be "": then the list has an empty word. */
		status = insert(db, DC_INDEX_COLUMNS, error, "%u, %Q, %Q, %Q, %Q, %d, %Q", t,
			column->name, column->type, column->charset, column->collation,
			column->affinity == DC_STAGE_INTEGER,
			column->clients[0] != NULL ? clients : NULL);
	}
	for (guint i = 0; i < table->keys->len; i++) {
		const dc_stage_key *key = table->keys->pdata[i];

		for (char **name = key->columns; *name != NULL && status >= 0; name++)
			status = insert(db, DC_INDEX_KEYS, error, "%u, %u, %d, %d, %Q", t, i,
				key->primary, key->unique, *name);
	}
	return status;
}

static int
write_inputs(sqlite3 *db, draftconv_source *source, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	for (guint32 i = 0; i < draftconv_source_count(source) && status >= 0; i++) {
		guint8 fingerprint[DC_SOURCE_FINGERPRINT_SIZE];
		guint64 size;
		gint64 mtime;
		GString *hex = g_string_new("");

		status = dc_source_fingerprint(source, i, fingerprint, &size, &mtime, error);
		for (gsize k = 0; k < sizeof fingerprint && status > 0; k++)
			g_string_append_printf(hex, "%02x", fingerprint[k]);
		g_autofree char *text = g_string_free(hex, FALSE);
		if (status == 0)
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"a source that can be read only once has no use for an index");
		if (status > 0)
			status = insert(db, DC_INDEX_INPUTS, error, "%u, %Q, %lld, %lld", i, text,
				(long long)size, (long long)mtime);
	}
	return status;
}

/* The dump's own keys: an index is asked for single owners and drafts. */
static int
write_key_indexes(sqlite3 *db, const dc_stage_table *table, draftconv_error **error)
{
	g_autoptr(GPtrArray) all = dc_index_key_sql(table);
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < all->len && status >= 0; i++)
		status = dc_sqlite_run(db, all->pdata[i], error);
	return status;
}

int
dc_index_write(dc_stage_builder *builder, draftconv_source *source, draftconv_error **error)
{
	const dc_stage *stage = builder->stage;
	sqlite3 *db = builder->db;
	g_autofree char *mark = g_strndup(stage->mark.text, DC_MARK_SIZE);
	int status = DRAFTCONV_OK;

	for (gsize i = 0; dc_index_schema[i] != NULL && status >= 0; i++)
		status = dc_sqlite_run(db, dc_index_schema[i], error);
	if (status >= 0)
		status = insert(db, DC_INDEX_FACTS, error, "%d, %Q, %lld, %lld", DC_INDEX_VERSION,
			mark, (long long)stage->rows, (long long)stage->long_bytes);
	if (status >= 0)
		status = write_inputs(db, source, error);
	for (guint i = 0; i < stage->tables->len && status >= 0; i++) {
		const dc_stage_table *table = stage->tables->pdata[i];

		status = insert(db, DC_INDEX_TABLES, error, "%u, %Q, %Q, %lld, %d", i,
			table->database, table->name, (long long)table->rows,
			table->has_integer_key);
		if (status >= 0)
			status = write_columns(db, table, i, error);
		if (status >= 0)
			status = write_key_indexes(db, table, error);
	}
	for (size_t i = 0; i < dc_findings_count(stage->findings) && status >= 0; i++) {
		const draftconv_finding *finding = dc_findings_at(stage->findings, i);

		status = insert(
			db, DC_INDEX_FINDINGS, error, "%Q, %Q", finding->code, finding->detail);
	}
	return status < 0 ? status : dc_sqlite_run(db, "ANALYZE", error);
}

/* ---- the file ---- */

/* Two processes would only do the same work twice, so the second waits for the first. */
static int
take_lock(const char *path, draftconv_error **error)
{
	int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path, g_strerror(errno));
	while (flock(fd, LOCK_EX) < 0) {
		if (errno == EINTR)
			continue;
		int status = dc_error_set(
			error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path, g_strerror(errno));
		close(fd);
		return status;
	}
	return fd;
}

static int
sync_and_rename(const char *from, const char *to, draftconv_error **error)
{
	int fd = g_open(from, O_RDONLY | O_CLOEXEC, 0);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	if (!good || g_rename(from, to) != 0)
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", to, g_strerror(errno));

	g_autofree char *directory = g_path_get_dirname(to);
	fd = g_open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	return DRAFTCONV_OK;
}

/* Values of what cannot be read twice lie beside the index; both get their names at the end. */
static int
keep_files(dc_stage *stage, const char *spool, const char *path, draftconv_error **error)
{
	g_autofree char *values = g_strconcat(path, DC_INDEX_VALUES, NULL);
	int status = DRAFTCONV_OK;

	if (g_file_test(spool, G_FILE_TEST_EXISTS))
		status = sync_and_rename(spool, values, error);
	else
		(void)g_unlink(values);
	if (status >= 0)
		status = sync_and_rename(stage->path, path, error);
	if (status < 0)
		return status;
	stage->remove_file = false;
	g_free(stage->path);
	stage->path = g_strdup(path);
	return DRAFTCONV_OK;
}

static int
build(draftconv_source *source, const dc_stage_options *options, const char *path, dc_stage **stage,
	draftconv_error **error)
{
	g_autoptr(dc_stage_builder) builder = NULL;
	g_autoptr(dc_stage) result = NULL;
	dc_stage_options all = {0};

	if (options != NULL)
		all = *options;
	all.statements = NULL;
	int status = dc_builder_open(&all, path, &builder, error);
	if (status < 0)
		return status;

	g_autofree char *spool = g_strconcat(builder->stage->path, DC_INDEX_VALUES, NULL);
	status = dc_builder_scan(builder, source, &all, spool, error);
	if (status >= 0)
		status = dc_builder_settle(builder, error);
	if (status >= 0)
		status = dc_index_write(builder, source, error);
	if (status >= 0)
		status = dc_builder_close(builder, &result, error);
	if (status >= 0)
		status = keep_files(result, spool, path, error);
	if (status < 0) {
		(void)g_unlink(spool);
		return status;
	}
	*stage = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

int
dc_stage_build_index(draftconv_source *source, const dc_stage_options *options, const char *path,
	dc_stage **stage, draftconv_error **error)
{
	g_autofree char *lock_path = g_strconcat(path, ".lock", NULL);
	int lock = take_lock(lock_path, error);

	if (lock < 0)
		return lock;
	int status = build(source, options, path, stage, error);
	(void)g_unlink(lock_path);
	close(lock);
	return status;
}
