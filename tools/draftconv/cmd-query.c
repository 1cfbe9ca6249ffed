/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* query: read-only SQL on a source, as a table, CSV or JSON lines. */
#include "cancel.h"
#include "csv.h"
#include "grid.h"
#include "open.h"
#include "output.h"

#include <string.h>

/* One way to say a result. */
struct form {
	int (*columns)(void *user, const char *const *names, size_t count);
	int (*row)(void *user, struct draftconv_cell *cells, size_t count);
};

struct asking {
	const struct form *form;
	char **names;
	struct grid *grid;
	uint64_t rows;
	bool too_large; /* a value was left out */
	draftconv_error *error;
};

static int
written(bool done)
{
	return done ? DRAFTCONV_OK : DRAFTCONV_ERROR_OUTPUT;
}

/* ---- as a table ---- */

static int
table_columns(void *user, const char *const *names, size_t count)
{
	struct asking *asking = user;

	asking->grid = grid_new(names, count);
	return DRAFTCONV_OK;
}

/* Bytes that are no text by their numbers, as C writes them. */
static void
escape_bytes(GString *text)
{
	const bool cut = text->len >= GRID_BYTES;
	g_autoptr(GString) shown = g_string_sized_new(text->len);

	for (gsize i = 0; i < text->len;) {
		const gunichar c =
			g_utf8_get_char_validated(text->str + i, (gssize)(text->len - i));

		if (c == (gunichar)-2 && cut)
			break; /* the rest of this letter was not read */
		if (c == 0 || c == (gunichar)-1 || c == (gunichar)-2) {
			g_string_append_printf(shown, "\\x%02X", (guchar)text->str[i++]);
			continue;
		}
		g_string_append_unichar(shown, c);
		i += (gsize)g_unichar_to_utf8(c, NULL);
	}
	g_string_assign(text, shown->str);
}

/* The beginning of a value, as much as can be shown. [transfer full] NULL on error */
static char *
cell_text(struct asking *asking, struct draftconv_cell *cell)
{
	g_autoptr(GString) text = g_string_new(NULL);
	char buffer[GRID_BYTES];

	if (cell->kind == DRAFTCONV_CELL_NULL)
		return g_strdup("NULL");
	if (cell->kind == DRAFTCONV_CELL_TOO_LARGE)
		return g_strdup("(too large)");
	while (text->len < GRID_BYTES) {
		const long got = draftconv_cell_read(cell, buffer, sizeof buffer, &asking->error);

		if (got < 0)
			return NULL;
		if (got == 0)
			break;
		g_string_append_len(text, buffer, (gssize)got);
	}
	escape_bytes(text);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static int
table_row(void *user, struct draftconv_cell *cells, size_t count)
{
	struct asking *asking = user;
	g_auto(GStrv) texts = g_new0(char *, count + 1);
	g_autofree bool *numbers = g_new0(bool, count);

	asking->rows++;
	for (size_t i = 0; i < count; i++) {
		texts[i] = cell_text(asking, &cells[i]);
		if (texts[i] == NULL)
			return draftconv_error_code(asking->error);
		numbers[i] = cells[i].kind == DRAFTCONV_CELL_INTEGER ||
			     cells[i].kind == DRAFTCONV_CELL_REAL;
	}
	return written(grid_row(asking->grid, (const char *const *)texts, numbers));
}

/* ---- as CSV ---- */

static int
csv_columns(void *user, const char *const *names, size_t count)
{
	bool done = true;

	(void)user;
	for (size_t i = 0; i < count && done; i++)
		done = (i == 0 || csv_comma()) && csv_field(names[i], strlen(names[i]));
	return written(done && csv_line_end());
}

static int
csv_cell(struct asking *asking, struct draftconv_cell *cell)
{
	char buffer[16384];
	long got = 0;
	bool done = true;

	if (cell->kind == DRAFTCONV_CELL_NULL)
		return DRAFTCONV_OK;
	if (cell->kind == DRAFTCONV_CELL_TOO_LARGE) {
		asking->too_large = true;
		return DRAFTCONV_OK;
	}
	if (cell->kind != DRAFTCONV_CELL_STREAM) {
		got = draftconv_cell_read(cell, buffer, sizeof buffer, &asking->error);
		if (got >= 0 && got < (long)sizeof buffer)
			return written(csv_field(buffer, (size_t)got));
	}
	for (done = csv_begin(); done && got >= 0;) {
		done = csv_piece(buffer, (size_t)got);
		got = draftconv_cell_read(cell, buffer, sizeof buffer, &asking->error);
		if (got == 0)
			break;
	}
	if (got < 0)
		return draftconv_error_code(asking->error);
	return written(done && csv_end());
}

static int
csv_row(void *user, struct draftconv_cell *cells, size_t count)
{
	struct asking *asking = user;
	int status = DRAFTCONV_OK;

	asking->rows++;
	for (size_t i = 0; i < count && status == DRAFTCONV_OK; i++) {
		if (i > 0)
			status = written(csv_comma());
		if (status == DRAFTCONV_OK)
			status = csv_cell(asking, &cells[i]);
	}
	return status == DRAFTCONV_OK ? written(csv_line_end()) : status;
}

/* ---- as JSON lines ---- */

static int
json_columns(void *user, const char *const *names, size_t count)
{
	struct asking *asking = user;

	asking->names = g_new0(char *, count + 1);
	for (size_t i = 0; i < count; i++)
		asking->names[i] = g_strdup(names[i]);
	return DRAFTCONV_OK;
}

static int
json_row(void *user, struct draftconv_cell *cells, size_t count)
{
	struct asking *asking = user;

	asking->rows++;
	for (size_t i = 0; i < count; i++)
		asking->too_large |= cells[i].kind == DRAFTCONV_CELL_TOO_LARGE;
	char *json = draftconv_report_cells(
		(const char *const *)asking->names, cells, count, &asking->error);
	if (json == NULL)
		return draftconv_error_code(asking->error);
	const bool done = result_line("%s", json);
	draftconv_report_free(json);
	return written(done);
}

static const struct form as_table = {table_columns, table_row};
static const struct form as_csv = {csv_columns, csv_row};
static const struct form as_json = {json_columns, json_row};

/* ---- the command ---- */

static void
on_note(void *user, const char *note)
{
	(void)user;
	message("%s", note);
}

static int
ask(struct asking *asking, draftconv_source *source, const char *sql, const char *temp_dir)
{
	const struct draftconv_query_handler handler = {.struct_size = sizeof handler,
		.user = asking,
		.columns = asking->form->columns,
		.row = asking->form->row,
		.note = on_note};
	const struct draftconv_query_options options = {.struct_size = sizeof options,
		.temp_dir = temp_dir,
		.cancel = cancel_flag(),
		.text = true};
	g_autoptr(draftconv_error) error = NULL;
	int code = draftconv_source_query(source, sql, &handler, &options, &error);
	/* The statement is an argument: a wrong one is wrong usage. */
	const bool wrong = code == DRAFTCONV_ERROR_PROFILE || code == DRAFTCONV_ERROR_NOT_FOUND;
	int status =
		draftconv_exit_status(wrong ? DRAFTCONV_ERROR_ARGUMENT : MIN(code, DRAFTCONV_OK));

	if (asking->grid != NULL && code >= 0)
		grid_end(asking->grid);
	if (asking->error != NULL) {
		status = report_error(asking->error);
	} else if (code == DRAFTCONV_ERROR_NOT_FOUND) {
		complain(
			"%s; 'draftconv inspect' shows its tables", draftconv_error_message(error));
	} else if (code == DRAFTCONV_ERROR_CANCELLED) {
		complain("interrupted after %" G_GUINT64_FORMAT " rows", (guint64)asking->rows);
	} else if (code == DRAFTCONV_ERROR_PROFILE && strchr(sql, '"') != NULL &&
		   strstr(draftconv_error_message(error), "no such column") != NULL) {
		complain("%s; a \"name\" is a column here: write text as 'text'",
			draftconv_error_message(error));
	} else if (code < 0 && code != DRAFTCONV_ERROR_OUTPUT) {
		report_error(error);
	} else if (code == DRAFTCONV_ERROR_OUTPUT && finish_results(0) == 0) {
		report_error(error);
	}
	if (code >= 0 && asking->rows == 0)
		complain("no rows");
	if (asking->too_large)
		complain("values of over 8 MiB that went through a function were left out");
	if (warn_of_damage(source))
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED));
	return finish_results(status);
}

/* What a MySQL client takes as well, and where it is found here. @return 0, or a complaint's status */
static int
refuse_client_words(const char *sql)
{
	const gsize begin = strspn(sql, " \t\n");
	g_autofree char *word = g_strndup(sql + begin, strcspn(sql + begin, " \t\n;"));
	static const char *const shows[] = {"show", "describe", "desc", "explain"};

	for (size_t i = 0; i < G_N_ELEMENTS(shows); i++)
		if (g_ascii_strcasecmp(word, shows[i]) == 0)
			return usage_error("query takes a SELECT: 'draftconv inspect SOURCE' shows "
					   "the tables, their columns and keys");
	if (g_ascii_strcasecmp(word, "use") == 0)
		return usage_error("query takes a SELECT: choose a database with --database NAME, "
				   "or write SELECT ... FROM NAME.table");
	return 0;
}

static int
run_query(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	gboolean csv = FALSE;
	const GOptionEntry entries[] = {
		{"csv", 0, 0, G_OPTION_ARG_NONE, &csv, "CSV as RFC 4180 has it", NULL},
		{"database", 0, 0, G_OPTION_ARG_FILENAME, &reading.database,
			"of a dump with several databases, this one", "NAME"},
		{"temp-dir", 0, 0, G_OPTION_ARG_FILENAME, &reading.temp_dir,
			"for the stage and what cannot be read twice", "DIR"},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_query,
		.entries = entries,
		.saying = &saying,
		.min_arguments = 2,
		.max_arguments = -1};
	g_autoptr(draftconv_source) source = NULL;

	int status = parse_options(&line, argc, argv);
	if (status != 0)
		return status;
	if (csv && saying.json)
		return usage_error("query: --csv or --json, not both");
	if (reading.temp_dir == NULL)
		reading.temp_dir = g_strdup(g_getenv("TMPDIR"));
	/* The statement is the last argument: what stands before it are sources. */
	const char *sql = line.arguments[line.argument_count - 1];
	line.arguments[line.argument_count - 1] = NULL;
	status = refuse_client_words(sql);
	if (status != 0)
		return status;
	cancel_on_signals(NULL);
	status = open_source(&reading, line.arguments, &source);
	if (status != 0)
		return status;

	struct asking asking = {.form = csv ? &as_csv : saying.json ? &as_json : &as_table};
	status = ask(&asking, source, sql, reading.temp_dir);
	cancel_stop();
	grid_free(asking.grid);
	g_strfreev(asking.names);
	draftconv_error_free(asking.error);
	return status;
}

const struct command command_query = {
	.name = "query",
	.synopsis = "SOURCE ... 'SELECT ...'",
	.summary = "read-only SQL on a source, without a database server",
	.notes = "SQL sees bytes as the source has them; text columns are shown as UTF-8 where "
		 "they are text "
		 "in\ntheir declared set, other bytes as they are (\\xE5 in the table, base64 in "
		 "JSON). A "
		 "letter beyond\nASCII in the statement is UTF-8: compare from_charset(subject, "
		 "'latin1') "
		 "with it. Text stands in\nsingle quotes; a table is TABLE or DATABASE.TABLE, as "
		 "inspect "
		 "prints it.\n",
	.run = run_query,
};
