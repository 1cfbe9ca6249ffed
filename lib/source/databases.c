/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which database a table is of. USE, a qualified name or XML say it; the header of a dump without USE only
 * tells where its tables come from, so that the dump of a copy still adds to that of the original.
 */
#include "lib/base/limits.h"
#include "lib/source/internal.h"

#include <string.h>

/* Who has to choose among more knows their names. */
#define RIVALS_MAX 50

static const char *
shown(const char *database)
{
	return *database == '\0' ? "'' (before any USE)" : database;
}

/* Names for a message, in the order of appearance. */
static void
append_name(GString *names, const char *database)
{
	if (names->len < DC_FINDING_DETAIL_MAX)
		g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", shown(database));
}

/* The database that was asked for; NULL: any. */
static const char *
chosen(const struct dc_scan *scan)
{
	return scan->source->database != NULL ? scan->source->database : scan->options->database;
}

/* What NAMED, or else the header, calls it; one copy. */
static const char *
resolve(struct dc_scan *scan, const char *named)
{
	if (*named == '\0' && scan->input->header_database != NULL)
		named = scan->input->header_database;
	return dc_catalog_intern(scan->catalog, named);
}

/* Note what was there, for the message that it is another one than was asked for. */
static bool
left_out(struct dc_scan *scan, const char *database)
{
	const char *only = chosen(scan);

	if (only == NULL || scan->looking_ahead)
		return only != NULL && strcmp(only, database) != 0;
	if (*database == '\0')
		scan->input->has_unnamed = true;
	else
		scan->input->has_named = true;
	if (scan->databases == NULL)
		scan->databases = g_hash_table_new(g_str_hash, g_str_equal);
	if (g_hash_table_add(scan->databases, (gpointer)(guintptr)database)) {
		if (scan->database_names == NULL)
			scan->database_names = g_string_new(NULL);
		append_name(scan->database_names, database);
	}
	return strcmp(only, database) != 0;
}

/* Whether ENTRY is of DATABASE, as far as anybody knows; SAID: not by the header alone. */
static bool
is_of(const struct dc_scan *scan, const struct dc_entry *entry, const char *database, bool said)
{
	if (entry->here_in == scan->input->index && strcmp(entry->here, database) != 0)
		return false;
	return !said || *entry->said == '\0' || strcmp(entry->said, database) == 0;
}

static void
note_rival(struct dc_entry *entry, const char *database)
{
	if (entry->databases == NULL) {
		entry->databases = g_ptr_array_new();
		g_ptr_array_add(entry->databases, (gpointer)(guintptr)entry->here);
	}
	if (entry->databases->len < RIVALS_MAX &&
		!g_ptr_array_find(entry->databases, database, NULL))
		g_ptr_array_add(entry->databases, (gpointer)(guintptr)database);
}

int
dc_scan_entry(struct dc_scan *scan, const char *database, const char *name, struct dc_entry **entry,
	draftconv_error **error)
{
	const bool said = *database != '\0';
	const char *known = resolve(scan, database);

	*entry = NULL;
	if (left_out(scan, known))
		return DRAFTCONV_OK;
	*entry = dc_catalog_entry(scan->catalog, known, name);
	if (dc_catalog_full(scan->catalog))
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: names and types of its tables take more than %d MiB",
			scan->input->name, DC_CATALOG_TEXT_MAX / (1024 * 1024));
	if (!is_of(scan, *entry, known, said)) {
		note_rival(*entry, known);
		*entry = scan->options->every_database
				 ? dc_catalog_rival(scan->catalog, known, name)
				 : NULL;
	}
	if (*entry == NULL)
		return DRAFTCONV_OK;
	if (*(*entry)->table.database == '\0')
		(*entry)->table.database = known;
	(*entry)->here = known;
	(*entry)->here_in = scan->input->index;
	if (said)
		(*entry)->said = known;
	return DRAFTCONV_OK;
}

struct dc_entry *
dc_scan_own_entry(struct dc_scan *scan, const char *database, const char *name)
{
	const char *known = resolve(scan, database);
	struct dc_entry *entry = dc_catalog_lookup(scan->catalog, known, name);

	if (entry == NULL || entry->created_in != scan->input->index ||
		!is_of(scan, entry, known, *database != '\0'))
		return NULL;
	return entry;
}

void
dc_scan_changed(struct dc_scan *scan, guint64 offset, const char *database, const char *name,
	const char *statement)
{
	const char *known = resolve(scan, database);
	struct dc_entry *entry = dc_catalog_lookup(scan->catalog, known, name);

	if (entry == NULL || entry->changed || (entry->announced && !entry->is_wanted) ||
		(chosen(scan) != NULL && strcmp(chosen(scan), known) != 0))
		return;
	entry->changed = true;
	dc_scan_find(
		scan, DC_FINDING_STATEMENT_IGNORED, offset, "%s: %s", entry->table.name, statement);
}

/* --database has to name one that is there, and may leave no source out in silence. */
static int
check_choice(struct dc_scan *scan, draftconv_error **error)
{
	const char *only = chosen(scan);
	const char *names = scan->database_names == NULL ? "" : scan->database_names->str;
	/* A statement names its database in front of the table. */
	const bool in_sql = scan->source->database == NULL;

	for (gsize i = 0; i < scan->source->count && *only != '\0'; i++) {
		const struct dc_input *input = &scan->source->inputs[i];

		if (!input->has_unnamed || input->has_named)
			continue;
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%s names no database: leave %s%s%s out%s%s%s", input->name,
			in_sql ? "'" : "--database", in_sql ? only : "",
			in_sql ? ".' in front of the table" : "",
			input->format == &dc_format_sql ? ", or put 'USE " : "",
			input->format == &dc_format_sql ? only : "",
			input->format == &dc_format_sql ? ";' in front of the dump" : "");
	}
	if (scan->databases == NULL || g_hash_table_contains(scan->databases, only))
		return DRAFTCONV_OK;
	if (scan->source->damaged)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"no database %s in the source, which has %s: it is cut, the database may "
			"stand in the part that is missing",
			shown(only), names);
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"no database %s in the source, which has %s: %s", shown(only), names,
		in_sql ? "write one of them in front of the table"
		       : "choose one of them with --database");
}

static int
refuse_rivals(const struct dc_entry *entry, draftconv_error **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < entry->databases->len; i++)
		append_name(names, entry->databases->pdata[i]);
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"table %s stands in several databases: choose one of %s with --database",
		entry->table.name, names->str);
}

int
dc_scan_check_databases(struct dc_scan *scan, draftconv_error **error)
{
	if (chosen(scan) != NULL)
		return check_choice(scan, error);
	for (guint i = 0; i < dc_catalog_count(scan->catalog); i++) {
		const struct dc_entry *entry = dc_catalog_at(scan->catalog, i);

		if (entry->databases != NULL && entry->is_wanted && !scan->options->every_database)
			return refuse_rivals(entry, error);
	}
	return DRAFTCONV_OK;
}

void
dc_scan_clear_databases(struct dc_scan *scan)
{
	g_clear_pointer(&scan->databases, g_hash_table_unref);
	if (scan->database_names != NULL)
		g_string_free(g_steal_pointer(&scan->database_names), TRUE);
}
