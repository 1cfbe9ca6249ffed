/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/internal.h"

#include <string.h>

void
dc_store_free(dc_store *store)
{
	if (store != NULL)
		store->class->free(store);
}

void
dc_rope_init(struct dc_rope *stream, const dc_stage *stage, const void *data, gsize size)
{
	*stream = (struct dc_rope){.stage = stage, .data = data, .size = size};
}

void
dc_rope_clear(struct dc_rope *stream)
{
	g_clear_pointer(&stream->reader, dc_reader_free);
}

/* Begin the next piece. @return 1, 0 at the end, negative error */
static int
next_piece(struct dc_rope *stream, draftconv_error **error)
{
	const dc_stage *stage = stream->stage;
	struct dc_piece piece;

	if (!dc_piece_next(&stage->mark, stream->data, stream->size, &stream->position, &piece))
		return 0;
	switch (piece.kind) {
	case DC_PIECE_BYTES:
		stream->plain = piece.data;
		stream->plain_size = piece.size;
		return 1;
	case DC_PIECE_PLACE: {
		if (stage->store == NULL)
			break;
		int status = stage->store->class->open(
			stage->store, &piece.place, &stream->reader, error);

		if (status >= 0)
			stream->reader = dc_wide_reader_new(stream->reader, &piece.place);
		return status < 0 ? status : 1;
	}
	case DC_PIECE_TOO_LARGE:
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"a value of over %d MiB went through a function",
			DC_SQL_VALUE_MAX / 1024 / 1024);
	case DC_PIECE_BROKEN:
		break;
	}
	return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "a long value lost its place");
}

gssize
dc_rope_read(struct dc_rope *stream, void *buffer, gsize size, draftconv_error **error)
{
	for (;;) {
		if (stream->plain_size > 0) {
			gsize count = MIN(size, stream->plain_size);

			memcpy(buffer, stream->plain, count);
			stream->plain += count;
			stream->plain_size -= count;
			return (gssize)count;
		}
		if (stream->reader != NULL) {
			gssize count = dc_reader_read(stream->reader, buffer, size, error);

			if (count != 0)
				return count;
			g_clear_pointer(&stream->reader, dc_reader_free);
		}

		int status = next_piece(stream, error);
		if (status <= 0)
			return status;
	}
}
