/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command of the tool: one file that holds one constant descriptor. main.c finds it by name, parses
 * nothing, and hands over the arguments behind the name.
 */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include <draftconv/draftconv.h>
#include <glib.h>
#include <stdbool.h>

struct command {
	const char *name;
	const char *synopsis; /* what stands behind the name: "SOURCE … --to SINK" */
	const char *summary;  /* one line */
	bool one_account;     /* what is for several accounts is no option of it */
	const char *notes;    /* what else --help says, lines with their ends; NULL */
	/* ARGV[0] is the command's name. @return the exit status */
	int (*run)(int argc, char **argv);
};

extern const struct command command_check;
extern const struct command command_convert;
extern const struct command command_inspect;
extern const struct command command_forget;
extern const struct command command_list;
extern const struct command command_owners;
extern const struct command command_profile;
extern const struct command command_query;
extern const struct command command_report;
extern const struct command command_rollback;
extern const struct command command_runs;
extern const struct command command_show;
extern const struct command command_ticket;
extern const struct command command_verify;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_draft, draftconv_draft_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_drafts, draftconv_drafts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_error, draftconv_error_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_journal, draftconv_journal_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_message, draftconv_message_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_page, draftconv_page_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_profile, draftconv_profile_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_run, draftconv_run_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_sink, draftconv_sink_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(draftconv_source, draftconv_source_free)

#endif
