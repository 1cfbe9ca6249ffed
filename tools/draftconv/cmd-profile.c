/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"
#include "output.h"

#include <string.h>

static int
profile_list(void)
{
	for (const char *const *name = draftconv_profile_builtin_names(); *name != NULL; name++) {
		g_autoptr(draftconv_profile) profile = NULL;
		g_autoptr(draftconv_error) error = NULL;

		if (draftconv_profile_builtin(*name, &profile, &error) < 0)
			return report_error(error);
		result_line("%-16s %s", *name, draftconv_profile_title(profile));
	}
	return finish_results(0);
}

static int
profile_show(const char *name)
{
	g_autoptr(draftconv_profile) profile = NULL;
	g_autoptr(draftconv_error) error = NULL;
	size_t size;

	if (draftconv_profile_builtin(name, &profile, &error) < 0)
		return report_error(error);
	const char *xml = draftconv_profile_xml(profile, &size);
	result_bytes(xml, size);
	return finish_results(0);
}

static void
on_problem(void *user, unsigned line, draftconv_severity severity, const char *text)
{
	g_autofree char *clean = line_text(text, 0);
	const char *file = user;

	if (line > 0)
		result_line("%s:%u: %s: %s", file, line, draftconv_severity_name(severity), clean);
	else
		result_line("%s: %s: %s", file, draftconv_severity_name(severity), clean);
}

static int
profile_check(const struct reading *reading, const char *file, char **sources)
{
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(GError) read_error = NULL;
	g_autofree char *text = NULL;
	gsize size;

	if (!g_file_get_contents(file, &text, &size, &read_error)) {
		complain("%s", read_error->message);
		return draftconv_exit_status(DRAFTCONV_ERROR_NOT_FOUND);
	}
	if (*sources != NULL) {
		const struct draftconv_source_options options = {.struct_size = sizeof options,
			.database = reading->database,
			.temp_dir = reading->temp_dir};

		if (draftconv_source_open((const char *const *)sources, g_strv_length(sources),
			    &options, &source, &error) < 0)
			return report_error(error);
	}
	int status = draftconv_profile_check(
		text, size, source, on_problem, (char *)(uintptr_t)file, &error);
	if (status == 0)
		message("%s: nothing wrong found", file);
	if (status < 0)
		return finish_results(report_error(error));
	return finish_results(0);
}

static int
run_profile(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	struct command_line line = {.command = &command_profile,
		.reading = &reading,
		.saying = &saying,
		.min_arguments = 1,
		.max_arguments = -1};

	int status = parse_options(&line, argc, argv);
	if (status != 0)
		return status;
	const char *verb = line.arguments[0];
	if (strcmp(verb, "list") == 0 && line.argument_count == 1)
		return profile_list();
	if (strcmp(verb, "show") == 0 && line.argument_count == 2)
		return profile_show(line.arguments[1]);
	if (strcmp(verb, "check") == 0 && line.argument_count >= 2)
		return profile_check(&reading, line.arguments[1], line.arguments + 2);
	return usage_error("profile: it is 'profile list', 'profile show NAME' or 'profile check "
			   "FILE [SOURCE ...]'");
}

const struct command command_profile = {
	.name = "profile",
	.synopsis = "list | show NAME | check FILE [SOURCE ...]",
	.summary = "the mapping profiles",
	.run = run_profile,
};
