/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secret.h"

#include "ask.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int refuse(char error[256], const char *format, ...) G_GNUC_PRINTF(2, 3);

static int
refuse(char error[256], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_vsnprintf(error, 256, format, args);
	va_end(args);
	return DRAFTCONV_ERROR_REFUSED;
}

/* The first line of FD; a password has no line end in it. @return its length, or negative */
static int
read_line(int fd, char *secret, size_t size)
{
	size_t length = 0;

	for (;;) {
		ssize_t got = read(fd, secret + length, size - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		char *end = memchr(secret + length, '\n', (size_t)got);
		if (end != NULL)
			length = (size_t)(end - secret);
		else
			length += (size_t)got;
		if (end != NULL || got == 0 || length == size)
			break;
	}
	if (length > 0 && secret[length - 1] == '\r')
		length--;
	return length > G_MAXINT ? -1 : (int)length;
}

static int
from_file(const char *path, char *secret, size_t size, char error[256])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return refuse(error, "password file %s: %s", path, g_strerror(errno));
	int length = read_line(fd, secret, size);
	int read_errno = errno;
	close(fd);
	if (length < 0)
		return refuse(error, "password file %s: %s", path, g_strerror(read_errno));
	if (length == 0)
		return refuse(error, "password file %s: its first line is empty", path);
	return length;
}

/* The words of the command, {login} in each of them replaced. [transfer full] NULL with a reason */
static char **
command_words(char **words, const char *login, char error[256])
{
	g_autoptr(GPtrArray) result = g_ptr_array_new_with_free_func(g_free);

	for (char **word = words; *word != NULL; word++) {
		g_auto(GStrv) parts = g_strsplit(*word, "{login}", -1);
		/* A login comes out of a dump: it must not be read as an option. */
		if (parts[0] != NULL && parts[1] != NULL && *parts[0] == '\0' && *login == '-') {
			refuse(error, "login %s: would be read as an option of the command", login);
			return NULL;
		}
		g_ptr_array_add(result, g_strjoinv(login, parts));
	}
	g_ptr_array_add(result, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&result), FALSE);
}

/* So that the command can end by itself. */
static void
read_over(int fd)
{
	char piece[4096];
	ssize_t got;

	do
		got = read(fd, piece, sizeof piece);
	while (got > 0 || (got < 0 && errno == EINTR));
	explicit_bzero(piece, sizeof piece);
}

static int
from_command(char **command, const char *login, char *secret, size_t size, char error[256])
{
	g_auto(GStrv) words = command_words(command, login, error);
	g_autoptr(GError) reason = NULL;
	GPid pid = 0;
	int out = -1;
	int status = 0;

	if (words == NULL)
		return DRAFTCONV_ERROR_REFUSED;
	if (!g_spawn_async_with_pipes(NULL, words, NULL,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out,
		    NULL, &reason))
		return refuse(error, "command: %s", reason->message);
	int length = read_line(out, secret, size);
	read_over(out);
	close(out);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	g_spawn_close_pid(pid);
	if (!WIFEXITED(status))
		return refuse(
			error, "command %s was ended by signal %d", words[0], WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return refuse(
			error, "command %s ended with status %d", words[0], WEXITSTATUS(status));
	if (length <= 0)
		return refuse(error, "command %s: the first line of its output is empty", words[0]);
	return length;
}

static int
hand_over(const char *text, char *secret, size_t size, char error[256])
{
	size_t length = strlen(text);

	if (length > size)
		return refuse(error, "the password is too long");
	memcpy(secret, text, length);
	return (int)length;
}

static int
from_terminal(const struct draftconv_sink_login *login, char *secret, size_t size, char error[256])
{
	g_autofree char *question =
		g_strdup_printf("Password of %s at %s: ", login->identity, login->host);
	int length = ask_secret(question, secret, size);

	if (length > 0)
		return length;
	switch (length) {
	case ASK_NO_TERMINAL:
		return refuse(error,
			"no password for %s: give --password-file FILE or --password-command CMD, "
			"or set DRAFTCONV_PASSWORD",
			login->identity);
	case ASK_INTERRUPTED:
		refuse(error, "interrupted");
		return DRAFTCONV_ERROR_CANCELLED;
	case ASK_TOO_LONG:
		return refuse(error, "what was typed is too long");
	default:
		return refuse(error, "nothing was typed");
	}
}

/* Nobody types a password again because a connection broke, or because a command logs in twice. */
static int
typed(struct reaching *reaching, const struct draftconv_sink_login *login, char *secret,
	size_t size, char error[256])
{
	g_autoptr(GMutexLocker) alone = g_mutex_locker_new(&reaching->asking);
	g_autofree char *who = g_strdup_printf("%s at %s", login->identity, login->host);

	(void)alone;
	if (g_strcmp0(who, reaching->typed_for) == 0)
		return hand_over(reaching->typed, secret, size, error);
	int length = from_terminal(login, secret, size, error);
	if (length <= 0)
		return length;
	secret_forget(reaching);
	reaching->typed_for = g_steal_pointer(&who);
	reaching->typed = g_strndup(secret, (size_t)length);
	return length;
}

void
secret_forget(struct reaching *reaching)
{
	if (reaching->typed != NULL)
		explicit_bzero(reaching->typed, strlen(reaching->typed));
	g_clear_pointer(&reaching->typed, g_free);
	g_clear_pointer(&reaching->typed_for, g_free);
}

int
secret_for_login(void *user, const struct draftconv_sink_login *login, char *secret, size_t size,
	char error[256])
{
	struct reaching *reaching = user;
	const char *environment = g_getenv("DRAFTCONV_PASSWORD");

	if (reaching->password_file != NULL)
		return from_file(reaching->password_file, secret, size, error);
	if (reaching->password_words != NULL)
		return from_command(reaching->password_words, login->identity, secret, size, error);
	if (environment != NULL && *environment != '\0')
		return hand_over(environment, secret, size, error);
	return typed(reaching, login, secret, size, error);
}
