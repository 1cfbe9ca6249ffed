/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which columns a statement names that the source has not: all of them. */
#include "lib/profile/statements.h"

#include <string.h>

/* So many missing columns are named. */
#define MISSING_MAX 12

/* Bytes of a name, qualified or not, as it stands in SQL. */
static gsize
name_length(const char *at)
{
	const char *end = at;

	for (;;) {
		const char quote = *end;

		if (quote == '"' || quote == '`' || quote == '[') {
			const char *close = strchr(end + 1, quote == '[' ? ']' : quote);

			if (close == NULL)
				return 0;
			end = close + 1;
		}
		while (g_ascii_isalnum(*end) || *end == '_' || *end == '$' || (*end & 0x80) != 0)
			end++;
		if (*end != '.')
			return (gsize)(end - at);
		end++;
	}
}

/* SQLite names the first column that is not there: with NULL in its place it names the next one. */
char *
dc_statement_all_missing(dc_stage_conn *conn, const char *sql, const char *message)
{
	static const char prefix[] = "no such column: ";
	g_autofree char *text = g_strdup(sql);
	g_autofree char *last = g_strdup(message);
	g_autoptr(GString) all = g_string_new(message);
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	while (g_str_has_prefix(last, prefix) && g_hash_table_size(known) <= MISSING_MAX) {
		const char *name = last + strlen(prefix);
		const int at = dc_stage_conn_error_offset(conn);
		const gsize length =
			at < 0 || (gsize)at >= strlen(text) ? 0 : name_length(text + at);
		g_autoptr(dc_stage_query) query = NULL;
		g_autoptr(draftconv_error) why = NULL;

		if (length == 0)
			break;
		if (g_hash_table_add(known, g_strdup(name)) && g_hash_table_size(known) > 1)
			g_string_append_printf(
				all, ", %s", g_hash_table_size(known) > MISSING_MAX ? "..." : name);
		char *next = g_strdup_printf("%.*sNULL%s", at, text, text + at + length);
		g_free(text);
		text = next;
		if (dc_stage_prepare(conn, text, &query, &why) != DRAFTCONV_ERROR_PROFILE)
			break;
		g_free(last);
		last = g_strdup(draftconv_error_message(why));
	}
	return g_string_free(g_steal_pointer(&all), FALSE);
}
