/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An IMAP connection without I/O. In: bytes from the server, and commands to send; out: bytes for the
 * server, the answers to commands, what the folder's state is, and untagged data for whoever listens.
 * It never waits, owns no socket, and builds no command that it was not given.
 */
#ifndef DC_SINK_IMAP_CORE_H
#define DC_SINK_IMAP_CORE_H

#include "lib/base/error.h"
#include "lib/sink/imap/parse.h"
#include "lib/sink/sink.h"

enum dc_imap_capability {
	DC_IMAP_SASL_IR = 1 << 0,
	DC_IMAP_STARTTLS = 1 << 1,
	DC_IMAP_LOGINDISABLED = 1 << 2,
	DC_IMAP_AUTH = 1 << 3, /* any AUTH= */
	DC_IMAP_LITERAL_PLUS = 1 << 4,
	DC_IMAP_LITERAL_MINUS = 1 << 5,
	DC_IMAP_MULTIAPPEND = 1 << 6,
	DC_IMAP_UIDPLUS = 1 << 7,
	DC_IMAP_SPECIAL_USE = 1 << 8,
	DC_IMAP_CREATE_SPECIAL_USE = 1 << 9,
	DC_IMAP_NAMESPACE = 1 << 10,
	DC_IMAP_LIST_EXTENDED = 1 << 11,
	DC_IMAP_SEARCHRES = 1 << 12,
	DC_IMAP_QUOTA = 1 << 13,
	DC_IMAP_REV1 = 1 << 14,
	DC_IMAP_REV2 = 1 << 15,
	DC_IMAP_ACL = 1 << 16,
	DC_IMAP_APPENDLIMIT = 1 << 17 /* each folder has its own (RFC 7889) */
};

enum dc_imap_result {
	DC_IMAP_PENDING = 0,
	DC_IMAP_OK,
	DC_IMAP_NO,
	DC_IMAP_BAD
};

/* A command on its way; the caller keeps a reference until it has read the answer. */
typedef struct dc_imap_command {
	guint64 tag;
	enum dc_imap_result result;
	char *code;      /* of the answer, in capitals, without its arguments; NULL when none */
	char *arguments; /* of the code; NULL when there is no code */
	char *text;      /* the server's words */
	guint64 end;     /* position in all output up to which it was queued */
} dc_imap_command;
void dc_imap_command_unref(dc_imap_command *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_imap_command, dc_imap_command_unref)

/* Untagged data that is not about the connection or the open folder. */
struct dc_imap_data {
	bool has_number;
	guint64 number;   /* "* 12 FETCH" */
	const char *word; /* FETCH, LIST, SEARCH, NAMESPACE … */
	struct dc_imap_cursor rest;
};

/* Who listens; at most one at a time. Any function may be NULL. */
struct dc_imap_listener {
	int (*data)(void *user, const struct dc_imap_data *data, draftconv_error **error);
	bool (*wants_stream)(void *user, const char *data, size_t size, guint64 literal);
	int (*stream)(void *user, const void *data, size_t size, draftconv_error **error);
};

struct dc_imap_state {
	unsigned capabilities; /* enum dc_imap_capability */
	bool capabilities_known;
	char *mechanisms; /* "PLAIN LOGIN", in capitals */
	bool greeted;
	bool preauth;
	char *bye; /* the server's last words */
	guint64 appendlimit;
	/* Of the folder that the latest SELECT opened. */
	guint32 uidvalidity, uidnext, exists;
	unsigned flags;
	char **keywords; /* NULL-terminated, that the folder keeps */
	bool new_keywords;
	bool permanent_known;
	bool read_only;
};

typedef struct dc_imap_core dc_imap_core;

dc_imap_core *dc_imap_core_new(void);
void dc_imap_core_free(dc_imap_core *core);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_imap_core, dc_imap_core_free)

const struct dc_imap_state *dc_imap_core_state(const dc_imap_core *core);
void dc_imap_core_listen(dc_imap_core *core, const struct dc_imap_listener *listener, void *user);

/* What was known before STARTTLS or the login does not count behind it. */
void dc_imap_core_forget_capabilities(dc_imap_core *core);
/* Before a SELECT: nothing is known of the folder. */
void dc_imap_core_forget_folder(dc_imap_core *core);

/* @return 0; TEMPORARY when the server talks nonsense that cannot be skipped; a listener's error */
int dc_imap_core_feed(dc_imap_core *core, const void *data, size_t size, draftconv_error **error);
bool dc_imap_core_is_idle(const dc_imap_core *core); /* nothing half read */
/* Did anything come behind the latest tagged answer? */
bool dc_imap_core_after_answer(const dc_imap_core *core);

/*
 * Grows with each answer and continuation, and with so many bytes of FETCHes that somebody listens to and of
 * what was sent: with what brings a command nearer to its end, which words for people, and a byte now and then,
 * do not.
 */
guint64 dc_imap_core_progress(const dc_imap_core *core);

/* Queue a tag and a blank. What follows is the caller's, up to dc_imap_core_end(). [transfer full] */
dc_imap_command *dc_imap_core_begin(dc_imap_core *core);
void dc_imap_core_text(dc_imap_core *core, const char *text);
void dc_imap_core_bytes(dc_imap_core *core, const void *data, size_t size);
void dc_imap_core_end(dc_imap_core *core, dc_imap_command *command); /* CRLF */
/* All three for a command of plain words. */
dc_imap_command *dc_imap_core_command(dc_imap_core *core, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

/* Take the next "+ TEXT" that has come. [transfer full] NULL when there is none */
char *dc_imap_core_continuation(dc_imap_core *core);

/* Output that waits: look at it, then say how much of it went out. */
const void *dc_imap_core_output(const dc_imap_core *core, size_t *size);
void dc_imap_core_sent(dc_imap_core *core, size_t size);
guint64 dc_imap_core_queued_total(const dc_imap_core *core);
guint64 dc_imap_core_sent_total(const dc_imap_core *core);

/* From here on what was sent is wiped in memory (a login). */
void dc_imap_core_secret(dc_imap_core *core, bool secret);

/* The words of a CAPABILITY answer. MECHANISMS [out, transfer full], APPENDLIMIT [out] 0 when not told. */
unsigned dc_imap_capabilities(
	struct dc_imap_cursor *cursor, char **mechanisms, guint64 *appendlimit);

/* Flags and keywords of "(\Draft \Seen $x)"; KEYWORDS [out, transfer full] may be NULL. */
unsigned dc_imap_flags(struct dc_imap_cursor *cursor, char ***keywords);

#endif
