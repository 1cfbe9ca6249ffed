/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kinds of sinks share: their descriptors, and how names of an account get into a template. A
 * kind of sink is one constant descriptor and one line of the table in sink.c.
 */
#ifndef DC_SINK_INTERNAL_H
#define DC_SINK_INTERNAL_H

#include "lib/sink/sink.h"

/* A folder of a kind of sink; embed as the first member. Functions are as their namesakes in sink.h. */
struct dc_mailbox_class {
	int (*look)(dc_mailbox *mailbox, const struct dc_look_query *query, struct dc_look **look,
		draftconv_error **error);
	int (*put)(dc_mailbox *mailbox, struct dc_put *puts, size_t n,
		const struct dc_look_query *after, struct dc_look **after_look,
		draftconv_error **error);
	int (*remove)(dc_mailbox *mailbox, struct dc_removal *removals, size_t n,
		draftconv_error **error);
	int (*fetch)(
		dc_mailbox *mailbox, struct dc_fetch *fetches, size_t n, draftconv_error **error);
	int (*delete_if_empty)(dc_mailbox *mailbox, guint32 uidvalidity, guint32 uidnext,
		draftconv_error **error); /* may be NULL */
	void (*close)(dc_mailbox *mailbox);
};

struct dc_mailbox {
	const struct dc_mailbox_class *class;
	struct dc_mailbox_facts facts;
	char *destination;
	char *description;
};

/* Set class and zero facts. */
void dc_mailbox_init(dc_mailbox *mailbox, const struct dc_mailbox_class *class);
/* Free what dc_mailbox itself holds; last step of a class's close. */
void dc_mailbox_clear(dc_mailbox *mailbox);
/* @return 0 or DRAFTCONV_ERROR_CANCELLED */
int dc_mailbox_check_cancelled(GCancellable *cancellable, draftconv_error **error);

/* A look is filled copy by copy (strings are copied), then finished: sorted, nothing twice. */
struct dc_look *dc_look_new(void);
void dc_look_add(struct dc_look *look, const struct dc_copy *copy);
void dc_look_finish(struct dc_look *look, const struct dc_mailbox_facts *facts);

/* The TEXTS of a query as a set that borrows them. [transfer full] */
GHashTable *dc_look_set(const char *const *texts, size_t count);

struct dc_sink_class {
	const char *scheme; /* "maildir:"; "-" stands for itself */
	bool is_imap;
	bool has_uids;
	bool journalled;
	/* NULL is a no for both */
	bool (*can_remove)(const draftconv_sink *sink);
	bool (*fixed_login)(const draftconv_sink *sink, bool has_accounts);
	bool (*takes_login)(const draftconv_sink *sink); /* NULL is a yes */
	/* Take sink->rest apart; what is kept goes to sink->data. ARGUMENT when it makes no sense. */
	int (*parse)(draftconv_sink *sink, draftconv_error **error);
	int (*describe)(const draftconv_sink *sink, const struct dc_sink_account *account,
		char **text, draftconv_error **error);
	/* NULL: the places have no login and no folder */
	int (*names)(const draftconv_sink *sink, const struct dc_sink_account *account,
		char **login, char **folder, draftconv_error **error);
	int (*open)(draftconv_sink *sink, const struct dc_sink_account *account, bool may_create,
		GCancellable *cancellable, dc_mailbox **mailbox, draftconv_error **error);
	/* NULL: as open, and there is nothing more to say */
	int (*check)(draftconv_sink *sink, const struct dc_sink_account *account,
		GCancellable *cancellable, struct dc_sink_checked *checked, dc_mailbox **mailbox,
		draftconv_error **error);
	void (*free)(draftconv_sink *sink); /* sink->data; may be NULL */
};

extern const struct dc_sink_class dc_imap_class;
extern const struct dc_sink_class dc_imap_exec_class;
extern const struct dc_sink_class dc_imaps_class;

struct draftconv_sink {
	const struct dc_sink_class *class;
	char *to;                              /* the argument */
	char *rest;                            /* what follows the scheme */
	struct draftconv_sink_options options; /* strings are copies, "" never stands for NULL */
	void *data;                            /* of the class */
};

extern const struct dc_sink_class dc_eml_class;
extern const struct dc_sink_class dc_maildir_class;
extern const struct dc_sink_class dc_mbox_class;
extern const struct dc_sink_class dc_output_class;

/* What the sinks with a path share: it must be there, and may be a template. */
int dc_sink_file_parse(draftconv_sink *sink, draftconv_error **error);
int dc_sink_file_describe(const draftconv_sink *sink, const struct dc_sink_account *account,
	char **text, draftconv_error **error);

/* Where an expanded value goes; each place has its own encoder. */
enum dc_expand {
	DC_EXPAND_LOGIN,  /* as it is; control characters are refused */
	DC_EXPAND_FOLDER, /* the same */
	DC_EXPAND_PATH,   /* percent-encoded outside [A-Za-z0-9@._+-], and a leading dot */
	DC_EXPAND_COMMAND /* a leading "-", control characters and those of a shell are refused */
};

/*
 * Put the account's names into TEMPLATE, once: {owner} {local} {domain} {login}, and {{ for a brace.
 * @return 0; PROFILE when {local} or {domain} of an owner without "@" is wanted; ARGUMENT
 */
int dc_sink_expand(const draftconv_sink *sink, const struct dc_sink_account *account,
	const char *template, enum dc_expand place, char **text, draftconv_error **error);

/* Is TEMPLATE well-formed? @return 1 when it has placeholders, 0 when not, or ARGUMENT */
int dc_sink_check_template(const char *template, draftconv_error **error);

#endif
