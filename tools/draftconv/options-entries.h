/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside of options*.c: one file a theme, which adds its entries to what is parsed and makes of the texts
 * what the library takes.
 */
#ifndef TOOL_OPTIONS_ENTRIES_H
#define TOOL_OPTIONS_ENTRIES_H

#include "options.h"

#define ENTRY(name, arg, target, what, value)                                                      \
	{                                                                                          \
		name, 0, 0, arg, target, what, value                                               \
	}
#define FOR_SEVERAL(name, arg, target, what, value)                                                \
	{                                                                                          \
		name, 0, several ? 0 : G_OPTION_FLAG_HIDDEN, arg, target, what, value              \
	}
#define TEXT(name, target, what, value) ENTRY(name, G_OPTION_ARG_FILENAME, target, what, value)
#define TEXTS(name, target, what, value)                                                           \
	ENTRY(name, G_OPTION_ARG_FILENAME_ARRAY, target, what, value)
#define END_OF_ENTRIES                                                                             \
	{                                                                                          \
		NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL                                    \
	}

/*
 * The entries of a theme; what they give goes to its structure. What is for several accounts is hidden unless
 * SEVERAL; parse_options() refuses it then. What says how messages are sent is hidden unless SENDS, and does
 * nothing then: the same line can be typed for check and convert.
 */
void options_add_reading(GOptionContext *context, struct reading *reading, bool several);
void options_add_reaching(GOptionContext *context, struct reaching *reaching, bool several);
void options_add_delivering(
	GOptionContext *context, struct delivering *delivering, bool several, bool sends);
/* SELECTS: --run and --owner choose among what the journal holds. */
void options_add_recording(GOptionContext *context, struct recording *recording, bool selects);
void options_add_saying(GOptionContext *context, struct saying *saying);

/* Check the texts, and make the library's options of them. @return 0, or an exit status after having said why */
int options_finish_reading(struct reading *reading);
int options_finish_reaching(struct reaching *reaching);
int options_finish_delivering(struct delivering *delivering);
int options_finish_recording(struct recording *recording);

/* None of NAMES (may be NULL) that OPTION gave is empty. @return as above */
int options_names(const char *option, char **names);

/* TEXT of option NAME as a number of LEAST at least; NULL leaves *VALUE. @return as above */
int options_number(const char *name, const char *text, unsigned least, unsigned *value);

#endif
