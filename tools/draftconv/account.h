/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which account a ticket is about. In: what the person knows of it, the owner or any part of its name,
 * login or addresses; out: one account. Several that fit are shown and asked about, never guessed.
 */
#ifndef TOOL_ACCOUNT_H
#define TOOL_ACCOUNT_H

#include "open.h"

/*
 * Find the account that the one --owner of READING means, and put its owner there.
 *
 * @param may_ask whether the person may be asked
 * @param drafts  [out] selected ones of the account; 0 was said
 * @return 0; an exit status after having said why: 66 nobody fits, 64 several do and nobody chose, or
 *         what reading the source gave
 */
int find_account(struct reading *reading, char **sources, bool may_ask, uint64_t *drafts);

#endif
