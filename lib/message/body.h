/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The texts of a draft as MIME parts. In: text or HTML in UTF-8 as the user left it, and a signature;
 * out: the text to write, and a part with its encoding: 7bit, quoted-printable or base64, never 8bit,
 * never a raw line over 76. DRAFTS.md 19 and 20. It changes line ends, the place of the signature and
 * charset declarations in HTML, nothing else.
 */
#ifndef DC_MESSAGE_BODY_H
#define DC_MESSAGE_BODY_H

#include "lib/base/findings.h"
#include "lib/draft/sealed.h"

#include <gmime/gmime.h>

#include <stdbool.h>

/* TEXT with LF line ends, the last line ended; "" stays "". Findings under FIELD. [transfer full] */
char *dc_body_lines(const char *text, const char *field, dc_findings *findings);

/* TEXT, "-- " and SIGNATURE (either may be NULL). [transfer full] */
char *dc_body_sign_text(const char *text, const char *signature);
char *dc_body_sign_html(const char *html, const char *signature);

/* Whether SIGNATURE begins with "-- " and a line end, or LINE_END ("<br"). */
bool dc_body_has_separator(const char *signature, const char *line_end);

/* HTML as a document without a charset declaration, LF line ends. [transfer full] */
char *dc_body_html(const char *html, dc_findings *findings);

/* A sealed body as it is: the part that a client with the key opens. [transfer full] */
GMimeObject *dc_body_sealed(const struct dc_sealed *sealed);

/* SUBTYPE "plain" or "html", without a name or disposition. TEXT as from above. [transfer full] */
GMimeObject *dc_body_part(const char *text, const char *subtype);

/* TEXT (LF) quoted-printable, LF. [transfer full] */
GString *dc_body_quoted_printable(const char *text);

#endif
