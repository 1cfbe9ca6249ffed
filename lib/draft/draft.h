/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The draft as the stops around it see it. In: decoded text, times, and attachments as contents, from
 * the reader of a profile or from the public setters; out: the same, to the composer and the run, and
 * the list of findings. It decodes and judges nothing itself, and reads no content.
 */
#ifndef DC_DRAFT_DRAFT_H
#define DC_DRAFT_DRAFT_H

#include <draftconv/draft.h>

#include "lib/base/content.h"
#include "lib/base/findings.h"
#include "lib/draft/sealed.h"

#include <glib.h>

#define DC_DIGEST_SIZE 32

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_draft, draftconv_draft_free)

/*
 * Add an attachment whose content is CONTENT ([transfer none], a reference is taken; NULL: missing).
 * Of INFO the strings count only; struct_size need not be set. As draftconv_draft_add_attachment().
 */
int dc_draft_add_attachment(draftconv_draft *draft, const draftconv_attachment *info,
	dc_content *content, draftconv_error **error);

/* [transfer none] NULL when the content of attachment INDEX is missing */
dc_content *dc_draft_attachment_content(const draftconv_draft *draft, size_t index);

/* [transfer none] where the reader adds its findings; never NULL */
dc_findings *dc_draft_findings(draftconv_draft *draft);

/* The same for those who only look. */
const dc_findings *dc_draft_findings_peek(const draftconv_draft *draft);

/*
 * The owner as accounts are compared and hashed (STAGE.md 13). Where no reader has set it: the owner with
 * trailing blanks off and ASCII letters small. [transfer full] never NULL
 */
char *dc_draft_folded_owner(const draftconv_draft *draft);
void dc_draft_set_folded_owner(draftconv_draft *draft, const char *folded);

/* The body that only its owner's client can open. @param sealed [transfer full] */
void dc_draft_take_sealed(draftconv_draft *draft, struct dc_sealed *sealed);

/* [transfer none] NULL for an ordinary body, also for one whose texts are told apart */
const struct dc_sealed *dc_draft_sealed(const draftconv_draft *draft);

/* SHA-256 over all mapped values and attachments, raw: set by the reader of the row. */
void dc_draft_set_row_digest(draftconv_draft *draft, const guint8 digest[DC_DIGEST_SIZE]);

/* [transfer none] NULL when nobody has set it (a draft filled by setters) */
const guint8 *dc_draft_row_digest(const draftconv_draft *draft);

#endif
