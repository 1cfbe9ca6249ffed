/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What runs delivered is read back, byte by byte, and held against what was sent. */
#include "lib/run/recorded.h"

#include <openssl/evp.h>
#include <string.h>

/* So many messages are on their way back at once; each has a digest under way. */
#define FETCHES_AT_ONCE 64

/* A live copy under a draft's identity. */
struct found {
	const struct dc_copy *copy;
	bool own;  /* at the place that the journal knows */
	bool read; /* PRINT is that of all its bytes */
	struct dc_print print;
	EVP_MD_CTX *digest; /* while it comes */
};

/* A draft of the run, and what the folder has of it. */
struct check {
	dc_journal_entry *entry;
	draftconv_outcome said; /* by the run; DRAFTCONV_OUTCOME_COUNT: it was killed before */
	GArray *found;          /* struct found */
	bool marked;            /* a copy marked \Deleted */
	draftconv_outcome outcome;
	dc_findings *findings;
	uint32_t uid;
};

struct verifying {
	dc_recorded *recorded;
	dc_session *session;
	GHashTable *said;
	GPtrArray *checks;
};

static void
found_clear(gpointer data)
{
	struct found *found = data;

	EVP_MD_CTX_free(found->digest);
}

static void
check_free(gpointer data)
{
	struct check *check = data;

	dc_journal_entry_free(check->entry);
	g_array_unref(check->found);
	dc_findings_free(check->findings);
	g_free(check);
}

/* ---- which drafts ---- */

static int
collect_entry(void *user, dc_journal_entry *entry, draftconv_error **error)
{
	struct verifying *v = user;
	gpointer said = NULL;
	const bool known = g_hash_table_lookup_extended(v->said, entry->message_id, NULL, &said);

	if (!known && !dc_recorded_is_of_run(v->recorded, &entry->entry))
		return DRAFTCONV_OK;
	struct check *check = g_new0(struct check, 1);
	check->said = known ? (draftconv_outcome)GPOINTER_TO_INT(said) : DRAFTCONV_OUTCOME_COUNT;
	check->found = g_array_new(FALSE, TRUE, sizeof(struct found));
	g_array_set_clear_func(check->found, found_clear);
	check->findings = dc_findings_new();
	g_ptr_array_add(v->checks, check);
	int status = dc_journal_load(v->recorded->context.journal, v->session->destination,
		entry->identity, &check->entry, error);
	return status < 0 ? status : DRAFTCONV_OK;
}

/* ---- what is there ---- */

static bool
is_own(const struct check *check, const struct dc_copy *copy, uint32_t uidvalidity)
{
	const struct dc_core *now = &check->entry->entry.now;

	if (copy->name != NULL)
		return g_strcmp0(copy->name, check->entry->name) == 0;
	return copy->uid == now->uid && uidvalidity == now->uidvalidity;
}

/* A caller's own sink tells no identity, only whether a name is there. */
static struct check *
check_of(GHashTable *by_identity, GHashTable *by_name, const struct dc_copy *copy)
{
	if (copy->identity != NULL)
		return g_hash_table_lookup(by_identity, copy->identity);
	return copy->name == NULL ? NULL : g_hash_table_lookup(by_name, copy->name);
}

static void
sort_copies(struct verifying *v, const dc_look *look)
{
	g_autoptr(GHashTable) by_identity = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < v->checks->len; i++) {
		struct check *check = v->checks->pdata[i];

		g_array_set_size(check->found, 0);
		check->marked = false;
		g_hash_table_insert(by_identity, check->entry->identity, check);
		if (check->entry->name != NULL)
			g_hash_table_insert(by_name, check->entry->name, check);
	}
	for (size_t i = 0; i < look->n_copies; i++) {
		const struct dc_copy *copy = &look->copies[i];
		struct check *check = check_of(by_identity, by_name, copy);

		if (check == NULL)
			continue;
		const struct found found = {
			.copy = copy, .own = is_own(check, copy, look->facts.uidvalidity)};
		if ((copy->flags & DC_FLAG_DELETED) != 0)
			check->marked = true;
		else
			g_array_append_val(check->found, found);
	}
}

static int
look(struct verifying *v, draftconv_error **error)
{
	g_autoptr(GPtrArray) identities = g_ptr_array_new();
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < v->checks->len; i++) {
		const struct check *check = v->checks->pdata[i];

		g_ptr_array_add(identities, check->entry->identity);
		if (check->entry->name != NULL)
			g_ptr_array_add(names, check->entry->name);
	}
	const struct dc_look_query query = {.identities = (const char *const *)identities->pdata,
		.n_identities = identities->len,
		.names = (const char *const *)names->pdata,
		.n_names = names->len};
	g_clear_pointer(&v->session->look, dc_look_free);
	int status = dc_mailbox_look(v->session->mailbox, &query, &v->session->look, error);
	if (status >= 0)
		sort_copies(v, v->session->look);
	return status;
}

/* ---- its bytes ---- */

static int
take(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct found *found = user;

	found->print.size += size;
	if (EVP_DigestUpdate(found->digest, data, size) == 1)
		return DRAFTCONV_OK;
	return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY, "SHA-256 is not at hand");
}

static int
fetch(struct verifying *v, GArray *fetches, draftconv_error **error)
{
	struct dc_fetch *list = (struct dc_fetch *)(gpointer)fetches->data;
	int status = dc_mailbox_fetch(v->session->mailbox, list, fetches->len, error);

	for (guint i = 0; i < fetches->len && status >= 0; i++) {
		struct found *found = list[i].user;

		found->read = list[i].found &&
			      EVP_DigestFinal_ex(found->digest, found->print.sha256, NULL) == 1;
		g_clear_pointer(&found->digest, EVP_MD_CTX_free);
	}
	g_array_set_size(fetches, 0);
	return status;
}

static int
fetch_all(struct verifying *v, draftconv_error **error)
{
	g_autoptr(GArray) fetches = g_array_new(FALSE, TRUE, sizeof(struct dc_fetch));
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < v->checks->len && status >= 0; i++) {
		const struct check *check = v->checks->pdata[i];

		for (guint k = 0; k < check->found->len && status >= 0; k++) {
			struct found *found = &g_array_index(check->found, struct found, k);
			const struct dc_fetch one = {.uid = found->copy->uid,
				.name = found->copy->name,
				.size = found->copy->size,
				.write = take,
				.user = found};

			found->digest = EVP_MD_CTX_new();
			if (found->digest == NULL ||
				EVP_DigestInit_ex(found->digest, EVP_sha256(), NULL) != 1)
				return dc_error_set(
					error, DRAFTCONV_ERROR_TEMPORARY, "SHA-256 is not at hand");
			g_array_append_val(fetches, one);
			if (fetches->len == FETCHES_AT_ONCE)
				status = fetch(v, fetches, error);
		}
	}
	return status >= 0 && fetches->len > 0 ? fetch(v, fetches, error) : status;
}

/* ---- what that means ---- */

static bool
is_equal(const struct check *check, const struct found *found)
{
	const struct dc_print *sent = &check->entry->entry.now.message;

	return found->read && found->print.size == sent->size &&
	       memcmp(found->print.sha256, sent->sha256, sizeof sent->sha256) == 0;
}

static void
conclude(struct check *check, draftconv_outcome outcome, int finding, const char *detail)
{
	check->outcome = outcome;
	if (finding != DC_NO_FINDING)
		dc_findings_add(check->findings, (enum dc_finding_code)finding, "", "%s", detail);
}

/* Nothing live is there. What the journal knows of it decides what that means. */
static void
judge_absent(struct check *check)
{
	const struct dc_core *now = &check->entry->entry.now;

	switch (now->state) {
	case DC_STATE_REMOVING:
	case DC_STATE_REMOVED:
		conclude(check,
			now->why == DC_WHY_WITHDRAWN ? DRAFTCONV_OUTCOME_WITHDRAWN
						     : DRAFTCONV_OUTCOME_ROLLED_BACK,
			DC_NO_FINDING, "");
		return;
	case DC_STATE_NOTHING:
	case DC_STATE_FAILED:
	case DC_STATE_INTENDED:
		conclude(check, DRAFTCONV_OUTCOME_FAILED, DC_FINDING_NOT_DELIVERED, "");
		return;
	case DC_STATE_TOUCHED:
		/* A run that could not tell whether it arrived has not seen the user at work. */
		if (check->said != DRAFTCONV_OUTCOME_FAILED) {
			conclude(check, DRAFTCONV_OUTCOME_KEPT, DC_FINDING_COPY_TOUCHED, "");
			return;
		}
		break;
	case DC_STATE_DELIVERED:
	case DC_STATE_ADOPTED:
	case DC_STATE_FOREIGN:
		break;
	}
	conclude(check, DRAFTCONV_OUTCOME_MISSING, DC_FINDING_COPY_MISSING,
		check->marked ? "it is marked as deleted" : "");
}

static void
judge(struct check *check)
{
	const struct found *own = NULL;
	guint equal = 0;
	bool unread = false;

	for (guint i = 0; i < check->found->len; i++) {
		const struct found *found = &g_array_index(check->found, struct found, i);

		if (is_equal(check, found) && equal++ == 0)
			check->uid = found->copy->uid;
		if (found->own)
			own = found;
		unread = unread || !found->read;
	}
	if (equal > 0) {
		conclude(check, DRAFTCONV_OUTCOME_VERIFIED,
			equal > 1 ? DC_FINDING_COPY_DOUBLED : DC_NO_FINDING, "");
		return;
	}
	if (unread)
		conclude(check, DRAFTCONV_OUTCOME_UNVERIFIED, DC_FINDING_COPY_UNREAD, "");
	else if (own != NULL)
		conclude(check, DRAFTCONV_OUTCOME_CHANGED, DC_FINDING_COPY_DIFFERS, "");
	else if (check->found->len > 0)
		conclude(check, DRAFTCONV_OUTCOME_CHANGED, DC_FINDING_COPY_EDITED, "");
	else
		judge_absent(check);
}

static int
say(const struct verifying *v, const struct check *check, draftconv_error **error)
{
	const dc_journal_entry *entry = check->entry;
	const dc_session *session = v->session;
	struct dc_said said = {.owner = entry->owner,
		.key = entry->key,
		.message_id = entry->message_id,
		.subject = entry->subject,
		.where = session->where,
		.name = entry->name,
		.bytes = entry->entry.now.message.size,
		.uid = check->uid,
		.outcome = check->outcome,
		.findings = check->findings};

	if (session->mailbox != NULL) {
		said.folder = dc_mailbox_facts(session->mailbox)->folder;
		said.uidvalidity =
			check->uid == 0 ? 0 : dc_mailbox_facts(session->mailbox)->uidvalidity;
	}
	return dc_context_say(session->context, &said, error);
}

/* The findings of a copy that is not what the run said it was. */
static size_t
pointers_of(const struct check *check, const draftconv_finding *pointers[1])
{
	const bool claimed = check->said == DRAFTCONV_OUTCOME_DELIVERED ||
			     check->said == DRAFTCONV_OUTCOME_UNCHANGED ||
			     check->said == DRAFTCONV_OUTCOME_UPDATED ||
			     check->said == DRAFTCONV_OUTCOME_SOURCE_GONE;

	if (!claimed || dc_findings_count(check->findings) == 0)
		return 0;
	pointers[0] = dc_findings_at(check->findings, 0);
	return 1;
}

/* What reports of the run know from now on. */
static int
note(const struct verifying *v, const struct check *check, draftconv_error **error)
{
	const draftconv_finding *pointers[1] = {NULL};
	draftconv_result result = {.struct_size = sizeof result,
		.owner = check->entry->owner,
		.draft = check->entry->key,
		.outcome = DRAFTCONV_OUTCOME_COUNT,
		.findings = pointers};

	if (check->outcome == DRAFTCONV_OUTCOME_MISSING ||
		check->outcome == DRAFTCONV_OUTCOME_CHANGED ||
		check->outcome == DRAFTCONV_OUTCOME_UNVERIFIED)
		result.outcome = check->outcome;
	/* The user's doing, and not there either. */
	if (check->outcome == DRAFTCONV_OUTCOME_KEPT)
		result.outcome = DRAFTCONV_OUTCOME_MISSING;
	if (result.outcome != DRAFTCONV_OUTCOME_COUNT)
		result.finding_count = pointers_of(check, pointers);
	return dc_journal_say_verified(v->recorded->context.journal, v->recorded->run->number,
		v->session->destination, &result, error);
}

static int
note_all(const struct verifying *v, draftconv_error **error)
{
	draftconv_journal *journal = v->recorded->context.journal;

	if (v->recorded->options->dry_run)
		return DRAFTCONV_OK;
	int status = dc_journal_begin(journal, error);
	if (status < 0)
		return status;
	for (guint i = 0; i < v->checks->len && status >= 0; i++)
		status = note(v, v->checks->pdata[i], error);
	if (status >= 0)
		return dc_journal_commit(journal, error);
	dc_journal_abort(journal);
	return status;
}

/* Look and read; a connection that dies is opened again, and then all of it is done again. */
static int
read_back(struct verifying *v, draftconv_error **error)
{
	for (;;) {
		/* A folder that is not there holds nothing. */
		if (v->session->mailbox == NULL || v->checks->len == 0)
			return DRAFTCONV_OK;
		int status = look(v, error);

		if (status >= 0)
			status = fetch_all(v, error);
		if (status >= 0)
			return DRAFTCONV_OK;
		status = dc_session_reopen(v->session, status, error);
		if (status < 0)
			return status;
	}
}

static int
verify_account(dc_recorded *recorded, dc_session *session, const struct dc_journal_account *account,
	draftconv_error **error)
{
	g_autoptr(GPtrArray) checks = g_ptr_array_new_with_free_func(check_free);
	g_autoptr(GHashTable) said = NULL;
	struct verifying v = {.recorded = recorded, .session = session, .checks = checks};

	int status = dc_journal_run_said(recorded->context.journal, recorded->run->number,
		session->destination, &said, error);
	v.said = said;
	if (status >= 0)
		status = dc_journal_each(recorded->context.journal, session->destination,
			account->owner, collect_entry, &v, error);
	if (status >= 0)
		status = read_back(&v, error);
	for (guint i = 0; i < checks->len && status >= 0; i++) {
		judge(checks->pdata[i]);
		status = say(&v, checks->pdata[i], error);
	}
	return status < 0 ? status : note_all(&v, error);
}

/* Drafts that never became a message, or whose account was never reached. */
static int
say_failed(void *user, const draftconv_result *result, draftconv_error **error)
{
	dc_recorded *recorded = user;
	g_autoptr(dc_findings) findings = dc_findings_new();
	const struct dc_said said = {.owner = result->owner,
		.key = result->draft,
		.message_id = result->message_id,
		.subject = result->subject,
		.where = result->destination,
		.outcome = DRAFTCONV_OUTCOME_FAILED,
		.findings = findings};

	dc_findings_add(findings, DC_FINDING_NOT_DELIVERED, "", "%s", "");
	return dc_context_say(&recorded->context, &said, error);
}

/* The newest run tells whether all was tried; what stopped an older one it may have made good. */
static bool
is_unfinished(const dc_recorded *recorded)
{
	const dc_journal_run_row *run = recorded->run;

	return run == recorded->runs->pdata[0] && (!run->ended || *run->failure != '\0');
}

static int
end_run(dc_recorded *recorded, draftconv_error **error)
{
	const draftconv_journal_filter *filter = recorded->options->filter;
	draftconv_summary *summary = recorded->context.summary;

	int status = dc_journal_run_without_entry(recorded->context.journal, recorded->run->number,
		filter == NULL ? NULL : filter->owners, say_failed, recorded, error);
	if (status < 0)
		return status;
	summary->needs_person = summary->needs_person || is_unfinished(recorded);
	/* Where nothing was delivered, or all of it was taken back, there is nothing to vouch for. */
	if (!recorded->whole || recorded->options->dry_run ||
		summary->drafts + summary->counts[DRAFTCONV_OUTCOME_WITHDRAWN] ==
			summary->counts[DRAFTCONV_OUTCOME_ROLLED_BACK])
		return DRAFTCONV_OK;
	return dc_journal_run_verified(recorded->context.journal, recorded->run->number,
		summary->counts[DRAFTCONV_OUTCOME_MISSING] +
			summary->counts[DRAFTCONV_OUTCOME_CHANGED] +
			summary->counts[DRAFTCONV_OUTCOME_UNVERIFIED] +
			summary->counts[DRAFTCONV_OUTCOME_FAILED],
		error);
}

int
draftconv_run_verify(draftconv_run *run, const draftconv_recorded_options *options,
	draftconv_summary *summary, draftconv_error **error)
{
	dc_recorded recorded = {.visit = verify_account, .end = end_run};

	return dc_recorded_walk(&recorded, run, options, false, summary, error);
}
