/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a journal that is only told, also where nothing can be written; and what a journal must and may hold. */
#include "lib/run/journal-db.h"
#include "lib/run/journal-schema.h"

#include <unistd.h>

void
dc_db_defend(draftconv_journal *journal)
{
	static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_TRIGGER,
		SQLITE_DBCONFIG_ENABLE_VIEW};

	sqlite3_db_config(journal->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(off); i++)
		sqlite3_db_config(journal->db, off[i], 0, NULL);
	dc_db_watch(journal);
}

int
dc_db_open_reading(const char *path, bool immutable, sqlite3 **db)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autofree char *escaped = g_uri_escape_string(absolute, "/", FALSE);
	g_autofree char *uri =
		g_strdup_printf("file:%s?mode=ro%s", escaped, immutable ? "&immutable=1" : "");

	return sqlite3_open_v2(
		uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
}

int
dc_db_check_schema(draftconv_journal *journal, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) strange = NULL;
	int status = dc_db_ask(journal, &strange, error,
		"SELECT 1 FROM sqlite_schema m WHERE type NOT IN ('table', 'index')"
		" OR type = 'table' AND (rootpage = 0"
		"  OR EXISTS (SELECT 1 FROM pragma_table_xinfo(m.name) WHERE hidden <> 0))"
		" OR type = 'index'"
		"  AND EXISTS (SELECT 1 FROM pragma_index_xinfo(m.name) WHERE cid = -2)",
		"");

	if (status >= 0)
		status = dc_db_next(journal, strange, error);
	if (status > 0)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: this journal holds views, triggers or computed columns, which no "
			"draftconv wrote; restore it, or name another with --journal FILE",
			journal->path);
	return status;
}

int
dc_db_unfit(draftconv_journal *journal, const char *why, draftconv_error **error)
{
	return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
		"%s: this journal is not as its version of draftconv writes it (%s); restore it "
		"from a backup, or name another with --journal FILE",
		journal->path, why);
}

/* In words, and all of it that statements rely on. */
static const char form_of_tables[] =
	"SELECT 'column ' || c.name || ' of table ' || m.name || ' is missing',"
	"  m.name || ' ' || c.cid || ' ' || c.name"
	" FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'"
	" UNION ALL SELECT 'the primary key of table ' || m.name || ' is missing',"
	"  m.name || ' ' || c.name || ' is key ' || c.pk"
	" FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.pk > 0"
	" UNION ALL SELECT 'a unique key of table ' || m.name || ' is missing',"
	"  m.name || (SELECT group_concat(k.name) FROM pragma_index_info(i.name) k)"
	" FROM sqlite_schema m, pragma_index_list(m.name) i"
	" WHERE m.type = 'table' AND i.\"unique\" AND i.origin <> 'pk'";

/* A journal in memory that the steps have just made. */
static int
open_model(draftconv_journal **model, draftconv_error **error)
{
	static const char *const steps[] = {DC_JOURNAL_STEPS};
	g_autoptr(draftconv_journal) result = g_new0(draftconv_journal, 1);

	result->path = g_strdup("a journal in memory");
	int code = sqlite3_open(":memory:", &result->db);
	for (size_t i = 0; i < G_N_ELEMENTS(steps) && code == SQLITE_OK; i++)
		code = sqlite3_exec(result->db, steps[i], NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return dc_db_error(result, error);
	*model = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

static int
collect_form(draftconv_journal *journal, GHashTable *form, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) row = NULL;
	int status = dc_db_ask(journal, &row, error, form_of_tables, "");

	if (status >= 0)
		status = dc_db_next(journal, row, error);
	while (status == 1) {
		g_hash_table_add(form, g_strdup(dc_db_text(row, 1)));
		status = dc_db_next(journal, row, error);
	}
	return status;
}

int
dc_db_check_form(draftconv_journal *journal, draftconv_error **error)
{
	g_autoptr(GHashTable) form = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(draftconv_journal) model = NULL;
	g_autoptr(sqlite3_stmt) wanted = NULL;
	int status = collect_form(journal, form, error);

	if (status >= 0)
		status = open_model(&model, error);
	if (status >= 0)
		status = dc_db_ask(model, &wanted, error, form_of_tables, "");
	if (status >= 0)
		status = dc_db_next(model, wanted, error);
	while (status == 1) {
		if (!g_hash_table_contains(form, dc_db_text(wanted, 1)))
			return dc_db_unfit(journal, dc_db_text(wanted, 0), error);
		status = dc_db_next(model, wanted, error);
	}
	return status;
}

/* As it stands: whoever could write here would have to be waited for, so it is "immutable" only then. */
static int
open_as_it_is(const char *path, draftconv_journal **journal, draftconv_error **error)
{
	g_autoptr(draftconv_journal) result = g_new0(draftconv_journal, 1);
	g_autoptr(sqlite3_stmt) form = NULL;
	g_autofree char *wal = g_strconcat(path, "-wal", NULL);
	static const char *const steps[] = {DC_JOURNAL_STEPS};

	result->path = g_strdup(path);
	if (dc_db_open_reading(path, access(wal, F_OK) != 0, &result->db) != SQLITE_OK)
		return DRAFTCONV_ERROR_OUTPUT;
	dc_db_defend(result);
	if (dc_db_ask(result, &form, NULL,
		    "SELECT user_version, application_id FROM pragma_user_version,"
		    " pragma_application_id",
		    "") < 0 ||
		dc_db_next(result, form, NULL) != 1 ||
		sqlite3_column_int64(form, 0) != (int64_t)G_N_ELEMENTS(steps) ||
		sqlite3_column_int64(form, 1) != DC_JOURNAL_APPLICATION_ID ||
		dc_db_check_schema(result, NULL) < 0)
		return DRAFTCONV_ERROR_OUTPUT;
	int status = dc_db_check_form(result, error);
	if (status < 0)
		return status;
	*journal = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

int
draftconv_journal_open_reading(
	const char *path, draftconv_journal **journal, draftconv_error **error)
{
	g_autoptr(draftconv_error) why = NULL;
	g_autoptr(draftconv_error) as_it_is = NULL;
	const int status = draftconv_journal_open(path, false, journal, &why);

	if (status >= 0)
		return status;
	if (status == DRAFTCONV_ERROR_OUTPUT && open_as_it_is(path, journal, &as_it_is) >= 0)
		return DRAFTCONV_OK;
	if (as_it_is != NULL)
		return dc_error_set(error, draftconv_error_code(as_it_is), "%s",
			draftconv_error_message(as_it_is));
	return dc_error_set(error, status, "%s", draftconv_error_message(why));
}
