/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/message.h"

#include "lib/base/error.h"
#include "lib/base/limits.h"
#include "lib/message/internal.h"

#include <string.h>

draftconv_message *
message_new(void)
{
	draftconv_message *message = g_new0(draftconv_message, 1);

	message->failure = g_new0(struct message_failure, 1);
	message->findings = dc_findings_new();
	message->headers = g_ptr_array_new_with_free_func(g_free);
	message->format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(message->format, GMIME_NEWLINE_FORMAT_DOS);
	return message;
}

void
draftconv_message_free(draftconv_message *message)
{
	if (message == NULL)
		return;
	g_clear_object(&message->mime);
	g_mime_format_options_free(message->format);
	draftconv_error_free(message->failure->error);
	g_free(message->failure);
	dc_findings_free(message->findings);
	g_free(message->identity);
	g_free(message->id);
	g_free(message->subject);
	if (message->bytes != NULL)
		g_bytes_unref(message->bytes);
	g_ptr_array_unref(message->headers);
	if (message->files != NULL)
		g_ptr_array_unref(message->files);
	g_free(message);
}

void
message_take_envelope(draftconv_message *message, const struct dc_envelope *envelope)
{
	message->identity = g_strdup(envelope->identity);
	message->id = g_strdup_printf("%s@%s", envelope->identity, envelope->domain);
	message->subject = g_strdup(envelope->subject);
	message->date_s = envelope->date_s;
	message->offset_min = envelope->offset_min;
}

/* GMime says only that something went wrong; the streams at its two ends know what. */
static int
write_to(const draftconv_message *message, GMimeStream *output, draftconv_error **error)
{
	g_clear_pointer(&message->failure->error, draftconv_error_free);
	gssize written =
		g_mime_object_write_to_stream(GMIME_OBJECT(message->mime), message->format, output);

	int status = dc_output_stream_status(output, error);
	if (status < 0)
		return status;
	if (message->failure->error != NULL) {
		status = draftconv_error_code(message->failure->error);
		if (error != NULL)
			*error = g_steal_pointer(&message->failure->error);
		return status;
	}
	if (written < 0)
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT, "the message cannot be written");
	return DRAFTCONV_OK;
}

int
message_count(draftconv_message *message, draftconv_error **error)
{
	GMimeStream *output = dc_output_stream_new(NULL, NULL, G_MAXINT64);
	int status = write_to(message, output, error);

	message->size = dc_output_stream_count(output);
	dc_output_stream_digest(output, message->digest);
	g_object_unref(output);
	return status;
}

int
dc_message_write(
	const draftconv_message *message, dc_write_func write, void *user, draftconv_error **error)
{
	GMimeStream *output = dc_output_stream_new(write, user, message->size);
	guint8 digest[32];
	int status = write_to(message, output, error);

	dc_output_stream_digest(output, digest);
	bool same = dc_output_stream_count(output) == message->size &&
		    memcmp(digest, message->digest, sizeof digest) == 0;
	g_object_unref(output);
	if (status == 0 && !same)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"the message has changed since it was composed");
	return status;
}

struct plain_write {
	draftconv_write write;
	void *user;
};

static int
write_plain(void *user, const void *data, size_t size, draftconv_error **error)
{
	const struct plain_write *plain = user;
	int status = plain->write(plain->user, data, size);

	if (status < 0)
		return dc_error_set(error, status, "whoever takes the message gave up");
	return status;
}

int
draftconv_message_write(const draftconv_message *message, draftconv_write write, void *user,
	draftconv_error **error)
{
	struct plain_write plain = {write, user};

	return dc_message_write(message, write_plain, &plain, error);
}

static int
append(void *user, const void *data, size_t size, draftconv_error **error)
{
	(void)error;
	g_byte_array_append(user, data, (guint)size);
	return 0;
}

int
draftconv_message_bytes(
	draftconv_message *message, const void **data, size_t *size, draftconv_error **error)
{
	if (message->size > DC_MESSAGE_BYTES_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a message of %" G_GUINT64_FORMAT " octets is to be written, not held",
			message->size);
	if (message->bytes == NULL) {
		g_autoptr(GByteArray) all = g_byte_array_sized_new((guint)message->size);
		int status = dc_message_write(message, append, all, error);

		if (status < 0)
			return status;
		message->bytes = g_byte_array_free_to_bytes(g_steal_pointer(&all));
	}
	*data = g_bytes_get_data(message->bytes, size);
	return DRAFTCONV_OK;
}

const char *
draftconv_message_id(const draftconv_message *message)
{
	return message->id;
}

const char *
dc_message_identity(const draftconv_message *message)
{
	return message->identity;
}

void
draftconv_message_date(const draftconv_message *message, int64_t *unix_s, int *offset_min)
{
	*unix_s = message->date_s;
	if (offset_min != NULL)
		*offset_min = message->offset_min;
}

uint64_t
draftconv_message_size(const draftconv_message *message)
{
	return message->size;
}

const unsigned char *
draftconv_message_digest(const draftconv_message *message)
{
	return message->digest;
}

const char *
draftconv_message_subject(const draftconv_message *message)
{
	return message->subject;
}

size_t
draftconv_message_finding_count(const draftconv_message *message)
{
	return dc_findings_count(message->findings);
}

const draftconv_finding *
draftconv_message_finding(const draftconv_message *message, size_t index)
{
	if (index >= dc_findings_count(message->findings))
		return NULL;
	return dc_findings_at(message->findings, index);
}

dc_findings *
dc_message_findings(draftconv_message *message)
{
	return message->findings;
}
