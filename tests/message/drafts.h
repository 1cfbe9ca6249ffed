/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drafts that tests fill by setters, and their messages. Whatever goes wrong is a failed assertion. */
#ifndef TESTS_MESSAGE_DRAFTS_H
#define TESTS_MESSAGE_DRAFTS_H

#include "lib/draft/draft.h"
#include "lib/message/message.h"

struct drafts_file {
	const char *name;
	const char *type;
	const char *content_id;
	const char *disposition;
	const char *data; /* NULL: missing */
	const char *url;
};

/* Al Bo's draft 4711 of New Year's Eve 2004. [transfer full] */
draftconv_draft *drafts_new(void);

void drafts_add_file(draftconv_draft *draft, const struct drafts_file *file);

/* [transfer full] */
draftconv_message *drafts_compose(const draftconv_draft *draft);

#endif
