/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A row of the plan as a draft. In: a drafts row, its child rows, and what its account decided; out: a
 * draft in UTF-8 whose attachments are read from where they stand when somebody asks. Each text is
 * decoded once. It never judges addresses or dates beyond reading them: the composer does.
 */
#ifndef DC_DRAFT_ROW_H
#define DC_DRAFT_ROW_H

#include "lib/draft/digest.h"
#include "lib/draft/draft.h"
#include "lib/draft/fill.h"
#include "lib/draft/folder.h"
#include "lib/profile/plan.h"

/* What the drafts of an account have in common; all borrowed. */
struct dc_row_context {
	dc_plan_reader *plan;
	const draftconv_profile *profile;
	const dc_account *account;
	const dc_text_decision *decision; /* NULL: no vote was taken */
	const dc_zone *zone;
	dc_folder *folder; /* of attachments kept as files; NULL: none was named */
	bool want_digest;  /* reads every attachment once */
	bool all_columns;  /* the stage has those that no statement names, too */
};

/* @return 0, also for a draft that cannot be delivered (it has a finding that says so); read errors */
int dc_row_read(const struct dc_row_context *context, const dc_plan_row *row,
	draftconv_draft **draft, draftconv_error **error);

/* Let the texts of a drafts row vote. */
int dc_row_vote(const struct dc_row_context *context, const dc_plan_row *row, dc_text_vote *vote,
	draftconv_error **error);

/* ---- shared by row.c and children.c ---- */

struct dc_row_state {
	const struct dc_row_context *context;
	struct dc_fill fill;
	dc_digest *digest; /* NULL: not wanted */
};

/*
 * The bytes of a value, at most LIMIT. @return 1; 0 for NULL or a column that is not there;
 * DRAFTCONV_ERROR_DRAFT when it is longer; read errors. BYTES [out, transfer full]
 */
int dc_row_load(
	const struct dc_plan_value *value, gsize limit, GBytes **bytes, draftconv_error **error);

/* The same, decoded as FIELD; one that is too long is kept as bytes, and NULL like one that is absent. */
int dc_row_text(struct dc_row_state *state, const struct dc_plan_value *value, const char *field,
	gsize limit, bool is_html, char **text, draftconv_error **error);

/* What the source says about the set of a value. */
struct dc_fill_charset dc_row_charset(const struct dc_plan_value *value);

/*
 * A short word of ours (priority, receipt, body_type, charset, a time), NULL when there is none.
 * WORD [out, transfer full]
 */
int dc_row_word(const dc_plan_row *row, const char *name, char **word, draftconv_error **error);

/* A state that decodes texts as the account and profile say; its draft is not set. */
struct dc_row_state dc_row_state_new(const struct dc_row_context *context);

/* Add the agreed columns of a row to the digest. */
int dc_row_digest(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error);

/* The child rows. */
int dc_children_read(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error);

#endif
