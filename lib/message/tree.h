/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parts of a message, put together. In: the body's texts as parts, files; out: the tree of DRAFTS.md
 * 21 and 22 in GMime's objects, with boundaries that depend on the draft's identity alone. It sets
 * headers raw: values come from header.h.
 */
#ifndef DC_MESSAGE_TREE_H
#define DC_MESSAGE_TREE_H

#include "lib/message/files.h"

#include <gmime/gmime.h>

/* A part without a header. [transfer full] */
GMimePart *dc_tree_part_new(void);

/* Append a field with its value as it will stand in the message, line end included. */
void dc_tree_set_header(GMimeObject *object, const char *name, const char *raw);

/* What every boundary of the draft begins with, behind "=_". [transfer full] */
char *dc_tree_boundary(const char *identity);

/*
 * PLAIN and HTML [transfer full]: one of them may be NULL. FILES are struct dc_file, those with SHOWN
 * set are pictures of the HTML. BOUNDARY from above. [transfer full]
 */
GMimeObject *dc_tree_build(GMimeObject *plain, GMimeObject *html, const GPtrArray *files,
	const char *boundary, draftconv_error **failure);

#endif
