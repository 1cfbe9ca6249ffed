/* clang-format off */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The catalogue of findings, sorted by code. One line a finding; adding one is adding a line. Included
 * several times with different meanings of DC_FINDING, hence no include guard.
 * DC_FINDING(symbol, code, severity, needs a person (exit 1), meaning, what to do)
 */
DC_FINDING(ACTIVE_CONTENT, "active-content", INFO, false,
	"the HTML body holds scripts or event handlers; it is kept as it is and clients ignore them",
	"nothing to do")
DC_FINDING(ATTACHMENT_MISSING, "attachment-missing", LOSS, true,
	"the content of an attachment is not in the source; a note that names it is attached instead",
	"look for the file in an older dump or in the attachment store (--attachments DIR)")
DC_FINDING(BOTH_CHANGED, "both-changed", WARNING, true,
	"the row has changed and the user has gone on with the delivered copy; the copy is left alone",
	"compare both with the user; --redeliver brings the row's text as a second message")
DC_FINDING(BROWSER_REFERENCES, "browser-references", WARNING, false,
	"letters that the form's character set lacks were written by the browser as &#NNN; and are letters again",
	"look at the text")
DC_FINDING(CERTIFICATE_EXPIRES, "certificate-expires", WARNING, false,
	"the server's certificate expires within 14 days",
	"deliver before it does, or have it renewed; a certificate that has expired is refused")
DC_FINDING(CHARSET_ALIAS, "charset-alias", INFO, false,
	"the declared character set was read as its superset",
	"nothing to do")
DC_FINDING(CHARSET_ASSUMED, "charset-assumed", WARNING, false,
	"nothing told the character set; Windows-1252 (or the profile's fallback) was assumed",
	"look at the text; if letters are wrong name the set in the profile")
DC_FINDING(CHARSET_GUESSED, "charset-guessed", WARNING, false,
	"the character set was guessed from all texts of the account",
	"look at the text; if letters are wrong name the set in the profile")
DC_FINDING(CHARSET_ISO2022, "charset-iso2022", INFO, false,
	"the text switches character sets by ISO-2022 escapes and was decoded by them",
	"nothing to do")
DC_FINDING(CHARSET_UTF8, "charset-utf8", INFO, false,
	"the text is valid UTF-8 although something else or nothing was declared",
	"nothing to do")
DC_FINDING(COMPOSED_DIFFERENTLY, "composed-differently", INFO, false,
	"the same row would be composed to other bytes today; the delivered copy is left as it is",
	"nothing to do; --recompose replaces it")
DC_FINDING(CONTROL_CHARACTERS, "control-characters", INFO, false,
	"control characters were kept in the body or taken out of a header",
	"nothing to do")
DC_FINDING(COPY_DIFFERS, "copy-differs", WARNING, true,
	"the destination gives other bytes back than it was sent",
	"look at the message; ask who runs the server what changes messages there")
DC_FINDING(COPY_DOUBLED, "copy-doubled", WARNING, true,
	"the message stands in the folder more than once",
	"look into the folder: one of the equal copies can go, unless the user wants both")
DC_FINDING(COPY_EDITED, "copy-edited", INFO, false,
	"the user has gone on with the draft: another text stands in the folder under its Message-ID",
	"nothing to do")
DC_FINDING(COPY_MISSING, "copy-missing", WARNING, true,
	"the message was delivered and is no longer in the folder: the user has sent, moved or deleted it, or the server has lost it",
	"ask the user; convert --redeliver --draft KEY brings it again")
DC_FINDING(COPY_TOUCHED, "copy-touched", INFO, false,
	"the user has edited, sent, moved or deleted the delivered copy; what there is of it is left alone",
	"nothing to do; when the user asks for it, convert --redeliver --draft KEY brings it again")
DC_FINDING(COPY_UNREAD, "copy-unread", WARNING, false,
	"the message cannot be read back from there",
	"look at the place yourself")
DC_FINDING(DATE_AMBIGUOUS, "date-ambiguous", INFO, false,
	"the time exists twice in the profile's time zone; the first was taken",
	"nothing to do")
DC_FINDING(DATE_CLAMPED, "date-clamped", WARNING, false,
	"the year is outside of 1970 to 2099 and was moved to the nearest end",
	"nothing to do")
DC_FINDING(DATE_FROM_CREATED, "date-from-created", INFO, false,
	"there is no time of modification; the time of creation counts",
	"nothing to do")
DC_FINDING(DATE_INVALID, "date-invalid", WARNING, false,
	"the time cannot be read",
	"nothing to do; if all drafts have it, mend the profile")
DC_FINDING(DATE_MISSING, "date-missing", WARNING, false,
	"the draft has no date; 1970-01-01 is written, never the present time",
	"nothing to do")
DC_FINDING(DATE_NONEXISTENT, "date-nonexistent", INFO, false,
	"the time does not exist in the profile's time zone (clock put forward)",
	"nothing to do")
DC_FINDING(DATE_ZERO, "date-zero", INFO, false,
	"the column holds MySQL's zero date, which is no date",
	"nothing to do")
DC_FINDING(DIFFERS_UNKNOWN, "differs-unknown", WARNING, true,
	"the folder holds another text under this draft's Message-ID and no journal tells who wrote it; it is left alone",
	"compare both; --redeliver brings the source's text")
DC_FINDING(DOUBLE_ENCODING_REPAIRED, "double-encoding-repaired", WARNING, false,
	"the text was UTF-8 encoded twice and was repaired",
	"look at the text")
DC_FINDING(DOUBLE_ENCODING_SUSPECTED, "double-encoding-suspected", INFO, false,
	"the text may be UTF-8 encoded twice, but there is too little of it to tell; it was left alone",
	"look at the text")
DC_FINDING(DRAFT_TOO_LARGE, "draft-too-large", ERROR, true,
	"the draft has more attachments, recipients or header fields than a message may have",
	"look at the rows of this draft; if all drafts have it, mend the profile")
DC_FINDING(DUPLICATE_RECIPIENT, "duplicate-recipient", INFO, false,
	"an address stood more than once; the first of To, Cc, Bcc keeps it",
	"nothing to do")
DC_FINDING(DUPLICATE_ROWS, "duplicate-rows", INFO, false,
	"several equal rows gave the same draft; it counts once",
	"nothing to do; if many do, mend the profile's join")
DC_FINDING(EMPTY, "empty", INFO, false,
	"the draft has neither text nor subject, recipients or attachments",
	"nothing to do")
DC_FINDING(ENCRYPTED, "encrypted", INFO, false,
	"the stored draft is encrypted as a whole; it is kept as it is, for a client that has the key",
	"nothing to do")
DC_FINDING(FILE_NOT_REMOVED, "file-not-removed", WARNING, true,
	"a message of an mbox file is not removed by a rollback; it stands in the file yet",
	"delete it by hand, then take the run back again")
DC_FINDING(FILENAME_CHANGED, "filename-changed", INFO, false,
	"a path, control characters or leading dots were taken off a file name",
	"nothing to do")
DC_FINDING(FINDINGS_LEFT_OUT, "findings-left-out", INFO, false,
	"there are more findings than a draft can hold; the detail counts the rest",
	"nothing to do")
DC_FINDING(FLAGS_NOT_KEPT, "flags-not-kept", WARNING, false,
	"the folder does not keep \\Draft or \\Seen; programs may show the drafts as unread letters",
	"have the server's administrator look at the folder's flags, or choose another folder")
DC_FINDING(FOLDER_CREATED, "folder-created", INFO, false,
	"the account had no Drafts folder; it was created and subscribed",
	"nothing to do")
DC_FINDING(FOLDER_MISSING, "folder-missing", INFO, false,
	"the folder is not there yet; the delivery creates it and subscribes to it",
	"nothing to do; if you have named the folder, see whether the name is right")
DC_FINDING(FOLDER_READ_ONLY, "folder-read-only", ERROR, true,
	"the login may not put messages into this folder",
	"have the right to insert (i of RFC 4314) granted, or choose another folder or login")
DC_FINDING(FOLDER_REPLACED, "folder-replaced", ERROR, true,
	"the folder was replaced or put back to an earlier state; the account was not touched",
	"ask what happened to the mail store; --redeliver brings the drafts again")
DC_FINDING(FROM_FOREIGN, "from-foreign", INFO, false,
	"the sender is not one of the account's addresses; clients may pick another identity",
	"tell the user to check the From field")
DC_FINDING(FROM_UNKNOWN, "from-unknown", WARNING, false,
	"no address of the account is known; a placeholder stands in From",
	"map the account's address in the profile's owners statement")
DC_FINDING(GROUP_FLATTENED, "group-flattened", INFO, false,
	"a group of recipients was replaced by its members",
	"nothing to do")
DC_FINDING(HEADER_DROPPED, "header-dropped", INFO, false,
	"a header field that drafts must not carry was left out",
	"nothing to do")
DC_FINDING(HTML_CHARSET_REMOVED, "html-charset-removed", INFO, false,
	"a declaration of the character set inside the HTML was taken out; the MIME one counts",
	"nothing to do")
DC_FINDING(IMAGE_UNREFERENCED, "image-unreferenced", INFO, false,
	"an image that the HTML body does not show became an ordinary attachment",
	"nothing to do")
DC_FINDING(KEY_INVALID, "key-invalid", ERROR, true,
	"the draft has no key, or one that is too long",
	"mend the profile's drafts statement")
DC_FINDING(KEY_NOT_UNIQUE, "key-not-unique", ERROR, true,
	"different rows of one account have the same key; none was delivered",
	"mend the profile so that the key is unique within the account")
DC_FINDING(KEYWORD_DROPPED, "keyword-dropped", INFO, false,
	"the server takes no such keyword",
	"nothing to do")
DC_FINDING(LATER_RUN, "later-run", WARNING, true,
	"a later run has replaced the copy of this one",
	"take the later run back first, then this one")
DC_FINDING(LINE_ENDINGS, "line-endings", INFO, false,
	"bare carriage returns were turned into line ends",
	"nothing to do")
DC_FINDING(LOGIN_REFUSED, "login-refused", ERROR, true,
	"the server refused the login of this account",
	"check the login name and password; then run the same command again")
DC_FINDING(MAILBOX_DOUBTFUL, "mailbox-doubtful", WARNING, false,
	"the drafts would go where they hardly belong: a login that is none of the account's names, or the inbox",
	"if that is not meant, take login and folder out of --to, which leaves the account's own login and its folder for drafts, or mend the accounts file")
DC_FINDING(MAILBOX_FULL, "mailbox-full", ERROR, true,
	"the mailbox has no room for the drafts",
	"make room or have the quota raised; then run the same command again, what is there is not sent twice")
DC_FINDING(MARKED_NOT_REMOVED, "marked-not-removed", INFO, false,
	"the server cannot remove a single message; the old copy is marked as deleted",
	"nothing to do; it goes when the user's client empties the folder")
DC_FINDING(MAYBE_DOUBLED, "maybe-doubled", WARNING, true,
	"the user went on with the old copy while an update was cut off; both are left in the folder",
	"tell the user that one of the two is older")
DC_FINDING(MESSAGE_HEADER_DROPPED, "message-header-dropped", INFO, false,
	"a header field of the stored message was left out",
	"nothing to do")
DC_FINDING(MESSAGE_REFUSED, "message-refused", ERROR, true,
	"the server refused this message",
	"read the server's words in the detail; then run the same command again")
DC_FINDING(NO_ACCOUNT, "no-account", WARNING, false,
	"the accounts file does not have all accounts that have drafts; the others are not tried",
	"add a line for those whose drafts shall be delivered, if there are any")
DC_FINDING(NO_DRAFTS, "no-drafts", WARNING, false,
	"an account that was asked for has no drafts in the source, or none that the other options let through",
	"'draftconv owners' tells whether another account was meant")
DC_FINDING(NO_HISTORY, "no-history", WARNING, false,
	"the folder was converted by a run that this journal does not know, so drafts that the user has sent or deleted since may come again",
	"give the journal of that run with --journal, or its --destination, if there is one; where this journal knows the mailbox by another login or host, spell --to as then")
DC_FINDING(NO_SNAPSHOT, "no-snapshot", WARNING, false,
	"the live tables have no transactions; rows may have changed while they were read",
	"repeat with --lock-tables, or from a dump")
DC_FINDING(NOT_COMPOSED, "not-composed", ERROR, true,
	"no message could be made of the draft",
	"read the detail; mend the profile or the source, then run the same command again")
DC_FINDING(NOT_DELIVERED, "not-delivered", WARNING, true,
	"no run has brought this draft to its end",
	"run the same convert command again and read its findings")
DC_FINDING(NOT_OURS, "not-ours", INFO, false,
	"this copy was found in the folder, not put there by this journal; it is left where it is",
	"nothing to do")
DC_FINDING(NOT_PUT_BACK, "not-put-back", WARNING, true,
	"the run replaced or took out a copy whose text the journal no longer has (erased by forget, or too long): it does not come back, and what stands there now stays",
	"nothing, or remove what stands there by hand; the older text is in the older dump")
DC_FINDING(NOT_REMOVABLE, "not-removable", WARNING, false,
	"the login may not remove messages from this folder; an update or a rollback would leave the old copy",
	"have the rights to delete and to expunge (t and e of RFC 4314) granted")
DC_FINDING(NUL_REMOVED, "nul-removed", WARNING, false,
	"NUL characters were taken out",
	"nothing to do")
DC_FINDING(NULL_AMBIGUOUS, "null-ambiguous", INFO, false,
	"an old XML dump writes an absent value and the word NULL alike",
	"nothing to do")
DC_FINDING(ORPHAN_ROWS, "orphan-rows", INFO, false,
	"rows belong to drafts or accounts that the source does not hold",
	"nothing to do")
DC_FINDING(OUTCOME_UNKNOWN, "outcome-unknown", ERROR, true,
	"the connection died while the draft was sent, and another client has written since: whether it arrived cannot be told",
	"look into the folder; --redeliver brings the draft if it is missing")
DC_FINDING(OWNER_INVALID, "owner-invalid", ERROR, true,
	"the draft names no account, or one whose name is too long",
	"mend the profile's drafts statement")
DC_FINDING(OWNER_UNKNOWN, "owner-unknown", WARNING, false,
	"the accounts file names owners that the source does not know; nothing is delivered to them",
	"compare the file's first column with what 'draftconv owners' tells; it may be the file of another dump")
DC_FINDING(PICTURES, "pictures", INFO, false,
	"the draft shows pictures inside its text; Mutt 2.2 cannot edit such a draft",
	"nothing to do")
DC_FINDING(PRIORITY_LOW, "priority-low", INFO, false,
	"low priority is not written, since some clients take the field for high",
	"nothing to do")
DC_FINDING(RECIPIENT_DOTLESS, "recipient-dotless", WARNING, false,
	"a recipient's domain has no dot; Roundcube empties the whole field when it saves",
	"tell the user to check the recipients")
DC_FINDING(RECIPIENT_PLACEHOLDER, "recipient-placeholder", WARNING, false,
	"something typed as recipient is no address; it is kept as a name before an address that cannot be delivered",
	"tell the user to replace it")
DC_FINDING(RECIPIENT_REPAIRED, "recipient-repaired", INFO, false,
	"a recipient was repaired (separator, bracket, mailto:, dot)",
	"nothing to do")
DC_FINDING(REFERENCES_IN_TEXT, "references-in-text", INFO, false,
	"the plain text holds &#NNN;, which a browser may have written; it was left alone",
	"if they are letters name the form's character set in the profile")
DC_FINDING(REFERENCES_INVALID, "references-invalid", INFO, false,
	"the id of the message answered cannot be read; it was left out",
	"nothing to do")
DC_FINDING(ROW_ARITY, "row-arity", ERROR, true,
	"a row has more or fewer values than its table has columns; it was left out",
	"check the dump, or the profile's schema")
DC_FINDING(ROW_KEY_REPLACED, "row-key-replaced", INFO, false,
	"a row had no usable integer key and was kept without one",
	"nothing to do")
DC_FINDING(ROW_REPLACED, "row-replaced", INFO, false,
	"a later row with the same key replaced an earlier one",
	"nothing to do")
DC_FINDING(SIGNATURE_VOID, "signature-void", INFO, false,
	"the stored draft was signed; its text can be edited, and its signature, which no longer fits, is attached",
	"nothing to do")
DC_FINDING(SOURCE_CUT, "source-cut", WARNING, true,
	"the source ends in the middle; what follows is missing",
	"use a whole dump; what was read is whole")
DC_FINDING(SOURCE_DAMAGED, "source-damaged", WARNING, true,
	"a part of the source cannot be read and was skipped",
	"look at the place named in the detail")
DC_FINDING(SOURCE_GONE, "source-gone", INFO, false,
	"the draft was delivered earlier and is no longer in the source",
	"nothing to do; --remove-gone takes it back")
DC_FINDING(SOURCE_LOSSY, "source-lossy", INFO, false,
	"this form of dump leaves things out",
	"use mysqldump's SQL text if you can")
DC_FINDING(SOURCE_OLDER, "source-older", INFO, false,
	"the row is older than the delivered copy, which is left as it is",
	"nothing to do")
DC_FINDING(SOURCE_UNMARKED, "source-unmarked", INFO, false,
	"the dump has no end marker; whether it is complete cannot be told",
	"nothing to do")
DC_FINDING(STATEMENT_EMPTY, "statement-empty", WARNING, false,
	"a statement of the profile finds no row although its tables have rows",
	"look at the statement: a parameter compared with an expression, or a wrong constant")
DC_FINDING(STATEMENT_IGNORED, "statement-ignored", WARNING, true,
	"the dump changes or deletes rows by UPDATE or DELETE, which is not carried out",
	"load the dump into a server and dump it anew, or see to it that the rows do not matter")
DC_FINDING(SUBJECT_CUT, "subject-cut", INFO, false,
	"the old column cut the text inside a letter; the broken letter was taken off",
	"nothing to do")
DC_FINDING(TABLE_DROPPED, "table-dropped", INFO, false,
	"the dump drops a table whose rows it had before",
	"nothing to do")
DC_FINDING(TABLE_MISSING, "table-missing", WARNING, false,
	"the source lacks a table that the profile reads; that part is left out",
	"check the dump, or pick another profile")
DC_FINDING(TABLE_UNUSABLE, "table-unusable", WARNING, true,
	"a table has a name that only SQLite itself may use; it was left out",
	"rename the table in the dump")
DC_FINDING(TEXTS_DIFFER, "texts-differ", INFO, false,
	"plain text and HTML of the body say different things; both are in the message",
	"nothing to do")
DC_FINDING(TOO_LARGE_FOR_SQL, "too-large-for-sql", ERROR, true,
	"a value of over 8 MiB went through a function of the profile",
	"change the profile so that the value is not computed")
DC_FINDING(UNDECODABLE, "undecodable", LOSS, true,
	"a text could not be decoded; its bytes are attached as they were",
	"look at the attached original")
DC_FINDING(UNKNOWN_COLUMN, "unknown-column", WARNING, false,
	"a column is used by no profile",
	"look whether it holds something that the profile should map")
DC_FINDING(VERSION_OLDER, "version-older", INFO, false,
	"an older autosaved version of the draft was left out",
	"nothing to do")
