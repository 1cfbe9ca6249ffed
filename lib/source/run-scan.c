/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dc_source_scan: all inputs of a source, one after the other. */
#include "lib/source/internal.h"

#include <string.h>
#include <sys/stat.h>

static int
announce_all(struct dc_scan *scan, draftconv_error **error)
{
	for (guint i = 0; i < dc_catalog_count(scan->catalog); i++) {
		struct dc_entry *entry = dc_catalog_at(scan->catalog, i);

		if (entry->columns->len == 0 || (entry->order->len == 0 && !entry->announced))
			continue;
		int status = dc_scan_announce(scan, entry, error);
		if (status < 0)
			return status;
	}
	return DRAFTCONV_OK;
}

static int
scan_input(struct dc_scan *scan, struct dc_input *input, draftconv_error **error)
{
	const struct dc_source_handler *handler = scan->handler;
	int status = DRAFTCONV_OK;

	scan->input = input;
	dc_input_reset_facts(input);
	if (handler->begin != NULL)
		status = handler->begin(scan->user, input->index, error);
	if (status >= 0)
		status = input->format->scan(scan, input, error);
	if (status >= 0 && dc_scan_cancelled(scan))
		status = dc_error_set(error, DRAFTCONV_ERROR_CANCELLED, "cancelled");
	if (status >= 0)
		status = announce_all(scan, error);
	if (status >= 0 && handler->end != NULL)
		status = handler->end(scan->user, input->index, error);
	scan->done += input->byte_count;
	dc_scan_tell_damage(scan);
	scan->source->damaged |= input->damages != NULL;
	return MIN(status, DRAFTCONV_OK);
}

/* How much there is to read; 0 when one of the inputs cannot tell. */
static guint64
total_size(const draftconv_source *source)
{
	guint64 total = 0;

	for (gsize i = 0; i < source->count; i++) {
		const struct dc_input *input = &source->inputs[i];
		struct stat status;

		if (!input->regular || input->packed || fstat(input->fd, &status) < 0)
			return 0;
		total += (guint64)status.st_size;
	}
	return total;
}

static int
define_tables(void *user, const struct dc_table *table, bool *wanted, draftconv_error **error)
{
	(void)user;
	(void)table;
	(void)wanted;
	(void)error;
	return 0;
}

/* Read SCHEMA into a catalogue of its own. */
static int
read_schema(const char *schema, dc_catalog **catalog, draftconv_error **error)
{
	static const struct dc_source_handler handler = {.table = define_tables};
	g_autoptr(GBytes) bytes = g_bytes_new(schema, strlen(schema));
	g_autoptr(draftconv_source) source = NULL;
	int status = dc_source_new_schema(bytes, &source, error);

	if (status >= 0)
		status = dc_source_scan(source, &handler, NULL, NULL, error);
	if (status < 0)
		return status;
	*catalog = g_steal_pointer(&source->catalog);
	return DRAFTCONV_OK;
}

int
dc_source_scan(draftconv_source *source, const struct dc_source_handler *handler, void *user,
	const struct dc_scan_options *options, draftconv_error **error)
{
	static const struct dc_scan_options defaults = {0};
	g_autoptr(dc_catalog) schema = NULL;
	struct dc_scan scan = {.source = source,
		.handler = handler,
		.user = user,
		.options = options == NULL ? &defaults : options};
	int status = DRAFTCONV_OK;

	if (scan.options->schema != NULL)
		status = read_schema(scan.options->schema, &schema, error);
	if (status < 0)
		return status;
	g_clear_pointer(&source->catalog, dc_catalog_free);
	g_clear_pointer(&source->findings, dc_findings_free);
	g_clear_pointer(&source->spool, dc_spool_free);
	source->catalog = scan.catalog = dc_catalog_new();
	source->findings = scan.findings = dc_findings_new();
	source->damaged = false;
	scan.schema = schema;
	scan.total = total_size(source);
	for (gsize i = 0; i < source->count && status >= 0; i++)
		status = scan_input(&scan, &source->inputs[i], error);
	if (status >= 0 && source->spool != NULL)
		status = dc_spool_flush(source->spool, error);
	if (status >= 0)
		status = dc_scan_check_databases(&scan, error);
	dc_scan_clear_databases(&scan);
	dc_catalog_free(scan.ahead);
	return status;
}

int
dc_source_parse_schema(const char *text, const struct dc_source_handler *handler, void *user,
	draftconv_error **error)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_autoptr(draftconv_source) source = NULL;
	int status = dc_source_new_schema(bytes, &source, error);

	return status < 0 ? status : dc_source_scan(source, handler, user, NULL, error);
}
