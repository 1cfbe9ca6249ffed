/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/plan-internal.h"

#include "lib/text/charset.h"
#include "lib/text/decode.h"

#include <string.h>

/*
 * STAGE.md 7 and 13: what SET NAMES did to the literal is undone first, then steps 1 to 3 and 6 of the
 * ladder. A key must not change with the account's other texts, hence no vote.
 */
static char *
decode(const struct dc_prepared *shape, int column, GBytes *bytes, const char *profile_charset,
	gsize *size)
{
	gsize length = 0;
	const void *data = g_bytes_get_data(bytes, &length);

	/* The bytes of nothing may be NULL. */
	if (length == 0)
		data = "";
	if (shape->utf8[column])
		return dc_text_decode_plain(data, length, "utf8mb4", size);

	const char *client = shape->client_charset;
	g_autoptr(GBytes) undone = dc_charset_undo(client, shape->column_charset, data, length);
	const char *declared = profile_charset;

	if (undone != NULL)
		data = g_bytes_get_data(undone, &length);
	if (declared == NULL)
		declared = undone != NULL || client == NULL ? shape->column_charset : client;
	return dc_text_decode_plain(data, length, declared, size);
}

int
dc_plan_bytes(
	dc_stage_query *query, int column, gsize limit, GBytes **bytes, draftconv_error **error)
{
	g_auto(dc_stage_value) value = {0};
	g_autoptr(draftconv_error) why = NULL;

	if (column < 0)
		return 0;
	int status = dc_stage_query_value(query, (size_t)column, &value, error);
	if (status < 0)
		return status;
	if (value.kind == DC_STAGE_VALUE_TOO_LARGE)
		return 0;
	status = dc_stage_value_load(&value, limit, bytes, &why);
	if (status >= 0 || status == DRAFTCONV_ERROR_DRAFT)
		return MAX(status, 0);
	if (error != NULL)
		*error = g_steal_pointer(&why);
	return status;
}

int
dc_plan_text(const struct dc_prepared *shape, dc_stage_query *query, int column, gsize limit,
	const char *profile_charset, char **text, draftconv_error **error)
{
	g_autoptr(GBytes) bytes = NULL;
	gsize size = 0;
	int status = dc_plan_bytes(query, column, limit, &bytes, error);

	if (status <= 0)
		return status;
	g_autofree char *result = decode(shape, column, bytes, profile_charset, &size);
	if (strlen(result) != size || size > limit)
		return 0;
	*text = g_steal_pointer(&result);
	return 1;
}

char *
dc_owner_fold(const char *owner, bool exact)
{
	gsize size = strlen(owner);

	while (size > 0 && owner[size - 1] == ' ')
		size--;
	return exact ? g_strndup(owner, size) : g_ascii_strdown(owner, (gssize)size);
}

char *
dc_plan_fold_owner(const dc_plan *plan, const char *owner)
{
	return dc_owner_fold(owner, plan->exact_owners);
}

unsigned
dc_owner_shard(const char *folded, unsigned count)
{
	guint8 digest[32];
	gsize size = sizeof digest;
	guint64 number = 0;
	GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(checksum, (const guchar *)folded, (gssize)strlen(folded));
	g_checksum_get_digest(checksum, digest, &size);
	g_checksum_free(checksum);
	for (int i = 0; i < 8; i++)
		number = number << 8 | digest[i];
	return (unsigned)(number % count);
}

/* TEXT as it may stand in the source: in UTF-8, in what is declared, and in the usual old set. */
static GPtrArray *
spellings(const struct dc_prepared *shape, const char *text, const char *profile_charset)
{
	const char *const names[] = {
		profile_charset, shape->client_charset, shape->column_charset, "windows-1252"};
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

	g_ptr_array_add(list, g_bytes_new(text, strlen(text)));
	if (g_str_is_ascii(text))
		return list;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const dc_charset *charset = dc_charset_lookup(names[i]);
		g_autoptr(GString) encoded = g_string_new(NULL);

		if (charset == NULL || !dc_charset_encode(charset, text, strlen(text), encoded))
			continue;
		g_autoptr(GBytes) bytes = g_bytes_new(encoded->str, encoded->len);
		if (!g_ptr_array_find_with_equal_func(list, bytes, g_bytes_equal, NULL))
			g_ptr_array_add(list, g_steal_pointer(&bytes));
	}
	return list;
}

/* The line break: a statement may end in a comment. The CAST: a computed column has no collation. */
int
dc_plan_query_where(dc_stage_conn *conn, const struct dc_prepared *shape, const char *column,
	const char *text, const char *profile_charset, dc_stage_query **query,
	draftconv_error **error)
{
	g_autoptr(GPtrArray) list = spellings(shape, text, profile_charset);
	g_autoptr(GString) sql = g_string_new("SELECT * FROM (");
	g_autoptr(dc_stage_query) result = NULL;

	g_string_append(sql, shape->statement->sql);
	g_string_append(sql, "\n) WHERE ");
	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(sql, "%sCAST(%s AS TEXT) = :draftconv%u COLLATE mysql",
			i > 0 ? " OR " : "", column, i);

	int status = dc_stage_prepare(conn, sql->str, &result, error);
	for (guint i = 0; status >= 0 && i < list->len; i++) {
		g_autofree char *name = g_strdup_printf("draftconv%u", i);
		gsize size = 0;
		const void *data = g_bytes_get_data(list->pdata[i], &size);

		status = dc_stage_query_bind_text(result, name, data, size, error);
	}
	if (status < 0)
		return status;
	*query = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}
