/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/explain.h"

#include "lib/base/limits.h"
#include "lib/draft/words.h"

#include <string.h>

struct explaining {
	const struct dc_row_context *context;
	int (*callback)(void *user, const draftconv_source_value *value);
	void *user;
	struct dc_fill fill; /* how the drafts row's texts are decoded */
	bool html;           /* its body is HTML */
	enum dc_statement_kind kind;
	gsize row;
	char *target;     /* what the row is */
	GPtrArray *parts; /* GBytes: attachments that have begun, by their `part` */
};

/* ---- one value ---- */

/* The beginning of a value; *SIZE is the length of the whole, which is read to its end. */
static int
load_beginning(const struct dc_plan_value *value, GByteArray *bytes, guint64 *size,
	draftconv_error **error)
{
	g_autoptr(dc_content) content = dc_plan_value_content(value);
	g_autoptr(dc_reader) reader = NULL;
	g_autofree guint8 *buffer = NULL;
	int status = DRAFTCONV_OK;

	*size = 0;
	if (content == NULL)
		return DRAFTCONV_OK;
	status = dc_content_open(content, &reader, error);
	if (status < 0)
		return status;
	buffer = g_malloc(DC_EXPLAIN_BYTES_MAX);
	for (;;) {
		const gssize count = dc_reader_read(reader, buffer, DC_EXPLAIN_BYTES_MAX, error);

		if (count <= 0)
			return (int)count;
		*size += (guint64)count;
		g_byte_array_append(
			bytes, buffer, (guint)MIN((gsize)count, DC_EXPLAIN_BYTES_MAX - bytes->len));
	}
}

/* What a column holds that no statement passes on: the source alone says what its set is. */
static struct dc_fill_charset
charset_of_column(const dc_stage_column *column)
{
	const bool is_one = g_strv_length(column->clients) == 1;

	return (struct dc_fill_charset){column->is_text && is_one ? column->clients[0] : NULL,
		*column->charset == '\0' ? NULL : column->charset};
}

static char *
describe(const struct dc_text_told *told)
{
	switch (told->rule) {
	case DC_TEXT_ASCII:
		return g_strdup("");
	case DC_TEXT_UTF8:
		return g_strdup("UTF-8");
	case DC_TEXT_ESCAPES:
		return g_strdup("ISO-2022, by its escapes");
	case DC_TEXT_DECLARED:
		return g_strdup_printf("%s, as declared", told->set);
	case DC_TEXT_GUESSED:
		return g_strdup_printf("%s, guessed from the account's texts", told->set);
	case DC_TEXT_ASSUMED:
		return g_strdup_printf("%s, assumed", told->set);
	case DC_TEXT_DAMAGED:
		break;
	}
	return g_strdup("cannot be decoded in full");
}

static bool
is_html(const struct explaining *e, const char *field)
{
	return strcmp(field, "html") == 0 || (strcmp(field, "body") == 0 && e->html);
}

static char *
decode(const struct explaining *e, const struct dc_plan_origin *origin, const char *field,
	const GByteArray *bytes, char **charset)
{
	const struct dc_fill_charset said = origin->result != NULL
						    ? dc_row_charset(origin->result)
						    : charset_of_column(origin->column);
	struct dc_text_hints hints = dc_fill_hints(&e->fill, &said, is_html(e, field));
	struct dc_text_told told;

	if (*field == '\0')
		hints.decision = NULL;
	char *text = dc_text_decode_told(bytes->len == 0 ? (const void *)"" : bytes->data,
		bytes->len, &hints, field, NULL, NULL, &told);
	*charset = describe(&told);
	return text;
}

/* Cut at the border of a letter. @return whether something was left out */
static bool
cut(char *text)
{
	if (strlen(text) <= DC_EXPLAIN_TEXT_MAX)
		return false;
	*g_utf8_find_prev_char(text, text + DC_EXPLAIN_TEXT_MAX + 1) = '\0';
	return true;
}

/* Files, and what a column of bytes holds unless it is text after all. */
static bool
is_binary(const struct dc_plan_origin *origin, const char *field, const GByteArray *bytes)
{
	if (strcmp(field, "attachments.data") == 0 || strcmp(field, "attachments.chunk") == 0)
		return true;
	if (*field != '\0' || origin->column->affinity != DC_STAGE_BYTES || bytes->len == 0)
		return false;
	return memchr(bytes->data, '\0', bytes->len) != NULL ||
	       !g_utf8_validate((const char *)bytes->data, (gssize)bytes->len, NULL);
}

static int
tell_value(const struct explaining *e, const struct dc_plan_origin *origin,
	draftconv_source_value *told, draftconv_error **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autofree char *text = NULL;
	g_autofree char *charset = NULL;
	guint64 size = 0;
	const int status = load_beginning(origin->value, bytes, &size, error);

	if (status < 0)
		return status;
	told->is_known = origin->value->type != DC_PLAN_TOO_LARGE;
	told->is_null = origin->value->type == DC_PLAN_NULL;
	told->is_binary = is_binary(origin, told->field, bytes);
	told->size = size;
	if (!told->is_binary) {
		text = decode(e, origin, told->field, bytes, &charset);
		told->is_cut = cut(text) || size > bytes->len;
		told->text = text;
		told->charset = charset;
	}
	return e->callback(e->user, told);
}

/* The agreed column that a value becomes, its statement before it unless it is of the draft itself. */
static char *
field_name(const struct explaining *e, const struct dc_plan_origin *origin)
{
	if (origin->result == NULL || !dc_column_agreed(e->kind, origin->result->name))
		return g_strdup("");
	if (e->kind == DC_STATEMENT_DRAFTS)
		return g_strdup(origin->result->name);
	return g_strdup_printf("%s.%s", dc_statement_kind_name(e->kind), origin->result->name);
}

static draftconv_use
use_of(const struct dc_plan_origin *origin, const char *field)
{
	if (origin->table == NULL)
		return DRAFTCONV_USE_COMPUTED;
	if (*field != '\0')
		return DRAFTCONV_USE_FIELD;
	return origin->is_read ? DRAFTCONV_USE_READ : DRAFTCONV_USE_NONE;
}

static int
tell_origin(void *user, const struct dc_plan_origin *origin, draftconv_error **error)
{
	const struct explaining *e = user;
	g_autofree char *field = field_name(e, origin);
	draftconv_source_value told = {
		.struct_size = sizeof told,
		.statement = dc_statement_kind_name(e->kind),
		.row = e->row,
		.target = e->target == NULL ? "" : e->target,
		.table = origin->table == NULL ? "" : origin->table->name,
		.column = origin->column == NULL ? "" : origin->column->name,
		.type = origin->column == NULL ? "" : origin->column->type,
		.use = use_of(origin, field),
		.field = field,
		.text = "",
		.charset = "",
	};

	/* a parameter for other statements, which the columns that it is made of tell */
	if (origin->table == NULL && *field == '\0')
		return DRAFTCONV_OK;
	const bool is_staged = origin->is_read || e->context->all_columns;
	const int status = origin->value == NULL || !is_staged
				   ? e->callback(e->user, &told)
				   : tell_value(e, origin, &told, error);
	return status < 0 ? dc_error_set(error, status, "the telling was ended by its caller")
			  : DRAFTCONV_OK;
}

/* ---- rows ---- */

/* Rows with one `part` are one attachment. @return its number from 1 */
static int
number_attachment(
	struct explaining *e, const dc_plan_row *row, guint *number, draftconv_error **error)
{
	g_autoptr(GBytes) part = NULL;
	const int status = dc_row_load(dc_plan_row_get(row, "part"), DC_FIELD_MAX, &part, error);

	if (status < 0)
		return status;
	for (guint i = 0; part != NULL && i < e->parts->len; i++) {
		GBytes *known = e->parts->pdata[i];

		if (known != NULL && g_bytes_equal(known, part)) {
			*number = i + 1;
			return DRAFTCONV_OK;
		}
	}
	g_ptr_array_add(e->parts, g_steal_pointer(&part));
	*number = e->parts->len;
	return DRAFTCONV_OK;
}

static int
find_target(struct explaining *e, const dc_plan_row *row, draftconv_error **error)
{
	g_autofree char *word = NULL;
	guint number = 0;
	int status = DRAFTCONV_OK;

	g_clear_pointer(&e->target, g_free);
	if (e->kind == DC_STATEMENT_ATTACHMENTS) {
		status = number_attachment(e, row, &number, error);
		e->target = g_strdup_printf("%u", number);
		return status;
	}
	status = dc_row_word(
		row, e->kind == DC_STATEMENT_RECIPIENTS ? "kind" : "name", &word, error);
	if (status < 0 || word == NULL)
		return status;
	if (e->kind == DC_STATEMENT_HEADERS) {
		g_strstrip(word);
		word[strcspn(word, ":")] = '\0';
		e->target = g_steal_pointer(&word);
		return DRAFTCONV_OK;
	}
	const char *kind = draftconv_field_name(dc_words_kind(word));
	e->target = g_strdup(kind);
	return DRAFTCONV_OK;
}

static int
explain_children(struct explaining *e, const dc_plan_row *draft, draftconv_error **error)
{
	g_autoptr(dc_plan_rows) rows = NULL;
	int status = dc_plan_children(e->context->plan, draft, e->kind, &rows, error);

	for (e->row = 0; status >= 0; e->row++) {
		g_autoptr(dc_plan_row) row = NULL;

		status = dc_plan_rows_next(rows, &row, error);
		if (status <= 0)
			break;
		status = find_target(e, row, error);
		if (status >= 0)
			status = dc_plan_origins(e->context->plan, row, tell_origin, e, error);
	}
	return status;
}

static void
free_part(gpointer part)
{
	if (part != NULL)
		g_bytes_unref(part);
}

int
dc_explain_row(const struct dc_row_context *context, const dc_plan_row *row,
	int (*callback)(void *user, const draftconv_source_value *value), void *user,
	draftconv_error **error)
{
	static const enum dc_statement_kind children[] = {
		DC_STATEMENT_RECIPIENTS, DC_STATEMENT_HEADERS, DC_STATEMENT_ATTACHMENTS};
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(free_part);
	g_autofree char *charset = NULL;
	g_autofree char *body_type = NULL;
	struct explaining e = {.context = context,
		.callback = callback,
		.user = user,
		.fill = dc_row_state_new(context).fill,
		.kind = DC_STATEMENT_DRAFTS,
		.parts = parts};
	int status = dc_row_word(row, "charset", &charset, error);

	if (status >= 0)
		status = dc_row_word(row, "body_type", &body_type, error);
	e.fill.row_charset = charset;
	e.html = body_type != NULL && dc_words_html(body_type);
	if (status >= 0)
		status = dc_plan_origins(context->plan, row, tell_origin, &e, error);
	for (gsize i = 0; i < G_N_ELEMENTS(children) && status >= 0; i++) {
		e.kind = children[i];
		status = explain_children(&e, row, error);
	}
	g_free(e.target);
	return status < 0 ? status : DRAFTCONV_OK;
}
