/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in a draft, as text: HTML, too, is shown by its words and by its letters, never as HTML. */
#include "lib/report/page.h"

#include "lib/report/words.h"
#include "lib/text/html.h"

#include <string.h>

/* Characters that are shown of a field, of a body, and of the HTML of a body. */
#define FIELD_SHOWN 1000
#define TEXT_SHOWN 4000
#define HTML_SHOWN 2000

/* Bytes of HTML in which the words of the beginning are looked for. */
#define HTML_READ (64 * 1024)

/* Recipients and attachments that are listed; the rest is counted. */
#define LISTED_MAX 50

#define NORMAL_PRIORITY 3

static const struct shown_field {
	draftconv_field field;
	const char *label;
} shown_fields[] = {
	{DRAFTCONV_FIELD_FROM, "From"},
	{DRAFTCONV_FIELD_SENDER, "Sender"},
	{DRAFTCONV_FIELD_REPLY_TO, "Reply-To"},
	{DRAFTCONV_FIELD_TO, "To"},
	{DRAFTCONV_FIELD_CC, "Cc"},
	{DRAFTCONV_FIELD_BCC, "Bcc"},
	{DRAFTCONV_FIELD_SUBJECT, "Subject"},
	{DRAFTCONV_FIELD_IN_REPLY_TO, "In reply to"},
	{DRAFTCONV_FIELD_REFERENCES, "References"},
	{DRAFTCONV_FIELD_TAGS, "Tags"},
};

static void
put_value(dc_markup *markup, const char *label, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	dc_markup_put(markup, "<dt>%s</dt><dd>", label);
	dc_markup_line(markup, text, FIELD_SHOWN);
	dc_markup_put(markup, "</dd>");
}

/* From in two halves, as some webmails keep it. */
static void
put_from_halves(dc_markup *markup, const draftconv_draft *draft)
{
	put_value(markup, "From, name", draftconv_draft_field(draft, DRAFTCONV_FIELD_FROM_NAME));
	put_value(markup, "From, address",
		draftconv_draft_field(draft, DRAFTCONV_FIELD_FROM_ADDRESS));
}

/* Recipients of KIND that stand in rows of their own. */
static void
put_recipients(
	dc_markup *markup, const draftconv_draft *draft, draftconv_field kind, const char *label)
{
	const size_t count = draftconv_draft_recipient_count(draft);
	size_t listed = 0;

	for (size_t i = 0; i < count; i++) {
		draftconv_field its_kind;
		const char *name;
		const char *address;

		draftconv_draft_recipient(draft, i, &its_kind, &name, &address);
		if (its_kind != kind || listed++ >= LISTED_MAX)
			continue;
		g_autofree char *text = g_strdup_printf("%s%s%s%s", name == NULL ? "" : name,
			address == NULL ? "" : " <", address == NULL ? "" : address,
			address == NULL ? "" : ">");
		put_value(markup, label, g_strchug(text));
	}
	if (listed > LISTED_MAX)
		dc_markup_put(
			markup, "<dt>%s</dt><dd>and %zu more</dd>", label, listed - LISTED_MAX);
}

static void
put_moment(dc_markup *markup, const char *label, bool is_known, int64_t unix_s, int offset_min)
{
	g_autofree char *text = is_known ? dc_words_local_time(unix_s, offset_min) : NULL;

	put_value(markup, label, text);
}

static void
put_fields(dc_markup *markup, const draftconv_draft *draft)
{
	int64_t unix_s = 0;
	int offset_min = 0;

	dc_markup_put(markup, "<dl>");
	for (size_t i = 0; i < G_N_ELEMENTS(shown_fields); i++) {
		const struct shown_field *f = &shown_fields[i];

		put_value(markup, f->label, draftconv_draft_field(draft, f->field));
		if (f->field == DRAFTCONV_FIELD_FROM)
			put_from_halves(markup, draft);
		put_recipients(markup, draft, f->field, f->label);
	}
	bool is_known = draftconv_draft_modified(draft, &unix_s, &offset_min);
	put_moment(markup, "Changed", is_known, unix_s, offset_min);
	is_known = draftconv_draft_created(draft, &unix_s, &offset_min);
	put_moment(markup, "Made", is_known, unix_s, offset_min);
	if (draftconv_draft_priority(draft) != 0 &&
		draftconv_draft_priority(draft) != NORMAL_PRIORITY)
		dc_markup_put(markup, "<dt>Priority</dt><dd>%u of 5</dd>",
			(unsigned)draftconv_draft_priority(draft));
	if (draftconv_draft_receipt(draft))
		put_value(markup, "Receipt", "asked for");
	dc_markup_put(markup, "</dl>");
}

static int
count_bytes(void *user, const void *data, size_t size)
{
	uint64_t *count = user;

	(void)data;
	*count += size;
	return DRAFTCONV_OK;
}

/* "12.3 kB", "missing"; an attachment whose size nobody knows is read for it. */
static int
attachment_size(dc_page_writing *writing, const draftconv_draft *draft, size_t index, char **text)
{
	const draftconv_attachment *attachment = draftconv_draft_attachment(draft, index);
	uint64_t size = attachment->size;
	int status = DRAFTCONV_OK;

	if (dc_draft_attachment_content(draft, index) == NULL) {
		*text = g_strdup("its content is missing");
		return DRAFTCONV_OK;
	}
	if (attachment->size == SIZE_MAX) {
		size = 0;
		status = draftconv_draft_attachment_read(
			draft, index, count_bytes, &size, writing->error);
	}
	*text = dc_words_size(size);
	return status;
}

static int
put_attachments(dc_page_writing *writing, const draftconv_draft *draft)
{
	dc_markup *markup = &writing->markup;
	const size_t count = draftconv_draft_attachment_count(draft);
	int status = DRAFTCONV_OK;

	if (count == 0)
		return DRAFTCONV_OK;
	dc_markup_put(
		markup, "<h3>%zu %s</h3><ul>", count, count == 1 ? "attachment" : "attachments");
	for (size_t i = 0; i < MIN(count, LISTED_MAX) && status >= 0; i++) {
		const draftconv_attachment *attachment = draftconv_draft_attachment(draft, i);
		g_autofree char *size = NULL;

		status = attachment_size(writing, draft, i, &size);
		dc_markup_put(markup, "<li><bdi dir=\"auto\">");
		dc_markup_line(markup,
			attachment->filename == NULL || *attachment->filename == '\0'
				? "without a name"
				: attachment->filename,
			200);
		dc_markup_put(markup, "</bdi> <span class=\"note\">");
		dc_markup_line(markup, attachment->type == NULL ? "" : attachment->type, 100);
		dc_markup_put(markup, " %s</span></li>", size);
	}
	if (count > LISTED_MAX)
		dc_markup_put(markup, "<li>and %zu more</li>", count - LISTED_MAX);
	dc_markup_put(markup, "</ul>");
	return status;
}

static void
put_text(dc_markup *markup, const char *label, const char *text, size_t limit)
{
	if (text == NULL || *text == '\0')
		return;
	dc_markup_put(markup, "<h3>%s</h3><div class=\"text\" dir=\"auto\">", label);
	const size_t left_out = dc_markup_block(markup, text, strlen(text), limit);
	dc_markup_put(markup, "</div>");
	if (left_out > 0)
		dc_markup_put(markup, "<p class=\"cut\">and %zu more bytes</p>", left_out);
}

static void
put_html(dc_markup *markup, const char *html)
{
	if (html == NULL || *html == '\0')
		return;
	g_autofree char *beginning = g_strndup(html, HTML_READ);
	const char *end = NULL;
	if (!g_utf8_validate(beginning, -1, &end))
		beginning[end - beginning] = '\0';
	g_autofree char *lines = dc_html_readable(beginning);

	put_text(markup, "Text of the HTML", lines, TEXT_SHOWN);
	dc_markup_put(markup, "<details><summary>The HTML itself</summary>");
	put_text(markup, "HTML", html, HTML_SHOWN);
	dc_markup_put(markup, "</details>");
}

int
dc_page_write_preview(dc_page_writing *writing, const draftconv_draft *draft)
{
	dc_markup *markup = &writing->markup;

	dc_markup_put(markup, "<div class=\"cols\"><div><h3>The draft</h3>");
	put_fields(markup, draft);
	int status = put_attachments(writing, draft);
	put_text(markup, "Text", draftconv_draft_field(draft, DRAFTCONV_FIELD_TEXT), TEXT_SHOWN);
	put_html(markup, draftconv_draft_field(draft, DRAFTCONV_FIELD_HTML));
	put_text(markup, "Signature", draftconv_draft_field(draft, DRAFTCONV_FIELD_SIGNATURE),
		FIELD_SHOWN);
	dc_markup_put(markup, "</div>");
	if (status >= 0)
		status = dc_page_write_columns(writing, draft);
	dc_markup_put(markup, "</div>");
	return status;
}
