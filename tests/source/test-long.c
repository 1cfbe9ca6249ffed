/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A value far longer than memory should hold: scanned and read back in pieces. */
#include "lib/source/source.h"

#include <glib/gstdio.h>

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define PIECES 6000
#define PIECE_SIZE (16 * 1024)

/* Dense with what has to be escaped: every byte value in turn. */
static guint8
byte_at(guint64 place)
{
	return (guint8)(place * 7 + place / 251);
}

static void
write_dump(const char *path, bool hex)
{
	FILE *file = fopen(path, "w");
	guint64 place = 0;

	g_assert_nonnull(file);
	fputs("CREATE TABLE t (a int, b longblob, c int);\nINSERT INTO t VALUES (1,", file);
	fputs(hex ? "0x" : "_binary '", file);
	for (int piece = 0; piece < PIECES; piece++) {
		for (int i = 0; i < PIECE_SIZE; i++) {
			const guint8 byte = byte_at(place++);

			if (hex)
				fprintf(file, "%02X", byte);
			else if (byte == 0)
				fputs("\\0", file);
			else if (byte == '\'' || byte == '\\')
				fprintf(file, "\\%c", byte);
			else
				putc(byte, file);
		}
	}
	fputs(hex ? ",2);\n" : "',2);\n", file);
	g_assert_cmpint(fclose(file), ==, 0);
}

static int
keep_literal(void *user, const struct dc_row *row, draftconv_error **error)
{
	(void)error;
	g_assert_cmpuint(row->value_count, ==, 3);
	g_assert_true(row->values[1].is_long);
	g_assert_cmpuint(row->values[2].size, ==, 1);
	*(struct dc_literal *)user = row->values[1].literal;
	return 0;
}

static void
check_bytes(draftconv_source *source, const struct dc_literal *literal)
{
	g_autoptr(dc_reader) reader = NULL;
	guint8 buffer[10000];
	guint64 place = 0;
	gssize got = 0;

	g_assert_cmpint(dc_source_open_literal(source, literal, &reader, NULL), ==, 0);
	while ((got = dc_reader_read(reader, buffer, sizeof buffer, NULL)) > 0) {
		for (gssize i = 0; i < got; i++)
			g_assert_true(buffer[i] == byte_at(place++));
	}
	g_assert_cmpint(got, ==, 0);
	g_assert_cmpuint(place, ==, (guint64)PIECES * PIECE_SIZE);
}

static void
test_long(gconstpointer data)
{
	static const struct dc_source_handler handler = {.row = keep_literal};
	const bool hex = GPOINTER_TO_INT(data) != 0;
	g_autofree char *directory = g_dir_make_tmp("draftconv-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(directory, "dump", NULL);
	const char *argument = path;
	g_autoptr(draftconv_source) source = NULL;
	struct dc_literal literal = {0};
	struct rusage usage;

	write_dump(path, hex);
	g_assert_cmpint(draftconv_source_open(&argument, 1, NULL, &source, NULL), ==, 0);
	const gint64 begin = g_get_monotonic_time();
	g_assert_cmpint(dc_source_scan(source, &handler, &literal, NULL, NULL), ==, 0);
	g_test_message("%.2f GB/s",
		(double)literal.length / 1e3 / (double)(g_get_monotonic_time() - begin));
	check_bytes(source, &literal);
	g_assert_cmpint(getrusage(RUSAGE_SELF, &usage), ==, 0);
	g_assert_cmpint(usage.ru_maxrss, <, 32 * 1024);
	g_unlink(path);
	g_rmdir(directory);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func(
		"/source/long/98 MB of escaped bytes stream in bounded memory", NULL, test_long);
	g_test_add_data_func(
		"/source/long/196 MB of hexadecimal digits too", GINT_TO_POINTER(1), test_long);
	return g_test_run();
}
