/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/stored.h"

#include "lib/base/init.h"
#include "lib/base/limits.h"
#include "lib/draft/words.h"
#include "lib/text/flowed.h"
#include "lib/text/groups.h"

#include <gmime/gmime.h>

#include <string.h>

/* Deeper trees are no draft; what lies below stays whole, as an attachment. */
#define DEPTH_MAX 50

/* What a field of the stored message becomes. */
enum header_use {
	USE_TEXT,
	USE_ADDRESSES,
	USE_DATE,
	USE_RECEIPT,
	USE_STRUCTURE /* told anew by the composer */
};

static const struct known_header {
	const char *name;
	enum header_use use;
} known_headers[] = {
	{"Date", USE_DATE},
	{"From", USE_ADDRESSES},
	{"Reply-To", USE_ADDRESSES},
	{"To", USE_ADDRESSES},
	{"Cc", USE_ADDRESSES},
	{"Bcc", USE_ADDRESSES},
	{"Subject", USE_TEXT},
	{"In-Reply-To", USE_TEXT},
	{"References", USE_TEXT},
	{"X-Priority", USE_TEXT},
	{"Disposition-Notification-To", USE_RECEIPT},
	{"Message-ID", USE_STRUCTURE},
	{"MIME-Version", USE_STRUCTURE},
	{"Content-Type", USE_STRUCTURE},
	{"Content-Transfer-Encoding", USE_STRUCTURE},
	{"Content-Disposition", USE_STRUCTURE},
	{"Content-ID", USE_STRUCTURE},
};

static const struct known_header *
find_header(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(known_headers); i++) {
		if (g_ascii_strcasecmp(known_headers[i].name, name) == 0)
			return &known_headers[i];
	}
	return NULL;
}

static void
read_date(struct dc_fill *fill, const char *value)
{
	GDateTime *date = g_mime_utils_header_decode_date(value);

	if (date == NULL) {
		dc_findings_add(dc_draft_findings(fill->draft), DC_FINDING_DATE_INVALID, "message",
			"Date: %s", value);
		return;
	}

	g_autofree char *seconds = g_strdup_printf("%" G_GINT64_FORMAT, g_date_time_to_unix(date));
	g_date_time_unref(date);
	dc_fill_time(fill, "modified", seconds);
}

static int
read_header(struct dc_fill *fill, const char *name, const char *raw, draftconv_error **error)
{
	const struct known_header *known = find_header(name);
	g_autoptr(GBytes) bytes = g_bytes_new(raw, strlen(raw));
	g_autofree char *decoded = dc_fill_decode(fill, "message", bytes, NULL, false);
	g_autofree char *value =
		dc_stored_header(decoded, known != NULL && known->use == USE_ADDRESSES);

	if (known == NULL) {
		dc_findings_add(dc_draft_findings(fill->draft), DC_FINDING_MESSAGE_HEADER_DROPPED,
			"message", "%s: %s", name, value);
		return DRAFTCONV_OK;
	}
	if (*value == '\0')
		return DRAFTCONV_OK;
	switch (known->use) {
	case USE_DATE:
		read_date(fill, value);
		return DRAFTCONV_OK;
	case USE_RECEIPT:
		draftconv_draft_set_receipt(fill->draft, true);
		return DRAFTCONV_OK;
	case USE_STRUCTURE:
		return DRAFTCONV_OK;
	case USE_TEXT:
	case USE_ADDRESSES:
		break;
	}
	return draftconv_draft_add_header(fill->draft, known->name, value, error);
}

static int
read_headers(struct dc_fill *fill, GMimeMessage *message, draftconv_error **error)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
	const int count = g_mime_header_list_get_count(list);

	for (int i = 0; i < count && i < DC_HEADERS_MAX; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
		const char *name = g_mime_header_get_name(header);
		const char *raw = g_mime_header_get_raw_value(header);

		if (name == NULL || raw == NULL)
			continue;

		const int status = read_header(fill, name, raw, error);
		if (status < 0)
			return status;
	}
	return DRAFTCONV_OK;
}

static GBytes *
part_bytes(GMimePart *part)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
	GMimeStream *stream = g_mime_stream_mem_new();

	if (wrapper != NULL)
		g_mime_data_wrapper_write_to_stream(wrapper, stream);

	const GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	GBytes *bytes = g_bytes_new(array->data, array->len);
	g_object_unref(stream);
	return bytes;
}

/* A message within the message, or a tree too deep: as it stands. */
static GBytes *
object_bytes(GMimeObject *object)
{
	GMimeStream *stream = g_mime_stream_mem_new();

	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		if (inner != NULL)
			g_mime_object_write_to_stream(GMIME_OBJECT(inner), NULL, stream);
	} else {
		g_mime_object_write_to_stream(object, NULL, stream);
	}

	const GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	GBytes *bytes = g_bytes_new(array->data, array->len);
	g_object_unref(stream);
	return bytes;
}

static char *
valid_utf8(const char *text)
{
	return text == NULL ? NULL : g_utf8_make_valid(text, -1);
}

static int
attach(struct dc_fill *fill, GMimeObject *object, GBytes *bytes, draftconv_error **error)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const bool is_part = GMIME_IS_PART(object);
	const bool is_message = GMIME_IS_MESSAGE_PART(object);
	g_autofree char *mime = type == NULL ? NULL : g_mime_content_type_get_mime_type(type);
	g_autofree char *clean_type = valid_utf8(mime);
	const char *stored_name = is_part ? g_mime_part_get_filename(GMIME_PART(object)) : NULL;
	if (stored_name == NULL && type != NULL)
		stored_name = g_mime_content_type_get_parameter(type, "name");
	g_autofree char *name = valid_utf8(stored_name);
	g_autofree char *id = valid_utf8(g_mime_object_get_content_id(object));
	g_autofree char *disposition = valid_utf8(g_mime_object_get_disposition(object));
	g_autofree char *charset = valid_utf8(
		type == NULL ? NULL : g_mime_content_type_get_parameter(type, "charset"));
	g_autofree char *location =
		valid_utf8(is_part ? g_mime_part_get_content_location(GMIME_PART(object)) : NULL);
	g_autoptr(dc_content) content = dc_content_new_bytes(bytes);
	const draftconv_attachment info = {
		.filename = name != NULL ? name
			    : is_message ? "message.eml"
					 : NULL,
		.type = is_part || is_message ? clean_type : "application/octet-stream",
		.content_id = id,
		.disposition = disposition,
		.charset = charset,
		.url = location,
	};

	return dc_draft_add_attachment(fill->draft, &info, content, error);
}

/* Which body a part is: the first text and the first HTML that are not attached under a name. */
static draftconv_field
body_field(const struct dc_fill *fill, GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *disposition = g_mime_object_get_disposition(object);
	draftconv_field field = DRAFTCONV_FIELD_COUNT;

	if (disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0)
		return DRAFTCONV_FIELD_COUNT;
	if (g_mime_part_get_filename(GMIME_PART(object)) != NULL)
		return DRAFTCONV_FIELD_COUNT;
	if (type == NULL || g_mime_content_type_is_type(type, "text", "plain"))
		field = DRAFTCONV_FIELD_TEXT;
	else if (g_mime_content_type_is_type(type, "text", "html"))
		field = DRAFTCONV_FIELD_HTML;
	if (field == DRAFTCONV_FIELD_COUNT || draftconv_draft_field(fill->draft, field) != NULL)
		return DRAFTCONV_FIELD_COUNT;
	return field;
}

static bool
has_parameter(GMimeContentType *type, const char *name, const char *wanted)
{
	const char *value = type == NULL ? NULL : g_mime_content_type_get_parameter(type, name);

	return value != NULL && g_ascii_strcasecmp(value, wanted) == 0;
}

static int
read_body(struct dc_fill *fill, GMimeObject *object, draftconv_field field, draftconv_error **error)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *charset =
		type == NULL ? NULL : g_mime_content_type_get_parameter(type, "charset");
	g_autoptr(GBytes) bytes = part_bytes(GMIME_PART(object));
	struct dc_fill own = *fill;

	/* RFC 2045 5.2: without a charset it is ASCII, which here says nothing */
	if (charset != NULL)
		own.row_charset = charset;

	g_autofree char *text = dc_fill_decode(
		&own, draftconv_field_name(field), bytes, NULL, field == DRAFTCONV_FIELD_HTML);
	if (field == DRAFTCONV_FIELD_TEXT && has_parameter(type, "format", "flowed")) {
		g_autofree char *typed = dc_flowed_undo(text, has_parameter(type, "delsp", "yes"));

		return dc_fill_set(&own, field, typed, NULL, error);
	}
	return dc_fill_set(&own, field, text, NULL, error);
}

static int
read_object(struct dc_fill *fill, GMimeObject *object, int depth, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	if (GMIME_IS_MULTIPART(object) && depth < DEPTH_MAX) {
		const int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));

		for (int i = 0; i < count && status >= 0; i++)
			status = read_object(fill,
				g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1,
				error);
		return status;
	}
	if (GMIME_IS_PART(object)) {
		const draftconv_field field = body_field(fill, object);

		if (field != DRAFTCONV_FIELD_COUNT)
			return read_body(fill, object, field, error);
	}

	g_autoptr(GBytes) bytes =
		GMIME_IS_PART(object) ? part_bytes(GMIME_PART(object)) : object_bytes(object);
	return attach(fill, object, bytes, error);
}

/* What only the owner's client can open stays as it is, and is the whole body. */
static bool
take_sealed(struct dc_fill *fill, GMimeObject *body)
{
	struct dc_sealed *sealed = dc_sealed_read(body);

	if (sealed == NULL) {
		GMimeContentType *type = g_mime_object_get_content_type(body);

		if (type != NULL && g_mime_content_type_is_type(type, "multipart", "signed"))
			dc_findings_add(dc_draft_findings(fill->draft), DC_FINDING_SIGNATURE_VOID,
				"message", "%s", "");
		return false;
	}
	dc_findings_add(dc_draft_findings(fill->draft), DC_FINDING_ENCRYPTED, "message", "%s",
		sealed->type);
	dc_draft_take_sealed(fill->draft, sealed);
	return true;
}

/* Without the line of an mbox that some webmails stored along. */
static GMimeStream *
message_stream(GBytes *message)
{
	gsize size;
	const char *data = g_bytes_get_data(message, &size);
	gsize skip = 0;

	if (size > 5 && memcmp(data, "From ", 5) == 0) {
		const char *end = memchr(data, '\n', size);

		skip = end == NULL ? size : (gsize)(end + 1 - data);
	}
	return g_mime_stream_mem_new_with_buffer(data + skip, size - skip);
}

int
dc_stored_read(struct dc_fill *fill, GBytes *message, draftconv_error **error)
{
	if (g_bytes_get_size(message) == 0)
		return DRAFTCONV_OK;
	dc_init();

	g_autoptr(GBytes) flat = dc_groups_flatten(message);
	GMimeStream *stream = message_stream(flat);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *parsed = g_mime_parser_construct_message(parser, NULL);
	int status = DRAFTCONV_OK;

	if (parsed != NULL) {
		GMimeObject *body = g_mime_message_get_mime_part(parsed);

		status = read_headers(fill, parsed, error);
		if (status >= 0 && body != NULL && !take_sealed(fill, body))
			status = read_object(fill, body, 0, error);
		g_object_unref(parsed);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return status;
}

static bool
says_something(const struct dc_fill *fill, draftconv_field field)
{
	const char *text = draftconv_draft_field(fill->draft, field);

	return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

int
dc_stored_settle(struct dc_fill *fill, draftconv_error **error)
{
	const struct dc_sealed *sealed = dc_draft_sealed(fill->draft);
	const draftconv_attachment info = {.filename = "encrypted.eml", .type = "message/rfc822"};

	if (sealed == NULL || (!says_something(fill, DRAFTCONV_FIELD_TEXT) &&
				      !says_something(fill, DRAFTCONV_FIELD_HTML)))
		return DRAFTCONV_OK;

	g_autoptr(GBytes) entity = dc_sealed_entity(sealed);
	g_autoptr(dc_content) content = dc_content_new_bytes(entity);
	const int status = dc_draft_add_attachment(fill->draft, &info, content, error);
	dc_draft_take_sealed(fill->draft, NULL);
	return status;
}
