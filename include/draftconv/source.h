/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A source is where old drafts come from: the SOURCE arguments of a command line, opened and read as
 * one, or rows that the program hands in itself. Formats are told by their content, never by a file
 * name. A source is used by one thread at a time; it may move between threads.
 */
#ifndef DRAFTCONV_SOURCE_H
#define DRAFTCONV_SOURCE_H

#include <draftconv/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct draftconv_source draftconv_source;

/** How to open a source. Zero everything, then set struct_size; NULL is the default everywhere. */
struct draftconv_source_options {
	size_t struct_size;   /**< sizeof(struct draftconv_source_options) */
	const char *database; /**< of dumps with several databases, this one */
	const char *temp_dir; /**< for long values of pipes and compressed dumps: /var/tmp */
	const int *cancel;    /**< as long as the source; not 0, set from any thread: what reads it
				ends with DRAFTCONV_ERROR_CANCELLED; or NULL */
};

/**
 * Open SOURCE arguments (draftconv(1), SOURCES): paths, or "-" for standard input, once. Only the
 * beginning of each is read here.
 *
 * @param arguments [transfer none] COUNT strings, in the order in which they count (later rows win)
 * @param count     1 or more
 * @param options   [may be NULL]
 * @param source    [out, transfer full] release with draftconv_source_free(); untouched on failure
 * @param error     [out, transfer full, may be NULL]
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT; DRAFTCONV_ERROR_NOT_FOUND if there is no such file;
 *         DRAFTCONV_ERROR_REFUSED if it may not be read; DRAFTCONV_ERROR_DAMAGED if it is no source
 *         (the message has the command to type)
 */
DRAFTCONV_API int draftconv_source_open(const char *const *arguments, size_t count,
	const struct draftconv_source_options *options, draftconv_source **source,
	draftconv_error **error);

/** What the beginnings of a column's texts look like; texts of ASCII alone are not counted. */
struct draftconv_column_seen {
	uint64_t utf8;    /**< UTF-8 with letters beyond ASCII */
	uint64_t iso2022; /**< seven bits with escapes that switch sets */
	uint64_t other;   /**< bytes beyond ASCII that are no UTF-8 */
};

/** A table: that a program describes, or that a listing shows. Strings are borrowed until the next call of its callbacks. */
struct draftconv_table {
	const char *name;           /**< [transfer none] UTF-8, not empty */
	const char *const *columns; /**< [transfer none] their names */
	const char *const *
		types; /**< [transfer none, may be NULL] MySQL's words, "int(10)"; entries may be NULL */
	size_t column_count; /**< 1 to 2000 */
	/* Of a listing only. */
	const char *const
		*charsets; /**< [transfer none] of each column; "" when none is declared */
	const struct draftconv_column_seen *seen; /**< [transfer none] of each column */
	const char *const *keys; /**< [transfer none] "PRIMARY KEY (id)", …; ended by NULL */
};

/** A value that a program hands in. */
struct draftconv_value {
	const void *data; /**< [transfer none] bytes; NULL is SQL's NULL */
	size_t size;
	const char *
		charset; /**< [transfer none] of text, "utf8mb4"; NULL when not known, "binary" for bytes */
};

/** Rows of a program's own. All functions get USER; all but free may be called again from the start. */
struct draftconv_rows {
	size_t struct_size; /**< sizeof(struct draftconv_rows) */
	void *user;
	/** Begin the next table, the first one when INDEX is 0. @return 1 table, 0 no more, negative error */
	int (*table)(void *user, size_t index, struct draftconv_table *table);
	/** The next row of that table into COUNT values. @return 1 row, 0 no more, negative error */
	int (*row)(void *user, struct draftconv_value *values, size_t count);
	void (*free)(void *user); /**< may be NULL */
};

/**
 * A source made of rows that the program hands in.
 *
 * @param rows   [transfer none] copied; USER is freed by its free function with the source
 * @param options [may be NULL] temp_dir counts
 * @param source [out, transfer full] release with draftconv_source_free(); untouched on failure
 * @param error  [out, transfer full, may be NULL]
 * @return DRAFTCONV_OK or DRAFTCONV_ERROR_ARGUMENT
 */
DRAFTCONV_API int draftconv_source_new_rows(const struct draftconv_rows *rows,
	const struct draftconv_source_options *options, draftconv_source **source,
	draftconv_error **error);

/** Close a source. @param source [transfer full, may be NULL] */
DRAFTCONV_API void draftconv_source_free(draftconv_source *source);

/** Whether an input is all there. */
enum draftconv_completeness {
	DRAFTCONV_SOURCE_UNKNOWN, /**< nothing in the dump tells, or it was not read to the end yet */
	DRAFTCONV_SOURCE_COMPLETE, /**< its end marker was seen */
	DRAFTCONV_SOURCE_CUT       /**< it ends in the middle */
};

/** What is known about one SOURCE argument; all but the first three once it was read. */
struct draftconv_source_facts {
	const char *name;        /**< [transfer none] the argument */
	const char *format;      /**< [transfer none] static: "SQL text", "XML", "SQLite", "rows" */
	const char *compression; /**< [transfer none] "gzip", …; "" for none */
	const char
		*program; /**< [transfer none] what wrote it, from its header; "" when not known */
	const char *server; /**< [transfer none] version of the server; "" when not known */
	const char *
		charsets; /**< [transfer none] declared ones in order of appearance, comma-separated */
	enum draftconv_completeness completeness;
	bool damaged; /**< a part could not be read, or it is cut; what is whole was read */
	uint64_t damage_offset;   /**< of the first place, as in draftconv_source_damage */
	const char *damage_table; /**< [transfer none] likewise */
	const char *damage;       /**< [transfer none] likewise; "" when there is none */
	uint64_t rows;            /**< rows read, of all tables */
	uint64_t bytes;           /**< bytes read, uncompressed */
	uint64_t damages;         /**< places that cannot be read */
	uint64_t missing_rows; /**< rows that are missing for it, as far as they can be counted */
	bool missing_more;     /**< there may be more than could be counted */
	bool partial; /**< it says itself that it holds some of the rows only (mysqldump --where) */
};

/** A place of a SOURCE argument that cannot be read. */
struct draftconv_source_damage {
	uint64_t offset; /**< first byte that makes no sense, in the uncompressed text; of rows that
				are missing for the same reason the first one's */
	const char *table; /**< [transfer none] "" when it is in none */
	const char *what;  /**< [transfer none] one line, with what is missing */
	uint64_t rows;     /**< rows that are missing for it, as far as they can be counted */
	bool more;         /**< there may be more than could be counted */
};

/** Number of SOURCE arguments. */
DRAFTCONV_API size_t draftconv_source_count(const draftconv_source *source);

/**
 * Facts about the SOURCE argument INDEX.
 *
 * @param facts [out] filled up to SIZE bytes (its sizeof); strings are valid as long as SOURCE is not
 *              read again or freed
 * @return DRAFTCONV_OK or DRAFTCONV_ERROR_ARGUMENT
 */
DRAFTCONV_API int draftconv_source_describe(const draftconv_source *source, size_t index,
	struct draftconv_source_facts *facts, size_t size);

/**
 * A place of the SOURCE argument INDEX that cannot be read. The first hundred are kept.
 *
 * @param place  from 0, in the order of the text
 * @param damage [out] filled up to SIZE bytes (its sizeof); strings as in the facts
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT past the end
 */
DRAFTCONV_API int draftconv_source_damage_at(const draftconv_source *source, size_t index,
	size_t place, struct draftconv_source_damage *damage, size_t size);

/** Gets a table of a listing. @param database "" when the source names none. @return negative to stop */
typedef int (*draftconv_table_callback)(
	void *user, const char *database, const struct draftconv_table *table, uint64_t rows);

/**
 * The tables of a source, with their columns and numbers of rows; one that stands in several databases once
 * for each. Reads the source; a pipe can be read only once in all.
 *
 * @param callback called for each table with rows or a definition, by database and name; a negative
 *                 answer ends the listing and is returned
 * @return DRAFTCONV_OK, also for a damaged source; as draftconv_source_query()
 */
DRAFTCONV_API int draftconv_source_tables(draftconv_source *source,
	draftconv_table_callback callback, void *user, draftconv_error **error);

/** What a result value is. */
enum draftconv_cell_kind {
	DRAFTCONV_CELL_NULL,
	DRAFTCONV_CELL_INTEGER,
	DRAFTCONV_CELL_REAL,
	DRAFTCONV_CELL_BYTES,    /**< short: DATA and SIZE */
	DRAFTCONV_CELL_STREAM,   /**< of any length: read it with draftconv_cell_read() */
	DRAFTCONV_CELL_TOO_LARGE /**< over 8 MiB went through a function of the statement */
};

/** A value of a result row; valid during the callback. */
struct draftconv_cell {
	enum draftconv_cell_kind kind;
	int64_t integer;
	double real;
	const void
		*data; /**< [transfer none] bytes as the source has them, in any character set, but
				for draftconv_query_options.text */
	size_t size;
	void *stream; /**< the library's own */
};

/**
 * The next bytes of a cell, whatever its kind; numbers are spelt, NULL has none.
 *
 * @param size  at least 64
 * @return bytes read; 0 at the end; negative error
 */
DRAFTCONV_API long draftconv_cell_read(
	struct draftconv_cell *cell, void *buffer, size_t size, draftconv_error **error);

/** Who gets the answer to a query; all get USER, all may be NULL. */
struct draftconv_query_handler {
	size_t struct_size; /**< sizeof(struct draftconv_query_handler) */
	void *user;
	/** Names of the result's columns, once, before any row. @return negative to stop with it */
	int (*columns)(void *user, const char *const *names, size_t count);
	/** @return negative to stop with it */
	int (*row)(void *user, struct draftconv_cell *cells, size_t count);
	/** Something to tell: an index that is stale, rows that may be missing. */
	void (*note)(void *user, const char *message);
};

/** How to answer a query. Zero everything, then set struct_size. */
struct draftconv_query_options {
	size_t struct_size;   /**< sizeof(struct draftconv_query_options) */
	const char *index;    /**< an index file to use if it fits, or NULL */
	const char *temp_dir; /**< for the stage; NULL: /var/tmp */
	const int *cancel;    /**< not 0, set from any thread: stop; or NULL */
	bool text; /**< values of text columns come as UTF-8 where they are text in the character set that
			the source declares for them; others, and those of over 8 MiB, as they are */
};

/**
 * Ask a source, whatever it is, with one read-only SELECT (draftconv-profile(5), FUNCTIONS). It is read once, tables
 * that SQL does not name are skipped; a long value is read only when the handler reads it.
 *
 * @param options [may be NULL]
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_PROFILE if the statement is wrong, not allowed or runs away;
 *         DRAFTCONV_ERROR_NOT_FOUND if a table is not in the source; DRAFTCONV_ERROR_DAMAGED;
 *         DRAFTCONV_ERROR_OUTPUT for the temporary files; DRAFTCONV_ERROR_CANCELLED; what the handler
 *         answered
 */
DRAFTCONV_API int draftconv_source_query(draftconv_source *source, const char *sql,
	const struct draftconv_query_handler *handler,
	const struct draftconv_query_options *options, draftconv_error **error);

/**
 * Build an index file, so that later calls need not read the source. It appears whole or not at all,
 * readable by its owner alone.
 *
 * @param path the file to make; it is replaced
 * @return DRAFTCONV_OK; DRAFTCONV_ERROR_ARGUMENT for a source that can be read only once;
 *         DRAFTCONV_ERROR_DAMAGED; DRAFTCONV_ERROR_OUTPUT
 */
DRAFTCONV_API int draftconv_source_index(
	draftconv_source *source, const char *path, draftconv_error **error);

#ifdef __cplusplus
}
#endif

#endif
