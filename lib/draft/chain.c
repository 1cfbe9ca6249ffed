/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/chain.h"

struct chain {
	dc_content parent;
	GPtrArray *links;
};

struct chain_reader {
	dc_reader parent;
	const GPtrArray *links; /* a reader does not outlive its content */
	guint next;             /* link to open once CURRENT is at its end */
	dc_reader *current;     /* NULL between links */
};

static gssize
chain_read(dc_reader *reader, void *buffer, gsize size, draftconv_error **error)
{
	struct chain_reader *self = (struct chain_reader *)reader;

	for (;;) {
		if (self->current == NULL) {
			if (self->next >= self->links->len)
				return 0;

			const int status = dc_content_open(
				self->links->pdata[self->next], &self->current, error);
			if (status < 0)
				return status;
			self->next++;
		}

		const gssize count = dc_reader_read(self->current, buffer, size, error);
		if (count != 0)
			return count;
		g_clear_pointer(&self->current, dc_reader_free);
	}
}

static void
chain_reader_free(dc_reader *reader)
{
	struct chain_reader *self = (struct chain_reader *)reader;

	if (self->current != NULL)
		dc_reader_free(self->current);
	g_free(self);
}

static int
chain_open(dc_content *content, dc_reader **reader, draftconv_error **error)
{
	static const struct dc_reader_class class = {chain_read, chain_reader_free};
	struct chain_reader *self = g_new0(struct chain_reader, 1);

	(void)error;
	self->parent.class = &class;
	self->links = ((struct chain *)content)->links;
	*reader = &self->parent;
	return DRAFTCONV_OK;
}

static gint64
chain_size(const dc_content *content)
{
	const GPtrArray *links = ((const struct chain *)content)->links;
	gint64 total = 0;

	for (guint i = 0; i < links->len; i++) {
		const gint64 size = dc_content_size(links->pdata[i]);

		if (size < 0 || size > G_MAXINT64 - total)
			return -1;
		total += size;
	}
	return total;
}

static void
chain_free(dc_content *content)
{
	struct chain *self = (struct chain *)content;

	g_ptr_array_unref(self->links);
	g_free(self);
}

dc_content *
dc_chain_new(GPtrArray *links)
{
	static const struct dc_content_class class = {chain_open, chain_size, chain_free};
	struct chain *self = g_new0(struct chain, 1);

	dc_content_init(&self->parent, &class);
	self->links = links;
	return &self->parent;
}
