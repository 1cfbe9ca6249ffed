/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which account a ticket is about. In: what the person knows of it, the owner or any part of its name,
 * login or addresses; out: one account. A part is asked about, never guessed: without an answer the whole
 * owner or one of its whole addresses is needed. In a damaged source always: who is meant may be missing.
 */
#ifndef TOOL_ACCOUNT_H
#define TOOL_ACCOUNT_H

#include "open.h"

/*
 * The command line TYPED, NULL-terminated, to be typed again with the whole name OWNER, and ADDED (may be
 * NULL) behind it. [transfer full]
 */
char *typed_again(char **typed, const char *owner, const char *added);

/* What was found out about the account of a ticket. */
struct found {
	uint64_t drafts; /* selected ones; 0 was said */
	/* Of an account without any: the newest draft of anybody, which tells when the source ends; none of the future. */
	bool has_newest;
	int64_t newest_s;
};

/*
 * Find the account that the one --owner of READING means, and put its owner there.
 *
 * @param may_ask whether the person may be asked
 * @param typed   the command line as it was typed
 * @param found   [out] zeroed
 * @return 0; an exit status after having said why: 66 nobody fits, 64 a part does and nobody chose, 65 it may
 *         be missing, 130 Ctrl-C at the question, or what reading the source gave
 */
int find_account(
	struct reading *reading, char **sources, bool may_ask, char **typed, struct found *found);

#endif
