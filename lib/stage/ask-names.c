/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names in a statement from people: what they may have meant, and where MySQL understands more than SQLite. */
#include "lib/stage/query.h"

#include "lib/base/distance.h"
#include "lib/source/source.h"
#include "lib/text/charset.h"

#include <string.h>

/* So many names are shown where none is near. */
#define NAMES_MAX 12

static const char no_table[] = "no table ";
static const char no_column[] = "no such column: ";

/* The names that are nearest to what was written. */
struct near {
	const char *wanted;
	unsigned best;
	GPtrArray *names; /* [transfer none] */
	GPtrArray *all;
};

static void
try_name(struct near *near, const char *name)
{
	const unsigned distance = dc_name_distance(near->wanted, name, near->best);

	if (!g_ptr_array_find_with_equal_func(near->all, name, g_str_equal, NULL))
		g_ptr_array_add(near->all, (gpointer)(guintptr)name);
	if (distance > near->best)
		return;
	if (distance < near->best)
		g_ptr_array_set_size(near->names, 0);
	near->best = distance;
	if (!g_ptr_array_find_with_equal_func(near->names, name, g_str_equal, NULL))
		g_ptr_array_add(near->names, (gpointer)(guintptr)name);
}

static char *
join(const GPtrArray *names)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < names->len && i < NAMES_MAX; i++)
		g_string_append_printf(
			text, "%s%s", i == 0 ? "" : ", ", (const char *)names->pdata[i]);
	if (names->len > NAMES_MAX)
		g_string_append(text, ", ...");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Tables of the source; or columns of the tables that the statement names. */
static void
try_names(struct near *near, const dc_stage *stage, const draftconv_source *source, bool columns)
{
	for (size_t i = 0; i < dc_source_table_count(source); i++) {
		const struct dc_table *table = dc_source_table_at(source, i);

		if (!columns)
			try_name(near, table->name);
		for (gsize k = 0; columns && k < table->column_count &&
				  dc_stage_table_find(stage, table->name) != NULL;
			k++)
			try_name(near, table->columns[k].name);
	}
}

int
dc_query_suggest(const dc_stage *stage, const draftconv_source *source, draftconv_error **error)
{
	if (error == NULL || *error == NULL)
		return DRAFTCONV_ERROR_PROFILE;

	const char *message = draftconv_error_message(*error);
	const bool column = g_str_has_prefix(message, no_column);
	const int code = draftconv_error_code(*error);
	if (!column && !g_str_has_prefix(message, no_table))
		return code;

	const char *name = message + strlen(column ? no_column : no_table);
	g_autofree char *word = g_strndup(name, strcspn(name, " ("));
	const char *dot = strrchr(word, '.');
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	struct near near = {.wanted = dot != NULL ? dot + 1 : word, .names = names, .all = all};
	near.best = (unsigned)MIN((strlen(near.wanted) + 1) / 3, 3);
	try_names(&near, stage, source, column);
	g_autofree char *list = join(names->len > 0 ? names : all);
	g_autoptr(draftconv_error) what = g_steal_pointer(error);
	const char *one = !column && dot != NULL ? "; a statement reads one database" : "";
	return dc_error_set(error, code, "%s%s%s%s%s", draftconv_error_message(what), one,
		*list == '\0'    ? ""
		: names->len > 0 ? "; did you mean "
				 : "; there are: ",
		list, names->len > 0 ? "?" : "");
}

char *
dc_query_database(const char *sql, const char *missing)
{
	if (!g_str_has_prefix(missing, no_table))
		return NULL;

	const char *name = missing + strlen(no_table);
	const char *end = strstr(name, " in the source");
	const char *dot = end == NULL ? NULL : memchr(name, '.', (gsize)(end - name));
	if (dot == NULL || dot == name)
		return NULL;
	/* A name may hold a dot itself. */
	g_autofree char *whole = g_strndup(name, (gsize)(end - name));
	const char *at = strstr(sql, whole);
	const bool quoted = at != NULL && at > sql && strchr("\"`[", at[-1]) != NULL &&
			    strchr("\"`]", at[strlen(whole)]) != NULL;
	return quoted ? NULL : g_strndup(name, (gsize)(dot - name));
}

static bool
is_utf8(const char *name)
{
	const dc_charset *charset = dc_charset_lookup(name);

	return charset == NULL || dc_charset_is_utf8(charset);
}

char *
dc_query_warn_of_letters(const dc_stage_query *query, const char *sql)
{
	bool beyond = false;

	if (strstr(sql, "from_charset") != NULL)
		return NULL;
	for (const char *p = sql; *p != '\0'; p++)
		beyond = beyond || (*p & 0x80) != 0;
	for (guint i = 0; beyond && i < query->reads->len; i++) {
		const dc_stage_column *column =
			g_array_index(query->reads, struct dc_read, i).column;
		const char *set = column->clients[0] != NULL && *column->clients[0] != '\0'
					  ? column->clients[0]
					  : column->charset;

		if (column->is_text && !is_utf8(set))
			return g_strdup_printf("column %s is in %s, letters beyond ASCII in the "
					       "statement are UTF-8: compare "
					       "from_charset(%s, '%s')",
				column->name, set, column->name, set);
	}
	return NULL;
}
