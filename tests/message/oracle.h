/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What must hold for every message, whatever the draft: as mail servers, strict parsers, Roundcube,
 * Thunderbird and Mutt look at it. In: the bytes; out: failed assertions.
 */
#ifndef TESTS_MESSAGE_ORACLE_H
#define TESTS_MESSAGE_ORACLE_H

#include "lib/message/message.h"

#include <gmime/gmime.h>

/* All of the checks below, and that a second writing gives the same. */
void oracle_check(draftconv_message *message);

/* Parsed by GMime. [transfer full] */
GMimeMessage *oracle_parse(draftconv_message *message);

/* "mixed{text/plain,application/pdf}" [transfer full] */
char *oracle_structure(draftconv_message *message);

/* Value of a field, unfolded and decoded; NULL when there is none. [transfer full] */
char *oracle_field(draftconv_message *message, const char *name);

/* Codes of the findings, each once, separated by blanks. [transfer full] */
char *oracle_codes(const draftconv_message *message);

/* Decoded content of the leaf INDEX, in order; NULL when there is none. [transfer full] */
GBytes *oracle_leaf(draftconv_message *message, guint index);

/* The leaf itself. [transfer full] */
GMimePart *oracle_leaf_part(draftconv_message *message, guint index);

#endif
