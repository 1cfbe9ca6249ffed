/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ctrl-C and SIGTERM end a run with its journal whole: a thread waits for them and cancels the run, and sets
 * a flag for what is no run. A second signal ends the program at once (the journal bears that too).
 */
#ifndef TOOL_CANCEL_H
#define TOOL_CANCEL_H

#include <draftconv/run.h>
#include <stdbool.h>

/* RUN may be NULL. */
void cancel_on_signals(draftconv_run *run);
/* Not 0 once such a signal came. */
const int *cancel_flag(void);
/* Whether one came. */
bool is_cancelled(void);
/* Signals end the program again as they did before. */
void cancel_stop(void);

#endif
