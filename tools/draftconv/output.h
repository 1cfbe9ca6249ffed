/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tool says: results on standard output, messages and progress on standard error. Text that
 * came from a dump goes through one door on its way to a terminal: line_text().
 */
#ifndef TOOL_OUTPUT_H
#define TOOL_OUTPUT_H

#include "command.h"

struct saying;

/* How to say things from now on; SAYING must stay. */
void output_set(const struct saying *saying);

/* A message for the person, unless --quiet. One line, without a line end. */
void message(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* What must be read before something is written, whatever --quiet says. */
void announce(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* An error, always. */
void complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Complain about the command line. @return 64 */
int usage_error(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Complain about ERROR. @return its exit status */
int report_error(const draftconv_error *error);

/* Complain that somebody stopped it. @return 130 */
int report_interrupted(void);

/* Of two exit statuses the one that comes first in the contract's order. */
int worse_status(int a, int b);

/* From now on lines of results are messages, or results again. */
void results_are_messages(bool they_are);

/* A line of results. @return false when standard output cannot be written */
bool result_line(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Bytes of results, as they are. */
bool result_bytes(const void *data, size_t size);

/* Whether a person sees the results as they come: standard output is a terminal. */
bool results_on_terminal(void);

/* What was said so far on standard output is there, before something is said elsewhere. */
void flush_results(void);

/* Flush standard output. @return STATUS, or 73 with a complaint when something could not be written */
int finish_results(int status);

/* False for what steers a terminal, and for marks that turn the direction of text. */
bool is_harmless(gunichar c);

/* How many columns of a terminal a character takes. */
int character_width(gunichar c);

/* TEXT without what steers a terminal, cut or filled with blanks to WIDTH columns (0: as long as it is). */
char *line_text(const char *text, int width);

/* How many columns of a terminal a text takes. */
int text_width(const char *text);

/* TEXT in at most WIDTH columns, with a mark when something was cut off, without what steers a terminal. */
char *fitted_text(const char *text, int width);

/* TEXT as a word to type into a shell: quoted where it must be. */
char *shell_word(const char *text);

/* "2012-12-01 22:00" of a moment in its own zone. */
char *line_time(int64_t unix_s, int offset_min);

/* "1 account", "2 accounts" */
char *line_count(uint64_t count, const char *noun);

/* "12.3 kB" */
char *line_size(uint64_t bytes);

/* Of a run or list that came to its end: when it found nothing, say so whatever --quiet says. */
void say_nothing_selected(const draftconv_summary *summary, const draftconv_selection *selection);

/*
 * So many of TOTAL are done; draws on a terminal (or with --progress), and clears itself at the end. A run calls
 * it as it is, with anything as USER.
 */
void draw_progress(void *user, uint64_t done, uint64_t total);

/* What the facts of a source say of its damage, as messages. @return true when it is damaged */
bool warn_of_damage(const draftconv_source *source);

/* Does it say that the drafts would go into a mailbox that hardly is meant? */
bool is_doubtful(const draftconv_finding *finding);

/* A finding that is about the source or the run, as a message (info only with --verbose). */
void say_finding(const draftconv_finding *finding);

/* What the catalogue says of CODE; NULL when it has no such finding. */
const draftconv_finding_info *finding_info(const char *code);

/* What to do about it, in the catalogue's words. */
const char *finding_remedy(const draftconv_finding *finding);

/* True when FINDING asks for a person: exit status 1. */
bool needs_person(const draftconv_finding *finding);

#endif
