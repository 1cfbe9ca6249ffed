/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/statements.h"

#include "lib/base/limits.h"

#include <string.h>

void
dc_prepared_free(struct dc_prepared *prepared)
{
	if (prepared == NULL)
		return;
	dc_stage_query_free(prepared->query);
	g_free(prepared->missing);
	g_ptr_array_unref(prepared->names);
	g_free(prepared->utf8);
	g_free(prepared->bound);
	g_free(prepared->origins);
	g_array_unref(prepared->reads);
	g_free(prepared->client_charset);
	g_free(prepared->column_charset);
	g_free(prepared->undeclared);
	g_free(prepared);
}

int
dc_prepared_column(const struct dc_prepared *prepared, const char *name)
{
	for (guint i = 0; i < prepared->names->len; i++) {
		if (strcmp(prepared->names->pdata[i], name) == 0)
			return (int)i;
	}
	return -1;
}

/*
 * The line of an error of SQLite's. Its message quotes the word it stumbled over; the first place where
 * that word stands is nearly always it, and the statement's first line is not wrong either.
 */
static unsigned
line_of(const struct dc_statement *statement, const char *message)
{
	g_auto(GStrv) words = g_strsplit_set(message, " \"':;()", -1);
	const char *at = statement->sql;
	struct dc_token token;
	guint best = 0;
	unsigned line = statement->line;

	while (dc_sql_next(&at, &token)) {
		g_autofree char *text = dc_sql_token_text(&token);
		guint last = g_strv_length(words);

		/* Later words of a message are the particular ones: "no such column: d.subjct" */
		for (guint i = last; i > best; i--) {
			const char *dot = strrchr(words[i - 1], '.');
			const char *name = dot != NULL && dot[1] != '\0' ? dot + 1 : words[i - 1];

			if (name[0] == '\0' || g_ascii_strcasecmp(name, text) != 0)
				continue;
			best = i;
			line = dc_sql_line(statement->sql, (gsize)(token.start - statement->sql),
				statement->line);
			break;
		}
	}
	return line;
}

/* @return DC_… 1 when there is a query, 0 when not */
static int
compile(dc_stage_conn *conn, struct dc_prepared *prepared, dc_problems *problems,
	draftconv_error **error)
{
	const struct dc_statement *statement = prepared->statement;
	g_autoptr(draftconv_error) why = NULL;
	int status = dc_stage_prepare(conn, statement->sql, &prepared->query, &why);

	if (status >= 0)
		return 1;

	const char *message = draftconv_error_message(why);
	switch (status) {
	case DRAFTCONV_ERROR_NOT_FOUND:
		prepared->missing = g_strdup(message);
		return 0;
	case DRAFTCONV_ERROR_PROFILE:
		if (problems != NULL) {
			g_autofree char *all =
				dc_statement_all_missing(conn, statement->sql, message);

			dc_problems_add(problems, line_of(statement, message),
				DRAFTCONV_SEVERITY_ERROR, "<%s>: %s",
				dc_statement_kind_name(statement->kind), all);
		}
		return 0;
	default:
		if (error != NULL)
			*error = g_steal_pointer(&why);
		return status;
	}
}

static void
note_reads(struct dc_prepared *prepared)
{
	struct dc_prepared_column read = {NULL, NULL};

	prepared->tables_have_rows = true;
	for (size_t i = 0; dc_stage_query_read(prepared->query, i, &read.table, &read.column);
		i++) {
		g_array_append_val(prepared->reads, read);
		prepared->tables_have_rows = prepared->tables_have_rows && read.table->rows > 0;
	}
}

/* What is a column of a table is read from it, too. */
static struct dc_prepared_column
find_origin(const struct dc_prepared *prepared, size_t index)
{
	const dc_stage_column *column = dc_stage_query_column_origin(prepared->query, index);

	for (guint i = 0; column != NULL && i < prepared->reads->len; i++) {
		const struct dc_prepared_column read =
			g_array_index(prepared->reads, struct dc_prepared_column, i);

		if (read.column == column)
			return read;
	}
	return (struct dc_prepared_column){NULL, NULL};
}

static bool
is_bytes(const dc_stage_column *column)
{
	return column->affinity == DC_STAGE_BYTES;
}

/* Whether it reads a BLOB that no column of its result plainly is: it is in one of the computed ones. */
static bool
computes_with_bytes(const struct dc_prepared *prepared)
{
	for (guint i = 0; i < prepared->reads->len; i++) {
		const dc_stage_column *column =
			g_array_index(prepared->reads, struct dc_prepared_column, i).column;
		bool plain = false;

		for (guint k = 0; k < prepared->names->len; k++)
			plain = plain || prepared->origins[k].column == column;
		if (is_bytes(column) && !plain)
			return true;
	}
	return false;
}

/*
 * A server converts text on its way into a dump, a BLOB never: what is declared for the text of a
 * statement says nothing of bytes.
 */
static void
find_undeclared(struct dc_prepared *prepared)
{
	const bool computed = computes_with_bytes(prepared);

	prepared->undeclared = g_new0(bool, prepared->names->len + 1);
	for (guint i = 0; i < prepared->names->len; i++) {
		const dc_stage_column *origin = prepared->origins[i].column;

		prepared->undeclared[i] = origin != NULL ? is_bytes(origin) : computed;
	}
}

const char *
dc_prepared_client_charset(const struct dc_prepared *prepared, int index)
{
	return index >= 0 && prepared->undeclared[index] ? NULL : prepared->client_charset;
}

const char *
dc_prepared_column_charset(const struct dc_prepared *prepared, int index)
{
	return index >= 0 && prepared->undeclared[index] ? NULL : prepared->column_charset;
}

static void
describe(struct dc_prepared *prepared)
{
	size_t count = dc_stage_query_column_count(prepared->query);
	const char *client = NULL;
	const char *column = NULL;

	prepared->utf8 = g_new0(bool, count + 1);
	prepared->bound = g_new0(bool, count + 1);
	prepared->origins = g_new0(struct dc_prepared_column, count + 1);
	note_reads(prepared);
	for (size_t i = 0; i < count; i++) {
		const char *name = dc_stage_query_column_name(prepared->query, i);

		g_ptr_array_add(prepared->names, g_ascii_strdown(name != NULL ? name : "", -1));
		prepared->utf8[i] = dc_stage_query_column_is_utf8(prepared->query, i);
		prepared->origins[i] = find_origin(prepared, i);
	}
	find_undeclared(prepared);
	if (!dc_stage_query_charsets(prepared->query, &client, &column))
		return;
	if (client != NULL && client[0] != '\0')
		prepared->client_charset = g_strdup(client);
	if (column != NULL && column[0] != '\0')
		prepared->column_charset = g_strdup(column);
}

int
dc_prepared_new(dc_stage_conn *conn, const struct dc_statement *statement,
	struct dc_prepared **prepared, dc_problems *problems, draftconv_error **error)
{
	struct dc_prepared *result = g_new0(struct dc_prepared, 1);

	result->statement = statement;
	result->names = g_ptr_array_new_with_free_func(g_free);
	result->reads = g_array_new(FALSE, FALSE, sizeof(struct dc_prepared_column));

	int status = compile(conn, result, problems, error);
	if (status < 0) {
		dc_prepared_free(result);
		return status;
	}
	if (status > 0)
		describe(result);
	*prepared = result;
	return DRAFTCONV_OK;
}

/* ---- what a statement must and must not give ---- */

static void complain(const struct dc_prepared *prepared, unsigned line, dc_problems *problems,
	const char *format, ...) G_GNUC_PRINTF(4, 5);

/* An error of a statement; LINE 0 is its first. */
static void
complain(const struct dc_prepared *prepared, unsigned line, dc_problems *problems,
	const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);

	dc_problems_add(problems, line != 0 ? line : prepared->statement->line,
		DRAFTCONV_SEVERITY_ERROR, "<%s>: %s",
		dc_statement_kind_name(prepared->statement->kind), text);
}

static unsigned
line_of_parameter(const struct dc_statement *statement, const char *name)
{
	const char *at = statement->sql;
	struct dc_token token;

	while (dc_sql_next(&at, &token)) {
		if (token.type == DC_TOKEN_PARAMETER && token.length == strlen(name) + 1 &&
			strncmp(token.start + 1, name, strlen(name)) == 0)
			return dc_sql_line(statement->sql, (gsize)(token.start - statement->sql),
				statement->line);
	}
	return statement->line;
}

static bool
has(const struct dc_prepared *prepared, const char *name)
{
	return dc_prepared_column(prepared, name) >= 0;
}

static void
require(const struct dc_prepared *prepared, const char *name, dc_problems *problems)
{
	if (!has(prepared, name))
		complain(prepared, 0, problems, "has no column %s", name);
}

static void
exclude(const struct dc_prepared *prepared, const char *one, const char *other,
	dc_problems *problems)
{
	if (has(prepared, one) && has(prepared, other))
		complain(prepared, line_of(prepared->statement, other), problems,
			"has both %s and %s; only one of them may be", one, other);
}

static void
check_drafts(const struct dc_prepared *prepared, dc_problems *problems)
{
	require(prepared, "key", problems);
	require(prepared, "owner", problems);
	exclude(prepared, "body", "text", problems);
	exclude(prepared, "body", "html", problems);
	if (has(prepared, "body_type") && !has(prepared, "body"))
		complain(prepared, line_of(prepared->statement, "body_type"), problems,
			"has body_type but no body");
}

static void
check_attachments(const struct dc_prepared *prepared, dc_problems *problems)
{
	int contents = has(prepared, "data") + has(prepared, "chunk") + has(prepared, "file");

	if (contents != 1)
		complain(prepared, 0, problems,
			"needs exactly one of the columns data, chunk (with part), file");
	if (has(prepared, "chunk") != has(prepared, "part"))
		complain(prepared, 0, problems,
			"chunk and part go together: part says which rows are one attachment");
}

static void
check_required(const struct dc_prepared *prepared, dc_problems *problems)
{
	switch (prepared->statement->kind) {
	case DC_STATEMENT_DRAFTS:
		check_drafts(prepared, problems);
		break;
	case DC_STATEMENT_OWNERS:
		require(prepared, "owner", problems);
		break;
	case DC_STATEMENT_RECIPIENTS:
		require(prepared, "kind", problems);
		if (!has(prepared, "address") && !has(prepared, "name"))
			complain(prepared, 0, problems, "has neither name nor address");
		break;
	case DC_STATEMENT_HEADERS:
		require(prepared, "name", problems);
		require(prepared, "value", problems);
		break;
	case DC_STATEMENT_ATTACHMENTS:
		check_attachments(prepared, problems);
		break;
	case DC_STATEMENT_KINDS:
		break;
	}
}

static void
check_columns(const struct dc_prepared *prepared, GHashTable *parameters, dc_problems *problems)
{
	enum dc_statement_kind kind = prepared->statement->kind;
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	/* Each complaint reads the statement once to find its line, so their number is bounded. */
	if (prepared->names->len > DC_PROFILE_COLUMNS_MAX) {
		complain(prepared, 0, problems, "has more than %d columns", DC_PROFILE_COLUMNS_MAX);
		return;
	}
	for (guint i = 0; i < prepared->names->len; i++) {
		const char *name = prepared->names->pdata[i];

		if (!g_hash_table_add(seen, (gpointer)(uintptr_t)name))
			complain(prepared, line_of(prepared->statement, name), problems,
				"has two columns named %s", name);
		if (name[0] == '_' || dc_column_agreed(kind, name))
			continue;
		if (kind == DC_STATEMENT_DRAFTS && g_hash_table_contains(parameters, name))
			continue;

		const char *nearest = dc_column_nearest(kind, name);
		complain(prepared, line_of(prepared->statement, name), problems,
			"column %s is no agreed column%s%s%s (give it one by AS, or a name that "
			"begins with _)",
			name, nearest != NULL ? "; did you mean " : "",
			nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	}
}

/* The drafts' column nearest to a parameter that none of them has. */
static const char *
nearest_of(GHashTable *columns, const char *name)
{
	GHashTableIter iter;
	gpointer key;
	const char *nearest = NULL;
	unsigned best = 3;

	g_hash_table_iter_init(&iter, columns);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		unsigned distance = dc_name_distance(name, key, 2);

		if (distance < best || (distance == best && best < 3 && strcmp(key, nearest) < 0)) {
			best = distance;
			nearest = key;
		}
	}
	return nearest;
}

static void
check_parameters(const struct dc_prepared *prepared, GHashTable *columns, dc_problems *problems)
{
	enum dc_statement_kind kind = prepared->statement->kind;
	const char *name;

	for (size_t i = 0; (name = dc_stage_query_parameter(prepared->query, i)) != NULL; i++) {
		g_autofree char *lower = g_ascii_strdown(name, -1);

		if (dc_problems_count(problems) >= DC_PROFILE_PROBLEMS_MAX)
			return;
		if (kind == DC_STATEMENT_DRAFTS || kind == DC_STATEMENT_OWNERS) {
			complain(prepared, line_of_parameter(prepared->statement, name), problems,
				"parameter :%s: only recipients, headers and attachments have any",
				name);
		} else if (!g_hash_table_contains(columns, lower)) {
			const char *nearest = nearest_of(columns, lower);

			complain(prepared, line_of_parameter(prepared->statement, name), problems,
				"parameter :%s is no column of the drafts statement%s%s%s", name,
				nearest != NULL ? "; did you mean :" : "",
				nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
		}
	}
}

/* Out of the text: a statement that is left out for want of a table has its parameters all the same. */
static void
gather_parameters(const struct dc_statement *statement, GHashTable *parameters)
{
	const char *at = statement->sql;
	struct dc_token token;

	while (dc_sql_next(&at, &token)) {
		if (token.type == DC_TOKEN_PARAMETER)
			g_hash_table_add(parameters,
				g_ascii_strdown(token.start + 1, (gssize)token.length - 1));
	}
}

/* Columns of all drafts statements, and parameters of all others. WHOLE: all columns are known. */
static void
gather(GPtrArray *all, GHashTable *columns, GHashTable *parameters, bool *whole)
{
	*whole = true;
	for (guint i = 0; i < all->len; i++) {
		const struct dc_prepared *p = all->pdata[i];

		gather_parameters(p->statement, parameters);
		if (p->statement->kind != DC_STATEMENT_DRAFTS)
			continue;
		*whole = *whole && p->query != NULL;
		for (guint c = 0; c < p->names->len; c++)
			g_hash_table_add(columns, g_strdup(p->names->pdata[c]));
	}
}

static void
check_all(GPtrArray *all, dc_problems *problems)
{
	g_autoptr(GHashTable) columns =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) parameters =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool whole = false;

	gather(all, columns, parameters, &whole);
	for (guint i = 0; i < all->len; i++) {
		struct dc_prepared *p = all->pdata[i];

		if (p->query == NULL)
			continue;
		for (guint c = 0; c < p->names->len; c++)
			p->bound[c] = g_hash_table_contains(parameters, p->names->pdata[c]);
		check_required(p, problems);
		check_columns(p, parameters, problems);
		/* A drafts statement that is wrong itself has columns that nobody knows. */
		if (whole || p->statement->kind <= DC_STATEMENT_OWNERS)
			check_parameters(p, columns, problems);
	}
}

int
dc_prepared_all(dc_stage_conn *conn, const draftconv_profile *profile, GPtrArray **all,
	dc_problems *problems, draftconv_error **error)
{
	g_autoptr(GPtrArray) result =
		g_ptr_array_new_with_free_func((GDestroyNotify)dc_prepared_free);

	for (int kind = 0; kind < DC_STATEMENT_KINDS; kind++) {
		GPtrArray *statements = profile->statements[kind];

		for (guint i = 0; i < statements->len; i++) {
			struct dc_prepared *prepared = NULL;
			int status = dc_prepared_new(
				conn, statements->pdata[i], &prepared, problems, error);

			if (status < 0)
				return status;
			g_ptr_array_add(result, prepared);
		}
	}
	check_all(result, problems);
	*all = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}
