/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cancel.h"
#include "open.h"
#include "output.h"
#include "show.h"

#include <string.h>
#include <unistd.h>

/* A message within the message stands there as it is, with all that it holds: a terminal sees no control. */
static bool
write_visible(const char *data, size_t size)
{
	g_autofree char *copy = g_memdup2(data, size);

	for (size_t i = 0; i < size; i++) {
		if (g_ascii_iscntrl(copy[i]) && copy[i] != '\n' && copy[i] != '\r')
			copy[i] = '?';
	}
	return result_bytes(copy, size);
}

static int
write_out(void *user, const void *data, size_t size)
{
	(void)user;
	if (isatty(STDOUT_FILENO) != 0)
		return write_visible(data, size) ? DRAFTCONV_OK : DRAFTCONV_ERROR_OUTPUT;
	return result_bytes(data, size) ? DRAFTCONV_OK : DRAFTCONV_ERROR_OUTPUT;
}

/* How the draft is to be shown. */
struct manner {
	gboolean text;
	gboolean explain;
	const struct saying *saying;
};

static int
show_raw(const draftconv_message *message)
{
	g_autoptr(draftconv_error) error = NULL;

	for (size_t i = 0; i < draftconv_message_finding_count(message); i++)
		say_finding(draftconv_message_finding(message, i));
	if (draftconv_message_write(message, write_out, NULL, &error) < 0)
		return report_error(error);
	return 0;
}

static int
show_draft(draftconv_drafts *drafts, const draftconv_draft *draft, const struct reading *reading,
	const struct manner *manner)
{
	g_autoptr(draftconv_message) composed = NULL;
	g_autoptr(draftconv_error) error = NULL;
	const draftconv_message_options options = {
		.struct_size = sizeof options, .default_domain = reading->default_domain};
	int status = 0;

	if (draftconv_message_compose(draft, &options, &composed, &error) < 0)
		return report_error(error);
	for (size_t i = 0; i < draftconv_message_finding_count(composed); i++) {
		if (needs_person(draftconv_message_finding(composed, i)))
			status = draftconv_exit_status(DRAFTCONV_ERROR_DRAFT);
	}
	if (manner->explain)
		return worse_status(status,
			show_explanation(drafts, draft, composed, manner->saying->json != FALSE));
	return worse_status(status, manner->text ? show_text(draft, composed) : show_raw(composed));
}

/* A key is only unique within its owner. */
static int
refuse_several(const GPtrArray *owners, const char *key)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < owners->len; i++)
		g_string_append_printf(
			names, "%s%s", i > 0 ? ", " : "", (const char *)owners->pdata[i]);
	return usage_error(
		"several accounts have a draft %s: %s; add --owner NAME", key, names->str);
}

/*
 * Find the one draft: the last one that is selected, after which no more is read, so that it can be
 * explained. OWNERS gets the accounts of all, each once.
 */
static int
find_draft(draftconv_drafts *drafts, draftconv_draft **found, GPtrArray *owners)
{
	const uint64_t count = draftconv_drafts_count(drafts, NULL);

	for (uint64_t i = 0; i < count; i++) {
		g_autoptr(draftconv_error) error = NULL;

		g_clear_pointer(found, draftconv_draft_free);
		const int status = draftconv_drafts_next(drafts, found, &error);
		if (status < 0)
			return report_error(error);
		if (status == 0)
			return 0;
		if (is_cancelled())
			return report_interrupted();
		const char *owner = draftconv_draft_field(*found, DRAFTCONV_FIELD_OWNER);
		if (!g_ptr_array_find_with_equal_func(owners, owner, g_str_equal, NULL))
			g_ptr_array_add(owners, g_strdup(owner));
	}
	return 0;
}

static int
run_show(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	struct manner manner = {.saying = &saying};
	const GOptionEntry entries[] = {
		{"text", 0, 0, G_OPTION_ARG_NONE, &manner.text,
			"for a person: fields, body, attachments, findings", NULL},
		{"explain", 0, 0, G_OPTION_ARG_NONE, &manner.explain,
			"every source column beside what became of it", NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_show,
		.entries = entries,
		.reading = &reading,
		.saying = &saying,
		.min_arguments = 1,
		.max_arguments = -1};
	g_auto(opened_reading) opened = {0};
	g_autoptr(draftconv_draft) draft = NULL;
	g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(g_free);

	int status = parse_options(&line, argc, argv);
	if (status != 0)
		return status;
	if (manner.text && manner.explain)
		return usage_error("show: --text or --explain, not both");
	if (saying.json && !manner.explain)
		return usage_error("show prints a message, not JSON; --explain --json tells where "
				   "its fields come from, draftconv list --json the findings");
	if (reading.drafts == NULL || reading.drafts[1] != NULL)
		return usage_error("show: give one --draft KEY; draftconv list tells the keys");
	reading.selection.all_columns = manner.explain != FALSE;
	cancel_on_signals(NULL);
	reading.cancel = cancel_flag();
	status = open_drafts(&reading, line.arguments, &opened);
	if (status != 0)
		return status;
	status = find_draft(opened.drafts, &draft, owners);
	if (status != 0)
		return status;
	if (owners->len > 1)
		return refuse_several(owners, reading.drafts[0]);
	if (draft == NULL) {
		complain("no draft %s is selected; draftconv list tells the keys",
			reading.drafts[0]);
		return draftconv_exit_status(DRAFTCONV_ERROR_NOT_FOUND);
	}
	status = show_draft(opened.drafts, draft, &reading, &manner);
	if (opened.needs_person)
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DRAFT));
	if (warn_of_damage(opened.source))
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED));
	return finish_results(status);
}

const struct command command_show = {
	.name = "show",
	.synopsis = "SOURCE ... --draft KEY",
	.summary = "one draft as the message that would be delivered; --text for people",
	.run = run_show,
};
