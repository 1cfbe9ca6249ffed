/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The messages of an mboxrd file. In: a path; out: which of them somebody looks for, under which names,
 * and their bytes. A name is the message's identity, for its second copy with ".2" behind it: it stays
 * when other messages go. It writes nothing.
 */
#ifndef DC_SINK_FILE_MBOX_READER_H
#define DC_SINK_FILE_MBOX_READER_H

#include "lib/sink/internal.h"

struct dc_mbox_search {
	const struct dc_look_query *query;
	struct dc_look *look; /* gets what was found */
	guint32 count;        /* [out] of all messages */
};

/* No file is an empty one. @return 0 or OUTPUT */
int dc_mbox_search(struct dc_mbox_search *search, const char *path, draftconv_error **error);

/* Give PUTS the names that they will have when they are added to the file. */
int dc_mbox_name(const char *path, struct dc_put *puts, size_t n, draftconv_error **error);

/* @return 1, 0 when there is no such message, OUTPUT, or what WRITE answered */
int dc_mbox_fetch(const char *path, const struct dc_fetch *fetch, draftconv_error **error);

#endif
