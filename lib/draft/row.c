/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/row.h"

#include "lib/base/limits.h"
#include "lib/draft/own-name.h"
#include "lib/draft/stored.h"
#include "lib/draft/words.h"

#include <string.h>

/* Of a long body so much votes; what the rest says is the same. */
#define VOTE_BYTES_MAX (64 * 1024)

/* Words, times and names of character sets are shorter by far. */
#define WORD_MAX 255

/* The columns that hold text, as they stand in a draft. */
static const draftconv_field text_fields[] = {
	DRAFTCONV_FIELD_FROM,
	DRAFTCONV_FIELD_FROM_NAME,
	DRAFTCONV_FIELD_FROM_ADDRESS,
	DRAFTCONV_FIELD_SENDER,
	DRAFTCONV_FIELD_REPLY_TO,
	DRAFTCONV_FIELD_TO,
	DRAFTCONV_FIELD_CC,
	DRAFTCONV_FIELD_BCC,
	DRAFTCONV_FIELD_SUBJECT,
	DRAFTCONV_FIELD_TEXT,
	DRAFTCONV_FIELD_HTML,
	DRAFTCONV_FIELD_SIGNATURE,
	DRAFTCONV_FIELD_IN_REPLY_TO,
	DRAFTCONV_FIELD_REFERENCES,
	DRAFTCONV_FIELD_TAGS,
};

struct dc_fill_charset
dc_row_charset(const struct dc_plan_value *value)
{
	if (value->utf8)
		return (struct dc_fill_charset){NULL, "utf8mb4"};
	return (struct dc_fill_charset){value->client_charset, value->column_charset};
}

int
dc_row_load(const struct dc_plan_value *value, gsize limit, GBytes **bytes, draftconv_error **error)
{
	if (value == NULL || value->type == DC_PLAN_NULL || value->type == DC_PLAN_TOO_LARGE)
		return 0;
	if (value->data != NULL) {
		if (value->size > limit)
			return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
				"%s is longer than %" G_GSIZE_FORMAT " bytes", value->name, limit);
		*bytes = g_bytes_new(value->data, value->size);
		return 1;
	}
	if (value->content == NULL)
		return 0;

	const int status = dc_content_load(value->content, limit, bytes, error);
	return status < 0 ? status : 1;
}

int
dc_row_text(struct dc_row_state *state, const struct dc_plan_value *value, const char *field,
	gsize limit, bool is_html, char **text, draftconv_error **error)
{
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(draftconv_error) why = NULL;
	const int status = dc_row_load(value, limit, &bytes, &why);

	if (status == DRAFTCONV_ERROR_DRAFT) {
		g_autoptr(dc_content) content = dc_plan_value_content(value);

		dc_fill_too_long(&state->fill, field, content);
		return DRAFTCONV_OK;
	}
	if (status < 0 && error != NULL)
		*error = g_steal_pointer(&why);
	if (status <= 0)
		return status;

	const struct dc_fill_charset charset = dc_row_charset(value);
	*text = dc_fill_decode(&state->fill, field, bytes, &charset, is_html);
	return DRAFTCONV_OK;
}

int
dc_row_word(const dc_plan_row *row, const char *name, char **word, draftconv_error **error)
{
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(draftconv_error) why = NULL;
	const int status = dc_row_load(dc_plan_row_get(row, name), WORD_MAX, &bytes, &why);

	if (status == DRAFTCONV_ERROR_DRAFT)
		return DRAFTCONV_OK;
	if (status < 0 && error != NULL)
		*error = g_steal_pointer(&why);
	if (status <= 0)
		return status;

	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);
	*word = dc_text_decode_plain(size == 0 ? "" : data, size, NULL, NULL);
	return DRAFTCONV_OK;
}

static gsize
limit_of(draftconv_field field)
{
	return field == DRAFTCONV_FIELD_TEXT || field == DRAFTCONV_FIELD_HTML ? DC_TEXT_MAX
									      : DC_FIELD_MAX;
}

/* A column as FIELD of the draft; an empty one leaves what a stored message said. */
static int
read_text(struct dc_row_state *state, const dc_plan_row *row, const char *column,
	draftconv_field field, draftconv_error **error)
{
	const struct dc_plan_value *value = dc_plan_row_get(row, column);
	g_autofree char *text = NULL;
	const int status = dc_row_text(
		state, value, column, limit_of(field), field == DRAFTCONV_FIELD_HTML, &text, error);

	if (status < 0 || text == NULL)
		return status;
	if (*text == '\0' && draftconv_draft_field(state->fill.draft, field) != NULL)
		return DRAFTCONV_OK;
	return dc_fill_set(&state->fill, field, text, NULL, error);
}

static int
read_texts(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error)
{
	g_autofree char *type = NULL;
	int status = DRAFTCONV_OK;

	for (gsize i = 0; i < G_N_ELEMENTS(text_fields) && status >= 0; i++)
		status = read_text(
			state, row, draftconv_field_name(text_fields[i]), text_fields[i], error);
	if (status >= 0)
		status = dc_row_word(row, "body_type", &type, error);
	if (status < 0)
		return status;

	const bool is_html = type != NULL && dc_words_html(type);
	return read_text(
		state, row, "body", is_html ? DRAFTCONV_FIELD_HTML : DRAFTCONV_FIELD_TEXT, error);
}

static int
read_words(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error)
{
	static const char *const times[] = {"modified", "created"};
	g_autofree char *priority = NULL;
	g_autofree char *receipt = NULL;
	int status = dc_row_word(row, "priority", &priority, error);

	if (status >= 0)
		status = dc_row_word(row, "receipt", &receipt, error);
	for (gsize i = 0; i < G_N_ELEMENTS(times) && status >= 0; i++) {
		g_autofree char *text = NULL;

		status = dc_row_word(row, times[i], &text, error);
		if (text != NULL)
			dc_fill_time(&state->fill, times[i], text);
	}
	if (status < 0)
		return status;
	if (priority != NULL && dc_words_priority(priority) > 0)
		draftconv_draft_set_priority(state->fill.draft, dc_words_priority(priority), NULL);
	if (receipt != NULL && *receipt != '\0')
		draftconv_draft_set_receipt(state->fill.draft, dc_words_truth(receipt));
	return DRAFTCONV_OK;
}

static int
read_message(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error)
{
	const struct dc_plan_value *value = dc_plan_row_get(row, "message");
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(draftconv_error) why = NULL;
	const int status = dc_row_load(value, DC_TEXT_MAX, &bytes, &why);

	if (status == DRAFTCONV_ERROR_DRAFT) {
		g_autoptr(dc_content) content = dc_plan_value_content(value);

		dc_fill_too_long(&state->fill, "message", content);
		return DRAFTCONV_OK;
	}
	if (status < 0 && error != NULL)
		*error = g_steal_pointer(&why);
	if (status <= 0)
		return status;
	return dc_stored_read(&state->fill, bytes, error);
}

int
dc_row_digest(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error)
{
	const struct dc_statement *statement = dc_plan_row_statement(row);

	if (state->digest == NULL)
		return DRAFTCONV_OK;
	dc_digest_name(state->digest, dc_statement_kind_name(statement->kind));
	for (size_t i = 0; i < dc_plan_row_count(row); i++) {
		const struct dc_plan_value *value = dc_plan_row_at(row, i);
		int status = DRAFTCONV_OK;

		if (!dc_column_agreed(statement->kind, value->name))
			continue;
		dc_digest_name(state->digest, value->name);
		if (value->content != NULL)
			status = dc_digest_content(state->digest, value->content, error);
		else
			dc_digest_bytes(state->digest, value->data, value->size);
		if (status < 0)
			return status;
	}
	return DRAFTCONV_OK;
}

static void
set_account(draftconv_draft *draft, const struct dc_row_context *context, const dc_plan_row *row)
{
	const dc_account *account = context->account;

	draftconv_draft_set(draft, DRAFTCONV_FIELD_KEY, dc_plan_row_key(row), NULL);
	draftconv_draft_set(draft, DRAFTCONV_FIELD_OWNER, account->owner, NULL);
	draftconv_draft_set(draft, DRAFTCONV_FIELD_IDENTITY,
		draftconv_profile_identity(context->profile), NULL);
	dc_draft_set_folded_owner(draft, account->folded);
	for (guint i = 0; i < account->addresses->len; i++) {
		const struct dc_account_address *own = account->addresses->pdata[i];
		g_autofree char *name =
			dc_own_name(account, own, context->profile, context->decision);

		draftconv_draft_add_owner_address(draft, name, own->address, NULL);
	}
	dc_findings_add_all(dc_draft_findings(draft), dc_plan_row_findings(row));
}

struct dc_row_state
dc_row_state_new(const struct dc_row_context *context)
{
	const struct dc_profile_defaults defaults = dc_profile_defaults(context->profile);

	return (struct dc_row_state){
		.context = context,
		.fill =
			{
				.profile_charset = defaults.charset,
				.fallback_charset = defaults.fallback_charset,
				.decision = context->decision,
				.zone = context->zone,
			},
	};
}

/* Everything of a row, in an order in which what is said apart overrides a stored message. */
static int
read_all(struct dc_row_state *state, const dc_plan_row *row, draftconv_error **error)
{
	int status = read_message(state, row, error);

	if (status >= 0)
		status = read_texts(state, row, error);
	if (status >= 0)
		status = read_words(state, row, error);
	if (status >= 0)
		status = dc_row_digest(state, row, error);
	if (status >= 0)
		status = dc_children_read(state, row, error);
	if (status >= 0)
		status = dc_stored_settle(&state->fill, error);
	if (status >= 0)
		status = dc_fill_attach_originals(&state->fill, error);
	return status;
}

int
dc_row_read(const struct dc_row_context *context, const dc_plan_row *row, draftconv_draft **draft,
	draftconv_error **error)
{
	g_autoptr(draftconv_draft) result = draftconv_draft_new();
	g_autoptr(GPtrArray) originals = dc_originals_new();
	g_autoptr(dc_digest) digest = context->want_digest ? dc_digest_new() : NULL;
	g_autofree char *charset = NULL;
	g_autoptr(draftconv_error) why = NULL;
	struct dc_row_state state = dc_row_state_new(context);

	set_account(result, context, row);
	state.fill.draft = result;
	state.fill.originals = originals;
	state.digest = digest;

	int status = dc_row_word(row, "charset", &charset, &why);
	state.fill.row_charset = charset;
	if (status >= 0)
		status = read_all(&state, row, &why);
	if (status == DRAFTCONV_ERROR_DRAFT) {
		dc_findings_add(dc_draft_findings(result), DC_FINDING_DRAFT_TOO_LARGE, "", "%s",
			draftconv_error_message(why));
		status = DRAFTCONV_OK;
	}
	if (status < 0) {
		if (error != NULL)
			*error = g_steal_pointer(&why);
		return status;
	}
	if (digest != NULL) {
		guint8 bytes[DC_DIGEST_SIZE];

		dc_digest_finish(digest, bytes);
		dc_draft_set_row_digest(result, bytes);
	}
	*draft = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

/* The beginning of a value, for the vote. @return 1, 0 for NULL, negative error */
static int
load_beginning(const struct dc_plan_value *value, GByteArray *bytes, draftconv_error **error)
{
	g_autoptr(dc_reader) reader = NULL;

	if (value == NULL || value->type != DC_PLAN_TEXT)
		return 0;
	if (value->data != NULL) {
		const gsize size = MIN(value->size, (gsize)VOTE_BYTES_MAX);

		g_byte_array_append(bytes, (const guint8 *)value->data, (guint)size);
		return 1;
	}
	if (value->content == NULL)
		return 0;

	const int status = dc_content_open(value->content, &reader, error);
	if (status < 0)
		return status;
	g_byte_array_set_size(bytes, VOTE_BYTES_MAX);
	guint used = 0;
	while (used < VOTE_BYTES_MAX) {
		const gssize count =
			dc_reader_read(reader, bytes->data + used, VOTE_BYTES_MAX - used, error);

		if (count < 0)
			return (int)count;
		if (count == 0)
			break;
		used += (guint)count;
	}
	g_byte_array_set_size(bytes, used);
	return 1;
}

static int
vote_column(struct dc_row_state *state, const dc_plan_row *row, const char *column, bool is_html,
	dc_text_vote *vote, draftconv_error **error)
{
	const struct dc_plan_value *value = dc_plan_row_get(row, column);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	const int status = load_beginning(value, bytes, error);

	if (status <= 0)
		return status;

	const struct dc_fill_charset charset = dc_row_charset(value);
	const struct dc_text_hints hints = dc_fill_hints(&state->fill, &charset, is_html);
	dc_text_vote_add(
		vote, bytes->len == 0 ? (const void *)"" : bytes->data, bytes->len, &hints, column);
	return DRAFTCONV_OK;
}

int
dc_row_vote(const struct dc_row_context *context, const dc_plan_row *row, dc_text_vote *vote,
	draftconv_error **error)
{
	struct dc_row_state state = dc_row_state_new(context);
	g_autofree char *charset = NULL;
	int status = dc_row_word(row, "charset", &charset, error);

	state.fill.row_charset = charset;
	state.fill.decision = NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(text_fields) && status >= 0; i++)
		status = vote_column(&state, row, draftconv_field_name(text_fields[i]),
			text_fields[i] == DRAFTCONV_FIELD_HTML, vote, error);
	if (status >= 0)
		status = vote_column(&state, row, "body", false, vote, error);
	return status;
}
