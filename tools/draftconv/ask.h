/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to the person at the terminal, never to what standard input is connected with. */
#ifndef TOOL_ASK_H
#define TOOL_ASK_H

#include <stdbool.h>
#include <stddef.h>

/* Whether there is a terminal to ask on. */
bool can_ask(void);

/*
 * QUESTION, and the line that is typed, without blanks around it. [transfer full] NULL: there is none, or
 * Ctrl-C was the answer: is_cancelled()
 */
char *ask(const char *question);

/* Whether ANSWER, NULL when there is none, is a yes. */
bool is_yes(const char *answer);

enum {
	ASK_NO_TERMINAL = -1,
	ASK_INTERRUPTED = -2, /* Ctrl-C */
	ASK_TOO_LONG = -3
};

/*
 * QUESTION, and what is typed behind it without being shown. The terminal is as before afterwards, also when the
 * answer is Ctrl-C: nothing else may end the program in between.
 * @return the number of bytes in ANSWER [out, SIZE], without a NUL, or one of the above
 */
int ask_secret(const char *question, char *answer, size_t size);

#endif
