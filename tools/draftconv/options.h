/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options that several commands share, by theme: one file options-THEME.c each. In: argv; out:
 * structures of plain values, and the options of the library that they make. Options may stand anywhere;
 * "--" ends them. Text on the command line is UTF-8 whatever the locale.
 */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include "command.h"

/* What to read. */
struct reading {
	char *profile;
	char *database;
	char *temp_dir;
	char **owners;
	char **drafts;
	char *since;
	char *until;
	char *limit;
	char *shard;
	char *attachments;
	char *default_domain;
	const int *cancel;             /* not 0: stop reading; NULL */
	draftconv_selection selection; /* made of the above by parse_options() */
};

/* How to say it. */
struct saying {
	gboolean json;
	gboolean quiet;
	gboolean verbose;
	gboolean progress;
	char *html; /* of check: the file of a page */
};

/* How to reach the mail server. */
struct reaching {
	char *to;
	char *login;
	char *authenticate_as;
	char *master_separator;
	char *auth;
	char *password_file;
	char *password_command;
	char *token_command;
	char **password_words; /* the command of either, split */
	char *ca_file;
	char *tls;
	char *timeout;
	char *max_connections;
	GMutex asking;     /* for what follows: connections may ask at the same time */
	char *typed;       /* the password that was typed on the terminal or came out of a pipe */
	char *typed_for;   /* "identity at host", or which pipe */
	unsigned refused;  /* how often the server has refused what was typed */
	bool is_new;       /* what was typed was never used before */
	char *refused_for; /* "identity at host" */
	struct draftconv_sink_options options; /* made of the above by parse_options() */
};

/* Whose drafts are delivered where, and when to stop. */
struct delivering {
	char *accounts_file;
	char *destination;
	char *retries;
	char *max_refused;
	char *max_errors;
	char *jobs;
	char *rate;
	gboolean all_into_one;
	draftconv_accounts *accounts; /* of the file; made by parse_options(), as what follows */
	int retry_count;
	unsigned refused_most;
	int64_t errors_most;
	unsigned errors_most_percent;
	unsigned job_count;
	unsigned rate_per_s;
};

/* Which journals, and which of their runs. */
struct recording {
	bool only_told; /* nothing is going to be written into them */
	char **journals;
	char **runs;
	char *ticket;
	char **owners;
};

typedef struct reading reading_options;
typedef struct reaching reaching_options;
typedef struct delivering delivering_options;
typedef struct recording recording_options;

/* Free what the options gave. */
void reading_clear(struct reading *reading);
void reaching_clear(struct reaching *reaching);
void delivering_clear(struct delivering *delivering);
void recording_clear(struct recording *recording);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(reading_options, reading_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(reaching_options, reaching_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(delivering_options, delivering_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(recording_options, recording_clear)

/* Put DELIVERING into the options of a run. */
void delivering_set(const struct delivering *delivering, draftconv_run_options *options);

/* What a command takes; parts that it does not take are NULL. */
struct command_line {
	const struct command *command;
	const GOptionEntry *entries; /* its own, or NULL */
	struct reading *reading;
	struct saying *saying;
	struct reaching *reaching;
	struct delivering *delivering;
	struct recording *recording;
	int min_arguments;
	int max_arguments; /* -1: any number */
	char **arguments;  /* out: what is no option, NULL-terminated; belongs to argv's owner */
	int argument_count;
};

/* @return 0, or an exit status after having said why */
int parse_options(struct command_line *line, int argc, char **argv);

/* The path of the journal, absolute: --journal, $DRAFTCONV_JOURNAL, /etc/draftconv.conf, or the user's own. */
char *journal_path(const struct recording *recording);

/*
 * "2012-12-01", "2012-12-01 22:00[:00][Z|±HH:MM]" (UTC when no zone is given), or seconds since 1970. @return
 * false when it is none
 */
bool parse_time(const char *text, int64_t *unix_s);

#endif
