/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/envelope.h"

#include "lib/message/header.h"
#include "lib/message/identity.h"
#include "lib/message/sender.h"
#include "lib/message/tree.h"

#include <string.h>

/* 2099-12-31T23:59:59Z */
#define DATE_MAX G_GINT64_CONSTANT(4102444799)

/* The header fields of an old message that a draft goes on with, and the field that counts more. */
static const struct {
	const char *name;
	draftconv_field field; /* COUNT: read elsewhere, or derived */
} known_headers[] = {
	{"Bcc", DRAFTCONV_FIELD_BCC},
	{"Cc", DRAFTCONV_FIELD_CC},
	{"Content-Type", DRAFTCONV_FIELD_COUNT},
	{"Content-Transfer-Encoding", DRAFTCONV_FIELD_COUNT},
	{"Date", DRAFTCONV_FIELD_COUNT},
	{"Disposition-Notification-To", DRAFTCONV_FIELD_COUNT},
	{"From", DRAFTCONV_FIELD_FROM},
	{"In-Reply-To", DRAFTCONV_FIELD_IN_REPLY_TO},
	{"MIME-Version", DRAFTCONV_FIELD_COUNT},
	{"Message-ID", DRAFTCONV_FIELD_COUNT},
	{"References", DRAFTCONV_FIELD_REFERENCES},
	{"Reply-To", DRAFTCONV_FIELD_REPLY_TO},
	{"Subject", DRAFTCONV_FIELD_SUBJECT},
	{"To", DRAFTCONV_FIELD_TO},
	{"X-Priority", DRAFTCONV_FIELD_COUNT},
};

static const char *
old_header(const draftconv_draft *draft, const char *wanted)
{
	for (size_t i = 0; i < draftconv_draft_header_count(draft); i++) {
		const char *name = NULL;
		const char *value = NULL;

		draftconv_draft_header(draft, i, &name, &value);
		if (g_ascii_strcasecmp(name, wanted) == 0)
			return value;
	}
	return NULL;
}

static bool
has_recipient(const draftconv_draft *draft, draftconv_field wanted)
{
	for (size_t i = 0; i < draftconv_draft_recipient_count(draft); i++) {
		draftconv_field kind;
		const char *name = NULL;
		const char *address = NULL;

		draftconv_draft_recipient(draft, i, &kind, &name, &address);
		if (kind == wanted)
			return true;
	}
	return false;
}

/* The draft's own field, else the old message's header. NULL when both are empty. */
static const char *
field_text(const draftconv_draft *draft, draftconv_field field)
{
	const char *text = draftconv_draft_field(draft, field);

	if (text != NULL && *text != '\0')
		return text;
	if (has_recipient(draft, field))
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(known_headers); i++) {
		if (known_headers[i].field == field)
			text = old_header(draft, known_headers[i].name);
	}
	return text != NULL && *text != '\0' ? text : NULL;
}

bool
dc_envelope_takes(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(known_headers); i++) {
		if (g_ascii_strcasecmp(known_headers[i].name, name) == 0)
			return true;
	}
	return false;
}

static void
note_dropped_headers(const draftconv_draft *draft, dc_findings *findings)
{
	for (size_t i = 0; i < draftconv_draft_header_count(draft); i++) {
		const char *name = NULL;
		const char *value = NULL;

		draftconv_draft_header(draft, i, &name, &value);
		if (!dc_envelope_takes(name))
			dc_findings_add(findings, DC_FINDING_HEADER_DROPPED, "headers", "%s: %s",
				name, value);
	}
}

/* Everything that the draft says of one kind of recipients. */
static GPtrArray *
read_mailboxes(const draftconv_draft *draft, draftconv_field field, struct dc_addresses *addresses)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(dc_address_free);
	const char *text = field_text(draft, field);

	if (text != NULL)
		dc_address_parse(addresses, draftconv_field_name(field), text, list);
	for (size_t i = 0; i < draftconv_draft_recipient_count(draft); i++) {
		draftconv_field kind;
		const char *name = NULL;
		const char *address = NULL;

		draftconv_draft_recipient(draft, i, &kind, &name, &address);
		if (kind == field)
			dc_address_parse_pair(
				addresses, draftconv_field_name(field), name, address, list);
	}
	return list;
}

static GPtrArray *
read_sender(const draftconv_draft *draft, dc_findings *findings)
{
	g_autoptr(dc_findings) own = dc_findings_new();
	g_autoptr(dc_addresses) addresses = dc_addresses_new(NULL, own);
	const char *name = draftconv_draft_field(draft, DRAFTCONV_FIELD_FROM_NAME);
	const char *address = draftconv_draft_field(draft, DRAFTCONV_FIELD_FROM_ADDRESS);
	g_autoptr(GPtrArray) typed = read_mailboxes(draft, DRAFTCONV_FIELD_FROM, addresses);
	g_autofree char *raw = g_strdup(field_text(draft, DRAFTCONV_FIELD_FROM));

	if (raw == NULL && (name != NULL || address != NULL)) {
		dc_address_parse_pair(addresses, "from_address", name, address, typed);
		raw = name != NULL && address != NULL && *address != '\0'
			      ? g_strdup_printf("%s <%s>", name, address)
			      : g_strdup(name != NULL ? name : address);
	}
	GPtrArray *from = g_ptr_array_new_with_free_func(dc_address_free);
	g_ptr_array_add(from, dc_sender_new(draft, typed, raw, own, findings));
	return from;
}

/* One Sender among the recipients' tables or columns is more than a draft carries. */
static void
note_dropped_sender(
	const draftconv_draft *draft, const struct dc_address *from, dc_findings *findings)
{
	const char *sender = draftconv_draft_field(draft, DRAFTCONV_FIELD_SENDER);

	if (sender != NULL && *sender != '\0' && strstr(sender, from->address) == NULL)
		dc_findings_add(findings, DC_FINDING_HEADER_DROPPED, "sender", "%s", sender);
}

static void
read_date(struct dc_envelope *envelope, const draftconv_draft *draft, dc_findings *findings)
{
	gint64 date = 0;
	int offset = 0;

	if (!draftconv_draft_modified(draft, &date, &offset)) {
		if (draftconv_draft_created(draft, &date, &offset))
			dc_findings_add(
				findings, DC_FINDING_DATE_FROM_CREATED, "modified", "%s", "");
		else
			dc_findings_add(findings, DC_FINDING_DATE_MISSING, "modified", "%s", "");
	}
	if (date < 0 || date > DATE_MAX) {
		dc_findings_add(findings, DC_FINDING_DATE_CLAMPED, "modified",
			"%" G_GINT64_FORMAT " seconds", date);
		date = CLAMP(date, 0, DATE_MAX);
	}
	/* servers refuse or replace 1969 and 2100, so the first and last hours are told in UTC */
	if (date + offset * 60 < 0 || date + offset * 60 > DATE_MAX)
		offset = 0;
	envelope->date_s = date;
	envelope->offset_min = offset;
}

static void
read_priority(struct dc_envelope *envelope, const draftconv_draft *draft, dc_findings *findings)
{
	const char *old = old_header(draft, "X-Priority");
	int priority = draftconv_draft_priority(draft);

	if (priority == 0 && old != NULL && g_ascii_isdigit(old[strspn(old, " ")]))
		priority = old[strspn(old, " ")] - '0';
	if (priority == 1 || priority == 2)
		envelope->priority = priority;
	if (priority == 4 || priority == 5)
		dc_findings_add(findings, DC_FINDING_PRIORITY_LOW, "priority", "%d", priority);
}

static char *
read_subject(const draftconv_draft *draft, dc_findings *findings)
{
	const char *text = field_text(draft, DRAFTCONV_FIELD_SUBJECT);
	bool changed = false;

	if (text == NULL)
		return g_strdup("");
	char *subject = dc_header_clean(text, &changed);
	if (changed)
		dc_findings_add(findings, DC_FINDING_CONTROL_CHARACTERS, "subject", "%s", text);
	return subject;
}

/* The domain of From, as far as it may stand in an id. */
static char *
id_domain(const struct dc_address *from)
{
	const char *domain = dc_address_domain(from->address);

	return *domain == '[' ? g_strdup(DC_SENDER_INVALID) : g_ascii_strdown(domain, -1);
}

struct dc_envelope *
dc_envelope_new(const draftconv_draft *draft, const char *default_domain, dc_findings *findings)
{
	g_autoptr(dc_addresses) addresses = dc_addresses_new(default_domain, findings);
	g_autofree char *owner = dc_draft_folded_owner(draft);
	struct dc_envelope *envelope = g_new0(struct dc_envelope, 1);

	read_date(envelope, draft, findings);
	envelope->from = read_sender(draft, findings);
	note_dropped_sender(draft, envelope->from->pdata[0], findings);
	envelope->to = read_mailboxes(draft, DRAFTCONV_FIELD_TO, addresses);
	envelope->cc = read_mailboxes(draft, DRAFTCONV_FIELD_CC, addresses);
	envelope->bcc = read_mailboxes(draft, DRAFTCONV_FIELD_BCC, addresses);
	dc_addresses_restart(addresses);
	envelope->reply_to = read_mailboxes(draft, DRAFTCONV_FIELD_REPLY_TO, addresses);
	envelope->subject = read_subject(draft, findings);
	envelope->identity = dc_identity_new(draftconv_draft_field(draft, DRAFTCONV_FIELD_IDENTITY),
		owner, draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY));
	envelope->domain = id_domain(envelope->from->pdata[0]);
	envelope->references = dc_references_new(field_text(draft, DRAFTCONV_FIELD_REFERENCES),
		field_text(draft, DRAFTCONV_FIELD_IN_REPLY_TO), findings);
	read_priority(envelope, draft, findings);
	envelope->receipt = draftconv_draft_receipt(draft) ||
			    old_header(draft, "Disposition-Notification-To") != NULL;
	note_dropped_headers(draft, findings);
	return envelope;
}

void
dc_envelope_free(struct dc_envelope *envelope)
{
	if (envelope == NULL)
		return;
	g_free(envelope->identity);
	g_free(envelope->domain);
	g_free(envelope->subject);
	g_ptr_array_unref(envelope->from);
	g_ptr_array_unref(envelope->reply_to);
	g_ptr_array_unref(envelope->to);
	g_ptr_array_unref(envelope->cc);
	g_ptr_array_unref(envelope->bcc);
	g_ptr_array_unref(envelope->references);
	g_free(envelope);
}

static void
write_date(const struct dc_envelope *envelope, GMimeObject *message)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_offset(envelope->offset_min * 60);
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(envelope->date_s);
	g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
	g_autofree char *date = g_mime_utils_header_format_date(local);
	g_autofree char *raw = g_strdup_printf(" %s\n", date);

	dc_tree_set_header(message, "Date", raw);
}

static void
write_mailboxes(GMimeObject *message, const char *name, const GPtrArray *mailboxes)
{
	/* no recipients: no field, since an empty one is no address-list */
	if (mailboxes->len == 0)
		return;
	g_autofree char *raw = dc_header_mailboxes(name, mailboxes);
	dc_tree_set_header(message, name, raw);
}

static void
write_ids(const struct dc_envelope *envelope, GMimeObject *message)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autofree char *id = g_strdup_printf("%s@%s", envelope->identity, envelope->domain);

	g_ptr_array_add(one, id);
	g_autofree char *raw = dc_header_ids("Message-ID", one);
	dc_tree_set_header(message, "Message-ID", raw);
	if (envelope->references->len == 0)
		return;

	one->pdata[0] = envelope->references->pdata[envelope->references->len - 1];
	g_autofree char *answered = dc_header_ids("In-Reply-To", one);
	dc_tree_set_header(message, "In-Reply-To", answered);
	g_autofree char *chain = dc_header_ids("References", envelope->references);
	dc_tree_set_header(message, "References", chain);
}

void
dc_envelope_write(const struct dc_envelope *envelope, GMimeObject *message)
{
	const struct dc_address *from = envelope->from->pdata[0];

	write_date(envelope, message);
	write_mailboxes(message, "From", envelope->from);
	write_mailboxes(message, "Reply-To", envelope->reply_to);
	write_mailboxes(message, "To", envelope->to);
	write_mailboxes(message, "Cc", envelope->cc);
	write_mailboxes(message, "Bcc", envelope->bcc);
	g_autofree char *subject = dc_header_text("Subject", envelope->subject);
	dc_tree_set_header(message, "Subject", subject);
	write_ids(envelope, message);
	if (envelope->priority != 0)
		dc_tree_set_header(message, "X-Priority",
			envelope->priority == 1 ? " 1 (Highest)\n" : " 2 (High)\n");
	if (envelope->receipt) {
		g_autofree char *receipt = g_strdup_printf(" <%s>\n", from->address);

		dc_tree_set_header(message, "Disposition-Notification-To", receipt);
		/* what Thunderbird reads; it has no eyes for the field above */
		dc_tree_set_header(message, "X-Mozilla-Draft-Info",
			" internal/draft; vcard=0; receipt=1; DSN=0; uuencode=0;\n"
			" attachmentreminder=0\n");
	}
	dc_tree_set_header(message, "MIME-Version", " 1.0\n");
}
