/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/source/feed.h"

void
dc_feed_init(struct dc_feed *feed, struct dc_scan *scan)
{
	*feed = (struct dc_feed){.scan = scan,
		.bytes = g_byte_array_new(),
		.values = g_array_new(FALSE, TRUE, sizeof(struct dc_value))};
	feed->collector = (struct dc_collector){.scan = scan, .bytes = feed->bytes};
}

void
dc_feed_clear(struct dc_feed *feed)
{
	g_byte_array_unref(feed->bytes);
	g_array_unref(feed->values);
}

int
dc_feed_table(struct dc_feed *feed, const struct dc_definition *definition, draftconv_error **error)
{
	int status = dc_scan_create(feed->scan, definition, error);

	feed->ordinal = 0;
	if (status == 0)
		status = dc_scan_entry(
			feed->scan, definition->database, definition->name, &feed->entry, error);
	if (status == 0 && feed->entry != NULL)
		status = dc_scan_announce(feed->scan, feed->entry, error);
	return status;
}

bool
dc_feed_wants(const struct dc_feed *feed, gsize place)
{
	const struct dc_entry *entry = feed->entry;

	return entry != NULL && entry->is_wanted && place < entry->order->len &&
	       entry->wanted[g_array_index(entry->order, guint32, place)];
}

void
dc_feed_begin_row(struct dc_feed *feed)
{
	const struct dc_value absent = {.kind = DC_VALUE_ABSENT, .charset = ""};

	g_byte_array_set_size(feed->bytes, 0);
	g_array_set_size(feed->values, 0);
	for (gsize i = 0; feed->entry != NULL && i < feed->entry->table.column_count; i++)
		g_array_append_val(feed->values, absent);
}

void
dc_feed_begin_value(struct dc_feed *feed)
{
	dc_collector_begin(&feed->collector, true, true);
}

int
dc_feed_put(struct dc_feed *feed, const void *data, gsize size, draftconv_error **error)
{
	return dc_collector_put(&feed->collector, data, size, error);
}

void
dc_feed_end_value(struct dc_feed *feed, gsize place, enum dc_value_kind kind, const char *charset)
{
	const struct dc_literal nowhere = {0};
	const guint32 column = g_array_index(feed->entry->order, guint32, place);

	dc_collector_end(&feed->collector, &g_array_index(feed->values, struct dc_value, column),
		kind, charset, &nowhere);
}

int
dc_feed_end_row(struct dc_feed *feed, draftconv_error **error)
{
	struct dc_row row = {.offset = feed->ordinal++, .time_zone = ""};

	if (feed->entry == NULL)
		return DRAFTCONV_OK;
	dc_collector_settle(&feed->collector, (struct dc_value *)(gpointer)feed->values->data,
		feed->values->len);
	row.values = (const struct dc_value *)(gpointer)feed->values->data;
	return dc_scan_row(feed->scan, feed->entry, &row, error);
}
