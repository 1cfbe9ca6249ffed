/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "open.h"
#include "output.h"

#include <string.h>

static int
write_out(void *user, const void *data, size_t size)
{
	(void)user;
	return result_bytes(data, size) ? DRAFTCONV_OK : DRAFTCONV_ERROR_OUTPUT;
}

static int
show_message(const draftconv_draft *draft, const struct reading *reading)
{
	g_autoptr(draftconv_message) composed = NULL;
	g_autoptr(draftconv_error) error = NULL;
	const draftconv_message_options options = {
		.struct_size = sizeof options, .default_domain = reading->default_domain};
	int status = 0;

	if (draftconv_message_compose(draft, &options, &composed, &error) < 0)
		return report_error(error);
	for (size_t i = 0; i < draftconv_message_finding_count(composed); i++) {
		const draftconv_finding *f = draftconv_message_finding(composed, i);

		say_finding(f);
		if (needs_person(f))
			status = draftconv_exit_status(DRAFTCONV_ERROR_DRAFT);
	}
	if (draftconv_message_write(composed, write_out, NULL, &error) < 0)
		return report_error(error);
	return status;
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

/* Find the one draft: the first is kept, the owners of all are collected. */
static int
find_draft(draftconv_drafts *drafts, draftconv_draft **found, GPtrArray *owners)
{
	for (;;) {
		g_autoptr(draftconv_draft) draft = NULL;
		g_autoptr(draftconv_error) error = NULL;
		int status = draftconv_drafts_next(drafts, &draft, &error);

		if (status < 0)
			return report_error(error);
		if (status == 0)
			return 0;
		g_ptr_array_add(
			owners, g_strdup(draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER)));
		if (*found == NULL)
			*found = g_steal_pointer(&draft);
	}
}

static int
run_show(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	struct command_line line = {.command = &command_show,
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
	if (saying.json)
		return usage_error("show prints a message, not JSON; draftconv list --json "
				   "tells a draft's fields");
	if (reading.drafts == NULL || reading.drafts[1] != NULL)
		return usage_error("show: give one --draft KEY; draftconv list tells the keys");
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
	status = show_message(draft, &reading);
	if (opened.needs_person)
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DRAFT));
	if (warn_of_damage(opened.source))
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED));
	return finish_results(status);
}

const struct command command_show = {
	.name = "show",
	.synopsis = "SOURCE ... --draft KEY",
	.summary = "one draft as the message that would be delivered",
	.run = run_show,
};
