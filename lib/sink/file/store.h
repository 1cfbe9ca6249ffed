/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files as a careful mail program writes them: under a temporary name, written, synced, renamed, and the
 * directory synced. In: directories, names and messages; out: files of mode 0600 in directories of mode
 * 0700, whatever the umask. It follows no symbolic link in the last part of a name and replaces no file.
 */
#ifndef DC_SINK_FILE_STORE_H
#define DC_SINK_FILE_STORE_H

#include "lib/sink/file/form.h"

/*
 * Open directory NAME below PARENT (a descriptor, or AT_FDCWD), made with mode 0700 when MAY_CREATE.
 * *CREATED (may be NULL) is set to true when it was. @return a descriptor; NOT_FOUND; OUTPUT
 */
int dc_store_directory(
	int parent, const char *name, bool may_create, bool *created, draftconv_error **error);

/*
 * Is the directory there in which PATH is to be made? @return 0; OUTPUT with the command that makes it
 */
int dc_store_check_parent(const char *path, draftconv_error **error);

/* A new file TEMPORARY for writing. @return a descriptor, or OUTPUT */
int dc_store_create(int directory, const char *temporary, draftconv_error **error);

/* Write all of it. @return 0 or OUTPUT. A dc_write_func whose user is a pointer to the descriptor. */
int dc_store_write(void *descriptor, const void *data, size_t size, draftconv_error **error);

/*
 * Write the message of PUT into DESCRIPTOR in FORM and check its size. @return 0, what the message
 * answered, or OUTPUT. *SIZE (may be NULL) is that of the file.
 */
int dc_store_message(int descriptor, const struct dc_put *put, enum dc_form form, guint64 *size,
	draftconv_error **error);

/* Modification time, sync, close. DESCRIPTOR is closed in any case. */
int dc_store_finish(int descriptor, gint64 date_s, draftconv_error **error);

/*
 * Rename TEMPORARY in FROM to NAME in TO, where no such name may be, and sync TO.
 * @return 1 done, 0 when NAME is taken, OUTPUT
 */
int dc_store_rename(
	int from, const char *temporary, int to, const char *name, draftconv_error **error);

/* @return 1 removed, 0 not there, OUTPUT */
int dc_store_remove(int directory, const char *name, draftconv_error **error);

/*
 * Read file NAME back through dc_form_restore(). @return 1; 0 when it is not there; OUTPUT; what WRITE
 * answered. *SIZE (may be NULL) is that of the message.
 */
int dc_store_read(int directory, const char *name, enum dc_form form, dc_write_func write,
	void *user, guint64 *size, draftconv_error **error);

/* The identity in the header of a message; feed it with pieces from the beginning. */
struct dc_header_reader {
	GString *line;  /* the field so far; NULL before the first piece */
	bool at_end;    /* the header is over, or an identity found */
	char *identity; /* NULL while there is none */
};
int dc_header_reader_feed(void *reader, const void *data, size_t size, draftconv_error **error);
void dc_header_reader_clear(struct dc_header_reader *reader);

/* The identity of file NAME; NULL when it has none or is no file. [transfer full] */
char *dc_store_identity(int directory, const char *name);

#endif
