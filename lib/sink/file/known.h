/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Identities of files that were read before. In: a listing and the one before it; out: the identity of a
 * file, read anew unless everything that a change leaves behind is as it was. A directory that many
 * accounts have in common is looked at once for each of them; its headers need not be read as often.
 */
#ifndef DC_SINK_FILE_KNOWN_H
#define DC_SINK_FILE_KNOWN_H

#include "lib/sink/file/listing.h"

/* What BEFORE (may be NULL) knows of the same names goes over to FILES. */
void dc_known_take_over(const GPtrArray *files, const GPtrArray *before);

/* NULL when it has none or is no file. [transfer none], valid until asked again */
const char *dc_known_identity(struct dc_listed *listed);

#endif
