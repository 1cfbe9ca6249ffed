/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan knows of owners that somebody else names. */
#include "lib/profile/nearest.h"
#include "lib/profile/reader.h"

#include <string.h>

int
dc_plan_known(dc_plan_reader *reader, const char *folded, draftconv_error **error)
{
	const dc_plan *plan = reader->plan;

	if (plan->shard_count > 1 && dc_owner_shard(folded, plan->shard_count) != plan->shard_index)
		return DC_KNOWN_ELSEWHERE;
	if (reader->known == NULL && sqlite3_prepare_v2(reader->db,
					     "SELECT EXISTS (SELECT 1 FROM row WHERE folded = ?1), "
					     "EXISTS (SELECT 1 FROM owner WHERE folded = ?1)",
					     -1, &reader->known, NULL) != SQLITE_OK)
		return dc_plan_file_error(reader->db, error);
	sqlite3_bind_text(reader->known, 1, folded, -1, SQLITE_STATIC);
	int known = DC_KNOWN_NOT;
	if (sqlite3_step(reader->known) != SQLITE_ROW)
		known = dc_plan_file_error(reader->db, error);
	else if (sqlite3_column_int(reader->known, 0) != 0)
		known = DC_KNOWN_DRAFTS;
	else if (sqlite3_column_int(reader->known, 1) != 0)
		known = DC_KNOWN_IDLE;
	sqlite3_reset(reader->known);
	sqlite3_clear_bindings(reader->known);
	return known;
}

int
dc_plan_nearest(dc_plan_reader *reader, const char *wanted, GString *text, draftconv_error **error)
{
	struct dc_nearest nearest = {.wanted = wanted};
	g_autoptr(sqlite3_stmt) names = NULL;
	int code;

	if (sqlite3_prepare_v2(reader->db,
		    "SELECT owner, coalesce(address, '') FROM owner UNION ALL "
		    "SELECT owner, '' FROM account",
		    -1, &names, NULL) != SQLITE_OK)
		return dc_plan_file_error(reader->db, error);
	for (code = sqlite3_step(names); code == SQLITE_ROW; code = sqlite3_step(names)) {
		const char *owner = (const char *)sqlite3_column_text(names, 0);
		const char *address = (const char *)sqlite3_column_text(names, 1);

		if (owner == NULL || address == NULL)
			continue;
		dc_nearest_consider(&nearest, owner, owner);
		dc_nearest_consider(&nearest, address, owner);
	}
	dc_nearest_say(&nearest, text);
	return code == SQLITE_DONE ? DRAFTCONV_OK : dc_plan_file_error(reader->db, error);
}
