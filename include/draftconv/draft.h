/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A draft: what the user wrote, in UTF-8, before it becomes a message. It is read from a source through
 * a profile, or filled by the setters below, without either. It holds text as typed: a recipient field
 * may be anything, and the composer (message.h) makes of it what mail clients can go on with. Setters
 * copy; strings from accessors are borrowed and valid until the same thing is set again or the draft is
 * freed. A draft is used by one thread at a time.
 */
#ifndef DRAFTCONV_DRAFT_H
#define DRAFTCONV_DRAFT_H

#include <draftconv/error.h>
#include <draftconv/finding.h>
#include <draftconv/write.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The text fields of a draft; each has the name of the agreed column of a profile. */
typedef enum draftconv_field {
	DRAFTCONV_FIELD_KEY,      /**< unique within the owner, stable; at most 255 bytes */
	DRAFTCONV_FIELD_OWNER,    /**< the account that the draft belongs to; at most 255 bytes */
	DRAFTCONV_FIELD_IDENTITY, /**< of the profile: what Message-IDs are derived from */
	DRAFTCONV_FIELD_FROM,
	DRAFTCONV_FIELD_FROM_NAME,
	DRAFTCONV_FIELD_FROM_ADDRESS,
	DRAFTCONV_FIELD_SENDER,
	DRAFTCONV_FIELD_REPLY_TO,
	DRAFTCONV_FIELD_TO,
	DRAFTCONV_FIELD_CC,
	DRAFTCONV_FIELD_BCC,
	DRAFTCONV_FIELD_SUBJECT,
	DRAFTCONV_FIELD_TEXT, /**< the body as plain text; at most 64 MiB, as `html` */
	DRAFTCONV_FIELD_HTML, /**< the body as HTML; both may be there */
	DRAFTCONV_FIELD_SIGNATURE,
	DRAFTCONV_FIELD_IN_REPLY_TO,
	DRAFTCONV_FIELD_REFERENCES,
	DRAFTCONV_FIELD_TAGS, /**< keywords, separated by commas */
	DRAFTCONV_FIELD_COUNT
} draftconv_field;

/** The agreed column name, "key" … "tags". @return [transfer none] static; NULL for no field */
DRAFTCONV_API const char *draftconv_field_name(draftconv_field field);

/** The field with that agreed column name. @return DRAFTCONV_FIELD_COUNT when there is none */
DRAFTCONV_API draftconv_field draftconv_field_by_name(const char *name);

typedef struct draftconv_draft draftconv_draft;

/** A draft with nothing in it. @return [transfer full] release with draftconv_draft_free() */
DRAFTCONV_API draftconv_draft *draftconv_draft_new(void);

/** Free a draft. @param draft [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_draft_free(draftconv_draft *draft);

/**
 * Set a text field.
 *
 * @param utf8 valid UTF-8 as the user typed it, line breaks in any form; NULL takes the field away
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT if it is no valid UTF-8 or FIELD is none;
 *         DRAFTCONV_ERROR_DRAFT if it is too long (255 bytes for key, owner and identity, 64 MiB for
 *         the two bodies, 1 MiB for the others). The field is then as it was.
 */
DRAFTCONV_API int draftconv_draft_set(
	draftconv_draft *draft, draftconv_field field, const char *utf8, draftconv_error **error);

/** A text field. @return [transfer none] NULL when it is not set */
DRAFTCONV_API const char *draftconv_draft_field(
	const draftconv_draft *draft, draftconv_field field);

/**
 * When the draft was last changed.
 *
 * @param unix_s        seconds since 1970 in UTC; outside of 1970 to 2099 it will be clamped
 * @param offset_min    offset of the zone in which the date is shown, minutes east of Greenwich,
 *                      within ±1439
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT for an offset out of range
 */
DRAFTCONV_API int draftconv_draft_set_modified(
	draftconv_draft *draft, int64_t unix_s, int offset_min, draftconv_error **error);

/**
 * When the draft was made; counts where it is not known when it was changed.
 *
 * @return as draftconv_draft_set_modified(): DRAFTCONV_ERROR_ARGUMENT for an offset out of range
 */
DRAFTCONV_API int draftconv_draft_set_created(
	draftconv_draft *draft, int64_t unix_s, int offset_min, draftconv_error **error);

/** @return whether it is known. @param unix_s, offset_min [out, may be NULL] set when it is known */
DRAFTCONV_API bool draftconv_draft_modified(
	const draftconv_draft *draft, int64_t *unix_s, int *offset_min);

/** As draftconv_draft_modified(). */
DRAFTCONV_API bool draftconv_draft_created(
	const draftconv_draft *draft, int64_t *unix_s, int *offset_min);

/** @param priority 1 (highest) to 5 (lowest), 0 for none. @return OK or DRAFTCONV_ERROR_ARGUMENT */
DRAFTCONV_API int draftconv_draft_set_priority(
	draftconv_draft *draft, int priority, draftconv_error **error);

/** @return 1 to 5, or 0 */
DRAFTCONV_API int draftconv_draft_priority(const draftconv_draft *draft);

/** Whether a read receipt is asked for. */
DRAFTCONV_API void draftconv_draft_set_receipt(draftconv_draft *draft, bool receipt);
DRAFTCONV_API bool draftconv_draft_receipt(const draftconv_draft *draft);

/**
 * Add a recipient that is stored as two halves; it follows what the text field of that kind holds.
 *
 * @param kind    DRAFTCONV_FIELD_FROM, _SENDER, _REPLY_TO, _TO, _CC or _BCC
 * @param name    display name, may be NULL
 * @param address as typed, may be NULL
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT for another kind, invalid UTF-8 or both NULL;
 *         DRAFTCONV_ERROR_DRAFT beyond 10,000 of them or 1 MiB each
 */
DRAFTCONV_API int draftconv_draft_add_recipient(draftconv_draft *draft, draftconv_field kind,
	const char *name, const char *address, draftconv_error **error);

DRAFTCONV_API size_t draftconv_draft_recipient_count(const draftconv_draft *draft);

/** Recipient INDEX in the order of adding. @param name, address [out, transfer none, may be NULL] */
DRAFTCONV_API void draftconv_draft_recipient(const draftconv_draft *draft, size_t index,
	draftconv_field *kind, const char **name, const char **address);

/**
 * Add a header field of the old message. Fields that drafts carry count where the draft's own field is
 * not set; others become a finding.
 *
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT for invalid UTF-8 or when either is NULL;
 *         DRAFTCONV_ERROR_DRAFT beyond 1,000 fields or 1 MiB each
 */
DRAFTCONV_API int draftconv_draft_add_header(
	draftconv_draft *draft, const char *name, const char *value, draftconv_error **error);

DRAFTCONV_API size_t draftconv_draft_header_count(const draftconv_draft *draft);
DRAFTCONV_API void draftconv_draft_header(
	const draftconv_draft *draft, size_t index, const char **name, const char **value);

/**
 * Add an address of the account itself; the first one is its primary address.
 *
 * @param name    display name, may be NULL
 * @param address may be NULL
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT for invalid UTF-8 or when both are NULL;
 *         DRAFTCONV_ERROR_DRAFT beyond 10,000 of them or 1 MiB each
 */
DRAFTCONV_API int draftconv_draft_add_owner_address(
	draftconv_draft *draft, const char *name, const char *address, draftconv_error **error);

DRAFTCONV_API size_t draftconv_draft_owner_address_count(const draftconv_draft *draft);
DRAFTCONV_API void draftconv_draft_owner_address(
	const draftconv_draft *draft, size_t index, const char **name, const char **address);

/**
 * An attachment. Set struct_size to sizeof(draftconv_attachment) and what is not known to NULL. The
 * content is DATA, or what the functions deliver; with neither (data and open NULL) it is missing, and
 * a note that names the file is attached in its place.
 */
typedef struct draftconv_attachment {
	size_t struct_size;
	const char *filename;
	const char *type;        /**< MIME type */
	const char *content_id;  /**< with or without angle brackets */
	const char *disposition; /**< "attachment" or "inline" */
	const char *charset;     /**< of a text file, when it is known */
	const char *url;         /**< how an HTML body of the old webmail names it */
	const void *data;        /**< copied; "" with size 0 is an empty file */
	size_t size;             /**< of data; with open: the length, or SIZE_MAX when not known */
	/** Begin reading, possibly several times. @return 0, or a negative DRAFTCONV_ERROR_… */
	int (*open)(void *user, void **stream);
	/** Fill BUFFER. @return bytes read, 0 at the end, or a negative DRAFTCONV_ERROR_… */
	long (*read)(void *stream, void *buffer, size_t size);
	void (*close)(void *stream);
	void (*release)(void *user); /**< may be NULL; called once nobody reads any more */
	void *user;
} draftconv_attachment;

/**
 * Add an attachment; it stands after those that were added before.
 *
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT for a struct_size that is too small, invalid UTF-8 or
 *         open without read and close; DRAFTCONV_ERROR_DRAFT beyond 10,000 of them. On failure
 *         release is not called.
 */
DRAFTCONV_API int draftconv_draft_add_attachment(
	draftconv_draft *draft, const draftconv_attachment *attachment, draftconv_error **error);

DRAFTCONV_API size_t draftconv_draft_attachment_count(const draftconv_draft *draft);

/**
 * What is known of attachment INDEX: data and functions are NULL, size is SIZE_MAX when not known.
 *
 * @return [transfer none] NULL when there is no such attachment
 */
DRAFTCONV_API const draftconv_attachment *draftconv_draft_attachment(
	const draftconv_draft *draft, size_t index);

/**
 * Read the content of attachment INDEX.
 *
 * @param write gets the bytes piece by piece; a negative answer ends the reading and is handed on
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT for no such attachment; DRAFTCONV_ERROR_NOT_FOUND
 *         when the content is missing; what the reader or WRITE answered
 */
DRAFTCONV_API int draftconv_draft_attachment_read(const draftconv_draft *draft, size_t index,
	draftconv_write write, void *user, draftconv_error **error);

/** What is to be said of the draft so far (decoding, times); the composer's are message.h's. */
DRAFTCONV_API size_t draftconv_draft_finding_count(const draftconv_draft *draft);

/** @return [transfer none] NULL when there is no such finding; valid until one is added */
DRAFTCONV_API const draftconv_finding *draftconv_draft_finding(
	const draftconv_draft *draft, size_t index);

#ifdef __cplusplus
}
#endif

#endif
