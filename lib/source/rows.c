/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of a program's own, through the callbacks of draftconv_source_new_rows. */
#include "lib/base/limits.h"
#include "lib/source/feed.h"

#include <string.h>

static int
program_error(int answer, draftconv_error **error)
{
	const int code = answer < DRAFTCONV_ERROR_DRAFT ? DRAFTCONV_ERROR_TEMPORARY : answer;

	return dc_error_set(error, code, "the program's rows answered with error %d", answer);
}

static int
define(struct dc_feed *feed, const struct draftconv_table *table, draftconv_error **error)
{
	dc_catalog *catalog = feed->scan->catalog;
	g_auto(dc_definition_auto) definition;

	dc_definition_init(&definition);
	if (table->name == NULL || *table->name == '\0' || table->columns == NULL ||
		table->column_count < 1 || table->column_count > DC_COLUMNS_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a table of the program has no name, or not 1 to %d columns",
			DC_COLUMNS_MAX);
	definition.name = table->name;
	for (size_t i = 0; i < table->column_count; i++) {
		const char *type = table->types == NULL ? NULL : table->types[i];
		g_autofree char *folded = g_ascii_strdown(type == NULL ? "" : type, -1);
		const struct dc_column column = {
			.name = dc_catalog_intern(catalog, table->columns[i]),
			.type = dc_catalog_intern(catalog, folded),
			.charset = "",
			.collation = "",
			.nullable = true,
			.is_unsigned = strstr(folded, "unsigned") != NULL,
			.zerofill = strstr(folded, "zerofill") != NULL};

		if (*column.name == '\0')
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"a column of table %s has no name", table->name);
		g_array_append_val(definition.columns, column);
	}
	return dc_feed_table(feed, &definition, error);
}

static int
feed_value(struct dc_feed *feed, gsize place, const struct draftconv_value *value,
	draftconv_error **error)
{
	g_autofree char *charset = NULL;
	enum dc_value_kind kind = DC_VALUE_TEXT;

	if (!dc_feed_wants(feed, place))
		return DRAFTCONV_OK;
	charset = g_ascii_strdown(value->charset == NULL ? "" : value->charset, -1);
	if (value->data == NULL)
		kind = DC_VALUE_NULL;
	else if (strcmp(charset, "binary") == 0)
		kind = DC_VALUE_BYTES;
	dc_feed_begin_value(feed);
	int status = dc_feed_put(feed, value->data, value->data == NULL ? 0 : value->size, error);
	if (status == DRAFTCONV_OK)
		dc_feed_end_value(
			feed, place, kind, dc_catalog_intern(feed->scan->catalog, charset));
	return status;
}

static int
feed_rows(struct dc_feed *feed, const struct draftconv_rows *rows, size_t count,
	draftconv_error **error)
{
	g_autofree struct draftconv_value *values = g_new0(struct draftconv_value, count);
	int status = DRAFTCONV_OK;

	while (status == DRAFTCONV_OK && !dc_scan_cancelled(feed->scan)) {
		memset(values, 0, count * sizeof *values);
		const int answer = rows->row(rows->user, values, count);

		if (answer < 0)
			return program_error(answer, error);
		if (answer == 0)
			break;
		dc_feed_begin_row(feed);
		for (size_t i = 0; i < count && status == DRAFTCONV_OK; i++)
			status = feed_value(feed, i, &values[i], error);
		if (status == DRAFTCONV_OK)
			status = dc_feed_end_row(feed, error);
	}
	return status;
}

static int
rows_scan(struct dc_scan *scan, struct dc_input *input, draftconv_error **error)
{
	const struct draftconv_rows *rows = &input->rows;
	struct dc_feed feed;
	int status = DRAFTCONV_OK;

	dc_feed_init(&feed, scan);
	for (size_t i = 0; status == DRAFTCONV_OK; i++) {
		struct draftconv_table table = {0};
		const int answer = rows->table(rows->user, i, &table);

		if (answer < 0)
			status = program_error(answer, error);
		if (answer <= 0)
			break;
		status = define(&feed, &table, error);
		if (status == DRAFTCONV_OK)
			status = feed_rows(&feed, rows, table.column_count, error);
	}
	input->completeness = DRAFTCONV_SOURCE_COMPLETE;
	dc_feed_clear(&feed);
	return status;
}

static int
rows_bid(const guint8 *head, gsize size)
{
	(void)head;
	(void)size;
	return 0;
}

const struct dc_format dc_format_rows = {
	.name = "rows", .text = false, .bid = rows_bid, .scan = rows_scan};
