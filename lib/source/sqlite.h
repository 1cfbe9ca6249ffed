/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the two files that read SQLite databases: the schema's half. */
#ifndef DC_SOURCE_SQLITE_H
#define DC_SOURCE_SQLITE_H

#include "lib/base/autoptr.h"
#include "lib/source/internal.h"

/* Fill DEFINITION with what the base table is. @return false when SQLite cannot tell */
bool dc_sqlite_define(
	sqlite3 *db, dc_catalog *catalog, const char *table, struct dc_definition *definition);

#endif
