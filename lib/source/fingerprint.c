/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tells a file from a changed one without reading all of it. */
#include "lib/source/internal.h"

#include <openssl/evp.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (64 * 1024)
#define BLOCKS 66 /* head, tail and 64 between */

static int
hash_block(
	EVP_MD_CTX *context, const struct dc_input *input, guint64 offset, draftconv_error **error)
{
	g_autofree guint8 *block = g_malloc(BLOCK);
	const ssize_t got = pread(input->fd, block, BLOCK, (off_t)offset);

	if (got < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_DAMAGED, "%s: %s", input->name, g_strerror(errno));
	EVP_DigestUpdate(context, block, (gsize)got);
	return DRAFTCONV_OK;
}

int
dc_source_fingerprint(draftconv_source *source, guint32 input,
	guint8 fingerprint[DC_SOURCE_FINGERPRINT_SIZE], guint64 *size, gint64 *mtime_ns,
	draftconv_error **error)
{
	struct stat status;
	int code = DRAFTCONV_OK;

	if (input >= source->count)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no source %u", input);
	const struct dc_input *in = &source->inputs[input];
	if (!in->regular)
		return 0;
	if (fstat(in->fd, &status) < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_DAMAGED, "%s: %s", in->name, g_strerror(errno));

	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const guint64 total = (guint64)status.st_size;
	const guint64 last = total > BLOCK ? total - BLOCK : 0;
	const guint64 length = GUINT64_TO_LE(total);

	EVP_DigestInit_ex(context, EVP_sha256(), NULL);
	EVP_DigestUpdate(context, &length, sizeof length);
	for (guint64 i = 0; i < BLOCKS && code == DRAFTCONV_OK; i++)
		code = hash_block(context, in,
			last / (BLOCKS - 1) * i + last % (BLOCKS - 1) * i / (BLOCKS - 1), error);
	EVP_DigestFinal_ex(context, fingerprint, NULL);
	EVP_MD_CTX_free(context);
	if (code < 0)
		return code;
	*size = total;
	*mtime_ns = (gint64)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
	return 1;
}
