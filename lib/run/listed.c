/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/listed.h"

#include "lib/sink/accounts.h"
#include "lib/source/source.h"

/* More than this are counted, not named. */
#define NAMED_MAX 3

/* Owners of one kind. */
struct some {
	GString *names;               /* of the first */
	const char *first[NAMED_MAX]; /* the same */
	guint64 count;
};

static void
add(struct some *some, const char *owner)
{
	if (some->count < NAMED_MAX) {
		g_string_append_printf(
			some->names, "%s%s", some->names->len > 0 ? ", " : "", owner);
		some->first[some->count] = owner;
	}
	some->count++;
}

struct listed {
	draftconv_drafts *drafts;
	const char *file;
	bool damaged;
	guint64 owners;
	guint64 elsewhere;
	struct some unknown;
	struct some idle;
};

static int
look_up(struct listed *listed, const char *owner, draftconv_error **error)
{
	g_autofree char *folded = dc_drafts_fold_owner(listed->drafts, owner);
	const int known = dc_drafts_known(listed->drafts, folded, error);

	listed->owners++;
	if (known == DC_KNOWN_NOT)
		add(&listed->unknown, owner);
	else if (known == DC_KNOWN_IDLE)
		add(&listed->idle, owner);
	else if (known == DC_KNOWN_ELSEWHERE)
		listed->elsewhere++;
	return MIN(known, 0);
}

/* ": a, b, c, ...; nearest: d, e" [transfer full] */
static int
spell_unknown(const struct listed *listed, char **text, draftconv_error **error)
{
	g_autoptr(GString) result = g_string_new(listed->unknown.names->str);
	int status = DRAFTCONV_OK;

	if (listed->unknown.count > NAMED_MAX)
		g_string_append(result, ", ...");
	for (guint64 i = 0; i < MIN(listed->unknown.count, NAMED_MAX) && status >= 0; i++) {
		const gsize before = result->len;

		status = dc_drafts_nearest(listed->drafts, listed->unknown.first[i], result, error);
		if (result->len > before)
			g_string_append_printf(result, " for %s", listed->unknown.first[i]);
	}
	if (status < 0)
		return status;
	*text = g_string_free(g_steal_pointer(&result), FALSE);
	return DRAFTCONV_OK;
}

static int
refuse(const struct listed *listed, const char *names, draftconv_error **error)
{
	if (listed->owners == 0)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"%s: names no owner, so nothing would be delivered; 'draftconv owners "
			"--csv SOURCE' writes such a file",
			listed->file);
	if (listed->damaged)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: not one of its owners is in the source, which is damaged: they may be "
			"in what is missing (%s)",
			listed->file, names);
	return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
		"%s: not one of its owners is in the source: %s; is it the file of another dump, "
		"or is its first column something else than the owner? 'draftconv owners --csv "
		"SOURCE' writes the file for this one",
		listed->file, names);
}

static int
judge(const struct listed *listed, dc_findings *findings, draftconv_error **error)
{
	const guint64 unknown = listed->unknown.count;
	g_autofree char *names = NULL;
	int status = spell_unknown(listed, &names, error);

	if (status < 0)
		return status;
	if (unknown == listed->owners && listed->elsewhere == 0)
		return refuse(listed, names, error);
	if (unknown > 0)
		dc_findings_add(findings, DC_FINDING_OWNER_UNKNOWN, "",
			"%s: %" G_GUINT64_FORMAT " of its %" G_GUINT64_FORMAT
			" owners %s not in the source%s: %s",
			listed->file, unknown, listed->owners, unknown == 1 ? "is" : "are",
			listed->damaged ? ", which is damaged" : "", names);
	if (listed->idle.count > 0)
		dc_findings_add(findings, DC_FINDING_NO_DRAFTS, "",
			"%s: %" G_GUINT64_FORMAT " of its owners %s no drafts in the source: %s%s",
			listed->file, listed->idle.count, listed->idle.count == 1 ? "has" : "have",
			listed->idle.names->str, listed->idle.count > NAMED_MAX ? ", ..." : "");
	return DRAFTCONV_OK;
}

int
dc_listed_check(const draftconv_run_options *options, draftconv_drafts *drafts,
	dc_findings *findings, draftconv_error **error)
{
	const draftconv_selection *selection = options->selection;
	g_autoptr(GString) unknown = g_string_new(NULL);
	g_autoptr(GString) idle = g_string_new(NULL);
	struct listed listed = {.drafts = drafts,
		.file = dc_accounts_name(options->accounts),
		.damaged = dc_source_damaged(options->source),
		.unknown.names = unknown,
		.idle.names = idle};
	int status = DRAFTCONV_OK;

	if (selection != NULL && selection->owners != NULL)
		return DRAFTCONV_OK;
	for (size_t i = 0; status >= 0; i++) {
		const struct dc_accounts_row *row = dc_accounts_row(options->accounts, i);

		if (row == NULL)
			break;
		status = look_up(&listed, row->owner, error);
	}
	return status < 0 ? status : judge(&listed, findings, error);
}
