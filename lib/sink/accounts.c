/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/accounts.h"

#include "lib/base/limits.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct draftconv_accounts {
	char *name;
	GArray *rows; /* struct dc_accounts_row */
};

static void
row_clear(struct dc_accounts_row *row)
{
	g_free(row->owner);
	g_free(row->login);
	g_free(row->folder);
}

static draftconv_accounts *
accounts_new(const char *name)
{
	draftconv_accounts *accounts = g_new0(draftconv_accounts, 1);

	accounts->name = g_strdup(name);
	accounts->rows = g_array_new(FALSE, FALSE, sizeof(struct dc_accounts_row));
	g_array_set_clear_func(accounts->rows, (GDestroyNotify)row_clear);
	return accounts;
}

void
draftconv_accounts_free(draftconv_accounts *accounts)
{
	if (accounts == NULL)
		return;
	g_array_unref(accounts->rows);
	g_free(accounts->name);
	g_free(accounts);
}

/* Where the reading stands. */
struct csv {
	const char *name;
	const char *at;
	const char *end;
	unsigned line;    /* that AT is on, from 1 */
	unsigned started; /* that the record began on */
};

static int bad(const struct csv *csv, unsigned line, draftconv_error **error, const char *format,
	...) G_GNUC_PRINTF(4, 5);

static int
bad(const struct csv *csv, unsigned line, draftconv_error **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	return dc_error_set(error, DRAFTCONV_ERROR_PROFILE, "%s:%u: %s", csv->name, line, text);
}

/* The line end at AT, 0 when there is none. */
static size_t
line_end(const struct csv *csv)
{
	if (csv->at < csv->end && csv->at[0] == '\n')
		return 1;
	return csv->at + 1 < csv->end && csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 0;
}

/* RFC 4180 2.5 to 2.7: a field in quotes may hold commas, line ends, and quotes that are doubled. */
static int
quoted_field(struct csv *csv, GString *field, draftconv_error **error)
{
	const unsigned line = csv->line;

	for (csv->at++; csv->at < csv->end; csv->at++) {
		if (csv->at[0] == '\n')
			csv->line++;
		if (csv->at[0] != '"') {
			g_string_append_c(field, csv->at[0]);
		} else if (csv->at + 1 < csv->end && csv->at[1] == '"') {
			g_string_append_c(field, '"');
			csv->at++;
		} else {
			csv->at++;
			if (csv->at == csv->end || csv->at[0] == ',' || line_end(csv) > 0)
				return 0;
			return bad(csv, csv->line, error,
				"something stands between a closing quote and the comma");
		}
		if (field->len > DC_ACCOUNT_TEXT_MAX)
			break;
	}
	return bad(csv, line, error, "a quote is opened here and not closed");
}

static int
plain_field(struct csv *csv, GString *field, draftconv_error **error)
{
	while (csv->at < csv->end && csv->at[0] != ',' && line_end(csv) == 0) {
		if (csv->at[0] == '"')
			return bad(csv, csv->line, error,
				"a quote stands inside a field; write \"...\" around the whole "
				"field "
				"and the quote twice");
		g_string_append_c(field, *csv->at++);
	}
	return 0;
}

static int
check_field(const struct csv *csv, const GString *field, draftconv_error **error)
{
	if (field->len > DC_ACCOUNT_TEXT_MAX)
		return bad(csv, csv->line, error, "a field is longer than %d bytes",
			DC_ACCOUNT_TEXT_MAX);
	if (!g_utf8_validate(field->str, (gssize)field->len, NULL))
		return bad(csv, csv->line, error,
			"is not UTF-8 (or holds a NUL byte); save the file as UTF-8");
	for (const char *c = field->str; *c != '\0'; c++) {
		if (g_ascii_iscntrl(*c))
			return bad(csv, csv->started, error, "a field holds control characters");
	}
	return 0;
}

/* @return 1 with the FIELDS of the next record, 0 at the end, or PROFILE */
static int
next_record(struct csv *csv, GPtrArray *fields, draftconv_error **error)
{
	size_t length;

	/* An empty line is no record: editors leave some. */
	while ((length = line_end(csv)) > 0) {
		csv->at += length;
		csv->line++;
	}
	if (csv->at == csv->end)
		return 0;
	csv->started = csv->line;
	g_ptr_array_set_size(fields, 0);
	for (;;) {
		g_autoptr(GString) field = g_string_new(NULL);
		int status = csv->at < csv->end && csv->at[0] == '"'
				     ? quoted_field(csv, field, error)
				     : plain_field(csv, field, error);

		if (status >= 0)
			status = check_field(csv, field, error);
		if (status < 0)
			return status;
		g_ptr_array_add(fields, g_strdup(field->str));
		if (csv->at == csv->end || csv->at[0] != ',' ||
			fields->len > DC_ACCOUNTS_FIELDS_MAX)
			break;
		csv->at++;
	}
	length = line_end(csv);
	csv->at += length;
	csv->line += length > 0 ? 1 : 0;
	return 1;
}

/* @return the number of columns: 2, or 3 with a folder; or PROFILE */
static int
read_header(struct csv *csv, GPtrArray *fields, draftconv_error **error)
{
	static const char *const names[] = {"owner", "login", "folder"};
	int status = next_record(csv, fields, error);
	bool right = status > 0 && fields->len >= 2 && fields->len <= G_N_ELEMENTS(names);

	if (status < 0)
		return status;
	for (guint i = 0; right && i < fields->len; i++)
		right = g_ascii_strcasecmp(fields->pdata[i], names[i]) == 0;
	if (right)
		return (int)fields->len;
	return bad(csv, 1, error,
		"the first line must be owner,login or owner,login,folder, separated by commas");
}

static bool
has_outer_blank(const char *text)
{
	const size_t size = strlen(text);

	return size > 0 && (text[0] == ' ' || text[size - 1] == ' ');
}

static int
add_row(draftconv_accounts *accounts, const struct csv *csv, const GPtrArray *fields, int columns,
	draftconv_error **error)
{
	if (fields->len != (guint)columns)
		return bad(csv, csv->started, error, "has %u fields where the first line has %d",
			fields->len, columns);
	const char *owner = fields->pdata[0];
	const char *login = fields->pdata[1];
	const char *folder = columns == 3 ? fields->pdata[2] : "";

	if (*login == '\0')
		return bad(csv, csv->started, error,
			"owner %s has no login; take the line out if it shall not be tried", owner);
	/* Blanks belong to a field (RFC 4180 2.4), and no server has such a login: "a, b" was typed. */
	if (has_outer_blank(login) || has_outer_blank(folder))
		return bad(csv, csv->started, error,
			"a blank stands before or behind login or folder; no blanks around the "
			"comma");
	const struct dc_accounts_row row = {.owner = g_strdup(owner),
		.login = g_strdup(login),
		.folder = *folder == '\0' ? NULL : g_strdup(folder),
		.line = csv->started};
	g_array_append_val(accounts->rows, row);
	return 0;
}

int
draftconv_accounts_parse(const void *data, size_t size, const char *name,
	draftconv_accounts **accounts, draftconv_error **error)
{
	if ((data == NULL && size > 0) || name == NULL || accounts == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no accounts to read");
	if (size > DC_ACCOUNTS_MAX)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"%s: an accounts file has at most %d bytes", name, DC_ACCOUNTS_MAX);

	const char *start = data;
	const bool marked = size >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0;
	struct csv csv = {.name = name,
		.at = marked ? start + 3 : start,
		.end = size == 0 ? start : start + size,
		.line = 1};
	g_autoptr(draftconv_accounts) result = accounts_new(name);
	g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
	int columns = read_header(&csv, fields, error);
	int status = columns < 0 ? columns : 1;

	while (status > 0) {
		status = next_record(&csv, fields, error);
		if (status > 0 && add_row(result, &csv, fields, columns, error) < 0)
			return DRAFTCONV_ERROR_PROFILE;
	}
	if (status < 0)
		return status;
	*accounts = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

/* All of a file, or of a pipe, up to one byte too many. [transfer full] NULL with errno */
static GByteArray *
read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	guint8 piece[16 * 1024];
	size_t got = 1;

	while (file != NULL && got > 0 && bytes->len <= DC_ACCOUNTS_MAX) {
		got = fread(piece, 1, sizeof piece, file);
		g_byte_array_append(bytes, piece, (guint)got);
	}
	const bool whole = file != NULL && ferror(file) == 0;
	const int reason = errno;
	if (file != NULL)
		fclose(file);
	errno = reason;
	return whole ? g_steal_pointer(&bytes) : NULL;
}

int
draftconv_accounts_load(const char *path, draftconv_accounts **accounts, draftconv_error **error)
{
	if (path == NULL || accounts == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no accounts to read");
	g_autoptr(GByteArray) bytes = read_all(path);
	if (bytes == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE, "accounts file %s: %s", path,
			g_strerror(errno));
	return draftconv_accounts_parse(bytes->data, bytes->len, path, accounts, error);
}

const char *
dc_accounts_name(const draftconv_accounts *accounts)
{
	return accounts->name;
}

const struct dc_accounts_row *
dc_accounts_row(const draftconv_accounts *accounts, size_t index)
{
	return index < accounts->rows->len
		       ? &g_array_index(accounts->rows, struct dc_accounts_row, index)
		       : NULL;
}

int
dc_accounts_index(const draftconv_accounts *accounts, char *(*fold)(void *user, const char *owner),
	void *user, GHashTable **index, draftconv_error **error)
{
	g_autoptr(GHashTable) rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < accounts->rows->len; i++) {
		struct dc_accounts_row *row =
			&g_array_index(accounts->rows, struct dc_accounts_row, i);
		g_autofree char *folded = fold(user, row->owner);
		const struct dc_accounts_row *other = g_hash_table_lookup(rows, folded);

		if (other != NULL)
			return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
				"%s:%u: owner %s stands on line %u already; an owner has one line",
				accounts->name, row->line, row->owner, other->line);
		g_hash_table_insert(rows, g_steal_pointer(&folded), row);
	}
	*index = g_steal_pointer(&rows);
	return DRAFTCONV_OK;
}
