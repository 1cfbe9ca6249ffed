/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/message/samples.h"

#include <string.h>

static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

static void
set(draftconv_draft *draft, draftconv_field field, const char *value)
{
	g_assert_cmpint(draftconv_draft_set(draft, field, value, NULL), ==, 0);
}

static void
add_file(draftconv_draft *draft, const char *name, const char *type, const char *content_id,
	const void *data, size_t size)
{
	const draftconv_attachment info = {.struct_size = sizeof info,
		.filename = name,
		.type = type,
		.content_id = content_id,
		.disposition = content_id == NULL ? "attachment" : "inline",
		.data = data,
		.size = size};

	g_assert_cmpint(draftconv_draft_add_attachment(draft, &info, NULL), ==, 0);
}

static void
fill_plain(draftconv_draft *draft)
{
	set(draft, DRAFTCONV_FIELD_TO,
		"Kari \xc3\x85s <kari@example.org>; Mom, b\xc3\xa5t@example.org");
	set(draft, DRAFTCONV_FIELD_CC, "team: a@example.org, \"Doe, John\" <j.doe@example.org>;");
	set(draft, DRAFTCONV_FIELD_SUBJECT,
		"Sommerferie p\xc3\xa5 Gr\xc3\xb8nland \xe2\x80\x93 hva synes du?");
	set(draft, DRAFTCONV_FIELD_TEXT,
		"Hei Kari,\r\n\r\nhva synes du?  \r\n.\r\nFrom her til dit.\r\n\r\n-- "
		"\r\n\xc3\x85se");
}

static void
fill_ascii(draftconv_draft *draft)
{
	set(draft, DRAFTCONV_FIELD_FROM, "\"Alice L. Example\" <alice@example.org>");
	set(draft, DRAFTCONV_FIELD_TO, "bob@example.org");
	set(draft, DRAFTCONV_FIELD_SUBJECT, "Lunch");
	set(draft, DRAFTCONV_FIELD_TEXT, "At noon?\n");
}

static void
fill_reply(draftconv_draft *draft)
{
	set(draft, DRAFTCONV_FIELD_TO, "bob@example.org");
	set(draft, DRAFTCONV_FIELD_REPLY_TO, "office@example.org");
	set(draft, DRAFTCONV_FIELD_SUBJECT, "Re: Lunch");
	set(draft, DRAFTCONV_FIELD_TEXT, "> At noon?\n\nYes.\n");
	set(draft, DRAFTCONV_FIELD_IN_REPLY_TO, "<2@example.org>");
	set(draft, DRAFTCONV_FIELD_REFERENCES, "<1@example.org> <2@example.org>");
	draftconv_draft_set_priority(draft, 1, NULL);
	draftconv_draft_set_receipt(draft, true);
}

static void
fill_html(draftconv_draft *draft)
{
	set(draft, DRAFTCONV_FIELD_TO, "bob@example.org");
	set(draft, DRAFTCONV_FIELD_HTML,
		"<P><FONT color=red>bl\xc3\xa5</FONT> <IMG src=\"cid:part1@example.org\">");
	add_file(draft, "kart.png", "image/png", "<part1@example.org>", png, sizeof png - 1);
}

static void
fill_files(draftconv_draft *draft)
{
	set(draft, DRAFTCONV_FIELD_BCC, "bob@example.org");
	set(draft, DRAFTCONV_FIELD_SUBJECT, "=?utf-8?q?typed?=");
	set(draft, DRAFTCONV_FIELD_HTML,
		"<html><head><meta charset=\"latin1\"></head><body>Map: <img "
		"src='cid:part1@example.org'></body></html>\n");
	add_file(draft, "C:\\kart.png", "image/png", "part1@example.org", png, sizeof png - 1);
	add_file(draft,
		"\xe5\xb1\xb1\xe7\x94\xb0\xe5\xa4\xaa\xe9\x83\x8e\xe3\x81\xae\xe3\x83\x95\xe3\x82"
		"\xa1\xe3\x82\xa4\xe3\x83\xab.pdf",
		"application/pdf", NULL, "%PDF-1.4\n", 9);
	add_file(draft, "forwarded", "message/rfc822", NULL, "Subject: old\r\n\r\nText\r\n", 22);
	add_file(draft, "gone.doc", "application/msword", NULL, NULL, 0);
}

static void
fill_both(draftconv_draft *draft)
{
	set(draft, DRAFTCONV_FIELD_TEXT, "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\n");
	set(draft, DRAFTCONV_FIELD_HTML, "<p>Hello</p>");
	set(draft, DRAFTCONV_FIELD_SIGNATURE, "-- \nAlice & Co");
}

static void
fill_empty(draftconv_draft *draft)
{
	set(draft, DRAFTCONV_FIELD_SUBJECT, "");
}

static const struct {
	const char *name;
	void (*fill)(draftconv_draft *draft);
} samples[] = {
	{"ascii", fill_ascii},
	{"both", fill_both},
	{"empty", fill_empty},
	{"files", fill_files},
	{"html", fill_html},
	{"plain", fill_plain},
	{"reply", fill_reply},
};

const char *const sample_names[] = {
	"ascii", "both", "empty", "files", "html", "plain", "reply", NULL};

draftconv_draft *
sample_new(const char *name)
{
	draftconv_draft *draft = draftconv_draft_new();

	set(draft, DRAFTCONV_FIELD_IDENTITY, "samples");
	set(draft, DRAFTCONV_FIELD_OWNER, "alice");
	set(draft, DRAFTCONV_FIELD_KEY, name);
	draftconv_draft_add_owner_address(draft, "Alice Example", "alice@example.org", NULL);
	draftconv_draft_set_modified(draft, 1104530645, 60, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		if (strcmp(samples[i].name, name) == 0)
			samples[i].fill(draft);
	}
	return draft;
}
