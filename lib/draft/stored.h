/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A draft that the old webmail kept as an RFC 822 message. In: its bytes; out: the fields that drafts
 * carry, bodies and attachments in a draft, and findings for what was left out. GMime takes it apart; no
 * text is decoded by it, but by the ladder. Nothing of the message goes on as it is.
 */
#ifndef DC_DRAFT_STORED_H
#define DC_DRAFT_STORED_H

#include "lib/draft/fill.h"

/* @return 0; DRAFTCONV_ERROR_DRAFT when it holds more than a draft can */
int dc_stored_read(struct dc_fill *fill, GBytes *message, draftconv_error **error);

/*
 * After all columns: where the row tells a body of its own, the sealed one becomes a file beside it.
 * @return as draftconv_draft_add_attachment()
 */
int dc_stored_settle(struct dc_fill *fill, draftconv_error **error);

/*
 * A header value as it stands in a message, for people: unfolded, encoded words decoded (within a list of
 * addresses so that no decoded comma parts them). [transfer full]
 */
char *dc_stored_header(const char *value, bool is_addresses);

#endif
