/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in a folder, put together from all looks of a session: so that a batch of a large account
 * asks for its own drafts and what is new, not for the whole folder again. In: looks, and what each asked
 * for; out: copies by UID (of sinks without UIDs: the number of the name) and by identity. It never asks.
 */
#ifndef DC_RUN_CONTENTS_H
#define DC_RUN_CONTENTS_H

#include "lib/sink/sink.h"

typedef struct dc_contents dc_contents;

/* A copy, and the next one under the same identity. */
typedef struct dc_place dc_place;
struct dc_place {
	struct dc_copy copy; /* strings belong to the place */
	guint32 number;      /* its UID, or what stands for its name */
	const dc_place *twin;
	dc_place *last; /* of the first twin: the last one */
};

dc_contents *dc_contents_new(void);
void dc_contents_free(dc_contents *contents);

/* Forget all. */
void dc_contents_clear(dc_contents *contents);

/* LOOK asked for everything that matters: what it does not have is not there. */
void dc_contents_replace(dc_contents *contents, const dc_look *look);

/* LOOK asked for the N UIDS and everything from FROM on: what else was seen before is still there. */
void dc_contents_update(
	dc_contents *contents, const dc_look *look, const guint32 *uids, size_t n, guint32 from);

/* [transfer none], NULL when there is none; valid until the next change */
const dc_place *dc_contents_find(const dc_contents *contents, guint32 number);
const dc_place *dc_contents_of(const dc_contents *contents, const char *identity);

/* How many have a UID of FROM or more. */
size_t dc_contents_count(const dc_contents *contents, guint32 from);

/* The number that stands for the name of a message in a sink without UIDs. */
guint32 dc_contents_number(const char *name);

#endif
