/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ask.h"

#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <unistd.h>

static int
open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool
can_ask(void)
{
	int fd = open_terminal();

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

char *
ask(const char *question)
{
	int fd = open_terminal();
	char line[256];

	if (fd < 0)
		return NULL;
	FILE *terminal = fdopen(fd, "r+");
	if (terminal == NULL) {
		close(fd);
		return NULL;
	}
	fflush(stderr);
	dprintf(fd, "%s", question);
	char *answer = fgets(line, sizeof line, terminal) == NULL ? NULL : g_strdup(line);
	fclose(terminal);
	return answer == NULL ? NULL : g_strstrip(answer);
}
