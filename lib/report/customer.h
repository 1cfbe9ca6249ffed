/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the customer is told: plain words, no code, no body, no recipient. In: the gathered drafts of one
 * account; out: a paragraph to paste into the answer. The table of sentences in customer.c is the only one.
 */
#ifndef DC_REPORT_CUSTOMER_H
#define DC_REPORT_CUSTOMER_H

#include "lib/report/gather.h"

/* Accounts that have a paragraph each; of more there is a command for one. */
#define DC_CUSTOMERS_MAX 3

/* Append the paragraph of ACCOUNT to TEXT. SUBJECTS: name drafts by their subject, too. */
int dc_customer_tell(draftconv_page *page, int64_t account, bool subjects, GString *text,
	draftconv_error **error);

#endif
