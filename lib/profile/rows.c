/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/reader.h"

#include <string.h>

struct dc_plan_rows {
	dc_plan_reader *reader;
	dc_findings *findings;
	sqlite3_stmt *plan; /* rows of an account; NULL for children */
	bool selected;      /* which of the reader's statements that is */
	/* of children */
	const dc_plan_row *draft;
	enum dc_statement_kind kind;
	guint shape;                 /* the statement that is asked, or the next one */
	bool shown;                  /* a value too large for a function stood in a row itself */
	struct dc_prepared *current; /* NULL: none is asked just now */
};

/* ---- reader ---- */

static void
free_prepared(gpointer prepared)
{
	dc_prepared_free(prepared);
}

int
dc_plan_open(dc_plan *plan, dc_plan_reader **reader, draftconv_error **error)
{
	const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
	g_autoptr(dc_plan_reader) result = g_new0(dc_plan_reader, 1);

	result->plan = plan;
	result->children = g_ptr_array_new_with_free_func(free_prepared);
	g_ptr_array_set_size(result->children, (gint)plan->shapes->len);
	/* The open transaction spares a lock for each statement. */
	if (sqlite3_open_v2(plan->path, &result->db, flags, NULL) != SQLITE_OK ||
		sqlite3_exec(result->db, "PRAGMA trusted_schema=OFF; BEGIN", NULL, NULL, NULL) !=
			SQLITE_OK)
		return dc_plan_file_error(result->db, error);

	int status = dc_stage_connect(plan->stage, &result->conn, error);
	if (status < 0)
		return status;
	*reader = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

void
dc_plan_reader_free(dc_plan_reader *reader)
{
	if (reader == NULL)
		return;
	g_ptr_array_unref(reader->children);
	dc_stage_conn_free(reader->conn);
	sqlite3_finalize(reader->account);
	sqlite3_finalize(reader->owner);
	sqlite3_finalize(reader->known);
	sqlite3_finalize(reader->drafts[0]);
	sqlite3_finalize(reader->drafts[1]);
	sqlite3_close_v2(reader->db);
	g_free(reader);
}

/* ---- rows of an account ---- */

static dc_plan_rows *
rows_new(dc_plan_reader *reader)
{
	dc_plan_rows *rows = g_new0(dc_plan_rows, 1);

	rows->reader = reader;
	rows->findings = dc_findings_new();
	return rows;
}

static int
prepare_rows(dc_plan_reader *reader, bool selected, sqlite3_stmt **rows, draftconv_error **error)
{
	g_autoptr(GString) sql = g_string_new("SELECT " DC_ROW_COLUMNS);

	for (guint i = 0; i < reader->plan->columns; i++)
		g_string_append_printf(sql, ", c%u", i);
	g_string_append_printf(sql, " FROM row WHERE folded = ?%s ORDER BY moment, key, id",
		selected ? " AND selected" : "");
	return sqlite3_prepare_v2(reader->db, sql->str, -1, rows, NULL) == SQLITE_OK
		       ? DRAFTCONV_OK
		       : dc_plan_file_error(reader->db, error);
}

static int
rows_of_account(dc_plan_reader *reader, const dc_account *account, bool selected,
	dc_plan_rows **rows, draftconv_error **error)
{
	g_autoptr(dc_plan_rows) result = rows_new(reader);
	int status = DRAFTCONV_OK;

	result->selected = selected;
	result->plan = reader->drafts[selected];
	reader->drafts[selected] = NULL;
	if (result->plan == NULL)
		status = prepare_rows(reader, selected, &result->plan, error);
	if (status < 0)
		return status;
	if (sqlite3_bind_text(result->plan, 1, account->folded, -1, SQLITE_TRANSIENT) != SQLITE_OK)
		return dc_plan_file_error(reader->db, error);
	*rows = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

/* The reader keeps one of each kind. */
static void
give_back_plan(dc_plan_rows *rows)
{
	dc_plan_reader *reader = rows->reader;

	if (rows->plan == NULL)
		return;
	sqlite3_reset(rows->plan);
	if (reader->drafts[rows->selected] == NULL)
		reader->drafts[rows->selected] = rows->plan;
	else
		sqlite3_finalize(rows->plan);
}

int
dc_plan_drafts(dc_plan_reader *reader, const dc_account *account, dc_plan_rows **rows,
	draftconv_error **error)
{
	return rows_of_account(reader, account, true, rows, error);
}

int
dc_plan_account_rows(dc_plan_reader *reader, const dc_account *account, dc_plan_rows **rows,
	draftconv_error **error)
{
	return rows_of_account(reader, account, false, rows, error);
}

static int
next_of_plan(dc_plan_rows *rows, dc_plan_row **row, draftconv_error **error)
{
	switch (sqlite3_step(rows->plan)) {
	case SQLITE_ROW:
		return dc_plan_row_from_plan(rows->reader, rows->plan, row, error);
	case SQLITE_DONE:
		return 0;
	default:
		return dc_plan_file_error(rows->reader->db, error);
	}
}

/* ---- child rows ---- */

int
dc_plan_children(dc_plan_reader *reader, const dc_plan_row *draft, enum dc_statement_kind kind,
	dc_plan_rows **rows, draftconv_error **error)
{
	if (kind <= DC_STATEMENT_OWNERS || kind >= DC_STATEMENT_KINDS)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "drafts have no such children");

	dc_plan_rows *result = rows_new(reader);
	result->draft = draft;
	result->kind = kind;
	*rows = result;
	return DRAFTCONV_OK;
}

/* The reader's compiled statement, or another one while somebody walks through that. */
static int
borrow(dc_plan_rows *rows, draftconv_error **error)
{
	dc_plan_reader *reader = rows->reader;
	const struct dc_prepared *shape = reader->plan->shapes->pdata[rows->shape];

	if (reader->children->pdata[rows->shape] != NULL) {
		rows->current = reader->children->pdata[rows->shape];
		reader->children->pdata[rows->shape] = NULL;
		return DRAFTCONV_OK;
	}
	return dc_prepared_new(reader->conn, shape->statement, &rows->current, NULL, error);
}

static void
give_back(dc_plan_rows *rows)
{
	struct dc_prepared *current = g_steal_pointer(&rows->current);

	if (current == NULL)
		return;
	if (current->query == NULL || rows->reader->children->pdata[rows->shape] != NULL) {
		dc_prepared_free(current);
		return;
	}
	/* Bindings are cleared: what stays behind is another person's attachment. */
	dc_stage_query_reset(current->query);
	rows->reader->children->pdata[rows->shape] = current;
}

/* STAGE.md 5: a parameter has the type that its row had. @return 1 bound, 0 not to be asked */
static int
bind(dc_plan_rows *rows, draftconv_error **error)
{
	dc_stage_query *query = rows->current->query;
	const char *name;

	dc_stage_query_reset(query);
	for (size_t i = 0; (name = dc_stage_query_parameter(query, i)) != NULL; i++) {
		g_autofree char *lower = g_ascii_strdown(name, -1);
		const sqlite3_value *stored = dc_plan_row_stored(rows->draft, lower);

		if (stored == NULL)
			return 0;
		int status = dc_stage_query_bind(query, name, stored, error);
		if (status < 0)
			return status;
	}
	return 1;
}

/* Begin with the next statement of the kind. @return 1; 0 when there is none; negative error */
static int
begin_statement(dc_plan_rows *rows, draftconv_error **error)
{
	const GPtrArray *shapes = rows->reader->plan->shapes;

	for (; rows->shape < shapes->len; rows->shape++) {
		const struct dc_prepared *shape = shapes->pdata[rows->shape];

		if (shape->statement->kind != rows->kind || shape->missing != NULL)
			continue;
		int status = borrow(rows, error);
		if (status >= 0)
			status = rows->current->query == NULL ? 0 : bind(rows, error);
		if (status != 0)
			return status;
		give_back(rows);
	}
	return 0;
}

static void
end_statement(dc_plan_rows *rows)
{
	const struct dc_statement *statement = rows->current->statement;

	if (dc_stage_query_too_large(rows->current->query) && !rows->shown)
		dc_findings_add(rows->findings, DC_FINDING_TOO_LARGE_FOR_SQL, "",
			"<%s> on line %u: rows may be missing",
			dc_statement_kind_name(statement->kind), statement->line);
	rows->shown = false;
	give_back(rows);
	rows->shape++;
}

/* The row on which the statement stands. */
static int
take_child(dc_plan_rows *rows, dc_plan_row **row, draftconv_error **error)
{
	dc_plan *plan = rows->reader->plan;
	int status = dc_plan_row_from_query(
		plan->shapes->pdata[rows->shape], rows->current->query, row, error);

	g_atomic_int_set(&plan->found[rows->shape], 1);
	rows->shown = rows->shown || (status > 0 && dc_plan_row_failed(*row));
	return status;
}

static int
next_child(dc_plan_rows *rows, dc_plan_row **row, draftconv_error **error)
{
	for (;;) {
		int status = rows->current != NULL ? 1 : begin_statement(rows, error);

		if (status <= 0)
			return status;
		status = dc_stage_query_step(rows->current->query, error);
		if (status < 0)
			return dc_error_prefix(error, status, "%s:%u: <%s>",
				rows->reader->plan->profile->label, rows->current->statement->line,
				dc_statement_kind_name(rows->kind));
		if (status > 0)
			return take_child(rows, row, error);
		end_statement(rows);
	}
}

int
dc_plan_rows_next(dc_plan_rows *rows, dc_plan_row **row, draftconv_error **error)
{
	return rows->plan != NULL ? next_of_plan(rows, row, error) : next_child(rows, row, error);
}

const dc_findings *
dc_plan_rows_findings(const dc_plan_rows *rows)
{
	return rows->findings;
}

void
dc_plan_rows_free(dc_plan_rows *rows)
{
	if (rows == NULL)
		return;
	give_back(rows);
	give_back_plan(rows);
	dc_findings_free(rows->findings);
	g_free(rows);
}
