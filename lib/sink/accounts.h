/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rows of an accounts file as a run looks them up. In: bytes of a CSV file; out: login and folder of
 * an owner. It does not know how owners compare: who asks folds them.
 */
#ifndef DC_SINK_ACCOUNTS_H
#define DC_SINK_ACCOUNTS_H

#include "lib/base/error.h"

#include <draftconv/accounts.h>

/* A row. */
struct dc_accounts_row {
	char *owner;
	char *login;
	char *folder; /* NULL: the sink or the server says */
	unsigned line;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_accounts, draftconv_accounts_free)

/* Where the rows came from, for messages. [transfer none] */
const char *dc_accounts_name(const draftconv_accounts *accounts);

/* The row number INDEX, from 0, in the order of the file. [transfer none] NULL beyond the end */
const struct dc_accounts_row *dc_accounts_row(const draftconv_accounts *accounts, size_t index);

/*
 * The rows by folded owner (struct dc_accounts_row, borrowed from ACCOUNTS).
 * @param fold  gives the owner as it is compared [transfer full]
 * @return 0, or PROFILE when two rows are of the same owner
 */
int dc_accounts_index(const draftconv_accounts *accounts,
	char *(*fold)(void *user, const char *owner), void *user, GHashTable **index,
	draftconv_error **error);

#endif
