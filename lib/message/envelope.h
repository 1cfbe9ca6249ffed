/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who, to whom, when, about what: the header of a message before it is written. In: a draft; out: one
 * sender, lists of mailboxes, a clean subject, ids, a date within 1970 to 2099, and a finding for each
 * decision. DRAFTS.md 6 to 17. It encodes nothing, and never asks what time it is.
 */
#ifndef DC_MESSAGE_ENVELOPE_H
#define DC_MESSAGE_ENVELOPE_H

#include "lib/draft/draft.h"
#include "lib/message/address.h"

#include <gmime/gmime.h>

struct dc_envelope {
	char *identity; /* the Message-ID before "@" */
	char *domain;   /* and behind it: that of From */
	gint64 date_s;
	int offset_min;
	GPtrArray *from; /* struct dc_address, exactly one */
	GPtrArray *reply_to;
	GPtrArray *to;
	GPtrArray *cc;
	GPtrArray *bcc;
	char *subject;         /* clean, may be empty */
	GPtrArray *references; /* char *, without brackets; the last one is the message answered */
	int priority;          /* 1 or 2, else 0 */
	bool receipt;
};

/* DEFAULT_DOMAIN may be NULL. The draft has a key and an owner. [transfer full] */
struct dc_envelope *dc_envelope_new(
	const draftconv_draft *draft, const char *default_domain, dc_findings *findings);
void dc_envelope_free(struct dc_envelope *envelope);
typedef struct dc_envelope dc_envelope;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_envelope, dc_envelope_free)

/* Put all fields into MESSAGE, in the order of DRAFTS.md, MIME-Version last. */
void dc_envelope_write(const struct dc_envelope *envelope, GMimeObject *message);

/* Whether a field of an old message is one that drafts go on with. */
bool dc_envelope_takes(const char *name);

/* The message answered and the chain before it, from what was typed or stored. [full, of char *] */
GPtrArray *dc_references_new(
	const char *references, const char *in_reply_to, dc_findings *findings);

#endif
