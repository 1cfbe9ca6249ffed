/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a message shows to a person: its fields, files and body without any encoding. */
#include "lib/message/body.h"
#include "lib/message/files.h"
#include "lib/message/internal.h"
#include "lib/text/html.h"

#include <string.h>

static void
add_header(draftconv_message *message, const char *name, char *text)
{
	if (text == NULL)
		return;
	g_ptr_array_add(message->headers, g_strdup(name));
	g_ptr_array_add(message->headers, text);
}

/* A name in which a reader might see the end of a mailbox stands in quotes. */
static void
append_mailbox(GString *text, const struct dc_address *mailbox)
{
	if (mailbox->name == NULL || *mailbox->name == '\0') {
		g_string_append(text, mailbox->address);
		return;
	}
	const bool quoted = strpbrk(mailbox->name, "()<>[]:;@\\,\"") != NULL;

	g_string_append(text, quoted ? "\"" : "");
	for (const char *p = mailbox->name; *p != '\0'; p++) {
		if (quoted && (*p == '"' || *p == '\\'))
			g_string_append_c(text, '\\');
		g_string_append_c(text, *p);
	}
	g_string_append_printf(text, "%s <%s>", quoted ? "\"" : "", mailbox->address);
}

static char *
mailboxes_text(const GPtrArray *mailboxes)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < mailboxes->len; i++) {
		g_string_append(text, i == 0 ? "" : ", ");
		append_mailbox(text, mailboxes->pdata[i]);
	}
	return g_string_free(text, mailboxes->len == 0);
}

static char *
date_text(const struct dc_envelope *envelope)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_offset(envelope->offset_min * 60);
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(envelope->date_s);
	g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);

	return g_mime_utils_header_format_date(local);
}

static char *
ids_text(const GPtrArray *ids, guint from)
{
	GString *text = g_string_new(NULL);

	for (guint i = from; i < ids->len; i++)
		g_string_append_printf(
			text, "%s<%s>", i == from ? "" : " ", (const char *)ids->pdata[i]);
	return g_string_free(text, ids->len == 0);
}

void
message_take_view(draftconv_message *message, const struct dc_envelope *envelope, GPtrArray *files)
{
	const struct dc_address *from = envelope->from->pdata[0];
	const GPtrArray *ids = envelope->references;

	add_header(message, "Date", date_text(envelope));
	add_header(message, "From", mailboxes_text(envelope->from));
	add_header(message, "Reply-To", mailboxes_text(envelope->reply_to));
	add_header(message, "To", mailboxes_text(envelope->to));
	add_header(message, "Cc", mailboxes_text(envelope->cc));
	add_header(message, "Bcc", mailboxes_text(envelope->bcc));
	add_header(message, "Subject", g_strdup(envelope->subject));
	add_header(message, "Message-ID", g_strdup_printf("<%s>", message->id));
	add_header(message, "In-Reply-To", ids_text(ids, ids->len == 0 ? 0 : ids->len - 1));
	add_header(message, "References", ids_text(ids, 0));
	if (envelope->priority != 0)
		add_header(message, "X-Priority",
			g_strdup(envelope->priority == 1 ? "1 (Highest)" : "2 (High)"));
	if (envelope->receipt)
		add_header(message, "Disposition-Notification-To", g_strdup(from->address));
	message->files = g_ptr_array_ref(files);
}

size_t
draftconv_message_header_count(const draftconv_message *message)
{
	return message->headers->len / 2;
}

void
draftconv_message_header(
	const draftconv_message *message, size_t index, const char **name, const char **text)
{
	const bool known = index < message->headers->len / 2;

	*name = known ? message->headers->pdata[2 * index] : "";
	*text = known ? message->headers->pdata[2 * index + 1] : "";
}

size_t
draftconv_message_file_count(const draftconv_message *message)
{
	return message->files->len;
}

static int
count_bytes(dc_content *content, uint64_t *size, draftconv_error **error)
{
	g_autoptr(dc_reader) reader = NULL;
	int status = dc_content_open(content, &reader, error);

	*size = 0;
	while (status >= 0) {
		guint8 buffer[16384];
		const gssize count = dc_reader_read(reader, buffer, sizeof buffer, error);

		if (count <= 0)
			return (int)count;
		*size += (uint64_t)count;
	}
	return status;
}

int
draftconv_message_file_info(const draftconv_message *message, size_t index,
	draftconv_message_file *file, draftconv_error **error)
{
	if (index >= message->files->len)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no such file");
	if (file->struct_size < sizeof *file)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "struct_size of a file is not set");

	const struct dc_file *known = message->files->pdata[index];
	const gint64 told = dc_content_size(known->content);
	uint64_t size = (uint64_t)told;
	const int status = told >= 0 ? 0 : count_bytes(known->content, &size, error);
	if (status < 0)
		return status;
	file->name = known->name;
	file->type = known->type;
	file->size = size;
	file->is_shown = known->shown;
	return DRAFTCONV_OK;
}

char *
draftconv_message_readable(const draftconv_draft *draft)
{
	const char *text = draftconv_draft_field(draft, DRAFTCONV_FIELD_TEXT);
	const char *html = draftconv_draft_field(draft, DRAFTCONV_FIELD_HTML);
	const char *signature = draftconv_draft_field(draft, DRAFTCONV_FIELD_SIGNATURE);

	if (html != NULL && html[strspn(html, " \t\r\n")] != '\0') {
		g_autofree char *whole = dc_body_sign_html(html, signature);

		return dc_html_readable(whole);
	}
	if (dc_draft_sealed(draft) != NULL)
		return g_strdup("(encrypted: a client that has the key shows it)\n");
	g_autofree char *whole = dc_body_sign_text(text, signature);
	return dc_body_lines(whole, "text", NULL);
}

void
draftconv_message_readable_free(char *text)
{
	g_free(text);
}
