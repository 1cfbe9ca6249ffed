/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was read of an accounts file is read again from the same rows in quotes. */
#include "lib/sink/accounts.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
as_it_is(void *user, const char *owner)
{
	(void)user;
	return g_strdup(owner);
}

static void
append_quoted(GString *text, const char *field, const char *behind)
{
	g_auto(GStrv) parts = g_strsplit(field, "\"", -1);
	g_autofree char *doubled = g_strjoinv("\"\"", parts);

	g_string_append_printf(text, "\"%s\"%s", doubled, behind);
}

static GHashTable *
read_rows(const void *data, size_t size, draftconv_accounts **accounts)
{
	GHashTable *rows = NULL;

	if (draftconv_accounts_parse(data, size, "fuzz", accounts, NULL) < 0 ||
		dc_accounts_index(*accounts, as_it_is, NULL, &rows, NULL) < 0)
		return NULL;
	return rows;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(draftconv_accounts) accounts = NULL;
	g_autoptr(draftconv_accounts) again = NULL;
	g_autoptr(GHashTable) rows = read_rows(data, size, &accounts);
	g_autoptr(GString) text = g_string_new("owner,login,folder\n");
	GHashTableIter iter;
	gpointer value;

	if (rows == NULL)
		return 0;
	g_hash_table_iter_init(&iter, rows);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct dc_accounts_row *row = value;

		append_quoted(text, row->owner, ",");
		append_quoted(text, row->login, ",");
		append_quoted(text, row->folder == NULL ? "" : row->folder, "\r\n");
	}
	g_autoptr(GHashTable) same = read_rows(text->str, text->len, &again);
	g_assert_nonnull(same);
	g_assert_cmpuint(g_hash_table_size(same), ==, g_hash_table_size(rows));
	g_hash_table_iter_init(&iter, rows);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct dc_accounts_row *row = value;
		const struct dc_accounts_row *other = g_hash_table_lookup(same, row->owner);

		g_assert_nonnull(other);
		g_assert_cmpstr(other->login, ==, row->login);
		g_assert_cmpstr(other->folder, ==, row->folder);
	}
	return 0;
}
