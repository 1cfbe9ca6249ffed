/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/reader.h"

#include "lib/base/limits.h"

#include <string.h>

static void
address_free(gpointer data)
{
	struct dc_account_address *address = data;

	g_free(address->address);
	g_free(address->name);
	g_bytes_unref(address->name_bytes);
	g_free(address);
}

void
dc_account_free(dc_account *account)
{
	if (account == NULL)
		return;
	g_free(account->owner);
	g_free(account->folded);
	g_free(account->login);
	g_free(account->name);
	g_ptr_array_unref(account->addresses);
	g_free(account);
}

static char *
text(sqlite3_stmt *row, int column)
{
	const char *value = (const char *)sqlite3_column_text(row, column);
	g_autofree char *copy = g_strstrip(g_strdup(value != NULL ? value : ""));

	return copy[0] != '\0' ? g_steal_pointer(&copy) : NULL;
}

static bool
has_address(const dc_account *account, const char *address)
{
	for (guint i = 0; i < account->addresses->len; i++) {
		const struct dc_account_address *a = account->addresses->pdata[i];

		if (g_ascii_strcasecmp(a->address, address) == 0)
			return true;
	}
	return false;
}

static void
add_address(const dc_plan *plan, dc_account *account, char *address, const char *name,
	sqlite3_stmt *row)
{
	const struct dc_prepared *shape = plan->shapes->pdata[sqlite3_column_int(row, 3)];
	struct dc_account_address *entry = g_new0(struct dc_account_address, 1);
	int column = dc_prepared_column(shape, "name");

	entry->address = address;
	entry->client_charset = dc_prepared_client_charset(shape, column);
	entry->column_charset = dc_prepared_column_charset(shape, column);
	entry->utf8 = column >= 0 && shape->utf8[column];
	if (name != NULL) {
		const void *bytes = sqlite3_column_blob(row, 4);

		entry->name = g_strdup(name);
		entry->name_bytes = g_bytes_new(bytes, (gsize)sqlite3_column_bytes(row, 4));
	}
	g_ptr_array_add(account->addresses, entry);
}

/* The first row that says something counts for name and login; each row may add an address. */
static void
take_row(const dc_plan *plan, dc_account *account, sqlite3_stmt *row)
{
	g_autofree char *address = text(row, 0);
	g_autofree char *name = text(row, 1);
	g_autofree char *login = text(row, 2);

	if (account->name == NULL)
		account->name = g_strdup(name);
	if (account->login == NULL)
		account->login = g_steal_pointer(&login);
	if (address != NULL && !has_address(account, address))
		add_address(plan, account, g_steal_pointer(&address), name, row);
}

/* Compile SQL once for each reader. */
static int
prepare(dc_plan_reader *reader, const char *sql, sqlite3_stmt **statement, draftconv_error **error)
{
	if (*statement == NULL &&
		sqlite3_prepare_v2(reader->db, sql, -1, statement, NULL) != SQLITE_OK)
		return dc_plan_file_error(reader->db, error);
	return DRAFTCONV_OK;
}

static int
read_owner_rows(dc_plan_reader *reader, dc_account *account, draftconv_error **error)
{
	int status = prepare(reader,
		"SELECT address, name, login, shape, bytes FROM owner WHERE folded = ? ORDER BY id",
		&reader->owner, error);
	int code;

	if (status < 0)
		return status;
	sqlite3_bind_text(reader->owner, 1, account->folded, -1, SQLITE_TRANSIENT);
	for (code = sqlite3_step(reader->owner); code == SQLITE_ROW;
		code = sqlite3_step(reader->owner)) {
		if (account->addresses->len < DC_ADDRESSES_MAX)
			take_row(reader->plan, account, reader->owner);
	}
	if (code != SQLITE_DONE)
		status = dc_plan_file_error(reader->db, error);
	sqlite3_reset(reader->owner);
	return status;
}

static dc_account *
account_new(guint64 index, sqlite3_stmt *row)
{
	dc_account *account = g_new0(dc_account, 1);

	account->index = index;
	account->folded = g_strdup((const char *)sqlite3_column_text(row, 0));
	account->owner = g_strdup((const char *)sqlite3_column_text(row, 1));
	account->addresses = g_ptr_array_new_with_free_func(address_free);
	account->draft_count = (guint64)sqlite3_column_int64(row, 2);
	account->has_newest = sqlite3_column_type(row, 3) != SQLITE_NULL;
	account->newest = sqlite3_column_int64(row, 3);
	return account;
}

int
dc_plan_account(
	dc_plan_reader *reader, guint64 index, dc_account **account, draftconv_error **error)
{
	g_autoptr(dc_account) result = NULL;

	if (index >= reader->plan->account_count)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"no account %" G_GUINT64_FORMAT " in the plan", index);
	int status =
		prepare(reader, "SELECT folded, owner, drafts, newest FROM account WHERE id = ?",
			&reader->account, error);
	if (status < 0)
		return status;
	sqlite3_bind_int64(reader->account, 1, (gint64)index + 1);
	if (sqlite3_step(reader->account) == SQLITE_ROW)
		result = account_new(index, reader->account);
	else
		status = dc_plan_file_error(reader->db, error);
	sqlite3_reset(reader->account);
	if (status >= 0)
		status = read_owner_rows(reader, result, error);
	if (status < 0)
		return status;
	*account = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

static bool
holds(const char *text, const char *small)
{
	if (text == NULL)
		return false;

	g_autofree char *lower = g_ascii_strdown(text, -1);
	return strstr(lower, small) != NULL;
}

bool
dc_account_matches(const dc_account *account, const char *wanted)
{
	g_autofree char *small = g_ascii_strdown(wanted, -1);

	if (holds(account->owner, small) || holds(account->name, small) ||
		holds(account->login, small))
		return true;
	for (guint i = 0; i < account->addresses->len; i++) {
		const struct dc_account_address *a = account->addresses->pdata[i];

		if (holds(a->address, small) || holds(a->name, small))
			return true;
	}
	return false;
}
