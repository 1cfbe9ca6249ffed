/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files that make and read a plan share: the plan's structure, its private file, and how
 * owners are folded. In: result rows of the drafts and owners statements; out: tables `row`, `owner` and
 * `account` of the private file. Other modules use plan.h.
 */
#ifndef DC_PROFILE_PLAN_INTERNAL_H
#define DC_PROFILE_PLAN_INTERNAL_H

#include "lib/base/autoptr.h"
#include "lib/profile/plan.h"
#include "lib/profile/statements.h"
#include "lib/text/time.h"

/* What is wrong with a row of its own: column `fault` of the table `row`. */
enum dc_plan_fault {
	DC_FAULT_SUPERSEDED = -1, /* an older version, or equal to a row that counts: no draft */
	DC_FAULT_NONE = 0,
	DC_FAULT_KEY,       /* no key, or one that is too long */
	DC_FAULT_OWNER,     /* likewise */
	DC_FAULT_NOT_UNIQUE /* another row has this key and says something else */
};

struct dc_plan {
	dc_stage *stage;
	const draftconv_profile *profile;
	char *path;        /* the private file; removed by dc_plan_free */
	int lock;          /* on it, of dc_temp_new() */
	GPtrArray *shapes; /* struct dc_prepared of all statements, drafts first; without queries */
	guint drafts_shapes; /* how many of them are of drafts */
	guint columns;       /* c0 … of the table `row` */
	gint *found;         /* of each shape: whether it ever gave a row; atomic */
	bool exact_owners;   /* owners are compared with their case (a _bin column) */
	bool whole;          /* the drafts statements were asked for all owners */
	unsigned shard_index;
	unsigned shard_count;
	guint64 account_count;
	guint64 draft_count;
	bool has_reach;
	gint64 reach; /* dc_plan_reaches() */
};

/* ---- owner.c ---- */

/* A column of the query's row as it stands. @return as dc_plan_text */
int dc_plan_bytes(
	dc_stage_query *query, int column, gsize limit, GBytes **bytes, draftconv_error **error);

/* A column of the query's row as UTF-8 of at most LIMIT bytes. @return 1; 0 for NULL, what is longer, or
 * holds a NUL; negative error */
int dc_plan_text(const struct dc_prepared *shape, dc_stage_query *query, int column, gsize limit,
	const char *profile_charset, char **text, draftconv_error **error);

/* STAGE.md 13: trailing blanks off, and ASCII letters made small unless EXACT. [transfer full] */
char *dc_owner_fold(const char *owner, bool exact);

/* The first eight bytes of SHA-256 of FOLDED, big-endian, modulo COUNT. */
unsigned dc_owner_shard(const char *folded, unsigned count);

/*
 * SHAPE's statement for rows whose COLUMN is TEXT as MySQL compares: a superset, fold what comes.
 * @return as dc_stage_prepare
 */
int dc_plan_query_where(dc_stage_conn *conn, const struct dc_prepared *shape, const char *column,
	const char *text, const char *profile_charset, dc_stage_query **query,
	draftconv_error **error);

/* ---- file.c ---- */

typedef struct dc_plan_file dc_plan_file;

/* Where rows go while the plan is made. */
struct dc_plan_file {
	sqlite3 *db;
	sqlite3_stmt *insert_row;
	sqlite3_stmt *insert_owner;
};

/* What is known about a drafts row besides its columns. */
struct dc_plan_entry {
	const char *folded;
	const char *owner;
	const char *key;
	bool has_moment;
	gint64 moment;
	const char *version; /* NULL: none */
	enum dc_plan_fault fault;
	bool selected;
};

int dc_plan_file_create(
	dc_plan_file *file, dc_plan *plan, const char *temp_dir, draftconv_error **error);
int dc_plan_file_add_row(dc_plan_file *file, const dc_plan *plan, guint shape,
	dc_stage_query *query, const struct dc_plan_entry *entry, draftconv_error **error);

/* A row of an owners statement; all but folded and owner may be NULL. */
struct dc_plan_owner {
	guint shape;
	const char *folded;
	const char *owner;
	const char *address;
	const char *name;
	GBytes *name_bytes; /* NAME as it stands in the source */
	const char *login;
};

int dc_plan_file_add_owner(
	dc_plan_file *file, const struct dc_plan_owner *owner, draftconv_error **error);

/* Say the accounts that are in FILE without a selected draft; before limits count. */
int dc_plan_file_idle(dc_plan_file *file, dc_findings *findings, draftconv_error **error);
/* Settle keys that come twice, the limit, and the accounts; sets the plan's counts. */
int dc_plan_file_finish(
	dc_plan_file *file, dc_plan *plan, gsize limit, bool all_accounts, draftconv_error **error);
void dc_plan_file_close(dc_plan_file *file);

/* The error of a failed call on the private file. */
int dc_plan_file_error(sqlite3 *db, draftconv_error **error);

/* ---- unique.c ---- */

/* Rows with one key and owner: older versions and equal rows step back, different ones are faults. */
int dc_plan_settle_keys(sqlite3 *db, dc_plan *plan, draftconv_error **error);

/* ---- select.c ---- */

/*
 * Ask the drafts and owners statements and put what is selected into FILE. ALL: the prepared statements
 * of CONN. FINDINGS may be NULL. @return as dc_plan_new
 */
int dc_plan_fill(dc_plan *plan, GPtrArray *all, dc_stage_conn *conn, dc_plan_file *file,
	const struct dc_plan_options *options, dc_findings *findings, draftconv_error **error);

/* ---- lookup.c ---- */

/*
 * Owners whose address is TEXT. @return their number, at most 3: their names in OWNERS (char *, UTF-8)
 */
int dc_plan_owners_of_address(const dc_plan *plan, GPtrArray *all, dc_stage_conn *conn,
	const char *text, GPtrArray *owners, draftconv_error **error);

/* Whether the owners statements know TEXT as an owner. @return 1, 0 or negative error */
int dc_plan_owner_known(const dc_plan *plan, GPtrArray *all, dc_stage_conn *conn, const char *text,
	draftconv_error **error);

/* Set the error for an owner that nobody knows, with the nearest names. @return its code */
int dc_plan_owner_unknown(const dc_plan *plan, GPtrArray *all, const char *text, bool damaged,
	draftconv_error **error);

#endif
