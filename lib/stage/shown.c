/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Result columns as text for people. Steps 1 to 3 of the ladder, as keys and owners are decoded, but
 * nothing is guessed: what is no text in its declared set stays what it is.
 */
#include "lib/stage/query.h"

#include "lib/text/charset.h"
#include "lib/text/decode.h"

#include <string.h>

static const char *
or_null(const char *name)
{
	return name == NULL || *name == '\0' ? NULL : name;
}

/* An expression may be made of anything that the statement reads. */
static bool
reads_bytes(const dc_stage_query *query)
{
	for (guint i = 0; i < query->reads->len; i++) {
		const dc_stage_column *column =
			g_array_index(query->reads, struct dc_read, i).column;

		if (column->affinity == DC_STAGE_BYTES && !column->is_text)
			return true;
	}
	return false;
}

struct dc_shown
dc_query_shown(const dc_stage_query *query, size_t column)
{
	const dc_stage_column *origin = dc_stage_query_column_origin(query, column);
	const char *client = NULL;
	const char *charset = NULL;

	if (origin != NULL) {
		/* Of several sets nobody knows which one a value was written in. */
		if (origin->clients[0] != NULL && origin->clients[1] == NULL)
			client = origin->clients[0];
		return (struct dc_shown){.is_text = origin->is_text,
			.client = or_null(client),
			.charset = or_null(origin->charset)};
	}
	if (dc_stage_query_column_is_utf8(query, column) || reads_bytes(query) ||
		!dc_stage_query_charsets(query, &client, &charset))
		return (struct dc_shown){.is_text = false};
	return (struct dc_shown){
		.is_text = true, .client = or_null(client), .charset = or_null(charset)};
}

static bool
is_ascii(const char *bytes, gsize size)
{
	for (gsize i = 0; i < size; i++)
		if ((bytes[i] & 0x80) != 0 || bytes[i] == 0x1b)
			return false;
	return true;
}

GBytes *
dc_shown_decode(const struct dc_shown *shown, const void *bytes, gsize size)
{
	const struct dc_text_hints hints = {.client = shown->client, .column = shown->charset};
	struct dc_text_told told;

	if (!shown->is_text || is_ascii(bytes, size) || memchr(bytes, 0, size) != NULL)
		return NULL;
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autofree char *text = dc_text_decode_told(bytes, size, &hints, "", findings, NULL, &told);

	/* The last letter was not whole, and left off. */
	if (dc_findings_has(findings, DC_FINDING_SUBJECT_CUT))
		return NULL;

	switch (told.rule) {
	case DC_TEXT_UTF8:
	case DC_TEXT_ESCAPES:
	case DC_TEXT_DECLARED:
		size = strlen(text);
		return g_bytes_new_take(g_steal_pointer(&text), size);
	case DC_TEXT_ASCII:
	case DC_TEXT_GUESSED:
	case DC_TEXT_ASSUMED:
	case DC_TEXT_DAMAGED:
		break;
	}
	return NULL;
}
