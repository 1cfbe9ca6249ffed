/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sinks: where messages go. A sink is a parsed destination; nothing is opened before a run needs it. The
 * forms are imaps://[LOGIN@]HOST[:PORT][/FOLDER], imap://… (STARTTLS), imap+exec:COMMAND, maildir:DIR,
 * mbox:FILE, eml:DIR and "-". Or a program brings a sink of its own, as three callbacks.
 */
#ifndef DRAFTCONV_SINK_H
#define DRAFTCONV_SINK_H

#include <draftconv/error.h>
#include <draftconv/write.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A destination; immutable, so runs in several threads may share one. */
typedef struct draftconv_sink draftconv_sink;

/** For which login a secret is wanted. All strings are valid during the call only. */
struct draftconv_sink_login {
	size_t struct_size;
	const char *host;     /**< or the command of imap+exec: */
	unsigned port;        /**< 0 with a command */
	const char *login;    /**< whose mailbox */
	const char *identity; /**< whose secret: authenticate_as, else the same as login */
	bool token;           /**< an OAuth 2 access token is wanted, not a password */
};

/**
 * Fetch a password or token. Called from the thread that opens the connection, several threads at once
 * when a run has several connections. The library wipes the buffer after the login.
 *
 * @param user    what came with the function
 * @param login   [transfer none] whose secret
 * @param secret  [out] buffer of SIZE bytes; not NUL-terminated
 * @param error   [out] buffer of 256 bytes for a reason, NUL-terminated UTF-8
 * @return length of the secret, or a negative DRAFTCONV_ERROR_… (REFUSED when there is no secret)
 */
typedef int (*draftconv_sink_secret)(void *user, const struct draftconv_sink_login *login,
	char *secret, size_t size, char error[256]);

/**
 * The server refused the secret: shall there be another try, with what draftconv_sink_secret gives then? For
 * programs that ask a person; it limits the number of tries itself, since servers lock accounts. Called from
 * the thread that opens the connection.
 *
 * @param user   what came with the function that gave the secret
 * @param login  [transfer none] whose secret
 * @param reason [transfer none] one line, with the server's words
 */
typedef bool (*draftconv_sink_refused)(
	void *user, const struct draftconv_sink_login *login, const char *reason);

enum draftconv_sink_tls {
	DRAFTCONV_SINK_TLS_REQUIRED = 0, /**< imaps: or STARTTLS */
	DRAFTCONV_SINK_TLS_OFF = 1       /**< only with imap: and a loopback host */
};

/** How to reach an IMAP server; zero is the default of every field. */
struct draftconv_sink_options {
	size_t struct_size; /**< sizeof(struct draftconv_sink_options) */
	const char *login;  /**< template of {login}: "{local}", "{owner}*admin"; never decoded */
	const char *folder; /**< folder when the sink names none, UTF-8; a template too */
	enum draftconv_sink_tls tls;
	const char *ca_file;          /**< PEM; NULL: what the system trusts */
	unsigned timeout_s;           /**< without progress; 0: 60 */
	const char *authenticate_as;  /**< authentication identity; the mailbox stays the login's */
	const char *master_separator; /**< one character: log in as LOGIN, it, authenticate_as */
	const char *auth_mechanism;   /**< "PLAIN", "SCRAM-SHA-256", …; NULL: the best of both */
	unsigned max_connections;     /**< to one server; 0: 4 */
	draftconv_sink_secret secret; /**< NULL: no login is possible; files need none */
	void *secret_user;
	bool has_tokens; /**< SECRET gives OAuth 2 access tokens: OAUTHBEARER or XOAUTH2 is taken */
	draftconv_sink_refused refused; /**< NULL: a refused login is not tried again */
};

/**
 * Parse a destination and keep it with its options. Opens nothing.
 *
 * @param to       the --to argument, UTF-8; {owner}, {local}, {domain}, {login} stand for each account's,
 *                 {{ is a brace
 * @param options  [transfer none, may be NULL] copied
 * @param sink     [out, transfer full] release with draftconv_sink_free(); untouched on failure
 * @param error    [out, transfer full, may be NULL] what is wrong and how it is spelled right
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT when it is no sink, or its options contradict it
 *
 * The command of imap+exec: is split into words as a shell does, without one; then names are put in. It
 * runs in the environment of this process, and is waited for.
 */
DRAFTCONV_API int draftconv_sink_open(const char *to, const struct draftconv_sink_options *options,
	draftconv_sink **sink, draftconv_error **error);

/** One message on its way into a sink of the caller's. Valid during the call only. */
struct draftconv_sink_item {
	size_t struct_size;
	const char *owner;
	const char *identity; /**< the same for the same draft, always; letters and digits */
	uint64_t size_bytes;
	const char *flags;       /**< as IMAP writes them, separated by blanks: "\\Draft \\Seen" */
	int64_t date_s;          /**< internal date, seconds since 1970 */
	int date_offset_minutes; /**< its time zone, minutes east of Greenwich */
};

/** A sink of the caller's own; HAS and REMOVE may be NULL, then an update adds a second message. */
struct draftconv_sink_callbacks {
	size_t struct_size;
	const char *destination; /**< a stable name of the place, without secrets; copied */

	/**
	 * Store a message: call READ(CONTEXT, …) once; it hands over the bytes piece by piece through
	 * WRITE. Write a name under which HAS and REMOVE find it into NAME (255 bytes at most).
	 * @return 0, or a negative DRAFTCONV_ERROR_…: DRAFT refuses this message, others end the run
	 */
	int (*put)(void *user, const struct draftconv_sink_item *item,
		int (*read)(void *context, draftconv_write write, void *write_user), void *context,
		char name[256]);
	/** @return 1 when the message NAME is there, 0 when not, or a negative DRAFTCONV_ERROR_… */
	int (*has)(void *user, const char *owner, const char *name);
	/** @return 1 when it was removed, 0 when it was not there, or a negative DRAFTCONV_ERROR_… */
	int (*remove)(void *user, const char *owner, const char *name);
	void *user;
	/** Called with USER when the sink is freed. May be NULL. */
	void (*user_free)(void *user);
};

/**
 * A sink of the caller's own.
 *
 * @param callbacks  [transfer none] copied; USER is transfer full when there is a USER_FREE
 * @param sink       [out, transfer full] release with draftconv_sink_free()
 * @return DRAFTCONV_OK, or DRAFTCONV_ERROR_ARGUMENT
 */
DRAFTCONV_API int draftconv_sink_new(const struct draftconv_sink_callbacks *callbacks,
	draftconv_sink **sink, draftconv_error **error);

/** Free a sink when no run uses it any more. @param sink [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_sink_free(draftconv_sink *sink);

#ifdef __cplusplus
}
#endif

#endif
