/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values on their way into a row: short ones stay in memory, long ones become places. */
#include "lib/base/limits.h"
#include "lib/source/internal.h"

void
dc_collector_begin(struct dc_collector *collector, bool wanted, bool to_spool)
{
	collector->begin = collector->bytes->len;
	collector->wanted = wanted;
	collector->to_spool = to_spool;
	collector->is_long = false;
	collector->size = 0;
}

static int
grow_long(struct dc_collector *collector, draftconv_error **error)
{
	const gsize have = collector->bytes->len - collector->begin;
	dc_spool *spool = NULL;
	int status = DRAFTCONV_OK;

	collector->is_long = true;
	if (collector->to_spool) {
		status = dc_scan_spool(collector->scan, &spool, error);
		if (status < 0)
			return status;
		collector->spool_offset = dc_spool_size(spool);
		status = dc_spool_write(
			spool, collector->bytes->data + collector->begin, have, error);
	}
	g_byte_array_set_size(collector->bytes, (guint)collector->begin);
	return status;
}

int
dc_collector_put(
	struct dc_collector *collector, const guint8 *data, gsize size, draftconv_error **error)
{
	if (!dc_collector_eager(collector) || size == 0)
		return DRAFTCONV_OK;
	if (collector->scan->options->beginnings)
		size = MIN(size, DC_STAGE_SHORT_MAX - collector->size);
	collector->size += size;
	if (!collector->is_long && collector->size > DC_STAGE_SHORT_MAX) {
		int status = grow_long(collector, error);

		if (status < 0)
			return status;
	}
	if (!collector->is_long) {
		g_byte_array_append(collector->bytes, data, (guint)size);
		return DRAFTCONV_OK;
	}
	if (!collector->to_spool)
		return DRAFTCONV_OK;

	dc_spool *spool = NULL;
	int status = dc_scan_spool(collector->scan, &spool, error);
	return status < 0 ? status : dc_spool_write(spool, data, size, error);
}

void
dc_collector_end(struct dc_collector *collector, struct dc_value *value, enum dc_value_kind kind,
	const char *charset, const struct dc_literal *literal)
{
	*value = (struct dc_value){.kind = DC_VALUE_ABSENT, .charset = ""};
	if (!collector->wanted)
		return;
	value->kind = kind;
	value->charset = kind == DC_VALUE_TEXT ? charset : "";
	value->is_long = collector->is_long;
	if (!collector->is_long) {
		value->size = (gsize)collector->size;
		value->literal.offset = collector->begin; /* until dc_collector_settle */
	} else if (collector->to_spool) {
		value->literal = (struct dc_literal){.input = collector->scan->input->index,
			.flavour = DC_FLAVOUR_SPOOL,
			.offset = collector->spool_offset,
			.length = collector->size};
	} else {
		value->literal = *literal;
	}
}

void
dc_collector_settle(const struct dc_collector *collector, struct dc_value *values, gsize count)
{
	static const guint8 nothing[1] = {0};

	for (gsize i = 0; i < count; i++) {
		struct dc_value *value = &values[i];

		if (value->is_long || value->kind < DC_VALUE_NUMBER)
			continue;
		value->data =
			value->size == 0 ? nothing : collector->bytes->data + value->literal.offset;
		value->literal.offset = 0;
	}
}
