/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan: which drafts of a stage are meant, account by account. In: a stage, a profile, a selection;
 * out: accounts, their drafts, and each draft's columns and child rows as raw values with the character
 * set that the source declared for them. The drafts statements are asked once, into a private file that
 * every worker opens; nothing here grows with the number of drafts or owners. It never decodes anything
 * but keys and owners, and never judges what a draft says.
 *
 * A plan is immutable and may be used from any thread; each worker has its own dc_plan_reader, which
 * must not outlive the plan. The plan must not outlive stage and profile.
 */
#ifndef DC_PROFILE_PLAN_H
#define DC_PROFILE_PLAN_H

#include "lib/base/content.h"
#include "lib/base/error.h"
#include "lib/base/findings.h"
#include "lib/profile/profile.h"
#include "lib/stage/stage.h"

#include <draftconv/selection.h>

#include <glib.h>

typedef struct dc_plan dc_plan;
typedef struct dc_plan_reader dc_plan_reader;
typedef struct dc_plan_row dc_plan_row;
typedef struct dc_plan_rows dc_plan_rows;

struct dc_plan_options {
	const draftconv_selection *selection; /* NULL: everything */
	const char *temp_dir;                 /* of the private file; NULL: /var/tmp */
	bool all_accounts;  /* for `owners`: accounts without drafts stand in the plan too */
	bool damaged;       /* the source is cut: what is unknown may stand in the missing part */
	const gint *cancel; /* not 0, from any thread: building ends with CANCELLED; may be NULL */
};

/*
 * Ask the drafts and owners statements and work out what is selected. FINDINGS (may be NULL) gets what
 * is about the whole: table-missing, statements that found nothing. @return 0; DRAFTCONV_ERROR_PROFILE
 * (statement and line; also a drafts statement over a missing table); DRAFTCONV_ERROR_NOT_FOUND for an
 * unknown owner or key, with the nearest names; DRAFTCONV_ERROR_DAMAGED for both when the source is cut;
 * DRAFTCONV_ERROR_ARGUMENT for an ambiguous address; DRAFTCONV_ERROR_OUTPUT for the private file
 */
int dc_plan_new(dc_plan **plan, dc_stage *stage, const draftconv_profile *profile,
	const struct dc_plan_options *options, dc_findings *findings, draftconv_error **error);
void dc_plan_free(dc_plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_plan, dc_plan_free)

const draftconv_profile *dc_plan_profile(const dc_plan *plan);

/*
 * A time up to which the source surely goes: three accounts have drafts that are as new, since one or
 * two may have had a wrong clock. @return false when there are no three
 */
bool dc_plan_reaches(const dc_plan *plan, gint64 *moment);

/* Accounts with selected drafts (with all_accounts: all), numbered from 0 in the order of the folded
 * owner; and selected drafts, failed ones included. */
guint64 dc_plan_account_count(const dc_plan *plan);
guint64 dc_plan_draft_count(const dc_plan *plan);

/* After all drafts and their children were walked: statements that never found a row although their
 * tables have some. */
void dc_plan_report(const dc_plan *plan, dc_findings *findings);

/* A worker's own connection to plan and stage. */
int dc_plan_open(dc_plan *plan, dc_plan_reader **reader, draftconv_error **error);
void dc_plan_reader_free(dc_plan_reader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_plan_reader, dc_plan_reader_free)

/*
 * One way in which an account is reached. NAME (may be NULL) is decoded as keys are, without a vote; who
 * holds the account's decision decodes NAME_BYTES better.
 */
struct dc_account_address {
	char *address;
	char *name;
	GBytes *name_bytes; /* as it stands in the source; NULL when NAME is */
	const char *
		client_charset; /* declared for them, as in dc_plan_value; [transfer none] as long */
	const char *column_charset; /* as the plan */
	bool utf8;
};

/* An account; all text is UTF-8. Free with dc_account_free. */
typedef struct dc_plan_account {
	guint64 index;
	char *owner;  /* as its rows write it, trailing blanks off */
	char *folded; /* as it is compared and hashed (STAGE.md 13) */
	char *login;  /* at the mail server; NULL when the profile does not say */
	char *name;   /* NULL when unknown */
	GPtrArray
		*addresses;  /* struct dc_account_address, in the order of the owners statements; an
				 address stands once, the first is the primary one */
	guint64 draft_count; /* selected ones */
	bool has_newest;
	gint64 newest; /* last modified of all its drafts, seconds since 1970 UTC */
} dc_account;

/* Account number INDEX. @return 0; DRAFTCONV_ERROR_ARGUMENT beyond the end; or a read error */
int dc_plan_account(
	dc_plan_reader *reader, guint64 index, dc_account **account, draftconv_error **error);
void dc_account_free(dc_account *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_account, dc_account_free)

/* OWNER as the plan compares owners (STAGE.md 13): the same text as dc_account's folded. [transfer full] */
char *dc_plan_fold_owner(const dc_plan *plan, const char *owner);

/* What the source has of an owner, whatever was selected. */
enum dc_known {
	DC_KNOWN_NOT,
	DC_KNOWN_IDLE, /* an account without drafts */
	DC_KNOWN_DRAFTS,
	DC_KNOWN_ELSEWHERE /* of another shard: not in this plan */
};

/* FOLDED, in a plan that was made for all owners. @return enum dc_known, or a read error */
int dc_plan_known(dc_plan_reader *reader, const char *folded, draftconv_error **error);

/* Append "; nearest: a, b", the owners who are called most like WANTED, by name or address, or nothing. */
int dc_plan_nearest(
	dc_plan_reader *reader, const char *wanted, GString *text, draftconv_error **error);

/* True if TEXT is part of owner, an address, name or login, whatever its ASCII case. */
bool dc_account_matches(const dc_account *account, const char *text);

/*
 * The selected drafts of an account in the order of modified, key; each (owner, key) once, but for
 * key-not-unique and key-invalid rows, which all come and have dc_plan_row_failed().
 */
int dc_plan_drafts(dc_plan_reader *reader, const dc_account *account, dc_plan_rows **rows,
	draftconv_error **error);

/* All rows of the account, whatever was selected and older versions too: they vote. */
int dc_plan_account_rows(dc_plan_reader *reader, const dc_account *account, dc_plan_rows **rows,
	draftconv_error **error);

/*
 * The child rows of a draft, of kind recipients, headers or attachments, over all statements of that
 * kind in the order of the file. Several may be open at once, also while the drafts are walked. DRAFT
 * must outlive the rows.
 */
int dc_plan_children(dc_plan_reader *reader, const dc_plan_row *draft, enum dc_statement_kind kind,
	dc_plan_rows **rows, draftconv_error **error);

/* The next row. @return 1: ROW [out, transfer full]; 0: end; negative: error */
int dc_plan_rows_next(dc_plan_rows *rows, dc_plan_row **row, draftconv_error **error);

/* What is about the rows as a whole, complete after the end: rows that may be missing since a value was
 * too large for a function. [transfer none] */
const dc_findings *dc_plan_rows_findings(const dc_plan_rows *rows);
void dc_plan_rows_free(dc_plan_rows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_plan_rows, dc_plan_rows_free)

void dc_plan_row_free(dc_plan_row *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(dc_plan_row, dc_plan_row_free)

/* The statement that gave the row. */
const struct dc_statement *dc_plan_row_statement(const dc_plan_row *row);

/* Of drafts rows: the key (UTF-8; "" when the row has none, finding key-invalid), else "". */
const char *dc_plan_row_key(const dc_plan_row *row);

/* What the plan found out about the row: version-older, duplicate-rows, key-not-unique, key-invalid,
 * owner-invalid, too-large-for-sql; the last four mean that the draft has failed. */
const dc_findings *dc_plan_row_findings(const dc_plan_row *row);
bool dc_plan_row_failed(const dc_plan_row *row);

enum dc_plan_type {
	DC_PLAN_NULL,
	DC_PLAN_INTEGER,
	DC_PLAN_REAL,
	DC_PLAN_TEXT,
	DC_PLAN_TOO_LARGE /* over DC_SQL_VALUE_MAX in a function; the row has the finding */
};

/* One column of a row; belongs to the row. */
struct dc_plan_value {
	const char *name; /* agreed, a parameter's, or one that begins with '_'; lower case */
	enum dc_plan_type type;
	gint64 integer;   /* of DC_PLAN_INTEGER */
	double real;      /* of DC_PLAN_REAL */
	const char *data; /* the bytes, with a NUL behind them; numbers are spelt out. NULL with */
	gsize size;       /* DC_PLAN_NULL, DC_PLAN_TOO_LARGE and long values */
	dc_content *content; /* long values only; dc_plan_value_content() has it for all */
	/* Declared for all that the statement reads (STAGE.md 7); NULL: not known */
	const char *client_charset; /* SET NAMES under which the source wrote it */
	const char *column_charset; /* its column's set */
	bool utf8;                  /* made by a function that returns UTF-8 */
};

/* The value as a content, also a short one or a number. [transfer full]; NULL for NULL, TOO_LARGE */
dc_content *dc_plan_value_content(const struct dc_plan_value *value);

size_t dc_plan_row_count(const dc_plan_row *row);
const struct dc_plan_value *dc_plan_row_at(const dc_plan_row *row, size_t index);

/*
 * A column of a source row that stands behind a row of the plan, or a value that the statement computes.
 * Everything is borrowed for the call that brings it.
 */
struct dc_plan_origin {
	const dc_stage_table *table;        /* NULL: computed */
	const dc_stage_column *column;      /* NULL: computed */
	const struct dc_plan_value *result; /* the column of the row that it is; NULL: none */
	bool is_read;                       /* by one of the profile's statements */
	const struct dc_plan_value *value;  /* NULL: which source row it is cannot be told */
};

/*
 * Go through all columns of the source rows behind ROW, table by table, then through what its statement
 * computes. A source row is found by the values that the statement passes on as they are; where none or
 * several are like that, the values in which they differ are not told. @return 0; what EACH answered; read errors
 */
int dc_plan_origins(dc_plan_reader *reader, const dc_plan_row *row,
	int (*each)(void *user, const struct dc_plan_origin *origin, draftconv_error **error),
	void *user, draftconv_error **error);

/* The column NAME; NULL when the statement has no such column, so that `absent` and NULL differ. */
const struct dc_plan_value *dc_plan_row_get(const dc_plan_row *row, const char *name);

#endif
