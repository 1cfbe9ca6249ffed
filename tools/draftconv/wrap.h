/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text of several lines on standard output, for a person. In: anything that is UTF-8; out: lines no wider
 * than the terminal where a blank allows it, without anything that steers one: such characters are shown by
 * their numbers, so that nobody overlooks them.
 */
#ifndef TOOL_WRAP_H
#define TOOL_WRAP_H

/* How wide lines may be: as the terminal is. */
int output_width(void);

/* TEXT in lines that begin with REST, the first one with FIRST; "" is a line with FIRST alone. */
void say_wrapped(const char *first, const char *rest, const char *text);

#endif
