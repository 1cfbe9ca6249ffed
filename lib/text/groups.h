/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guard before GMime's parser, which reads a group of addresses within a group by calling itself, as deep as
 * somebody nests them. In: a message of strangers; out: the same, or a copy that nests less. RFC 5322 3.4.
 */
#ifndef DC_TEXT_GROUPS_H
#define DC_TEXT_GROUPS_H

#include <glib.h>

/* MESSAGE, or a copy in which no address field has more than DC_GROUPS_MAX colons: blanks stand for the rest.
 * [transfer full] */
GBytes *dc_groups_flatten(GBytes *message);

#endif
