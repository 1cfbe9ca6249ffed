/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/nearest.h"
#include "lib/profile/plan-internal.h"

#include "lib/base/limits.h"

#include <string.h>

/* The text of COLUMN of the current row; NULL when it has none that can be a name. */
static int
text(const dc_plan *plan, const struct dc_prepared *shape, dc_stage_query *query,
	const char *column, char **result, draftconv_error **error)
{
	return dc_plan_text(shape, query, dc_prepared_column(shape, column), DC_KEY_MAX,
		plan->profile->charset, result, error);
}

static bool
add_unique(GPtrArray *list, const char *name)
{
	if (g_ptr_array_find_with_equal_func(list, name, g_str_equal, NULL))
		return false;
	g_ptr_array_add(list, g_strdup(name));
	return true;
}

static bool
same_folded(const char *a, const char *b, bool exact)
{
	g_autofree char *x = dc_owner_fold(a, exact);
	g_autofree char *y = dc_owner_fold(b, exact);

	return strcmp(x, y) == 0;
}

/* Rows of one owners statement whose COLUMN is TEXT: their owners. */
static int
search(const dc_plan *plan, const struct dc_prepared *shape, dc_stage_conn *conn,
	const char *column, const char *wanted, GPtrArray *owners, draftconv_error **error)
{
	bool exact = strcmp(column, "owner") == 0 && plan->exact_owners;
	g_autoptr(dc_stage_query) query = NULL;
	int status = dc_plan_query_where(
		conn, shape, column, wanted, plan->profile->charset, &query, error);

	while (status >= 0 && owners->len < DC_NEAREST_MAX) {
		g_autofree char *found = NULL;
		g_autofree char *owner = NULL;

		status = dc_stage_query_step(query, error);
		if (status <= 0)
			break;
		status = text(plan, shape, query, column, &found, error);
		if (status > 0)
			status = text(plan, shape, query, "owner", &owner, error);
		if (status <= 0 || !same_folded(found, wanted, exact))
			continue;

		g_autofree char *folded = dc_owner_fold(owner, plan->exact_owners);
		add_unique(owners, folded);
	}
	return status < 0 ? status : DRAFTCONV_OK;
}

static int
search_all(const dc_plan *plan, GPtrArray *all, dc_stage_conn *conn, const char *column,
	const char *wanted, GPtrArray *owners, draftconv_error **error)
{
	for (guint i = 0; i < all->len; i++) {
		const struct dc_prepared *shape = all->pdata[i];

		if (shape->statement->kind != DC_STATEMENT_OWNERS || shape->query == NULL ||
			dc_prepared_column(shape, column) < 0)
			continue;
		int status = search(plan, shape, conn, column, wanted, owners, error);
		if (status < 0)
			return status;
	}
	return (int)owners->len;
}

int
dc_plan_owners_of_address(const dc_plan *plan, GPtrArray *all, dc_stage_conn *conn,
	const char *wanted, GPtrArray *owners, draftconv_error **error)
{
	return search_all(plan, all, conn, "address", wanted, owners, error);
}

int
dc_plan_owner_known(const dc_plan *plan, GPtrArray *all, dc_stage_conn *conn, const char *wanted,
	draftconv_error **error)
{
	g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(g_free);
	int status = search_all(plan, all, conn, "owner", wanted, owners, error);

	return status < 0 ? status : status > 0;
}

/* ---- the nearest names ---- */

static int
consider_rows(const dc_plan *plan, const struct dc_prepared *shape, const char *column,
	struct dc_nearest *nearest, draftconv_error **error)
{
	dc_stage_query *query = shape->query;
	int status = DRAFTCONV_OK;

	if (query == NULL || dc_prepared_column(shape, column) < 0)
		return DRAFTCONV_OK;
	dc_stage_query_reset(query);
	for (;;) {
		g_autofree char *name = NULL;

		status = dc_stage_query_step(query, error);
		if (status <= 0)
			break;
		status = text(plan, shape, query, column, &name, error);
		if (status < 0)
			break;
		if (status > 0)
			dc_nearest_consider(nearest, g_strchomp(name), name);
	}
	dc_stage_query_reset(query);
	return status;
}

int
dc_plan_owner_unknown(const dc_plan *plan, GPtrArray *all, const char *wanted, bool damaged,
	draftconv_error **error)
{
	struct dc_nearest nearest = {.wanted = wanted};
	g_autoptr(GString) list = g_string_new(NULL);
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < all->len && status >= 0; i++) {
		const struct dc_prepared *shape = all->pdata[i];

		if (shape->statement->kind > DC_STATEMENT_OWNERS)
			continue;
		status = consider_rows(plan, shape, "owner", &nearest, error);
		if (status >= 0 && shape->statement->kind == DC_STATEMENT_OWNERS)
			status = consider_rows(plan, shape, "address", &nearest, error);
	}
	dc_nearest_say(&nearest, list);
	if (status < 0)
		return status;
	return dc_error_set(error, damaged ? DRAFTCONV_ERROR_DAMAGED : DRAFTCONV_ERROR_NOT_FOUND,
		"no owner %s in the source%s%s; 'draftconv owners SOURCE TEXT' finds accounts by a "
		"part of a name or address",
		wanted, damaged ? ", which is damaged: it may be in what is missing" : "",
		list->str);
}
