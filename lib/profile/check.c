/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/init.h"
#include "lib/profile/indexes.h"
#include "lib/profile/statements.h"

#include <string.h>

/* Without an ORDER BY an index may change the order of attachments, and so the bytes of a message. */
static bool
is_ordered(const char *sql)
{
	const char *at = sql;
	struct dc_token token;
	bool order = false;
	int depth = 0;

	while (dc_sql_next(&at, &token)) {
		if (token.type == DC_TOKEN_OTHER)
			depth += (token.start[0] == '(') - (token.start[0] == ')');
		if (depth > 0 || token.type != DC_TOKEN_WORD) {
			order = false;
			continue;
		}
		if (order && token.length == 2 && g_ascii_strncasecmp(token.start, "by", 2) == 0)
			return true;
		order = token.length == 5 && g_ascii_strncasecmp(token.start, "order", 5) == 0;
	}
	return false;
}

static void
check_order(const draftconv_profile *profile, dc_problems *problems)
{
	for (int kind = DC_STATEMENT_RECIPIENTS; kind < DC_STATEMENT_KINDS; kind++) {
		for (guint i = 0; i < profile->statements[kind]->len; i++) {
			const struct dc_statement *s = profile->statements[kind]->pdata[i];

			if (!is_ordered(s->sql))
				dc_problems_add(problems, s->line, DRAFTCONV_SEVERITY_WARNING,
					"<%s> has no ORDER BY: the order of its rows, and so the "
					"bytes of a message, may change",
					dc_statement_kind_name(s->kind));
		}
	}
}

static void
check_missing(const GPtrArray *all, dc_problems *problems)
{
	for (guint i = 0; i < all->len; i++) {
		const struct dc_prepared *p = all->pdata[i];
		bool drafts = p->statement->kind == DC_STATEMENT_DRAFTS;

		if (p->missing != NULL)
			dc_problems_add(problems, p->statement->line,
				drafts ? DRAFTCONV_SEVERITY_ERROR : DRAFTCONV_SEVERITY_WARNING,
				"<%s>: %s%s", dc_statement_kind_name(p->statement->kind),
				p->missing, drafts ? "" : "; the statement will be left out");
	}
}

/* Several declared sets in one statement: nothing is declared for any column of it (STAGE.md 7). */
static void
check_charsets(const struct dc_prepared *prepared, dc_problems *problems)
{
	const dc_stage_table *table = NULL;
	const dc_stage_column *column = NULL;
	g_autoptr(GPtrArray) sets = g_ptr_array_new();
	const char *place = NULL;
	const char *place_table = NULL;

	for (size_t i = 0; dc_stage_query_read(prepared->query, i, &table, &column); i++) {
		if (!column->is_text || column->clients == NULL || column->clients[0] == NULL)
			continue;
		const char *client = column->clients[0];
		if (client[0] == '\0' ||
			g_ptr_array_find_with_equal_func(sets, client, g_str_equal, NULL))
			continue;
		g_ptr_array_add(sets, (gpointer)(uintptr_t)client);
		place = column->name;
		place_table = table->name;
	}
	if (sets->len > 1)
		dc_problems_add(problems, prepared->statement->line, DRAFTCONV_SEVERITY_WARNING,
			"<%s> reads columns written in several character sets, so that none counts "
			"as "
			"declared; write from_charset(%s, '%s') for %s.%s",
			dc_statement_kind_name(prepared->statement->kind), place,
			(const char *)sets->pdata[sets->len - 1], place_table, place);
}

/* ---- tables of a built-in ---- */

static void
add_drafts_tables(const GPtrArray *all, GHashTable *tables)
{
	for (guint i = 0; i < all->len; i++) {
		const struct dc_prepared *p = all->pdata[i];
		const dc_stage_table *table = NULL;
		const dc_stage_column *column = NULL;

		if (p->statement->kind != DC_STATEMENT_DRAFTS || p->query == NULL)
			continue;
		for (size_t n = 0; dc_stage_query_read(p->query, n, &table, &column); n++)
			g_hash_table_add(tables, g_ascii_strdown(table->name, -1));
	}
}

static bool
is_subset(GHashTable *small, GHashTable *large)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, small);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		if (!g_hash_table_contains(large, key))
			return false;
	}
	return g_hash_table_size(small) > 0;
}

/* The tables that the drafts of a built-in come from. */
static int
builtin_tables(const draftconv_profile *builtin, GHashTable *tables, draftconv_error **error)
{
	g_autoptr(dc_stage) stage = NULL;
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(GPtrArray) all = NULL;
	g_autoptr(dc_problems) problems = dc_problems_new();
	int status = dc_stage_new_schema(builtin->schema, &stage, error);

	if (status >= 0)
		status = dc_stage_connect(stage, &conn, error);
	if (status >= 0)
		status = dc_prepared_all(conn, builtin, &all, problems, error);
	if (status >= 0)
		add_drafts_tables(all, tables);
	g_clear_pointer(&all, g_ptr_array_unref);
	return status;
}

/* Under another identity all drafts get new Message-IDs: a second run would deliver them again. */
static int
check_identity(const draftconv_profile *profile, const GPtrArray *all, dc_problems *problems,
	draftconv_error **error)
{
	g_autoptr(GHashTable) mine = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	add_drafts_tables(all, mine);
	for (const char *const *name = draftconv_profile_builtin_names(); *name != NULL; name++) {
		g_autoptr(draftconv_profile) builtin = NULL;
		g_autoptr(GHashTable) theirs =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		int status = draftconv_profile_builtin(*name, &builtin, error);

		if (status >= 0 && strcmp(builtin->identity, profile->identity) != 0)
			status = builtin_tables(builtin, theirs, error);
		if (status < 0)
			return status;
		if (is_subset(theirs, mine))
			dc_problems_add(problems, 1, DRAFTCONV_SEVERITY_WARNING,
				"reads the tables of the built-in %s under another identity (%s): "
				"what was delivered with that one would be delivered again; write "
				"identity=\"%s\"",
				*name, profile->identity, builtin->identity);
	}
	return DRAFTCONV_OK;
}

/* ---- all of it ---- */

static int
check_scans(const dc_stage *stage, const draftconv_profile *profile, dc_problems *problems,
	draftconv_error **error)
{
	struct dc_index_advice *advice = NULL;
	int status = dc_indexes_advise(stage, profile, &advice, error);

	if (status < 0)
		return status;
	for (guint i = 0; i < advice->scans->len; i++) {
		const struct dc_index_scan *scan = advice->scans->pdata[i];

		dc_problems_add(problems, scan->statement->line, DRAFTCONV_SEVERITY_WARNING,
			"<%s> reads a whole table for each draft (%s): compare a plain column with "
			"the parameter",
			dc_statement_kind_name(scan->statement->kind), scan->plan);
	}
	dc_index_advice_free(advice);
	return DRAFTCONV_OK;
}

static int
check_on_stage(const draftconv_profile *profile, dc_stage *stage, bool has_source,
	dc_problems *problems, draftconv_error **error)
{
	g_autoptr(dc_stage_conn) conn = NULL;
	g_autoptr(GPtrArray) all = NULL;
	int status = dc_stage_connect(stage, &conn, error);

	if (status >= 0)
		status = dc_prepared_all(conn, profile, &all, problems, error);
	if (status < 0)
		return status;
	check_missing(all, problems);
	for (guint i = 0; i < all->len && has_source; i++) {
		const struct dc_prepared *p = all->pdata[i];

		if (p->query != NULL)
			check_charsets(p, problems);
	}
	status = check_identity(profile, all, problems, error);
	if (status >= 0)
		status = check_scans(stage, profile, problems, error);
	g_clear_pointer(&all, g_ptr_array_unref);
	return status;
}

/* What the statements are judged against. @return 0 with STAGE NULL when there is nothing */
static int
open_stage(const draftconv_profile *profile, draftconv_source *source, dc_stage **stage,
	dc_problems *problems, draftconv_error **error)
{
	g_autoptr(draftconv_error) why = NULL;
	size_t count = 0;
	const char *const *sql = dc_profile_sql(profile, &count);
	const dc_stage_options options = {
		.statements = sql, .statement_count = count, .schema = profile->schema};

	if (source != NULL)
		return dc_stage_new(source, &options, stage, error);
	if (profile->schema == NULL) {
		dc_problems_add(problems, 0, DRAFTCONV_SEVERITY_INFO,
			"has no schema: without a source its statements cannot be judged");
		return DRAFTCONV_OK;
	}
	if (dc_stage_new_schema(profile->schema, stage, &why) < 0)
		dc_problems_add(problems, profile->schema_line, DRAFTCONV_SEVERITY_ERROR,
			"<schema>: %s", draftconv_error_message(why));
	else if (dc_stage_table_count(*stage) == 0)
		dc_problems_add(problems, profile->schema_line, DRAFTCONV_SEVERITY_ERROR,
			"<schema>: holds no CREATE TABLE");
	return DRAFTCONV_OK;
}

static int
check(const void *data, size_t size, draftconv_source *source, dc_problems *problems,
	draftconv_error **error)
{
	g_autoptr(draftconv_profile) profile = dc_profile_read(data, size, "profile", problems);
	g_autoptr(dc_stage) stage = NULL;

	if (profile == NULL)
		return DRAFTCONV_OK;
	check_order(profile, problems);
	int status = open_stage(profile, source, &stage, problems, error);
	if (status < 0 || stage == NULL)
		return status;
	return check_on_stage(profile, stage, source != NULL, problems, error);
}

int
draftconv_profile_check(const void *data, size_t size, struct draftconv_source *source,
	draftconv_profile_problem problem, void *user, draftconv_error **error)
{
	g_autoptr(dc_problems) problems = dc_problems_new();
	int warnings = 0;

	if (data == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no text of a profile");
	dc_init();

	int status = check(data, size, source, problems, error);
	if (status < 0)
		return status;
	dc_problems_sort(problems);
	for (size_t i = 0; i < dc_problems_count(problems); i++) {
		const struct dc_problem *p = dc_problems_at(problems, i);

		warnings += p->severity == DRAFTCONV_SEVERITY_WARNING;
		if (problem != NULL)
			problem(user, p->line, p->severity, p->message);
	}
	status = dc_problems_error(problems, "profile", error);
	return status < 0 ? status : warnings;
}
