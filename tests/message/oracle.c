/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/message/oracle.h"

#include "lib/message/address.h"

#include <stdint.h>
#include <string.h>

static const char *
bytes_of(draftconv_message *message, gsize *size)
{
	const void *data = NULL;
	g_autoptr(draftconv_error) error = NULL;
	int status = draftconv_message_bytes(message, &data, size, &error);

	g_assert_cmpint(status, ==, 0);
	return data;
}

GMimeMessage *
oracle_parse(draftconv_message *message)
{
	gsize size = 0;
	const char *data = bytes_of(message, &size);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *parsed = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(parser);
	g_object_unref(stream);
	return parsed;
}

/* The header as text: everything up to the empty line. */
static char *
header_of(draftconv_message *message)
{
	gsize size = 0;
	const char *data = bytes_of(message, &size);
	const char *end = g_strstr_len(data, (gssize)size, "\r\n\r\n");

	return g_strndup(data, (gsize)(end + 2 - data));
}

/* Unfolded, not decoded. */
static char *
raw_field(draftconv_message *message, const char *name)
{
	g_autofree char *header = header_of(message);
	g_auto(GStrv) halves = g_strsplit(header, "\r\n ", -1);
	g_autofree char *unfolded = g_strjoinv(" ", halves);
	g_auto(GStrv) lines = g_strsplit(unfolded, "\r\n", -1);
	gsize length = strlen(name);

	for (char **line = lines; *line != NULL; line++) {
		if (g_ascii_strncasecmp(*line, name, length) == 0 && (*line)[length] == ':')
			return g_strdup(*line + length + 2);
	}
	return NULL;
}

char *
oracle_field(draftconv_message *message, const char *name)
{
	g_autofree char *raw = raw_field(message, name);

	return raw == NULL ? NULL : g_mime_utils_header_decode_text(NULL, raw);
}

/* RFC 5322 2.1.1, RFC 3501: CRLF only, 7bit, no NUL, short lines, an end, no mbox separator first. */
static void
check_bytes(draftconv_message *message)
{
	gsize size = 0;
	const char *data = bytes_of(message, &size);
	gsize column = 0;

	g_assert_cmpuint(size, ==, draftconv_message_size(message));
	g_assert_cmpuint(size, >, 2);
	g_assert_cmpint(memcmp(data + size - 2, "\r\n", 2), ==, 0);
	g_assert_false(g_str_has_prefix(data, "From "));
	for (gsize i = 0; i < size; i++) {
		g_assert_true(data[i] != '\0' && (guchar)data[i] < 0x80);
		if (data[i] == '\n')
			g_assert_true(i > 0 && data[i - 1] == '\r');
		if (data[i] == '\r')
			g_assert_true(i + 1 < size && data[i + 1] == '\n');
		column = data[i] == '\n' ? 0 : column + 1;
		g_assert_cmpuint(column, <=, 999);
	}
}

/* DRAFTS.md 2: these, in this order, each at most once; nothing else gets into the mail (Mutt). */
static void
check_header_names(draftconv_message *message)
{
	static const char *const allowed[] = {"Date", "From", "Reply-To", "To", "Cc", "Bcc",
		"Subject", "Message-ID", "In-Reply-To", "References", "X-Priority",
		"Disposition-Notification-To", "X-Mozilla-Draft-Info", "MIME-Version",
		"Content-Type", "Content-Transfer-Encoding"};
	g_autofree char *header = header_of(message);
	g_auto(GStrv) lines = g_strsplit(header, "\r\n", -1);
	size_t at = 0;

	for (char **line = lines; **line != '\0'; line++) {
		if (**line == ' ')
			continue;
		g_auto(GStrv) halves = g_strsplit(*line, ":", 2);
		while (at < G_N_ELEMENTS(allowed) && strcmp(allowed[at], halves[0]) != 0)
			at++;
		if (at == G_N_ELEMENTS(allowed))
			g_test_message("field out of place: %s", halves[0]);
		g_assert_cmpuint(at, <, G_N_ELEMENTS(allowed));
		at++;
	}
	static const char *const demanded[] = {
		"Date", "From", "Subject", "Message-ID", "MIME-Version", "Content-Type"};
	for (size_t i = 0; i < G_N_ELEMENTS(demanded); i++) {
		g_autofree char *value = raw_field(message, demanded[i]);
		g_assert_nonnull(value);
	}
}

/* Oracle (a): a parser that wants "local@domain" everywhere loses nothing (K-9). */
static guint
check_strict_addresses(const char *value)
{
	InternetAddressList *list = internet_address_list_parse(NULL, value);
	guint count = (guint)internet_address_list_length(list);

	for (guint i = 0; i < count; i++) {
		InternetAddress *address = internet_address_list_get_address(list, (int)i);

		g_assert_true(INTERNET_ADDRESS_IS_MAILBOX(address));
		g_assert_true(dc_address_is_strict(
			internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(address))));
	}
	g_object_unref(list);
	return count;
}

/* Oracle (b): split at commas and semicolons outside quotes, keep what has an "@" (Roundcube). */
static guint
count_as_roundcube(const char *value, GHashTable *seen)
{
	bool quoted = false;
	guint count = 0;
	g_autoptr(GString) entry = g_string_new(NULL);

	for (const char *p = value;; p++) {
		if (*p == '"' && (p == value || p[-1] != '\\'))
			quoted = !quoted;
		if (*p != '\0' && (quoted || (*p != ',' && *p != ';'))) {
			g_string_append_c(entry, *p);
			continue;
		}
		const char *at = strrchr(entry->str, '@');
		if (at != NULL) {
			const char *start = at;

			while (start > entry->str && start[-1] != '<' && start[-1] != ' ')
				start--;
			g_autofree char *key = g_ascii_strdown(start, -1);
			key[strcspn(key, "> ")] = '\0';
			count += g_hash_table_add(seen, g_steal_pointer(&key)) ? 1 : 0;
		}
		g_string_truncate(entry, 0);
		if (*p == '\0')
			break;
	}
	g_assert_false(quoted);
	return count;
}

static void
check_addresses(draftconv_message *message)
{
	static const char *const fields[] = {"To", "Cc", "Bcc"};
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *from = raw_field(message, "From");
	g_autofree char *reply_to = raw_field(message, "Reply-To");

	g_assert_cmpuint(check_strict_addresses(from), ==, 1);
	if (reply_to != NULL)
		g_assert_cmpuint(check_strict_addresses(reply_to), >, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		g_autofree char *value = raw_field(message, fields[i]);

		if (value == NULL)
			continue;
		guint count = check_strict_addresses(value);
		g_assert_cmpuint(count, >, 0);
		g_assert_cmpuint(count_as_roundcube(value, seen), ==, count);
	}
}

struct leaves {
	GPtrArray *parts;
};

static void
collect(GMimeObject *parent, GMimeObject *part, gpointer user)
{
	struct leaves *leaves = user;

	(void)parent;
	if (GMIME_IS_PART(part) || GMIME_IS_MESSAGE_PART(part))
		g_ptr_array_add(leaves->parts, g_object_ref(part));
}

static GPtrArray *
leaves_of(GMimeMessage *parsed)
{
	struct leaves leaves = {g_ptr_array_new_with_free_func(g_object_unref)};

	/* g_mime_message_foreach would go on inside an attached message */
	GMimeObject *root = g_mime_message_get_mime_part(parsed);
	if (GMIME_IS_MULTIPART(root))
		g_mime_multipart_foreach(GMIME_MULTIPART(root), collect, &leaves);
	else
		collect(NULL, root, &leaves);
	return leaves.parts;
}

/* Oracle (c): the first part that is no attachment (Thunderbird) is the first text (Claws, Mutt). */
static void
check_body(draftconv_message *message)
{
	GMimeMessage *parsed = oracle_parse(message);
	g_autoptr(GPtrArray) leaves = leaves_of(parsed);
	GMimeObject *body = NULL;
	GMimeObject *text = NULL;

	for (guint i = 0; i < leaves->len; i++) {
		GMimeObject *part = leaves->pdata[i];
		const char *disposition = g_mime_object_get_disposition(part);
		GMimeContentType *type = g_mime_object_get_content_type(part);

		if (body == NULL && g_strcmp0(disposition, "attachment") != 0)
			body = part;
		if (text == NULL && g_mime_content_type_is_type(type, "text", "*"))
			text = part;
		/* every file has a name, the bodies none */
		g_assert_true((disposition == NULL) ==
			      (g_mime_content_type_get_parameter(type, "name") == NULL));
	}
	g_assert_nonnull(body);
	g_assert_true(body == text);
	g_assert_true(body == leaves->pdata[0]);
	g_object_unref(parsed);
}

static int
append(void *user, const void *data, size_t size)
{
	g_byte_array_append(user, data, (guint)size);
	return 0;
}

static void
check_second_writing(draftconv_message *message)
{
	gsize size = 0;
	const char *data = bytes_of(message, &size);
	g_autoptr(GByteArray) again = g_byte_array_new();

	g_assert_cmpint(draftconv_message_write(message, append, again, NULL), ==, 0);
	g_assert_true(again->len == size && memcmp(again->data, data, size) == 0);
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize length = sizeof digest;
	g_checksum_update(checksum, again->data, again->len);
	g_checksum_get_digest(checksum, digest, &length);
	g_assert_true(memcmp(digest, draftconv_message_digest(message), sizeof digest) == 0);
}

void
oracle_check(draftconv_message *message)
{
	check_bytes(message);
	check_header_names(message);
	check_addresses(message);
	check_body(message);
	check_second_writing(message);
}

static void
append_structure(GString *text, GMimeObject *object)
{
	g_autofree char *type =
		g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));

	if (!GMIME_IS_MULTIPART(object)) {
		const char *disposition = g_mime_object_get_disposition(object);

		g_string_append(text, type);
		if (disposition != NULL)
			g_string_append_printf(text, "(%s)", disposition);
		return;
	}
	g_string_append_printf(text, "%s{", type + strlen("multipart/"));
	for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(object)); i++) {
		if (i > 0)
			g_string_append_c(text, ',');
		append_structure(text, g_mime_multipart_get_part(GMIME_MULTIPART(object), i));
	}
	g_string_append_c(text, '}');
}

char *
oracle_structure(draftconv_message *message)
{
	GMimeMessage *parsed = oracle_parse(message);
	GString *text = g_string_new(NULL);

	append_structure(text, g_mime_message_get_mime_part(parsed));
	g_object_unref(parsed);
	return g_string_free(text, FALSE);
}

char *
oracle_codes(const draftconv_message *message)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	for (size_t i = 0; i < draftconv_message_finding_count(message); i++) {
		const char *code = draftconv_message_finding(message, i)->code;

		if (!g_ptr_array_find_with_equal_func(list, code, g_str_equal, NULL))
			g_ptr_array_add(list, (gpointer)(uintptr_t)code);
	}
	g_ptr_array_add(list, NULL);
	return g_strjoinv(" ", (char **)list->pdata);
}

GMimePart *
oracle_leaf_part(draftconv_message *message, guint index)
{
	GMimeMessage *parsed = oracle_parse(message);
	g_autoptr(GPtrArray) leaves = leaves_of(parsed);
	GMimePart *part = NULL;

	if (index < leaves->len && GMIME_IS_PART(leaves->pdata[index]))
		part = g_object_ref(leaves->pdata[index]);
	g_object_unref(parsed);
	return part;
}

GBytes *
oracle_leaf(draftconv_message *message, guint index)
{
	GMimePart *part = oracle_leaf_part(message, index);

	if (part == NULL)
		return NULL;
	GByteArray *array = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), stream);
	g_object_unref(stream);
	g_object_unref(part);
	return g_byte_array_free_to_bytes(array);
}
