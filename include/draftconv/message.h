/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A message: the RFC 5322 form of a draft, the same bytes for the same draft on any machine. It holds
 * what it needs of the draft (which may be freed), except that attachments given by functions are read
 * again at every writing. A message is used by one thread at a time.
 */
#ifndef DRAFTCONV_MESSAGE_H
#define DRAFTCONV_MESSAGE_H

#include <draftconv/draft.h>
#include <draftconv/drafts.h>
#include <draftconv/error.h>
#include <draftconv/finding.h>
#include <draftconv/write.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct draftconv_message draftconv_message;

/** Set struct_size to sizeof(draftconv_message_options). */
typedef struct draftconv_message_options {
	size_t struct_size;
	const char *default_domain; /**< for recipients typed without one; NULL: never guess one */
} draftconv_message_options;

/**
 * Compose the message of a draft. Attachments are read once, to count and digest.
 *
 * @param options may be NULL
 * @param message [out, transfer full] release with draftconv_message_free(); untouched on failure
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_DRAFT if the draft has no key or owner or a body is no text;
 *         what the reader of an attachment answered
 */
DRAFTCONV_API int draftconv_message_compose(const draftconv_draft *draft,
	const draftconv_message_options *options, draftconv_message **message,
	draftconv_error **error);

/** Free a message. @param message [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_message_free(draftconv_message *message);

/**
 * Write the message, with CRLF line ends, any number of times. An attachment that has changed since
 * the message was composed ends it with an error, after bytes have been written.
 *
 * @return DRAFTCONV_OK; what WRITE or the reader of an attachment answered; DRAFTCONV_ERROR_DAMAGED
 *         when the bytes written are not those that were counted
 */
DRAFTCONV_API int draftconv_message_write(const draftconv_message *message, draftconv_write write,
	void *user, draftconv_error **error);

/**
 * The whole message in memory, for short ones.
 *
 * @param data [out, transfer none] valid as long as MESSAGE
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT when it is longer than 64 MiB; as
 *         draftconv_message_write()
 */
DRAFTCONV_API int draftconv_message_bytes(
	draftconv_message *message, const void **data, size_t *size, draftconv_error **error);

/** The Message-ID without angle brackets. @return [transfer none] never NULL */
DRAFTCONV_API const char *draftconv_message_id(const draftconv_message *message);

/**
 * The date, which is the internal date too.
 *
 * @param unix_s     [out] seconds since 1970 in UTC, years 1970 to 2099
 * @param offset_min [out, may be NULL] offset of the zone, minutes east of Greenwich
 */
DRAFTCONV_API void draftconv_message_date(
	const draftconv_message *message, int64_t *unix_s, int *offset_min);

/** Octets that draftconv_message_write() writes. */
DRAFTCONV_API uint64_t draftconv_message_size(const draftconv_message *message);

/** SHA-256 of the message. @return [transfer none] 32 bytes */
DRAFTCONV_API const unsigned char *draftconv_message_digest(const draftconv_message *message);

/** The subject as it was written, decoded. @return [transfer none] never NULL */
DRAFTCONV_API const char *draftconv_message_subject(const draftconv_message *message);

/** Fields of the header that say something to a person, in their order. */
DRAFTCONV_API size_t draftconv_message_header_count(const draftconv_message *message);

/**
 * Field INDEX, decoded: what a client shows of it. Not for a terminal as it is.
 *
 * @param name, text [out, transfer none] UTF-8, valid as long as MESSAGE; "" when there is no such field
 */
DRAFTCONV_API void draftconv_message_header(
	const draftconv_message *message, size_t index, const char **name, const char **text);

/** A file of the message, under the name and type that were written. Set struct_size before the call. */
typedef struct draftconv_message_file {
	size_t struct_size;
	const char *name; /**< [transfer none] as type, valid as long as the message */
	const char *type;
	uint64_t size; /**< bytes, decoded */
	bool is_shown; /**< within the HTML body */
} draftconv_message_file;

DRAFTCONV_API size_t draftconv_message_file_count(const draftconv_message *message);

/**
 * What is known of file INDEX. One whose length nothing tells is read to its end.
 *
 * @param file [out] filled up to its struct_size
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT for no such file or a struct_size that is too small;
 *         what the reader of the attachment answered
 */
DRAFTCONV_API int draftconv_message_file_info(const draftconv_message *message, size_t index,
	draftconv_message_file *file, draftconv_error **error);

/**
 * The body of a draft with its signature, as lines for a person: plain text as it is, of HTML what a
 * simple reader shows. Not for a terminal as it is.
 *
 * @return [transfer full] UTF-8, "" for an empty body; release with draftconv_message_readable_free()
 */
DRAFTCONV_API char *draftconv_message_readable(const draftconv_draft *draft);

/** Free what draftconv_message_readable() gave. @param text [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_message_readable_free(char *text);

/**
 * Where in the message of DRAFT a value of its source is, or why it is nowhere.
 *
 * @param value as draftconv_drafts_explain() brings it
 * @return [transfer none] static: words for a person, such as "Subject"; those of a value that is
 *         nowhere begin with "nowhere: "
 */
DRAFTCONV_API const char *draftconv_message_place(
	const draftconv_draft *draft, const draftconv_source_value *value);

/** Findings of the draft and of the composer together, in this order. */
DRAFTCONV_API size_t draftconv_message_finding_count(const draftconv_message *message);

/** @return [transfer none] NULL when there is no such finding; valid as long as MESSAGE */
DRAFTCONV_API const draftconv_finding *draftconv_message_finding(
	const draftconv_message *message, size_t index);

#ifdef __cplusplus
}
#endif

#endif
