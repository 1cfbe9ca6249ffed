/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which files an HTML body shows. In: HTML and the draft's files; out: the HTML with cid: references to
 * files that say so themselves, data: images made files of their own, addresses of the old webmail's
 * store turned into cid:. It changes nothing in the HTML but these references, and reads no content.
 */
#ifndef DC_MESSAGE_IMAGES_H
#define DC_MESSAGE_IMAGES_H

#include "lib/message/envelope.h"
#include "lib/message/files.h"

/* FILES (of struct dc_file) get their SHOWN and CONTENT_ID set, and may become more. [transfer full] */
char *dc_images_resolve(const char *html, GPtrArray *files, const struct dc_envelope *envelope,
	dc_findings *findings);

#endif
