/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SQL text: one statement after the other, and where sense begins again after damage. */
#include "lib/source/sql.h"

#include <string.h>

#define WORD_MAX 16

static int
insert_rows(struct sql *sql)
{
	return sql_insert(sql, false);
}

static int
replace_rows(struct sql *sql)
{
	return sql_insert(sql, true);
}

/* Statements by their first word; RESUME: sense may begin again with it after damage. */
static const struct statement {
	const char *word;
	bool resume;
	int (*read)(struct sql *sql);
} statements[] = {
	{"insert", true, insert_rows},
	{"replace", true, replace_rows},
	{"create", true, sql_create},
	{"drop", true, sql_drop},
	{"alter", true, sql_alter},
	{"truncate", true, sql_truncate},
	{"delete", false, sql_truncate},
	{"set", true, sql_set},
	{"use", true, sql_use},
	{"delimiter", true, sql_delimiter},
	{"pragma", false, sql_pragma},
	{"lock", true, sql_skip_statement},
	{"unlock", true, sql_skip_statement},
	{"commit", true, sql_skip_statement},
	{"rollback", false, sql_skip_statement},
	{"begin", false, sql_skip_statement},
	{"start", false, sql_skip_statement},
	{"analyze", false, sql_skip_statement},
	{"grant", false, sql_skip_statement},
	{"revoke", false, sql_skip_statement},
	{"flush", false, sql_skip_statement},
	{"change", false, sql_skip_statement},
	{"update", false, sql_update},
	{"select", false, sql_skip_statement},
	{"call", false, sql_skip_statement},
	{"install", false, sql_skip_statement},
	{"savepoint", false, sql_skip_statement},
	{"release", false, sql_skip_statement},
	{"rename", false, sql_skip_statement},
	{"optimize", false, sql_skip_statement},
	{"check", false, sql_skip_statement},
	{"prepare", false, sql_skip_statement},
	{"execute", false, sql_skip_statement},
	{"deallocate", false, sql_skip_statement},
};

static const struct statement *
find_statement(const char *word, bool resuming)
{
	for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
		if (strcmp(statements[i].word, word) == 0 && (statements[i].resume || !resuming))
			return &statements[i];
	}
	return NULL;
}

static void
read_word(struct sql *sql)
{
	g_string_truncate(sql->word, 0);
	for (int c = sql_peek(sql); c >= 0 && g_ascii_isalpha(c) && sql->word->len < WORD_MAX;
		c = sql_peek(sql)) {
		g_string_append_c(sql->word, g_ascii_tolower((char)c));
		sql_skip(sql);
	}
}

/*
 * After damage: on to the next line that begins a known statement or a comment. @return the statement
 * whose word was taken; NULL: a comment stands here, or the end.
 */
static const struct statement *
resume(struct sql *sql)
{
	strcpy(sql->delimiter, ";");
	sql->delimiter_size = 1;
	sql->in_version = false;
	for (int c = sql_peek(sql); c >= 0; c = sql_peek(sql)) {
		sql_skip(sql);
		if (c != '\n' && !(c == '\r' && sql->cr_ends_lines))
			continue;
		const gsize seen = dc_window_ensure(&sql->window, 3);
		const guint8 *at = sql->window.at;
		if (seen >= 3 && (memcmp(at, "-- ", 3) == 0 || memcmp(at, "/*!", 3) == 0 ||
					 memcmp(at, "--\n", 3) == 0))
			return NULL;
		read_word(sql);
		const struct statement *found = find_statement(sql->word->str, true);
		const int after = sql_peek(sql);
		if (found != NULL && (after == ' ' || after == '\t' || after == '`'))
			return found;
	}
	return NULL;
}

static void
report_damage(struct sql *sql)
{
	if (sql->in_row)
		dc_scan_damaged_row(sql->scan, sql->broken_at, sql->table, "%s", sql->broken);
	else
		dc_scan_damage(sql->scan, sql->broken_at, sql->table, "%s", sql->broken);
}

/* One statement, its first word being taken. @return 0, SQL_BROKEN, negative error */
static int
statement(struct sql *sql, const struct statement *known)
{
	int status = 0;

	sql->table[0] = '\0';
	sql->terminated = false;
	sql->marked = false;
	sql->in_row = false;
	if (known == NULL)
		return sql_broken(sql, "unknown statement");
	sql->restored = sql->restored && known->read == sql_set;
	status = known->read(sql);
	/* SQLite's shell writes all in one transaction; COMMIT is its end marker. */
	if (sql->sqlite && strcmp(known->word, "commit") == 0)
		sql->marked = true;
	if (status == 0 && !sql->terminated && !sql_take_delimiter(sql) && sql_peek(sql) >= 0)
		status = sql_broken(sql, "no semicolon after a statement");
	return status;
}

/* A line of the program's standard error that lost nothing. @return whether one was taken */
static bool
skip_remark(struct sql *sql)
{
	const gsize seen = dc_window_ensure(&sql->window, DC_WINDOW_AHEAD);

	if (!sql->terminated || !sql_is_remark(sql->window.at, seen))
		return false;
	for (int c = sql_peek(sql); c >= 0 && c != '\n' && !(c == '\r' && sql->cr_ends_lines);
		c = sql_peek(sql))
		sql_skip(sql);
	return true;
}

/* The next statement of ordinary text. @return as statement(), or SQL_AT_END */
#define SQL_AT_END (SQL_EXPRESSION + 1)

static int
next_statement(struct sql *sql)
{
	int status = sql_space(sql);

	if (status != 0)
		return status;
	if (sql_take_delimiter(sql))
		return 0;
	/* A file may change its delimiter and use the old one for an empty statement. */
	if (sql_peek(sql) == ';') {
		sql_skip(sql);
		return 0;
	}
	if (sql_peek(sql) < 0)
		return SQL_AT_END;
	if (skip_remark(sql))
		return 0;
	read_word(sql);
	return statement(sql, find_statement(sql->word->str, false));
}

static int
read_statements(struct sql *sql)
{
	int status = 0;

	while (status >= 0 && status != SQL_AT_END) {
		status = next_statement(sql);
		while (status == SQL_BROKEN && sql_peek(sql) >= 0) {
			report_damage(sql);
			const struct statement *known = resume(sql);
			/* At a comment the dump goes on; at the end nobody knows. */
			sql->terminated = known == NULL && sql_peek(sql) >= 0;
			status = known == NULL ? 0 : statement(sql, known);
		}
		if (status == SQL_BROKEN)
			return SQL_BROKEN; /* at the end of the input: it is cut */
	}
	return MIN(status, 0);
}

static void
judge_end(struct sql *sql, int status, const dc_stream *stream)
{
	struct dc_input *input = sql->input;

	if (sql->window.cancelled)
		return;
	if (stream->trouble != NULL)
		dc_scan_damage(sql->scan, sql_offset(sql), sql->table, "%s", stream->trouble);
	if (status == SQL_BROKEN || !sql->terminated || stream->trouble != NULL)
		dc_scan_cut(sql->scan, sql_offset(sql), sql->table, sql->in_row);
	else if (sql->marked || sql->restored)
		input->completeness = DRAFTCONV_SOURCE_COMPLETE;
	else
		dc_scan_unmarked(sql->scan);
}

static void
init(struct sql *sql, struct dc_scan *scan, struct dc_input *input, draftconv_error **error)
{
	gsize size = 0;
	const guint8 *head = g_bytes_get_data(input->head, &size);

	sql->scan = scan;
	sql->input = input;
	sql->error = error;
	sql->cr_ends_lines = memchr(head, '\n', size) == NULL && memchr(head, '\r', size) != NULL;
	sql->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	sql->token.text = g_string_new(NULL);
	sql->word = g_string_new(NULL);
	sql->bytes = g_byte_array_new();
	sql->values = g_array_new(FALSE, TRUE, sizeof(struct dc_value));
	sql->collector = (struct dc_collector){.scan = scan, .bytes = sql->bytes};
	sql->terminated = true;
	sql_reset(sql);
}

static void
clear(struct sql *sql)
{
	dc_window_clear(&sql->window);
	g_hash_table_unref(sql->variables);
	g_string_free(sql->token.text, TRUE);
	g_string_free(sql->word, TRUE);
	g_byte_array_unref(sql->bytes);
	g_array_unref(sql->values);
	g_free(sql->database);
}

static int
sql_scan(struct dc_scan *scan, struct dc_input *input, draftconv_error **error)
{
	g_autoptr(dc_stream) stream = NULL;
	struct sql sql = {0};
	int status = dc_input_stream(input, &stream, error);

	if (status < 0)
		return status;
	init(&sql, scan, input, error);
	dc_scan_window(scan, &sql.window, stream);
	if (dc_window_ensure(&sql.window, 3) >= 3 && memcmp(sql.window.at, "\xef\xbb\xbf", 3) == 0)
		sql.window.at += 3;
	if (input->utf16)
		dc_scan_find(scan, DC_FINDING_SOURCE_LOSSY, 0,
			"UTF-16: a shell has decoded the dump and written it anew");
	status = read_statements(&sql);
	input->byte_count = sql_offset(&sql);
	if (status >= 0)
		judge_end(&sql, status, stream);
	clear(&sql);
	return MIN(status, DRAFTCONV_OK);
}

const struct dc_format dc_format_sql = {
	.name = "SQL text", .text = true, .bid = sql_bid, .scan = sql_scan};
