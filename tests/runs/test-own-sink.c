/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program with rows and a sink of its own, through the public interface alone. */
#include <draftconv/draftconv.h>

#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

static const char profile_text[] =
	"<profile xmlns='urn:draftconv:profile:1' name='own' identity='own' version='1'>"
	"<title>t</title><description>d</description>"
	"<defaults charset='utf-8' time-zone='UTC'/>"
	"<drafts>SELECT k AS key, o AS owner, m AS modified, s AS subject, b AS text FROM "
	"d</drafts>"
	"</profile>";

struct world {
	unsigned row;
	const char *subject; /* of the first draft; its row is newer when it changed */
	unsigned puts;
	GHashTable *stored; /* name -> subject line */
	bool can_ask;
	draftconv_run *run;
	unsigned ways;      /* that were told */
	unsigned cancel_at; /* with this put somebody ends the run; 0: never */
};

static int
begin_table(void *user, size_t index, struct draftconv_table *table)
{
	static const char *const columns[] = {"k", "o", "m", "s", "b"};
	struct world *world = user;

	world->row = 0;
	*table = (struct draftconv_table){.name = "d", .columns = columns, .column_count = 5};
	return index == 0;
}

static int
next_row(void *user, struct draftconv_value *values, size_t count)
{
	struct world *world = user;
	const bool changed = strcmp(world->subject, "first") != 0;
	const char *const rows[2][5] = {
		{"1", "kari", changed ? "2012-12-02 00:00:00" : "2012-12-01 00:00:00",
			world->subject, "a"},
		{"2", "kari", "2012-12-01 00:00:00", "second", "b"}};

	if (world->row == G_N_ELEMENTS(rows))
		return 0;
	for (size_t i = 0; i < count; i++)
		values[i] = (struct draftconv_value){.data = rows[world->row][i],
			.size = strlen(rows[world->row][i]),
			.charset = "utf8mb4"};
	world->row++;
	return 1;
}

static int
collect(void *user, const void *data, size_t size)
{
	g_string_append_len(user, data, (gssize)size);
	return 0;
}

static int
put(void *user, const struct draftconv_sink_item *item,
	int (*read)(void *context, draftconv_write write, void *write_user), void *context,
	char name[256])
{
	struct world *world = user;
	g_autoptr(GString) message = g_string_new(NULL);

	g_assert_cmpint(read(context, collect, message), ==, 0);
	g_assert_cmpuint(message->len, ==, item->size_bytes);
	g_snprintf(name, 256, "m%u", ++world->puts);
	char *line = strstr(message->str, "Subject: ");
	if (world->puts == world->cancel_at)
		draftconv_run_cancel(world->run);
	g_hash_table_insert(
		world->stored, g_strdup(name), g_strndup(line + 9, strcspn(line + 9, "\r")));
	return 0;
}

static int
has(void *user, const char *owner, const char *name)
{
	g_assert_cmpstr(owner, ==, "kari");
	return g_hash_table_contains(((struct world *)user)->stored, name);
}

static int
take_away(void *user, const char *owner, const char *name)
{
	g_assert_cmpstr(owner, ==, "kari");
	return g_hash_table_remove(((struct world *)user)->stored, name);
}

/* Before the first message. */
static bool
hear_way(void *user, const char *owner, const char *destination)
{
	struct world *world = user;

	g_assert_cmpstr(owner, ==, "kari");
	g_assert_cmpstr(destination, ==, "own");
	g_assert_cmpuint(world->puts, ==, 0);
	world->ways++;
	return true;
}

static int
run(struct world *world, const char *path, draftconv_summary *summary)
{
	const struct draftconv_rows rows = {
		.struct_size = sizeof rows, .user = world, .table = begin_table, .row = next_row};
	const struct draftconv_sink_callbacks callbacks = {.struct_size = sizeof callbacks,
		.destination = "own",
		.put = put,
		.has = world->can_ask ? has : NULL,
		.remove = world->can_ask ? take_away : NULL,
		.user = world};
	draftconv_source *source = NULL;
	draftconv_profile *profile = NULL;
	draftconv_sink *sink = NULL;
	draftconv_journal *journal = NULL;
	draftconv_run *it = draftconv_run_new();

	world->run = it;
	summary->struct_size = sizeof *summary;
	g_assert_cmpint(draftconv_source_new_rows(&rows, NULL, &source, NULL), ==, 0);
	g_assert_cmpint(
		draftconv_profile_parse(profile_text, strlen(profile_text), NULL, &profile, NULL),
		==, 0);
	g_assert_cmpint(draftconv_sink_new(&callbacks, &sink, NULL), ==, 0);
	g_assert_cmpint(draftconv_journal_open(path, true, &journal, NULL), ==, 0);
	const draftconv_run_options options = {.struct_size = sizeof options,
		.source = source,
		.profile = profile,
		.sink = sink,
		.journal = journal,
		.way = world->puts == 0 ? hear_way : NULL,
		.user = world};
	const int status = draftconv_run_convert(it, &options, summary, NULL);
	draftconv_run_free(it);
	draftconv_journal_free(journal);
	draftconv_sink_free(sink);
	draftconv_profile_free(profile);
	draftconv_source_free(source);
	return status;
}

static int
count_result(void *user, const draftconv_result *result)
{
	unsigned *counts = user;

	counts[result->outcome]++;
	return 0;
}

/* What was stored before Ctrl-C is counted and journalled, what was not is left undone. */
static void
test_cancelled(void)
{
	g_autofree char *folder = g_dir_make_tmp("draftconv-own-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "journal.db", NULL);
	g_autoptr(GHashTable) stored =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	struct world world = {
		.subject = "first", .stored = stored, .can_ask = true, .cancel_at = 1};
	unsigned counts[DRAFTCONV_OUTCOME_COUNT] = {0};
	draftconv_journal *journal = NULL;
	draftconv_summary summary;

	g_assert_cmpint(run(&world, path, &summary), ==, DRAFTCONV_ERROR_CANCELLED);
	g_assert_cmpuint(g_hash_table_size(stored), ==, 1);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_DELIVERED], ==, 1);
	g_assert_cmpuint(summary.drafts, ==, 1);
	g_assert_cmpuint(summary.undone, ==, 1);
	g_assert_cmpint(draftconv_journal_open(path, false, &journal, NULL), ==, 0);
	g_assert_cmpint(
		draftconv_journal_results(journal, NULL, count_result, counts, NULL), ==, 0);
	draftconv_journal_free(journal);
	g_assert_cmpuint(counts[DRAFTCONV_OUTCOME_DELIVERED], ==, 1);

	world.cancel_at = 0;
	g_assert_cmpint(run(&world, path, &summary), ==, 0);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_UNCHANGED], ==, 1);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_DELIVERED], ==, 1);
	g_assert_cmpuint(g_hash_table_size(stored), ==, 2);

	/* An update whose old text is still there is not told as done. */
	world.subject = "first, later";
	world.cancel_at = world.puts + 1;
	g_assert_cmpint(run(&world, path, &summary), ==, DRAFTCONV_ERROR_CANCELLED);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_DELIVERED], ==, 0);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_UPDATED], ==, 0);
	world.cancel_at = 0;
	g_assert_cmpint(run(&world, path, &summary), ==, 0);
	g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
	g_assert_cmpint(system(command), ==, 0);
}

static void
test_exactly_once(gconstpointer can_ask)
{
	g_autofree char *folder = g_dir_make_tmp("draftconv-own-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "journal.db", NULL);
	g_autoptr(GHashTable) stored =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	struct world world = {.subject = "first", .stored = stored, .can_ask = can_ask != NULL};
	draftconv_summary summary;

	g_assert_cmpint(run(&world, path, &summary), ==, 0);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_DELIVERED], ==, 2);
	g_assert_cmpuint(world.ways, ==, 1);
	g_assert_cmpint(run(&world, path, &summary), ==, 0);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_UNCHANGED], ==, 2);
	g_assert_cmpuint(world.puts, ==, 2);

	world.subject = "first, later";
	g_assert_cmpint(run(&world, path, &summary), ==, 0);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_UPDATED], ==, 1);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_UNCHANGED], ==, 1);
	/* Without remove the old text stays beside the new one. */
	g_assert_cmpuint(g_hash_table_size(stored), ==, world.can_ask ? 2 : 3);
	g_assert_cmpstr(g_hash_table_lookup(stored, "m3"), ==, "first, later");
	g_assert_cmpint(run(&world, path, &summary), ==, 0);
	g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_UNCHANGED], ==, 2);

	if (world.can_ask) {
		g_hash_table_remove(stored, "m2");
		g_assert_cmpint(run(&world, path, &summary), ==, 0);
		g_assert_cmpuint(summary.counts[DRAFTCONV_OUTCOME_KEPT], ==, 1);
		g_assert_cmpuint(world.puts, ==, 3);
	}
	g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
	g_assert_cmpint(system(command), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func(
		"/own sink/with has and remove each draft is there once", "", test_exactly_once);
	g_test_add_data_func(
		"/own sink/without them the journal knows it", NULL, test_exactly_once);
	g_test_add_func(
		"/own sink/a run that is cancelled tells of what it stored", test_cancelled);
	return g_test_run();
}
