/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One SOURCE argument: opened, probed by its first bytes, given out as a stream. */
#include "lib/source/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
compression_of(const guint8 *head, gsize size)
{
	static const struct {
		const char *name;
		const char *magic;
		gsize size;
	} kinds[] = {
		{"gzip", "\x1f\x8b", 2},
		{"zstd", "\x28\xb5\x2f\xfd", 4},
		{"xz",
			"\xfd"
			"7zXZ\0",
			6},
		{"bzip2", "BZh", 3},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (size > kinds[i].size && memcmp(head, kinds[i].magic, kinds[i].size) == 0)
			return kinds[i].name;
	}
	return "";
}

static dc_stream *
unpack(const struct dc_input *input, dc_stream *packed)
{
	return strcmp(input->compression, "gzip") == 0 ? dc_stream_new_gunzipped(packed)
						       : dc_stream_new_unpacked(packed);
}

/* The first bytes of a stream, for probing; less only at its end. */
static GBytes *
read_head(dc_stream *stream)
{
	g_autofree guint8 *head = g_malloc(DC_HEAD_SIZE);
	gsize size = 0;

	while (size < DC_HEAD_SIZE) {
		gsize got = dc_stream_read(stream, head + size, DC_HEAD_SIZE - size);

		if (got == 0)
			break;
		size += got;
	}
	return g_bytes_new_take(g_steal_pointer(&head), size);
}

/* UTF-16 by its mark, or by every second byte of the beginning being NUL. */
static bool
is_utf16(const guint8 *head, gsize size, bool *big)
{
	if (size < 4)
		return false;
	*big = head[0] == 0xfe || head[0] == 0;
	if ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff))
		return true;
	if (head[0] == 0)
		return head[1] != 0 && head[2] == 0 && head[3] != 0;
	return head[1] == 0 && head[2] != 0 && head[3] == 0;
}

/* Put another layer over the stream and look at what comes out of it. */
static dc_stream *
peel(struct dc_input *input, dc_stream *stream, GBytes **head)
{
	g_clear_pointer(head, g_bytes_unref);
	*head = read_head(stream);
	input->spooled = true;
	return stream;
}

static int
probe_text(struct dc_input *input, dc_stream *raw, draftconv_error **error)
{
	g_autoptr(GBytes) head = read_head(raw);
	g_autoptr(dc_stream) stream = dc_stream_new_prefixed(head, raw);
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(head, &size);

	input->compression = compression_of(data, size);
	input->packed = *input->compression != '\0';
	if (input->packed) {
		dc_stream *inner = unpack(input, g_steal_pointer(&stream));

		inner = peel(input, inner, &head);
		stream = dc_stream_new_prefixed(head, inner);
		data = g_bytes_get_data(head, &size);
		if (size == 0 && inner->trouble != NULL)
			return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "%s: %s data: %s",
				input->name, input->compression, inner->trouble);
	}
	input->utf16 = is_utf16(data, size, &input->utf16_big);
	if (input->utf16) {
		dc_stream *inner = dc_stream_new_utf16(g_steal_pointer(&stream), input->utf16_big);

		inner = peel(input, inner, &head);
		stream = dc_stream_new_prefixed(head, inner);
		data = g_bytes_get_data(head, &size);
	}
	if (size == 0)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "%s: is empty", input->name);
	if (input->format == NULL)
		input->format = dc_probe_format(data, size);
	if (input->format == NULL)
		return dc_probe_refuse(input->name, data, size, error);
	input->head = g_bytes_ref(head);
	input->ready = g_steal_pointer(&stream);
	return DRAFTCONV_OK;
}

int
dc_input_probe(struct dc_input *input, draftconv_error **error)
{
	struct stat status;

	if (fstat(input->fd, &status) < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_NOT_FOUND, "%s: %s", input->name, g_strerror(errno));
	if (S_ISDIR(status.st_mode))
		return dc_probe_refuse_directory(input->name, error);
	input->regular = S_ISREG(status.st_mode);
	input->spooled = !input->regular;

	int code = probe_text(input, dc_stream_new_fd(input->fd, input->regular), error);
	if (code < 0)
		return code;
	if (!input->format->text && (input->spooled || input->packed || input->path == NULL))
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: a %s database has to be a file of its own: write it to a file "
			"first%s%s%s",
			input->name, input->format->name, input->packed ? ", unpacked with " : "",
			input->compression, input->packed ? " -d" : "");
	return DRAFTCONV_OK;
}

/* An address of a database server in ARGUMENT: what stands before "://". [transfer full], or NULL */
static char *
scheme_of(const char *argument)
{
	const char *end = strstr(argument, "://");
	const size_t length = end == NULL ? 0 : (size_t)(end - argument);

	for (size_t i = 0; i < length; i++) {
		if (!g_ascii_isalnum(argument[i]) && strchr("+.-", argument[i]) == NULL)
			return NULL;
	}
	return length == 0 ? NULL : g_strndup(argument, length);
}

/* The rest of an address may hold a password, and is not repeated. */
static int
cannot_open(const char *argument, int reason, draftconv_error **error)
{
	g_autofree char *scheme = scheme_of(argument);
	const int code = reason == EACCES || reason == EPERM ? DRAFTCONV_ERROR_REFUSED
							     : DRAFTCONV_ERROR_NOT_FOUND;

	if (scheme == NULL)
		return dc_error_set(error, code, "%s: %s", argument, g_strerror(reason));
	return dc_error_set(error, DRAFTCONV_ERROR_NOT_FOUND,
		"%.40s://...: a live database is not read by this build: pipe a dump of it, as in "
		"mysqldump DATABASE | draftconv COMMAND ... -",
		scheme);
}

int
dc_input_open(struct dc_input *input, const char *argument, guint32 index, draftconv_error **error)
{
	input->index = index;
	input->name = g_strdup(argument);
	input->path = g_strdup(argument);
	input->compression = "";
	if (strcmp(argument, "-") == 0)
		input->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		input->fd = open(argument, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (input->fd < 0)
		return cannot_open(argument, errno, error);
	return dc_input_probe(input, error);
}

int
dc_input_stream(struct dc_input *input, dc_stream **stream, draftconv_error **error)
{
	if (input->ready != NULL) {
		*stream = g_steal_pointer(&input->ready);
		return DRAFTCONV_OK;
	}
	if (!input->regular)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%s: cannot be read a second time: write it to a file first", input->name);

	dc_stream *result = dc_stream_new_fd(input->fd, true);
	if (input->packed)
		result = unpack(input, result);
	if (input->utf16)
		result = dc_stream_new_utf16(result, input->utf16_big);
	*stream = result;
	return DRAFTCONV_OK;
}

void
dc_input_reset_facts(struct dc_input *input)
{
	g_clear_pointer(&input->program, g_free);
	g_clear_pointer(&input->server, g_free);
	g_clear_pointer(&input->damages, g_ptr_array_unref);
	g_clear_pointer(&input->header_database, g_free);
	input->has_named = input->has_unnamed = false;
	if (input->charsets == NULL)
		input->charsets = g_string_new(NULL);
	g_string_truncate(input->charsets, 0);
	input->completeness = DRAFTCONV_SOURCE_UNKNOWN;
	input->partial = false;
	input->damage_count = input->missing_rows = 0;
	input->missing_more = false;
	input->row_count = input->byte_count = 0;
}

void
dc_input_add_charset(struct dc_input *input, const char *charset)
{
	if (*charset == '\0' || input->charsets->len > 1000)
		return;

	g_auto(GStrv) known = g_strsplit(input->charsets->str, ",", -1);
	if (g_strv_contains((const char *const *)known, charset))
		return;
	g_string_append_printf(
		input->charsets, "%s%s", input->charsets->len > 0 ? "," : "", charset);
}

void
dc_input_clear(struct dc_input *input)
{
	dc_input_reset_facts(input);
	g_string_free(input->charsets, TRUE);
	dc_stream_free(input->ready);
	if (input->head != NULL)
		g_bytes_unref(input->head);
	if (input->fd >= 0)
		close(input->fd);
	if (input->rows.free != NULL)
		input->rows.free(input->rows.user);
	g_free(input->path);
	g_free(input->name);
}
