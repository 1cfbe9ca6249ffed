/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stage from rows given by hand. */
#include "lib/stage/builder.h"

int
dc_stage_builder_new(
	const dc_stage_options *options, dc_stage_builder **builder, draftconv_error **error)
{
	g_autoptr(dc_stage_builder) self = NULL;
	int status = dc_builder_open(options, NULL, &self, error);

	if (status >= 0)
		status = dc_stage_spool_new(self->stage->temp_dir, &self->spool, error);
	if (status < 0)
		return status;
	self->stage->store = (dc_store *)self->spool;
	if (options != NULL && options->schema != NULL) {
		status = dc_stage_builder_schema(self, options->schema, error);
		if (status < 0)
			return status;
	}
	*builder = g_steal_pointer(&self);
	return DRAFTCONV_OK;
}

static char **
copy_names(const char *const *names)
{
	GPtrArray *copies = g_ptr_array_new();

	for (; *names != NULL; names++)
		g_ptr_array_add(copies, g_strdup(*names));
	g_ptr_array_add(copies, NULL);
	return (char **)g_ptr_array_free(copies, FALSE);
}

int
dc_stage_builder_table(dc_stage_builder *builder, const char *name,
	const dc_stage_definition *columns, size_t count, const char *const *primary_key,
	draftconv_error **error)
{
	struct dc_filling *filling;

	if (!dc_builder_wants(builder, name))
		return DRAFTCONV_OK;

	dc_stage_table *table = dc_table_new(NULL, name);
	for (size_t i = 0; i < count; i++)
		g_ptr_array_add(table->columns, dc_column_new(columns[i].name, columns[i].type,
							columns[i].charset, columns[i].collation));
	if (primary_key != NULL) {
		dc_stage_key *key = g_new0(dc_stage_key, 1);

		key->primary = true;
		key->unique = true;
		key->columns = copy_names(primary_key);
		g_ptr_array_add(table->keys, key);
	}
	return dc_builder_add_table(builder, table, &filling, error);
}

static struct dc_filling *
find_filling(const dc_stage_builder *builder, const char *table)
{
	for (guint i = 0; i < builder->fillings->len; i++) {
		struct dc_filling *filling = builder->fillings->pdata[i];

		if (g_ascii_strcasecmp(filling->table->name, table) == 0)
			return filling;
	}
	return NULL;
}

static int
convert_cell(dc_stage_builder *builder, const char *client, const dc_stage_cell *from,
	struct dc_cell *to, draftconv_error **error)
{
	static const enum dc_cell_kind kinds[] = {
		[DC_STAGE_CELL_NULL] = DC_CELL_NULL,
		[DC_STAGE_CELL_NUMBER] = DC_CELL_NUMBER,
		[DC_STAGE_CELL_TEXT] = DC_CELL_TEXT,
		[DC_STAGE_CELL_BYTES] = DC_CELL_BYTES,
	};

	*to = (struct dc_cell){.kind = kinds[from->kind],
		.client = client,
		.data = from->data,
		.size = from->size,
		.is_long =
			(from->kind == DC_STAGE_CELL_TEXT || from->kind == DC_STAGE_CELL_BYTES) &&
			from->size > builder->short_max};
	return to->is_long ? dc_stage_spool_add(
				     builder->spool, from->data, from->size, &to->place, error)
			   : DRAFTCONV_OK;
}

int
dc_stage_builder_row(dc_stage_builder *builder, const char *table, const char *client,
	enum dc_stage_conflict conflict, const dc_stage_cell *cells, size_t count,
	draftconv_error **error)
{
	struct dc_filling *filling = find_filling(builder, table);

	if (filling == NULL)
		return 0;
	if (count != filling->table->columns->len) {
		dc_findings_add(builder->stage->findings, DC_FINDING_ROW_ARITY, "",
			"table %s: %zu values for %u columns", table, count,
			filling->table->columns->len);
		return 0;
	}

	g_autofree struct dc_cell *row = g_new0(struct dc_cell, count);
	for (size_t i = 0; i < count; i++) {
		int status = convert_cell(builder, client, &cells[i], &row[i], error);

		if (status < 0)
			return status;
	}
	int status = dc_builder_put(builder, filling, conflict, 0, 0, row, count, error);
	return status < 0 ? status : 1;
}

int
dc_stage_builder_finish(dc_stage_builder *builder, dc_stage **stage, draftconv_error **error)
{
	int status = dc_builder_settle(builder, error);

	return status < 0 ? status : dc_builder_close(builder, stage, error);
}
