/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/plan-internal.h"

#include "lib/base/init.h"
#include "lib/base/temp.h"
#include "lib/profile/indexes.h"

/* What a table's absence means: no drafts without their own table, the rest is left out. */
static int
check_missing(dc_plan *plan, const struct dc_plan_options *options, dc_findings *findings,
	draftconv_error **error)
{
	for (guint i = 0; i < plan->shapes->len; i++) {
		const struct dc_prepared *shape = plan->shapes->pdata[i];
		const char *kind = dc_statement_kind_name(shape->statement->kind);

		if (shape->missing == NULL)
			continue;
		if (shape->statement->kind == DC_STATEMENT_DRAFTS)
			return dc_error_set(error,
				options->damaged ? DRAFTCONV_ERROR_DAMAGED
						 : DRAFTCONV_ERROR_PROFILE,
				"%s:%u: <%s>: %s%s", plan->profile->label, shape->statement->line,
				kind, shape->missing,
				options->damaged ? "; the source is damaged, it may be in what "
						   "is missing"
						 : "; is it the right dump?");
		dc_findings_add(findings, DC_FINDING_TABLE_MISSING, "", "<%s> on line %u of %s: %s",
			kind, shape->statement->line, plan->profile->label, shape->missing);
	}
	return DRAFTCONV_OK;
}

/* Two people who differ in case only are two where the drafts' owner column says so (STAGE.md 13). */
static void
measure(dc_plan *plan)
{
	plan->exact_owners = true;
	for (guint i = 0; i < plan->shapes->len; i++) {
		const struct dc_prepared *shape = plan->shapes->pdata[i];
		const dc_stage_column *origin;

		if (shape->statement->kind != DC_STATEMENT_DRAFTS)
			continue;
		plan->columns = MAX(plan->columns, shape->names->len);
		origin = dc_stage_query_column_origin(
			shape->query, (size_t)dc_prepared_column(shape, "owner"));
		if (origin == NULL ||
			(origin->affinity != DC_STAGE_PADBIN && origin->affinity != DC_STAGE_BYTES))
			plan->exact_owners = false;
	}
}

static int
compile(dc_plan *plan, dc_stage_conn *conn, draftconv_error **error)
{
	g_autoptr(dc_problems) problems = dc_problems_new();
	int status = dc_prepared_all(conn, plan->profile, &plan->shapes, problems, error);

	if (status < 0)
		return status;
	plan->found = g_new0(gint, plan->shapes->len);
	dc_problems_sort(problems);
	return dc_problems_error(problems, plan->profile->label, error);
}

static void
report_empty(const dc_plan *plan, bool children, dc_findings *findings)
{
	for (guint i = 0; i < plan->shapes->len; i++) {
		const struct dc_prepared *shape = plan->shapes->pdata[i];
		bool is_child = shape->statement->kind > DC_STATEMENT_OWNERS;

		if (is_child != children || shape->missing != NULL || !shape->tables_have_rows ||
			g_atomic_int_get(&plan->found[i]) != 0)
			continue;
		dc_findings_add(findings, DC_FINDING_STATEMENT_EMPTY, "", "<%s> on line %u of %s",
			dc_statement_kind_name(shape->statement->kind), shape->statement->line,
			plan->profile->label);
	}
}

void
dc_plan_report(const dc_plan *plan, dc_findings *findings)
{
	if (plan->whole)
		report_empty(plan, true, findings);
}

/* The queries belong to the connection of this thread; what is known of them stays. */
static void
drop_queries(dc_plan *plan)
{
	for (guint i = 0; plan->shapes != NULL && i < plan->shapes->len; i++) {
		struct dc_prepared *shape = plan->shapes->pdata[i];

		g_clear_pointer(&shape->query, dc_stage_query_free);
	}
}

static int
fill(dc_plan *plan, dc_stage_conn *conn, const struct dc_plan_options *options,
	dc_findings *findings, draftconv_error **error)
{
	dc_plan_file file = {0};
	gsize limit = options->selection != NULL ? options->selection->limit : 0;
	int status = dc_plan_file_create(&file, plan, options->temp_dir, error);

	if (status >= 0)
		status = dc_plan_fill(plan, plan->shapes, conn, &file, options, findings, error);
	if (status >= 0 && !plan->whole)
		status = dc_plan_file_idle(&file, findings, error);
	if (status >= 0)
		status = dc_plan_file_finish(&file, plan, limit, options->all_accounts, error);
	dc_plan_file_close(&file);
	return status;
}

static int
build(dc_plan *plan, dc_stage_conn *conn, const struct dc_plan_options *options,
	dc_findings *findings, draftconv_error **error)
{
	int status = compile(plan, conn, error);

	if (status >= 0)
		status = check_missing(plan, options, findings, error);
	if (status < 0)
		return status;
	measure(plan);
	status = fill(plan, conn, options, findings, error);
	if (status >= 0 && plan->whole)
		report_empty(plan, false, findings);
	return status;
}

int
dc_plan_new(dc_plan **plan, dc_stage *stage, const draftconv_profile *profile,
	const struct dc_plan_options *options, dc_findings *findings, draftconv_error **error)
{
	static const struct dc_plan_options usual = {0};
	g_autoptr(dc_plan) result = g_new0(dc_plan, 1);
	g_autoptr(dc_stage_conn) conn = NULL;

	dc_init();
	if (options == NULL)
		options = &usual;
	result->lock = -1;
	result->stage = stage;
	result->profile = profile;

	int status = dc_indexes_build(stage, profile, error);
	if (status >= 0)
		status = dc_stage_connect(stage, &conn, error);
	if (status < 0)
		return status;
	if (options->cancel != NULL)
		dc_stage_conn_set_cancel(conn, options->cancel);
	status = build(result, conn, options, findings, error);
	drop_queries(result);
	if (status < 0)
		return status;
	*plan = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

void
dc_plan_free(dc_plan *plan)
{
	if (plan == NULL)
		return;
	drop_queries(plan);
	dc_temp_remove(plan->path, &plan->lock);
	g_free(plan->path);
	if (plan->shapes != NULL)
		g_ptr_array_unref(plan->shapes);
	g_free(plan->found);
	g_free(plan);
}

const draftconv_profile *
dc_plan_profile(const dc_plan *plan)
{
	return plan->profile;
}

guint64
dc_plan_account_count(const dc_plan *plan)
{
	return plan->account_count;
}

bool
dc_plan_reaches(const dc_plan *plan, gint64 *moment)
{
	*moment = plan->reach;
	return plan->has_reach;
}

guint64
dc_plan_draft_count(const dc_plan *plan)
{
	return plan->draft_count;
}
