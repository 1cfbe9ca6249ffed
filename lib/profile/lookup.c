/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/plan-internal.h"

#include "lib/base/limits.h"

#include <string.h>

enum {
	NEAREST_MAX = 3
};

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

	while (status >= 0 && owners->len < NEAREST_MAX) {
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

struct near_name {
	char *name;
	unsigned distance;
};

struct nearest {
	const char *wanted;
	struct near_name names[NEAREST_MAX]; /* best first; unused ones are NULL */
};

/* A name that holds what was typed, or begins it, is nearer than its length says. */
static unsigned
distance_of(const char *wanted, const char *name)
{
	unsigned limit = (unsigned)CLAMP(strlen(wanted) / 3, 1, 4);
	g_autofree char *x = g_ascii_strdown(wanted, -1);
	g_autofree char *y = g_ascii_strdown(name, -1);
	unsigned distance = dc_name_distance(x, y, limit);

	if (strlen(x) >= 3 && strstr(y, x) != NULL)
		return MIN(distance, 2);
	return distance <= limit ? distance : G_MAXUINT;
}

static void
consider(struct nearest *nearest, const char *name)
{
	unsigned distance = distance_of(nearest->wanted, name);
	struct near_name new = {NULL, distance};
	int place = 0;

	if (distance == G_MAXUINT)
		return;
	for (int i = 0; i < NEAREST_MAX; i++) {
		const struct near_name *n = &nearest->names[i];

		if (n->name != NULL && g_ascii_strcasecmp(n->name, name) == 0)
			return;
		if (n->name != NULL &&
			(n->distance < distance ||
				(n->distance == distance && strcmp(n->name, name) < 0)))
			place = i + 1;
	}
	if (place == NEAREST_MAX)
		return;
	g_free(nearest->names[NEAREST_MAX - 1].name);
	for (int i = NEAREST_MAX - 1; i > place; i--)
		nearest->names[i] = nearest->names[i - 1];
	new.name = g_strdup(name);
	nearest->names[place] = new;
}

static int
consider_rows(const dc_plan *plan, const struct dc_prepared *shape, const char *column,
	struct nearest *nearest, draftconv_error **error)
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
			consider(nearest, g_strchomp(name));
	}
	dc_stage_query_reset(query);
	return status;
}

int
dc_plan_owner_unknown(const dc_plan *plan, GPtrArray *all, const char *wanted, bool damaged,
	draftconv_error **error)
{
	struct nearest nearest = {.wanted = wanted};
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
	for (int i = 0; i < NEAREST_MAX; i++) {
		if (nearest.names[i].name != NULL)
			g_string_append_printf(
				list, "%s%s", i > 0 ? ", " : "; nearest: ", nearest.names[i].name);
		g_free(nearest.names[i].name);
	}
	if (status < 0)
		return status;
	return dc_error_set(error, damaged ? DRAFTCONV_ERROR_DAMAGED : DRAFTCONV_ERROR_NOT_FOUND,
		"no owner %s in the source%s%s; 'draftconv owners SOURCE' lists the accounts",
		wanted, damaged ? ", which is damaged: it may be in what is missing" : "",
		list->str);
}
