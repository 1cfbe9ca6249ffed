/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/plan-internal.h"

#include <string.h>

/* Columns of the two SELECTs below, before c0 */
enum {
	ID,
	SHAPE,
	VERSION,
	FIRST
};

/* Up to SIZE bytes, fewer only at the end. */
/* @return 1 the same bytes, 0 not, negative error */
static int
same_content(dc_content *a, dc_content *b, draftconv_error **error)
{
	g_autoptr(dc_reader) x = NULL;
	g_autoptr(dc_reader) y = NULL;
	guint8 left[8192];
	guint8 right[8192];
	int status = dc_content_open(a, &x, error);

	if (status >= 0)
		status = dc_content_open(b, &y, error);
	if (status < 0)
		return status;
	for (;;) {
		gssize n = dc_reader_fill(x, left, sizeof left, error);
		gssize m = n < 0 ? n : dc_reader_fill(y, right, sizeof right, error);

		if (m < 0)
			return (int)m;
		if (n != m || memcmp(left, right, (gsize)n) != 0)
			return 0;
		if (n < (gssize)sizeof left)
			return 1;
	}
}

/* Two long values are the same when they stand in one place, or their bytes are. */
static int
same_value(const dc_plan *plan, sqlite3_value *a, sqlite3_value *b, draftconv_error **error)
{
	if (sqlite3_value_type(a) != sqlite3_value_type(b))
		return 0;

	const void *x = sqlite3_value_text(a);
	const void *y = sqlite3_value_text(b);
	int n = sqlite3_value_bytes(a);
	int m = sqlite3_value_bytes(b);
	if (n == m && (n == 0 || memcmp(x, y, (gsize)n) == 0))
		return 1;

	g_auto(dc_stage_value) left = {0};
	g_auto(dc_stage_value) right = {0};
	int status = dc_stage_resolve(plan->stage, a, &left, error);
	if (status >= 0)
		status = dc_stage_resolve(plan->stage, b, &right, error);
	if (status < 0)
		return status;
	if (left.kind != DC_STAGE_VALUE_CONTENT || right.kind != DC_STAGE_VALUE_CONTENT)
		return 0;
	return same_content(left.content, right.content, error);
}

static int
same_row(const dc_plan *plan, GPtrArray *first, sqlite3_stmt *row, draftconv_error **error)
{
	if (sqlite3_value_int64(first->pdata[SHAPE]) != sqlite3_column_int64(row, SHAPE))
		return 0;
	for (guint i = FIRST; i < first->len; i++) {
		g_autoptr(sqlite3_value) value =
			sqlite3_value_dup(sqlite3_column_value(row, (int)i));
		int same = same_value(plan, first->pdata[i], value, error);

		if (same <= 0)
			return same;
	}
	return 1;
}

struct settling {
	dc_plan *plan;
	sqlite3 *db;
	sqlite3_stmt *rows;  /* of one key, highest version first */
	sqlite3_stmt *back;  /* a row steps back */
	sqlite3_stmt *fault; /* a row is not unique */
	sqlite3_stmt *tally; /* what stepped back behind the first */
};

static int
update(struct settling *s, sqlite3_stmt *statement, gint64 id, draftconv_error **error)
{
	sqlite3_bind_int64(statement, 1, id);
	int code = sqlite3_step(statement);

	sqlite3_reset(statement);
	return code == SQLITE_DONE ? DRAFTCONV_OK : dc_plan_file_error(s->db, error);
}

static GPtrArray *
keep_row(sqlite3_stmt *row)
{
	GPtrArray *values = g_ptr_array_new_with_free_func((GDestroyNotify)sqlite3_value_free);

	for (int i = 0; i < sqlite3_column_count(row); i++)
		g_ptr_array_add(values, sqlite3_value_dup(sqlite3_column_value(row, i)));
	return values;
}

/* Compare by SQLite's own order of values: NULL, numbers, text. */
static bool
same_version(GPtrArray *first, sqlite3_stmt *row)
{
	sqlite3_value *a = first->pdata[VERSION];
	int type = sqlite3_column_type(row, VERSION);

	if (type == SQLITE_NULL || sqlite3_value_type(a) == SQLITE_NULL)
		return sqlite3_value_type(a) == type;
	if (type == SQLITE_INTEGER && sqlite3_value_type(a) == SQLITE_INTEGER)
		return sqlite3_value_int64(a) == sqlite3_column_int64(row, VERSION);
	if (type == SQLITE_TEXT || sqlite3_value_type(a) == SQLITE_TEXT)
		return sqlite3_value_type(a) == type &&
		       strcmp((const char *)sqlite3_value_text(a),
			       (const char *)sqlite3_column_text(row, VERSION)) == 0;
	return !(sqlite3_value_double(a) < sqlite3_column_double(row, VERSION)) &&
	       !(sqlite3_value_double(a) > sqlite3_column_double(row, VERSION));
}

/* One key: the first row is the one that counts, unless another of its version says something else. */
static int
settle_one(struct settling *s, draftconv_error **error)
{
	g_autoptr(GPtrArray) first = NULL;
	gint64 id = 0;
	gint64 older = 0;
	gint64 equal = 0;
	int status = DRAFTCONV_OK;
	bool fault = false;

	while (status >= 0 && sqlite3_step(s->rows) == SQLITE_ROW) {
		gint64 this_id = sqlite3_column_int64(s->rows, ID);

		if (first == NULL) {
			first = keep_row(s->rows);
			id = this_id;
			continue;
		}
		if (!same_version(first, s->rows)) {
			older++;
			status = update(s, s->back, this_id, error);
			continue;
		}
		status = same_row(s->plan, first, s->rows, error);
		equal += status == 1;
		fault = fault || status == 0;
		if (status >= 0)
			status = update(s, status == 1 ? s->back : s->fault, this_id, error);
	}
	sqlite3_reset(s->rows);
	if (status >= 0 && fault)
		status = update(s, s->fault, id, error);
	sqlite3_bind_int64(s->tally, 2, older);
	sqlite3_bind_int64(s->tally, 3, equal);
	return status < 0 ? status : update(s, s->tally, id, error);
}

static int
prepare(struct settling *s, draftconv_error **error)
{
	g_autoptr(GString) sql = g_string_new("SELECT id, shape, version");

	for (guint i = 0; i < s->plan->columns; i++)
		g_string_append_printf(sql, ", c%u", i);
	g_string_append(sql, " FROM row WHERE folded = ? AND key = ? AND fault = 0 "
			     "ORDER BY version DESC, id");
	g_autofree char *back = g_strdup_printf(
		"UPDATE row SET selected = 0, fault = %d WHERE id = ?", DC_FAULT_SUPERSEDED);
	g_autofree char *fault =
		g_strdup_printf("UPDATE row SET fault = %d WHERE id = ?", DC_FAULT_NOT_UNIQUE);

	if (sqlite3_prepare_v2(s->db, sql->str, -1, &s->rows, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(s->db, back, -1, &s->back, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(s->db, fault, -1, &s->fault, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(s->db, "UPDATE row SET older = ?2, equal = ?3 WHERE id = ?1", -1,
			&s->tally, NULL) != SQLITE_OK)
		return dc_plan_file_error(s->db, error);
	return DRAFTCONV_OK;
}

static int
settle_all(struct settling *s, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) keys = NULL;

	if (sqlite3_prepare_v2(s->db,
		    "SELECT folded, key FROM row GROUP BY folded, key HAVING count(*) > 1", -1,
		    &keys, NULL) != SQLITE_OK)
		return dc_plan_file_error(s->db, error);
	for (;;) {
		int code = sqlite3_step(keys);

		if (code == SQLITE_DONE)
			return DRAFTCONV_OK;
		if (code != SQLITE_ROW)
			return dc_plan_file_error(s->db, error);
		sqlite3_bind_value(s->rows, 1, sqlite3_column_value(keys, 0));
		sqlite3_bind_value(s->rows, 2, sqlite3_column_value(keys, 1));

		int status = settle_one(s, error);
		if (status < 0)
			return status;
	}
}

int
dc_plan_settle_keys(sqlite3 *db, dc_plan *plan, draftconv_error **error)
{
	struct settling s = {.plan = plan, .db = db};
	int status = prepare(&s, error);

	if (status >= 0)
		status = settle_all(&s, error);
	sqlite3_finalize(s.rows);
	sqlite3_finalize(s.back);
	sqlite3_finalize(s.fault);
	sqlite3_finalize(s.tally);
	return status;
}
