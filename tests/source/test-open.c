/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an argument may be: packed, piped, transcoded, several, or no source at all. */
#include "events.h"

#include <glib/gstdio.h>

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <unistd.h>

#define SHORT "CREATE TABLE t (a int, b text);\nINSERT INTO t VALUES (1,'it\\'s'),(2,'"

/* A dump with a long value, and what its events are. */
static char *
make_dump(char **want)
{
	g_autofree char *body = g_strnfill(5000, 'y');

	*want = g_strdup_printf("t: 1|'it's'\nt: 2|*'%s'\n", body);
	return g_strdup_printf("%s%s');\n", SHORT, body);
}

struct place {
	char *directory;
	char *path;
};

static void
place_init(struct place *place)
{
	place->directory = g_dir_make_tmp("draftconv-XXXXXX", NULL);
	place->path = g_build_filename(place->directory, "some.dat", NULL);
}

static void
place_clear(struct place *place)
{
	g_unlink(place->path);
	g_rmdir(place->directory);
	g_free(place->directory);
	g_free(place->path);
}

/* Write DATA to PATH through one of libarchive's filters. */
static void
write_packed(const char *path, const char *filter, const char *data, gsize size)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	g_assert_cmpint(archive_write_add_filter_by_name(archive, filter), ==, ARCHIVE_OK);
	archive_write_set_format_raw(archive);
	archive_entry_set_filetype(entry, AE_IFREG);
	g_assert_cmpint(archive_write_open_filename(archive, path), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_data(archive, data, size), ==, (gssize)size);
	archive_entry_free(entry);
	archive_write_free(archive);
}

static char *
scan_path(const char *path, draftconv_source **source)
{
	g_autoptr(draftconv_error) error = NULL;
	struct events events = {0};

	if (draftconv_source_open(&path, 1, NULL, source, &error) < 0)
		return g_strdup_printf("error %d: %s", draftconv_error_code(error),
			draftconv_error_message(error));
	return events_scan(&events, *source, NULL);
}

static void
test_packed(gconstpointer data)
{
	const char *filter = data;
	g_autofree char *want = NULL;
	g_autofree char *dump = make_dump(&want);
	g_autoptr(draftconv_source) source = NULL;
	struct draftconv_source_facts facts;
	struct place place;

	place_init(&place);
	write_packed(place.path, filter, dump, strlen(dump));
	g_autofree char *got = scan_path(place.path, &source);
	g_assert_cmpstr(got, ==, want);
	g_assert_cmpint(
		draftconv_source_describe(source, 0, &facts, sizeof facts), ==, DRAFTCONV_OK);
	g_assert_cmpstr(facts.compression, ==, filter);
	g_assert_cmpuint(facts.bytes, ==, strlen(dump));

	/* A regular file can be read again. */
	struct events events = {0};
	g_autofree char *again = events_scan(&events, source, NULL);
	g_assert_cmpstr(again, ==, want);
	place_clear(&place);
}

static void
test_packed_cut(void)
{
	g_autoptr(GString) dump = g_string_new(SHORT "b')");
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	g_autoptr(draftconv_source) source = NULL;
	g_autofree char *packed = NULL;
	struct draftconv_source_facts facts;
	struct place place;
	gsize size = 0;

	for (int i = 0; i < 20000; i++)
		g_string_append_printf(dump, ",(%u,'x')", g_rand_int(rand));
	g_string_append(dump, ";\n");
	place_init(&place);
	write_packed(place.path, "gzip", dump->str, dump->len);
	g_assert_true(g_file_get_contents(place.path, &packed, &size, NULL));
	g_assert_cmpint(truncate(place.path, (off_t)(size * 3 / 4)), ==, 0);

	g_autofree char *got = scan_path(place.path, &source);
	g_assert_true(g_str_has_prefix(got, "t: 1|'it's'\nt: 2|'b'\n"));
	g_assert_true(dc_source_damaged(source));
	draftconv_source_describe(source, 0, &facts, sizeof facts);
	g_assert_cmpint(facts.completeness, ==, DRAFTCONV_SOURCE_CUT);
	g_assert_cmpuint(facts.rows, >, 5000);
	place_clear(&place);
}

static void
test_pipe(void)
{
	g_autofree char *want = NULL;
	g_autofree char *dump = make_dump(&want);
	g_autoptr(draftconv_source) source = NULL;
	int ends[2];

	g_assert_cmpint(pipe(ends), ==, 0);
	g_assert_cmpint(write(ends[1], dump, strlen(dump)), ==, (gssize)strlen(dump));
	close(ends[1]);
	g_autofree char *path = g_strdup_printf("/dev/fd/%d", ends[0]);
	g_autofree char *got = scan_path(path, &source);
	g_assert_cmpstr(got, ==, want);

	struct events events = {0};
	g_autofree char *again = events_scan(&events, source, NULL);
	g_assert_true(g_str_has_prefix(again, "error -1: "));
	close(ends[0]);
}

static void
test_utf16(void)
{
	g_autofree char *want = NULL;
	g_autofree char *dump = make_dump(&want);
	g_autoptr(draftconv_source) source = NULL;
	gsize size = 0;
	g_autofree char *wide = g_convert(dump, -1, "UTF-16", "UTF-8", NULL, &size, NULL);
	struct place place;

	place_init(&place);
	g_assert_true(g_file_set_contents(place.path, wide, (gssize)size, NULL));
	g_autofree char *got = scan_path(place.path, &source);
	g_assert_cmpstr(got, ==, want);
	g_assert_true(dc_findings_has(dc_source_findings(source), DC_FINDING_SOURCE_LOSSY));
	place_clear(&place);
}

/* A kept spool serves a second opening that does not scan. */
static void
test_spool(void)
{
	g_autofree char *want = NULL;
	g_autofree char *dump = make_dump(&want);
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_source) later = NULL;
	struct place place;

	place_init(&place);
	write_packed(place.path, "gzip", dump, strlen(dump));
	g_autofree char *spool = g_strconcat(place.path, ".spool", NULL);
	const struct dc_scan_options options = {.spool_path = spool};
	const char *path = place.path;
	struct events events = {0};

	g_assert_cmpint(draftconv_source_open(&path, 1, NULL, &source, NULL), ==, 0);
	g_autofree char *got = events_scan(&events, source, &options);
	g_assert_cmpstr(got, ==, want);
	g_assert_cmpint(draftconv_source_open(&path, 1, NULL, &later, NULL), ==, 0);
	g_assert_cmpint(dc_source_use_spool(later, spool, NULL), ==, 0);

	const struct dc_literal literal = {0, 32, 0, 5000};
	g_autoptr(dc_content) content = dc_source_literal_content(later, &literal);
	g_autoptr(GBytes) bytes = NULL;
	g_assert_cmpint(dc_content_load(content, 9999, &bytes, NULL), ==, 0);
	g_assert_cmpuint(g_bytes_get_size(bytes), ==, 5000);
	g_assert_cmpint(dc_content_size(content), ==, 5000);
	g_unlink(spool);
	place_clear(&place);
}

static void
test_fingerprint(void)
{
	guint8 first[DC_SOURCE_FINGERPRINT_SIZE];
	guint8 second[DC_SOURCE_FINGERPRINT_SIZE];
	guint64 size = 0;
	gint64 mtime = 0;

	for (int change = 0; change < 2; change++) {
		g_autofree char *want = NULL;
		g_autofree char *dump = make_dump(&want);
		g_autoptr(draftconv_source) source = NULL;

		if (change == 1)
			dump[3000] = 'z';
		g_autoptr(GBytes) bytes = g_bytes_new(dump, strlen(dump));
		g_assert_cmpint(dc_source_new_bytes(bytes, "dump", &source, NULL), ==, 0);
		g_assert_cmpint(dc_source_fingerprint(source, 0, change == 0 ? first : second,
					&size, &mtime, NULL),
			==, 1);
		g_assert_cmpuint(size, ==, strlen(dump));
	}
	g_assert_cmpint(memcmp(first, second, sizeof first), !=, 0);
}

/* A schema file and a data file, and a delta dump after a full one. */
static void
test_several(void)
{
	static const char *const texts[] = {
		"INSERT INTO t VALUES (1,'a');\n",
		"CREATE TABLE t (x int, y text);\nINSERT INTO t VALUES (2,'b');\n",
		"DROP TABLE t;\nCREATE TABLE t (y text, x int, z int);\nREPLACE INTO t VALUES "
		"('c',1,9);\n",
	};
	struct place places[3];
	const char *paths[3];
	g_autoptr(draftconv_source) source = NULL;
	struct events events = {.tables = true};

	for (int i = 0; i < 3; i++) {
		place_init(&places[i]);
		paths[i] = places[i].path;
		g_assert_true(g_file_set_contents(paths[i], texts[i], -1, NULL));
	}
	g_assert_cmpint(draftconv_source_open(paths, 3, NULL, &source, NULL), ==, 0);
	g_assert_cmpuint(draftconv_source_count(source), ==, 3);
	g_autofree char *got = events_scan(&events, source, NULL);
	g_assert_cmpstr(got, ==,
		"table t/(x:int::, y:text::)\nt: 1|'a'\nt: 2|'b'\n"
		"table t/(x:int::, y:text::, z:int::)\nt replace: 1|'c'|9\n");
	for (int i = 0; i < 3; i++)
		place_clear(&places[i]);
}

static const char schema[] =
	"CREATE TABLE t (a int(10) unsigned NOT NULL, b text, PRIMARY KEY (a));";

static void
test_schema(void)
{
	static const char dump[] =
		"INSERT INTO t VALUES (1,'x');INSERT INTO T (b,n) VALUES ('y',2);";
	g_autoptr(GBytes) bytes = g_bytes_new_static(dump, strlen(dump));
	g_autoptr(draftconv_source) source = NULL;
	const struct dc_scan_options options = {.schema = schema};
	struct events events = {.tables = true};

	g_assert_cmpint(dc_source_new_bytes(bytes, "dump", &source, NULL), ==, 0);
	g_autofree char *got = events_scan(&events, source, &options);
	g_assert_cmpstr(got, ==,
		"table t/(a:int(10) unsigned::!, b:text::; primary 0)\nt: 1|'x'\n"
		"table t/(a:int(10) unsigned::!, b:text::, n:::; primary 0)\nt: -|'y'|2\n");
}

static void
test_unwanted(void)
{
	g_autofree char *want = NULL;
	g_autofree char *dump = make_dump(&want);
	g_autoptr(GBytes) bytes = g_bytes_new(dump, strlen(dump));
	g_autoptr(draftconv_source) source = NULL;
	struct events events = {.unwanted_column = "b"};

	g_assert_cmpint(dc_source_new_bytes(bytes, "dump", &source, NULL), ==, 0);
	g_autofree char *got = events_scan(&events, source, NULL);
	g_assert_cmpstr(got, ==, "t: 1|-\nt: 2|-\n");
}

static const struct stranger_case {
	const char *name;
	const char *head;
	gsize size;
	const char *says;
} stranger_cases[] = {
	{"a zip archive", "PK\003\004xxxxxxxxxxx", 15, " MEMBER >unpacked.sql, and the same"},
	{"a zip archive's names", "PK\003\004xxxxxxxxxxx", 15, "unzip -l '"},
	{"a custom dump of PostgreSQL", "PGDMP\001\016", 7, "PostgreSQL"},
	{"a plain dump of PostgreSQL", "--\n-- PostgreSQL database dump\n--\nSET x = 1;\n", 46,
		"PostgreSQL"},
	{"an encrypted file", "-----BEGIN PGP MESSAGE-----\n\nxyz\n", 33, "gpg --decrypt '"},
	{"a table definition", "\xfe\x01\x09\x0c\x12\0\0", 7, "mariadb-dump"},
	{"an empty file", "", 0, "is empty"},
	{"a letter", "Dear all,\n\nthis is no dump.\n", 28, "is neither"},
	{"a text with words of SQL", "Dear all,\nuse the following\nset up as you like it;\n", 51,
		"is neither"},
	{"a document with a title", "# draftconv\n\ncreate a folder\n", 29, "is neither"},
	{"a page of a browser", "\n<!DOCTYPE html>\n<html><title>log in</title>\n", 45,
		"an HTML page"},
	{"the error of a dump", "mysqldump: Got error: 1045: Access denied for user 'x'\n", 55,
		"says why there is none: mysqldump: Got error: 1045: Access denied"},
	{"comments without a statement", "-- MySQL dump 10.11\n--\n-- Host: x\n# y\n", 38,
		"comments and no statement"},
	{"noise", "\x01\x02\x03\x04\x05", 5, "is neither"},
};

static void
test_stranger(gconstpointer data)
{
	const struct stranger_case *c = data;
	g_autoptr(draftconv_source) source = NULL;
	struct place place;

	place_init(&place);
	g_assert_true(g_file_set_contents(place.path, c->head, (gssize)c->size, NULL));
	g_autofree char *got = scan_path(place.path, &source);
	g_assert_true(g_str_has_prefix(got, "error -2: "));
	g_assert_nonnull(strstr(got, c->says));
	place_clear(&place);
}

static void
test_tar_in_gzip(void)
{
	g_autofree char *tar = g_malloc0(1024);
	g_autoptr(draftconv_source) source = NULL;
	struct place place;

	memcpy(tar + 257, "ustar", 5);
	strcpy(tar, "dump.sql");
	place_init(&place);
	write_packed(place.path, "gzip", tar, 1024);
	g_autofree char *got = scan_path(place.path, &source);
	g_assert_nonnull(strstr(got, "type: tar -tf '"));
	g_assert_nonnull(
		strstr(got, "' MEMBER >unpacked.sql, and the same command with unpacked.sql"));
	place_clear(&place);
}

static const struct directory_case {
	const char *name;
	const char *files[3];
	const char *says;
} directory_cases[] = {
	{"a data directory", {"ibdata1", "drafts.frm"}, "MySQL data directory"},
	{"a mydumper directory", {"metadata", "rb.drafts.sql"}, "mydumper"},
	{"a directory of --tab", {"drafts.sql", "drafts.txt"}, "mysqldump --tab"},
	{"a directory of dumps", {"drafts.sql"}, "name the files"},
	{"dumps with a note", {"drafts.sql", "note.txt", "more.sql"}, "name the files"},
	{"any other directory", {"README"}, "/FILE"},
	{"a directory with MySQL's settings", {"mysql/my.cnf", "fstab"}, ": is a directory"},
	{"a data directory of 3.23", {"mysql/user.frm"}, "MySQL data directory"},
	{"a data directory of MySQL 8", {"mysql.ibd"}, "MySQL data directory"},
};

static void
test_directory(gconstpointer data)
{
	const struct directory_case *c = data;
	g_autofree char *directory = g_dir_make_tmp("draftconv-XXXXXX", NULL);
	g_autoptr(draftconv_source) source = NULL;

	for (gsize i = 0; i < 3 && c->files[i] != NULL; i++) {
		g_autofree char *path = g_build_filename(directory, c->files[i], NULL);

		g_autofree char *parent = g_path_get_dirname(path);

		g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
		g_assert_true(g_file_set_contents(path, "x", 1, NULL));
	}
	g_autofree char *got = scan_path(directory, &source);
	g_assert_true(g_str_has_prefix(got, "error -2: "));
	g_assert_nonnull(strstr(got, c->says));
	for (gsize i = 0; i < 3 && c->files[i] != NULL; i++) {
		g_autofree char *path = g_build_filename(directory, c->files[i], NULL);

		g_autofree char *parent = g_path_get_dirname(path);

		g_unlink(path);
		g_rmdir(parent);
	}
	g_rmdir(directory);
}

static void
test_arguments(void)
{
	const char *nothing = "/nowhere/at/all";
	draftconv_source *source = NULL;

	g_assert_cmpint(draftconv_source_open(&nothing, 1, NULL, &source, NULL), ==,
		DRAFTCONV_ERROR_NOT_FOUND);
	g_assert_cmpint(draftconv_source_open(&nothing, 0, NULL, &source, NULL), ==,
		DRAFTCONV_ERROR_ARGUMENT);
	g_assert_cmpint(
		draftconv_source_open(NULL, 1, NULL, &source, NULL), ==, DRAFTCONV_ERROR_ARGUMENT);
	g_assert_null(source);
	g_assert_cmpuint(draftconv_source_count(NULL), ==, 0);
	draftconv_source_free(NULL);
}

int
main(int argc, char **argv)
{
	static const char *const filters[] = {"gzip", "zstd", "xz", "bzip2"};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
		g_autofree char *path = g_strdup_printf("/source/packed/%s", filters[i]);

		g_test_add_data_func(path, filters[i], test_packed);
	}
	g_test_add_func("/source/packed/a cut gzip file gives what is whole", test_packed_cut);
	g_test_add_func("/source/a pipe is read once", test_pipe);
	g_test_add_func("/source/UTF-16 is transcoded", test_utf16);
	g_test_add_func("/source/a kept spool serves later", test_spool);
	g_test_add_func("/source/fingerprints tell changes", test_fingerprint);
	g_test_add_func("/source/several sources are read as one", test_several);
	g_test_add_func("/source/the caller's schema names columns", test_schema);
	g_test_add_func("/source/a column that nobody wants is absent", test_unwanted);
	g_test_add_func("/source/stranger/a tar archive in gzip", test_tar_in_gzip);
	g_test_add_func("/source/arguments", test_arguments);
	for (gsize i = 0; i < G_N_ELEMENTS(stranger_cases); i++) {
		g_autofree char *path =
			g_strdup_printf("/source/stranger/%s", stranger_cases[i].name);

		g_test_add_data_func(path, &stranger_cases[i], test_stranger);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(directory_cases); i++) {
		g_autofree char *path =
			g_strdup_printf("/source/directory/%s", directory_cases[i].name);

		g_test_add_data_func(path, &directory_cases[i], test_directory);
	}
	return g_test_run();
}
