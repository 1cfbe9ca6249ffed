/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/report.h"

#include "lib/report/json-line.h"
#include "lib/text/time.h"

/* Characters that steer a terminal or turn the direction of text; json-glib leaves U+001F. */
static bool
steers(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/*
 * Such characters, and bytes that are no UTF-8 (of a path, or a journal that is not ours), can only stand inside
 * strings, so the whole line may be gone through.
 */
static char *
escape_line(const char *json)
{
	g_autofree char *valid = g_utf8_make_valid(json, -1);
	GString *line = g_string_sized_new(strlen(valid) + 16);

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (steers(c))
			g_string_append_printf(line, "\\u%04x", c);
		else
			g_string_append_len(line, p, g_utf8_next_char(p) - p);
	}
	return g_string_free(line, FALSE);
}

char *
dc_json_object_line(JsonObject *object)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

	json_node_set_object(node, object);
	g_autofree char *json = json_to_string(node, FALSE);
	return escape_line(json);
}

char *
dc_json_line(const char *name, JsonObject *object)
{
	g_autoptr(JsonObject) whole = json_object_new();

	json_object_set_object_member(whole, name, object);
	return dc_json_object_line(whole);
}

JsonArray *
dc_json_findings(const draftconv_finding *const *findings, size_t count)
{
	JsonArray *array = json_array_new();

	for (size_t i = 0; i < count; i++) {
		JsonObject *f = json_object_new();

		json_object_set_string_member(f, "code", findings[i]->code);
		json_object_set_string_member(f, "field", findings[i]->field);
		json_object_set_string_member(
			f, "severity", draftconv_severity_name(findings[i]->severity));
		json_object_set_string_member(f, "detail", findings[i]->detail);
		json_array_add_object_element(array, f);
	}
	return array;
}

static JsonObject *
result_object(const draftconv_result *result)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "draft", result->draft);
	json_object_set_string_member(object, "owner", result->owner);
	json_object_set_string_member(object, "status", draftconv_outcome_name(result->outcome));
	json_object_set_string_member(object, "message_id", result->message_id);
	json_object_set_string_member(object, "subject", result->subject);
	json_object_set_int_member(object, "bytes", (gint64)result->bytes);
	json_object_set_string_member(object, "folder", result->folder);
	json_object_set_int_member(object, "uidvalidity", result->uidvalidity);
	json_object_set_int_member(object, "uid", result->uid);
	if (*result->name != '\0')
		json_object_set_string_member(object, "name", result->name);
	if (*result->destination != '\0')
		json_object_set_string_member(object, "destination", result->destination);
	if (*result->run != '\0')
		json_object_set_string_member(object, "run", result->run);
	json_object_set_array_member(
		object, "findings", dc_json_findings(result->findings, result->finding_count));
	if (result->brought_by != NULL && *result->brought_by != '\0') {
		json_object_set_string_member(object, "brought_by", result->brought_by);
		json_object_set_string_member(
			object, "stands", draftconv_outcome_name(result->stands));
	}
	return object;
}

char *
draftconv_report_result(const draftconv_result *result)
{
	g_autoptr(JsonObject) object = result_object(result);

	return dc_json_object_line(object);
}

/* As people typed them: the field's text, then the recipients that stand in rows of their own. */
static void
set_recipients(
	JsonObject *object, const char *name, const draftconv_draft *draft, draftconv_field kind)
{
	const char *typed = draftconv_draft_field(draft, kind);
	g_autoptr(GString) all = g_string_new(typed);

	for (size_t i = 0; i < draftconv_draft_recipient_count(draft); i++) {
		draftconv_field its;
		const char *person;
		const char *address;

		draftconv_draft_recipient(draft, i, &its, &person, &address);
		if (its == kind)
			g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "",
				address != NULL ? address : person);
	}
	json_object_set_string_member(object, name, all->str);
}

char *
draftconv_report_draft(const draftconv_result *result, const draftconv_draft *draft)
{
	g_autoptr(JsonObject) object = result_object(result);
	int64_t unix_s = 0;
	int offset_min = 0;

	if (draftconv_draft_modified(draft, &unix_s, &offset_min) ||
		draftconv_draft_created(draft, &unix_s, &offset_min)) {
		const struct dc_time time = {.utc = unix_s, .offset_s = offset_min * 60};
		g_autofree char *text = dc_time_iso(&time);

		json_object_set_string_member(object, "modified", text);
	} else {
		json_object_set_null_member(object, "modified");
	}
	set_recipients(object, "to", draft, DRAFTCONV_FIELD_TO);
	set_recipients(object, "cc", draft, DRAFTCONV_FIELD_CC);
	set_recipients(object, "bcc", draft, DRAFTCONV_FIELD_BCC);
	json_object_set_int_member(
		object, "attachments", (gint64)draftconv_draft_attachment_count(draft));
	return dc_json_object_line(object);
}

/* Every status by its name, so that a script need not know which ones occurred. */
static JsonObject *
counts_object(const uint64_t *counts)
{
	JsonObject *object = json_object_new();

	for (int i = 0; i < DRAFTCONV_OUTCOME_COUNT; i++)
		json_object_set_int_member(
			object, draftconv_outcome_name((draftconv_outcome)i), (gint64)counts[i]);
	return object;
}

char *
draftconv_report_summary(
	const draftconv_summary *summary, const draftconv_finding_count *counts, size_t n)
{
	g_autoptr(JsonObject) object = json_object_new();
	JsonObject *inner = json_object_new();

	json_object_set_string_member(inner, "run", summary->run);
	json_object_set_int_member(inner, "drafts", (gint64)summary->drafts);
	json_object_set_int_member(inner, "accounts", (gint64)summary->accounts);
	json_object_set_int_member(inner, "undone", (gint64)summary->undone);
	json_object_set_object_member(inner, "statuses", counts_object(summary->counts));
	if (counts != NULL) {
		JsonObject *findings = json_object_new();

		for (size_t i = 0; i < n; i++)
			json_object_set_int_member(
				findings, counts[i].code, (gint64)counts[i].drafts);
		json_object_set_object_member(inner, "findings", findings);
	}
	json_object_set_boolean_member(inner, "needs_person", summary->needs_person);
	json_object_set_boolean_member(inner, "source_damaged", summary->source_damaged);
	json_object_set_object_member(object, "summary", inner);
	return dc_json_object_line(object);
}

static void
set_place(JsonObject *object, const char *place)
{
	if (place != NULL && *place != '\0')
		json_object_set_string_member(object, "place", place);
	else
		json_object_set_null_member(object, "place");
}

static void
set_time(JsonObject *object, const char *name, int64_t unix_s)
{
	g_autoptr(GDateTime) time = unix_s == 0 ? NULL : g_date_time_new_from_unix_utc(unix_s);

	if (time == NULL) {
		json_object_set_null_member(object, name);
		return;
	}
	g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
	json_object_set_string_member(object, name, text);
}

char *
draftconv_report_account(const draftconv_account *account)
{
	g_autoptr(JsonObject) object = json_object_new();
	JsonArray *addresses = json_array_new();

	for (const char *const *address = account->addresses; *address != NULL; address++)
		json_array_add_string_element(addresses, *address);
	json_object_set_string_member(object, "owner", account->owner);
	json_object_set_string_member(object, "name", account->name);
	json_object_set_string_member(object, "login", account->login);
	json_object_set_array_member(object, "addresses", addresses);
	json_object_set_int_member(object, "drafts", (gint64)account->drafts);
	set_time(object, "newest", account->has_newest ? account->newest_s : 0);
	return dc_json_object_line(object);
}

char *
draftconv_report_account_check(const draftconv_account_check *check)
{
	g_autoptr(JsonObject) object = json_object_new();

	json_object_set_string_member(object, "account", check->owner);
	json_object_set_string_member(object, "destination", check->destination);
	if (check->refused != NULL)
		json_object_set_string_member(object, "refused", check->refused);
	json_object_set_string_member(object, "folder", check->folder);
	json_object_set_boolean_member(object, "folder_exists", check->folder_exists);
	if (*check->rights != '\0')
		json_object_set_string_member(object, "rights", check->rights);
	json_object_set_int_member(object, "drafts", (gint64)check->drafts);
	json_object_set_int_member(object, "bytes", (gint64)check->bytes);
	json_object_set_int_member(object, "largest_bytes", (gint64)check->largest_bytes);
	if (check->has_quota)
		json_object_set_int_member(
			object, "quota_left_bytes", (gint64)check->quota_left_bytes);
	if (check->message_limit_bytes > 0)
		json_object_set_int_member(
			object, "message_limit_bytes", (gint64)check->message_limit_bytes);
	set_time(object, "certificate_until", check->certificate_until_s);
	json_object_set_array_member(
		object, "findings", dc_json_findings(check->findings, check->finding_count));
	return dc_json_object_line(object);
}

char *
draftconv_report_run(const draftconv_run_info *info)
{
	g_autoptr(JsonObject) object = json_object_new();

	json_object_set_string_member(object, "run", info->run);
	json_object_set_string_member(object, "ticket", info->ticket);
	json_object_set_string_member(object, "who", info->who);
	json_object_set_string_member(object, "source", info->source);
	json_object_set_boolean_member(object, "source_damaged", info->source_damaged);
	json_object_set_string_member(object, "destination", info->destination);
	json_object_set_string_member(object, "profile", info->profile);
	json_object_set_string_member(object, "version", info->version);
	set_time(object, "started", info->started_s);
	set_time(object, "ended", info->ended_s);
	json_object_set_boolean_member(object, "rolled_back", info->rolled_back);
	set_time(object, "rolled_back_at", info->rolled_back_s);
	set_time(object, "verified_at", info->verified_s);
	json_object_set_int_member(object, "unverified", (gint64)info->unverified);
	json_object_set_string_member(object, "failure", info->failure);
	json_object_set_object_member(object, "statuses", counts_object(info->counts));
	json_object_set_object_member(object, "afterwards", counts_object(info->afterwards));
	set_place(object, info->place);
	return dc_json_object_line(object);
}

char *
draftconv_report_recorded(const draftconv_recorded *done, const char *const *drafts, size_t count)
{
	g_autoptr(JsonObject) object = json_object_new();
	JsonArray *array = json_array_new();

	for (size_t i = 0; i < count; i++) {
		JsonNode *node = json_from_string(drafts[i], NULL);

		if (node != NULL)
			json_array_add_element(array, node);
	}
	json_object_set_string_member(object, "run", done->run);
	json_object_set_string_member(object, "ticket", done->ticket);
	json_object_set_string_member(object, "destination", done->destination);
	json_object_set_boolean_member(object, "dry_run", done->dry_run);
	json_object_set_boolean_member(object, "taken_back_before", done->taken_back);
	json_object_set_boolean_member(object, "incomplete", done->incomplete);
	json_object_set_string_member(object, "failure", done->failure);
	json_object_set_object_member(object, "statuses", counts_object(done->summary->counts));
	json_object_set_boolean_member(object, "needs_person", done->summary->needs_person);
	json_object_set_array_member(object, "drafts", array);
	return dc_json_object_line(object);
}

char *
draftconv_report_forgotten(const draftconv_forgotten *forgotten)
{
	g_autoptr(JsonObject) object = json_object_new();

	json_object_set_string_member(object, "run", forgotten->run);
	json_object_set_string_member(object, "ticket", forgotten->ticket);
	json_object_set_string_member(object, "destination", forgotten->destination);
	json_object_set_boolean_member(object, "dry_run", forgotten->dry_run);
	json_object_set_int_member(object, "drafts", (gint64)forgotten->drafts);
	json_object_set_int_member(object, "bodies", (gint64)forgotten->bodies);
	set_place(object, forgotten->place);
	return dc_json_object_line(object);
}

void
draftconv_report_free(char *text)
{
	g_free(text);
}
