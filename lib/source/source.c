/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public object: a set of inputs. */
#include "lib/source/source.h"

#include "lib/base/init.h"
#include "lib/base/or-empty.h"
#include "lib/source/internal.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A command line holds no more; each is an open file. */
#define INPUTS_MAX 1000

static draftconv_source *
source_new(gsize count)
{
	draftconv_source *source = g_new0(draftconv_source, 1);

	dc_init();
	source->inputs = g_new0(struct dc_input, count);
	for (gsize i = 0; i < count; i++)
		source->inputs[i].fd = -1;
	source->count = count;
	return source;
}

static int
take_options(draftconv_source *source, const struct draftconv_source_options *options,
	draftconv_error **error)
{
	if (options == NULL)
		return DRAFTCONV_OK;
	if (options->struct_size < sizeof *options)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "source options: struct_size is not set");
	source->database = g_strdup(options->database);
	source->temp_dir = g_strdup(options->temp_dir);
	source->cancel = options->cancel;
	return DRAFTCONV_OK;
}

int
draftconv_source_open(const char *const *arguments, size_t count,
	const struct draftconv_source_options *options, draftconv_source **source,
	draftconv_error **error)
{
	if (arguments == NULL || source == NULL || count < 1 || count > INPUTS_MAX)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "1 to %d sources are needed", INPUTS_MAX);

	g_autoptr(draftconv_source) result = source_new(count);
	int status = take_options(result, options, error);
	gsize pipes = 0;

	for (size_t i = 0; i < count && status >= 0; i++) {
		pipes += strcmp(arguments[i], "-") == 0 ? 1 : 0;
		if (pipes > 1)
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"standard input can be a source only once");
		status = dc_input_open(&result->inputs[i], arguments[i], (guint32)i, error);
	}
	if (status < 0)
		return status;
	*source = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

/* Memory becomes a file without a name, so that nothing else has to know of it. */
static int
open_bytes(GBytes *bytes, const char *name, const struct dc_format *format,
	draftconv_source **source, draftconv_error **error)
{
	g_autoptr(draftconv_source) result = source_new(1);
	struct dc_input *input = &result->inputs[0];
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(bytes, &size);

	input->name = g_strdup(name);
	input->compression = "";
	input->format = format;
	input->fd = memfd_create("draftconv", MFD_CLOEXEC);
	while (input->fd >= 0 && size > 0) {
		ssize_t done = write(input->fd, data, size);

		if (done < 0)
			break;
		data += done;
		size -= (gsize)done;
	}
	if (input->fd < 0 || size > 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_TEMPORARY, "%s: %s", name, g_strerror(errno));

	int status = dc_input_probe(input, error);
	if (status < 0)
		return status;
	*source = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

int
dc_source_new_bytes(
	GBytes *bytes, const char *name, draftconv_source **source, draftconv_error **error)
{
	return open_bytes(bytes, name, NULL, source, error);
}

int
dc_source_new_schema(GBytes *bytes, draftconv_source **source, draftconv_error **error)
{
	return open_bytes(bytes, "schema", &dc_format_sql, source, error);
}

int
draftconv_source_new_rows(const struct draftconv_rows *rows,
	const struct draftconv_source_options *options, draftconv_source **source,
	draftconv_error **error)
{
	if (rows == NULL || rows->struct_size < sizeof *rows || rows->table == NULL ||
		rows->row == NULL || source == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"rows of a program need struct_size and two callbacks");

	g_autoptr(draftconv_source) result = source_new(1);
	int status = take_options(result, options, error);

	if (status < 0)
		return status;
	result->inputs[0].name = g_strdup("rows");
	result->inputs[0].compression = "";
	result->inputs[0].format = &dc_format_rows;
	result->inputs[0].spooled = true;
	result->inputs[0].rows = *rows;
	*source = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

void
draftconv_source_free(draftconv_source *source)
{
	if (source == NULL)
		return;
	for (gsize i = 0; i < source->count; i++)
		dc_input_clear(&source->inputs[i]);
	g_free(source->inputs);
	g_free(source->database);
	g_free(source->temp_dir);
	dc_catalog_free(source->catalog);
	dc_findings_free(source->findings);
	dc_spool_free(source->spool);
	g_free(source);
}

size_t
draftconv_source_count(const draftconv_source *source)
{
	return source == NULL ? 0 : source->count;
}

int
draftconv_source_describe(const draftconv_source *source, size_t index,
	struct draftconv_source_facts *facts, size_t size)
{
	if (source == NULL || facts == NULL || index >= source->count)
		return DRAFTCONV_ERROR_ARGUMENT;

	const struct dc_input *input = &source->inputs[index];
	const struct dc_damage *first = input->damages == NULL ? NULL : input->damages->pdata[0];
	const struct draftconv_source_facts all = {
		.name = input->name,
		.format = input->format->name,
		.compression = input->compression,
		.program = dc_or_empty(input->program),
		.server = dc_or_empty(input->server),
		.charsets = input->charsets == NULL ? "" : input->charsets->str,
		.completeness = input->completeness,
		.partial = input->partial,
		.damaged = first != NULL,
		.damage_offset = first == NULL ? 0 : first->offset,
		.damage_table = first == NULL ? "" : first->table,
		.damage = first == NULL ? "" : first->what,
		.rows = input->row_count,
		.bytes = input->byte_count,
		.damages = input->damage_count,
		.missing_rows = input->missing_rows,
		.missing_more = input->missing_more,
	};

	memset(facts, 0, size);
	memcpy(facts, &all, MIN(size, sizeof all));
	return DRAFTCONV_OK;
}

const gint *
dc_source_cancel(const draftconv_source *source)
{
	return source->cancel;
}

bool
dc_source_damaged(const draftconv_source *source)
{
	return source->damaged;
}

const dc_findings *
dc_source_findings(const draftconv_source *source)
{
	return source->findings;
}

int
dc_source_use_spool(draftconv_source *source, const char *path, draftconv_error **error)
{
	dc_spool *spool = NULL;
	int status = dc_spool_open(path, &spool, error);

	if (status < 0)
		return status;
	dc_spool_free(source->spool);
	source->spool = spool;
	return DRAFTCONV_OK;
}
