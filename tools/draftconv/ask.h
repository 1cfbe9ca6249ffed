/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to the person at the terminal, never to what standard input is connected with. */
#ifndef TOOL_ASK_H
#define TOOL_ASK_H

#include <stdbool.h>

/* Whether there is a terminal to ask on. */
bool can_ask(void);

/* QUESTION, and the line that is typed, without blanks around it. [transfer full] NULL: there is none */
char *ask(const char *question);

#endif
