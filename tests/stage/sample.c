/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/stage/sample.h"

#include <string.h>

/* ---- long values ---- */

static GBytes *
repeat(const char *text, gsize count, const char *end)
{
	GString *out = g_string_new("");

	for (gsize i = 0; i < count; i++)
		g_string_append(out, text);
	g_string_append(out, end);
	return g_string_free_to_bytes(out);
}

/* Every byte, twice: NULs, quotes, DEL, and no UTF-8. */
static GBytes *
every_byte(void)
{
	guint8 bytes[512];

	for (gsize i = 0; i < sizeof bytes; i++)
		bytes[i] = (guint8)i;
	return g_bytes_new(bytes, sizeof bytes);
}

/* A is long; B differs in its last byte, C in the case of its letters, D in blanks at its end. */
static GBytes *
long_value(char name)
{
	switch (name) {
	case 'A':
		return repeat("alpha ", 60, "one");
	case 'B':
		return repeat("alpha ", 60, "onf");
	case 'C':
		return repeat("ALPHA ", 60, "ONE");
	case 'D':
		return repeat("alpha ", 60, "one   ");
	case 'E':
		return every_byte();
	default:
		return repeat("4a6F", 80, "");
	}
}

static const char long_names[] = "ABCDEF";

void
sample_print(GString *out, const void *data, gsize size)
{
	const guint8 *p = data;

	for (gsize i = 0; i < size;) {
		gsize used = 0;

		for (const char *name = long_names; *name != '\0' && used == 0; name++) {
			g_autoptr(GBytes) value = long_value(*name);
			gsize length = g_bytes_get_size(value);

			if (length > size - i ||
				memcmp(p + i, g_bytes_get_data(value, NULL), length) != 0)
				continue;
			g_string_append_printf(out, "{%c}", *name);
			used = length;
		}
		if (used == 0 && g_ascii_isprint(p[i]) && strchr("\\|{}", p[i]) == NULL)
			g_string_append_c(out, (char)p[i]);
		else if (used == 0)
			g_string_append_printf(out, "\\x%02x", p[i]);
		i += MAX(used, 1);
	}
}

/* ---- tables ---- */

struct table {
	const char *name;
	const char *columns[8][4]; /* name, type, set, collation */
	const char *key[3];
};

#define LATIN1 "latin1", "latin1_swedish_ci"

static const struct table tables[] = {
	{"users",
		{{"id", "int(10) unsigned", "", ""}, {"login", "varchar(255)", LATIN1},
			{"name", "text", LATIN1}, {"note", "mediumtext", LATIN1},
			{"code", "mediumtext", "latin1", "latin1_bin"}},
		{"id"}},
	{"drafts",
		{{"id", "int(11)", "", ""}, {"uid", "int(11)", "", ""}, {"subj", "text", LATIN1},
			{"body", "mediumtext", LATIN1}, {"bin", "mediumblob", "", ""},
			{"changed", "datetime", "", ""}, {"price", "decimal(10,2)", "", ""},
			{"big", "bigint(20) unsigned", "", ""}},
		{"id"}},
	{"parts",
		{{"draft", "int(11)", "", ""}, {"pos", "int(11)", "", ""},
			{"name", "varchar(255)", LATIN1}, {"data", "mediumblob", "", ""}},
		{"draft", "pos"}},
	{"enc",
		{{"id", "int(11)", "", ""}, {"kind", "varchar(20)", LATIN1},
			{"val", "mediumtext", LATIN1}},
		{"id"}},
};

/* A table's name and its values; "{A}" is a long one, NULL is NULL. */
static const char *const rows[][9] = {
	{"users", "1", "kari", "Kari Nordmann", "{A}", "Ab"},
	{"users", "2", "Ola ", NULL, "{B}", "ab"},
	{"users", "3", "per", "", "{C}", "ab "},
	{"users", "4", "anne", "{A}", NULL, "{A}"},
	{"users", "5", "KARI2", "{D}", "{D}", "{D}"},
	{"drafts", "10", "1", "Hello", "{A}", "{E}", "2004-12-31 23:04:05", "1.10",
		"18446744073709551615"},
	{"drafts", "11", "1", "hello ", "{B}", "abc", "2005-01-01 00:00:00", "10.00",
		"18446744073709551614"},
	{"drafts", "12", "2", "", "{C}", "", "2001-09-09 01:46:40", "-2.50", "7"},
	{"drafts", "13", "3", NULL, "{D}", "{A}", NULL, "1.10", "0"},
	{"drafts", "14", "3", "{A}", "short", NULL, "2003-02-01 00:00:00", NULL, NULL},
	{"drafts", "15", "9", "Re: x", "short ", "{B}", "2003-02-01 00:00:00", "9.99", "10"},
	{"drafts", "16", "4", "50%_a", "{A}", "{E}", "1999-12-31 00:00:00", "100.00", "9"},
	{"parts", "10", "1", "a.txt", "{A}"},
	{"parts", "10", "2", "B.txt", "xyz"},
	{"parts", "11", "1", "c", "{E}"},
	{"parts", "12", "1", NULL, NULL},
	{"parts", "13", "1", "A.TXT", "{B}"},
	{"parts", "13", "2", "d", ""},
	{"parts", "20", "1", "lost", "{A}"},
	{"enc", "1", "base64", "SGVsbG8sIHdvcmxkIQ=="},
	{"enc", "2", "base64",
		"QWxwaGEgYWxwaGEgYWxwaGEgYWxwaGEg\r\nQWxwaGEgYWxwaGEgYWxwaGEgYWxwaGEg"},
	{"enc", "3", "base64", "no base64!"},
	{"enc", "4", "hex", "48656c6C6f"},
	{"enc", "5", "hex", "{F}"},
	{"enc", "6", "hex", "xyz"},
	{"enc", "7", "qp", "caf=E9 =3D =\r\nnext"},
	{"enc", "8", "form", "to=kari%40example.org&subject=Hei+d%c3%a5&body=&x"},
	{"enc", "9", "json",
		"{\"to\": [\"a\", \"b\"], \"s\": \"R\\u00f8d \\\"x\\\"\", \"n\": 5, \"o\": "
		"{\"k.l\": "
		"null, \"t\": true}}"},
	{"enc", "10", "php",
		"a:3:{s:2:\"to\";a:2:{i:0;s:1:\"a\";i:1;s:1:\"b\";}s:1:\"s\";s:9:\"q\";\"x\";y\";s:"
		"1:"
		"\"n\";i:5;}"},
	{"enc", "11", "html", "a &lt;b&gt; &amp; &#248; &#x20AC; &nbsp;&bogus; &#150;"},
	{"enc", "12", "time", "20041231230405"},
	{"enc", "13", "time", "0412312304"},
	{"enc", "14", "time", "2004-12-31"},
	{"enc", "15", "time", "00000000000000"},
	{"enc", "16", "blank", "  a b  "},
	{"enc", "17", "blank", "xxabcxx"},
};

static const struct table *
find_table(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		if (strcmp(tables[i].name, name) == 0)
			return &tables[i];
	g_assert_not_reached();
}

static gsize
column_count(const struct table *table)
{
	gsize count = 0;

	while (count < G_N_ELEMENTS(table->columns) && table->columns[count][0] != NULL)
		count++;
	return count;
}

static GBytes *
row_value(const char *text)
{
	if (text[0] == '{' && text[1] != '\0' && text[2] == '}' && text[3] == '\0')
		return long_value(text[1]);
	return g_bytes_new_static(text, strlen(text));
}

static void
add_row(dc_stage_builder *builder, const char *const *row)
{
	gsize count = column_count(find_table(row[0]));
	g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	dc_stage_cell cells[8] = {{0}};

	for (gsize i = 0; i < count; i++) {
		if (row[i + 1] == NULL)
			continue;
		GBytes *value = row_value(row[i + 1]);

		g_ptr_array_add(values, value);
		cells[i].kind = DC_STAGE_CELL_TEXT;
		cells[i].data = g_bytes_get_data(value, &cells[i].size);
	}
	g_assert_cmpint(
		dc_stage_builder_row(builder, row[0], "latin1", DC_STAGE_ADD, cells, count, NULL),
		==, 1);
}

dc_stage *
sample_stage(gsize short_max)
{
	dc_stage_options options = {.short_max = short_max, .steps_base = 3000000};
	g_autoptr(dc_stage_builder) builder = NULL;
	dc_stage *stage = NULL;

	g_assert_cmpint(dc_stage_builder_new(&options, &builder, NULL), ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
		dc_stage_definition columns[8];
		gsize count = column_count(&tables[i]);

		for (gsize k = 0; k < count; k++)
			columns[k] = (dc_stage_definition){tables[i].columns[k][0],
				tables[i].columns[k][1], tables[i].columns[k][2],
				tables[i].columns[k][3]};
		g_assert_cmpint(dc_stage_builder_table(builder, tables[i].name, columns, count,
					tables[i].key, NULL),
			==, 0);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		add_row(builder, rows[i]);
	g_assert_cmpint(dc_stage_builder_finish(builder, &stage, NULL), ==, 0);
	return stage;
}

/* ---- the same for a server ---- */

static void
create_sql(GString *out, const struct table *table)
{
	g_string_append_printf(out, "CREATE TABLE %s (", table->name);
	for (gsize i = 0; i < column_count(table); i++) {
		const char *const *column = table->columns[i];

		g_string_append_printf(out, "%s%s %s", i > 0 ? ", " : "", column[0], column[1]);
		if (column[3][0] != '\0')
			g_string_append_printf(
				out, " CHARACTER SET %s COLLATE %s", column[2], column[3]);
	}
	g_string_append_printf(out, ", PRIMARY KEY (%s%s%s));\n", table->key[0],
		table->key[1] != NULL ? ", " : "", table->key[1] != NULL ? table->key[1] : "");
}

/* Numbers and dates cannot be written in hexadecimal. */
static bool
is_number(const char *type)
{
	return strncmp(type, "int", 3) == 0 || strncmp(type, "bigint", 6) == 0 ||
	       strncmp(type, "decimal", 7) == 0 || strcmp(type, "datetime") == 0;
}

static void
insert_sql(GString *out, const char *const *row)
{
	const struct table *table = find_table(row[0]);

	g_string_append_printf(out, "INSERT INTO %s VALUES (", row[0]);
	for (gsize i = 0; i < column_count(table); i++) {
		g_string_append(out, i > 0 ? ", " : "");
		if (row[i + 1] == NULL) {
			g_string_append(out, "NULL");
			continue;
		}
		if (is_number(table->columns[i][1])) {
			g_string_append_printf(out, "'%s'", row[i + 1]);
			continue;
		}
		g_autoptr(GBytes) value = row_value(row[i + 1]);
		gsize size;
		const guint8 *data = g_bytes_get_data(value, &size);

		g_string_append(out, "x'");
		for (gsize k = 0; k < size; k++)
			g_string_append_printf(out, "%02x", data[k]);
		g_string_append_c(out, '\'');
	}
	g_string_append(out, ");\n");
}

GString *
sample_sql(void)
{
	GString *out = g_string_new("");

	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		create_sql(out, &tables[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		insert_sql(out, rows[i]);
	return out;
}
