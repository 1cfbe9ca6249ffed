/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include "options-entries.h"
#include "output.h"

#include <string.h>

int
options_number(const char *name, const char *text, unsigned least, unsigned *value)
{
	guint64 number;

	if (text == NULL)
		return 0;
	if (!g_ascii_string_to_unsigned(text, 10, least, G_MAXINT, &number, NULL))
		return usage_error("--%s %s: it takes a number from %u on", name, text, least);
	*value = (unsigned)number;
	return 0;
}

int
options_names(const char *option, char **names)
{
	for (; names != NULL && *names != NULL; names++) {
		if (**names == '\0')
			return usage_error("%s: is empty, and would choose nothing or everything; "
					   "is a variable of a script not set?",
				option);
	}
	return 0;
}

/* They choose among accounts, or say what becomes of one beside others. */
static int
refuse_several(const struct command_line *line)
{
	const struct {
		const char *name;
		bool given;
	} options[] = {
		{"--limit", line->reading != NULL && line->reading->limit != NULL},
		{"--shard", line->reading != NULL && line->reading->shard != NULL},
		{"--all-into-one", line->delivering != NULL && line->delivering->all_into_one},
		{"--jobs", line->delivering != NULL && line->delivering->jobs != NULL},
		{"--max-refused",
			line->delivering != NULL && line->delivering->max_refused != NULL},
		{"--max-connections",
			line->reaching != NULL && line->reaching->max_connections != NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		if (options[i].given)
			return usage_error("%s: it is about one account, and %s is for several; "
					   "leave it away",
				line->command->name, options[i].name);
	}
	return 0;
}

/* Rather than that somebody waits for speed that cannot come. */
static void
say_fewer_jobs(const struct reaching *reaching, const struct delivering *delivering)
{
	if (delivering->job_count > reaching->options.max_connections && reaching->to != NULL &&
		g_ascii_strncasecmp(reaching->to, "imap", 4) == 0)
		message("--jobs %u: only %u accounts at the same time, as many as "
			"--max-connections "
			"allows",
			delivering->job_count, reaching->options.max_connections);
}

static int
finish(struct command_line *line)
{
	int status = 0;

	if (line->saying != NULL)
		output_set(line->saying);
	for (char **argument = line->arguments; *argument != NULL; argument++) {
		if (!g_utf8_validate(*argument, -1, NULL) && line->reading == NULL)
			return usage_error("an argument is not UTF-8");
	}
	if (line->argument_count < line->min_arguments)
		return usage_error("%s: something is missing: draftconv %s %s", line->command->name,
			line->command->name, line->command->synopsis);
	if (line->max_arguments >= 0 && line->argument_count > line->max_arguments)
		return usage_error("%s: too many arguments, beginning with %s", line->command->name,
			line->arguments[line->max_arguments]);
	if (line->command->one_account)
		status = refuse_several(line);
	if (status == 0 && line->recording != NULL)
		status = options_finish_recording(line->recording);
	if (status == 0 && line->reading != NULL)
		status = options_finish_reading(line->reading);
	if (status == 0 && line->reaching != NULL)
		status = options_finish_reaching(line->reaching);
	if (status == 0 && line->delivering != NULL)
		status = options_finish_delivering(line->delivering);
	if (status == 0 && line->reaching != NULL && line->delivering != NULL &&
		!line->command->one_account)
		say_fewer_jobs(line->reaching, line->delivering);
	return status;
}

bool
parse_time(const char *text, int64_t *unix_s)
{
	gint64 number;

	if (g_ascii_string_to_signed(text, 10, G_MININT32, G_MAXINT64 / 2, &number, NULL)) {
		*unix_s = number;
		return true;
	}

	g_autofree char *iso = g_strdup(text);
	if (strlen(iso) > 10 && iso[10] == ' ')
		iso[10] = 'T';
	g_autoptr(GString) full = g_string_new(iso);
	if (full->len == 10)
		g_string_append(full, "T00:00:00");
	else if (full->len == 16)
		g_string_append(full, ":00");
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(full->str, utc);
	if (time == NULL)
		return false;
	*unix_s = g_date_time_to_unix(time);
	return true;
}

int
parse_options(struct command_line *line, int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new(line->command->synopsis);
	g_autoptr(GError) error = NULL;
	const bool several = !line->command->one_account;
	g_autofree char *program = g_strdup_printf("draftconv %s", line->command->name);

	g_option_context_set_summary(context, line->command->summary);
	g_autofree char *description = g_strconcat(
		line->command->notes == NULL ? "" : line->command->notes,
		line->command->notes == NULL ? "" : "\n",
		"What stands in parentheses counts when the option is not given.\n\n"
		"Exit status: 0 all is there; 1 something needs a person; 64 usage; 65 source "
		"damaged, "
		"what is whole counts;\n66 no such source, owner or run; 69 server not reached; 73 "
		"output "
		"not written; 75 temporary, same command again;\n77 login or permission refused; "
		"78 "
		"profile or accounts file; 130 interrupted, same command again. See draftconv(1).",
		NULL);
	g_option_context_set_description(context, description);
	g_set_prgname(program);
	if (line->entries != NULL)
		g_option_context_add_main_entries(context, line->entries, NULL);
	if (line->reading != NULL)
		options_add_reading(context, line->reading, several);
	if (line->reaching != NULL)
		options_add_reaching(context, line->reaching, several);
	if (line->delivering != NULL)
		options_add_delivering(context, line->delivering, several, line->recording != NULL);
	if (line->recording != NULL)
		options_add_recording(context, line->recording, line->reading == NULL);
	if (line->saying != NULL)
		options_add_saying(context, line->saying);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return usage_error(
			"%s (see draftconv %s --help)", error->message, line->command->name);

	/* "--" stays in argv when something was behind it. */
	line->arguments = argv + 1;
	line->argument_count = argc - 1;
	if (argc > 1 && strcmp(argv[1], "--") == 0) {
		line->arguments++;
		line->argument_count--;
	}
	return finish(line);
}
