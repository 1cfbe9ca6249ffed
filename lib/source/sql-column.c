/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands between the parentheses of CREATE TABLE: columns and keys, one item at a time. */
#include "lib/source/sql.h"

#include <string.h>

/* A column as its words come by. */
struct column {
	struct dc_column column; /* strings are set at the end */
	GString *type;
	GString *charset;
	GString *collation;
	bool binary;
	bool in_type; /* no attribute yet: words belong to the type */
	bool primary;
	bool unique;
};

const char *
sql_intern_folded(struct sql *sql, const char *text)
{
	g_autofree char *folded = g_ascii_strdown(text, -1);

	return dc_catalog_intern(sql->scan->catalog, folded);
}

/* The value after a word: [=] token. */
int
sql_option_value(struct sql *sql)
{
	int status = sql_next(sql);

	if (status == 0 && sql_is_punct(sql, '='))
		status = sql_next(sql);
	return status;
}

/* "latin1_swedish_ci" is a collation of latin1. */
const char *
sql_charset_of_collation(struct sql *sql, const char *collation)
{
	const char *end = strchr(collation, '_');
	g_autofree char *charset =
		end == NULL ? g_strdup(collation) : g_strndup(collation, (gsize)(end - collation));

	return dc_catalog_intern(sql->scan->catalog, charset);
}

/* ( … ) of a type, as it stands, its '(' being taken. */
static int
type_arguments(struct sql *sql, GString *type)
{
	g_string_append_c(type, '(');
	for (;;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql->token.kind == SQL_END || sql_is_punct(sql, '('))
			return sql_broken(sql, "the type of a column is not closed");
		if (type->len + sql->token.text->len > DC_TYPE_MAX)
			continue;
		if (sql->token.kind == SQL_STRING) {
			g_auto(GStrv) parts = g_strsplit(sql->token.text->str, "'", -1);
			g_autofree char *text = g_strjoinv("''", parts);

			g_string_append_printf(type, "'%s'", text);
		} else if (sql->token.kind == SQL_PUNCT) {
			g_string_append_c(type, sql->token.punct);
		} else {
			g_string_append(type, sql->token.text->str);
		}
		if (sql_is_punct(sql, ')'))
			return 0;
	}
}

/* Attributes that end the type; what follows some of them is theirs. */
static int
attribute(struct sql *sql, struct column *column, bool *known)
{
	struct dc_column *c = &column->column;
	int status = 0;

	*known = true;
	if (sql_is_word(sql, "unsigned")) {
		c->is_unsigned = true;
	} else if (sql_is_word(sql, "zerofill")) {
		c->zerofill = c->is_unsigned = true;
	} else if (sql_is_word(sql, "binary") && column->type->len > 0) {
		column->binary = true;
	} else if (sql_is_word(sql, "charset")) {
		status = sql_option_value(sql);
		g_string_assign(column->charset, sql->token.text->str);
	} else if (sql_is_word(sql, "set") && column->charset->len > 0) {
		status = sql_option_value(sql); /* CHARACTER SET x */
		g_string_assign(column->charset, sql->token.text->str);
	} else if (sql_is_word(sql, "collate")) {
		status = sql_option_value(sql);
		g_string_assign(column->collation, sql->token.text->str);
	} else if (sql_is_word(sql, "not")) {
		c->nullable = false;
		status = sql_next(sql);
	} else if (sql_is_word(sql, "default") || sql_is_word(sql, "comment")) {
		status = sql_option_value(sql);
		if (status == 0 && sql_is_punct(sql, '('))
			status = sql_skip_parentheses(sql);
	} else if (sql_is_word(sql, "generated") || sql_is_word(sql, "as")) {
		c->generated = true;
	} else if (sql_is_word(sql, "primary")) {
		column->primary = true;
	} else if (sql_is_word(sql, "unique")) {
		column->unique = true;
	} else {
		*known = false;
	}
	column->in_type &= !*known;
	return status;
}

/* Words that are neither type nor told to anybody. */
static bool
is_noise(const struct sql *sql)
{
	static const char *const words[] = {"null", "auto_increment", "autoincrement", "key", "on",
		"virtual", "stored", "persistent", "invisible", "visible", "references", "check",
		"constraint", "always", "ascii", "unicode", "byte", "column_format", "storage",
		"without", "with", "srid", "serial", "hidden"};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (sql_is_word(sql, words[i]))
			return true;
	}
	return false;
}

static int
column_word(struct sql *sql, struct column *column)
{
	bool known = false;

	if (sql_is_word(sql, "character") && (column->type->len > 0)) {
		/* "character set x" is an attribute, "character varying" a type. */
		int status = sql_next(sql);

		if (status != 0 || !sql_is_word(sql, "set"))
			return status;
		g_string_assign(column->charset, "?");
	}
	int status = attribute(sql, column, &known);
	if (status != 0 || known)
		return status;
	if (is_noise(sql)) {
		column->in_type = false;
		return 0;
	}
	if (column->in_type && sql->token.kind == SQL_WORD && column->type->len < DC_TYPE_MAX) {
		if (column->type->len > 0)
			g_string_append_c(column->type, ' ');
		g_string_append(column->type, sql->token.text->str);
	}
	return 0;
}

/* Words and parentheses up to ',' or ')', which stays in the token. */
static int
column_words(struct sql *sql, struct column *column)
{
	bool had_arguments = false;

	for (;;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql->token.kind == SQL_END || sql_is_punct(sql, ',') || sql_is_punct(sql, ')'))
			return 0;
		if (sql_is_punct(sql, '(')) {
			if (column->in_type && !had_arguments)
				status = type_arguments(sql, column->type);
			else
				status = sql_skip_parentheses(sql);
			had_arguments = true;
		} else {
			status = column_word(sql, column);
		}
		if (status != 0)
			return status;
	}
}

static void
finish_column(struct sql *sql, struct column *column)
{
	struct dc_column *c = &column->column;

	if (c->is_unsigned)
		g_string_append(column->type, " unsigned");
	if (c->zerofill)
		g_string_append(column->type, " zerofill");
	/* The words of an ENUM keep their case. */
	for (gsize i = 0; i < column->type->len && column->type->str[i] != '('; i++)
		column->type->str[i] = g_ascii_tolower(column->type->str[i]);
	c->type = dc_catalog_intern(sql->scan->catalog, column->type->str);
	c->charset = sql_intern_folded(sql, column->charset->str);
	c->collation = sql_intern_folded(sql, column->collation->str);
	if (*c->charset == '\0' && *c->collation != '\0')
		c->charset = sql_charset_of_collation(sql, c->collation);
	if (column->binary && *c->collation == '\0') {
		g_autofree char *name = g_strconcat(c->charset, "_bin", NULL);

		c->collation = dc_catalog_intern(sql->scan->catalog, name);
	}
}

static void
add_key(struct dc_definition *definition, const struct dc_key_text *key)
{
	if (definition->keys->len < DC_COLUMNS_MAX)
		g_array_append_vals(definition->keys, key, 1);
	else
		g_ptr_array_unref(key->columns);
}

/* A key that stands in the column's own line. */
static void
own_key(struct dc_definition *definition, const struct column *column)
{
	struct dc_key_text key = {.name = "", .primary = column->primary, .unique = true};

	if (!column->primary && !column->unique)
		return;
	key.columns = g_ptr_array_new();
	g_ptr_array_add(key.columns, (gpointer)(guintptr)column->column.name);
	add_key(definition, &key);
}

/* A column's name is in the token. */
int
sql_column_item(struct sql *sql, struct dc_definition *definition)
{
	struct column column = {.in_type = true,
		.type = g_string_new(NULL),
		.charset = g_string_new(NULL),
		.collation = g_string_new(NULL)};
	int status = 0;

	column.column.nullable = true;
	column.column.name = dc_catalog_intern(sql->scan->catalog, sql->token.text->str);
	status = column_words(sql, &column);
	if (status == 0 && definition->columns->len >= DC_COLUMNS_MAX)
		status = sql_broken(sql, "the table has too many columns");
	if (status == 0) {
		finish_column(sql, &column);
		g_array_append_val(definition->columns, column.column);
		own_key(definition, &column);
	}
	g_string_free(column.type, TRUE);
	g_string_free(column.charset, TRUE);
	g_string_free(column.collation, TRUE);
	return status;
}

/* ( col [(10)] [ASC], … ), its '(' being taken. */
static int
key_columns(struct sql *sql, GPtrArray *columns)
{
	bool expect = true;

	for (;;) {
		int status = sql_next(sql);

		if (status != 0)
			return status;
		if (sql_is_punct(sql, ')'))
			return 0;
		if (sql->token.kind == SQL_END)
			return sql_broken(sql, "a key is not closed");
		if (sql_is_punct(sql, '(')) {
			status = sql_skip_parentheses(sql);
			if (status != 0)
				return status;
		} else if (sql_is_punct(sql, ',')) {
			expect = true;
		} else if (expect && columns->len < DC_COLUMNS_MAX) {
			expect = false;
			g_ptr_array_add(columns, (gpointer)(guintptr)dc_catalog_intern(
							 sql->scan->catalog, sql->token.text->str));
		}
	}
}

/* Up to ',' or ')' on this level, which stays in the token. */
int
sql_skip_item(struct sql *sql)
{
	while (sql->token.kind != SQL_END && !sql_is_punct(sql, ',') && !sql_is_punct(sql, ')')) {
		int status = 0;

		if (sql_is_punct(sql, '('))
			status = sql_skip_parentheses(sql);
		if (status == 0)
			status = sql_next(sql);
		if (status != 0)
			return status;
	}
	return 0;
}

/* [CONSTRAINT x] PRIMARY KEY …, UNIQUE [KEY] [name] …, KEY name …; its first word is in the token. */
int
sql_key_item(struct sql *sql, struct dc_definition *definition)
{
	struct dc_key_text key = {.name = "", .columns = g_ptr_array_new()};
	bool useful = true;
	int status = 0;

	while (status == 0 && sql->token.kind != SQL_END && !sql_is_punct(sql, '(') &&
		!sql_is_punct(sql, ',') && !sql_is_punct(sql, ')')) {
		if (sql_is_word(sql, "primary"))
			key.primary = true;
		else if (sql_is_word(sql, "unique"))
			key.unique = true;
		else if (sql_is_word(sql, "foreign") || sql_is_word(sql, "check") ||
			 sql_is_word(sql, "period") || sql_is_word(sql, "fulltext") ||
			 sql_is_word(sql, "spatial"))
			useful = false;
		else if (sql->token.kind == SQL_NAME ||
			 (!sql_is_word(sql, "key") && !sql_is_word(sql, "index") &&
				 !sql_is_word(sql, "constraint") && !sql_is_word(sql, "using") &&
				 !sql_is_word(sql, "btree") && !sql_is_word(sql, "hash")))
			key.name = dc_catalog_intern(sql->scan->catalog, sql->token.text->str);
		status = sql_next(sql);
	}
	if (key.primary)
		key.name = "";
	if (status == 0 && sql_is_punct(sql, '(') && useful) {
		status = key_columns(sql, key.columns);
		if (status == 0)
			status = sql_next(sql);
	}
	if (status == 0)
		status = sql_skip_item(sql);
	if (status == 0 && useful)
		add_key(definition, &key);
	else
		g_ptr_array_unref(key.columns);
	return status;
}

bool
sql_begins_key(const struct sql *sql)
{
	static const char *const words[] = {"primary", "key", "index", "unique", "fulltext",
		"spatial", "constraint", "foreign", "check", "period"};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (sql_is_word(sql, words[i]))
			return true;
	}
	return false;
}
