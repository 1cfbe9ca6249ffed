/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is derived from who a draft is: the part of its Message-ID before the "@", boundaries and
 * Content-IDs. In: profile identity, owner, key; out: letters and digits that are the same on every
 * machine and say nothing about content or database. DRAFTS.md 13, 21, 25.
 */
#ifndef DC_MESSAGE_IDENTITY_H
#define DC_MESSAGE_IDENTITY_H

#include <glib.h>

/* Letters of an identity's hash: 130 bits */
#define DC_IDENTITY_LETTERS 26

/* "draft." and 26 letters: what is compared, journalled and searched for. NULL counts as "". [full] */
char *dc_identity_new(const char *profile_identity, const char *owner, const char *key);

/* 26 letters for NUMBER of the things that PURPOSE names within IDENTITY. [transfer full] */
char *dc_identity_derive(const char *identity, const char *purpose, guint number);

/* RFC 4648 base32 in lower case without padding. [transfer full] */
char *dc_base32(const guint8 *data, gsize size);

/* What stands before the "@" of the first Message-ID in VALUE; NULL when there is none. [full] */
char *dc_identity_of_message_id(const char *value);

#endif
