/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who writes: exactly one mailbox, whatever the old draft says. DRAFTS.md 7. */
#include "lib/message/sender.h"

#include "lib/base/limits.h"
#include "lib/message/header.h"

#include <string.h>

static struct dc_address *
mailbox_new(const char *name, const char *address)
{
	struct dc_address *mailbox = g_new0(struct dc_address, 1);

	if (name != NULL) {
		g_autofree char *clean = dc_header_clean(name, NULL);
		g_strstrip(clean);
		if (*clean != '\0' && strlen(clean) <= DC_NAME_MAX)
			mailbox->name = g_steal_pointer(&clean);
	}
	mailbox->address = g_strdup(address);
	return mailbox;
}

/* The account's addresses in strict form; an owner that is an address counts where no other is known. */
static GPtrArray *
account_addresses(const draftconv_draft *draft)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(dc_address_free);
	bool changed = false;

	for (size_t i = 0; i < draftconv_draft_owner_address_count(draft); i++) {
		const char *name = NULL;
		const char *address = NULL;

		draftconv_draft_owner_address(draft, i, &name, &address);
		g_autofree char *strict =
			address == NULL ? NULL : dc_address_normalize(address, &changed);
		if (strict != NULL)
			g_ptr_array_add(list, mailbox_new(name, strict));
	}
	if (list->len == 0) {
		g_autofree char *strict = dc_address_normalize(
			draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER), &changed);
		if (strict != NULL)
			g_ptr_array_add(list, mailbox_new(NULL, strict));
	}
	return list;
}

static bool
holds(const GPtrArray *list, const char *address)
{
	for (guint i = 0; i < list->len; i++) {
		const struct dc_address *mailbox = list->pdata[i];

		if (g_ascii_strcasecmp(mailbox->address, address) == 0)
			return true;
	}
	return false;
}

/* The first real address of what was typed; NULL when there is none. */
static struct dc_address *
take_first(const GPtrArray *typed, const dc_findings *own, const char *raw, dc_findings *findings)
{
	struct dc_address *first = NULL;

	for (guint i = typed->len; i-- > 0;) {
		struct dc_address *mailbox = typed->pdata[i];

		if (mailbox->placeholder)
			continue;
		first = mailbox;
	}
	if (first == NULL)
		return NULL;
	if (typed->len == 1)
		dc_findings_add_all(findings, own);
	else
		dc_findings_add(findings, DC_FINDING_RECIPIENT_REPAIRED, "from",
			"one sender kept, %s: %s", first->address, raw);
	return mailbox_new(first->name, first->address);
}

static struct dc_address *
stand_in(const draftconv_draft *draft, const GPtrArray *account, const char *raw,
	dc_findings *findings)
{
	if (account->len > 0) {
		const struct dc_address *primary = account->pdata[0];

		if (raw != NULL)
			dc_findings_add(findings, DC_FINDING_RECIPIENT_REPAIRED, "from",
				"the account's address, %s: %s", primary->address, raw);
		/* a name without address is how the user wanted to be called */
		bool is_name =
			raw != NULL && strchr(raw, '@') == NULL && strlen(raw) <= DC_NAME_MAX;
		return mailbox_new(is_name ? raw : primary->name, primary->address);
	}
	dc_findings_add(findings, DC_FINDING_FROM_UNKNOWN, "from", "%s", raw == NULL ? "" : raw);
	struct dc_address *mailbox =
		mailbox_new(draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER), "");
	g_free(mailbox->address);
	mailbox->address = g_strdup("unparsed-0@" DC_SENDER_INVALID);
	mailbox->placeholder = true;
	return mailbox;
}

struct dc_address *
dc_sender_new(const draftconv_draft *draft, const GPtrArray *typed, const char *raw,
	const dc_findings *own, dc_findings *findings)
{
	g_autoptr(GPtrArray) account = account_addresses(draft);
	g_autofree char *clean = raw == NULL ? NULL : g_strstrip(dc_header_clean(raw, NULL));
	const char *text = clean == NULL || *clean == '\0' ? NULL : clean;
	struct dc_address *sender = take_first(typed, own, text, findings);

	if (sender == NULL)
		return stand_in(draft, account, text, findings);
	if (account->len > 0 && !holds(account, sender->address))
		dc_findings_add(findings, DC_FINDING_FROM_FOREIGN, "from", "%s", sender->address);
	return sender;
}
