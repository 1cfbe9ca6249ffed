/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting rows into the stage: what staging spends its time with. */
#include "lib/stage/builder.h"

#include <string.h>

/* A canonical integer that fits 64 bits: no plus, no leading zeros, no "-0". */
static bool
parse_canonical(const char *p, gsize size, gint64 *value)
{
	bool negative = size > 0 && *p == '-';
	gsize i = negative ? 1 : 0;
	guint64 limit = (guint64)G_MAXINT64 + (negative ? 1 : 0);
	guint64 result = 0;

	if (i == size || size > 20 || (p[i] == '0' && size > 1))
		return false;
	for (; i < size; i++) {
		if (!g_ascii_isdigit(p[i]))
			return false;
		guint64 digit = (guint64)(p[i] - '0');
		if (result > (limit - digit) / 10)
			return false;
		result = result * 10 + digit;
	}
	*value = negative ? (gint64)(0 - result) : (gint64)result;
	return true;
}

/* What MySQL turns into an integer as it stands: also "007" and "+5". */
static bool
parse_integer(const char *p, gsize size, gint64 *value)
{
	char text[32];
	bool negative = size > 0 && *p == '-';

	if (parse_canonical(p, size, value))
		return true;
	if (size > 0 && (*p == '-' || *p == '+')) {
		p++;
		size--;
	}
	while (size > 1 && *p == '0') {
		p++;
		size--;
	}
	if (size == 0 || size >= sizeof text - 1 || !g_ascii_isdigit(*p))
		return false;
	if (size == 1 && *p == '0') {
		*value = 0;
		return true;
	}
	text[0] = '-';
	memcpy(text + 1, p, size);
	return negative ? parse_canonical(text, size + 1, value)
			: parse_canonical(text + 1, size, value);
}

static bool
has_high_bytes(const struct dc_cell *cell)
{
	const guint8 *data = cell->data;

	if (cell->is_long)
		return true;
	for (gsize i = 0; i < cell->size; i++)
		if (data[i] >= 0x80)
			return true;
	return false;
}

/* Which set the letters of this value are in: only values with letters beyond ASCII can tell. */
static void
note_client(dc_stage_column *column, const struct dc_cell *cell)
{
	const char *client = cell->kind == DC_CELL_BYTES ? "binary" : cell->client;

	if (client == NULL)
		client = "";
	if (g_strv_contains((const char *const *)column->clients, client))
		return;
	if (has_high_bytes(cell))
		dc_column_add_client(column, client);
}

static int
bind_cell(const dc_stage_builder *builder, struct dc_filling *filling, sqlite3_stmt *statement,
	guint index, const struct dc_cell *cell, sqlite3_destructor_type keeping)
{
	dc_stage_column *column = filling->table->columns->pdata[index];
	char handle[DC_HANDLE_SIZE];
	int at = (int)index + 1;
	gint64 number;

	if (cell->kind == DC_CELL_NULL)
		return sqlite3_bind_null(statement, at);
	if (column->is_text && cell->kind != DC_CELL_NUMBER)
		note_client(column, cell);
	if (cell->is_long) {
		filling->has_words->data[index] = 1;
		dc_handle_write(&builder->stage->mark, &cell->place, handle);
		builder->stage->long_bytes += cell->place.length;
		return sqlite3_bind_text(statement, at, handle, sizeof handle, SQLITE_TRANSIENT);
	}
	if (column->affinity == DC_STAGE_INTEGER && parse_integer(cell->data, cell->size, &number))
		return sqlite3_bind_int64(statement, at, number);
	if (column->type[0] == '\0' && column->affinity == DC_STAGE_TEXT) {
		bool canonical = parse_canonical(cell->data, cell->size, &number);

		if (!canonical)
			filling->has_words->data[index] = 1;
		if (canonical && cell->kind == DC_CELL_NUMBER)
			return sqlite3_bind_int64(statement, at, number);
	}
	return sqlite3_bind_text64(
		statement, at, cell->size > 0 ? cell->data : "", cell->size, keeping, SQLITE_UTF8);
}

/*
 * Whether a value of a UTF-16 or UTF-32 column stands in the dump as the column's own bytes. Where the
 * client's set is not told, and in XML, which is called utf8 whatever it was made under, the bytes tell.
 */
static enum dc_place_wide
find_wide(const struct dc_cell *cell)
{
	if (cell->kind == DC_CELL_BYTES)
		return DC_PLACE_WIDE;
	if (cell->client == NULL || cell->client[0] == '\0' || strcmp(cell->client, "utf8") == 0)
		return DC_PLACE_LIKELY;
	return strcmp(cell->client, "binary") == 0 ? DC_PLACE_WIDE : DC_PLACE_PLAIN;
}

/* A row is one program's: what one of its values tells goes for the others. */
static bool
row_is_wide(struct dc_filling *filling, const struct dc_cell *cells, gsize count)
{
	const GPtrArray *columns = filling->table->columns;

	if (filling->row != DC_ROW_UNSEEN)
		return filling->row == DC_ROW_WIDE;
	filling->row = DC_ROW_NARROW;
	for (guint i = 0; i < columns->len && i < count; i++) {
		const dc_stage_column *column = columns->pdata[i];

		if (column->wide != DC_WIDE_NONE && cells[i].kind == DC_CELL_TEXT &&
			!cells[i].is_long && find_wide(&cells[i]) == DC_PLACE_LIKELY &&
			dc_wide_likely(column->wide, cells[i].data, cells[i].size)) {
			filling->row = DC_ROW_WIDE;
			return true;
		}
	}
	return false;
}

/*
 * No comparison and no function of SQL would understand such bytes, nor would they go together with
 * other text (owner || '@example.com'): they become UTF-8 here.
 */
static int
bind_wide(const dc_stage_builder *builder, struct dc_filling *filling, sqlite3_stmt *statement,
	guint index, const struct dc_cell *cells, gsize count)
{
	const struct dc_cell *cell = &cells[index];
	const enum dc_wide set = ((dc_stage_column *)filling->table->columns->pdata[index])->wide;
	struct dc_wide_decoder decoder = {.set = set};
	g_autoptr(GString) text = NULL;
	struct dc_cell plain = *cell;
	enum dc_place_wide how = find_wide(cell);

	if (how == DC_PLACE_LIKELY && row_is_wide(filling, cells, count))
		how = DC_PLACE_WIDE;
	if (how == DC_PLACE_WIDE) {
		plain.kind = DC_CELL_TEXT;
		plain.client = "utf8mb4";
	}
	if (cell->is_long && how != DC_PLACE_PLAIN) {
		plain.place.how = how;
		plain.place.set = set;
	} else if (how == DC_PLACE_WIDE) {
		text = g_string_sized_new(cell->size);
		dc_wide_put(&decoder, cell->data, cell->size, text);
		dc_wide_end(&decoder, text);
		plain.data = text->str;
		plain.size = text->len;
	}
	return bind_cell(builder, filling, statement, index, &plain, SQLITE_TRANSIENT);
}

static int
bind_value(const dc_stage_builder *builder, struct dc_filling *filling, sqlite3_stmt *statement,
	guint index, const struct dc_cell *cells, gsize count)
{
	static const struct dc_cell null_cell = {.kind = DC_CELL_NULL};
	const struct dc_cell *cell = index < count ? &cells[index] : &null_cell;
	const dc_stage_column *column = filling->table->columns->pdata[index];

	if (column->wide != DC_WIDE_NONE &&
		(cell->kind == DC_CELL_TEXT || cell->kind == DC_CELL_BYTES))
		return bind_wide(builder, filling, statement, index, cells, count);
	return bind_cell(builder, filling, statement, index, cell, SQLITE_STATIC);
}

/* INSERT with a place for each column. With an integer key the later row wins by itself. */
static int
prepare_insert(
	dc_stage_builder *builder, struct dc_filling *filling, bool ignore, draftconv_error **error)
{
	g_autofree char *name = dc_sql_quote(filling->table->name);
	g_autoptr(GString) sql = g_string_new("INSERT");
	sqlite3_stmt **statement = ignore ? &filling->ignore : &filling->insert;

	if (filling->integer_key >= 0)
		g_string_append(sql, ignore ? " OR IGNORE" : " OR REPLACE");
	g_string_append_printf(sql, " INTO %s VALUES (?", name);
	for (guint i = 1; i < filling->table->columns->len; i++)
		g_string_append(sql, ",?");
	g_string_append_c(sql, ')');

	int status = sqlite3_prepare_v3(
		builder->db, sql->str, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
	if (status != SQLITE_OK)
		return dc_sqlite_error(builder->db, status, filling->table->name, error);
	return DRAFTCONV_OK;
}

/* SQLite's integer key takes only integers, and numbers a NULL one anew: give it up for this table. */
static int
give_up_key(dc_stage_builder *builder, struct dc_filling *filling, guint64 offset,
	draftconv_error **error)
{
	dc_findings_add(builder->stage->findings, DC_FINDING_ROW_KEY_REPLACED, "",
		"table %s, offset %" G_GUINT64_FORMAT, filling->table->name, offset);
	filling->integer_key = -1;
	filling->table->has_integer_key = false;
	filling->repeated = true;
	filling->in_order = false;
	return dc_builder_rewrite(builder, filling, error);
}

static bool
key_is_usable(struct dc_filling *filling, const struct dc_cell *cells, gsize count)
{
	gsize at = (gsize)filling->integer_key;
	gint64 key;

	if (at >= count || cells[at].kind == DC_CELL_NULL || cells[at].is_long ||
		!parse_integer(cells[at].data, cells[at].size, &key))
		return false;
	if (filling->taken > 0 && key <= filling->last_key)
		filling->in_order = false;
	filling->last_key = key;
	return true;
}

/* Note what tells later whether a key may be there twice. */
static int
note_row(dc_stage_builder *builder, struct dc_filling *filling, enum dc_stage_conflict conflict,
	guint32 input, draftconv_error **error)
{
	if (filling->taken > 0 && (builder->last != filling || filling->input != input))
		filling->repeated = true;
	if (conflict != DC_STAGE_ADD)
		filling->repeated = true;
	filling->input = input;
	builder->last = filling;
	filling->taken++;
	if (conflict != DC_STAGE_IGNORE || filling->integer_key >= 0)
		return DRAFTCONV_OK;

	guint index;
	(void)g_ptr_array_find(builder->fillings, filling, &index);
	g_autofree char *sql = g_strdup_printf("INSERT INTO temp.ignored VALUES (%u, %lld)", index,
		(long long)sqlite3_last_insert_rowid(builder->db));
	return dc_sqlite_run(builder->db, sql, error);
}

int
dc_builder_put(dc_stage_builder *builder, struct dc_filling *filling,
	enum dc_stage_conflict conflict, guint32 input, guint64 offset, const struct dc_cell *cells,
	gsize count, draftconv_error **error)
{
	bool ignore = conflict == DC_STAGE_IGNORE;
	int status;

	if (filling->integer_key >= 0 && !key_is_usable(filling, cells, count)) {
		status = give_up_key(builder, filling, offset, error);
		if (status < 0)
			return status;
	}
	if ((ignore ? filling->ignore : filling->insert) == NULL) {
		status = prepare_insert(builder, filling, ignore, error);
		if (status < 0)
			return status;
	}

	sqlite3_stmt *statement = ignore ? filling->ignore : filling->insert;
	status = SQLITE_OK;
	filling->row = DC_ROW_UNSEEN;
	for (guint i = 0; i < filling->table->columns->len && status == SQLITE_OK; i++)
		status = bind_value(builder, filling, statement, i, cells, count);
	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	(void)sqlite3_reset(statement);
	if (status != SQLITE_DONE)
		return dc_sqlite_error(builder->db, status, filling->table->name, error);
	return note_row(builder, filling, conflict, input, error);
}
