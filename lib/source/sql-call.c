/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SQLite's .dump writes line breaks by function: replace(replace('a\012b','\r',char(13)),'\012',
 * char(10)), newer ones unistr('a\u000ab'). Such a value is worked out here; a long one through the
 * spool, since what has to be replaced is told only after the text.
 */
#include "lib/source/sql.h"

#include <string.h>
#include <unistd.h>

/* SQLite's shell has one replace() for CR and one for LF. */
#define NESTING_MAX 4
#define MARKER_MAX 64

struct call {
	struct dc_value text; /* the string, short or in the spool */
	enum {
		CALL_REPLACE,
		CALL_UNISTR
	} kind;
	char escape[12]; /* of unistr, as far as it was read */
	gsize escape_size;
	bool wrong; /* told once the string is read: then it is the same in any window */
};

/* ---- unistr ---- */

static int
put_letter(struct sql *sql, struct call *call)
{
	const char *digits = call->escape + 1;
	guint64 code = 0;
	char utf8[6];

	call->escape[call->escape_size] = '\0';
	if (g_ascii_isalpha(*digits) && strchr("uU", *digits) != NULL)
		digits++;
	else if (*digits == '+')
		digits++;
	call->escape_size = 0;
	if (!g_ascii_string_to_unsigned(digits, 16, 0, 0x10ffff, &code, NULL)) {
		call->wrong = true;
		return 0;
	}

	const int size = g_unichar_to_utf8((gunichar)code, utf8);
	return dc_collector_put(&sql->collector, (const guint8 *)utf8, (gsize)size, sql->error);
}

/* Bytes of an escape that begins as this one does; 0 while that cannot be told. */
static gsize
escape_length(const struct call *call)
{
	if (call->escape_size < 2)
		return 0;
	switch (call->escape[1]) {
	case '\\':
		return 2;
	case 'u':
		return 6;
	case 'U':
		return 10;
	case '+':
		return 8;
	default:
		return 5;
	}
}

static int
filter_unistr(struct sql *sql, void *user, const guint8 *data, gsize size)
{
	struct call *call = user;
	int status = 0;

	for (gsize i = 0; i < size && status == 0; i++) {
		if (call->escape_size == 0 && data[i] != '\\') {
			status = dc_collector_put(&sql->collector, data + i, 1, sql->error);
			continue;
		}
		call->escape[call->escape_size++] = (char)data[i];
		if (call->escape_size != escape_length(call))
			continue;
		if (call->escape_size > 2) {
			status = put_letter(sql, call);
			continue;
		}
		call->escape_size = 0;
		status = dc_collector_put(&sql->collector, (const guint8 *)"\\", 1, sql->error);
	}
	return status;
}

/* ---- replace ---- */

/* Bytes of the value so far: of the row's buffer, or read back from the spool. */
static int
value_bytes(struct sql *sql, const struct dc_value *value, guint64 at, guint8 *buffer, gsize size)
{
	const gsize want = (gsize)MIN((guint64)size, value->literal.length - at);
	dc_spool *spool = NULL;
	int status = dc_scan_spool(sql->scan, &spool, sql->error);

	if (status == 0)
		status = dc_spool_flush(spool, sql->error);
	if (status != 0)
		return status;
	if (pread(dc_spool_fd(spool), buffer, want, (off_t)(value->literal.offset + at)) !=
		(ssize_t)want)
		return dc_error_set(sql->error, DRAFTCONV_ERROR_OUTPUT,
			"temporary file for long values cannot be read");
	return 0;
}

/*
 * Put DATA with MARKER replaced by BYTE. @return bytes done with: up to a marker's length may be left,
 * unless it is LAST.
 */
static int
put_replaced(struct sql *sql, const guint8 *data, gsize size, bool last, const GString *marker,
	guint8 byte, gsize *done)
{
	int status = 0;

	*done = 0;
	while (status == 0 && *done < size) {
		const gsize left = size - *done;
		const guint8 *next = left < marker->len
					     ? NULL
					     : memmem(data + *done, left, marker->str, marker->len);
		gsize run = next == NULL ? left : (gsize)(next - (data + *done));

		if (next == NULL && !last)
			run = left < marker->len ? 0 : left - (marker->len - 1);
		status = dc_collector_put(&sql->collector, data + *done, run, sql->error);
		*done += run;
		if (next == NULL)
			break;
		if (status == 0)
			status = dc_collector_put(&sql->collector, &byte, 1, sql->error);
		*done += marker->len;
	}
	return status;
}

static int
replace_spooled(struct sql *sql, const struct dc_value *value, const GString *marker, guint8 byte)
{
	guint8 buffer[8192];
	guint64 at = 0;
	int status = 0;

	while (status == 0 && at < value->literal.length) {
		const gsize size = (gsize)MIN((guint64)sizeof buffer, value->literal.length - at);
		gsize done = 0;

		status = value_bytes(sql, value, at, buffer, size);
		if (status == 0)
			status = put_replaced(sql, buffer, size, at + size == value->literal.length,
				marker, byte, &done);
		at += done;
	}
	return status;
}

static int
replace(struct sql *sql, struct dc_value *value, const GString *marker, guint8 byte)
{
	const struct dc_literal nowhere = {0};
	guint8 text[DC_STAGE_SHORT_MAX];
	gsize done = 0;
	int status = 0;

	if (marker->len == 0 || value->kind != DC_VALUE_TEXT)
		return 0;
	if (!value->is_long && value->size > 0)
		memcpy(text, sql->bytes->data + value->literal.offset, value->size);
	dc_collector_begin(&sql->collector, true, true);
	if (value->is_long)
		status = replace_spooled(sql, value, marker, byte);
	else
		status = put_replaced(sql, text, value->size, true, marker, byte, &done);
	if (status == 0)
		dc_collector_end(&sql->collector, value, DC_VALUE_TEXT, sql->charset, &nowhere);
	return status;
}

static int
expect(struct sql *sql, char punct)
{
	int status = sql_next(sql);

	if (status == 0 && !sql_is_punct(sql, punct))
		return sql_broken(sql, "%c is missing in a function", punct);
	return status;
}

/* , 'marker', char(10) ) */
static int
replacement(struct sql *sql, struct dc_value *value, bool wanted)
{
	g_autoptr(GString) marker = NULL;
	guint64 code = 0;
	int status = expect(sql, ',');

	if (status == 0)
		status = sql_next(sql);
	if (status != 0)
		return status;
	if (sql->token.kind != SQL_STRING || sql->token.text->len > MARKER_MAX)
		return sql_broken(sql, "replace() without a text to replace");
	marker = g_string_new_len(sql->token.text->str, (gssize)sql->token.text->len);
	status = expect(sql, ',');
	if (status == 0)
		status = sql_next(sql);
	if (status == 0 && !sql_is_word(sql, "char"))
		return sql_broken(sql, "replace() without char()");
	if (status == 0)
		status = expect(sql, '(');
	if (status == 0)
		status = sql_next(sql);
	if (status == 0 &&
		!g_ascii_string_to_unsigned(sql->token.text->str, 10, 0, 127, &code, NULL))
		return sql_broken(sql, "char() without a number");
	if (status == 0)
		status = expect(sql, ')');
	if (status == 0)
		status = expect(sql, ')');
	if (status == 0 && wanted)
		status = replace(sql, value, marker, (guint8)code);
	return status;
}

/* The innermost string, from its quote on. */
static int
inner_string(struct sql *sql, struct call *call, bool wanted, struct dc_value *value)
{
	const struct dc_literal nowhere = {0};
	struct dc_literal_machine machine;

	if (sql_peek(sql) != '\'')
		return sql_broken(sql, "a function without a string");
	sql_skip(sql);
	dc_collector_begin(&sql->collector, wanted, true);
	dc_literal_init_string(&machine, DC_FLAVOUR_NO_BACKSLASH, '\'', 1);

	int status =
		sql_literal(sql, &machine, call->kind == CALL_UNISTR ? filter_unistr : NULL, call);
	if (status == 0 && (call->wrong || call->escape_size != 0))
		return sql_broken(sql, "unistr() with a wrong escape");
	if (status == 0)
		dc_collector_end(&sql->collector, value, DC_VALUE_TEXT, sql->charset, &nowhere);
	return status;
}

int
sql_call(struct sql *sql, const char *name, bool wanted, struct dc_value *value)
{
	struct call call = {.kind = CALL_REPLACE};
	int depth = 1;
	int status = 0;

	if (strcmp(name, "unistr") == 0) {
		call.kind = CALL_UNISTR;
		status = inner_string(sql, &call, wanted, value);
		return status != 0 ? status : expect(sql, ')');
	}
	if (strcmp(name, "replace") != 0) {
		status = sql_skip_parentheses(sql);
		return status != 0 ? status
				   : sql_expression(sql, "a value is a function, %s()", name);
	}
	while (status == 0 && g_ascii_isalpha(sql_peek(sql))) {
		status = sql_next(sql);
		if (status == 0 && (!sql_is_word(sql, "replace") || ++depth > NESTING_MAX))
			return sql_broken(sql, "replace() of something unknown");
		if (status == 0)
			status = expect(sql, '(');
	}
	if (status == 0)
		status = inner_string(sql, &call, wanted, value);
	for (; depth > 0 && status == 0; depth--)
		status = replacement(sql, value, wanted);
	return status;
}
