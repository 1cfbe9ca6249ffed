/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sinks that write files: what lies on the disk, and that all of it is found again. */
#include "lib/sink/sink.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char message_text[] = "Message-ID: <draft.a@x.example>\r\nSubject: Hi\r\n\r\n"
				   "From here\r\n>From there\r\nFromage\r\n\r\nend\r\n";
static const char other_text[] =
	"Subject: x\r\nMESSAGE-ID:\r\n <draft.b@x.example>\r\n\r\n\r\nFrom\r\n";

struct scratch {
	char *directory;
	mode_t umask;
};

static void
scratch_begin(struct scratch *scratch, gconstpointer unused)
{
	(void)unused;
	scratch->directory = g_dir_make_tmp("draftconv-sink-XXXXXX", NULL);
	/* modes must not depend on it, whichever way it is odd */
	scratch->umask = umask(0277);
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	for (name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL;
		name = g_dir_read_name(dir)) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		remove_tree(child);
	}
	g_remove(path);
}

static void
scratch_end(struct scratch *scratch, gconstpointer unused)
{
	(void)unused;
	umask(scratch->umask);
	remove_tree(scratch->directory);
	g_free(scratch->directory);
}

/* Hands the text over in pieces of seven octets, which fall between CR and LF. */
static int
write_text(void *message, dc_write_func write, void *user, draftconv_error **error)
{
	const char *text = message;
	size_t left = strlen(text);

	while (left > 0) {
		size_t size = MIN(left, 7);
		int status = write(user, text, size, error);

		if (status < 0)
			return status;
		text += size;
		left -= size;
	}
	return 0;
}

static struct dc_put
put_of(const char *identity, const char *text)
{
	return (struct dc_put){.identity = identity,
		.size = strlen(text),
		.write_message = write_text,
		.message = (void *)(uintptr_t)text,
		.flags = DC_FLAG_DRAFT | DC_FLAG_SEEN,
		.date_s = 1104530645};
}

static dc_mailbox *
open_mailbox(const struct scratch *scratch, const char *scheme, const char *path,
	draftconv_sink **sink, const char *owner)
{
	g_autofree char *to = g_strdup_printf("%s%s/%s", scheme, scratch->directory, path);
	const struct dc_sink_account account = {.owner = owner};
	g_autoptr(draftconv_error) error = NULL;
	dc_mailbox *mailbox = NULL;

	g_assert_cmpint(draftconv_sink_open(to, NULL, sink, &error), ==, 0);
	g_assert_cmpint(dc_sink_open_mailbox(*sink, &account, true, NULL, &mailbox, &error), ==, 0);
	return mailbox;
}

static int
collect(void *user, const void *data, size_t size, draftconv_error **error)
{
	(void)error;
	g_string_append_len(user, data, (gssize)size);
	return 0;
}

static char *
fetch_text(dc_mailbox *mailbox, const char *name)
{
	GString *text = g_string_new(NULL);
	struct dc_fetch fetch = {.name = name, .write = collect, .user = text};

	g_assert_cmpint(dc_mailbox_fetch(mailbox, &fetch, 1, NULL), ==, 0);
	return g_string_free(text, !fetch.found);
}

/* Put, find by identity and by name, read back, in a kind of sink. */
static void
test_stored_messages_are_found(struct scratch *scratch, gconstpointer data)
{
	const char *scheme = data;
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox = open_mailbox(scratch, scheme, "box", &sink, "al@x.example");
	struct dc_put puts[] = {put_of("draft.a", message_text), put_of("draft.b", other_text)};
	const char *const identities[] = {"draft.a", "draft.c"};
	struct dc_look_query query = {.identities = identities, .n_identities = 2};
	g_autoptr(dc_look) look = NULL;

	g_assert_cmpint(dc_mailbox_put(mailbox, puts, 2, &query, &look, NULL), ==, 0);
	g_assert_cmpint(puts[0].outcome, ==, DC_PUT_STORED);
	g_assert_cmpint(puts[1].outcome, ==, DC_PUT_STORED);
	g_assert_cmpuint(look->n_copies, ==, 1);
	g_assert_cmpuint(look->facts.exists, ==, 2);
	g_assert_cmpstr(look->copies[0].identity, ==, "draft.a");
	g_assert_cmpstr(look->copies[0].name, ==, puts[0].name);
	g_assert_cmpuint(look->copies[0].size, ==, strlen(message_text));
	g_assert_cmpuint(strlen(puts[1].name), <, 256);

	const char *const names[] = {puts[1].name, "nothing"};
	const struct dc_look_query by_name = {.names = names, .n_names = 2};
	g_autoptr(dc_look) again = NULL;
	g_assert_cmpint(dc_mailbox_look(mailbox, &by_name, &again, NULL), ==, 0);
	g_assert_cmpuint(again->n_copies, ==, 1);
	g_assert_cmpstr(again->copies[0].identity, ==, "draft.b");
	g_autofree char *first = fetch_text(mailbox, puts[0].name);
	g_autofree char *second = fetch_text(mailbox, puts[1].name);
	g_autofree char *none = fetch_text(mailbox, "nothing");
	g_assert_cmpstr(first, ==, message_text);
	g_assert_cmpstr(second, ==, other_text);
	g_assert_null(none);
	dc_put_clear(&puts[0]);
	dc_put_clear(&puts[1]);
}

static void
test_a_second_copy_has_another_name(struct scratch *scratch, gconstpointer data)
{
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox = open_mailbox(scratch, data, "box", &sink, "al");
	struct dc_put puts[] = {put_of("draft.a", message_text), put_of("draft.a", message_text)};
	struct dc_put third = put_of("draft.a", message_text);
	const char *const identities[] = {"draft.a"};
	const struct dc_look_query query = {.identities = identities, .n_identities = 1};
	g_autoptr(dc_look) look = NULL;

	g_assert_cmpint(dc_mailbox_put(mailbox, puts, 2, NULL, NULL, NULL), ==, 0);
	g_assert_cmpint(dc_mailbox_put(mailbox, &third, 1, &query, &look, NULL), ==, 0);
	g_assert_cmpstr(puts[0].name, !=, puts[1].name);
	g_assert_cmpstr(puts[1].name, !=, third.name);
	g_assert_cmpuint(look->n_copies, ==, 3);
	dc_put_clear(&puts[0]);
	dc_put_clear(&puts[1]);
	dc_put_clear(&third);
}

static void
test_a_message_is_removed(struct scratch *scratch, gconstpointer data)
{
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox = open_mailbox(scratch, data, "box", &sink, "al");
	struct dc_put put = put_of("draft.a", message_text);

	g_assert_true(dc_sink_can_remove(sink));
	g_assert_true(dc_mailbox_facts(mailbox)->created);
	g_assert_cmpint(dc_mailbox_put(mailbox, &put, 1, NULL, NULL, NULL), ==, 0);
	g_assert_cmpint(dc_mailbox_delete_folder_if_empty(mailbox, 0, 0, NULL), ==, 0);
	struct dc_removal removals[] = {{.name = put.name}, {.name = "nothing"}};
	g_assert_cmpint(dc_mailbox_remove(mailbox, removals, 2, NULL), ==, 0);
	g_assert_cmpint(removals[0].outcome, ==, DC_REMOVE_DONE);
	g_assert_cmpint(removals[1].outcome, ==, DC_REMOVE_GONE);
	g_assert_cmpint(dc_mailbox_delete_folder_if_empty(mailbox, 0, 0, NULL), ==, 1);
	g_autofree char *path = g_build_filename(scratch->directory, "box", NULL);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	dc_put_clear(&put);
}

static void
assert_mode(const char *directory, const char *name, mode_t mode)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	struct stat info = {0};

	g_assert_cmpint(stat(path, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 07777, ==, mode);
}

static void
assert_file(const char *directory, const char *name, const char *want)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	g_autofree char *got = NULL;

	g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
	g_assert_cmpstr(got, ==, want);
}

static void
test_eml_lies_there_as_it_is(struct scratch *scratch, gconstpointer unused)
{
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox =
		open_mailbox(scratch, "eml:", "{owner}", &sink, "../.Al B\xc3\xa5@x.example");
	struct dc_put put = put_of("draft.a", message_text);
	static const char folder[] = "%2E.%2F.Al%20B%C3%A5@x.example";
	struct stat info = {0};

	(void)unused;
	g_assert_cmpint(dc_mailbox_put(mailbox, &put, 1, NULL, NULL, NULL), ==, 0);
	g_assert_cmpstr(put.name, ==, "draft.a.eml");
	g_autofree char *path = g_build_filename(folder, put.name, NULL);
	assert_mode(scratch->directory, folder, 0700);
	assert_mode(scratch->directory, path, 0600);
	assert_file(scratch->directory, path, message_text);
	g_autofree char *full = g_build_filename(scratch->directory, path, NULL);
	g_assert_cmpint(stat(full, &info), ==, 0);
	g_assert_cmpint(info.st_mtim.tv_sec, ==, 1104530645);
	dc_put_clear(&put);
}

static void
test_maildir_lies_there_as_others_write_it(struct scratch *scratch, gconstpointer unused)
{
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox = open_mailbox(scratch, "maildir:", "box", &sink, "al");
	struct dc_put put = put_of("draft.a", message_text);
	const char *const identities[] = {"draft.a"};
	const struct dc_look_query query = {.identities = identities, .n_identities = 1};
	g_autoptr(dc_look) look = NULL;

	(void)unused;
	g_assert_cmpint(dc_mailbox_put(mailbox, &put, 1, &query, &look, NULL), ==, 0);
	g_assert_cmpuint(look->copies[0].flags, ==, DC_FLAG_DRAFT | DC_FLAG_SEEN);
	g_assert_cmpint(look->copies[0].date_s, ==, 1104530645);
	g_autofree char *path = g_strdup_printf("box/cur/%s:2,DS", put.name);
	assert_mode(scratch->directory, "box/cur", 0700);
	assert_mode(scratch->directory, path, 0600);
	assert_file(scratch->directory, path,
		"Message-ID: <draft.a@x.example>\nSubject: Hi\n\n"
		"From here\n>From there\nFromage\n\nend\n");

	/* a client stars it, then the user throws it away */
	g_autofree char *from = g_build_filename(scratch->directory, path, NULL);
	g_autofree char *to = g_strdup_printf("%s/box/cur/%s:2,DFST", scratch->directory, put.name);
	g_assert_cmpint(g_rename(from, to), ==, 0);
	g_autoptr(dc_look) again = NULL;
	g_assert_cmpint(dc_mailbox_look(mailbox, &query, &again, NULL), ==, 0);
	g_assert_cmpuint(again->n_copies, ==, 1);
	g_assert_cmpstr(again->copies[0].name, ==, put.name);
	g_assert_cmpuint(again->copies[0].flags, ==,
		DC_FLAG_DRAFT | DC_FLAG_SEEN | DC_FLAG_FLAGGED | DC_FLAG_DELETED);
	dc_put_clear(&put);
}

static void
test_mbox_quotes_lines(struct scratch *scratch, gconstpointer unused)
{
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox = open_mailbox(scratch, "mbox:", "box", &sink, "al");
	struct dc_put puts[] = {put_of("draft.a", message_text), put_of("draft.b", other_text)};

	(void)unused;
	g_assert_false(dc_sink_can_remove(sink));
	for (int i = 0; i < 2; i++)
		g_assert_cmpint(dc_mailbox_put(mailbox, &puts[i], 1, NULL, NULL, NULL), ==, 0);
	assert_mode(scratch->directory, "box", 0600);
	assert_file(scratch->directory, "box",
		"From MAILER-DAEMON Fri Dec 31 22:04:05 2004\n"
		"Message-ID: <draft.a@x.example>\nSubject: Hi\n\n"
		">From here\n>>From there\nFromage\n\nend\n\n"
		"From MAILER-DAEMON Fri Dec 31 22:04:05 2004\n"
		"Subject: x\nMESSAGE-ID:\n <draft.b@x.example>\n\n\nFrom\n\n");
	g_assert_cmpstr(puts[0].name, ==, "draft.a");
	dc_put_clear(&puts[0]);
	dc_put_clear(&puts[1]);
}

static void
test_an_mbox_of_others_is_added_to(struct scratch *scratch, gconstpointer unused)
{
	g_autofree char *path = g_build_filename(scratch->directory, "box", NULL);
	g_autoptr(draftconv_sink) sink = NULL;
	struct dc_put put = put_of("draft.a", other_text);

	(void)unused;
	umask(022);
	/* no line end, and a mode of its own */
	g_assert_true(g_file_set_contents(path, "From x Thu\nA: b\n\ntext", -1, NULL));
	g_assert_cmpint(g_chmod(path, 0640), ==, 0);
	g_autoptr(dc_mailbox) mailbox = open_mailbox(scratch, "mbox:", "box", &sink, "al");
	g_assert_false(dc_mailbox_facts(mailbox)->created);
	g_assert_cmpint(dc_mailbox_put(mailbox, &put, 1, NULL, NULL, NULL), ==, 0);
	assert_mode(scratch->directory, "box", 0640);
	g_autofree char *got = NULL;
	g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
	g_assert_true(g_str_has_prefix(got, "From x Thu\nA: b\n\ntext\n\nFrom MAILER-DAEMON "));

	/* somebody holds a lock: not now */
	int descriptor = open(path, O_RDWR | O_CLOEXEC);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	g_assert_cmpint(fcntl(descriptor, F_OFD_SETLK, &lock), ==, 0);
	dc_put_clear(&put);
	g_assert_cmpint(
		dc_mailbox_put(mailbox, &put, 1, NULL, NULL, NULL), ==, DRAFTCONV_ERROR_TEMPORARY);
	g_assert_cmpint(put.outcome, ==, DC_PUT_NOT_SENT);
	close(descriptor);
}

static int
write_half(void *message, dc_write_func write, void *user, draftconv_error **error)
{
	int status = write(user, message, 20, error);

	return status < 0 ? status : dc_error_set(error, DRAFTCONV_ERROR_DAMAGED, "cut");
}

/* Files below DIRECTORY, hidden ones too. */
static guint
count_files(const char *directory)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;
	guint count = 0;

	for (name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL;
		name = g_dir_read_name(dir)) {
		g_autofree char *child = g_build_filename(directory, name, NULL);
		count += g_file_test(child, G_FILE_TEST_IS_DIR) ? count_files(child) : 1;
	}
	return count;
}

static void
test_half_a_message_leaves_nothing(struct scratch *scratch, gconstpointer data)
{
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox = open_mailbox(scratch, data, "box", &sink, "al");
	struct dc_put put = put_of("draft.a", message_text);

	put.write_message = write_half;
	g_assert_cmpint(
		dc_mailbox_put(mailbox, &put, 1, NULL, NULL, NULL), ==, DRAFTCONV_ERROR_DAMAGED);
	g_assert_cmpint(put.outcome, ==, DC_PUT_NOT_SENT);
	put.write_message = write_text;
	put.size--;
	g_assert_cmpint(
		dc_mailbox_put(mailbox, &put, 1, NULL, NULL, NULL), ==, DRAFTCONV_ERROR_DRAFT);
	g_assert_cmpuint(count_files(scratch->directory), ==, 0);
	g_assert_null(put.name);
}

static void
test_what_a_killed_run_left_is_cleared(struct scratch *scratch, gconstpointer data)
{
	bool maildir = strcmp(data, "maildir:") == 0;
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(draftconv_sink) later = NULL;

	dc_mailbox_close(open_mailbox(scratch, data, "box", &sink, "al"));
	umask(022);
	g_autofree char *base =
		g_build_filename(scratch->directory, "box", maildir ? "tmp" : ".", NULL);
	g_autofree char *dead = g_build_filename(base, ".draftconv-1-1", NULL);
	g_autofree char *alive = g_build_filename(base, ".draftconv-2-1", NULL);
	g_assert_true(g_file_set_contents(dead, "x", -1, NULL));
	g_assert_true(g_file_set_contents(alive, "x", -1, NULL));
	int descriptor = open(alive, O_RDWR | O_CLOEXEC);
	g_assert_cmpint(flock(descriptor, LOCK_EX), ==, 0);
	dc_mailbox_close(open_mailbox(scratch, data, "box", &later, "al"));
	g_assert_false(g_file_test(dead, G_FILE_TEST_EXISTS));
	g_assert_true(g_file_test(alive, G_FILE_TEST_EXISTS));
	close(descriptor);
}

static const struct refusal {
	const char *name;
	const char *to; /* %s is a directory that exists */
	bool may_create;
	int status; /* of the first of parsing and opening that fails */
} refusals[] = {
	{"a path is needed", "eml:", true, DRAFTCONV_ERROR_ARGUMENT},
	{"a placeholder must be known", "eml:%s/{x}", true, DRAFTCONV_ERROR_ARGUMENT},
	{"a missing directory is not made unasked", "eml:%s/x", false, DRAFTCONV_ERROR_NOT_FOUND},
	{"a missing Maildir is not made unasked", "maildir:%s", false, DRAFTCONV_ERROR_NOT_FOUND},
	{"a missing mbox is not made unasked", "mbox:%s/x", false, DRAFTCONV_ERROR_NOT_FOUND},
	{"parents are not made", "maildir:%s/x/y", true, DRAFTCONV_ERROR_OUTPUT},
	{"{local} needs an @", "eml:%s/{local}", true, DRAFTCONV_ERROR_PROFILE},
};

static void
test_refusal(struct scratch *scratch, gconstpointer data)
{
	const struct refusal *c = data;
	g_auto(GStrv) halves = g_strsplit(c->to, "%s", 2);
	g_autofree char *to = g_strjoinv(scratch->directory, halves);
	const struct dc_sink_account account = {.owner = "al"};
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox = NULL;
	g_autoptr(draftconv_error) error = NULL;
	int status = draftconv_sink_open(to, NULL, &sink, &error);

	if (status == 0)
		status =
			dc_sink_open_mailbox(sink, &account, c->may_create, NULL, &mailbox, &error);
	g_assert_cmpint(status, ==, c->status);
	g_assert_nonnull(error);
}

static void
test_standard_output_is_never_journalled(void)
{
	const struct dc_sink_account account = {.owner = "al"};
	g_autoptr(draftconv_sink) sink = NULL;
	g_autoptr(dc_mailbox) mailbox = NULL;
	g_autofree char *text = NULL;

	g_assert_cmpint(draftconv_sink_open("-", NULL, &sink, NULL), ==, 0);
	g_assert_false(dc_sink_is_journalled(sink));
	g_assert_cmpint(dc_sink_open_mailbox(sink, &account, false, NULL, &mailbox, NULL), ==, 0);
	g_assert_cmpint(dc_sink_describe(sink, &account, &text, NULL), ==, 0);
	g_assert_cmpstr(text, ==, "standard output");
}

static void
add(const char *name, gconstpointer data, void (*test)(struct scratch *, gconstpointer))
{
	g_test_add(name, struct scratch, data, scratch_begin, test, scratch_end);
}

int
main(int argc, char **argv)
{
	static const char *const schemes[] = {"eml:", "maildir:", "mbox:"};

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
		g_autofree char *found = g_strdup_printf("/%s/what is stored is found", schemes[i]);
		g_autofree char *second =
			g_strdup_printf("/%s/a second copy has another name", schemes[i]);
		g_autofree char *half =
			g_strdup_printf("/%s/half a message leaves nothing", schemes[i]);
		add(found, schemes[i], test_stored_messages_are_found);
		add(second, schemes[i], test_a_second_copy_has_another_name);
		add(half, schemes[i], test_half_a_message_leaves_nothing);
		if (strcmp(schemes[i], "mbox:") == 0)
			continue;
		g_autofree char *removed = g_strdup_printf("/%s/a message is removed", schemes[i]);
		g_autofree char *cleared =
			g_strdup_printf("/%s/what a killed run left is cleared", schemes[i]);
		add(removed, schemes[i], test_a_message_is_removed);
		add(cleared, schemes[i], test_what_a_killed_run_left_is_cleared);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autofree char *path = g_strdup_printf("/open/%s", refusals[i].name);
		add(path, &refusals[i], test_refusal);
	}
	add("/eml:/a file is the message as it is", NULL, test_eml_lies_there_as_it_is);
	add("/maildir:/files are as others write them", NULL,
		test_maildir_lies_there_as_others_write_it);
	add("/mbox:/lines that begin with From are quoted", NULL, test_mbox_quotes_lines);
	add("/mbox:/a file of others is added to", NULL, test_an_mbox_of_others_is_added_to);
	g_test_add_func("/-/it is never journalled", test_standard_output_is_never_journalled);
	return g_test_run();
}
