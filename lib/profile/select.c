/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/plan-internal.h"

#include "lib/base/limits.h"

#include <string.h>

/* Up to here each owner is asked for by itself, around the statement (STAGE.md 4); more than these are
 * picked out of one run over all. */
#define DIRECT_OWNERS_MAX 16

struct filling {
	dc_plan *plan;
	GPtrArray *all;
	dc_stage_conn *conn;
	dc_plan_file *file;
	const draftconv_selection *selection; /* never NULL */
	dc_findings *findings;
	bool damaged;
	dc_zone *zone;
	GHashTable *owners; /* folded owner → itself, found ones in `seen`; NULL: all owners */
	GHashTable *seen;   /* folded owners that had a row */
	const char *only;   /* the folded owner who is asked for just now; NULL: any of `owners` */
	GHashTable *keys;   /* keys asked for, not yet seen; NULL: all */
};

static int
text(struct filling *f, guint shape, dc_stage_query *query, const char *column, gsize limit,
	char **result, draftconv_error **error)
{
	const struct dc_prepared *prepared = f->plan->shapes->pdata[shape];

	return dc_plan_text(prepared, query, dc_prepared_column(prepared, column), limit,
		f->plan->profile->charset, result, error);
}

/* PROFILE.md, Times: without `modified`, `created` counts. */
static int
moment_of(struct filling *f, guint shape, dc_stage_query *query, struct dc_plan_entry *entry,
	draftconv_error **error)
{
	static const char *const columns[] = {"modified", "created"};

	for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
		g_autofree char *value = NULL;
		struct dc_time time = {0};
		int status = text(f, shape, query, columns[i], DC_KEY_MAX, &value, error);

		if (status < 0)
			return status;
		if (status == 0 ||
			dc_time_parse(value, f->zone, columns[i], NULL, &time) != DC_TIME_OK)
			continue;
		entry->has_moment = true;
		entry->moment = time.utc;
		break;
	}
	return DRAFTCONV_OK;
}

static bool
in_time(const struct filling *f, const struct dc_plan_entry *entry)
{
	const draftconv_selection *s = f->selection;

	if (!entry->has_moment)
		return true;
	return (!s->has_since || entry->moment >= s->since) &&
	       (!s->has_until || entry->moment < s->until);
}

static bool
in_keys(struct filling *f, const struct dc_plan_entry *entry)
{
	if (f->keys == NULL)
		return true;
	if (entry->fault == DC_FAULT_KEY || !g_hash_table_contains(f->keys, entry->key))
		return false;
	g_hash_table_insert(f->keys, g_strdup(entry->key), GINT_TO_POINTER(1));
	return true;
}

static bool
is_wanted(const struct filling *f, const char *folded)
{
	if (f->only != NULL)
		return strcmp(f->only, folded) == 0;
	return f->owners == NULL || g_hash_table_contains(f->owners, folded);
}

static bool
in_shard(const struct filling *f, const char *folded)
{
	unsigned count = f->selection->shard_count;

	return count <= 1 || dc_owner_shard(folded, count) == f->selection->shard_index;
}

/* Whether the account is asked for at all; all rows of one that is stand in the plan, for the vote. */
static bool
in_accounts(struct filling *f, const char *folded)
{
	if (!is_wanted(f, folded))
		return false;
	if (f->seen != NULL)
		g_hash_table_add(f->seen, g_strdup(folded));
	return in_shard(f, folded);
}

static int
take_row(struct filling *f, guint shape, dc_stage_query *query, draftconv_error **error)
{
	struct dc_plan_entry entry = {.key = "", .owner = "", .selected = true};
	g_autofree char *key = NULL;
	g_autofree char *owner = NULL;
	g_autofree char *version = NULL;
	int status = text(f, shape, query, "owner", DC_KEY_MAX, &owner, error);

	if (status >= 0)
		status = text(f, shape, query, "key", DC_KEY_MAX, &key, error);
	if (status >= 0)
		status = text(f, shape, query, "version", DC_KEY_MAX, &version, error);
	if (status < 0)
		return status;

	g_autofree char *shown = dc_owner_fold(owner != NULL ? owner : "", true);
	g_autofree char *folded = dc_owner_fold(shown, f->plan->exact_owners);
	if (!in_accounts(f, folded))
		return DRAFTCONV_OK;
	status = moment_of(f, shape, query, &entry, error);
	if (status < 0)
		return status;

	if (key == NULL || key[0] == '\0')
		entry.fault = DC_FAULT_KEY;
	else
		entry.key = key;
	if (folded[0] == '\0')
		entry.fault = DC_FAULT_OWNER;
	else
		entry.owner = shown;
	entry.folded = folded;
	entry.version = version;
	entry.selected = in_keys(f, &entry) && in_time(f, &entry);
	return dc_plan_file_add_row(f->file, f->plan, shape, query, &entry, error);
}

/* The name's own bytes are kept beside it: a draft's reader knows better how the account writes. */
static int
add_owner(struct filling *f, guint shape, dc_stage_query *query, char *const *values,
	draftconv_error **error)
{
	const struct dc_prepared *prepared = f->plan->shapes->pdata[shape];
	g_autofree char *folded = dc_owner_fold(values[0], f->plan->exact_owners);
	g_autofree char *owner = dc_owner_fold(values[0], true);
	g_autoptr(GBytes) bytes = NULL;

	if (folded[0] == '\0' || !is_wanted(f, folded) || !in_shard(f, folded))
		return DRAFTCONV_OK;
	int status = dc_plan_bytes(
		query, dc_prepared_column(prepared, "name"), DC_ACCOUNT_TEXT_MAX, &bytes, error);
	const struct dc_plan_owner entry = {.shape = shape,
		.folded = folded,
		.owner = owner,
		.address = values[1],
		.name = values[2],
		.name_bytes = bytes,
		.login = values[3]};
	return status < 0 ? status : dc_plan_file_add_owner(f->file, &entry, error);
}

static int
take_owner(struct filling *f, guint shape, dc_stage_query *query, draftconv_error **error)
{
	static const char *const columns[] = {"owner", "address", "name", "login"};
	char *values[G_N_ELEMENTS(columns)] = {NULL};
	int status = DRAFTCONV_OK;

	for (size_t i = 0; i < G_N_ELEMENTS(columns) && status >= 0; i++)
		status = text(f, shape, query, columns[i],
			i == 0 ? DC_KEY_MAX : DC_ACCOUNT_TEXT_MAX, &values[i], error);
	if (status >= 0 && values[0] != NULL)
		status = add_owner(f, shape, query, values, error);
	for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
		g_free(values[i]);
	return status;
}

/* ---- asking ---- */

/* Whether one of the row's own values is the one that was too large: its reader will find it there. */
static int
shows_too_large(const struct dc_prepared *prepared, dc_stage_query *query, draftconv_error **error)
{
	for (guint i = 0; i < prepared->names->len; i++) {
		g_auto(dc_stage_value) value = {0};
		int status = dc_stage_query_value(query, i, &value, error);

		if (status < 0)
			return status;
		if (value.kind == DC_STAGE_VALUE_TOO_LARGE)
			return 1;
	}
	return 0;
}

static void
note_too_large(struct filling *f, const struct dc_statement *statement)
{
	dc_findings_add(f->findings, DC_FINDING_TOO_LARGE_FOR_SQL, "",
		"<%s> on line %u: rows may be missing", dc_statement_kind_name(statement->kind),
		statement->line);
}

/* All rows of a query. LOST [out]: a value was too large for a function, and in no row. */
static int
take_rows(
	struct filling *f, guint shape, dc_stage_query *query, bool *lost, draftconv_error **error)
{
	const struct dc_prepared *prepared = f->plan->shapes->pdata[shape];
	bool drafts = prepared->statement->kind == DC_STATEMENT_DRAFTS;
	bool shown = false;
	int status = dc_stage_query_step(query, error);

	while (status > 0) {
		g_atomic_int_set(&f->plan->found[shape], 1);
		if (!shown && dc_stage_query_too_large(query)) {
			status = shows_too_large(prepared, query, error);
			if (status < 0)
				return status;
			shown = status > 0;
		}
		status = drafts ? take_row(f, shape, query, error)
				: take_owner(f, shape, query, error);
		if (status >= 0)
			status = dc_stage_query_step(query, error);
	}
	*lost = dc_stage_query_too_large(query) && !shown;
	return status;
}

static int
ask(struct filling *f, guint shape, dc_stage_query *query, draftconv_error **error)
{
	const struct dc_prepared *prepared = f->plan->shapes->pdata[shape];
	bool lost = false;
	int status = take_rows(f, shape, query, &lost, error);

	if (lost)
		note_too_large(f, prepared->statement);
	if (status != DRAFTCONV_ERROR_PROFILE)
		return status;
	return dc_error_prefix(error, status, "%s:%u: <%s>", f->plan->profile->label,
		prepared->statement->line, dc_statement_kind_name(prepared->statement->kind));
}

/* All statements of KIND, whole, or around each for the one OWNER. */
static int
ask_kind(struct filling *f, enum dc_statement_kind kind, const char *owner, draftconv_error **error)
{
	int status = DRAFTCONV_OK;

	for (guint i = 0; i < f->all->len && status >= 0; i++) {
		struct dc_prepared *prepared = f->all->pdata[i];
		g_autoptr(dc_stage_query) direct = NULL;

		if (prepared->statement->kind != kind || prepared->query == NULL)
			continue;
		if (owner != NULL)
			status = dc_plan_query_where(f->conn, prepared, "owner", owner,
				f->plan->profile->charset, &direct, error);
		if (status >= 0)
			status = ask(f, i, direct != NULL ? direct : prepared->query, error);
		dc_stage_query_reset(prepared->query);
	}
	return status;
}

/* Ask for one owner, under the name in which it may be found. */
static int
ask_owner(struct filling *f, const char *owner, draftconv_error **error)
{
	g_autofree char *folded = dc_owner_fold(owner, f->plan->exact_owners);

	if (g_hash_table_contains(f->owners, folded))
		return DRAFTCONV_OK;
	g_hash_table_add(f->owners, g_strdup(folded));

	f->only = folded;
	int status = ask_kind(f, DC_STATEMENT_DRAFTS, owner, error);
	if (status >= 0)
		status = ask_kind(f, DC_STATEMENT_OWNERS, owner, error);
	f->only = NULL;
	return status;
}

static int
ask_by_address(struct filling *f, const char *address, draftconv_error **error)
{
	g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(g_free);
	int status = dc_plan_owners_of_address(f->plan, f->all, f->conn, address, owners, error);

	if (status < 0)
		return status;
	if (owners->len == 0)
		return dc_plan_owner_unknown(f->plan, f->all, address, f->damaged, error);
	if (owners->len > 1)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%s is an address of several owners (%s, %s%s): name the owner", address,
			(const char *)owners->pdata[0], (const char *)owners->pdata[1],
			owners->len > 2 ? ", …" : "");
	return ask_owner(f, owners->pdata[0], error);
}

/* An owner without rows is known if the owners statements have it; else it may be an address. */
static int
settle_owner(struct filling *f, const char *owner, draftconv_error **error)
{
	g_autofree char *folded = dc_owner_fold(owner, f->plan->exact_owners);

	if (g_hash_table_contains(f->seen, folded))
		return DRAFTCONV_OK;
	int status = dc_plan_owner_known(f->plan, f->all, f->conn, owner, error);
	return status != 0 ? status : ask_by_address(f, owner, error);
}

static int
ask_owners(struct filling *f, draftconv_error **error)
{
	const char *const *owners = f->selection->owners;
	guint count = g_strv_length((char **)(uintptr_t)owners);
	int status = DRAFTCONV_OK;

	f->owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	f->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (count <= DIRECT_OWNERS_MAX) {
		for (guint i = 0; i < count && status >= 0; i++)
			status = ask_owner(f, owners[i], error);
	} else {
		for (guint i = 0; i < count; i++)
			g_hash_table_add(
				f->owners, dc_owner_fold(owners[i], f->plan->exact_owners));
		status = ask_kind(f, DC_STATEMENT_DRAFTS, NULL, error);
		if (status >= 0)
			status = ask_kind(f, DC_STATEMENT_OWNERS, NULL, error);
	}
	for (guint i = 0; i < count && status >= 0; i++)
		status = settle_owner(f, owners[i], error);
	return status < 0 ? status : DRAFTCONV_OK;
}

static int
check_keys(struct filling *f, draftconv_error **error)
{
	if (f->keys == NULL)
		return DRAFTCONV_OK;
	const char *const *owners = f->selection->owners;
	g_autofree char *list =
		owners == NULL ? NULL : g_strjoinv(", ", (char **)(uintptr_t)owners);
	for (const char *const *key = f->selection->keys; *key != NULL; key++) {
		if (g_hash_table_lookup(f->keys, *key) == NULL)
			return dc_error_set(error,
				f->damaged ? DRAFTCONV_ERROR_DAMAGED : DRAFTCONV_ERROR_NOT_FOUND,
				"no draft with the key %s%s%s%s; 'draftconv list' tells the keys",
				*key, list == NULL ? "" : " among those of ",
				list == NULL ? "" : list,
				f->damaged ? " in the source, which is damaged" : "");
	}
	return DRAFTCONV_OK;
}

int
dc_plan_fill(dc_plan *plan, GPtrArray *all, dc_stage_conn *conn, dc_plan_file *file,
	const struct dc_plan_options *options, dc_findings *findings, draftconv_error **error)
{
	static const draftconv_selection everything = {.struct_size = sizeof everything};
	g_autoptr(dc_zone) zone = dc_zone_new(plan->profile->time_zone);
	struct filling f = {.plan = plan,
		.all = all,
		.conn = conn,
		.file = file,
		.selection = options->selection != NULL ? options->selection : &everything,
		.findings = findings,
		.damaged = options->damaged,
		.zone = zone};
	int status;

	if (f.selection->keys != NULL) {
		f.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		for (const char *const *key = f.selection->keys; *key != NULL; key++)
			g_hash_table_insert(f.keys, g_strdup(*key), NULL);
	}
	plan->whole = f.selection->owners == NULL;
	plan->shard_index = f.selection->shard_index;
	plan->shard_count = f.selection->shard_count;
	if (plan->whole) {
		status = ask_kind(&f, DC_STATEMENT_DRAFTS, NULL, error);
		if (status >= 0)
			status = ask_kind(&f, DC_STATEMENT_OWNERS, NULL, error);
	} else {
		status = ask_owners(&f, error);
	}
	if (status >= 0)
		status = check_keys(&f, error);
	g_clear_pointer(&f.keys, g_hash_table_unref);
	g_clear_pointer(&f.owners, g_hash_table_unref);
	g_clear_pointer(&f.seen, g_hash_table_unref);
	return status;
}
