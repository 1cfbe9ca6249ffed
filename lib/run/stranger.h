/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is a mailbox plausibly the account's own? In: what the source knows of an account, and the login and
 * folder that its drafts would go to; out: findings, never a refusal, since who runs it may know better.
 */
#ifndef DC_RUN_STRANGER_H
#define DC_RUN_STRANGER_H

#include "lib/base/findings.h"

#include <draftconv/drafts.h>

/*
 * Does LOGIN look like one of the account's names: owner, login, addresses, whole or the part before the
 * domain, whatever the case? "kari%example.com" is kari@example.com, "kari*admin" is kari.
 */
bool dc_stranger_fits(const char *login, const draftconv_account *account);

/*
 * The same question, for many at once: it fits when one of the account's keys is one of the login's, of which
 * there are one or two, the login itself the first. [transfer full]
 */
GPtrArray *dc_stranger_keys(const draftconv_account *account);
char **dc_stranger_login_keys(const char *login);

/* Say that LOGIN fits none of the names. */
void dc_stranger_note_login(
	const char *login, const draftconv_account *account, dc_findings *findings);

/* Say that COUNT accounts, OWNER the first, have FOLDER, if that is where letters come in. */
bool dc_stranger_is_inbox(const char *folder);
void dc_stranger_note_inbox(const char *owner, uint64_t count, dc_findings *findings);

#endif
