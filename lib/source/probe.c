/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an input is, by its first bytes; and for what is no source, the command to type. */
#include "lib/source/internal.h"
#include "lib/source/sql.h"

#include <string.h>

static const struct dc_format *const formats[] = {
	&dc_format_sql,
	&dc_format_xml,
	&dc_format_sqlite,
};

/* A file and no pipe, since some commands read the source several times; under a name that nobody's dump has. */
#define UNPACKED(command) command " >unpacked.sql, and the same command with unpacked.sql"
/* An archive may hold much else. */
#define MEMBERS(list, unpack) list " to see the names, then " UNPACKED(unpack)

struct stranger {
	gsize at;
	const char *magic;
	gsize size;
	const char *is;   /* "a zip archive" */
	const char *type; /* what to type; %s is the name */
};

static const struct stranger strangers[] = {
	{257, "ustar", 5, "a tar archive", MEMBERS("tar -tf %s", "tar -xOf %s MEMBER")},
	{0, "PK\003\004", 4, "a zip archive", MEMBERS("unzip -l %s", "unzip -p %s MEMBER")},
	{0, "7z\xbc\xaf\x27\x1c", 6, "a 7z archive", MEMBERS("7z l %s", "7z x -so %s MEMBER")},
	{0, "Rar!", 4, "a rar archive", MEMBERS("unrar lb %s", "unrar p -inul %s MEMBER")},
	{0, "-----BEGIN PGP MESSAGE", 22, "encrypted", UNPACKED("gpg --decrypt %s")},
	{0, "\x85\x01", 2, "encrypted", UNPACKED("gpg --decrypt %s")},
	{0, "\x85\x02", 2, "encrypted", UNPACKED("gpg --decrypt %s")},
	{0, "\x84\x5e", 2, "encrypted", UNPACKED("gpg --decrypt %s")},
	{0, "\x8c\x0d", 2, "encrypted", UNPACKED("gpg --decrypt %s")},
	{0, "Salted__", 8, "encrypted by openssl", UNPACKED("openssl enc -d -aes-256-cbc -in %s")},
	{0, "PGDMP", 5, "a PostgreSQL dump",
		"pg_restore -d COPY %s, then hand its tables over as a SQLite file"},
	{0, "\xfe\x01", 2, "a table definition of a MySQL data directory",
		UNPACKED("mariadb-dump DATABASE")},
	{0, "\xfe\xfe\x07", 3, "an index of a MySQL data directory",
		UNPACKED("mariadb-dump DATABASE")},
	{0, "\x1f\x9d", 2, "packed by compress", UNPACKED("gzip -dc %s")},
	{0, "\x5d\0\0", 3, "packed by lzma", UNPACKED("xz --format=lzma -dc %s")},
	{0, "LZIP", 4, "packed by lzip", UNPACKED("lzip -dc %s")},
	{0, "\x04\x22\x4d\x18", 4, "packed by lz4", UNPACKED("lz4 -dc %s")},
	{0, "XBSTCK", 6, "an xtrabackup stream",
		UNPACKED("restore it with xbstream and mariabackup, then mariadb-dump DATABASE")},
};

static const struct stranger *
find_stranger(const guint8 *head, gsize size)
{
	for (gsize i = 0; i < G_N_ELEMENTS(strangers); i++) {
		const struct stranger *s = &strangers[i];

		if (size >= s->at + s->size && memcmp(head + s->at, s->magic, s->size) == 0)
			return s;
	}
	return NULL;
}

const struct dc_format *
dc_probe_format(const guint8 *head, gsize size)
{
	const struct dc_format *best = NULL;
	int best_bid = 0;

	/* An archive of a dump may hold its SQL text as it is. */
	if (find_stranger(head, size) != NULL)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
		const int bid = formats[i]->bid(head, size);

		if (bid > best_bid) {
			best_bid = bid;
			best = formats[i];
		}
	}
	return best;
}

static bool
contains(const guint8 *head, gsize size, const char *text)
{
	return memmem(head, size, text, strlen(text)) != NULL;
}

/* The places of %s are the table's own: never the dump's. */
static char *
fill_in(const char *type, const char *name)
{
	g_autofree char *quoted = g_shell_quote(name);
	g_auto(GStrv) parts = g_strsplit(type, "%s", -1);

	return g_strjoinv(quoted, parts);
}

/* What a browser saves where the session is over or the server failed. */
static bool
is_page(const guint8 *head, gsize size)
{
	static const char *const starts[] = {"<!doctype html", "<html", "<head", "<br"};
	gsize at = size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < size && g_ascii_isspace((char)head[at]))
		at++;
	for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
		const gsize want = strlen(starts[i]);

		if (size - at >= want &&
			g_ascii_strncasecmp((const char *)head + at, starts[i], want) == 0)
			return true;
	}
	return false;
}

static gsize
line_length(const char *line, gsize size)
{
	gsize length = 0;

	while (length < size && line[length] != '\n' && line[length] != '\r')
		length++;
	return length;
}

/* What the program that was to write the dump said instead of it. [transfer full] NULL: it is none */
static char *
words_of_failure(const guint8 *head, gsize size)
{
	static const char *const starts[] = {
		"mysqldump: ", "mariadb-dump: ", "mysql: ", "mysqlpump: ", "mydumper: ", "ERROR ",
		"Error: ", "-bash: ", "bash: ", "sh: ", "ssh: ", "sudo: ", "Permission denied",
		"Access denied"};

	for (gsize at = 0; at < size;) {
		const char *line = (const char *)head + at;
		const gsize length = line_length(line, size - at);

		for (gsize i = 0; i < G_N_ELEMENTS(starts) && !sql_is_remark(head + at, length);
			i++) {
			if (length >= strlen(starts[i]) &&
				memcmp(line, starts[i], strlen(starts[i])) == 0)
				return g_utf8_make_valid(line, (gssize)MIN(length, 300));
		}
		at += length + 1;
	}
	return NULL;
}

static int
refuse_text(const char *name, const guint8 *head, gsize size, draftconv_error **error)
{
	g_autofree char *failure = words_of_failure(head, MIN(size, 4096));

	if (is_page(head, size))
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: is an HTML page, no dump: log in and export once more, and look at "
			"the file before you hand it over",
			name);
	if (failure != NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: is no dump, but says why there is none: %s; mend that and dump again",
			name, failure);
	if (sql_judge_text(head, size) == SQL_TEXT_COMMENTS)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: holds comments and no statement: the dump stopped at its beginning; "
			"dump again",
			name);
	return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
		"%s: is neither an SQL or XML dump nor a SQLite database", name);
}

int
dc_probe_refuse(const char *name, const guint8 *head, gsize size, draftconv_error **error)
{
	if (contains(head, MIN(size, 4096), "PostgreSQL database dump"))
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: a PostgreSQL dump is no source; load it (psql -f) and hand its tables "
			"over as a SQLite file",
			name);
	const struct stranger *stranger = find_stranger(head, size);
	if (stranger != NULL) {
		g_autofree char *type = fill_in(stranger->type, name);

		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: is %s, no source; type: %s", name, stranger->is, type);
	}
	return refuse_text(name, head, size, error);
}

/* Servers before InnoDB have nothing else in common; a folder of settings is called mysql as well. */
static bool
has_grants(const char *path)
{
	static const char *const files[] = {"user.frm", "db.frm", "global_priv.frm"};
	bool found = false;

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *file = g_build_filename(path, "mysql", files[i], NULL);

		found |= g_file_test(file, G_FILE_TEST_EXISTS);
	}
	return found;
}

/* Of each table mysqldump --tab writes NAME.sql, what it is, and beside it NAME.txt, its rows. */
static bool
has_rows_beside(const char *path, const char *name)
{
	if (!g_str_has_suffix(name, ".sql"))
		return false;
	g_autofree char *table = g_strndup(name, strlen(name) - strlen(".sql"));
	g_autofree char *file = g_strconcat(path, "/", table, ".txt", NULL);

	return g_file_test(file, G_FILE_TEST_EXISTS);
}

int
dc_probe_refuse_directory(const char *path, draftconv_error **error)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	g_autofree char *quoted = g_shell_quote(path);
	bool sql = false;
	bool tab = false;
	bool metadata = false;
	bool frm = false;

	for (const char *name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL;
		name = g_dir_read_name(dir)) {
		sql |= strstr(name, ".sql") != NULL;
		tab |= has_rows_beside(path, name);
		metadata |= g_str_equal(name, "metadata");
		frm |= g_str_has_suffix(name, ".frm") || g_str_has_suffix(name, ".ibd") ||
		       g_str_equal(name, "ibdata1");
	}
	if (frm || has_grants(path))
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: is a MySQL data directory; type: mariadbd --datadir=COPY-OF-%s "
			"--skip-grant-tables --skip-networking --socket=/tmp/s & then " UNPACKED(
				"mariadb-dump --socket=/tmp/s DATABASE"),
			path, quoted);
	if (metadata && sql)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: is a mydumper directory; type: draftconv ... %s/*.sql*", path, quoted);
	if (tab)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: is a directory of mysqldump --tab; load it into a server (cat "
			"%s/*.sql | mariadb COPY; mariadb-import --local COPY %s/*.txt), "
			"then: " UNPACKED("mariadb-dump COPY"),
			path, quoted, quoted);
	if (sql)
		return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
			"%s: is a directory; name the files in it: draftconv ... %s/*.sql", path,
			quoted);
	return dc_error_set(error, DRAFTCONV_ERROR_DAMAGED,
		"%s: is a directory, and a source is a file: name the dump in it: draftconv ... "
		"%s/FILE",
		path, quoted);
}
