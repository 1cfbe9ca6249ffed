/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/draft.h"

#include "lib/base/error.h"
#include "lib/base/limits.h"
#include "lib/draft/internal.h"

#include <string.h>

static const struct {
	const char *name;
	gsize limit;
} field_table[DRAFTCONV_FIELD_COUNT] = {
	[DRAFTCONV_FIELD_KEY] = {"key", DC_KEY_MAX},
	[DRAFTCONV_FIELD_OWNER] = {"owner", DC_KEY_MAX},
	[DRAFTCONV_FIELD_IDENTITY] = {"identity", DC_KEY_MAX},
	[DRAFTCONV_FIELD_FROM] = {"from", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_FROM_NAME] = {"from_name", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_FROM_ADDRESS] = {"from_address", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_SENDER] = {"sender", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_REPLY_TO] = {"reply_to", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_TO] = {"to", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_CC] = {"cc", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_BCC] = {"bcc", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_SUBJECT] = {"subject", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_TEXT] = {"text", DC_TEXT_MAX},
	[DRAFTCONV_FIELD_HTML] = {"html", DC_TEXT_MAX},
	[DRAFTCONV_FIELD_SIGNATURE] = {"signature", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_IN_REPLY_TO] = {"in_reply_to", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_REFERENCES] = {"references", DC_FIELD_MAX},
	[DRAFTCONV_FIELD_TAGS] = {"tags", DC_FIELD_MAX},
};

/* The enum may come from a caller that was compiled against a newer header. */
static bool
field_is_known(draftconv_field field)
{
	return (unsigned)field < DRAFTCONV_FIELD_COUNT;
}

const char *
draftconv_field_name(draftconv_field field)
{
	return field_is_known(field) ? field_table[field].name : NULL;
}

draftconv_field
draftconv_field_by_name(const char *name)
{
	unsigned field = 0;

	while (field < DRAFTCONV_FIELD_COUNT && g_strcmp0(field_table[field].name, name) != 0)
		field++;
	return (draftconv_field)field;
}

static void
pair_free(gpointer data)
{
	struct draft_pair *pair = data;

	g_free(pair->name);
	g_free(pair->value);
	g_free(pair);
}

draftconv_draft *
draftconv_draft_new(void)
{
	draftconv_draft *draft = g_new0(draftconv_draft, 1);

	draft->recipients = g_ptr_array_new_with_free_func(pair_free);
	draft->headers = g_ptr_array_new_with_free_func(pair_free);
	draft->owners = g_ptr_array_new_with_free_func(pair_free);
	draft->attachments = g_ptr_array_new_with_free_func(draft_attachment_free);
	draft->findings = dc_findings_new();
	return draft;
}

void
draftconv_draft_free(draftconv_draft *draft)
{
	if (draft == NULL)
		return;
	for (unsigned i = 0; i < DRAFTCONV_FIELD_COUNT; i++)
		g_free(draft->fields[i]);
	g_ptr_array_unref(draft->recipients);
	g_ptr_array_unref(draft->headers);
	g_ptr_array_unref(draft->owners);
	g_ptr_array_unref(draft->attachments);
	dc_findings_free(draft->findings);
	dc_sealed_free(draft->sealed);
	g_free(draft->folded_owner);
	g_free(draft);
}

static int
check_text(const char *what, const char *utf8, gsize limit, draftconv_error **error)
{
	if (utf8 == NULL)
		return DRAFTCONV_OK;
	if (strnlen(utf8, limit + 1) > limit)
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
			"%s is longer than %" G_GSIZE_FORMAT " bytes", what, limit);
	if (!g_utf8_validate(utf8, -1, NULL))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "%s is no UTF-8", what);
	return DRAFTCONV_OK;
}

int
draftconv_draft_set(
	draftconv_draft *draft, draftconv_field field, const char *utf8, draftconv_error **error)
{
	if (!field_is_known(field))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no such field of a draft");

	int status = check_text(field_table[field].name, utf8, field_table[field].limit, error);
	if (status < 0)
		return status;

	char *copy = g_strdup(utf8);
	g_free(draft->fields[field]);
	draft->fields[field] = copy;
	return DRAFTCONV_OK;
}

const char *
draftconv_draft_field(const draftconv_draft *draft, draftconv_field field)
{
	return field_is_known(field) ? draft->fields[field] : NULL;
}

static int
set_time(struct draft_time *time, int64_t unix_s, int offset_min, draftconv_error **error)
{
	if (offset_min <= -24 * 60 || offset_min >= 24 * 60)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a zone is less than a day away from Greenwich, not %d minutes",
			offset_min);
	*time = (struct draft_time){true, unix_s, offset_min};
	return DRAFTCONV_OK;
}

int
draftconv_draft_set_modified(
	draftconv_draft *draft, int64_t unix_s, int offset_min, draftconv_error **error)
{
	return set_time(&draft->modified, unix_s, offset_min, error);
}

int
draftconv_draft_set_created(
	draftconv_draft *draft, int64_t unix_s, int offset_min, draftconv_error **error)
{
	return set_time(&draft->created, unix_s, offset_min, error);
}

static bool
get_time(const struct draft_time *time, int64_t *unix_s, int *offset_min)
{
	if (!time->known)
		return false;
	if (unix_s != NULL)
		*unix_s = time->unix_s;
	if (offset_min != NULL)
		*offset_min = time->offset_min;
	return true;
}

bool
draftconv_draft_modified(const draftconv_draft *draft, int64_t *unix_s, int *offset_min)
{
	return get_time(&draft->modified, unix_s, offset_min);
}

bool
draftconv_draft_created(const draftconv_draft *draft, int64_t *unix_s, int *offset_min)
{
	return get_time(&draft->created, unix_s, offset_min);
}

int
draftconv_draft_set_priority(draftconv_draft *draft, int priority, draftconv_error **error)
{
	if (priority < 0 || priority > 5)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "a priority is 1 to 5, not %d", priority);
	draft->priority = priority;
	return DRAFTCONV_OK;
}

int
draftconv_draft_priority(const draftconv_draft *draft)
{
	return draft->priority;
}

void
draftconv_draft_set_receipt(draftconv_draft *draft, bool receipt)
{
	draft->receipt = receipt;
}

bool
draftconv_draft_receipt(const draftconv_draft *draft)
{
	return draft->receipt;
}

static int
add_pair(GPtrArray *list, guint limit, const struct draft_pair *pair, draftconv_error **error)
{
	if (pair->name == NULL && pair->value == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "neither name nor value");
	if (list->len >= limit)
		return dc_error_set(
			error, DRAFTCONV_ERROR_DRAFT, "a draft holds at most %u of these", limit);

	int status = check_text("a name", pair->name, DC_FIELD_MAX, error);
	if (status < 0)
		return status;
	status = check_text("a value", pair->value, DC_FIELD_MAX, error);
	if (status < 0)
		return status;

	struct draft_pair *copy = g_new(struct draft_pair, 1);
	copy->kind = pair->kind;
	copy->name = g_strdup(pair->name);
	copy->value = g_strdup(pair->value);
	g_ptr_array_add(list, copy);
	return DRAFTCONV_OK;
}

static const struct draft_pair *
pair_at(const GPtrArray *list, size_t index)
{
	static const struct draft_pair none = {DRAFTCONV_FIELD_COUNT, NULL, NULL};

	return index < list->len ? list->pdata[index] : &none;
}

static bool
is_recipient_kind(draftconv_field kind)
{
	return kind == DRAFTCONV_FIELD_FROM || kind == DRAFTCONV_FIELD_SENDER ||
	       kind == DRAFTCONV_FIELD_REPLY_TO || kind == DRAFTCONV_FIELD_TO ||
	       kind == DRAFTCONV_FIELD_CC || kind == DRAFTCONV_FIELD_BCC;
}

int
draftconv_draft_add_recipient(draftconv_draft *draft, draftconv_field kind, const char *name,
	const char *address, draftconv_error **error)
{
	/* The text is copied by add_pair; the structure only carries it there. */
	const struct draft_pair pair = {kind, (char *)(uintptr_t)name, (char *)(uintptr_t)address};

	if (!is_recipient_kind(kind))
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "this field holds no recipients");
	return add_pair(draft->recipients, DC_RECIPIENTS_MAX, &pair, error);
}

size_t
draftconv_draft_recipient_count(const draftconv_draft *draft)
{
	return draft->recipients->len;
}

void
draftconv_draft_recipient(const draftconv_draft *draft, size_t index, draftconv_field *kind,
	const char **name, const char **address)
{
	const struct draft_pair *pair = pair_at(draft->recipients, index);

	*kind = pair->kind;
	*name = pair->name;
	*address = pair->value;
}

int
draftconv_draft_add_header(
	draftconv_draft *draft, const char *name, const char *value, draftconv_error **error)
{
	const struct draft_pair pair = {
		DRAFTCONV_FIELD_COUNT, (char *)(uintptr_t)name, (char *)(uintptr_t)value};

	if (name == NULL || value == NULL)
		return dc_error_set(
			error, DRAFTCONV_ERROR_ARGUMENT, "a header field has a name and a value");
	return add_pair(draft->headers, DC_HEADERS_MAX, &pair, error);
}

size_t
draftconv_draft_header_count(const draftconv_draft *draft)
{
	return draft->headers->len;
}

void
draftconv_draft_header(
	const draftconv_draft *draft, size_t index, const char **name, const char **value)
{
	const struct draft_pair *pair = pair_at(draft->headers, index);

	*name = pair->name;
	*value = pair->value;
}

int
draftconv_draft_add_owner_address(
	draftconv_draft *draft, const char *name, const char *address, draftconv_error **error)
{
	const struct draft_pair pair = {
		DRAFTCONV_FIELD_COUNT, (char *)(uintptr_t)name, (char *)(uintptr_t)address};

	return add_pair(draft->owners, DC_RECIPIENTS_MAX, &pair, error);
}

size_t
draftconv_draft_owner_address_count(const draftconv_draft *draft)
{
	return draft->owners->len;
}

void
draftconv_draft_owner_address(
	const draftconv_draft *draft, size_t index, const char **name, const char **address)
{
	const struct draft_pair *pair = pair_at(draft->owners, index);

	*name = pair->name;
	*address = pair->value;
}

size_t
draftconv_draft_finding_count(const draftconv_draft *draft)
{
	return dc_findings_count(draft->findings);
}

const draftconv_finding *
draftconv_draft_finding(const draftconv_draft *draft, size_t index)
{
	if (index >= dc_findings_count(draft->findings))
		return NULL;
	return dc_findings_at(draft->findings, index);
}

dc_findings *
dc_draft_findings(draftconv_draft *draft)
{
	return draft->findings;
}

const dc_findings *
dc_draft_findings_peek(const draftconv_draft *draft)
{
	return draft->findings;
}

char *
dc_draft_folded_owner(const draftconv_draft *draft)
{
	const char *owner = draft->fields[DRAFTCONV_FIELD_OWNER];

	if (draft->folded_owner != NULL)
		return g_strdup(draft->folded_owner);
	if (owner == NULL)
		return g_strdup("");

	gsize size = strlen(owner);
	while (size > 0 && owner[size - 1] == ' ')
		size--;
	return g_ascii_strdown(owner, (gssize)size);
}

void
dc_draft_set_folded_owner(draftconv_draft *draft, const char *folded)
{
	g_free(draft->folded_owner);
	draft->folded_owner = g_strdup(folded);
}

void
dc_draft_take_sealed(draftconv_draft *draft, struct dc_sealed *sealed)
{
	dc_sealed_free(draft->sealed);
	draft->sealed = sealed;
}

const struct dc_sealed *
dc_draft_sealed(const draftconv_draft *draft)
{
	return draft->sealed;
}

void
dc_draft_set_row_digest(draftconv_draft *draft, const guint8 digest[DC_DIGEST_SIZE])
{
	memcpy(draft->row_digest, digest, DC_DIGEST_SIZE);
	draft->has_row_digest = true;
}

const guint8 *
dc_draft_row_digest(const draftconv_draft *draft)
{
	return draft->has_row_digest ? draft->row_digest : NULL;
}
