/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/profile/world.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows in ---- */

static void
add_table(dc_stage_builder *builder, const char *name, const char *definition)
{
	g_auto(GStrv) halves = g_strsplit(definition, ";", 2);
	g_auto(GStrv) columns = g_strsplit(halves[0], ",", -1);
	g_autofree dc_stage_definition *list =
		g_new0(dc_stage_definition, g_strv_length(columns) + 1);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	const char *key[] = {halves[1] != NULL ? g_strstrip(halves[1]) : NULL, NULL};
	guint count = 0;

	for (; columns[count] != NULL; count++) {
		GStrv parts = g_strsplit(g_strstrip(columns[count]), " ", 3);

		g_ptr_array_add(words, parts);
		list[count].name = parts[0];
		list[count].type = parts[1] != NULL ? parts[1] : "";
		if (parts[1] == NULL || parts[2] == NULL)
			continue;
		/* "latin1" is a set, "latin1_bin" a collation of one */
		if (g_str_has_suffix(parts[2], "_bin"))
			list[count].collation = parts[2];
		else
			list[count].charset = parts[2];
	}
	g_assert_cmpint(dc_stage_builder_table(
				builder, name, list, count, key[0] != NULL ? key : NULL, NULL),
		>=, 0);
}

/* {N} and \xHH */
static GString *
expand(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *c = text; *c != '\0'; c++) {
		if (c[0] == '\\' && c[1] == 'x') {
			char hex[3] = {c[2], c[3], '\0'};

			g_string_append_c(out, (char)strtol(hex, NULL, 16));
			c += 3;
		} else if (c[0] == '{') {
			char *end = NULL;
			gsize count = (gsize)strtoul(c + 1, &end, 10);

			for (gsize i = 0; i < count; i++)
				g_string_append_c(out, (char)('a' + i % 26));
			c = end;
		} else {
			g_string_append_c(out, *c);
		}
	}
	return out;
}

static void
add_row(dc_stage_builder *builder, const char *table, const char *client, const char *values)
{
	g_auto(GStrv) parts = g_strsplit(values, "|", -1);
	guint count = g_strv_length(parts);
	g_autofree dc_stage_cell *cells = g_new0(dc_stage_cell, count);
	g_autoptr(GPtrArray) kept = g_ptr_array_new();

	for (guint i = 0; i < count; i++) {
		char *value = g_strstrip(parts[i]);
		gsize size = strlen(value);
		bool quoted = size > 1 && value[0] == '\'' && value[size - 1] == '\'';
		char *end = NULL;

		if (quoted) {
			value[size - 1] = '\0';
			value++;
		}
		GString *bytes = expand(value);

		g_ptr_array_add(kept, bytes);
		g_ascii_strtod(value, &end);
		cells[i].kind = DC_STAGE_CELL_TEXT;
		if (!quoted && strcmp(value, "NULL") == 0)
			cells[i].kind = DC_STAGE_CELL_NULL;
		else if (!quoted && end != value && *end == '\0')
			cells[i].kind = DC_STAGE_CELL_NUMBER;
		cells[i].data = bytes->str;
		cells[i].size = bytes->len;
	}
	g_assert_cmpint(
		dc_stage_builder_row(builder, table, client, DC_STAGE_ADD, cells, count, NULL), ==,
		1);
	for (guint i = 0; i < count; i++)
		g_string_free(kept->pdata[i], TRUE);
}

dc_stage *
world_stage(const char *text)
{
	g_autoptr(dc_stage_builder) builder = NULL;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *client = NULL;
	dc_stage *stage = NULL;

	/* Statements that run away are to do so soon. */
	const dc_stage_options options = {.steps_base = 3000000};

	g_assert_cmpint(dc_stage_builder_new(&options, &builder, NULL), ==, 0);
	for (guint i = 0; lines[i] != NULL; i++) {
		gsize size = strcspn(lines[i], ":|");
		g_autofree char *name = g_strndup(lines[i], size);

		if (g_str_has_prefix(lines[i], "client ")) {
			g_free(client);
			client = g_strdup(lines[i] + strlen("client "));
		} else if (lines[i][size] == ':') {
			add_table(builder, g_strstrip(name), lines[i] + size + 1);
		} else if (lines[i][size] == '|') {
			add_row(builder, g_strstrip(name), client, lines[i] + size + 1);
		}
	}
	g_assert_cmpint(dc_stage_builder_finish(builder, &stage, NULL), ==, 0);
	return stage;
}

draftconv_profile *
world_profile(const char *body)
{
	g_autofree char *xml =
		g_strdup_printf("<profile xmlns=\"urn:draftconv:profile:1\" name=\"test\" "
				"version=\"1\">\n%s\n</profile>\n",
			body);
	g_autoptr(draftconv_error) error = NULL;
	draftconv_profile *profile = NULL;

	if (draftconv_profile_parse(xml, strlen(xml), "test", &profile, &error) < 0)
		g_error("%s", draftconv_error_message(error));
	return profile;
}

dc_plan *
world_plan(dc_stage *stage, const draftconv_profile *profile, const draftconv_selection *selection,
	dc_findings *findings)
{
	const struct dc_plan_options options = {.selection = selection};
	g_autoptr(draftconv_error) error = NULL;
	dc_plan *plan = NULL;

	if (dc_plan_new(&plan, stage, profile, &options, findings, &error) < 0)
		g_error("%s", draftconv_error_message(error));
	return plan;
}

/* ---- text out ---- */

char *
world_findings(const dc_findings *findings)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < dc_findings_count(findings); i++) {
		const draftconv_finding *f = dc_findings_at(findings, i);

		g_string_append_printf(out, "%s: %s\n", f->code, f->detail);
	}
	return g_string_free(out, FALSE);
}

static void
print_value(GString *out, const struct dc_plan_value *value)
{
	g_string_append_printf(out, " %s=", value->name);
	if (value->content != NULL) {
		g_autoptr(GBytes) bytes = NULL;

		g_assert_cmpint(dc_content_load(value->content, 1 << 20, &bytes, NULL), ==, 0);
		g_string_append_printf(out, "{%zu}", g_bytes_get_size(bytes));
	} else if (value->data == NULL) {
		g_string_append(out, value->type == DC_PLAN_NULL ? "NULL" : "TOO-LARGE");
	} else {
		g_string_append_len(out, value->data, (gssize)value->size);
	}
}

static void
print_row(GString *out, const char *owner, const char *key, const dc_plan_row *row, bool draft)
{
	const dc_findings *findings = dc_plan_row_findings(row);

	g_string_append_printf(out, "%s/%s:", owner, key);
	for (size_t i = 0; i < dc_plan_row_count(row); i++) {
		const struct dc_plan_value *value = dc_plan_row_at(row, i);

		if (!draft ||
			(strcmp(value->name, "key") != 0 && strcmp(value->name, "owner") != 0))
			print_value(out, value);
	}
	for (size_t i = 0; i < dc_findings_count(findings); i++)
		g_string_append_printf(out, " [%s %s]", dc_findings_at(findings, i)->code,
			dc_findings_at(findings, i)->detail);
	g_string_append(out, dc_plan_row_failed(row) ? " failed\n" : "\n");
}

char *
world_accounts(dc_plan *plan)
{
	g_autoptr(dc_plan_reader) reader = NULL;
	GString *out = g_string_new(NULL);

	g_assert_cmpint(dc_plan_open(plan, &reader, NULL), ==, 0);
	for (guint64 i = 0; i < dc_plan_account_count(plan); i++) {
		g_autoptr(dc_account) a = NULL;

		g_assert_cmpint(dc_plan_account(reader, i, &a, NULL), ==, 0);
		g_assert_cmpuint(a->index, ==, i);
		g_string_append_printf(out, "%s (%s) %s %s ", a->owner, a->folded,
			a->login != NULL ? a->login : "-", a->name != NULL ? a->name : "-");
		for (guint n = 0; n < a->addresses->len; n++) {
			const struct dc_account_address *address = a->addresses->pdata[n];

			g_string_append_printf(out, "<%s>", address->address);
		}
		g_string_append_printf(out, " %" G_GUINT64_FORMAT, a->draft_count);
		if (a->has_newest)
			g_string_append_printf(out, " %" G_GINT64_FORMAT, a->newest);
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

static void
walk_children(dc_plan_reader *reader, const dc_account *account, const dc_plan_row *draft,
	enum dc_statement_kind kind, GString *out)
{
	g_autoptr(dc_plan_rows) rows = NULL;

	g_assert_cmpint(dc_plan_children(reader, draft, kind, &rows, NULL), ==, 0);
	for (;;) {
		g_autoptr(dc_plan_row) row = NULL;
		g_autoptr(draftconv_error) error = NULL;
		int status = dc_plan_rows_next(rows, &row, &error);

		if (status < 0)
			g_error("%s", draftconv_error_message(error));
		if (status == 0)
			break;
		print_row(out, account->owner, dc_plan_row_key(draft), row, false);
	}
}

static void
walk(dc_plan_reader *reader, const dc_account *account, bool all, enum dc_statement_kind kind,
	GString *out)
{
	g_autoptr(dc_plan_rows) rows = NULL;
	int status = all ? dc_plan_account_rows(reader, account, &rows, NULL)
			 : dc_plan_drafts(reader, account, &rows, NULL);

	while (status >= 0) {
		g_autoptr(dc_plan_row) row = NULL;

		status = dc_plan_rows_next(rows, &row, NULL);
		if (status <= 0)
			break;
		if (kind == DC_STATEMENT_DRAFTS)
			print_row(out, account->owner, dc_plan_row_key(row), row, true);
		else
			walk_children(reader, account, row, kind, out);
	}
	g_assert_cmpint(status, ==, 0);
}

static char *
walk_all(dc_plan *plan, bool all, enum dc_statement_kind kind)
{
	g_autoptr(dc_plan_reader) reader = NULL;
	GString *out = g_string_new(NULL);

	g_assert_cmpint(dc_plan_open(plan, &reader, NULL), ==, 0);
	for (guint64 i = 0; i < dc_plan_account_count(plan); i++) {
		g_autoptr(dc_account) account = NULL;

		g_assert_cmpint(dc_plan_account(reader, i, &account, NULL), ==, 0);
		walk(reader, account, all, kind, out);
	}
	return g_string_free(out, FALSE);
}

char *
world_drafts(dc_plan *plan, bool all)
{
	return walk_all(plan, all, DC_STATEMENT_DRAFTS);
}

char *
world_children(dc_plan *plan, enum dc_statement_kind kind)
{
	return walk_all(plan, false, kind);
}
