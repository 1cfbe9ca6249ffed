/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static const struct command *const commands[] = {
	&command_ticket,
	&command_inspect,
	&command_query,
	&command_owners,
	&command_list,
	&command_show,
	&command_check,
	&command_convert,
	&command_verify,
	&command_rollback,
	&command_runs,
	&command_report,
	&command_forget,
	&command_profile,
};

static int
print_help(FILE *stream)
{
	fputs("draftconv moves drafts of old webmails into IMAP Drafts folders.\n\n"
	      "Usage: draftconv COMMAND [OPTIONS] SOURCE ...\n\nCommands:\n",
		stream);
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'draftconv COMMAND --help' says more; 'draftconv --version' names the "
	      "libraries.\n",
		stream);
	return stream == stdout ? finish_results(0)
				: draftconv_exit_status(DRAFTCONV_ERROR_ARGUMENT);
}

static int
print_version(void)
{
	result_line("draftconv %s", draftconv_version());
	result_line("%s", draftconv_libraries());
	return finish_results(0);
}

/* Drafts and passwords pass through this process: it leaves no core file. */
static void
forbid_core_files(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

int
main(int argc, char **argv)
{
	forbid_core_files();
	draftconv_init();
	if (argc < 2)
		return print_help(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0)
		return print_help(stdout);
	if (strcmp(argv[1], "--version") == 0)
		return print_version();
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(commands[i]->name, argv[1]) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	}
	return usage_error("there is no command '%s'; see draftconv --help", argv[1]);
}
