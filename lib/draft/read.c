/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/read.h"

#include "lib/draft/explain.h"
#include "lib/draft/own-name.h"
#include "lib/draft/row.h"
#include "lib/stage/stage.h"
#include "lib/text/decode.h"

#include <string.h>

struct draftconv_drafts {
	const draftconv_drafts
		*first; /* whose plan, stage, zone and folder these are; NULL: its own */
	const draftconv_profile *profile;
	dc_stage *stage;
	bool owns_stage;
	bool all_columns; /* of its tables */
	dc_plan *plan;
	dc_plan_reader *reader;
	dc_findings *findings;
	dc_zone *zone;
	dc_folder *folder;          /* NULL: no --attachments */
	guint64 first_next;         /* number of the next account, of all walks together */
	guint64 *next_account;      /* that number, of the first walk */
	dc_account *account;        /* NULL before the first and after the last */
	dc_plan_rows *rows;         /* of the account; NULL before its first draft */
	dc_plan_row *row;           /* of the last draft, for who asks where it comes from */
	dc_text_decision *decision; /* of the account; NULL until it is needed */
	char *decision_text;
	bool ended; /* draftconv_drafts_next() has come to the end */
};

void
draftconv_drafts_free(draftconv_drafts *drafts)
{
	if (drafts == NULL)
		return;
	dc_plan_row_free(drafts->row);
	dc_plan_rows_free(drafts->rows);
	dc_text_decision_free(drafts->decision);
	g_free(drafts->decision_text);
	dc_account_free(drafts->account);
	dc_plan_reader_free(drafts->reader);
	if (drafts->first == NULL) {
		dc_plan_free(drafts->plan);
		dc_zone_free(drafts->zone);
		dc_folder_unref(drafts->folder);
	}
	if (drafts->owns_stage)
		dc_stage_free(drafts->stage);
	dc_findings_free(drafts->findings);
	g_free(drafts);
}

char *
dc_drafts_fold_owner(const draftconv_drafts *drafts, const char *owner)
{
	return dc_plan_fold_owner(drafts->plan, owner);
}

int
dc_drafts_known(draftconv_drafts *drafts, const char *folded, draftconv_error **error)
{
	return dc_plan_known(drafts->reader, folded, error);
}

int
dc_drafts_nearest(
	draftconv_drafts *drafts, const char *wanted, GString *text, draftconv_error **error)
{
	return dc_plan_nearest(drafts->reader, wanted, text, error);
}

static int
open_plan(draftconv_drafts *drafts, const draftconv_selection *selection, bool damaged,
	const char *temp_dir, draftconv_error **error)
{
	const struct dc_plan_options options = {
		.selection = selection,
		.temp_dir = temp_dir,
		.all_accounts = selection == NULL || selection->all_accounts,
		.damaged = damaged,
	};
	const int status = dc_plan_new(
		&drafts->plan, drafts->stage, drafts->profile, &options, drafts->findings, error);

	if (status < 0)
		return status;
	return dc_plan_open(drafts->plan, &drafts->reader, error);
}

/* What of the profile and selection can be wrong before anything is read. */
static int
open_surroundings(
	draftconv_drafts *drafts, const draftconv_selection *selection, draftconv_error **error)
{
	const char *zone = dc_profile_defaults(drafts->profile).time_zone;

	drafts->zone = dc_zone_new(zone);
	if (drafts->zone == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"%s: time-zone %s is not known here", dc_profile_label(drafts->profile),
			zone);
	if (selection == NULL || selection->attachments_dir == NULL)
		return DRAFTCONV_OK;
	return dc_folder_open(selection->attachments_dir, &drafts->folder, error);
}

int
dc_drafts_new(dc_stage *stage, const draftconv_profile *profile,
	const draftconv_selection *selection, bool damaged, const char *temp_dir,
	draftconv_drafts **drafts, draftconv_error **error)
{
	g_autoptr(draftconv_drafts) result = g_new0(draftconv_drafts, 1);

	result->profile = profile;
	result->stage = stage;
	result->next_account = &result->first_next;
	result->all_columns = selection != NULL && selection->all_columns;
	result->findings = dc_findings_new();
	dc_findings_add_all(result->findings, dc_stage_findings(stage));

	int status = open_surroundings(result, selection, error);
	if (status >= 0)
		status = open_plan(result, selection, damaged, temp_dir, error);
	if (status < 0)
		return status;
	*drafts = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

int
dc_drafts_beside(draftconv_drafts *drafts, draftconv_drafts **beside, draftconv_error **error)
{
	g_autoptr(draftconv_drafts) result = g_new0(draftconv_drafts, 1);

	result->first = drafts;
	result->profile = drafts->profile;
	result->stage = drafts->stage;
	result->all_columns = drafts->all_columns;
	result->plan = drafts->plan;
	result->zone = drafts->zone;
	result->folder = drafts->folder;
	result->findings = dc_findings_new();
	result->next_account = &drafts->first_next;
	int status = dc_plan_open(result->plan, &result->reader, error);
	if (status < 0)
		return status;
	*beside = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

void
dc_drafts_add_findings(draftconv_drafts *drafts, const dc_findings *findings)
{
	dc_findings_add_all(drafts->findings, findings);
}

void
dc_drafts_take_stage(draftconv_drafts *drafts)
{
	drafts->owns_stage = true;
}

uint64_t
draftconv_drafts_count(const draftconv_drafts *drafts, uint64_t *accounts)
{
	if (accounts != NULL)
		*accounts = dc_plan_account_count(drafts->plan);
	return dc_plan_draft_count(drafts->plan);
}

size_t
draftconv_drafts_finding_count(const draftconv_drafts *drafts)
{
	return dc_findings_count(drafts->findings);
}

const draftconv_finding *
draftconv_drafts_finding(const draftconv_drafts *drafts, size_t index)
{
	if (index >= dc_findings_count(drafts->findings))
		return NULL;
	return dc_findings_at(drafts->findings, index);
}

int
dc_drafts_next_account(
	draftconv_drafts *drafts, const dc_account **account, draftconv_error **error)
{
	g_clear_pointer(&drafts->row, dc_plan_row_free);
	g_clear_pointer(&drafts->rows, dc_plan_rows_free);
	g_clear_pointer(&drafts->decision, dc_text_decision_free);
	g_clear_pointer(&drafts->decision_text, g_free);
	do {
		g_clear_pointer(&drafts->account, dc_account_free);
		if (*drafts->next_account >= dc_plan_account_count(drafts->plan))
			return 0;

		const int status = dc_plan_account(
			drafts->reader, *drafts->next_account, &drafts->account, error);
		if (status < 0)
			return status;
		++*drafts->next_account;
	} while (drafts->account->draft_count == 0);
	*account = drafts->account;
	return 1;
}

static struct dc_row_context
row_context(const draftconv_drafts *drafts, bool want_digest)
{
	return (struct dc_row_context){
		.plan = drafts->reader,
		.profile = drafts->profile,
		.account = drafts->account,
		.decision = drafts->decision,
		.zone = drafts->zone,
		.folder = drafts->folder,
		.want_digest = want_digest,
		.all_columns = drafts->all_columns,
	};
}

/* All rows of the account vote, so that a draft's bytes do not depend on what was selected. */
static int
vote_of(const draftconv_drafts *drafts, const dc_account *account, dc_text_decision **decision,
	draftconv_error **error)
{
	struct dc_row_context context = row_context(drafts, false);
	g_autoptr(dc_text_vote) vote = dc_text_vote_new();
	g_autoptr(dc_plan_rows) rows = NULL;
	int status = dc_plan_account_rows(drafts->reader, account, &rows, error);

	context.account = account;
	context.decision = NULL;

	while (status >= 0) {
		g_autoptr(dc_plan_row) row = NULL;

		status = dc_plan_rows_next(rows, &row, error);
		if (status <= 0)
			break;
		status = dc_row_vote(&context, row, vote, error);
	}
	if (status < 0)
		return status;
	*decision = dc_text_vote_decide(vote);
	return DRAFTCONV_OK;
}

static int
take_vote(draftconv_drafts *drafts, draftconv_error **error)
{
	const int status = vote_of(drafts, drafts->account, &drafts->decision, error);

	if (status >= 0)
		drafts->decision_text = dc_text_decision_to_string(drafts->decision);
	return status;
}

static int
next_of_account(draftconv_drafts *drafts, bool want_digest, draftconv_draft **draft,
	draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	if (drafts->account == NULL)
		return 0;
	if (drafts->decision == NULL)
		status = take_vote(drafts, error);
	if (status >= 0 && drafts->rows == NULL)
		status = dc_plan_drafts(drafts->reader, drafts->account, &drafts->rows, error);
	if (status < 0)
		return status;

	const struct dc_row_context context = row_context(drafts, want_digest);
	g_clear_pointer(&drafts->row, dc_plan_row_free);
	status = dc_plan_rows_next(drafts->rows, &drafts->row, error);
	if (status <= 0)
		return status;
	status = dc_row_read(&context, drafts->row, draft, error);
	return status < 0 ? status : 1;
}

int
dc_drafts_next_of_account(
	draftconv_drafts *drafts, draftconv_draft **draft, draftconv_error **error)
{
	return next_of_account(drafts, true, draft, error);
}

int
draftconv_drafts_next(draftconv_drafts *drafts, draftconv_draft **draft, draftconv_error **error)
{
	const dc_account *account = NULL;

	while (!drafts->ended) {
		int status = next_of_account(drafts, false, draft, error);

		if (status != 0)
			return status;
		status = dc_drafts_next_account(drafts, &account, error);
		if (status < 0)
			return status;
		drafts->ended = status == 0;
	}
	return 0;
}

int
draftconv_drafts_explain(draftconv_drafts *drafts, const draftconv_draft *draft,
	int (*callback)(void *user, const draftconv_source_value *value), void *user,
	draftconv_error **error)
{
	const char *key = draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY);
	const char *owner = draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER);

	if (drafts->row == NULL || g_strcmp0(key, dc_plan_row_key(drafts->row)) != 0 ||
		g_strcmp0(owner, drafts->account->owner) != 0)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"only the draft that was read last can be explained");

	const struct dc_row_context context = row_context(drafts, false);
	return dc_explain_row(&context, drafts->row, callback, user, error);
}

const char *
dc_drafts_decision(const draftconv_drafts *drafts)
{
	return drafts->decision_text == NULL ? "" : drafts->decision_text;
}

void
dc_drafts_use_decision(draftconv_drafts *drafts, const char *decision)
{
	dc_text_decision *parsed = dc_text_decision_parse(decision);

	if (parsed == NULL)
		return;
	dc_text_decision_free(drafts->decision);
	g_free(drafts->decision_text);
	drafts->decision = parsed;
	drafts->decision_text = g_strdup(decision);
}

bool
dc_drafts_reach(const draftconv_drafts *drafts, gint64 *moment)
{
	return dc_plan_reaches(drafts->plan, moment);
}

int
dc_drafts_each_key(draftconv_drafts *drafts, void (*each)(void *user, const char *key), void *user,
	draftconv_error **error)
{
	g_autoptr(dc_plan_rows) rows = NULL;
	int status = dc_plan_account_rows(drafts->reader, drafts->account, &rows, error);

	while (status >= 0) {
		g_autoptr(dc_plan_row) row = NULL;

		status = dc_plan_rows_next(rows, &row, error);
		if (status <= 0)
			break;
		each(user, dc_plan_row_key(row));
	}
	return status;
}

/* By the vote of its rows, where that can make a difference. */
static int
decode_name(const draftconv_drafts *drafts, dc_account *account, draftconv_error **error)
{
	g_autoptr(dc_text_decision) decision = NULL;

	if (!dc_own_name_is_open(account))
		return DRAFTCONV_OK;

	const int status = vote_of(drafts, account, &decision, error);
	if (status < 0)
		return status;
	char *name = dc_own_name_of_account(account, drafts->profile, decision);
	g_free(account->name);
	account->name = name;
	return DRAFTCONV_OK;
}

static int
tell_account(const draftconv_drafts *drafts, const dc_account *account,
	int (*callback)(void *user, const draftconv_account *account), void *user)
{
	g_autoptr(GPtrArray) addresses = g_ptr_array_new();

	for (guint i = 0; i < account->addresses->len; i++)
		g_ptr_array_add(addresses,
			((const struct dc_account_address *)account->addresses->pdata[i])->address);
	g_ptr_array_add(addresses, NULL);

	const draftconv_account told = {
		.struct_size = sizeof told,
		.owner = account->owner,
		.name = account->name == NULL ? "" : account->name,
		.login = account->login == NULL ? "" : account->login,
		.addresses = (const char *const *)addresses->pdata,
		.drafts = account->draft_count,
		.has_newest = account->has_newest,
		.newest_s = account->newest,
		.newest_offset_min =
			account->has_newest
				? dc_time_at(account->newest, drafts->zone).offset_s / 60
				: 0,
	};
	return callback(user, &told);
}

int
draftconv_drafts_accounts(draftconv_drafts *drafts, const char *text,
	int (*callback)(void *user, const draftconv_account *account), void *user,
	draftconv_error **error)
{
	for (guint64 i = 0; i < dc_plan_account_count(drafts->plan); i++) {
		g_autoptr(dc_account) account = NULL;
		int status = dc_plan_account(drafts->reader, i, &account, error);

		if (status >= 0)
			status = decode_name(drafts, account, error);
		if (status < 0)
			return status;
		if (text != NULL && !dc_account_matches(account, text))
			continue;
		status = tell_account(drafts, account, callback, user);
		if (status < 0)
			return dc_error_set(error, status, "the listing was ended by its caller");
	}
	return DRAFTCONV_OK;
}
