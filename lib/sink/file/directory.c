/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* eml: and maildir:, a file for each message in one directory or three. */
#include "lib/sink/internal.h"

#include "lib/sink/file/known.h"
#include "lib/sink/file/listing.h"
#include "lib/sink/file/store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* More copies of one draft than this are no accident any more. */
#define EML_COPIES_MAX 1000

struct directory_mailbox {
	dc_mailbox base;
	draftconv_sink *sink; /* borrowed */
	struct dc_listing listing;
	GCancellable *cancellable;
	char *path;
	unsigned counter; /* of temporary names */
};

static const char *
sink_name(bool maildir)
{
	return maildir ? "maildir" : "eml";
}

static int
ignore_bytes(void *user, const void *data, size_t size, draftconv_error **error)
{
	(void)user;
	(void)data;
	(void)size;
	(void)error;
	return 0;
}

static enum dc_form
form_of(const struct directory_mailbox *mailbox)
{
	return mailbox->listing.maildir ? DC_FORM_LF : DC_FORM_CRLF;
}

static int
add_copy(const struct directory_mailbox *mailbox, const struct dc_listed *listed,
	const char *identity, struct dc_look *look, draftconv_error **error)
{
	guint64 size = 0;
	struct stat info;
	int status = dc_store_read(listed->directory, listed->file, form_of(mailbox), ignore_bytes,
		NULL, &size, error);

	/* gone meanwhile is gone */
	if (status <= 0 || fstatat(listed->directory, listed->file, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return MIN(status, 0);
	const struct dc_copy copy = {.name = listed->key,
		.identity = identity,
		.size = size,
		.flags = listed->flags,
		.date_s = info.st_mtim.tv_sec};
	dc_look_add(look, &copy);
	return 0;
}

/* sink->data is the listing of the latest look. */
static void
directory_forget(draftconv_sink *sink)
{
	if (sink->data != NULL)
		g_ptr_array_unref(sink->data);
	sink->data = NULL;
}

/* The files as they are now, kept for the next look, of this account or another. */
static int
list_files(
	const struct directory_mailbox *mailbox, const GPtrArray **files, draftconv_error **error)
{
	GPtrArray *before = mailbox->sink->data;
	GPtrArray *now = NULL;
	int status = dc_listing_read(&mailbox->listing, &now, error);

	if (status < 0)
		return status;
	dc_known_take_over(now, before);
	directory_forget(mailbox->sink);
	mailbox->sink->data = now;
	*files = now;
	return 0;
}

/* Headers are read of all files, since clients save an edit under the same Message-ID. */
static int
directory_look(dc_mailbox *base, const struct dc_look_query *query, struct dc_look **look,
	draftconv_error **error)
{
	struct directory_mailbox *mailbox = (struct directory_mailbox *)base;
	g_autoptr(dc_look) result = dc_look_new();
	const GPtrArray *files = NULL;
	g_autoptr(GHashTable) names = dc_look_set(query->names, query->n_names);
	g_autoptr(GHashTable) identities = dc_look_set(query->identities, query->n_identities);
	int status = list_files(mailbox, &files, error);

	if (status < 0)
		return status;
	for (guint i = 0; i < files->len; i++) {
		struct dc_listed *listed = files->pdata[i];
		bool named = g_hash_table_contains(names, listed->key);

		status = dc_mailbox_check_cancelled(mailbox->cancellable, error);
		if (status < 0)
			return status;
		if (!named && query->n_identities == 0)
			continue;
		const char *identity = dc_known_identity(listed);
		if (!named && (identity == NULL || !g_hash_table_contains(identities, identity)))
			continue;
		status = add_copy(mailbox, listed, identity, result, error);
		if (status < 0)
			return status;
	}
	base->facts.exists = files->len;
	dc_look_finish(result, &base->facts);
	*look = g_steal_pointer(&result);
	return 0;
}

/* The last step: the file gets its name. @return 1, 0 when the name is taken, or OUTPUT */
static int
give_name(const struct directory_mailbox *mailbox, const char *temporary, const char *key,
	const struct dc_put *put, draftconv_error **error)
{
	const struct dc_listing *listing = &mailbox->listing;
	g_autofree char *flags = dc_listing_flags(put->flags);

	if (!listing->maildir)
		return dc_store_rename(
			listing->directory, temporary, listing->directory, key, error);
	g_autofree char *file = g_strconcat(key, ":2,", flags, NULL);
	return dc_store_rename(listing->tmp, temporary, listing->cur, file, error);
}

static int
name_message(const struct directory_mailbox *mailbox, const char *temporary, struct dc_put *put,
	guint64 size, draftconv_error **error)
{
	int status = 0;

	for (unsigned n = 1; status == 0 && n <= EML_COPIES_MAX; n++) {
		g_autofree char *key = NULL;

		if (mailbox->listing.maildir) {
			gint64 now = g_get_real_time();

			/* S and W spare Dovecot two looks into the file */
			key = g_strdup_printf("%" G_GINT64_FORMAT
					      ".M%06dP%ldQ%u.draftconv,S=%" G_GUINT64_FORMAT
					      ",W=%" G_GUINT64_FORMAT,
				now / G_USEC_PER_SEC, (int)(now % G_USEC_PER_SEC), (long)getpid(),
				mailbox->counter + n, size, put->size);
		} else {
			key = n == 1 ? g_strconcat(put->identity, ".eml", NULL)
				     : g_strdup_printf("%s-%u.eml", put->identity, n);
		}
		status = give_name(mailbox, temporary, key, put, error);
		if (status > 0)
			put->name = g_steal_pointer(&key);
	}
	if (status == 0)
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
			"%s: there are over %d copies of %s", mailbox->path, EML_COPIES_MAX,
			put->identity);
	return status;
}

#define TRIES_MAX 1000

/*
 * A new temporary file, locked, so that no other run takes it for a leftover: one that was quicker than the
 * lock costs another try, as does a name that another thread has. @return a descriptor, or OUTPUT
 */
static int
create_locked(
	struct directory_mailbox *mailbox, int directory, char **temporary, draftconv_error **error)
{
	struct stat info;

	for (int i = 0; i < TRIES_MAX; i++) {
		g_free(*temporary);
		*temporary = g_strdup_printf(
			DC_LISTING_TEMPORARY "%ld-%u", (long)getpid(), ++mailbox->counter);
		int descriptor = dc_store_create(directory, *temporary, NULL);
		if (descriptor < 0)
			continue;
		/* some file systems know no lock: there nobody takes leftovers away either */
		bool taken = flock(descriptor, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
		if (!taken && fstat(descriptor, &info) == 0 && info.st_nlink > 0)
			return descriptor;
		close(descriptor);
	}
	return dc_store_create(directory, *temporary, error);
}

static int
put_one(struct directory_mailbox *mailbox, struct dc_put *put, draftconv_error **error)
{
	const struct dc_listing *listing = &mailbox->listing;
	int directory = listing->maildir ? listing->tmp : listing->directory;
	g_autofree char *temporary = NULL;
	guint64 size = 0;
	int descriptor = create_locked(mailbox, directory, &temporary, error);

	if (descriptor < 0)
		return descriptor;
	/* the lock goes with the last of both, when the file has its name */
	int lock = dup(descriptor);
	int status = dc_store_message(descriptor, put, form_of(mailbox), &size, error);
	if (status < 0)
		close(descriptor);
	else
		status = dc_store_finish(descriptor, put->date_s, error);
	if (status >= 0)
		status = name_message(mailbox, temporary, put, size, error);
	if (lock >= 0)
		close(lock);
	if (status < 0) {
		dc_store_remove(directory, temporary, NULL);
		return status;
	}
	put->outcome = DC_PUT_STORED;
	put->keywords_dropped = put->keywords != NULL && put->keywords[0] != NULL;
	return 0;
}

static int
directory_put(dc_mailbox *base, struct dc_put *puts, size_t n, const struct dc_look_query *after,
	struct dc_look **after_look, draftconv_error **error)
{
	struct directory_mailbox *mailbox = (struct directory_mailbox *)base;

	for (size_t i = 0; i < n; i++) {
		int status = dc_mailbox_check_cancelled(mailbox->cancellable, error);

		if (status >= 0)
			status = put_one(mailbox, &puts[i], error);
		if (status < 0)
			return dc_error_prefix(error, status, "%s", mailbox->path);
	}
	return after == NULL ? 0 : directory_look(base, after, after_look, error);
}

static int
directory_remove(dc_mailbox *base, struct dc_removal *removals, size_t n, draftconv_error **error)
{
	struct directory_mailbox *mailbox = (struct directory_mailbox *)base;
	g_autoptr(GPtrArray) files = NULL;
	int status = dc_listing_read(&mailbox->listing, &files, error);

	if (status < 0)
		return status;
	for (size_t i = 0; i < n; i++) {
		const struct dc_listed *listed = dc_listing_find(files, removals[i].name);

		removals[i].outcome = DC_REMOVE_GONE;
		if (listed == NULL)
			continue;
		status = dc_store_remove(listed->directory, listed->file, error);
		if (status < 0) {
			removals[i].outcome = DC_REMOVE_UNKNOWN;
			return dc_error_prefix(error, status, "%s", mailbox->path);
		}
		removals[i].flags = listed->flags;
		if (status > 0)
			removals[i].outcome = DC_REMOVE_DONE;
	}
	return 0;
}

static int
directory_fetch(dc_mailbox *base, struct dc_fetch *fetches, size_t n, draftconv_error **error)
{
	struct directory_mailbox *mailbox = (struct directory_mailbox *)base;
	g_autoptr(GPtrArray) files = NULL;
	int status = dc_listing_read(&mailbox->listing, &files, error);

	for (size_t i = 0; status >= 0 && i < n; i++) {
		const struct dc_listed *listed = dc_listing_find(files, fetches[i].name);

		fetches[i].found = false;
		if (listed == NULL)
			continue;
		status = dc_store_read(listed->directory, listed->file, form_of(mailbox),
			fetches[i].write, fetches[i].user, NULL, error);
		fetches[i].found = status > 0;
	}
	return MIN(status, 0);
}

static int
directory_delete_if_empty(
	dc_mailbox *base, guint32 uidvalidity, guint32 uidnext, draftconv_error **error)
{
	(void)uidvalidity;
	(void)uidnext;
	struct directory_mailbox *mailbox = (struct directory_mailbox *)base;
	g_autoptr(GPtrArray) files = NULL;
	int status = dc_listing_read(&mailbox->listing, &files, error);

	if (status < 0 || files->len > 0)
		return MIN(status, 0);
	/* whoever delivers in between makes one of these fail, and nothing is lost */
	const char *const parts[] = {"new", "cur", "tmp"};
	for (size_t i = 0; mailbox->listing.maildir && i < G_N_ELEMENTS(parts); i++) {
		if (unlinkat(mailbox->listing.directory, parts[i], AT_REMOVEDIR) == 0)
			continue;
		while (i-- > 0)
			mkdirat(mailbox->listing.directory, parts[i], 0700);
		return 0;
	}
	return rmdir(mailbox->path) == 0 ? 1 : 0;
}

static void
directory_close(dc_mailbox *base)
{
	struct directory_mailbox *mailbox = (struct directory_mailbox *)base;

	dc_mailbox_clear(base);
	dc_listing_close(&mailbox->listing);
	g_clear_object(&mailbox->cancellable);
	g_free(mailbox->path);
	g_free(mailbox);
}

static const struct dc_mailbox_class directory_mailbox_class = {
	.look = directory_look,
	.put = directory_put,
	.remove = directory_remove,
	.fetch = directory_fetch,
	.delete_if_empty = directory_delete_if_empty,
	.close = directory_close,
};

static int
directory_open(draftconv_sink *sink, const struct dc_sink_account *account, bool may_create,
	GCancellable *cancellable, dc_mailbox **mailbox, draftconv_error **error)
{
	struct directory_mailbox *result = g_new0(struct directory_mailbox, 1);
	bool maildir = strcmp(sink->class->scheme, "maildir:") == 0;

	dc_mailbox_init(&result->base, &directory_mailbox_class);
	dc_listing_init(&result->listing, maildir);
	result->sink = sink;
	result->cancellable = cancellable == NULL ? NULL : g_object_ref(cancellable);
	result->base.facts.permanent_flags = ~0U;
	int status =
		dc_sink_expand(sink, account, sink->rest, DC_EXPAND_PATH, &result->path, error);
	if (status >= 0)
		status = dc_store_check_parent(result->path, error);
	if (status >= 0)
		status = dc_listing_open(&result->listing, result->path, may_create,
			&result->base.facts.created, error);
	if (status < 0) {
		directory_close(&result->base);
		return status;
	}
	g_autofree char *absolute = g_canonicalize_filename(result->path, NULL);
	result->base.destination = g_strdup_printf("%s %s", sink_name(maildir), absolute);
	result->base.description = g_strdup(result->path);
	*mailbox = &result->base;
	return 0;
}

static bool
directory_can_remove(const draftconv_sink *sink)
{
	(void)sink;
	return true;
}

const struct dc_sink_class dc_eml_class = {
	.scheme = "eml:",
	.journalled = true,
	.can_remove = directory_can_remove,
	.parse = dc_sink_file_parse,
	.describe = dc_sink_file_describe,
	.open = directory_open,
	.free = directory_forget,
};

const struct dc_sink_class dc_maildir_class = {
	.scheme = "maildir:",
	.journalled = true,
	.can_remove = directory_can_remove,
	.parse = dc_sink_file_parse,
	.describe = dc_sink_file_describe,
	.open = directory_open,
	.free = directory_forget,
};
