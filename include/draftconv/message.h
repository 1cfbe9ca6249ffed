/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A message: the RFC 5322 form of a draft, the same bytes for the same draft on any machine. It holds
 * what it needs of the draft (which may be freed), except that attachments given by functions are read
 * again at every writing. A message is used by one thread at a time.
 */
#ifndef DRAFTCONV_MESSAGE_H
#define DRAFTCONV_MESSAGE_H

#include <draftconv/draft.h>
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

/** Findings of the draft and of the composer together, in this order. */
DRAFTCONV_API size_t draftconv_message_finding_count(const draftconv_message *message);

/** @return [transfer none] NULL when there is no such finding; valid as long as MESSAGE */
DRAFTCONV_API const draftconv_finding *draftconv_message_finding(
	const draftconv_message *message, size_t index);

#ifdef __cplusplus
}
#endif

#endif
