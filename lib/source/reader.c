/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long values again: the literal machine over pread, so that any thread can read any of them. */
#include "lib/source/internal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RAW_CHUNK (32 * 1024)

struct literal_reader {
	dc_reader parent;
	int fd;
	const char *name;
	guint64 at; /* next byte of the file */
	guint64 begin;
	guint64 left; /* bytes of the literal that were not read yet */
	bool plain;   /* spooled: bytes as they are */
	bool done;
	struct dc_literal_machine machine;
	gsize raw_at;
	gsize raw_size;
	gsize spare_at; /* what did not fit into a small buffer */
	gsize spare_size;
	guint8 spare[64];
	guint8 raw[RAW_CHUNK];
};

static int
say_damaged(const struct literal_reader *self, draftconv_error **error)
{
	return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
		"%s: byte %" G_GUINT64_FORMAT ": no value stands here any more", self->name,
		self->begin);
}

/* @return bytes, 0 at the literal's end, negative error */
static gssize
read_raw(struct literal_reader *self, void *buffer, gsize size, draftconv_error **error)
{
	const gsize want = (gsize)MIN((guint64)size, self->left);
	ssize_t got = 0;

	if (want == 0)
		return 0;
	do {
		got = pread(self->fd, buffer, want, (off_t)self->at);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_DAMAGED, "%s: %s", self->name, g_strerror(errno));
	if (got == 0)
		return say_damaged(self, error);
	self->at += (guint64)got;
	self->left -= (guint64)got;
	return got;
}

static gssize
finish(struct literal_reader *self, draftconv_error **error)
{
	self->done = true;
	if (dc_literal_finish(&self->machine) != DC_LITERAL_END)
		return say_damaged(self, error);
	return 0;
}

/* One step of the machine. @return bytes made; 0: not yet, or done; negative error */
static gssize
step(struct literal_reader *self, guint8 *out, gsize room, draftconv_error **error)
{
	if (self->raw_at == self->raw_size) {
		gssize got = read_raw(self, self->raw, sizeof self->raw, error);

		if (got < 0)
			return got;
		if (got == 0)
			return finish(self, error);
		self->raw_at = 0;
		self->raw_size = (gsize)got;
	}

	gsize used = 0;
	gsize made = 0;
	enum dc_literal_result result = dc_literal_step(&self->machine, self->raw + self->raw_at,
		self->raw_size - self->raw_at, &used, out, room, &made);

	self->raw_at += used;
	if (result == DC_LITERAL_BAD)
		return say_damaged(self, error);
	if (result == DC_LITERAL_END) {
		self->done = true;
		if (self->raw_at < self->raw_size || self->left > 0)
			return say_damaged(self, error);
	}
	return (gssize)made;
}

static gssize
take_spare(struct literal_reader *self, void *buffer, gsize size)
{
	const gsize count = MIN(size, self->spare_size - self->spare_at);

	memcpy(buffer, self->spare + self->spare_at, count);
	self->spare_at += count;
	return (gssize)count;
}

static gssize
literal_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	struct literal_reader *self = (struct literal_reader *)reader;
	gssize made = 0;

	if (self->plain)
		return read_raw(self, buffer, size, error);
	if (self->spare_at < self->spare_size)
		return take_spare(self, buffer, size);
	while (made == 0 && !self->done) {
		if (size < sizeof self->spare)
			made = step(self, self->spare, sizeof self->spare, error);
		else
			made = step(self, buffer, size, error);
	}
	if (made <= 0 || size >= sizeof self->spare)
		return made;
	self->spare_at = 0;
	self->spare_size = (gsize)made;
	return take_spare(self, buffer, size);
}

static void
literal_free(dc_reader *reader)
{
	g_free(reader);
}

/* Where the bytes of a literal are, if they can be there at all. */
static int
locate(draftconv_source *source, const struct dc_literal *literal, struct literal_reader *reader,
	draftconv_error **error)
{
	struct stat status;

	reader->begin = reader->at = literal->offset;
	reader->left = literal->length;
	reader->plain = literal->flavour == DC_FLAVOUR_SPOOL;
	if (literal->input >= source->count || literal->flavour > DC_LITERAL_FLAVOUR_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"a long value is said to stand in source %u: there is none",
			literal->input);
	reader->name = source->inputs[literal->input].name;
	if (!reader->plain && source->inputs[literal->input].spooled)
		return say_damaged(reader, error);
	if (reader->plain && source->spool == NULL)
		return say_damaged(reader, error);
	reader->fd = reader->plain ? dc_spool_fd(source->spool) : source->inputs[literal->input].fd;
	if (reader->fd < 0 || fstat(reader->fd, &status) < 0 ||
		literal->offset > (guint64)status.st_size ||
		literal->length > (guint64)status.st_size - literal->offset)
		return say_damaged(reader, error);
	return DRAFTCONV_OK;
}

int
dc_source_open_literal(draftconv_source *source, const struct dc_literal *literal,
	dc_reader **reader, draftconv_error **error)
{
	static const struct dc_reader_class class = {literal_read, literal_free};
	g_autofree struct literal_reader *self = g_new(struct literal_reader, 1);

	memset(self, 0, offsetof(struct literal_reader, raw));
	self->parent.class = &class;
	int status = locate(source, literal, self, error);
	if (status < 0)
		return status;
	dc_literal_init(&self->machine, literal->flavour);
	*reader = (dc_reader *)g_steal_pointer(&self);
	return DRAFTCONV_OK;
}

struct literal_content {
	dc_content parent;
	draftconv_source *source;
	struct dc_literal literal;
};

static int
content_open(dc_content *content, dc_reader **reader, draftconv_error **error)
{
	struct literal_content *self = (struct literal_content *)content;

	return dc_source_open_literal(self->source, &self->literal, reader, error);
}

static gint64
content_size(const dc_content *content)
{
	const struct literal_content *self = (const struct literal_content *)content;

	if (self->literal.flavour == DC_FLAVOUR_SPOOL)
		return (gint64)self->literal.length;
	return -1;
}

static void
content_free(dc_content *content)
{
	g_free(content);
}

dc_content *
dc_source_literal_content(draftconv_source *source, const struct dc_literal *literal)
{
	static const struct dc_content_class class = {content_open, content_size, content_free};
	struct literal_content *self = g_new0(struct literal_content, 1);

	dc_content_init(&self->parent, &class);
	self->source = source;
	self->literal = *literal;
	return &self->parent;
}
