/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of an input cannot be read: each place once, rows that are missing for the same reason counted
 * under the first of them. Told when the input has ended, since only then the counts are known.
 */
#include "lib/base/limits.h"
#include "lib/source/internal.h"

#include <string.h>

static void
damage_free(gpointer data)
{
	struct dc_damage *damage = data;

	g_free(damage->table);
	g_free(damage->what);
	g_free(damage);
}

/* A record for the caller to fill in; NULL when there are too many, which is counted. */
static struct dc_damage *
add(struct dc_scan *scan, guint64 offset, const char *table, const char *what)
{
	struct dc_input *input = scan->input;

	if (input->damages == NULL)
		input->damages = g_ptr_array_new_with_free_func(damage_free);
	input->damage_count++;
	if (input->damages->len >= DC_DAMAGES_MAX)
		return NULL;

	struct dc_damage *damage = g_new0(struct dc_damage, 1);
	damage->code = DC_FINDING_SOURCE_DAMAGED;
	damage->offset = offset;
	damage->table = g_utf8_make_valid(table, -1);
	damage->what = g_utf8_make_valid(what, -1);
	g_ptr_array_add(input->damages, damage);
	return damage;
}

void
dc_scan_damage(struct dc_scan *scan, guint64 offset, const char *table, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);

	struct dc_damage *damage = add(scan, offset, table, what);
	if (damage != NULL)
		damage->more = true;
	scan->input->missing_more = true;
}

void
dc_scan_damaged_row(
	struct dc_scan *scan, guint64 offset, const char *table, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);

	struct dc_damage *damage = add(scan, offset, table, what);
	if (damage != NULL) {
		damage->rows = 1;
		damage->more = true;
	}
	scan->input->missing_rows++;
	scan->input->missing_more = true;
}

void
dc_scan_missing_row(struct dc_scan *scan, guint64 offset, const char *table, const char *what)
{
	struct dc_input *input = scan->input;

	input->missing_rows++;
	for (guint i = 0; input->damages != NULL && i < input->damages->len; i++) {
		struct dc_damage *damage = input->damages->pdata[i];

		if (!damage->more && strcmp(damage->what, what) == 0 &&
			strcmp(damage->table, table) == 0) {
			damage->rows++;
			return;
		}
	}

	struct dc_damage *damage = add(scan, offset, table, what);
	if (damage != NULL)
		damage->rows = 1;
}

void
dc_scan_cut(struct dc_scan *scan, guint64 offset, const char *table, bool in_row)
{
	struct dc_damage *damage = add(scan, offset, table, "it ends here, in the middle");

	scan->input->completeness = DRAFTCONV_SOURCE_CUT;
	scan->input->missing_rows += in_row ? 1 : 0;
	scan->input->missing_more = true;
	if (damage == NULL)
		return;
	damage->code = DC_FINDING_SOURCE_CUT;
	damage->rows = in_row ? 1 : 0;
	damage->more = true;
}

/* "WHAT: 3 rows are missing" */
static char *
complete(const struct dc_damage *damage)
{
	if (damage->rows == 0)
		return g_strconcat(damage->what, ": rows may be missing", NULL);
	return g_strdup_printf("%s: %" G_GUINT64_FORMAT " row%s%s missing", damage->what,
		damage->rows, damage->rows == 1 ? "" : "s",
		damage->more        ? " or more are"
		: damage->rows == 1 ? " is"
				    : " are");
}

void
dc_scan_tell_damage(struct dc_scan *scan)
{
	const struct dc_input *input = scan->input;

	for (guint i = 0; input->damages != NULL && i < input->damages->len; i++) {
		struct dc_damage *damage = input->damages->pdata[i];
		char *what = complete(damage);

		g_free(damage->what);
		damage->what = what;
		dc_scan_find(scan, damage->code, damage->offset, "%s%s%s", damage->table,
			*damage->table == '\0' ? "" : ": ", what);
	}
	if (input->damages != NULL && input->damage_count > input->damages->len)
		dc_findings_add(scan->findings, DC_FINDING_SOURCE_DAMAGED, "",
			"%s: %" G_GUINT64_FORMAT " more places", input->name,
			input->damage_count - input->damages->len);
}

int
draftconv_source_damage_at(const draftconv_source *source, size_t index, size_t place,
	struct draftconv_source_damage *damage, size_t size)
{
	if (source == NULL || damage == NULL || index >= source->count)
		return DRAFTCONV_ERROR_ARGUMENT;

	const struct dc_input *input = &source->inputs[index];
	if (input->damages == NULL || place >= input->damages->len)
		return DRAFTCONV_ERROR_ARGUMENT;

	const struct dc_damage *found = input->damages->pdata[place];
	const struct draftconv_source_damage all = {.offset = found->offset,
		.table = found->table,
		.what = found->what,
		.rows = found->rows,
		.more = found->more};

	memset(damage, 0, size);
	memcpy(damage, &all, MIN(size, sizeof all));
	return DRAFTCONV_OK;
}
