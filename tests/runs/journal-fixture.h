/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A journal in a folder of its own, for the tests of the journal. In: nothing; out: an open journal, taken
 * away with all its files at the end. It never looks at the user's own journal.
 */
#ifndef TESTS_RUNS_JOURNAL_FIXTURE_H
#define TESTS_RUNS_JOURNAL_FIXTURE_H

#include "lib/run/journal.h"

#define PLACE "imap host 993 login Drafts"

struct fixture {
	char *folder;
	char *path;
	draftconv_journal *journal;
};

/* For g_test_add(); DATA is not used. */
void journal_set_up(struct fixture *f, gconstpointer data);
void journal_tear_down(struct fixture *f, gconstpointer data);

/* Close the journal and open it again. */
void journal_reopen(struct fixture *f);

void journal_add_test(const char *name, void (*test)(struct fixture *, gconstpointer));

#endif
