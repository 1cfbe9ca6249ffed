/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a page is made of, gathered before it is written. In: runs and what they said of their drafts, from
 * journals or from a check, in any order; out: accounts and drafts with their latest state, and counts. It
 * stands in a private file without a name, so that memory does not grow with the number of drafts.
 */
#ifndef DC_REPORT_GATHER_H
#define DC_REPORT_GATHER_H

#include "lib/report/report.h"
#include "lib/run/journal-db.h"

struct draftconv_page {
	/* The journal's helpers for statements work on any database; this one is no journal. */
	draftconv_journal file;
	GPtrArray *findings;    /* of the source and the runs, as struct dc_gathered_finding */
	uint64_t finding_count; /* the first of them are kept */
};

struct dc_gathered_finding {
	char *code;
	char *detail;
	draftconv_severity severity;
};

/* After all was added: the latest state of each draft. */
int dc_gather_settle(draftconv_page *page, draftconv_error **error);

/* Whether the latest run stopped before its end: drafts may be left undone. */
bool dc_gather_unfinished(draftconv_page *page);

/* Whether the latest run (with ACCOUNT, not 0: that told of it) read a damaged source. @return 1, 0, negative */
int dc_gather_source_damaged(draftconv_page *page, int64_t account, draftconv_error **error);

/* A draft as it stands now. Strings are valid during the call that brings it. */
struct dc_gathered_draft {
	int64_t number; /* from 1; what links name it by */
	int64_t run;    /* the latest that said something of it */
	const char *owner;
	const char *key;
	const char *subject;
	draftconv_outcome state;
	bool asks;    /* for a person */
	bool written; /* dc_gather_written() */
	unsigned finding_count;
	int worst; /* draftconv_severity; -1 without findings */
};

/* The draft that this owner (whatever the case) and key name. @return 1, 0 when none is known */
int dc_gather_find(draftconv_page *page, const char *owner, const char *key, int64_t *account,
	int64_t *number, draftconv_error **error);

/* The draft is written: dc_gather_drafts() leaves it out from now on. */
int dc_gather_written(draftconv_page *page, int64_t number, draftconv_error **error);

/*
 * The drafts of ACCOUNT that are not written yet; with NUMBER (not 0) that one alone, written or not. A
 * negative answer of EACH ends it.
 */
typedef int (*dc_gather_draft_func)(
	void *user, const struct dc_gathered_draft *draft, draftconv_error **error);
int dc_gather_drafts(draftconv_page *page, int64_t account, int64_t number,
	dc_gather_draft_func each, void *user, draftconv_error **error);

/* The owners of the page, ended by NULL; NULL when they are more than LIMIT, or one has no name. [transfer full] */
char **dc_gather_owners(draftconv_page *page, guint limit);

/* How an owner is compared here. [transfer full] */
char *dc_gather_fold(const char *owner);

#endif
