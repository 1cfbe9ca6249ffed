/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where in a message a value of the source is: the composer's decisions, in words. */
#include "lib/draft/words.h"
#include "lib/message/envelope.h"
#include "lib/message/message.h"
#include "lib/text/html.h"

#include <string.h>

/* Columns whose values always go to the same place. */
static const struct {
	const char *field;
	const char *place;
} places[] = {
	{"key", "Message-ID, which is derived from it"},
	{"owner", "Message-ID, which is derived from it; the mailbox"},
	{"modified", "Date"},
	{"from", "From"},
	{"sender", "nowhere: a draft carries no Sender"},
	{"reply_to", "Reply-To"},
	{"to", "To"},
	{"cc", "Cc"},
	{"bcc", "Bcc"},
	{"subject", "Subject"},
	{"html", "the body"},
	{"body", "the body"},
	{"body_type", "the type of the body"},
	{"signature", "the end of the body"},
	{"version", "nowhere: it tells which of several rows counts"},
	{"in_reply_to", "In-Reply-To and References"},
	{"references", "References"},
	{"charset", "nowhere: it tells how the row's texts are decoded"},
	{"message", "all of the message: it is taken apart and put together anew"},
	{"tags", "keywords of the message, where the server takes them"},
	{"attachments.filename", "the attachment's name"},
	{"attachments.type", "the attachment's type"},
	{"attachments.content_id", "Content-ID, when the HTML shows the file"},
	{"attachments.disposition", "Content-Disposition, when the HTML shows the file"},
	{"attachments.charset", "the attachment's type, when it is text"},
	{"attachments.url", "nowhere: it tells which picture of the HTML the file is"},
	{"attachments.data", "the attachment's content"},
	{"attachments.chunk", "a piece of the attachment's content"},
	{"attachments.part", "nowhere: it tells which pieces are one attachment"},
	{"attachments.file", "the attachment's content, read from that file"},
};

static bool
is_set(const draftconv_draft *draft, draftconv_field field)
{
	const char *text = draftconv_draft_field(draft, field);

	return text != NULL && *text != '\0';
}

static const char *
place_of_text(const draftconv_draft *draft)
{
	const char *text = draftconv_draft_field(draft, DRAFTCONV_FIELD_TEXT);
	const char *html = draftconv_draft_field(draft, DRAFTCONV_FIELD_HTML);

	if (text == NULL || html == NULL || html[strspn(html, " \t\r\n")] == '\0' ||
		!dc_html_words_equal(html, text))
		return "the body";
	return "nowhere: the HTML says the same";
}

static const char *
place_of_priority(const char *text)
{
	const int priority = dc_words_priority(text);

	if (priority == 1 || priority == 2)
		return "X-Priority";
	return priority > 3 ? "nowhere: clients take a low priority for a high one"
			    : "nowhere: the priority is normal";
}

/* Columns for which it depends on what else the draft says. @return NULL for any other */
static const char *
place_by_draft(const draftconv_draft *draft, const draftconv_source_value *value)
{
	if (strcmp(value->field, "created") == 0)
		return draftconv_draft_modified(draft, NULL, NULL)
			       ? "nowhere: the time of modification counts"
			       : "Date";
	if (strcmp(value->field, "from_name") == 0 || strcmp(value->field, "from_address") == 0)
		return is_set(draft, DRAFTCONV_FIELD_FROM) ? "nowhere: the column from counts"
							   : "From";
	if (strcmp(value->field, "text") == 0)
		return place_of_text(draft);
	if (strcmp(value->field, "priority") == 0)
		return place_of_priority(value->text);
	if (strcmp(value->field, "receipt") == 0)
		return dc_words_truth(value->text) ? "Disposition-Notification-To"
						   : "nowhere: no receipt is asked for";
	return NULL;
}

static const char *
place_of_recipient(const draftconv_source_value *value)
{
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		if (*value->target != '\0' && strcmp(places[i].field, value->target) == 0)
			return places[i].place;
	}
	return "nowhere: drafts have no recipients of this kind";
}

/* A field of a table of header fields fills in for a column of the draft. */
static const char *
place_of_header(const draftconv_draft *draft, const draftconv_source_value *value)
{
	static const struct {
		const char *name;
		draftconv_field field;
		const char *place;
	} names[] = {
		{"From", DRAFTCONV_FIELD_FROM, "From"},
		{"Reply-To", DRAFTCONV_FIELD_REPLY_TO, "Reply-To"},
		{"To", DRAFTCONV_FIELD_TO, "To"},
		{"Cc", DRAFTCONV_FIELD_CC, "Cc"},
		{"Bcc", DRAFTCONV_FIELD_BCC, "Bcc"},
		{"Subject", DRAFTCONV_FIELD_SUBJECT, "Subject"},
		{"In-Reply-To", DRAFTCONV_FIELD_IN_REPLY_TO, "In-Reply-To"},
		{"References", DRAFTCONV_FIELD_REFERENCES, "References"},
		{"X-Priority", DRAFTCONV_FIELD_COUNT, "X-Priority"},
		{"Disposition-Notification-To", DRAFTCONV_FIELD_COUNT,
			"Disposition-Notification-To"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(names[i].name, value->target) != 0)
			continue;
		return names[i].field != DRAFTCONV_FIELD_COUNT && is_set(draft, names[i].field)
			       ? "nowhere: the draft's own column counts"
			       : names[i].place;
	}
	return dc_envelope_takes(value->target) ? "nowhere: it is told anew"
						: "nowhere: drafts do not carry this field";
}

const char *
draftconv_message_place(const draftconv_draft *draft, const draftconv_source_value *value)
{
	if (value->use == DRAFTCONV_USE_NONE)
		return "nowhere: the profile does not read it";
	if (*value->field == '\0')
		return "nowhere: it serves to find or to compute other values";
	if (value->is_null)
		return "nowhere: it is NULL";
	if (value->size == 0 && !value->is_binary)
		return "nowhere: it is empty";
	if (strcmp(value->statement, "recipients") == 0)
		return place_of_recipient(value);
	if (strcmp(value->statement, "headers") == 0)
		return place_of_header(draft, value);

	const char *place = place_by_draft(draft, value);
	for (size_t i = 0; place == NULL && i < G_N_ELEMENTS(places); i++) {
		if (strcmp(places[i].field, value->field) == 0)
			place = places[i].place;
	}
	return place == NULL ? "nowhere: the composer does not know it" : place;
}
