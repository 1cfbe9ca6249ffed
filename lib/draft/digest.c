/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/digest.h"

#include <openssl/evp.h>

#include <string.h>

#define CHUNK_BYTES (64 * 1024)

/*
 * What stands before each thing. A value is given by its own digest and its length at the end, since
 * the length of a stream is not known at its beginning.
 */
#define MARK_NAME 'n'
#define MARK_NULL '0'
#define MARK_VALUE 'v'

struct dc_digest {
	EVP_MD_CTX *all;
	EVP_MD_CTX *one; /* of the value that is being read */
};

/* SHA-256 is in every libcrypto; what remains is memory, where GLib would end the process, too. */
static void
require(int ok)
{
	if (ok != 1)
		g_error("libcrypto has no SHA-256");
}

dc_digest *
dc_digest_new(void)
{
	dc_digest *digest = g_new0(dc_digest, 1);

	digest->all = EVP_MD_CTX_new();
	digest->one = EVP_MD_CTX_new();
	require(digest->all != NULL && digest->one != NULL);
	require(EVP_DigestInit_ex(digest->all, EVP_sha256(), NULL));
	return digest;
}

void
dc_digest_free(dc_digest *digest)
{
	if (digest == NULL)
		return;
	EVP_MD_CTX_free(digest->all);
	EVP_MD_CTX_free(digest->one);
	g_free(digest);
}

static void
add(EVP_MD_CTX *context, const void *data, gsize size)
{
	require(EVP_DigestUpdate(context, data, size));
}

static void
add_mark(dc_digest *digest, char mark, guint64 size)
{
	const guint64 big_endian = GUINT64_TO_BE(size);

	add(digest->all, &mark, 1);
	add(digest->all, &big_endian, sizeof big_endian);
}

void
dc_digest_name(dc_digest *digest, const char *name)
{
	add_mark(digest, MARK_NAME, strlen(name));
	add(digest->all, name, strlen(name));
}

static void
begin_value(dc_digest *digest)
{
	require(EVP_DigestInit_ex(digest->one, EVP_sha256(), NULL));
}

static void
end_value(dc_digest *digest, guint64 size)
{
	guint8 value[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	require(EVP_DigestFinal_ex(digest->one, value, &length));
	add_mark(digest, MARK_VALUE, size);
	add(digest->all, value, length);
}

void
dc_digest_bytes(dc_digest *digest, const void *data, gsize size)
{
	if (data == NULL) {
		add_mark(digest, MARK_NULL, 0);
		return;
	}
	begin_value(digest);
	add(digest->one, data, size);
	end_value(digest, size);
}

int
dc_digest_content(dc_digest *digest, dc_content *content, draftconv_error **error)
{
	g_autoptr(dc_reader) reader = NULL;
	g_autofree guint8 *buffer = g_malloc(CHUNK_BYTES);
	guint64 size = 0;
	const int status = dc_content_open(content, &reader, error);

	if (status < 0)
		return status;
	begin_value(digest);
	for (;;) {
		const gssize count = dc_reader_read(reader, buffer, CHUNK_BYTES, error);

		if (count < 0)
			return (int)count;
		if (count == 0)
			break;
		add(digest->one, buffer, (gsize)count);
		size += (guint64)count;
	}
	end_value(digest, size);
	return DRAFTCONV_OK;
}

void
dc_digest_finish(dc_digest *digest, guint8 result[DC_DIGEST_SIZE])
{
	unsigned length = 0;

	require(EVP_DigestFinal_ex(digest->all, result, &length));
}
