/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An index: a stage that is kept beside its source, with what is needed to use it without reading the
 * source. In: a finished builder, or a file from anywhere; out: a stage, or a sentence why not. A file
 * is believed only where its schema is word for word what we would have written.
 */
#ifndef DC_STAGE_INDEX_H
#define DC_STAGE_INDEX_H

#include "lib/stage/builder.h"

/* The file's own tables. */
#define DC_INDEX_FACTS DC_INDEX_PREFIX " facts"
#define DC_INDEX_INPUTS DC_INDEX_PREFIX " inputs"
#define DC_INDEX_TABLES DC_INDEX_PREFIX " tables"
#define DC_INDEX_COLUMNS DC_INDEX_PREFIX " columns"
#define DC_INDEX_KEYS DC_INDEX_PREFIX " keys"
#define DC_INDEX_FINDINGS DC_INDEX_PREFIX " findings"
#define DC_INDEX_VERSION 2

/* Their CREATE TABLEs, NULL-terminated. */
extern const char *const dc_index_schema[];

/* The CREATE INDEXes of a table's own keys. [transfer full] of char * */
GPtrArray *dc_index_key_sql(const dc_stage_table *table);

/* Write what the stage knows into the file that the builder fills. */
int dc_index_write(dc_stage_builder *builder, draftconv_source *source, draftconv_error **error);

/*
 * Read it back into STAGE from DB. @return 1; 0: WHY_NOT says why it is not used; negative error
 */
int dc_index_read(dc_stage *stage, sqlite3 *db, draftconv_source *source, char **why_not,
	draftconv_error **error);

#endif
