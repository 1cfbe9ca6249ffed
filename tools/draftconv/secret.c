/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secret.h"

#include "ask.h"
#include "cancel.h"
#include "options.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TIMEOUT_S = 60, /* of a command or pipe, unless --timeout says otherwise */
	TRIES = 3,      /* of a person; many servers lock an account after five */
	POLL_MS = 50
};

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

/*
 * The first line of what a file or a command gives, for SECRET of SIZE bytes; a password has no line end in
 * it. Two bytes more than fit show that it is too long, and not only its line end.
 */
struct first_line {
	size_t room;
	size_t length;
	bool complete; /* what follows is not of it */
	char *bytes;
};

static void
first_line_clear(struct first_line *line)
{
	if (line->bytes != NULL)
		explicit_bzero(line->bytes, line->room);
	g_free(line->bytes);
}
typedef struct first_line first_line;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(first_line, first_line_clear)

/* Take what FD has. @return as read() does */
static ssize_t
read_some(int fd, struct first_line *line)
{
	char piece[4096];
	ssize_t got;

	do
		got = read(fd, piece, sizeof piece);
	while (got < 0 && errno == EINTR);
	const int read_errno = errno;
	for (ssize_t i = 0; i < got && !line->complete; i++) {
		if (piece[i] == '\n' || line->length == line->room)
			line->complete = true;
		else
			line->bytes[line->length++] = piece[i];
	}
	explicit_bzero(piece, sizeof piece);
	errno = read_errno;
	return got;
}

/* WHAT names the file or command. @return the length of SECRET, or negative */
static int
hand_over_line(
	const struct first_line *line, const char *what, char *secret, size_t size, char error[256])
{
	size_t length = line->length;

	if (length > 0 && line->bytes[length - 1] == '\r')
		length--;
	if (length == 0)
		return refuse(error, "%s: its first line is empty", what);
	if (length > size)
		return refuse(error,
			"%s: its first line is longer than a password can be, %" G_GSIZE_FORMAT
			" bytes",
			what, size);
	memcpy(secret, line->bytes, length);
	return (int)length;
}

static unsigned
timeout_of(const struct reaching *reaching)
{
	return reaching->options.timeout_s == 0 ? TIMEOUT_S : reaching->options.timeout_s;
}

static int
hand_over(const char *text, char *secret, size_t size, char error[256])
{
	size_t length = strlen(text);

	if (length > size)
		return refuse(error,
			"the password is longer than a password can be, %" G_GSIZE_FORMAT " bytes",
			size);
	memcpy(secret, text, length);
	return (int)length;
}

/* For the next login of WHO: what was typed, or came out of a pipe, does not come again. */
static int
keep(struct reaching *reaching, const char *who, const char *secret, int length)
{
	secret_forget(reaching);
	reaching->typed_for = g_strdup(who);
	reaching->typed = g_strndup(secret, (size_t)length);
	return length;
}

/* The first line of FD, which may be a pipe that nobody writes into. @return 0, or negative */
static int
read_line(int fd, const char *what, unsigned timeout_s, struct first_line *line, char error[256])
{
	const gint64 until = g_get_monotonic_time() + (gint64)timeout_s * G_USEC_PER_SEC;
	struct pollfd polled = {.fd = fd, .events = POLLIN};

	while (!line->complete) {
		if (is_cancelled()) {
			refuse(error, "interrupted");
			return DRAFTCONV_ERROR_CANCELLED;
		}
		if (g_get_monotonic_time() > until)
			return refuse(error,
				"%s: is a pipe, and no line came out of it within %u s (--timeout)",
				what, timeout_s);
		if (poll(&polled, 1, POLL_MS) <= 0)
			continue;
		const ssize_t got = read_some(fd, line);
		if (got == 0)
			return 0;
		if (got < 0 && errno != EAGAIN)
			return refuse(error, "%s: %s", what, g_strerror(errno));
	}
	return 0;
}

static int
from_file(struct reaching *reaching, char *secret, size_t size, char error[256])
{
	g_auto(first_line) line = {.room = size + 2, .bytes = g_malloc(size + 2)};
	g_autofree char *what = g_strdup_printf("password file %s", reaching->password_file);
	g_autoptr(GMutexLocker) alone = g_mutex_locker_new(&reaching->asking);
	struct stat facts;

	(void)alone;
	if (g_strcmp0(what, reaching->typed_for) == 0)
		return hand_over(reaching->typed, secret, size, error);
	/* Without waiting for somebody who writes into a pipe. */
	const int fd = open(reaching->password_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return refuse(error, "%s: %s", what, g_strerror(errno));
	const bool comes_again = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
	int status = read_line(fd, what, timeout_of(reaching), &line, error);
	close(fd);
	if (status < 0)
		return status;
	status = hand_over_line(&line, what, secret, size, error);
	return status < 0 || comes_again ? status : keep(reaching, what, secret, status);
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

/* Signals are blocked while a run is watched; the command takes them as ever. */
static void
take_signals(gpointer data)
{
	sigset_t none;

	(void)data;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* It may have changed the terminal and want to put that right: it is asked to end, and then ended. */
static void
end_command(GPid pid)
{
	const gint64 until = g_get_monotonic_time() + G_USEC_PER_SEC;

	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (g_get_monotonic_time() > until)
			kill(pid, SIGKILL);
		g_usleep(POLL_MS * 1000);
	}
}

/* A login does not wait long for the end of a command that has written all. */
static int
wait_ms(bool ended, int fd)
{
	if (ended)
		return 0;
	return fd < 0 ? 5 : POLL_MS;
}

/* All that the command writes, that it can end by itself, until it has. @return 0, or negative: it was ended */
static int
wait_for_command(GPid pid, int out, unsigned timeout_s, struct first_line *line, int *status,
	char error[256])
{
	const gint64 until = g_get_monotonic_time() + (gint64)timeout_s * G_USEC_PER_SEC;
	struct pollfd polled = {.fd = out, .events = POLLIN};

	for (;;) {
		/* Before the last reading: what it wrote is there when it has ended. */
		const bool ended = waitpid(pid, status, WNOHANG) != 0;

		while (poll(&polled, 1, wait_ms(ended, polled.fd)) > 0) {
			if (read_some(out, line) <= 0)
				polled.fd = -1;
			if (is_cancelled() || g_get_monotonic_time() > until)
				break;
		}
		if (ended)
			return 0;
		if (is_cancelled()) {
			end_command(pid);
			refuse(error, "interrupted");
			return DRAFTCONV_ERROR_CANCELLED;
		}
		if (g_get_monotonic_time() > until) {
			end_command(pid);
			return refuse(error,
				"the command for the password did not end within %u s (--timeout)",
				timeout_s);
		}
	}
}

static int
from_command(const struct reaching *reaching, const char *login, char *secret, size_t size,
	char error[256])
{
	g_auto(GStrv) words = command_words(reaching->password_words, login, error);
	g_auto(first_line) line = {.room = size + 2, .bytes = g_malloc(size + 2)};
	g_autoptr(GError) reason = NULL;
	GPid pid = 0;
	int out = -1;
	int status = 0;

	if (words == NULL)
		return DRAFTCONV_ERROR_REFUSED;
	if (!g_spawn_async_with_pipes(NULL, words, NULL,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, take_signals, NULL, &pid, NULL,
		    &out, NULL, &reason))
		return refuse(error, "command: %s", reason->message);
	int code = wait_for_command(pid, out, timeout_of(reaching), &line, &status, error);
	close(out);
	g_spawn_close_pid(pid);
	if (code < 0)
		return code;
	if (!WIFEXITED(status))
		return refuse(
			error, "command %s was ended by signal %d", words[0], WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return refuse(
			error, "command %s ended with status %d", words[0], WEXITSTATUS(status));
	g_autofree char *what = g_strdup_printf("output of command %s", words[0]);
	return hand_over_line(&line, what, secret, size, error);
}

static int
from_terminal(const struct draftconv_sink_login *login, unsigned refused, char *secret, size_t size,
	char error[256])
{
	g_autofree char *tries = refused == 0
					 ? g_strdup("")
					 : g_strdup_printf(" (try %u of %d)", refused + 1, TRIES);
	g_autofree char *asked =
		g_strdup_printf("Password of %s at %s%s: ", login->identity, login->host, tries);
	g_autofree char *question = line_text(asked, 0);
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
		return refuse(error, "what was typed is longer than a password can be");
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
	if (g_strcmp0(who, reaching->refused_for) != 0)
		reaching->refused = 0;
	reaching->is_new = g_strcmp0(who, reaching->typed_for) != 0;
	if (!reaching->is_new)
		return hand_over(reaching->typed, secret, size, error);
	int length = from_terminal(login, reaching->refused, secret, size, error);
	return length <= 0 ? length : keep(reaching, who, secret, length);
}

bool
secret_refused(void *user, const struct draftconv_sink_login *login, const char *reason)
{
	struct reaching *reaching = user;
	g_autoptr(GMutexLocker) alone = g_mutex_locker_new(&reaching->asking);
	g_autofree char *who = g_strdup_printf("%s at %s", login->identity, login->host);

	(void)alone;
	/* One that was used before has let us in: it is this mailbox that cannot be opened with it. */
	if (!reaching->is_new || g_strcmp0(who, reaching->typed_for) != 0)
		return false;
	secret_forget(reaching);
	g_free(reaching->refused_for);
	reaching->refused_for = g_steal_pointer(&who);
	if (++reaching->refused >= TRIES)
		return false;
	complain("%s", reason);
	return true;
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
		return from_file(reaching, secret, size, error);
	if (reaching->password_words != NULL)
		return from_command(reaching, login->identity, secret, size, error);
	if (environment != NULL && *environment != '\0')
		return hand_over(environment, secret, size, error);
	return typed(reaching, login, secret, size, error);
}
