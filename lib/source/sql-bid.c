/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a text is a dump: some line of its beginning begins a statement. Prose has lines that begin with
 * such words as well ("use the ...", "set up ..."), so what follows the word counts.
 */
#include "lib/source/sql.h"

#include <string.h>

/* What the program that writes a dump says on its standard error, where that went into the dump as well. */
static const char *const remarks[] = {"mysqldump: [Warning]", "mysqldump: Deprecated program name",
	"mariadb-dump: [Warning]", "mysqlpump: [WARNING]", "Warning: Using a password on",
	"Warning: Using unique option prefix", "mysql: [Warning]"};

bool
sql_is_remark(const guint8 *line, gsize size)
{
	for (gsize i = 0; i < G_N_ELEMENTS(remarks); i++) {
		const gsize want = strlen(remarks[i]);

		if (size >= want && memcmp(line, remarks[i], want) == 0)
			return true;
	}
	return false;
}

static bool
begins(const char *line, gsize size, const char *const *starts)
{
	for (; *starts != NULL; starts++) {
		const gsize want = strlen(*starts);

		if (size >= want && g_ascii_strncasecmp(line, *starts, want) == 0)
			return true;
	}
	return false;
}

/* USE x; with nothing else before the semicolon. */
static bool
is_use(const char *line, gsize size)
{
	gsize at = 4;

	while (at < size && line[at] == ' ')
		at++;
	while (at < size && line[at] != ' ' && line[at] != ';')
		at++;
	return at < size && line[at] == ';';
}

/* SET name = …; */
static bool
is_setting(const char *line, gsize size)
{
	gsize at = 4;

	while (at < size && (g_ascii_isalnum(line[at]) || line[at] == '_' || line[at] == '@' ||
				    line[at] == '.'))
		at++;
	while (at < size && line[at] == ' ')
		at++;
	return at < size && (line[at] == '=' || line[at] == ':');
}

static bool
is_statement(const char *line, gsize size)
{
	static const char *const starts[] = {"/*!", "/*M!", "insert into", "insert ignore",
		"insert delayed", "insert low_priority", "insert high_priority", "insert  ",
		"insert `", "replace into", "replace delayed", "replace low_priority", "replace `",
		"create table", "create database", "create schema", "create temporary",
		"create view", "create or", "create algorithm", "create definer", "create trigger",
		"create procedure", "create function", "create index", "create unique",
		"create event", "create user", "drop table", "drop database", "drop schema",
		"drop view", "drop procedure", "drop function", "drop trigger", "drop event",
		"drop temporary", "drop index", "alter table", "alter database", "set names",
		"set character", "set charset", "pragma ", "begin transaction", "begin;",
		"start transaction", "lock tables", "lock table ", "truncate table", "truncate `",
		"delimiter ;", "delimiter /", "delimiter $", "delimiter |", NULL};
	static const char *const use[] = {"use ", NULL};
	static const char *const set[] = {"set ", NULL};

	return begins(line, size, starts) || (begins(line, size, use) && is_use(line, size)) ||
	       (begins(line, size, set) && is_setting(line, size));
}

enum sql_text
sql_judge_text(const guint8 *head, gsize size)
{
	bool comments = false;
	bool others = false;
	gsize at = size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < size) {
		const char *line = (const char *)head + at;
		gsize length = 0;

		if (g_ascii_isspace(*line)) {
			at++;
			continue;
		}
		while (at + length < size && line[length] != '\n' && line[length] != '\r')
			length++;
		if (is_statement(line, length))
			return SQL_TEXT_STATEMENTS;
		if (*line == '#' || (length >= 2 && memcmp(line, "--", 2) == 0))
			comments = true;
		else
			others = others || !sql_is_remark(head + at, length);
		at += length;
	}
	return comments && !others ? SQL_TEXT_COMMENTS : SQL_TEXT_OTHER;
}

int
sql_bid(const guint8 *head, gsize size)
{
	/* PostgreSQL's dumps look alike and escape otherwise. */
	if (memmem(head, MIN(size, 4096), "PostgreSQL database dump", 24) != NULL)
		return 0;
	switch (sql_judge_text(head, size)) {
	case SQL_TEXT_STATEMENTS:
		return 50;
	case SQL_TEXT_COMMENTS: /* what comes after so many of them nobody has seen */
		return size < DC_HEAD_SIZE ? 0 : 10;
	case SQL_TEXT_OTHER:
		break;
	}
	return 0;
}
