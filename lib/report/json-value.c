/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A value of the source beside what became of it. */
#include "lib/report/report.h"

#include "lib/report/json-line.h"

static const char *
use_name(draftconv_use use)
{
	switch (use) {
	case DRAFTCONV_USE_FIELD:
		return "field";
	case DRAFTCONV_USE_COMPUTED:
		return "computed";
	case DRAFTCONV_USE_READ:
		return "read";
	case DRAFTCONV_USE_NONE:
		break;
	}
	return "none";
}

/* What was found out about a column, or about all rows of its statement. */
static JsonArray *
findings_of_value(const draftconv_source_value *value, const draftconv_message *message)
{
	const size_t count = message == NULL ? 0 : draftconv_message_finding_count(message);
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	for (size_t i = 0; i < count; i++) {
		const draftconv_finding *f = draftconv_message_finding(message, i);

		if (*value->field != '\0' && strcmp(f->field, value->field) == 0)
			g_ptr_array_add(list, (gpointer)(guintptr)f);
	}
	return dc_json_findings((const draftconv_finding *const *)list->pdata, list->len);
}

static void
set_value(JsonObject *object, const draftconv_source_value *value)
{
	if (!value->is_known)
		return;
	if (value->is_null) {
		json_object_set_null_member(object, "value");
		return;
	}
	if (value->is_binary) {
		JsonObject *bytes = json_object_new();

		json_object_set_int_member(bytes, "bytes", (gint64)value->size);
		json_object_set_object_member(object, "value", bytes);
		return;
	}
	json_object_set_string_member(object, "value", value->text);
	json_object_set_boolean_member(object, "cut", value->is_cut);
	json_object_set_int_member(object, "size", (gint64)value->size);
	json_object_set_string_member(object, "charset", value->charset);
}

char *
draftconv_report_source_value(const draftconv_source_value *value, const draftconv_draft *draft,
	const draftconv_message *message)
{
	g_autoptr(JsonObject) object = json_object_new();

	json_object_set_string_member(object, "statement", value->statement);
	json_object_set_int_member(object, "row", (gint64)value->row);
	json_object_set_string_member(object, "table", value->table);
	json_object_set_string_member(object, "column", value->column);
	json_object_set_string_member(object, "type", value->type);
	json_object_set_string_member(object, "use", use_name(value->use));
	json_object_set_string_member(object, "field", value->field);
	set_value(object, value);
	json_object_set_string_member(object, "in_message", draftconv_message_place(draft, value));
	json_object_set_array_member(object, "findings", findings_of_value(value, message));
	return dc_json_object_line(object);
}
