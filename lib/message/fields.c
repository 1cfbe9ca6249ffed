/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/fields.h"

#include "lib/text/groups.h"

#include <gmime/gmime.h>
#include <string.h>

/* A part nested deeper than this is no draft of anybody's. */
#define DEPTH_MAX 50

/* All that is compared, one string after the other. */
struct digest {
	GChecksum *sum;
	bool odd; /* cannot be compared */
};

static void
put(struct digest *digest, const char *label, const void *data, gsize size)
{
	g_autofree char *head = g_strdup_printf("%s %" G_GSIZE_FORMAT "\n", label, size);

	g_checksum_update(digest->sum, (const guchar *)head, -1);
	g_checksum_update(digest->sum, data, (gssize)size);
}

static void
put_text(struct digest *digest, const char *label, const char *text)
{
	put(digest, label, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

static void
put_addresses(struct digest *digest, const char *label, InternetAddressList *list)
{
	const int count = list == NULL ? 0 : internet_address_list_length(list);

	for (int i = 0; i < count; i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);
		const char *name = internet_address_get_name(address);

		put_text(digest, label, name);
		if (INTERNET_ADDRESS_IS_MAILBOX(address))
			put_text(digest, "at",
				internet_address_mailbox_get_addr(
					INTERNET_ADDRESS_MAILBOX(address)));
		else
			digest->odd = true;
	}
}

/* Line ends are the transport's; the last one is ours to add. */
static void
put_body(struct digest *digest, const char *label, GByteArray *bytes)
{
	g_autoptr(GByteArray) plain = g_byte_array_sized_new(bytes->len);

	for (guint i = 0; i < bytes->len; i++) {
		if (bytes->data[i] != '\r')
			g_byte_array_append(plain, &bytes->data[i], 1);
	}
	while (plain->len > 0 && plain->data[plain->len - 1] == '\n')
		g_byte_array_set_size(plain, plain->len - 1);
	put(digest, label, plain->data, plain->len);
}

static void
put_leaf(struct digest *digest, GMimePart *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	const char *disposition = g_mime_object_get_disposition(GMIME_OBJECT(part));
	const char *filename = g_mime_part_get_filename(part);
	const bool is_body = filename == NULL && g_strcmp0(disposition, "attachment") != 0 &&
			     g_mime_content_type_is_type(type, "text", "*");
	GMimeStream *stream = g_mime_stream_mem_new();

	if (content != NULL)
		g_mime_data_wrapper_write_to_stream(content, stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	put_text(digest, "type", g_mime_content_type_get_media_subtype(type));
	put_text(digest, "file", filename);
	if (is_body) {
		put_text(digest, "charset", g_mime_content_type_get_parameter(type, "charset"));
		put_body(digest, "body", bytes);
	} else {
		put(digest, "data", bytes->data, bytes->len);
	}
	g_object_unref(stream);
}

static void
put_object(struct digest *digest, GMimeObject *object, int depth)
{
	if (object == NULL || depth > DEPTH_MAX) {
		digest->odd = true;
	} else if (GMIME_IS_MULTIPART(object)) {
		const int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));

		for (int i = 0; i < count; i++)
			put_object(digest, g_mime_multipart_get_part(GMIME_MULTIPART(object), i),
				depth + 1);
	} else if (GMIME_IS_PART(object)) {
		put_leaf(digest, GMIME_PART(object));
	} else {
		g_autofree char *text = g_mime_object_to_string(object, NULL);

		put_text(digest, "embedded", text);
	}
}

/* @return a checksum of everything compared; NULL when there is no telling */
static char *
digest_of(const void *data, gsize size)
{
	static const struct {
		const char *label;
		GMimeAddressType type;
	} fields[] = {{"from", GMIME_ADDRESS_TYPE_FROM}, {"reply-to", GMIME_ADDRESS_TYPE_REPLY_TO},
		{"to", GMIME_ADDRESS_TYPE_TO}, {"cc", GMIME_ADDRESS_TYPE_CC},
		{"bcc", GMIME_ADDRESS_TYPE_BCC}};
	g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
	g_autoptr(GBytes) flat = dc_groups_flatten(bytes);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(g_bytes_get_data(flat, NULL), size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	struct digest digest = {.sum = g_checksum_new(G_CHECKSUM_SHA256), .odd = message == NULL};
	char *result = NULL;

	if (message != NULL) {
		for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
			put_addresses(&digest, fields[i].label,
				g_mime_message_get_addresses(message, fields[i].type));
		put_text(&digest, "subject", g_mime_message_get_subject(message));
		put_object(&digest, g_mime_message_get_mime_part(message), 0);
		g_object_unref(message);
	}
	if (!digest.odd)
		result = g_strdup(g_checksum_get_string(digest.sum));
	g_checksum_free(digest.sum);
	g_object_unref(parser);
	g_object_unref(stream);
	return result;
}

int
dc_message_same_fields(
	draftconv_message *ours, const void *stored, gsize size, draftconv_error **error)
{
	const void *data = NULL;
	size_t length = 0;

	/* One that is too long for memory is compared by its bytes only. */
	if (draftconv_message_size(ours) > 64 * 1024 * 1024)
		return 0;
	int status = draftconv_message_bytes(ours, &data, &length, error);
	if (status < 0)
		return status;
	g_autofree char *mine = digest_of(data, length);
	g_autofree char *theirs = digest_of(stored, size);
	return mine != NULL && theirs != NULL && strcmp(mine, theirs) == 0;
}
