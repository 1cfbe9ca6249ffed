/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The attachments of a draft as they go into a message. In: names, types and contents as the old
 * webmail stored them; out: files that have a safe name and a type that says the truth, a note in the
 * place of each that is missing, and MIME parts of them. DRAFTS.md 22. It never makes a content up, and
 * reads one only to see whether a stored message may stand as it is.
 */
#ifndef DC_MESSAGE_FILES_H
#define DC_MESSAGE_FILES_H

#include "lib/draft/draft.h"

#include <gmime/gmime.h>

struct dc_file {
	char *name;       /* never NULL or empty; no path, control character or leading dot */
	char *type;       /* type/subtype in lower case */
	char *charset;    /* a token, NULL when not known */
	char *content_id; /* as stored, without brackets; NULL when there is none */
	char *url;        /* as stored */
	bool was_inline;  /* stored as part of the HTML */
	bool shown;       /* the HTML shows it: content_id is then fit for a header */
	bool as_it_is;    /* a stored message that needs no encoding */
	dc_content *content;
};

void dc_file_free(gpointer file);

/* A file of our own making. NAME and TYPE are clean already. [transfer full] */
struct dc_file *dc_file_new(const char *name, const char *type, GBytes *bytes);

/*
 * All attachments of DRAFT. FORBIDDEN must not occur in a message that stands as it is (boundaries
 * begin with it). @return 0 or what the reader of a content answered; FILES [out, transfer full]
 */
int dc_files_new(const draftconv_draft *draft, const char *forbidden, dc_findings *findings,
	GPtrArray **files, draftconv_error **error);

/* [transfer full]; FAILURE as for dc_content_stream_new() */
GMimeObject *dc_file_part(const struct dc_file *file, draftconv_error **failure);

/*
 * NAME without path, control and direction characters, leading dots and blanks at the ends; a name for
 * number INDEX (from 0) and TYPE where nothing is left. [transfer full]
 */
char *dc_file_name(const char *name, const char *type, guint index);

#endif
