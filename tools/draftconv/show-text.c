/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show.h"

#include "output.h"
#include "wrap.h"

#include <string.h>

/* Field names stand in a column of this width. */
#define NAME_WIDTH 14

static void
say_field(const char *name, const char *text)
{
	g_autofree char *first = g_strdup_printf("%-*s ", NAME_WIDTH, name);
	g_autofree char *rest = g_strdup_printf("%-*s ", NAME_WIDTH, "");

	say_wrapped(first, rest, text);
}

static void
say_fields(const draftconv_message *message)
{
	for (size_t i = 0; i < draftconv_message_header_count(message); i++) {
		const char *name;
		const char *text;

		draftconv_message_header(message, i, &name, &text);
		if (strcmp(name, "Disposition-Notification-To") == 0)
			name = "Receipt to:";
		else if (strcmp(name, "X-Priority") == 0)
			name = "Priority:";
		g_autofree char *label =
			strchr(name, ':') != NULL ? g_strdup(name) : g_strconcat(name, ":", NULL);
		say_field(label, text);
	}
}

static int
say_files(const draftconv_message *message)
{
	const size_t count = draftconv_message_file_count(message);

	if (count > 0)
		result_line("\nAttachments");
	for (size_t i = 0; i < count; i++) {
		draftconv_message_file file = {.struct_size = sizeof file};
		g_autoptr(draftconv_error) error = NULL;

		if (draftconv_message_file_info(message, i, &file, &error) < 0)
			return report_error(error);
		g_autofree char *size = line_size(file.size);
		g_autofree char *number = g_strdup_printf("%4zu. ", i + 1);
		g_autofree char *text = g_strdup_printf("%s, %s, %s%s", file.name, file.type, size,
			file.is_shown ? ", a picture within the text" : "");
		say_wrapped(number, "      ", text);
	}
	return 0;
}

void
show_findings(const draftconv_message *message)
{
	const size_t count = draftconv_message_finding_count(message);

	if (count > 0)
		result_line("\nWhat to know");
	for (size_t i = 0; i < count; i++) {
		const draftconv_finding *f = draftconv_message_finding(message, i);
		const draftconv_finding_info *info = finding_info(f->code);
		g_autofree char *text =
			g_strdup_printf("%s%s%s: %s%s%s", f->code, *f->field == '\0' ? "" : " in ",
				f->field, info->meaning, *f->detail == '\0' ? "" : ": ", f->detail);
		g_autofree char *first =
			g_strdup_printf("  %-8s", draftconv_severity_name(f->severity));

		say_wrapped(first, "          ", text);
		if (strcmp(info->remedy, "nothing to do") != 0)
			say_wrapped("          What to do: ", "          ", info->remedy);
	}
}

int
show_text(const draftconv_draft *draft, const draftconv_message *message)
{
	char *body = draftconv_message_readable(draft);

	say_field("Draft:", draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY));
	say_field("Account:", draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER));
	say_fields(message);
	if (*body == '\0')
		result_line("\n(no text)");
	else
		say_wrapped("\n", "", body);
	draftconv_message_readable_free(body);

	const int status = say_files(message);
	if (status == 0)
		show_findings(message);
	return status;
}
