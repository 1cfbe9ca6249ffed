/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which runs brought what a run found in its folder: what a person has to know who verifies it or takes it back.
 * In: a journal and a run of it; out: lines, with the command to type.
 */
#ifndef TOOL_BRINGERS_H
#define TOOL_BRINGERS_H

#include <draftconv/journal.h>

#include <glib.h>

typedef struct bringers bringers;

/* OWNERS: only their drafts; NULL: all. [transfer full] */
bringers *bringers_of(draftconv_journal *journal, const char *run, const char *destination,
	const char *const *owners);
void bringers_free(bringers *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(bringers, bringers_free)

/* The mailbox that a {login} in DESTINATION stood for; DESTINATION, when there are several. [transfer none] */
const char *bringers_place(const bringers *found);

/* The run itself brought nothing: say who did, and how to take that back unless CHOSEN means that run, too. */
void bringers_say_instead(const bringers *found, const char *run, const char *journal,
	const draftconv_journal_filter *chosen);

/* What the run found is not there any more: say who took it back. */
void bringers_say_gone(const bringers *found);

#endif
