/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drafts of the source become items of a batch. */
#include "lib/run/convert.h"

#include "lib/source/source.h"

#include <openssl/sha.h>
#include <string.h>

static bool
lacks_something(const draftconv_run_options *options, const draftconv_drafts *drafts)
{
	for (size_t i = 0; i < draftconv_drafts_finding_count(drafts); i++) {
		if (strcmp(draftconv_drafts_finding(drafts, i)->code, "table-missing") == 0)
			return true;
	}
	return dc_source_damaged(options->source);
}

/* Stands for how a row was read. */
uint64_t
dc_conversion_form(const draftconv_run_options *options, const draftconv_drafts *drafts)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint8 digest[SHA256_DIGEST_LENGTH];
	uint64_t form;

	g_string_append_printf(text, "%u", draftconv_profile_version(options->profile));
	for (size_t i = 0; i < draftconv_source_count(options->source); i++) {
		struct draftconv_source_facts facts;

		if (draftconv_source_describe(options->source, i, &facts, sizeof facts) >= 0)
			g_string_append_printf(text, "/%s", facts.format);
	}
	SHA256((const guint8 *)text->str, text->len, digest);
	memcpy(&form, digest, sizeof form);
	return lacks_something(options, drafts) ? form | DC_FORM_DAMAGED : form & ~DC_FORM_DAMAGED;
}

static bool
has_error(const dc_findings *findings)
{
	for (size_t i = 0; i < dc_findings_count(findings); i++) {
		if (dc_findings_at(findings, i)->severity == DRAFTCONV_SEVERITY_ERROR)
			return true;
	}
	return false;
}

static char *
copy_field(const draftconv_draft *draft, draftconv_field field)
{
	const char *text = draftconv_draft_field(draft, field);

	return g_strdup(text == NULL ? "" : text);
}

/* What decide() wants to know of the row. */
static void
fill_row(const dc_conversion *conversion, const draftconv_draft *draft, dc_item *item)
{
	struct dc_decide_row *row = &item->row;
	const guint8 *digest = dc_draft_row_digest(draft);

	row->presence = DC_DECIDE_ROW_PRESENT;
	row->asked = true;
	row->has_modified = draftconv_draft_modified(draft, &row->modified, NULL);
	row->form = conversion->form;
	if (digest != NULL)
		memcpy(row->digest, digest, sizeof row->digest);
	row->message.size = draftconv_message_size(item->message);
	memcpy(row->message.sha256, draftconv_message_digest(item->message),
		sizeof row->message.sha256);
}

static int
load_entry(const dc_conversion *conversion, const dc_session *session, const char *identity,
	dc_journal_entry **entry, draftconv_error **error)
{
	if (conversion->context.journal == NULL || session == NULL ||
		session->destination == NULL) {
		*entry = dc_journal_entry_new(identity);
		return DRAFTCONV_OK;
	}
	return dc_journal_load(
		conversion->context.journal, session->destination, identity, entry, error);
}

/* A draft becomes an item: composed, with its entry. One that cannot be delivered is `failed`. */
int
dc_conversion_item(const dc_conversion *conversion, const dc_session *session,
	const draftconv_draft *draft, dc_item **result, draftconv_error **error)
{
	const draftconv_selection *selection = conversion->options->selection;
	const draftconv_message_options options = {.struct_size = sizeof options,
		.default_domain = selection == NULL ? NULL : selection->default_domain};
	g_autoptr(dc_item) item = dc_item_new();
	g_autoptr(draftconv_error) why = NULL;

	item->failed = has_error(dc_draft_findings_peek(draft));
	if (!item->failed && draftconv_message_compose(draft, &options, &item->message, &why) < 0) {
		item->failed = true;
		dc_findings_add(item->findings, DC_FINDING_NOT_COMPOSED, "", "%s",
			draftconv_error_message(why));
	}
	dc_findings_add_all(item->findings, item->message == NULL
						    ? dc_draft_findings_peek(draft)
						    : dc_message_findings(item->message));

	int status = load_entry(conversion, session,
		item->message == NULL ? "" : dc_message_identity(item->message), &item->entry,
		error);
	if (status < 0)
		return status;
	g_free(item->entry->owner);
	g_free(item->entry->key);
	g_free(item->entry->subject);
	g_free(item->entry->folded);
	item->entry->folded = g_strdup(conversion->account->folded);
	item->entry->owner = copy_field(draft, DRAFTCONV_FIELD_OWNER);
	item->entry->key = copy_field(draft, DRAFTCONV_FIELD_KEY);
	item->entry->subject = copy_field(draft, DRAFTCONV_FIELD_SUBJECT);
	if (item->message != NULL) {
		g_free(item->entry->message_id);
		item->entry->message_id = g_strdup(draftconv_message_id(item->message));
		fill_row(conversion, draft, item);
	}
	*result = g_steal_pointer(&item);
	return DRAFTCONV_OK;
}

/* Whether one of the runs that are to be delivered again told of the draft. @return 1, 0 or negative */
static int
is_of_runs(const dc_conversion *conversion, const draftconv_draft *draft, draftconv_error **error)
{
	const char *const *runs = conversion->options->redeliver_runs;
	const char *owner = draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER);
	const char *key = draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY);
	int status = runs == NULL ? 1 : 0;

	for (; status == 0 && *runs != NULL; runs++)
		status = dc_journal_said(conversion->context.journal, *runs,
			owner == NULL ? "" : owner, key == NULL ? "" : key, error);
	return status;
}

/* Read the next batch of the account. @return 1 when there may be more, 0 at the end */
int
dc_conversion_batch(const dc_conversion *conversion, const dc_session *session, unsigned most,
	GPtrArray *items, draftconv_error **error)
{
	uint64_t bytes = 0;

	g_ptr_array_set_size(items, 0);
	while (items->len < most && bytes < DC_BATCH_BYTES) {
		g_autoptr(draftconv_draft) draft = NULL;
		dc_item *item = NULL;
		int status = dc_drafts_next_of_account(conversion->drafts, &draft, error);

		if (status <= 0)
			return status;
		status = is_of_runs(conversion, draft, error);
		if (status == 0)
			continue;
		if (status > 0)
			status = dc_conversion_item(conversion, session, draft, &item, error);
		if (status < 0)
			return status;
		g_ptr_array_add(items, item);
		if (item->message != NULL)
			bytes += draftconv_message_size(item->message);
		if (g_cancellable_is_cancelled(conversion->context.cancellable))
			return dc_error_set(error, DRAFTCONV_ERROR_CANCELLED, "interrupted");
	}
	return 1;
}
