/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every limit on what comes from outside, with its reason. A size is compared with one of these before
 * anything is allocated for it.
 */
#ifndef DC_BASE_LIMITS_H
#define DC_BASE_LIMITS_H

/* More findings than this on one draft help nobody; the rest is counted. */
#define DC_FINDINGS_MAX 200

/* A detail is one line of a report. */
#define DC_FINDING_DETAIL_MAX 1000

/* MySQL's MEDIUMTEXT ends at 16 MiB; four bytes a letter after decoding. A longer text is attached. */
#define DC_TEXT_MAX (64 * 1024 * 1024)

/* Functions of SQL take and give values up to here (STAGE.md 3). */
#define DC_SQL_VALUE_MAX (8 * 1024 * 1024)

/* Values longer than this are handles in the stage (STAGE.md 3). */
#define DC_STAGE_SHORT_MAX 255

/* A profile is written by a person. */
#define DC_PROFILE_MAX (1024 * 1024)

/* Attributes of one tag of a profile; there are five. */
#define DC_PROFILE_ATTRIBUTES_MAX 200

/* Problems of one profile; who has more than this begins anew. */
#define DC_PROFILE_PROBLEMS_MAX 100

/* SELECTs in a profile; each is prepared by every worker. */
#define DC_PROFILE_STATEMENTS_MAX 64

/* Columns of one statement's result; there are 26 agreed ones, the rest are parameters. */
#define DC_PROFILE_COLUMNS_MAX 200

/* Names are compared for "did you mean" up to here; the work is quadratic. */
#define DC_NAME_DISTANCE_MAX 64

/* A key or owner is compared and shown; real ones are far shorter. */
#define DC_KEY_MAX 255

/* Names, addresses and logins of accounts, the same times the four bytes of a letter. */
#define DC_ACCOUNT_TEXT_MAX 1020

/* An accounts file: a million lines of 60 bytes. */
#define DC_ACCOUNTS_MAX (64 * 1024 * 1024)

/* Fields of one of its lines; three are known, more are a mistake that is told. */
#define DC_ACCOUNTS_FIELDS_MAX 64

/* Aliases of one account; the largest seen had some hundred. */
#define DC_ADDRESSES_MAX 1000

/* Recipients, subject and ids are typed by hand; a field longer than this is no field. */
#define DC_FIELD_MAX (1024 * 1024)

/* The largest list that a provider lets out, ten times over. */
#define DC_RECIPIENTS_MAX 10000

/* A quoted name or a comment; what is longer was not closed. Keeps the search for its end linear. */
#define DC_QUOTED_MAX 1000

/* RFC 5321, section 4.5.3.1.3, less the brackets: no server takes a longer address. */
#define DC_ADDRESS_MAX 254

/* A name that a client can show in one line (DRAFTS.md 10). */
#define DC_NAME_MAX 200

/* An id has to fit into one line of 998 octets with its field's name (RFC 5322, section 2.1.1). */
#define DC_MESSAGE_ID_MAX 900

/* A thread of this length is answered for years; servers limit the size of a header. */
#define DC_REFERENCES_MAX 500

/* File systems take 255 letters or bytes; letters beyond ASCII want up to three times as many bytes. */
#define DC_FILE_NAME_LETTERS_MAX 255
#define DC_FILE_NAME_MAX 765

/* Colons of an address field that GMime is asked to read: as deep as it calls itself, 400 bytes of stack each. */
#define DC_GROUPS_MAX 4000

/* No field that anybody asks for has a longer name. */
#define DC_FIELD_NAME_MAX 76

/* Header fields of one stored message; real ones have under a hundred. */
#define DC_HEADERS_MAX 1000

/* Of a value that is explained: what is shown, and what is decoded for it. */
#define DC_EXPLAIN_TEXT_MAX 4096
#define DC_EXPLAIN_BYTES_MAX (64 * 1024)

/* An attachment each for every file that a form of the time could take, many times over. */
#define DC_ATTACHMENTS_MAX 10000

/* What draftconv_message_bytes() holds in memory at most; longer messages are written in pieces. */
#define DC_MESSAGE_BYTES_MAX (64 * 1024 * 1024)

/* SQLite's own limit on a table, and half of what MySQL allows; real tables have a tenth. */
#define DC_COLUMNS_MAX 2000

/* Names, types and comments of all tables of a source together: 10,000 large tables. */
#define DC_CATALOG_TEXT_MAX (64 * 1024 * 1024)

/* MySQL's names end at 64 letters, 256 bytes; a longer one is no name. */
#define DC_SQL_NAME_MAX 256

/* A type with all words of an ENUM; the rest of a longer one tells nobody anything. */
#define DC_TYPE_MAX 4096

/* Places of damage that are told one by one; who has more needs another dump. */
#define DC_DAMAGES_MAX 100

/*
 * A SQLite file may tell a value more than once: a column's default costs it nothing in older rows. A row counts
 * for DC_SQLITE_ROW bytes at least, the least that it costs the file times the other number.
 */
#define DC_SQLITE_EXPANSION_MAX 32
#define DC_SQLITE_ROW 128

/* The largest old webmails have some hundred tables. */
#define DC_STAGE_TABLES_MAX 10000

/* A statement is written by a person, too. */
#define DC_SQL_TEXT_MAX (1024 * 1024)

/*
 * What a statement may cost before it has run away (STAGE.md 9). A million steps of SQLite take some 10
 * ms; a good drafts statement takes a hundred a row, one that scans a child table for each draft many more.
 */
#define DC_SQL_STEPS_BASE G_GUINT64_CONSTANT(300000000)
#define DC_SQL_STEPS_PER_ROW G_GUINT64_CONSTANT(3000)

/* Likewise for the bytes that functions and collations go through. */
#define DC_SQL_WORK_BASE (G_GUINT64_CONSTANT(4) << 30)
#define DC_SQL_WORK_PER_BYTE G_GUINT64_CONSTANT(32)

/* A response without its streamed literals; the longest real ones are SEARCH answers (600,000 UIDs). */
#define DC_IMAP_RESPONSE_MAX (4 * 1024 * 1024)

/* A literal that is not streamed is a folder name or a Message-ID field. */
#define DC_IMAP_LITERAL_MAX (256 * 1024)

/* A message may be longer than the server said (some guess): twice as long and this much more. */
#define DC_IMAP_MESSAGE_SLACK (1024 * 1024)

/* A message that nobody asked for is read over, up to here. */
#define DC_IMAP_UNASKED_MAX (256 * 1024 * 1024)

/* Nested lists; NAMESPACE has four. */
#define DC_IMAP_DEPTH_MAX 32

/* Folders of one account; a list beyond this would only be a way to fill memory. */
#define DC_IMAP_FOLDERS_MAX 100000

/* Messages that one look may bring back, and SEARCH hits; each costs about 200 bytes. */
#define DC_IMAP_COPIES_MAX 1000000

/* Less data than this in ten timeouts is no progress: 100 bytes a second, as a line of 1980. */
#define DC_IMAP_PROGRESS_BYTES (64 * 1024)

/* Responses to one command: four for each message that a look may bring back. An endless stream of them
 * would otherwise never run into a deadline. */
#define DC_IMAP_RESPONSES_MAX 4000000

/* Responses that belong to nothing (tags of others, empty lines); a proxy that is confused sends a few. */
#define DC_IMAP_STRAYS_MAX 1000

#endif
