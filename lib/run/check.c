/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/check.h"

#include <string.h>

/* Long enough to have a certificate renewed before a delivery of some days. */
#define CERTIFICATE_DAYS 14
#define DAY_S (24 * 60 * 60)

static void
judge_folder(const struct dc_sink_checked *checked, dc_findings *findings)
{
	const unsigned wanted = DC_FLAG_DRAFT | DC_FLAG_SEEN;
	const char *rights = checked->rights;

	if (!checked->folder_exists) {
		dc_findings_add(findings, DC_FINDING_FOLDER_MISSING, "", "%s", checked->folder);
		return;
	}
	if (checked->read_only)
		dc_findings_add(findings, DC_FINDING_FOLDER_READ_ONLY, "",
			"the server opens %s read-only", checked->folder);
	else if (rights != NULL && strchr(rights, 'i') == NULL)
		dc_findings_add(findings, DC_FINDING_FOLDER_READ_ONLY, "",
			"the rights in %s are only \"%s\"", checked->folder, rights);
	/* RFC 4314 2.1.1: d of old servers is t and e in one. */
	if (rights != NULL && strchr(rights, 'd') == NULL &&
		(strchr(rights, 't') == NULL || strchr(rights, 'e') == NULL))
		dc_findings_add(findings, DC_FINDING_NOT_REMOVABLE, "",
			"the rights in %s are only \"%s\"", checked->folder, rights);
	if ((checked->permanent_flags & wanted) != wanted)
		dc_findings_add(findings, DC_FINDING_FLAGS_NOT_KEPT, "", "%s keeps %s",
			checked->folder,
			(checked->permanent_flags & wanted) == 0          ? "neither of them"
			: (checked->permanent_flags & DC_FLAG_DRAFT) != 0 ? "\\Draft only"
									  : "\\Seen only");
}

static void
judge_room(const dc_context *context, dc_findings *findings)
{
	const struct dc_sink_checked *checked = context->checked;

	if (context->would_send_bytes > checked->octets_left)
		dc_findings_add(findings, DC_FINDING_MAILBOX_FULL, "",
			"%" G_GUINT64_FORMAT " bytes are to be sent, %" G_GUINT64_FORMAT
			" are left of the quota",
			(guint64)context->would_send_bytes, checked->octets_left);
	if (context->would_send > checked->messages_left)
		dc_findings_add(findings, DC_FINDING_MAILBOX_FULL, "",
			"%" G_GUINT64_FORMAT " messages are to be sent, %" G_GUINT64_FORMAT
			" are left of the quota",
			(guint64)context->would_send, checked->messages_left);
}

static void
judge_certificate(const struct dc_sink_checked *checked, dc_findings *findings)
{
	const gint64 left_s = checked->certificate_until_s - g_get_real_time() / G_USEC_PER_SEC;
	g_autoptr(GDateTime) end = g_date_time_new_from_unix_utc(checked->certificate_until_s);

	if (checked->certificate_until_s == 0 || end == NULL || left_s > CERTIFICATE_DAYS * DAY_S)
		return;
	g_autofree char *when = g_date_time_format(end, "%Y-%m-%d %H:%M UTC");
	dc_findings_add(findings, DC_FINDING_CERTIFICATE_EXPIRES, "", "on %s", when);
}

void
dc_check_say(
	const dc_context *context, const char *owner, const char *where, draftconv_summary *summary)
{
	const struct dc_sink_checked *checked = context->checked;
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	if (!checked->asked)
		return;
	judge_folder(checked, findings);
	judge_room(context, findings);
	judge_certificate(checked, findings);
	for (size_t i = 0; i < dc_findings_count(findings); i++) {
		const draftconv_finding *f = dc_findings_at(findings, i);

		g_ptr_array_add(list, (gpointer)(uintptr_t)f);
		summary->needs_person = summary->needs_person || dc_finding_needs_person(f);
	}
	const draftconv_account_check check = {.struct_size = sizeof check,
		.owner = owner,
		.destination = where,
		.folder = checked->folder,
		.folder_exists = checked->folder_exists,
		.rights = checked->rights == NULL ? "" : checked->rights,
		.drafts = context->would_send,
		.bytes = context->would_send_bytes,
		.largest_bytes = context->largest_bytes,
		.has_quota = checked->octets_left != G_MAXUINT64,
		.quota_left_bytes = checked->octets_left == G_MAXUINT64 ? 0 : checked->octets_left,
		.message_limit_bytes = checked->appendlimit,
		.certificate_until_s = checked->certificate_until_s,
		.finding_count = list->len,
		.findings = (const draftconv_finding *const *)list->pdata};
	if (context->account_checked != NULL)
		context->account_checked(context->user, &check);
}

void
dc_check_say_refused(const dc_context *context, const dc_account *account, const char *where,
	const char *words, const dc_findings *findings)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	for (size_t i = 0; i < dc_findings_count(findings); i++)
		g_ptr_array_add(list, (gpointer)(uintptr_t)dc_findings_at(findings, i));
	const draftconv_account_check check = {.struct_size = sizeof check,
		.owner = account->owner,
		.destination = where,
		.folder = "",
		.rights = "",
		.drafts = account->draft_count,
		.finding_count = list->len,
		.findings = (const draftconv_finding *const *)list->pdata,
		.refused = words};
	if (context->account_checked != NULL)
		context->account_checked(context->user, &check);
}
