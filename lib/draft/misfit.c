/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/misfit.h"

#include "lib/profile/profile.h"
#include "lib/source/source.h"

#include <string.h>

static bool
fits(const draftconv_source *source, const draftconv_profile *profile)
{
	struct draftconv_profile_fit fit;

	return draftconv_profile_fits(profile, source, &fit, sizeof fit, NULL, NULL) >= 0 &&
	       fit.fits;
}

static bool
same(const draftconv_profile *a, const draftconv_profile *b)
{
	size_t size_a = 0;
	size_t size_b = 0;
	const char *xml_a = draftconv_profile_xml(a, &size_a);
	const char *xml_b = draftconv_profile_xml(b, &size_b);

	return size_a == size_b && memcmp(xml_a, xml_b, size_a) == 0;
}

/* "--profile A or --profile B fits; " of the built-in ones. */
static char *
fitting(const draftconv_source *source, const draftconv_profile *profile)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (const char *const *name = draftconv_profile_builtin_names(); *name != NULL; name++) {
		g_autoptr(draftconv_profile) other = NULL;

		if (draftconv_profile_builtin(*name, &other, NULL) < 0 || same(other, profile) ||
			!fits(source, other))
			continue;
		g_string_append_printf(list, "%s--profile %s", list->len > 0 ? " or " : "", *name);
	}
	if (list->len > 0)
		g_string_append(list, " fits; ");
	return g_string_free(g_steal_pointer(&list), FALSE);
}

/* Whether SQL speaks of NAME: often enough right for a hint. */
static bool
speaks_of(const draftconv_profile *profile, const char *name)
{
	size_t count = 0;
	const char *const *sql = dc_profile_sql(profile, &count);
	g_autofree char *folded = g_ascii_strdown(name, -1);

	for (size_t i = 0; i < count; i++) {
		g_autofree char *statement = g_ascii_strdown(sql[i], -1);

		if (strstr(statement, folded) != NULL)
			return true;
	}
	return false;
}

/* The profile's tables whose rows come without their columns' names. [transfer full] "" for none */
static char *
nameless(const draftconv_source *source, const draftconv_profile *profile)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (size_t i = 0; i < dc_source_table_count(source); i++) {
		const struct dc_table *table = dc_source_table_at(source, i);

		if (table->origin == DC_TABLE_ASSUMED && table->column_count > 0 &&
			strcmp(table->columns[0].name, "c1") == 0 &&
			speaks_of(profile, table->name))
			g_string_append_printf(
				names, "%s%s", names->len > 0 ? ", " : "", table->name);
	}
	return g_string_free(g_steal_pointer(&names), FALSE);
}

/* The words for a shell: quoted where it is needed. */
static char *
source_words(const draftconv_source *source)
{
	g_autoptr(GString) words = g_string_new(NULL);

	for (size_t i = 0; i < draftconv_source_count(source); i++) {
		struct draftconv_source_facts facts;

		if (draftconv_source_describe(source, i, &facts, sizeof facts) < 0)
			continue;
		bool plain = facts.name[strspn(facts.name,
				     G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/._+-:@%")] == '\0';
		g_autofree char *quoted = g_shell_quote(facts.name);
		g_string_append_printf(
			words, "%s%s", i > 0 ? " " : "", plain ? facts.name : quoted);
	}
	return g_string_free(g_steal_pointer(&words), FALSE);
}

int
dc_misfit_explain(
	draftconv_source *source, const draftconv_profile *profile, draftconv_error **error)
{
	if (error == NULL)
		return DRAFTCONV_ERROR_PROFILE;
	g_autoptr(draftconv_error) what = g_steal_pointer(error);
	g_autofree char *words = source_words(source);
	g_autofree char *tables = nameless(source, profile);

	/* No fitting profiles here: with a schema of its own each would fit rows without names. */
	if (tables[0] != '\0')
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"%s: %s; the rows of %s come without CREATE TABLE (mysqldump "
			"--no-create-info): put "
			"them into the profile's <schema>, or name a dump of the structure as "
			"another SOURCE "
			"before it (mysqldump --no-data)",
			words, draftconv_error_message(what), tables);
	g_autofree char *others = fitting(source, profile);

	return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
		"%s: %s; %s'draftconv inspect %s' shows its tables and which profile fits", words,
		draftconv_error_message(what), others, words);
}
