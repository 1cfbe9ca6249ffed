/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which runs brought what a run found in its folder, or what stands in those of accounts: what a person has to
 * know who verifies it, takes it back, or looks for it in a source that has it no longer.
 * In: a journal, and a run of it or owners; out: lines, with the command to type.
 */
#ifndef TOOL_BRINGERS_H
#define TOOL_BRINGERS_H

#include <draftconv/journal.h>

#include <glib.h>

typedef struct bringers bringers;

/* OWNERS: only their drafts; NULL: all. [transfer full] */
bringers *bringers_of(draftconv_journal *journal, const char *run, const char *destination,
	const char *const *owners);

/* What runs to the host of the sink TO brought for OWNERS; FOUND borrows TO. [transfer full] */
bringers *bringers_of_accounts(
	draftconv_journal *journal, const char *to, const char *const *owners);

void bringers_free(bringers *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(bringers, bringers_free)

/* The mailbox that a {login} in DESTINATION stood for; DESTINATION, when there are several. [transfer none] */
const char *bringers_place(const bringers *found);

/* The run itself brought nothing: say who did, and how to take that back unless CHOSEN means that run, too. */
void bringers_say_instead(const bringers *found, const char *run, const char *journal,
	const draftconv_journal_filter *chosen);

/* What the run found is not there any more: say who took it back. */
void bringers_say_gone(const bringers *found);

/* The source has nothing of the accounts: say what stands in their folders all the same, and how to take it back. */
void bringers_say_standing(const bringers *found, const char *journal);

/* The same in sentences for the customer; NULL: nothing was brought. [transfer full] */
char *bringers_for_customer(const bringers *found);

#endif
