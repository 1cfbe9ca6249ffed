/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of rows: numbers, words, strings with and without introducer, hexadecimal, bits. */
#include "lib/source/sql.h"

#include <string.h>

#define OUT_SIZE 4096

/* What tells that a value is long; more of it is read from its place when somebody asks. */
#define LONG_SIZE (DC_STAGE_SHORT_MAX + 16)

int
sql_literal(struct sql *sql, struct dc_literal_machine *machine, sql_filter filter, void *user)
{
	struct dc_window *window = &sql->window;
	enum dc_literal_result result = DC_LITERAL_MORE;
	guint8 out[OUT_SIZE];
	const gsize room = filter == NULL && !sql->collector.to_spool ? LONG_SIZE : sizeof out;
	int status = 0;

	while (result == DC_LITERAL_MORE && status == 0) {
		const bool eager = filter != NULL || dc_collector_eager(&sql->collector);
		gsize used = 0;
		gsize made = 0;

		if (sql_peek(sql) < 0) {
			result = dc_literal_finish(machine);
			break;
		}
		result = dc_literal_step(machine, window->at, (gsize)(window->end - window->at),
			&used, eager ? out : NULL, room, &made);
		window->at += used;
		if (filter != NULL)
			status = filter(sql, user, out, made);
		else
			status = dc_collector_put(&sql->collector, out, made, sql->error);
	}
	if (status == 0 && result == DC_LITERAL_BAD)
		return sql_broken(sql, machine->base != 0 ? "hexadecimal digits or bits are wrong"
							  : "a string is not closed");
	return status;
}

/* What a literal is, found before its quote: N'…', x'…', _latin1 '…'. */
struct prefix {
	guint64 offset;
	enum dc_value_kind kind;
	const char *charset;
};

static int
take_literal(struct sql *sql, struct dc_literal_machine *machine, const struct prefix *prefix,
	struct dc_value *value)
{
	struct dc_literal literal = {.input = sql->input->index, .flavour = machine->flavour};
	int status = sql_literal(sql, machine, NULL, NULL);

	if (status != 0)
		return status;
	literal.offset = prefix->offset;
	literal.length = machine->length;
	dc_collector_end(&sql->collector, value, prefix->kind, prefix->charset, &literal);
	return 0;
}

/* From an opening quote on. */
static int
quoted(struct sql *sql, const struct prefix *prefix, struct dc_value *value)
{
	struct dc_literal_machine machine;
	const guint32 flavour =
		(guint32)sql->family | (sql->no_backslash ? DC_FLAVOUR_NO_BACKSLASH : 0);
	const int quote = sql_peek(sql);

	sql_skip(sql);
	dc_literal_init_string(&machine, flavour, (guint8)quote, sql_offset(sql) - prefix->offset);
	return take_literal(sql, &machine, prefix, value);
}

static int
digits(struct sql *sql, guint8 base, guint8 quote, const struct prefix *prefix,
	struct dc_value *value)
{
	struct dc_literal_machine machine;

	dc_literal_init_digits(&machine, base, quote, sql_offset(sql) - prefix->offset);
	return take_literal(sql, &machine, prefix, value);
}

static bool
is_number_byte(int c)
{
	return g_ascii_isdigit(c) || c == '.' || c == '+' || c == '-' || c == 'e' || c == 'E';
}

/* A bare number, as it stands: 17, -1.50, +1e-3. */
static int
number(struct sql *sql, struct dc_value *value)
{
	const struct dc_literal nowhere = {0};
	guint8 text[DC_STAGE_SHORT_MAX];
	gsize size = 0;

	for (int c = sql_peek(sql); c >= 0 && is_number_byte(c); c = sql_peek(sql)) {
		const bool sign = c == '+' || c == '-';

		/* 2-1 is an expression. */
		if (sign && size > 0 && g_ascii_tolower((char)text[size - 1]) != 'e')
			break;
		if (size >= sizeof text)
			return sql_broken(sql, "a number has too many digits");
		text[size++] = (guint8)c;
		sql_skip(sql);
	}
	if (size == 1 && !g_ascii_isdigit(text[0]))
		return sql_expression(sql, "a value is an expression");

	int status = dc_collector_put(&sql->collector, text, size, sql->error);
	if (status == 0)
		dc_collector_end(&sql->collector, value, DC_VALUE_NUMBER, "", &nowhere);
	return status;
}

/* 0x…, 0b… or a number. */
static int
zero(struct sql *sql, const struct prefix *prefix, struct dc_value *value)
{
	const gsize seen = dc_window_ensure(&sql->window, 2);
	const int letter = seen > 1 ? g_ascii_tolower((char)sql->window.at[1]) : 0;

	if (letter == 'x' || letter == 'b') {
		sql->window.at += 2;
		return digits(sql, letter == 'x' ? 16 : 2, 0, prefix, value);
	}
	return number(sql, value);
}

/* _charset: the literal that follows is in that character set. */
static int
introduced(struct sql *sql, const char *charset, struct prefix *prefix, struct dc_value *value)
{
	g_autofree char *folded = g_ascii_strdown(charset, -1);
	int status = sql_space(sql);
	const int c = sql_peek(sql);

	if (status != 0)
		return status;
	prefix->kind = strcmp(folded, "binary") == 0 ? DC_VALUE_BYTES : DC_VALUE_TEXT;
	prefix->charset = dc_catalog_intern(sql->scan->catalog, folded);
	if (c == '\'' || c == '"')
		return quoted(sql, prefix, value);
	if (c == '0' && dc_window_ensure(&sql->window, 2) > 1)
		return zero(sql, prefix, value);
	if ((c == 'x' || c == 'X') && dc_window_ensure(&sql->window, 2) > 1 &&
		sql->window.at[1] == '\'') {
		sql->window.at += 2;
		return digits(sql, 16, '\'', prefix, value);
	}
	return sql_broken(sql, "no string after _%s", folded);
}

static int
simple(struct sql *sql, enum dc_value_kind kind, const char *text, struct dc_value *value)
{
	const struct dc_literal nowhere = {0};
	int status =
		dc_collector_put(&sql->collector, (const guint8 *)text, strlen(text), sql->error);

	if (status == 0)
		dc_collector_end(&sql->collector, value, kind, "", &nowhere);
	return status;
}

/* A clock's value is never the present time; it counts as if it were left to the column's default. */
static bool
is_clock(const char *word)
{
	static const char *const clocks[] = {"now", "current_timestamp", "localtimestamp", NULL};

	return g_strv_contains(clocks, word);
}

static int
clock_value(struct sql *sql, struct dc_value *value)
{
	int status = sql_space(sql);

	if (status == 0 && sql_peek(sql) == '(') {
		sql_skip(sql);
		status = sql_skip_parentheses(sql);
	}
	return status != 0 ? status : simple(sql, DC_VALUE_ABSENT, "", value);
}

static int
named_word(struct sql *sql, const char *word, bool wanted, struct dc_value *value)
{
	static const struct {
		const char *word;
		enum dc_value_kind kind;
		const char *text;
	} words[] = {
		{"null", DC_VALUE_NULL, ""},
		{"default", DC_VALUE_ABSENT, ""},
		{"true", DC_VALUE_NUMBER, "1"},
		{"false", DC_VALUE_NUMBER, "0"},
		{"inf", DC_VALUE_NUMBER, "1e999"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(word, words[i].word) == 0)
			return simple(sql, words[i].kind, words[i].text, value);
	}
	if (is_clock(word))
		return clock_value(sql, value);

	int status = sql_space(sql);
	if (status == 0 && sql_peek(sql) == '(') {
		sql_skip(sql);
		return sql_call(sql, word, wanted, value);
	}
	return status != 0 ? status : sql_broken(sql, "no value: %s", word);
}

/* A value that begins with a letter. */
static int
word_value(struct sql *sql, struct prefix *prefix, bool wanted, struct dc_value *value)
{
	char word[DC_SQL_NAME_MAX + 1];
	gsize size = 0;

	for (int c = sql_peek(sql); c == '_' || (c >= 0 && g_ascii_isalnum(c)); c = sql_peek(sql)) {
		if (size >= DC_SQL_NAME_MAX)
			return sql_broken(sql, "no value");
		word[size++] = (char)g_ascii_tolower((char)c);
		sql_skip(sql);
	}
	word[size] = '\0';
	if (size == 0)
		return sql_broken(sql, "no value");
	if (word[0] == '_')
		return introduced(sql, word + 1, prefix, value);
	if (sql_peek(sql) != '\'' || size != 1)
		return named_word(sql, word, wanted, value);
	if (word[0] == 'n') {
		prefix->charset = dc_catalog_intern(sql->scan->catalog, "utf8");
		return quoted(sql, prefix, value);
	}
	if (word[0] != 'x' && word[0] != 'b')
		return sql_broken(sql, "no value");
	sql_skip(sql);
	prefix->kind = DC_VALUE_BYTES;
	return digits(sql, word[0] == 'x' ? 16 : 2, '\'', prefix, value);
}

/* \N, which some tools write for NULL. */
static int
backslash_value(struct sql *sql, struct dc_value *value)
{
	if (dc_window_ensure(&sql->window, 2) < 2 || sql->window.at[1] != 'N')
		return sql_broken(sql, "no value");
	sql->window.at += 2;
	return simple(sql, DC_VALUE_NULL, "", value);
}

int
sql_value(struct sql *sql, bool wanted, struct dc_value *value)
{
	dc_collector_begin(&sql->collector, wanted, sql->input->spooled);
	if (sql_plain_value(sql, value))
		return 0;

	const int c = sql_peek(sql);
	struct prefix prefix = {
		.offset = sql_offset(sql), .kind = DC_VALUE_TEXT, .charset = sql->charset};

	if (c < 0)
		return sql_broken(sql, "a row is not closed");
	if (c == '\'' || (c == '"' && !sql->ansi_quotes && !sql->sqlite))
		return quoted(sql, &prefix, value);
	if (c == '0') {
		prefix.kind = DC_VALUE_BYTES;
		return zero(sql, &prefix, value);
	}
	if (is_number_byte(c) && c != 'e' && c != 'E')
		return number(sql, value);
	if (c == '(' || c == '@' || c == '~' || c == '!')
		return sql_expression(sql, "a value is an expression");
	if (c == '\\')
		return backslash_value(sql, value);
	return word_value(sql, &prefix, wanted, value);
}
