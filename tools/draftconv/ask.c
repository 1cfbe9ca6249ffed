/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ask.h"

#include "cancel.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
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

/* What the terminal gives as one line, until a signal says that nobody wants to answer. */
static char *
read_answer(int fd)
{
	struct pollfd polled = {.fd = fd, .events = POLLIN};
	char line[256];
	ssize_t got = -1;

	while (got < 0 && !is_cancelled()) {
		if (poll(&polled, 1, 100) <= 0)
			continue;
		got = read(fd, line, sizeof line);
		if (got < 0 && errno != EINTR)
			break;
	}
	if (got <= 0 || is_cancelled())
		return NULL;
	return g_strstrip(g_strndup(line, (gsize)got));
}

char *
ask(const char *question)
{
	int fd = open_terminal();

	if (fd < 0)
		return NULL;
	cancel_on_signals(NULL);
	flush_results();
	dprintf(fd, "%s", question);
	char *answer = read_answer(fd);
	if (answer == NULL)
		dprintf(fd, "\n");
	cancel_stop();
	close(fd);
	return answer;
}

bool
is_yes(const char *answer)
{
	return answer != NULL &&
	       (g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0);
}

/* Take the last character away, all bytes of it. */
static size_t
shorter(const char *answer, size_t length)
{
	while (length > 0 && ((guchar)answer[length - 1] & 0xc0) == 0x80)
		length--;
	return length > 0 ? length - 1 : 0;
}

/* A line of bytes from a terminal that hands over each key as it is pressed; BEFORE has its editing keys. */
static int
read_keys(int fd, const struct termios *before, char *answer, size_t size)
{
	size_t length = 0;

	for (;;) {
		char key;
		ssize_t got = read(fd, &key, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || key == '\n' || key == '\r' || (cc_t)key == before->c_cc[VEOF])
			return (int)length;
		if ((cc_t)key == before->c_cc[VINTR] || (cc_t)key == before->c_cc[VQUIT])
			return ASK_INTERRUPTED;
		if ((cc_t)key == before->c_cc[VERASE] || key == '\b' || key == 0x7f)
			length = shorter(answer, length);
		else if ((cc_t)key == before->c_cc[VKILL])
			length = 0;
		else if (length == size)
			return ASK_TOO_LONG;
		else
			answer[length++] = key;
	}
}

int
ask_secret(const char *question, char *answer, size_t size)
{
	int fd = open_terminal();
	struct termios before;

	if (fd < 0)
		return ASK_NO_TERMINAL;
	if (tcgetattr(fd, &before) != 0) {
		close(fd);
		return ASK_NO_TERMINAL;
	}
	struct termios silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	silent.c_cc[VMIN] = 1;
	silent.c_cc[VTIME] = 0;
	flush_results();
	/* First: what is typed as soon as the question stands must neither show nor be lost. */
	tcsetattr(fd, TCSAFLUSH, &silent);
	dprintf(fd, "%s", question);
	int length = read_keys(fd, &before, answer, MIN(size, (size_t)G_MAXINT));
	tcsetattr(fd, TCSAFLUSH, &before);
	dprintf(fd, "\n");
	close(fd);
	return length;
}
