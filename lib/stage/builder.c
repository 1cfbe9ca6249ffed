/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/builder.h"

#include "lib/base/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* SQLite writes nothing twice here: a stage that is not finished is thrown away. */
static const char writer_setup[] = "PRAGMA encoding='UTF-8'; PRAGMA journal_mode=OFF;"
				   "PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
				   "PRAGMA secure_delete=OFF; PRAGMA cache_size=-8000; BEGIN;"
				   "CREATE TEMP TABLE ignored (t INTEGER, id INTEGER);";

static void
filling_free(gpointer data)
{
	struct dc_filling *filling = data;

	sqlite3_finalize(filling->insert);
	sqlite3_finalize(filling->ignore);
	g_byte_array_unref(filling->has_words);
	g_free(filling);
}

/* An index begins beside the place where it will lie. */
static int
make_file(dc_stage *stage, const char *path, draftconv_error **error)
{
	if (path == NULL)
		return dc_temp_new(stage->temp_dir, "stage", &stage->path, &stage->lock, error);
	g_autofree char *name = g_strconcat(path, ".new-XXXXXX", NULL);
	int fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", name, g_strerror(errno));
	/* SQLite opens it by its name, whatever the umask is. */
	(void)fchmod(fd, 0600);
	close(fd);
	stage->path = g_steal_pointer(&name);
	return DRAFTCONV_OK;
}

static int
open_file(dc_stage_builder *builder, const char *path, draftconv_error **error)
{
	dc_stage *stage = builder->stage;
	int status = make_file(stage, path, error);

	if (status < 0)
		return status;
	stage->remove_file = true;
	status = sqlite3_open_v2(stage->path, &builder->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (status != SQLITE_OK)
		return dc_sqlite_error(builder->db, status, stage->path, error);
	status = dc_sqlite_harden(builder->db, error);
	if (status < 0)
		return status;
	status = dc_sql_install(builder->db, stage, &builder->sql, error);
	return status < 0 ? status : dc_sqlite_run(builder->db, writer_setup, error);
}

int
dc_builder_open(const dc_stage_options *options, const char *path, dc_stage_builder **builder,
	draftconv_error **error)
{
	static const dc_stage_options defaults = {0};
	g_autoptr(dc_stage_builder) self = g_new0(dc_stage_builder, 1);

	if (options == NULL)
		options = &defaults;
	self->stage = dc_stage_alloc(options->temp_dir);
	self->fillings = g_ptr_array_new_with_free_func(filling_free);
	self->short_max = options->short_max > 0 ? options->short_max : DC_STAGE_SHORT_MAX;
	if (options->steps_base > 0)
		self->stage->steps_base = options->steps_base;
	if (options->statements != NULL) {
		self->all_columns = options->all_columns;
		self->words = g_new0(char *, options->statement_count + 1);
		for (size_t i = 0; i < options->statement_count; i++)
			self->words[i] = g_strdup(options->statements[i]);
	}

	int status = dc_mark_init(&self->stage->mark, error);
	if (status >= 0)
		status = open_file(self, path, error);
	if (status < 0)
		return status;
	*builder = g_steal_pointer(&self);
	return DRAFTCONV_OK;
}

void
dc_stage_builder_free(dc_stage_builder *builder)
{
	if (builder == NULL)
		return;
	g_ptr_array_unref(builder->fillings);
	sqlite3_close_v2(builder->db);
	dc_stage_free(builder->stage);
	g_strfreev(builder->words);
	g_free(builder);
}

/* Names that SQLite keeps for itself, or we for an index. */
bool
dc_builder_is_reserved(const char *name)
{
	return g_ascii_strncasecmp(name, "sqlite_", 7) == 0 ||
	       g_ascii_strncasecmp(name, DC_INDEX_PREFIX, strlen(DC_INDEX_PREFIX)) == 0;
}

/* Names that SQL writes in other ways than as they are. */
static bool
is_odd(const char *name)
{
	return strpbrk(name, "\"`[]") != NULL;
}

bool
dc_builder_wants(const dc_stage_builder *builder, const char *name)
{
	if (dc_builder_is_reserved(name))
		return false;
	if (builder->words == NULL || is_odd(name))
		return true;
	for (char **word = builder->words; *word != NULL; word++)
		if (dc_word_found(*word, name))
			return true;
	return false;
}

/* Whether a statement may read columns that it does not name: a star (not that of count), NATURAL. */
static bool
reads_all(const char *sql)
{
	char before = ' ';

	for (const char *p = sql; *p != '\0'; p++) {
		if (*p == '*' && before != '(')
			return true;
		if (!g_ascii_isspace(*p))
			before = *p;
	}
	return dc_word_found(sql, "natural");
}

bool
dc_builder_wants_column(const dc_stage_builder *builder, const char *name)
{
	if (builder->words == NULL || builder->all_columns || is_odd(name))
		return true;
	for (char **word = builder->words; *word != NULL; word++)
		if (reads_all(*word) || dc_word_found(*word, name))
			return true;
	return false;
}

static int
check_table(const dc_stage_builder *builder, const dc_stage_table *table, draftconv_error **error)
{
	if (dc_builder_is_reserved(table->name))
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"table %s: the name is SQLite's own", table->name);
	if (table->columns->len == 0 || table->columns->len > DC_COLUMNS_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "table %s has %u columns",
			table->name, table->columns->len);
	if (builder->fillings->len >= DC_STAGE_TABLES_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"the source has more than %d tables", DC_STAGE_TABLES_MAX);
	if (dc_stage_table_find(builder->stage, table->name) != NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"table %s is in two databases; name one", table->name);
	return DRAFTCONV_OK;
}

int
dc_builder_add_table(dc_stage_builder *builder, dc_stage_table *table, struct dc_filling **filling,
	draftconv_error **error)
{
	int status = check_table(builder, table, error);

	if (status < 0) {
		dc_table_free(table);
		return status;
	}

	struct dc_filling *self = g_new0(struct dc_filling, 1);
	self->table = table;
	self->integer_key = dc_table_integer_key(table);
	table->has_integer_key = self->integer_key >= 0;
	self->in_order = true;
	self->has_words = g_byte_array_new();
	g_byte_array_set_size(self->has_words, table->columns->len);
	memset(self->has_words->data, 0, table->columns->len);
	g_ptr_array_add(builder->fillings, self);
	g_ptr_array_add(builder->stage->tables, table);
	g_hash_table_insert(builder->stage->by_name, g_ascii_strdown(table->name, -1), table);
	*filling = self;

	g_autofree char *sql = dc_table_create_sql(table, table->name);
	return dc_sqlite_run(builder->db, sql, error);
}

/* The statements know how many columns there were. */
static void
forget_statements(struct dc_filling *filling)
{
	g_clear_pointer(&filling->insert, sqlite3_finalize);
	g_clear_pointer(&filling->ignore, sqlite3_finalize);
}

int
dc_builder_rewrite(dc_stage_builder *builder, struct dc_filling *filling, draftconv_error **error)
{
	static const char temporary[] = DC_INDEX_PREFIX " copy";
	g_autofree char *name = dc_sql_quote(filling->table->name);
	g_autofree char *create = dc_table_create_sql(filling->table, temporary);
	g_autofree char *sql = g_strdup_printf("%s; INSERT INTO \"%s\" SELECT * FROM %s;"
					       "DROP TABLE %s; ALTER TABLE \"%s\" RENAME TO %s",
		create, temporary, name, name, temporary, name);

	forget_statements(filling);
	return dc_sqlite_run(builder->db, sql, error);
}

int
dc_builder_add_column(dc_stage_builder *builder, struct dc_filling *filling,
	dc_stage_column *column, draftconv_error **error)
{
	dc_stage_table *table = filling->table;
	guint8 no_words = 0;

	g_ptr_array_add(table->columns, column);
	g_byte_array_append(filling->has_words, &no_words, 1);
	if (table->columns->len > DC_COLUMNS_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "table %s has %u columns",
			table->name, table->columns->len);
	forget_statements(filling);

	const char *collation = dc_affinity_collation(column->affinity);
	g_autofree char *name = dc_sql_quote(table->name);
	g_autofree char *column_name = dc_sql_quote(column->name);
	g_autofree char *sql =
		g_strdup_printf("ALTER TABLE %s ADD COLUMN %s%s%s%s", name, column_name,
			column->affinity == DC_STAGE_INTEGER ? " INTEGER"
			: column->type[0] != '\0'            ? " TEXT"
							     : "",
			collation != NULL ? " COLLATE " : "", collation != NULL ? collation : "");
	return dc_sqlite_run(builder->db, sql, error);
}

int
dc_builder_empty(dc_stage_builder *builder, struct dc_filling *filling, draftconv_error **error)
{
	dc_stage_table *table = filling->table;
	g_autofree char *name = dc_sql_quote(table->name);
	g_autofree char *sql = g_strdup_printf("DELETE FROM %s", name);
	int status = dc_sqlite_run(builder->db, sql, error);

	if (status < 0)
		return status;
	if (filling->taken > 0)
		dc_findings_add(builder->stage->findings, DC_FINDING_TABLE_DROPPED, "",
			"table %s: %" G_GUINT64_FORMAT " row%s", table->name, filling->taken,
			filling->taken == 1 ? "" : "s");
	filling->taken = 0;
	filling->repeated = false;
	filling->in_order = true;
	memset(filling->has_words->data, 0, filling->has_words->len);
	return DRAFTCONV_OK;
}
