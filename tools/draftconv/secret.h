/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where passwords come from: --password-file, else --password-command, else $DRAFTCONV_PASSWORD, else a
 * question on the terminal. Never from the command line. What was typed, or came out of a pipe, is kept until
 * the command ends, and then wiped; nothing else is kept longer than a login takes.
 */
#ifndef TOOL_SECRET_H
#define TOOL_SECRET_H

#include "options.h"

#include <draftconv/sink.h>

/* A draftconv_sink_secret; USER is the struct reaching of the command line. */
int secret_for_login(void *user, const struct draftconv_sink_login *login, char *secret,
	size_t size, char error[256]);

/*
 * A draftconv_sink_refused. What a person typed may be typed again, three times in all; what came from
 * elsewhere would be the same again.
 */
bool secret_refused(void *user, const struct draftconv_sink_login *login, const char *reason);

/* Wipe what was typed. */
void secret_forget(struct reaching *reaching);

#endif
