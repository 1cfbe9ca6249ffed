/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dump.h"

#include "tests/source/events.h"

#include <string.h>

static char *
everything(GBytes *bytes, gsize window)
{
	g_autoptr(draftconv_source) source = NULL;
	const struct dc_scan_options options = {.window = window};
	struct events events = {.tables = true};
	struct draftconv_source_facts facts;

	if (dc_source_new_bytes(bytes, "dump", &source, NULL) < 0)
		return g_strdup("");
	g_autofree char *text = events_scan(&events, source, &options);
	g_autoptr(GString) all = g_string_new(text);
	const dc_findings *findings = dc_source_findings(source);

	g_assert_cmpint(
		draftconv_source_describe(source, 0, &facts, sizeof facts), ==, DRAFTCONV_OK);
	g_assert_cmpuint(facts.bytes, <=, g_bytes_get_size(bytes) * 3);
	g_string_append_printf(all, "%s|%s|%s|%d|%d|%" G_GUINT64_FORMAT "|%s|%s\n", facts.program,
		facts.server, facts.charsets, (int)facts.completeness, facts.damaged,
		facts.damage_offset, facts.damage_table, facts.damage);
	for (size_t i = 0; i < dc_findings_count(findings); i++)
		g_string_append_printf(all, "%s %s\n", dc_findings_at(findings, i)->code,
			dc_findings_at(findings, i)->detail);
	return g_string_free(g_steal_pointer(&all), FALSE);
}

void
fuzz_dump(const char *head, const void *data, gsize size)
{
	g_autoptr(GByteArray) dump = g_byte_array_new();

	g_byte_array_append(dump, (const guint8 *)head, (guint)strlen(head));
	if (size > 0)
		g_byte_array_append(dump, data, (guint)size);
	g_autoptr(GBytes) bytes = g_bytes_new(dump->data, dump->len);
	g_autofree char *whole = everything(bytes, 0);
	g_autofree char *pieces = everything(bytes, size % 7 + 1);

	g_assert_cmpstr(whole, ==, pieces);
}
