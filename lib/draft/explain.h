/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a draft comes from. In: its row and what its account decided; out: every column of the source
 * rows behind it and behind its children, decoded as the draft's reader does it. It changes nothing and
 * keeps nothing.
 */
#ifndef DC_DRAFT_EXPLAIN_H
#define DC_DRAFT_EXPLAIN_H

#include "lib/draft/row.h"

#include <draftconv/drafts.h>

/* As draftconv_drafts_explain(). */
int dc_explain_row(const struct dc_row_context *context, const dc_plan_row *row,
	int (*callback)(void *user, const draftconv_source_value *value), void *user,
	draftconv_error **error);

#endif
