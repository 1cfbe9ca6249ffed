/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "journal-fixture.h"

#include <glib/gstdio.h>

void
journal_set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->folder = g_dir_make_tmp("journal-XXXXXX", NULL);
	g_assert_nonnull(f->folder);
	f->path = g_build_filename(f->folder, "deep", "journal.db", NULL);
	g_assert_cmpint(draftconv_journal_open(f->path, true, &f->journal, NULL), ==, 0);
}

static void
remove_tree(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	if (dir != NULL) {
		while ((name = g_dir_read_name(dir)) != NULL) {
			g_autofree char *child = g_build_filename(path, name, NULL);

			remove_tree(child);
		}
		g_dir_close(dir);
	}
	g_remove(path);
}

void
journal_tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	draftconv_journal_free(f->journal);
	remove_tree(f->folder);
	g_free(f->path);
	g_free(f->folder);
}

void
journal_reopen(struct fixture *f)
{
	draftconv_journal_free(g_steal_pointer(&f->journal));
	g_assert_cmpint(draftconv_journal_open(f->path, false, &f->journal, NULL), ==, 0);
}

void
journal_add_test(const char *name, void (*test)(struct fixture *, gconstpointer))
{
	g_autofree char *path = g_strdup_printf("/journal/%s", name);

	g_test_add(path, struct fixture, NULL, journal_set_up, test, journal_tear_down);
}
