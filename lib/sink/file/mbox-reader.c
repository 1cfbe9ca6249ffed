/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/file/mbox-reader.h"

#include "lib/sink/file/store.h"
#include "lib/sink/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What is done with the messages of a file, one after the other. */
struct visitor {
	/* A message ended. @return 0 to go on, 1 for enough, or negative */
	int (*end)(struct visitor *visitor, const char *name, draftconv_error **error);
	GHashTable *copies; /* identity → number so far */
	struct dc_header_reader header;
	struct dc_form_state *form; /* counts, and hands bytes to WRITE when there is one */
	bool in_message;
	guint32 count;
	/* of the tasks below */
	struct dc_mbox_search *search;
	GHashTable *names;
	GHashTable *identities;
	const char *wanted;
	guint32 wanted_number; /* of the message, from 1 */
	const struct dc_fetch *fetch;
};

static int
take_bytes(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct visitor *visitor = user;
	int status = dc_header_reader_feed(&visitor->header, data, size, error);

	if (status < 0 || visitor->fetch == NULL || visitor->count != visitor->wanted_number)
		return status;
	return visitor->fetch->write(visitor->fetch->user, data, size, error);
}

static char *
name_of(const char *identity, guint copy)
{
	return copy == 1 ? g_strdup(identity) : g_strdup_printf("%s.%u", identity, copy);
}

static guint
next_copy(GHashTable *copies, const char *identity)
{
	guint copy = GPOINTER_TO_UINT(g_hash_table_lookup(copies, identity)) + 1;

	g_hash_table_replace(copies, g_strdup(identity), GUINT_TO_POINTER(copy));
	return copy;
}

static void
begin_message(struct visitor *visitor)
{
	dc_header_reader_clear(&visitor->header);
	memset(visitor->form, 0, G_STRUCT_OFFSET(struct dc_form_state, buffer));
	visitor->form->form = DC_FORM_MBOXRD;
	visitor->form->write = take_bytes;
	visitor->form->user = visitor;
	visitor->in_message = true;
	visitor->count++;
}

static int
end_message(struct visitor *visitor, draftconv_error **error)
{
	int status = 0;

	if (!visitor->in_message)
		return 0;
	visitor->in_message = false;
	status = dc_form_finish(visitor->form, error);
	if (status < 0)
		return status;
	const char *identity = visitor->header.identity;
	g_autofree char *name =
		identity == NULL ? NULL : name_of(identity, next_copy(visitor->copies, identity));
	return visitor->end(visitor, name, error);
}

/* A piece of a line, at most SIZE bytes, with its line feed. @return its length, 0 at the end */
static gsize
read_piece(FILE *file, char *buffer, gsize size)
{
	gsize length = 0;

	while (length < size) {
		int c = getc_unlocked(file);

		if (c == EOF)
			break;
		buffer[length++] = (char)c;
		if (c == '\n')
			break;
	}
	return length;
}

/* The blank line before "From " belongs to no message, so each one is held until the next line is seen. */
static int
visit_lines(struct visitor *visitor, FILE *file, draftconv_error **error)
{
	char piece[8192];
	bool line_start = true;
	bool blank = true;
	int status = 0;

	while (status == 0) {
		gsize length = read_piece(file, piece, sizeof piece);

		if (length == 0)
			break;
		bool starts = line_start;
		line_start = piece[length - 1] == '\n';
		if (starts && blank && length >= 5 && memcmp(piece, "From ", 5) == 0) {
			status = end_message(visitor, error);
			if (status != 0)
				break;
			begin_message(visitor);
			blank = false;
			while (!line_start && length > 0) {
				length = read_piece(file, piece, sizeof piece);
				line_start = length > 0 && piece[length - 1] == '\n';
			}
			continue;
		}
		if (visitor->in_message && blank && starts && visitor->form->in > 0)
			status = dc_form_restore(visitor->form, "\n", 1, error);
		/* the blank line that ends the header is held like any other, and is never the first */
		blank = starts && length == 1 && line_start;
		if (visitor->in_message && (!blank || visitor->form->in == 0) && status >= 0) {
			status = dc_form_restore(visitor->form, piece, length, error);
			blank = false;
		}
	}
	return status == 0 ? end_message(visitor, error) : status;
}

/* @return 0, 1 when END had enough, or negative */
static int
visit(struct visitor *visitor, const char *path, draftconv_error **error)
{
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return errno == ENOENT ? 0
				       : dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path,
						 g_strerror(errno));
	visitor->copies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	visitor->form = g_new0(struct dc_form_state, 1);
	int status = visit_lines(visitor, file, error);
	if (status >= 0 && ferror(file) != 0)
		status = dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: cannot be read", path);
	fclose(file);
	dc_header_reader_clear(&visitor->header);
	g_free(visitor->form);
	return status;
}

static int
end_searched(struct visitor *visitor, const char *name, draftconv_error **error)
{
	const char *identity = visitor->header.identity;

	(void)error;
	if (name == NULL || (!g_hash_table_contains(visitor->names, name) &&
				    !g_hash_table_contains(visitor->identities, identity)))
		return 0;
	const struct dc_copy copy = {.name = name,
		.identity = identity,
		.size = visitor->form->out,
		.flags = DC_FLAG_DRAFT | DC_FLAG_SEEN};
	dc_look_add(visitor->search->look, &copy);
	return 0;
}

int
dc_mbox_search(struct dc_mbox_search *search, const char *path, draftconv_error **error)
{
	const struct dc_look_query *query = search->query;
	g_autoptr(GHashTable) names = dc_look_set(query->names, query->n_names);
	g_autoptr(GHashTable) identities = dc_look_set(query->identities, query->n_identities);
	struct visitor visitor = {
		.end = end_searched, .search = search, .names = names, .identities = identities};
	int status = visit(&visitor, path, error);

	g_clear_pointer(&visitor.copies, g_hash_table_unref);
	search->count = visitor.count;
	return status;
}

static int
end_counted(struct visitor *visitor, const char *name, draftconv_error **error)
{
	(void)visitor;
	(void)name;
	(void)error;
	return 0;
}

int
dc_mbox_name(const char *path, struct dc_put *puts, size_t n, draftconv_error **error)
{
	struct visitor visitor = {.end = end_counted};
	int status = visit(&visitor, path, error);

	if (visitor.copies == NULL)
		visitor.copies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; status >= 0 && i < n; i++) {
		g_free(puts[i].name);
		puts[i].name =
			name_of(puts[i].identity, next_copy(visitor.copies, puts[i].identity));
	}
	g_hash_table_unref(visitor.copies);
	return status;
}

/* Which message has the name is known at its end only, so a first pass finds its number. */
static int
end_wanted(struct visitor *visitor, const char *name, draftconv_error **error)
{
	(void)error;
	if (visitor->fetch != NULL)
		return visitor->count == visitor->wanted_number ? 1 : 0;
	return g_strcmp0(name, visitor->wanted) == 0 ? 1 : 0;
}

int
dc_mbox_fetch(const char *path, const struct dc_fetch *fetch, draftconv_error **error)
{
	struct visitor finder = {.end = end_wanted, .wanted = fetch->name};
	int status = visit(&finder, path, error);

	g_clear_pointer(&finder.copies, g_hash_table_unref);
	if (status <= 0)
		return status;
	struct visitor reader = {.end = end_wanted, .fetch = fetch, .wanted_number = finder.count};
	status = visit(&reader, path, error);
	g_clear_pointer(&reader.copies, g_hash_table_unref);
	return status;
}
