/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How names travel: the one encoder for everything that stands in a command as text. In: UTF-8 folder
 * names, identities, keywords, dates; out: what the closed grammar of a command allows, or a refusal.
 * Folder names are modified UTF-7 (RFC 3501 5.1.3).
 */
#ifndef DC_SINK_IMAP_NAME_H
#define DC_SINK_IMAP_NAME_H

#include <glib.h>

#include <stdbool.h>

/* [transfer full] NULL when TEXT is no UTF-8 or holds NUL or line ends */
char *dc_imap_utf7_encode(const char *text);

/* [transfer full] What is no modified UTF-7 comes back as it is, made valid UTF-8. */
char *dc_imap_utf7_decode(const char *name);

/* A quoted string. [transfer full] NULL when TEXT is not printable ASCII */
char *dc_imap_quote(const char *text);

/* Letters, digits, and "$_.-" alone: identities and keywords. */
bool dc_imap_is_plain(const char *text);

/*
 * "24-Nov-2026 15:00:00 +0100", quoted. Seconds and zone are moved into what every server takes: years
 * 1970 to 2099, zones up to 14 hours. BUFFER takes 32 bytes.
 */
void dc_imap_date(gint64 date_s, int offset_minutes, char buffer[32]);

/* The same, read. @return false when it is none */
bool dc_imap_parse_date(const char *text, gint64 *date_s, int *offset_minutes);

/*
 * UIDs in ascending order as sequence sets "1,4:7", each at most LIMIT bytes. [transfer full, NULL-
 * terminated]. TAIL 0, or "N:*" is added to the last.
 */
char **dc_imap_sets(const guint32 *uids, size_t n, guint32 tail, size_t limit);

#endif
