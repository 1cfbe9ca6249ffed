/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a source to its drafts: stage, plan, walk. */
#include "lib/base/init.h"
#include "lib/draft/misfit.h"
#include "lib/draft/read.h"
#include "lib/source/source.h"

/* All statements of a profile: what is staged are the tables that they name. */
static GPtrArray *
statements_of(const draftconv_profile *profile)
{
	GPtrArray *list = g_ptr_array_new();

	for (int kind = 0; kind < DC_STATEMENT_KINDS; kind++) {
		const size_t count =
			dc_profile_statement_count(profile, (enum dc_statement_kind)kind);

		for (size_t i = 0; i < count; i++)
			g_ptr_array_add(list, (gpointer)(guintptr)dc_profile_statement(
						      profile, (enum dc_statement_kind)kind, i)
						      ->sql);
	}
	return list;
}

static int
open_stage(draftconv_source *source, const draftconv_profile *profile, bool all_columns,
	const char *temp_dir, dc_stage **stage, draftconv_error **error)
{
	g_autoptr(GPtrArray) statements = statements_of(profile);
	const dc_stage_options options = {
		.temp_dir = temp_dir,
		.statements = (const char *const *)statements->pdata,
		.statement_count = statements->len,
		.all_columns = all_columns,
		.schema = dc_profile_schema(profile, NULL),
	};

	return dc_stage_new(source, &options, stage, error);
}

int
draftconv_drafts_open(draftconv_source *source, const draftconv_profile *profile,
	const draftconv_selection *selection, const char *temp_dir, draftconv_drafts **drafts,
	draftconv_error **error)
{
	if (source == NULL || profile == NULL || drafts == NULL)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "no source, profile or place for drafts");
	dc_init();

	g_autoptr(dc_stage) stage = NULL;
	int status = open_stage(source, profile, selection != NULL && selection->all_columns,
		temp_dir, &stage, error);
	if (status < 0)
		return status;
	status = dc_drafts_new(
		/* What is unknown in a cut source may stand in the part that is missing. */
		stage, profile, selection, dc_source_damaged(source), temp_dir, drafts, error);
	if (status == DRAFTCONV_ERROR_PROFILE)
		return dc_misfit_explain(source, profile, error);
	if (status < 0)
		return status;
	dc_drafts_take_stage(*drafts);
	dc_drafts_add_findings(*drafts, dc_source_findings(source));
	g_steal_pointer(&stage);
	return DRAFTCONV_OK;
}
