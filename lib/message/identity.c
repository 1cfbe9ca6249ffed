/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/identity.h"

#include <openssl/evp.h>

#include <string.h>

/* OpenSSL only fails here for want of memory, as GLib would. */
static EVP_MD_CTX *
hash_new(void)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();

	if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
		g_error("SHA-256 is not available");
	return hash;
}

/* Length first, so that no two lists of texts give the same bytes. */
static void
hash_text(EVP_MD_CTX *hash, const char *text)
{
	guint64 length = text == NULL ? 0 : strlen(text);
	guint64 be = GUINT64_TO_BE(length);

	EVP_DigestUpdate(hash, &be, sizeof be);
	if (length > 0)
		EVP_DigestUpdate(hash, text, length);
}

static char *
hash_end(EVP_MD_CTX *hash)
{
	guint8 digest[EVP_MAX_MD_SIZE];

	EVP_DigestFinal_ex(hash, digest, NULL);
	EVP_MD_CTX_free(hash);
	char *letters = dc_base32(digest, 32);
	letters[DC_IDENTITY_LETTERS] = '\0';
	return letters;
}

char *
dc_base32(const guint8 *data, gsize size)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	GString *text = g_string_sized_new(size * 8 / 5 + 2);
	guint bits = 0;
	guint value = 0;

	for (gsize i = 0; i < size; i++) {
		value = (value << 8 | data[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			g_string_append_c(text, alphabet[value >> (bits - 5) & 31]);
	}
	if (bits > 0)
		g_string_append_c(text, alphabet[value << (5 - bits) & 31]);
	return g_string_free(text, FALSE);
}

char *
dc_identity_new(const char *profile_identity, const char *owner, const char *key)
{
	EVP_MD_CTX *hash = hash_new();

	hash_text(hash, profile_identity);
	hash_text(hash, owner);
	hash_text(hash, key);
	g_autofree char *letters = hash_end(hash);
	return g_strconcat("draft.", letters, NULL);
}

char *
dc_identity_derive(const char *identity, const char *purpose, guint number)
{
	EVP_MD_CTX *hash = hash_new();
	g_autofree char *digits = g_strdup_printf("%u", number);

	hash_text(hash, identity);
	hash_text(hash, purpose);
	hash_text(hash, digits);
	return hash_end(hash);
}

char *
dc_identity_of_message_id(const char *value)
{
	const char *start = strchr(value, '<');
	const char *at = start == NULL ? NULL : strchr(start, '@');

	if (at == NULL || memchr(start, '>', (gsize)(at - start)) != NULL)
		return NULL;
	return g_strndup(start + 1, (gsize)(at - start - 1));
}
