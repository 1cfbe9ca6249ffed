/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/reader.h"

#include "lib/base/limits.h"

#include <string.h>

struct dc_plan_row {
	const struct dc_prepared *shape; /* the plan's, or the reader's; both outlive the row */
	char *key;
	dc_findings *findings;
	bool failed;
	guint count;
	struct dc_plan_value *values;
	char **bytes;           /* what values->data points to */
	sqlite3_value **stored; /* of bound columns, else NULL */
};

void
dc_plan_row_free(dc_plan_row *row)
{
	if (row == NULL)
		return;
	for (guint i = 0; i < row->count; i++) {
		dc_content_unref(row->values[i].content);
		g_free(row->bytes[i]);
		sqlite3_value_free(row->stored[i]);
	}
	g_free(row->values);
	g_free(row->bytes);
	g_free(row->stored);
	dc_findings_free(row->findings);
	g_free(row->key);
	g_free(row);
}

static dc_plan_row *
row_new(const struct dc_prepared *shape, const char *key)
{
	dc_plan_row *row = g_new0(dc_plan_row, 1);

	row->shape = shape;
	row->key = g_strdup(key);
	row->findings = dc_findings_new();
	row->count = shape->names->len;
	row->values = g_new0(struct dc_plan_value, row->count);
	row->bytes = g_new0(char *, row->count);
	row->stored = g_new0(sqlite3_value *, row->count);
	for (guint i = 0; i < row->count; i++) {
		row->values[i].name = shape->names->pdata[i];
		row->values[i].client_charset = dc_prepared_client_charset(shape, (int)i);
		row->values[i].column_charset = dc_prepared_column_charset(shape, (int)i);
		row->values[i].utf8 = shape->utf8[i];
	}
	return row;
}

static void
set_bytes(dc_plan_row *row, guint index, const void *data, gsize size)
{
	char *copy = g_malloc(size + 1);

	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	row->bytes[index] = copy;
	row->values[index].data = copy;
	row->values[index].size = size;
}

/* Numbers are spelt as SQLite does, in one place for all. */
static int
set_number(dc_plan_row *row, guint index, const dc_stage_value *value, draftconv_error **error)
{
	g_autoptr(GBytes) bytes = NULL;
	int status = dc_stage_value_load(value, DC_KEY_MAX, &bytes, error);
	gsize size = 0;

	if (status < 0)
		return status;
	const void *data = g_bytes_get_data(bytes, &size);
	set_bytes(row, index, data, size);
	return DRAFTCONV_OK;
}

static int
set_value(dc_plan_row *row, guint index, dc_stage_value *from, draftconv_error **error)
{
	struct dc_plan_value *value = &row->values[index];

	value->integer = from->integer;
	value->real = from->real;
	switch (from->kind) {
	case DC_STAGE_VALUE_NULL:
		value->type = DC_PLAN_NULL;
		return DRAFTCONV_OK;
	case DC_STAGE_VALUE_INTEGER:
		value->type = DC_PLAN_INTEGER;
		return set_number(row, index, from, error);
	case DC_STAGE_VALUE_REAL:
		value->type = DC_PLAN_REAL;
		return set_number(row, index, from, error);
	case DC_STAGE_VALUE_BYTES:
		value->type = DC_PLAN_TEXT;
		set_bytes(row, index, from->data, from->size);
		return DRAFTCONV_OK;
	case DC_STAGE_VALUE_CONTENT:
		value->type = DC_PLAN_TEXT;
		value->content = g_steal_pointer(&from->content);
		return DRAFTCONV_OK;
	case DC_STAGE_VALUE_TOO_LARGE:
		value->type = DC_PLAN_TOO_LARGE;
		row->failed = true;
		dc_findings_add(row->findings, DC_FINDING_TOO_LARGE_FOR_SQL, value->name,
			"<%s> on "
			"line %u",
			dc_statement_kind_name(row->shape->statement->kind),
			row->shape->statement->line);
		return DRAFTCONV_OK;
	}
	return DRAFTCONV_OK;
}

/* What was found out while the plan was made; the columns are those of DC_ROW_COLUMNS. */
static void
note_faults(dc_plan_row *row, sqlite3_stmt *rows)
{
	const struct dc_statement *statement = row->shape->statement;
	int fault = sqlite3_column_int(rows, 2);
	gint64 older = sqlite3_column_int64(rows, 3);
	gint64 equal = sqlite3_column_int64(rows, 4);

	if (fault == DC_FAULT_KEY)
		dc_findings_add(row->findings, DC_FINDING_KEY_INVALID, "key",
			"<drafts> on line %u: no key, or one of over %d bytes", statement->line,
			DC_KEY_MAX);
	else if (fault == DC_FAULT_OWNER)
		dc_findings_add(row->findings, DC_FINDING_OWNER_INVALID, "owner",
			"<drafts> on line %u: no owner, or one of over %d bytes", statement->line,
			DC_KEY_MAX);
	else if (fault == DC_FAULT_NOT_UNIQUE)
		dc_findings_add(row->findings, DC_FINDING_KEY_NOT_UNIQUE, "key", "%s", row->key);
	row->failed = row->failed || fault > DC_FAULT_NONE;
	if (older > 0)
		dc_findings_add(row->findings, DC_FINDING_VERSION_OLDER, "version",
			"%" G_GINT64_FORMAT " left out", older);
	if (equal > 0)
		dc_findings_add(row->findings, DC_FINDING_DUPLICATE_ROWS, "",
			"%" G_GINT64_FORMAT " left out", equal);
}

int
dc_plan_row_from_plan(
	dc_plan_reader *reader, sqlite3_stmt *rows, dc_plan_row **row, draftconv_error **error)
{
	const dc_plan *plan = reader->plan;
	const struct dc_prepared *shape = plan->shapes->pdata[sqlite3_column_int(rows, 0)];
	g_autoptr(dc_plan_row) result = row_new(shape, (const char *)sqlite3_column_text(rows, 1));

	note_faults(result, rows);
	for (guint i = 0; i < result->count; i++) {
		sqlite3_value *column = sqlite3_column_value(rows, (int)i + 5);
		g_auto(dc_stage_value) value = {0};

		if (shape->bound[i])
			result->stored[i] = sqlite3_value_dup(column);
		int status = dc_stage_resolve(plan->stage, column, &value, error);
		if (status >= 0)
			status = set_value(result, i, &value, error);
		if (status < 0)
			return status;
	}
	*row = g_steal_pointer(&result);
	return 1;
}

int
dc_plan_row_from_query(const struct dc_prepared *shape, dc_stage_query *query, dc_plan_row **row,
	draftconv_error **error)
{
	g_autoptr(dc_plan_row) result = row_new(shape, "");

	for (guint i = 0; i < result->count; i++) {
		g_auto(dc_stage_value) value = {0};
		int status = dc_stage_query_value(query, i, &value, error);

		if (status >= 0)
			status = set_value(result, i, &value, error);
		if (status < 0)
			return status;
	}
	*row = g_steal_pointer(&result);
	return 1;
}

const sqlite3_value *
dc_plan_row_stored(const dc_plan_row *row, const char *name)
{
	int column = dc_prepared_column(row->shape, name);

	return column < 0 ? NULL : row->stored[column];
}

const struct dc_prepared *
dc_plan_row_shape(const dc_plan_row *row)
{
	return row->shape;
}

const struct dc_statement *
dc_plan_row_statement(const dc_plan_row *row)
{
	return row->shape->statement;
}

const char *
dc_plan_row_key(const dc_plan_row *row)
{
	return row->key;
}

const dc_findings *
dc_plan_row_findings(const dc_plan_row *row)
{
	return row->findings;
}

bool
dc_plan_row_failed(const dc_plan_row *row)
{
	return row->failed;
}

size_t
dc_plan_row_count(const dc_plan_row *row)
{
	return row->count;
}

const struct dc_plan_value *
dc_plan_row_at(const dc_plan_row *row, size_t index)
{
	g_assert(index < row->count);
	return &row->values[index];
}

const struct dc_plan_value *
dc_plan_row_get(const dc_plan_row *row, const char *name)
{
	int column = dc_prepared_column(row->shape, name);

	return column < 0 ? NULL : &row->values[column];
}

dc_content *
dc_plan_value_content(const struct dc_plan_value *value)
{
	if (value->content != NULL)
		return dc_content_ref(value->content);
	if (value->data == NULL)
		return NULL;

	g_autoptr(GBytes) bytes = g_bytes_new(value->data, value->size);
	return dc_content_new_bytes(bytes);
}
