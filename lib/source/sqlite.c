/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SQLite databases, row by row: base tables only, so that no view, trigger, generated column or virtual
 * table of a stranger's file ever runs. A value too long to be loaded is read in pieces.
 */
#include "lib/source/sqlite.h"

#include "lib/base/limits.h"
#include "lib/source/feed.h"

#include <string.h>
#include <sys/stat.h>

struct reader {
	sqlite3 *db;
	struct dc_feed feed;
	struct dc_scan *scan;
	const char *table;
	GPtrArray *names;     /* of the stored columns, in the order of the SELECT */
	GArray *places;       /* guint32: their places in the definition */
	const char *rowid;    /* what the table calls its rowid; NULL: it has none */
	const char *encoding; /* of text that is read in pieces */
	sqlite3_int64 last;
	bool begun;   /* LAST counts */
	guint64 room; /* bytes that may still come */
	draftconv_error **error;
};

static void
damage(struct reader *reader)
{
	dc_scan_damage(reader->scan, 0, reader->table, "SQLite: %s", sqlite3_errmsg(reader->db));
}

/* "name" as SQL. [transfer full] */
static char *
quote_name(const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, "\"", -1);
	g_autofree char *doubled = g_strjoinv("\"\"", parts);

	return g_strdup_printf("\"%s\"", doubled);
}

/* One of the names that SQLite has for it, whichever no column took. */
static const char *
rowid_name(struct reader *reader, const struct dc_definition *definition)
{
	static const char *const names[] = {"_rowid_", "rowid", "oid"};
	g_autofree char *table = quote_name(reader->table);

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(sqlite3_stmt) probe = NULL;
		bool taken = false;

		for (guint k = 0; k < definition->columns->len; k++)
			taken |= g_ascii_strcasecmp(
					 g_array_index(definition->columns, struct dc_column, k)
						 .name,
					 names[i]) == 0;
		g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s", names[i], table);
		if (!taken && sqlite3_prepare_v2(reader->db, sql, -1, &probe, NULL) == SQLITE_OK)
			return names[i];
	}
	return NULL;
}

/* The rows after the last one; WHOLE: their values, else only their types. */
static int
prepare(struct reader *reader, bool whole, sqlite3_stmt **statement)
{
	g_autoptr(GString) sql = g_string_new("SELECT ");
	g_autofree char *table = quote_name(reader->table);

	g_string_append(sql, reader->rowid == NULL ? "0" : reader->rowid);
	for (guint i = 0; i < reader->names->len; i++) {
		g_autofree char *name = quote_name(reader->names->pdata[i]);

		g_string_append_printf(sql, whole ? ", %s" : ", typeof(%s)", name);
	}
	g_string_append_printf(sql, " FROM %s", table);
	if (reader->rowid != NULL && reader->begun)
		g_string_append_printf(
			sql, " WHERE %s > %" G_GINT64_FORMAT, reader->rowid, (gint64)reader->last);
	if (reader->rowid != NULL)
		g_string_append_printf(sql, " ORDER BY %s", reader->rowid);
	return sqlite3_prepare_v2(reader->db, sql->str, -1, statement, NULL);
}

/* Pages that stand in a tree many times, or rows in one place, would be read for ever. */
static void
spend(struct reader *reader, guint64 bytes)
{
	reader->room -= MIN(reader->room, bytes);
}

static bool
is_spent(struct reader *reader)
{
	if (reader->room > 0)
		return false;
	dc_scan_damage(reader->scan, 0, reader->table, "more rows than the file has room for");
	return true;
}

static int
put_number(struct reader *reader, sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text == NULL ? DRAFTCONV_OK
			    : dc_feed_put(&reader->feed, text, strlen(text), reader->error);
}

static int
put_value(struct reader *reader, sqlite3_stmt *statement, guint place)
{
	const int column = (int)place + 1;
	const guint32 target = g_array_index(reader->places, guint32, place);
	const char *utf8 = dc_catalog_intern(reader->scan->catalog, "utf8");
	enum dc_value_kind kind = DC_VALUE_NULL;
	int status = DRAFTCONV_OK;

	if (!dc_feed_wants(&reader->feed, target))
		return DRAFTCONV_OK;
	dc_feed_begin_value(&reader->feed);
	switch (sqlite3_column_type(statement, column)) {
	case SQLITE_INTEGER:
	case SQLITE_FLOAT:
		kind = DC_VALUE_NUMBER;
		status = put_number(reader, statement, column);
		break;
	case SQLITE_TEXT:
	case SQLITE_BLOB: {
		const bool text = sqlite3_column_type(statement, column) == SQLITE_TEXT;
		const void *data = text ? (const void *)sqlite3_column_text(statement, column)
					: sqlite3_column_blob(statement, column);

		kind = text ? DC_VALUE_TEXT : DC_VALUE_BYTES;
		spend(reader, (guint64)sqlite3_column_bytes(statement, column));
		status = dc_feed_put(&reader->feed, data,
			(gsize)sqlite3_column_bytes(statement, column), reader->error);
		break;
	}
	default:
		break;
	}
	if (status == DRAFTCONV_OK)
		dc_feed_end_value(&reader->feed, target, kind, utf8);
	return status;
}

/* A value in pieces, past SQLite's limit on what it loads. */
static int
put_pieces(struct reader *reader, guint place, const char *type)
{
	const guint32 target = g_array_index(reader->places, guint32, place);
	const bool text = strcmp(type, "text") == 0;
	sqlite3_blob *blob = NULL;
	guint8 piece[16384];
	int status = DRAFTCONV_OK;

	if (!dc_feed_wants(&reader->feed, target))
		return DRAFTCONV_OK;
	if (sqlite3_blob_open(reader->db, "main", reader->table, reader->names->pdata[place],
		    reader->last, 0, &blob) != SQLITE_OK) {
		damage(reader);
		return DRAFTCONV_OK;
	}
	const int size = sqlite3_blob_bytes(blob);
	spend(reader, (guint64)size);
	dc_feed_begin_value(&reader->feed);
	for (int at = 0; at < size && status == DRAFTCONV_OK;) {
		const int count = MIN((int)sizeof piece, size - at);

		if (sqlite3_blob_read(blob, piece, count, at) != SQLITE_OK) {
			damage(reader);
			break;
		}
		status = dc_feed_put(&reader->feed, piece, (gsize)count, reader->error);
		at += count;
	}
	sqlite3_blob_close(blob);
	if (status == DRAFTCONV_OK)
		dc_feed_end_value(&reader->feed, target, text ? DC_VALUE_TEXT : DC_VALUE_BYTES,
			reader->encoding);
	return status;
}

/* A number of a row that has a value too long to be loaded. */
static int
put_small(struct reader *reader, guint place)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	g_autofree char *name = quote_name(reader->names->pdata[place]);
	g_autofree char *table = quote_name(reader->table);
	const guint32 target = g_array_index(reader->places, guint32, place);
	g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s WHERE %s = %" G_GINT64_FORMAT,
		name, table, reader->rowid, (gint64)reader->last);

	if (!dc_feed_wants(&reader->feed, target))
		return DRAFTCONV_OK;
	if (sqlite3_prepare_v2(reader->db, sql, -1, &statement, NULL) != SQLITE_OK ||
		sqlite3_step(statement) != SQLITE_ROW) {
		damage(reader);
		return DRAFTCONV_OK;
	}
	dc_feed_begin_value(&reader->feed);
	int status = put_number(reader, statement, 0);
	if (status == DRAFTCONV_OK)
		dc_feed_end_value(&reader->feed, target, DC_VALUE_NUMBER, "");
	return status;
}

/* The next row, which has a value too long to be loaded. */
static int
long_row(struct reader *reader)
{
	g_autoptr(sqlite3_stmt) types = NULL;
	int status = DRAFTCONV_OK;

	if (reader->rowid == NULL || prepare(reader, false, &types) != SQLITE_OK ||
		sqlite3_step(types) != SQLITE_ROW) {
		damage(reader);
		return 1;
	}
	reader->last = sqlite3_column_int64(types, 0);
	reader->begun = true;
	dc_feed_begin_row(&reader->feed);
	for (guint i = 0; i < reader->names->len && status == DRAFTCONV_OK; i++) {
		const char *type = (const char *)sqlite3_column_text(types, (int)i + 1);

		if (type != NULL && (strcmp(type, "text") == 0 || strcmp(type, "blob") == 0))
			status = put_pieces(reader, i, type);
		else if (type != NULL && strcmp(type, "null") != 0)
			status = put_small(reader, i);
		else if (dc_feed_wants(&reader->feed, g_array_index(reader->places, guint32, i))) {
			dc_feed_begin_value(&reader->feed);
			dc_feed_end_value(&reader->feed, g_array_index(reader->places, guint32, i),
				DC_VALUE_NULL, "");
		}
	}
	return status == DRAFTCONV_OK ? dc_feed_end_row(&reader->feed, reader->error) : status;
}

/* Rows until the end or one that is too long. @return 0 the end, 1 go on with long_row, negative */
static int
plain_rows(struct reader *reader)
{
	g_autoptr(sqlite3_stmt) rows = NULL;
	int status = DRAFTCONV_OK;
	int step = prepare(reader, true, &rows);

	while (step == SQLITE_OK || step == SQLITE_ROW) {
		step = sqlite3_step(rows);
		if (step != SQLITE_ROW || dc_scan_cancelled(reader->scan))
			break;
		/* A file that tells its rows out of order would be read for ever. */
		if (reader->rowid != NULL && reader->begun &&
			sqlite3_column_int64(rows, 0) <= reader->last) {
			dc_scan_damage(reader->scan, 0, reader->table, "rows are out of order");
			return 0;
		}
		if (is_spent(reader))
			return 0;
		reader->last = sqlite3_column_int64(rows, 0);
		reader->begun = true;
		spend(reader, DC_SQLITE_ROW);
		dc_feed_begin_row(&reader->feed);
		for (guint i = 0; i < reader->names->len && status == DRAFTCONV_OK; i++)
			status = put_value(reader, rows, i);
		if (status == DRAFTCONV_OK)
			status = dc_feed_end_row(&reader->feed, reader->error);
		if (status < 0)
			return status;
	}
	if (step == SQLITE_TOOBIG)
		return 1;
	if (step != SQLITE_DONE && step != SQLITE_ROW)
		damage(reader);
	return 0;
}

static int
read_table(struct reader *reader)
{
	dc_catalog *catalog = reader->scan->catalog;
	g_auto(dc_definition_auto) definition;
	int status = DRAFTCONV_OK;

	dc_definition_init(&definition);
	if (!dc_sqlite_define(reader->db, catalog, reader->table, &definition)) {
		damage(reader);
		return DRAFTCONV_OK;
	}
	g_ptr_array_set_size(reader->names, 0);
	g_array_set_size(reader->places, 0);
	for (guint32 i = 0; i < definition.columns->len; i++) {
		const struct dc_column *column =
			&g_array_index(definition.columns, struct dc_column, i);

		if (column->generated)
			continue;
		g_ptr_array_add(reader->names, (gpointer)(guintptr)column->name);
		g_array_append_val(reader->places, i);
	}
	reader->rowid = rowid_name(reader, &definition);
	reader->begun = false;
	status = dc_feed_table(&reader->feed, &definition, reader->error);
	if (status < 0 || reader->feed.entry == NULL)
		return status;
	do {
		status = plain_rows(reader);
		if (status != 1)
			return status;
		status = long_row(reader);
	} while (status == DRAFTCONV_OK && !is_spent(reader));
	return MIN(status, DRAFTCONV_OK);
}

static int
read_tables(struct reader *reader)
{
	g_autoptr(sqlite3_stmt) tables = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	int status = DRAFTCONV_OK;

	if (sqlite3_prepare_v2(reader->db,
		    "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name "
		    "NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rootpage",
		    -1, &tables, NULL) != SQLITE_OK) {
		damage(reader);
		return DRAFTCONV_OK;
	}
	int step = sqlite3_step(tables);
	for (; step == SQLITE_ROW; step = sqlite3_step(tables)) {
		const char *name = (const char *)sqlite3_column_text(tables, 0);

		if (name != NULL && *name != '\0')
			g_ptr_array_add(names, g_strdup(name));
	}
	if (step != SQLITE_DONE)
		damage(reader);
	for (guint i = 0; i < names->len && status == DRAFTCONV_OK; i++) {
		reader->table = names->pdata[i];
		status = read_table(reader);
	}
	return status;
}

/* The file's encoding by MySQL's name for it; all but long values come as UTF-8 anyway. */
static const char *
encoding_of(struct dc_scan *scan, sqlite3 *db)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	const char *name = "";

	if (sqlite3_prepare_v2(db, "PRAGMA encoding", -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		name = (const char *)sqlite3_column_text(statement, 0);
	if (g_strcmp0(name, "UTF-16le") == 0)
		return dc_catalog_intern(scan->catalog, "utf16le");
	if (g_strcmp0(name, "UTF-16be") == 0)
		return dc_catalog_intern(scan->catalog, "utf16");
	return dc_catalog_intern(scan->catalog, "utf8");
}

/* What its tables may hold together before there is more of it than there can be. */
static guint64
room_of(sqlite3 *db)
{
	g_autoptr(sqlite3_stmt) statement = NULL;

	if (sqlite3_prepare_v2(db,
		    "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", -1,
		    &statement, NULL) != SQLITE_OK ||
		sqlite3_step(statement) != SQLITE_ROW)
		return 0;
	return (guint64)MAX(sqlite3_column_int64(statement, 0), 0) * DC_SQLITE_EXPANSION_MAX;
}

static int
open_database(const struct dc_input *input, sqlite3 **db)
{
	/* Only a name that begins with "file:" could be taken for a URI. */
	g_autofree char *path =
		*input->path == '/' ? g_strdup(input->path) : g_strconcat("./", input->path, NULL);
	int status = sqlite3_open_v2(path, db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);

	if (status != SQLITE_OK)
		return status;
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(*db, SQLITE_LIMIT_LENGTH, DC_SQL_VALUE_MAX);
	return sqlite3_exec(*db,
		"PRAGMA query_only = 1; PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0; PRAGMA "
		"temp_store = MEMORY",
		NULL, NULL, NULL);
}

static int
sqlite_scan(struct dc_scan *scan, struct dc_input *input, draftconv_error **error)
{
	g_autoptr(sqlite3) db = NULL;
	struct reader reader = {.scan = scan, .table = "", .error = error};
	struct stat file;
	int status = open_database(input, &db);

	if (status != SQLITE_OK)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "%s: SQLite: %s", input->name,
			sqlite3_errmsg(db));
	reader.db = db;
	reader.encoding = encoding_of(scan, db);
	reader.room = room_of(db);
	reader.names = g_ptr_array_new();
	reader.places = g_array_new(FALSE, FALSE, sizeof(guint32));
	dc_feed_init(&reader.feed, scan);
	status = read_tables(&reader);
	dc_feed_clear(&reader.feed);
	g_ptr_array_unref(reader.names);
	g_array_unref(reader.places);
	if (fstat(input->fd, &file) == 0)
		input->byte_count = (guint64)file.st_size;
	if (input->damages == NULL)
		input->completeness = DRAFTCONV_SOURCE_COMPLETE;
	return MIN(status, DRAFTCONV_OK);
}

static int
sqlite_bid(const guint8 *head, gsize size)
{
	static const char magic[] = "SQLite format 3";

	return size >= sizeof magic && memcmp(head, magic, sizeof magic) == 0 ? 100 : 0;
}

const struct dc_format dc_format_sqlite = {
	.name = "SQLite", .text = false, .bid = sqlite_bid, .scan = sqlite_scan};
