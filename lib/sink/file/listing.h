/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What lies in a directory of messages. In: a path; out: its files with the names under which the
 * journal knows them (in a Maildir the part before ":2,", which clients keep when flags change) and
 * their flags. It opens no message.
 */
#ifndef DC_SINK_FILE_LISTING_H
#define DC_SINK_FILE_LISTING_H

#include "lib/sink/sink.h"

#include <sys/types.h>
#include <time.h>

/* Temporary files begin with this; a leading dot keeps everybody else away. */
#define DC_LISTING_TEMPORARY ".draftconv-"

struct dc_listing {
	bool maildir;
	int directory; /* descriptors, -1 when not open */
	int cur;
	int new;
	int tmp;
};

/* What was read of a file, and the state that it had then; zero: nothing. */
struct dc_known {
	bool is_set;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified;
	struct timespec changed;
	char *identity;
};

struct dc_listed {
	int directory; /* borrowed: where FILE lies */
	char *file;
	char *key;
	unsigned flags;
	struct dc_known known; /* see known.h */
};

void dc_listing_init(struct dc_listing *listing, bool maildir);

/* Open, or make; leftovers of runs that were killed go. @return 0, NOT_FOUND, OUTPUT */
int dc_listing_open(struct dc_listing *listing, const char *path, bool may_create, bool *created,
	draftconv_error **error);
void dc_listing_close(struct dc_listing *listing);

/* FILES [out, transfer full] of struct dc_listed, by key. @return 0 or OUTPUT */
int dc_listing_read(const struct dc_listing *listing, GPtrArray **files, draftconv_error **error);

/* [transfer none] NULL when there is none */
const struct dc_listed *dc_listing_find(const GPtrArray *files, const char *key);

/* Flags as a Maildir writes them: "DS". [transfer full] */
char *dc_listing_flags(unsigned flags);

#endif
