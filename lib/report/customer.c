/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/customer.h"

#include "lib/report/words.h"

/* Subjects that are named in one sentence. */
#define SUBJECTS_MAX 5

/* What a finding means for the customer; those that are not here mean nothing to him. LOST: it could not be
 * brought back; the others ask him to do something. */
static const struct sentence {
	const char *codes[2];
	bool lost;
	const char *text; /* behind "In 3 drafts" */
} sentences[] = {
	{{"recipient-placeholder", ""}, false,
		"something that was typed as a recipient is no mail address. It stands before an "
		"address that ends in \"recipient.invalid\": please replace it before you send."},
	{{"recipient-dotless", ""}, false,
		"the address of a recipient is unfinished: please complete it before you send."},
	{{"from-foreign", ""}, false,
		"the sender is an address that does not belong to your account: please choose the "
		"sender before you send."},
	{{"from-unknown", ""}, false, "no sender is known: please choose one before you send."},
	{{"both-changed", ""}, false,
		"the text in our old data is newer, and you have changed the draft since, too. "
		"Yours "
		"was left as it is; tell us if you want the other one beside it."},
	{{"differs-unknown", ""}, false,
		"your folder holds another text already. It was left as it is; tell us if you want "
		"the one from our old data beside it."},
	{{"maybe-doubled", ""}, false,
		"you find the draft twice; one of the two is older: please keep the one you want."},
	{{"charset-guessed", "charset-assumed"}, false,
		"some characters had to be guessed: please read the text before you send it."},
	{{"browser-references", "double-encoding-repaired"}, false,
		"some characters had to be restored: please read the text before you send it."},
	{{"date-missing", ""}, false, "no date is known: look for the year 1970 in the folder."},
	{{"date-clamped", ""}, false,
		"the date was impossible and was changed: look at both ends of the folder."},
	{{"attachment-missing", ""}, true,
		"an attached file is not in our old data. A note with its name is attached "
		"instead: "
		"please attach the file again if you have it."},
	{{"undecodable", ""}, true,
		"a part of the text could not be read. It is attached as a file, as it was "
		"stored."},
};

static const char *
plural(uint64_t count)
{
	return count == 1 ? "draft" : "drafts";
}

/* " (“Lunch”, “three” and 2 more)" */
static int
add_subjects(draftconv_page *page, int64_t account, const char *const *codes, GString *text,
	draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	unsigned count = 0;
	int status = dc_db_ask(&page->file, &statement, error,
		"SELECT DISTINCT coalesce(subject, ''), d.number FROM findings f JOIN drafts d ON"
		" d.number = f.draft AND d.run = f.run WHERE account = ? AND code IN (?, ?)"
		" ORDER BY d.number",
		"itt", account, codes[0], codes[1]);

	while (status >= 0) {
		status = dc_db_next(&page->file, statement, error);
		if (status != 1)
			break;
		g_autofree char *subject = dc_words_plain(dc_db_text(statement, 0), 60);
		if (count++ < SUBJECTS_MAX)
			g_string_append_printf(text, "%s\"%s\"", count == 1 ? " (" : ", ",
				*subject == '\0' ? "no subject" : subject);
	}
	if (count > SUBJECTS_MAX)
		g_string_append_printf(text, " and %u more", count - SUBJECTS_MAX);
	if (count > 0)
		g_string_append_c(text, ')');
	return status;
}

/* The sentences of findings, LOST or not, behind HEADING. Drafts that are not in the folder don't count. */
static int
add_sentences(draftconv_page *page, int64_t account, bool subjects, bool lost, const char *heading,
	GString *text, draftconv_error **error)
{
	bool any = false;
	int status = DRAFTCONV_OK;

	for (size_t i = 0; i < G_N_ELEMENTS(sentences) && status >= 0; i++) {
		g_autoptr(sqlite3_stmt) statement = NULL;

		if (sentences[i].lost != lost)
			continue;
		status = dc_db_ask(&page->file, &statement, error,
			"SELECT count(DISTINCT d.number) FROM findings f JOIN drafts d ON"
			" d.number = f.draft AND d.run = f.run WHERE account = ? AND code IN (?, ?)"
			" AND state NOT IN (?, ?, ?) AND NOT EXISTS (SELECT 1 FROM said s WHERE"
			"  s.draft = d.number AND s.run = d.run AND seen = ?)",
			"ittiiii", account, sentences[i].codes[0], sentences[i].codes[1],
			(int64_t)DRAFTCONV_OUTCOME_FAILED, (int64_t)DRAFTCONV_OUTCOME_ROLLED_BACK,
			(int64_t)DRAFTCONV_OUTCOME_NO_ACCOUNT, (int64_t)DRAFTCONV_OUTCOME_MISSING);
		if (status >= 0)
			status = dc_db_next(&page->file, statement, error);
		const uint64_t count =
			status == 1 ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
		if (count == 0)
			continue;
		g_string_append_printf(text, "%s- In %" G_GUINT64_FORMAT " %s", any ? "" : heading,
			(guint64)count, plural(count));
		any = true;
		if (subjects)
			status = add_subjects(page, account, sentences[i].codes, text, error);
		g_string_append_printf(text, " %s\n", sentences[i].text);
	}
	return MIN(status, DRAFTCONV_OK);
}

/* Where the drafts of ACCOUNT stand by now. */
struct counted {
	uint64_t states[DRAFTCONV_OUTCOME_COUNT];
	uint64_t absent;  /* of the kept ones, those that were not there when they were read back */
	uint64_t gone_on; /* of the kept ones, those that the user has gone on with */
	uint64_t older;   /* of the failed ones, those of which an older text is in the folder */
	uint64_t brought; /* those that a run of the page has brought */
	char *folder;     /* NULL: none */
};

static int
count_states(
	draftconv_page *page, int64_t account, struct counted *counted, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&page->file, &statement, error,
		"SELECT state, count(*), max(folder), sum(state = ?2 AND brought_by <> ''"
		" AND stands IN (?3, ?4)), sum(state = ?5 AND seen = ?6),"
		" sum(EXISTS (SELECT 1 FROM said b JOIN runs r ON r.number = b.run WHERE"
		"  b.draft = d.number AND listed AND b.outcome IN (?3, ?7))) FROM drafts d JOIN "
		"said s "
		"ON s.draft = d.number"
		" AND s.run = d.run WHERE account = ?1 GROUP BY state",
		"iiiiiii", account, (int64_t)DRAFTCONV_OUTCOME_FAILED,
		(int64_t)DRAFTCONV_OUTCOME_DELIVERED, (int64_t)DRAFTCONV_OUTCOME_UNCHANGED,
		(int64_t)DRAFTCONV_OUTCOME_KEPT, (int64_t)DRAFTCONV_OUTCOME_MISSING,
		(int64_t)DRAFTCONV_OUTCOME_UPDATED);

	while (status >= 0) {
		status = dc_db_next(&page->file, statement, error);
		if (status != 1)
			break;
		const int64_t state = sqlite3_column_int64(statement, 0);
		if (state >= 0 && state < DRAFTCONV_OUTCOME_COUNT)
			counted->states[state] = (uint64_t)sqlite3_column_int64(statement, 1);
		if (counted->folder == NULL && *dc_db_text(statement, 2) != '\0')
			counted->folder = dc_words_plain(dc_db_text(statement, 2), 200);
		counted->older += (uint64_t)sqlite3_column_int64(statement, 3);
		counted->absent += (uint64_t)sqlite3_column_int64(statement, 4);
		counted->brought += (uint64_t)sqlite3_column_int64(statement, 5);
	}
	return status;
}

/* The kept drafts of which a finding says that the user has gone on with them. */
static int
count_gone_on(draftconv_page *page, int64_t account, uint64_t *count, draftconv_error **error)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_db_ask(&page->file, &statement, error,
		"SELECT count(*) FROM drafts d JOIN said s ON s.draft = d.number AND s.run = d.run"
		" WHERE account = ?1 AND state = ?2 AND seen <> ?3 AND (EXISTS (SELECT 1 FROM "
		"findings f WHERE"
		"  f.draft = d.number AND f.run = d.run AND code IN"
		"  ('both-changed', 'copy-edited', 'copy-touched', 'maybe-doubled'))"
		/* An earlier run has found it out; but what cannot be told is not called his. */
		" OR brought_by <> '' AND stands = ?2 AND NOT EXISTS (SELECT 1 FROM findings f"
		"  WHERE f.draft = d.number AND code IN ('differs-unknown', 'outcome-unknown')))",
		"iii", account, (int64_t)DRAFTCONV_OUTCOME_KEPT,
		(int64_t)DRAFTCONV_OUTCOME_MISSING);

	if (status >= 0)
		status = dc_db_next(&page->file, statement, error);
	if (status == 1)
		*count = (uint64_t)sqlite3_column_int64(statement, 0);
	return status;
}

static void
add_count(GString *text, uint64_t count, const char *format_one, const char *format_many)
{
	if (count == 1)
		g_string_append_printf(text, "%s\n", format_one);
	else if (count > 1)
		g_string_append_printf(
			text, "%" G_GUINT64_FORMAT " %s\n", (guint64)count, format_many);
}

static void
add_there(GString *text, uint64_t there, const struct counted *counted)
{
	const char *folder = counted->folder;

	if (there == 0)
		return;
	if (counted->brought == 0 && counted->states[DRAFTCONV_OUTCOME_DELIVERED] == 0 &&
		counted->states[DRAFTCONV_OUTCOME_UPDATED] == 0 && folder != NULL) {
		g_string_append_printf(text,
			"%" G_GUINT64_FORMAT
			" %s from our old data %s in your folder %s already; you "
			"can go on writing there.\n",
			(guint64)there, plural(there), there == 1 ? "was" : "were", folder);
		return;
	}
	g_string_append_printf(text,
		"We have brought back %" G_GUINT64_FORMAT " %s from our old data.", (guint64)there,
		plural(there));
	if (folder != NULL)
		g_string_append_printf(text,
			" You find %s in your folder %s, and can go on writing there.",
			there == 1 ? "it" : "them", folder);
	g_string_append_c(text, '\n');
}

static void
add_states(GString *text, const struct counted *counted)
{
	const uint64_t *states = counted->states;
	const uint64_t failed =
		states[DRAFTCONV_OUTCOME_FAILED] + states[DRAFTCONV_OUTCOME_NO_ACCOUNT];

	add_there(text,
		states[DRAFTCONV_OUTCOME_DELIVERED] + states[DRAFTCONV_OUTCOME_UPDATED] +
			states[DRAFTCONV_OUTCOME_UNCHANGED] +
			states[DRAFTCONV_OUTCOME_SOURCE_GONE] + states[DRAFTCONV_OUTCOME_CHANGED],
		counted);
	add_count(text, states[DRAFTCONV_OUTCOME_MISSING],
		"One draft was no longer in your folder when we looked. If you have not sent, "
		"moved or deleted it, please tell us.",
		"drafts were no longer in your folder when we looked. If you have not sent, moved "
		"or deleted them, please tell us.");
	add_count(text, states[DRAFTCONV_OUTCOME_UNVERIFIED],
		"One draft could not be read back from your folder; we are looking into it.",
		"drafts could not be read back from your folder; we are looking into it.");
	add_count(text, counted->absent,
		"One draft is no longer in your folder: it was sent, moved or deleted there. "
		"Please tell us if you want it again.",
		"drafts are no longer in your folder: they were sent, moved or deleted there. "
		"Please tell us if you want them again.");
	add_count(text, counted->gone_on,
		"One draft was left as it is, since you have gone on with it, sent or deleted it.",
		"drafts were left as they are, since you have gone on with them, sent or deleted "
		"them.");
	add_count(text, states[DRAFTCONV_OUTCOME_KEPT] - counted->gone_on - counted->absent,
		"One draft was left as it is.", "drafts were left as they are.");
	add_count(text, states[DRAFTCONV_OUTCOME_ROLLED_BACK],
		"One draft was taken out of your folder again.",
		"drafts were taken out of your folder again.");
	add_count(text, states[DRAFTCONV_OUTCOME_WITHDRAWN],
		"One draft was taken out of your folder again, since it is no longer in our old "
		"data.",
		"drafts were taken out of your folder again, since they are no longer in our old "
		"data.");
	add_count(text, failed - counted->older,
		"One draft could not be brought back yet; we are looking into it.",
		"drafts could not be brought back yet; we are looking into it.");
	add_count(text, counted->older,
		"Of one draft you find an older text in your folder; the newest could not be "
		"brought back yet, and we are looking into it.",
		"drafts are in your folder with an older text; the newest could not be brought "
		"back yet, and we are looking into it.");
}

int
dc_customer_tell(draftconv_page *page, int64_t account, bool subjects, GString *text,
	draftconv_error **error)
{
	struct counted counted = {.folder = NULL};
	int status = count_states(page, account, &counted, error);
	g_autofree char *folder = counted.folder;

	if (status >= 0)
		status = count_gone_on(page, account, &counted.gone_on, error);
	if (status < 0)
		return status;
	add_states(text, &counted);
	if (dc_gather_unfinished(page))
		g_string_append(text, "We are not done yet: more drafts may follow.\n");
	status = dc_gather_source_damaged(page, account, error);
	if (status == 1)
		g_string_append(text, "The old data is incomplete: it was cut or damaged, and "
				      "there may have been "
				      "more drafts. Please tell us if you miss one.\n");
	if (status < 0)
		return status;
	status = add_sentences(
		page, account, subjects, false, "Please look at these:\n", text, error);
	if (status >= 0)
		status = add_sentences(page, account, subjects, true,
			"This could not be brought back:\n", text, error);
	return status;
}
