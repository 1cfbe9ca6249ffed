/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What people typed into a recipient field, as mailboxes. In: UTF-8 text, anything at all; out:
 * mailboxes that every address parser accepts (RFC 5322 addr-spec, ASCII, one "@"), each with the name
 * that stood beside it, and a finding for each change. What is no address becomes the name of a
 * placeholder that cannot be delivered, so that it stays visible and the others stay whole. It never
 * drops text silently, and never guesses a domain unless it is given one.
 */
#ifndef DC_MESSAGE_ADDRESS_H
#define DC_MESSAGE_ADDRESS_H

#include "lib/base/findings.h"

#include <glib.h>

#include <stdbool.h>

struct dc_address {
	char *name;    /* clean UTF-8, NULL when there is none */
	char *address; /* strict addr-spec */
	bool placeholder;
};

void dc_address_free(gpointer address);

/* What the fields of one draft share: the same address stands once in To, Cc and Bcc together. */
struct dc_addresses {
	const char *default_domain; /* NULL: never complete an address */
	GHashTable *seen;           /* addresses in lower case */
	unsigned placeholders;      /* how many there are; each has its own number */
	dc_findings *findings;
};

struct dc_addresses *dc_addresses_new(const char *default_domain, dc_findings *findings);
void dc_addresses_free(struct dc_addresses *addresses);
typedef struct dc_addresses dc_addresses;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_addresses, dc_addresses_free)

/* Forget what was seen: Reply-To may repeat a recipient. */
void dc_addresses_restart(struct dc_addresses *addresses);

/* Append the mailboxes of TEXT to LIST (of struct dc_address). FIELD names it in findings. */
void dc_address_parse(
	struct dc_addresses *addresses, const char *field, const char *text, GPtrArray *list);

/* The same for a recipient that is stored as name and address; each may be NULL. */
void dc_address_parse_pair(struct dc_addresses *addresses, const char *field, const char *name,
	const char *address, GPtrArray *list);

/*
 * TEXT as a strict addr-spec: mailto:, quotes around it and a dot behind it taken off, the domain in
 * its ASCII form. *CHANGED is set to true when it is not TEXT any more. [transfer full] NULL: none
 */
char *dc_address_normalize(const char *text, bool *changed);

/* A dot-atom or quoted string, "@", a domain of letters, digits and hyphens, or a literal; no more. */
bool dc_address_is_strict(const char *address);

/* What stands behind the "@" of a strict address. [transfer none] */
const char *dc_address_domain(const char *address);

/* RFC 5322, section 3.2.3 */
bool dc_address_is_atext(char c);

#endif
