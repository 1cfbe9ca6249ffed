/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/file/listing.h"

#include "lib/sink/file/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* In the order of their letters, as the Maildir description wants them. */
static const struct {
	char letter;
	unsigned flag;
} letters[] = {{'D', DC_FLAG_DRAFT}, {'F', DC_FLAG_FLAGGED}, {'R', DC_FLAG_ANSWERED},
	{'S', DC_FLAG_SEEN}, {'T', DC_FLAG_DELETED}};

void
dc_listing_init(struct dc_listing *listing, bool maildir)
{
	*listing = (struct dc_listing){maildir, -1, -1, -1, -1};
}

void
dc_listing_close(struct dc_listing *listing)
{
	const int descriptors[] = {listing->directory, listing->cur, listing->new, listing->tmp};

	for (size_t i = 0; i < G_N_ELEMENTS(descriptors); i++) {
		if (descriptors[i] >= 0)
			close(descriptors[i]);
	}
	dc_listing_init(listing, listing->maildir);
}

/* A directory stream of its own, so that the descriptor stays where it is. */
static DIR *
open_stream(int directory)
{
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);

	if (stream == NULL && copy >= 0)
		close(copy);
	return stream;
}

/* Whoever writes a temporary file holds a lock on it; nobody does: he is dead. */
static void
remove_leftovers(int directory)
{
	DIR *stream = open_stream(directory);
	const struct dirent *entry;

	if (stream == NULL)
		return;
	for (entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
		if (!g_str_has_prefix(entry->d_name, DC_LISTING_TEMPORARY))
			continue;
		int descriptor = openat(
			directory, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

		if (descriptor < 0)
			continue;
		if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
			unlinkat(directory, entry->d_name, 0);
		close(descriptor);
	}
	closedir(stream);
}

static int
open_part(struct dc_listing *listing, const char *name, bool may_create, int *part,
	draftconv_error **error)
{
	*part = dc_store_directory(listing->directory, name, may_create, NULL, error);
	return MIN(*part, 0);
}

int
dc_listing_open(struct dc_listing *listing, const char *path, bool may_create, bool *created,
	draftconv_error **error)
{
	int status = 0;

	listing->directory = dc_store_directory(AT_FDCWD, path, may_create, created, error);
	if (listing->directory < 0)
		return listing->directory;
	if (!listing->maildir) {
		remove_leftovers(listing->directory);
		return 0;
	}
	status = open_part(listing, "tmp", may_create, &listing->tmp, error);
	if (status >= 0)
		status = open_part(listing, "new", may_create, &listing->new, error);
	if (status >= 0)
		status = open_part(listing, "cur", may_create, &listing->cur, error);
	if (status < 0)
		return dc_error_prefix(error, status, "%s", path);
	remove_leftovers(listing->tmp);
	return 0;
}

static unsigned
flags_of(const char *info)
{
	unsigned flags = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
		if (strchr(info, letters[i].letter) != NULL)
			flags |= letters[i].flag;
	}
	return flags;
}

static void
listed_free(gpointer data)
{
	struct dc_listed *listed = data;

	g_free(listed->file);
	g_free(listed->key);
	g_free(listed->known.identity);
	g_free(listed);
}

static void
add(GPtrArray *files, int directory, const char *name, bool maildir)
{
	const char *info = maildir ? strstr(name, ":2,") : NULL;
	struct dc_listed *listed = g_new0(struct dc_listed, 1);

	listed->directory = directory;
	listed->file = g_strdup(name);
	listed->key = info == NULL ? g_strdup(name) : g_strndup(name, (gsize)(info - name));
	listed->flags = info == NULL ? 0 : flags_of(info + 3);
	g_ptr_array_add(files, listed);
}

static int
read_part(
	const struct dc_listing *listing, int directory, GPtrArray *files, draftconv_error **error)
{
	DIR *stream = open_stream(directory);
	const struct dirent *entry;

	if (stream == NULL)
		return dc_error_set(
			error, DRAFTCONV_ERROR_OUTPUT, "directory: %s", g_strerror(errno));
	for (entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
		if (entry->d_name[0] == '.')
			continue;
		if (listing->maildir || g_str_has_suffix(entry->d_name, ".eml"))
			add(files, directory, entry->d_name, listing->maildir);
	}
	closedir(stream);
	return 0;
}

static gint
compare_keys(gconstpointer a, gconstpointer b)
{
	const struct dc_listed *const *left = a;
	const struct dc_listed *const *right = b;

	return strcmp((*left)->key, (*right)->key);
}

int
dc_listing_read(const struct dc_listing *listing, GPtrArray **files, draftconv_error **error)
{
	g_autoptr(GPtrArray) result = g_ptr_array_new_with_free_func(listed_free);
	int status = 0;

	if (listing->maildir) {
		/* new first: a client moves files from there to cur, never back */
		status = read_part(listing, listing->new, result, error);
		if (status >= 0)
			status = read_part(listing, listing->cur, result, error);
	} else {
		status = read_part(listing, listing->directory, result, error);
	}
	if (status < 0)
		return status;
	g_ptr_array_sort(result, compare_keys);
	*files = g_steal_pointer(&result);
	return 0;
}

const struct dc_listed *
dc_listing_find(const GPtrArray *files, const char *key)
{
	guint low = 0;
	guint high = files->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const struct dc_listed *listed = files->pdata[middle];
		int order = g_strcmp0(listed->key, key);

		if (order == 0)
			return listed;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

char *
dc_listing_flags(unsigned flags)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
		if ((flags & letters[i].flag) != 0)
			g_string_append_c(text, letters[i].letter);
	}
	return g_string_free(text, FALSE);
}
