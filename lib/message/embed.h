/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * May a stored message stand in another one without an encoding? In: its content; out: yes or no. RFC
 * 2046 allows message/rfc822 no encoding, so its bytes must be 7bit in short lines. It changes nothing.
 */
#ifndef DC_MESSAGE_EMBED_H
#define DC_MESSAGE_EMBED_H

#include "lib/base/content.h"

#include <stdbool.h>

/* FORBIDDEN must not occur in it. @return 0, or what the reader answered; FIT [out] */
int dc_embed_judge(dc_content *content, const char *forbidden, bool *fit, draftconv_error **error);

#endif
