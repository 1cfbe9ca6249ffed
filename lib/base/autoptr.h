/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cleanup functions for the types of libraries that have none of their own. */
#ifndef DC_BASE_AUTOPTR_H
#define DC_BASE_AUTOPTR_H

#include <glib.h>
#include <sqlite3.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3, sqlite3_close_v2)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_value, sqlite3_value_free)

#endif
