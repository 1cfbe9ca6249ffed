/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show.h"

#include "output.h"
#include "wrap.h"

#include <string.h>

/* So much of a value is shown; --json has more. */
#define VALUE_LETTERS 200

struct explaining {
	const draftconv_draft *draft;
	const draftconv_message *message;
	char *heading;     /* of the row that is being told */
	GPtrArray *unused; /* "table.column", each once */
};

static char *
heading_of(const draftconv_source_value *value)
{
	if (strcmp(value->statement, "drafts") == 0)
		return g_strdup("The draft");
	if (strcmp(value->statement, "attachments") == 0)
		return g_strdup_printf("Attachment %s (row %zu)", value->target, value->row + 1);
	if (strcmp(value->statement, "recipients") == 0)
		return g_strdup_printf("Recipient, row %zu", value->row + 1);
	return g_strdup_printf("Header field, row %zu", value->row + 1);
}

static char *
value_text(const draftconv_source_value *value)
{
	if (!value->is_known)
		return g_strdup("(which row of the table it is cannot be told)");
	if (value->is_null)
		return g_strdup("NULL");

	g_autofree char *size = line_size(value->size);
	if (value->is_binary)
		return g_strdup_printf("(%s)", size);
	if (*value->text == '\0')
		return g_strdup("(empty)");
	if (!value->is_cut && g_utf8_strlen(value->text, -1) <= VALUE_LETTERS)
		return g_strdup(value->text);
	g_autofree char *beginning = g_utf8_substring(
		value->text, 0, MIN(VALUE_LETTERS, g_utf8_strlen(value->text, -1)));
	return g_strdup_printf("%s ... (%s)", beginning, size);
}

static void
note_unused(struct explaining *e, const char *name)
{
	for (guint i = 0; i < e->unused->len; i++) {
		if (strcmp(e->unused->pdata[i], name) == 0)
			return;
	}
	g_ptr_array_add(e->unused, g_strdup(name));
}

static void
say_fate(const struct explaining *e, const draftconv_source_value *value)
{
	static const char nowhere[] = "nowhere: ";
	const char *place = draftconv_message_place(e->draft, value);
	g_autoptr(GString) fate = g_string_new(NULL);

	if (*value->field != '\0')
		g_string_append_printf(fate, "%s %s%s%s; ",
			value->use == DRAFTCONV_USE_FIELD ? "is" : "makes", value->field,
			*value->charset == '\0' ? "" : ", read as ", value->charset);
	if (g_str_has_prefix(place, nowhere))
		g_string_append_printf(fate, "not in the message: %s", place + strlen(nowhere));
	else
		g_string_append_printf(fate, "in the message: %s", place);
	say_wrapped("        ", "        ", fate->str);
	for (size_t i = 0; i < draftconv_message_finding_count(e->message); i++) {
		const draftconv_finding *f = draftconv_message_finding(e->message, i);

		if (*value->field != '\0' && strcmp(f->field, value->field) == 0) {
			g_autofree char *text =
				g_strdup_printf("%s: %s%s%s", draftconv_severity_name(f->severity),
					f->code, *f->detail == '\0' ? "" : ": ", f->detail);
			say_wrapped("        ", "          ", text);
		}
	}
}

static int
say_value(void *user, const draftconv_source_value *value)
{
	struct explaining *e = user;
	g_autofree char *heading = heading_of(value);
	g_autofree char *text = value_text(value);
	g_autofree char *name = value->use == DRAFTCONV_USE_COMPUTED
					? g_strdup("    (computed)")
					: g_strdup_printf("    %s.%s", value->table, value->column);
	g_autofree char *line = g_strdup_printf("%s = %s", name, text);

	if (g_strcmp0(heading, e->heading) != 0) {
		say_wrapped(e->heading == NULL ? "" : "\n", "", heading);
		g_free(e->heading);
		e->heading = g_steal_pointer(&heading);
	}
	say_wrapped("", "        ", line);
	say_fate(e, value);
	if (value->use == DRAFTCONV_USE_NONE)
		note_unused(e, g_strchug(name));
	return 0;
}

static int
say_json(void *user, const draftconv_source_value *value)
{
	const struct explaining *e = user;
	char *line = draftconv_report_source_value(value, e->draft, e->message);
	const bool written = result_line("%s", line);

	draftconv_report_free(line);
	return written ? 0 : DRAFTCONV_ERROR_OUTPUT;
}

static void
say_unused(const struct explaining *e)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < e->unused->len; i++)
		g_string_append_printf(
			names, "%s%s", i == 0 ? "" : ", ", (const char *)e->unused->pdata[i]);
	result_line("\nColumns that no statement of the profile reads");
	say_wrapped("    ", "    ", e->unused->len == 0 ? "none" : names->str);
}

int
show_explanation(draftconv_drafts *drafts, const draftconv_draft *draft,
	const draftconv_message *message, bool json)
{
	g_autoptr(GPtrArray) unused = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(draftconv_error) error = NULL;
	struct explaining e = {.draft = draft, .message = message, .unused = unused};
	const int status =
		draftconv_drafts_explain(drafts, draft, json ? say_json : say_value, &e, &error);

	g_free(e.heading);
	if (status < 0)
		return report_error(error);
	if (json)
		return 0;
	say_unused(&e);
	show_findings(message);
	return 0;
}
