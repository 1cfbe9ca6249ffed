/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/temp.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

static char *
make(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, "a letter", -1, NULL));
	return path;
}

static void
make_old(const char *path)
{
	const struct utimbuf long_ago = {1000000000, 1000000000};

	g_assert_cmpint(utime(path, &long_ago), ==, 0);
}

static bool
exists(const char *path)
{
	GStatBuf about;

	return g_lstat(path, &about) == 0;
}

static void
test_private(void)
{
	g_autofree char *folder = g_dir_make_tmp("draftconv-temp-XXXXXX", NULL);
	g_autofree char *path = NULL;
	GStatBuf about;
	int lock = -1;
	const mode_t mask = umask(0);

	g_assert_cmpint(dc_temp_new(folder, "plan", &path, &lock, NULL), ==, 0);
	umask(mask);
	g_assert_cmpint(g_stat(path, &about), ==, 0);
	g_assert_cmpuint(about.st_mode & 07777, ==, 0600);
	dc_temp_remove(path, &lock);
	g_assert_cmpint(lock, ==, -1);
	g_assert_false(exists(path));
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void
test_left_behind(void)
{
	g_autofree char *folder = g_dir_make_tmp("draftconv-temp-XXXXXX", NULL);
	g_autofree char *left = make(folder, "draftconv-plan-abcdef");
	g_autofree char *stage = make(folder, "draftconv-stage-abcdef");
	g_autofree char *fresh = make(folder, "draftconv-plan-fresh0");
	g_autofree char *longer = make(folder, "draftconv-plan-abcdefg");
	g_autofree char *other = make(folder, "letter-plan-abcdef");
	g_autofree char *named = g_build_filename(folder, "draftconv-plan-linked", NULL);
	g_autofree char *held = NULL;
	g_autofree char *path = NULL;
	int holds = -1;
	int lock = -1;

	g_assert_cmpint(dc_temp_new(folder, "stage", &held, &holds, NULL), ==, 0);
	make_old(held);
	make_old(left);
	make_old(stage);
	make_old(longer);
	make_old(other);
	g_assert_cmpint(symlink(other, named), ==, 0);

	g_assert_cmpint(dc_temp_new(folder, "plan", &path, &lock, NULL), ==, 0);
	g_assert_false(exists(left));
	g_assert_false(exists(stage));
	g_assert_true(exists(fresh));
	g_assert_true(exists(longer));
	g_assert_true(exists(other));
	g_assert_true(exists(named));
	g_assert_true(exists(held));
	dc_temp_remove(held, &holds);
	dc_temp_remove(path, &lock);
	g_unlink(fresh);
	g_unlink(longer);
	g_unlink(other);
	g_unlink(named);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void
test_no_folder(void)
{
	draftconv_error *error = NULL;
	char *path = NULL;
	int lock = -1;

	g_assert_cmpint(dc_temp_new("/nowhere/at/all", "plan", &path, &lock, &error), ==,
		DRAFTCONV_ERROR_OUTPUT);
	g_assert_null(path);
	g_assert_nonnull(g_strstr_len(draftconv_error_message(error), -1, "/nowhere/at/all"));
	draftconv_error_free(error);
	dc_temp_remove(path, &lock);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/temp/private", test_private);
	g_test_add_func("/base/temp/left-behind", test_left_behind);
	g_test_add_func("/base/temp/no-folder", test_no_folder);
	return g_test_run();
}
