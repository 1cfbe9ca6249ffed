/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The journal's tables, as steps from one version (user_version) to the next: a new journal takes them all,
 * an older one those that it has not had. A step that was released never changes.
 */
#ifndef DC_RUN_JOURNAL_SCHEMA_H
#define DC_RUN_JOURNAL_SCHEMA_H

#define DC_JOURNAL_APPLICATION_ID 1685218932 /* "drft": what file(1) and we know it by */

/*
 * `part` of cores: what the state is to its entry. The past is numbered, oldest first; now and was have
 * number 0, doubts are numbered in the order of their coming.
 */
#define DC_JOURNAL_STEP_1                                                                          \
	"CREATE TABLE runs ("                                                                      \
	" number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ticket TEXT NOT NULL,"              \
	" who TEXT NOT NULL, source TEXT NOT NULL, destination TEXT NOT NULL,"                     \
	" sink TEXT NOT NULL, login TEXT NOT NULL, ca_file TEXT NOT NULL,"                         \
	" authenticate_as TEXT NOT NULL, master_separator TEXT NOT NULL, tls INTEGER NOT NULL,"    \
	" profile TEXT NOT NULL, profile_identity TEXT NOT NULL,"                                  \
	" profile_version INTEGER NOT NULL, options TEXT NOT NULL, version TEXT NOT NULL,"         \
	" started INTEGER NOT NULL, ended INTEGER, rolled_back INTEGER NOT NULL DEFAULT 0,"        \
	" failure TEXT NOT NULL DEFAULT '');"                                                      \
	"CREATE TABLE accounts ("                                                                  \
	" run INTEGER NOT NULL, destination TEXT NOT NULL, owner TEXT NOT NULL,"                   \
	" login TEXT NOT NULL, folder TEXT NOT NULL, folder_created INTEGER NOT NULL,"             \
	" PRIMARY KEY (run, destination, owner)) WITHOUT ROWID;"                                   \
	"CREATE TABLE folders ("                                                                   \
	" destination TEXT PRIMARY KEY, uidvalidity INTEGER NOT NULL,"                             \
	" uidnext INTEGER NOT NULL, first_uidnext INTEGER NOT NULL) WITHOUT ROWID;"                \
	"CREATE TABLE charsets ("                                                                  \
	" identity TEXT NOT NULL, owner TEXT NOT NULL, decision TEXT NOT NULL,"                    \
	" PRIMARY KEY (identity, owner)) WITHOUT ROWID;"                                           \
	"CREATE TABLE entries ("                                                                   \
	" number INTEGER PRIMARY KEY, destination TEXT NOT NULL, identity TEXT NOT NULL,"          \
	" owner TEXT NOT NULL, folded TEXT NOT NULL, key TEXT NOT NULL, subject TEXT NOT NULL,"    \
	" message_id TEXT NOT NULL, name TEXT, was_name TEXT,"                                     \
	" UNIQUE (destination, identity));"                                                        \
	"CREATE INDEX entries_of_owner ON entries (destination, folded, identity);"                \
	"CREATE TABLE cores ("                                                                     \
	" entry INTEGER NOT NULL, part TEXT NOT NULL, number INTEGER NOT NULL,"                    \
	" state INTEGER NOT NULL, becomes INTEGER NOT NULL, why INTEGER NOT NULL,"                 \
	" put_back INTEGER NOT NULL, replacing INTEGER NOT NULL, over INTEGER NOT NULL,"           \
	" modified INTEGER, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,"                   \
	" replaces INTEGER NOT NULL, noted INTEGER NOT NULL, ignore_below INTEGER NOT NULL,"       \
	" size INTEGER NOT NULL, sha256 BLOB NOT NULL, row BLOB NOT NULL, form INTEGER NOT NULL,"  \
	" run INTEGER NOT NULL, PRIMARY KEY (entry, part, number)) WITHOUT ROWID;"                 \
	"CREATE TABLE replaced ("                                                                  \
	" entry INTEGER NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL,"                   \
	" flags INTEGER NOT NULL, keywords TEXT NOT NULL, date INTEGER NOT NULL,"                  \
	" date_offset INTEGER NOT NULL, PRIMARY KEY (entry, number));"                             \
	"CREATE TABLE removals ("                                                                  \
	" entry INTEGER NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,"             \
	" size INTEGER NOT NULL, sha256 BLOB NOT NULL,"                                            \
	" PRIMARY KEY (entry, uidvalidity, uid)) WITHOUT ROWID;"                                   \
	"CREATE TABLE results ("                                                                   \
	" run INTEGER NOT NULL, destination TEXT NOT NULL, owner TEXT NOT NULL,"                   \
	" key TEXT NOT NULL, outcome INTEGER NOT NULL, message_id TEXT NOT NULL,"                  \
	" subject TEXT NOT NULL, bytes INTEGER NOT NULL, place TEXT NOT NULL,"                     \
	" folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,"               \
	" name TEXT NOT NULL, findings TEXT NOT NULL,"                                             \
	" PRIMARY KEY (run, owner, key, destination)) WITHOUT ROWID;"

/* What became of a run, and of its drafts, after it: `afterwards` is the outcome of a rollback. */
#define DC_JOURNAL_STEP_2                                                                                                                                           \
	"ALTER TABLE runs ADD COLUMN rolled_back_at INTEGER;"                                                                                                       \
	"ALTER TABLE runs ADD COLUMN verified INTEGER;"                                                                                                             \
	"ALTER TABLE runs ADD COLUMN unverified INTEGER NOT NULL DEFAULT 0;"                                                                                        \
	"ALTER TABLE results ADD COLUMN afterwards INTEGER;"                                                                                                        \
	"ALTER TABLE results ADD COLUMN afterwards_findings TEXT NOT NULL DEFAULT '';" /* Version 1 had written what a rollback said over what the run had said. */ \
	"UPDATE results SET afterwards = 11 WHERE outcome = 11;"

/* Nothing was ever written as `options`. */
#define DC_JOURNAL_STEP_3                                                                          \
	"ALTER TABLE runs ADD COLUMN source_damaged INTEGER NOT NULL DEFAULT 0;"                   \
	"ALTER TABLE runs DROP COLUMN options;"

/* The same draft at other destinations. */
#define DC_JOURNAL_STEP_4 "CREATE INDEX entries_of_identity ON entries (identity);"

#define DC_JOURNAL_STEPS DC_JOURNAL_STEP_1, DC_JOURNAL_STEP_2, DC_JOURNAL_STEP_3, DC_JOURNAL_STEP_4

#endif
