/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Contents in a row, read as one: an attachment that an old webmail stored in chunks. In: contents; out:
 * a content. It copies no bytes.
 */
#ifndef DC_DRAFT_CHAIN_H
#define DC_DRAFT_CHAIN_H

#include "lib/base/content.h"

/* LINKS are dc_content; the array is taken over with its references. [transfer full] */
dc_content *dc_chain_new(GPtrArray *links);

#endif
