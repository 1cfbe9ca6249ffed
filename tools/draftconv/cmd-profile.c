/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "open.h"
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

struct checking {
	const char *name; /* of the profile, as it was asked for */
	unsigned errors;
};

static void
on_problem(void *user, unsigned line, draftconv_severity severity, const char *text)
{
	struct checking *checking = user;
	g_autofree char *clean = line_text(text, 0);

	checking->errors += severity == DRAFTCONV_SEVERITY_ERROR;
	if (line > 0)
		result_line("%s:%u: %s: %s", checking->name, line,
			draftconv_severity_name(severity), clean);
	else
		result_line("%s: %s: %s", checking->name, draftconv_severity_name(severity), clean);
}

/* The text of a profile, also of one that cannot be loaded. @return 0, or an exit status after having said why */
static int
read_text(const char *name, char **text, size_t *size)
{
	g_autoptr(draftconv_profile) profile = NULL;
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(GError) why = NULL;

	if (is_profile_file(name)) {
		if (g_file_get_contents(name, text, size, &why))
			return 0;
		complain("%s", why->message);
		return draftconv_exit_status(DRAFTCONV_ERROR_NOT_FOUND);
	}
	if (draftconv_profile_builtin(name, &profile, &error) < 0) {
		complain("%s: no such file, and %s", name, draftconv_error_message(error));
		return draftconv_exit_status(DRAFTCONV_ERROR_NOT_FOUND);
	}
	*text = g_strdup(draftconv_profile_xml(profile, size));
	return 0;
}

static int
check_text(const char *text, size_t size, draftconv_source *source, struct checking *checking)
{
	g_autoptr(draftconv_error) error = NULL;
	int code = draftconv_profile_check(text, size, source, on_problem, checking, &error);
	int status = draftconv_exit_status(code < 0 ? code : DRAFTCONV_OK);

	/* The error of a check that came to its end is the first of the problems: it was said. */
	if (checking->errors > 0)
		complain("%s: %u error%s%s", checking->name, checking->errors,
			checking->errors == 1 ? "" : "s",
			source == NULL ? "" : "; draftconv inspect shows the source's tables");
	else if (code < 0)
		status = report_error(error);
	else if (code == 0)
		message("%s: nothing wrong found", checking->name);
	if (source != NULL && warn_of_damage(source))
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED));
	return finish_results(status);
}

static int
profile_check(const struct reading *reading, const char *name, char **sources)
{
	g_autoptr(draftconv_source) source = NULL;
	g_autofree char *text = NULL;
	size_t size;
	struct checking checking = {.name = name};

	int status = read_text(name, &text, &size);
	if (status == 0 && *sources != NULL)
		status = open_source(reading, sources, &source);
	return status != 0 ? status : check_text(text, size, source, &checking);
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
			   "FILE|NAME [SOURCE ...]'");
}

const struct command command_profile = {
	.name = "profile",
	.synopsis = "list | show NAME | check FILE|NAME [SOURCE ...]",
	.summary = "the mapping profiles",
	.run = run_profile,
};
