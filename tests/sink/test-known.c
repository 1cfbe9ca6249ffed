/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that many accounts have in common are read once, and again whenever somebody has changed them. */
#include "lib/sink/sink.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 5

/* Longer than a tick of the clock that stamps files. */
#define PAUSE_US (200 * 1000)

struct place {
	char *directory; /* of the files */
	char *top;
	bool maildir;
	draftconv_sink *sink;
	dc_mailbox *mailbox;
	int events;
};

static char *
text_of(const char *identity)
{
	return g_strdup_printf("Message-ID: <%s@x.example>\n\nHello\n", identity);
}

static char *
path_of(const struct place *place, int number)
{
	g_autofree char *name = g_strdup_printf("file-%d%s", number, place->maildir ? "" : ".eml");

	return g_build_filename(place->directory, name, NULL);
}

static void
write_file(const char *path, const char *identity)
{
	g_autofree char *text = text_of(identity);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, text, strlen(text)), ==, (ssize_t)strlen(text));
	close(fd);
}

static void
open_box(struct place *place, const char *owner)
{
	const struct dc_sink_account account = {.owner = owner};

	dc_mailbox_close(place->mailbox);
	g_assert_cmpint(
		dc_sink_open_mailbox(place->sink, &account, true, NULL, &place->mailbox, NULL), ==,
		0);
}

static void
place_begin(struct place *place, gconstpointer scheme)
{
	place->top = g_dir_make_tmp("draftconv-known-XXXXXX", NULL);
	place->maildir = strcmp(scheme, "maildir:") == 0;
	g_autofree char *to = g_strdup_printf("%s%s/box", (const char *)scheme, place->top);
	g_assert_cmpint(draftconv_sink_open(to, NULL, &place->sink, NULL), ==, 0);
	open_box(place, "al");
	place->directory = g_build_filename(place->top, "box", place->maildir ? "cur" : NULL, NULL);
	for (int i = 0; i < FILES; i++) {
		g_autofree char *path = path_of(place, i);
		g_autofree char *identity = g_strdup_printf("draft.%d", i);

		write_file(path, identity);
	}
	place->events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	g_assert_cmpint(place->events, >=, 0);
	g_assert_cmpint(inotify_add_watch(place->events, place->directory, IN_OPEN), >=, 0);
	g_usleep(PAUSE_US);
}

static void
place_end(struct place *place, gconstpointer scheme)
{
	const char *const parts[] = {"box/cur", "box/new", "box/tmp", "box", "."};

	(void)scheme;
	dc_mailbox_close(place->mailbox);
	draftconv_sink_free(place->sink);
	close(place->events);
	for (int i = 0; i < FILES; i++) {
		g_autofree char *path = path_of(place, i);

		g_unlink(path);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *path = g_build_filename(place->top, parts[i], NULL);

		g_rmdir(path);
	}
	g_free(place->directory);
	g_free(place->top);
}

/* How many files, not directories, were opened since the last call. */
static unsigned
opened(const struct place *place)
{
	union {
		struct inotify_event event;
		char bytes[16384];
	} buffer;
	unsigned count = 0;

	for (;;) {
		const ssize_t got = read(place->events, &buffer, sizeof buffer);

		if (got <= 0)
			return count;
		for (ssize_t at = 0; at < got;) {
			struct inotify_event event;

			memcpy(&event, buffer.bytes + at, sizeof event);
			count += event.len > 0 && (event.mask & IN_ISDIR) == 0;
			at += (ssize_t)sizeof event + (ssize_t)event.len;
		}
	}
}

static size_t
found(const struct place *place, const char *identity)
{
	const struct dc_look_query query = {.identities = &identity, .n_identities = 1};
	g_autoptr(dc_look) look = NULL;

	g_assert_cmpint(dc_mailbox_look(place->mailbox, &query, &look, NULL), ==, 0);
	g_assert_cmpuint(look->facts.exists, ==, FILES);
	return look->n_copies;
}

static void
test_what_is_known_is_not_read_again(struct place *place, gconstpointer scheme)
{
	(void)scheme;
	opened(place);
	g_assert_cmpuint(found(place, "draft.none"), ==, 0);
	g_assert_cmpuint(opened(place), ==, FILES);
	for (int i = 0; i < 3; i++) {
		open_box(place, i == 0 ? "kari" : "ola");
		opened(place);
		g_assert_cmpuint(found(place, "draft.none"), ==, 0);
		g_assert_cmpuint(opened(place), ==, 0);
	}
	/* the copy itself is looked at as ever */
	g_assert_cmpuint(found(place, "draft.2"), ==, 1);
	g_assert_cmpuint(opened(place), ==, 1);
}

static void
test_a_fresh_file_is_not_believed(struct place *place, gconstpointer scheme)
{
	g_autofree char *path = path_of(place, 1);

	(void)scheme;
	for (int i = 0; i < 20; i++) {
		g_autofree char *identity = g_strdup_printf("draft.%02d", i);

		write_file(path, identity);
		g_assert_cmpuint(found(place, identity), ==, 1);
	}
}

/* Same name, same inode, same size, and a modification time as it was. */
static void
test_a_file_written_over_is_read_again(struct place *place, gconstpointer scheme)
{
	g_autofree char *path = path_of(place, 1);
	const struct timespec times[2] = {{1104530645, 0}, {1104530645, 0}};

	(void)scheme;
	g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
	g_usleep(PAUSE_US);
	g_assert_cmpuint(found(place, "draft.1"), ==, 1);
	write_file(path, "draft.x");
	g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
	opened(place);
	g_assert_cmpuint(found(place, "draft.x"), ==, 1);
	g_assert_cmpuint(found(place, "draft.1"), ==, 0);
}

static void
test_a_file_in_the_place_of_another_is_read_again(struct place *place, gconstpointer scheme)
{
	g_autofree char *one = path_of(place, 1);
	g_autofree char *two = path_of(place, 2);
	g_autofree char *aside = g_build_filename(place->top, "aside", NULL);

	(void)scheme;
	g_assert_cmpuint(found(place, "draft.1"), ==, 1);
	g_assert_cmpint(g_rename(one, aside), ==, 0);
	g_assert_cmpint(g_rename(two, one), ==, 0);
	g_assert_cmpint(g_rename(aside, two), ==, 0);
	const char *const identities[] = {"draft.1"};
	const struct dc_look_query query = {.identities = identities, .n_identities = 1};
	g_autoptr(dc_look) look = NULL;
	g_assert_cmpint(dc_mailbox_look(place->mailbox, &query, &look, NULL), ==, 0);
	g_assert_cmpuint(look->n_copies, ==, 1);
	g_assert_true(g_str_has_prefix(look->copies[0].name, "file-2"));
	g_assert_cmpuint(found(place, "draft.2"), ==, 1);
}

/* By name only the named files are read; what the others hold is then still known, or read later. */
static void
test_a_look_by_name_forgets_nothing(struct place *place, gconstpointer scheme)
{
	const char *const names[] = {place->maildir ? "file-3" : "file-3.eml"};
	const struct dc_look_query query = {.names = names, .n_names = 1};
	g_autoptr(dc_look) first = NULL;
	g_autoptr(dc_look) second = NULL;

	(void)scheme;
	g_assert_cmpint(dc_mailbox_look(place->mailbox, &query, &first, NULL), ==, 0);
	g_assert_cmpuint(first->n_copies, ==, 1);
	g_assert_cmpuint(found(place, "draft.4"), ==, 1);
	g_assert_cmpint(dc_mailbox_look(place->mailbox, &query, &second, NULL), ==, 0);
	g_assert_cmpstr(second->copies[0].identity, ==, "draft.3");
	opened(place);
	g_assert_cmpuint(found(place, "draft.none"), ==, 0);
	g_assert_cmpuint(opened(place), ==, 0);
}

static void
add_test(const char *scheme, const char *title,
	void (*test)(struct place *place, gconstpointer scheme))
{
	g_autofree char *path = g_strdup_printf("/%s/%s", scheme, title);

	g_test_add(path, struct place, scheme, place_begin, test, place_end);
}

int
main(int argc, char **argv)
{
	static const char *const schemes[] = {"eml:", "maildir:"};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
		const char *scheme = schemes[i];

		add_test(scheme, "what is known is not read again",
			test_what_is_known_is_not_read_again);
		add_test(scheme, "a fresh file is not believed", test_a_fresh_file_is_not_believed);
		add_test(scheme, "a file written over is read again",
			test_a_file_written_over_is_read_again);
		add_test(scheme, "a file in the place of another is read again",
			test_a_file_in_the_place_of_another_is_read_again);
		add_test(scheme, "a look by name forgets nothing",
			test_a_look_by_name_forgets_nothing);
	}
	return g_test_run();
}
