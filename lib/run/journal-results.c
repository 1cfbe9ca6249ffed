/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What runs said of their drafts, and what became of these by now. */
#include "lib/run/journal-db.h"

#include "lib/run/decide.h"

#include <string.h>

/* The lines of findings that dc_journal_say() writes; TEXT owns what FINDINGS point to. */
static void
read_findings(char *text, GArray *findings, GPtrArray *pointers)
{
	for (char *line = text; *line != '\0';) {
		char *end = strchr(line, '\n');
		char *next = end == NULL ? line + strlen(line) : end + 1;

		if (end != NULL)
			*end = '\0';
		char *field = strchr(line, '\t');
		char *severity = field == NULL ? NULL : strchr(field + 1, '\t');
		char *detail = severity == NULL ? NULL : strchr(severity + 1, '\t');
		if (detail != NULL) {
			*field++ = *severity++ = *detail++ = '\0';
			const draftconv_finding finding = {.code = line,
				.field = field,
				.severity = *severity >= '0' && *severity <= '3'
						    ? (draftconv_severity)(*severity - '0')
						    : DRAFTCONV_SEVERITY_INFO,
				.detail = detail};
			g_array_append_val(findings, finding);
		}
		line = next;
	}
	for (guint i = 0; i < findings->len; i++)
		g_ptr_array_add(pointers, &g_array_index(findings, draftconv_finding, i));
}

/* What a state of an entry is to people; COUNT while it is in between. */
static draftconv_outcome
standing(enum dc_state state, enum dc_why why)
{
	switch (state) {
	case DC_STATE_DELIVERED:
		return DRAFTCONV_OUTCOME_DELIVERED;
	case DC_STATE_ADOPTED:
	case DC_STATE_FOREIGN:
		return DRAFTCONV_OUTCOME_UNCHANGED;
	case DC_STATE_TOUCHED:
		return DRAFTCONV_OUTCOME_KEPT;
	case DC_STATE_REMOVED:
		return why == DC_WHY_WITHDRAWN ? DRAFTCONV_OUTCOME_WITHDRAWN
					       : DRAFTCONV_OUTCOME_ROLLED_BACK;
	case DC_STATE_FAILED:
		return DRAFTCONV_OUTCOME_FAILED;
	case DC_STATE_NOTHING:
	case DC_STATE_INTENDED:
	case DC_STATE_REMOVING:
		break;
	}
	return DRAFTCONV_OUTCOME_COUNT;
}

static int
say_row(sqlite3_stmt *statement, int (*callback)(void *user, const draftconv_result *result),
	void *user)
{
	g_autoptr(GArray) findings = g_array_new(FALSE, FALSE, sizeof(draftconv_finding));
	g_autoptr(GPtrArray) pointers = g_ptr_array_new();
	g_autofree char *text = g_strdup(dc_db_text(statement, 13));
	const int64_t outcome = sqlite3_column_int64(statement, 3);
	const int64_t afterwards = sqlite3_column_type(statement, 14) == SQLITE_NULL
					   ? DRAFTCONV_OUTCOME_COUNT
					   : sqlite3_column_int64(statement, 14);

	if (outcome < 0 || outcome >= DRAFTCONV_OUTCOME_COUNT)
		return DRAFTCONV_OK;
	read_findings(text, findings, pointers);
	const draftconv_outcome stands = standing((enum dc_state)sqlite3_column_int(statement, 15),
		(enum dc_why)sqlite3_column_int(statement, 16));
	const draftconv_result result = {.struct_size = sizeof result,
		.run = dc_db_text(statement, 0),
		.owner = dc_db_text(statement, 1),
		.draft = dc_db_text(statement, 2),
		.outcome = (draftconv_outcome)outcome,
		.message_id = dc_db_text(statement, 4),
		.subject = dc_db_text(statement, 5),
		.bytes = (uint64_t)sqlite3_column_int64(statement, 6),
		.destination = dc_db_text(statement, 7),
		.folder = dc_db_text(statement, 8),
		.uidvalidity = (uint32_t)sqlite3_column_int64(statement, 9),
		.uid = (uint32_t)sqlite3_column_int64(statement, 10),
		.name = dc_db_text(statement, 11),
		.afterwards = afterwards >= 0 && afterwards < DRAFTCONV_OUTCOME_COUNT
				      ? (draftconv_outcome)afterwards
				      : DRAFTCONV_OUTCOME_COUNT,
		.finding_count = pointers->len,
		.findings = (const draftconv_finding *const *)pointers->pdata,
		.stands = stands,
		.brought_by = stands == DRAFTCONV_OUTCOME_COUNT ? "" : dc_db_text(statement, 17)};
	return callback(user, &result);
}

struct listing_results {
	const draftconv_journal_filter *filter;
	int (*callback)(void *user, const draftconv_result *result);
	void *user;
};

static int
say_results(void *user, draftconv_journal *journal, sqlite3_stmt *run, draftconv_error **error)
{
	const struct listing_results *listing = user;
	const char *const *owners = listing->filter == NULL ? NULL : listing->filter->owners;
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(journal, &statement, error,
		"SELECT runs.id, results.owner, results.key, outcome, results.message_id,"
		" results.subject, bytes, place, folder, results.uidvalidity, results.uid,"
		" results.name, results.destination,"
		" findings || afterwards_findings, afterwards, coalesce(now.state, 0),"
		" coalesce(now.why, 0), brought.id FROM results"
		" JOIN runs ON runs.number = results.run"
		/* A Message-ID begins with the identity. */
		" LEFT JOIN entries e ON e.destination = results.destination AND e.identity ="
		"  substr(results.message_id, 1, instr(results.message_id, '@') - 1)"
		" LEFT JOIN cores now ON now.entry = e.number AND now.part = '" DC_PART_NOW "'"
		/* A withdrawal lies over the copy that it took out. */
		" LEFT JOIN cores past ON past.entry = e.number AND past.part = '" DC_PART_PAST "'"
		"  AND now.state = ? AND now.why = ? AND now.over AND past.number ="
		"  (SELECT max(number) FROM cores WHERE entry = e.number"
		"   AND part = '" DC_PART_PAST "')"
		" LEFT JOIN runs brought ON brought.number = coalesce(past.run, now.run)"
		" WHERE results.run = ? ORDER BY results.owner, results.key",
		"iii", (int64_t)DC_STATE_REMOVED, (int64_t)DC_WHY_WITHDRAWN,
		sqlite3_column_int64(run, 0));

	while (status >= 0) {
		status = dc_db_next(journal, statement, error);
		if (status != 1)
			break;
		if (owners == NULL || dc_db_is_listed(owners, dc_db_text(statement, 1), true))
			status = say_row(statement, listing->callback, listing->user);
	}
	return status;
}

int
draftconv_journal_results(draftconv_journal *journal, const draftconv_journal_filter *filter,
	int (*callback)(void *user, const draftconv_result *result), void *user,
	draftconv_error **error)
{
	struct listing_results listing = {filter, callback, user};

	return dc_db_each_run(journal, filter,
		"SELECT " DC_RUN_COLUMNS " FROM runs ORDER BY number", say_results, &listing,
		error);
}
