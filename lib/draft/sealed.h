/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A body that only its owner's client can open: PGP/MIME (RFC 3156) or S/MIME (RFC 8551). In: the body of
 * a stored message; out: the same, octet for octet but for line ends, to stand in the new one in the same
 * place, since a client looks for it there only. It decrypts nothing, and takes nothing that could break
 * the lines of a message.
 */
#ifndef DC_DRAFT_SEALED_H
#define DC_DRAFT_SEALED_H

#include <gmime/gmime.h>

#include <stdbool.h>

#define DC_SEALED_PARAMETERS_MAX 8

struct dc_sealed {
	char *type; /* "multipart/encrypted" */
	guint parameter_count;
	char *names[DC_SEALED_PARAMETERS_MAX];  /* tokens */
	char *values[DC_SEALED_PARAMETERS_MAX]; /* ASCII that fits into quotes */
	bool is_base64;
	char *text; /* 7bit, LF, no line over 998 octets */
};

/* @return [transfer full] NULL when OBJECT is not sealed, or cannot stand in a message as it is */
struct dc_sealed *dc_sealed_read(GMimeObject *object);
void dc_sealed_free(struct dc_sealed *sealed);

/* As a MIME entity of its own, headers first. [transfer full] */
GBytes *dc_sealed_entity(const struct dc_sealed *sealed);

#endif
