/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inspect: what a source is, whatever it is. Names come from strangers: all of them pass line_text(). */
#include "cancel.h"
#include "open.h"
#include "output.h"

#include <string.h>

struct inspecting {
	bool json;
	GPtrArray *lines;   /* of tables, ready to be printed: the facts come first */
	GPtrArray *tables;  /* names of tables, in their order */
	GPtrArray *columns; /* "table.column" */
	GHashTable *used;   /* folded "table.column" and "table" that a profile reads */
	GPtrArray *problems;
	bool fits;
};

/* ---- tables ---- */

static char *
fold_column(const char *table, const char *column)
{
	g_autofree char *name = g_strdup_printf("%s.%s", table, column);

	return g_ascii_strdown(name, -1);
}

/* "subject: 12 UTF-8, 3 other" where anything is beyond ASCII. */
static void
append_seen(GString *text, const struct draftconv_table *table, size_t i)
{
	const struct draftconv_column_seen *seen = &table->seen[i];
	g_autofree char *name = line_text(table->columns[i], 0);
	const struct {
		uint64_t count;
		const char *what;
	} kinds[] = {{seen->utf8, "UTF-8"}, {seen->iso2022, "ISO-2022"},
		{seen->other, "another 8-bit set"}};
	const char *before = ": ";

	if (seen->utf8 + seen->iso2022 + seen->other == 0)
		return;
	g_string_append_printf(text, "\n             %s", name);
	if (*table->charsets[i] != '\0') {
		g_autofree char *charset = line_text(table->charsets[i], 0);

		g_string_append_printf(text, " (%s)", charset);
	}
	for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
		if (kinds[k].count == 0)
			continue;
		g_string_append_printf(text, "%s%" G_GUINT64_FORMAT " in %s", before,
			(guint64)kinds[k].count, kinds[k].what);
		before = ", ";
	}
}

static char *
table_text(const char *database, const struct draftconv_table *table, uint64_t rows)
{
	g_autofree char *full =
		g_strdup_printf("%s%s%s", database, *database == '\0' ? "" : ".", table->name);
	g_autofree char *name = line_text(full, 0);
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(
		text, "%10" G_GUINT64_FORMAT "  %s\n             ", (guint64)rows, name);
	for (size_t i = 0; i < table->column_count; i++) {
		g_autofree char *column = line_text(table->columns[i], 0);
		g_autofree char *type = line_text(table->types[i], 0);

		g_string_append_printf(text, "%s%s%s%s", i == 0 ? "" : ", ", column,
			*type == '\0' ? "" : " ", type);
	}
	for (size_t i = 0; table->keys[i] != NULL; i++) {
		g_autofree char *key = line_text(table->keys[i], 0);

		g_string_append_printf(text, "%s%s", i == 0 ? "\n             " : ", ", key);
	}
	for (size_t i = 0; i < table->column_count; i++)
		append_seen(text, table, i);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static int
see_table(void *user, const char *database, const struct draftconv_table *table, uint64_t rows)
{
	struct inspecting *inspecting = user;

	if (inspecting->json) {
		char *json = draftconv_report_table(database, table, rows);

		g_ptr_array_add(inspecting->lines, g_strdup(json));
		draftconv_report_free(json);
	} else {
		g_ptr_array_add(inspecting->lines, table_text(database, table, rows));
	}
	g_ptr_array_add(inspecting->tables, g_strdup(table->name));
	for (size_t i = 0; i < table->column_count; i++)
		g_ptr_array_add(inspecting->columns,
			g_strdup_printf("%s.%s", table->name, table->columns[i]));
	return 0;
}

/* ---- facts ---- */

static void
say_fact(const char *what, const char *value)
{
	g_autofree char *safe = line_text(value, 0);

	if (*safe != '\0')
		result_line("  %-12s %s", what, safe);
}

static void
say_damage(const draftconv_source *source, size_t index, const struct draftconv_source_facts *facts)
{
	struct draftconv_source_damage place;
	size_t shown = 0;

	for (; draftconv_source_damage_at(source, index, shown, &place, sizeof place) ==
		DRAFTCONV_OK;
		shown++) {
		g_autofree char *table = line_text(place.table, 0);
		g_autofree char *what = line_text(place.what, 0);

		result_line("  %-12s byte %" G_GUINT64_FORMAT "%s%s: %s", "damage",
			(guint64)place.offset, *table == '\0' ? "" : ", table ", table, what);
	}
	if (facts->damages > shown)
		result_line("  %-12s %" G_GUINT64_FORMAT " more places", "damage",
			(guint64)(facts->damages - shown));
}

static void
say_source(const draftconv_source *source, size_t index)
{
	static const char *const ends[] = {
		[DRAFTCONV_SOURCE_UNKNOWN] = "cannot be told: it has no end marker",
		[DRAFTCONV_SOURCE_COMPLETE] = "yes",
		[DRAFTCONV_SOURCE_CUT] = "no: it ends in the middle"};
	struct draftconv_source_facts facts;

	if (draftconv_source_describe(source, index, &facts, sizeof facts) < 0)
		return;
	g_autofree char *name = line_text(facts.name, 0);
	g_autofree char *size = line_size(facts.bytes);
	g_autofree char *format = g_strdup_printf(
		"%s%s%s", facts.format, *facts.compression == '\0' ? "" : ", ", facts.compression);
	g_autofree char *rows = line_count(facts.rows, "row");
	g_autofree char *read = g_strdup_printf("%s, %s", rows, size);
	g_auto(GStrv) sets = g_strsplit(facts.charsets, ",", -1);
	g_autofree char *charsets = g_strjoinv(", ", sets);

	result_line("%s", name);
	say_fact("format", format);
	say_fact("written by", facts.program);
	say_fact("server", facts.server);
	say_fact("declares", charsets);
	say_fact("complete", ends[facts.completeness]);
	say_fact("read", read);
	say_damage(source, index, &facts);
}

static void
say_what_it_is(const draftconv_source *source, const struct inspecting *inspecting)
{
	for (size_t i = 0; i < draftconv_source_count(source); i++) {
		if (!inspecting->json) {
			say_source(source, i);
			continue;
		}
		char *json = draftconv_report_source(source, i);
		result_line("%s", json);
		draftconv_report_free(json);
	}
	if (!inspecting->json)
		result_line(
			"\n      rows  table; sets are told by the first 255 bytes of each text");
	for (guint i = 0; i < inspecting->lines->len; i++)
		result_line("%s", (const char *)inspecting->lines->pdata[i]);
	if (!inspecting->json)
		result_line("\nprofiles");
}

/* ---- profiles ---- */

static void
on_used(void *user, const char *table, const char *column)
{
	struct inspecting *inspecting = user;

	g_hash_table_add(inspecting->used, g_ascii_strdown(table, -1));
	g_hash_table_add(inspecting->used, fold_column(table, column));
}

static void
on_problem(void *user, unsigned line, draftconv_severity severity, const char *message)
{
	struct inspecting *inspecting = user;

	g_ptr_array_add(
		inspecting->problems, g_strdup_printf("%s: line %u: %s",
					      draftconv_severity_name(severity), line, message));
}

static int
try_profile(struct inspecting *inspecting, const draftconv_source *source, const char *name,
	const draftconv_profile *profile)
{
	const struct draftconv_fit_handler handler = {.struct_size = sizeof handler,
		.user = inspecting,
		.problem = on_problem,
		.used = on_used};
	struct draftconv_profile_fit fit;
	g_autoptr(draftconv_error) error = NULL;

	g_ptr_array_set_size(inspecting->problems, 0);
	if (draftconv_profile_fits(profile, source, &fit, sizeof fit, &handler, &error) < 0)
		return report_error(error);
	inspecting->fits = inspecting->fits || fit.fits;
	if (inspecting->json) {
		char *json = draftconv_report_fit(name, &fit,
			(const char *const *)inspecting->problems->pdata,
			inspecting->problems->len);

		result_line("%s", json);
		draftconv_report_free(json);
		return 0;
	}
	g_autofree char *safe = line_text(name, 0);
	g_autofree char *title = line_text(draftconv_profile_title(profile), 0);
	result_line("  %-12s %s: %zu of %zu statements%s%s%s", safe,
		fit.fits ? "fits" : "does not fit", fit.fitting, fit.statements,
		*title == '\0' ? "" : " (", title, *title == '\0' ? "" : ")");
	for (guint i = 0; i < inspecting->problems->len; i++) {
		g_autofree char *problem = line_text(inspecting->problems->pdata[i], 0);

		result_line("               %s", problem);
	}
	return 0;
}

static int
try_profiles(struct inspecting *inspecting, const draftconv_source *source, const char *file,
	const draftconv_profile *own)
{
	int status = own == NULL ? 0 : try_profile(inspecting, source, file, own);

	for (const char *const *name = draftconv_profile_builtin_names();
		*name != NULL && status == 0; name++) {
		g_autoptr(draftconv_profile) profile = NULL;
		g_autoptr(draftconv_error) error = NULL;

		if (own != NULL && strcmp(*name, file) == 0)
			continue;
		if (draftconv_profile_builtin(*name, &profile, &error) < 0)
			return report_error(error);
		status = try_profile(inspecting, source, *name, profile);
	}
	return status;
}

/* ---- what no profile reads ---- */

static bool
is_used(const struct inspecting *inspecting, const char *name)
{
	g_autofree char *folded = g_ascii_strdown(name, -1);

	return g_hash_table_contains(inspecting->used, folded);
}

static void
say_names(const char *title, const GPtrArray *names)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *name = line_text(names->pdata[i], 0);

		g_string_append_printf(text, "%s%s", i == 0 ? "" : ", ", name);
	}
	if (names->len > 0)
		result_line("\n%s\n  %s", title, text->str);
}

static void
say_unused(const struct inspecting *inspecting)
{
	g_autoptr(GPtrArray) tables = g_ptr_array_new();
	g_autoptr(GPtrArray) columns = g_ptr_array_new();

	for (guint i = 0; i < inspecting->tables->len; i++)
		if (!is_used(inspecting, inspecting->tables->pdata[i]))
			g_ptr_array_add(tables, inspecting->tables->pdata[i]);
	for (guint i = 0; i < inspecting->columns->len; i++) {
		char *name = inspecting->columns->pdata[i];
		g_autofree char *table = g_strndup(name, strcspn(name, "."));

		if (is_used(inspecting, table) && !is_used(inspecting, name))
			g_ptr_array_add(columns, name);
	}
	if (!inspecting->json) {
		say_names("columns that no profile uses", columns);
		say_names("tables that no profile reads", tables);
		return;
	}
	char *json = draftconv_report_unused((const char *const *)tables->pdata, tables->len,
		(const char *const *)columns->pdata, columns->len);
	result_line("%s", json);
	draftconv_report_free(json);
}

static int
inspect(struct inspecting *inspecting, draftconv_source *source, const char *file,
	const draftconv_profile *own)
{
	g_autoptr(draftconv_error) error = NULL;

	if (draftconv_source_tables(source, see_table, inspecting, &error) < 0)
		return report_reading_error(error, source);
	say_what_it_is(source, inspecting);
	int status = try_profiles(inspecting, source, file, own);
	if (status != 0)
		return status;
	say_unused(inspecting);
	if (!inspecting->fits)
		message("no profile fits: write one ('draftconv profile show runbox4' is an "
			"example) and try it with 'draftconv profile check FILE SOURCE'");
	return warn_of_damage(source) ? draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED) : 0;
}

static int
run_inspect(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	const GOptionEntry entries[] = {
		{"profile", 0, 0, G_OPTION_ARG_FILENAME, &reading.profile,
			"try this profile beside the built-in ones", "NAME|FILE"},
		{"database", 0, 0, G_OPTION_ARG_FILENAME, &reading.database,
			"of a dump with several databases, this one", "NAME"},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_inspect,
		.entries = entries,
		.saying = &saying,
		.min_arguments = 1,
		.max_arguments = -1};
	g_autoptr(draftconv_source) source = NULL;
	g_autoptr(draftconv_profile) own = NULL;

	int status = parse_options(&line, argc, argv);
	cancel_on_signals(NULL);
	reading.cancel = cancel_flag();
	if (status == 0 && reading.profile != NULL)
		status = open_profile(reading.profile, &own);
	if (status == 0)
		status = open_source(&reading, line.arguments, &source);
	if (status != 0)
		return status;

	struct inspecting inspecting = {.json = saying.json != FALSE,
		.lines = g_ptr_array_new_with_free_func(g_free),
		.tables = g_ptr_array_new_with_free_func(g_free),
		.columns = g_ptr_array_new_with_free_func(g_free),
		.problems = g_ptr_array_new_with_free_func(g_free),
		.used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
	status = inspect(&inspecting, source, reading.profile, own);
	g_ptr_array_unref(inspecting.lines);
	g_ptr_array_unref(inspecting.tables);
	g_ptr_array_unref(inspecting.columns);
	g_ptr_array_unref(inspecting.problems);
	g_hash_table_unref(inspecting.used);
	return finish_results(status);
}

const struct command command_inspect = {
	.name = "inspect",
	.synopsis = "SOURCE ...",
	.summary =
		"what a source is: format, tables, character sets, damage, and which profile fits",
	.run = run_inspect,
};
