/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/context.h"

#include "lib/base/or-empty.h"

void
dc_context_tell(const dc_context *context, enum dc_finding_code code, const char *detail)
{
	g_autoptr(dc_findings) findings = dc_findings_new();

	dc_findings_add(findings, code, "", "%s", detail);
	if (context->finding != NULL)
		context->finding(context->user, dc_findings_at(findings, 0));
}

/* CONTRACT: these are no drafts that were read, so they stand apart from the sum. */
static bool
is_counted_apart(draftconv_outcome outcome)
{
	return outcome == DRAFTCONV_OUTCOME_WITHDRAWN ||
	       outcome == DRAFTCONV_OUTCOME_WOULD_WITHDRAW ||
	       outcome == DRAFTCONV_OUTCOME_SOURCE_GONE;
}

int
dc_context_say(dc_context *context, const struct dc_said *said, draftconv_error **error)
{
	g_autoptr(GPtrArray) findings = g_ptr_array_new();
	draftconv_summary *summary = context->summary;

	for (size_t i = 0; i < dc_findings_count(said->findings); i++) {
		const draftconv_finding *f = dc_findings_at(said->findings, i);

		g_ptr_array_add(findings, (gpointer)(uintptr_t)f);
		summary->needs_person = summary->needs_person || dc_finding_needs_person(f);
	}
	summary->counts[said->outcome]++;
	if (said->outcome == DRAFTCONV_OUTCOME_WOULD_DELIVER ||
		said->outcome == DRAFTCONV_OUTCOME_WOULD_UPDATE) {
		context->would_send++;
		context->would_send_bytes += said->bytes;
		context->largest_bytes = MAX(context->largest_bytes, said->bytes);
	}
	if (said->outcome == DRAFTCONV_OUTCOME_FAILED)
		summary->needs_person = true;
	if (!is_counted_apart(said->outcome))
		summary->drafts++;

	const draftconv_result result = {.struct_size = sizeof result,
		.run = context->id,
		.draft = dc_or_empty(said->key),
		.owner = dc_or_empty(said->owner),
		.outcome = said->outcome,
		.message_id = dc_or_empty(said->message_id),
		.subject = dc_or_empty(said->subject),
		.bytes = said->bytes,
		.destination = dc_or_empty(said->where),
		.folder = dc_or_empty(said->folder),
		.uidvalidity = said->uidvalidity,
		.uid = said->uid,
		.name = dc_or_empty(said->name),
		.afterwards = DRAFTCONV_OUTCOME_COUNT,
		.finding_count = findings->len,
		.findings = (const draftconv_finding *const *)findings->pdata};
	if (context->journal != NULL && !context->dry_run && said->destination != NULL) {
		int status = (context->afterwards ? dc_journal_say_afterwards : dc_journal_say)(
			context->journal, context->number, said->destination, &result, error);

		if (status < 0)
			return status;
	}
	if (context->result != NULL)
		context->result(context->user, &result);
	if (context->progress != NULL)
		context->progress(context->user, summary->drafts, context->total);
	return DRAFTCONV_OK;
}
